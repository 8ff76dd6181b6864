/* feed.c - an AC feed. Its supplies see its voltage; when it opens or sags they all do.
 *
 * Left out: the sine itself: a supply's PFC is told the rms value.
 * Checked by tests/models/test_psu_input.c. */
#include "feed.h"

#include "psu.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct feed_params {
    double v_V;
};

struct feed_state {
    double v_V; /* while closed */
    bool open;
};

static const struct field feed_fields[] = {
    {.key = "v_rms",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 10.0,
     .max = 1000.0,
     .def = 230.0,
     .offset = offsetof(struct feed_params, v_V),
     .doc = "voltage",
     .source = ""},
    NONE,
};

static void feed_wire(struct world *w, int32_t part)
{
    const struct feed_params *p = world_params(w, part);
    struct feed_state *s = world_state(w, part);

    s->v_V = p->v_V;
}

double feed_v_V(const struct world *w, int32_t feed)
{
    const struct feed_state *s = world_state_const(w, feed);

    return s->open ? 0.0 : s->v_V;
}

/* Every supply on this feed sees the change in this instant, in file order. */
static void tell_supplies(struct world *w, int32_t part, enum event_kind event)
{
    uint32_t cause = world_event(w, part, event, feed_v_V(w, part));

    for (int32_t i = 0; i < world_parts(w); i++) {
        if (psu_is_on_feed(w, i, part)) {
            world_blame(w, cause);
            psu_input_changed(w, i);
        }
    }
}

static bool act_open(struct world *w, int32_t part, const struct act_args *a)
{
    struct feed_state *s = world_state(w, part);

    (void)a;
    if (s->open) {
        return false;
    }
    s->open = true;
    tell_supplies(w, part, EV_FEED_LOST);
    return true;
}

static bool act_close(struct world *w, int32_t part, const struct act_args *a)
{
    struct feed_state *s = world_state(w, part);

    (void)a;
    if (!s->open) {
        return false;
    }
    s->open = false;
    tell_supplies(w, part, EV_FEED_BACK);
    return true;
}

static bool act_sag(struct world *w, int32_t part, const struct act_args *a)
{
    struct feed_state *s = world_state(w, part);

    if (a->to == s->v_V) {
        return false;
    }
    s->v_V = a->to;
    tell_supplies(w, part, EV_FEED_STEP);
    return true;
}

static bool act_restore(struct world *w, int32_t part, const struct act_args *a)
{
    const struct feed_params *p = world_params(w, part);

    (void)a;
    return act_sag(w, part, &(struct act_args){.to = p->v_V});
}

static double read_v(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return feed_v_V(w, part);
}

static const struct signal feed_signals[] = {
    {.key = "v", .quantity = QTY_VOLT, .doc = "voltage, rms", .read = read_v},
    NONE,
};

static const struct field sag_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 0.0,
     .max = 1000.0,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "new voltage, rms"},
    NONE,
};

static const struct action feed_actions[] = {
    {.key = "open", .undo = "close", .run = act_open, .doc = "the feed is lost"},
    {.key = "close", .undo = "open", .run = act_close, .doc = "the feed returns"},
    {.key = "sag",
     .args = sag_args,
     .undo = "restore",
     .sets = "v_rms",
     .run = act_sag,
     .doc = "its voltage changes"},
    {.key = "restore", .run = act_restore, .doc = "its voltage is nominal again"},
    NONE,
};

const struct kind feed_kind = {
    .name = "feed",
    .doc = "an AC feed, common to the supplies on it",
    .fields = feed_fields,
    .signals = feed_signals,
    .actions = feed_actions,
    .params_size = sizeof(struct feed_params),
    .state_size = sizeof(struct feed_state),
    .wire = feed_wire,
};

/* cooling.c - consolidated cooling: a tray of fans that blows through several supplies.
 *
 *   flow   Q = sum of its fans' flows; those that are left may turn faster, as far as they can:
 *          q = min(1, n_sound (1 + reserve) / n)
 *
 * It saves many small fans, and a fault of it is common to all its supplies: they get hot, and what is
 * left of their ratings is less at once (psu_air.c).
 * Left out: leaks through empty slots and through supplies that are off.
 * Source: hardware facts 7.  Checked by tests/models/test_cooling.c. */
#include "cooling.h"

#include <math.h>

#include "psu.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct cooling_params {
    int32_t fans;
    double reserve;
};

struct cooling_state {
    int32_t failed;
};

#define FIELD(k, member) .key = k, .offset = offsetof(struct cooling_params, member)
static const struct field cooling_fields[] = {
    {FIELD("fans", fans), .type = FIELD_COUNT, .min = 1, .max = 64, .def = 4, .doc = "in the tray"},
    {FIELD("reserve", reserve), .type = FIELD_REAL, .quantity = QTY_RATIO, .min = 0.0, .max = 10.0,
     .def = 0.2, .doc = "how much faster the rest may turn when one has failed", .source = "E"},
    NONE,
};

static int32_t running(const struct world *w, int32_t part)
{
    const struct cooling_params *p = world_params(w, part);

    return p->fans - ((const struct cooling_state *)world_state_const(w, part))->failed;
}

double cooling_flow(const struct world *w, int32_t part)
{
    const struct cooling_params *p = world_params(w, part);

    return fmin(1.0, running(w, part) * (1.0 + p->reserve) / p->fans);
}

/* Every supply in this air feels the change in this instant, in file order. */
static void set_failed(struct world *w, int32_t part, int32_t failed)
{
    struct cooling_state *s = world_state(w, part);
    bool worse = failed > s->failed;

    s->failed = failed;
    uint32_t cause = world_event(w, part, worse ? EV_FAULT_ON : EV_FAULT_OFF, running(w, part));
    for (int32_t i = 0; i < world_parts(w); i++) {
        if (psu_is_cooled_by(w, i, part)) {
            world_blame(w, cause);
            psu_air_changed(w, i);
        }
    }
}

static bool act_fail(struct world *w, int32_t part, const struct act_args *a)
{
    const struct cooling_state *s = world_state(w, part);

    (void)a;
    if (running(w, part) == 0) {
        return false;
    }
    set_failed(w, part, s->failed + 1);
    return true;
}

static bool act_stop(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    if (running(w, part) == 0) {
        return false;
    }
    set_failed(w, part, ((const struct cooling_params *)world_params(w, part))->fans);
    return true;
}

static bool act_repair(struct world *w, int32_t part, const struct act_args *a)
{
    const struct cooling_state *s = world_state(w, part);

    (void)a;
    if (s->failed == 0) {
        return false;
    }
    set_failed(w, part, 0);
    return true;
}

static double read_flow(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return cooling_flow(w, part);
}

static double read_fans(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return running(w, part);
}

static const struct signal cooling_signals[] = {
    {.key = "flow",
     .quantity = QTY_RATIO,
     .doc = "of its air, over that with all fans sound",
     .read = read_flow},
    {.key = "fans", .quantity = QTY_OPERATIONS, .doc = "fans that turn", .read = read_fans},
    NONE,
};

static const struct action cooling_actions[] = {
    {.key = "fail_fan", .undo = "repair", .run = act_fail, .doc = "one more of its fans fails"},
    {.key = "stop",
     .undo = "repair",
     .run = act_stop,
     .doc = "all its fans stand still (its supply, its controller)"},
    {.key = "repair", .run = act_repair, .doc = "all its fans turn again"},
    NONE,
};

const struct kind cooling_kind = {
    .name = "cooling",
    .doc = "a fan tray that cools several supplies",
    .fields = cooling_fields,
    .signals = cooling_signals,
    .actions = cooling_actions,
    .params_size = sizeof(struct cooling_params),
    .state_size = sizeof(struct cooling_state),
};

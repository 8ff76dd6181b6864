/* alert.c - a wired-OR alert line: open-drain outputs, one pull-up, one input pin of the controller.
 *
 *   level    low while somebody pulls. A second one to pull makes no edge: level, not edges, says
 *            whether anybody still wants to be heard
 *   filter   a level reaches the pin when it has stood that long: the charge of the wire by its
 *            pull-up (some 10 kOhm and 100 pF), and the deglitch of the pin. Shorter ones vanish
 *
 * Left out: the threshold between the two; falling and rising take equally long.
 * Source: SMBus 3.0, appendix A (SMBALERT#) [S77]; hardware facts 5.1.
 * Checked by tests/models/test_alert.c. */
#include "alert.h"

#include "world.h"

struct alert_params {
    ns_t filter;
};

struct alert_state {
    int32_t controller, pin;
    int32_t pulls;  /* how many pull it */
    int32_t by;     /* who made it fall, on the wire */
    bool held, cut; /* stuck low; open between the wire and the pin */
    bool low;       /* at the pin */
    uint32_t fell;  /* event at which it fell there */
    int64_t falls;  /* so far */
};

/* clang-format off */
static const struct field alert_fields[] = {
    {.key = "filter", .type = FIELD_TIME, .min = 0.0, .max = 1e-2, .def = 1e-6,
     .offset = offsetof(struct alert_params, filter),
     .doc = "how long a level stands before the controller's pin takes it", .source = "E"},
    {.key = NULL},
};
/* clang-format on */

static void alert_wire(struct world *w, int32_t line)
{
    ((struct alert_state *)world_state(w, line))->controller = NO_PART;
}

void alert_listen(struct world *w, int32_t line, int32_t controller, int32_t pin)
{
    struct alert_state *s = world_state(w, line);

    s->controller = controller;
    s->pin = pin;
}

static bool is_pulled(const struct alert_state *s)
{
    return (s->pulls > 0 || s->held) && !s->cut;
}

/* The wire may have another level than the pin now, or the same again. */
static void settle(struct world *w, int32_t line)
{
    const struct alert_params *p = world_params(w, line);
    const struct alert_state *s = world_state_const(w, line);

    world_wake(w, line, is_pulled(s) != s->low ? world_now(w) + p->filter : NS_NEVER);
}

void alert_pull(struct world *w, int32_t line, int32_t by, bool low)
{
    struct alert_state *s = world_state(w, line);
    bool was = is_pulled(s);

    s->pulls += low ? 1 : -1;
    if (is_pulled(s) != was) {
        s->by = by;
        settle(w, line);
    }
}

uint32_t alert_fell_by(const struct world *w, int32_t line, int32_t by)
{
    const struct alert_state *s = world_state_const(w, line);

    return s->controller != NO_PART && s->low && s->by == by ? s->fell : 0;
}

static void alert_due(struct world *w, int32_t line)
{
    struct alert_state *s = world_state(w, line);

    s->low = !s->low;
    uint32_t event = world_event(w, line, s->low ? EV_ALERT : EV_ALERT_END, s->pulls);
    s->fell = s->low ? event : s->fell;
    s->falls += s->low;
    if (s->controller != NO_PART) {
        world_kind(w, s->controller)->input(w, s->controller, s->pin, !s->low);
    }
}

/* ---- actions and signals ----------------------------------------------------------------------- */

static bool set_fault(struct world *w, int32_t line, bool *fault, bool on)
{
    if (*fault == on) {
        return false;
    }
    *fault = on;
    world_event(w, line, on ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    ((struct alert_state *)world_state(w, line))->by = NO_PART;
    settle(w, line);
    return true;
}

static bool act_hold(struct world *w, int32_t line, const struct act_args *a)
{
    (void)a;
    return set_fault(w, line, &((struct alert_state *)world_state(w, line))->held, true);
}

static bool act_release(struct world *w, int32_t line, const struct act_args *a)
{
    (void)a;
    return set_fault(w, line, &((struct alert_state *)world_state(w, line))->held, false);
}

static bool act_cut(struct world *w, int32_t line, const struct act_args *a)
{
    (void)a;
    return set_fault(w, line, &((struct alert_state *)world_state(w, line))->cut, true);
}

static bool act_mend(struct world *w, int32_t line, const struct act_args *a)
{
    (void)a;
    return set_fault(w, line, &((struct alert_state *)world_state(w, line))->cut, false);
}

static double read_level(const struct world *w, int32_t line, ns_t at)
{
    (void)at;
    return !((const struct alert_state *)world_state_const(w, line))->low;
}

static double read_falls(const struct world *w, int32_t line, ns_t at)
{
    (void)at;
    return (double)((const struct alert_state *)world_state_const(w, line))->falls;
}

/* clang-format off */
static const struct action alert_actions[] = {
    {.key = "hold", .undo = "release", .run = act_hold, .doc = "the line is shorted to ground"},
    {.key = "release", .run = act_release, .doc = "the short is gone"},
    {.key = "cut", .undo = "mend", .run = act_cut,
     .doc = "the line is open before the controller's pin, which so stays high"},
    {.key = "mend", .run = act_mend, .doc = "the line is whole again"},
    {.key = NULL},
};

static const struct signal alert_signals[] = {
    {.key = "level", .choices = "LOW|HIGH", .doc = "at the controller's pin", .read = read_level},
    {.key = "falls", .quantity = QTY_OPERATIONS, .doc = "how often it fell", .read = read_falls},
    {.key = NULL},
};
/* clang-format on */

const struct kind alert_kind = {
    .name = "alert",
    .doc = "a shared alert line (SMBALERT#) from supplies and muxes to a pin of the controller",
    .fields = alert_fields,
    .signals = alert_signals,
    .actions = alert_actions,
    .params_size = sizeof(struct alert_params),
    .state_size = sizeof(struct alert_state),
    .wire = alert_wire,
    .due = alert_due,
};

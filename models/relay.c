/* relay.c - an electromagnetic relay or contactor.
 *
 *   operate  t = -tau ln(1 - V_pickup / V_coil) + t_mech: slower near pick-up
 *   bounce   after the first touch the contact opens a few times within bounce_time
 *   opening  the current goes on in an arc whose voltage rises with the contact's travel
 *   welding  one make wears the contact by (heat / heat_50k)^5 / 50 000: the data sheet's 50 000
 *            operations at 90 % pre-charge against 50 at 80 %, twice the current, is a power of
 *            ten in current and so of five in heat [D from S48]. A draw decides whether it welds
 *   coil     fed from a bar it drops out when that bar stays below the hold voltage too long
 *
 * Source: hardware facts 2.2 (S46, S48, S54).  Checked by tests/models/test_relay.c. */
#include "elementary.h"
#include "switchgear.h"
#include "terminal.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

static const double WEAR_POWER = 5.0;
static const double LIFE_AT_RATED_HEAT = 50000.0;

/* After the last bounce the inrush goes on for a while: then the contact is judged. */
static const ns_t JUDGED_AFTER = MS(5);

struct relay_params {
    struct switch_params s;
    struct tap_list coil;
    double coil_V, pickup_V, hold_V, scatter, arc_V, arc_V_per_s, heat_50k_A2s, life;
    ns_t coil_tau, mechanism, release, bounce_time, bounce_shortest, bounce_longest, rides_through;
    int32_t bounces;
};

enum relay_guard { GUARD_COIL_LOW, GUARD_COIL_BACK };

struct relay_state {
    struct switch_state s; /* first: switchgear.h */
    int32_t low_guard, back_guard;
    bool coil_is_low;
    bool judges;     /* closed for good, the weld is decided when due */
    bool touches;    /* while it bounces: the contact is closed now */
    int32_t bounces; /* still to come */
    ns_t bounce_end;
    double heat0_A2s; /* meter at the first touch */
    double worn;      /* part of its life that is spent */
};

#define FIELD(k, member)  .key = k, .offset = offsetof(struct relay_params, member)
#define REAL(q)           .type = FIELD_REAL, .quantity = q
#define TIME(least, most) .type = FIELD_TIME, .min = least, .max = most
static const struct field relay_fields[] = {
    SWITCH_FIELDS(struct relay_params, 0.5e-3, "S46"),
    {FIELD("coil", coil), .type = FIELD_TAPS, .choices = "bus|psu|node", .def = 0.0,
     .doc = "the bar that feeds the coil; left out: a supply of its own"},
    {FIELD("coil_v", coil_V), REAL(QTY_VOLT), .min = 1.0, .max = 400.0, .def = 12.0,
     .doc = "voltage of the coil's own supply", .source = "S46"},
    {FIELD("pickup", pickup_V), REAL(QTY_VOLT), .min = 0.5, .max = 400.0, .def = 8.8,
     .doc = "coil voltage from which it operates", .source = "S46"},
    {FIELD("hold", hold_V), REAL(QTY_VOLT), .min = 0.1, .max = 400.0, .def = 7.15,
     .doc = "coil voltage that holds it", .source = "S46"},
    {FIELD("rides_through", rides_through), TIME(0.0, 1.0), .def = 10e-3,
     .doc = "a shorter dip of the coil's supply doesn't drop it out", .source = "S54"},
    {FIELD("coil_tau", coil_tau), TIME(1e-5, 1.0), .def = 5e-3, .doc = "L/R of the coil",
     .source = "E"},
    {FIELD("mechanism", mechanism), TIME(1e-4, 1.0), .def = 12e-3,
     .doc = "armature travel to the first touch", .source = "E"},
    {FIELD("release", release), TIME(1e-4, 1.0), .def = 10e-3,
     .doc = "from the pin to the parting of the contact", .source = "S46"},
    {FIELD("scatter", scatter), REAL(QTY_RATIO), .min = 0.0, .max = 0.5, .def = 0.1,
     .doc = "of its times, either way", .source = "E"},
    {FIELD("bounces", bounces), .type = FIELD_COUNT, .min = 0, .max = 20, .def = 3,
     .doc = "openings after the first touch, at most", .source = "E"},
    {FIELD("bounce_time", bounce_time), TIME(0.0, 0.1), .def = 5e-3,
     .doc = "the last of them is over by then", .source = "S46"},
    {FIELD("bounce_shortest", bounce_shortest), TIME(1e-6, 0.1), .def = 0.1e-3,
     .doc = "shortest opening, and shortest touch between", .source = "E"},
    {FIELD("bounce_longest", bounce_longest), TIME(1e-6, 0.1), .def = 1.5e-3,
     .doc = "longest of them", .source = "E"},
    {FIELD("arc", arc_V), REAL(QTY_VOLT), .min = 1.0, .max = 100.0, .def = 13.0,
     .doc = "voltage of the arc as the contact parts", .source = "E"},
    {FIELD("arc_rise", arc_V_per_s), REAL(QTY_VOLT_PER_SECOND), .min = 0.0, .max = 1e9, .def = 50e3,
     .doc = "its rise with the contact's travel", .source = "E"},
    {FIELD("make_heat", heat_50k_A2s), REAL(QTY_AMPERE_SECOND_SQUARED), .min = 1e-3, .max = 1e9,
     .def = 41.67, .doc = "heat of a make that the contact survives 50 000 times", .source = "S48"},
    {FIELD("life", life), REAL(QTY_OPERATIONS), .min = 1.0, .max = 1e9, .def = 1e6,
     .doc = "mechanical life", .source = "S46"},
    NONE,
};

static const char *relay_check(const void *params, const char **key)
{
    const struct relay_params *p = params;

    *key = "hold";
    if (p->hold_V >= p->pickup_V) {
        return "must be below pickup: a relay holds at less than it takes to operate";
    }
    *key = "coil_v";
    if (p->coil.n == 0 && p->coil_V <= p->pickup_V) {
        return "must be above pickup, or the relay never operates";
    }
    *key = "bounce_longest";
    return p->bounce_longest < p->bounce_shortest ? "must not be less than bounce_shortest" : NULL;
}

static int32_t coil_node(const struct world *w, const struct relay_params *p)
{
    return terminal_node(w, p->coil.at[0].part, p->coil.at[0].tap);
}

static void relay_join(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    switch_join(w, part);
    if (p->coil.n > 0) {
        struct guard g = {.what = GUARD_VOLTAGE, .a = coil_node(w, p), .b = GROUND, .part = part};
        g.code = GUARD_COIL_LOW;
        g.sign = 1.0;
        g.level = p->hold_V;
        s->low_guard = net_add_guard(w, &g);
        g.code = GUARD_COIL_BACK;
        g.sign = -1.0;
        g.level = p->pickup_V;
        s->back_guard = net_add_guard(w, &g);
    }
}

static void relay_start(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    const struct relay_state *s = world_state(w, part);

    if (p->coil.n > 0 && s->s.phase == SWITCH_CLOSED) {
        net_arm(w, s->low_guard, true);
    }
}

static double coil_now_V(const struct world *w, const struct relay_params *p)
{
    return p->coil.n > 0 ? net_v_V(w, coil_node(w, p), world_now(w)) : p->coil_V;
}

/* Energise the coil, or wait until its supply is good for it. */
static void operate(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);
    double coil_V = coil_now_V(w, p);

    s->s.phase = SWITCH_CLOSING;
    if (coil_V <= p->pickup_V) {
        world_event(w, part, EV_REFUSED, coil_V);
        net_arm(w, s->back_guard, true);
        return;
    }
    ns_t electric = ns_from_s(-ns_to_s(p->coil_tau) * elementary_log(1.0 - p->pickup_V / coil_V));
    world_wake(w, part, world_now(w) + switch_time(w, part, electric + p->mechanism, p->scatter));
}

static bool touches(const struct world *w, const struct relay_state *s)
{
    return net_link_const(world_net_const(w), s->s.link)->mode == LINK_INDUCTIVE;
}

static void relay_command(struct world *w, int32_t part, bool close)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    if (close) {
        if (s->s.phase == SWITCH_OPENING && touches(w, s)) {
            s->s.phase = SWITCH_CLOSED;
            world_wake(w, part, NS_NEVER);
        } else if (s->s.phase == SWITCH_OPEN || s->s.phase == SWITCH_OPENING) {
            operate(w, part); /* OPENING without a touch: told to open while it bounced */
        } else if (s->s.phase == SWITCH_CLOSED && p->coil.n > 0) { /* sound again */
            net_arm(w, s->low_guard, true);
        }
        return;
    }
    if (p->coil.n > 0) {
        net_arm(w, s->low_guard, false);
        net_arm(w, s->back_guard, false);
    }
    if (s->s.phase == SWITCH_CLOSING) {
        s->s.phase = SWITCH_OPEN;
        world_wake(w, part, NS_NEVER);
    } else if (s->s.phase == SWITCH_CLOSED || s->s.phase == SWITCH_RAMPS) {
        s->s.phase = SWITCH_OPENING;
        s->judges = false;
        s->coil_is_low = false;
        world_wake(w, part, world_now(w) + switch_time(w, part, p->release, p->scatter));
    }
}

/* ---- making and bouncing ----------------------------------------------------------------------- */

static ns_t bounce_interval(struct world *w, int32_t part, const struct relay_params *p)
{
    double u = world_uniform(w, part);

    return p->bounce_shortest + ns_from_s(u * ns_to_s(p->bounce_longest - p->bounce_shortest));
}

/* The contact has come to rest. */
static void rest(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    world_event(w, part, EV_CLOSED, 0.0);
    s->s.phase = SWITCH_CLOSED;
    s->judges = true;
    world_wake(w, part, world_now(w) + JUDGED_AFTER);
    if (p->coil.n > 0) {
        net_arm(w, s->low_guard, true);
    }
}

/* Touching: wake when the contact next opens, or come to rest when no opening fits any more. */
static void plan_bounce(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);
    ns_t opens = world_now(w) + bounce_interval(w, part, p);

    if (s->bounces == 0 || opens + p->bounce_shortest >= s->bounce_end) {
        rest(w, part);
        return;
    }
    s->bounces--;
    world_wake(w, part, opens);
}

static void first_touch(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    s->s.phase = SWITCH_RAMPS;
    s->touches = true;
    s->heat0_A2s = net_link_const(world_net_const(w), s->s.link)->heat_A2s;
    s->bounces = p->bounces > 0 ? 1 + (int32_t)(world_uniform(w, part) * p->bounces) : 0;
    s->bounce_end = world_now(w) + p->bounce_time;
    switch_make(w, part, EV_CONDUCTS);
    plan_bounce(w, part);
}

static void bounce(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    if (s->touches) {
        s->touches = false;
        switch_break(w, part, EV_BOUNCE_OPEN, p->arc_V, p->arc_V_per_s);
        s->s.phase = SWITCH_RAMPS;
        ns_t closes = world_now(w) + bounce_interval(w, part, p);
        world_wake(w, part, closes < s->bounce_end ? closes : s->bounce_end);
    } else {
        s->touches = true;
        switch_make(w, part, EV_BOUNCE_CLOSED);
        plan_bounce(w, part);
    }
}

/* Has this make worn or welded the contact? */
static void judge_make(struct world *w, int32_t part)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);
    struct link *k = net_change_link(w, s->s.link, EFFECT_NONE); /* brings the meter to now */
    double heat = (k->heat_A2s - s->heat0_A2s) / p->heat_50k_A2s;
    double wear = elementary_pow(heat, WEAR_POWER) / LIFE_AT_RATED_HEAT;

    s->judges = false;
    s->worn += wear + 1.0 / p->life;
    if (world_uniform(w, part) < wear) {
        world_event(w, part, EV_WELDED, k->heat_A2s - s->heat0_A2s);
        s->s.fault = SWITCH_STUCK_CLOSED;
    } else if (s->worn >= 1.0) {
        world_event(w, part, EV_WORN, s->worn);
    }
}

/* ---- coil supply, due times, opening ----------------------------------------------------------- */

static void relay_guard(struct world *w, int32_t part, int32_t code)
{
    const struct relay_params *p = world_params(w, part);
    struct relay_state *s = world_state(w, part);

    if (code == GUARD_COIL_LOW && s->s.phase == SWITCH_CLOSED) {
        s->coil_is_low = true;
        s->judges = false;
        net_arm(w, s->back_guard, true);
        world_wake(w, part, world_now(w) + p->rides_through);
    } else if (code == GUARD_COIL_BACK && s->coil_is_low) {
        s->coil_is_low = false;
        net_arm(w, s->low_guard, true);
        world_wake(w, part, NS_NEVER);
    } else if (code == GUARD_COIL_BACK && s->s.phase == SWITCH_CLOSING) {
        operate(w, part);
    }
}

static void part_contact(struct world *w, int32_t part, enum event_kind event)
{
    const struct relay_params *p = world_params(w, part);

    switch_break(w, part, event, p->arc_V, p->arc_V_per_s);
}

static void relay_due(struct world *w, int32_t part)
{
    struct relay_state *s = world_state(w, part);

    switch (s->s.phase) {
    case SWITCH_CLOSING:
        first_touch(w, part);
        break;
    case SWITCH_RAMPS:
        bounce(w, part);
        break;
    case SWITCH_CLOSED:
        if (s->coil_is_low && s->s.fault != SWITCH_STUCK_CLOSED) {
            part_contact(w, part, EV_DROP_OUT);
        } else if (s->judges) {
            judge_make(w, part);
        }
        break;
    case SWITCH_OPENING:
        part_contact(w, part, EV_OPENS);
        break;
    case SWITCH_OPEN:
    case SWITCH_BREAKS:
    case SWITCH_BLOCKED:
    case SWITCH_TRIPPED:
    default:
        break;
    }
}

/* The arc is out. A relay that has dropped out while told to be closed waits for its coil; one that
 * was told to close while the arc burnt does so now. */
static void relay_opened(struct world *w, int32_t part)
{
    struct relay_state *s = world_state(w, part);

    if (s->s.phase == SWITCH_RAMPS) {
        return; /* a bounce */
    }
    s->s.phase = SWITCH_OPEN;
    if (s->coil_is_low) {
        s->coil_is_low = false;
        s->s.phase = SWITCH_CLOSING;
        net_arm(w, s->back_guard, true);
    } else if (s->s.commanded && s->s.fault == SWITCH_SOUND) {
        operate(w, part);
    }
}

static void relay_force(struct world *w, int32_t part, bool close)
{
    struct relay_state *s = world_state(w, part);

    s->judges = false;
    s->coil_is_low = false;
    if (close) {
        switch_make(w, part, EV_CLOSED);
        s->s.phase = SWITCH_CLOSED;
    } else if (s->s.phase == SWITCH_CLOSING) {
        s->s.phase = SWITCH_OPEN;
    } else if (s->s.phase != SWITCH_OPEN && s->s.phase != SWITCH_BREAKS) {
        part_contact(w, part, EV_OPENS);
    }
}

static ns_t relay_longest(const void *params, bool close)
{
    const struct relay_params *p = params;
    double stretch = 1.0 + p->scatter;
    ns_t electric =
        ns_from_s(-ns_to_s(p->coil_tau) * elementary_log(1.0 - p->pickup_V / p->coil_V));

    return close ? ns_from_s(ns_to_s(electric + p->mechanism) * stretch) + p->bounce_time
                 : ns_from_s(ns_to_s(p->release) * stretch);
}

/* Pulses under 100 ms can leave contacts touching lightly and weld [S53]. */
static ns_t relay_dwell(const void *params)
{
    (void)params;
    return MS(100);
}

const struct switch_verbs relay_verbs = {&relay_kind, relay_command, relay_force, relay_longest,
                                         relay_dwell};

const struct kind relay_kind = {
    .name = "relay",
    .doc = "a relay or contactor: coil, bounce, arc, welding, wear",
    .fields = relay_fields,
    .signals = switch_signals,
    .actions = switch_actions,
    .params_size = sizeof(struct relay_params),
    .state_size = sizeof(struct relay_state),
    .check = relay_check,
    .join = relay_join,
    .start = relay_start,
    .due = relay_due,
    .guard = relay_guard,
    .opened = relay_opened,
    .pin = switch_pin,
};

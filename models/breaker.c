/* breaker.c - a circuit breaker used as a switch: spring or motor closing, trip curve, recharge.
 *
 *   close    closing_time after the order, if the spring is charged, the re-close limit is not used
 *            up and it is not tripped; else the order is refused
 *   open     opening_time after the order (shunt trip); arc as in a relay
 *   trip     thermal: tau dtheta/dt = (i / i_rated)^2 - theta, trips at theta = hot^2;
 *            instantaneous: |i| > instant * i_rated, still after the clearing time
 *   start    closed, it has carried its current for ever: theta = (i / i_rated)^2
 *   reset    a tripped breaker wants a person, or a motor operator
 *
 * Source: hardware facts 2.3 (S55, S56, S57, S58).  Checked by tests/models/test_breaker.c. */
#include <math.h>

#include "elementary.h"
#include "switchgear.h"
#include "terminal.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

enum { CYCLES_KEPT = 8 };

struct breaker_params {
    struct switch_params s;
    double rated_A, hot, instant, scatter, arc_V, arc_V_per_s;
    ns_t closing, opening, clearing, recharge, thermal_tau, cycle_window;
    int32_t motor, cycles;
};

enum breaker_guard { GUARD_INSTANT_HIGH, GUARD_INSTANT_LOW, GUARD_WARM_HIGH, GUARD_WARM_LOW };

struct breaker_state {
    struct switch_state s; /* first: switchgear.h */
    int32_t guard[4];
    bool clears;     /* instantaneous trip under way */
    bool trips;      /* opening because of a trip */
    ns_t charged_at; /* when the spring is charged again */
    bool warms;      /* too much for ever: the thermal trip is planned */
    uint32_t cause;  /* of that */
    double theta;    /* heat of the bimetal over that at rated current */
    double heat_A2s; /* meter up to which theta is known */
    ns_t theta_at;
    int32_t closings;
    ns_t closed_at[CYCLES_KEPT]; /* the last closings, a ring */
};

#define FIELD(k, member)  .key = k, .offset = offsetof(struct breaker_params, member)
#define REAL(q)           .type = FIELD_REAL, .quantity = q
#define TIME(least, most) .type = FIELD_TIME, .min = least, .max = most
static const struct field breaker_fields[] = {
    SWITCH_FIELDS(struct breaker_params, 0.3e-3, "E"),
    {FIELD("rated", rated_A), REAL(QTY_AMPERE), .min = 0.5, .max = 10e3, .def = 125.0,
     .doc = "current that it carries for ever", .source = "E"},
    {FIELD("closing", closing), TIME(1e-3, 10.0), .def = 60e-3,
     .doc = "from the order to the touch, spring charged", .source = "S55"},
    {FIELD("opening", opening), TIME(1e-3, 10.0), .def = 40e-3,
     .doc = "from the order to the parting of the contact", .source = "S58"},
    {FIELD("scatter", scatter), REAL(QTY_RATIO), .min = 0.0, .max = 0.5, .def = 0.167,
     .doc = "of both times, either way (60 ms +- 10 ms)", .source = "S55"},
    {FIELD("recharge", recharge), TIME(0.0, 100.0), .def = 4.0,
     .doc = "of the spring, after each closing", .source = "S55"},
    {FIELD("cycles", cycles), .type = FIELD_COUNT, .min = 1, .max = CYCLES_KEPT, .def = 3,
     .doc = "closings that it allows within the cycle window", .source = "S55"},
    {FIELD("cycle_window", cycle_window), TIME(0.0, 1e4), .def = 60.0,
     .doc = "window of the re-close limit", .source = "S55"},
    {FIELD("hot", hot), REAL(QTY_RATIO), .min = 1.01, .max = 3.0, .def = 1.2,
     .doc =
         "times rated current at which it trips in the end: IEC 60947-2 wants it to hold 1.05 and "
         "to trip at 1.30",
     .source = "E"},
    {FIELD("thermal_tau", thermal_tau), TIME(1e-3, 1e5), .def = 300.0,
     .doc = "time constant of its bimetal", .source = "E"},
    {FIELD("instant", instant), REAL(QTY_RATIO), .min = 1.5, .max = 30.0, .def = 8.0,
     .doc = "times rated current at which it trips at once", .source = "E"},
    {FIELD("clearing", clearing), TIME(1e-4, 1.0), .def = 10e-3,
     .doc = "from there to the parting of the contact", .source = "E"},
    {FIELD("motor", motor), .type = FIELD_FLAG, .def = 1.0,
     .doc = "has a motor operator: the next order resets a trip; else a person must",
     .source = "S56"},
    {FIELD("arc", arc_V), REAL(QTY_VOLT), .min = 1.0, .max = 1000.0, .def = 30.0,
     .doc = "voltage of the arc in its chute", .source = "E"},
    {FIELD("arc_rise", arc_V_per_s), REAL(QTY_VOLT_PER_SECOND), .min = 0.0, .max = 1e9,
     .def = 100e3, .doc = "its rise with the contact's travel", .source = "E"},
    NONE,
};

static void breaker_join(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);
    const double level[4] = {p->instant, -p->instant, p->hot, -p->hot};

    switch_join(w, part);
    for (int32_t i = 0; i < 4; i++) {
        s->guard[i] = net_add_guard(w, &(struct guard){.what = GUARD_LINK_CURRENT,
                                                       .a = s->s.link,
                                                       .part = part,
                                                       .code = i,
                                                       .sign = level[i] > 0.0 ? -1.0 : 1.0,
                                                       .level = level[i] * p->rated_A});
    }
}

static void watch(struct world *w, struct breaker_state *s, bool on)
{
    s->warms = false;
    s->clears = false;
    for (int32_t i = 0; i < 4; i++) {
        net_arm(w, s->guard[i], on);
    }
}

/* ---- the bimetal ------------------------------------------------------------------------------- */

/* Bring theta to t, with the mean square of the current since it was last known. */
static void warm(struct world *w, int32_t part, ns_t t)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);
    double heat = net_link_const(world_net_const(w), s->s.link)->heat_A2s;
    double dt_s = ns_to_s(t - s->theta_at);

    if (dt_s > 0.0) {
        double towards = (heat - s->heat_A2s) / dt_s / (p->rated_A * p->rated_A);
        double keeps = elementary_exp(-dt_s / ns_to_s(p->thermal_tau));
        s->theta = towards + (s->theta - towards) * keeps;
    }
    s->theta_at = t;
    s->heat_A2s = heat;
}

/* When the present current, held, would trip it: look again then, at most a time constant ahead. */
static void wake_at_trip(struct world *w, int32_t part, double towards)
{
    const struct breaker_params *p = world_params(w, part);
    const struct breaker_state *s = world_state(w, part);
    double left = elementary_log((towards - s->theta) / (towards - p->hot * p->hot));
    ns_t wait = ns_from_s(fmax(left, 0.0) * ns_to_s(p->thermal_tau)) + 1;

    world_wake(w, part, world_now(w) + (wait < p->thermal_tau ? wait : p->thermal_tau));
}

/* (i / i_rated)^2 now: where theta goes. */
static double towards_now(const struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    const struct breaker_state *s = world_state_const(w, part);
    double i_pu = net_link_i_A(w, s->s.link, world_now(w)) / p->rated_A;

    return i_pu * i_pu;
}

/* Closed, it has long carried its current: that is the steady state theta = (i / i_rated)^2. */
static void breaker_start(struct world *w, int32_t part)
{
    struct breaker_state *s = world_state(w, part);

    s->theta = towards_now(w, part);
    watch(w, s, s->s.phase == SWITCH_CLOSED);
}

static void plan_trip(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);
    double towards = towards_now(w, part);

    s->warms = towards > p->hot * p->hot;
    s->cause = world_cause(w);
    if (s->warms) {
        wake_at_trip(w, part, towards);
    } else {
        net_arm(w, s->guard[GUARD_WARM_HIGH], true);
        net_arm(w, s->guard[GUARD_WARM_LOW], true);
    }
}

/* Only looks: theta follows, and what was planned for another current is planned anew. */
static void breaker_moved(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    const struct breaker_params *p = world_params(w, part);
    const struct breaker_state *s = world_state(w, part);
    double towards = towards_now(w, part);
    uint32_t cause = world_cause(w);

    (void)t0;
    warm(w, part, t1);
    if (s->s.phase == SWITCH_CLOSED && s->warms && !s->clears && towards > p->hot * p->hot) {
        world_blame(w, s->cause);
        wake_at_trip(w, part, towards);
        world_blame(w, cause);
    }
}

static void trip(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);

    watch(w, s, false);
    s->trips = true;
    switch_break(w, part, EV_TRIP, p->arc_V, p->arc_V_per_s);
}

/* ---- orders ------------------------------------------------------------------------------------ */

static bool may_close(const struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    const struct breaker_state *s = world_state_const(w, part);
    int32_t oldest = s->closings - p->cycles;

    if (world_now(w) < s->charged_at) {
        return false;
    }
    return oldest < 0 || world_now(w) - s->closed_at[oldest % CYCLES_KEPT] >= p->cycle_window;
}

static void breaker_command(struct world *w, int32_t part, bool close)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);

    if (!close) {
        if (s->s.phase == SWITCH_CLOSING) {
            s->s.phase = SWITCH_OPEN;
            world_wake(w, part, NS_NEVER);
        } else if (s->s.phase == SWITCH_CLOSED) {
            s->s.phase = SWITCH_OPENING;
            watch(w, s, false);
            world_wake(w, part, world_now(w) + switch_time(w, part, p->opening, p->scatter));
        } else if (s->s.phase == SWITCH_TRIPPED && p->motor) {
            s->s.phase = SWITCH_OPEN;
        }
    } else if (s->s.phase == SWITCH_OPENING || s->s.phase == SWITCH_CLOSED) { /* or sound again */
        s->s.phase = SWITCH_CLOSED;
        watch(w, s, true);
        world_wake(w, part, NS_NEVER);
    } else if ((s->s.phase == SWITCH_OPEN || (s->s.phase == SWITCH_TRIPPED && p->motor)) &&
               may_close(w, part)) {
        s->s.phase = SWITCH_CLOSING;
        world_wake(w, part, world_now(w) + switch_time(w, part, p->closing, p->scatter));
    } else if (s->s.phase != SWITCH_CLOSING) {
        world_event(w, part, EV_REFUSED, ns_to_s(s->charged_at));
    }
}

static void touch(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);
    ns_t now = world_now(w);

    s->closed_at[s->closings % CYCLES_KEPT] = now;
    s->closings++;
    s->charged_at = now + p->recharge;
    switch_make(w, part, EV_CLOSED);
    s->s.phase = SWITCH_CLOSED;
    watch(w, s, true);
}

/* Did the current that set off the instantaneous trip last for the clearing time? An inrush that is
 * over by then has not moved the armature far enough. */
static bool outlasts(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);
    bool lasted =
        s->clears && fabs(net_link_i_A(w, s->s.link, world_now(w))) > p->instant * p->rated_A;

    s->clears = false;
    net_arm(w, s->guard[GUARD_INSTANT_HIGH], true);
    net_arm(w, s->guard[GUARD_INSTANT_LOW], true);
    return lasted;
}

static void breaker_due(struct world *w, int32_t part)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);

    switch (s->s.phase) {
    case SWITCH_CLOSING:
        touch(w, part);
        break;
    case SWITCH_OPENING:
        switch_break(w, part, EV_OPENS, p->arc_V, p->arc_V_per_s);
        break;
    case SWITCH_CLOSED:
        net_change_link(w, s->s.link, EFFECT_NONE); /* brings theta to now */
        if (outlasts(w, part) || s->theta >= p->hot * p->hot) {
            trip(w, part);
        } else {
            plan_trip(w, part);
        }
        break;
    case SWITCH_OPEN:
    case SWITCH_RAMPS:
    case SWITCH_BREAKS:
    case SWITCH_BLOCKED:
    case SWITCH_TRIPPED:
    default:
        break;
    }
}

static void breaker_guard(struct world *w, int32_t part, int32_t code)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);

    if (s->s.phase != SWITCH_CLOSED || s->clears) {
        return;
    }
    if (code == GUARD_INSTANT_HIGH || code == GUARD_INSTANT_LOW) {
        s->clears = true;
        world_wake(w, part, world_now(w) + p->clearing);
    } else {
        plan_trip(w, part);
    }
}

static void breaker_opened(struct world *w, int32_t part)
{
    struct breaker_state *s = world_state(w, part);

    s->s.phase = s->trips ? SWITCH_TRIPPED : SWITCH_OPEN;
    s->trips = false;
}

static void breaker_force(struct world *w, int32_t part, bool close)
{
    const struct breaker_params *p = world_params(w, part);
    struct breaker_state *s = world_state(w, part);

    watch(w, s, false);
    if (close) {
        switch_make(w, part, EV_CLOSED);
        s->s.phase = SWITCH_CLOSED;
    } else if (s->s.phase == SWITCH_CLOSED || s->s.phase == SWITCH_OPENING) {
        switch_break(w, part, EV_OPENS, p->arc_V, p->arc_V_per_s);
    } else if (s->s.phase == SWITCH_CLOSING) {
        s->s.phase = SWITCH_OPEN;
    }
}

/* ---- tables ------------------------------------------------------------------------------------ */

static double read_theta(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return ((const struct breaker_state *)world_state_const(w, part))->theta;
}

static bool act_reset(struct world *w, int32_t part, const struct act_args *a)
{
    struct breaker_state *s = world_state(w, part);

    (void)a;
    if (s->s.phase != SWITCH_TRIPPED) {
        return false;
    }
    world_event(w, part, EV_RESET, 0.0);
    s->s.phase = SWITCH_OPEN;
    if (s->s.commanded && s->s.fault == SWITCH_SOUND) {
        breaker_command(w, part, true);
    }
    return true;
}

static const struct signal breaker_signals[] = {
    SWITCH_SIGNALS,
    {.key = "theta",
     .quantity = QTY_RATIO,
     .doc = "heat of the bimetal, 1 at rated current, up to its last event",
     .read = read_theta},
    NONE,
};

static const struct action breaker_actions[] = {
    SWITCH_ACTIONS,
    {.key = "reset", .run = act_reset, .doc = "a person resets the trip"},
    NONE,
};

static ns_t breaker_longest(const void *params, bool close)
{
    const struct breaker_params *p = params;

    return ns_from_s(ns_to_s(close ? p->closing : p->opening) * (1.0 + p->scatter));
}

static ns_t breaker_dwell(const void *params)
{
    return ((const struct breaker_params *)params)->recharge;
}

const struct switch_verbs breaker_verbs = {&breaker_kind, breaker_command, breaker_force,
                                           breaker_longest, breaker_dwell};

const struct kind breaker_kind = {
    .name = "breaker",
    .doc = "a circuit breaker with motor or spring closing, trip curve and re-close limit",
    .fields = breaker_fields,
    .signals = breaker_signals,
    .actions = breaker_actions,
    .params_size = sizeof(struct breaker_params),
    .state_size = sizeof(struct breaker_state),
    .join = breaker_join,
    .start = breaker_start,
    .due = breaker_due,
    .guard = breaker_guard,
    .opened = breaker_opened,
    .moved = breaker_moved,
    .pin = switch_pin,
};

/* fet.c - a FET power stage: slow gate charge, current-limited ramp, ORing, avalanche.
 *
 *   close    told -> logic delay and gate charge to the threshold -> the channel opens within the
 *            rest of the gate charge, its current limited to i_ramp -> closed
 *            t = t_logic + Q_g / I_gate: milliseconds, not nanoseconds
 *   open     told -> off_delay -> the current of the path's inductance avalanches (v_avalanche)
 *   ORing    v < -v_reverse for reverse_delay -> blocks, while its gate is charged too; until the gate
 *            is charged (again) the body diode (0.7 V) carries what flows forward
 *   single   one FET blocks one direction only: its body diode carries current from the first end
 *            to the second even when it is off
 *   SOA      the heat of one ramp beyond soa_energy kills the FET, in that microsecond: shorted
 *
 * Source: hardware facts 2.1 (S36, S40, S43).  Checked by tests/models/test_fet.c. */
#include <math.h>

#include "switchgear.h"
#include "terminal.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* Conductance at which a channel begins, over that of the closed FET. */
static const double FAINT = 1e-3;

/* The heat of a ramp is looked at half-way to the earliest instant at which its budget may be spent;
 * from this near on, at the instant itself, or this far ahead. */
static const double NEAR_S = 1e-6, LOOK_S = 10e-6;

struct fet_params {
    struct switch_params s;
    double gate_C, gate_A, threshold_part, i_ramp_A, v_reverse_V, v_forward_V, v_body_V,
        v_avalanche_V, soa_J;
    ns_t logic_delay, off_delay, reverse_delay;
    int32_t topology, oring;
};

enum { TOPOLOGY_BACK_TO_BACK, TOPOLOGY_SINGLE };
enum fet_guard { GUARD_REVERSE, GUARD_FORWARD, GUARD_LIMIT_LEFT };

struct fet_state {
    struct switch_state s; /* first: switchgear.h */
    int32_t reverse_guard; /* closed: i = v / r_on, the inductance of its path lies outside */
    int32_t ramp_guard;    /* while it ramps: v itself */
    int32_t forward_guard, limit_guard;
    bool blind;     /* its comparator is dead: a latent fault */
    bool reverses;  /* reverse current seen, the comparator's delay runs */
    bool recharges; /* forward again, the gate is being charged */
    bool enhances;  /* recharging, past the threshold: the channel takes over from the body diode */
    bool full;      /* gate charged, the ramp goes on in its current limit */
    double loss0_J; /* meter at the begin of the ramp */
    uint32_t cause; /* of the ramp */
};

#define FIELD(k, member) .key = k, .offset = offsetof(struct fet_params, member)
#define REAL(q)          .type = FIELD_REAL, .quantity = q
static const struct field fet_fields[] = {
    SWITCH_FIELDS(struct fet_params, 1e-3, "S43"),
    {FIELD("gate_charge", gate_C), REAL(QTY_COULOMB), .min = 1e-10, .max = 1e-4, .def = 76e-9,
     .doc = "of all its FETs together", .source = "S43"},
    {FIELD("gate_current", gate_A), REAL(QTY_AMPERE), .min = 1e-7, .max = 10.0, .def = 31e-6,
     .doc = "of the driver's charge pump", .source = "S36"},
    {FIELD("threshold_part", threshold_part), REAL(QTY_RATIO), .min = 0.0, .max = 0.95, .def = 0.4,
     .doc = "part of the gate charge that is needed before it conducts", .source = "E"},
    {FIELD("i_ramp", i_ramp_A), REAL(QTY_AMPERE), .min = 0.1, .max = 1e5, .def = 50.0,
     .doc = "current limit while it closes", .source = "S40"},
    {FIELD("logic_delay", logic_delay), .type = FIELD_TIME, .min = 0.0, .max = 1.0, .def = 1e-6,
     .doc = "from the pin to the begin of the gate current", .source = "S38"},
    {FIELD("off_delay", off_delay), .type = FIELD_TIME, .min = 0.0, .max = 1.0, .def = 5e-6,
     .doc = "from the pin to the end of conduction", .source = "S36"},
    {FIELD("topology", topology), .type = FIELD_CHOICE, .choices = "back-to-back|single",
     .def = TOPOLOGY_BACK_TO_BACK, .doc = "two FETs block both ways, one blocks one way"},
    {FIELD("oring", oring), .type = FIELD_FLAG, .def = 1.0,
     .doc = "turns itself off on reverse current"},
    {FIELD("v_reverse", v_reverse_V), REAL(QTY_VOLT), .min = 1e-3, .max = 1.0, .def = 28e-3,
     .doc = "reverse threshold across r_on", .source = "S36"},
    {FIELD("reverse_delay", reverse_delay), .type = FIELD_TIME, .min = 1e-9, .max = 1e-3,
     .def = 180e-9, .doc = "from there to the gate being low", .source = "S36"},
    {FIELD("v_forward", v_forward_V), REAL(QTY_VOLT), .min = 1e-3, .max = 1.0, .def = 30e-3,
     .doc = "forward voltage at which a blocked ORing charges its gate again", .source = "S37"},
    {FIELD("v_body", v_body_V), REAL(QTY_VOLT), .min = 0.1, .max = 2.0, .def = 0.7,
     .doc = "forward voltage of the body diode", .source = "S36"},
    {FIELD("v_avalanche", v_avalanche_V), REAL(QTY_VOLT), .min = 5.0, .max = 1000.0, .def = 36.0,
     .doc = "clamps the path's inductance when it opens", .source = "E"},
    {FIELD("soa_energy", soa_J), REAL(QTY_JOULE), .min = 1e-3, .max = 1e4, .def = 5.0,
     .doc = "heat of one ramp that it survives", .source = "E"},
    NONE,
};

static const char *fet_check_at(const void *params, double v_V, const char **key)
{
    const struct fet_params *p = params;

    *key = "v_avalanche";
    return p->v_avalanche_V <= v_V ? "v_avalanche must be above the voltage that it switches, or a "
                                     "current back into a short never ends: 36 V (30 V FETs) for a "
                                     "12 V bar, 120 V (100 V FETs) for a 48 V bar"
                                   : NULL;
}

static void fet_join(struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);
    struct guard g = {.part = part};

    switch_join(w, part);
    g.what = GUARD_LINK_CURRENT;
    g.a = s->s.link;
    g.code = GUARD_REVERSE;
    g.sign = 1.0;
    g.level = -p->v_reverse_V / p->s.r_Ohm;
    s->reverse_guard = net_add_guard(w, &g);
    g.code = GUARD_LIMIT_LEFT;
    g.level = 0.99 * p->i_ramp_A;
    s->limit_guard = net_add_guard(w, &g);
    int32_t a = terminal_node(w, p->s.from.at[0].part, p->s.from.at[0].tap);
    int32_t b = terminal_node(w, p->s.to.at[0].part, p->s.to.at[0].tap);
    g.what = GUARD_VOLTAGE;
    g.a = a;
    g.b = b;
    g.code = GUARD_REVERSE;
    g.level = -p->v_reverse_V;
    s->ramp_guard = net_add_guard(w, &g);
    g.code = GUARD_FORWARD;
    g.sign = -1.0;
    g.level = p->v_forward_V;
    s->forward_guard = net_add_guard(w, &g);
    if (p->topology == TOPOLOGY_SINGLE) {
        net_add_link(w, &(struct link){.a = a,
                                       .b = b,
                                       .part = part,
                                       .mode = LINK_CONDUCTS,
                                       .one_way = true,
                                       .couples = true,
                                       .r_Ohm = p->s.r_Ohm,
                                       .v_f_V = p->v_body_V,
                                       .i_max_A = INFINITY,
                                       .s = ramp_constant(1.0)});
    }
}

static bool sees_reverse(const struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    const struct fet_state *s = world_state_const(w, part);

    return p->oring && !s->blind && s->s.fault == SWITCH_SOUND;
}

/* While it conducts, its comparator looks for reverse current. */
static void watch_reverse(struct world *w, int32_t part)
{
    const struct fet_state *s = world_state_const(w, part);
    bool sees = sees_reverse(w, part);

    net_arm(w, s->reverse_guard, sees && s->s.phase == SWITCH_CLOSED);
    net_arm(w, s->ramp_guard, sees && s->s.phase == SWITCH_RAMPS);
}

static ns_t gate_time(const struct fet_params *p, double part_of_charge)
{
    return ns_from_s(part_of_charge * p->gate_C / p->gate_A);
}

static void conduct_both_ways(struct link *k)
{
    k->one_way = false;
    k->v_f_V = 0.0;
}

static void closed(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);

    switch_make(w, part, EV_CLOSED);
    conduct_both_ways(net_change_link(w, s->s.link, EFFECT_NONE));
    world_wake(w, part, NS_NEVER);
    s->s.phase = SWITCH_CLOSED;
    s->recharges = false;
    s->enhances = false;
    s->reverses = false;
    watch_reverse(w, part);
}

static void disarm(struct world *w, struct fet_state *s)
{
    s->reverses = false;
    s->recharges = false;
    s->enhances = false;
    net_arm(w, s->reverse_guard, false);
    net_arm(w, s->ramp_guard, false);
    net_arm(w, s->forward_guard, false);
    net_arm(w, s->limit_guard, false);
}

static void break_current(struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);

    disarm(w, world_state(w, part));
    world_wake(w, part, NS_NEVER);
    switch_break(w, part, EV_OPENS, p->v_avalanche_V, 0.0);
}

/* Told to be closed, it blocks, and waits for forward voltage behind its body diode. */
static void block(struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);
    struct link *k = net_change_link(w, s->s.link, EFFECT_NONE);

    s->s.phase = SWITCH_BLOCKED;
    s->recharges = false;
    s->enhances = false;
    k->one_way = true;
    k->v_f_V = p->v_body_V;
    k->s = ramp_constant(1.0);
    net_set_link_mode(w, s->s.link, LINK_BLOCKED, EFFECT_NONE);
    net_arm(w, s->forward_guard, true);
}

/* The gate has reached its threshold: the channel, still one way, takes over what the body diode
 * carries, and opens further within the rest of the gate charge. */
static void enhance(struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);
    ns_t over = switch_time(w, part, gate_time(p, 1.0 - p->threshold_part), 0.0);
    struct link *k = net_change_link(w, s->s.link, EFFECT_HELPS);
    double i_A = net_link_i_A(w, s->s.link, world_now(w));

    s->enhances = true;
    k->v_f_V = 0.0;
    k->s = (struct ramp){.t0 = world_now(w),
                         .t1 = world_now(w) + over,
                         .y0 = fmax(FAINT, i_A / (i_A + p->v_body_V / p->s.r_Ohm)),
                         .y1 = 1.0};
    world_wake(w, part, world_now(w) + over);
}

/* The gate is charged again. */
static void end_recharge(struct world *w, int32_t part)
{
    const struct fet_state *s = world_state(w, part);

    if (!s->enhances) {
        enhance(w, part);
    } else if (net_link_const(world_net_const(w), s->s.link)->mode == LINK_BLOCKED) {
        block(w, part); /* reverse again meanwhile */
    } else {
        world_event(w, part, EV_ORING_ON, 0.0);
        closed(w, part);
    }
}

/* ---- the heat of a ramp ------------------------------------------------------------------------ */

static double heat_left_J(const struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    const struct fet_state *s = world_state_const(w, part);

    return p->soa_J - (net_link_const(world_net_const(w), s->s.link)->loss_J - s->loss0_J);
}

/* Heat now, and at this voltage the most that any opening of the channel lets through. */
static void heat_W(const struct world *w, int32_t part, double *now_W, double *most_W)
{
    const struct fet_params *p = world_params(w, part);
    const struct fet_state *s = world_state_const(w, part);
    const struct link *k = net_link_const(world_net_const(w), s->s.link);
    double v_V = fabs(net_v_V(w, k->a, world_now(w)) - net_v_V(w, k->b, world_now(w)));

    *now_W = v_V * fabs(net_link_i_A(w, s->s.link, world_now(w)));
    *most_W = v_V * fmin(v_V / p->s.r_Ohm, k->i_max_A);
}

/* Wake when the gate is full, or before, to look at the heat. */
static void plan_ramp(struct world *w, int32_t part)
{
    const struct fet_state *s = world_state_const(w, part);
    double left_J = heat_left_J(w, part);
    double now_W, most_W;

    heat_W(w, part, &now_W, &most_W);
    double wait_s =
        left_J > NEAR_S * most_W ? 0.5 * left_J / most_W : fmin(fmax(left_J, 0.0) / now_W, LOOK_S);
    ns_t look = ns_after(world_now(w), ns_after(1, ns_from_s(wait_s)));
    ns_t end = s->full ? NS_NEVER : net_link_const(world_net_const(w), s->s.link)->s.t1;
    world_wake(w, part, look < end ? look : end);
}

static bool is_overheated(const struct world *w, int32_t part)
{
    double now_W, most_W;

    heat_W(w, part, &now_W, &most_W);
    return heat_left_J(w, part) <= 1e-9 * now_W;
}

/* The order to open is taken back before it has taken effect: on as it was. */
static void resume(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);
    const struct link *k = net_link_const(world_net_const(w), s->s.link);

    world_wake(w, part, NS_NEVER);
    if (k->mode == LINK_INDUCTIVE) {
        s->s.phase = SWITCH_CLOSED;
        watch_reverse(w, part);
    } else if (k->one_way) {
        block(w, part);
    } else {
        s->s.phase = SWITCH_RAMPS;
        watch_reverse(w, part);
        world_wake(w, part, world_now(w));
    }
}

static void fet_command(struct world *w, int32_t part, bool close)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);

    if (close) {
        if (s->s.phase == SWITCH_OPENING) {
            resume(w, part);
        } else if (s->s.phase == SWITCH_CLOSED) { /* sound again */
            watch_reverse(w, part);
        } else if (s->s.phase == SWITCH_OPEN) {
            s->s.phase = SWITCH_CLOSING;
            world_wake(w, part,
                       world_now(w) + switch_time(w, part,
                                                  p->logic_delay + gate_time(p, p->threshold_part),
                                                  0.0));
        }
        return;
    }
    switch (s->s.phase) {
    case SWITCH_CLOSING:
        s->s.phase = SWITCH_OPEN;
        world_wake(w, part, NS_NEVER);
        break;
    case SWITCH_RAMPS:
    case SWITCH_CLOSED:
    case SWITCH_BLOCKED:
        s->s.phase = SWITCH_OPENING;
        s->reverses = false;
        s->recharges = false;
        world_wake(w, part, world_now(w) + switch_time(w, part, p->off_delay, 0.0));
        break;
    case SWITCH_OPEN:
    case SWITCH_OPENING:
    case SWITCH_BREAKS:
    case SWITCH_TRIPPED:
    default:
        break;
    }
}

/* Told to close onto what is higher than its supply? */
static bool is_reversed(const struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    const struct fet_state *s = world_state_const(w, part);
    const struct link *k = net_link_const(world_net_const(w), s->s.link);

    return sees_reverse(w, part) &&
           net_v_V(w, k->a, world_now(w)) - net_v_V(w, k->b, world_now(w)) <= -p->v_reverse_V;
}

static void begin_ramp(struct world *w, int32_t part)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);
    ns_t over = switch_time(w, part, gate_time(p, 1.0 - p->threshold_part), 0.0);

    if (is_reversed(w, part)) {
        block(w, part);
        return;
    }
    world_event(w, part, EV_CONDUCTS, 0.0);
    struct link *k = net_change_link(w, s->s.link, EFFECT_HELPS); /* brings the meter to now */
    k->s = (struct ramp){.t0 = world_now(w), .t1 = world_now(w) + over, .y0 = FAINT, .y1 = 1.0};
    k->i_max_A = p->i_ramp_A;
    conduct_both_ways(k);
    s->loss0_J = k->loss_J;
    s->cause = world_cause(w);
    s->full = false;
    s->s.phase = SWITCH_RAMPS;
    net_set_link_mode(w, s->s.link, LINK_CONDUCTS, EFFECT_HELPS);
    watch_reverse(w, part);
    plan_ramp(w, part);
}

/* The gate is full. In its current limit the FET goes on charging what it was closed onto. */
static void end_ramp(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);

    if (net_link_const(world_net_const(w), s->s.link)->mode == LINK_HIGH) {
        s->full = true;
        net_arm(w, s->limit_guard, true);
        plan_ramp(w, part);
    } else {
        closed(w, part);
    }
}

/* The reverse comparator's delay is over. */
static void turn_off(struct world *w, int32_t part)
{
    const struct fet_state *s = world_state_const(w, part);

    world_event(w, part, EV_ORING_OFF, net_link_i_A(w, s->s.link, world_now(w)));
    break_current(w, part);
}

/* The end of the ramp, or a look at its heat. */
static void ramp_due(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);
    const struct link *k = net_change_link(w, s->s.link, EFFECT_NONE); /* brings the meter to now */

    if (s->reverses) {
        turn_off(w, part);
    } else if (is_overheated(w, part)) {
        world_event(w, part, EV_SOA, k->loss_J - s->loss0_J);
        disarm(w, s);
        s->s.fault = SWITCH_STUCK_CLOSED;
        closed(w, part);
    } else if (world_now(w) >= k->s.t1) {
        end_ramp(w, part);
    } else {
        plan_ramp(w, part);
    }
}

static void fet_due(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);

    switch (s->s.phase) {
    case SWITCH_CLOSING:
        begin_ramp(w, part);
        break;
    case SWITCH_RAMPS:
        ramp_due(w, part);
        break;
    case SWITCH_CLOSED:
        if (s->reverses) {
            turn_off(w, part);
        }
        break;
    case SWITCH_BLOCKED:
        end_recharge(w, part);
        break;
    case SWITCH_OPENING:
        break_current(w, part);
        break;
    case SWITCH_OPEN:
    case SWITCH_BREAKS:
    case SWITCH_TRIPPED:
    default:
        break;
    }
}

static void fet_guard(struct world *w, int32_t part, int32_t code)
{
    const struct fet_params *p = world_params(w, part);
    struct fet_state *s = world_state(w, part);

    if (code == GUARD_REVERSE && !s->reverses &&
        (s->s.phase == SWITCH_CLOSED || s->s.phase == SWITCH_RAMPS)) {
        s->reverses = true;
        world_wake(w, part, world_now(w) + p->reverse_delay);
    } else if (code == GUARD_FORWARD && s->s.phase == SWITCH_BLOCKED && !s->recharges) {
        s->recharges = true;
        world_wake(w, part,
                   world_now(w) + switch_time(w, part, gate_time(p, p->threshold_part), 0.0));
    } else if (code == GUARD_LIMIT_LEFT && s->s.phase == SWITCH_RAMPS) {
        end_ramp(w, part);
    }
}

/* The current has died. */
static void fet_opened(struct world *w, int32_t part)
{
    struct fet_state *s = world_state(w, part);

    if (!s->s.commanded || s->s.fault == SWITCH_STUCK_OPEN) {
        s->s.phase = SWITCH_OPEN;
    } else {
        block(w, part);
    }
}

/* Only looks: what was foretold for another voltage is foretold anew. */
static void fet_moved(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    const struct fet_state *s = world_state(w, part);
    uint32_t cause = world_cause(w);

    (void)t0;
    (void)t1;
    if (s->s.phase == SWITCH_RAMPS && !s->reverses) {
        world_blame(w, s->cause);
        plan_ramp(w, part);
        world_blame(w, cause);
    }
}

static void fet_force(struct world *w, int32_t part, bool close)
{
    struct fet_state *s = world_state(w, part);

    disarm(w, s);
    if (close) {
        closed(w, part);
    } else if (s->s.phase != SWITCH_OPEN) {
        break_current(w, part);
    }
}

static bool set_blind(struct world *w, int32_t part, bool blind)
{
    struct fet_state *s = world_state(w, part);

    if (s->blind == blind) {
        return false;
    }
    world_event(w, part, blind ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    s->blind = blind;
    s->reverses = false;
    watch_reverse(w, part);
    return true;
}

static bool act_blind(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_blind(w, part, true);
}

static bool act_see(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_blind(w, part, false);
}

static const struct action fet_actions[] = {
    SWITCH_ACTIONS,
    {.key = "blind",
     .undo = "see",
     .run = act_blind,
     .doc = "its ORing comparator is dead, which shows only when current flows back"},
    {.key = "see", .run = act_see, .doc = "its ORing comparator is sound again"},
    NONE,
};

static ns_t fet_longest(const void *params, bool close)
{
    const struct fet_params *p = params;

    return close ? p->logic_delay + gate_time(p, 1.0) : p->off_delay;
}

static ns_t fet_dwell(const void *params)
{
    (void)params;
    return 0;
}

const struct switch_verbs fet_verbs = {&fet_kind, fet_command, fet_force, fet_longest, fet_dwell};

const struct kind fet_kind = {
    .name = "fet",
    .doc = "a FET power stage with gate drive, current-limited ramp and ORing",
    .fields = fet_fields,
    .signals = switch_signals,
    .actions = fet_actions,
    .params_size = sizeof(struct fet_params),
    .state_size = sizeof(struct fet_state),
    .check_at = fet_check_at,
    .join = fet_join,
    .start = watch_reverse,
    .due = fet_due,
    .guard = fet_guard,
    .opened = fet_opened,
    .moved = fet_moved,
    .pin = switch_pin,
};

/* ideal.c - node, source, resistor, inductor, switch, diode, load: the laws of net.h, bare.
 *
 *   node      C dv/dt = sum of currents, v(0) = v0
 *   source    i = (e - v) / r, at most i_max; blocks reverse current unless told otherwise; may
 *             switch itself off after a time in its limit and come back with a ramp
 *   switch    i = s (va - vb) / r, s a ramp between 0 and 1; may open by itself on low voltage
 *   load      p / v while on; below v_floor the resistor v_floor^2 / p; lock-out and restart
 *
 * Checked by tests/oracle/ against independently agreed values. */
#include "ideal.h"

#include <math.h>

#include "net.h"
#include "terminal.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* The node a reference points to; a reference left out is ground. */
static int32_t node_of(const struct world *w, const struct tap_list *ref)
{
    return ref->n == 0 ? GROUND : terminal_node(w, ref->at[0].part, ref->at[0].tap);
}

/* ---- node -------------------------------------------------------------------------------------- */

struct node_params {
    double c_F, v0_V;
};

struct node_state {
    struct terminal terminal;
};

static const struct field node_fields[] = {
    {.key = "c",
     .type = FIELD_REAL,
     .quantity = QTY_FARAD,
     .min = 1e-9,
     .max = 1e3,
     .def = REQUIRED,
     .offset = offsetof(struct node_params, c_F),
     .doc = "capacitance to ground"},
    {.key = "v0",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = -1e4,
     .max = 1e4,
     .def = 0.0,
     .offset = offsetof(struct node_params, v0_V),
     .doc = "voltage at the start of the run"},
    NONE,
};

static void node_wire(struct world *w, int32_t part)
{
    const struct node_params *p = world_params(w, part);
    struct node_state *s = world_state(w, part);

    s->terminal = (struct terminal){.node = net_add_node(w, part, p->c_F, p->v0_V), .taps = 1};
    net_keep_start(w);
}

static double node_v(const struct world *w, int32_t part, ns_t at)
{
    return net_v_V(w, terminal_node(w, part, 0), at);
}

static const struct signal node_signals[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage",
     .read = node_v,
     .nodes = terminal_nodes},
    NONE,
};

const struct kind node_kind = {
    .name = "node",
    .doc = "ideal: a point of the circuit with capacitance to ground",
    .fields = node_fields,
    .signals = node_signals,
    .params_size = sizeof(struct node_params),
    .state_size = sizeof(struct node_state),
    .wire = node_wire,
};

/* ---- source ------------------------------------------------------------------------------------ */

struct source_params {
    struct tap_list at;
    double e_V, r_Ohm, i_max_A;
    int32_t reverse, on;
    ns_t trip_after, off_for, ramp_in;
};

enum source_phase { PHASE_OFF, PHASE_ON, PHASE_FADES, PHASE_LIMITS, PHASE_HICCUP };

struct source_state {
    int32_t source;
    enum source_phase phase;
};

#define SOURCE_FIELD(k, member) .key = k, .offset = offsetof(struct source_params, member)
static const struct field source_fields[] = {
    {SOURCE_FIELD("at", at), .type = FIELD_TAPS, .def = REQUIRED, .choices = "node",
     .doc = "the node it feeds"},
    {SOURCE_FIELD("e", e_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 1e4,
     .def = REQUIRED, .doc = "electromotive force"},
    {SOURCE_FIELD("r", r_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = 1e-6, .max = 1e6,
     .def = REQUIRED, .doc = "series resistance"},
    {SOURCE_FIELD("i_max", i_max_A), .type = FIELD_REAL, .quantity = QTY_AMPERE, .min = 1e-3,
     .max = 1e6, .def = 1e6, .doc = "current limit"},
    {SOURCE_FIELD("reverse", reverse), .type = FIELD_FLAG, .def = 0.0,
     .doc = "takes current back when the node is above e (no: ideal ORing)"},
    {SOURCE_FIELD("on", on), .type = FIELD_FLAG, .def = 1.0, .doc = "connected at the start"},
    {SOURCE_FIELD("trip_after", trip_after), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "switches itself off after this time in its limit; 0: never"},
    {SOURCE_FIELD("off_for", off_for), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 5e-3,
     .doc = "how long it then stays off"},
    {SOURCE_FIELD("ramp_in", ramp_in), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 1e-3,
     .doc = "its e then rises from 0 within this time"},
    NONE,
};

static void source_join(struct world *w, int32_t part)
{
    const struct source_params *p = world_params(w, part);
    struct source_state *s = world_state(w, part);

    s->phase = p->on ? PHASE_ON : PHASE_OFF;
    s->source = net_add_source(w, &(struct source){
                                      .node = node_of(w, &p->at),
                                      .part = part,
                                      .share_node = NO_STATE,
                                      .mode = p->on ? SOURCE_REGULATES : SOURCE_OFF,
                                      .reversible = p->reverse,
                                      .r_Ohm = p->r_Ohm,
                                      .i_max_A = p->i_max_A,
                                      .p_max_W = INFINITY,
                                      .i_rated_A = p->i_max_A,
                                      .share_gain = 1.0,
                                      .e = ramp_constant(p->e_V),
                                      .s = ramp_constant(1.0),
                                  });
}

static void source_stop(struct world *w, struct source_state *s, int32_t part)
{
    struct source *u = net_change_source(w, s->source, EFFECT_HURTS);

    u->mode = SOURCE_OFF;
    world_event(w, part, EV_OUTPUT_OFF, 0.0);
}

static void source_due(struct world *w, int32_t part)
{
    const struct source_params *p = world_params(w, part);
    struct source_state *s = world_state(w, part);
    struct source *u;

    switch (s->phase) {
    case PHASE_FADES:
        source_stop(w, s, part);
        s->phase = PHASE_OFF;
        break;
    case PHASE_LIMITS:
        world_event(w, part, EV_OVERLOAD, 0.0);
        source_stop(w, s, part);
        s->phase = PHASE_HICCUP;
        world_wake(w, part, ns_after(world_now(w), p->off_for));
        break;
    case PHASE_HICCUP:
        world_event(w, part, EV_OUTPUT_ON, 0.0);
        u = net_change_source(w, s->source, EFFECT_HELPS);
        u->e = ramp_constant(0.0);
        ramp_to(&u->e, world_now(w), p->e_V, p->ramp_in);
        u->mode = SOURCE_REGULATES;
        s->phase = PHASE_ON;
        break;
    case PHASE_OFF:
    case PHASE_ON:
    default:
        break;
    }
}

static void source_limit(struct world *w, int32_t part, bool limited)
{
    const struct source_params *p = world_params(w, part);
    struct source_state *s = world_state(w, part);

    if (p->trip_after == 0 || (s->phase != PHASE_ON && s->phase != PHASE_LIMITS)) {
        return;
    }
    s->phase = limited ? PHASE_LIMITS : PHASE_ON;
    world_wake(w, part, limited ? ns_after(world_now(w), p->trip_after) : NS_NEVER);
}

static bool source_act_off(struct world *w, int32_t part, const struct act_args *a)
{
    struct source_state *s = world_state(w, part);

    if (s->phase == PHASE_OFF || s->phase == PHASE_FADES) {
        return false;
    }
    ramp_to(&net_change_source(w, s->source, EFFECT_HURTS)->s, world_now(w), 0.0, a->over);
    s->phase = PHASE_FADES;
    world_wake(w, part, ns_after(world_now(w), a->over));
    return true;
}

static bool source_act_on(struct world *w, int32_t part, const struct act_args *a)
{
    const struct source_params *p = world_params(w, part);
    struct source_state *s = world_state(w, part);

    if (s->phase != PHASE_OFF) {
        return false;
    }
    struct source *u = net_change_source(w, s->source, EFFECT_HELPS);
    u->e = ramp_constant(p->e_V);
    u->s = ramp_constant(0.0);
    ramp_to(&u->s, world_now(w), 1.0, a->over);
    u->mode = SOURCE_REGULATES;
    s->phase = PHASE_ON;
    world_event(w, part, EV_OUTPUT_ON, 0.0);
    return true;
}

static bool source_act_ramp(struct world *w, int32_t part, const struct act_args *a)
{
    struct source_state *s = world_state(w, part);
    struct source *u = net_change_source(w, s->source, EFFECT_NONE);
    enum effect effect =
        a->to < ramp_at(&u->e, when_ns(world_now(w))) ? EFFECT_HURTS : EFFECT_HELPS;

    net_change_source(w, s->source, effect);
    ramp_to(&u->e, world_now(w), a->to, a->over);
    return true;
}

static double source_i(const struct world *w, int32_t part, ns_t at)
{
    return net_source_i_A(w, ((const struct source_state *)world_state_const(w, part))->source, at);
}

static const struct signal source_signals[] = {
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current into its node",
     .read = source_i},
    NONE,
};

static const struct field over_args[] = {
    {.key = "over",
     .type = FIELD_TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 0.0,
     .offset = offsetof(struct act_args, over),
     .doc = "linearly within this time"},
    NONE,
};
static const struct field volt_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 0.0,
     .max = 1e4,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "target"},
    {.key = "over",
     .type = FIELD_TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 0.0,
     .offset = offsetof(struct act_args, over),
     .doc = "linearly within this time"},
    NONE,
};
static const struct field watt_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_WATT,
     .min = 0.0,
     .max = 1e6,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "target"},
    {.key = "over",
     .type = FIELD_TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 0.0,
     .offset = offsetof(struct act_args, over),
     .doc = "linearly within this time"},
    NONE,
};

static const struct action source_actions[] = {
    {.key = "off",
     .args = over_args,
     .undo = "on",
     .run = source_act_off,
     .doc = "its current is scaled to nothing, then it is disconnected"},
    {.key = "on",
     .args = over_args,
     .undo = "off",
     .run = source_act_on,
     .doc = "it is connected, its current scaled up"},
    {.key = "ramp", .args = volt_args, .run = source_act_ramp, .doc = "moves e"},
    NONE,
};

const struct kind source_kind = {
    .name = "source",
    .doc = "ideal: a voltage behind a resistor, with a current limit and ideal ORing",
    .fields = source_fields,
    .signals = source_signals,
    .actions = source_actions,
    .params_size = sizeof(struct source_params),
    .state_size = sizeof(struct source_state),
    .join = source_join,
    .due = source_due,
    .limit = source_limit,
};

/* ---- resistor, inductor, switch, diode: links -------------------------------------------------- */

struct link_params {
    struct tap_list from, to, trip_node;
    double r_Ohm, l_H, i0_A, v_f_V, trip_below_V;
    int32_t closed;
    ns_t trip_delay, trip_over;
};

enum link_phase { LINK_RESTS, LINK_OPENS, LINK_TRIPS };

struct link_state {
    int32_t link, guard;
    enum link_phase phase;
};

#define LINK_FIELD(k, member) .key = k, .offset = offsetof(struct link_params, member)
#define LINK_ENDS                                                                                  \
    {LINK_FIELD("from", from), .type = FIELD_TAPS, .def = REQUIRED, .choices = "node",             \
     .doc = "one end; current from here counts positive"},                                         \
    {                                                                                              \
        LINK_FIELD("to", to), .type = FIELD_TAPS, .def = 0.0, .choices = "node",                   \
                              .doc = "the other end; left out: ground"                             \
    }
#define LINK_OHM(least, d)                                                                         \
    {                                                                                              \
        LINK_FIELD("r", r_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = least, .max = 1e9, \
                                .def = d, .doc = "resistance while it conducts"                    \
    }

static int32_t add_link(struct world *w, int32_t part, struct link link)
{
    const struct link_params *p = world_params(w, part);

    link.a = node_of(w, &p->from);
    link.b = node_of(w, &p->to);
    link.part = part;
    link.r_Ohm = p->r_Ohm;
    link.i_max_A = INFINITY;
    return net_add_link(w, &link);
}

static double link_i(const struct world *w, int32_t part, ns_t at)
{
    return net_link_i_A(w, ((const struct link_state *)world_state_const(w, part))->link, at);
}

static const struct signal link_signals[] = {
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current, from its first end",
     .read = link_i},
    NONE,
};

static const struct field resistor_fields[] = {LINK_ENDS, LINK_OHM(1e-6, REQUIRED), NONE};

static void resistor_join(struct world *w, int32_t part)
{
    struct link_state *s = world_state(w, part);

    s->link = add_link(w, part, (struct link){.mode = LINK_CONDUCTS, .s = ramp_constant(1.0)});
}

const struct kind resistor_kind = {
    .name = "resistor",
    .doc = "ideal: a resistor between two nodes, or to ground",
    .fields = resistor_fields,
    .signals = link_signals,
    .params_size = sizeof(struct link_params),
    .state_size = sizeof(struct link_state),
    .join = resistor_join,
};

static const struct field inductor_fields[] = {
    LINK_ENDS,
    LINK_OHM(0.0, 0.0),
    {LINK_FIELD("l", l_H), .type = FIELD_REAL, .quantity = QTY_HENRY, .min = 1e-12, .max = 1e3,
     .def = REQUIRED, .doc = "inductance"},
    {LINK_FIELD("i0", i0_A), .type = FIELD_REAL, .quantity = QTY_AMPERE, .min = -1e6, .max = 1e6,
     .def = 0.0, .doc = "current at the start of the run"},
    NONE,
};

static void inductor_join(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    s->link = add_link(
        w, part,
        (struct link){
            .mode = LINK_INDUCTIVE, .l_H = p->l_H, .i0_A = p->i0_A, .s = ramp_constant(1.0)});
}

const struct kind inductor_kind = {
    .name = "inductor",
    .doc = "ideal: an inductance with its resistance, between two nodes or to ground",
    .fields = inductor_fields,
    .signals = link_signals,
    .params_size = sizeof(struct link_params),
    .state_size = sizeof(struct link_state),
    .join = inductor_join,
};

static const struct field diode_fields[] = {
    LINK_ENDS,
    LINK_OHM(1e-6, REQUIRED),
    {LINK_FIELD("v_f", v_f_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 100.0,
     .def = 0.0, .doc = "forward voltage from which it conducts"},
    NONE,
};

static void diode_join(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    s->link = add_link(w, part,
                       (struct link){.mode = LINK_CONDUCTS,
                                     .one_way = true,
                                     .couples = true,
                                     .v_f_V = p->v_f_V,
                                     .s = ramp_constant(1.0)});
}

const struct kind diode_kind = {
    .name = "diode",
    .doc = "ideal: conducts from its first end to its second above a forward voltage",
    .fields = diode_fields,
    .signals = link_signals,
    .params_size = sizeof(struct link_params),
    .state_size = sizeof(struct link_state),
    .join = diode_join,
};

static const struct field switch_fields[] = {
    LINK_ENDS,
    LINK_OHM(1e-6, REQUIRED),
    {LINK_FIELD("closed", closed), .type = FIELD_FLAG, .def = 0.0, .doc = "closed at the start"},
    {LINK_FIELD("trip_node", trip_node), .type = FIELD_TAPS, .def = 0.0, .choices = "node",
     .doc = "opens by itself when this node falls below trip_below"},
    {LINK_FIELD("trip_below", trip_below_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0,
     .max = 1e4, .def = 0.0, .doc = "voltage of trip_node that trips it"},
    {LINK_FIELD("trip_delay", trip_delay), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "from there to the begin of opening"},
    {LINK_FIELD("trip_over", trip_over), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "duration of that opening"},
    NONE,
};

static void switch_join(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    s->link = add_link(w, part,
                       (struct link){.mode = p->closed ? LINK_CONDUCTS : LINK_OPEN,
                                     .s = ramp_constant(p->closed ? 1.0 : 0.0)});
    if (p->trip_node.n > 0) {
        s->guard = net_add_guard(w, &(struct guard){.what = GUARD_VOLTAGE,
                                                    .a = node_of(w, &p->trip_node),
                                                    .b = GROUND,
                                                    .part = part,
                                                    .sign = 1.0,
                                                    .level = p->trip_below_V,
                                                    .armed = true});
    }
}

static void switch_to(struct world *w, int32_t part, bool close, ns_t over)
{
    struct link_state *s = world_state(w, part);
    enum effect effect = close ? EFFECT_HELPS : EFFECT_HURTS;
    struct link *k = net_change_link(w, s->link, effect);

    if (k->mode == LINK_OPEN) {
        net_set_link_mode(w, s->link, LINK_CONDUCTS, effect);
    }
    world_event(w, part, close ? EV_CONDUCTS : EV_OPENS, 0.0);
    ramp_to(&k->s, world_now(w), close ? 1.0 : 0.0, over);
    s->phase = close ? LINK_RESTS : LINK_OPENS;
    world_wake(w, part, close ? NS_NEVER : ns_after(world_now(w), over));
}

static void switch_due(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    if (s->phase == LINK_TRIPS) {
        switch_to(w, part, false, p->trip_over);
    } else if (s->phase == LINK_OPENS) {
        net_set_link_mode(w, s->link, LINK_OPEN, EFFECT_HURTS);
        s->phase = LINK_RESTS;
    }
}

static void switch_guard(struct world *w, int32_t part, int32_t code)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    (void)code;
    world_event(w, part, EV_TRIP, p->trip_below_V);
    s->phase = LINK_TRIPS;
    world_wake(w, part, ns_after(world_now(w), p->trip_delay));
}

static bool switch_act_close(struct world *w, int32_t part, const struct act_args *a)
{
    switch_to(w, part, true, a->over);
    return true;
}

static bool switch_act_open(struct world *w, int32_t part, const struct act_args *a)
{
    switch_to(w, part, false, a->over);
    return true;
}

static const struct action switch_actions[] = {
    {.key = "close",
     .args = over_args,
     .undo = "open",
     .run = switch_act_close,
     .doc = "its conductance rises to 1/r"},
    {.key = "open",
     .args = over_args,
     .undo = "close",
     .run = switch_act_open,
     .doc = "its conductance falls to nothing"},
    NONE,
};

const struct kind switch_kind = {
    .name = "switch",
    .doc = "ideal: a resistor whose conductance is switched in a ramp",
    .fields = switch_fields,
    .signals = link_signals,
    .actions = switch_actions,
    .params_size = sizeof(struct link_params),
    .state_size = sizeof(struct link_state),
    .join = switch_join,
    .due = switch_due,
    .guard = switch_guard,
};

/* ---- load -------------------------------------------------------------------------------------- */

struct load_params {
    struct tap_list at;
    double p_W, off_below_V, on_above_V, v_floor_V;
    ns_t restart;
};

enum load_phase { LOAD_RUNS, LOAD_IS_OFF, LOAD_WAITS };
enum load_guard { GUARD_OFF, GUARD_ON };

struct load_state {
    int32_t load, off_guard, on_guard;
    enum load_phase phase;
    int32_t drops;
};

#define LOAD_FIELD(k, member) .key = k, .offset = offsetof(struct load_params, member)
static const struct field load_fields[] = {
    {LOAD_FIELD("at", at), .type = FIELD_TAPS, .def = REQUIRED, .choices = "node",
     .doc = "the node it draws from"},
    {LOAD_FIELD("p", p_W), .type = FIELD_REAL, .quantity = QTY_WATT, .min = 0.0, .max = 1e9,
     .def = REQUIRED, .doc = "constant power"},
    {LOAD_FIELD("off_below", off_below_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0,
     .max = 1e4, .def = 0.0, .doc = "under-voltage lock-out"},
    {LOAD_FIELD("on_above", on_above_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0,
     .max = 1e4, .def = 0.0, .doc = "restarts above this; 0: stays off"},
    {LOAD_FIELD("restart", restart), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "delay of the restart; a fall below off_below cancels it"},
    {LOAD_FIELD("v_floor", v_floor_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 1e-3,
     .max = 1e4, .def = 0.5, .doc = "below this it is the resistor v_floor^2 / p"},
    NONE,
};

static void load_join(struct world *w, int32_t part)
{
    const struct load_params *p = world_params(w, part);
    struct load_state *s = world_state(w, part);
    int32_t node = node_of(w, &p->at);
    struct guard g = {.what = GUARD_VOLTAGE, .a = node, .b = GROUND, .part = part};

    s->load = net_add_load(w, &(struct load){.node = node,
                                             .part = part,
                                             .mode = LOAD_POWER,
                                             .v_floor_V = p->v_floor_V,
                                             .p = ramp_constant(p->p_W)});
    g.code = GUARD_OFF;
    g.sign = 1.0;
    g.level = p->off_below_V;
    g.armed = p->off_below_V > 0.0;
    s->off_guard = net_add_guard(w, &g);
    g.code = GUARD_ON;
    g.sign = -1.0;
    g.level = p->on_above_V;
    g.armed = false;
    s->on_guard = net_add_guard(w, &g);
}

static void load_guard(struct world *w, int32_t part, int32_t code)
{
    const struct load_params *p = world_params(w, part);
    struct load_state *s = world_state(w, part);

    if (code == GUARD_ON) {
        s->phase = LOAD_WAITS;
        net_arm(w, s->off_guard, true);
        world_event(w, part, EV_INSERTION, p->on_above_V);
        world_wake(w, part, ns_after(world_now(w), p->restart));
        return;
    }
    if (s->phase == LOAD_RUNS) {
        world_event(w, part, EV_UVLO, p->off_below_V);
        net_change_load(w, s->load, EFFECT_HELPS)->mode = LOAD_OFF;
        s->drops++;
    }
    s->phase = LOAD_IS_OFF;
    world_wake(w, part, NS_NEVER);
    net_arm(w, s->on_guard, p->on_above_V > 0.0);
}

static void load_due(struct world *w, int32_t part)
{
    struct load_state *s = world_state(w, part);

    world_event(w, part, EV_LOAD_ON, 0.0);
    s->phase = LOAD_RUNS;
    net_change_load(w, s->load, EFFECT_HURTS)->mode = LOAD_POWER;
}

static bool load_act_step(struct world *w, int32_t part, const struct act_args *a)
{
    struct load_state *s = world_state(w, part);
    const struct load *now = net_load_const(world_net_const(w), s->load);
    bool more = a->to > ramp_at(&now->p, when_ns(world_now(w)));

    world_event(w, part, EV_LOAD_STEP, a->to);
    ramp_to(&net_change_load(w, s->load, more ? EFFECT_HURTS : EFFECT_HELPS)->p, world_now(w),
            a->to, a->over);
    return true;
}

static double load_i(const struct world *w, int32_t part, ns_t at)
{
    return net_load_i_A(w, ((const struct load_state *)world_state_const(w, part))->load, at);
}

static double load_on(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return ((const struct load_state *)world_state_const(w, part))->phase == LOAD_RUNS;
}

static double load_drops(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return ((const struct load_state *)world_state_const(w, part))->drops;
}

static const struct signal load_signals[] = {
    {.key = "i", .quantity = QTY_AMPERE, .continuous = true, .doc = "current", .read = load_i},
    {.key = "state", .choices = "OFF|ON", .doc = "whether it runs", .read = load_on},
    {.key = "drops",
     .quantity = QTY_OPERATIONS,
     .doc = "times it was lost to low voltage",
     .read = load_drops},
    NONE,
};

static const struct action load_actions[] = {
    {.key = "step", .args = watt_args, .run = load_act_step, .doc = "changes its power"},
    NONE,
};

const struct kind load_kind = {
    .name = "load",
    .doc = "ideal: a constant-power load with an under-voltage lock-out",
    .fields = load_fields,
    .signals = load_signals,
    .actions = load_actions,
    .params_size = sizeof(struct load_params),
    .state_size = sizeof(struct load_state),
    .join = load_join,
    .guard = load_guard,
    .due = load_due,
};

/* ideal.c - node, source, load: the laws of net.h, bare. Links: ideal_link.c.
 *
 *   node      C dv/dt = sum of currents, v(0) = v0
 *   source    i = (e - v) / r, at most i_max; blocks reverse current unless told otherwise; may
 *             switch itself off after a time in its limit and come back with a ramp
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

int32_t ideal_node(const struct world *w, const struct tap_list *ref)
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

/* What it is told (on, off) and what it does by itself (out, in its hiccup) go their own ways: it
 * gives current while it is on or fades, and not out. */
struct source_state {
    int32_t source;
    bool on, out;
    ns_t gone; /* when its current will have faded */
    ns_t due;  /* the end of its time in the limit, or of its hiccup */
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

    s->on = p->on;
    s->gone = s->due = NS_NEVER;
    s->source = net_add_source(w, &(struct source){
                                      .node = ideal_node(w, &p->at),
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
                                      .s = ramp_constant(p->on ? 1.0 : 0.0),
                                  });
}

static void source_wake(struct world *w, const struct source_state *s, int32_t part)
{
    world_wake(w, part, s->gone < s->due ? s->gone : s->due);
}

static void source_stop(struct world *w, const struct source_state *s, int32_t part)
{
    struct source *u = net_change_source(w, s->source, EFFECT_HURTS);

    u->mode = SOURCE_OFF;
    world_event(w, part, EV_OUTPUT_OFF, 0.0);
}

/* Its time in the limit is over. */
static void source_trip(struct world *w, struct source_state *s, int32_t part)
{
    const struct source_params *p = world_params(w, part);

    world_event(w, part, EV_OVERLOAD, 0.0);
    source_stop(w, s, part);
    s->out = true;
    s->due = ns_after(world_now(w), p->off_for);
}

/* Its hiccup is over: e rises from 0 to where it was, or is bound for. */
static void source_return(struct world *w, struct source_state *s, int32_t part)
{
    const struct source_params *p = world_params(w, part);
    struct source *u = net_change_source(w, s->source, EFFECT_HELPS);
    double e_V = u->e.y1;

    u->e = ramp_constant(0.0);
    ramp_to(&u->e, world_now(w), e_V, p->ramp_in);
    s->out = false;
    s->due = NS_NEVER;
    if (s->on || s->gone != NS_NEVER) {
        world_event(w, part, EV_OUTPUT_ON, 0.0);
        u->mode = SOURCE_REGULATES;
    }
}

static void source_due(struct world *w, int32_t part)
{
    struct source_state *s = world_state(w, part);
    ns_t now = world_now(w);

    if (s->gone <= now) {
        s->gone = NS_NEVER;
        if (!s->out) {
            source_stop(w, s, part);
        }
    }
    if (s->due <= now) {
        (s->out ? source_return : source_trip)(w, s, part);
    }
    source_wake(w, s, part);
}

/* It tires while it is on, not while it fades. */
static void source_limit(struct world *w, int32_t part, bool limited)
{
    const struct source_params *p = world_params(w, part);
    struct source_state *s = world_state(w, part);

    if (p->trip_after == 0 || s->out) {
        return;
    }
    s->due = limited && s->on ? ns_after(world_now(w), p->trip_after) : NS_NEVER;
    source_wake(w, s, part);
}

static bool source_act_off(struct world *w, int32_t part, const struct act_args *a)
{
    struct source_state *s = world_state(w, part);

    if (!s->on && s->gone == NS_NEVER) {
        return false;
    }
    ramp_to(&net_change_source(w, s->source, EFFECT_HURTS)->s, world_now(w), 0.0, a->over);
    s->on = false;
    s->gone = ns_after(world_now(w), a->over);
    source_limit(w, part, false);
    source_wake(w, s, part);
    return true;
}

static bool source_act_on(struct world *w, int32_t part, const struct act_args *a)
{
    struct source_state *s = world_state(w, part);

    if (ramp_rests(&net_source_const(world_net_const(w), s->source)->s, world_now(w), 1.0)) {
        return false;
    }
    struct source *u = net_change_source(w, s->source, EFFECT_HELPS);
    ramp_to(&u->s, world_now(w), 1.0, a->over);
    s->on = true;
    s->gone = NS_NEVER;
    if (!s->out) {
        u->mode = u->mode == SOURCE_OFF ? SOURCE_REGULATES : u->mode;
        world_event(w, part, EV_OUTPUT_ON, 0.0);
    }
    source_limit(w, part, u->mode == SOURCE_I_LIMIT);
    source_wake(w, s, part);
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

#define TO(q, most)                                                                                \
    {                                                                                              \
        .key = "to", .type = FIELD_REAL, .quantity = q, .min = 0.0, .max = most, .def = REQUIRED,  \
        .offset = offsetof(struct act_args, to), .doc = "target"                                   \
    }
#define OVER                                                                                       \
    {                                                                                              \
        .key = "over", .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,                     \
        .offset = offsetof(struct act_args, over), .doc = "linearly within this time"              \
    }
const struct field ideal_over[] = {OVER, NONE};
static const struct field volt_args[] = {TO(QTY_VOLT, 1e4), OVER, NONE};
static const struct field watt_args[] = {TO(QTY_WATT, 1e6), OVER, NONE};

static const struct action source_actions[] = {
    {.key = "off",
     .args = ideal_over,
     .undo = "on",
     .run = source_act_off,
     .doc = "its current is scaled to nothing, then it is disconnected"},
    {.key = "on",
     .args = ideal_over,
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
    int32_t node = ideal_node(w, &p->at);
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
    {.key = "step",
     .args = watt_args,
     .sets = "p",
     .run = load_act_step,
     .doc = "changes its power"},
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

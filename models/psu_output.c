/* psu_output.c - a supply's output as laws of the network, and the faults put into it.
 *
 *   L di/dt = v_set(t) + trim - v - R_droop i,  L = loop * R_droop: the loop's lag
 *   i <= i_limit, i <= p_limit / v: constant voltage, constant power, constant current
 *   tau dtrim/dt = (R_droop i_rated) (share - i / i_rated): active sharing */
#include <math.h>

#include "psu_state.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

bool psu_output_is_on(enum psu_phase phase)
{
    return phase == PSU_RAMP || phase == PSU_ON || phase == PSU_HOLD_UP;
}

/* A supply without ORing of its own has its output capacitor at the terminal. */
void psu_claim_nodes(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double v0_V = psu_output_is_on(s->phase) ? s->set_V : 0.0;

    s->terminal.taps = 1;
    s->terminal.node = net_add_node(w, part, p->oring ? p->term_F : p->c_F, v0_V);
    s->inside = p->oring ? net_add_node(w, part, p->c_F, v0_V) : s->terminal.node;
}

static void claim_guards(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);
    double v_V = psu_params(w, part)->v_V;
    const struct guard all[PSU_GUARDS] = {
        [PSU_GUARD_OVERLOAD] = {.what = GUARD_SOURCE_CURRENT,
                                .sign = -1.0,
                                .level = s->rated_A * 1.001},
        [PSU_GUARD_OVERLOAD_END] = {.what = GUARD_SOURCE_CURRENT, .sign = 1.0, .level = s->rated_A},
        [PSU_GUARD_OVP] = {.what = GUARD_VOLTAGE, .sign = -1.0, .level = s->ovp_V},
        [PSU_GUARD_OVP_END] = {.what = GUARD_VOLTAGE, .sign = 1.0, .level = s->ovp_V},
        [PSU_GUARD_UV] = {.what = GUARD_VOLTAGE, .sign = 1.0, .level = 0.90 * v_V},
        [PSU_GUARD_UV_END] = {.what = GUARD_VOLTAGE, .sign = -1.0, .level = 0.92 * v_V},
    };

    for (int32_t i = 0; i < PSU_GUARDS; i++) {
        struct guard g = all[i];
        g.part = part;
        g.code = i;
        g.a = g.what == GUARD_VOLTAGE ? s->inside : s->source;
        g.b = GROUND;
        s->guard[i] = net_add_guard(w, &g);
    }
}

void psu_claim_output(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double i_limit_A =
        s->rated_A * (p->limit_least + (p->limit_most - p->limit_least) * world_uniform(w, part));
    double error = p->share_error * (2.0 * world_uniform(w, part) - 1.0);

    s->source = net_add_source(
        w, &(struct source){
               .node = s->inside,
               .part = part,
               .share_node = p->share == NO_PART ? NO_STATE : terminal_node(w, p->share, 0),
               .mode = psu_output_is_on(s->phase) ? SOURCE_REGULATES : SOURCE_OFF,
               .r_Ohm = p->droop_Ohm,
               .l_H = fmax(ns_to_s(p->loop_tau), p->share == NO_PART ? 0.0 : 1e-6) * p->droop_Ohm,
               .i_max_A = i_limit_A,
               .p_max_W = p->p_limit > 0.0 ? p->p_limit * p->rated_W : INFINITY,
               .i_rated_A = s->rated_A,
               .share_g_S = 1.0,
               .share_gain = 1.0 + error,
               .trim_tau_s = ns_to_s(p->share_tau),
               .trim_V_per_pu = p->droop_Ohm * s->rated_A,
               .trim_max_V = p->share_range * p->v_V,
               .e = ramp_constant(s->set_V),
               .s = ramp_constant(1.0),
           });
    if (p->oring) {
        s->oring_link = net_add_link(w, &(struct link){.a = s->inside,
                                                       .b = s->terminal.node,
                                                       .part = part,
                                                       .mode = LINK_CONDUCTS,
                                                       .one_way = true,
                                                       .couples = true,
                                                       .r_Ohm = p->oring_Ohm,
                                                       .v_f_V = p->oring_V,
                                                       .i_max_A = INFINITY,
                                                       .s = ramp_constant(1.0)});
    }
    s->short_link = net_add_link(w, &(struct link){.a = s->inside,
                                                   .b = GROUND,
                                                   .part = part,
                                                   .mode = LINK_OPEN,
                                                   .r_Ohm = 1e-3,
                                                   .i_max_A = INFINITY,
                                                   .s = ramp_constant(1.0)});
    if (p->i2c.bus != NO_PART) {
        i2c_attach(w, part, &p->i2c);
    }
    claim_guards(w, part);
}

void psu_output_ramp(struct world *w, int32_t part, ns_t over)
{
    const struct psu_state *s = psu_look(w, part);
    struct source *u = net_change_source(w, s->source, EFFECT_HELPS);

    u->e = ramp_constant(0.0);
    ramp_to(&u->e, world_now(w), s->set_V, over);
    u->s = ramp_constant(1.0);
    u->mode = SOURCE_BLOCKED; /* until its set-point is above what stands at its output */
}

void psu_output_settle(struct world *w, int32_t part, double v_V, ns_t over)
{
    const struct psu_state *s = psu_look(w, part);
    double was_V =
        ramp_at(&net_source_const(world_net_const(w), s->source)->e, when_ns(world_now(w)));
    struct source *u = net_change_source(w, s->source, v_V < was_V ? EFFECT_HURTS : EFFECT_HELPS);

    ramp_to(&u->e, world_now(w), v_V, over);
}

void psu_output_off(struct world *w, int32_t part)
{
    net_change_source(w, psu_look(w, part)->source, EFFECT_HURTS)->mode = SOURCE_OFF;
}

void psu_output_scale(struct world *w, int32_t part, double to, ns_t over)
{
    struct source *u =
        net_change_source(w, psu_look(w, part)->source, to < 1.0 ? EFFECT_HURTS : EFFECT_HELPS);

    ramp_to(&u->s, world_now(w), to, over);
}

double psu_power_W(const struct world *w, int32_t part, ns_t at)
{
    const struct psu_state *s = psu_look(w, part);

    return net_source_i_A(w, s->source, at) * net_v_V(w, s->inside, at);
}

/* ---- actions ----------------------------------------------------------------------------------- */

/* The input alone, behind a sound feed: its plug, its fuse. */
static bool act_lose_input(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return psu_set_input(w, part, false);
}

static bool act_restore_input(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return psu_set_input(w, part, true);
}

static bool act_die(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);
    ns_t over = psu_params(w, part)->die_time;

    (void)a;
    if (s->phase == PSU_DEAD) {
        return false;
    }
    bool was_on = psu_output_is_on(s->phase);
    world_event(w, part, EV_DEAD, 0.0);
    if (was_on) {
        s->phase = PSU_DEAD; /* the output fades by itself: stop() leaves it alone */
        psu_output_scale(w, part, 0.0, over);
    }
    psu_stop(w, part, PSU_DEAD);
    psu_set_timer(w, part, TIMER_PHASE, was_on ? world_now(w) + over : NS_NEVER);
    return true;
}

static bool act_repair(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->phase != PSU_DEAD) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, 0.0);
    psu_output_off(w, part);
    s->phase = PSU_OFF;
    s->set_V = s->own_V;
    psu_restart(w, part);
    return true;
}

static bool act_off(struct world *w, int32_t part, const struct act_args *a)
{
    bool was = psu_look(w, part)->enabled;

    (void)a;
    psu_enable(w, part, false);
    return was;
}

static bool act_on(struct world *w, int32_t part, const struct act_args *a)
{
    bool was = psu_look(w, part)->enabled;

    (void)a;
    psu_enable(w, part, true);
    return !was;
}

static bool act_short(struct world *w, int32_t part, const struct act_args *a)
{
    const struct psu_state *s = psu_look(w, part);

    world_event(w, part, EV_SHORTED, a->to);
    net_change_link(w, s->short_link, EFFECT_HURTS)->r_Ohm = a->to;
    net_set_link_mode(w, s->short_link, LINK_CONDUCTS, EFFECT_HURTS);
    return true;
}

static bool act_clear_short(struct world *w, int32_t part, const struct act_args *a)
{
    const struct psu_state *s = psu_look(w, part);

    (void)a;
    if (net_link_const(world_net_const(w), s->short_link)->mode == LINK_OPEN) {
        return false;
    }
    world_event(w, part, EV_SHORT_GONE, 0.0);
    net_set_link_mode(w, s->short_link, LINK_OPEN, EFFECT_HELPS);
    return true;
}

/* Drift, and loss of feedback when it is fast and upwards. */
static bool act_drift(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    world_event(w, part, EV_FAULT_ON, a->to);
    s->set_V = a->to;
    if (!psu_output_is_on(s->phase)) {
        return false;
    }
    psu_output_settle(w, part, a->to, a->over);
    return true;
}

static bool act_undrift(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    world_event(w, part, EV_FAULT_OFF, 0.0);
    s->set_V = s->own_V;
    if (psu_output_is_on(s->phase)) {
        psu_output_settle(w, part, s->set_V, MS(1));
    }
    return true;
}

static bool act_blink(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    world_event(w, part, EV_FAULT_ON, a->by);
    s->blink = a->over;
    s->duty = a->by;
    s->blinks_off = false;
    psu_set_timer(w, part, TIMER_BLINK, world_now(w));
    return true;
}

static bool act_steady(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->timer[TIMER_BLINK] == NS_NEVER) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, 0.0);
    psu_set_timer(w, part, TIMER_BLINK, NS_NEVER);
    s->blinks_off = false;
    psu_output_scale(w, part, 1.0, US(5));
    return true;
}

static bool set_fan(struct world *w, int32_t part, bool runs)
{
    struct psu_state *s = psu_state(w, part);

    if (s->fan_runs == runs) {
        return false;
    }
    net_change_source(w, s->source, EFFECT_NONE); /* brings its heat to now, under the old law */
    world_event(w, part, runs ? EV_FAULT_OFF : EV_FAULT_ON, 0.0);
    s->fan_runs = runs;
    psu_set_timer(w, part, TIMER_HEAT, world_now(w));
    psu_report(w, part);
    return true;
}

static bool act_stop_fan(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_fan(w, part, false);
}

static bool act_start_fan(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_fan(w, part, true);
}

static bool set_flag(struct world *w, int32_t part, bool *flag, bool on)
{
    if (*flag == on) {
        return false;
    }
    *flag = on;
    world_event(w, part, on ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    return true;
}

static bool act_freeze(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    struct psu_state *s = psu_state(w, part);

    s->seen_v.frozen = s->seen_i.frozen = s->seen_t.frozen = true;
    return set_flag(w, part, &s->frozen, true);
}

static bool act_thaw(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    struct psu_state *s = psu_state(w, part);

    s->seen_v.frozen = s->seen_i.frozen = s->seen_t.frozen = false;
    bool had = set_flag(w, part, &s->frozen, false);
    psu_report(w, part);
    return had;
}

static bool act_mute(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_flag(w, part, &psu_state(w, part)->mute, true);
}

static bool act_unmute(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_flag(w, part, &psu_state(w, part)->mute, false);
}

static const struct field short_args[] = {
    {.key = "r",
     .type = FIELD_REAL,
     .quantity = QTY_OHM,
     .min = 1e-4,
     .max = 100.0,
     .def = 3e-3,
     .offset = offsetof(struct act_args, to),
     .doc = "resistance of the short"},
    NONE,
};
static const struct field drift_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 0.0,
     .max = 1000.0,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "new set-point"},
    {.key = "over",
     .type = FIELD_TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 1e-3,
     .offset = offsetof(struct act_args, over),
     .doc = "linearly within this time"},
    NONE,
};
static const struct field blink_args[] = {
    {.key = "period",
     .type = FIELD_TIME,
     .min = 1e-4,
     .max = 1e3,
     .def = 20e-3,
     .offset = offsetof(struct act_args, over),
     .doc = "from one loss of output to the next"},
    {.key = "duty",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.01,
     .max = 0.99,
     .def = 0.5,
     .offset = offsetof(struct act_args, by),
     .doc = "part of it that it delivers"},
    NONE,
};

const struct action psu_actions[] = {
    {.key = "lose_input",
     .undo = "restore_input",
     .run = act_lose_input,
     .doc = "its input is gone: hold-up, then nothing"},
    {.key = "restore_input", .run = act_restore_input, .doc = "its input is back"},
    {.key = "die",
     .undo = "repair",
     .run = act_die,
     .doc = "its converter dies: no energy, no warning"},
    {.key = "repair", .run = act_repair, .doc = "a dead supply is replaced by a sound one"},
    {.key = "off", .undo = "on", .run = act_off, .doc = "switched off by its enable pin"},
    {.key = "on", .undo = "off", .run = act_on, .doc = "switched on by its enable pin"},
    {.key = "short_output",
     .args = short_args,
     .undo = "clear_short",
     .run = act_short,
     .doc = "a short inside it, at its output capacitor"},
    {.key = "clear_short", .run = act_clear_short, .doc = "the short is gone"},
    {.key = "drift",
     .args = drift_args,
     .undo = "undrift",
     .run = act_drift,
     .doc = "its set-point moves (over-voltage when upwards)"},
    {.key = "undrift", .run = act_undrift, .doc = "its set-point is nominal again"},
    {.key = "blink",
     .args = blink_args,
     .undo = "steady",
     .run = act_blink,
     .doc = "its output becomes intermittent"},
    {.key = "steady", .run = act_steady, .doc = "its output is steady again"},
    {.key = "stop_fan", .undo = "start_fan", .run = act_stop_fan, .doc = "its fan stands still"},
    {.key = "start_fan", .run = act_start_fan, .doc = "its fan runs again"},
    {.key = "freeze",
     .undo = "thaw",
     .run = act_freeze,
     .doc = "its registers keep their last values, whatever its output does"},
    {.key = "thaw", .run = act_thaw, .doc = "its registers follow again"},
    {.key = "mute",
     .undo = "unmute",
     .run = act_mute,
     .doc = "it no longer answers on its serial bus; its output is fine"},
    {.key = "unmute", .run = act_unmute, .doc = "it answers again"},
    NONE,
};

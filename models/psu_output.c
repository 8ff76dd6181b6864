/* psu_output.c - a supply's output as laws of the network, at its terminal.
 *
 *   L di/dt = v_set(t) + trim - v - R_droop i,  L = loop * R_droop: the loop's lag
 *   i <= i_limit, i <= p_limit / v: constant voltage, constant power, constant current
 *   tau dtrim/dt = (R_droop i_nominal) (share - i / i_nominal): active sharing */
#include <math.h>

#include "psu_state.h"

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
                                .level = psu_overload_A(s)},
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

static double p_limit_W(const struct psu_params *p, const struct psu_state *s)
{
    return p->p_limit > 0.0 ? p->p_limit * s->rating * p->rated_W : INFINITY;
}

void psu_claim_output(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double draw = world_uniform(w, part);
    double error = p->share_error * (2.0 * world_uniform(w, part) - 1.0);

    s->limit = p->limit_least + (p->limit_most - p->limit_least) * draw;
    s->source = net_add_source(
        w, &(struct source){
               .node = s->inside,
               .part = part,
               .share_node = p->share == NO_PART ? NO_STATE : terminal_node(w, p->share, 0),
               .mode = psu_output_is_on(s->phase) ? SOURCE_REGULATES : SOURCE_OFF,
               .r_Ohm = p->droop_Ohm,
               .l_H = fmax(ns_to_s(p->loop_tau), p->share == NO_PART ? 0.0 : 1e-6) * p->droop_Ohm,
               .i_max_A = s->limit * s->rated_A,
               .p_max_W = p_limit_W(p, s),
               .i_rated_A = s->nominal_A,
               .share_g_S = 1.0,
               .share_gain = 1.0 + error,
               .trim_tau_s = ns_to_s(p->share_tau),
               .trim_V_per_pu = p->droop_Ohm * s->nominal_A,
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
    if (p->bleed_Ohm > 0.0) {
        net_add_link(w, &(struct link){.a = s->inside,
                                       .b = GROUND,
                                       .part = part,
                                       .mode = LINK_CONDUCTS,
                                       .r_Ohm = p->bleed_Ohm,
                                       .i_max_A = INFINITY,
                                       .s = ramp_constant(1.0)});
    }
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

void psu_output_limits(struct world *w, int32_t part, enum effect effect)
{
    const struct psu_state *s = psu_look(w, part);
    struct source *u = net_change_source(w, s->source, effect);

    u->i_max_A = s->limit * s->rated_A;
    u->p_max_W = p_limit_W(psu_params(w, part), s);
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

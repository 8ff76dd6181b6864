/* psu_protect.c - what stops a supply: overload, over-voltage, heat.
 *
 *   overload        int max(0, i - i_rated) dt > overload_budget: latch, hiccup or go on limiting
 *   over-voltage    v above this unit's level for ovp_delay: latch; a selective one only while it
 *                   delivers more than a part of its rating itself
 *   heat            C dT/dt = P (1 / eta - 1) - G(flow) (T - T_inlet); off above otp, back otp_back
 *                   below, whatever its input and its orders do meanwhile
 *
 * Checked by tests/models/test_psu.c. */
#include <math.h>

#include "elementary.h"
#include "psu_state.h"

/* ---- overload ---------------------------------------------------------------------------------- */

static double excess_As(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    double charge_C = net_source_const(world_net_const(w), s->source)->charge_C - s->charge0_C;

    return s->spent_As + charge_C - s->rated_A * ns_to_s(world_now(w) - s->overload_at);
}

static void plan_overload(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    double over_A = net_source_i_A(w, s->source, world_now(w)) - s->rated_A;
    double left_As = fmax(p->overload_As - excess_As(w, part), 0.0);

    psu_set_timer(w, part, TIMER_OVERLOAD,
                  over_A > 0.0 ? ns_after(world_now(w), ns_from_s(left_As / over_A) + 1)
                               : NS_NEVER);
}

/* Count from now on what is beyond the rating, to so much that is spent already. */
static void count_from(struct world *w, int32_t part, double spent_As)
{
    struct psu_state *s = psu_state(w, part);

    s->spent_As = spent_As;
    s->overload_at = world_now(w);
    s->charge0_C = net_source_const(world_net_const(w), s->source)->charge_C;
}

void psu_spend_overload(struct world *w, int32_t part)
{
    if (psu_look(w, part)->overloads) {
        count_from(w, part, excess_As(w, part));
    }
}

void psu_overload_level(struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    net_set_level(w, s->guard[PSU_GUARD_OVERLOAD], psu_overload_A(s));
    net_set_level(w, s->guard[PSU_GUARD_OVERLOAD_END], s->rated_A);
    if (s->overloads) {
        plan_overload(w, part);
    }
}

void psu_overload_begins(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    net_arm(w, s->guard[PSU_GUARD_OVERLOAD_END], true);
    s->overloads = true;
    count_from(w, part, 0.0);
    plan_overload(w, part);
    psu_report(w, part);
}

void psu_overload_ends(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->overloads = false;
    psu_set_timer(w, part, TIMER_OVERLOAD, NS_NEVER);
    net_arm(w, s->guard[PSU_GUARD_OVERLOAD], true);
    psu_report(w, part);
}

void psu_overload_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE);
    if (excess_As(w, part) < p->overload_As * (1.0 - 1e-9)) {
        plan_overload(w, part);
        return;
    }
    if (p->overload == OVERLOAD_LIMIT) {
        return;
    }
    world_event(w, part, EV_OVERLOAD, excess_As(w, part));
    bool again = p->overload == OVERLOAD_HICCUP && s->tries < p->attempts;
    s->tries++;
    s->overloaded = true;
    psu_stop(w, part, again ? PSU_HICCUP : PSU_LATCHED);
    if (again) {
        psu_set_timer(w, part, TIMER_PHASE, ns_after(world_now(w), p->hiccup_off));
    }
}

/* ---- over-voltage ------------------------------------------------------------------------------ */

void psu_ovp_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double i_A = net_source_i_A(w, s->source, world_now(w));

    if (net_v_V(w, s->inside, world_now(w)) < s->ovp_V) {
        net_arm(w, s->guard[PSU_GUARD_OVP], true);
    } else if (i_A < p->ovp_selective * s->rated_A) {
        psu_set_timer(w, part, TIMER_OVP, world_now(w) + p->ovp_delay + US(1));
    } else {
        world_event(w, part, EV_OVER_VOLTAGE, net_v_V(w, s->inside, world_now(w)));
        s->over_voltage = true;
        psu_stop(w, part, PSU_LATCHED);
        net_arm(w, s->guard[PSU_GUARD_OVP_END], true);
    }
}

/* ---- heat -------------------------------------------------------------------------------------- */

static double loss_W(const struct psu_state *s, double out_W)
{
    return out_W * (1.0 / s->wear[WEAR_EFFICIENCY].value - 1.0);
}

/* G0 + G1 q^0.8 [hardware facts 7]. */
static double conductance_W_per_K(const struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);

    return p->still_W_per_K +
           (p->cooling_W_per_K - p->still_W_per_K) * psu_blown(psu_look(w, part)->flow);
}

/* Where it ends with this output, through a conductance of g. */
static double steady_C(const struct world *w, int32_t part, double out_W, double g)
{
    const struct psu_state *s = psu_look(w, part);

    return s->inlet_C + loss_W(s, out_W) / g;
}

/* Bring the temperature to t, with the mean power since it was last known. */
static void warm(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double energy_J = net_source_const(world_net_const(w), s->source)->energy_J;
    double dt_s = ns_to_s(t1 - t0);
    double g = conductance_W_per_K(w, part);
    double towards = steady_C(w, part, (energy_J - s->moved_J) / dt_s, g);

    s->heat_C = towards + (s->heat_C - towards) * elementary_exp(-dt_s * g / p->heat_J_per_K);
    s->moved_J = energy_J;
}

/* Could it become too hot at all, at its current limit? That is passed for a nanosecond at most. */
static bool can_overheat(const struct world *w, int32_t part, double g)
{
    const struct psu_state *s = psu_look(w, part);
    double most_A = 1.01 * net_source_const(world_net_const(w), s->source)->i_max_A;
    double most_W = most_A * net_v_V(w, s->inside, world_now(w));

    return steady_C(w, part, most_W, g) > psu_params(w, part)->otp_C;
}

/* When it will be too hot, or cool again, at the present power. */
static void plan_heat(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    double g = conductance_W_per_K(w, part);

    if (s->phase != PSU_HOT && s->timer[TIMER_HEAT] == NS_NEVER && !can_overheat(w, part, g)) {
        return;
    }
    double towards = steady_C(w, part, psu_power_W(w, part, world_now(w)), g);
    double limit = s->phase == PSU_HOT ? p->otp_C - p->otp_back_K : p->otp_C;
    bool comes = s->phase == PSU_HOT ? towards < limit : towards > limit;

    if (comes) {
        double wait_s =
            p->heat_J_per_K / g * elementary_log((towards - s->heat_C) / (towards - limit));
        psu_set_timer(w, part, TIMER_HEAT, ns_after(world_now(w), ns_from_s(fmax(wait_s, 1e-6))));
    } else if (s->timer[TIMER_HEAT] != NS_NEVER) {
        psu_set_timer(w, part, TIMER_HEAT, NS_NEVER);
    }
}

void psu_heat_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE); /* brings heat_C to now */
    if (s->phase == PSU_HOT && s->heat_C <= p->otp_C - p->otp_back_K + 1e-6) {
        world_event(w, part, EV_COOL, s->heat_C);
        s->phase = PSU_OFF;
        psu_restart(w, part);
    } else if (psu_output_is_on(s->phase) && s->heat_C >= p->otp_C - 1e-6) {
        world_event(w, part, EV_OVER_TEMPERATURE, s->heat_C);
        psu_stop(w, part, PSU_HOT);
    }
    plan_heat(w, part);
}

/* ---- all of them ------------------------------------------------------------------------------- */

void psu_clear_latches(struct psu_state *s)
{
    s->tries = 0;
    s->overloaded = false;
    s->over_voltage = false;
}

/* It has long delivered what it delivers when the run begins. */
void psu_protect_start(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->heat_C = steady_C(w, part, psu_power_W(w, part, world_now(w)), conductance_W_per_K(w, part));
    net_arm(w, s->guard[PSU_GUARD_OVERLOAD], true);
    net_arm(w, s->guard[PSU_GUARD_OVP], true);
    plan_heat(w, part);
}

void psu_protect_moved(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    struct psu_state *s = psu_state(w, part);
    uint32_t cause = world_cause(w);

    warm(w, part, t0, t1);
    if (s->overloads && s->timer[TIMER_OVERLOAD] != NS_NEVER) {
        world_blame(w, s->timer_cause[TIMER_OVERLOAD]);
        plan_overload(w, part);
        world_blame(w, cause);
    }
    if (psu_output_is_on(s->phase)) {
        plan_heat(w, part);
    }
}

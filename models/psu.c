/* psu.c - a power supply: input, hold-up, start-up, protections.
 *
 *   input lost      the output lives on E0 = 1/2 C_b (V_b0^2 - V_bmin^2): E = E0 - int P / eta dt;
 *                   power-good falls when what is left lasts for `warning`; an ORv3 supply says so
 *                   by lowering its output when half is spent
 *   converter dead  the output is gone in microseconds: no energy, no warning
 *   overload        int max(0, i - i_rated) dt > overload_budget: latch, hiccup or go on limiting
 *   over-voltage    v above this unit's level for ovp_delay: latch; a selective one only while it
 *                   delivers more than a part of its rating itself
 *   heat            C dT/dt = P (1 / eta - 1) - G (T - T_inlet); off above otp, back otp_back below
 *   start           delay, ramp, and power-good pwok_delay after the output is regulated
 *
 * Left out: ripple, inrush at the AC side, PFC dynamics.
 * Source: hardware facts 1.1 to 1.4.  Checked by tests/models/test_psu.c. */
#include "psu.h"

#include <math.h>

#include "feed.h"
#include "psu_state.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* ---- timers ------------------------------------------------------------------------------------ */

static void wake_at_first(struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    ns_t first = NS_NEVER;

    for (int i = 0; i < PSU_TIMERS; i++) {
        first = s->timer[i] < first ? s->timer[i] : first;
    }
    world_wake(w, part, first);
}

void psu_set_timer(struct world *w, int32_t part, enum psu_timer timer, ns_t due)
{
    struct psu_state *s = psu_state(w, part);

    s->timer[timer] = due;
    s->timer_cause[timer] = world_cause(w);
    wake_at_first(w, part);
}

/* ---- wiring ------------------------------------------------------------------------------------ */

static void psu_wire(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double ovp_least_V = p->ovp_least_V > 0.0 ? p->ovp_least_V : 1.11 * p->v_V;
    double ovp_most_V = p->ovp_most_V > 0.0 ? p->ovp_most_V : 1.20 * p->v_V;

    for (int i = 0; i < PSU_TIMERS; i++) {
        s->timer[i] = NS_NEVER;
    }
    s->own_V = p->v_V * (1.0 + p->tolerance * (2.0 * world_uniform(w, part) - 1.0));
    s->set_V = s->own_V;
    s->ovp_V = ovp_least_V + (fmax(ovp_most_V, ovp_least_V) - ovp_least_V) * world_uniform(w, part);
    s->rated_A = p->rated_W / p->v_V;
    s->input = true;
    s->enabled = p->start == 0;
    s->pwok = s->enabled;
    s->fan_runs = true;
    s->regulated = s->enabled;
    s->phase = s->enabled ? PSU_ON : PSU_OFF;
    psu_claim_nodes(w, part);
}

static double loss_W(const struct psu_params *p, double out_W)
{
    return out_W * (1.0 / p->efficiency - 1.0);
}

static double steady_C(const struct world *w, int32_t part, double out_W)
{
    const struct psu_params *p = psu_params(w, part);
    double g = psu_look(w, part)->fan_runs ? p->cooling_W_per_K : p->still_W_per_K;

    return p->inlet_C + loss_W(p, out_W) / g;
}

static void plan_heat(struct world *w, int32_t part);

static void psu_start(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->heat_C = steady_C(w, part, psu_power_W(w, part, world_now(w)));
    net_arm(w, s->guard[PSU_GUARD_OVERLOAD], true);
    net_arm(w, s->guard[PSU_GUARD_OVP], true);
    net_arm(w, s->guard[PSU_GUARD_UV], psu_output_is_on(s->phase));
    psu_report_init(w, part);
    plan_heat(w, part);
}

/* ---- start and stop ---------------------------------------------------------------------------- */

static void begin_start(struct world *w, int32_t part, ns_t delay)
{
    struct psu_state *s = psu_state(w, part);

    s->phase = PSU_DELAY;
    world_event(w, part, EV_STARTING, ns_to_s(delay));
    psu_set_timer(w, part, TIMER_PHASE, ns_after(world_now(w), delay));
    psu_report(w, part);
}

/* From being enabled with a good input: the delay is drawn anew each time. */
static void start_enabled(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    double u = world_uniform(w, part);

    begin_start(w, part,
                p->on_delay_least + ns_from_s(u * ns_to_s(p->on_delay_most - p->on_delay_least)));
}

static void power_good(struct world *w, int32_t part, bool good)
{
    struct psu_state *s = psu_state(w, part);

    psu_set_timer(w, part, TIMER_PWOK, NS_NEVER);
    if (s->pwok != good) {
        s->pwok = good;
        world_event(w, part, good ? EV_POWER_GOOD : EV_WARNING, 0.0);
    }
}

void psu_stop(struct world *w, int32_t part, enum psu_phase phase)
{
    struct psu_state *s = psu_state(w, part);
    static const enum psu_timer mine[] = {TIMER_PHASE, TIMER_WARNING, TIMER_ENERGY, TIMER_OVERLOAD};

    for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++) {
        s->timer[mine[i]] = NS_NEVER;
    }
    s->overloads = false;
    s->regulated = false;
    power_good(w, part, false);
    if (psu_output_is_on(s->phase)) {
        world_event(w, part, EV_OUTPUT_OFF, 0.0);
        psu_output_off(w, part);
    }
    s->phase = phase;
    net_arm(w, s->guard[PSU_GUARD_UV], false);
    net_arm(w, s->guard[PSU_GUARD_UV_END], false);
    psu_report(w, part);
}

static void clear_latches(struct psu_state *s)
{
    s->tries = 0;
    s->overloaded = false;
    s->over_voltage = false;
}

void psu_enable(struct world *w, int32_t part, bool on)
{
    struct psu_state *s = psu_state(w, part);

    if (s->enabled == on) {
        return;
    }
    s->enabled = on;
    world_event(w, part, on ? EV_COMMAND_ON : EV_COMMAND_OFF, 0.0);
    if (s->phase == PSU_DEAD) {
        return;
    }
    if (!on) {
        clear_latches(s);
        psu_stop(w, part, PSU_OFF);
    } else if (s->phase == PSU_OFF && s->input) {
        start_enabled(w, part);
    }
}

void psu_restart(struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    if (s->enabled && s->input) {
        start_enabled(w, part);
    }
    psu_report(w, part);
}

/* The delay is over: the output rises. */
static void begin_ramp(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    s->phase = PSU_RAMP;
    world_event(w, part, EV_OUTPUT_ON, 0.0);
    psu_output_ramp(w, part, p->rise);
    psu_set_timer(w, part, TIMER_PHASE, world_now(w) + p->rise);
    psu_report(w, part);
}

static void end_ramp(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    s->phase = PSU_ON;
    s->regulated = true;
    world_event(w, part, EV_REGULATED, 0.0);
    net_arm(w, s->guard[PSU_GUARD_UV], true);
    psu_set_timer(w, part, TIMER_PWOK, ns_after(world_now(w), p->pwok_delay));
    psu_report(w, part);
}

/* ---- hold-up ----------------------------------------------------------------------------------- */

double psu_energy_left_J(const struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    double spent_J = net_source_const(world_net_const(w), s->source)->energy_J - s->energy0_J +
                     p->idle_W * ns_to_s(world_now(w) - s->input_since);

    return s->phase == PSU_HOLD_UP ? p->hold_up_J - spent_J : p->hold_up_J;
}

/* When the energy will be down to `to`, at the present power; never earlier than now. */
static ns_t energy_time(const struct world *w, int32_t part, double to_J)
{
    double p_W = psu_power_W(w, part, world_now(w)) + psu_params(w, part)->idle_W;
    double left_J = psu_energy_left_J(w, part) - to_J;

    if (p_W <= 0.0) {
        return left_J > 0.0 ? NS_NEVER : world_now(w);
    }
    return left_J > 0.0 ? ns_after(world_now(w), ns_from_s(left_J / p_W)) : world_now(w);
}

static void plan_energy(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    ns_t end = energy_time(w, part, 0.0);
    bool drops = p->energy_drop_V > 0.0 && !s->half_spent;

    psu_set_timer(w, part, TIMER_ENERGY, drops ? energy_time(w, part, 0.5 * p->hold_up_J) : end);
    if (s->pwok) {
        ns_t warn = end == NS_NEVER ? NS_NEVER : end - p->warning;
        psu_set_timer(w, part, TIMER_WARNING, warn > world_now(w) ? warn : world_now(w));
    }
}

static void lose_input(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->input = false;
    s->input_since = world_now(w);
    world_event(w, part, EV_INPUT_LOST, 0.0);
    if (s->phase == PSU_ON || s->phase == PSU_RAMP) {
        net_change_source(w, s->source, EFFECT_HURTS); /* brings its meter to now */
        s->phase = PSU_HOLD_UP;
        s->timer[TIMER_PHASE] = NS_NEVER;
        s->half_spent = false;
        s->energy0_J = net_source_const(world_net_const(w), s->source)->energy_J;
        plan_energy(w, part);
        psu_report(w, part);
    } else if (s->phase != PSU_DEAD) {
        psu_stop(w, part, PSU_OFF); /* an AC cycle clears every latch */
    }
}

static void regain_input(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    s->input = true;
    s->input_since = world_now(w);
    world_event(w, part, EV_INPUT_BACK, 0.0);
    clear_latches(s);
    if (s->phase == PSU_HOLD_UP) {
        s->phase = PSU_ON;
        s->timer[TIMER_ENERGY] = NS_NEVER;
        psu_set_timer(w, part, TIMER_WARNING, NS_NEVER);
        psu_output_settle(w, part, s->set_V, MS(1));
        if (!s->pwok) {
            psu_set_timer(w, part, TIMER_PWOK, ns_after(world_now(w), p->pwok_delay));
        }
    } else if (s->phase == PSU_OFF && s->enabled) {
        begin_start(w, part, p->ac_delay);
    }
    psu_report(w, part);
}

bool psu_set_input(struct world *w, int32_t part, bool good)
{
    if (good == psu_look(w, part)->input) {
        return false;
    }
    (good ? regain_input : lose_input)(w, part);
    return true;
}

void psu_input_changed(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);

    psu_set_input(w, part, feed_v_V(w, p->feed) >= p->v_in_least_V);
}

/* Half of the energy, or all of it, is spent; or power rose and fell since that was foretold. */
static void energy_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE); /* brings its meter to now */
    double left_J = psu_energy_left_J(w, part);
    double close_J = 1e-9 * psu_power_W(w, part, world_now(w)) + 1e-9 * p->hold_up_J;
    if (left_J <= close_J) {
        world_event(w, part, EV_HOLD_UP_SPENT, 0.0);
        psu_stop(w, part, PSU_OFF);
        return;
    }
    if (p->energy_drop_V > 0.0 && !s->half_spent && left_J <= 0.5 * p->hold_up_J + close_J) {
        s->half_spent = true;
        world_event(w, part, EV_LOW_ENERGY, left_J);
        psu_output_settle(w, part, s->set_V - p->energy_drop_V,
                          ns_from_s(p->energy_drop_V / p->energy_drop_V_per_s));
    }
    plan_energy(w, part);
}

static void warning_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE);
    s->timer[TIMER_WARNING] = NS_NEVER;
    if (energy_time(w, part, 0.0) - world_now(w) <= p->warning + 1) {
        power_good(w, part, false);
        psu_report(w, part);
    }
    plan_energy(w, part);
}

/* ---- overload ---------------------------------------------------------------------------------- */

static double excess_As(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    double charge_C = net_source_const(world_net_const(w), s->source)->charge_C - s->charge0_C;

    return charge_C - s->rated_A * ns_to_s(world_now(w) - s->overload_at);
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

static void begin_overload(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    net_arm(w, s->guard[PSU_GUARD_OVERLOAD_END], true);
    s->overloads = true;
    s->overload_at = world_now(w);
    s->charge0_C = net_source_const(world_net_const(w), s->source)->charge_C;
    plan_overload(w, part);
    psu_report(w, part);
}

static void end_overload(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->overloads = false;
    psu_set_timer(w, part, TIMER_OVERLOAD, NS_NEVER);
    net_arm(w, s->guard[PSU_GUARD_OVERLOAD], true);
    psu_report(w, part);
}

static void overload_due(struct world *w, int32_t part)
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

static void ovp_due(struct world *w, int32_t part)
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

/* Bring the temperature to t, with the mean power since it was last known. */
static void warm(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double energy_J = net_source_const(world_net_const(w), s->source)->energy_J;
    double dt_s = ns_to_s(t1 - t0);
    double g = s->fan_runs ? p->cooling_W_per_K : p->still_W_per_K;
    double towards = steady_C(w, part, (energy_J - s->moved_J) / dt_s);

    s->heat_C = towards + (s->heat_C - towards) * exp(-dt_s * g / p->heat_J_per_K);
    s->moved_J = energy_J;
}

/* When it will be too hot, or cool again, at the present power. */
static void plan_heat(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    double g = s->fan_runs ? p->cooling_W_per_K : p->still_W_per_K;
    double towards = steady_C(w, part, psu_power_W(w, part, world_now(w)));
    double limit = s->phase == PSU_HOT ? p->otp_C - p->otp_back_K : p->otp_C;
    bool comes = s->phase == PSU_HOT ? towards < limit : towards > limit;
    double wait_s =
        comes ? p->heat_J_per_K / g * log((towards - s->heat_C) / (towards - limit)) : 0.0;

    psu_set_timer(w, part, TIMER_HEAT,
                  comes ? ns_after(world_now(w), ns_from_s(fmax(wait_s, 1e-6))) : NS_NEVER);
}

static void heat_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE); /* brings heat_C to now */
    if (s->phase == PSU_HOT && s->heat_C <= p->otp_C - p->otp_back_K + 1e-6) {
        world_event(w, part, EV_COOL, s->heat_C);
        s->phase = PSU_OFF;
        if (s->enabled && s->input) {
            start_enabled(w, part);
        }
    } else if (psu_output_is_on(s->phase) && s->heat_C >= p->otp_C - 1e-6) {
        world_event(w, part, EV_OVER_TEMPERATURE, s->heat_C);
        psu_stop(w, part, PSU_HOT);
    }
    plan_heat(w, part);
}

/* ---- what the world calls ---------------------------------------------------------------------- */

static void blink_due(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);
    double share = s->blinks_off ? s->duty : 1.0 - s->duty;

    s->blinks_off = !s->blinks_off;
    if (psu_output_is_on(s->phase)) {
        world_event(w, part, s->blinks_off ? EV_OUTPUT_OFF : EV_OUTPUT_ON, 0.0);
        psu_output_scale(w, part, s->blinks_off ? 0.0 : 1.0, US(5));
    }
    psu_set_timer(w, part, TIMER_BLINK, world_now(w) + ns_from_s(share * ns_to_s(s->blink)));
}

static void phase_due(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    if (s->phase == PSU_DELAY || s->phase == PSU_HICCUP) {
        begin_ramp(w, part);
    } else if (s->phase == PSU_RAMP) {
        end_ramp(w, part);
    } else if (s->phase == PSU_DEAD) { /* has faded */
        psu_output_off(w, part);
    }
}

static void pwok_due(struct world *w, int32_t part)
{
    if (psu_look(w, part)->phase == PSU_ON) {
        power_good(w, part, true);
        psu_report(w, part);
    }
}

static void psu_due(struct world *w, int32_t part)
{
    static void (*const handlers[PSU_TIMERS])(struct world *, int32_t) = {
        phase_due, pwok_due, warning_due, energy_due, overload_due, ovp_due, heat_due, blink_due};
    struct psu_state *s = psu_state(w, part);

    for (int i = 0; i < PSU_TIMERS; i++) {
        if (s->timer[i] <= world_now(w)) {
            s->timer[i] = NS_NEVER;
            world_blame(w, s->timer_cause[i]);
            handlers[i](w, part);
        }
    }
    wake_at_first(w, part);
}

static void psu_guard(struct world *w, int32_t part, int32_t code)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    switch ((enum psu_guard)code) {
    case PSU_GUARD_OVERLOAD:
        begin_overload(w, part);
        break;
    case PSU_GUARD_OVERLOAD_END:
        end_overload(w, part);
        break;
    case PSU_GUARD_OVP:
        psu_set_timer(w, part, TIMER_OVP, world_now(w) + p->ovp_delay);
        break;
    case PSU_GUARD_OVP_END:
        net_arm(w, s->guard[PSU_GUARD_OVP], true);
        break;
    case PSU_GUARD_UV:
        net_arm(w, s->guard[PSU_GUARD_UV_END], true);
        psu_report(w, part);
        break;
    case PSU_GUARD_UV_END:
        net_arm(w, s->guard[PSU_GUARD_UV], psu_output_is_on(s->phase));
        psu_report(w, part);
        break;
    case PSU_GUARDS:
    default:
        break;
    }
}

/* Only looks: slow states and registers follow; what was foretold for another power is foretold
 * anew. */
static void psu_moved(struct world *w, int32_t part, ns_t t0, ns_t t1)
{
    struct psu_state *s = psu_state(w, part);
    uint32_t cause = world_cause(w);

    warm(w, part, t0, t1);
    psu_report_moved(w, part, t0, t1);
    if (s->phase == PSU_HOLD_UP) {
        world_blame(w, s->timer_cause[TIMER_ENERGY]);
        plan_energy(w, part);
    }
    if (s->overloads && s->timer[TIMER_OVERLOAD] != NS_NEVER) {
        world_blame(w, s->timer_cause[TIMER_OVERLOAD]);
        plan_overload(w, part);
    }
    if (psu_output_is_on(s->phase)) {
        plan_heat(w, part);
    }
    world_blame(w, cause);
}

static double nominal_V(const void *params)
{
    return ((const struct psu_params *)params)->v_V;
}

bool psu_is_on_feed(const struct world *w, int32_t i, int32_t feed)
{
    return world_kind(w, i) == &psu_kind && psu_params(w, i)->feed == feed;
}

double psu_rated_W(const struct world *w, int32_t part)
{
    return psu_params(w, part)->rated_W;
}

int32_t psu_feed(const struct world *w, int32_t part)
{
    return psu_params(w, part)->feed;
}

const struct i2c_path *psu_path(const struct world *w, int32_t part)
{
    return &psu_params(w, part)->i2c;
}

/* ---- signals ----------------------------------------------------------------------------------- */

static double read_v(const struct world *w, int32_t part, ns_t at)
{
    return net_v_V(w, terminal_node(w, part, 0), at);
}

static double read_i(const struct world *w, int32_t part, ns_t at)
{
    return net_source_i_A(w, psu_look(w, part)->source, at);
}

static double read_load(const struct world *w, int32_t part, ns_t at)
{
    return read_i(w, part, at) / psu_look(w, part)->rated_A;
}

static double read_state(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->phase;
}

static double read_pwok(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->pwok;
}

static double read_input(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->input;
}

static double read_temperature(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->heat_C;
}

static double read_rated_i(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->rated_A;
}

static const struct signal psu_signals[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage at its terminal",
     .read = read_v},
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current of its output stage",
     .read = read_i},
    {.key = "power",
     .quantity = QTY_WATT,
     .continuous = true,
     .doc = "output power",
     .read = psu_power_W},
    {.key = "load",
     .quantity = QTY_RATIO,
     .continuous = true,
     .doc = "current over rated current",
     .read = read_load},
    {.key = "i_rated", .quantity = QTY_AMPERE, .doc = "rated current", .read = read_rated_i},
    {.key = "state", .choices = PSU_WORDS, .doc = "what it is doing", .read = read_state},
    {.key = "pwok", .choices = "LOW|HIGH", .doc = "its power-good signal", .read = read_pwok},
    {.key = "input", .choices = "LOST|GOOD", .doc = "its input", .read = read_input},
    {.key = "temperature",
     .quantity = QTY_CELSIUS,
     .doc = "hot spot, up to its last event",
     .read = read_temperature},
    NONE,
};

const struct kind psu_kind = {
    .name = "psu",
    .doc = "a power supply with hold-up, limits, protections, start-up and a PMBus register face",
    .fields = psu_fields,
    .signals = psu_signals,
    .actions = psu_actions,
    .params_size = sizeof(struct psu_params),
    .state_size = sizeof(struct psu_state),
    .check = psu_check,
    .nominal_V = nominal_V,
    .wire = psu_wire,
    .join = psu_claim_output,
    .start = psu_start,
    .due = psu_due,
    .guard = psu_guard,
    .moved = psu_moved,
    .i2c = psu_report_i2c,
    .stretch = psu_report_stretch,
};

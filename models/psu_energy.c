/* psu_energy.c - a supply's input, and what it lives on without it.
 *
 *   input lost      the output lives on E0 = 1/2 C_b (V_b0^2 - V_bmin^2): E = E0 - int P dt;
 *                   power-good falls when what is left lasts for `warning`; an ORv3 supply says so
 *                   by lowering its output when half is spent
 *   input back      E rises by E0 / recharge until it is E0: an input that is lost again before finds
 *                   less to live on
 *
 * Checked by tests/models/test_psu_input.c. */
#include <math.h>

#include "feed.h"
#include "psu_state.h"

/* What it has when its bulk capacitor is full. */
static double full_J(const struct world *w, int32_t part)
{
    return psu_params(w, part)->hold_up_J * psu_look(w, part)->wear[WEAR_BULK].value;
}

double psu_energy_J(const struct world *w, int32_t part, ns_t at)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);

    if (s->phase == PSU_HOLD_UP) {
        double out_J = net_source_const(world_net_const(w), s->source)->energy_J - s->energy0_J;
        return s->store_J - out_J - p->idle_W * ns_to_s(at - s->store_at);
    }
    if (!s->input) {
        return s->store_J;
    }
    double full = full_J(w, part);

    return at - s->store_at >= p->recharge
               ? full
               : fmin(full, s->store_J + full * ns_to_s(at - s->store_at) / ns_to_s(p->recharge));
}

static double left_J(const struct world *w, int32_t part)
{
    return psu_energy_J(w, part, world_now(w));
}

void psu_keep_energy(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    if (s->phase == PSU_HOLD_UP) {
        net_change_source(w, s->source, EFFECT_NONE); /* brings its meter to now */
    }
    s->store_J = fmax(left_J(w, part), 0.0);
    s->store_at = world_now(w);
}

/* When the energy will be down to `to`, at the present power; never earlier than now. */
static ns_t energy_time(const struct world *w, int32_t part, double to_J)
{
    double p_W = psu_power_W(w, part, world_now(w)) + psu_params(w, part)->idle_W;
    double spare_J = left_J(w, part) - to_J;

    if (p_W <= 0.0) {
        return spare_J > 0.0 ? NS_NEVER : world_now(w);
    }
    return spare_J > 0.0 ? ns_after(world_now(w), ns_from_s(spare_J / p_W)) : world_now(w);
}

static void plan_energy(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    ns_t end = energy_time(w, part, 0.0);
    bool drops = p->energy_drop_V > 0.0 && !s->half_spent;

    psu_set_timer(w, part, TIMER_ENERGY, drops ? energy_time(w, part, 0.5 * full_J(w, part)) : end);
    if (s->pwok) {
        ns_t warn = end == NS_NEVER ? NS_NEVER : end - p->warning;
        psu_set_timer(w, part, TIMER_WARNING, warn > world_now(w) ? warn : world_now(w));
    }
}

/* An AC cycle clears every latch; what is too hot stays so. */
static void lose_input(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    psu_keep_energy(w, part);
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
    } else if (s->phase != PSU_DEAD && s->phase != PSU_HOT) {
        psu_stop(w, part, PSU_OFF);
    }
    psu_report(w, part);
}

static void regain_input(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    psu_keep_energy(w, part);
    s->input = true;
    s->input_since = world_now(w);
    world_event(w, part, EV_INPUT_BACK, 0.0);
    psu_clear_latches(s);
    if (s->phase == PSU_HOLD_UP) {
        s->timer[TIMER_ENERGY] = NS_NEVER;
        psu_set_timer(w, part, TIMER_WARNING, NS_NEVER);
        if (s->half_spent && s->regulated) {
            psu_output_settle(w, part, s->set_V, MS(1));
        }
        psu_resume(w, part);
    } else if (s->phase == PSU_OFF && s->enabled) {
        psu_start_after(w, part, p->ac_delay);
    }
    psu_report(w, part);
}

void psu_input_changed(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    bool fed = p->feed == NO_PART || feed_v_V(w, p->feed) >= p->v_in_least_V;
    bool good = fed && !s->unplugged;

    if (good != s->input) {
        (good ? regain_input : lose_input)(w, part);
    }
}

/* Half of the energy, or all of it, is spent; or power rose and fell since that was foretold. */
void psu_energy_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE); /* brings its meter to now */
    double has_J = left_J(w, part);
    double close_J = 1e-9 * psu_power_W(w, part, world_now(w)) + 1e-9 * p->hold_up_J;
    if (has_J <= close_J) {
        world_event(w, part, EV_HOLD_UP_SPENT, 0.0);
        psu_stop(w, part, PSU_OFF);
        return;
    }
    if (p->energy_drop_V > 0.0 && !s->half_spent && has_J <= 0.5 * full_J(w, part) + close_J) {
        s->half_spent = true;
        world_event(w, part, EV_LOW_ENERGY, has_J);
        if (s->regulated) {
            psu_output_settle(w, part, s->set_V - p->energy_drop_V,
                              ns_from_s(p->energy_drop_V / p->energy_drop_V_per_s));
        }
    }
    plan_energy(w, part);
}

void psu_warning_due(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE);
    s->timer[TIMER_WARNING] = NS_NEVER;
    if (energy_time(w, part, 0.0) - world_now(w) <= p->warning + 1) {
        psu_power_good(w, part, false);
        psu_report(w, part);
    }
    plan_energy(w, part);
}

void psu_energy_moved(struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    uint32_t cause = world_cause(w);

    if (s->phase == PSU_HOLD_UP) {
        world_blame(w, s->timer_cause[TIMER_ENERGY]);
        plan_energy(w, part);
        world_blame(w, cause);
    }
}

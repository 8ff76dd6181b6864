/* psu.c - a power supply: its life from start to stop. Files and their jobs: psu_state.h.
 *
 *   start           delay, ramp, and power-good pwok_delay after the output is regulated
 *   converter dead  the output is gone in microseconds: no energy, no warning
 *
 * Left out: ripple (but for what it does to readings), inrush at the AC side, PFC dynamics.
 * Source: hardware facts 1.1 to 1.4.  Checked by tests/models/test_psu.c, test_psu_input.c. */
#include "psu.h"

#include <math.h>

#include "psu_state.h"

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
    s->nominal_A = p->rated_W / p->v_V;
    s->input = true;
    s->store_J = p->hold_up_J;
    psu_wear_init(w, part);
    s->inlet_C = p->inlet_C;
    s->enabled = p->start == 0;
    s->pwok = s->enabled;
    s->flow = 1.0;
    s->rating = psu_rating(p, s->inlet_C, s->flow);
    s->rated_A = s->rating * s->nominal_A;
    s->regulated = s->enabled;
    s->phase = s->enabled ? PSU_ON : PSU_OFF;
    psu_claim_nodes(w, part);
}

static void psu_start(struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    psu_protect_start(w, part);
    net_arm(w, s->guard[PSU_GUARD_UV], psu_output_is_on(s->phase));
    psu_report_init(w, part);
    psu_input_changed(w, part);
}

/* ---- start and stop ---------------------------------------------------------------------------- */

void psu_start_after(struct world *w, int32_t part, ns_t delay)
{
    struct psu_state *s = psu_state(w, part);

    s->phase = PSU_DELAY;
    world_event(w, part, EV_STARTING, ns_to_s(delay));
    psu_set_timer(w, part, TIMER_PHASE, ns_after(world_now(w), delay));
    psu_report(w, part);
}

/* The delay after being enabled is drawn anew each time; that after the input's return may still
 * run. */
void psu_restart(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);

    if (s->enabled && s->input) {
        ns_t spread = p->on_delay_most - p->on_delay_least;
        ns_t delay = p->on_delay_least + ns_from_s(world_uniform(w, part) * ns_to_s(spread));
        ns_t since_input = world_now(w) - s->input_since;
        ns_t left = s->input_since > 0 ? p->ac_delay - since_input : 0;
        psu_start_after(w, part, delay > left ? delay : left);
    }
    psu_report(w, part);
}

void psu_power_good(struct world *w, int32_t part, bool good)
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
    psu_keep_energy(w, part);
    s->overloads = false;
    s->regulated = false;
    s->withholds = psu_params(w, part)->quirk == QUIRK_NEEDS_TOGGLE;
    psu_power_good(w, part, false);
    if (psu_output_is_on(s->phase)) {
        world_event(w, part, EV_OUTPUT_OFF, 0.0);
        psu_output_off(w, part);
    }
    s->phase = phase;
    net_arm(w, s->guard[PSU_GUARD_UV], false);
    net_arm(w, s->guard[PSU_GUARD_UV_END], false);
    psu_report(w, part);
}

/* A supply that is too hot stays so, whatever it is told. */
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
        psu_clear_latches(s);
    }
    if (!on && s->phase != PSU_HOT) {
        psu_stop(w, part, PSU_OFF);
        s->withholds = false;
    } else if (on && s->phase == PSU_OFF) {
        psu_restart(w, part);
    } else {
        psu_report(w, part);
    }
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

void psu_resume(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    s->phase = s->regulated ? PSU_ON : PSU_RAMP;
    if (!s->regulated) {
        ns_t up = net_source_const(world_net_const(w), s->source)->e.t1;
        psu_set_timer(w, part, TIMER_PHASE, up > world_now(w) ? up : world_now(w));
    } else if (!s->pwok) {
        psu_set_timer(w, part, TIMER_PWOK, ns_after(world_now(w), p->pwok_delay));
    }
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

static void flicker_due(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    s->flickers = !s->flickers;
    psu_set_timer(w, part, TIMER_FLICKER, world_now(w) + s->flicker);
    psu_report(w, part);
}

static void phase_due(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    bool starts = s->phase == PSU_DELAY || s->phase == PSU_HICCUP;
    if (starts && s->ruined) {
        world_event(w, part, EV_DEAD, 0.0);
        psu_stop(w, part, PSU_DEAD);
    } else if (starts) {
        begin_ramp(w, part);
    } else if (s->phase == PSU_RAMP) {
        end_ramp(w, part);
    } else if (s->phase == PSU_DEAD) { /* has faded */
        psu_output_off(w, part);
    }
}

static void pwok_due(struct world *w, int32_t part)
{
    if (psu_look(w, part)->phase == PSU_ON && !psu_look(w, part)->withholds) {
        psu_power_good(w, part, true);
        psu_report(w, part);
    }
}

static void psu_due(struct world *w, int32_t part)
{
    static void (*const handlers[PSU_TIMERS])(struct world *, int32_t) = {
        phase_due,    pwok_due,     psu_warning_due, psu_energy_due, psu_overload_due, psu_ovp_due,
        psu_heat_due, psu_pins_due, blink_due,       psu_wear_due,   psu_alert_due,    flicker_due};
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
        psu_overload_begins(w, part);
        break;
    case PSU_GUARD_OVERLOAD_END:
        psu_overload_ends(w, part);
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
    psu_protect_moved(w, part, t0, t1);
    psu_report_moved(w, part, t1);
    psu_energy_moved(w, part);
}

static double nominal_V(const void *params)
{
    return ((const struct psu_params *)params)->v_V;
}

bool psu_is_on_feed(const struct world *w, int32_t i, int32_t feed)
{
    return world_kind(w, i) == &psu_kind && psu_params(w, i)->feed == feed;
}

bool psu_is_cooled_by(const struct world *w, int32_t i, int32_t cooling)
{
    return world_kind(w, i) == &psu_kind && psu_params(w, i)->air == cooling;
}

double psu_rated_W(const struct world *w, int32_t part)
{
    return psu_params(w, part)->rated_W;
}

int32_t psu_feed(const struct world *w, int32_t part)
{
    return psu_params(w, part)->feed;
}

enum psu_personality psu_personality(const struct world *w, int32_t part)
{
    static const uint8_t of[] = {[QUIRK_NONE] = PSU_STANDARD,
                                 [QUIRK_WRONG_PEC] = PSU_WRONG_PEC,
                                 [QUIRK_NO_PEC] = PSU_WRONG_PEC,
                                 [QUIRK_ANY_PAGE] = PSU_STANDARD,
                                 [QUIRK_NO_VOUT_MODE] = PSU_NO_VOUT_MODE,
                                 [QUIRK_NEEDS_GAP] = PSU_NEEDS_GAP,
                                 [QUIRK_NEEDS_TOGGLE] = PSU_NEEDS_TOGGLE,
                                 [QUIRK_PMBUS_1_1] = PSU_PMBUS_1_1};
    const struct psu_params *p = psu_params(w, part);
    ns_t delay = p->ac_delay > p->on_delay_most ? p->ac_delay : p->on_delay_most;
    bool slow = delay + p->rise + p->pwok_delay > MS(3500); /* T_ac_on_delay, T_pwok_on [S3a] */

    return p->quirk == QUIRK_NONE && slow ? PSU_SLOW_OK : (enum psu_personality)of[p->quirk];
}

const struct i2c_path *psu_path(const struct world *w, int32_t part)
{
    return &psu_params(w, part)->i2c;
}

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
    .alerts = psu_alerts,
    .alert_heard = psu_alert_heard,
    .stretch = psu_report_stretch,
};

/* psu_tables.c - what can be seen of a supply, and what can be done to it. */
#include "psu_state.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
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

static double read_alert(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->pulls;
}

static double read_temperature(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->heat_C;
}

static double read_energy(const struct world *w, int32_t part, ns_t at)
{
    return psu_energy_J(w, part, at);
}

static double read_rating(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->rating;
}

static double read_rated_i(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return psu_look(w, part)->rated_A;
}

const struct signal psu_signals[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage at its terminal",
     .read = read_v,
     .nodes = terminal_nodes},
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
    {.key = "i_rated",
     .quantity = QTY_AMPERE,
     .doc = "rated current in the air that it has",
     .read = read_rated_i},
    {.key = "rating",
     .quantity = QTY_RATIO,
     .doc = "what that air leaves of the rating on its name plate",
     .read = read_rating},
    {.key = "state", .choices = PSU_WORDS, .doc = "what it is doing", .read = read_state},
    {.key = "pwok", .choices = "LOW|HIGH", .doc = "its power-good signal", .read = read_pwok},
    {.key = "input", .choices = "LOST|GOOD", .doc = "its input", .read = read_input},
    {.key = "alert", .choices = "NO|YES", .doc = "it pulls its alert line", .read = read_alert},
    {.key = "energy",
     .quantity = QTY_JOULE,
     .doc = "what it has for hold-up, up to its last event",
     .read = read_energy},
    {.key = "temperature",
     .quantity = QTY_CELSIUS,
     .doc = "hot spot, up to its last event",
     .read = read_temperature},
    NONE,
};

/* ---- actions ----------------------------------------------------------------------------------- */

/* The input alone, behind a feed that may be sound: its plug, its fuse. */
static bool plug(struct world *w, int32_t part, bool in)
{
    struct psu_state *s = psu_state(w, part);

    if (s->unplugged != in) {
        return false;
    }
    s->unplugged = !in;
    psu_input_changed(w, part);
    return true;
}

static bool act_lose_input(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return plug(w, part, false);
}

static bool act_restore_input(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return plug(w, part, true);
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
    psu_keep_energy(w, part);
    if (was_on) {
        s->phase = PSU_DEAD; /* the output fades by itself: stop() leaves it alone */
        psu_output_scale(w, part, 0.0, over);
    }
    psu_stop(w, part, PSU_DEAD);
    psu_set_timer(w, part, TIMER_PHASE, was_on ? world_now(w) + over : NS_NEVER);
    return true;
}

static bool act_ruin(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->ruined || s->phase == PSU_DEAD) {
        return false;
    }
    world_event(w, part, EV_FAULT_ON, 0.0);
    s->ruined = true;
    return true;
}

static bool act_repair(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->phase != PSU_DEAD && !s->ruined) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, 0.0);
    s->ruined = false;
    if (s->phase != PSU_DEAD) {
        return true;
    }
    psu_output_off(w, part);
    s->phase = PSU_OFF;
    s->set_V = s->own_V;
    s->heat_C = s->inlet_C;
    psu_renew(w, part);
    s->store_J = psu_params(w, part)->hold_up_J;
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

static bool act_flicker(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    world_event(w, part, EV_FAULT_ON, ns_to_s(a->over));
    s->flicker = a->over / 2;
    s->flickers = false;
    psu_set_timer(w, part, TIMER_FLICKER, world_now(w));
    return true;
}

static bool act_settle(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->timer[TIMER_FLICKER] == NS_NEVER) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, 0.0);
    psu_set_timer(w, part, TIMER_FLICKER, NS_NEVER);
    s->flickers = false;
    psu_report(w, part);
    return true;
}

/* Its own fan; one that a tray cools has none. */
static bool set_fan(struct world *w, int32_t part, double speed)
{
    if (psu_params(w, part)->air != NO_PART || psu_look(w, part)->flow == speed) {
        return false;
    }
    world_event(w, part, speed < 1.0 ? EV_FAULT_ON : EV_FAULT_OFF, speed);
    psu_wear_stop(w, part, WEAR_FAN, speed);
    return true;
}

static bool act_stop_fan(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_fan(w, part, 0.0);
}

static bool act_slow_fan(struct world *w, int32_t part, const struct act_args *a)
{
    return set_fan(w, part, a->to);
}

static bool act_start_fan(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_fan(w, part, 1.0);
}

static bool act_wear_fan(struct world *w, int32_t part, const struct act_args *a)
{
    if (psu_params(w, part)->air != NO_PART) {
        return false;
    }
    world_event(w, part, EV_FAULT_ON, a->to);
    psu_wear_out(w, part, WEAR_FAN, a->to, a->over);
    return true;
}

static bool act_age_capacitors(struct world *w, int32_t part, const struct act_args *a)
{
    world_event(w, part, EV_FAULT_ON, a->to);
    psu_wear_out(w, part, WEAR_ESR, a->to, a->over);
    psu_wear_out(w, part, WEAR_BULK, a->by, a->over);
    return true;
}

static bool act_lose_efficiency(struct world *w, int32_t part, const struct act_args *a)
{
    world_event(w, part, EV_FAULT_ON, a->to);
    psu_wear_out(w, part, WEAR_EFFICIENCY, a->to, a->over);
    return true;
}

static bool act_renew(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    if (!psu_renew(w, part)) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, 0.0);
    return true;
}

static bool act_inlet(struct world *w, int32_t part, const struct act_args *a)
{
    return psu_set_inlet(w, part, a->to);
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
    psu_report_freeze(w, part, true);
    return set_flag(w, part, &psu_state(w, part)->frozen, true);
}

static bool act_thaw(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    psu_report_freeze(w, part, false);
    bool had = set_flag(w, part, &psu_state(w, part)->frozen, false);
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

static bool set_unready(struct world *w, int32_t part, uint8_t how)
{
    uint8_t *unready = &psu_state(w, part)->face.unready;

    if (*unready == how) {
        return false;
    }
    *unready = how;
    world_event(w, part, how != PMBUS_READY ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    return true;
}

static bool act_busy(struct world *w, int32_t part, const struct act_args *a)
{
    return set_unready(w, part, (uint8_t)(PMBUS_BUSY_NACK + a->from));
}

static bool act_ready(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_unready(w, part, PMBUS_READY);
}

static const struct field busy_args[] = {
    {.key = "how",
     .type = FIELD_CHOICE,
     .choices = "nack|ones|says",
     .def = 0.0,
     .offset = offsetof(struct act_args, from),
     .doc =
         "it doesn't acknowledge, answers ones, or answers its status registers only, with BUSY"},
    NONE,
};
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
static const struct field inlet_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_CELSIUS,
     .min = -40.0,
     .max = 100.0,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "new temperature"},
    NONE,
};
static const struct field fan_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.0,
     .max = 1.0,
     .def = 0.7,
     .offset = offsetof(struct act_args, to),
     .doc = "speed over that of a sound one"},
    NONE,
};
#define WORN_WITHIN                                                                                \
    {                                                                                              \
        .key = "over", .type = FIELD_TIME, .min = 1e-3, .max = 1e9, .def = REQUIRED,               \
        .offset = offsetof(struct act_args, over), .doc = "within this time, in a hundred steps"   \
    }
static const struct field wear_fan_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.0,
     .max = 1.0,
     .def = 0.5,
     .offset = offsetof(struct act_args, to),
     .doc = "speed over that of a sound one"},
    WORN_WITHIN,
    NONE,
};
static const struct field capacitor_args[] = {
    {.key = "esr",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 1.0,
     .max = 100.0,
     .def = 3.0,
     .offset = offsetof(struct act_args, to),
     .doc = "of the output capacitors, over that of new ones; grows exponentially"},
    {.key = "c",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.01,
     .max = 1.0,
     .def = 0.8,
     .offset = offsetof(struct act_args, by),
     .doc = "bulk capacitance, and so hold-up energy, over that of new ones"},
    WORN_WITHIN,
    NONE,
};
static const struct field efficiency_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.5,
     .max = 0.999,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "output over input power"},
    WORN_WITHIN,
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

static const struct field flicker_args[] = {
    {.key = "period",
     .type = FIELD_TIME,
     .min = 1e-4,
     .max = 1e3,
     .def = 2e-3,
     .offset = offsetof(struct act_args, over),
     .doc = "from one warning to the next"},
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
    {.key = "ruin",
     .undo = "repair",
     .run = act_ruin,
     .doc = "its converter dies when it is next to start: a fault that only shows on demand"},
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
    {.key = "flicker",
     .args = flicker_args,
     .undo = "settle",
     .run = act_flicker,
     .doc = "a maker's status bit of it comes and goes: a storm of alerts, about nothing"},
    {.key = "settle", .run = act_settle, .doc = "that bit is quiet"},
    {.key = "stop_fan", .undo = "start_fan", .run = act_stop_fan, .doc = "its fan stands still"},
    {.key = "slow_fan",
     .args = fan_args,
     .undo = "start_fan",
     .run = act_slow_fan,
     .doc = "its fan turns slower, at once"},
    {.key = "start_fan", .run = act_start_fan, .doc = "its fan runs again"},
    {.key = "wear_fan",
     .args = wear_fan_args,
     .undo = "renew",
     .run = act_wear_fan,
     .doc = "its fan's bearing wears: slower and less steady at the same command"},
    {.key = "age_capacitors",
     .args = capacitor_args,
     .undo = "renew",
     .run = act_age_capacitors,
     .doc = "its capacitors dry out: more ripple, less hold-up"},
    {.key = "lose_efficiency",
     .args = efficiency_args,
     .undo = "renew",
     .run = act_lose_efficiency,
     .doc = "its losses grow: more input current and more heat at the same load"},
    {.key = "renew", .run = act_renew, .doc = "nothing of it is worn"},
    {.key = "inlet",
     .args = inlet_args,
     .sets = "inlet",
     .run = act_inlet,
     .doc = "the air at its inlet gets warmer or cooler; its rating follows"},
    {.key = "pull",
     .undo = "plug",
     .run = psu_pull,
     .doc = "is drawn from its slot: signal pins part first, so its output stops, then power pins"},
    {.key = "plug",
     .args = psu_plug_args,
     .run = psu_plug,
     .doc = "a sound supply is put into its slot, and starts"},
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
    {.key = "busy",
     .args = busy_args,
     .undo = "ready",
     .run = act_busy,
     .doc = "its microcontroller has something else to do"},
    {.key = "ready", .run = act_ready, .doc = "it has time again"},
    NONE,
};

/* psu_state.h - the inside of a supply, shared by the files that make it up:
 *
 *   psu_fields.c    its parameters
 *   psu_tables.c    what can be seen of it and done to it: signals, actions
 *   psu.c           its life: what it does when what happens
 *   psu_energy.c    its input, and the hold-up without it
 *   psu_protect.c   overload, over-voltage, heat
 *   psu_air.c       its cooling air, and what that leaves of its rating
 *   psu_output.c    the output as laws of the network: set-point, limits, sharing
 *   psu_wear.c      what wears out: fan, capacitors, converter
 *   psu_hotplug.c   pulled and plugged
 *   psu_report.c    what it tells over its serial bus: telemetry and status registers
 *   psu_alert.c     its SMBALERT# */
#ifndef MODELS_PSU_STATE_H
#define MODELS_PSU_STATE_H

#include "i2c.h"
#include "kind.h"
#include "net.h"
#include "pmbus_face.h"
#include "psu.h"
#include "telemetry.h"
#include "terminal.h"
#include "world.h"

struct psu_params {
    /* output */
    double v_V, tolerance, rated_W, droop_Ohm, c_F, bleed_Ohm, term_F, oring_Ohm, oring_V;
    ns_t loop_tau;
    int32_t oring;
    /* sharing */
    int32_t share;
    double share_error, share_range;
    ns_t share_tau;
    /* limits */
    double limit_least, limit_most, p_limit, overload_As;
    int32_t overload; /* enum overload_answer */
    ns_t hiccup_off;
    int32_t attempts;
    double ovp_least_V, ovp_most_V, ovp_selective;
    ns_t ovp_delay;
    /* input and hold-up */
    int32_t feed;
    double v_in_least_V, hold_up_J, idle_W, efficiency, energy_drop_V, energy_drop_V_per_s;
    ns_t warning, recharge, die_time;
    /* start */
    ns_t on_delay_least, on_delay_most, ac_delay, rise, pwok_delay;
    int32_t start;
    /* heat */
    int32_t air;
    double inlet_C, otp_C, otp_back_K, heat_J_per_K, cooling_W_per_K, still_W_per_K;
    double derate_from_C, derate_to_C, derate_least, derate_still;
    /* serial bus */
    struct i2c_path i2c;
    ns_t refresh, average, stretch, standby, mcu_boot;
    double i_noise_A, i_error, v_noise_V, ripple_V, in_noise, in_error, t_noise_K, t_error_K,
        fan_noise;
    int32_t vout_exponent, iout_exponent;
    int32_t quirk; /* enum psu_quirk */
    int32_t unknown, unknown_ones;
    ns_t gap, pin_time;
    /* alert line */
    int32_t alert; /* an alert line, or the mux that has an INT# input for it */
    int32_t ara, alert_holds;
    ns_t alert_delay;
};

enum overload_answer { OVERLOAD_LATCH, OVERLOAD_HICCUP, OVERLOAD_LIMIT };
enum psu_quirk {
    QUIRK_NONE,
    QUIRK_WRONG_PEC,
    QUIRK_NO_PEC,
    QUIRK_ANY_PAGE,
    QUIRK_NO_VOUT_MODE,
    QUIRK_NEEDS_GAP,
    QUIRK_NEEDS_TOGGLE,
    QUIRK_PMBUS_1_1
};

enum psu_phase {
    PSU_OFF,     /* told to be off, or no input */
    PSU_DELAY,   /* told to be on, start-up delay */
    PSU_RAMP,    /* output rises */
    PSU_ON,      /* regulates */
    PSU_HOLD_UP, /* regulates on what its bulk capacitor holds */
    PSU_LATCHED, /* a protection has stopped it: wants a command or an AC cycle */
    PSU_HICCUP,  /* overload: off for a while, then tries again */
    PSU_HOT,     /* too hot, starts again when cool */
    PSU_DEAD     /* output stage failed */
};
#define PSU_WORDS "OFF|DELAY|RAMP|ON|HOLD_UP|LATCHED|HICCUP|HOT|DEAD"

/* Things a supply waits for, each with its own due time and cause. */
enum psu_timer {
    TIMER_PHASE,    /* end of a delay, a ramp, a pause */
    TIMER_PWOK,     /* power-good rises */
    TIMER_WARNING,  /* power-good falls: the energy left lasts for `warning` */
    TIMER_ENERGY,   /* half of the energy gone, then all of it */
    TIMER_OVERLOAD, /* overload budget spent */
    TIMER_OVP,      /* over-voltage comparator's delay */
    TIMER_HEAT,     /* too hot, or cool again */
    TIMER_PINS,     /* pulled: its power pins part */
    TIMER_BLINK,    /* intermittent output */
    TIMER_WEAR,     /* another step of something that wears out */
    TIMER_ALERT,    /* its alert output may change */
    TIMER_FLICKER,  /* a warning that comes and goes */
    PSU_TIMERS
};

enum psu_guard {
    PSU_GUARD_OVERLOAD,     /* current above rating */
    PSU_GUARD_OVERLOAD_END, /* below again */
    PSU_GUARD_OVP,          /* voltage above the over-voltage level */
    PSU_GUARD_OVP_END,
    PSU_GUARD_UV, /* output under its window: only reported */
    PSU_GUARD_UV_END,
    PSU_GUARDS
};

/* What wears out: each goes from one value to another over a time, in steps. */
enum psu_wear_of {
    WEAR_FAN,        /* speed over that of a sound one */
    WEAR_ESR,        /* of the output capacitors, over that of new ones */
    WEAR_BULK,       /* bulk capacitance, over that of a new one */
    WEAR_EFFICIENCY, /* output over input power */
    PSU_WEARS
};

struct psu_wear {
    double value, from, to;
    ns_t since, until; /* NS_NEVER: it does not change */
};

/* Of its readings, drawn once: in parts of the truth, and in kelvin. */
struct psu_errors {
    double v_in, i_in, hot_K, inlet_K;
};

struct psu_state {
    struct terminal terminal; /* first: terminal.h */
    int32_t inside;           /* node of the output capacitor; the terminal unless ORed */
    int32_t source, oring_link, short_link;
    int32_t guard[PSU_GUARDS];
    enum psu_phase phase;
    ns_t timer[PSU_TIMERS];
    uint32_t timer_cause[PSU_TIMERS];

    double set_V;     /* set-point with its tolerance, and drift */
    double own_V;     /* the same without drift */
    double ovp_V;     /* this unit's over-voltage level */
    double nominal_A; /* rated current by its name plate */
    double rating;    /* what the air leaves of it, 0..1 */
    double rated_A;   /* rating * nominal_A */
    double limit;     /* this unit's current limit over rated_A */
    bool away;        /* not in its slot */
    bool withholds;   /* power-good, until it is switched off and on */
    bool input, unplugged, enabled, pwok, half_spent, ruined, blinks_off, regulated;
    ns_t blink;
    double duty;
    ns_t flicker;  /* half of its period */
    bool flickers; /* the warning is there now */
    int32_t tries; /* overload restarts so far */

    double store_J;    /* hold-up energy when it was last brought to now */
    ns_t store_at;     /* then */
    double energy0_J;  /* source's meter when the input was lost */
    double spent_As;   /* of the overload budget, up to overload_at */
    double charge0_C;  /* source's meter then */
    ns_t overload_at;  /* when the overload began or the rating changed since */
    bool overloads;    /* above its rating now */
    bool overloaded;   /* has stopped because of that */
    bool over_voltage; /* has stopped because of that */
    ns_t input_since;  /* when its input came or went last */

    double inlet_C; /* temperature of the air at its inlet */
    double flow;    /* of that air, over that at full speed of its fan */
    double heat_C;  /* of the hot spot */
    double moved_J; /* source's meter up to which heat_C is known */

    struct psu_wear wear[PSU_WEARS];

    struct pmbus_face face;
    struct telemetry seen_v, seen_i, seen_t;
    struct telemetry_config seen_v_as, seen_i_as, seen_t_as;
    struct psu_errors error;
    bool frozen, mute;
    ns_t asked_at;    /* end of the last transfer with it */
    uint32_t changed; /* last event that changed what it reports */
    uint32_t told;    /* the same, when it was last read */
    bool pulls;       /* its alert output is low */
};

static inline const struct psu_params *psu_params(const struct world *w, int32_t part)
{
    return world_params(w, part);
}

static inline struct psu_state *psu_state(struct world *w, int32_t part)
{
    return world_state(w, part);
}

static inline const struct psu_state *psu_look(const struct world *w, int32_t part)
{
    return world_state_const(w, part);
}

/* Above this it is overloaded, until it is back at its rating: hysteresis [E]. */
static inline double psu_overload_A(const struct psu_state *s)
{
    return 1.001 * s->rated_A;
}

/* ---- psu_fields.c ------------------------------------------------------------------------------ */

extern const struct field psu_fields[];
const char *psu_check(const void *params, const char **key);

/* ---- psu_tables.c ------------------------------------------------------------------------------ */

extern const struct signal psu_signals[];
extern const struct action psu_actions[];

/* ---- psu.c ------------------------------------------------------------------------------------- */

void psu_set_timer(struct world *w, int32_t part, enum psu_timer timer, ns_t due);

/* Switched on or off by a command (PMBus OPERATION, or its pin); off ends a latch. */
void psu_enable(struct world *w, int32_t part, bool on);

/* From off: start `delay` from now. */
void psu_start_after(struct world *w, int32_t part, ns_t delay);

/* From off: start when it is enabled and has input. */
void psu_restart(struct world *w, int32_t part);

/* After hold-up: on as it was, or up the rest of its ramp. */
void psu_resume(struct world *w, int32_t part);

/* Stop the output into `phase`, now. */
void psu_stop(struct world *w, int32_t part, enum psu_phase phase);

/* Its power-good signal; true only while it regulates. */
void psu_power_good(struct world *w, int32_t part, bool good);

/* ---- psu_energy.c ------------------------------------------------------------------------------ */

/* What is left of the hold-up energy: while it lives on it at the last event, else at `at`. */
double psu_energy_J(const struct world *w, int32_t part, ns_t at);

/* Before its phase or its input changes: what it has now is what it goes on from. */
void psu_keep_energy(struct world *w, int32_t part);

void psu_energy_due(struct world *w, int32_t part);  /* TIMER_ENERGY */
void psu_warning_due(struct world *w, int32_t part); /* TIMER_WARNING */
void psu_energy_moved(struct world *w, int32_t part);

/* ---- psu_protect.c ----------------------------------------------------------------------------- */

void psu_clear_latches(struct psu_state *s);
void psu_protect_start(struct world *w, int32_t part);
void psu_protect_moved(struct world *w, int32_t part, ns_t t0, ns_t t1);
void psu_spend_overload(struct world *w, int32_t part); /* before the rating changes */
void psu_overload_level(struct world *w, int32_t part); /* after it has */
void psu_overload_begins(struct world *w, int32_t part);
void psu_overload_ends(struct world *w, int32_t part);
void psu_overload_due(struct world *w, int32_t part); /* TIMER_OVERLOAD */
void psu_ovp_due(struct world *w, int32_t part);      /* TIMER_OVP */
void psu_heat_due(struct world *w, int32_t part);     /* TIMER_HEAT */

/* ---- psu_wear.c -------------------------------------------------------------------------------- */

void psu_wear_init(struct world *w, int32_t part); /* all as new */
void psu_wear_out(struct world *w, int32_t part, enum psu_wear_of what, double to, ns_t over);
void psu_wear_stop(struct world *w, int32_t part, enum psu_wear_of what, double at);
bool psu_renew(struct world *w, int32_t part);    /* all as new again; false: it was */
void psu_wear_due(struct world *w, int32_t part); /* TIMER_WEAR */

/* ---- psu_hotplug.c ----------------------------------------------------------------------------- */

bool psu_pull(struct world *w, int32_t part, const struct act_args *a);
bool psu_plug(struct world *w, int32_t part, const struct act_args *a);
void psu_pins_due(struct world *w, int32_t part); /* TIMER_PINS */
extern const struct field psu_plug_args[];

/* ---- psu_air.c --------------------------------------------------------------------------------- */

/* The part of its blown cooling at this flow, 0..1. */
double psu_blown(double flow);

/* What air of this temperature and flow leaves of a rating, 0..1. */
double psu_rating(const struct psu_params *p, double inlet_C, double flow);

/* False: it was so already. */
bool psu_set_flow(struct world *w, int32_t part, double flow);
bool psu_set_inlet(struct world *w, int32_t part, double inlet_C);

/* ---- psu_output.c ------------------------------------------------------------------------------ */

void psu_claim_nodes(struct world *w, int32_t part);
void psu_claim_output(struct world *w, int32_t part);
void psu_output_ramp(struct world *w, int32_t part, ns_t over); /* from 0 to the set-point */
void psu_output_settle(struct world *w, int32_t part, double v_V, ns_t over);
void psu_output_limits(struct world *w, int32_t part, enum effect effect); /* of its rating */
void psu_output_off(struct world *w, int32_t part);                        /* at once */
void psu_output_scale(struct world *w, int32_t part, double to, ns_t over);
double psu_power_W(const struct world *w, int32_t part, ns_t at); /* at its output */
bool psu_output_is_on(enum psu_phase phase);

/* ---- psu_report.c ------------------------------------------------------------------------------ */

void psu_report_init(struct world *w, int32_t part);
void psu_report_unit(struct world *w, int32_t part, uint32_t unit); /* another one in its slot */
void psu_report(struct world *w, int32_t part); /* after every change of its state */
void psu_report_moved(struct world *w, int32_t part, ns_t t1);
void psu_report_freeze(struct world *w, int32_t part, bool on); /* no more samples; again */
bool psu_report_i2c(struct world *w, int32_t part, const struct i2c_request *rq,
                    struct i2c_reply *re);
ns_t psu_report_stretch(const struct world *w, int32_t part, const struct i2c_request *rq);
bool psu_has_power(const struct world *w,
                   int32_t part); /* its microcontroller, and bus interface */
ns_t psu_power_changes(const struct world *w, int32_t part); /* the instant that goes, or comes */

/* ---- psu_alert.c ------------------------------------------------------------------------------- */

void psu_alert_update(struct world *w, int32_t part); /* after every change of its status */
void psu_alert_let_go(struct world *w, int32_t part); /* what was told is cleared, or was heard */
void psu_alert_due(struct world *w, int32_t part);    /* TIMER_ALERT */
void psu_alert_tells(struct world *w, int32_t part); /* news that its line has told is the line's */
bool psu_alerts(const struct world *w, int32_t part); /* kind->alerts */
void psu_alert_heard(struct world *w, int32_t part);  /* kind->alert_heard */

#endif

/* psu_fields.c - the parameters of a supply: one row each, and what no single row can check. */
#include "psu_state.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

#define FIELD(k, member)     .key = k, .offset = offsetof(struct psu_params, member)
#define REAL(q, least, most) .type = FIELD_REAL, .quantity = q, .min = least, .max = most
#define TIME(least, most)    .type = FIELD_TIME, .min = least, .max = most
#define COUNT(least, most)   .type = FIELD_COUNT, .min = least, .max = most
const struct field psu_fields[] = {
    {FIELD("v", v_V), REAL(QTY_VOLT, 1.0, 1000.0), .def = REQUIRED,
     .doc = "set-point without load"},
    {FIELD("tolerance", tolerance), REAL(QTY_RATIO, 0.0, 0.1), .def = 0.0025,
     .doc = "of the set-point, drawn once for each supply, either way", .source = "S1"},
    {FIELD("rated", rated_W), REAL(QTY_WATT, 1.0, 1e6), .def = REQUIRED,
     .doc = "power that it delivers for ever, in air that does not derate it"},
    {FIELD("droop", droop_Ohm), REAL(QTY_OHM, 1e-5, 10.0), .def = 2e-3,
     .doc = "fall of the output with its current", .source = "E"},
    {FIELD("loop", loop_tau), TIME(0.0, 1.0), .def = 50e-6,
     .doc = "lag of the control loop; 0: none", .source = "S15"},
    {FIELD("c_out", c_F), REAL(QTY_FARAD, 1e-6, 1.0), .def = 4e-3,
     .doc = "output capacitance inside it", .source = "E"},
    {FIELD("bleed", bleed_Ohm), REAL(QTY_OHM, 0.0, 1e9), .def = 0.0,
     .doc = "what discharges that capacitance, whether it is on or off; 0: nothing", .source = "E"},
    {FIELD("oring", oring), .type = FIELD_FLAG, .def = 0.0,
     .doc = "has an ideal-diode ORing stage of its own at the output"},
    {FIELD("oring_r", oring_Ohm), REAL(QTY_OHM, 1e-5, 1.0), .def = 1e-3,
     .doc = "resistance of that stage", .source = "S43"},
    {FIELD("oring_v", oring_V), REAL(QTY_VOLT, 0.0, 1.0), .def = 22e-3,
     .doc = "its forward regulation", .source = "S36"},
    {FIELD("c_terminal", term_F), REAL(QTY_FARAD, 1e-7, 1.0), .def = 20e-6,
     .doc = "capacitance behind that stage", .source = "E"},
    {FIELD("share", share), .type = FIELD_PART, .choices = "share", .def = 0.0,
     .doc = "share line; left out: shares by droop alone"},
    {FIELD("share_error", share_error), REAL(QTY_RATIO, 0.0, 0.5), .def = 0.05,
     .doc = "of its current sense, drawn once, either way", .source = "S4"},
    {FIELD("share_range", share_range), REAL(QTY_RATIO, 0.0, 0.2), .def = 0.04,
     .doc = "how far sharing may trim the set-point, either way", .source = "E"},
    {FIELD("share_tau", share_tau), TIME(1e-4, 10.0), .def = 10e-3,
     .doc = "time constant of sharing", .source = "E"},
    {FIELD("limit_least", limit_least), REAL(QTY_RATIO, 1.0, 5.0), .def = 1.16,
     .doc = "current limit over the rating: least of its window", .source = "S5"},
    {FIELD("limit_most", limit_most), REAL(QTY_RATIO, 1.0, 5.0), .def = 1.26,
     .doc = "most of its window; drawn once", .source = "S5"},
    {FIELD("p_limit", p_limit), REAL(QTY_RATIO, 0.0, 5.0), .def = 0.0,
     .doc = "power limit over the rating (constant-power region); 0: none", .source = "S15"},
    {FIELD("overload_budget", overload_As), REAL(QTY_COULOMB, 0.0, 1e6), .def = 1.0,
     .doc = "charge beyond rated current that it bears before it stops", .source = "E"},
    {FIELD("overload", overload), .type = FIELD_CHOICE, .choices = "latch|hiccup|limit",
     .def = OVERLOAD_LATCH, .doc = "what it does then", .source = "S5"},
    {FIELD("hiccup_off", hiccup_off), TIME(1e-3, 100.0), .def = 5.0,
     .doc = "pause before it tries again", .source = "S15"},
    {FIELD("attempts", attempts), COUNT(0, 1000), .def = 3, .doc = "tries before it latches",
     .source = "S17"},
    {FIELD("ovp_least", ovp_least_V), REAL(QTY_VOLT, 0.0, 2000.0), .def = 0.0,
     .doc = "over-voltage level: least of its window; 0: 111 % of v", .source = "S5"},
    {FIELD("ovp_most", ovp_most_V), REAL(QTY_VOLT, 0.0, 2000.0), .def = 0.0,
     .doc = "most of its window; drawn once; 0: 120 % of v", .source = "S5"},
    {FIELD("ovp_delay", ovp_delay), TIME(0.0, 1.0), .def = 50e-6,
     .doc = "of the over-voltage comparator", .source = "E"},
    {FIELD("ovp_selective", ovp_selective), REAL(QTY_RATIO, 0.0, 1.0), .def = 0.0,
     .doc = "trips only while it delivers more than this part of its rating; 0: always",
     .source = "S15"},
    {FIELD("from", feed), .type = FIELD_PART, .choices = "feed", .def = 0.0,
     .doc = "AC feed; left out: an input that never fails by itself"},
    {FIELD("v_in_least", v_in_least_V), REAL(QTY_VOLT, 0.0, 1000.0), .def = 80.0,
     .doc = "input below this counts as lost", .source = "S15"},
    {FIELD("hold_up", hold_up_J), REAL(QTY_JOULE, 0.0, 1e5), .def = REQUIRED,
     .doc = "energy for its output after the input is lost"},
    {FIELD("recharge", recharge), TIME(0.0, 100.0), .def = 0.1,
     .doc = "from none of that energy to all of it, after the input's return", .source = "E"},
    {FIELD("idle", idle_W), REAL(QTY_WATT, 0.0, 1e4), .def = 0.0,
     .doc = "what it draws from that energy for itself, load or no load", .source = "E"},
    {FIELD("efficiency", efficiency), REAL(QTY_RATIO, 0.5, 0.999), .def = 0.94,
     .doc = "output over input power", .source = "E"},
    {FIELD("warning", warning), TIME(0.0, 1.0), .def = 1e-3,
     .doc = "power-good falls this long before the output does", .source = "S3a"},
    {FIELD("energy_drop", energy_drop_V), REAL(QTY_VOLT, 0.0, 100.0), .def = 0.0,
     .doc = "fall of the output when half of the energy is spent", .source = "S1"},
    {FIELD("energy_drop_rate", energy_drop_V_per_s), REAL(QTY_VOLT_PER_SECOND, 1.0, 1e9),
     .def = 3000.0, .doc = "rate of that fall", .source = "S1"},
    {FIELD("dies_within", die_time), TIME(0.0, 1e-2), .def = 5e-6,
     .doc = "from the death of the converter to no current", .source = "E"},
    {FIELD("on_delay_least", on_delay_least), TIME(0.0, 10.0), .def = 5e-3,
     .doc = "from being enabled to the ramp: least", .source = "S3a"},
    {FIELD("on_delay_most", on_delay_most), TIME(0.0, 10.0), .def = 400e-3,
     .doc = "most; drawn at each start", .source = "S3a"},
    {FIELD("ac_delay", ac_delay), TIME(0.0, 100.0), .def = 2.5,
     .doc = "from the input's return to the ramp", .source = "S3a"},
    {FIELD("rise", rise), TIME(1e-5, 10.0), .def = 20e-3, .doc = "duration of the output's ramp",
     .source = "S3a"},
    {FIELD("pwok_delay", pwok_delay), TIME(0.0, 10.0), .def = 200e-3,
     .doc = "from a regulated output to power-good", .source = "S3a"},
    {FIELD("start", start), .type = FIELD_CHOICE, .choices = "on|off", .def = 0,
     .doc = "whether its output is on when the run begins"},
    {FIELD("inlet", inlet_C), REAL(QTY_CELSIUS, -40.0, 100.0), .def = 30.0,
     .doc = "temperature of the air at its inlet"},
    {FIELD("air", air), .type = FIELD_PART, .choices = "cooling", .def = 0.0,
     .doc = "fan tray that cools it; left out: a fan of its own"},
    {FIELD("otp", otp_C), REAL(QTY_CELSIUS, 20.0, 250.0), .def = 110.0,
     .doc = "hot spot at which it stops", .source = "E"},
    {FIELD("otp_back", otp_back_K), REAL(QTY_KELVIN, 0.5, 100.0), .def = 4.0,
     .doc = "it starts again when this much cooler", .source = "S5"},
    {FIELD("heat_capacity", heat_J_per_K), REAL(QTY_JOULE_PER_KELVIN, 0.1, 1e6), .def = 60.0,
     .doc = "of the hot spot", .source = "E"},
    {FIELD("cooling", cooling_W_per_K), REAL(QTY_WATT_PER_KELVIN, 1e-3, 1e4), .def = 2.5,
     .doc = "conductance to the inlet air at full flow", .source = "E"},
    {FIELD("cooling_still", still_W_per_K), REAL(QTY_WATT_PER_KELVIN, 1e-3, 1e4), .def = 0.5,
     .doc = "the same in still air", .source = "E"},
    {FIELD("derate_from", derate_from_C), REAL(QTY_CELSIUS, -40.0, 100.0), .def = 50.0,
     .doc = "inlet air above which its rating, and with it its limits, fall linearly",
     .source = "S97"},
    {FIELD("derate_to", derate_to_C), REAL(QTY_CELSIUS, -39.0, 120.0), .def = 70.0,
     .doc = "inlet air at which they have fallen to derate_least", .source = "S97"},
    {FIELD("derate_least", derate_least), REAL(QTY_RATIO, 0.05, 1.0), .def = 0.5,
     .doc = "what is left of the rating there (2.5 %/K); 1: warm air does not derate it",
     .source = "S97"},
    {FIELD("derate_still", derate_still), REAL(QTY_RATIO, 0.05, 1.0), .def = 0.8,
     .doc = "the same in still air, at least 20 % off; 1: that does not derate it",
     .source = "S97"},
    {FIELD("i2c", i2c), .type = FIELD_I2C, .choices = "i2c|mux", .def = 0.0,
     .doc = "where it sits on the serial bus, as smbus0/mux0.3/0x58"},
    {FIELD("refresh", refresh), TIME(1e-5, 100.0), .def = 10e-3,
     .doc = "period of its telemetry registers", .source = "E"},
    {FIELD("average", average), TIME(0.0, 100.0), .def = 50e-3,
     .doc = "time constant of the averaged current", .source = "E"},
    {FIELD("stretch", stretch), TIME(0.0, 35e-3), .def = 0.0,
     .doc = "holds the clock this long in each transfer (50..300 us are usual)", .source = "E"},
    {FIELD("standby", standby), TIME(0.0, 100.0), .def = 70e-3,
     .doc = "its standby rail, and so its bus interface, outlives the input this long",
     .source = "S3a"},
    {FIELD("mcu_boot", mcu_boot), TIME(0.0, 100.0), .def = 200e-3,
     .doc = "from the input's return to the first answer (t_POR <= 500 ms)", .source = "S76"},
    {FIELD("i_noise", i_noise_A), REAL(QTY_AMPERE, 0.0, 1e3), .def = 0.1,
     .doc = "standard deviation of its current readings", .source = "E"},
    {FIELD("i_error", i_error), REAL(QTY_RATIO, 0.0, 0.5), .def = 0.02,
     .doc = "of its current readings, drawn once, either way", .source = "S8"},
    {FIELD("v_noise", v_noise_V), REAL(QTY_VOLT, 0.0, 10.0), .def = 2e-3,
     .doc = "standard deviation of its voltage readings", .source = "E"},
    {FIELD("ripple", ripple_V), REAL(QTY_VOLT, 0.0, 10.0), .def = 6e-3,
     .doc =
         "scatter that ripple adds to them at full load, capacitors being new (60 mVpp, filtered)",
     .source = "E"},
    {FIELD("in_noise", in_noise), REAL(QTY_RATIO, 0.0, 0.5), .def = 2e-3,
     .doc = "standard deviation of its readings of input voltage and current", .source = "E"},
    {FIELD("in_error", in_error), REAL(QTY_RATIO, 0.0, 0.5), .def = 0.02,
     .doc = "of these readings, drawn once for each, either way", .source = "S8"},
    {FIELD("t_noise", t_noise_K), REAL(QTY_KELVIN, 0.0, 50.0), .def = 0.2,
     .doc = "standard deviation of its readings of temperature", .source = "E"},
    {FIELD("t_error", t_error_K), REAL(QTY_KELVIN, 0.0, 50.0), .def = 3.0,
     .doc = "of these readings, drawn once for each, either way", .source = "S8"},
    {FIELD("fan_noise", fan_noise), REAL(QTY_RATIO, 0.0, 0.5), .def = 3e-3,
     .doc = "standard deviation of its readings of fan speed, of a sound bearing", .source = "E"},
    {FIELD("vout_exponent", vout_exponent), COUNT(-16, 15), .def = -9,
     .doc = "of READ_VOUT (VOUT_MODE)", .source = "S8"},
    {FIELD("iout_exponent", iout_exponent), COUNT(-16, 15), .def = -3, .doc = "of READ_IOUT",
     .source = "S8"},
    {FIELD("quirk", quirk), .type = FIELD_CHOICE,
     .choices = "none|wrong_pec|no_pec|any_page|no_vout_mode|needs_gap|needs_toggle|pmbus_1_1",
     .def = 0.0,
     .doc = "how it departs from the standard; needs_toggle: its power-good stays low after "
            "a stop that nobody asked for, until it is switched off and on; pmbus_1_1: its status "
            "bits are cleared all at once only",
     .source = "S90"},
    {FIELD("unknown", unknown), .type = FIELD_CHOICE,
     .choices = "none|read_vin|read_iin|read_temperature_1|read_temperature_2|read_fan_speed_1|"
                "status_fans_1_2|status_mfr_specific",
     .def = 0.0, .doc = "a command that it doesn't know", .source = "E"},
    {FIELD("unknown_ones", unknown_ones), .type = FIELD_FLAG, .def = 0.0,
     .doc = "it answers ones to that, with their PEC, instead of not acknowledging it",
     .source = "E"},
    {FIELD("pin_time", pin_time), TIME(0.0, 1.0), .def = 5e-3,
     .doc = "when it is pulled, its signal pins part this long before its power pins",
     .source = "E"},
    {FIELD("gap", gap), TIME(0.0, 1.0), .def = 100e-6,
     .doc = "with quirk needs_gap: it doesn't answer so soon after a transfer", .source = "S90"},
    {FIELD("alert", alert), .type = FIELD_PART, .choices = "alert|mux", .def = 0.0,
     .doc = "where its SMBALERT# goes: an alert line, or its mux when that has INT# inputs"},
    {FIELD("alert_delay", alert_delay), TIME(0.0, 1.0), .def = 1e-3,
     .doc = "from a status bit to its alert line (0.1..5 ms)", .source = "E"},
    {FIELD("ara", ara), .type = FIELD_FLAG, .def = 1.0,
     .doc = "answers the alert response address; some units don't", .source = "S11"},
    {FIELD("alert_holds", alert_holds), .type = FIELD_FLAG, .def = 0.0,
     .doc = "pulls its alert line as long as an unmasked bit is set, heard or not", .source = "E"},
    NONE,
};

const char *psu_check(const void *params, const char **key)
{
    const struct psu_params *p = params;

    *key = "limit_most";
    if (p->limit_most < p->limit_least) {
        return "must not be less than limit_least";
    }
    *key = "on_delay_most";
    if (p->on_delay_most < p->on_delay_least) {
        return "must not be less than on_delay_least";
    }
    *key = "quirk";
    if (p->quirk != QUIRK_NONE && !p->ara) {
        return "and `ara: no`: the controller has no row for a unit with both";
    }
    *key = "alert";
    if (p->alert != NO_PART && p->i2c.bus == NO_PART) {
        return "needs i2c: who is alerted asks over the serial bus";
    }
    *key = "derate_to";
    if (p->derate_to_C <= p->derate_from_C) {
        return "must be above derate_from";
    }
    *key = "ovp_least";
    if (p->ovp_least_V > 0.0 && p->ovp_least_V <= p->v_V) {
        return "must be above v, or the supply trips when it starts";
    }
    *key = "ovp_most";
    return p->ovp_most_V > 0.0 && p->ovp_most_V < p->ovp_least_V ? "must not be less than ovp_least"
                                                                 : NULL;
}

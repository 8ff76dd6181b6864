/* field.c - the spellings of every quantity. */
#include "field.h"

/* clang-format off */
#define MILLI(q, u) {q, "m" u, 1e-3}
#define MICRO(q, u) {q, "u" u, 1e-6}
#define NANO(q, u)  {q, "n" u, 1e-9}
#define PICO(q, u)  {q, "p" u, 1e-12}
#define KILO(q, u)  {q, "k" u, 1e3}
#define MEGA(q, u)  {q, "M" u, 1e6}

const struct unit units[] = {
    {QTY_RATIO, "", 1.0}, {QTY_RATIO, "%", 1e-2}, {QTY_RATIO, "ppm", 1e-6},

    {QTY_VOLT, "V", 1.0}, MILLI(QTY_VOLT, "V"), MICRO(QTY_VOLT, "V"), NANO(QTY_VOLT, "V"),
    KILO(QTY_VOLT, "V"), MEGA(QTY_VOLT, "V"),

    {QTY_AMPERE, "A", 1.0}, MILLI(QTY_AMPERE, "A"), MICRO(QTY_AMPERE, "A"), NANO(QTY_AMPERE, "A"),
    PICO(QTY_AMPERE, "A"), KILO(QTY_AMPERE, "A"), MEGA(QTY_AMPERE, "A"),

    {QTY_WATT, "W", 1.0}, MILLI(QTY_WATT, "W"), MICRO(QTY_WATT, "W"), KILO(QTY_WATT, "W"),
    MEGA(QTY_WATT, "W"),

    {QTY_OHM, "Ohm", 1.0}, MILLI(QTY_OHM, "Ohm"), MICRO(QTY_OHM, "Ohm"), NANO(QTY_OHM, "Ohm"),
    KILO(QTY_OHM, "Ohm"), MEGA(QTY_OHM, "Ohm"),

    {QTY_FARAD, "F", 1.0}, MILLI(QTY_FARAD, "F"), MICRO(QTY_FARAD, "F"), NANO(QTY_FARAD, "F"),
    PICO(QTY_FARAD, "F"), KILO(QTY_FARAD, "F"),

    {QTY_HENRY, "H", 1.0}, MILLI(QTY_HENRY, "H"), MICRO(QTY_HENRY, "H"), NANO(QTY_HENRY, "H"),
    PICO(QTY_HENRY, "H"),

    {QTY_SECOND, "s", 1.0}, MILLI(QTY_SECOND, "s"), MICRO(QTY_SECOND, "s"), NANO(QTY_SECOND, "s"),
    {QTY_SECOND, "min", 60.0}, {QTY_SECOND, "h", 3600.0}, {QTY_SECOND, "d", 86400.0},

    {QTY_HERTZ, "Hz", 1.0}, MILLI(QTY_HERTZ, "Hz"), KILO(QTY_HERTZ, "Hz"), MEGA(QTY_HERTZ, "Hz"),

    {QTY_JOULE, "J", 1.0}, MILLI(QTY_JOULE, "J"), MICRO(QTY_JOULE, "J"), KILO(QTY_JOULE, "J"),
    MEGA(QTY_JOULE, "J"), {QTY_JOULE, "Wh", 3600.0}, {QTY_JOULE, "kWh", 3600e3},

    {QTY_CELSIUS, "degC", 1.0},

    {QTY_COULOMB, "C", 1.0}, MILLI(QTY_COULOMB, "C"), MICRO(QTY_COULOMB, "C"),
    NANO(QTY_COULOMB, "C"), PICO(QTY_COULOMB, "C"), KILO(QTY_COULOMB, "C"),
    {QTY_COULOMB, "Ah", 3600.0}, {QTY_COULOMB, "mAh", 3.6},

    {QTY_AMPERE_SECOND_SQUARED, "A2s", 1.0}, MILLI(QTY_AMPERE_SECOND_SQUARED, "A2s"),
    KILO(QTY_AMPERE_SECOND_SQUARED, "A2s"), MEGA(QTY_AMPERE_SECOND_SQUARED, "A2s"),

    {QTY_VOLT_PER_SECOND, "V/s", 1.0}, {QTY_VOLT_PER_SECOND, "mV/s", 1e-3},
    {QTY_VOLT_PER_SECOND, "kV/s", 1e3}, {QTY_VOLT_PER_SECOND, "V/ms", 1e3},
    {QTY_VOLT_PER_SECOND, "mV/ms", 1.0}, {QTY_VOLT_PER_SECOND, "V/us", 1e6},
    {QTY_VOLT_PER_SECOND, "mV/us", 1e3},

    {QTY_AMPERE_PER_SECOND, "A/s", 1.0}, {QTY_AMPERE_PER_SECOND, "kA/s", 1e3},
    {QTY_AMPERE_PER_SECOND, "A/ms", 1e3}, {QTY_AMPERE_PER_SECOND, "A/us", 1e6},
    {QTY_AMPERE_PER_SECOND, "MA/s", 1e6},

    {QTY_KELVIN, "K", 1.0},

    {QTY_JOULE_PER_KELVIN, "J/K", 1.0}, {QTY_JOULE_PER_KELVIN, "mJ/K", 1e-3},
    {QTY_JOULE_PER_KELVIN, "kJ/K", 1e3},

    {QTY_WATT_PER_KELVIN, "W/K", 1.0}, {QTY_WATT_PER_KELVIN, "mW/K", 1e-3},
    {QTY_WATT_PER_KELVIN, "kW/K", 1e3},

    {QTY_PER_KELVIN, "1/K", 1.0}, {QTY_PER_KELVIN, "%/K", 1e-2}, {QTY_PER_KELVIN, "ppm/K", 1e-6},

    {QTY_OPERATIONS, "", 1.0},
    {QTY_KINDS, NULL, 0.0},
};
/* clang-format on */

const char *quantity_unit(enum quantity q)
{
    for (const struct unit *u = units; u->text; u++) {
        if (u->quantity == q) {
            return u->text;
        }
    }
    return "";
}

const char *quantity_name(enum quantity q)
{
    static const char *const names[QTY_KINDS] = {
        [QTY_RATIO] = "a ratio",
        [QTY_VOLT] = "a voltage",
        [QTY_AMPERE] = "a current",
        [QTY_WATT] = "a power",
        [QTY_OHM] = "a resistance",
        [QTY_FARAD] = "a capacitance",
        [QTY_HENRY] = "an inductance",
        [QTY_SECOND] = "a time",
        [QTY_HERTZ] = "a frequency",
        [QTY_JOULE] = "an energy",
        [QTY_CELSIUS] = "a temperature",
        [QTY_COULOMB] = "a charge",
        [QTY_AMPERE_SECOND_SQUARED] = "a heat (current squared times time)",
        [QTY_VOLT_PER_SECOND] = "a voltage slope",
        [QTY_AMPERE_PER_SECOND] = "a current slope",
        [QTY_KELVIN] = "a temperature difference",
        [QTY_JOULE_PER_KELVIN] = "a heat capacity",
        [QTY_WATT_PER_KELVIN] = "a heat conductance",
        [QTY_PER_KELVIN] = "a temperature coefficient",
        [QTY_OPERATIONS] = "a plain number",
    };

    return q < QTY_KINDS ? names[q] : "a number";
}

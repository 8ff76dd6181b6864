/* Text with a unit becomes the double that a correctly rounded conversion gives, and back.
 * Oracle: the same number written as a C literal, which the compiler rounds. */
#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "sim/measure.h"

static struct measure read_as(const char *text, enum quantity q)
{
    return measure_read(text, strlen(text), q);
}

Test(units, are_read_to_the_nearest_double)
{
    static const struct {
        const char *text;
        enum quantity q;
        double value;
    } cases[] = {
        {"12 V", QTY_VOLT, 12.0},
        {"12V", QTY_VOLT, 12.0},
        {"1.2 mOhm", QTY_OHM, 1.2e-3},
        {"3 kW", QTY_WATT, 3e3},
        {"400 kHz", QTY_HERTZ, 400e3},
        {"20 ms", QTY_SECOND, 20e-3},
        {"5 us", QTY_SECOND, 5e-6},
        {"10 %", QTY_RATIO, 0.10},
        {"0.7 %", QTY_RATIO, 0.007},
        {"25 mF", QTY_FARAD, 25e-3},
        {"300 nH", QTY_HENRY, 300e-9},
        {"4167 A2s", QTY_AMPERE_SECOND_SQUARED, 4167.0},
        {"45 degC", QTY_CELSIUS, 45.0},
        {"1.5 kJ", QTY_JOULE, 1.5e3},
        {"2 Wh", QTY_JOULE, 7200.0},
        {"-0.3 V", QTY_VOLT, -0.3},
        {"1.5e-3 V", QTY_VOLT, 1.5e-3},
        {"33e3 mV", QTY_VOLT, 33.0},
        {".5 V", QTY_VOLT, 0.5},
        {"2 A/us", QTY_AMPERE_PER_SECOND, 2e6},
        {"0.39 %/K", QTY_PER_KELVIN, 0.0039},
        {"2 min", QTY_SECOND, 120.0},
        {"1.1", QTY_RATIO, 1.1},
        {"17", QTY_OPERATIONS, 17.0},
        {"0.1 pF", QTY_FARAD, 0.1e-12},
        {"123.456789 uV", QTY_VOLT, 123.456789e-6},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct measure m = read_as(cases[i].text, cases[i].q);
        cr_expect(m.fault == MEASURE_OK && m.value == cases[i].value, "%s gave %.17g",
                  cases[i].text, m.value);
    }
}

Test(units, of_time_are_whole_nanoseconds)
{
    cr_expect(read_as("0.1 us", QTY_SECOND).ns == 100);
    cr_expect(read_as("20 ms", QTY_SECOND).ns == MS(20));
    cr_expect(read_as("0.3 ms", QTY_SECOND).ns == US(300));
    cr_expect(read_as("1.000000001 s", QTY_SECOND).ns == SECONDS(1) + 1);
    cr_expect(read_as("90 d", QTY_SECOND).ns == SECONDS(90) * 86400);
    cr_expect(read_as("0.5 ns", QTY_SECOND).fault == MEASURE_TOO_FINE);
    cr_expect(read_as("1.0000000001 s", QTY_SECOND).fault == MEASURE_TOO_FINE);
    cr_expect(read_as("1e11 s", QTY_SECOND).fault == MEASURE_NOT_FINITE);
}

Test(units, refuse_what_is_no_value)
{
    static const struct {
        const char *text;
        enum measure_fault fault;
    } cases[] = {
        {"", MEASURE_NO_NUMBER},           {"V", MEASURE_NO_NUMBER},
        {"inf V", MEASURE_NO_NUMBER},      {"nan V", MEASURE_NO_NUMBER},
        {"0x10 V", MEASURE_UNKNOWN_UNIT},  {"1,5 V", MEASURE_UNKNOWN_UNIT},
        {"1.2.3 V", MEASURE_UNKNOWN_UNIT}, {"12", MEASURE_NO_UNIT},
        {"12 A", MEASURE_OTHER},           {"12 v", MEASURE_UNKNOWN_UNIT},
        {"12 V V", MEASURE_UNKNOWN_UNIT},  {"1e999 V", MEASURE_NOT_FINITE},
        {"- 3 V", MEASURE_NO_NUMBER},      {"12 mv", MEASURE_UNKNOWN_UNIT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect(read_as(cases[i].text, QTY_VOLT).fault == cases[i].fault, "%s: %d", cases[i].text,
                  (int)read_as(cases[i].text, QTY_VOLT).fault);
    }
}

/* A decimal comma in the user's locale must change nothing. Skipped where there is no such locale. */
Test(units, do_not_depend_on_the_locale)
{
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8")) {
        cr_expect(read_as("1.5 V", QTY_VOLT).value == 1.5);
    }
}

Test(units, are_printed_with_the_prefix_that_suits)
{
    char buf[MEASURE_TEXT];

    cr_expect_str_eq(measure_print(buf, QTY_VOLT, 12.0), "12 V");
    cr_expect_str_eq(measure_print(buf, QTY_OHM, 1.2e-3), "1.2 mOhm");
    cr_expect_str_eq(measure_print(buf, QTY_SECOND, 20e-3), "20 ms");
    cr_expect_str_eq(measure_print(buf, QTY_WATT, 3300.0), "3.3 kW");
    cr_expect_str_eq(measure_print(buf, QTY_VOLT, 0.0), "0 V");
    cr_expect_str_eq(measure_print(buf, QTY_VOLT, -0.25), "-250 mV");
    cr_expect_str_eq(measure_print(buf, QTY_RATIO, 0.1), "0.1");
    cr_expect_str_eq(measure_print(buf, QTY_SECOND, 3600.0), "3600 s");
}

/* What is printed is read back as the same value. */
Test(units, printed_and_read_again_are_the_same)
{
    char buf[MEASURE_TEXT];

    for (int q = 0; q < QTY_KINDS; q++) {
        for (double v = 1e-9; v < 1e9; v *= 10.0) {
            measure_print(buf, (enum quantity)q, v);
            struct measure m = read_as(buf, (enum quantity)q);
            cr_expect(fabs(m.value - v) <= 1e-9 * v, "%s: %.17g", buf, v);
        }
    }
}

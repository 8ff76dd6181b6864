/* test_bus.c - a bar is a ladder, and bars can be tied together. Oracle: Ohm's and Kirchhoff's laws. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/stand.h"

#define AS_GIVEN "n: {is: node, c: 1 uF, v0: 0 V}\nnr: {is: resistor, from: n, r: 1 Ohm}\n"
#define SUPPLY   "is: psu, v: 12 V, tolerance: 0, rated: 4 kW, droop: 2 mOhm, hold_up: 12 J"
#define SERVER   "is: server, off_below: 6 V, on_above: 7 V, r: 10 uOhm, v_f: 0 V, i_max: 10 kA"
#define SWITCH   "is: fet, oring: no, r_on: 1 mOhm"

/* 3 mOhm over four taps: 1 mOhm a section. */
Test(bus, the_far_tap_is_i_r_lower)
{
    struct stand *s = stand_new("bar: {is: bus, v: 12 V, taps: 4, r: 3 mOhm}\npsu1: {" SUPPLY "}\n"
                                "sw1: {" SWITCH ", from: psu1, to: bar.0}\n"
                                "web1: {" SERVER ", from: bar.3, p: 1200 W}\n");

    stand_run(s, MS(10));
    double i_A = stand_read(s, "web1", "i");
    double v0_V = stand_read_of(s, "bar", "v", 0);
    cr_expect_float_eq(v0_V, 12.0 - 3e-3 * i_A, 1e-4);
    for (int32_t k = 1; k < 4; k++) {
        cr_expect_float_eq(stand_read_of(s, "bar", "v", k), v0_V - 1e-3 * k * i_A, 1e-5);
    }
    cr_expect_float_eq(stand_read(s, "bar", "v"), v0_V - 3e-3 * i_A, 1e-5); /* its lowest tap */
    cr_expect_float_eq(i_A * stand_read(s, "web1", "v"), 1200.0, 0.1);
    stand_free(s);
}

/* Fed at tap 1, loads at taps 0 and 3: each section carries what is behind it. */
Test(bus, each_section_carries_what_is_behind_it)
{
    struct stand *s = stand_new("bar: {is: bus, v: 12 V, taps: 4, r: 3 mOhm}\npsu1: {" SUPPLY "}\n"
                                "sw1: {" SWITCH ", from: psu1, to: bar.1}\n"
                                "web1: {" SERVER ", from: bar.0, p: 300 W}\n"
                                "web2: {" SERVER ", from: bar.3, p: 600 W}\n");

    stand_run(s, MS(10));
    double v1_V = stand_read_of(s, "bar", "v", 1);
    cr_expect_float_eq(stand_read_of(s, "bar", "v", 0), v1_V - 1e-3 * stand_read(s, "web1", "i"),
                       1e-5);
    cr_expect_float_eq(stand_read_of(s, "bar", "v", 2), v1_V - 1e-3 * stand_read(s, "web2", "i"),
                       1e-5);
    cr_expect_float_eq(stand_read_of(s, "bar", "v", 3), v1_V - 2e-3 * stand_read(s, "web2", "i"),
                       1e-5);
    stand_free(s);
}

/* Parts without a tap of their own are spread along the bar in file order. */
Test(bus, servers_without_a_tap_are_spread_along_the_bar)
{
    struct stand *s = stand_new("bar: {is: bus, v: 12 V, taps: 2, r: 1 mOhm}\npsu1: {" SUPPLY "}\n"
                                "sw1: {" SWITCH ", from: psu1, to: bar.0}\n"
                                "web1: {" SERVER ", from: bar, p: 600 W}\n"
                                "web2: {" SERVER ", from: bar, p: 600 W}\n");

    stand_run(s, MS(10));
    double i1 = stand_read(s, "web1", "i"), i2 = stand_read(s, "web2", "i");
    cr_expect_float_eq(stand_read(s, "web1", "v"), stand_read_of(s, "bar", "v", 0) - 10e-6 * i1,
                       1e-5);
    cr_expect_float_eq(stand_read(s, "web2", "v"), stand_read_of(s, "bar", "v", 1) - 10e-6 * i2,
                       1e-5);
    stand_free(s);
}

/* A supply that is off, closed onto two bars of 100 F: 200 mV over its two switches, 100 A, which
 * dies away with R C / 2 = 100 ms. */
Test(bus, a_supply_on_two_bars_ties_them)
{
    struct stand *s = stand_new(AS_GIVEN "bar_a: {is: bus, v: 12.2 V, c: 100 F}\n"
                                         "bar_b: {is: bus, v: 12 V, c: 100 F}\n"
                                         "psu1: {" SUPPLY ", start: off, c_out: 1 uF}\n"
                                         "sw1: {" SWITCH ", from: psu1, to: bar_a, closed: no}\n"
                                         "sw2: {" SWITCH ", from: psu1, to: bar_b}\n");

    stand_run(s, MS(10));
    cr_expect_float_eq(stand_read(s, "bar_a", "v") - stand_read(s, "bar_b", "v"), 0.2, 1e-3);
    stand_act(s, "sw1", "close");
    ns_t tied = stand_run_to(s, "sw1", EV_CLOSED, MS(10));
    double apart_V = stand_read(s, "bar_a", "v") - stand_read(s, "bar_b", "v");
    for (int i = 1; i <= 3; i++) {
        stand_run(s, tied + MS(20 * i));
        double wanted_A = apart_V / 2e-3 * exp(-0.02 * i / 0.1);
        cr_expect_float_eq(stand_read(s, "sw2", "i"), wanted_A, 0.005 * wanted_A);
        cr_expect_float_eq(stand_read(s, "sw1", "i"), -wanted_A, 0.005 * wanted_A);
    }
    stand_free(s);
}

/* Its two bars meet in a server's ORing, which lets nothing through. */
Test(bus, a_server_on_two_bars_does_not_tie_them)
{
    struct stand *s = stand_new(AS_GIVEN "bar_a: {is: bus, v: 12.2 V, c: 1 F, bleed: 1e9 Ohm}\n"
                                         "bar_b: {is: bus, v: 12 V, c: 1 F, bleed: 1e9 Ohm}\n"
                                         "web1: {" SERVER ", from: [bar_a, bar_b], p: 0 W}\n");

    stand_run(s, SECONDS(10));
    cr_expect_float_eq(stand_read(s, "bar_a", "v") - stand_read(s, "bar_b", "v"), 0.2, 1e-3);
    stand_free(s);
}

/* v / r at once, then the supply's limit: and the voltage that this makes over the short. */
Test(bus, a_short_takes_the_supply_to_its_limit)
{
    struct stand *s = stand_new("bar: {is: bus, v: 12 V, c: 10 mF}\n"
                                "psu1: {" SUPPLY ", limit_least: 1.2, limit_most: 1.2, "
                                "overload: limit}\n"
                                "sw1: {" SWITCH ", from: psu1, to: bar}\n");

    stand_run(s, MS(1));
    stand_act_with(s, "bar", "short", (struct act_args){.to = 10e-3});
    cr_expect_float_eq(stand_read(s, "bar", "i_short"), 1200.0, 1.0);
    stand_run(s, MS(100));
    cr_expect_float_eq(stand_read(s, "bar", "i_short"), 1.2 * 4000.0 / 12.0, 0.1);
    stand_act(s, "bar", "clear_short");
    stand_run(s, MS(200));
    cr_expect_eq(stand_read(s, "bar", "i_short"), 0.0);
    /* Without load it keeps what it overshoots: less than i sqrt(L / C) = 400 A * 2.67 mOhm. */
    double above_V = stand_read(s, "bar", "v") - 12.0;
    cr_expect(above_V >= 0.0 && above_V < 1.07, "%g V", above_V);
    stand_free(s);
}

/* Dark, and nobody there: it stays dark. Live: it starts at what its supplies give it. */
Test(bus, starts_dark_or_in_its_steady_state)
{
    struct stand *s =
        stand_new("bar_a: {is: bus, v: 12 V}\nbar_b: {is: bus, v: 12 V, start: dark}\n"
                  "psu1: {" SUPPLY "}\n"
                  "sw1: {" SWITCH ", from: psu1, to: bar_a}\n"
                  "sw2: {" SWITCH ", from: psu1, to: bar_b, closed: no}\n"
                  "web1: {" SERVER ", from: bar_a, p: 1200 W}\n");

    cr_expect_float_eq(stand_read(s, "bar_a", "v"), 12.0 - 3e-3 * stand_read(s, "web1", "i"), 1e-4);
    cr_expect_eq(stand_read(s, "bar_b", "v"), 0.0);
    stand_run(s, SECONDS(1));
    cr_expect_float_eq(stand_read(s, "bar_b", "v"), 0.0, 1e-9);
    stand_free(s);
}

/* test_psu.c - what a supply delivers, and what stops it: sharing, limits, over-voltage, heat.
 *
 * Oracles: charge balances, closed forms of linear circuits and of one thermal node. */
#include "supply_stand.h"

/* ---- sharing ------------------------------------------------------------------------------------- */

/* E1 - R1 i1 = E2 - R2 i2 and i1 + i2 = p / v at the server. */
Test(psu, droop_shares_by_set_points_and_resistances)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", v: 12.1 V}\n"
                                "psu2: {" SUPPLY ", droop: 3 mOhm}\n"
                                "web1: {" SERVER ", from: [psu1, psu2], p: 1200 W}\n");
    double r1 = 2e-3 + R_INPUT, r2 = 3e-3 + R_INPUT;

    stand_run(s, MS(10));
    double i1 = stand_read(s, "psu1", "i"), i2 = stand_read(s, "psu2", "i");
    double v_V = stand_read(s, "web1", "v");
    cr_expect_float_eq(i1, (12.1 - 12.0 + r2 * (i1 + i2)) / (r1 + r2), 1e-4);
    cr_expect_float_eq(i1 + i2, 1200.0 / v_V, 1e-4);
    cr_expect_float_eq(12.1 - r1 * i1, v_V, 1e-6);
    stand_free(s);
}

/* Two capacities with the same droop per unit on one share line. */
#define SHARED(error)                                                                              \
    "line: {is: share}\n"                                                                          \
    "psu1: {" SUPPLY ", share: line, share_error: " error ", share_tau: 10 ms, v: 12.05 V}\n"      \
    "psu2: {" SUPPLY ", share: line, share_error: " error ", share_tau: 10 ms, rated: 500 W, "     \
    "droop: 4 mOhm}\n"                                                                             \
    "web1: {" SERVER ", from: [psu1, psu2], p: 900 W}\n"

Test(psu, a_share_line_loads_unequal_supplies_equally)
{
    struct stand *s = stand_new(SHARED("0"));

    stand_run(s, MS(1));
    cr_expect_float_eq(stand_read(s, "psu1", "load"), stand_read(s, "psu2", "load"), 1e-5);
    cr_expect_float_eq(stand_read(s, "psu1", "load"), 0.6, 0.01); /* 900 W of 1500 W */
    stand_free(s);
}

/* Each sense is wrong by at most 5 %: (1 + e1) i1 = (1 + e2) i2. */
Test(psu, shares_differ_by_the_errors_of_their_sensors)
{
    double widest = 0.0;

    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct stand *s = stand_seeded(SHARED("5 %"), seed);
        stand_run(s, MS(1));
        double i1 = stand_read(s, "psu1", "load"), i2 = stand_read(s, "psu2", "load");
        widest = fmax(widest, fabs(i1 / i2 - 1.0));
        const struct net *n = &s->world->plant->net;
        double seen1 = net_source_const(n, 0)->share_gain * i1;
        double seen2 = net_source_const(n, 1)->share_gain * i2;
        cr_expect_float_eq(seen1, seen2, 1e-4);
        cr_expect_float_eq(stand_read(s, "line", "level"), seen1, 1e-4);
        stand_free(s);
    }
    cr_expect_leq(widest, 1.05 / 0.95 - 1.0);
    cr_expect_gt(widest, 0.06); /* and they do differ: 1 of 4 pairs by more than that */
}

/* A set-point jumps; the difference of the loads then dies away with share_tau. */
Test(psu, sharing_settles_with_its_time_constant)
{
    struct stand *s = stand_new(SHARED("0"));
    double apart[3];

    stand_run(s, MS(10));
    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 12.08});
    stand_run(s, MS(12)); /* the loops have followed */
    for (int i = 0; i < 3; i++) {
        stand_run(s, MS(12 + 10 * i));
        apart[i] = stand_read(s, "psu1", "load") - stand_read(s, "psu2", "load");
    }
    cr_expect_gt(apart[0], 0.05);
    cr_expect_float_eq(apart[1] / apart[0], exp(-1.0), 0.02 * exp(-1.0));
    cr_expect_float_eq(apart[2] / apart[1], exp(-1.0), 0.02 * exp(-1.0));
    stand_free(s);
}

/* ---- limits -------------------------------------------------------------------------------------- */

/* A resistor at its output, settled. */
static void expect_output(struct stand *s, double r_Ohm, double v_V)
{
    stand_act_with(s, "psu1", "short_output", (struct act_args){.to = r_Ohm});
    stand_run(s, stand_now(s) + MS(500));
    cr_expect_float_eq(stand_read(s, "psu1", "v"), v_V, 1e-4 * v_V, "%g Ohm: %g V, not %g V", r_Ohm,
                       stand_read(s, "psu1", "v"), v_V);
    cr_expect_float_eq(stand_read(s, "psu1", "i"), v_V / r_Ohm, 1e-3 * v_V / r_Ohm);
}

Test(psu, constant_voltage_then_constant_current)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", overload: limit}\n" IDLE);

    expect_output(s, 0.2, V * 0.2 / (0.2 + R));
    expect_output(s, 0.1, 1.2 * RATED_A * 0.1);
    expect_output(s, 0.01, 1.2 * RATED_A * 0.01);
    expect_output(s, 0.2, V * 0.2 / (0.2 + R)); /* and back */
    stand_free(s);
}

Test(psu, constant_voltage_then_constant_power_then_constant_current)
{
    struct stand *s =
        stand_new("psu1: {" SUPPLY ", v: 50 V, ovp_least: 59 V, ovp_most: 59 V, "
                  "p_limit: 1.1, limit_least: 1.5, limit_most: 1.5, overload: limit}\n" IDLE);

    expect_output(s, 3.0, 50.0 * 3.0 / (3.0 + R));
    expect_output(s, 2.0, sqrt(1100.0 * 2.0));
    expect_output(s, 1.5, sqrt(1100.0 * 1.5));
    expect_output(s, 1.0, 30.0);
    expect_output(s, 0.1, 3.0);
    expect_output(s, 2.0, sqrt(1100.0 * 2.0));
    stand_free(s);
}

Test(psu, the_limit_lies_in_its_window_wherever_the_draw_falls)
{
    double least = INFINITY, most = 0.0;

    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct stand *s = stand_seeded("psu1: {" SUPPLY ", limit_least: 1.16, limit_most: 1.26, "
                                       "overload: limit}\n" IDLE,
                                       seed);
        stand_act_with(s, "psu1", "short_output", (struct act_args){.to = 0.05});
        stand_run(s, MS(20));
        double load = stand_read(s, "psu1", "load");
        least = fmin(least, load);
        most = fmax(most, load);
        stand_free(s);
    }
    cr_expect(least >= 1.16 && least < 1.165, "%g", least);
    cr_expect(most <= 1.26 && most > 1.255, "%g", most);
}

Test(psu, it_stops_when_the_charge_beyond_its_rating_is_its_budget)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", overload_budget: 0.5 C}\n" IDLE);

    stand_run(s, MS(10));
    s->look = integrate;
    stand_act_with(s, "psu1", "short_output", (struct act_args){.to = 0.1});
    ns_t tripped = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    double excess_C = s->seen[1] - RATED_A * ns_to_s(tripped - MS(10));
    /* Before it exceeds its rating it lacks the charge that its capacitor gives: 0.01 C at most. */
    cr_expect_float_eq(excess_C, 0.5, 0.011, "%g C", excess_C);
    cr_expect_float_eq(ns_to_s(tripped - MS(10)), 0.5 / (0.2 * RATED_A), 1e-3);
    cr_expect_eq(stand_read(s, "psu1", "i"), 0.0);
    stand_free(s);
}

/* The same to the digit: an overload by a step of power, from below the rating to above it. */
Test(psu, the_excess_is_counted_from_the_instant_above_the_rating)
{
    struct stand *s = one(950.0, ", overload_budget: 0.5 C");

    stand_run(s, MS(10));
    stand_act_with(s, "web1", "step", (struct act_args){.to = 1100.0});
    ns_t tripped = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    double i_A = current_A(V, R + R_INPUT, 1100.0);
    /* The loop's lag of 50 us at the begin is worth that much charge at most. */
    cr_expect_float_eq(ns_to_s(tripped - MS(10)), 0.5 / (i_A - RATED_A), 200e-6);
    stand_free(s);
}

Test(psu, an_overload_that_ends_in_time_is_forgotten)
{
    struct stand *s = one(500.0, ", overload_budget: 0.5 C");

    for (int i = 0; i < 5; i++) { /* 13 A too much: 0.33 C each time */
        stand_act_with(s, "web1", "step", (struct act_args){.to = 1130.0});
        stand_run(s, stand_now(s) + MS(25));
        stand_act_with(s, "web1", "step", (struct act_args){.to = 500.0});
        stand_run(s, stand_now(s) + MS(5));
    }
    cr_expect_eq(stand_count(s, "psu1", EV_OVERLOAD), 0);
    stand_free(s);
}

Test(psu, it_tries_again_as_often_as_it_may_and_then_latches)
{
    struct stand *s =
        stand_new("psu1: {" SUPPLY ", overload: hiccup, hiccup_off: 1 s, attempts: 2, "
                  "overload_budget: 0.1 C}\n" IDLE);

    stand_act_with(s, "psu1", "short_output", (struct act_args){.to = 0.05});
    for (int i = 0; i < 2; i++) {
        ns_t trip = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
        cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(2)), trip + SECONDS(1));
    }
    stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    stand_run(s, SECONDS(60));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 2);
    cr_expect_eq(stand_count(s, "psu1", EV_OVERLOAD), 3);

    stand_act(s, "psu1", "clear_short"); /* an order off and on clears the latch */
    stand_act(s, "psu1", "off");
    stand_act(s, "psu1", "on");
    cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), SECONDS(60) + MS(5));
    stand_run_to(s, "psu1", EV_REGULATED, SECONDS(1));
    stand_free(s);
}

Test(psu, an_ac_cycle_clears_a_latch)
{
    struct stand *s = stand_new("mains: {is: feed}\npsu1: {" SUPPLY ", from: mains, "
                                "overload_budget: 0.1 C}\n" IDLE);

    stand_act_with(s, "psu1", "short_output", (struct act_args){.to = 0.05});
    stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    stand_act(s, "psu1", "clear_short");
    stand_run(s, SECONDS(5));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 0);
    stand_act(s, "mains", "open");
    stand_run(s, SECONDS(6));
    stand_act(s, "mains", "close");
    cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), SECONDS(6) + MS(300));
    stand_free(s);
}

/* ---- over-voltage -------------------------------------------------------------------------------- */

/* Without load and loop the output lags its set-point by R C = 8 us: 14 V are reached at
 * 2 V / (3 V/ms) + 8 us. */
Test(psu, over_voltage_latches_it_after_the_comparators_delay)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", loop: 0 s, ovp_delay: 50 us}\n" IDLE);

    stand_run(s, MS(1));
    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 15.0, .over = MS(1)});
    ns_t tripped = stand_run_to(s, "psu1", EV_OVER_VOLTAGE, MS(10));
    cr_expect_float_eq(ns_to_s(tripped - MS(1)), 2.0 / 3000.0 + 8e-6 + 50e-6, 50e-9);
    stand_run(s, SECONDS(10));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 0);
    stand_free(s);
}

Test(psu, a_spike_shorter_than_the_delay_does_not_trip)
{
    struct stand *s = one(600.0, ", loop: 0 s, ovp_delay: 500 us");

    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 15.0, .over = US(100)});
    stand_run(s, US(400));
    cr_expect_gt(stand_read(s, "psu1", "v"), 14.0);
    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 12.0, .over = US(10)});
    stand_run(s, MS(20));
    cr_expect_eq(stand_count(s, "psu1", EV_OVER_VOLTAGE), 0);
    stand_free(s);
}

#define TWO_ON_A_BAR(selective)                                                                    \
    "bar: {is: bus, v: 12 V, v_high: 20 V}\n"                                                      \
    "psu1: {" SUPPLY ", ovp_selective: " selective "}\n"                                           \
    "psu2: {" SUPPLY ", ovp_selective: " selective "}\n"                                           \
    "sw1: {is: fet, from: psu1, to: bar, oring: no}\n"                                             \
    "sw2: {is: fet, from: psu2, to: bar, oring: no}\n"                                             \
    "web1: {" SERVER ", from: bar, p: 500 W}\n"

/* All comparators see the same bar: all latch. */
Test(psu, one_runaway_supply_latches_all_that_are_not_selective)
{
    struct stand *s = stand_new(TWO_ON_A_BAR("0"));

    stand_run(s, MS(1));
    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 15.0, .over = MS(1)});
    stand_run(s, MS(10));
    cr_expect_eq(stand_count(s, "psu1", EV_OVER_VOLTAGE), 1);
    cr_expect_eq(stand_count(s, "psu2", EV_OVER_VOLTAGE), 1);
    stand_free(s);
}

Test(psu, a_selective_supply_that_delivers_nothing_stays_on)
{
    struct stand *s = stand_new(TWO_ON_A_BAR("10 %"));

    stand_run(s, MS(1));
    stand_act_with(s, "psu1", "drift", (struct act_args){.to = 15.0, .over = MS(1)});
    stand_run(s, MS(50));
    cr_expect_eq(stand_count(s, "psu1", EV_OVER_VOLTAGE), 1);
    cr_expect_eq(stand_count(s, "psu2", EV_OVER_VOLTAGE), 0);
    cr_expect_eq(stand_count(s, "web1", EV_UVLO), 0);
    stand_free(s);
}

/* ---- heat ---------------------------------------------------------------------------------------- */

/* C dT/dt = P (1 / eta - 1) - G (T - T_inlet). */
Test(psu, it_stops_at_the_closed_form_time_after_its_fan_and_returns_4_K_cooler)
{
    struct stand *s = one(950.0, ", efficiency: 94 %, inlet: 30 degC, otp: 110 degC, "
                                 "otp_back: 4 K, heat_capacity: 60 J/K, cooling: 2.5 W/K, "
                                 "cooling_still: 0.5 W/K" NOT_DERATED);
    double loss_W = terminal_W(V, 950.0) * (1.0 / 0.94 - 1.0);
    double start_C = 30.0 + loss_W / 2.5, end_C = 30.0 + loss_W / 0.5;

    stand_run(s, SECONDS(1));
    stand_act(s, "psu1", "stop_fan");
    ns_t hot = stand_run_to(s, "psu1", EV_OVER_TEMPERATURE, SECONDS(1000));
    double hot_s = 60.0 / 0.5 * log((end_C - start_C) / (end_C - 110.0));
    cr_expect_float_eq(ns_to_s(hot - SECONDS(1)), hot_s, 1e-4, "%.9f, not %.9f",
                       ns_to_s(hot - SECONDS(1)), hot_s);
    ns_t cool = stand_run_to(s, "psu1", EV_COOL, SECONDS(100));
    cr_expect_float_eq(ns_to_s(cool - hot), 60.0 / 0.5 * log(80.0 / 76.0), 1e-4);
    cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), cool + MS(5));
    stand_free(s);
}

/* Neither an AC cycle nor an order off and on cools it: the node does, C / G ln(80 K / 76 K). */
Test(psu, too_hot_it_starts_only_when_it_is_cool_whatever_it_is_told)
{
    for (int i = 0; i < 3; i++) {
        struct stand *s = one(950.0, ", heat_capacity: 60 J/K, cooling_still: 0.5 W/K" NOT_DERATED);
        stand_act(s, "psu1", "stop_fan");
        ns_t hot = stand_run_to(s, "psu1", EV_OVER_TEMPERATURE, SECONDS(1000));
        stand_run(s, hot + SECONDS(1));
        stand_act(s, "psu1", i == 0 ? "lose_input" : "off");
        stand_run(s, hot + SECONDS(2));
        if (i < 2) {
            stand_act(s, "psu1", i == 0 ? "restore_input" : "on");
        }
        ns_t cool = stand_run_to(s, "psu1", EV_COOL, SECONDS(100));
        cr_expect_float_eq(ns_to_s(cool - hot), 60.0 / 0.5 * log(80.0 / 76.0), 1e-4);
        cr_expect_eq(stand_count(s, "psu1", EV_STARTING), i < 2 ? 1 : 0);
        if (i == 2) { /* still told to be off */
            stand_run(s, cool + SECONDS(1));
            stand_act(s, "psu1", "on");
        }
        ns_t asked = stand_now(s);
        cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), asked + MS(5));
        stand_free(s);
    }
}

/* The input returns just before it is cool: the delay after that still counts. */
Test(psu, too_hot_and_just_plugged_in_it_waits_for_both)
{
    struct stand *s = one(950.0, ", heat_capacity: 60 J/K, cooling_still: 0.5 W/K" NOT_DERATED);
    ns_t cools = ns_from_s(60.0 / 0.5 * log(80.0 / 76.0));

    stand_act(s, "psu1", "stop_fan");
    ns_t hot = stand_run_to(s, "psu1", EV_OVER_TEMPERATURE, SECONDS(1000));
    stand_act(s, "psu1", "lose_input");
    stand_run(s, hot + cools - MS(200));
    stand_act(s, "psu1", "restore_input");
    ns_t on = stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1));
    cr_expect_eq(on, hot + cools - MS(200) + MS(300));
    stand_free(s);
}

/* The air gets warmer at once: the hot spot follows with C / G = 24 s from one steady state to the
 * other. */
Test(psu, warmer_air_stops_it_at_the_closed_form_time)
{
    struct stand *s = one(950.0, NOT_DERATED);
    double loss_W = terminal_W(V, 950.0) * (1.0 / 0.94 - 1.0);

    stand_run(s, SECONDS(1));
    stand_act_with(s, "psu1", "inlet", (struct act_args){.to = 95.0});
    ns_t hot = stand_run_to(s, "psu1", EV_OVER_TEMPERATURE, SECONDS(1000));
    double wanted_s = 24.0 * log((95.0 - 30.0) / (95.0 + loss_W / 2.5 - 110.0));
    cr_expect_float_eq(ns_to_s(hot) - 1.0, wanted_s, 1e-4);
    cr_expect(!stand_act_with(s, "psu1", "inlet", (struct act_args){.to = 95.0}));
    stand_free(s);
}

Test(psu, a_fan_that_returns_in_time_saves_it)
{
    struct stand *s = one(950.0, NOT_DERATED);

    stand_act(s, "psu1", "stop_fan");
    stand_run(s, SECONDS(60));
    stand_act(s, "psu1", "start_fan");
    stand_run(s, SECONDS(1000));
    cr_expect_eq(stand_count(s, "psu1", EV_OVER_TEMPERATURE), 0);
    stand_free(s);
}

/* ---- faults that end ----------------------------------------------------------------------------- */

/* Each unit has its own set-point, and that is where it returns to. */
Test(psu, a_drift_that_ends_leaves_the_set_point_of_that_unit)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct stand *s = stand_seeded(
            "psu1: {" SUPPLY ", tolerance: 2 %}\nweb1: {" SERVER ", from: psu1, p: 500 W}\n", seed);
        stand_run(s, MS(1));
        double v_V = stand_read(s, "psu1", "v");
        stand_act_with(s, "psu1", "drift", (struct act_args){.to = 11.0, .over = MS(1)});
        stand_run(s, MS(10));
        stand_act(s, "psu1", "undrift");
        stand_run(s, MS(50));
        cr_expect_float_eq(stand_read(s, "psu1", "v"), v_V, 1e-5);
        stand_free(s);
    }
}

/* Half of each period without output: the capacitor alone, C (V0^2 - V1^2) / (2 P) to the lock-out;
 * a supply that is off does not blink. */
Test(psu, an_intermittent_output_loses_the_server_and_stops_when_it_is_off)
{
    struct stand *s = one(1000.0, "");
    double v_V = V - R * current_A(V, R + R_INPUT, 1000.0);

    stand_run(s, MS(1));
    stand_act_with(s, "psu1", "blink", (struct act_args){.by = 0.5, .over = MS(20)});
    ns_t lost = stand_run_to(s, "web1", EV_UVLO, MS(1));
    double wanted_s = 1e-3 + 2.5e-6 + 4.1e-3 * (v_V * v_V - 81.0) / (2.0 * 1000.0);
    cr_expect_float_eq(ns_to_s(lost), wanted_s, 0.5e-6);
    stand_run(s, MS(100));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_OFF), 5);
    stand_act(s, "psu1", "off");
    int32_t on = stand_count(s, "psu1", EV_OUTPUT_ON);
    stand_run(s, SECONDS(1));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), on);
    cr_expect_eq(stand_read(s, "psu1", "i"), 0.0);
    stand_free(s);
}

/* test_psu_input.c - what a supply does when its input or its converter goes, and when it starts.
 *
 * Oracles: energy balances, closed forms of linear circuits, the numbers of the rack itself. */
#include "supply_stand.h"

/* ---- hold-up ------------------------------------------------------------------------------------ */

Test(psu, hold_up_lasts_as_long_as_the_energy_at_every_load)
{
    const double load[] = {250.0, 500.0, 1000.0};

    for (int i = 0; i < 3; i++) {
        struct stand *s = one(load[i], ", warning: 1 ms");
        stand_run(s, MS(10));
        stand_act(s, "psu1", "lose_input");
        ns_t warned = stand_run_to(s, "psu1", EV_WARNING, MS(100));
        ns_t spent = stand_run_to(s, "psu1", EV_HOLD_UP_SPENT, MS(100));
        double wanted_s = 12.0 / terminal_W(V, load[i]);
        cr_expect_float_eq(ns_to_s(spent - MS(10)), wanted_s, 10e-9, "%g W", load[i]);
        cr_expect_float_eq(ns_to_s(spent - warned), 1e-3, 10e-9, "%g W", load[i]);
        stand_free(s);
    }
}

Test(psu, its_own_draw_shortens_the_hold_up)
{
    struct stand *s = one(500.0, ", idle: 25 W");

    stand_act(s, "psu1", "lose_input");
    ns_t spent = stand_run_to(s, "psu1", EV_HOLD_UP_SPENT, MS(100));
    cr_expect_float_eq(ns_to_s(spent), 12.0 / (terminal_W(V, 500.0) + 25.0), 10e-9);
    stand_free(s);
}

/* The load changes under way: the energy is what counts. */
Test(psu, hold_up_ends_when_the_energy_delivered_is_what_it_had)
{
    struct stand *s = one(200.0, "");

    stand_run(s, MS(5));
    s->look = integrate;
    stand_act(s, "psu1", "lose_input");
    stand_run(s, MS(12));
    stand_act_with(s, "web1", "step", (struct act_args){.to = 900.0, .over = MS(3)});
    stand_run_to(s, "psu1", EV_HOLD_UP_SPENT, MS(100));
    cr_expect_float_eq(s->seen[0], 12.0, 12.0 * 1e-6, "%.9g J", s->seen[0]);
    stand_free(s);
}

/* A rectifier that signals its last energy: 2 V less from half of it on, at 3 V/ms. */
Test(psu, the_output_steps_down_when_half_the_energy_is_spent)
{
    struct stand *s = one(500.0, ", energy_drop: 2 V, energy_drop_rate: 3 V/ms, c_out: 1 mF");
    double p_W = terminal_W(V, 500.0);

    s->look = integrate;
    stand_act(s, "psu1", "lose_input");
    ns_t half = stand_run_to(s, "psu1", EV_LOW_ENERGY, MS(100));
    cr_expect_float_eq(ns_to_s(half), 6.0 / p_W, 10e-9);
    stand_run(s, half + US(300));
    double v1_V = stand_read(s, "psu1", "v");
    stand_run(s, half + US(600));
    cr_expect_float_eq(v1_V - stand_read(s, "psu1", "v"), 0.9, 0.01);
    stand_run(s, half + US(2000));
    double i_A = current_A(V - 2.0, R + R_INPUT, 500.0);
    cr_expect_float_eq(stand_read(s, "psu1", "v"), V - 2.0 - R * i_A, 1e-5);
    stand_run_to(s, "psu1", EV_HOLD_UP_SPENT, MS(100));
    cr_expect_float_eq(s->seen[0], 12.0, 12.0 * 1e-6, "%.9g J", s->seen[0]);
    stand_free(s);
}

static void lowest(struct stand *s, ns_t t0, ns_t t1)
{
    for (int i = 0; i <= 16; i++) {
        ns_t at = t0 + (t1 - t0) * i / 16;
        s->seen[0] = fmin(s->seen[0], stand_read_at(s, "psu1", "v", at));
    }
}

Test(psu, an_input_that_returns_in_time_leaves_no_trace_at_the_output)
{
    struct stand *s = one(1000.0, "");

    stand_run(s, MS(1));
    double v_V = stand_read(s, "psu1", "v");
    s->seen[0] = v_V;
    s->look = lowest;
    stand_act(s, "psu1", "lose_input");
    stand_run(s, MS(1) + US(11500)); /* of 11.8 ms, power-good has fallen */
    cr_expect_eq(stand_read(s, "psu1", "pwok"), 0.0);
    stand_act(s, "psu1", "restore_input");
    ns_t good = stand_run_to(s, "psu1", EV_POWER_GOOD, SECONDS(1));
    cr_expect_eq(good, MS(1) + US(11500) + MS(100));
    cr_expect_float_eq(s->seen[0], v_V, 1e-6);
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_OFF), 0);
    stand_free(s);
}

/* The store refills linearly, from none to all within `recharge`. An input that blinks finds what has
 * been refilled since: E = E0 - P t1 + E0 t2 / recharge, and then lasts for E / P. */
Test(psu, an_input_that_is_lost_again_finds_a_store_that_is_not_full_yet)
{
    const double back_s[] = {0.0, 10e-3, 40e-3, 95e-3, 1.0};
    double p_W = terminal_W(V, 950.0);

    for (int i = 0; i < 5; i++) {
        struct stand *s = one(950.0, ", recharge: 100 ms");
        stand_act(s, "psu1", "lose_input");
        stand_run(s, MS(10));
        double left_J = 12.0 - p_W * 10e-3;
        cr_expect_float_eq(stand_read(s, "psu1", "energy"), left_J, 1e-6);
        stand_act(s, "psu1", "restore_input");
        stand_run(s, MS(10) + ns_from_s(back_s[i]));
        double has_J = fmin(12.0, left_J + 12.0 * back_s[i] / 0.1);
        cr_expect_float_eq(stand_read(s, "psu1", "energy"), has_J, 1e-6);
        stand_act(s, "psu1", "lose_input");
        ns_t lost = stand_now(s);
        ns_t spent = stand_run_to(s, "psu1", EV_HOLD_UP_SPENT, MS(100));
        cr_expect_float_eq(ns_to_s(spent - lost), has_J / p_W, 20e-9, "back for %g s", back_s[i]);
        stand_free(s);
    }
}

/* Its ramp goes on in the hold-up and after it: half-way after half of the rise, regulated at its
 * end, power-good its delay later; and from then on it tells that its output is low. */
Test(psu, an_input_that_blinks_during_the_ramp_changes_nothing_of_the_ramp)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", start: off, overload: limit}\n" IDLE);

    stand_act(s, "psu1", "on");
    ns_t on = stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1));
    stand_run(s, on + MS(5));
    stand_act(s, "psu1", "lose_input");
    stand_run(s, on + MS(8));
    stand_act(s, "psu1", "restore_input");
    stand_run(s, on + MS(10));
    cr_expect_float_eq(stand_read(s, "psu1", "v"), 6.0 - 600.0 * 8e-6, 0.005);
    cr_expect_eq(stand_run_to(s, "psu1", EV_REGULATED, SECONDS(1)), on + MS(20));
    cr_expect_eq(stand_run_to(s, "psu1", EV_POWER_GOOD, SECONDS(1)), on + MS(120));

    struct plant *p = s->world->plant;
    const struct psu_state *u = plant_at(p, plant_slot(s->world, stand_part(s, "psu1"))->state_at);
    cr_expect(!(u->face.present[PMBUS_VOUT] & ST_VOUT_UV_FAULT));
    stand_act_with(s, "psu1", "short_output", (struct act_args){.to = 0.05});
    stand_run(s, on + MS(130)); /* 100 A through 50 mOhm */
    cr_expect(u->face.present[PMBUS_VOUT] & ST_VOUT_UV_FAULT);
    stand_free(s);
}

/* One plug of two supplies on a feed is out: the feed's return is no return for it. */
Test(psu, a_feed_that_returns_does_not_push_a_plug_in)
{
    struct stand *s = stand_new("a: {is: feed}\npsu1: {" SUPPLY ", from: a}\n"
                                "psu2: {" SUPPLY ", from: a}\n"
                                "none: {" SERVER ", from: [psu1, psu2], p: 1 W}\n");

    stand_act(s, "psu1", "lose_input");
    stand_act(s, "a", "open");
    stand_run(s, MS(1));
    stand_act(s, "a", "close");
    cr_expect_eq(stand_read(s, "psu1", "input"), 0.0);
    cr_expect_eq(stand_read(s, "psu2", "input"), 1.0);
    stand_act(s, "psu1", "restore_input");
    cr_expect_eq(stand_read(s, "psu1", "input"), 1.0);
    cr_expect(!stand_act(s, "psu1", "restore_input"));
    stand_free(s);
}

Test(psu, a_feed_that_is_too_low_from_the_start_is_no_input)
{
    struct stand *s = stand_new("a: {is: feed, v_rms: 79 V}\npsu1: {" SUPPLY ", from: a}\n" IDLE);

    cr_expect_eq(stand_when(s, "psu1", EV_INPUT_LOST, 0), 0);
    stand_free(s);
}

/* ---- a dead converter ---------------------------------------------------------------------------- */

/* The current fades linearly within T: the bar has its own charge and P T / 2 more. */
Test(psu, a_dead_converter_has_no_hold_up_and_gives_no_warning)
{
    struct stand *s = one(1000.0, ", dies_within: 5 us");
    double i_A = current_A(V, R + R_INPUT, 1000.0);
    double v0_V = V - R * i_A;

    stand_run(s, MS(10));
    stand_act(s, "psu1", "die");
    cr_expect_eq(stand_read(s, "psu1", "pwok"), 0.0);
    stand_run(s, MS(10) + US(5));
    cr_expect_eq(stand_read(s, "psu1", "i"), 0.0);
    ns_t lost = stand_run_to(s, "web1", EV_UVLO, MS(1));
    double c_F = 4e-3 + 100e-6;
    double rides_s = c_F * (v0_V * v0_V - 81.0) / (2.0 * 1000.0) + 2.5e-6;
    cr_expect_float_eq(ns_to_s(lost - MS(10)), rides_s, 0.15e-6, "%.9f not %.9f",
                       ns_to_s(lost - MS(10)), rides_s);
    stand_free(s);
}

Test(psu, a_dead_supply_ignores_its_input_and_its_enable_pin_until_it_is_replaced)
{
    struct stand *s = one(100.0, "");

    stand_act(s, "psu1", "die");
    stand_run(s, MS(1));
    stand_act(s, "psu1", "lose_input");
    stand_act(s, "psu1", "restore_input");
    stand_act(s, "psu1", "off");
    stand_act(s, "psu1", "on");
    stand_run(s, SECONDS(2));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 0);
    stand_act(s, "psu1", "repair");
    ns_t on = stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1));
    cr_expect_eq(on, SECONDS(2) + MS(5));
    stand_free(s);
}

/* ---- start --------------------------------------------------------------------------------------- */

Test(psu, the_start_up_delay_fills_its_window_and_nothing_more)
{
    double least = INFINITY, most = 0.0, sum = 0.0;

    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct stand *s =
            stand_seeded("psu1: {" SUPPLY ", start: off, on_delay_most: 400 ms}\n" IDLE, seed);
        stand_act(s, "psu1", "on");
        double delay_s = ns_to_s(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)));
        least = fmin(least, delay_s);
        most = fmax(most, delay_s);
        sum += delay_s;
        stand_free(s);
    }
    cr_expect(least >= 5e-3 && least < 10e-3, "%g", least);
    cr_expect(most <= 400e-3 && most > 395e-3, "%g", most);
    /* mean of 400 uniform draws: sigma 395 ms / sqrt(12 * 400) = 5.7 ms */
    cr_expect_float_eq(sum / 400.0, 202.5e-3, 4 * 5.7e-3);
}

/* Linear: half-way after half of the rise, less the lag of the capacitor, R C = 8 us.
 * Without load it keeps what it overshoots: sqrt(L / C) C dv/dt = 12 mV at most. */
Test(psu, the_output_ramps_and_power_good_follows)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", start: off}\n" IDLE);

    cr_expect_eq(stand_read(s, "psu1", "v"), 0.0);
    stand_act(s, "psu1", "on");
    ns_t on = stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1));
    stand_run(s, on + MS(10));
    double v_V = stand_read(s, "psu1", "v");
    cr_expect_float_eq(v_V, 6.0 - 600.0 * 8e-6, 0.005, "%g V", v_V);
    cr_expect_eq(stand_run_to(s, "psu1", EV_REGULATED, SECONDS(1)), on + MS(20));
    cr_expect_eq(stand_read(s, "psu1", "pwok"), 0.0);
    cr_expect_eq(stand_run_to(s, "psu1", EV_POWER_GOOD, SECONDS(1)), on + MS(120));
    cr_expect_float_eq(stand_read(s, "psu1", "v"), V, 0.012);
    stand_free(s);
}

Test(psu, after_hold_up_it_wants_its_ac_delay)
{
    struct stand *s = one(950.0, "");

    stand_act(s, "psu1", "lose_input");
    stand_run(s, MS(500));
    stand_act(s, "psu1", "restore_input");
    cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), MS(800));
    stand_free(s);
}

Test(psu, a_supply_starts_into_a_live_bar_without_taking_current_from_it)
{
    struct stand *s = stand_new("bar: {is: bus, v: 12 V}\npsu1: {" SUPPLY "}\n"
                                "psu2: {" SUPPLY ", start: off, v: 12.02 V}\n"
                                "sw1: {is: fet, from: psu1, to: bar, oring: no}\n"
                                "sw2: {is: fet, from: psu2, to: bar, oring: no}\n"
                                "web1: {" SERVER ", from: bar, p: 500 W}\n");

    stand_run(s, MS(1));
    stand_act(s, "psu2", "on");
    ns_t on = stand_run_to(s, "psu2", EV_OUTPUT_ON, SECONDS(1));
    for (int i = 1; i <= 30; i++) {
        stand_run(s, on + MS(i));
        cr_expect_geq(stand_read(s, "psu2", "i"), 0.0);
    }
    double both_A = stand_read(s, "psu1", "i") + stand_read(s, "psu2", "i");
    double apart_A = stand_read(s, "psu2", "i") - stand_read(s, "psu1", "i");
    cr_expect_float_eq(both_A, 500.0 / stand_read(s, "web1", "v"), 0.01);
    cr_expect_float_eq(apart_A, 0.02 / (2e-3 + 1e-3), 1e-3); /* droop and switch */
    stand_free(s);
}

/* A standby supply with a fault that nobody has seen: found on demand, mended by replacing it. */
Test(psu, a_ruined_supply_dies_when_it_is_needed)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", start: off}\n" IDLE);

    cr_expect(stand_act(s, "psu1", "ruin"));
    stand_run(s, SECONDS(1));
    cr_expect_eq(stand_read(s, "psu1", "state"), (double)PSU_OFF);
    stand_act(s, "psu1", "on");
    cr_expect_eq(stand_run_to(s, "psu1", EV_DEAD, SECONDS(1)), SECONDS(1) + MS(5));
    stand_run(s, SECONDS(2));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 0);
    cr_expect(stand_act(s, "psu1", "repair"));
    cr_expect_eq(stand_run_to(s, "psu1", EV_OUTPUT_ON, SECONDS(1)), SECONDS(2) + MS(5));
    stand_free(s);
}

/* ---- feeds --------------------------------------------------------------------------------------- */

Test(psu, a_feed_takes_all_its_supplies_and_no_others)
{
    struct stand *s = stand_new("a: {is: feed}\nb: {is: feed}\npsu1: {" SUPPLY ", from: a}\n"
                                "psu2: {" SUPPLY ", from: a}\npsu3: {" SUPPLY ", from: b}\n"
                                "none: {" SERVER ", from: [psu1, psu2, psu3], p: 1 W}\n");

    stand_run(s, MS(1));
    stand_act(s, "a", "open");
    cr_expect_eq(stand_when(s, "psu1", EV_INPUT_LOST, 0), MS(1));
    cr_expect_eq(stand_when(s, "psu2", EV_INPUT_LOST, 0), MS(1));
    cr_expect_eq(stand_count(s, "psu3", EV_INPUT_LOST), 0);
    stand_free(s);
}

Test(psu, a_sag_counts_from_the_least_input_voltage_on)
{
    struct stand *s =
        stand_new("a: {is: feed}\npsu1: {" SUPPLY ", from: a, v_in_least: 80 V}\n" IDLE);

    stand_act_with(s, "a", "sag", (struct act_args){.to = 80.0});
    cr_expect_eq(stand_count(s, "psu1", EV_INPUT_LOST), 0);
    stand_act_with(s, "a", "sag", (struct act_args){.to = 79.9});
    cr_expect_eq(stand_count(s, "psu1", EV_INPUT_LOST), 1);
    stand_act(s, "a", "restore");
    cr_expect_eq(stand_count(s, "psu1", EV_INPUT_BACK), 1);
    stand_free(s);
}

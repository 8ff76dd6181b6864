/* test_derating.c - what the air leaves of a supply's rating, and what follows from it.
 *
 * Oracles: the data sheets' line, 100 % up to 50 degC and 2.5 %/K less up to 70 degC, 20 % less in still
 * air [hardware facts 7]; limits are parts of the rating; charge beyond it is int (i - i_rated) dt. */
#include "supply_stand.h"

#define AT(degC) ((struct act_args){.to = (degC)})

Test(derating, is_the_line_of_the_data_sheet)
{
    static const struct {
        double inlet_C, fan, left;
    } sheet[] = {{30.0, 1.0, 1.0},  {50.0, 1.0, 1.0},
                 {52.0, 1.0, 0.95}, {60.0, 1.0, 0.75},
                 {70.0, 1.0, 0.5},  {90.0, 1.0, 0.5},
                 {30.0, 0.0, 0.8},  {60.0, 0.0, 0.6},
                 {-10.0, 1.0, 1.0}, {30.0, 0.9, 0.8 + 0.2 * 0.91917}};
    struct stand *s = one(100.0, "");

    for (size_t i = 0; i < sizeof sheet / sizeof *sheet; i++) {
        stand_act_with(s, "psu1", "inlet", AT(sheet[i].inlet_C));
        stand_act_with(s, "psu1", "slow_fan", AT(sheet[i].fan));
        cr_expect_float_eq(stand_read(s, "psu1", "rating"), sheet[i].left, 1e-6, "%g degC, fan %g",
                           sheet[i].inlet_C, sheet[i].fan);
        cr_expect_float_eq(stand_read(s, "psu1", "i_rated"), sheet[i].left * RATED_A, 1e-3);
    }
    stand_free(s);
}

/* Into a short: 1.2 of the rating that the air leaves, in the instant in which the air changes. */
Test(derating, moves_the_current_limit)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", overload: limit}\n" IDLE);

    stand_act_with(s, "psu1", "short_output", AT(0.05));
    stand_run(s, MS(10));
    cr_expect_float_eq(stand_read(s, "psu1", "i"), 1.2 * RATED_A, 1e-6);
    stand_act_with(s, "psu1", "inlet", AT(60.0));
    cr_expect_float_eq(stand_read(s, "psu1", "i"), 1.2 * 0.75 * RATED_A, 1e-6);
    cr_expect_float_eq(stand_read(s, "psu1", "load"), 1.2, 1e-9);
    stand_act(s, "psu1", "stop_fan");
    cr_expect_float_eq(stand_read(s, "psu1", "i"), 1.2 * 0.75 * 0.8 * RATED_A, 1e-6);
    stand_act_with(s, "psu1", "inlet", AT(20.0));
    stand_act(s, "psu1", "start_fan");
    stand_run(s, MS(20));
    cr_expect_float_eq(stand_read(s, "psu1", "i"), 1.2 * RATED_A, 1e-6);
    stand_free(s);
}

Test(derating, moves_the_power_limit)
{
    struct stand *s = stand_new("psu1: {" SUPPLY ", overload: limit, p_limit: 1.05}\n" IDLE);

    stand_act_with(s, "psu1", "inlet", AT(60.0));
    stand_act_with(s, "psu1", "short_output", AT(0.15)); /* 12 V are 960 W: beyond 787.5 W */
    stand_run(s, MS(50));
    cr_expect_float_eq(stand_read(s, "psu1", "power"), 1.05 * 0.75 * 1000.0, 1e-3);
    stand_free(s);
}

/* 850 W are no overload of 1 kW, but of 750 W: it stops when the charge beyond 62.5 A is its budget. */
Test(derating, makes_an_overload_of_what_was_none)
{
    struct stand *s = one(850.0, ", overload_budget: 0.5 C");
    double i_A = current_A(V, R + R_INPUT, 850.0);

    stand_run(s, SECONDS(1000));
    cr_expect_eq(stand_count(s, "psu1", EV_OVERLOAD), 0);
    stand_act_with(s, "psu1", "inlet", AT(60.0));
    ns_t trip = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    double wanted_s = 0.5 / (i_A - 0.75 * RATED_A);
    cr_expect_float_eq(ns_to_s(trip - SECONDS(1000)), wanted_s, 1e-8, "%.9f, not %.9f",
                       ns_to_s(trip - SECONDS(1000)), wanted_s);
    stand_run(s, SECONDS(2000));
    cr_expect_eq(stand_count(s, "psu1", EV_OUTPUT_ON), 0); /* latched, not too hot */
    stand_free(s);
}

/* The air warms in four steps, 20 ms each: what is spent at one rating counts at the next. */
Test(derating, leaves_what_is_spent_of_the_overload_budget)
{
    static const double inlet_C[] = {57.0, 58.0, 59.0, 60.0};
    struct stand *s = one(850.0, ", overload_budget: 0.5 C");
    double i_A = current_A(V, R + R_INPUT, 850.0), left_C = 0.5;

    for (int i = 0; i < 4; i++) {
        stand_act_with(s, "psu1", "inlet", AT(inlet_C[i]));
        double over_A = i_A - (1.0 - 0.025 * (inlet_C[i] - 50.0)) * RATED_A;
        if (i < 3) {
            stand_run(s, MS(20 * (i + 1)));
            left_C -= 0.02 * fmax(over_A, 0.0);
        } else {
            ns_t trip = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
            cr_expect_float_eq(ns_to_s(trip), 0.06 + left_C / over_A, 1e-8);
        }
    }
    cr_expect(left_C > 0.1 && left_C < 0.4, "%g C", left_C); /* it had spent some */
    stand_free(s);
}

Test(derating, that_ends_in_time_ends_the_overload)
{
    struct stand *s = one(850.0, ", overload_budget: 0.5 C");

    for (int i = 0; i < 20; i++) { /* 9.2 A for 50 ms: 0.46 C each time */
        stand_act_with(s, "psu1", "inlet", AT(60.0));
        stand_run(s, MS(60 * i + 50));
        stand_act_with(s, "psu1", "inlet", AT(50.0));
        stand_run(s, MS(60 * i + 60));
    }
    cr_expect_eq(stand_count(s, "psu1", EV_OVERLOAD), 0);
    cr_expect_eq(stand_count(s, "psu1", EV_DERATED), 40);
    stand_free(s);
}

/* The common cause: a tray that stops derates all its supplies in that instant, and no other. */
Test(derating, by_a_tray_is_common_to_all_its_supplies)
{
    struct stand *s = stand_new("tray: {is: cooling, fans: 2, reserve: 0}\n"
                                "psu1: {" SUPPLY ", air: tray}\npsu2: {" SUPPLY ", air: tray}\n"
                                "psu3: {" SUPPLY "}\n"
                                "web1: {" SERVER ", from: [psu1, psu2, psu3], p: 100 W}\n");

    stand_run(s, SECONDS(1));
    stand_act(s, "tray", "fail_fan");
    cr_expect_float_eq(stand_read(s, "psu1", "rating"), 0.8 + 0.2 * pow(0.5, 0.8), 1e-12);
    stand_act(s, "tray", "stop");
    for (int i = 1; i <= 2; i++) {
        const char *psu = i == 1 ? "psu1" : "psu2";
        cr_expect_eq(stand_read(s, psu, "rating"), 0.8);
        cr_expect_eq(stand_when(s, psu, EV_DERATED, 1), SECONDS(1));
    }
    cr_expect_eq(stand_read(s, "psu3", "rating"), 1.0);
    stand_act(s, "tray", "repair");
    cr_expect_eq(stand_read(s, "psu2", "rating"), 1.0);
    stand_free(s);
}

/* Two on a share line share by their name plates; the one in hot air is in its limit at 60 % of what it
 * could, and the other takes the rest. */
Test(derating, of_one_of_two_leaves_the_rest_to_the_other)
{
    struct stand *s = stand_new("line: {is: share}\n"
                                "psu1: {" SUPPLY ", share: line, overload: limit}\n"
                                "psu2: {" SUPPLY ", share: line, overload: limit}\n"
                                "web1: {" SERVER ", from: [psu1, psu2], p: 1400 W}\n");

    stand_act_with(s, "psu1", "inlet", AT(55.0));
    stand_run(s, SECONDS(1));
    cr_expect_float_eq(stand_read(s, "psu1", "i"), stand_read(s, "psu2", "i"), 1e-3);
    stand_act_with(s, "psu1", "inlet", AT(70.0));
    stand_run(s, SECONDS(2));
    cr_expect_float_eq(stand_read(s, "psu1", "i"), 0.6 * RATED_A, 1e-6);
    double total_A = 1400.0 / stand_read(s, "web1", "v");
    cr_expect_float_eq(stand_read(s, "psu2", "i"), total_A - 0.6 * RATED_A, 1e-3);
    stand_free(s);
}

/* A bus master hears that the air is warm; the rating in its registers is that of the name plate. */
Test(derating, is_told_as_a_temperature_warning)
{
    struct stand *s = one(100.0, "");
    const struct psu_state *u =
        plant_at(s->world->plant, plant_slot(s->world, stand_part(s, "psu1"))->state_at);

    stand_act_with(s, "psu1", "inlet", AT(50.0));
    cr_expect_eq(u->face.present[PMBUS_TEMPERATURE] & ST_OT_WARNING, 0);
    stand_act_with(s, "psu1", "inlet", AT(51.0));
    cr_expect_neq(u->face.present[PMBUS_TEMPERATURE] & ST_OT_WARNING, 0);
    cr_expect_eq(u->face.value[PMBUS_POUT_MAX], 1000.0);
    stand_act_with(s, "psu1", "inlet", AT(50.0));
    cr_expect_eq(u->face.present[PMBUS_TEMPERATURE] & ST_OT_WARNING, 0);
    stand_free(s);
}

/* A run that begins in hot air begins derated: 850 W are too much from the start. */
Test(derating, counts_from_the_start)
{
    struct stand *s = one(850.0, ", overload_budget: 0.5 C, inlet: 60 degC");
    double i_A = current_A(V, R + R_INPUT, 850.0);

    ns_t trip = stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    cr_expect_float_eq(ns_to_s(trip), 0.5 / (i_A - 0.75 * RATED_A), 1e-8);
    cr_expect_eq(stand_count(s, "psu1", EV_DERATED), 0);
    stand_free(s);
}

/* Forked between two steps of the air, with part of the budget spent: both trip in the same nanosecond. */
Test(derating, goes_on_in_a_fork)
{
    struct stand *s = one(850.0, ", overload_budget: 0.5 C");

    stand_act_with(s, "psu1", "inlet", AT(58.0));
    stand_run(s, MS(40));
    stand_act_with(s, "psu1", "inlet", AT(59.0));
    stand_run(s, MS(50));
    struct world *fork = plant_fork(s->world, &(struct sink){0});
    plant_run(fork, SECONDS(1));
    cr_expect_eq(stand_count(s, "psu1", EV_OVERLOAD), 0);
    stand_run_to(s, "psu1", EV_OVERLOAD, SECONDS(1));
    stand_run(s, SECONDS(1));
    cr_expect_eq(fork->plant->hash, s->world->plant->hash);
    plant_free_fork(fork);
    stand_free(s);
}

/* test_cooling.c - a fan tray, and what its supplies feel of it.
 *
 * Oracle: C dT/dt = loss - (G0 + (G - G0) q^0.8) (T - T_inlet), q by counting fans. */
#include "supply_stand.h"

#define TWO_IN_A_TRAY(reserve)                                                                     \
    "tray: {is: cooling, fans: 4, reserve: " reserve "}\n"                                         \
    "psu1: {" SUPPLY NOT_DERATED ", air: tray}\npsu2: {" SUPPLY NOT_DERATED ", air: tray}\n"       \
    "psu3: {" SUPPLY "}\n"                                                                         \
    "web1: {" SERVER ", from: psu1, p: 950 W}\n"                                                   \
    "web2: {" SERVER ", from: psu2, p: 950 W}\n"                                                   \
    "web3: {" SERVER ", from: psu3, p: 950 W}\n"

static double steady_C(double flow)
{
    double loss_W = terminal_W(V, 950.0) * (1.0 / 0.94 - 1.0);

    return 30.0 + loss_W / (0.5 + 2.0 * pow(flow, 0.8));
}

Test(cooling, a_failed_fan_warms_every_supply_of_the_tray_and_no_other)
{
    struct stand *s = stand_new(TWO_IN_A_TRAY("0"));

    for (int failed = 0; failed < 4; failed++) {
        stand_run(s, SECONDS(1000 * (failed + 1)));
        double wanted_C = fmin(steady_C((4.0 - failed) / 4.0), 110.0);
        cr_expect_float_eq(stand_read(s, "tray", "flow"), (4.0 - failed) / 4.0, 1e-12);
        cr_expect_float_eq(stand_read(s, "psu1", "temperature"), wanted_C, 1e-3);
        cr_expect_float_eq(stand_read(s, "psu2", "temperature"), wanted_C, 1e-3);
        cr_expect_float_eq(stand_read(s, "psu3", "temperature"), steady_C(1.0), 1e-3);
        stand_act(s, "tray", "fail_fan");
    }
    stand_free(s);
}

/* Three fans at 4/3 of their speed blow as much as four. */
Test(cooling, fans_that_may_turn_faster_make_up_for_one)
{
    struct stand *s = stand_new(TWO_IN_A_TRAY("34 %"));

    stand_act(s, "tray", "fail_fan");
    cr_expect_eq(stand_read(s, "tray", "flow"), 1.0);
    stand_act(s, "tray", "fail_fan");
    cr_expect_float_eq(stand_read(s, "tray", "flow"), 0.67, 1e-12);
    stand_free(s);
}

/* The common cause: both are lost in the same instant, T(t) from one steady state towards the
 * other. */
Test(cooling, a_tray_that_stops_takes_all_its_supplies)
{
    struct stand *s = stand_new(TWO_IN_A_TRAY("20 %"));
    double wanted_s = 60.0 / 0.5 * log((steady_C(0.0) - steady_C(1.0)) / (steady_C(0.0) - 110.0));

    stand_act(s, "tray", "stop");
    stand_run(s, SECONDS(400));
    for (int i = 1; i <= 2; i++) {
        const char *psu = i == 1 ? "psu1" : "psu2";
        ns_t hot = stand_when(s, psu, EV_OVER_TEMPERATURE, 0);
        cr_expect_float_eq(ns_to_s(hot), wanted_s, 1e-4, "%s: %g, not %g", psu, ns_to_s(hot),
                           wanted_s);
    }
    cr_expect_eq(stand_count(s, "psu3", EV_OVER_TEMPERATURE), 0);
    cr_expect(stand_act(s, "tray", "repair"));
    cr_expect_eq(stand_read(s, "tray", "fans"), 4.0);
    stand_free(s);
}

Test(cooling, a_supply_in_a_tray_has_no_fan_of_its_own)
{
    struct stand *s = stand_new(TWO_IN_A_TRAY("20 %"));

    cr_expect(!stand_act(s, "psu1", "stop_fan"));
    cr_expect(stand_act(s, "psu3", "stop_fan"));
    stand_free(s);
}

/* A worn fan: warmer by the same law, and the supply warns below 80 % of its speed. */
Test(cooling, a_fan_of_its_own_that_turns_slower)
{
    const double speed[] = {0.9, 0.79, 0.5};

    for (int i = 0; i < 3; i++) {
        struct stand *s = one(950.0, NOT_DERATED);
        struct plant *p = s->world->plant;
        const struct psu_state *u =
            plant_at(p, plant_slot(s->world, stand_part(s, "psu1"))->state_at);
        stand_act_with(s, "psu1", "slow_fan", (struct act_args){.to = speed[i]});
        stand_run(s, SECONDS(1000));
        cr_expect_float_eq(stand_read(s, "psu1", "temperature"), steady_C(speed[i]), 1e-3);
        cr_expect_eq((u->face.present[PMBUS_FANS] & ST_FAN_1_WARNING) != 0, speed[i] < 0.8);
        stand_free(s);
    }
}

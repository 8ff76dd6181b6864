/* test_switches.c - what FETs, relays and breakers share: stuck ones, orders taken back.
 *
 * Oracles: the story itself; Ohm's law. */
#include "switch_stand.h"

/* ---- stuck, for all three ------------------------------------------------------------------------- */

static void expect_stuck(const char *kind)
{
    char rack[512];
    snprintf(rack, sizeof rack,
             STIFF("12 V") NODE("b", "1 mF", "12 V") "q: {is: %s, from: a, to: b}\n"
                                                     "load: {is: resistor, from: b, r: 1 Ohm}\n",
             kind);
    struct stand *s = stand_new(rack);

    stand_run(s, MS(10));
    stand_act(s, "q", "stick_open");
    stand_run(s, MS(100));
    cr_expect_float_eq(stand_read(s, "b", "v"), 0.0, 1e-6, "%s", kind);
    stand_act(s, "q", "open");
    stand_act(s, "q", "close");
    stand_run(s, SECONDS(10));
    cr_expect_float_eq(stand_read(s, "b", "v"), 0.0, 1e-6, "%s", kind);
    stand_act(s, "q", "free");
    stand_run(s, SECONDS(20));
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0, 0.05, "%s", kind);

    stand_act(s, "q", "stick_closed");
    stand_act(s, "q", "open");
    stand_run(s, SECONDS(30));
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0, 0.05, "%s", kind);
    stand_act(s, "q", "free");
    stand_run(s, SECONDS(40));
    cr_expect_float_eq(stand_read(s, "b", "v"), 0.0, 1e-6, "%s", kind);
    stand_free(s);
}

Test(switches, what_is_stuck_does_what_it_is_told_only_when_it_is_free_again)
{
    expect_stuck("fet");
    expect_stuck("relay");
    expect_stuck("breaker");
}

/* A protection that was out of order with its part is back with it. */
Test(switches, what_is_free_again_protects_again)
{
    struct stand *s = stand_new(
        STIFF("12 V") NODE("b", "1 mF", "12 V") "q: {is: fet, from: a, to: b}\n"
                                                "br: {is: breaker, from: a, to: b, rated: 10 A}\n"
                                                "short: {is: switch, from: b, r: 0.1 Ohm}\n");

    stand_act(s, "q", "stick_closed");
    stand_act(s, "br", "stick_closed");
    stand_act(s, "q", "free");
    stand_act(s, "q", "open");
    stand_act(s, "br", "free");
    stand_run(s, MS(100));
    stand_act(s, "short", "close");
    stand_run_to(s, "br", EV_TRIP, MS(20));
    stand_free(s);

    s = stand_new(STIFF("12 V")
                      NODE("b", "1 F", "12 V") "q: {is: fet, from: b, to: a}\n"
                                               "short: {is: switch, from: b, r: 1 mOhm}\n");
    stand_act(s, "q", "stick_closed");
    stand_run(s, MS(1));
    stand_act(s, "q", "free");
    stand_act(s, "short", "close");
    stand_run_to(s, "q", EV_ORING_OFF, MS(1));
    stand_free(s);
}

/* A shorted one does not block. */
Test(fet, a_shorted_one_lets_current_back)
{
    struct stand *s = stand_new(
        STIFF("12 V") NODE("b", "1 F", "12 V") "q: {is: fet, from: b, to: a}\n"
                                               "short: {is: switch, from: b, r: 10 mOhm}\n");

    stand_act(s, "q", "stick_closed");
    stand_act(s, "short", "close");
    stand_run(s, SECONDS(1));
    cr_expect_eq(stand_count(s, "q", EV_ORING_OFF), 0);
    cr_expect_float_eq(stand_read(s, "q", "i"), -12.0 / 11e-3, 2.0);
    stand_free(s);
}

static void expect_taken_back(const char *kind, const char *more)
{
    char rack[512];
    snprintf(rack, sizeof rack,
             STIFF("12 V") NODE("b", "1 mF", "12 V") "q: {is: %s, from: a, to: b%s}\n"
                                                     "load: {is: resistor, from: b, r: 1 Ohm}\n",
             kind, more);
    struct stand *s = stand_new(rack);

    stand_run(s, MS(10));
    stand_act(s, "q", "open");
    stand_run(s, MS(10) + US(2));
    stand_act(s, "q", "close");
    stand_run(s, SECONDS(1));
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0, 0.05, "%s", kind);
    cr_expect_eq(stand_count(s, "q", EV_OPENS), 0, "%s", kind);
    cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_CLOSED, "%s", kind);
    stand_free(s);
}

Test(switches, an_order_taken_back_in_time_never_opens)
{
    expect_taken_back("fet", "");
    expect_taken_back("relay", "");
    expect_taken_back("breaker", "");
}

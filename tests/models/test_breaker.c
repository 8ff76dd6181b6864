/* test_breaker.c - breakers: times, limits, trips.
 *
 * Oracles: closed forms of the bimetal; data-sheet windows over many seeds; counts by hand. */
#include "switch_stand.h"

/* ---- breaker: times and limits -------------------------------------------------------------------- */

#define BREAKER(more)                                                                              \
    STIFF("12 V")                                                                                  \
    NODE("b", "1 mF", "12 V")                                                                      \
    "q: {is: breaker, from: a, to: b" more "}\n"                                                   \
    "load: {is: resistor, from: b, r: 1 Ohm}\n"

Test(breaker, closes_within_60_ms_and_10)
{
    double least = INFINITY, most = 0.0;

    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct stand *s = stand_seeded(BREAKER(", closed: no"), seed);
        stand_act(s, "q", "close");
        double closed_s = ns_to_s(stand_run_to(s, "q", EV_CLOSED, SECONDS(1)));
        least = fmin(least, closed_s);
        most = fmax(most, closed_s);
        stand_free(s);
    }
    cr_expect(least >= 49.9e-3 && least < 51e-3, "%g", least);
    cr_expect(most <= 70.1e-3 && most > 69e-3, "%g", most);
}

/* Close, and open again; does it accept? */
static bool cycles(struct stand *s)
{
    int32_t refused = stand_count(s, "q", EV_REFUSED);

    stand_act(s, "q", "close");
    stand_run(s, stand_now(s) + MS(100));
    bool accepted = stand_count(s, "q", EV_REFUSED) == refused;
    cr_expect_eq(stand_read(s, "q", "state") == (double)SWITCH_CLOSED, accepted);
    stand_act(s, "q", "open");
    stand_run(s, stand_now(s) + MS(100));
    return accepted;
}

Test(breaker, refuses_until_its_spring_is_charged)
{
    struct stand *s = stand_new(BREAKER(", closed: no, scatter: 0, recharge: 4 s"));

    cr_expect(cycles(s)); /* touches at 60 ms */
    stand_run(s, MS(4059));
    cr_expect(!cycles(s));
    cr_expect(cycles(s));
    stand_free(s);
}

Test(breaker, closes_three_times_a_minute)
{
    struct stand *s = stand_new(BREAKER(", closed: no, scatter: 0"));

    for (int i = 0; i < 3; i++) {
        stand_run(s, SECONDS(10 * i));
        cr_expect(cycles(s));
    }
    stand_run(s, SECONDS(30));
    cr_expect(!cycles(s));
    stand_run(s, SECONDS(60) + MS(59)); /* the first touched at 60 ms */
    cr_expect(!cycles(s));
    cr_expect(cycles(s));
    stand_free(s);
}

/* ---- breaker: trips ------------------------------------------------------------------------------- */

/* From a cold start (12 V behind a resistor that draws `times` the rating of 10 A): when it trips. */
static double trips_s(double times, const char *more)
{
    char rack[512];

    snprintf(rack, sizeof rack,
             NODE("a", "1 mF", "12 V")
                 NODE("b", "1 uF",
                      "12 V") "feed: {is: source, at: a, e: 12 V, r: 0.5 mOhm}\n"
                              "q: {is: breaker, from: a, to: b, rated: 10 A, r_on: 0.5 mOhm, "
                              "thermal_tau: 300 s, instant: 8, clearing: 10 ms%s}\n"
                              "load: {is: resistor, from: b, r: %.17g Ohm}\n",
             more, 12.0 / (times * 10.0) - 1e-3);
    struct stand *s = stand_new(rack);
    stand_run(s, SECONDS(7200));
    ns_t trip = stand_when(s, "q", EV_TRIP, 0);
    stand_free(s);
    return trip == NS_NEVER ? INFINITY : ns_to_s(trip);
}

/* The curve: below 8 times its rating the bimetal, x = (i / i_rated)^2: tau ln(x / (x - hot^2)); above
 * that the magnet, after its clearing time, whatever the current; below `hot` nothing. */
Test(breaker, trips_as_its_curve_says)
{
    static const double times[] = {1.29, 1.31, 1.5, 2.0, 3.0, 4.0, 6.0, 7.9, 8.1, 10.0, 20.0, 50.0};

    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        double x = times[i] * times[i];
        double bimetal_s = x > 1.69 ? 300.0 * log(x / (x - 1.69)) : INFINITY;
        double wanted_s = times[i] > 8.0 ? 10e-3 : bimetal_s;
        double is_s = trips_s(times[i], ", hot: 1.3");
        cr_expect(is_s == wanted_s || fabs(is_s - wanted_s) < 1e-4 * wanted_s + 3e-6,
                  "%g: %.6f s, not %.6f s", times[i], is_s, wanted_s);
    }
}

/* IEC 60947-2: within two hours it must not trip at 1.05 times its rating, and must at 1.30. */
Test(breaker, keeps_to_the_conventional_currents)
{
    cr_expect_eq(trips_s(1.05, ""), INFINITY);
    cr_expect_leq(trips_s(1.30, ""), 7200.0);
}

/* One that has carried i0 before the run: from x0 = (i0 / i_rated)^2, tau ln((x - x0) / (x - hot^2)).
 * i0 and i are what the server draws, over the bar's voltage. */
Test(breaker, is_as_warm_as_what_it_carries_when_the_run_begins)
{
    const double then_W[] = {1800.0, 2400.0}, first_W[] = {200.0, 1200.0, 1450.0};

    for (int i = 0; i < 6; i++) {
        char rack[512];
        snprintf(rack, sizeof rack,
                 "psu1: {is: psu, v: 12 V, tolerance: 0, rated: 5 kW, hold_up: 60 J}\n"
                 "bar: {is: bus, v: 12 V}\n"
                 "q: {is: breaker, from: psu1, to: bar, rated: 100 A, hot: 1.3, "
                 "thermal_tau: 300 s}\n"
                 "web: {is: server, from: bar, p: %g W, off_below: 9 V, on_above: 10 V, "
                 "i_max: 1 kA}\n",
                 first_W[i / 2]);
        struct stand *s = stand_new(rack);
        double i0_pu = stand_read(s, "web", "i") / 100.0;
        cr_expect_float_eq(stand_read(s, "q", "theta"), i0_pu * i0_pu, 1e-3);
        stand_run(s, SECONDS(100));
        cr_expect_float_eq(stand_read(s, "q", "theta"), i0_pu * i0_pu, 1e-3);
        stand_act_with(s, "web", "step", (struct act_args){.to = then_W[i % 2]});
        stand_run(s, SECONDS(101));
        double i_pu = stand_read(s, "web", "i") / 100.0, x = i_pu * i_pu;
        double wanted_s = 300.0 * log((x - i0_pu * i0_pu) / (x - 1.69));
        double is_s = ns_to_s(stand_run_to(s, "q", EV_TRIP, SECONDS(1000)) - SECONDS(100));
        cr_expect_float_eq(is_s, wanted_s, 1e-3 * wanted_s, "%.6f s, not %.6f s", is_s, wanted_s);
        stand_free(s);
    }
}

Test(breaker, carries_a_quarter_more_than_its_rating_for_ever)
{
    struct stand *s = stand_new(STIFF("12 V") NODE(
        "b", "1 mF", "12 V") "q: {is: breaker, from: a, to: b, rated: 10 A, hot: 1.3}\n"
                             "load: {is: resistor, from: b, r: 0.96 Ohm}\n");

    stand_run(s, SECONDS(3600));
    cr_expect_eq(stand_count(s, "q", EV_TRIP), 0);
    cr_expect_float_eq(stand_read(s, "q", "theta"), 1.5625, 0.01);
    stand_free(s);
}

#define SHORTED                                                                                    \
    STIFF("12 V")                                                                                  \
    NODE("b", "1 mF", "12 V")                                                                      \
    "q: {is: breaker, from: a, to: b, rated: 10 A, instant: 8, clearing: 10 ms, r_on: 1 mOhm%s}\n" \
    "load: {is: resistor, from: b, r: 2 Ohm}\n"                                                    \
    "short: {is: switch, from: b, r: 0.1 Ohm}\n"

static struct stand *shorted(const char *more)
{
    char rack[512];

    snprintf(rack, sizeof rack, SHORTED, more);
    return stand_new(rack);
}

Test(breaker, trips_at_once_after_its_clearing_time)
{
    struct stand *s = shorted("");

    stand_run(s, MS(100));
    stand_act(s, "short", "close"); /* 118 A of 80 A, within microseconds */
    ns_t trip = stand_run_to(s, "q", EV_TRIP, MS(100));
    cr_expect_float_eq(ns_to_s(trip), 110e-3, 0.3e-3);
    stand_run(s, MS(200));
    cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_TRIPPED);
    stand_free(s);
}

Test(breaker, an_inrush_that_is_over_by_then_does_not_trip)
{
    struct stand *s = shorted("");

    stand_run(s, MS(100));
    stand_act(s, "short", "close");
    stand_run(s, MS(109));
    stand_act(s, "short", "open");
    stand_run(s, SECONDS(1));
    cr_expect_eq(stand_count(s, "q", EV_TRIP), 0);
    stand_free(s);
}

/* Without a motor a person must come; with one the next order is enough. */
Test(breaker, a_trip_is_reset_by_a_person_or_by_its_motor)
{
    for (int motor = 0; motor < 2; motor++) {
        struct stand *s = shorted(motor ? ", motor: yes" : ", motor: no");
        stand_act(s, "short", "close");
        stand_run_to(s, "q", EV_TRIP, MS(100));
        stand_act(s, "short", "open");
        stand_run(s, SECONDS(10));
        stand_act(s, "q", "open");
        stand_act(s, "q", "close");
        stand_run(s, SECONDS(20));
        cr_expect_eq(stand_count(s, "q", EV_REFUSED), motor ? 0 : 1);
        cr_expect_eq(stand_read(s, "q", "state"),
                     motor ? (double)SWITCH_CLOSED : (double)SWITCH_TRIPPED);
        cr_expect_eq(stand_act(s, "q", "reset"), !motor);
        stand_run(s, SECONDS(30)); /* it is still told to be closed */
        cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_CLOSED);
        stand_free(s);
    }
}

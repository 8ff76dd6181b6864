/* A verdict is what the waveform says. Oracle: closed forms.
 *
 * A capacitor of 10 mF at 12 V feeds 800 W from t = 0: v = sqrt(144 - 160000 t), below 10.8 V from
 * 171 us. At 200 us the load is gone and 10 A flow in: 1000 V/s, back above 10.8 V after another
 * 10.8 - sqrt(112) millivolts per microsecond. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/rig.h"

#define RACK                                                                                       \
    "duration: 1 ms\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"                               \
    "  p1: {is: source, at: bus, e: 100 V, r: 1 Ohm, i_max: 10 A, on: no}\n"                       \
    "  l1: {is: load, at: bus, p: 800 W, off_below: 5 V}\n"                                        \
    "do:\n  - {at: 200 us, act: l1.step, to: 0 W}\n  - {at: 200 us, act: p1.on}\n"

static const double DOWN_S = 171e-6, TURN_S = 200e-6;
static const double NEAR_S = 30e-9; /* the integrator's tolerance over the slope */

static double lowest_V(void)
{
    return sqrt(112.0);
}

static double up_s(void)
{
    return TURN_S + (10.8 - lowest_V()) / 1000.0;
}

/* Plays the rack with these expectations. */
static struct rig *expecting(const char *expect)
{
    static char text[2048];

    snprintf(text, sizeof text, "%sexpect:\n%s", RACK, expect);
    return rig_from_text(text);
}

static bool near(double is, double wanted, double tolerance)
{
    return fabs(is - wanted) <= tolerance;
}

Test(judge, a_gap_begins_and_ends_where_the_closed_form_says)
{
    struct rig *r = expecting("  - {gap: bus.v < 10.8 V, at_most: 1 ms}\n");
    const struct gap *g = rig_gap(r, 0);

    cr_expect_eq(rig_gaps(r), 1);
    cr_expect(near(ns_to_s(g->start), DOWN_S, NEAR_S), "%ld", (long)g->start);
    cr_expect(near(ns_to_s(g->end), up_s(), NEAR_S), "%ld", (long)g->end);
    cr_expect(near(g->worst, lowest_V(), 1e-4), "%.9f", g->worst);
    cr_expect(near(ns_to_s(g->worst_at), TURN_S, NEAR_S), "%ld", (long)g->worst_at);
    cr_expect(!g->open);
    rig_free(r);
}

/* Integral of 10.8 - v: under the root from 171 to 200 us, a triangle afterwards. */
Test(judge, missing_volt_seconds_are_the_area_below_the_threshold)
{
    struct rig *r = expecting("  - {gap: bus.v < 10.8 V, at_most: 1 ms}\n");
    double under_root = (pow(10.8, 3.0) - pow(112.0, 1.5)) / (1.5 * 160000.0);
    double rise = 10.8 - lowest_V();
    double area = 10.8 * (TURN_S - DOWN_S) - under_root + 0.5 * rise * rise / 1000.0;

    cr_expect(near(rig_gap(r, 0)->missing_Vs, area, 2e-4 * area), "%.9g, not %.9g",
              rig_gap(r, 0)->missing_Vs, area);
    rig_free(r);
}

Test(judge, the_stated_error_covers_the_real_one)
{
    struct rig *r = expecting("  - {gap: bus.v < 10.8 V, at_most: 1 ms}\n");
    const struct gap *g = rig_gap(r, 0);
    double real = fabs(ns_to_s(g->end - g->start) - (up_s() - DOWN_S));

    cr_expect(real <= g->error_s, "%.3g beyond %.3g", real, g->error_s);
    cr_expect(g->error_s < 100e-9);
    rig_free(r);
}

/* 245.995 us is the length: 246.2 us pass, 245.8 us don't, and 245.995 us nobody can tell. */
Test(judge, a_margin_within_the_accuracy_is_neither_pass_nor_fail)
{
    struct rig *r = expecting("  - {gap: bus.v < 10.8 V, at_most: 246200 ns}\n"
                              "  - {gap: bus.v < 10.8 V, at_most: 245800 ns}\n"
                              "  - {gap: bus.v < 10.8 V, at_most: 245995 ns}\n");

    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
    cr_expect_eq(rig_ruling(r, 1)->verdict, VERDICT_FAIL);
    cr_expect_eq(rig_ruling(r, 2)->verdict, VERDICT_UNRESOLVED);
    cr_expect(near(rig_ruling(r, 0)->margin, 246.2e-6 - (up_s() - DOWN_S), NEAR_S));
    cr_expect_eq(judge_verdict(r->run->judge), VERDICT_FAIL);
    rig_free(r);
}

Test(judge, without_a_gap_the_margin_is_the_distance_to_the_threshold)
{
    struct rig *r = expecting("  - {gap: bus.v < 10.5 V, at_most: 0 ms}\n"
                              "  - {never: bus.v < 10.5 V}\n");

    for (int32_t i = 0; i < 2; i++) {
        const struct ruling *u = rig_ruling(r, i);
        cr_expect_eq(u->verdict, VERDICT_PASS);
        cr_expect_eq(u->quantity, QTY_VOLT);
        cr_expect(near(u->margin, lowest_V() - 10.5, 1e-4), "%.9f", u->margin);
        cr_expect(near(ns_to_s(u->at), TURN_S, NEAR_S));
    }
    rig_free(r);
}

Test(judge, never_allows_a_spell_no_longer_than_its_for)
{
    struct rig *r = expecting("  - {never: bus.v < 10.8 V, for: 300 us}\n"
                              "  - {never: bus.v < 10.8 V, for: 200 us}\n"
                              "  - {never: bus.v < 10.8 V}\n");

    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
    cr_expect_eq(rig_ruling(r, 1)->verdict, VERDICT_FAIL);
    cr_expect_eq(rig_ruling(r, 2)->verdict, VERDICT_FAIL);
    rig_free(r);
}

Test(judge, after_measures_from_the_action_to_the_condition)
{
    struct rig *r = expecting("  - {after: p1.on, within: 220 us, holds: bus.v > 10.8 V}\n"
                              "  - {after: p1.on, within: 210 us, holds: bus.v > 10.8 V}\n"
                              "  - {after: p1.on, within: 1 us, holds: bus.v > 10 V}\n"
                              "  - {after: bus.v < 10.8 V, within: 30 us, holds: bus.v < 10.6 V}\n"
                              "  - {after: p1.on, within: 500 us, holds: bus.v > 20 V}\n"
                              "  - {after: p1.on, within: 900 us, holds: bus.v > 20 V}\n");

    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
    cr_expect(near(rig_ruling(r, 0)->measured, up_s() - TURN_S, NEAR_S));
    cr_expect_eq(rig_ruling(r, 1)->verdict, VERDICT_FAIL);
    cr_expect_eq(rig_ruling(r, 2)->measured, 0.0); /* it holds already */
    cr_expect_eq(rig_ruling(r, 3)->verdict, VERDICT_PASS);
    cr_expect(near(rig_ruling(r, 3)->measured, (10.8 * 10.8 - 10.6 * 10.6) / 160000.0, NEAR_S));
    cr_expect_eq(rig_ruling(r, 4)->verdict, VERDICT_FAIL);       /* not within 500 us */
    cr_expect_eq(rig_ruling(r, 5)->verdict, VERDICT_UNRESOLVED); /* the run ends after 800 us */
    rig_free(r);
}

Test(judge, count_holds_and_ends)
{
    struct rig *r = expecting("  - {count: bus.v < 10.8 V, exactly: 1}\n"
                              "  - {count: bus.v < 10.8 V, at_most: 0}\n"
                              "  - {count: l1.drops, exactly: 0}\n"
                              "  - {holds: bus.v < 10.8 V, at: 170 us}\n"
                              "  - {holds: bus.v < 10.8 V, at: 172 us}\n"
                              "  - {ends: bus.v > 11.3 V}\n"
                              "  - {ends: l1.state == OFF}\n");
    static const enum verdict wanted[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_PASS, VERDICT_FAIL,
                                          VERDICT_PASS, VERDICT_PASS, VERDICT_FAIL};

    for (int32_t i = 0; i < 7; i++) {
        cr_expect_eq(rig_ruling(r, i)->verdict, wanted[i], "ruling %d", (int)i);
    }
    cr_expect(near(rig_ruling(r, 5)->margin, lowest_V() + 0.8 - 11.3, 1e-4));
    rig_free(r);
}

/* The tip of the dip alone: 30 uV deep, it lasts 30 ns after the turn and 5 ns before. */
Test(judge, a_gap_of_nanoseconds_is_found)
{
    char expect[128];

    snprintf(expect, sizeof expect, "  - {gap: bus.v < %.9f V, at_most: 0 ms}\n",
             lowest_V() + 30e-6);
    struct rig *r = expecting(expect);
    cr_expect_eq(rig_gaps(r), 1);
    cr_expect(rig_gap(r, 0)->end - rig_gap(r, 0)->start < 100);
    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_FAIL);
    rig_free(r);
}

Test(judge, states_have_exact_spells)
{
    struct rig *r =
        rig_from_text("duration: 10 ms\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"
                      "  p1: {is: source, at: bus, e: 12 V, r: 10 mOhm, i_max: 100 A}\n"
                      "  s1: {is: switch, from: bus, r: 1 Ohm}\n"
                      "  l1: {is: load, at: bus, p: 1 W, off_below: 5 V}\n"
                      "do:\n  - {at: 2 ms, act: l1.step, to: 2 W}\n"
                      "  - {at: 3 ms, act: s1.close, for: 1500 us}\n"
                      "expect:\n  - {never: s1.i > 5 A and l1.state == ON, for: 1600 us}\n");
    const struct ruling *u = rig_ruling(r, 0);

    cr_expect_eq(u->verdict, VERDICT_PASS);
    cr_expect(near(u->measured, 1500e-6, 1e-12), "%.12f", u->measured);
    cr_expect_eq(u->at, MS(3));
    rig_free(r);
}

Test(judge, an_open_gap_ends_with_the_run)
{
    struct rig *r = rig_from_text("duration: 300 us\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"
                                  "  l1: {is: load, at: bus, p: 800 W, off_below: 5 V}\n"
                                  "expect:\n  - {gap: bus.v < 10.8 V, at_most: 100 us}\n");

    cr_expect(rig_gap(r, 0)->open);
    cr_expect_eq(rig_gap(r, 0)->end, US(300));
    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_FAIL);
    rig_free(r);
}

/* Every bar and every server is watched even if nobody asked. */
Test(judge, nobody_has_to_ask_for_the_gap_of_a_bar)
{
    struct rig *r = rig_from_text(
        "duration: 10 ms\nrack:\n  bus_a: {is: bus, v: 12 V, c: 20 mF}\n"
        "  n1: {is: node, c: 1 mF, v0: 12 V}\n"
        "  p1: {is: source, at: n1, e: 12 V, r: 1 mOhm}\n"
        "  web1: {is: server, from: bus_a, p: 300 W, off_below: 10 V, on_above: 11 V}\n");
    const struct watch *k = rig_observer(r, "bus_a.v");

    cr_expect(k->is_default);
    cr_expect(rig_observer(r, "web1.v")->is_default);
    cr_expect_eq(k->spells, 1); /* nobody feeds it: below 95 % for good */
    rig_free(r);
}

Test(judge, a_deed_that_was_not_done_or_did_nothing_fails)
{
    struct rig *r = rig_from_text("duration: 1 ms\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"
                                  "  p1: {is: source, at: bus, e: 12 V, r: 1 Ohm}\n"
                                  "do:\n  - {at: 100 us, act: p1.on}\n" /* it is on already */
                                  "  - {when: bus.v < 5 V, act: p1.off}\n"
                                  "  - {when: bus.v < 4 V, act: p1.off, optional: yes}\n");

    cr_expect_eq(judge_rulings(r->run->judge), 2);
    cr_expect_str_eq(rig_ruling(r, 0)->note, "this had no effect");
    cr_expect_str_eq(rig_ruling(r, 1)->note, "this never happened");
    cr_expect_eq(judge_verdict(r->run->judge), VERDICT_FAIL);
    rig_free(r);
}

/* The same rack with and without expectations, sampled or not: the same events. */
Test(judge, observers_never_steer)
{
    struct rig *bare = rig_from_text(RACK);
    struct rig *watched = expecting("  - {gap: bus.v < 10.8 V, at_most: 1 ms}\n"
                                    "  - {never: p1.i > 9 A and l1.state == OFF}\n"
                                    "  - {holds: bus.v < 10.8 V, at: 123456 ns}\n");

    cr_expect_eq(bare->run->world->plant->hash, watched->run->world->plant->hash);
    cr_expect_eq(bare->run->world->plant->counts.steps, watched->run->world->plant->counts.steps);
    rig_free(bare);
    rig_free(watched);
}

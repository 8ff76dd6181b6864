/* The script does what the scenario says, when it says so. Oracle: the scenario, closed forms. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig.h"

/* 10 mF at 12 V feed 800 W: v = sqrt(144 - 160000 t). */
#define FALLING                                                                                    \
    "duration: 1 ms\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"                               \
    "  p1: {is: source, at: bus, e: 100 V, r: 1 Ohm, i_max: 10 A, on: no}\n"                       \
    "  l1: {is: load, at: bus, p: 800 W, off_below: 3 V}\n"

static ns_t at_of(const struct rig *r, const char *part, enum event_kind kind, int32_t n)
{
    const struct event *e = rig_event(r, part, kind, n);

    return e == NULL ? NS_NEVER : e->at;
}

Test(script, deeds_of_one_instant_are_done_in_file_order)
{
    struct rig *r = rig_from_text(FALLING "do:\n  - {at: 10 us, act: l1.step, to: 3 W}\n"
                                          "  - {at: 10 us, act: p1.on}\n"
                                          "  - {at: 5 us, act: l1.step, to: 2 W}\n");

    cr_expect_eq(rig_event(r, "l1", EV_ACTION, 0)->value, 2.0);
    cr_expect_lt(rig_event(r, "l1", EV_ACTION, 1)->id, rig_event(r, "p1", EV_ACTION, 0)->id);
    cr_expect_eq(at_of(r, "p1", EV_ACTION, 0), US(10));
    cr_expect_eq(rig_event(r, "p1", EV_ACTION, 0)->cause, 0); /* nothing in the rack caused it */
    rig_free(r);
}

Test(script, an_undoing_comes_after_its_time_and_is_caused_by_the_deed)
{
    struct rig *r =
        rig_from_text(FALLING "do:\n  - {at: 10 us, act: p1.on, for: 7 us, every: 20 us,"
                              " times: 3}\n");

    cr_expect_eq(rig_events(r, "p1", EV_ACTION), 6);
    for (int32_t i = 0; i < 3; i++) {
        const struct event *on = rig_event(r, "p1", EV_ACTION, 2 * i);
        const struct event *off = rig_event(r, "p1", EV_ACTION, 2 * i + 1);
        cr_expect_eq(on->at, US(10) + i * US(20));
        cr_expect_eq(off->at, on->at + US(7));
        cr_expect_eq(off->cause, on->id);
    }
    rig_free(r);
}

/* Pins are pulled down: pin 2 is held high for 7 us, pin 5 stays high. */
Test(script, an_undoing_is_done_where_the_deed_was)
{
    struct rig *r =
        rig_from_text("duration: 1 ms\nrack:\n  smbus0: {is: i2c}\n"
                      "  expander0: {is: expander, i2c: smbus0/0x20}\ndo:\n"
                      "  - {at: 1 us, act: expander0.short_high, pin: 5}\n"
                      "  - {at: 10 us, act: expander0.short_high, pin: 2, for: 7 us}\n");

    cr_expect_eq(rig_event(r, "expander0", EV_PINS, 1)->value, 1 << 5 | 1 << 2);
    cr_expect_eq(rig_event(r, "expander0", EV_PINS, 2)->value, 1 << 5);
    cr_expect_eq(at_of(r, "expander0", EV_PINS, 2), US(17));
    rig_free(r);
}

/* 11 V are left at (144 - 121) / 160000 s. */
Test(script, a_condition_fires_in_the_nanosecond_in_which_it_becomes_true)
{
    struct rig *r = rig_from_text(FALLING "do:\n  - {when: bus.v < 11 V, act: p1.on}\n");
    double at_s = ns_to_s(at_of(r, "p1", EV_ACTION, 0));

    cr_expect(fabs(at_s - 143.75e-6) < 5e-9, "%.9f", at_s);
    cr_expect_eq(rig_events(r, "p1", EV_ACTION), 1);
    rig_free(r);
}

Test(script, a_condition_that_holds_at_once_fires_at_once)
{
    struct rig *r = rig_from_text(FALLING "do:\n  - {when: bus.v < 12.5 V, act: p1.on}\n");

    cr_expect_eq(at_of(r, "p1", EV_ACTION, 0), 0);
    rig_free(r);
}

/* The load drops out at 3 V: (144 - 9) / 160000 s; the source comes at the same nanosecond. */
Test(script, a_state_is_seen_in_the_instant_in_which_it_changes)
{
    struct rig *r = rig_from_text(FALLING "do:\n  - {when: l1.state == OFF, act: p1.on}\n");

    cr_expect_neq(at_of(r, "l1", EV_UVLO, 0), NS_NEVER);
    cr_expect_eq(at_of(r, "p1", EV_ACTION, 0), at_of(r, "l1", EV_UVLO, 0));
    rig_free(r);
}

/* What was foretold is averted: the recharge begins before the voltage gets there. */
Test(script, a_condition_that_is_averted_does_not_fire)
{
    struct rig *r = rig_from_text(FALLING "do:\n  - {at: 100 us, act: l1.step, to: 0 W}\n"
                                          "  - {when: bus.v < 11 V, act: p1.on, optional: yes}\n");

    cr_expect_eq(rig_events(r, "p1", EV_ACTION), 0);
    rig_free(r);
}

/* A deed waits for two conditions in turn: down to 11 V, then up to 11.01 V at 1000 V/s. */
Test(script, one_deed_leads_to_the_next)
{
    struct rig *r =
        rig_from_text(FALLING "do:\n  - {when: p1.i > 5 A and bus.v > 11.01 V, act: "
                              "p1.off}\n  - {when: bus.v < 11 V, act: l1.step, to: 0 W}\n"
                              "  - {when: bus.v < 11 V, act: p1.on}\n");
    ns_t on = at_of(r, "p1", EV_ACTION, 0);
    ns_t off = at_of(r, "p1", EV_ACTION, 1);

    cr_expect(llabs(off - on - US(10)) < 20, "%ld", (long)(off - on));
    rig_free(r);
}

/* ---- profiles ------------------------------------------------------------------------------------ */

/* How often "feed_step" and "inlet" happen is counted by hand; a value is held until the next. */
Test(script, a_feed_and_an_inlet_follow_their_profiles_step_by_step)
{
    struct rig *r = rig_from_text(
        "duration: 70 s\nrack:\n  a: {is: feed, v_rms: 230 V}\n"
        "  psu1: {is: psu, v: 12 V, rated: 1 kW, hold_up: 12 J, from: a}\n"
        "  web1: {is: server, from: psu1, p: 1 W, off_below: 9 V, on_above: 10 V}\n"
        "profiles: {a.v_rms: scenarios/profiles/feed-sag.csv, "
        "psu1.inlet: tests/sim/profiles/inlet.csv}\n"
        "expect:\n  - {holds: a.v == 160 V, at: 29.9 ms}\n  - {holds: a.v == 70 V, at: 37.9 ms}\n");

    cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
    cr_expect_eq(rig_ruling(r, 1)->verdict, VERDICT_PASS);
    cr_expect_eq(rig_events(r, "a", EV_FEED_STEP), 4);
    cr_expect_eq(at_of(r, "psu1", EV_INPUT_LOST, 0), MS(30));
    cr_expect_eq(at_of(r, "psu1", EV_INPUT_BACK, 0), MS(38));
    cr_expect_eq(rig_events(r, "psu1", EV_INLET), 2);
    cr_expect_eq(rig_event(r, "psu1", EV_INLET, 1)->value, 42.0);
    cr_expect_eq(at_of(r, "psu1", EV_INLET, 1), SECONDS(60));
    rig_free(r);
}

static void expect_no_profile(const char *key, const char *says)
{
    char text[600], *said = NULL;
    size_t size = 0;
    struct diag *d = diag_new();
    FILE *f = open_memstream(&said, &size);

    snprintf(text, sizeof text, FALLING "profiles: {%s: tests/sim/profiles/minus.csv}\n", key);
    struct scenario *s = scenario_load_text("x.yaml", text, strlen(text), d);
    cr_assert(s);
    cr_expect(!run_check(s, d));
    diag_print(d, f, false);
    fclose(f);
    cr_expect(strstr(said, says), "%s", said);
    free(said);
    scenario_free(s);
    diag_free(d);
}

Test(script, a_profile_moves_what_an_action_moves_and_within_its_range)
{
    expect_no_profile("l1.p", "'l1.p' lies between 0 W and 1e+06 W; "
                              "'tests/sim/profiles/minus.csv' has -5 W at 0.0001 s");
    expect_no_profile("l1.off_below",
                      "'l1.off_below' can't follow a profile: nothing moves it during a run");
}

/* ---- forks --------------------------------------------------------------------------------------- */

/* Fork between two deeds: both branches end with the hash of the straight run. */
Test(script, a_fork_goes_on_as_the_original_would)
{
    static const char text[] =
        FALLING "do:\n  - {at: 10 us, act: p1.on, for: 7 us, every: 20 us, "
                "times: 9}\n  - {when: bus.v < 11.4 V, act: l1.step, to: 1 W}\n";
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("x.yaml", text, strlen(text), d);
    struct plant_options o = {.seed = 1};
    struct sink none = {.ctx = NULL};
    struct script_ear deaf = {.ctx = NULL};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &o, &none);
    struct script *script = script_new(s, w, deaf);

    for (ns_t at = US(3); at < US(300); at += US(7)) {
        plant_run(w, at);
        struct world *fork = plant_fork(w, &none);
        struct script *copy = script_fork(script, fork, deaf);
        plant_run(fork, MS(1));
        struct rig *straight = rig_from_text(text);
        cr_expect_eq(fork->plant->hash, straight->run->world->plant->hash, "at %ld", (long)at);
        rig_free(straight);
        script_free(copy);
        plant_free_fork(fork);
    }
    script_free(script);
    plant_free(w);
    scenario_free(s);
    diag_free(d);
}

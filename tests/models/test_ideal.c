/* test_ideal.c - the ideal switch: what it does to its nodes, and what is blamed for it.
 *
 * Oracles: dividers, and the story itself. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/stand.h"

#define NODE(n, c, v) n ": {is: node, c: " c ", v0: " v "}\n"

/* n is fed through 0.1 Ohm; a second node can help it, a short can take from it. */
#define RACK                                                                                       \
    NODE("n", "1 mF", "12 V")                                                                      \
    NODE("m", "1 mF", "12 V")                                                                      \
    "feed: {is: source, at: n, e: 12 V, r: 0.1 Ohm}\n"                                             \
    "l: {is: load, at: n, p: 1 W, off_below: 9 V, on_above: 11 V, restart: 1 ms}\n"                \
    "help: {is: switch, from: m, to: n, r: 1 Ohm}\n"                                               \
    "short: {is: switch, from: n, r: 10 mOhm}\n"

static uint32_t id_of(const struct stand *s, const char *part, enum event_kind kind)
{
    const struct event *e = stand_event(s, part, kind, 0);

    cr_assert(e);
    return e->id;
}

/* What falls is blamed on the last that took from the node, what rises on the last that gave to it,
 * though something else has happened since. */
Test(ideal, a_switch_to_ground_hurts_when_it_closes_and_helps_when_it_opens)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(1));
    stand_act(s, "short", "close");
    stand_act(s, "help", "close");
    stand_run(s, MS(10));
    cr_expect_float_eq(stand_read(s, "short", "i"), stand_read(s, "n", "v") / 10e-3, 1e-6);
    cr_expect_eq(stand_event(s, "l", EV_UVLO, 0)->cause, id_of(s, "short", EV_CONDUCTS));
    stand_act(s, "short", "open");
    stand_act(s, "help", "open");
    stand_run(s, MS(20));
    cr_expect_eq(stand_event(s, "l", EV_INSERTION, 0)->cause, id_of(s, "short", EV_OPENS));
    stand_free(s);
}

Test(ideal, an_order_that_changes_nothing_has_no_effect)
{
    struct stand *s = stand_new(RACK);

    cr_expect(!stand_act(s, "help", "open"));
    cr_expect(stand_act(s, "help", "close"));
    cr_expect(!stand_act(s, "help", "close"));
    cr_expect(stand_act(s, "help", "open"));
    cr_expect_eq(stand_count(s, "help", EV_CONDUCTS), 1);
    cr_expect_eq(stand_count(s, "help", EV_OPENS), 1);
    stand_free(s);
}

/* What was not done has not helped: the load comes back because the short has gone. */
Test(ideal, a_source_that_is_told_what_it_does_already_is_credited_with_nothing)
{
    struct stand *s = stand_new(RACK);

    stand_act(s, "short", "close");
    stand_run(s, MS(10));
    stand_act(s, "short", "open");
    stand_run(s, stand_now(s) + US(1));
    cr_expect(!stand_act(s, "feed", "on"));
    stand_run(s, MS(20));
    cr_expect_eq(stand_event(s, "l", EV_INSERTION, 0)->cause, id_of(s, "short", EV_OPENS));
    stand_free(s);
}

/* The node falls through 10 V at each short, R C = 0.1 ms: the breaker opens its delay later, and
 * after it was closed by hand it does so again. */
Test(ideal, a_switch_that_trips_does_so_each_time_it_was_closed)
{
    struct stand *s =
        stand_new(NODE("n", "1 mF", "12 V") "feed: {is: source, at: n, e: 12 V, r: 0.1 Ohm}\n"
                                            "short: {is: switch, from: n, r: 10 mOhm, closed: no, "
                                            "trip_node: n, trip_below: 10 V, trip_delay: 1 ms, "
                                            "trip_again: yes}\n");
    double r = 0.1 * 0.01 / 0.11, low_V = 12.0 * 0.01 / 0.11;
    double falls_s = r * 1e-3 * log((12.0 - low_V) / (10.0 - low_V));

    for (int i = 0; i < 3; i++) {
        ns_t closed = stand_now(s);
        stand_act(s, "short", "close");
        ns_t opens = stand_run_to(s, "short", EV_OPENS, MS(10));
        cr_expect_float_eq(ns_to_s(opens - closed), falls_s + 1e-3, 1e-7);
        stand_run(s, stand_now(s) + MS(20));
        cr_expect_float_eq(stand_read(s, "n", "v"), 12.0, 1e-3);
    }
    stand_free(s);
}

/* test_ties.c - does a verdict hang on the order of things that happen in the same nanosecond? */
#include <criterion/criterion.h>

#include "tests/rig.h"

static const char *const FILES[] = {
    "scenarios/psu-failure/fet.yaml",
    "scenarios/hold-up/input-lost.yaml",
    "scenarios/feeds/one-of-two-feeds.yaml",
    "scenarios/serial-bus/stuck-sda.yaml",
};

static struct run *played(const struct scenario *s, uint64_t shuffle)
{
    struct diag *d = diag_new();
    struct run_options o = {.plant = {.seed = s->seed, .shuffle_ties = shuffle}};
    struct run *r = run_play(s, &o, d);

    diag_free(d);
    cr_assert(r != NULL);
    return r;
}

/* Four supplies lose one feed in one nanosecond, servers cross their lock-out together: whichever the
 * order, the gaps are the same to the nanosecond and every verdict is the same. */
Test(ties, shuffling_them_changes_no_verdict)
{
    for (size_t f = 0; f < sizeof FILES / sizeof FILES[0]; f++) {
        struct rig *straight = rig_from_file(FILES[f]);
        for (uint64_t seed = 1; seed <= 3; seed++) {
            struct run *r = played(straight->scenario, seed);
            struct rig shuffled = {.scenario = straight->scenario, .run = r};

            cr_assert_eq(rig_gaps(&shuffled), rig_gaps(straight), "%s", FILES[f]);
            for (int32_t i = 0; i < straight->scenario->n_expectations; i++) {
                cr_expect_eq(rig_ruling(&shuffled, i)->verdict, rig_ruling(straight, i)->verdict,
                             "%s, expectation %d, shuffled with %d", FILES[f], i, (int)seed);
            }
            run_free(r);
        }
        rig_free(straight);
    }
}

/* The rule that is written down: deeds of one instant are done in file order, shuffled or not. */
Test(ties, deeds_of_one_instant_keep_their_order)
{
    static const char text[] = "duration: 2 ms\n"
                               "rack:\n"
                               "  bus: {is: node, c: 10 mF, v0: 12 V}\n"
                               "  p1: {is: source, at: bus, e: 12 V, r: 4 mOhm}\n"
                               "  web: {is: load, at: bus, p: 100 W}\n"
                               "do:\n"
                               "  - {at: 1 ms, act: web.step, to: 300 W}\n"
                               "  - {at: 1 ms, act: web.step, to: 200 W}\n"
                               "expect:\n"
                               "  - {ends: web.i < 17 A}\n";
    for (uint64_t seed = 0; seed <= 3; seed++) {
        struct run_options o = {.plant = {.seed = 1, .shuffle_ties = seed}};
        struct rig *r = rig_with(text, &o);
        const struct event *first = rig_event(r, "web", EV_LOAD_STEP, 0);
        const struct event *second = rig_event(r, "web", EV_LOAD_STEP, 1);

        cr_assert(first != NULL && second != NULL);
        cr_expect_float_eq(first->value, 300.0, 1e-9);
        cr_expect_float_eq(second->value, 200.0, 1e-9);
        cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
        rig_free(r);
    }
}

/* Ties do happen in these runs, and are counted: else the tests above would show nothing. */
Test(ties, are_counted)
{
    struct rig *r = rig_from_file("scenarios/feeds/one-of-two-feeds.yaml");

    cr_expect_gt(r->run->world->plant->counts.ties, 0);
    rig_free(r);
}

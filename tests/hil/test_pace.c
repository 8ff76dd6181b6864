/* Real time. Oracle: the wall's clock, read here. */
#include "hil/pace.h"

#include <criterion/criterion.h>
#include <time.h>

static ns_t wall(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * SECONDS(1) + t.tv_nsec;
}

static void hold_up(ns_t span)
{
    for (ns_t end = wall() + span; wall() < end;) {
    }
}

Test(pace, no_instant_comes_before_its_time)
{
    struct pace *p = pace_new(MS(1), NULL);
    ns_t begun = wall();

    p->begin(p);
    for (int i = 1; i <= 20; i++) {
        p->await(p, MS(i));
        cr_assert_geq(wall() - begun, MS(i));
        p->done(p, MS(i));
    }
    cr_assert_eq(p->between(p, 0, NS_NEVER).instants, 20);
    pace_free(p);
}

/* One instant takes 30 ms: it is late by these, so is one meanwhile, and those behind it are not. */
Test(pace, lateness_is_noted_where_it_was_and_does_not_stay)
{
    struct pace *p = pace_new(MS(1), NULL);

    p->begin(p);
    p->await(p, MS(5));
    hold_up(MS(30));
    p->done(p, MS(5));
    p->await(p, MS(10));
    p->done(p, MS(10));
    ns_t end = wall();
    p->await(p, MS(500));
    p->done(p, MS(500));
    struct lateness held = p->between(p, MS(6), MS(11));
    struct lateness after = p->between(p, MS(400), MS(600));
    cr_assert_eq(held.instants, 1);
    cr_assert_geq(held.most, MS(24));
    cr_assert_lt(after.most, MS(460), "it would have slept as long as if it had not been late");
    cr_assert_geq(wall() - end, MS(400));
    struct lateness all = p->between(p, 0, NS_NEVER);
    cr_assert_eq(all.instants, 3);
    cr_assert_geq(all.most, MS(30), "it was done with so late");
    cr_assert_leq(all.jitter, all.most);
    cr_assert_eq(p->between(p, MS(20), MS(30)).instants, 0);
    pace_free(p);
}

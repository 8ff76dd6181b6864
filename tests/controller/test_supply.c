/* The states of a supply. Oracle: what must hold of any such table, whatever its entries: every
 * state is entered and left again, nobody is stuck, and a loss never goes unnoticed. */
#include "controller/supply.h"

#include <criterion/criterion.h>

static bool reaches(enum supply_state from, enum supply_state to)
{
    bool seen[SUPPLY_STATES] = {false};

    seen[from] = true;
    for (int again = 0; again < SUPPLY_STATES; again++) {
        for (int s = 0; s < SUPPLY_STATES; s++) {
            for (int e = 0; e < SUPPLY_EVENTS && seen[s]; e++) {
                seen[supply_next((enum supply_state)s, (enum supply_event)e)] = true;
            }
        }
    }
    return seen[to];
}

Test(supply, every_state_is_left_again_and_leads_back_to_work)
{
    for (int s = 0; s < SUPPLY_STATES; s++) {
        cr_assert(reaches((enum supply_state)s, SUPPLY_SHARING), "%d never shares again", s);
        cr_assert(reaches(SUPPLY_ABSENT, (enum supply_state)s), "%d is never entered", s);
    }
}

Test(supply, whoever_works_is_lost_on_bad_and_suspect_on_silence)
{
    const enum supply_state works[] = {SUPPLY_STANDBY, SUPPLY_STARTING, SUPPLY_SHARING};

    for (int i = 0; i < 3; i++) {
        cr_assert_eq(supply_next(works[i], ON_BAD), SUPPLY_LOST);
        cr_assert_eq(supply_next(works[i], ON_SILENT), SUPPLY_SUSPECT);
        cr_assert_eq(supply_next(works[i], ON_WARNING), SUPPLY_SUSPECT);
    }
}

/* Nothing but a full probation leads from a loss back to work, except for a supply that was only
 * overloaded and may go on at once, and for one whose loss was read from another device. */
Test(supply, a_lost_one_returns_through_probation_only)
{
    for (int e = 0; e < SUPPLY_EVENTS; e++) {
        enum supply_state next = supply_next(SUPPLY_LOST, (enum supply_event)e);
        cr_assert(next == SUPPLY_LOST || next == SUPPLY_ISOLATED || next == SUPPLY_PROBATION ||
                  next == SUPPLY_RETIRED || next == SUPPLY_ABSENT ||
                  (next == SUPPLY_SUSPECT && (e == ON_OVERLOADED || e == ON_STRANGE)));
        next = supply_next(SUPPLY_PROBATION, (enum supply_event)e);
        cr_assert(next != SUPPLY_SHARING && next != SUPPLY_STARTING);
        cr_assert(next != SUPPLY_STANDBY || e == ON_PROVEN);
    }
}

/* Each loss doubles the probation: 20 ms, 40 ms, 80 ms ... 10 s. */
Test(supply, probation_doubles)
{
    struct supply u;
    uint32_t want_us = 20000;

    for (uint8_t losses = 1; losses < 20; losses++) {
        supply_init(&u, 0xFFFFFF00u); /* across the wrap of the clock */
        u.state = SUPPLY_PROBATION;
        u.losses = losses;
        u.good = 3;
        cr_assert(!supply_is_proven(&u, 0xFFFFFF00u + want_us - 1u));
        cr_assert(supply_is_proven(&u, 0xFFFFFF00u + want_us));
        u.good = 2;
        cr_assert(!supply_is_proven(&u, 0xFFFFFF00u + want_us));
        want_us = want_us * 2 > 10000000 ? 10000000 : want_us * 2;
    }
}

/* A warning that ends because something was done about it must not be undone at once. */
Test(supply, stays_suspect_until_it_has_been_calm)
{
    struct supply u;
    uint32_t at_us = 5000000;

    supply_init(&u, 0);
    u.state = SUPPLY_SHARING;
    cr_assert(supply_takes(&u, ON_GOOD, at_us));
    cr_assert(supply_takes(&u, ON_WARNING, at_us));
    supply_happens(&u, ON_WARNING, at_us);
    cr_assert_eq(u.state, SUPPLY_SUSPECT);
    cr_assert_not(supply_takes(&u, ON_GOOD, at_us + 5000));
    cr_assert(supply_takes(&u, ON_OVERLOADED, at_us + 10000)); /* the wait begins anew */
    cr_assert_not(supply_takes(&u, ON_GOOD, at_us + 10000 + SUPPLY_WARNED_us - 1));
    cr_assert(supply_takes(&u, ON_GOOD, at_us + 10000 + SUPPLY_WARNED_us));
}

/* Silence is no warning: whoever answers again is back at work. */
Test(supply, comes_back_from_silence_at_once)
{
    struct supply u;

    supply_init(&u, 0);
    u.state = SUPPLY_SHARING;
    supply_happens(&u, ON_SILENT, 1000);
    cr_assert_eq(u.state, SUPPLY_SUSPECT);
    cr_assert(supply_takes(&u, ON_GOOD, 2000));
}

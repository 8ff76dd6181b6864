/* What is done at once about a question that was not foreseen. The oracle is what may not happen: nothing
 * opens, nobody who feeds a bar is taken for another one; and what must: a bar gone dark gets enough, if
 * there is enough that feeds nothing. */
#include "controller/rescue.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static unsigned pick(unsigned n)
{
    return (unsigned)rand() % n;
}

/* Six supplies of 1 kW that reach both bars; 0 and 1 feed bar 0, 2 and 3 bar 1, 4 and 5 stand by. */
static struct plan_problem six(void)
{
    struct plan_problem q;

    memset(&q, 0, sizeof q);
    q.n_supplies = 6;
    q.n_bars = 2;
    q.bars[0].load_mW = q.bars[1].load_mW = 1500000;
    for (uint8_t s = 0; s < 6; s++) {
        q.supplies[s] = (struct plan_supply){.capacity_mW = 1000000,
                                             .shared_mW = 900000,
                                             .feed = CTL_NO_FEED,
                                             .reach = 3,
                                             .serves = true,
                                             .spares = true,
                                             .joins = true,
                                             .leaves = true};
        q.supplies[s].present = q.supplies[s].made = s < 4 ? 1 << (s / 2) : 0;
    }
    return q;
}

static struct plan staying(const struct plan_problem *q)
{
    struct plan plan = {.served = 3};

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        plan.feeds[s] = q->supplies[s].present;
    }
    return plan;
}

static void lose(struct plan_problem *q, uint8_t s)
{
    q->supplies[s].serves = q->supplies[s].spares = false;
    q->supplies[s].joins = q->supplies[s].leaves = false;
}

Test(rescue, a_bar_gone_dark_gets_what_stands_by)
{
    struct plan_problem before = six();
    struct plan_problem q = before;
    struct plan plan = staying(&before);
    struct plan out;

    lose(&q, 0);
    rescue_plan(&before, &plan, 3, &q, &out);
    cr_assert_eq(rescue_served(&q), 2, "bar 0 is not carried any more");
    cr_assert_eq(out.feeds[4], 1, "the first of the largest");
    cr_assert_eq(out.feeds[5], 0, "one is enough");
    cr_assert_eq(out.served, 3);
    lose(&q, 1);
    rescue_plan(&before, &plan, 3, &q, &out);
    cr_assert_eq(out.feeds[4] + out.feeds[5], 2, "now it takes both");
    cr_assert_eq(out.served, 3);
}

Test(rescue, a_bar_that_was_dark_before_can_wait_for_the_plan)
{
    struct plan_problem before = six();
    struct plan_problem q = before;
    struct plan plan = staying(&before);
    struct plan out;

    lose(&q, 0);
    rescue_plan(&before, &plan, 2, &q, &out);
    cr_assert_arr_eq(out.feeds, plan.feeds, sizeof out.feeds);
}

/* Supply 2 shall go over to bar 0. As long as only switches move, it may; when a supply is lost in
 * between, it stays where it is until that was thought over. */
Test(rescue, the_plan_under_way_goes_on_only_if_nothing_else_has_changed)
{
    struct plan_problem before = six();
    struct plan_problem q = before;
    struct plan plan = staying(&before);
    struct plan out;

    before.bars[1].load_mW = q.bars[1].load_mW = 800000;
    plan.feeds[2] = 1;
    plan.feeds[4] = 2;
    q.supplies[4].present = 2; /* the first of its moves */
    rescue_plan(&before, &plan, 3, &q, &out);
    cr_assert_arr_eq(out.feeds, plan.feeds, sizeof out.feeds);
    lose(&q, 3);
    rescue_plan(&before, &plan, 3, &q, &out);
    cr_assert_eq(out.feeds[2], 2);
    q = before;
    q.supplies[4].frozen = 2; /* it does not close */
    rescue_plan(&before, &plan, 3, &q, &out);
    cr_assert_eq(out.feeds[2], 2);
}

/* Whatever changes: nothing opens that the plan under way did not open, nothing is closed onto a second
 * bar, nothing that may not be moved is moved. */
Test(rescue, takes_nothing_from_anybody)
{
    unsigned helped = 0;

    srand(1);
    for (unsigned i = 0; i < 20000; i++) {
        struct plan_problem before = six();
        struct plan plan = staying(&before);
        struct plan out;

        for (uint8_t s = 0; s < 6; s++) {
            before.supplies[s].present = (uint8_t)pick(4);
            plan.feeds[s] = (uint8_t)pick(4);
        }
        struct plan_problem q = before;
        for (unsigned k = 1 + pick(3); k > 0; k--) {
            lose(&q, (uint8_t)pick(6));
        }
        q.supplies[pick(6)].frozen = (uint8_t)pick(4);
        q.supplies[pick(6)].present = (uint8_t)pick(4);
        rescue_plan(&before, &plan, (uint8_t)pick(4), &q, &out);
        for (uint8_t s = 0; s < 6; s++) {
            const struct plan_supply *u = &q.supplies[s];
            bool closes = (out.feeds[s] & ~u->present) != 0;
            cr_assert_eq(u->present & ~out.feeds[s], 0, "rack %u: supply %u opens", i, s);
            cr_assert(!closes || (u->present == 0 && (out.feeds[s] & (out.feeds[s] - 1)) == 0));
            cr_assert_eq((out.feeds[s] ^ u->present) & ~plan_movable(u), 0);
            helped += closes;
        }
    }
    cr_assert_gt(helped, 1000);
}

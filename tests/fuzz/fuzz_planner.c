/* Any question within the limits of the table: the best so far moves only what may move, strands no bar,
 * says of itself what a judgement of its own says, and is no worse than what is there, whenever the
 * search is looked at. One search in eight goes to its end, the others so many slices on. */
#include "must.h"

#include <string.h>

#include "controller/config.h"
#include "tests/controller/plans.h"

enum { SLICES = 64, SLICES_MAX = 1000000 };

static void ask(struct bytes *b, struct plan_problem *p)
{
    memset(p, 0, sizeof *p);
    p->n_supplies = (uint8_t)(1 + pick(b, CTL_SUPPLIES));
    p->n_bars = (uint8_t)(1 + pick(b, CTL_BARS));
    const uint8_t all = (uint8_t)((1u << p->n_bars) - 1u);

    for (uint8_t i = 0; i < p->n_bars; i++) {
        p->bars[i].load_mW = pick(b, CONFIG_LOAD_MAX_mW + 1u);
        p->bars[i].spare = (uint8_t)take(b, 1);
        p->bars[i].priority = (uint8_t)take(b, 1);
        p->bars[i].two_feeds = (p->bars[i].priority & 0x80u) != 0;
    }
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        struct plan_supply *u = &p->supplies[s];
        uint32_t is = take(b, 1);

        u->capacity_mW = 1 + pick(b, CONFIG_CAPACITY_MAX_mW);
        u->shared_mW = u->capacity_mW - u->capacity_mW / 512 * pick(b, 256);
        u->feed = (uint8_t)pick(b, 4);
        u->reach = (uint8_t)take(b, 1) & all;
        u->present = (uint8_t)take(b, 1) & u->reach;
        u->made = (uint8_t)take(b, 1) & u->present;
        u->frozen = (is & 1u) ? (uint8_t)take(b, 1) & all : 0;
        u->back = (is & 2u) ? u->reach : 0;
        u->worn = (is & 64u) ? u->reach : 0;
        u->serves = (is & 4u) != 0;
        u->spares = u->serves && (is & 8u) != 0;
        u->joins = u->serves && (is & 16u) != 0;
        u->leaves = u->serves && (is & 32u) != 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct bytes b = {bytes, size};
    struct plan_problem p;
    struct planner search;
    struct plan plan;
    struct plan same;
    unsigned before = 0;
    unsigned after = 0;
    size_t t = 0;

    bool ends = pick(&b, 8) == 0;
    ask(&b, &p);
    planner_begin(&search, &p);
    for (int i = 0; !planner_run(&search) && (ends || i < SLICES); i++) {
        must(i < SLICES_MAX);
        count_tried("slices of a search");
    }
    plan = search.best;
    for (uint8_t s = 0; s < p.n_supplies; s++) {
        const struct plan_supply *u = &p.supplies[s];
        unsigned closes = plan.feeds[s] & ~(unsigned)u->present;
        unsigned opens = u->present & ~(unsigned)plan.feeds[s];

        must((plan.feeds[s] & ~(unsigned)u->reach) == 0);
        must(((closes | opens) & u->frozen) == 0);
        must((closes == 0 || u->joins) && (opens == 0 || u->leaves));
        before |= u->serves ? u->present : 0u;
        after |= u->serves ? plan.feeds[s] : 0u;
    }
    must((before & ~after) == 0);
    same = plan;
    judge_plan(&p, &same);
    must(memcmp(same.score.term, plan.score.term, sizeof plan.score.term) == 0);
    for (uint8_t s = 0; s < CTL_SUPPLIES; s++) {
        same.feeds[s] = p.supplies[s].present;
    }
    judge_plan(&p, &same);
    while (t < PLAN_TERMS && same.score.term[t] == plan.score.term[t]) {
        t++;
    }
    must(t == PLAN_TERMS || plan.score.term[t] < same.score.term[t]);
    return 0;
}

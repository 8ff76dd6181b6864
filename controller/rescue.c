/* rescue.c - the answer that needs no search.  Checked by tests/controller/test_rescue.c. */
#include "rescue.h"

#include "bits.h"
#include "groups.h"

#include <string.h>

enum { NO_SUPPLY = 0xFF };

static void find(const struct plan_problem *q, const uint8_t feeds[], struct groups *g)
{
    uint32_t load_mW[PLAN_SETS] = {0};
    plan_set serves = 0;
    struct tally t;

    for (uint32_t set = 1; set < ((uint32_t)1 << q->n_bars); set++) {
        load_mW[set] = load_mW[set & (set - 1U)] + q->bars[lowest_in((uint8_t)set)].load_mW;
    }
    for (uint8_t s = 0; s < q->n_supplies; s++) {
        serves |= q->supplies[s].serves ? ((plan_set)1U << s) : 0U;
    }
    groups_tally(q, feeds, serves, &t);
    (void)groups_find(q->n_bars, load_mW, &t, g);
}

/* Nothing has changed but switches, and none of them against the plan or out of its reach. */
static bool is_on_its_way(const struct plan_problem *before, const struct plan *plan,
                          const struct plan_problem *q)
{
    bool on = (q->n_supplies == before->n_supplies) && (q->n_bars == before->n_bars);

    for (uint8_t s = 0; (s < q->n_supplies) && on; s++) {
        const struct plan_supply *was = &before->supplies[s];
        const struct plan_supply *is = &q->supplies[s];
        uint8_t was_left = was->present ^ plan->feeds[s];
        uint8_t is_left = is->present ^ plan->feeds[s];

        on = (is->serves == was->serves) && (is->spares == was->spares) &&
             (is->capacity_mW >= was->capacity_mW) && ((is_left & (uint8_t)~was_left) == 0U) &&
             ((is_left & (uint8_t)~plan_movable(is)) == 0U);
    }
    return on;
}

/* The largest supply that feeds nothing, is to be relied on, and may be closed onto this bar. */
static uint8_t best_idle(const struct plan_problem *q, const struct plan *plan, uint8_t bar)
{
    uint8_t best = (uint8_t)NO_SUPPLY;

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        const struct plan_supply *u = &q->supplies[s];

        if (u->spares && ((u->present | plan->feeds[s]) == 0U) && has(plan_movable(u), bar) &&
            ((best == (uint8_t)NO_SUPPLY) || (u->capacity_mW > q->supplies[best].capacity_mW))) {
            best = s;
        }
    }
    return best;
}

/* Is it enough? */
static bool help(const struct plan_problem *q, uint8_t bar, uint32_t lacks_mW, struct plan *plan)
{
    uint32_t left_mW =
        (lacks_mW > 0U) ? lacks_mW : 1U; /* a bar without load, and without supplies */
    uint8_t s = best_idle(q, plan, bar);

    while ((s != (uint8_t)NO_SUPPLY) && (left_mW > 0U)) {
        const uint32_t got_mW = q->supplies[s].capacity_mW;

        plan->feeds[s] = bit(bar);
        left_mW = (got_mW < left_mW) ? (left_mW - got_mW) : 0U;
        s = best_idle(q, plan, bar);
    }
    return left_mW == 0U;
}

void rescue_plan(const struct plan_problem *before, const struct plan *plan, uint8_t served,
                 const struct plan_problem *q, struct plan *out)
{
    const bool on = is_on_its_way(before, plan, q);
    struct groups g;

    (void)memset(out, 0, sizeof(*out));
    for (uint8_t s = 0; s < q->n_supplies; s++) {
        const struct plan_supply *u = &q->supplies[s];
        bool closes = ((u->present | before->supplies[s].present) == 0U) &&
                      !has_several(plan->feeds[s]) &&
                      ((plan->feeds[s] & (uint8_t)~plan_movable(u)) == 0U);

        out->feeds[s] = (on || closes) ? plan->feeds[s] : u->present;
    }
    find(q, out->feeds, &g);
    out->served = groups_carried(&g, q->n_bars);
    for (uint8_t b = 0; b < q->n_bars; b++) {
        if (has(served & (uint8_t)~out->served, b) && help(q, b, groups_lack_mW(&g, b, 0), out)) {
            out->served |= bit(b);
        }
    }
}

uint8_t rescue_served(const struct plan_problem *q)
{
    uint8_t present[CTL_SUPPLIES] = {0};
    struct groups g;

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        present[s] = q->supplies[s].present;
    }
    find(q, present, &g);
    return groups_carried(&g, q->n_bars);
}

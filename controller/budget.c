/* budget.c - what the supplies of a bar can give.  Checked by tests/controller/test_demand.c. */
#include "budget.h"

#include "allocate.h"
#include "controller.h"
#include "supply.h"

/* What a supply gives to the bars that it feeds by the present plan, all together; one alone on its
 * bar need not leave room for a larger share, only for its meter. */
static uint32_t gives_mW(const struct controller *c, uint8_t s, bool alone)
{
    const struct plan_supply *q = &c->problem.supplies[s];
    bool gives = q->serves && !supply_is_lost(&c->supplies[s]);

    return gives ? (alone ? (q->capacity_mW - (q->capacity_mW / (uint32_t)BUDGET_METER))
                          : q->shared_mW)
                 : 0U;
}

static bool feeds(const struct controller *c, uint8_t s, uint8_t b)
{
    return (((uint32_t)c->plan.feeds[s] >> b) & 1U) != 0U;
}

static bool joins(const struct controller *c, uint8_t s)
{
    return (c->plan.feeds[s] & (c->plan.feeds[s] - 1U)) != 0U;
}

static bool is_alone(const struct controller *c, uint8_t b)
{
    uint32_t n = 0;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        n += (feeds(c, s, b) && (gives_mW(c, s, false) > 0U)) ? 1U : 0U;
    }
    return n == 1U;
}

/* What a bar lacks of the load that the plan was made for. */
static uint32_t lack_mW(const struct controller *c, uint8_t b)
{
    const struct demand_bar *d = &c->demand.bars[b];
    uint32_t due_mW = c->problem.bars[b].load_mW;

    return (due_mW > d->budget_mW) ? (due_mW - d->budget_mW) : 0U;
}

/* A supply that joins bars gives each as much as it lacks, as far as it goes. */
static void divide(struct controller *c, uint8_t s, bool sure)
{
    uint32_t sum_W = 1;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        sum_W += feeds(c, s, b) ? ((lack_mW(c, b) / 1000U) + 1U) : 0U;
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];
        uint32_t part_mW = (gives_mW(c, s, false) / sum_W) * ((lack_mW(c, b) / 1000U) + 1U);

        if (feeds(c, s, b)) {
            d->budget_mW += part_mW;
            d->sure_mW += sure ? part_mW : 0U;
        }
    }
}

/* Supplies that may have failed with another one, or that have yet to be switched onto their bar. */
static plan_set unsure(const struct controller *c)
{
    plan_set set = allocate_doubted(c);

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        set |= (c->supplies[s].settled == 0U) ? ((plan_set)1U << s) : 0U;
    }
    return set;
}

static bool is_in(plan_set set, uint8_t s)
{
    return ((set >> s) & 1U) != 0U;
}

void budget(struct controller *c)
{
    const plan_set unsure_of = unsure(c);

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];
        bool alone = is_alone(c, b);

        d->budget_mW = 0;
        d->sure_mW = 0;
        for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
            if (feeds(c, s, b) && !joins(c, s)) {
                uint32_t mW = gives_mW(c, s, alone);
                d->budget_mW += mW;
                d->sure_mW += is_in(unsure_of, s) ? 0U : mW;
            }
        }
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (joins(c, s)) {
            divide(c, s, !is_in(unsure_of, s));
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        d->budget_mW -= (d->trim_mW < d->budget_mW) ? d->trim_mW : d->budget_mW;
        d->sure_mW -= (d->trim_mW < d->sure_mW) ? d->trim_mW : d->sure_mW;
    }
}

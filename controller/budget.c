/* budget.c - what the supplies of a bar can give.  Checked by tests/controller/test_demand.c. */
#include "budget.h"

#include "allocate.h"
#include "bits.h"
#include "controller.h"
#include "supply.h"

static bool gives(const struct controller *c, uint8_t s)
{
    return c->problem.supplies[s].serves && !supply_is_lost(&c->supplies[s]);
}

/* Bars that only one supply gives to. */
static uint8_t alone(const struct controller *c)
{
    uint8_t any = 0;
    uint8_t several = 0;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (gives(c, s)) {
            several |= any & c->plan.feeds[s];
            any |= c->plan.feeds[s];
        }
    }
    return any & (uint8_t)~several;
}

/* What a supply gives to its only bar. One alone on it need not leave room for a larger share, only for
 * its meter. */
static uint32_t part_mW(const struct controller *c, uint8_t s, uint8_t alone_on)
{
    const struct plan_supply *q = &c->problem.supplies[s];

    return ((c->plan.feeds[s] & alone_on) != 0U)
               ? (q->capacity_mW - (q->capacity_mW / (uint32_t)BUDGET_METER))
               : q->shared_mW;
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
    const uint8_t feeds = c->plan.feeds[s];
    uint32_t lack_W[CTL_BARS] = {0};
    uint32_t sum_W = 1;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        lack_W[b] = has(feeds, b) ? ((lack_mW(c, b) / 1000U) + 1U) : 0U;
        sum_W += lack_W[b];
    }
    const uint32_t mW_per_W = c->problem.supplies[s].shared_mW / sum_W;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        d->budget_mW += mW_per_W * lack_W[b];
        d->sure_mW += sure ? (mW_per_W * lack_W[b]) : 0U;
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
    const uint8_t alone_on = alone(c);

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        c->demand.bars[b].budget_mW = 0;
        c->demand.bars[b].sure_mW = 0;
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        const uint8_t feeds = c->plan.feeds[s];

        if ((feeds != 0U) && !has_several(feeds) && gives(c, s)) {
            struct demand_bar *d = &c->demand.bars[lowest_in(feeds)];
            const uint32_t mW = part_mW(c, s, alone_on);
            d->budget_mW += mW;
            d->sure_mW += is_in(unsure_of, s) ? 0U : mW;
        }
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (has_several(c->plan.feeds[s]) && gives(c, s)) {
            divide(c, s, !is_in(unsure_of, s));
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        d->budget_mW -= (d->trim_mW < d->budget_mW) ? d->trim_mW : d->budget_mW;
        d->sure_mW -= (d->trim_mW < d->sure_mW) ? d->trim_mW : d->sure_mW;
    }
}

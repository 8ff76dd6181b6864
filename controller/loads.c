/* loads.c - the loads of the planner's question.  Checked by tests/controller/test_demand.c. */
#include "loads.h"

#include "controller.h"
#include "demand.h"
#include "planner.h"
#include "shed.h"

/* Supplies on bars, as they could be. */
struct spread {
    bool at_a_price;             /* servers give way, and no supply may carry more than its share */
    uint8_t feeds[CTL_SUPPLIES]; /* bars, bit per bar */
    uint32_t give_mW[CTL_BARS];
};

static uint32_t share_mW(const struct spread *p, const struct plan_supply *u, uint8_t feeds)
{
    uint32_t gives_mW = p->at_a_price ? u->shared_mW : u->capacity_mW;
    uint32_t bars = 0;

    for (uint32_t left = feeds; left != 0U; left &= left - 1U) {
        bars++;
    }
    return (bars == 0U) ? 0U : (gives_mW / bars);
}

static void put(const struct plan_problem *q, struct spread *p, uint8_t s, uint8_t feeds)
{
    uint32_t was_mW = share_mW(p, &q->supplies[s], p->feeds[s]);
    uint32_t is_mW = share_mW(p, &q->supplies[s], feeds);

    for (uint8_t b = 0; b < q->n_bars; b++) {
        p->give_mW[b] -= (((uint32_t)p->feeds[s] >> b) & 1U) * was_mW;
        p->give_mW[b] += (((uint32_t)feeds >> b) & 1U) * is_mW;
    }
    p->feeds[s] = feeds;
}

/* How much of its load a bar gets. */
static uint32_t permille(const struct spread *p, const uint32_t load[], uint8_t b)
{
    return ((p->give_mW[b] / 1000U) * 1000U) / ((load[b] / 1000U) + 1U);
}

/* The bar that is served first of those that lack something, of equals the one that gets the smallest
 * part; n_bars: none. `but` is left out. */
static uint8_t lacking(const struct plan_problem *q, const struct spread *p, const uint32_t load[],
                       uint8_t but)
{
    uint8_t which = q->n_bars;

    for (uint8_t b = 0; b < q->n_bars; b++) {
        bool lacks = (load[b] > p->give_mW[b]) && ((((uint32_t)but >> b) & 1U) == 0U);

        if (lacks && ((which == q->n_bars) || (q->bars[b].priority < q->bars[which].priority) ||
                      ((q->bars[b].priority == q->bars[which].priority) &&
                       (permille(p, load, b) < permille(p, load, which))))) {
            which = b;
        }
    }
    return which;
}

static bool can_join(const struct plan_supply *u, uint8_t b)
{
    uint32_t mask = (uint32_t)1U << b;
    bool feeds = (u->present & mask) != 0U;

    return u->serves &&
           (feeds || (u->joins && ((u->reach & mask) != 0U) && ((u->frozen & mask) == 0U)));
}

/* Is it worth more on bar b than where it is? Nothing is lost on its own bar; or, where loads are being
 * shed, only servers less important than those it saves. */
static bool is_worth(const struct controller *c, const struct plan_problem *q,
                     const struct spread *p, const uint32_t load[], uint8_t s, uint8_t b)
{
    const struct plan_supply *u = &q->supplies[s];
    uint8_t from = 0;

    if (p->feeds[s] == 0U) {
        return true;
    }
    while (((uint32_t)p->feeds[s] >> from) != 1U) {
        from++;
    }
    uint32_t rest_mW = p->give_mW[from] - share_mW(p, u, p->feeds[s]);
    bool free = rest_mW >= load[from];
    if (!free && p->at_a_price) {
        free =
            (rest_mW > 0U) &&
            (shed_reaches(c, b, p->give_mW[b]) < shed_reaches(c, from, rest_mW)) &&
            (shed_reaches(c, b, p->give_mW[b]) < shed_reaches(c, b, p->give_mW[b] + u->shared_mW));
    }
    return free;
}

static bool may_move(const struct plan_problem *q, const struct spread *p, uint8_t s, uint8_t b)
{
    const struct plan_supply *u = &q->supplies[s];
    uint32_t feeds = p->feeds[s];
    bool one = (feeds & (feeds - 1U)) == 0U; /* on one bar, or on none */

    return can_join(u, b) && one && ((feeds >> b) == 0U || (feeds != ((uint32_t)1U << b))) &&
           ((feeds == 0U) || (u->leaves && ((u->frozen & feeds) == 0U)));
}

/* One more supply for bar b; false: there is none to be had. */
static bool supply(const struct controller *c, const struct plan_problem *q, struct spread *p,
                   const uint32_t load[], uint8_t b)
{
    uint8_t which = q->n_supplies;

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        bool better = (which == q->n_supplies) || ((p->feeds[s] == 0U) && (p->feeds[which] != 0U));

        if (better && may_move(q, p, s, b) && is_worth(c, q, p, load, s, b)) {
            which = s;
        }
    }
    if (which < q->n_supplies) {
        put(q, p, which, (uint8_t)(1U << b));
    }
    return which < q->n_supplies;
}

/* Spread the supplies so that the loads can be carried; false: they can't all be. */
static bool spread(const struct controller *c, const struct plan_problem *q, struct spread *p,
                   const uint32_t load[], bool at_a_price)
{
    uint8_t poor = 0; /* bars for which there is nothing more to be had */

    p->at_a_price = at_a_price;
    for (uint8_t b = 0; b < (uint8_t)CTL_BARS; b++) {
        p->give_mW[b] = 0;
    }
    for (uint8_t s = 0; s < q->n_supplies; s++) {
        const struct plan_supply *u = &q->supplies[s];
        bool joins = (u->present & (u->present - 1U)) != 0U;
        bool stays = u->serves && !joins;

        p->feeds[s] = 0;
        put(q, p, s, stays ? u->present : 0U); /* one that joins bars can be had for either */
    }
    for (uint8_t n = 0; n < (uint8_t)(q->n_supplies + q->n_bars); n++) {
        uint8_t b = lacking(q, p, load, poor);

        if (b == q->n_bars) {
            break;
        }
        if (!supply(c, q, p, load, b)) {
            poor |= (uint8_t)(1U << b);
        }
    }
    return lacking(q, p, load, 0) == q->n_bars;
}

/* What its servers could give up altogether. */
static uint32_t sheddable_mW(const struct controller *c, uint8_t b)
{
    uint32_t sum_mW = 0;

    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        const struct server *u = &c->demand.servers[i];

        if (demand_is_on(c, i, b) && !u->deaf && (u->state != (uint8_t)CTL_SERVER_SILENT)) {
            sum_mW += (demand_now_mW(c, i) + demand_wish_mW(c, i)) / demand_parts(c, i);
        }
    }
    return sum_mW;
}

void loads_ask(const struct controller *c, struct plan_problem *q)
{
    uint32_t load[CTL_BARS] = {0};
    struct spread p;

    for (uint8_t b = 0; b < q->n_bars; b++) {
        uint32_t asked_mW = c->demand.bars[b].asked_mW;
        load[b] = (c->cfg.bars[b].load_mW > asked_mW) ? c->cfg.bars[b].load_mW : asked_mW;
    }
    bool fits = spread(c, q, &p, load, false);
    for (uint8_t b = 0; (b < q->n_bars) && !fits; b++) {
        load[b] = c->demand.bars[b].asked_mW;
    }
    fits = fits || spread(c, q, &p, load, false);
    if (!fits) {
        (void)spread(c, q, &p, load, true);
    }
    for (uint8_t b = 0; b < q->n_bars; b++) {
        uint32_t give_mW = p.give_mW[b];

        if (load[b] > give_mW) {
            uint32_t can_mW = sheddable_mW(c, b);
            uint32_t rest_mW = (load[b] > can_mW) ? (load[b] - can_mW) : 0U;
            load[b] = (rest_mW > give_mW) ? rest_mW : give_mW;
        }
        q->bars[b].load_mW = load[b];
        q->bars[b].spare = fits ? q->bars[b].spare : 0U;
    }
}

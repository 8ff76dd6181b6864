/* loads.c - the loads of the planner's question.  Checked by tests/controller/test_demand.c. */
#include "loads.h"

#include "bits.h"
#include "controller.h"
#include "demand.h"
#include "shed.h"

#include <string.h>

/* What it takes, in hundreds of instructions (measured), and how much of that there is in a slice. */
enum {
    COST_BEGIN = 10,
    COST_BAR = 5,
    COST_TRY = 1,
    COST_SERVERS = 30, /* a walk over the servers of a bar */
    COST_SLICE = 60
};

/* ---- supplies on bars -------------------------------------------------------------------------- */

static uint32_t gives_mW(const struct loads *l, const struct plan_supply *u)
{
    return (l->stage == (uint8_t)LOADS_PRICE) ? u->shared_mW : u->capacity_mW;
}

static void put(const struct plan_problem *q, struct loads *l, uint8_t s, uint8_t on)
{
    const uint32_t mW = gives_mW(l, &q->supplies[s]);

    if (l->feeds[s] != 0U) {
        l->give_mW[lowest_in(l->feeds[s])] -= mW;
    }
    if (on != 0U) {
        l->give_mW[lowest_in(on)] += mW;
    }
    l->feeds[s] = on;
}

/* How much of its load a bar gets. */
static uint32_t permille(const struct loads *l, uint8_t b)
{
    return ((l->give_mW[b] / 1000U) * 1000U) / ((l->load_mW[b] / 1000U) + 1U);
}

/* The bar that is served first of those that lack something, of equals the one that gets the smallest
 * part; n_bars: none. `but` are left out. */
static uint8_t lacking(const struct plan_problem *q, const struct loads *l, uint8_t but)
{
    uint8_t which = q->n_bars;

    for (uint8_t b = 0; b < q->n_bars; b++) {
        bool lacks = (l->load_mW[b] > l->give_mW[b]) && !has(but, b);

        if (lacks && ((which == q->n_bars) || (q->bars[b].priority < q->bars[which].priority) ||
                      ((q->bars[b].priority == q->bars[which].priority) &&
                       (permille(l, b) < permille(l, which))))) {
            which = b;
        }
    }
    return which;
}

static bool can_join(const struct plan_supply *u, uint8_t on)
{
    bool feeds = (u->present & on) != 0U;

    return u->serves &&
           (feeds || (u->joins && ((u->reach & on) != 0U) && ((u->frozen & on) == 0U)));
}

/* ---- moves ------------------------------------------------------------------------------------- */

/* The bar that lacks most gets what stands idle, or is told who else may come. */
static void next_move(const struct plan_problem *q, struct loads *l)
{
    const uint8_t on = bit(l->bar);

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        const struct plan_supply *u = &q->supplies[s];
        const uint8_t feeds = l->feeds[s];

        if ((feeds == on) || !can_join(u, on)) {
            continue;
        }
        if (feeds == 0U) {
            put(q, l, s, on);
            l->open = 0;
            return;
        }
        l->open |= (u->leaves && ((u->frozen & feeds) == 0U)) ? ((plan_set)1U << s) : 0U;
    }
    l->poor |= (l->open == 0U) ? on : 0U;
}

/* Is supply s worth more on the bar than where it is? Nothing is lost on its own bar; or, where loads are
 * being shed, only servers less important than those it saves. */
static bool is_worth(const struct controller *c, const struct plan_problem *q,
                     const struct loads *l, uint8_t s, uint32_t *cost)
{
    const struct plan_supply *u = &q->supplies[s];
    const uint8_t from = lowest_in(l->feeds[s]);
    const uint32_t rest_mW = l->give_mW[from] - gives_mW(l, u);

    *cost += (uint32_t)COST_TRY;
    if ((rest_mW >= l->load_mW[from]) || (l->stage != (uint8_t)LOADS_PRICE) || (rest_mW == 0U)) {
        return rest_mW >= l->load_mW[from];
    }
    *cost += 2U * (uint32_t)COST_SERVERS;
    return (l->reach < shed_reaches(c, from, rest_mW)) &&
           (l->reach < shed_reaches(c, l->bar, l->give_mW[l->bar] + u->shared_mW));
}

static void try_one(const struct controller *c, const struct plan_problem *q, struct loads *l,
                    uint32_t *cost)
{
    uint8_t s = 0;

    while (((l->open >> s) & 1U) == 0U) {
        s++;
    }
    l->open &= l->open - 1U;
    if (is_worth(c, q, l, s, cost)) {
        put(q, l, s, bit(l->bar));
        l->open = 0;
    } else if (l->open == 0U) {
        l->poor |= bit(l->bar);
    } else {
        /* the next one may be */
    }
}

/* ---- stages ------------------------------------------------------------------------------------ */

/* One that joins bars can be had for either. */
static void begin(const struct plan_problem *q, struct loads *l)
{
    l->under_way = true;
    l->moves = 0;
    l->poor = 0;
    l->open = 0;
    (void)memset(l->give_mW, 0, sizeof(l->give_mW));
    (void)memset(l->feeds, 0, sizeof(l->feeds));
    for (uint8_t s = 0; s < q->n_supplies; s++) {
        const struct plan_supply *u = &q->supplies[s];

        put(q, l, s, (u->serves && !has_several(u->present)) ? u->present : 0U);
    }
}

static void ask_for(const struct controller *c, struct loads *l, uint8_t stage)
{
    l->stage = stage;
    l->under_way = false;
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        uint32_t asked_mW = c->demand.bars[b].asked_mW;
        bool ceiling = (stage == (uint8_t)LOADS_CEILING) && (c->cfg.bars[b].load_mW > asked_mW);

        l->load_mW[b] = ceiling ? c->cfg.bars[b].load_mW : asked_mW;
    }
}

static void end(const struct controller *c, struct loads *l)
{
    if (l->fits) {
        l->stage = (uint8_t)LOADS_FOUND;
    } else if (l->stage == (uint8_t)LOADS_PRICE) {
        l->stage = (uint8_t)LOADS_SHED;
        l->bar = 0;
    } else {
        ask_for(c, l, (uint8_t)(l->stage + 1U));
    }
}

static void go_on(const struct controller *c, const struct plan_problem *q, struct loads *l,
                  uint32_t *cost)
{
    if (!l->under_way) {
        begin(q, l);
        *cost += (uint32_t)COST_BEGIN;
        return;
    }
    if (l->open != 0U) {
        try_one(c, q, l, cost);
        return;
    }
    *cost += (uint32_t)COST_BAR;
    l->bar = lacking(q, l, l->poor);
    if ((l->bar == q->n_bars) || (l->moves >= (q->n_supplies + q->n_bars))) {
        l->fits = (l->stage != (uint8_t)LOADS_PRICE) && (lacking(q, l, 0) == q->n_bars);
        end(c, l);
        return;
    }
    l->moves++;
    if (l->stage == (uint8_t)LOADS_PRICE) {
        l->reach = (uint16_t)shed_reaches(c, l->bar, l->give_mW[l->bar]);
        *cost += (uint32_t)COST_SERVERS;
    }
    next_move(q, l);
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

/* One bar whose servers have to give way. */
static void shed(const struct controller *c, struct loads *l, uint32_t *cost)
{
    const uint32_t give_mW = l->give_mW[l->bar];
    const uint32_t load_mW = l->load_mW[l->bar];

    if (load_mW > give_mW) {
        uint32_t can_mW = sheddable_mW(c, l->bar);
        uint32_t rest_mW = (load_mW > can_mW) ? (load_mW - can_mW) : 0U;
        l->load_mW[l->bar] = (rest_mW > give_mW) ? rest_mW : give_mW;
        *cost += (uint32_t)COST_SERVERS;
    }
    l->bar++;
    if (l->bar >= c->cfg.n_bars) {
        l->stage = (uint8_t)LOADS_FOUND;
    }
}

void loads_begin(const struct controller *c, struct loads *l)
{
    (void)memset(l, 0, sizeof(*l));
    ask_for(c, l, (uint8_t)LOADS_CEILING);
}

bool loads_run(const struct controller *c, struct loads *l, struct plan_problem *q)
{
    uint32_t cost = 0;

    while ((l->stage != (uint8_t)LOADS_FOUND) && (cost < (uint32_t)COST_SLICE)) {
        if (l->stage == (uint8_t)LOADS_SHED) {
            shed(c, l, &cost);
        } else {
            go_on(c, q, l, &cost);
        }
    }
    if (l->stage != (uint8_t)LOADS_FOUND) {
        return false;
    }
    for (uint8_t b = 0; b < q->n_bars; b++) {
        q->bars[b].load_mW = l->load_mW[b];
        q->bars[b].spare = l->fits ? c->cfg.bars[b].spare : 0U;
    }
    return true;
}

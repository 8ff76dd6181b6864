/* planner.c - a local search over allocations of supplies to bars; the score is in planner.h.
 * Checked by tests/controller/test_planner.c. */
#include "planner.h"

#include <stddef.h>

enum { NO_SUPPLY = 0xFF, CLASS_BITS = 4, PLAN_CHOICES = (2 * CTL_BARS) + 2 };

/* What one allocation gives each group of joined bars. */
struct groups {
    uint8_t of[CTL_BARS];           /* bars joined with this one, itself included */
    uint32_t capacity_mW[CTL_BARS]; /* of the supplies whose power gets to this bar */
    /* Load beyond capacity of the worst set of bars in its group with this one; negative: what is left
     * over. */
    int32_t lacks_mW[CTL_BARS];
};

static uint32_t bits_in(uint8_t mask)
{
    uint32_t n = 0;

    for (uint32_t m = mask; m != 0U; m &= m - 1U) {
        n++;
    }
    return n;
}

static uint8_t lowest_in(uint8_t mask)
{
    uint8_t b = 0;

    while ((((uint32_t)mask >> b) & 1U) == 0U) {
        b++;
    }
    return b;
}

static uint8_t bit(uint8_t b)
{
    return (uint8_t)(1U << b);
}

static bool has(uint8_t mask, uint8_t b)
{
    return (((uint32_t)mask >> b) & 1U) != 0U;
}

static bool is_joining(uint8_t mask)
{
    return ((uint32_t)mask & ((uint32_t)mask - 1U)) != 0U;
}

/* ---- groups ------------------------------------------------------------------------------------ */

static void join(struct groups *g, uint8_t n_bars, uint8_t mask)
{
    uint8_t whole = 0;

    for (uint8_t b = 0; b < n_bars; b++) {
        if (has(mask, b)) {
            whole |= g->of[b];
        }
    }
    for (uint8_t b = 0; b < n_bars; b++) {
        if (has(whole, b)) {
            g->of[b] = whole;
        }
    }
}

/* Which supplies count: those that serve, for what they are rated; or only those that may be relied
 * on, for what they deliver while shares are unequal. Without the one that is assumed to have failed,
 * without the feed that is. */
struct counting {
    bool spares_only;
    uint8_t failed; /* NO_SUPPLY: none */
    uint8_t feed;   /* CTL_NO_FEED: none */
};

static bool counts(const struct plan_supply *u, uint8_t s, const struct counting *k)
{
    return (s != k->failed) && ((k->feed == (uint8_t)CTL_NO_FEED) || (u->feed != k->feed)) &&
           (k->spares_only ? u->spares : u->serves);
}

static uint32_t load_of(const struct plan_problem *p, uint8_t bars)
{
    uint32_t load_mW = 0;

    for (uint8_t b = 0; b < p->n_bars; b++) {
        load_mW += has(bars, b) ? p->bars[b].load_mW : 0U;
    }
    return load_mW;
}

/* Capacity by the bars that it gets to: [mask] is that of all supplies that get to exactly those. */
struct capacities {
    uint32_t by_bars_mW[1U << CTL_BARS];
};

/* Of the supplies that get to any of these bars. */
static uint32_t capacity_of(const struct plan_problem *p, const struct capacities *c, uint8_t bars)
{
    uint32_t sum_mW = 0;

    for (uint32_t mask = 1; mask < ((uint32_t)1 << p->n_bars); mask++) {
        sum_mW += ((mask & bars) != 0U) ? c->by_bars_mW[mask] : 0U;
    }
    return sum_mW;
}

static int32_t set_lacks_mW(const struct plan_problem *p, const struct capacities *c, uint8_t bars)
{
    return (int32_t)load_of(p, bars) - (int32_t)capacity_of(p, c, bars);
}

static int32_t worst_lack_mW(const struct plan_problem *p, const struct capacities *c,
                             uint8_t whole, uint8_t b)
{
    int32_t worst_mW = set_lacks_mW(p, c, whole);

    for (uint32_t set = ((uint32_t)whole - 1U) & whole; set != 0U; set = (set - 1U) & whole) {
        if (has((uint8_t)set, b)) {
            int32_t lacks_mW = set_lacks_mW(p, c, (uint8_t)set);
            worst_mW = (lacks_mW > worst_mW) ? lacks_mW : worst_mW;
        }
    }
    return worst_mW;
}

/* Where power on each bar gets to: back through a switch that lets it, and on by the other switches of
 * that supply. */
static void find_ways(const struct plan_problem *p, const uint8_t feeds[], const struct counting *k,
                      uint8_t ways[])
{
    for (uint8_t b = 0; b < p->n_bars; b++) {
        ways[b] = bit(b);
        for (uint8_t s = 0; s < p->n_supplies; s++) {
            if (counts(&p->supplies[s], s, k) && has(feeds[s], b) && has(p->supplies[s].back, b)) {
                ways[b] |= feeds[s];
            }
        }
    }
    for (uint8_t through = 0; through < p->n_bars; through++) {
        for (uint8_t b = 0; b < p->n_bars; b++) {
            ways[b] |= has(ways[b], through) ? ways[through] : 0U;
        }
    }
}

static uint8_t ends_of(const struct plan_problem *p, const uint8_t ways[], uint8_t feeds)
{
    uint8_t ends = 0;

    for (uint8_t b = 0; b < p->n_bars; b++) {
        ends |= has(feeds, b) ? ways[b] : 0U;
    }
    return ends;
}

static void group(const struct plan_problem *p, const uint8_t feeds[], const struct counting *k,
                  struct groups *g)
{
    struct capacities c = {{0}};
    uint8_t ways[CTL_BARS] = {0};
    bool joined = false;

    for (uint8_t b = 0; b < p->n_bars; b++) {
        g->of[b] = bit(b);
    }
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        if (counts(&p->supplies[s], s, k) && is_joining(feeds[s])) {
            join(g, p->n_bars, feeds[s]);
            joined = true;
        }
    }
    if (joined) {
        find_ways(p, feeds, k, ways);
    }
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        if ((feeds[s] != 0U) && counts(&p->supplies[s], s, k)) {
            c.by_bars_mW[joined ? ends_of(p, ways, feeds[s]) : feeds[s]] +=
                k->spares_only ? p->supplies[s].shared_mW : p->supplies[s].capacity_mW;
        }
    }
    for (uint8_t b = 0; b < p->n_bars; b++) {
        if (!is_joining(g->of[b])) { /* shares no supply with another bar */
            g->capacity_mW[b] = c.by_bars_mW[bit(b)];
            g->lacks_mW[b] = (int32_t)p->bars[b].load_mW - (int32_t)c.by_bars_mW[bit(b)];
        } else {
            g->capacity_mW[b] = capacity_of(p, &c, bit(b));
            g->lacks_mW[b] = worst_lack_mW(p, &c, g->of[b], b);
        }
    }
}

/* Power that bar b, or bars joined with it, lack when `less_mW` of its capacity is gone. That may be
 * more than the capacity that gets to the worst set, so the sum takes all 32 bits (config.h). */
static uint32_t lack_mW(const struct groups *g, uint8_t b, uint32_t less_mW)
{
    int32_t lacks_mW = g->lacks_mW[b];

    if (lacks_mW >= 0) {
        return (uint32_t)lacks_mW + less_mW;
    }
    uint32_t spare_mW = (uint32_t)(-lacks_mW);

    return (less_mW > spare_mW) ? (less_mW - spare_mW) : 0U;
}

/* A bar without any supply is dark, even if nothing is known to draw from it. */
static bool is_dark(const struct groups *g, uint8_t b, uint32_t less_mW)
{
    return (g->capacity_mW[b] <= less_mW) || (lack_mW(g, b, less_mW) > 0U);
}

/* ---- the score --------------------------------------------------------------------------------- */

/* One bar counts more than all bars of lesser priority: a digit per class, highest first. */
static uint32_t weight(const struct plan_problem *p, uint8_t b)
{
    uint32_t better = 0;

    for (uint8_t other = 0; other < p->n_bars; other++) {
        bool first = p->bars[other].priority < p->bars[b].priority;
        for (uint8_t k = 0; (k < other) && first; k++) {
            first = p->bars[k].priority != p->bars[other].priority;
        }
        better += first ? 1U : 0U;
    }
    return (uint32_t)1 << ((7U - better) * (uint32_t)CLASS_BITS);
}

/* The `n` largest supplies of these bars that may be relied on, but not `failed`, and joining ones
 * only on request. */
static uint32_t largest_mW(const struct plan_problem *p, const uint8_t feeds[], uint8_t bars,
                           uint8_t n, uint8_t failed, bool joining)
{
    uint32_t sum_mW = 0;
    uint32_t below_mW = UINT32_MAX;
    uint32_t left = n;

    while (left > 0U) {
        uint32_t best_mW = 0;
        uint32_t many = 0;
        for (uint8_t s = 0; s < p->n_supplies; s++) {
            const struct plan_supply *u = &p->supplies[s];
            if ((s == failed) || !u->spares || ((feeds[s] & bars) == 0U) ||
                (!joining && is_joining(feeds[s])) || (u->shared_mW >= below_mW) ||
                (u->shared_mW < best_mW)) {
                continue;
            }
            many = (u->shared_mW == best_mW) ? (many + 1U) : 1U;
            best_mW = u->shared_mW;
        }
        if (many == 0U) {
            break;
        }
        uint32_t taken = (many < left) ? many : left;
        sum_mW += best_mW * taken;
        left -= taken;
        below_mW = best_mW;
    }
    return sum_mW;
}

/* What bar b would lack after the worst loss of `spare` supplies of its group. */
static bool is_thin(const struct plan_problem *p, const uint8_t feeds[], const struct groups *whole,
                    uint8_t b, uint32_t *worst_mW)
{
    uint8_t spare = p->bars[b].spare;
    uint32_t less_mW = largest_mW(p, feeds, whole->of[b], spare, (uint8_t)NO_SUPPLY, false);
    bool thin = is_dark(whole, b, less_mW);

    *worst_mW = lack_mW(whole, b, less_mW);
    if ((spare == 0U) || !is_joining(whole->of[b])) {
        return thin;
    }
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        struct counting k = {.spares_only = true, .failed = s, .feed = CTL_NO_FEED};
        struct groups rest;

        if (p->supplies[s].spares && is_joining(feeds[s]) && ((feeds[s] & whole->of[b]) != 0U)) {
            group(p, feeds, &k, &rest);
            less_mW = largest_mW(p, feeds, rest.of[b], (uint8_t)(spare - 1U), s, true);
            uint32_t lack = lack_mW(&rest, b, less_mW);
            thin = thin || is_dark(&rest, b, less_mW);
            *worst_mW = (lack > *worst_mW) ? lack : *worst_mW;
        }
    }
    return thin;
}

static uint32_t one_feed(const struct plan_problem *p, const uint8_t feeds[])
{
    uint8_t hit = 0;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        uint8_t feed = p->supplies[s].feed;
        bool first = (feed != (uint8_t)CTL_NO_FEED) && (feeds[s] != 0U) && p->supplies[s].spares;
        for (uint8_t k = 0; (k < s) && first; k++) {
            first = (p->supplies[k].feed != feed) || (feeds[k] == 0U) || !p->supplies[k].spares;
        }
        if (first) {
            struct counting without = {.spares_only = true, .failed = NO_SUPPLY, .feed = feed};
            struct groups rest;
            group(p, feeds, &without, &rest);
            for (uint8_t b = 0; b < p->n_bars; b++) {
                if (is_dark(&rest, b, 0)) {
                    hit |= bit(b);
                }
            }
        }
    }
    uint32_t sum = 0;
    for (uint8_t b = 0; b < p->n_bars; b++) {
        sum += (has(hit, b) && (p->bars[b].spare > 0U)) ? weight(p, b) : 0U;
    }
    return sum;
}

/* Bars fed by a good supply now that would have none. */
static uint32_t stranded(const struct plan_problem *p, const uint8_t feeds[])
{
    uint8_t before = 0;
    uint8_t after = 0;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        if (p->supplies[s].serves) {
            before |= p->supplies[s].present;
            after |= feeds[s];
        }
    }
    return bits_in((uint8_t)(before & (uint8_t)~after));
}

/* Bars, each by its weight, that are carried now and would not be once everything that shall open is
 * open and nothing that shall close is closed yet. */
static uint32_t risk(const struct plan_problem *p, const uint8_t feeds[])
{
    struct counting all = {.spares_only = false, .failed = NO_SUPPLY, .feed = CTL_NO_FEED};
    uint8_t now[CTL_SUPPLIES];
    uint8_t meanwhile[CTL_SUPPLIES];
    struct groups before;
    struct groups between;
    bool opens = false;
    uint32_t sum = 0;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        now[s] = p->supplies[s].made;
        meanwhile[s] = now[s] & feeds[s];
        opens = opens || ((meanwhile[s] != now[s]) && p->supplies[s].serves);
    }
    if (!opens) {
        return 0;
    }
    group(p, now, &all, &before);
    group(p, meanwhile, &all, &between);
    for (uint8_t b = 0; b < p->n_bars; b++) {
        sum += (is_dark(&between, b, 0) && !is_dark(&before, b, 0)) ? weight(p, b) : 0U;
    }
    return sum;
}

/* The worst of its bars: what no flow can bring to the group. */
static uint32_t group_lacks_mW(const struct plan_problem *p, const struct groups *g, uint8_t bar)
{
    uint32_t worst_mW = 0;

    for (uint8_t b = 0; b < p->n_bars; b++) {
        uint32_t lacks_mW = has(g->of[bar], b) ? lack_mW(g, b, 0) : 0U;
        worst_mW = (lacks_mW > worst_mW) ? lacks_mW : worst_mW;
    }
    return worst_mW;
}

static void judge_service(const struct plan_problem *p, struct plan *plan)
{
    struct counting all = {.spares_only = false, .failed = NO_SUPPLY, .feed = CTL_NO_FEED};
    struct groups g;
    uint32_t *t = plan->score.term;

    group(p, plan->feeds, &all, &g);
    plan->served = 0;
    for (uint8_t b = 0; b < p->n_bars; b++) {
        if (is_dark(&g, b, 0)) {
            t[PLAN_DARK] += weight(p, b);
        } else {
            plan->served |= bit(b);
        }
        t[PLAN_SHORTAGE_mW] += (b == lowest_in(g.of[b])) ? group_lacks_mW(p, &g, b) : 0U;
    }
}

/* As much as 32 bits hold. */
static uint32_t sum_of(uint32_t a, uint32_t b)
{
    return (a > (UINT32_MAX - b)) ? UINT32_MAX : (a + b);
}

static void judge_redundancy(const struct plan_problem *p, struct plan *plan)
{
    struct counting relied_on = {.spares_only = true, .failed = NO_SUPPLY, .feed = CTL_NO_FEED};
    struct groups g;
    uint32_t *t = plan->score.term;

    group(p, plan->feeds, &relied_on, &g);
    plan->redundant = 0;
    for (uint8_t b = 0; b < p->n_bars; b++) {
        uint32_t lack = 0;
        if (is_thin(p, plan->feeds, &g, b, &lack)) {
            t[PLAN_THIN] += weight(p, b);
            t[PLAN_MARGIN_mW] = sum_of(t[PLAN_MARGIN_mW], lack);
        } else {
            plan->redundant |= bit(b);
        }
    }
    t[PLAN_ONE_FEED] = one_feed(p, plan->feeds);
}

static void judge_effort(const struct plan_problem *p, struct plan *plan)
{
    uint32_t *t = plan->score.term;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        t[PLAN_JOINED] += is_joining(plan->feeds[s]) ? 1U : 0U;
        t[PLAN_SWITCHED] += bits_in((uint8_t)(plan->feeds[s] ^ p->supplies[s].present));
    }
}

/* By the first n terms: < 0 when a is better, > 0 when b is. */
static int32_t compare(const struct plan_score *a, const struct plan_score *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (a->term[i] != b->term[i]) {
            return (a->term[i] < b->term[i]) ? -1 : 1;
        }
    }
    return 0;
}

static bool is_better(const struct plan_score *a, const struct plan_score *b)
{
    return compare(a, b, (uint32_t)PLAN_TERMS) < 0;
}

/* Is the allocation in plan->feeds better than one with the score `than`? Only if so its own score
 * is complete: most are found worse by their first terms. */
static bool beats(const struct plan_problem *p, struct plan *plan, const struct plan_score *than)
{
    uint32_t *t = plan->score.term;

    for (uint32_t i = 0; i < (uint32_t)PLAN_TERMS; i++) {
        t[i] = 0;
    }
    t[PLAN_STRANDED] = stranded(p, plan->feeds);
    if (compare(&plan->score, than, (uint32_t)PLAN_DARK) > 0) {
        return false;
    }
    judge_service(p, plan);
    if (compare(&plan->score, than, (uint32_t)PLAN_RISK) > 0) {
        return false;
    }
    t[PLAN_RISK] = risk(p, plan->feeds);
    if (compare(&plan->score, than, (uint32_t)PLAN_THIN) > 0) {
        return false;
    }
    judge_redundancy(p, plan);
    judge_effort(p, plan);
    return is_better(&plan->score, than);
}

void planner_judge(const struct plan_problem *p, struct plan *plan)
{
    struct plan_score worst;

    for (uint32_t i = 0; i < (uint32_t)PLAN_TERMS; i++) {
        worst.term[i] = UINT32_MAX;
    }
    (void)beats(p, plan, &worst);
}

/* ---- the search -------------------------------------------------------------------------------- */

static bool is_allowed(const struct plan_supply *u, uint8_t mask)
{
    uint8_t closing = (uint8_t)(mask & (uint8_t)~u->present);
    uint8_t opening = (uint8_t)(u->present & (uint8_t)~mask);

    return ((mask & (uint8_t) ~(u->reach | u->present)) == 0U) &&
           (((closing | opening) & u->frozen) == 0U) && ((closing == 0U) || u->joins) &&
           ((opening == 0U) || u->leaves);
}

/* Other bars that supply s might feed than those it feeds in this plan. */
static uint8_t choices_of(const struct plan_problem *p, uint8_t s, uint8_t now, uint8_t out[])
{
    const struct plan_supply *u = &p->supplies[s];
    uint8_t n = 0;
    uint8_t tried[PLAN_CHOICES];
    uint8_t n_tried = 0;

    if (!u->joins && !u->leaves) {
        return 0;
    }
    tried[n_tried++] = 0;
    tried[n_tried++] = u->reach;
    for (uint8_t b = 0; b < p->n_bars; b++) {
        if (has(u->reach, b)) {
            tried[n_tried++] = bit(b);
            tried[n_tried++] = (uint8_t)(now ^ bit(b));
        }
    }
    for (uint8_t i = 0; i < n_tried; i++) {
        bool fresh = (tried[i] != now) && is_allowed(u, tried[i]);
        for (uint8_t k = 0; (k < n) && fresh; k++) {
            fresh = out[k] != tried[i];
        }
        if (fresh) {
            out[n++] = tried[i];
        }
    }
    return n;
}

/* The best allocation that differs from *plan in one supply; false: none is better. */
static bool improve_one(const struct plan_problem *p, struct plan *plan)
{
    struct plan trial = *plan;
    struct plan best = *plan;
    bool found = false;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        uint8_t mask[PLAN_CHOICES];
        uint8_t n = choices_of(p, s, plan->feeds[s], mask);

        for (uint8_t i = 0; i < n; i++) {
            trial.feeds[s] = mask[i];
            if (beats(p, &trial, &best.score)) {
                best = trial;
                found = true;
            }
        }
        trial.feeds[s] = plan->feeds[s];
    }
    *plan = best;
    return found;
}

/* The same with two supplies: a swap, or a pair that only together carries a bar. */
static bool improve_two(const struct plan_problem *p, struct plan *plan)
{
    struct plan best = *plan;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        uint8_t mask[PLAN_CHOICES];
        uint8_t n = choices_of(p, s, plan->feeds[s], mask);

        for (uint8_t i = 0; i < n; i++) {
            struct plan trial = *plan;
            trial.feeds[s] = mask[i];
            for (uint8_t other = (uint8_t)(s + 1U); other < p->n_supplies; other++) {
                uint8_t its[PLAN_CHOICES];
                uint8_t m = choices_of(p, other, plan->feeds[other], its);

                for (uint8_t k = 0; k < m; k++) {
                    trial.feeds[other] = its[k];
                    if (beats(p, &trial, &best.score)) {
                        best = trial;
                    }
                }
                trial.feeds[other] = plan->feeds[other];
            }
        }
    }
    bool found = is_better(&best.score, &plan->score);
    *plan = best;
    return found;
}

/* The allocation nearest to `mask` for every supply that the supply's switches allow. */
static uint8_t nearest(const struct plan_supply *u, uint8_t mask)
{
    uint8_t near = (uint8_t)((mask & u->reach & (uint8_t)~u->frozen) | (u->present & u->frozen));

    near |= u->leaves ? 0U : u->present;
    near &= u->joins ? (uint8_t)0xFFU : u->present;
    return near;
}

/* What an allocation can hardly undercut, where there is such a thing: with ORing everywhere, no bar
 * that is to outlive more than one loss, and enough power for all, another closed switch makes no bar
 * darker or thinner. (Without ORing, or without enough power, it may: bars that are joined share their
 * troubles. With unequal supplies it may, too, but rarely: two of three thousand random racks.) */
struct bound {
    bool is_known;
    struct plan_score score;
};

static void find_bound(const struct plan_problem *p, struct bound *least)
{
    struct plan all = {.served = 0};
    uint8_t back = 0;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        all.feeds[s] = nearest(&p->supplies[s], 0xFF);
        back |= p->supplies[s].back;
    }
    planner_judge(p, &all);
    least->score = all.score;
    least->is_known = (back == 0U) && (all.score.term[PLAN_DARK] == 0U);
    for (uint8_t b = 0; b < p->n_bars; b++) {
        least->is_known = least->is_known && (p->bars[b].spare <= 1U);
    }
}

/* Nothing can be better than this many operations away: no need to look at pairs and other starts.
 * Where every bar is as well served and as redundant as it can be, they might save operations. */
static bool is_enough(const struct plan_score *s, const struct bound *least)
{
    static const uint8_t terms[] = {PLAN_STRANDED, PLAN_DARK, PLAN_SHORTAGE_mW,
                                    PLAN_RISK,     PLAN_THIN, PLAN_ONE_FEED};
    uint32_t sum = 0;
    bool bound = least->is_known;

    for (uint32_t i = 0; i < (uint32_t)PLAN_SWITCHED; i++) {
        sum |= s->term[i];
    }
    for (uint32_t i = 0; i < sizeof(terms); i++) {
        bound = bound && (s->term[terms[i]] <= least->score.term[terms[i]]);
    }
    return bound || ((sum == 0U) && (s->term[PLAN_SWITCHED] <= 1U));
}

static void climb(const struct plan_problem *p, const struct bound *least, struct plan *plan)
{
    bool better = true;

    planner_judge(p, plan);
    for (uint32_t moves = 0; better && (moves < (uint32_t)PLANNER_MOVES); moves++) {
        better = improve_one(p, plan);
        if (!better && !is_enough(&plan->score, least)) {
            better = improve_two(p, plan);
        }
    }
}

/* Number of allocations that the switches allow; 0: more than PLANNER_EXACT. */
static uint32_t possible(const struct plan_problem *p)
{
    uint32_t n = 1;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        uint32_t many = 0;
        for (uint32_t mask = 0; mask < ((uint32_t)1 << p->n_bars); mask++) {
            many += is_allowed(&p->supplies[s], (uint8_t)mask) ? 1U : 0U;
        }
        n *= many;
        if (n > (uint32_t)PLANNER_EXACT) {
            return 0;
        }
    }
    return n;
}

/* The next one in the order of an odometer. */
static void next_allocation(const struct plan_problem *p, struct plan *trial)
{
    const uint32_t end = (uint32_t)1 << p->n_bars;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        uint32_t mask = (uint32_t)trial->feeds[s] + 1U;
        while ((mask < end) && !is_allowed(&p->supplies[s], (uint8_t)mask)) {
            mask++;
        }
        if (mask < end) {
            trial->feeds[s] = (uint8_t)mask;
            return;
        }
        mask = 0;
        while (!is_allowed(&p->supplies[s], (uint8_t)mask)) {
            mask++; /* ends: the present one is allowed */
        }
        trial->feeds[s] = (uint8_t)mask;
    }
}

/* A small rack: look at every allocation. */
static void try_all(const struct plan_problem *p, uint32_t n, struct plan *best)
{
    struct plan trial = *best;

    for (uint32_t i = 0; i < n; i++) {
        next_allocation(p, &trial);
        if (beats(p, &trial, &best->score)) {
            *best = trial;
        }
    }
}

void planner_plan(const struct plan_problem *p, struct plan *out)
{
    static const uint8_t starts[] = {0xFF, 0x00};
    struct bound least;

    for (uint8_t s = 0; s < (uint8_t)CTL_SUPPLIES; s++) {
        out->feeds[s] = (s < p->n_supplies) ? p->supplies[s].present : 0U;
    }
    find_bound(p, &least);
    climb(p, &least, out);
    uint32_t n = is_enough(&out->score, &least) ? 0U : possible(p);
    if (n > 0U) {
        try_all(p, n, out);
        return;
    }
    for (uint32_t i = 0; (i < sizeof(starts)) && !is_enough(&out->score, &least); i++) {
        struct plan other = *out;
        for (uint8_t s = 0; s < p->n_supplies; s++) {
            other.feeds[s] = nearest(&p->supplies[s], starts[i]);
        }
        climb(p, &least, &other);
        if (is_better(&other.score, &out->score)) {
            *out = other;
        }
    }
}

/* The planner against an exhaustive search. The search below knows nothing of groups, weights or
 * neighbours: it closes every set of switches that is allowed, floods power through joined bars and
 * counts what is served, before and after every loss. */
#include "controller/config.h"
#include "plans.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* ---- the oracle -------------------------------------------------------------------------------- */

enum { FEEDS = 3 };
enum measure { RATED, RELIED };

/* What supply s counts for, when `failed` ones don't count. */
static uint64_t worth(const struct plan_problem *p, unsigned s, enum measure by, unsigned failed)
{
    const struct plan_supply *u = &p->supplies[s];

    if ((failed >> s) & 1u) {
        return 0;
    }
    return by == RATED ? (u->serves ? u->capacity_mW : 0) : (u->spares ? u->shared_mW : 0);
}

/* Bars whose joined bars' supplies carry their joined load. */
static unsigned carried(const struct plan_problem *p, const uint8_t feeds[], enum measure by,
                        unsigned failed)
{
    unsigned served = 0;

    for (unsigned b = 0; b < p->n_bars; b++) {
        unsigned island = 1u << b;
        for (unsigned again = 0; again < p->n_bars; again++) { /* flood */
            for (unsigned s = 0; s < p->n_supplies; s++) {
                if (worth(p, s, by, failed) > 0 && (feeds[s] & island) != 0) {
                    island |= feeds[s];
                }
            }
        }
        uint64_t have = 0;
        uint64_t need = 0;
        for (unsigned s = 0; s < p->n_supplies; s++) {
            have += (feeds[s] & island) != 0 ? worth(p, s, by, failed) : 0;
        }
        for (unsigned k = 0; k < p->n_bars; k++) {
            need += ((island >> k) & 1u) ? p->bars[k].load_mW : 0;
        }
        served |= have > 0 && have >= need ? 1u << b : 0;
    }
    return served;
}

/* Power that the islands which are not carried lack, each island once. */
static uint64_t lacking(const struct plan_problem *p, const uint8_t feeds[])
{
    uint64_t sum = 0;
    unsigned seen = 0;

    for (unsigned b = 0; b < p->n_bars; b++) {
        unsigned island = 1u << b;
        uint64_t have = 0;
        uint64_t need = 0;
        for (unsigned again = 0; again < p->n_bars; again++) {
            for (unsigned s = 0; s < p->n_supplies; s++) {
                island |= p->supplies[s].serves && (feeds[s] & island) != 0 ? feeds[s] : 0u;
            }
        }
        for (unsigned s = 0; s < p->n_supplies; s++) {
            have += p->supplies[s].serves && (feeds[s] & island) ? p->supplies[s].capacity_mW : 0;
        }
        for (unsigned k = 0; k < p->n_bars; k++) {
            need += ((island >> k) & 1u) ? p->bars[k].load_mW : 0;
        }
        sum += !((seen >> b) & 1u) && need > have ? need - have : 0;
        seen |= island;
    }
    return sum;
}

static unsigned of_feed(const struct plan_problem *p, unsigned feed)
{
    unsigned mask = 0;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        mask |= p->supplies[s].feed == feed ? 1u << s : 0u;
    }
    return mask;
}

/* Bars that outlive every loss of one supply (spare = 1), or need no more than what may be relied on;
 * those of 2N outlive every loss of a feed, too. */
static unsigned outlive(const struct plan_problem *p, const uint8_t feeds[])
{
    unsigned now = carried(p, feeds, RELIED, 0);
    unsigned all = now;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        all &= carried(p, feeds, RELIED, 1u << s);
    }
    for (unsigned b = 0; b < p->n_bars; b++) {
        all |= p->bars[b].spare == 0 ? now & (1u << b) : 0u;
        for (unsigned feed = 0; feed < FEEDS && p->bars[b].two_feeds; feed++) {
            all &= ~(1u << b) | carried(p, feeds, RELIED, of_feed(p, feed));
        }
    }
    return all;
}

static unsigned count(unsigned bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static unsigned operations(const struct plan_problem *p, const uint8_t feeds[])
{
    unsigned n = 0;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        n += count(feeds[s] ^ p->supplies[s].present);
    }
    return n;
}

static bool strands(const struct plan_problem *p, const uint8_t feeds[])
{
    unsigned before = 0;
    unsigned after = 0;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        before |= p->supplies[s].serves ? p->supplies[s].present : 0u;
        after |= p->supplies[s].serves ? feeds[s] : 0u;
    }
    return (before & ~after) != 0;
}

/* Bars that are carried before, and not while what opens is open and what closes isn't closed. */
static unsigned interrupted(const struct plan_problem *p, const uint8_t feeds[])
{
    uint8_t before[CTL_SUPPLIES];
    uint8_t meanwhile[CTL_SUPPLIES];

    for (unsigned s = 0; s < p->n_supplies; s++) {
        before[s] = p->supplies[s].made;
        meanwhile[s] = before[s] & feeds[s];
    }
    return carried(p, before, RATED, 0) & ~carried(p, meanwhile, RATED, 0);
}

struct best {
    unsigned served;
    uint64_t lacking_mW;
    unsigned interrupted, redundant, operations;
};

/* The order of what matters: planner.h. */
static bool is_better(const struct best *a, const struct best *b)
{
    if (a->served != b->served) {
        return a->served > b->served;
    }
    if (a->lacking_mW != b->lacking_mW) {
        return a->lacking_mW < b->lacking_mW;
    }
    if (a->interrupted != b->interrupted) {
        return a->interrupted < b->interrupted;
    }
    return a->redundant != b->redundant ? a->redundant > b->redundant
                                        : a->operations < b->operations;
}

static bool is_allowed(const struct plan_supply *u, unsigned mask)
{
    unsigned moved = mask ^ u->present;

    return (mask & ~(unsigned)(u->reach | u->present)) == 0 && (moved & u->frozen) == 0 &&
           ((mask & moved) == 0 || u->joins) && ((u->present & moved) == 0 || u->leaves);
}

/* Every allocation. (With equal priorities, counting is what the priorities ask for.) */
static struct best search(const struct plan_problem *p)
{
    struct best best = {0, UINT64_MAX, 1000, 0, 1000};
    uint8_t feeds[CTL_SUPPLIES] = {0};
    unsigned long n = 1;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        n <<= p->n_bars;
    }
    for (unsigned long i = 0; i < n; i++) {
        unsigned long rest = i;
        bool ok = true;
        for (unsigned s = 0; s < p->n_supplies && ok; s++) {
            feeds[s] = (uint8_t)(rest & ((1u << p->n_bars) - 1u));
            rest >>= p->n_bars;
            ok = is_allowed(&p->supplies[s], feeds[s]);
        }
        if (!ok || strands(p, feeds)) {
            continue;
        }
        struct best is = {count(carried(p, feeds, RATED, 0)), lacking(p, feeds),
                          count(interrupted(p, feeds)), count(outlive(p, feeds)),
                          operations(p, feeds)};
        best = is_better(&is, &best) ? is : best;
    }
    return best;
}

/* ---- small racks ------------------------------------------------------------------------------- */

static unsigned pick(unsigned n)
{
    return (unsigned)rand() % n;
}

static struct plan_problem random_rack(unsigned n_supplies, unsigned n_bars)
{
    struct plan_problem p;
    unsigned all = (1u << n_bars) - 1u;

    memset(&p, 0, sizeof p);
    p.n_supplies = (uint8_t)n_supplies;
    p.n_bars = (uint8_t)n_bars;
    for (unsigned b = 0; b < n_bars; b++) {
        p.bars[b].load_mW = 250000u * (1 + pick(8));
        p.bars[b].two_feeds = pick(4) == 0;
        p.bars[b].spare = p.bars[b].two_feeds ? 1 : (uint8_t)pick(2);
    }
    for (unsigned s = 0; s < n_supplies; s++) {
        struct plan_supply *u = &p.supplies[s];
        unsigned health = pick(8);
        u->capacity_mW = 500000u * (1 + pick(4));
        u->shared_mW = u->capacity_mW / 11 * 10; /* 10 % above the mean is its rating */
        u->feed = pick(4) == 0 ? CTL_NO_FEED : (uint8_t)pick(FEEDS);
        u->reach = (uint8_t)(1 + pick(all));
        u->back = (uint8_t)all; /* relays */
        u->present = (uint8_t)(pick(all + 1) & u->reach);
        u->made = u->present;
        u->frozen = pick(6) == 0 ? (uint8_t)pick(all + 1) : 0;
        u->serves = health > 0;
        u->spares = health > 1;
        u->joins = health > 1;
        u->leaves = health > 1;
    }
    return p;
}

/* Operations beyond the fewest of all allocations that are as good in everything else. */
static unsigned fewest(const struct plan_problem *p, const struct plan *plan)
{
    struct plan other = *plan;
    unsigned least = operations(p, plan->feeds);
    unsigned long n = 1ul << (p->n_bars * p->n_supplies);

    for (unsigned long i = 0; i < n; i++) {
        bool ok = true;
        for (unsigned s = 0; s < p->n_supplies; s++) {
            other.feeds[s] = (uint8_t)((i >> (s * p->n_bars)) & ((1u << p->n_bars) - 1u));
            ok = ok && is_allowed(&p->supplies[s], other.feeds[s]);
        }
        if (ok && operations(p, other.feeds) < least) {
            judge_plan(p, &other);
            if (memcmp(other.score.term, plan->score.term, PLAN_SWITCHED * sizeof(uint32_t)) == 0) {
                least = operations(p, other.feeds);
            }
        }
    }
    return operations(p, plan->feeds) - least;
}

static void compare(unsigned n_supplies, unsigned n_bars, unsigned racks)
{
    for (unsigned i = 0; i < racks; i++) {
        struct plan_problem p = random_rack(n_supplies, n_bars);
        struct best best = search(&p);
        struct plan plan;

        plan_for(&p, &plan);
        for (unsigned s = 0; s < n_supplies; s++) {
            cr_assert(is_allowed(&p.supplies[s], plan.feeds[s]), "rack %u: switch not allowed", i);
        }
        cr_assert(!strands(&p, plan.feeds), "rack %u: a live bar is stripped", i);
        cr_assert_eq(plan.served, carried(&p, plan.feeds, RATED, 0), "rack %u: served", i);
        cr_assert_eq(plan.redundant, outlive(&p, plan.feeds), "rack %u: redundant %x %x", i,
                     plan.redundant, outlive(&p, plan.feeds));
        cr_assert_eq(count(plan.served), best.served, "rack %u: %u bars served of %u", i,
                     count(plan.served), best.served);
        cr_assert_eq(lacking(&p, plan.feeds), best.lacking_mW, "rack %u: lacks %lu, not %lu mW", i,
                     (unsigned long)lacking(&p, plan.feeds), (unsigned long)best.lacking_mW);
        cr_assert_eq(count(interrupted(&p, plan.feeds)), best.interrupted,
                     "rack %u: %u bars interrupted instead of %u", i,
                     count(interrupted(&p, plan.feeds)), best.interrupted);
        cr_assert_geq(count(plan.redundant), best.redundant, "rack %u: redundant %u of %u", i,
                      count(plan.redundant), best.redundant);
        cr_assert_leq(fewest(&p, &plan), 1, "rack %u: more operations than needed", i);
    }
}

Test(planner, one_bar_against_every_allocation)
{
    srand(1);
    compare(6, 1, 3000);
}

Test(planner, two_bars_against_every_allocation)
{
    srand(2);
    compare(4, 2, 3000);
    compare(5, 2, 2000);
}

Test(planner, three_bars_against_every_allocation)
{
    srand(3);
    compare(4, 3, 1000);
}

/* Six supplies that reach two bars have 4096 allocations, more than are searched through when a
 * seventh joins them: these are climbed. Never fewer bars served. */
Test(planner, larger_racks_are_climbed_and_serve_as_many_bars)
{
    srand(4);
    for (unsigned i = 0; i < 150; i++) {
        struct plan_problem p = random_rack(7, 2);
        struct plan plan;

        plan_for(&p, &plan);
        struct best best = search(&p);
        cr_assert_eq(count(plan.served), best.served, "rack %u", i);
        cr_assert_eq(plan.served, carried(&p, plan.feeds, RATED, 0));
        cr_assert_leq(fewest(&p, &plan), 1, "rack %u", i);
    }
}

/* What an answer, once carried out, is asked again ends soon: a move that was too risky may follow
 * one that has taken the risk away, but nothing goes to and fro. */
Test(planner, a_plan_carried_out_is_left_alone)
{
    enum { ROUNDS = 4 };

    srand(5);
    for (unsigned i = 0; i < 2000; i++) {
        struct plan_problem p = random_rack(5, 2);
        unsigned moves = 1;

        for (unsigned round = 0; round < ROUNDS && moves > 0; round++) {
            struct plan plan;
            plan_for(&p, &plan);
            moves = operations(&p, plan.feeds);
            for (unsigned s = 0; s < p.n_supplies; s++) {
                p.supplies[s].present = plan.feeds[s];
                p.supplies[s].made = p.supplies[s].present;
            }
        }
        cr_assert_eq(moves, 0, "rack %u", i);
    }
}

static struct plan_problem four_on_one_bar(void)
{
    struct plan_problem p;

    memset(&p, 0, sizeof p);
    p.n_supplies = 4;
    p.n_bars = 1;
    p.bars[0].load_mW = 900000;
    p.bars[0].spare = 1;
    for (unsigned s = 0; s < 4; s++) {
        p.supplies[s] = (struct plan_supply){.capacity_mW = 1000000,
                                             .shared_mW = 1000000,
                                             .feed = (uint8_t)(s / 2),
                                             .reach = 1,
                                             .serves = true,
                                             .spares = true,
                                             .joins = true,
                                             .leaves = true};
    }
    return p;
}

/* Two supplies are enough for N+1, but not two of one feed: one of each is taken. */
Test(planner, redundancy_comes_from_another_feed)
{
    struct plan_problem p = four_on_one_bar();
    struct plan plan;

    plan_for(&p, &plan);
    cr_assert_eq(operations(&p, plan.feeds), 2);
    cr_assert_eq(plan.feeds[0] + plan.feeds[1], 1);
    cr_assert_eq(plan.feeds[2] + plan.feeds[3], 1);
}

/* Four supplies of 1 kW on two feeds, 1.2 kW: N+1 by any three of them; 2N takes two of each feed. With
 * three on one feed it can't be had, and is said not to be, by as much as would be lacking. */
Test(planner, two_n_outlives_the_loss_of_a_feed)
{
    for (unsigned on_second = 2; on_second > 0; on_second--) {
        struct plan_problem p = four_on_one_bar();
        struct plan plan;

        p.bars[0].load_mW = 1200000;
        for (unsigned s = 0; s < 4; s++) {
            p.supplies[s].feed = s < 4 - on_second ? 0 : 1;
        }
        plan_for(&p, &plan);
        cr_assert_eq(plan.redundant, 1, "N+1 of any feed");
        p.bars[0].two_feeds = true;
        plan_for(&p, &plan);
        cr_assert_eq(plan.redundant, on_second == 2);
        cr_assert_eq(plan.score.term[PLAN_MARGIN_mW], on_second == 2 ? 0 : 200000);
        cr_assert(on_second == 1 || operations(&p, plan.feeds) == 4);
    }
}

/* Of two spares that would do, the one whose relay has used up its life is left alone; if only that one
 * is left, it is used. */
Test(planner, a_worn_switch_is_moved_only_if_nothing_else_helps)
{
    struct plan_problem p = four_on_one_bar();
    struct plan plan;

    p.n_supplies = 3;
    p.supplies[0].present = p.supplies[0].made = 1;
    p.supplies[1].worn = 1;
    p.supplies[1].feed = p.supplies[2].feed = 1;
    plan_for(&p, &plan);
    cr_assert_eq(plan.feeds[1], 0);
    cr_assert_eq(plan.feeds[2], 1);
    p.n_supplies = 2;
    plan_for(&p, &plan);
    cr_assert_eq(plan.feeds[1], 1);
}

/* An answer in slices is the answer: whatever else the processor does meanwhile, and when a search is
 * copied in the middle, both end with the same. */
Test(planner, a_search_may_be_copied_at_any_time)
{
    srand(8);
    for (unsigned i = 0; i < 200; i++) {
        struct plan_problem p = random_rack(6, 2);
        struct planner s;
        struct planner copy;
        struct plan plan;
        unsigned slices = plan_for(&p, &plan);

        planner_begin(&s, &p);
        for (unsigned k = pick(slices); k > 0; k--) {
            (void)planner_run(&s);
        }
        copy = s;
        memset(&s, 0xA5, sizeof s);
        while (!planner_run(&copy)) {
        }
        cr_assert_arr_eq(copy.best.feeds, plan.feeds, sizeof plan.feeds, "rack %u", i);
        cr_assert(planner_run(&copy), "an answer stays");
    }
}

/* With power for one bar only, the bar of higher priority is brought up. */
Test(planner, the_bar_of_higher_priority_is_served_first)
{
    for (uint8_t first = 0; first < 2; first++) {
        struct plan_problem p = four_on_one_bar();
        struct plan plan;

        p.n_supplies = 2;
        p.n_bars = 2;
        p.bars[0] = (struct plan_bar){.load_mW = 1500000, .priority = first == 0 ? 0 : 3};
        p.bars[1] = (struct plan_bar){.load_mW = 1500000, .priority = first == 1 ? 0 : 3};
        p.supplies[0].reach = p.supplies[1].reach = 3;
        plan_for(&p, &plan);
        cr_assert_eq(plan.served, 1 << first);
    }
}

/* Unequal capacities: 2000 + 700 + 700 for 1300 W. N+1 must outlive the largest, so all three. */
Test(planner, the_largest_supply_is_the_one_that_may_fail)
{
    struct plan_problem p = four_on_one_bar();
    struct plan plan;

    p.n_supplies = 3;
    p.bars[0].load_mW = 1300000;
    p.supplies[0].shared_mW = p.supplies[0].capacity_mW = 2000000;
    p.supplies[1].shared_mW = p.supplies[1].capacity_mW = 700000;
    p.supplies[2].shared_mW = p.supplies[2].capacity_mW = 700000;
    plan_for(&p, &plan);
    cr_assert_eq(plan.redundant, 1);
    cr_assert_eq(plan.feeds[0] + plan.feeds[1] + plan.feeds[2], 3);
}

/* Oracle E of the hardware notes, share after a loss = rho n / (n - 1) (1 + e): three of 2 kW at 65 %
 * would be at 97.5 % each, at 107 % the one that takes 10 % more than its share. With a fourth it is
 * 72 %; shared equally, three are enough. */
Test(planner, redundancy_counts_with_unequal_shares)
{
    for (unsigned error_percent = 0; error_percent <= 10; error_percent += 10) {
        struct plan_problem p = four_on_one_bar();
        struct plan plan;

        p.bars[0].load_mW = 3900000;
        for (unsigned s = 0; s < 4; s++) {
            p.supplies[s].capacity_mW = 2000000;
            p.supplies[s].shared_mW = 200000000 / (100 + error_percent);
            p.supplies[s].feed = CTL_NO_FEED;
        }
        plan_for(&p, &plan);
        cr_assert_eq(operations(&p, plan.feeds), error_percent == 0 ? 3 : 4);
        cr_assert_eq(plan.redundant, 1);
    }
}

/* Two bars, four supplies of 1 kW, 1.9 kW on each: neither outlives a loss, joined or not. Joined, one
 * loss would take both, and leave more to be shed than the bar that it hits alone. */
Test(planner, bars_in_full_use_are_not_joined)
{
    struct plan_problem p = four_on_one_bar();
    struct plan plan;

    p.n_bars = 2;
    p.bars[1] = p.bars[0];
    p.bars[0].load_mW = p.bars[1].load_mW = 1900000;
    for (unsigned s = 0; s < 4; s++) {
        p.supplies[s].shared_mW = 900000;
        p.supplies[s].reach = 3;
        p.supplies[s].present = p.supplies[s].made = s < 2 ? 1 : 2;
        p.supplies[s].feed = CTL_NO_FEED;
    }
    plan_for(&p, &plan);
    cr_assert_eq(plan.redundant, 0);
    cr_assert_eq(operations(&p, plan.feeds), 0);
}

/* The one supply left has to feed both bars, joined or not. */
Test(planner, the_last_supply_feeds_every_bar_it_can_carry)
{
    struct plan_problem p = four_on_one_bar();
    struct plan plan;

    p.n_supplies = 1;
    p.n_bars = 2;
    p.bars[0].load_mW = p.bars[1].load_mW = 400000;
    p.supplies[0].reach = 3;
    p.supplies[0].present = 1;
    p.supplies[0].made = p.supplies[0].present;
    plan_for(&p, &plan);
    cr_assert_eq(plan.feeds[0], 3);
    cr_assert_eq(plan.served, 3);
}

/* ---- switches that pass power one way ---------------------------------------------------------- */

/* Largest flow from supplies through their switches into bars, and back through those that let it, in
 * mW: augmenting paths on a matrix. Node 0 is the source, 1..n supplies, then bars, then the sink. Bars
 * outside `bars` draw nothing, bar `endless` takes all that it can get. */
static uint64_t largest_flow(const struct plan_problem *p, const uint8_t feeds[], enum measure by,
                             unsigned failed, unsigned bars, unsigned endless)
{
    enum { NODES = CTL_SUPPLIES + CTL_BARS + 2 };
    static int64_t room[NODES][NODES];
    int sink = p->n_supplies + p->n_bars + 1;
    uint64_t sum = 0;

    memset(room, 0, sizeof room);
    for (int s = 0; s < p->n_supplies; s++) {
        uint64_t has = worth(p, (unsigned)s, by, failed);
        room[0][1 + s] = (int64_t)has;
        for (int b = 0; b < p->n_bars && has > 0; b++) {
            bool closed = (feeds[s] >> b) & 1;
            bool back = closed && ((p->supplies[s].back >> b) & 1);
            room[1 + s][1 + p->n_supplies + b] = closed ? INT32_MAX : 0;
            room[1 + p->n_supplies + b][1 + s] = back ? INT32_MAX : 0;
        }
    }
    for (unsigned b = 0; b < p->n_bars; b++) {
        int64_t load = b == endless ? INT32_MAX : p->bars[b].load_mW;
        room[1 + p->n_supplies + (int)b][sink] = ((bars >> b) & 1u) ? load : 0;
    }
    for (;;) {
        int from[NODES];
        int queue[NODES];
        int n = 1;
        for (int i = 0; i <= sink; i++) {
            from[i] = -1;
        }
        from[0] = queue[0] = 0;
        for (int k = 0; k < n; k++) {
            for (int b = 0; b <= sink; b++) {
                if (from[b] < 0 && room[queue[k]][b] > 0) {
                    from[b] = queue[k];
                    queue[n++] = b;
                }
            }
        }
        if (from[sink] < 0) {
            return sum;
        }
        int64_t most = INT64_MAX;
        for (int i = sink; i != 0; i = from[i]) {
            most = room[from[i]][i] < most ? room[from[i]][i] : most;
        }
        for (int i = sink; i != 0; i = from[i]) {
            room[from[i]][i] -= most;
            room[i][from[i]] += most;
        }
        sum += (uint64_t)most;
    }
}

/* Bars that get something, and that draw what they draw whatever the others of their island take:
 * even when one bar takes all that it can get, it takes no more than is over. */
static unsigned carried_by_flow(const struct plan_problem *p, const uint8_t feeds[],
                                enum measure by, unsigned failed)
{
    unsigned served = 0;

    for (unsigned b = 0; b < p->n_bars; b++) {
        unsigned island = 1u << b;
        uint64_t need = 0;
        for (unsigned again = 0; again < p->n_bars; again++) {
            for (unsigned s = 0; s < p->n_supplies; s++) {
                island |= worth(p, s, by, failed) > 0 && (feeds[s] & island) ? feeds[s] : 0u;
            }
        }
        for (unsigned k = 0; k < p->n_bars; k++) {
            need += ((island >> k) & 1u) ? p->bars[k].load_mW : 0;
        }
        bool fed = largest_flow(p, feeds, by, failed, 1u << b, b) > 0;
        served |= fed && largest_flow(p, feeds, by, failed, island, b) >= need ? 1u << b : 0;
    }
    return served;
}

static unsigned outlive_by_flow(const struct plan_problem *p, const uint8_t feeds[])
{
    unsigned now = carried_by_flow(p, feeds, RELIED, 0);
    unsigned all = now;

    for (unsigned s = 0; s < p->n_supplies; s++) {
        all &= carried_by_flow(p, feeds, RELIED, 1u << s);
    }
    for (unsigned b = 0; b < p->n_bars; b++) {
        all |= p->bars[b].spare == 0 ? now & (1u << b) : 0u;
        for (unsigned feed = 0; feed < FEEDS && p->bars[b].two_feeds; feed++) {
            all &= ~(1u << b) | carried_by_flow(p, feeds, RELIED, of_feed(p, feed));
        }
    }
    return all;
}

/* The first term in which some allowed allocation is better; PLAN_TERMS: none is. (What the terms say of
 * one allocation is checked against the flow.) */
static int beaten_in(const struct plan_problem *p, const struct plan *plan)
{
    struct plan other = *plan;
    int first = PLAN_TERMS;

    for (unsigned long i = 0; i < 1ul << (p->n_bars * p->n_supplies); i++) {
        bool ok = true;
        int t = 0;
        for (unsigned s = 0; s < p->n_supplies; s++) {
            other.feeds[s] = (uint8_t)((i >> (s * p->n_bars)) & ((1u << p->n_bars) - 1u));
            ok = ok && is_allowed(&p->supplies[s], other.feeds[s]);
        }
        if (!ok) {
            continue;
        }
        judge_plan(p, &other);
        while (t < PLAN_TERMS && other.score.term[t] == plan->score.term[t]) {
            t++;
        }
        if (t < first && other.score.term[t] < plan->score.term[t]) {
            first = t;
        }
    }
    return first;
}

/* ORing stages, relays and mixtures: what is said to be served is what a flow can carry, what is said
 * to be redundant outlives every loss, and no allocation serves more bars, lacks less or interrupts
 * fewer; hardly ever is one more redundant. */
Test(planner, one_way_switches_serve_what_a_flow_can_carry)
{
    unsigned served = 0;
    unsigned redundant = 0;
    unsigned beaten = 0;

    srand(6);
    for (unsigned i = 0; i < 3000; i++) {
        struct plan_problem p = random_rack(1 + pick(4), 1 + pick(3));
        struct plan plan;
        unsigned bars = (1u << p.n_bars) - 1u;
        uint64_t load_mW = 0;

        for (unsigned s = 0; s < p.n_supplies; s++) {
            p.supplies[s].back = (uint8_t)(i % 2 ? 0 : pick(bars + 1));
        }
        for (unsigned b = 0; b < p.n_bars; b++) {
            load_mW += p.bars[b].load_mW;
        }
        plan_for(&p, &plan);
        cr_assert_eq(plan.served, carried_by_flow(&p, plan.feeds, RATED, 0), "rack %u", i);
        cr_assert_eq(plan.score.term[PLAN_SHORTAGE_mW],
                     load_mW - largest_flow(&p, plan.feeds, RATED, 0, bars, CTL_BARS), "rack %u",
                     i);
        cr_assert_eq(plan.redundant & ~outlive_by_flow(&p, plan.feeds), 0, "rack %u", i);
        int worse = beaten_in(&p, &plan);
        cr_assert_gt(worse, PLAN_RISK, "rack %u: term %d", i, worse);
        beaten += worse <= PLAN_THIN;
        served += count(plan.served);
        redundant += count(plan.redundant);
    }
    cr_assert_leq(beaten, 3);                    /* planner.c, struct bound */
    cr_assert(served > 1000 && redundant > 300); /* both answers were asked for */
}

/* The largest table there may be, as lopsided as it gets: all power on one bar, all load on two others
 * that a feeble supply joins with it, and everything may fail. Oracle: those two lack their load less
 * what the feeble one gives, whatever else there is; so they may not be said to lack nothing. */
Test(planner, sums_hold_what_the_largest_table_asks_of_them)
{
    enum { JOINING = CTL_SUPPLIES - 1, RICH = 1 };
    struct plan_problem p = {.n_supplies = CTL_SUPPLIES, .n_bars = 3};
    struct plan plan = {.served = 0};

    for (uint8_t s = 0; s < CTL_SUPPLIES; s++) {
        bool joins = s == JOINING;
        p.supplies[s] = (struct plan_supply){
            .capacity_mW = joins ? 1 : CONFIG_CAPACITY_MAX_mW,
            .shared_mW = joins ? 1 : CONFIG_CAPACITY_MAX_mW,
            .feed = CTL_NO_FEED,
            .reach = joins ? 7 : 1 << RICH,
            .serves = true,
            .spares = true,
        };
        plan.feeds[s] = p.supplies[s].present = p.supplies[s].made = p.supplies[s].reach;
    }
    for (uint8_t b = 0; b < p.n_bars; b++) {
        p.bars[b] =
            (struct plan_bar){.load_mW = b == RICH ? 0 : CONFIG_LOAD_MAX_mW, .spare = CTL_SUPPLIES};
    }
    judge_plan(&p, &plan);
    cr_expect_eq(plan.served, 1 << RICH);
    cr_expect_eq(plan.redundant, 0);
    cr_expect_geq(plan.score.term[PLAN_SHORTAGE_mW], 2u * CONFIG_LOAD_MAX_mW - 1);
    cr_expect_geq(plan.score.term[PLAN_MARGIN_mW], 2u * CONFIG_LOAD_MAX_mW - 1);
}

/* groups.c - Gale's condition over the sets of joined bars.  Checked by test_planner.c. */
#include "groups.h"

#include "bits.h"

#include <string.h>

enum { COST_APART = 1, COST_MIXED = 3, COST_SETS = 5 }; /* measured */

void groups_tally(const struct plan_problem *p, const uint8_t feeds[], plan_set who,
                  struct tally *t)
{
    (void)memset(t, 0, sizeof(*t));
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        if (((who >> s) & 1U) != 0U) {
            t->mW[feeds[s]] += p->supplies[s].capacity_mW;
            t->back[feeds[s]] |= p->supplies[s].back & feeds[s];
        }
    }
}

/* From each bar along the ways that lead to others, and on. */
static void follow(uint8_t n_bars, uint8_t ways[])
{
    for (uint8_t through = 0; through < n_bars; through++) {
        const uint8_t further = ways[through];
        for (uint8_t b = 0; has_several(further) && (b < n_bars); b++) {
            ways[b] |= has(ways[b], through) ? further : 0U;
        }
    }
}

/* Which bars are joined, and where power on each of them gets to: back through a switch that lets it,
 * and on by the other switches of that supply. False: nothing is joined. */
static bool find_ways(uint8_t n_bars, const struct tally *t, uint8_t joined[], uint8_t ways[])
{
    bool joins = false;
    bool passes = false;

    for (uint8_t b = 0; b < n_bars; b++) {
        joined[b] = bit(b);
        ways[b] = bit(b);
    }
    for (uint32_t mask = 3; mask < ((uint32_t)1 << n_bars); mask++) {
        if ((t->mW[mask] == 0U) || !has_several((uint8_t)mask)) {
            continue;
        }
        joins = true;
        passes = passes || (t->back[mask] != 0U);
        for (uint8_t b = 0; b < n_bars; b++) {
            joined[b] |= has((uint8_t)mask, b) ? (uint8_t)mask : 0U;
            ways[b] |= has(t->back[mask], b) ? (uint8_t)mask : 0U;
        }
    }
    if (joins) {
        follow(n_bars, joined);
    }
    if (passes) {
        follow(n_bars, ways);
    }
    return joins;
}

/* [set]: capacity of the supplies that get to none but bars of this set. */
static void find_within(uint8_t n_bars, const struct tally *t, const uint8_t ways[],
                        uint32_t within_mW[])
{
    const uint32_t end = (uint32_t)1 << n_bars;

    for (uint32_t mask = 0; mask < end; mask++) {
        within_mW[mask] = 0;
    }
    for (uint32_t mask = 1; mask < end; mask++) {
        if (t->mW[mask] != 0U) {
            uint8_t ends = 0;
            for (uint8_t b = 0; b < n_bars; b++) {
                ends |= has((uint8_t)mask, b) ? ways[b] : 0U;
            }
            within_mW[ends] += t->mW[mask];
        }
    }
    for (uint32_t one = 1; one < end; one <<= 1) {
        for (uint32_t set = one; set < end; set = (set + 1U) | one) {
            within_mW[set] += within_mW[set ^ one];
        }
    }
}

/* What every set of bars of one group lacks, each of its bars may lack. */
static void find_lacks(uint32_t all, const uint32_t load_mW[], const uint32_t within_mW[],
                       uint8_t whole, struct groups *g)
{
    for (uint32_t set = whole; set != 0U; set = (set - 1U) & whole) {
        /* What gets to any of them: all but what gets to others only. */
        const uint32_t got_mW = within_mW[all] - within_mW[all & ~set];
        const int32_t lacks_mW = (int32_t)load_mW[set] - (int32_t)got_mW;
        uint8_t b = 0;
        for (uint32_t left = set; left != 0U; left >>= 1) {
            if (((left & 1U) != 0U) && ((set == whole) || (lacks_mW > g->lacks_mW[b]))) {
                g->lacks_mW[b] = lacks_mW;
            }
            b++;
        }
    }
}

/* Power gets from every bar of a group to every other one: a group is like one bar. */
static bool is_mixed(uint8_t n_bars, const uint8_t joined[], const uint8_t ways[])
{
    bool mixed = true;

    for (uint8_t b = 0; b < n_bars; b++) {
        mixed = mixed && (ways[b] == joined[b]);
    }
    return mixed;
}

static void add_up(uint8_t n_bars, const uint32_t load_mW[], const struct tally *t,
                   struct groups *g)
{
    for (uint8_t b = 0; b < n_bars; b++) {
        const uint8_t first = lowest_in(g->of[b]);

        if (first < b) {
            g->capacity_mW[b] = g->capacity_mW[first];
            g->lacks_mW[b] = g->lacks_mW[first];
            continue;
        }
        g->capacity_mW[b] = 0;
        for (uint32_t mask = g->of[b]; mask != 0U; mask = (mask - 1U) & g->of[b]) {
            g->capacity_mW[b] += t->mW[mask];
        }
        g->lacks_mW[b] = (int32_t)load_mW[g->of[b]] - (int32_t)g->capacity_mW[b];
    }
}

uint32_t groups_find(uint8_t n_bars, const uint32_t load_mW[], const struct tally *t,
                     struct groups *g)
{
    const uint32_t all = ((uint32_t)1 << n_bars) - 1U;
    uint32_t within_mW[PLAN_SETS];
    uint8_t ways[CTL_BARS];

    const bool joins = find_ways(n_bars, t, g->of, ways);
    if (is_mixed(n_bars, g->of, ways)) {
        add_up(n_bars, load_mW, t, g);
        return joins ? (uint32_t)COST_MIXED : (uint32_t)COST_APART;
    }
    find_within(n_bars, t, ways, within_mW);
    for (uint8_t b = 0; b < n_bars; b++) {
        g->capacity_mW[b] = within_mW[all] - within_mW[all & ~(uint32_t)bit(b)];
        if (b == lowest_in(g->of[b])) {
            find_lacks(all, load_mW, within_mW, g->of[b], g);
        }
    }
    return (uint32_t)COST_SETS;
}

/* It may be more than the capacity that gets to the worst set, so the sum takes all 32 bits
 * (config.h). */
uint32_t groups_lack_mW(const struct groups *g, uint8_t b, uint32_t less_mW)
{
    int32_t lacks_mW = g->lacks_mW[b];

    if (lacks_mW >= 0) {
        return (uint32_t)lacks_mW + less_mW;
    }
    uint32_t over_mW = (uint32_t)(-lacks_mW);

    return (less_mW > over_mW) ? (less_mW - over_mW) : 0U;
}

uint32_t groups_shortage_mW(const struct groups *g, uint8_t n_bars, uint8_t bar)
{
    uint32_t worst_mW = 0;

    for (uint8_t b = 0; b < n_bars; b++) {
        uint32_t lacks_mW = has(g->of[bar], b) ? groups_lack_mW(g, b, 0) : 0U;
        worst_mW = (lacks_mW > worst_mW) ? lacks_mW : worst_mW;
    }
    return worst_mW;
}

bool groups_is_dark(const struct groups *g, uint8_t b, uint32_t less_mW)
{
    return (g->capacity_mW[b] <= less_mW) || (groups_lack_mW(g, b, less_mW) > 0U);
}

uint8_t groups_carried(const struct groups *g, uint8_t n_bars)
{
    uint8_t bars = 0;

    for (uint8_t b = 0; b < n_bars; b++) {
        bars |= groups_is_dark(g, b, 0) ? 0U : bit(b);
    }
    return bars;
}

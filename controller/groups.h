/* groups.h - which bars a set of supplies carries, by one allocation.
 *
 * Bars that a supply joins share their troubles. Of their supplies they share the joining ones; those
 * of one bar get to another where a joining supply's switch passes power back. The loads can be
 * carried if and only if enough capacity gets to every set of bars (Gale's condition for a flow).
 *
 *   checked   tests/controller/test_planner.c, against augmenting paths */
#ifndef CONTROLLER_GROUPS_H
#define CONTROLLER_GROUPS_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

/* What feeds exactly these bars: [mask] for all supplies of an allocation that feed the bars of mask. */
struct tally {
    uint32_t mW[PLAN_SETS];  /* 0: none does */
    uint8_t back[PLAN_SETS]; /* of these bars: power gets back from them to the others */
};

/* What one allocation gives each group of joined bars. */
struct groups {
    uint8_t of[CTL_BARS];           /* bars joined with this one, itself included */
    uint32_t capacity_mW[CTL_BARS]; /* of the supplies whose power gets to this bar */
    /* Load beyond capacity of the worst set of bars in its group with this one; negative: what is left
     * over. */
    int32_t lacks_mW[CTL_BARS];
};

/* Those of `who` that serve, for what they are rated. */
void groups_tally(const struct plan_problem *p, const uint8_t feeds[], plan_set who,
                  struct tally *t);

/* `load_mW`: of every set of bars. Returns what it took, 1 being about one walk along the supplies. */
uint32_t groups_find(uint8_t n_bars, const uint32_t load_mW[], const struct tally *t,
                     struct groups *g);

/* Power that bar b, or bars joined with it, lack when `less_mW` of its capacity is gone. */
uint32_t groups_lack_mW(const struct groups *g, uint8_t b, uint32_t less_mW);

/* The worst of the bars joined with bar b: what no flow can bring to them. */
uint32_t groups_shortage_mW(const struct groups *g, uint8_t n_bars, uint8_t b);

/* A bar without any supply is dark, even if nothing is known to draw from it. */
bool groups_is_dark(const struct groups *g, uint8_t b, uint32_t less_mW);

/* Bars that are not dark. */
uint8_t groups_carried(const struct groups *g, uint8_t n_bars);

#endif

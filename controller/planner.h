/* planner.h - which supply shall feed which bar.
 *
 * A pure function of capacities, health, reachable bars, loads, wanted redundancy and the present
 * allocation. Every allocation has a score, a row of penalties of which the first that differs
 * decides:
 *
 *   STRANDED   a bar fed by a good supply would lose the last one: never done for another's sake
 *   DARK       bars whose supplies cannot carry their load, the most important ones weigh most
 *   SHORTAGE   power that those bars lack
 *   RISK       bars carried now that would not be while switches move: a supply that changes bars is
 *              off the old one before it is on the new one; never for redundancy's sake
 *   THIN       bars that the loss of `spare` supplies would leave dark; shares are unequal, and the
 *              supply that carries most must not trip then: no bar goes dark to get there
 *   MARGIN     power that they would lack, as far as 32 bits hold it
 *   ONE_FEED   bars with spare > 0 that the loss of one feed would leave dark
 *   JOINED     supplies that feed two bars and so make them one fault domain
 *   SWITCHED   switch operations away from the present allocation
 *
 * As no term measures anything that varies by itself, equal circumstances give equal plans, and a
 * plan is left only for one with a better score: there is nothing to flap.
 *
 * Bars that a supply joins share their troubles. Of their supplies they share the joining ones; those
 * of one bar get to another where a joining supply's switch passes power back. The loads can be
 * carried if and only if enough capacity gets to every set of bars (Gale's condition for a flow). With
 * spare = 1 the loss of every single supply is worked out, joining ones included; with more, the
 * largest ones of the group are taken.
 *
 * The search goes from the present allocation to better neighbours: first one supply at a time, then
 * two; bounded by PLANNER_MOVES accepted moves. If that leaves anything to be wished for, a rack with
 * at most PLANNER_EXACT allocations is searched through, a larger one climbed once more from all
 * switches closed and once from all open.
 *
 *   checked   tests/controller/test_planner.c, against every allocation of small racks;
 *             tests/fuzz/fuzz_planner.c */
#ifndef CONTROLLER_PLANNER_H
#define CONTROLLER_PLANNER_H

#include "ctl_config.h"

#include <stdbool.h>
#include <stdint.h>

_Static_assert(CTL_BARS <= 8, "an allocation keeps the bars of a supply in eight bits");

struct plan_supply {
    uint32_t capacity_mW;
    uint32_t shared_mW; /* what it gives, at least, while one that takes a larger share gives all */
    uint8_t feed;       /* CTL_NO_FEED: fails with no other supply */
    uint8_t reach;      /* bars it has a switch to, bit per bar */
    uint8_t present;    /* bars it feeds now, or is about to: its switch has been told to close */
    uint8_t made;       /* of these: the switch has had the time it takes */
    uint8_t frozen;     /* bars whose switch can't move now */
    /* Bars whose switch, closed, passes power back, too (no ORing): from there it gets to the other
     * bars of this supply. */
    uint8_t back;
    bool serves; /* carries load */
    bool spares; /* may be relied on when another one fails */
    bool joins;  /* may be told to feed a bar that it doesn't feed now */
    bool leaves; /* may be told to stop feeding a bar */
};

struct plan_bar {
    uint32_t load_mW;
    uint8_t spare;
    uint8_t priority;
};

struct plan_problem {
    uint8_t n_supplies;
    uint8_t n_bars;
    struct plan_supply supplies[CTL_SUPPLIES];
    struct plan_bar bars[CTL_BARS];
};

enum plan_term {
    PLAN_STRANDED,
    PLAN_DARK,
    PLAN_SHORTAGE_mW,
    PLAN_RISK,
    PLAN_THIN,
    PLAN_MARGIN_mW,
    PLAN_ONE_FEED,
    PLAN_JOINED,
    PLAN_SWITCHED,
    PLAN_TERMS
};

struct plan_score {
    uint32_t term[PLAN_TERMS];
};

struct plan {
    uint8_t feeds[CTL_SUPPLIES]; /* bars of each supply, bit per bar */
    struct plan_score score;
    uint8_t served;    /* bars, bit per bar */
    uint8_t redundant; /* bars that are not THIN */
};

enum { PLANNER_MOVES = 64, PLANNER_EXACT = 4096 };

/* The best allocation found; `out` overwritten in full. */
void planner_plan(const struct plan_problem *p, struct plan *out);

/* Score, served and redundant of the allocation in plan->feeds. */
void planner_judge(const struct plan_problem *p, struct plan *plan);

#endif

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
 *   WORN       operations of switches that have used up the life they are rated for
 *   SWITCHED   switch operations away from the present allocation
 *
 * As no term measures anything that varies by itself, equal circumstances give equal plans, and a
 * plan is left only for one with a better score: there is nothing to flap.
 *
 * What a bar can outlive is worked out by groups of joined bars (groups.h). With spare = 1 the loss of
 * every single supply is looked at, joining ones included; with more, the largest ones of the group
 * are taken. A bar with `two_feeds` is to outlive the loss of any one feed as well (2N).
 *
 * The search goes from the present allocation to better neighbours: first one supply at a time, then
 * two; bounded by PLANNER_MOVES accepted moves. If that leaves anything to be wished for, a rack with
 * at most 2^PLANNER_EXACT_BITS allocations is searched through, a larger one climbed once more from
 * all switches closed and once from all open. It may be interrupted after every allocation: an answer
 * depends on nothing but its question, in however many slices it was found.
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
    /* What it gives, at least, while one that takes a larger share gives all; neither is 0. */
    uint32_t shared_mW;
    uint8_t feed;    /* CTL_NO_FEED: fails with no other supply */
    uint8_t reach;   /* bars it has a switch to, bit per bar */
    uint8_t present; /* bars it feeds now, or is about to: its switch has been told to close */
    uint8_t made;    /* of these: the switch has had the time it takes */
    uint8_t frozen;  /* bars whose switch can't move now */
    /* Bars whose switch, closed, passes power back, too (no ORing): from there it gets to the other
     * bars of this supply. */
    uint8_t back;
    uint8_t worn; /* bars whose switch has used up its rated life */
    bool serves;  /* carries load */
    bool spares;  /* may be relied on when another one fails */
    bool joins;   /* may be told to feed a bar that it doesn't feed now */
    bool leaves;  /* may be told to stop feeding a bar */
};

struct plan_bar {
    uint32_t load_mW;
    uint8_t spare;
    uint8_t priority;
    bool two_feeds; /* shall outlive the loss of any one feed, too; only with a spare */
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
    PLAN_WORN,
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

#if CTL_SUPPLIES > 32
typedef uint64_t plan_set; /* of supplies, bit per supply */
#else
typedef uint32_t plan_set;
#endif

enum { PLAN_SETS = 1U << CTL_BARS }; /* sets of bars */

/* What of a question is the same for every allocation: worked out once (score.c). */
struct plan_brief {
    plan_set serves;
    plan_set spares;
    plan_set of_feed[CTL_SUPPLIES / 2]; /* those of `spares` that fail together */
    uint8_t n_feeds;
    uint8_t n_spares;
    uint8_t order[CTL_SUPPLIES];   /* of `spares`, the one that delivers most first */
    uint8_t like[CTL_SUPPLIES];    /* the first supply that is the same in everything */
    uint8_t movable[CTL_SUPPLIES]; /* bars whose switch may be told something else */
    uint8_t live;                  /* bars that a good supply feeds now */
    uint8_t carried;               /* bars that are carried now */
    uint32_t weight[CTL_BARS];
    uint32_t load_mW[PLAN_SETS]; /* of every set of bars */
};

enum trial_verdict { TRIAL_WORSE, TRIAL_BETTER, TRIAL_OPEN };

/* An allocation that is being judged (score.c). */
struct plan_trial {
    struct plan plan;
    struct plan_score than; /* to be undercut */
    uint8_t verdict;        /* enum trial_verdict */
    uint8_t loss;           /* to be looked at next: spares in their order, then feeds */
    uint8_t thin;           /* bars that do not outlive one of those looked at */
    uint8_t one_feed;       /* bars that the loss of one feed would leave dark */
    uint8_t joined[CTL_BARS];
    uint32_t lacks_mW[CTL_BARS]; /* after the worst loss that the bar is to outlive */
};

enum planner_phase {
    PLANNER_DONE, /* the answer is `best` */
    PLANNER_BRIEF,
    PLANNER_PRESENT,
    PLANNER_BOUND,
    PLANNER_START, /* of a climb */
    PLANNER_ONE,   /* neighbours that differ in one supply */
    PLANNER_TWO,
    PLANNER_ALL /* every allocation */
};

enum {
    PLANNER_MOVES = 64,
    PLANNER_EXACT_BITS = 12,
    PLANNER_SLICE = 10 /* of score_begin()'s cost in one slice, and at most one such call more */
};

/* A search under way. No pointers: copying it copies the search. */
struct planner {
    struct plan_problem problem;
    struct plan_brief brief;
    struct plan_score least; /* what can hardly be undercut ... */
    bool is_bound;           /* ... if there is such a thing */
    uint8_t phase;           /* enum planner_phase */
    uint8_t climbs;          /* begun */
    uint8_t moves;           /* accepted in this one */
    uint8_t first;           /* the neighbour looked at: supply ... */
    uint8_t choice;          /* ... and which of its choices */
    uint8_t second;          /* of two: the same of the second one */
    uint8_t other;
    bool found;     /* `next` is better than `at` */
    uint16_t left;  /* allocations, of PLANNER_ALL */
    uint8_t served; /* bars, by the present allocation */
    uint8_t redundant;
    struct plan_trial trial;
    struct plan at;   /* where the climb stands, or what is looked at of all */
    struct plan next; /* its best neighbour so far */
    struct plan best; /* best so far, at last the answer */
};

/* Bars whose switch may be told something else. */
uint8_t plan_movable(const struct plan_supply *u);

/* Ask a new question. */
void planner_begin(struct planner *s, const struct plan_problem *p);

/* Go on for one slice; true: the answer is found, s->best. */
bool planner_run(struct planner *s);

#endif

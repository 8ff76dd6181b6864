/* loads.h - with which loads the planner is asked.
 *
 * The largest of these that the supplies can carry when some of them change bars:
 *
 *   ceiling   the configured load, or what is wanted where that is more
 *   wanted    what would be drawn if no server was held down
 *   shed      what is left when the least important servers have given way, each bar within what its
 *             supplies give; a supply changes bars where it saves more important servers than it costs
 *
 * While servers have to give way no redundancy is wished for: a supply that joins two bars for its sake
 * has two shares to carry, and trips.
 *
 * Only what servers report and obey can be shed: without them a bar's load stays what it is. As there may
 * be many servers, this is found out a slice at a time.
 *
 *   source    DESIGN.md, "Shedding"
 *   checked   tests/controller/test_demand.c */
#ifndef CONTROLLER_LOADS_H
#define CONTROLLER_LOADS_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

enum loads_stage {
    LOADS_FOUND,
    LOADS_CEILING, /* are these carried? */
    LOADS_WANTED,  /* these? */
    LOADS_PRICE,   /* servers give way, and no supply may carry more than its share */
    LOADS_SHED     /* what is left of each bar's */
};

/* Supplies spread over the bars, as they could be. */
struct loads {
    uint8_t stage;               /* enum loads_stage */
    bool under_way;              /* supplies are on bars: the stage has begun */
    bool fits;                   /* all that is wanted can be carried */
    uint8_t moves;               /* made in this stage */
    uint8_t poor;                /* bars for which there is nothing more to be had */
    uint8_t bar;                 /* that is given another supply, or looked at */
    uint16_t reach;              /* the most important priority that it would shed now */
    plan_set open;               /* supplies that it may get, yet to be looked at */
    uint8_t feeds[CTL_SUPPLIES]; /* the bar of each supply, a bit; 0: none */
    uint32_t give_mW[CTL_BARS];
    uint32_t load_mW[CTL_BARS];
};

struct controller;

/* Begin with them. */
void loads_begin(const struct controller *c, struct loads *l);

/* Go on for one slice; true: the loads and spares of question q, whose other members are filled in, are. */
bool loads_run(const struct controller *c, struct loads *l, struct plan_problem *q);

#endif

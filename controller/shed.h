/* shed.h - who must give way when a bar has less than it wants, and who may come back.
 *
 *   too much  caps first, the least important servers first; servers are shed only where all caps
 *             together don't do, no more of them than it takes
 *   doubt     supplies that may have failed with another one (its feed): caps, ahead of certainty
 *   room      the most important first, those that are off before those that are capped; not soon
 *             after the bar lacked power. Each start counts with its surge, and the next one waits
 *             until the bar is calm: a staged restart. Less important ones are capped for the most
 *             important one that has none, if that is enough
 *
 * One bar is balanced in a step and one request leaves with it, so that work is bounded.
 *
 *   source    DESIGN.md, "Shedding"
 *   checked   tests/controller/test_demand.c, against every choice for small racks; test_storm.c */
#ifndef CONTROLLER_SHED_H
#define CONTROLLER_SHED_H

#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SHED_HOLD_us = 2000000, /* after a bar lacked power before a server is let go; doubled ... */
    SHED_HOLD_MAX_us = 64000000, /* ... up to this, each time it lacks again soon after that */
    SHED_DONE_us = 5000, /* a server that has acknowledged draws less by then (throttle 1..5 ms) */
    SHED_LACK = 64,      /* part of the budget that must be lacking before a server is shed */
    SHED_ROOM = 32       /* part of the budget that stays free when servers are let go */
};

struct controller;

void shed_init(struct controller *c);

/* Balance a bar, send a request. False: there was nothing to do. */
bool shed_step(struct controller *c, struct ctl_out *out);

/* Is there more of that to do at once? */
bool shed_has_more(const struct controller *c);

/* Bars that a good supply may leave now, bit per bar. Not before budgets are known without it, and
 * servers have given way to that. */
uint8_t shed_allows(const struct controller *c);

/* The most important priority that a bar would shed with such a budget; UINT8_MAX + 1: none. */
uint32_t shed_reaches(const struct controller *c, uint8_t b, uint32_t budget_mW);

#endif

/* shed.h - who must give way when a bar has less than it wants, and who may come back.
 *
 *   budget    what the bar's supplies give for as long as it takes, though the one that carries most
 *             must not trip: their shares; one alone: its rating
 *   too much  caps first, the least important servers first; servers are shed only where all caps
 *             together don't do, no more of them than it takes
 *   doubt     supplies that may have failed with another one (its feed): caps, ahead of certainty
 *   answer    a cap that is refused or not acknowledged becomes a shed; a server that can't be shed is
 *             deaf, and the next one is taken
 *   room      the most important first, those that are off before those that are capped, one after
 *             the other, each with its surge; not before the bar has been calm, nor soon after it
 *             lacked
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
    SHED_HOLD_us = 2000000,  /* after a server was held down before one is let go */
    SHED_DEAF_us = 10000000, /* what does not do as it is asked is asked again after this */
    SHED_ROOM = 32           /* part of the budget that stays free when servers are let go */
};

struct controller;

void shed_init(struct controller *c);

/* What the supplies of a bar can give, by the present plan. */
void shed_budget(struct controller *c, uint8_t b);

/* A server has reported: has it done what it was asked? */
void shed_answered(struct controller *c, uint16_t i, const struct ctl_in *in);

/* Requests that were not acknowledged in time. */
void shed_tick(struct controller *c);

/* Balance a bar, send a request. True: there is more to do at once. */
bool shed_step(struct controller *c, struct ctl_out *out);

/* The most important priority that a bar would shed with such a budget; UINT8_MAX + 1: none. */
uint32_t shed_reaches(const struct controller *c, uint8_t b, uint32_t budget_mW);

#endif

/* allocate.h - from what is believed of the rack to a question for the planner, and back.
 *
 *   state                     carries  relied on  may be closed  may be opened by the plan
 *   STANDBY STARTING SHARING  yes      yes        yes            yes
 *   SUSPECT, warning          yes      no         yes            no; overloaded by two bars: one of them
 *   SUSPECT, silent           no       no         no             no
 *   ABSENT, IDENTIFIED        no       no         no             no
 *   PROBATION                 yes      no         no             no
 *   LOST ISOLATED RETIRED     no       no         no             once its bar has a good supply
 *   pre-empted (preempt.h)    no       no         no             where the bar is redundant without it
 *
 * A supply that merely does not answer is not counted, so a spare is brought in where there is one,
 * but its own switches stay closed: telemetry may be dead while the power is fine. As long as its
 * bus has not been surveyed since it last hung, nobody can know, and such supplies count as before.
 *
 * The answer is looked up where the case was foreseen (contingency.h). Otherwise what rescue.h says is
 * done for the time being. In the following steps, a slice each, it is found out which loads the planner
 * is to be asked with (loads.h); when they are others than those of the answer, or there is none yet,
 * the planner searches.
 *
 *   checked   tests/controller/test_step.c, test_storm.c */
#ifndef CONTROLLER_ALLOCATE_H
#define CONTROLLER_ALLOCATE_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

struct controller;

/* What of every question is the same. */
void allocate_init(struct controller *c);

/* Is part of the rack about to be known better? No plan is made until then, unless a supply is a
 * danger to its bar. */
bool allocate_waits(const struct controller *c);

/* Supplies, good by their last readings, on the feed or the bar of one that failed since. */
plan_set allocate_doubted(const struct controller *c);

/* If the question is a new one, answer it: by the table of contingencies, or for the time being, and
 * begin a search. Make the answer the wanted positions. False: a supply that was replaced before
 * it fails is missed; nothing was told to the switches, ask anew. */
bool allocate(struct controller *c);

/* What thinking there is to be done. */
enum allocate_work {
    ALLOCATE_IDLE,
    ALLOCATE_LOOKS_AHEAD, /* when nothing else is to be done */
    ALLOCATE_PLANS        /* at once */
};

enum allocate_work allocate_work(const struct controller *c);

/* Is the answer one for the time being, or may the loads that it was made for have changed? */
bool allocate_plans(const struct controller *c);

/* Go on with it, for one slice. */
void allocate_think(struct controller *c);

#endif

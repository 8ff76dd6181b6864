/* allocate.h - from what is believed of the rack to a question for the planner, and back.
 *
 *   state                     carries  relied on  may be closed  may be opened by the plan
 *   STANDBY STARTING SHARING  yes      yes        yes            yes
 *   SUSPECT, warning          yes      no         yes            no
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
 * Contingency tables of the whole product join in here: they change the question, the planner stays
 * as it is.
 *
 *   checked   tests/controller/test_step.c, test_storm.c */
#ifndef CONTROLLER_ALLOCATE_H
#define CONTROLLER_ALLOCATE_H

#include <stdbool.h>
#include <stdint.h>

struct controller;

/* Is part of the rack about to be known better? No plan is made until then, unless a supply is a
 * danger to its bar. */
bool allocate_waits(const struct controller *c);

/* Is this supply, good by its last reading, on the feed or the bar of one that failed since? */
bool allocate_doubts(const struct controller *c, uint8_t s);

/* Ask for a plan if the question is a new one, and make it the wanted positions. False: a plan without
 * a supply that is about to fail is not to be carried out; nothing was changed, ask anew. */
bool allocate(struct controller *c);

#endif

/* rescue.h - what to do at once about a question that nobody has foreseen, until it is answered.
 *
 *   the plan under way   goes on if all that has changed is that switches have moved as it wanted
 *   otherwise            nothing opens; what it wanted to close beside nothing else still closes
 *   a bar gone dark      gets the largest supplies that are to be relied on and feed nothing
 *
 * A supply that feeds nothing and is closed onto one bar takes nothing from anybody: whatever the
 * answer will be, no bar is worse off meanwhile.
 *
 *   checked   tests/controller/test_rescue.c */
#ifndef CONTROLLER_RESCUE_H
#define CONTROLLER_RESCUE_H

#include "planner.h"

#include <stdint.h>

/* A plan for q, when `plan` was the answer to `before`, by which the bars in `served` were carried. Its
 * feeds and served are set. */
void rescue_plan(const struct plan_problem *before, const struct plan *plan, uint8_t served,
                 const struct plan_problem *q, struct plan *out);

/* Bars that the present allocation carries. */
uint8_t rescue_served(const struct plan_problem *q);

#endif

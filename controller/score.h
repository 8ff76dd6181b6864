/* score.h - how good an allocation is; the terms and their order are in planner.h. */
#ifndef CONTROLLER_SCORE_H
#define CONTROLLER_SCORE_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

/* What of a question is the same for every allocation. */
void score_prepare(const struct plan_problem *p, struct plan_brief *k);

/* Is the allocation in trial->plan.feeds better than one with the score trial->than? Begins to find out;
 * the rest is done loss by loss, as long as the verdict is open. Only if it is better its own score is
 * complete: most are found worse by their first terms. `cost` grows by what it took, 1 being about one
 * walk along the supplies: at most 15 to begin with and 5 for each loss. */
void score_begin(const struct plan_problem *p, const struct plan_brief *k, struct plan_trial *trial,
                 uint32_t *cost);
void score_go_on(const struct plan_problem *p, const struct plan_brief *k, struct plan_trial *trial,
                 uint32_t *cost);

/* By the first n terms: < 0 when a is better, > 0 when b is. */
int32_t score_compare(const struct plan_score *a, const struct plan_score *b, uint32_t n);
bool score_is_better(const struct plan_score *a, const struct plan_score *b);

#endif

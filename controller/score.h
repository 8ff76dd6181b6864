/* score.h - how good an allocation is; the terms and their order are in planner.h. */
#ifndef CONTROLLER_SCORE_H
#define CONTROLLER_SCORE_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

/* What of a question is the same for every allocation. */
void score_prepare(const struct plan_problem *p, struct plan_brief *k);

/* Is the allocation in plan->feeds better than one with the score `than`? Only if so its own score is
 * complete: most are found worse by their first terms. `cost` grows by the groups looked at: at most
 * four, one for each way in which a supply joins bars, and one for each feed. */
bool score_beats(const struct plan_problem *p, const struct plan_brief *k, struct plan *plan,
                 const struct plan_score *than, uint32_t *cost);

/* Score, served and redundant of the allocation in plan->feeds. */
void score_judge(const struct plan_problem *p, const struct plan_brief *k, struct plan *plan,
                 uint32_t *cost);

/* By the first n terms: < 0 when a is better, > 0 when b is. */
int32_t score_compare(const struct plan_score *a, const struct plan_score *b, uint32_t n);
bool score_is_better(const struct plan_score *a, const struct plan_score *b);

#endif

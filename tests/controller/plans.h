/* plans.h - a question answered at once, for tests; the controller asks it slice by slice. */
#ifndef TESTS_CONTROLLER_PLANS_H
#define TESTS_CONTROLLER_PLANS_H

#include "controller/controller.h"
#include "controller/score.h"

/* The loads of a question. */
static inline void loads_for(const struct controller *c, struct plan_problem *p)
{
    struct loads loads;

    loads_begin(c, &loads);
    while (!loads_run(c, &loads, p)) {
    }
}

/* Slices that the answer took. */
static inline unsigned plan_for(const struct plan_problem *p, struct plan *plan)
{
    struct planner s;
    unsigned slices = 1;

    planner_begin(&s, p);
    while (!planner_run(&s)) {
        slices++;
    }
    *plan = s.best;
    return slices;
}

/* What the planner says of the allocation in plan->feeds. */
static inline void judge_plan(const struct plan_problem *p, struct plan *plan)
{
    struct plan_brief brief;
    struct plan_trial trial = {.plan = *plan};
    uint32_t cost = 0;

    for (int i = 0; i < PLAN_TERMS; i++) {
        trial.than.term[i] = UINT32_MAX;
    }
    score_prepare(p, &brief);
    score_begin(p, &brief, &trial, &cost);
    while (trial.verdict == TRIAL_OPEN) {
        score_go_on(p, &brief, &trial, &cost);
    }
    *plan = trial.plan;
}

#endif

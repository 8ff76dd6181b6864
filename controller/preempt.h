/* preempt.h - what follows from a prognosis: a supply is replaced before it fails, when that pays.
 *
 * One supply at a time that is FAILING and feeds a bar is put on trial: the planner is asked as if it
 * had failed already. The answer is carried out if
 *
 *   gain   a bar keeps its service or its redundancy that it would lose by the failure, unprepared
 *   loss   no bar is left without service, none loses redundancy for it that the failure would leave
 *   cost   no bar is uncovered while switches move, at most PREEMPT_SWITCHES operations
 *   budget fewer than `preempt_most` in this day; the others wait for their failure
 *
 * Then it is PREEMPTED: the plan does without it. What replaces it closes first; it opens only where the
 * bar is redundant without it, and stays otherwise, for what it is still worth. If later some bar can't
 * be served without it, all are taken back: a supply that may fail soon is better than none. So a false
 * alarm costs switch operations of the budget, and no bar service or redundancy.
 *
 *   checked   tests/controller/test_preempt.c, scenarios/prediction */
#ifndef CONTROLLER_PREEMPT_H
#define CONTROLLER_PREEMPT_H

#include "ctl_config.h"
#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

enum { PREEMPT_SWITCHES = 4, PREEMPT_MINUTE_us = 60000000, PREEMPT_DAY = 1440 /* minutes */ };

struct preempt {
    uint8_t trial; /* the supply on trial; CTL_NOBODY: none */
    plan_set taken;
    plan_set refused;    /* a trial did not pay, as things were at `refused_at` */
    uint32_t refused_at; /* changes counted then */
    uint16_t today;      /* pre-emptions */
    uint16_t minutes;    /* of this day */
    uint32_t minute_us;  /* when the present one began */
};

struct controller;

void preempt_init(struct controller *c);
void preempt_tick(struct controller *c);

/* Was it replaced before it fails? */
bool preempt_has_taken(const struct controller *c, uint8_t s);

/* Does the plan do without it, or is that being tried? */
bool preempt_is_without(const struct controller *c, uint8_t s);

/* The trial is over: here is the plan without that supply; `served` and `redundant`: bars by the present
 * allocation without it. True: it pays, and is to be carried out. */
bool preempt_pays(struct controller *c, const struct plan *plan, uint8_t served, uint8_t redundant);

/* A plan leaves bars without service, and supplies that were replaced could help: they are taken back.
 * True: the question is another one now, ask anew. */
bool preempt_is_missed(struct controller *c, const struct plan *plan);

#endif

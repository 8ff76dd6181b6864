/* contingency.h - what shall be done if ..., worked out before it happens.
 *
 *   a case     one supply lost, one feed lost (all supplies on it), one closed switch found open
 *   its plan   the planner's answer to the present question as it would be then
 *   its row    that plan, a bit per switch
 *
 * In steps that have nothing more important to do, the planner is asked for one case after the other,
 * in slices, as soon as the present question is answered and nothing moves. A fault whose question is
 * exactly that of a case is then answered by its row, which is what the planner would have answered.
 * What the bars are to get belongs to the row (loads.h): after a loss servers may have to give way.
 * Whether that is still so is found out in the steps after. With every other question the table becomes
 * void: it was made for another rack.
 *
 *   checked   tests/controller/test_contingency.c, every row against a fresh answer */
#ifndef CONTROLLER_CONTINGENCY_H
#define CONTROLLER_CONTINGENCY_H

#include "planner.h"

#include <stdbool.h>
#include <stdint.h>

/* Cases are numbered: supplies, feeds by the first supply on them, switches. */
enum {
    CONTINGENCY_FEEDS = CTL_SUPPLIES,
    CONTINGENCY_SWITCHES = 2 * CTL_SUPPLIES,
    CONTINGENCY_CASES = (2 * CTL_SUPPLIES) + CTL_SWITCHES,
    CONTINGENCY_LOADS = 8 /* cases differ in what is asked for the bars, but not often */
};

struct contingency_row {
    uint8_t closed[(CTL_SWITCHES + 7) / 8]; /* by the plan, bit per switch */
    uint8_t serves;                         /* bars carried by the plan */
    uint8_t served;                         /* bars carried before anything has moved */
    uint8_t redundant;
    uint8_t loads; /* which of struct contingency, loads[], from 1 on; 0: the row is not ready */
};

/* What was asked for the bars. */
struct contingency_loads {
    uint32_t load_mW[CTL_BARS];
    bool fits;    /* there is enough for all, and redundancy is wished for */
    uint8_t rows; /* made for them */
};

struct contingency {
    struct contingency_row rows[CONTINGENCY_CASES];
    struct contingency_loads loads[CONTINGENCY_LOADS];
    uint8_t old[(CONTINGENCY_CASES + 7) / 8]; /* rows to be worked out anew, bit per row */
    uint16_t next;                            /* case to be looked at */
    uint16_t left;                            /* to be looked at until all are worked out */
    uint16_t ready;                           /* rows that are */
};

struct controller;

/* The question has changed. */
void contingency_forget(struct controller *c);

/* What the bars want has, or who of the servers can give way: rows that depend on it are worked out anew,
 * and are good enough until then. */
void contingency_reload(struct controller *c);

/* Is there a case left to be worked out? */
bool contingency_has_work(const struct controller *c);

/* Begin to search for the answer to the next case; false: none was found in this step. */
bool contingency_begin(struct controller *c);

/* It has been answered. */
void contingency_store(struct controller *c);

/* The row that answers q, whatever its loads; NULL: none does. */
const struct contingency_row *contingency_find(const struct controller *c,
                                               const struct plan_problem *q);

/* The plan of a row, and the loads that it was made for. */
void contingency_plan(const struct controller *c, const struct contingency_row *row,
                      struct plan *plan);
void contingency_ask(const struct controller *c, const struct contingency_row *row,
                     struct plan_problem *q);

/* The question that is to be expected when this case comes true, but for its loads; false: it changes
 * nothing. */
bool contingency_question(const struct controller *c, uint16_t number, struct plan_problem *q);

#endif

/* duel.h - one circuit, played by powergap and by the referee; where do they disagree? */
#ifndef TESTS_ORACLE_DUEL_H
#define TESTS_ORACLE_DUEL_H

#include <stdio.h>

#include "outcome.h"

enum duel {
    DUEL_AGREES,
    DUEL_DISAGREES,
    DUEL_UNDECIDED, /* the referee itself says otherwise of a circuit a hundred thousandth away:
                       seed 18482, a bar that comes to rest 3 uV above its threshold */
    DUEL_BROKEN     /* not read, not loaded, or not played to the end */
};

struct duel_result {
    enum duel verdict;
    double worst;    /* error of all that was compared, in parts of its tolerance */
    int n, told;     /* so much was compared, so much disagreed */
    int drops, gaps; /* in the referee's eyes */
};

/* Powergap does what is to be done in the first whole nanosecond. A hundred restarts of a load add up
 * to a hundred nanoseconds, and by these a bar may miss a threshold: so it must agree with the referee
 * or with the referee on the same clock (seed 24768, to the nanosecond in each of 180 events).
 *
 * Edges, gaps and load times within max(1 us, 0.1 % of the gap), lowest voltages within 0.2 %,
 * counts equal. Powergap plays at its tolerance or at this one, unless that is 0. What disagrees is
 * told to `story`, unless that is NULL. */
struct duel_result duel(const char *text, double tolerance, FILE *story);

/* Take out every line that is not needed for the disagreement. */
void duel_shrink(char *text);

#endif

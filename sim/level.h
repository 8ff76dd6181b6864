/* level.h - whether the lowest of some voltages is beyond a level, on a stretch of its island's
 * segment: all that is asked follows from the curves that they are. */
#ifndef SIM_LEVEL_H
#define SIM_LEVEL_H

#include "curve.h"
#include "expr.h"

/* How far each node is from the level between two instants of the segment: negative where the
 * condition is true. */
struct stretch {
    const struct expr_level *level;
    ns_t t0, t1;
    int32_t n;
    struct curve y[EXPR_LEVEL_NODES];
};

void level_cut(const struct expr_level *l, const struct world *w, ns_t t0, ns_t t1,
               struct stretch *s);

/* Where sign times a voltage is above this, it is further from the level than y. */
double level_mark(const struct expr_level *l, double y);

/* What an instance says at a whole nanosecond, by its level where it is nothing else. */
double level_view_value(const struct expr_view *v, const struct world *w, ns_t at);

/* Do the curves' bounds tell that the condition stays true, or false, all the time? */
bool level_stays(const struct stretch *s, bool holds);

/* The least value on the way, where it is below `mark`, at a whole nanosecond. */
bool level_goes_below(const struct stretch *s, const struct world *w, double *mark, ns_t *at);

/* The integral of minus the value, in volt-seconds. */
double level_area(const struct stretch *s);

#endif

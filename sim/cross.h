/* cross.h - where a condition changes between two instants, to the whole nanosecond.
 *
 * The plant's segments must hold from t0 to t1. Only reads. */
#ifndef SIM_CROSS_H
#define SIM_CROSS_H

#include "expr.h"
#include "plant.h"

/* The first whole nanosecond of (t0, t1] in which the condition no longer is what it `was` at t0.
 * False: it stays. A dip and return between two nanoseconds does not count. */
bool cross_find(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1, bool was,
                ns_t *at);

/* The smallest value of the expression in [t0, t1], and where. */
double cross_least(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1, ns_t *at);

/* The integral of minus the value over [t0, t1], in its unit times seconds. */
double cross_area(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1);

/* d/dt of the value just before `at`, per second; t0 < at is where the segments begin. */
double cross_slope(const struct expr_view *v, const struct world *w, ns_t t0, ns_t at);

#endif

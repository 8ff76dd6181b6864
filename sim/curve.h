/* curve.h - a state on its island's present segment, as the cubic that it is.
 *
 * In Bernstein form: the curve lies between the least and the largest of its four coefficients, and
 * its mean is theirs.  G. Farin, Curves and Surfaces for CAGD, ch. 5. */
#ifndef SIM_CURVE_H
#define SIM_CURVE_H

#include "plant.h"

struct curve {
    double b[4]; /* b[0] and b[3]: the values at both ends */
};

/* An island's segment, whose states are read one after the other. */
struct segment {
    const double *x0, *x1, *c0, *c1;
    bool settled;
};

static inline struct segment segment_of(const struct world *w, const struct island *isl)
{
    struct plant *p = w->plant;

    return (struct segment){.x0 = plant_x0(w),
                            .x1 = plant_at(p, p->x1_at),
                            .c0 = plant_at(p, p->c0_at),
                            .c1 = plant_at(p, p->c1_at),
                            .settled = isl->settled};
}

/* A state over the whole segment: plant.h, struct island. */
static inline struct curve curve_of(const struct segment *s, int32_t state)
{
    double x0 = s->x0[state];
    double x1 = s->settled ? x0 : s->x1[state];
    double c0 = s->settled ? 0.0 : s->c0[state];
    double c1 = s->settled ? 0.0 : s->c1[state];

    return (struct curve){
        {x0, x0 + (x1 - x0 + c0) * (1.0 / 3.0), x1 + (x0 - x1 + c0 + c1) * (1.0 / 3.0), x1}};
}

/* The part of that curve in [t0, t1] of the segment. */
struct curve curve_part(const struct curve *c, const struct island *isl, ns_t t0, ns_t t1);

double curve_mean(const struct curve *c);

/* Where in [0, 1] the curve is least, the first such place: exact, from the roots of its slope. */
double curve_least(const struct curve *c);

/* sign (x - level), coefficient by coefficient. */
struct curve curve_beyond(const struct curve *c, double sign, double level);

/* Bounds of the curve. */
static inline double curve_floor(const struct curve *c)
{
    double low = c->b[0] < c->b[1] ? c->b[0] : c->b[1];
    double high = c->b[2] < c->b[3] ? c->b[2] : c->b[3];

    return low < high ? low : high;
}

static inline double curve_ceiling(const struct curve *c)
{
    double low = c->b[0] > c->b[1] ? c->b[0] : c->b[1];
    double high = c->b[2] > c->b[3] ? c->b[2] : c->b[3];

    return low > high ? low : high;
}

#endif

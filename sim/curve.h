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

/* The islands' present segments, whose states are read one after the other. */
struct segments {
    const double *x0, *x1, *c0, *c1;
};

static inline struct segments segments_of(const struct world *w)
{
    struct plant *p = w->plant;

    return (struct segments){.x0 = plant_x0(w),
                             .x1 = plant_at(p, p->x1_at),
                             .c0 = plant_at(p, p->c0_at),
                             .c1 = plant_at(p, p->c1_at)};
}

/* A state over the whole segment: plant.h, struct island. */
static inline struct curve curve_of(const struct segments *s, int32_t state)
{
    double x0 = s->x0[state];
    double x1 = s->x1[state];
    double c0 = s->c0[state];
    double c1 = s->c1[state];

    return (struct curve){
        {x0, x0 + (x1 - x0 + c0) * (1.0 / 3.0), x1 + (x0 - x1 + c0 + c1) * (1.0 / 3.0), x1}};
}

/* Where [t0, t1] is on the segment; what has settled is the same everywhere. */
struct slice {
    double q0, q1;
};
static inline struct slice slice_of(const struct island *isl, ns_t t0, ns_t t1)
{
    return isl->settled ? (struct slice){.q0 = 0.0, .q1 = 1.0}
                        : (struct slice){.q0 = ns_to_s(t0 - isl->t0) / isl->h_s,
                                         .q1 = ns_to_s(t1 - isl->t0) / isl->h_s};
}

/* That part of the curve. */
struct curve curve_part(const struct curve *c, struct slice s);

double curve_at(const struct curve *c, double q); /* q in [0, 1] */
static inline double curve_mean(const struct curve *c)
{
    return 0.25 * (c->b[0] + c->b[1] + c->b[2] + c->b[3]);
}

/* Of the product of two: the integral over [0, 1] of the Bernstein polynomials i and j of degree 3
 * is (3 i)(3 j) / (6 i+j) / 7 in binomials; times 140 these are whole numbers. */
double curve_mean_product(const struct curve *c, const struct curve *d);

/* Where in [0, 1] the curve is least, the first such place: exact, from the roots of its slope. */
double curve_least(const struct curve *c);

/* sign (x - level), coefficient by coefficient. */
static inline struct curve curve_beyond(const struct curve *c, double sign, double level)
{
    return (struct curve){{sign * (c->b[0] - level), sign * (c->b[1] - level),
                           sign * (c->b[2] - level), sign * (c->b[3] - level)}};
}

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

/* Coefficient by coefficient: then it is so everywhere. */
static inline bool curve_is_below(const struct curve *c, const struct curve *d)
{
    return c->b[0] <= d->b[0] && c->b[1] <= d->b[1] && c->b[2] <= d->b[2] && c->b[3] <= d->b[3];
}

#endif

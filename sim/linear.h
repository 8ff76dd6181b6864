/* linear.h - an island between two changes, written out for the integrator.
 *
 * While no mode changes and no ramp bends, most elements are affine in the states x and in time:
 *
 *   M dx/dt = f + f_t (t - t_change) - G x - sum of p / v + what the bent elements give
 *
 * G = -df/dx (conductances, mostly), f and f_t are found once, from the laws of models/net.h; only
 * constant powers and the few bent elements (a conductance that moves, a power limit, a share trim)
 * are looked at in every step. Rows are numbered in the order of elimination (lu.h).
 *
 * It holds nothing that the plant does not imply, so it is kept outside the plant's block, for as
 * long as the island's `shape` and `change` are the ones it was made from. */
#ifndef SIM_LINEAR_H
#define SIM_LINEAR_H

#include "lu.h"
#include "plant.h"
#include "quad.h"

/* Sources, links and loads by their indices. */
struct elements {
    int32_t n[MEMBER_TYPES];
    const int32_t *member[MEMBER_TYPES];
};

/* Something that may end the segment: a mode, or the peace of an armed guard (models/net.h, struct
 * range). Its quantity is y0 + sum of by x. */
struct end {
    int32_t member; /* of the type */
    enum member type;
    bool bent;    /* its quantity is not affine */
    double by[3]; /* its slopes */
    double y0, lo, hi;
};

/* All of them, and what is looked at first: rows that each looks at, how steep it is there, and how
 * much it has left to the ends of its range, at least. Whole quads; what is beyond n has enough. */
struct ends {
    int32_t n;
    struct end *end;
    int32_t *at[3];
    double *steep[3];
    double *left;
};

/* What counts on meters, and the states of those elements. */
struct metered {
    int32_t n_states;
    int32_t *state;
    int32_t n[MEMBER_TYPES];
    int32_t *member[MEMBER_TYPES]; /* sources, links and loads */
};

/* An island, written out. */
struct linear {
    uint64_t shape, change; /* of the island; 0: not made yet */
    struct lu lu;
    const int32_t *state; /* [n] the state in each row */
    int32_t n_quads;      /* arrays of doubles take whole quads; what is beyond n is 0, mass 1 */
    double *mass;         /* [n] C, L or trim_tau */
    double *surge_S;      /* [n] of a current: how much of it a volt drives at most; else 0 */
    double *surge_s;      /* [n] and how long a radian of its ringing takes; else 1 */
    double *f, *f_t;      /* [n] of the affine elements, at x = 0 and the time of the change */
    double *g;            /* [lu_values] of the same */
    double *power_W;      /* [n] constant powers, p / v out of a node */
    double *apart_V;      /* [n] 0 where there is one, else so much that v is as good as endless */
    int32_t n_bent[MEMBER_TYPES];
    int32_t *bent[MEMBER_TYPES]; /* all others that are not affine */
    struct metered metered;
    struct ends ends;
};

/* Room for those of all islands. */
struct linears;
struct scratch;
struct linears *linears_new(const struct net *n, const struct sparse *s);
void linears_free(struct linears *all);

/* The island as it is now. */
struct linear *linear_of(struct world *w, const struct island *isl);

/* The island's segment as it is, from the plant into the rows x0, x1, c0 and c1 of the scratch; and
 * from there to the plant. */
void linear_read_segment(const struct world *w, const struct linear *c);
void linear_write_segment(const struct world *w, const struct linear *c);

/* What a step begins with, at the begin of the segment, where the states are s->x0: f0, f_t0, the
 * constant powers' pull and pole (by row) and G (s->lu) of all elements. */
void linear_start(struct world *w, const struct island *isl, const struct linear *c,
                  struct scratch *s);

/* What the bent elements' f is more than its tangent at x0 and t0 says, after s seconds at x0 + d:
 * added to f. */
void linear_bend(struct world *w, const struct island *isl, const struct linear *c,
                 const double x0[], const double d[], double s, double f[]);

static inline bool linear_is_bent(const struct linear *c)
{
    return c->n_bent[MEMBER_SOURCE] + c->n_bent[MEMBER_LINK] + c->n_bent[MEMBER_LOAD] > 0;
}

#endif

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

/* Four numbers that are worked on together; the same bits as one after the other. */
typedef double quad __attribute__((vector_size(32), may_alias));
enum { QUAD = 4 };

/* Sources, links and loads by their indices. */
struct elements {
    int32_t n[MEMBER_TYPES];
    const int32_t *member[MEMBER_TYPES];
};

/* Something that may end the segment: a mode's margin or an armed guard's. */
struct end {
    int32_t member; /* of the type */
    enum member type;
    int32_t at[3]; /* rows that its margin looks at */
    double by[3];  /* and how much it changes with each, at most */
    double slack;  /* the margin is at least this */
};

/* A metered source or link whose current is affine: law.i_A + by_v v + by_i i + by_trim trim +
 * by_t t, with the voltage v from a to b, its own states and the time t since the change. */
struct metered_flow {
    int32_t member, a, b;
    int32_t state_i, state_trim; /* NO_STATE: it does not look at one */
    struct flow law;
};

/* What counts on meters: affine sources, then affine links; and others, with the states that their
 * laws look at. */
struct metered {
    int32_t n_sources, n_links;
    struct metered_flow *affine;
    int32_t n_states;
    int32_t *state;
    int32_t n[MEMBER_TYPES];
    int32_t *member[MEMBER_TYPES];
};

/* An island, written out. */
struct linear {
    uint64_t shape, change; /* of the island; 0: not made yet */
    struct lu lu;
    const int32_t *state; /* [n] the state in each row */
    int32_t n_quads;      /* arrays of doubles take whole quads; what is beyond n is 0, mass 1 */
    double *mass;         /* [n] C, L or trim_tau */
    double *f, *f_t;      /* [n] of the affine elements, at x = 0 and the time of the change */
    double *g;            /* [lu_values] of the same */
    int32_t n_powers;     /* constant powers: p / v out of a node */
    int32_t *power_row;
    double *power_W;
    int32_t n_bent[MEMBER_TYPES];
    int32_t *bent[MEMBER_TYPES]; /* all others that are not affine */
    struct metered metered;
    int32_t n_ends;
    struct end *ends;
};

/* Room for those of all islands. */
struct linears;
struct linears *linears_new(const struct net *n, const struct sparse *s);
void linears_free(struct linears *all);

/* The island as it is now. */
struct linear *linear_of(struct world *w, const struct island *isl);

/* What a step begins with, at the begin of the segment, where the states are x0: f, f_t (by row) and
 * G (`values`, [lu_values]) of all elements. */
void linear_start(struct world *w, const struct island *isl, const struct linear *c,
                  const double x0[], double values[], double f[], double f_t[]);

/* What f is more than its tangent at x0 and t0 says, after s seconds at x0 + d: added to f. */
void linear_bend(struct world *w, const struct island *isl, const struct linear *c,
                 const double x0[], const double d[], double s, double f[]);

static inline bool linear_is_bent(const struct linear *c)
{
    return c->n_bent[MEMBER_SOURCE] + c->n_bent[MEMBER_LINK] + c->n_bent[MEMBER_LOAD] > 0;
}

#endif

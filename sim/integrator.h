/* integrator.h - one trial step of an island: the small interface behind which integrators stand. */
#ifndef SIM_INTEGRATOR_H
#define SIM_INTEGRATOR_H

#include "linear.h"
#include "plant.h"

/* Entries of a source and of a link in the sparse matrix: row, column. */
enum {
    SOURCE_V_I,
    SOURCE_V_TRIM,
    SOURCE_I_V,
    SOURCE_I_TRIM,
    SOURCE_TRIM_I,
    SOURCE_TRIM_SHARE,
    SOURCE_TRIM_V,
    SOURCE_SHARE_I,
    SOURCE_SHARE_V,
    SOURCE_SHARE_TRIM,
    SOURCE_ENTRIES
};
enum { LINK_A_B, LINK_B_A, LINK_A_I, LINK_I_A, LINK_B_I, LINK_I_B, LINK_ENTRIES };

/* Work space of one world: contents mean nothing between calls. */
struct scratch {
    /* By state of the whole network. */
    double *x;        /* states on a segment or of a stage */
    double *f, *f_t;  /* rates, their partial derivatives by time */
    double *values;   /* of the whole sparse matrix */
    double *look;     /* states that a reading asks for */
    double *zero;     /* always */
    int32_t *marks;   /* one a state */
    int32_t *work[3]; /* one a state, an element, a guard or a part */
    /* By row of one island, in whole quads (linear.h). */
    double *u[6], *r[6];  /* stages, their right-hand sides */
    double *x0, *f0;      /* at the begin; what happens there */
    double *d;            /* how far a stage is from there; then, how far the segment gets */
    double *x1, *c0, *c1; /* the segment's curve: plant.h, struct island */
    double *f_t0;         /* ... by time */
    double *pull, *pole;  /* p / v0^2 and v0 of a constant power; 0 and far away elsewhere */
    double *lu;           /* [n_values] */
    struct linears *linears;
    void *reference; /* GSL's work space, made when first used */
};

struct scratch *scratch_new(const struct plant *p, const struct sparse *s);
void scratch_free(struct scratch *s);

/* f, G = -df/dx and df/dt: by state, and by position in the whole sparse matrix. */
struct tangent {
    double *f, *g, *f_t;
};

/* M dx/dt of the island's states at x: currents into nodes, volts across inductances. */
void network_rates(const struct world *w, const struct island *isl, const double x[], struct when t,
                   double f[]);

/* Add the tangent of these elements at x0, at an instant. */
void network_tangent(const struct world *w, const struct elements *e, const double x0[], ns_t at,
                     const struct tangent *y);

/* Add to f how far the rates of these elements at x, s seconds after `at`, are off the tangent. */
void network_bend(const struct world *w, const struct elements *e, ns_t at, const double x[],
                  double s, double f[]);

/* One step of length h_s from the island's present states at t0: finds x0, x1, c0 and c1 by row.
 * Returns the error estimate over the tolerance: the step is good when <= 1; HUGE_VAL when it broke
 * down. linear_write_segment() makes it the island's. */
double rosenbrock_try(struct world *w, const struct island *isl, double h_s);

/* The same by GSL's variable-coefficient BDF, to be checked against. */
double gsl_try(struct world *w, const struct island *isl, double h_s);

/* Frees scratch->reference; NULL is fine. */
void gsl_reference_free(void *reference);

/* The permitted error of a state at value x: relative, from 1 V or 1 A down absolute. */
double state_tolerance(const struct world *w, double x);

#endif

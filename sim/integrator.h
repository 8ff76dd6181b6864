/* integrator.h - one trial step of an island: the small interface behind which integrators stand. */
#ifndef SIM_INTEGRATOR_H
#define SIM_INTEGRATOR_H

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

/* Work space of one world: contents mean nothing between calls. Arrays are indexed by state. */
struct scratch {
    int32_t n;
    double *values; /* of the sparse matrix */
    double *u[6];   /* stages */
    double *x;      /* states of a stage, or on the segment */
    double *f;      /* rates */
    double *f_t;    /* their partial derivatives by time */
    double *sample[4];
    double *look;    /* states that a reading asks for */
    int32_t *marks;  /* one a node */
    void *reference; /* GSL's work space, made when first used */
};

struct scratch *scratch_new(int32_t n_states, int32_t n_values);
void scratch_free(struct scratch *s);

/* M dx/dt of the island's states at x: currents into nodes, volts across inductances. */
void network_rates(const struct world *w, const struct island *isl, const double x[], struct when t,
                   double f[]);

/* M / (gamma h) - df/dx into the sparse matrix m, df/dt into f_t, both at the begin of the segment.
 * An infinite gamma h leaves -df/dx. */
void network_matrix(const struct world *w, const struct island *isl, double gamma_h_s, double m[],
                    double f_t[]);

/* One step of length h_s from x0 at t0: writes x1, c0, c1 of the island's states. Returns the
 * error estimate over the tolerance: the step is good when <= 1; HUGE_VAL when it broke down. */
double rosenbrock_try(struct world *w, const struct island *isl, double h_s);

/* The same by GSL's variable-coefficient BDF, to be checked against. */
double gsl_try(struct world *w, const struct island *isl, double h_s);

/* Frees scratch->reference; NULL is fine. */
void gsl_reference_free(void *reference);

/* The order of the error estimate, plus one: h grows with (1/error)^(1/this). */
enum { INTEGRATOR_ERROR_ORDER = 4 };

/* Absolute and relative part of the permitted error of state k at value x. */
double state_tolerance(const struct world *w, int32_t state, double x);

#endif

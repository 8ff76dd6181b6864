/* gsl_integrator.c - the door to GSL's odeiv: the reference that rosenbrock.c is checked against.
 *
 * Variable-coefficient BDF of orders 1 to 5, with dense linear algebra of GSL's own and a Jacobian
 * by differences: it shares the laws of models/net.h with our integrator and nothing else. It
 * starts afresh at the begin of every segment, a thousand times more exact than what the segment is
 * allowed to err. The segment is the cubic through its values at 0, 1/3, 2/3 and 1; how far that
 * is off halfway between them is the error estimate, so that the step control bounds the
 * interpolation too.
 *
 * Checked by tests/sim/test_reference.c. */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdlib.h>

#include "integrator.h"

/* How much more exact than a segment, and how many steps one may take before it is refused. */
static const double MORE_EXACT = 1e-3;
enum { STEPS_MAX = 20000 };

/* The segment is known at the sixths of its length: even ones make the cubic, odd ones check it. */
enum { SIXTHS = 6 };

struct reference {
    struct world *w;
    const struct island *isl;
    double h_s;
    double tolerance; /* of the driver, see below */
    gsl_odeiv2_system system;
    gsl_odeiv2_driver *driver; /* for islands of system.dimension states */
    double *y;                 /* states in the order of the island's members */
    double *up, *down;         /* rates on both sides of a difference */
    double *at[SIXTHS + 1];
};

void gsl_reference_free(void *reference)
{
    struct reference *r = reference;

    if (r != NULL) {
        if (r->driver != NULL) {
            gsl_odeiv2_driver_free(r->driver);
        }
        free(r->y);
        free(r);
    }
}

/* dy/dt = f / M. Refuses what is not finite, a constant-power load at 0 V for one. */
static int rates(double t, const double y[], double dydt[], void *params)
{
    const struct reference *r = params;
    const struct scratch *s = r->w->scratch;
    const int32_t *states = plant_members(r->w, r->isl, MEMBER_STATE);

    for (size_t k = 0; k < r->system.dimension; k++) {
        s->x[states[k]] = y[k];
    }
    network_rates(r->w, r->isl, s->x, (struct when){.step = r->isl->t0, .s = t}, s->f);
    for (size_t k = 0; k < r->system.dimension; k++) {
        dydt[k] = s->f[states[k]] / r->w->wiring->mass[states[k]];
        if (!isfinite(dydt[k])) {
            return GSL_FAILURE;
        }
    }
    return GSL_SUCCESS;
}

/* Central differences. dfdt stays 0: a BDF method does not ask for it. */
static int jacobian(double t, const double y[], double *dfdy, double dfdt[], void *params)
{
    struct reference *r = params;
    size_t n = r->system.dimension;
    double *moved = r->at[SIXTHS]; /* not in use before the last point is reached */

    for (size_t k = 0; k < n; k++) {
        moved[k] = y[k];
        dfdt[k] = 0.0;
    }
    r->w->plant->counts.factorisations++;
    for (size_t j = 0; j < n; j++) {
        double d = 1e-6 * (1.0 + fabs(y[j]));
        moved[j] = y[j] + d;
        int status = rates(t, moved, r->up, r);
        moved[j] = y[j] - d;
        if (status != GSL_SUCCESS || rates(t, moved, r->down, r) != GSL_SUCCESS) {
            return GSL_FAILURE;
        }
        moved[j] = y[j];
        for (size_t i = 0; i < n; i++) {
            dfdy[i * n + j] = (r->up[i] - r->down[i]) / (2.0 * d);
        }
    }
    return GSL_SUCCESS;
}

static struct reference *reference_new(const struct world *w, size_t n)
{
    enum { VECTORS = 3 + SIXTHS + 1 };
    struct reference *r = calloc(1, sizeof *r);
    double *block = calloc(n * VECTORS, sizeof *block);

    if (r == NULL || block == NULL) {
        free(r);
        free(block);
        return NULL;
    }
    gsl_set_error_handler_off();
    r->y = block;
    r->up = block + n;
    r->down = block + 2 * n;
    for (size_t i = 0; i <= SIXTHS; i++) {
        r->at[i] = block + (3 + i) * n;
    }
    r->tolerance = MORE_EXACT * w->options.tolerance;
    r->system =
        (gsl_odeiv2_system){.function = rates, .jacobian = jacobian, .dimension = n, .params = r};
    r->driver = gsl_odeiv2_driver_alloc_y_new(&r->system, gsl_odeiv2_step_msbdf, 1e-9, r->tolerance,
                                              r->tolerance);
    if (r->driver == NULL) {
        gsl_reference_free(r);
        return NULL;
    }
    gsl_odeiv2_driver_set_nmax(r->driver, STEPS_MAX);
    return r;
}

/* The work space for this island, made anew when it has another number of states. */
static struct reference *reference_for(struct world *w, const struct island *isl, double h_s)
{
    size_t n = (size_t)isl->count[MEMBER_STATE];
    struct reference *r = w->scratch->reference;

    if (r == NULL || r->system.dimension != n) {
        gsl_reference_free(r);
        r = reference_new(w, n);
        w->scratch->reference = r;
    }
    if (r != NULL) {
        r->w = w;
        r->isl = isl;
        r->h_s = h_s;
    }
    return r;
}

/* Fill at[]. False when GSL has given up. */
static bool follow(struct reference *r)
{
    const double *x0 = plant_x0(r->w);
    const int32_t *states = plant_members(r->w, r->isl, MEMBER_STATE);
    double t = 0.0;

    gsl_odeiv2_driver_reset(r->driver);
    gsl_odeiv2_driver_reset_hstart(r->driver, 1e-3 * r->h_s);
    for (size_t k = 0; k < r->system.dimension; k++) {
        r->y[k] = x0[states[k]];
        r->at[0][k] = r->y[k];
    }
    for (int i = 1; i <= SIXTHS; i++) {
        if (gsl_odeiv2_driver_apply(r->driver, &t, r->h_s * i / SIXTHS, r->y) != GSL_SUCCESS) {
            return false;
        }
        for (size_t k = 0; k < r->system.dimension; k++) {
            r->at[i][k] = r->y[k];
        }
    }
    return true;
}

/* The cubic of plant.h through the thirds of the segment. */
static double cubic(double x0, double x1, double c0, double c1, double q)
{
    return x0 + q * (x1 - x0 + (1.0 - q) * (c0 + q * c1));
}

/* One state's, as row k. Returns how far it is off between the thirds, over the tolerance. */
static double take_row(const struct reference *r, int32_t k)
{
    const struct scratch *s = r->w->scratch;
    double rise = r->at[6][k] - r->at[0][k];
    double bend1 = (r->at[2][k] - r->at[0][k] - rise / 3.0) * 4.5; /* over q (1 - q) */
    double bend2 = (r->at[4][k] - r->at[0][k] - rise * 2.0 / 3.0) * 4.5;
    double worst = 0.0;

    s->x0[k] = r->at[0][k];
    s->x1[k] = r->at[6][k];
    s->c0[k] = 2.0 * bend1 - bend2;
    s->c1[k] = 3.0 * (bend2 - bend1);
    for (int i = 1; i < SIXTHS; i += 2) {
        double off = r->at[i][k] - cubic(s->x0[k], s->x1[k], s->c0[k], s->c1[k], i / 6.0);
        worst = fmax(worst, fabs(off) / state_tolerance(r->w, s->x1[k]));
    }
    return worst;
}

double gsl_try(struct world *w, const struct island *isl, double h_s)
{
    struct reference *r = reference_for(w, isl, h_s);
    double worst = 0.0;

    linear_of(w, isl); /* the search asks for it */
    if (r == NULL || !follow(r)) {
        return HUGE_VAL;
    }
    for (int32_t k = 0; k < (int32_t)r->system.dimension; k++) {
        worst = fmax(worst, take_row(r, k));
    }
    return worst;
}

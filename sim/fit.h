/* fit.h - parameters of a scenario's models from a capture of a real rack.
 *
 * Least squares: the scenario is played with trial values, its signals are read off at the instants of the
 * capture, and the sum of (simulated - captured)^2 / sigma^2 over all cells is made least by the trust
 * region method of Levenberg and Marquardt, with central differences of a thousandth of each parameter.
 * sigma is each signal's own noise: the median of its second differences, / (0.6745 sqrt 6), for a curve
 * that is smooth between its rows has none. Bounds are of 95 %: Student's t times the square root of the
 * covariance's diagonal, wider by what the fit leaves unexplained (chi^2 per degree of freedom above 1).
 *
 * Checked by tests/sim/test_fit.sh. */
#ifndef SIM_FIT_H
#define SIM_FIT_H

#include <signal.h>

#include "fitted.h"
#include "scenario.h"
#include "waveforms.h"

struct fit {
    double shift_s; /* the capture's clock is early by so much; where it is fitted: to begin with */
    int32_t n_params;
    struct fit_param param[FIT_PARAMS_MAX];
    double correlation[FIT_PARAMS_MAX][FIT_PARAMS_MAX];
    int32_t n_signals, n_points, runs;
    double rms_before, rms_after; /* of (simulated - captured) / sigma */
    bool converged;
    const volatile sig_atomic_t *stop; /* not 0: end with what there is; NULL: never */
    void (*progress)(const struct fit *f, double rms);
};

/* Which parameters, "sw1.gate_current,bus_a.c". False: reported. */
bool fit_params(struct fit *f, struct arena *a, struct diag *d, const struct scenario *s,
                const char *list, double shift_s);

/* Changes the scenario's parameters to what fits best. False: reported. */
bool fit(struct fit *f, struct arena *a, struct diag *d, const struct scenario *s,
         const struct waveforms *capture);

/* A rack's overrides, for `powergap run --override`. */
void fit_write(FILE *out, const struct fit *f, const struct scenario *s);

#endif

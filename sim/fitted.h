/* fitted.h - parameters that were fitted to a capture, and how well they are known.
 *
 * At the end of the file that `powergap fit` writes and `powergap run --override` reads:
 *
 *     fitted:
 *       b.c: {half: 5.1e-06}             # of the bounds of 95 %, SI
 *       b.v0: {half: 0.0021, with: [-0.71]}     # correlations with those before
 *
 * Checked by tests/sim/test_fit.sh. */
#ifndef SIM_FITTED_H
#define SIM_FITTED_H

#include "loader.h"

enum { FIT_PARAMS_MAX = 16 };

struct fit_param {
    const char *name;          /* "sw1.gate_current"; "shift": of the capture's clock, seconds */
    int32_t part;              /* NO_PART: the shift */
    const struct field *field; /* NULL: the shift */
    double start, value;       /* SI, times in seconds */
    double half;               /* the bounds are value - half .. value + half */
    bool at_limit;             /* of what the parameter may be */
};

struct fitted {
    int32_t n;
    const struct fit_param *param;
    const double *correlation; /* [n * n] */
};

/* What `fitted:` says of parameters of the rack that was loaded. NULL: reported. */
const struct fitted *fitted_read(struct loader *l, const struct yaml *y);

#endif

/* model_error.h - what a verdict is worth when parameters of its models were fitted.
 *
 * The scenario is played again with each fitted parameter at either end of its bounds. By how much that
 * moves a margin, over all of them with their correlation,
 *
 *     u^2 = sum_ik  rho_ik d_i d_k,    d_i = h_i (margin(+) - margin(-)) / (p(+) - p(-))
 *
 * with the half width h_i of its bounds, is added to what the margin may be wrong by;
 * a margin smaller than that decides nothing: UNRESOLVED. Where an end of the bounds turns one verdict into another, that is so whatever u says.
 *
 * Checked by tests/sim/test_fit.sh. */
#ifndef SIM_MODEL_ERROR_H
#define SIM_MODEL_ERROR_H

#include "run.h"

/* Widen the errors of the run's rulings by those of its scenario's fitted parameters. */
void model_error_add(struct run *r);

#endif

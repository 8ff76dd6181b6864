/* elementary.h - exp, log, pow and cos whose last bit is the same on every processor.
 *
 * The C library's take another path, to another last bit, where there is a fused multiply-add. Within
 * 1 ulp; what is infinite or no number is as in <math.h>.
 *
 * Checked by tests/models/test_elementary.c. */
#ifndef MODELS_ELEMENTARY_H
#define MODELS_ELEMENTARY_H

double elementary_exp(double x);
double elementary_log(double x);
double elementary_pow(double x, double y);
double elementary_cos(double x);

#endif

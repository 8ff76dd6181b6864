/* locate.h - where a cubic first falls through zero, without missing a dip inside the step. */
#ifndef SIM_LOCATE_H
#define SIM_LOCATE_H

#include <stdbool.h>

/* The cubic through y[0..3] at 0, 1/3, 2/3 and 1: is there a place in (0, 1] where it is negative?
 * If so *at is the smallest, to within `width`. A value that is negative at 0 already counts from
 * 0; samples that are not finite say nothing. Complete: a cubic whose Bernstein coefficients are not negative has no root, and else the
 * interval is halved until that is so or it is narrower than `width`. */
bool locate_fall(const double y[4], double width, double *at);

#endif

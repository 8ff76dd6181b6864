/* expr_dim.h - dimensions of quantities, so that volts are not compared with amperes. */
#ifndef SIM_EXPR_DIM_H
#define SIM_EXPR_DIM_H

#include <stdbool.h>
#include <stdint.h>

#include "models/field.h"

/* Powers of volt, ampere, second and kelvin. */
struct dim {
    int8_t v, a, s, k;
};

struct dim dim_of(enum quantity q);
bool dim_equal(struct dim x, struct dim y);
/* x times y to the power of `sign`: 1 or -1. False: beyond what anybody needs. */
bool dim_times(struct dim x, struct dim y, int sign, struct dim *result);
/* The quantity of that dimension; false: it has no name. */
bool dim_quantity(struct dim x, enum quantity *q);

#endif

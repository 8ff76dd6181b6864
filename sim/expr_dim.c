/* expr_dim.c - the dimension of every quantity, in volt, ampere, second and kelvin. */
#include "expr_dim.h"

static const struct dim dims[QTY_KINDS] = {
    [QTY_RATIO] = {0, 0, 0, 0},
    [QTY_VOLT] = {1, 0, 0, 0},
    [QTY_AMPERE] = {0, 1, 0, 0},
    [QTY_WATT] = {1, 1, 0, 0},
    [QTY_OHM] = {1, -1, 0, 0},
    [QTY_FARAD] = {-1, 1, 1, 0},
    [QTY_HENRY] = {1, -1, 1, 0},
    [QTY_SECOND] = {0, 0, 1, 0},
    [QTY_HERTZ] = {0, 0, -1, 0},
    [QTY_JOULE] = {1, 1, 1, 0},
    [QTY_CELSIUS] = {0, 0, 0, 1},
    [QTY_COULOMB] = {0, 1, 1, 0},
    [QTY_AMPERE_SECOND_SQUARED] = {0, 2, 1, 0},
    [QTY_VOLT_PER_SECOND] = {1, 0, -1, 0},
    [QTY_AMPERE_PER_SECOND] = {0, 1, -1, 0},
    [QTY_KELVIN] = {0, 0, 0, 1},
    [QTY_JOULE_PER_KELVIN] = {1, 1, 1, -1},
    [QTY_WATT_PER_KELVIN] = {1, 1, 0, -1},
    [QTY_PER_KELVIN] = {0, 0, 0, -1},
    [QTY_OPERATIONS] = {0, 0, 0, 0},
};

struct dim dim_of(enum quantity q)
{
    return dims[q];
}

bool dim_equal(struct dim x, struct dim y)
{
    return x.v == y.v && x.a == y.a && x.s == y.s && x.k == y.k;
}

static bool add(int8_t x, int8_t y, int sign, int8_t *result)
{
    int sum = x + sign * y;

    *result = (int8_t)sum;
    return sum >= -20 && sum <= 20;
}

bool dim_times(struct dim x, struct dim y, int sign, struct dim *result)
{
    return add(x.v, y.v, sign, &result->v) && add(x.a, y.a, sign, &result->a) &&
           add(x.s, y.s, sign, &result->s) && add(x.k, y.k, sign, &result->k);
}

bool dim_quantity(struct dim x, enum quantity *q)
{
    for (int i = 0; i < QTY_KINDS; i++) {
        if (dim_equal(dims[i], x)) {
            *q = (enum quantity)i;
            return true;
        }
    }
    return false;
}

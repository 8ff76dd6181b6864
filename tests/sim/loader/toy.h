/* toy.h - a few small kinds of part for the tests of the loader, so that these don't change with the
 * real ones. A test program links either these or sim/kinds.c. */
#ifndef TESTS_SIM_TOY_H
#define TESTS_SIM_TOY_H

#include <stdint.h>

#include "models/kind.h"

/* toy.c is a world too: every signal reads what a test has put here for the part. */
struct world {
    const struct part *parts;
    double value[64];      /* plain signals */
    double member[64][64]; /* families, by part and member */
};

struct toy_psu {
    int32_t from;
    double v_V, rated_A, droop_Ohm;
    ns_t hold_up;
    struct i2c_path i2c;
    int32_t start, latching, capacity;
};

struct toy_bus {
    double v_V, c_F;
    int32_t taps;
};

struct toy_server {
    struct tap_list from;
    double p_W;
    int32_t profile;
};

/* A test that names this is linked with these kinds and not with sim/kinds.c. */
void toy_kinds(void);

#endif

/* cases.h - circuits of hazards that a rack knows, for tests that hold for any run: a dead supply, a
 * hold-up tail, current limits, a bouncing relay, two cords, a shorted supply, a hiccup. */
#ifndef TESTS_SIM_CASES_H
#define TESTS_SIM_CASES_H

#include "tests/circuit.h"

struct circuit_case {
    const char *name;
    void (*build)(struct circuit *c);
    double end_s;
};

enum { CASES = 12 };
extern const struct circuit_case cases[CASES];

#endif

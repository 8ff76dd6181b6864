/* suite.h - every scenario of scenarios/, and every reference circuit of tests/oracle/, for tests that
 * make a claim about all of them. */
#ifndef TESTS_SIM_SUITE_H
#define TESTS_SIM_SUITE_H

#include "sim/run.h"

/* Call visit() on each file that is a scenario; racks and profiles are not. */
void suite_scenarios(void (*visit)(const char *path));
void suite_circuits(void (*visit)(const char *path));

/* Play one with the options given, its own seed and no trace. A file that does not run ends the
 * test. */
struct run *suite_play(const struct scenario *s, const struct plant_options *options);
struct scenario *suite_load(const char *path);

#endif

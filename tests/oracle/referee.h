/* referee.h - plays a circuit with an integrator and laws that share nothing with ours.
 *
 * The laws are the table of ckt.h word for word, with their clamps evaluated as they stand; the
 * integrator is an explicit Runge-Kutta of order 8 at 1e-13; every bend of a law and every change is
 * found by bisection of the step to the last bit of the time. Slow, and too simple to be wrong in
 * the same way.
 *
 * Checked by tests/oracle/test_referee.c against truth_nodes.csv and truth_loads.csv. */
#ifndef TESTS_ORACLE_REFEREE_H
#define TESTS_ORACLE_REFEREE_H

#include "outcome.h"

/* With a clock, what its laws do by themselves (a load or a trip that switches) they do on its next
 * tick, as powergap does on that of its clock; with 0 at once.
 *
 * False: it came to no end (too many steps, or a voltage that is no number). */
bool referee_play(const struct ckt *c, double clock_s, struct outcome *o);

#endif

/* pace.h - real time for a run: sleeps until an instant's time has come, notes how late it was done with.
 *
 *   checked   tests/hil/test_pace.c */
#ifndef HIL_PACE_H
#define HIL_PACE_H

#include "sim/bench.h"

#include <signal.h>

struct pace *pace_new(ns_t budget, const volatile sig_atomic_t *stop);
void pace_free(struct pace *p);

#endif

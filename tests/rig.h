/* rig.h - a scenario in one line, loaded, played and judged; a test then asks what came of it.
 *
 *   struct rig *r = rig_from_text("duration: 3 ms\nrack: {...}\ndo: [...]\nexpect: [...]\n");
 *   cr_expect_eq(rig_ruling(r, 0)->verdict, VERDICT_PASS);
 *   rig_free(r);
 *
 * A scenario that does not load, or a name that is not there, ends the test: it is the test that is
 * wrong. */
#ifndef TESTS_RIG_H
#define TESTS_RIG_H

#include "sim/run.h"

struct rig {
    struct scenario *scenario;
    struct run *run;
};

struct rig *rig_from_text(const char *text);
struct rig *rig_from_file(const char *path);
/* The same with options: another seed, integrator, a trace. */
struct rig *rig_with(const char *text, const struct run_options *options);
void rig_free(struct rig *r);

const struct ruling *rig_ruling(const struct rig *r, int32_t i);
int32_t rig_gaps(const struct rig *r);
const struct gap *rig_gap(const struct rig *r, int32_t i);

/* What watches "bus.v" for gaps. */
const struct watch *rig_observer(const struct rig *r, const char *left_side);

/* The n-th event (from 0) of this kind that happened to the part; NULL: it did not. */
const struct event *rig_event(const struct rig *r, const char *part, enum event_kind kind,
                              int32_t n);
int32_t rig_events(const struct rig *r, const char *part, enum event_kind kind);

/* A signal at the end of the run. */
double rig_read(const struct rig *r, const char *part, const char *signal);

#endif

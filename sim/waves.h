/* waves.h - a run as waveforms, for a viewer such as GTKWave: VCD, or FST by way of vcd2fst.
 *
 * One scope a part. A quantity is a real variable with its unit in its name ("v_V"), a state is a
 * string variable with its word ("HOLD_UP"), so is what the controller believes ("ctl.psu1"). Each
 * serial bus has `transfer`: its traffic, decoded, from START to STOP. Each part has `event`: what
 * has happened to it last, with the event's number in events.csv. The scope `gaps` has one bit for
 * each observer: 1 during a gap, edges as in gaps.csv.
 *
 * Time is in nanoseconds since the start of the run. What moves is read where it has moved
 * (rows.h), what jumps in the instant in which it does; between two points a straight line holds.
 * Beside the file, under its name with ".gtkw", goes a view for GTKWave, unless there is one.
 *
 * Everything is kept in memory until the run ends. Recording changes nothing. */
#ifndef SIM_WAVES_H
#define SIM_WAVES_H

#include "judge.h"
#include "log.h"
#include "plant.h"
#include "scenario.h"

struct waves;

struct waves_options {
    const char *vcd, *fst; /* files; NULL: not that one */
    ns_t from, to;         /* what of the run, both included */
};

/* `judge` has begun. NULL: reported. */
struct waves *waves_begin(const struct waves_options *options, const struct world *w,
                          const struct scenario *s, const struct judge *judge, ns_t sample,
                          struct diag *d);

/* From the sink: an event has happened. */
void waves_event(struct waves *x, const struct world *w, const struct event *e);

/* `next` is due; nothing of it has happened. Then: it has. */
void waves_before(struct waves *x, const struct world *w, ns_t next);
void waves_after(struct waves *x, const struct world *w);

/* Write the files. False: reported, and none is left. Frees x in any case. */
bool waves_end(struct waves *x, const struct world *w, const struct log *l);

#endif

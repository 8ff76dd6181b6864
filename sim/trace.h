/* trace.h - the folder a run leaves behind: the only input of plots and reports.
 *
 *   signals.csv   every signal of every part; states as numbers, their words are in run.yaml
 *   events.csv    what happened, each with the event that caused it
 *   gaps.csv      each gap with its fault, its recovery and where its time went
 *   spans.csv     the same in order of time: one row for each span of a gap, the gap's number first;
 *                 spans 1, 2, ... add up to the gap, number 0 is what came before
 *   verdict.csv   each expectation with verdict and margin
 *   journal.csv   what each controller's own journal says at the end, by its own clock
 *   rack.csv      every parameter of every part: value, source, and where it was written
 *   run.yaml      what was run, its event hash, and the command that repeats it
 *
 * Which rows signals.csv has: rows.h. */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "judge.h"
#include "log.h"
#include "plant.h"

struct trace;

/* What run.yaml says about the run. */
struct trace_facts {
    const struct scenario *scenario;
    const struct plant_options *options;
    const struct log *log;
    const struct judge *judge;
    bool interrupted;
};

/* `sample`: period of signals.csv, above 0. NULL: reported. */
struct trace *trace_begin(const char *path, const struct world *w, const struct scenario *s,
                          ns_t sample, struct diag *d);

/* `next` is due; nothing of it has happened. Then: it has. */
void trace_before(struct trace *t, const struct world *w, ns_t next);
void trace_after(struct trace *t, const struct world *w);

/* The last row, the other files, and the folder takes its place. False: reported, all is gone.
 * Frees t in any case. */
bool trace_end(struct trace *t, const struct world *w, const struct trace_facts *facts);

/* Give it up and remove what was written. NULL is fine. */
void trace_abandon(struct trace *t);

/* trace_tables.c: the files that are written at the end. */
void trace_events(FILE *out, const struct scenario *s, const struct log *l);
void trace_gaps(FILE *out, const struct scenario *s, const struct log *l, const struct judge *j);
void trace_spans(FILE *out, const struct scenario *s, const struct log *l, const struct judge *j);
void trace_verdict(FILE *out, const struct scenario *s, const struct judge *j);

/* trace_journal.c */
void trace_journal(FILE *out, const struct scenario *s, const struct world *w);

/* trace_rack.c */
void trace_rack(FILE *out, const struct scenario *s);

/* trace_facts.c */
void trace_run_yaml(FILE *out, const struct world *w, const struct trace_facts *facts);

#endif

/* outcome.h - what a suite keeps of one run, and how it comes from the process that played it.
 *
 * The process writes lines of CSV, what each is about in front; the suite reads them when it has
 * ended. Of a process that dies half-way the lines end half-way: `verdict` is the last one. */
#ifndef SIM_OUTCOME_H
#define SIM_OUTCOME_H

#include <stdint.h>
#include <stdio.h>

#include "anatomy.h"
#include "arena.h"
#include "run.h"

/* How a scenario has fared in a suite. */
enum case_status {
    CASE_NOT_RUN, /* not yet, or not any more */
    CASE_PASS,
    CASE_UNRESOLVED,
    CASE_FAIL,
    CASE_WORSE, /* it passes, but a figure is worse than in the baseline */
    CASE_ERROR, /* it could not be played to its end */
    CASE_STATUSES
};
const char *case_word(enum case_status s); /* "PASS" */

/* One ruling, in words and in numbers. */
struct outcome_ruling {
    enum verdict verdict;
    const char *what, *measured, *limit, *margin, *when; /* as `powergap run` prints them */
    double value, bound, slack, error;                   /* measured, limit, margin; SI */
    const char *unit;
    double order; /* small is bad: the margin in parts of the limit */
};

/* What a baseline compares. */
enum figure_what {
    FIGURE_DETECTION, /* from an action to the controller's first decision that it led to */
    FIGURE_GAP,       /* the longest of one observer that goes back to one event */
    FIGURE_GAPS,      /* how many of these there are, where it is more than one; then: */
    FIGURE_DARK,      /* how long they are together */
    FIGURE_MARGIN,    /* of one instance of an expectation */
    FIGURES
};
const char *figure_word(enum figure_what w); /* "margin" */

struct figure {
    enum figure_what what;
    const char *name; /* "bus_a.v by psu1.die" */
    const char *unit;
    double value;
    double error; /* how wrong it may be */
    double scale; /* of a margin: its limit; else 0 */
    bool has_spans;
    double span[SPAN_CLASSES]; /* where the time of a gap or a detection went */
};

/* Something of a model or of the controller that a run has exercised. */
struct mark {
    const char *what; /* "part", "action", "state", "transition", "counter", "event" */
    const char *name; /* "psu.die" */
    int64_t times;
};

struct outcome {
    enum case_status status;
    int exit;          /* what it makes of the suite's exit status */
    bool unkept;       /* its trace could not be written */
    const char *why;   /* one line on what is wrong; "" */
    const char *said;  /* warnings, diagnostics, last words: lines; "" */
    const char *worse; /* what is worse than in the baseline: lines; "" */
    double wall_s;
    uint64_t hash;
    int32_t n_rulings;
    struct outcome_ruling *rulings;
    int32_t worst; /* index of the one with the least margin; -1: there are none */
    int32_t n_figures;
    struct figure *figures;
    int32_t n_marks;
    struct mark *marks;
};

/* Of a scenario that has not been played. */
struct outcome outcome_none(void);

/* outcome_write.c: all of a run but its verdict, then `verdict`; lines of what was said. */
void outcome_write(FILE *out, const struct run *r);
void outcome_write_said(FILE *out, const char *lines);

/* Read it, strings and all into the arena. False: it ends without a verdict. */
bool outcome_read(struct outcome *o, struct arena *a, const char *bytes, size_t size);

/* The figure of this kind with the largest value; NULL. */
const struct figure *outcome_worst_figure(const struct outcome *o, enum figure_what what);

#endif

/* report.h - what a design-review report is made from: the traces of one or many runs, as stored.
 *
 * report_find.c finds the run folders, report_cases.c reads the table of their suite, report_read.c reads
 * each run, report_events.c what its events tell of each deed; then report_page.c writes one HTML file.
 * Nothing is run again. */
#ifndef SIM_REPORT_H
#define SIM_REPORT_H

#include <signal.h>
#include <stdio.h>

#include "arena.h"
#include "diag.h"
#include "judge.h"
#include "models/kind.h"

/* One thing that the scenario did: the causes in a table of failures. */
struct report_deed {
    uint32_t id;        /* of its event */
    const char *name;   /* "psu1.die" */
    const char *part;   /* "psu1" */
    const char *action; /* "die" */
    ns_t at;
    bool is_repair;   /* it ends another action: "restore_input" */
    ns_t detected;    /* the controller's first decision that it led to; NS_NEVER: none */
    const char *whom; /* whom that was about, and what: "psu1", "LOST" */
    const char *mind;
    ns_t closed;        /* the first switch that it made conduct; NS_NEVER: none */
    const char *closer; /* which */
    int32_t lost;       /* times that a server was switched off by it */
};

/* What became of one instance of an expectation, or of the worst of several that hold. */
struct report_verdict {
    int32_t row, count; /* in verdict.csv; instances that it stands for */
    enum verdict verdict;
    const char *expectation; /* "gap: bus_a.v < 11.4 V, at_most: 16 ms" */
    const char *instance;    /* "bus_a.v < 11.4 V" */
    const char *note;
    enum quantity quantity;
    double measured, limit, margin, error; /* SI; NAN: none */
    ns_t at;                               /* NS_NEVER: never */
};

struct report_span {
    int32_t number; /* 0: before the gap */
    const char *class, *event, *text;
    ns_t start, end;
};

struct report_gap {
    int32_t number; /* as in gaps.csv */
    const char *observer, *fault, *recovery;
    double threshold_V, v_min_V, error_s, missing_J;
    ns_t start, end, fault_at, hold_up, ride_through;
    bool open;
    int32_t n_spans;
    const struct report_span *spans;
};

struct report_param {
    const char *key, *type, *text, *source, *said_at;
    double value; /* SI; NAN: it is no number */
    bool estimate;
    bool in_library; /* a default, or from the part's own file: not what this rack chose */
};

struct report_part {
    const char *name, *library; /* "": none */
    const struct kind *kind;    /* NULL: one that this program does not know */
    const char *kind_name;
    int32_t n;
    const struct report_param *params;
};

/* A file that went into a run. */
struct report_input {
    const char *file, *sha256;
};

struct report_run {
    const char *folder;
    const char *label; /* how it is called among the others */
    const char *title, *scenario, *version, *command, *event_hash, *seed, *integrator, *tolerance;
    bool interrupted;
    double duration_s, reached_s, events;
    enum verdict verdict;
    int32_t n_rulings, n_pass; /* of all instances */
    int32_t n_covers, n_inputs, n_deeds, n_verdicts, n_gaps, n_parts;
    const char *const *covers;
    const struct report_input *inputs;
    const struct report_deed *deeds;
    const struct report_verdict *verdicts; /* worst first */
    const struct report_gap *gaps;         /* in the order of gaps.csv */
    const struct report_part *parts;
};

/* A scenario of which the suite's table tells more than its trace, if it has one. */
struct report_case {
    const char *scenario, *verdict, *note;
};

struct report {
    const char *name; /* of the folder that holds them; NULL: several were named */
    int32_t n, n_cases;
    struct report_run *runs;
    const struct report_case *cases;
};

/* report_find.c: the folders of runs at or below each path, sorted; label: without what is common.
 * False: reported. */
bool report_find(struct report *r, struct arena *a, struct diag *d, int n, char *const paths[]);

/* report_cases.c: add what the folder's suite.csv tells, where there is one. False: reported. */
bool report_cases(struct report *r, struct arena *a, struct diag *d, const char *folder);

/* report_read.c: one run. False: reported. */
bool report_read(struct report_run *run, struct arena *a, struct diag *d);

/* report_events.c: what events.csv says of the run's deeds. False: reported. */
bool report_events(struct report_run *run, struct arena *a, struct diag *d);

/* A margin in parts of its limit, to compare those of different quantities: the smaller the worse.
 * INFINITY: it has none. */
double report_margin(const struct report_verdict *v);

/* False: it must be exactly so, or its limit is nothing. */
bool report_has_margin(const struct report_verdict *v);

/* The longest gap; NULL: none. */
const struct report_gap *report_longest(const struct report_run *run);

/* A value of an expectation in words: "3.18 ms". Returns buf. */
enum { REPORT_VALUE = 64 };
const char *report_value(char buf[REPORT_VALUE], enum quantity q, double value);
const char *report_time(char buf[REPORT_VALUE], ns_t span);

/* The parameter of that key, NULL. */
const struct report_param *report_param(const struct report_part *p, const char *key);

#endif

/* judge_inside.h - the judge from the inside: for judge.c and ruling.c only. */
#ifndef SIM_JUDGE_INSIDE_H
#define SIM_JUDGE_INSIDE_H

#include "judge.h"
#include "lookout.h"

/* The clocks of one instance of an `after`. */
struct clock {
    int32_t n, room;
    ns_t *since; /* those that run */
    int32_t started;
    bool is_new;          /* one has started in this instant */
    ns_t worst, worst_at; /* longest that was stopped, and when it began */
};

/* What a watch is for. */
struct owner {
    int32_t expectation; /* -1: a default observer */
    int32_t instance;
    bool is_trigger; /* of an `after`, rather than its condition */
};

/* Clocks and held values are numbered alike: all instances of the first expectation, then ... */
struct judge {
    struct arena *arena;
    const struct scenario *scenario;
    int32_t n_watches, n_clocks, n_rulings, room_rulings;
    struct watch *watch;
    struct owner *owner;     /* of each watch */
    struct lookout *lookout; /* NULL: the run has not begun */
    int32_t n_controllers;   /* that somebody reads */
    int32_t n_touched;
    int32_t *touched; /* watches that must look when the instant is over */
    bool has_new_clocks;
    int32_t n_moments, next_moment;
    int32_t *moment; /* expectations `holds`, by their instant */
    ns_t stop;       /* the instant of the next one; NS_NEVER: none is left */
    struct clock *clock;
    double *held;         /* value of a `holds` at its instant; NAN: it has not come */
    int32_t *first_watch; /* of each expectation */
    int32_t *first_clock;
    struct ruling *ruling;
    struct gaps gaps;
    struct doubts doubts;
    enum verdict voided; /* VERDICT_PASS: it is not */
    const char *void_why;
};

/* ruling.c: rule on everything. */
void ruling_make(struct judge *j, const struct world *w, const struct script *script);

#endif

/* judge_inside.h - the judge from the inside: for judge.c and ruling.c only. */
#ifndef SIM_JUDGE_INSIDE_H
#define SIM_JUDGE_INSIDE_H

#include "judge.h"

/* The clocks of one instance of an `after`. */
struct clock {
    int32_t n, room;
    ns_t *since; /* those that run */
    int32_t started;
    bool is_new;          /* one has started in this instant */
    ns_t worst, worst_at; /* longest that was stopped, and when it began */
};

/* Clocks and held values are numbered alike: all instances of the first expectation, then ... */
struct judge {
    struct arena *arena;
    const struct scenario *scenario;
    int32_t n_watches, n_clocks, n_rulings, room_rulings;
    struct watch *watch;
    struct clock *clock;
    double *held;         /* value of a `holds` at its instant; NAN: it has not come */
    int32_t *first_watch; /* of each expectation */
    int32_t *first_clock;
    struct ruling *ruling;
    struct gaps gaps;
};

/* ruling.c: rule on everything. */
void ruling_make(struct judge *j, const struct world *w, const struct script *script);

#endif

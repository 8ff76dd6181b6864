/* watch.h - one condition of one instance, watched without steering.
 *
 * Voltages and currents are read on the islands' segments, from the last instant seen to the
 * instant at which a segment is replaced; states that change in jumps are read when an instant is
 * over. Edges are whole nanoseconds: the first in which the condition holds, or no longer does. */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "arena.h"
#include "doubt.h"
#include "expr.h"
#include "gap.h"
#include "plant.h"

struct watch;

/* What a watch tells. */
struct watch_ear {
    void *ctx;
    struct doubts *doubts;                                       /* about the events of the run */
    void (*rise)(void *ctx, const struct watch *watch, ns_t at); /* it holds from `at` on */
    void (*gap)(void *ctx, const struct gap *gap);               /* a spell is over */
};

enum { WATCH_HOMES = 8 };

/* While sign times each of these node voltages stays above the mark on its segment, a span has no
 * news for the watch. n is 0: it must look at every span. */
struct watch_band {
    int32_t first, n;
    double sign, mark;
};

struct watch {
    struct watch_band quiet;
    const struct expr *expr;
    int32_t instance;
    int32_t index;   /* its own, among the judge's */
    bool is_default; /* no expectation asked for it */
    /* Which segments matter: nodes whose islands its quantities live in. */
    bool continuous, jumps, everywhere;
    int32_t n_homes;
    int32_t home[WATCH_HOMES];
    double *held;            /* what jumps, as it was at the last look; NULL: nothing does */
    bool is_level;           /* it only compares node voltages with a number: */
    struct expr_level level; /* then this is all it is */
    bool misses;             /* what this load does not get of what it wants */
    int32_t load;
    double wanted_W;
    /* How it stands. */
    bool started, holds, fresh;
    ns_t seen; /* up to here everything is known; a level also knows all before its segment */
    ns_t since;
    double since_error_s;
    struct gap now; /* the spell under way */
    /* What was. */
    int32_t rises, spells; /* spells: rises, and one that held from the start */
    ns_t longest, longest_at;
    double longest_error_s;
    double closest; /* least value while it did not hold: distance to the threshold */
    ns_t closest_at;
};

/* Its memory comes from `a`. */
void watch_init(struct watch *k, const struct world *w, struct arena *a, const struct expr *e,
                int32_t instance, int32_t index);

/* Look at everything up to `to`: the segments are still those of before. */
void watch_span(struct watch *k, const struct world *w, ns_t to, const struct watch_ear *ear);

/* The instant is over: what is true now? */
void watch_instant(struct watch *k, const struct world *w, const struct watch_ear *ear);

/* The run is over: close the spell under way as an open one. */
void watch_end(struct watch *k, const struct world *w, const struct watch_ear *ear);

/* How far a value of what the expression measures may be off: what the integrator may be off by in a
 * step. A current may ring by more than a voltage. */
double watch_error(const struct expr *e, const struct world *w, double value);

#endif

/* gap.h - one interval in which an observed quantity is beyond its threshold, and the list of them. */
#ifndef SIM_GAP_H
#define SIM_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include "models/ns.h"

/* An event that helped while the gap lasted, and the condition's value then: below 0, the deeper the
 * further from the threshold. */
struct help {
    uint32_t event;
    double value;
};

enum { GAP_HELPS = 12 };

struct gap {
    int32_t watch;   /* who saw it: an index into the judge's watches */
    ns_t start, end; /* open: end is the end of the run */
    bool open;
    double error_s;   /* of its length: by the slope at both edges, and by what led there */
    double threshold; /* SI; NAN when the condition is no single comparison */
    double worst;     /* the observed quantity, farthest beyond its threshold */
    ns_t worst_at;
    double missing_Vs; /* integral of the distance to the threshold */
    double missing_J;  /* what the load could not draw; NAN: the observed part has no power */
    uint32_t hurt;     /* last event that hurt before it began */
    uint32_t helped;   /* last event that helped before it ended; 0 while open */
    double deepest;    /* least value of the condition */
    int32_t n_helps;   /* the last few, the oldest first */
    struct help help[GAP_HELPS];
};

struct gaps {
    int32_t n, room;
    struct gap *gap; /* in the order in which they ended */
    bool is_short;   /* no memory: some are missing */
};

void gaps_add(struct gaps *all, const struct gap *g);
void gaps_free(struct gaps *all);

/* By start, then by watch. */
void gaps_sort(struct gaps *all);

#endif

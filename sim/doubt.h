/* doubt.h - how wrong the instants of a run may be: an edge that comes of an uncertain event is no
 * more certain than that.
 *
 * A bar that collapses slowly passes its threshold within some hundred nanoseconds of the truth; so
 * does the lock-out that ends the collapse, and whatever follows from that, though it may follow
 * steeply. Only what is located on voltages and currents takes up such a doubt: a poll comes when
 * it is due. */
#ifndef SIM_DOUBT_H
#define SIM_DOUBT_H

#include "pages.h"
#include "plant.h"

struct doubt {
    double event_s; /* of the event's instant */
    double edge_s;  /* of the worst edge that it led to, so far */
};

struct doubts {
    struct pages of; /* struct doubt by event id; what is not there is in no doubt */
    bool is_short;   /* no memory: an edge may be off by anything */
};

void doubts_init(struct doubts *d);

/* An event happens: it is as uncertain as its cause, and one that is located on the network as the
 * edges which the same cause has led to on the way there. */
void doubts_event(struct doubts *d, const struct event *e);

/* How wrong an edge may be that the event `cause` led to and that by itself is off by own_s. */
double doubts_edge(struct doubts *d, uint32_t cause, double own_s);

void doubts_free(struct doubts *d);

#endif

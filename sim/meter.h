/* meter.h - charge, energy and heat of an island's elements over a span of time. */
#ifndef SIM_METER_H
#define SIM_METER_H

#include "linear.h"

/* List the elements whose meters count, and the states that their laws look at. */
void meter_prepare(const struct world *w, const struct island *isl, struct linear *c);

/* Count what has flown from the begin of the segment to t, which lies on it. */
void meter_span(struct world *w, const struct island *isl, ns_t t);

#endif

/* bus.h - a bus bar: a ladder of taps. */
#ifndef MODELS_BUS_H
#define MODELS_BUS_H

#include "kind.h"

extern const struct kind bus_kind;

/* The tap for the next part that names none: servers spread along the bar in file order. */
int32_t bus_next_tap(struct world *w, int32_t part);

/* The nominal voltage and the lower end of the window in which the bar counts as powered. */
double bus_nominal_V(const struct world *w, int32_t part);
double bus_low_V(const struct world *w, int32_t part);
double bus_high_V(const struct world *w, int32_t part);

/* Power that its servers may draw at most; told by the servers as they join. */
void bus_expect_load(struct world *w, int32_t part, double p_W);
double bus_expected_load_W(const struct world *w, int32_t part);

/* Wanted redundancy, N + this many supplies, and rank of the bar (0 is served first). */
int32_t bus_spare(const struct world *w, int32_t part);
bool bus_two_feeds(const struct world *w, int32_t part);
int32_t bus_priority(const struct world *w, int32_t part);

#endif

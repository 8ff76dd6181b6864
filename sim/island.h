/* island.h - islands of the network: how each is brought along in time. */
#ifndef SIM_ISLAND_H
#define SIM_ISLAND_H

#include "plant.h"

/* Bring it to now and mark as changed; it is handled again in this instant. */
void island_touch(struct world *w, int32_t island, enum effect effect);

/* The island is due: advance, change modes, fire guards; when all is quiet integrate one segment. */
__attribute__((noinline)) void island_due(struct world *w, int32_t island);

/* A state at fraction q of its island's segment: plant.h, struct island. */
static inline double island_state(const struct world *w, int32_t state, double q)
{
    const char *p = (const char *)w->plant;
    double x0 = ((const double *)(const void *)(p + w->plant->x0_at))[state];
    double x1 = ((const double *)(const void *)(p + w->plant->x1_at))[state];
    double c0 = ((const double *)(const void *)(p + w->plant->c0_at))[state];
    double c1 = ((const double *)(const void *)(p + w->plant->c1_at))[state];

    return x0 + q * (x1 - x0 + (1.0 - q) * (c0 + q * c1));
}

/* Forget everything about time, as if the present states had always been so: t0 = 0. */
void island_restart_all(struct world *w);

#endif

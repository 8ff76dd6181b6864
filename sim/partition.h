/* partition.h - which island each node, element and part belongs to. */
#ifndef SIM_PARTITION_H
#define SIM_PARTITION_H

#include "plant.h"

/* Find all islands from the links' modes, for the first time. */
void partition_all(struct world *w);

/* The island of this node may have come apart, or have met another one that is marked too. */
void partition_mark(struct world *w, int32_t node);

/* The link has begun or ceased to conduct, or to have a current that is a state: what is known of the
 * shape of its islands' equations is so no more. */
void partition_reshape(struct world *w, const struct link *k);

/* Find the marked islands anew; whoever keeps its nodes keeps going. Costs what they cost. */
void partition_marked(struct world *w);

#endif

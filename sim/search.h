/* search.h - where on an island's new segment the first mode or guard ends. */
#ifndef SIM_SEARCH_H
#define SIM_SEARCH_H

#include "linear.h"

/* List the island's ends: the modes that can end and the guards that are armed. in[] gives the row
 * of each of the island's states; -1: it has none, and does not move. */
void search_prepare(const struct world *w, const struct island *isl, struct linear *c,
                    const int32_t in[]);

/* The first whole nanosecond of the segment at which a quantity has left its range; `due`, the
 * segment's end, when none does. */
ns_t search_first_fall(struct world *w, const struct island *isl, ns_t due);

#endif

/* lookout.h - whom a span or an event concerns, so that a run pays only for the watches it touches.
 *
 *   a span    the watches that read something in the island. What jumps is read there, too, when it
 *             is a quantity (a temperature): models bring those up to date as their island moves
 *   an event  the watches that read something of its part that jumps; an event of a serial bus: also
 *             those that read one of its devices
 *   a step    of a controller is no event: with each it asks for another due time */
#ifndef SIM_LOOKOUT_H
#define SIM_LOOKOUT_H

#include "arena.h"
#include "watch.h"

struct lookout;

/* Some watches, by their index. */
struct watch_list {
    int32_t n;
    const int32_t *watch;
};

/* Memory comes from `a`; the watches must stay where they are. */
struct lookout *lookout_new(struct arena *a, const struct world *w, const struct watch watch[],
                            int32_t n_watches);

/* Concerned by a span of this island. Islands are as at the last partition that is complete. */
struct watch_list lookout_span(struct lookout *l, const struct world *w, int32_t island);

/* Concerned by every span: nobody knows where their quantities live. */
struct watch_list lookout_roaming(const struct lookout *l);

/* Concerned by an event of this part; of some serial bus. */
struct watch_list lookout_part(const struct lookout *l, int32_t part);
struct watch_list lookout_devices(const struct lookout *l);

/* Controllers that somebody reads: how many, and, when number i may have taken a step since it was
 * asked last, its part; else NO_PART. */
int32_t lookout_controllers(const struct lookout *l);
int32_t lookout_stepped(struct lookout *l, const struct world *w, int32_t i);

#endif

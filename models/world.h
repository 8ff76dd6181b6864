/* world.h - what a part may ask of the plant it lives in.
 *
 * Declared here so that models/ stands alone; sim/plant.c is the world. Everything behind these
 * calls lives in one flat block without outside pointers, so a model keeps indices, never
 * addresses, between calls. */
#ifndef MODELS_WORLD_H
#define MODELS_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "ns.h"

struct world;
struct net;

/* Simulated time now. */
ns_t world_now(const struct world *w);

/* The part's parameters (struct of its kind; never changed by a run) and its state (zeroed before
 * wire()). Both live in the plant's block and move with it: don't keep the pointer. */
const void *world_params(const struct world *w, int32_t part);
void *world_state(struct world *w, int32_t part);
const void *world_state_const(const struct world *w, int32_t part);

/* The electrical network: net.h says how parts of it are claimed, changed and read. */
const struct net *world_net_const(const struct world *w);

/* Call this part's due() at `due` (>= now; NS_NEVER: don't). One due time a part: a new one
 * replaces the old. The event being handled becomes the cause of what due() does. */
void world_wake(struct world *w, int32_t part, ns_t due);

/* Something has happened to `part`, now. The event gets the next id; its cause is the event being
 * handled, and it becomes the cause of everything this call chain does afterwards. Returns its id.
 *   value      a number that says more (a voltage, a byte, a count), 0 where there is none
 *   from_ns    when what has ended now began (a transfer's start); world_event() means now */
uint32_t world_event(struct world *w, int32_t part, enum event_kind kind, double value);
uint32_t world_event_from(struct world *w, int32_t part, enum event_kind kind, double value,
                          ns_t from_ns);

/* The event being handled, and a way to name another one as the cause of what follows. */
uint32_t world_cause(const struct world *w);
void world_blame(struct world *w, uint32_t event);

/* Uniform draw in [0, 1) from the part's own counter-based stream, keyed by seed and part name.
 * world_uniform() takes the next number of the stream; _at() the one with this index of a second
 * stream that is only read by index (noise of the n-th sample), and changes nothing. */
double world_uniform(struct world *w, int32_t part);
double world_uniform_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index);

/* A standard normal draw (Box and Muller) from the indexed stream. */
double world_normal_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index);

/* Another part's kind name and name, for words only. */
const char *world_part_name(const struct world *w, int32_t part);

/* How many parts there are, and the kind of each. */
struct kind;
int32_t world_parts(const struct world *w);
const struct kind *world_kind(const struct world *w, int32_t part);

#endif

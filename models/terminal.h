/* terminal.h - where other parts may be connected to a part: the nodes it owns.
 *
 * A kind whose parts own nodes keeps a struct terminal as the first member of its state; its nodes
 * have consecutive indices, one a tap. */
#ifndef MODELS_TERMINAL_H
#define MODELS_TERMINAL_H

#include "field.h"
#include "net.h"
#include "world.h"

struct terminal {
    int32_t node; /* of tap 0 */
    int32_t taps;
};

/* The node of a part's tap; TAP_ANY is tap 0. The part must own nodes. */
static inline int32_t terminal_node(const struct world *w, int32_t part, int32_t tap)
{
    const struct terminal *t = world_state_const(w, part);

    return t->node + (tap > 0 && tap < t->taps ? tap : 0);
}

/* All of a part's nodes: how many, and the first. */
static inline int32_t terminal_nodes(const struct world *w, int32_t part, int32_t *first)
{
    const struct terminal *t = world_state_const(w, part);

    *first = t->node;
    return t->taps;
}

#endif

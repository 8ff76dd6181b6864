/* ideal.h - ideal parts, for teaching and for checking a design by hand. */
#ifndef MODELS_IDEAL_H
#define MODELS_IDEAL_H

#include "kind.h"

extern const struct kind node_kind, source_kind, resistor_kind, inductor_kind, switch_kind,
    diode_kind, load_kind;

/* The node that a reference points to; a reference left out is ground. */
int32_t ideal_node(const struct world *w, const struct tap_list *ref);

/* The arguments of an action that takes its time. */
extern const struct field ideal_over[];

#endif

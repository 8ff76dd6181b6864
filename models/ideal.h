/* ideal.h - ideal parts, for teaching and for checking a design by hand. */
#ifndef MODELS_IDEAL_H
#define MODELS_IDEAL_H

#include "kind.h"

extern const struct kind node_kind, source_kind, resistor_kind, inductor_kind, switch_kind,
    diode_kind, load_kind;

#endif

/* mux.h - a bus multiplexer: one control byte, bit n connects channel n. */
#ifndef MODELS_MUX_H
#define MODELS_MUX_H

#include "kind.h"

extern const struct kind mux_kind;

/* A pulse on its reset line: all channels off. */
void mux_reset(struct world *w, int32_t mux);

#endif

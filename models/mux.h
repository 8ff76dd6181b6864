/* mux.h - a bus multiplexer: one control byte, bit n connects channel n. */
#ifndef MODELS_MUX_H
#define MODELS_MUX_H

#include "kind.h"

extern const struct kind mux_kind;

/* A pulse on its reset line: all channels off. */
void mux_reset(struct world *w, int32_t mux);

/* Part `by`, on this channel, begins to pull the channel's INT# input, or lets go of it. */
void mux_interrupt(struct world *w, int32_t mux, int32_t channel, int32_t by, bool low);

/* The line that its INT# output pulls; NO_PART: none. */
int32_t mux_alert_line(const struct world *w, int32_t mux);

#endif

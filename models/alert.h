/* alert.h - a wired-OR alert line (SMBALERT#, or the INT# of muxes) that ends at a controller's pin. */
#ifndef MODELS_ALERT_H
#define MODELS_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "kind.h"

extern const struct kind alert_kind;

/* A controller says at join() time on which of its input pins the line ends: its kind's input() is
 * called at every edge there. */
void alert_listen(struct world *w, int32_t line, int32_t controller, int32_t pin);

/* Part `by` begins to pull the line low, or lets go of it: each once, in turn. */
void alert_pull(struct world *w, int32_t line, int32_t by, bool low);

/* The event at which the line fell because of this part; 0: it is high, another one was first, or no
 * controller listens. */
uint32_t alert_fell_by(const struct world *w, int32_t line, int32_t by);

#endif

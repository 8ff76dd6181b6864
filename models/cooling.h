/* cooling.h - a fan tray: the air behind the supplies that have no fans of their own. */
#ifndef MODELS_COOLING_H
#define MODELS_COOLING_H

#include "kind.h"

extern const struct kind cooling_kind;

/* The flow of its air over that with all fans sound, 0..1. */
double cooling_flow(const struct world *w, int32_t part);

#endif

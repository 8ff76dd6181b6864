/* rest.h - the steady state in which a run begins. */
#ifndef SIM_REST_H
#define SIM_REST_H

#include "diag.h"
#include "plant.h"

/* Let the network alone find its steady state in the time before t = 0, then stand at t = 0. When
 * the user gave start voltages it stays at those. A rack without a steady state starts as it then
 * is: plant->unrest says so. */
void rest_find(struct world *w);

/* Warn of a rack that is not at rest at t = 0: which part's voltage moves fastest, and how fast. */
void rest_warn(const struct world *w, struct diag *d);

#endif

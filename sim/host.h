/* host.h - the port of the simulator: the shipped controller, run inside the simulated rack. */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include "models/kind.h"

extern const struct kind controller_kind;

#endif

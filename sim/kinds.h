/* kinds.h - every kind of part the program knows. */
#ifndef SIM_KINDS_H
#define SIM_KINDS_H

#include "models/kind.h"

/* Ends with NULL, in the order in which `powergap explain` lists them. */
extern const struct kind *const kinds[];

/* NULL: there is none of that name. */
const struct kind *kind_named(const char *name);

#endif

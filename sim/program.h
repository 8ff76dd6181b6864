/* program.h - other programs that this one runs. */
#ifndef SIM_PROGRAM_H
#define SIM_PROGRAM_H

#include <stdbool.h>

/* Is there a program of that name in $PATH? */
bool program_is_there(const char *name);

#endif

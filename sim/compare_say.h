/* compare_say.h - a comparison in words and as a table.  compare_say.c */
#ifndef SIM_COMPARE_SAY_H
#define SIM_COMPARE_SAY_H

#include <stdio.h>

#include "compare.h"

/* Events, gaps and waveforms; of the events only those that are beyond their tolerance, unless `all`. */
void compare_say(FILE *out, const struct comparison *c, const struct side *a, const struct side *b,
                 bool all);

/* kind,name,in_a,in_b,a,b,difference,begin,end,rms,at_s,allowed,unit,verdict */
void compare_csv(FILE *out, const struct comparison *c);

/* How many lie beyond their tolerance. */
int32_t compare_beyond(const struct comparison *c, enum compared what);

#endif

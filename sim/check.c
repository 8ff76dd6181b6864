/* check.c - the end of a run that has broken one of our own rules. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local int64_t now;

void check_set_time(int64_t now_ns)
{
    now = now_ns;
}

_Noreturn void check_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "powergap: internal error at %s:%d: %s (simulated time %" PRId64 " ns)\n", file,
            line, what, now);
    exit(3);
}

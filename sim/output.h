/* output.h - one file of results that is there in full or not at all.
 *
 * It is written beside its place under another name and takes its place when all of it is on the
 * disk: what was there stays until then. A device or a pipe is written as it is. */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"
#include "diag.h"

struct output;

/* A program that makes the file from what is written to it, called as `name - FILE`. */
struct output_filter {
    const char *name;
    const char *package;        /* the Debian package that has it */
    bool (*is_whole)(FILE *in); /* has it written all of the file? */
};

/* Begin the file that will be `path`; `through` NULL: as it is written. Lives in the arena. NULL:
 * reported. */
struct output *output_begin(struct arena *a, const char *path, const struct output_filter *through,
                            struct diag *d);

FILE *output_file(const struct output *o);

/* Put it in its place, or, when it isn't `good`, remove it. False: reported. */
bool output_end(struct output *o, bool good, struct diag *d);

#endif

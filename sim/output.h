/* output.h - a file of results that is there in full or not at all.
 *
 * It is written beside its place under another name and takes its place when all of it is written.
 * A device or a pipe is written to directly. */
#ifndef SIM_OUTPUT_H
#define SIM_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "diag.h"

/* A program that makes the file from what is written to it, called as `name - FILE`. */
struct output_filter {
    const char *name;
    const char *package;        /* the Debian package that has it */
    bool (*is_whole)(FILE *in); /* has it written all of the file? */
};

struct output {
    FILE *file; /* write to it */
    const char *path;
    char *partial; /* what is written first; NULL: `path` itself */
    const struct output_filter *through;
    pid_t filter; /* 0: none */
};

/* False: reported. The path must live until output_close(). */
bool output_open(struct output *t, const char *path, struct diag *d);

/* The same for a file that a program makes of what is written. */
bool output_open_through(struct output *t, const char *path, const struct output_filter *through,
                         struct diag *d);

/* Put it in its place, unless it is no good. False: it is no good, or could not be written, which is
 * reported; what was there before stays. */
bool output_close(struct output *t, bool good, struct diag *d);

/* Is it a plain file, or will it be one? */
bool output_is_plain(const char *path);

/* Why a stream can't be written to: its errno. A failed write may lie far back, and the last one have
 * gone well, so it is tried again: with what is written then the file is no good. */
int output_why(FILE *file);

#endif

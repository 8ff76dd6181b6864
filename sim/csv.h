/* csv.h - comma separated values, in and out. The one door to libcsv is csv.c. */
#ifndef SIM_CSV_H
#define SIM_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "text.h"

/* One cell, with where it stands; `text` ends with a 0 and has neither quotes nor spaces around. */
struct csv_cell {
    const char *text;
    struct place at;
};

struct csv_row {
    int32_t n;
    const struct csv_cell *cells; /* valid until the next row */
};

enum { CSV_COLUMNS_MAX = 1024 };

/* Read row by row, '#' comments and empty lines left out. `row` returns false to stop. False, and
 * diagnostics, when a line is not CSV. */
bool csv_read(struct arena *a, struct diag *d, const struct text *t,
              bool (*row)(void *ctx, const struct csv_row *row), void *ctx);

/* Write text as one cell, in quotes where it needs them. */
void csv_write_text(FILE *out, const char *text);

#endif

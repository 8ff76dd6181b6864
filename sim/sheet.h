/* sheet.h - one CSV file of a trace in memory: rows of text, found by the names of their columns. */
#ifndef SIM_SHEET_H
#define SIM_SHEET_H

#include "arena.h"
#include "diag.h"
#include "models/ns.h"

struct sheet {
    int32_t n;       /* rows without the header */
    int32_t columns; /* of each */
    const char *const *name;
    const char *const *cell; /* [n * columns] */
};

/* Read it; every column in `wanted`, a list that ends with NULL, is there. False: reported. */
bool sheet_read(struct sheet *s, struct arena *a, struct diag *d, const char *path,
                const char *const wanted[]);

/* A cell as text, "" where there is none. */
const char *sheet_text(const struct sheet *s, int32_t row, const char *column);

/* As a number; NAN: the cell is empty or is none. */
double sheet_number(const struct sheet *s, int32_t row, const char *column);

/* Exact nanoseconds; NS_NEVER: the cell is empty. */
ns_t sheet_ns(const struct sheet *s, int32_t row, const char *column);

#endif

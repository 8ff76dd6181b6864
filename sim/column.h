/* column.h - the columns of signals.csv: every signal of every part by its name and unit. */
#ifndef SIM_COLUMN_H
#define SIM_COLUMN_H

#include "arena.h"
#include "plant.h"

struct column {
    const char *name; /* "bus_a.v_V", "web3.state" */
    int32_t part, member;
    const struct signal *signal; /* one of these is not NULL */
    const struct signal_family *family;
};

struct columns {
    int32_t n;
    const struct column *column;
};

/* In order of parts and of their tables. */
struct columns columns_of(struct arena *a, const struct part parts[], int32_t n_parts);

double column_read(const struct column *c, const struct world *w, ns_t at);

/* The words of its states, "OFF|ON"; NULL: it is a number. */
const char *column_choices(const struct column *c);

#endif

/* rack.h - the parts of a rack as the loader leaves them: named, typed, checked, never changed.
 *
 * A rack is a YAML map `name: {is: KIND, part: LIBRARY-PART, key: value...}`. What a part is made
 * of comes in layers, the later wins: the kind's defaults, the library part, the rack file, the
 * overrides of the scenario. `web[1..16]` stands for web1 .. web16. */
#ifndef SIM_RACK_H
#define SIM_RACK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/kind.h"
#include "text.h"

enum { PARTS_MAX = 32768, PART_NAME_SIZE = 40 };

struct part {
    char name[PART_NAME_SIZE]; /* "web3" */
    const struct kind *kind;
    void *params;             /* kind->params_size bytes: what world_params() gives */
    int32_t stem_length;      /* of "web" in "web3"; the whole name when it has no number */
    int32_t number;           /* 3; -1: the name has none */
    const char *library;      /* name of its library part, NULL: none */
    struct place at;          /* where its name is written */
    const struct place *said; /* where the value of each field is written; line 0: nowhere */
};

/* One measured curve: a column of a CSV file. Times rise strictly. */
struct series {
    const char *path;
    const char *column;
    int32_t n;
    const ns_t *t;
    const double *y; /* SI */
};

struct rack {
    int32_t n_parts;
    const struct part *parts; /* in file order: the index is the part's id everywhere */
    int32_t n_series;
    const struct series *series; /* FIELD_FILE values are indices into it */
    const int32_t *slots;        /* hash table from name to index */
    int32_t n_slots;
};

/* Index of the part of that name, NO_PART. */
int32_t rack_find(const struct rack *r, const char *name, size_t length);

/* The row of the kind's table, NULL: none of that key. */
const struct field *kind_field(const struct kind *k, const char *key, size_t length);
const struct signal *kind_signal(const struct kind *k, const char *key, size_t length);
const struct signal_family *kind_family(const struct kind *k, const char *key, size_t length);
const struct action *kind_action(const struct kind *k, const char *key, size_t length);

/* The action that moves this parameter of the kind; NULL: none does. */
const struct action *kind_setter(const struct kind *k, const char *key);

/* A parameter as a number: SI; times in seconds; choices and flags as their index. Only for
 * FIELD_REAL, _TIME, _COUNT, _CHOICE and _FLAG. */
double field_value(const struct field *f, const void *params);
bool field_is_number(const struct field *f);

#endif

/* rack_draft.h - parts while they are put together: for rack.c, rack_names.c and implied.c only. */
#ifndef SIM_RACK_DRAFT_H
#define SIM_RACK_DRAFT_H

#include "loader.h"

enum { INCLUDES_MAX = 8, KEYS_MAX = 200 };

/* One map that says something about a part. */
struct layer {
    const struct yaml *map;
    struct layer *next;
};

/* A part while it is being put together; the later layers win. */
struct draft {
    struct layer *first, *last;
    const char *written; /* its name as it stands in the file: "web[1..16]" */
    const struct yaml *is, *part, *library;
    int32_t origin;          /* the map that named it first */
    struct i2c_path implied; /* where an implied part sits; bus NO_PART for all others */
};

struct drawing {
    struct loader *l;
    int32_t room; /* parts that the arrays have room for */
    struct part *parts;
    struct draft *drafts;
    int32_t *slots;
    int32_t maps; /* read so far */
    const char *files[INCLUDES_MAX + 1];
    int32_t n_files;
};

/* The slot of that name in the hash table: where it is, or where it would go. */
int32_t rack_slot(const struct rack *r, const char *name, size_t length);

/* A new part of that name; `written` is how the file names it. Good until the next one is added. NULL:
 * there are too many, which was reported. */
struct part *draft_add(struct drawing *g, const char *name, const char *written, struct place at);
void draft_layer(struct drawing *g, int32_t part, const struct yaml *map);

/* The value of a key of a part: of the last layer that has it; NULL: none has. */
const struct yaml *draft_value(const struct drawing *g, int32_t part, const char *key);

/* rack_names.c: all parts that `rack:` names, in file order. */
void names_read(struct drawing *g, const struct yaml *y);
/* Then what a file of overrides says about some of them. */
void names_override(struct drawing *g, const char *path);

/* implied.c: the serial buses, muxes and expanders that are only named in paths. */
void implied_add(struct drawing *g);

#endif

/* yaml.h - a YAML file as a tree of ours: maps, lists and scalars, each with its place.
 *
 * The one door to libfyaml (yaml.c). Scalars stay text: only a field table knows what they mean.
 * Anchors, aliases, tags and several documents in a file are refused: a scenario has no use for
 * them. One thing is added to YAML: name[...] and function(...) stay one scalar within {...} too, so
 * that `{gap: web[*].v < 10.8 V}` means what it says. */
#ifndef SIM_YAML_H
#define SIM_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum yaml_is { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    enum yaml_is is;
    bool quoted;      /* a scalar in quotes */
    bool exact;       /* a scalar whose text stands letter by letter at its place */
    const char *text; /* of a scalar; "" else */
    const char *key;  /* of a value in a map; else NULL */
    struct place at;  /* of a collection: where it begins */
    struct place key_at;
    struct yaml *first, *next; /* children, in file order */
    int32_t n;                 /* number of children */
};

/* Limits that no scenario reaches: what is beyond is an attack or an accident. */
enum { YAML_NODES_MAX = 400000, YAML_DEPTH_MAX = 20 };

/* The document in `t`. NULL: it is not YAML; duplicate keys are reported but leave a tree. */
struct yaml *yaml_read(struct arena *a, struct diag *d, const struct text *t);

/* The value of a key, NULL. */
struct yaml *yaml_get(const struct yaml *from, const char *key);

/* The place of `length` bytes from byte `from` on in a scalar's text. */
struct place yaml_within(const struct yaml *scalar, size_t from, size_t length);

/* "a map", "a list", "text" */
const char *yaml_word(const struct yaml *node);

#endif

/* suite.h - the scenarios below some paths, and those of them that are wanted. */
#ifndef SIM_SUITE_H
#define SIM_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "cli.h"
#include "diag.h"

/* One scenario file. It has not been loaded: only its title and what it covers have been read. */
struct suite_case {
    const char *path;
    const char *name; /* the path without its suffix, "./" and "../": of folders and in reports */
    const char *title;
    int32_t n_covers;
    const char *const *covers;
};

struct suite {
    int32_t n;
    struct suite_case *cases; /* by path */
    int32_t n_others;         /* YAML files that are no scenarios: racks, parts */
};

struct suite_choice {
    const struct option_list *only, *skip;
    int32_t shard, shards; /* 1 of 1: all */
};

/* Find every scenario: a file, or all below a folder but what is hidden. A YAML file with neither
 * `rack` nor `duration` nor `expect` is one that others include. False: reported; a path does not
 * exist, or two scenarios have one name. */
bool suite_find(struct suite *s, struct arena *a, int n, char *const paths[], struct diag *d);

/* Can each leave its trace in a folder of its own? Not when one's lies in another's, as those of
 * x.yaml and x/y.yaml do. False: reported. */
bool suite_has_folders(const struct suite *s, struct diag *d);

/* Does the pattern fit? With * ? or [ as a whole, else as a part in any case, on the path, the title,
 * or one of the texts that it covers. */
bool suite_fits(const struct suite_case *c, const char *pattern);

/* Those of `all` that fit one of `only`, when there is one, and none of `skip`; of these every
 * `shards`th. */
struct suite suite_choose(const struct suite *all, struct arena *a,
                          const struct suite_choice *choice);

#endif

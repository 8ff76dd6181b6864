/* coverage.h - what a suite has exercised, and what it has not: claims, the library's parts, the models'
 * actions, the controller's states of mind about a supply and the ways between them, what it counts,
 * events. */
#ifndef SIM_COVERAGE_H
#define SIM_COVERAGE_H

#include "outcome.h"
#include "suite.h"

struct cover {
    const char *name;
    int32_t scenarios; /* that exercised it; for a claim: that passed */
    int64_t times;
    bool beyond; /* a way that is not in the table: two of it within one turn, or a reset */
};

struct cover_group {
    const char *what;   /* "action" */
    const char *plural; /* "actions of the models" */
    int32_t n;
    struct cover *covers;
};

enum { COVER_GROUPS = 7 };

struct coverage {
    struct cover_group group[COVER_GROUPS];
};

/* `all`: every scenario that was found, whose claims are known; `s` and its outcomes: those that were
 * chosen. `claims` NULL: no others are known; else a file with one a line and, behind a '|', the
 * scenario that shows it; '#' begins a comment. False: reported. */
bool coverage_find(struct coverage *c, struct arena *a, const struct suite *all,
                   const struct suite *s, const struct outcome outcomes[], const char *claims,
                   struct diag *d);

/* For people: how many of each, and the names of what is missing. */
void coverage_print(FILE *out, const struct coverage *c);
/* One JSON object. */
void coverage_json(FILE *out, const struct coverage *c);

#endif

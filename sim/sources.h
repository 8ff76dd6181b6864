/* sources.h - the data sheets, standards and programs that numbers are taken from: "S36" and the like.
 *
 * Checked by tests/sim/test_sources.sh: every one that is cited is here, and every one here is cited. */
#ifndef SIM_SOURCES_H
#define SIM_SOURCES_H

#include <stdbool.h>
#include <stdio.h>

struct citation {
    const char *id, *title;
};

/* In order; the last one's id is NULL. At most SOURCES_MAX. */
enum { SOURCES_MAX = 128 };
extern const struct citation sources[];

/* NULL: there is none of that name. */
const struct citation *source_find(const char *id);

/* What is cited in a remark such as "D from S48, 72 A of 62 A [S5]", one a line after `before`. */
void sources_print_cited(FILE *out, const char *remark, const char *before);

/* Calls `each` with every source that a remark cites. */
void sources_cited(const char *remark, void (*each)(void *ctx, const struct citation *s),
                   void *ctx);

#endif

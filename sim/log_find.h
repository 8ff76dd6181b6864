/* log_find.h - which events of a stored trace a word means. */
#ifndef SIM_LOG_FIND_H
#define SIM_LOG_FIND_H

#include "arena.h"
#include "cli.h"
#include "diag.h"
#include "stored.h"

struct log_found {
    int32_t n;
    const uint32_t *id;
};

/* "#371" or "371": that one. "psu1.die": the first of that name in the window. "gap2": those that end a
 * span of gap 2 of gaps.csv. n == 0: none, which was reported. */
struct log_found log_find(struct arena *a, struct diag *d, const struct stored *s,
                          const struct cli_window *w, const char *folder, const char *word);

bool log_is_in(const struct cli_window *w, const struct stored_event *e);

#endif

/* stored.h - events.csv of a stored trace, read back. */
#ifndef SIM_STORED_H
#define SIM_STORED_H

#include "arena.h"
#include "diag.h"
#include "models/ns.h"

struct stored_event {
    uint32_t id, cause; /* cause 0: none */
    ns_t at, from;
    const char *part;  /* "": the run as a whole */
    const char *event; /* its word */
    const char *value; /* as it was written */
    const char *text;
};

struct stored {
    uint32_t n;
    const struct stored_event *event; /* [n]: event i has id i + 1 */
};

/* False: reported. */
bool stored_read(struct arena *a, struct diag *d, const char *folder, struct stored *s);

/* NULL: there is none of that id. */
const struct stored_event *stored_at(const struct stored *s, uint32_t id);

/* "psu2.die", "sw2.conducts": part and action, or part and the event's word. Returns buf. */
enum { STORED_NAME = 128 };
const char *stored_name(const struct stored_event *e, char buf[STORED_NAME]);

#endif

/* script.h - carries out `do:` and `profiles:`, deed by deed, on the nanosecond.
 *
 * Deeds at fixed times in file order; a condition of continuous signals fires in the first whole
 * nanosecond in which it holds. The state is one flat block without pointers into itself, so a
 * forked world goes on with a copy. */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "plant.h"

struct script;

/* Hear of every action done, the undoing ones included; `event` is its EV_ACTION. */
struct script_ear {
    void *ctx;
    void (*done)(void *ctx, int32_t part, const struct action *action, ns_t at, uint32_t event);
};

/* What became of one deed. */
struct script_deed {
    int32_t fired; /* times */
    ns_t first_at; /* NS_NEVER: never */
    bool had_effect;
};

/* Takes over w->script. The scenario must outlive it. NULL: no memory. */
struct script *script_new(const struct scenario *s, struct world *w, struct script_ear ear);
void script_free(struct script *k);

/* Go on in `fork`, which was forked from the world of `from`. NULL: no memory. */
struct script *script_fork(const struct script *from, struct world *fork, struct script_ear ear);

struct script_deed script_look_up(const struct script *k, int32_t deed);

#endif

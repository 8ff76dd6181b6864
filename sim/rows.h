/* rows.h - when a run is worth looking at: what signals.csv and waveforms have rows of.
 *
 * Looks come at a fixed period; where a state has moved by more than a share of its size since the
 * last look, at four places of a moving segment; and before and after an instant at which a part (not
 * the bus, not the controller) or the script is due, because currents jump there. They are read on
 * the islands' segments: looking changes nothing. */
#ifndef SIM_ROWS_H
#define SIM_ROWS_H

#include "arena.h"
#include "plant.h"

struct rows;

struct rows_options {
    ns_t from;    /* the first look */
    ns_t sample;  /* period, above 0 */
    double moved; /* that share: of a voltage plus 1 V, of a current plus 10 A */
    /* Least distance of looks beyond the period; it doubles with every ROWS_A_SPACING of them, so that
     * a trace stays small however long a rack goes on to hiccup. 0: none is left out. */
    ns_t spacing;
    ns_t before; /* how long before a jump to look: 0 in its instant, but before it happens */
    void *ctx;
    void (*look)(void *ctx, const struct world *w, ns_t at);
};

enum { ROWS_A_SPACING = 1000 };

/* Lives in the arena. */
struct rows *rows_new(struct arena *a, const struct world *w, const struct rows_options *options);

/* `next` is due; nothing of it has happened. Then: it has. */
void rows_before(struct rows *r, const struct world *w, ns_t next);
void rows_after(struct rows *r, const struct world *w);

/* A last look at where the run stands, unless that was the last one already. */
void rows_end(struct rows *r, const struct world *w);

#endif

/* spice.h - the electrical circuit of a rack as a netlist that ngspice runs, to check ours by other
 * means. Values are SI; names are those of the parts in lower case, for SPICE knows no other. */
#ifndef SIM_SPICE_H
#define SIM_SPICE_H

#include <stdio.h>

#include "diag.h"
#include "plant.h"
#include "scenario.h"

/* What drives the elements of one part while the netlist runs; texts for its expressions. */
struct spice_control {
    const char *scale; /* factor of the current, "V(p1.s)"; NULL: the element's own, now */
    const char *level; /* V of a source, W of a load, "V(p1.e)"; NULL: the element's own, now */
};

/* One netlist in the making. */
struct spice {
    FILE *out;
    const struct world *world;
    const struct scenario *scenario;
    struct arena *arena;
    const char *const *name;       /* of each part, unique in any case of letters */
    const char *const *node;       /* of each node */
    const double *x;               /* the states at `at` */
    struct spice_control *control; /* of each part */
    ns_t at;
};

/* Write the circuit as the world stands, with what its ramps have reached; nothing changes after.
 * With `script` the world must stand at its start: then the timed deeds of the scenario and what
 * ideal parts do by themselves (lock-out, hiccup, trip) are written, too. False, and diagnostics,
 * when the script has something that can't be; nothing is written then. */
bool spice_write(FILE *out, const struct world *w, const struct scenario *s, bool script,
                 struct diag *d);

/* spice_script.c: whether it can be written, then the control sources and controls of all parts. */
bool spice_script_check(const struct scenario *s, struct diag *d);
void spice_script_write(struct spice *k);

/* The name of a node, "0" for ground. */
const char *spice_node(const struct spice *k, int32_t node);

#endif

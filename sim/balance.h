/* balance.h - the books of energy over a run: nothing is made from nothing.
 *
 * They close only where every element's meter counts: plant_options.meter_all. */
#ifndef SIM_BALANCE_H
#define SIM_BALANCE_H

#include <stdio.h>

#include "plant.h"

/* Joules since the world began, and what is stored at this instant. */
struct books {
    double sources_J; /* delivered at the sources' terminals, less what was pushed back into them */
    double loads_J;
    double links_J;      /* turned into heat in switches, cables, diodes, shorts, arcs */
    double moved_J;      /* through all of these, whichever way, once for giver and taker */
    double capacitors_J; /* 1/2 C v^2 of every node */
    double inductors_J;  /* 1/2 L i^2 of every link whose current is a state */
};

/* The books up to now; plant_flush() first. Share lines are signals and hold no energy. */
struct books books_of(const struct world *w);

/* What happened in between: `later` less `earlier`. */
struct books books_between(const struct books *earlier, const struct books *later);

/* What the sources gave and nobody has: 0 but for the integrator's error and rounding. */
double books_left_J(const struct books *between);

/* The same in parts of what moved; 0 when nothing did. */
double books_left(const struct books *between);

/* As a table, for people; as an object, for programs. */
void books_print(FILE *out, const struct books *between);
void books_json(FILE *out, const struct books *between);

#endif

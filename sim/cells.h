/* cells.h - what a table says of one ruling, cell by cell. */
#ifndef SIM_CELLS_H
#define SIM_CELLS_H

#include "run.h"

enum { CELL = 200 };

/* A value in the ruling's quantity: "14.32 ms"; "never" for infinity, nothing for NAN. */
void cell_value(char cell[CELL], const struct ruling *r, double value);

/* "gap bus_a.v < 11.4 V", "after psu2.die: ctl.psu2 == LOST" */
void cell_what(char cell[CELL], const struct run *r, const struct ruling *u);

/* "limit 16 ms", "exactly 1" */
void cell_limit(char cell[CELL], const struct run *r, const struct ruling *u);

/* "margin 12.82 ms +- 34.87 ns" */
void cell_margin(char cell[CELL], const struct ruling *u);

/* "at 50.11 ms", the note, and of how many instances it is the worst. */
void cell_when(char cell[CELL], const struct ruling *u, int32_t passed);

/* The margin in parts of the limit: small is bad. What fails comes before what is unresolved, and that
 * before what passes. */
double cell_order(const struct ruling *u);

#endif

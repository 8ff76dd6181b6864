/* table.h - what `powergap run` says: verdicts and gaps, for people and for programs. */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stdio.h>

#include "run.h"

/* The verdict table, worst margin first; of an expectation that holds for all of its instances only
 * the worst. `only_wrong`: leave out what passes. */
void table_verdicts(FILE *out, const struct run *r, bool colour, bool only_wrong);

/* The longest gaps, each with a line on where its time went. */
void table_gaps(FILE *out, const struct run *r, bool colour);

/* One line on the servers that were lost, if any: a gap of milliseconds costs minutes of boot. */
void table_servers(FILE *out, const struct run *r);

/* Where the energy went, in a run whose meters all count. */
void table_balance(FILE *out, const struct run *r);

/* table_bench.c: the board that the controller ran on, and real time, where there were such; also of
 * one gap. */
void table_bench(FILE *out, const struct run *r);
void table_gap_late(FILE *out, const struct run *r, const struct gap *g);
void table_bench_json(FILE *out, const struct run *r);
void table_gap_late_json(FILE *out, const struct run *r, const struct gap *g);

/* One line: how it went. */
void table_summary(FILE *out, const struct run *r, bool colour);

/* One JSON object with all of it. */
void table_json(FILE *out, const struct run *r, const char *trace);

#endif

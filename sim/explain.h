/* explain.h - what the program knows about its own input, printed from the tables that read it:
 * `powergap explain`, `powergap schema`, `powergap parts`. */
#ifndef SIM_EXPLAIN_H
#define SIM_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* `topic`: NULL for the list of kinds, "psu", "psu.hold_up", "events", "scenario", "units". False:
 * there is no such topic, and `err` says which may have been meant. */
bool explain_print(FILE *out, FILE *err, const char *topic);

/* A JSON Schema (draft 2020-12) that holds for scenario files and for rack files. */
void schema_print(FILE *out);

/* The part library; with a name, that part's file with its sources. False: there is no such part. */
bool parts_print(FILE *out, FILE *err, const char *name);

/* The names of its parts, in the order of the alphabet. */
void parts_names(void *ctx, void (*each)(void *ctx, const char *name));

/* explain_scenario.c: the scenario language. */
void explain_scenario(FILE *out);

#endif

/* row.h - one row of the bench's table: measured by a process of its own, printed as CSV.
 *
 * The environment says how: BENCH_ROUNDS how often at most (0: only load), BENCH_SECONDS after which
 * no further round begins, BENCH_EDGES a file for the edges of the gaps. */
#ifndef TESTS_BENCH_ROW_H
#define TESTS_BENCH_ROW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "models/ns.h"

enum { ROW_NONE = -1, ROW_ROUNDS = 100 };

/* What is ROW_NONE has no meaning for this row. */
struct row {
    int64_t events, steps, refused, factorisations, gaps;
    double simulated_s, gap_s;
    double load_s; /* from nothing to the first event */
    int n, most;   /* rounds: had, at most */
    double budget_s, began_s;
    double took_s[ROW_ROUNDS];
    FILE *edges;
};

struct row row_new(void);

/* Begin another round? */
bool row_again(struct row *r);
/* What went before in this round does not count. Returns how long that took, in s. */
double row_begin(struct row *r);
/* The round has ended. */
void row_stop(struct row *r);

/* A bar, from 1, was below the threshold from `down` to `up`. */
void row_gap(struct row *r, int32_t bar, ns_t down, ns_t up);

/* One line: events, steps, refused, factorisations, simulated s, best s, median s, rounds, load s,
 * peak KiB, gaps, gap s. Returns the exit status. */
int row_print(struct row *r);

/* Seconds of a clock that only runs forwards. */
double row_clock_s(void);

#endif

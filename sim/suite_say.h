/* suite_say.h - what a suite says, for people and for programs. Each file that it leaves can be
 * written at any time and is complete: scenarios without an outcome yet are NOT RUN. */
#ifndef SIM_SUITE_SAY_H
#define SIM_SUITE_SAY_H

#include "baseline.h"
#include "coverage.h"
#include "outcome.h"
#include "suite.h"
#include "suite_run.h"

/* How it all went. */
struct suite_sum {
    int32_t n[CASE_STATUSES];
    int exit;      /* the highest of them */
    double wall_s; /* of the suite */
};
struct suite_sum suite_add_up(const struct suite *s, const struct outcome outcomes[]);

/* suite_table.c: one line for a scenario that has ended, and under it what is wrong; the summary;
 * the line that tells how far it is, which the next one overwrites. `width`: of the paths. */
int suite_width(const struct suite *s);
void suite_line(FILE *out, const struct suite_case *c, const struct outcome *o, int width,
                bool colour);
void suite_summary(FILE *out, const struct suite *s, const struct outcome outcomes[],
                   const struct suite_sum *sum, const struct baseline_count *count);
void suite_progress(FILE *out, const struct suite *s, const struct suite_sum *sum,
                    const struct suite_now *now);
void suite_progress_end(FILE *out);

/* junit.c: the XML that CI servers read. */
void junit_write(FILE *out, const struct suite *s, const struct outcome outcomes[], double wall_s);

/* tap.c: the Test Anything Protocol, version 13: the plan, then a result as it comes. */
void tap_plan(FILE *out, const struct suite *s);
void tap_bail_out(FILE *out, const char *why); /* the rest is not run */
void tap_result(FILE *out, int32_t number, const struct suite_case *c, const struct outcome *o);

/* suite_json.c: one object a line: each scenario as it comes, then the summary. `count` and
 * `coverage` NULL: not asked for. */
void suite_json(FILE *out, const struct suite_case *c, const struct outcome *o);
void suite_json_summary(FILE *out, const struct suite *s, const struct suite_sum *sum,
                        const struct baseline_count *count, const struct coverage *coverage);

/* suite_csv.c: suite.csv, one row a scenario. */
void suite_csv(FILE *out, const struct suite *s, const struct outcome outcomes[]);

#endif

/* journal.csv says what the firmware's own journal holds. Oracle: the simulator's event log. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace.h"
#include "suite.h"

/* The time of the first decision that says `mind`, or of the first event of a kind. */
static ns_t first(const struct run *r, enum event_kind kind, double value)
{
    for (uint32_t i = 1; i <= r->log.n; i++) {
        const struct event *e = log_at(&r->log, i);
        if (e->kind == kind && e->value == value) {
            return e->at;
        }
    }
    return NS_NEVER;
}

/* The controller's clock counts whole microseconds. */
static int64_t us_of(ns_t t)
{
    return t / 1000;
}

/* psu1 is believed LOST at 50.3 ms, the controller is reset in that instant and starts 5 ms later: the
 * journal has both lives, each by its own clock. */
Test(journal, has_both_lives_of_a_controller_that_was_reset)
{
    struct scenario *s = suite_load("scenarios/controller/reset-in-reallocation.yaml");
    struct run *r = suite_play(s, &(struct plant_options){.seed = 1});
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ns_t lost = first(r, EV_DECIDE, 6.0);
    ns_t restarted = first(r, EV_CONTROLLER_RESET, 0.0) + MS(5);
    char row[80];

    trace_journal(out, s, r->world);
    fclose(out);
    snprintf(row, sizeof row, "ctl,journal,%.6f,supply,psu1,SHARING -> LOST,1\n",
             1e-6 * (double)us_of(lost));
    const char *before = strstr(text, row);
    cr_assert(before != NULL, "no row %sin\n%s", row, text);
    const char *reset = strstr(text, "ctl,journal,0.000000,start,\"\",after a reset,1\n");
    cr_assert(reset > before, "no reset after it in\n%s", text);
    for (uint32_t i = 1; i <= r->log.n; i++) {
        const struct event *e = log_at(&r->log, i);
        if (e->kind == EV_DECIDE && e->value == 6.0 && e->at > restarted) {
            snprintf(row, sizeof row, "ctl,journal,%.6f,supply,psu1,IDENTIFIED -> LOST,1\n",
                     1e-6 * (double)(us_of(e->at) - us_of(restarted)));
            cr_assert(strstr(reset, row) != NULL, "no row %sin\n%s", row, reset);
        }
    }
    free(text);
    run_free(r);
    scenario_free(s);
}

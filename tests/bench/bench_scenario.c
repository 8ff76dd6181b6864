/* bench_scenario.c - a row of the bench: a scenario loaded once, then played and judged, without a
 * trace, for writing files is not measured.
 *
 *   bench_scenario FILE [gsl-msbdf]
 *
 * Loading counts until the first event: reading, checking, wiring, settling. */
#include <string.h>

#include "row.h"
#include "sim/diag.h"
#include "sim/run.h"

/* What loading costs: the scenario, and a world that nothing has happened in yet. */
static struct scenario *load(const char *path, struct row *row, struct diag *d)
{
    static const struct sink silent = {.ctx = NULL};
    double began_s = row_clock_s();
    struct scenario *s = scenario_load(path, d);

    if (s != NULL) {
        const struct plant_options options = {.seed = s->seed};
        plant_free(plant_new(s->rack.parts, s->rack.n_parts, &options, &silent));
        row->load_s = row_clock_s() - began_s;
        row->simulated_s = ns_to_s(s->duration);
    }
    return s;
}

/* Every round is the same: the first says it all. */
static void note(struct row *row, const struct run *r)
{
    const struct plant_counts *c = &r->world->plant->counts;
    const struct gaps *gaps = judge_gaps(r->judge);

    row->events = c->events;
    row->steps = c->steps;
    row->refused = c->rejected;
    row->factorisations = c->factorisations;
    row->gaps = 0;
    row->gap_s = 0.0;
    for (int32_t i = 0; i < gaps->n; i++) {
        const struct watch *watch = judge_watch(r->judge, gaps->gap[i].watch);
        row_gap(row, watch->instance + 1, gaps->gap[i].start, gaps->gap[i].end);
    }
}

int main(int argc, char **argv)
{
    struct diag *d = diag_new();
    struct row row = row_new();
    struct scenario *s = argc > 1 ? load(argv[1], &row, d) : NULL;
    struct run_options options = {.plant = {.seed = s == NULL ? 0 : s->seed}};

    if (argc > 2 && strcmp(argv[2], "gsl-msbdf") == 0) {
        options.plant.integrator = INTEGRATOR_GSL_MSBDF;
    }
    while (s != NULL && row_again(&row)) {
        struct run *r = run_play(s, &options, d);
        row_stop(&row);
        if (r == NULL) {
            break;
        }
        if (row.n == 1) {
            note(&row, r);
        }
        run_free(r);
    }
    diag_print(d, stderr, false);
    int status = diag_errors(d) > 0 || s == NULL ? 2 : row_print(&row);
    scenario_free(s);
    diag_free(d);
    return status;
}

/* bench_scenario.c - a row of the bench: a scenario loaded once, then played and judged, without a
 * trace, for writing files is not measured.
 *
 *   bench_scenario FILE [gsl-msbdf]
 *
 * Loading counts until the first event: reading, checking, wiring, settling; a round from there. When
 * there is to be no round, one is begun all the same, so that a round's instructions are those of one
 * round less those of none. */
#include <string.h>

#include "row.h"
#include "sim/diag.h"
#include "sim/run.h"

struct round {
    struct row *row;
    double loaded_s; /* reading and checking */
    bool is_under_way;
};

/* The first sign of progress: the first event has happened. */
static void on_progress(void *ctx, ns_t now, ns_t end)
{
    struct round *r = ctx;

    (void)now;
    (void)end;
    if (!r->is_under_way) {
        double wired_s = row_begin(r->row);
        r->row->load_s = r->row->n == 0 ? r->loaded_s + wired_s : r->row->load_s;
        r->is_under_way = true;
    }
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

static bool play(const struct scenario *s, struct run_options *options, struct round *round,
                 struct diag *d)
{
    round->is_under_way = false;
    struct run *r = run_play(s, options, d);
    if (options->stop == NULL) {
        row_stop(round->row);
    }
    if (r != NULL && round->row->n == 1) {
        note(round->row, r);
    }
    run_free(r);
    return r != NULL;
}

int main(int argc, char **argv)
{
    static const volatile sig_atomic_t at_once = 1;
    struct diag *d = diag_new();
    struct row row = row_new();
    struct round round = {.row = &row, .loaded_s = -row_clock_s()};
    struct scenario *s = argc > 1 ? scenario_load(argv[1], d) : NULL;
    struct run_options options = {.plant = {.seed = s == NULL ? 0 : s->seed},
                                  .progress_ctx = &round,
                                  .progress = on_progress};

    round.loaded_s += row_clock_s();
    if (argc > 2 && strcmp(argv[2], "gsl-msbdf") == 0) {
        options.plant.integrator = INTEGRATOR_GSL_MSBDF;
    }
    if (s != NULL) {
        row.simulated_s = ns_to_s(s->duration);
        while (row_again(&row) && play(s, &options, &round, d)) {
        }
        if (row.n == 0) {
            options.stop = &at_once;
            play(s, &options, &round, d);
        }
    }
    diag_print(d, stderr, false);
    int status = diag_errors(d) > 0 || s == NULL ? 2 : row_print(&row);
    scenario_free(s);
    diag_free(d);
    return status;
}

/* bench_reference.c - the whole reference rack, controller, serial buses and judge included: how many
 * simulated seconds a second, and in how much memory. Without a trace: writing files is not measured.
 *
 * Run it from the root of the repository. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "sim/diag.h"
#include "sim/run.h"

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(void)
{
    enum { REPEATS = 5 };
    struct diag *d = diag_new();
    struct scenario *s = scenario_load("tests/bench/reference.yaml", d);
    double best_s = 1e9;

    if (s == NULL) {
        diag_print(d, stderr, false);
        return 2;
    }
    for (int i = 0; i < REPEATS; i++) {
        double start = seconds();
        struct run_options options = {.plant = {.seed = s->seed}};
        struct run *r = run_play(s, &options, d);
        double wall_s = seconds() - start;
        if (r == NULL) {
            diag_print(d, stderr, false);
            return 3;
        }
        best_s = wall_s < best_s ? wall_s : best_s;
        if (i + 1 == REPEATS) {
            const struct plant_counts *c = &r->world->plant->counts;
            printf("reference rack, %.0f s with 6 faults (best of %d)\n", ns_to_s(s->duration),
                   REPEATS);
            printf("  events                %lld\n", (long long)c->events);
            printf("  integrator steps      %lld, %lld refused, %lld factorisations\n",
                   (long long)c->steps, (long long)c->rejected, (long long)c->factorisations);
            printf("  simulated s per s     %.0f\n", ns_to_s(s->duration) / best_s);
        }
        run_free(r);
    }
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    printf("  peak memory           %.1f MiB\n", (double)use.ru_maxrss / 1024.0);
    scenario_free(s);
    diag_free(d);
    return 0;
}

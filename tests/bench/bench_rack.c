/* bench_rack.c - the electrical part of a rack with 8 supplies, 2 bars, 16 switches and 32 servers,
 * through 25 groups of failure, re-feed, restore and release in 10 s.
 *
 * Prints wall time, simulated seconds a second, and the counts of the integrator. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/circuit.h"

enum { SUPPLIES = 8, SERVERS = 16, GROUPS = 25 };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Supplies 1 to 4 on bar a, 5 to 8 on bar b, each able to feed the other one too. */
static struct circuit *rack(void)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "a", "c=10e-3 v0=12.1");
    circuit_add(c, &node_kind, "b", "c=10e-3 v0=12.1");
    circuit_add_many(c, &node_kind, "out", SUPPLIES, "c=2e-3 v0=12.15");
    circuit_add_many(c, &source_kind, "psu", SUPPLIES, "at=out# e=12.2 r=4e-3 i_max=150");
    for (int i = 1; i <= SUPPLIES; i++) {
        char name[16], params[64];
        for (int bar = 0; bar < 2; bar++) {
            snprintf(name, sizeof name, "%c_sw%d", "ab"[bar], i);
            snprintf(params, sizeof params, "from=out%d to=%c r=1e-3 closed=%d", i, "ab"[bar],
                     (i <= SUPPLIES / 2) == (bar == 0));
            circuit_add(c, &switch_kind, name, params);
        }
    }
    circuit_add_many(c, &node_kind, "in_a", SERVERS, "c=1e-3 v0=12.05");
    circuit_add_many(c, &node_kind, "in_b", SERVERS, "c=1e-3 v0=12.05");
    circuit_add_many(c, &diode_kind, "or_a", SERVERS, "from=a to=in_a# r=2e-3");
    circuit_add_many(c, &diode_kind, "or_b", SERVERS, "from=b to=in_b# r=2e-3");
    circuit_add_many(c, &load_kind, "web_a", SERVERS,
                     "at=in_a# p=350 off_below=10.8 on_above=11.5 restart=5e-3");
    circuit_add_many(c, &load_kind, "web_b", SERVERS,
                     "at=in_b# p=300 off_below=10.8 on_above=11.5 restart=5e-3");
    circuit_watch(c, "a", 11.4);
    circuit_watch(c, "b", 11.4);
    return c;
}

static void fail(struct circuit *c, int group)
{
    ns_t at = MS(200) + group * MS(390);
    int failed = 1 + group % SUPPLIES;
    int helper = 1 + (group + SUPPLIES / 2) % SUPPLIES;
    char name[32];

    snprintf(name, sizeof name, "psu%d.off", failed);
    circuit_do(c, at, name, "over=1e-6");
    snprintf(name, sizeof name, "%c_sw%d.close", failed <= SUPPLIES / 2 ? 'a' : 'b', helper);
    circuit_do(c, at + MS(3), name, "over=20e-6");
    snprintf(name, sizeof name, "psu%d.on", failed);
    circuit_do(c, at + MS(100), name, "over=1e-3");
    snprintf(name, sizeof name, "%c_sw%d.open", failed <= SUPPLIES / 2 ? 'a' : 'b', helper);
    circuit_do(c, at + MS(150), name, "over=1e-6");
}

int main(int argc, char **argv)
{
    enum integrator integrator = argc > 1 ? INTEGRATOR_GSL_MSBDF : INTEGRATOR_ROSENBROCK;
    struct circuit *c = rack();

    (void)argv;
    for (int g = 0; g < GROUPS; g++) {
        fail(c, g);
    }
    struct world *w = circuit_start(c, (struct plant_options){.integrator = integrator});
    double start = seconds();
    plant_run(w, SECONDS(10));
    plant_flush(w);
    double took_s = seconds() - start;
    const struct plant_counts *n = &w->plant->counts;
    printf("%.4f s for 10 s (%.0f x), %lld events, %lld steps, %lld rejected, %lld factorised, "
           "%lld located, %lld partitions, hash %016llx\n",
           took_s, 10.0 / took_s, (long long)n->events, (long long)n->steps, (long long)n->rejected,
           (long long)n->factorisations, (long long)n->located, (long long)n->partitions,
           (unsigned long long)w->plant->hash);
    for (int i = 0; i < c->log.n_watches; i++) {
        const struct circuit_watch *watch = &c->log.watch[i];
        printf("bar %c: %d gaps, %.9f s, %.6f V\n", "ab"[i], watch -> gaps, ns_to_s(watch->gap),
               watch -> v_min_V);
    }
    circuit_free(c, w);
    return 0;
}

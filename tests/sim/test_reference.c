/* test_reference.c - GSL's BDF and our Rosenbrock method tell the same story.
 *
 * Oracle: GSL's variable-coefficient BDF with its own dense linear algebra and a Jacobian by
 * differences, a thousand times more exact. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

static struct circuit *play(int i, enum integrator integrator)
{
    struct circuit *c = circuit_new();

    cases[i].build(c);
    struct world *w = circuit_start(c, (struct plant_options){.integrator = integrator});
    plant_run(w, ns_from_s(cases[i].end_s));
    plant_flush(w);
    plant_free(w);
    return c;
}

static ns_t apart(ns_t a, ns_t b)
{
    return a < b ? b - a : a - b;
}

/* Every event in the same order and within a microsecond, every edge too, and equal minima. */
static void compare(int i)
{
    struct circuit *ours = play(i, INTEGRATOR_ROSENBROCK);
    struct circuit *gsl = play(i, INTEGRATOR_GSL_MSBDF);
    ns_t worst = 0;

    cr_assert_eq(ours->log.n_events, gsl->log.n_events, "%s: %d events, GSL %d", cases[i].name,
                 ours->log.n_events, gsl->log.n_events);
    for (int32_t e = 0; e < ours->log.n_events; e++) {
        const struct event *a = &ours->log.event[e];
        const struct event *b = &gsl->log.event[e];
        cr_assert(a->kind == b->kind && a->part == b->part, "%s: event %d", cases[i].name, e);
        worst = apart(a->at, b->at) > worst ? apart(a->at, b->at) : worst;
    }
    for (int32_t k = 0; k < ours->log.n_watches; k++) {
        const struct circuit_watch *a = &ours->log.watch[k];
        const struct circuit_watch *b = &gsl->log.watch[k];
        cr_assert_eq(a->gaps, b->gaps, "%s: gaps", cases[i].name);
        cr_assert_leq(apart(a->gap, b->gap), 1000, "%s: %lld and %lld ns", cases[i].name,
                      (long long)a->gap, (long long)b->gap);
        cr_assert_leq(apart(a->first_down, b->first_down), 1000, "%s", cases[i].name);
        cr_assert_leq(apart(a->last_up, b->last_up), 1000, "%s", cases[i].name);
        cr_assert_float_eq(a->v_min_V, b->v_min_V, 1e-3 * fabs(b->v_min_V), "%s: %g and %g V",
                           cases[i].name, a->v_min_V, b->v_min_V);
        worst = apart(a->gap, b->gap) > worst ? apart(a->gap, b->gap) : worst;
    }
    cr_assert_leq(worst, 1000, "%s: %lld ns apart", cases[i].name, (long long)worst);
    if (getenv("POWERGAP_VERBOSE") != NULL) {
        printf("%-38s worst %4lld ns\n", cases[i].name, (long long)worst);
    }
    circuit_free(ours, NULL);
    circuit_free(gsl, NULL);
}

Test(reference, gsl_gives_the_same_edges)
{
    for (int i = 0; i < CASES; i++) {
        compare(i);
    }
}

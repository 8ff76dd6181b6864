/* test_island.c - islands advance on their own, miss nothing, and lose neither charge nor energy. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

/* ---- apart ------------------------------------------------------------------------------------- */

/* One rack: supply, switch, bar, two servers. */
static void add_rack(struct circuit *c, char id)
{
    static const struct {
        const struct kind *kind;
        const char *name, *params;
    } parts[] = {
        {&node_kind, "%cout", "c=2e-3 v0=12.1"},
        {&node_kind, "%cbus", "c=5e-3 v0=12.1"},
        {&source_kind, "%cpsu", "at=%cout e=12.2 r=4e-3 i_max=120"},
        {&switch_kind, "%cfet", "from=%cout to=%cbus r=1e-3 closed=1"},
        {&load_kind, "%cweb1", "at=%cbus p=300 off_below=9 on_above=11 restart=1e-3"},
        {&load_kind, "%cweb2", "at=%cbus p=200 off_below=9 on_above=11 restart=1e-3"},
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char name[40];
        char params[200];
        size_t at = 0;
        snprintf(name, sizeof name, "%c%s", id, parts[i].name + 2);
        for (const char *p = parts[i].params; *p != '\0'; p++) {
            if (p[0] == '%' && p[1] == 'c') {
                params[at++] = id;
                p++;
            } else {
                params[at++] = *p;
            }
        }
        params[at] = '\0';
        circuit_add(c, parts[i].kind, name, params);
    }
}

static void fail_rack_b(struct circuit *c)
{
    circuit_do(c, MS(500), "bfet.open", "over=1e-6");
    circuit_do(c, MS(505), "bfet.close", "over=5e-6");
    circuit_do(c, MS(700), "bweb1.step", "to=900");
}

static struct plant_counts counts_of(const char *racks, bool fail)
{
    struct circuit *c = circuit_new();

    for (const char *r = racks; *r != '\0'; r++) {
        add_rack(c, *r);
    }
    if (fail) {
        fail_rack_b(c);
    }
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, SECONDS(1));
    struct plant_counts n = w->plant->counts;
    circuit_free(c, w);
    return n;
}

/* Steps are counted: what rack b suffers costs rack a nothing. */
Test(island, a_fault_in_one_rack_costs_the_other_nothing)
{
    struct plant_counts a = counts_of("a", false);
    struct plant_counts b = counts_of("b", true);
    struct plant_counts both = counts_of("ab", true);

    cr_assert_gt(b.steps, a.steps + 20);
    cr_assert_eq(both.steps, a.steps + b.steps);
    cr_assert_eq(both.rejected, a.rejected + b.rejected);
    cr_assert_eq(both.factorisations, a.factorisations + b.factorisations);
}

Test(island, what_has_settled_waits_for_ever)
{
    struct circuit *c = circuit_new();

    add_rack(c, 'a');
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    while (plant_next(w, SECONDS(10))) {
    }
    int64_t steps = w->plant->counts.steps;
    cr_assert_eq(heap_first(&w->plant->heap)->due, NS_NEVER);
    plant_run(w, SECONDS(1000000));
    cr_assert_eq(w->plant->counts.steps, steps);
    /* (12.2 - v) / 5 mOhm v = 500 W */
    double v_V = 6.1 + sqrt(6.1 * 6.1 - 500.0 * 5e-3);
    cr_assert_float_eq(circuit_read(c, w, "abus.v"), v_V, 1e-6);
    circuit_free(c, w);
}

/* ---- after an event ---------------------------------------------------------------------------- */

/* A step of a source's e after a long quiet: the integrator comes with a step of a second, the
 * transient lasts nanoseconds to microseconds. Halfway is tau ln 2. */
static void halfway_after_quiet(ns_t quiet, double c_F, double step_V)
{
    struct circuit *c = circuit_new();
    double tau_s = 2e-3 * c_F;
    char text[64];

    snprintf(text, sizeof text, "c=%g v0=12", c_F);
    circuit_add(c, &node_kind, "bus", text);
    circuit_add(c, &source_kind, "p", "at=bus e=12 r=2e-3 reverse=1");
    snprintf(text, sizeof text, "to=%.17g", 12.0 - step_V);
    circuit_do(c, quiet, "p.ramp", text);
    circuit_watch(c, "bus", 12.0 - 0.5 * step_V);
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, quiet + SECONDS(1));
    plant_flush(w);
    double is_s = ns_to_s(c->log.watch[0].first_down - quiet);
    /* the step control allows 1e-6 (1 V + 12 V) a step; a few of them, over the slope there */
    double allowed_s = 1e-9 + 3.0 * 13e-6 / (0.5 * step_V / tau_s);
    cr_assert_float_eq(is_s, tau_s * log(2.0), allowed_s, "quiet %lld ns, %g F, %g V: %g s",
                       (long long)quiet, c_F, step_V, is_s);
    cr_assert_geq(c->log.watch[0].v_min_V, 12.0 - step_V - 40e-6); /* no curve overshoots */
    circuit_free(c, w);
}

Test(island, an_event_after_a_long_quiet_is_drawn_as_fast_as_it_is)
{
    for (ns_t quiet = MS(1); quiet < SECONDS(1000); quiet *= 10) {
        for (double c_F = 10e-3; c_F > 1e-8; c_F *= 0.1) {
            for (double step_V = 1.0; step_V > 0.9e-3; step_V *= 0.1) {
                halfway_after_quiet(quiet, c_F, step_V);
            }
        }
    }
}

/* A load step beyond what the source's limit can hold, after a long quiet. The bus must fall as
 * quickly as after a short one, and not rest at the unstable P / I. */
static ns_t collapse_after(ns_t quiet)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=10e-3 v0=12.419231");
    circuit_add(c, &source_kind, "p", "at=bus e=12.5 r=1e-3 i_max=100");
    circuit_add(c, &load_kind, "web", "at=bus p=1000 v_floor=0.5");
    circuit_do(c, quiet, "web.step", "to=1300");
    circuit_watch(c, "bus", 10.0);
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, quiet + MS(20));
    ns_t down = c->log.watch[0].first_down;
    circuit_free(c, w);
    return down - quiet;
}

/* C dv/dt = I - P/v from where the limit begins (12.4 V) to 10 V, Simpson's rule; before that, the
 * regulator's milliohm. */
static double collapse_s(void)
{
    enum { N = 100000 };
    double sum = 0.0;

    for (int i = 0; i <= N; i++) {
        double v_V = 10.0 + 2.419231 * i / N;
        double i_A = fmin((12.5 - v_V) / 1e-3, 100.0);
        double f = 10e-3 / (1300.0 / v_V - i_A);
        sum += f * (i == 0 || i == N ? 1.0 : i % 2 == 1 ? 4.0 : 2.0);
    }
    return sum * 2.419231 / N / 3.0;
}

Test(island, a_bus_collapses_after_a_long_quiet_as_after_a_short_one)
{
    double expected_s = collapse_s();

    for (ns_t quiet = MS(1); quiet < SECONDS(100); quiet *= 10) {
        cr_assert_float_eq(ns_to_s(collapse_after(quiet)), expected_s, 0.5e-6, "%lld",
                           (long long)quiet);
    }
}

/* ---- instants ---------------------------------------------------------------------------------- */

/* Closed for 1 ns, a tenth of the time constant. */
Test(island, a_pulse_of_a_nanosecond_is_not_missed)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1e-5 v0=10");
    circuit_add(c, &switch_kind, "s", "from=bus r=1e-3");
    for (int i = 1; i <= 3; i++) {
        circuit_do(c, SECONDS(i), "s.close", "");
        circuit_do(c, SECONDS(i) + 1, "s.open", "");
    }
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    for (int i = 1; i <= 3; i++) {
        plant_run(w, SECONDS(i) + MS(1));
        cr_assert_float_eq(circuit_read(c, w, "bus.v"), 10.0 * exp(-0.1 * i), 1e-6);
    }
    circuit_free(c, w);
}

/* Two loads of the same lock-out on one bus, and the same again in another rack. */
Test(island, equal_crossings_fire_in_the_same_nanosecond)
{
    struct circuit *c = circuit_new();

    add_rack(c, 'a');
    add_rack(c, 'b');
    circuit_do(c, MS(3), "afet.open", "");
    circuit_do(c, MS(3), "bfet.open", "");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, MS(5));
    ns_t first = circuit_when(c, "aweb1", EV_UVLO, 0);
    cr_assert_neq(first, NS_NEVER);
    cr_assert_eq(circuit_when(c, "aweb2", EV_UVLO, 0), first);
    cr_assert_eq(circuit_when(c, "bweb1", EV_UVLO, 0), first);
    cr_assert_eq(circuit_when(c, "bweb2", EV_UVLO, 0), first);
    circuit_free(c, w);
}

/* A source that goes from its limit to nothing within one step: the margin of its mode has a kink
 * in between, and the end of its current is found where it is. Linear: a ramp of e over a large
 * capacitor; i = (e(t) - v) / R. */
Test(island, a_margin_with_a_kink_is_located_on_the_law)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1000 v0=12");
    circuit_add(c, &source_kind, "p", "at=bus e=12.0999 r=1e-3 i_max=100");
    circuit_do(c, MS(1), "p.ramp", "to=11.9 over=1e-3");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    double worst_A = 0.0;
    for (ns_t t = MS(1); t < MS(2); t += 1000) {
        plant_run(w, t);
        worst_A = fmin(worst_A, circuit_read(c, w, "p.i"));
    }
    cr_assert_geq(worst_A, -1e-3, "%g A", worst_A); /* 1 ns of 0.2 A/us */
    circuit_free(c, w);
}

/* ---- balances ---------------------------------------------------------------------------------- */

struct stored {
    double charge_C[64]; /* of each node */
    double energy_J;
};

static struct stored stored_in(const struct world *w)
{
    const struct net *n = &w->plant->net;
    const double *x = plant_x0(w);
    struct stored s = {.energy_J = 0.0};

    for (int32_t i = 0; i < n->n_nodes; i++) {
        double c_F = net_node_const(n, i)->c_F;
        s.charge_C[i] = c_F * x[i];
        s.energy_J += 0.5 * c_F * x[i] * x[i];
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        if (k->state_i != NO_STATE) {
            s.energy_J += 0.5 * k->l_H * x[k->state_i] * x[k->state_i];
        }
    }
    return s;
}

static void check_energy(const struct world *w, const struct stored *before,
                         const struct stored *after, const char *name)
{
    const struct net *n = &w->plant->net;
    double in_J = 0.0, out_J = 0.0, moved_J = fabs(before->energy_J);

    for (int32_t i = 0; i < n->n_sources; i++) {
        in_J += net_source_const(n, i)->energy_J;
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        out_J += net_link_const(n, i)->loss_J;
    }
    for (int32_t i = 0; i < n->n_loads; i++) {
        out_J += net_load_const(n, i)->energy_J;
    }
    moved_J += fabs(in_J) + fabs(out_J);
    double off_J = in_J - out_J - (after->energy_J - before->energy_J);
    cr_assert_leq(fabs(off_J), 1e-6 * moved_J, "%s: %g J of %g J lost", name, off_J, moved_J);
    if (getenv("POWERGAP_VERBOSE") != NULL) {
        printf("%-38s energy %9.2e of %g J\n", name, off_J / moved_J, moved_J);
    }
}

/* At nodes without a constant-power load, which has no meter of charge. */
static void check_charge(const struct world *w, const struct stored *before,
                         const struct stored *after, const char *name)
{
    const struct net *n = &w->plant->net;
    double in_C[64] = {0};
    double moved_C[64] = {0};

    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        in_C[u->node] += u->charge_C;
        moved_C[u->node] += fabs(u->charge_C);
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        if (k->a != GROUND) {
            in_C[k->a] -= k->charge_C;
            moved_C[k->a] += fabs(k->charge_C);
        }
        if (k->b != GROUND) {
            in_C[k->b] += k->charge_C;
            moved_C[k->b] += fabs(k->charge_C);
        }
    }
    for (int32_t i = 0; i < n->n_loads; i++) {
        in_C[net_load_const(n, i)->node] = NAN;
    }
    for (int32_t i = 0; i < n->n_nodes; i++) {
        double off_C = in_C[i] - (after->charge_C[i] - before->charge_C[i]);
        cr_assert(isnan(off_C) || fabs(off_C) <= 1e-6 * (moved_C[i] + fabs(before->charge_C[i])),
                  "%s: node %d: %g C of %g C", name, i, off_C, moved_C[i]);
    }
}

Test(island, charge_and_energy_balance_over_every_case)
{
    for (int i = 0; i < CASES; i++) {
        struct circuit *c = circuit_new();
        cases[i].build(c);
        struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
        struct stored before = stored_in(w);
        plant_run(w, ns_from_s(cases[i].end_s));
        plant_flush(w);
        struct stored after = stored_in(w);
        check_energy(w, &before, &after, cases[i].name);
        check_charge(w, &before, &after, cases[i].name);
        circuit_free(c, w);
    }
}

/* What fires a guard was located, whether the step up to there was taken anew or not: a discharge that
 * passes the levels of ten loads has ten ends. */
Test(island, counts_the_ends_that_it_has_located)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1e-3 v0=12");
    circuit_add(c, &source_kind, "p", "at=bus e=1 r=1 reverse=1");
    for (int i = 0; i < 10; i++) {
        char name[16], params[64];
        snprintf(name, sizeof name, "web%d", i);
        snprintf(params, sizeof params, "at=bus p=1e-3 off_below=%d", 2 + i);
        circuit_add(c, &load_kind, name, params);
    }
    struct world *w = circuit_start(c, (struct plant_options){0});
    plant_run(w, MS(10));
    cr_expect_eq(w->plant->counts.located, 10);
    circuit_free(c, w);
}

/* test_charge.c - the books of charge close at every node over every scenario and every reference
 * circuit: what its currents have carried in is what C v has gained. A share line is a node, too: its
 * current is what the supplies drive into it.
 *
 * Oracle: Kirchhoff's current law. The currents are the laws of models/net.h on the curves that an
 * observer sees, integrated here by Gauss's rule: neither the meters nor the integrator's equations
 * are asked. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/curve.h"
#include "sim/script.h"
#include "suite.h"

struct charge {
    double carried_C; /* into the node */
    double moved_C;   /* through it: half of what came and went */
};

struct books_of_charge {
    struct charge *node;
    double *x; /* the states at one instant of a segment */
};

static void carry(struct charge *node, int32_t into, double i_A, double dt_s)
{
    if (into != GROUND) {
        node[into].carried_C += i_A * dt_s;
        node[into].moved_C += 0.5 * fabs(i_A) * dt_s;
    }
}

/* All currents of the island at states x and instant t, for dt_s. */
static void carry_all(const struct world *w, const struct island *isl, const double x[],
                      struct when t, double dt_s, struct charge *node)
{
    const struct net *n = &w->plant->net;
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);

    for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
        const struct source *u = net_source_const(n, sources[k]);
        double i_A = source_i_A(u, x, t);
        carry(node, u->node, i_A, dt_s);
        if (u->share_node != NO_STATE && u->mode != SOURCE_OFF) {
            double load_pu = u->share_gain * i_A / u->i_rated_A;
            carry(node, u->share_node, u->share_g_S * (load_pu - x[u->share_node]), dt_s);
        }
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        const struct link *l = net_link_const(n, links[k]);
        double i_A = link_i_A(l, x, t);
        carry(node, l->a, -i_A, dt_s);
        carry(node, l->b, i_A, dt_s);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LOAD]; k++) {
        const struct load *l = net_load_const(n, loads[k]);
        carry(node, l->node, -load_i_A(l, x, t), dt_s);
    }
}

/* Gauss's rule with five points on [-1, 1].  Abramowitz, Stegun, table 25.4. */
static const double gauss[5][2] = {{-0.906179845938664, 0.236926885056189},
                                   {-0.538469310105683, 0.478628670499366},
                                   {0.0, 0.568888888888889},
                                   {0.538469310105683, 0.478628670499366},
                                   {0.906179845938664, 0.236926885056189}};

static void on_span(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    struct books_of_charge *b = ctx;
    const struct island *isl = plant_island(w, island);
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    struct segments now = segments_of(w);
    double span_s = ns_to_s(t1 - t0);

    for (int g = 0; g < 5; g++) {
        double s = 0.5 * (1.0 + gauss[g][0]) * span_s;
        double q = isl->settled ? 0.0 : s / isl->h_s;
        for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
            struct curve c = curve_of(&now, states[k]);
            b->x[states[k]] = curve_at(&c, q);
        }
        carry_all(w, isl, b->x, (struct when){.step = t0, .s = s}, 0.5 * gauss[g][1] * span_s,
                  b->node);
    }
}

/* What has settled is taken to stand still while it moves by less than this. */
static const double QUIET_V_PER_S = 1e-7;

static struct world *play(const struct scenario *s, double tolerance, struct books_of_charge *b)
{
    struct sink sink = {.ctx = b, .span = on_span};
    struct plant_options options = {.seed = s->seed, .tolerance = tolerance};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &sink);
    const struct net *n = &w->plant->net;

    b->node = calloc((size_t)n->n_nodes, sizeof *b->node);
    b->x = calloc((size_t)n->n_states, sizeof *b->x);
    for (int32_t i = 0; i < n->n_nodes; i++) {
        b->node[i].carried_C = net_node_const(n, i)->c_F * plant_state(w, i, 0);
    }
    struct script *script = script_new(s, w, (struct script_ear){0});
    plant_run(w, s->duration);
    plant_flush(w);
    script_free(script);
    return w;
}

/* No node is left with more than this part of what moved through it. */
static void expect_balance(const char *path, double tolerance, double least)
{
    struct scenario *s = suite_load(path);
    struct books_of_charge b = {0};
    struct world *w = play(s, tolerance, &b);
    const struct net *n = &w->plant->net;
    double worst = 0.0;

    for (int32_t i = 0; i < n->n_nodes; i++) {
        const struct node *k = net_node_const(n, i);
        double left_C = fabs(b.node[i].carried_C - k->c_F * plant_state(w, i, s->duration));
        double quiet_C = k->c_F * QUIET_V_PER_S * ns_to_s(s->duration);
        cr_expect_leq(left_C, least * b.node[i].moved_C + quiet_C,
                      "%s: node %d, of '%s': %.3g C of %.3g C are left, at tolerance %.0e", path, i,
                      world_part_name(w, k->part), left_C, b.node[i].moved_C, tolerance);
        worst = fmax(worst, fmax(left_C - quiet_C, 0.0) / fmax(b.node[i].moved_C, 1e-9));
    }
    if (getenv("POWERGAP_VERBOSE") != NULL) {
        printf("%-50s at %.0e: %8.1e\n", path, tolerance, worst);
    }
    free(b.x);
    free(b.node);
    plant_free(w);
    scenario_free(s);
}

/* What is left is the integrator's error, and it goes when that goes. It weighs most where milliamperes
 * flow through milliohms for a long time: there tenths of a microvolt are the whole current. */
static void closes(const char *path)
{
    expect_balance(path, 3e-6, 1e-4);
    expect_balance(path, 1e-9, 1e-9);
}

Test(charge, balances_at_every_node_over_every_scenario)
{
    suite_scenarios(closes);
}

Test(charge, balances_at_every_node_over_every_reference_circuit)
{
    suite_circuits(closes);
}

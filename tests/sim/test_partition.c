/* test_partition.c - islands that part and join two hundred times are those that links say.
 *
 * Oracle: who can be reached from whom over links that are not open, found by walking. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/circuit.h"

enum { NODES = 9, SWITCHES = 14, DEEDS = 200 };

/* Nodes of different voltage, each with a source and a load, switches between any two. */
static struct circuit *tangle(void)
{
    struct circuit *c = circuit_new();
    char name[16], params[64];

    circuit_add_many(c, &node_kind, "n", NODES, "c=1e-3 v0=12");
    circuit_add_many(c, &source_kind, "p", NODES, "at=n# e=12.1 r=5e-3");
    circuit_add_many(c, &load_kind, "web", NODES, "at=n# p=20");
    for (int i = 1; i <= SWITCHES; i++) {
        int a = 1 + rand() % NODES;
        int b = 1 + (a + rand() % (NODES - 1)) % NODES;
        snprintf(name, sizeof name, "sw%d", i);
        snprintf(params, sizeof params, "from=n%d to=n%d r=2e-3", a, b);
        circuit_add(c, &switch_kind, name, params);
    }
    for (int i = 0; i < DEEDS; i++) {
        snprintf(name, sizeof name, "sw%d.%s", 1 + rand() % SWITCHES, i % 2 ? "open" : "close");
        circuit_do(c, US(100) * (i + 1), name, "over=1e-6");
    }
    return c;
}

/* Write for each node the lowest node that can be reached from it. */
static void walk(const struct net *n, int32_t lowest[])
{
    bool moved = true;

    for (int32_t i = 0; i < n->n_nodes; i++) {
        lowest[i] = i;
    }
    while (moved) {
        moved = false;
        for (int32_t i = 0; i < n->n_links; i++) {
            const struct link *k = net_link_const(n, i);
            if (k->mode != LINK_OPEN && lowest[k->a] != lowest[k->b]) {
                int32_t low = lowest[k->a] < lowest[k->b] ? lowest[k->a] : lowest[k->b];
                lowest[k->a] = lowest[k->b] = low;
                moved = true;
            }
        }
    }
}

/* Each element stands in the list of the island of its node, once, in order. */
static void check_members(const struct world *w, enum member type, int32_t many)
{
    const struct net *n = &w->plant->net;
    int32_t seen = 0;

    for (int32_t i = 0; i < n->n_nodes; i++) {
        const struct island *isl = plant_island(w, i);
        const int32_t *members = plant_members(w, isl, type);
        for (int32_t k = 0; k < isl->count[type]; k++) {
            int32_t m = members[k];
            int32_t home = type == MEMBER_SOURCE ? net_source_const(n, m)->node
                           : type == MEMBER_LOAD ? net_load_const(n, m)->node
                           : type == MEMBER_LINK ? net_link_const(n, m)->a
                                                 : m;
            cr_assert_eq(plant_island_of(w)[home], i, "type %d, member %d", (int)type, (int)m);
            cr_assert(k == 0 || type == MEMBER_STATE || m > members[k - 1]);
            seen++;
        }
    }
    cr_assert_eq(seen, many, "type %d: %d members, not %d", (int)type, (int)seen, (int)many);
}

Test(partition, islands_are_what_can_be_reached)
{
    srand(11);
    struct circuit *c = tangle();
    struct world *w = circuit_start(c, (struct plant_options){0});
    const struct net *n = &w->plant->net;
    int32_t lowest[NODES];

    for (int i = 0; i < DEEDS; i++) {
        plant_run(w, US(100) * (i + 1) + US(50));
        walk(n, lowest);
        for (int32_t k = 0; k < NODES; k++) {
            cr_assert_eq(plant_island_of(w)[k], lowest[k], "deed %d: node %d", i, (int)k + 1);
        }
        check_members(w, MEMBER_STATE, n->n_states);
        check_members(w, MEMBER_SOURCE, n->n_sources);
        check_members(w, MEMBER_LINK, n->n_links);
        check_members(w, MEMBER_LOAD, n->n_loads);
    }
    cr_assert_gt(w->plant->counts.partitions, DEEDS / 2);
    circuit_free(c, w);
}

/* The others' slices may move, but they go on as if nothing had happened. */
Test(partition, who_keeps_its_nodes_keeps_going)
{
    struct circuit *c = circuit_new();

    circuit_add_many(c, &node_kind, "n", 3, "c=1e-3 v0=12");
    circuit_add_many(c, &source_kind, "p", 3, "at=n# e=12 r=5e-3");
    circuit_add(c, &switch_kind, "sw", "from=n1 to=n2 r=2e-3");
    for (int i = 0; i < 50; i++) {
        circuit_do(c, MS(10) * (i + 1), i % 2 ? "sw.open" : "sw.close", "over=1e-6");
    }
    struct world *w = circuit_start(c, (struct plant_options){0});
    plant_run(w, MS(5));
    uint64_t shape = plant_island(w, 2)->shape;
    plant_run(w, SECONDS(1));
    cr_assert_gt(w->plant->counts.partitions, 40);
    cr_assert_eq(plant_island(w, 2)->shape, shape);
    cr_assert_eq(plant_island(w, 2)->t0, 0, "it has waited since it began");
    circuit_free(c, w);
}

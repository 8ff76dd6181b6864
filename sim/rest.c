/* rest.c - finds the steady state by waiting for it: ten minutes before t = 0 the network starts
 * from the parts' own guesses, with no protection at work yet. What oscillates has none.
 * Checked by tests/sim/test_rest.c. */
#include "rest.h"

#include <math.h>
#include <string.h>

#include "island.h"
#include "partition.h"
#include "words.h"

/* How long before t = 0 the network may take to find its steady state. */
static const ns_t SETTLE_NS = SECONDS(600);

/* At rest is what has not been touched for so long, or moves no faster than this: 1 V in a quarter
 * of an hour. */
static const ns_t STILL_NS = SECONDS(60);
static const double STILL_V_PER_S = 1e-3;

/* Handlings of the network in that time, for each node: what oscillates for ever starts as it is. */
static const int64_t SETTLE_MOST = 5000;

/* Handlings, for each node, in which the fastest is looked for: many periods. */
static const int64_t LOOK_MOST = 200;

/* The first step tried: a network that starts at rest is known to be so at once. */
static const double H_START_S = 1e-3;

static void start_states(struct world *w)
{
    double *x0 = plant_x0(w);
    int32_t *island_of = plant_island_of(w);
    struct net *n = &w->plant->net;

    for (int32_t i = 0; i < n->n_nodes; i++) {
        x0[i] = net_node(n, i)->v0_V;
    }
    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source(n, i);
        if (u->state_i != NO_STATE) {
            x0[u->state_i] = u->i0_A;
        }
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link(n, i);
        if (k->state_i != NO_STATE) {
            x0[k->state_i] = k->i0_A;
        }
    }
    for (int32_t i = 0; i < n->n_nodes; i++) {
        island_of[i] = i;
        plant_island(w, i)->dirty = true;
        plant_island(w, i)->t0 = w->plant->now;
    }
    memcpy(plant_at(w->plant, w->plant->x1_at), x0, (size_t)n->n_states * sizeof *x0);
}

/* Handle at most this much up to `until`. False: that was not enough. */
static bool go(struct world *w, int64_t most, ns_t until)
{
    while (most > 0 && plant_next(w, until)) {
        most--;
    }
    return most > 0;
}

static bool is_still(const struct world *w)
{
    bool still = true;

    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        const struct island *isl = plant_island(w, i);
        bool is_root = plant_island_of(w)[i] == i;
        still = still && (!is_root || (isl->settled && isl->t0 <= -STILL_NS));
    }
    return still;
}

/* Mean speed of a node on the present segment of its island, in V/s. */
static double speed_V_per_s(const struct world *w, int32_t node)
{
    const struct island *isl = plant_island(w, plant_island_of(w)[node]);
    const double *x1 = plant_at(w->plant, w->plant->x1_at);

    return isl->settled ? 0.0 : fabs(x1[node] - plant_x0(w)[node]) / isl->h_s;
}

/* Looks ahead on a fork: the start is not changed by it. */
static void find_fastest(struct world *w)
{
    struct unrest *u = &w->plant->unrest;
    struct world *fork = plant_fork(w, &(struct sink){.ctx = NULL});
    int32_t n = w->plant->net.n_nodes;
    ns_t end = w->plant->now + SETTLE_NS;

    for (int64_t k = 0; fork != NULL && k < LOOK_MOST * n && plant_next(fork, end); k++) {
        for (int32_t i = 0; i < n; i++) {
            double speed = speed_V_per_s(fork, i);
            if (speed > u->fastest_V_per_s) {
                u->fastest_V_per_s = speed;
                u->part = net_node(&w->plant->net, i)->part;
            }
        }
    }
    plant_free_fork(fork);
    u->restless = u->fastest_V_per_s > STILL_V_PER_S;
}

void rest_find(struct world *w)
{
    struct plant *p = w->plant;

    p->now = p->keep_start ? 0 : -SETTLE_NS;
    p->chatter_since = p->now;
    start_states(w);
    partition_all(w);
    for (int32_t i = 0; i < p->net.n_nodes; i++) {
        plant_island(w, i)->h_next_s = H_START_S;
    }
    if (!p->keep_start && !(go(w, SETTLE_MOST * p->net.n_nodes, -1) && is_still(w))) {
        find_fastest(w);
    }
    p->now = 0;
    island_restart_all(w);
    for (int32_t i = 0; i < p->net.n_sources; i++) {
        struct source *u = net_source(&p->net, i);
        u->charge_C = u->energy_J = 0.0;
    }
    p->counts = (struct plant_counts){0};
    p->chatter = 0;
}

void rest_warn(const struct world *w, struct diag *d)
{
    const struct unrest *u = &w->plant->unrest;
    char speed[WORDS_VALUE];

    if (!u->restless) {
        return;
    }
    diag_warning(
        d, w->parts[u->part].at, "the rack is not at rest at t = 0: '%s' still moves, by up to %s",
        w->parts[u->part].name, words_value(speed, QTY_VOLT_PER_SECOND, u->fastest_V_per_s));
    diag_hint(d,
              "it oscillates or hiccups before anything is done to it; the run begins as it then "
              "was. A constant power on a line with too much inductance for its capacitance?");
}

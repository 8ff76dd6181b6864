/* network.c - what a part may do with the electrical network (models/net.h): claim, change, read. */
#include <math.h>

#include "check.h"
#include "integrator.h"
#include "island.h"
#include "partition.h"
#include "plant.h"

/* ---- claims ------------------------------------------------------------------------------------ */

static void settle_in(struct world *w, int32_t part, int32_t node)
{
    struct slot *s = plant_slot(w, part);

    if (s->home == NO_STATE && node != GROUND) {
        s->home = node;
    }
}

int32_t net_add_node(struct world *w, int32_t part, double c_F, double v0_V)
{
    struct net *n = &w->plant->net;
    int32_t i = n->n_nodes++;

    if (n->counting) {
        n->n_states++;
        return i;
    }
    *net_node(n, i) = (struct node){.c_F = c_F, .v0_V = v0_V, .part = part};
    settle_in(w, part, i);
    return i;
}

int32_t net_add_source(struct world *w, const struct source *what)
{
    struct net *n = &w->plant->net;
    int32_t i = n->n_sources++;

    if (n->counting) {
        n->n_states += (what->l_H > 0.0) + (what->share_node != NO_STATE);
        return i;
    }
    *net_source(n, i) = *what;
    settle_in(w, what->part, what->node);
    return i;
}

int32_t net_add_link(struct world *w, const struct link *what)
{
    struct net *n = &w->plant->net;
    int32_t i = n->n_links++;

    if (n->counting) {
        n->n_states += what->l_H > 0.0;
        return i;
    }
    *net_link(n, i) = *what;
    settle_in(w, what->part, what->a);
    settle_in(w, what->part, what->b);
    return i;
}

int32_t net_add_load(struct world *w, const struct load *what)
{
    struct net *n = &w->plant->net;
    int32_t i = n->n_loads++;

    if (!n->counting) {
        *net_load(n, i) = *what;
        settle_in(w, what->part, what->node);
    }
    return i;
}

int32_t net_add_guard(struct world *w, const struct guard *what)
{
    struct net *n = &w->plant->net;
    int32_t i = n->n_guards++;

    if (!n->counting) {
        *net_guard(n, i) = *what;
    }
    return i;
}

void net_keep_start(struct world *w)
{
    w->plant->keep_start = true;
}

/* ---- changes ----------------------------------------------------------------------------------- */

static void touch(struct world *w, int32_t node, enum effect effect)
{
    if (node != GROUND && w->plant->running) {
        island_touch(w, plant_island_of(w)[node], effect);
    }
}

static void mark(struct world *w, int32_t node)
{
    if (node != GROUND && w->plant->running) {
        partition_mark(w, node);
    }
}

struct source *net_change_source(struct world *w, int32_t source, enum effect effect)
{
    struct source *u = net_source(&w->plant->net, source);

    touch(w, u->node, effect);
    if (u->share_node != NO_STATE) {
        touch(w, u->share_node, effect);
        mark(w, u->node); /* it may join or leave its share line */
        mark(w, u->share_node);
    }
    return u;
}

struct link *net_change_link(struct world *w, int32_t link, enum effect effect)
{
    struct link *k = net_link(&w->plant->net, link);

    touch(w, k->a, effect);
    touch(w, k->b, effect);
    return k;
}

struct load *net_change_load(struct world *w, int32_t load, enum effect effect)
{
    struct load *l = net_load(&w->plant->net, load);

    touch(w, l->node, effect);
    return l;
}

void net_set_link_mode(struct world *w, int32_t link, enum link_mode mode, enum effect effect)
{
    struct link *k = net_change_link(w, link, effect);

    if (w->plant->running && (k->mode == LINK_OPEN) != (mode == LINK_OPEN)) {
        mark(w, k->a);
        mark(w, k->b);
    }
    double stored_J = link_stored_J(k, plant_x0(w));
    if ((mode == LINK_INDUCTIVE || mode == LINK_CLAMPED) && !link_is_free(k)) {
        plant_x0(w)[k->state_i] = link_i_A(k, plant_x0(w), when_ns(w->plant->now));
    }
    bool was_free = link_is_free(k);
    bool was_open = k->mode == LINK_OPEN;
    k->mode = mode;
    if (was_free != link_is_free(k) || was_open != (mode == LINK_OPEN)) {
        partition_reshape(w, k);
    }
    /* What a law without L has counted as loss was in part stored, and the other way round. */
    k->loss_J -= link_stored_J(k, plant_x0(w)) - stored_J;
}

static void touch_guard(struct world *w, const struct guard *g)
{
    const struct net *n = &w->plant->net;

    switch (g->what) {
    case GUARD_SOURCE_CURRENT:
        touch(w, net_source_const(n, g->a)->node, EFFECT_NONE);
        break;
    case GUARD_LINK_CURRENT:
        touch(w, net_link_const(n, g->a)->a, EFFECT_NONE);
        touch(w, net_link_const(n, g->a)->b, EFFECT_NONE);
        break;
    case GUARD_VOLTAGE:
    default:
        touch(w, g->a, EFFECT_NONE);
        touch(w, g->b, EFFECT_NONE);
        break;
    }
}

void net_arm(struct world *w, int32_t guard, bool armed)
{
    struct guard *g = net_guard(&w->plant->net, guard);

    if (g->armed != armed) {
        if (armed) {
            touch_guard(w, g); /* the segment was not searched for it */
        }
        g->armed = armed;
    }
}

void net_set_level(struct world *w, int32_t guard, double level)
{
    struct guard *g = net_guard(&w->plant->net, guard);

    if (g->armed) {
        touch_guard(w, g);
    }
    g->level = level;
}

/* ---- readings ---------------------------------------------------------------------------------- */

/* The few states an element's law looks at, at `at`. */
static const double *states_for(const struct world *w, const int32_t state[], int n, ns_t at)
{
    double *x = w->scratch->look;

    for (int i = 0; i < n; i++) {
        if (state[i] >= 0) {
            x[state[i]] = plant_state(w, state[i], at);
        }
    }
    return x;
}

static struct when when_in(const struct world *w, int32_t node, ns_t at)
{
    const struct island *isl = plant_island(w, plant_island_of(w)[node]);

    return (struct when){.step = isl->t0, .s = isl->settled ? 0.0 : ns_to_s(at - isl->t0)};
}

double net_v_V(const struct world *w, int32_t node, ns_t at)
{
    return node == GROUND ? 0.0 : plant_state(w, node, at);
}

double net_source_i_A(const struct world *w, int32_t source, ns_t at)
{
    const struct source *u = net_source_const(&w->plant->net, source);
    const int32_t need[] = {u->node, u->state_i, u->state_trim};

    return source_i_A(u, states_for(w, need, 3, at), when_in(w, u->node, at));
}

double net_link_i_A(const struct world *w, int32_t link, ns_t at)
{
    const struct link *k = net_link_const(&w->plant->net, link);
    const int32_t need[] = {k->a, k->b, k->state_i};

    if (k->mode == LINK_OPEN) {
        return 0.0;
    }
    return link_i_A(k, states_for(w, need, 3, at), when_in(w, k->a != GROUND ? k->a : k->b, at));
}

double net_load_i_A(const struct world *w, int32_t load, ns_t at)
{
    const struct load *l = net_load_const(&w->plant->net, load);
    const int32_t need[] = {l->node};

    return load_i_A(l, states_for(w, need, 1, at), when_in(w, l->node, at));
}

double net_load_W(const struct world *w, int32_t load, ns_t at)
{
    const struct load *l = net_load_const(&w->plant->net, load);
    const int32_t need[] = {l->mode == LOAD_RESISTOR ? l->node : NO_STATE};

    return load_W(l, states_for(w, need, 1, at), when_ns(at));
}

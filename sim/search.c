/* search.c - where modes and guards end.
 *
 * A margin of an affine law can't change by more than its slopes times how far the states move; the
 * segment's Bernstein coefficients enclose them (G. Farin, Curves and Surfaces for CAGD, ch. 5). As
 * long as what a margin had to spare isn't used up, nobody looks at it. Checked by
 * tests/sim/test_island.c and by every electrical oracle. */
#include "search.h"

#include <math.h>

#include "integrator.h"
#include "island.h"
#include "locate.h"

/* Slack below this, in A or V, is none: so that rounding never decides whether an end is looked at. */
static const double SLACK_LEAST = 1e-6;

/* ---- margins ----------------------------------------------------------------------------------- */

/* The margin of member m of a type at x and t; without end for a guard that isn't armed. */
static double margin(const struct net *n, enum member type, int32_t m, const double x[],
                     struct when t)
{
    switch (type) {
    case MEMBER_SOURCE:
        return source_margin(net_source_const(n, m), x, t);
    case MEMBER_LINK:
        return link_margin(net_link_const(n, m), x, t);
    case MEMBER_LOAD:
        return load_margin(net_load_const(n, m), x, t);
    case MEMBER_GUARD:
        return net_guard_const(n, m)->armed ? guard_margin(net_guard_const(n, m), n, x, t)
                                            : INFINITY;
    case MEMBER_STATE:
    case MEMBER_MOVER:
    case MEMBER_TYPES:
    default:
        return INFINITY;
    }
}

/* ---- what the margins look at -------------------------------------------------------------------- */

/* One more state that the end looks at, and its slope. */
static void looks_at(struct end *e, const int32_t in[], int i, int32_t state, double by)
{
    e->at[i] = state < 0 ? 0 : in[state];
    e->by[i] = state < 0 ? 0.0 : fabs(by);
}

static void source_end(struct end *e, const struct source *u, const int32_t in[], ns_t t)
{
    struct steepness y = source_margin_steepness(u, t);

    looks_at(e, in, 0, u->node, y.by_v);
    looks_at(e, in, 1, u->state_i, y.by_i);
    looks_at(e, in, 2, u->state_trim, y.by_trim);
}

static void link_end(struct end *e, const struct link *k, const int32_t in[], ns_t t)
{
    struct steepness y = link_margin_steepness(k, t);

    looks_at(e, in, 0, k->a, y.by_v);
    looks_at(e, in, 1, k->b, y.by_v);
    looks_at(e, in, 2, k->state_i, y.by_i);
}

static void guard_end(struct end *e, const struct guard *g, const struct net *n, const int32_t in[],
                      ns_t t)
{
    if (g->what == GUARD_SOURCE_CURRENT) {
        const struct source *u = net_source_const(n, g->a);
        struct steepness y = source_steepness(u, t);
        looks_at(e, in, 0, u->node, y.by_v);
        looks_at(e, in, 1, u->state_i, y.by_i);
        looks_at(e, in, 2, u->state_trim, y.by_trim);
    } else if (g->what == GUARD_LINK_CURRENT) {
        const struct link *k = net_link_const(n, g->a);
        struct steepness y = link_steepness(k, t);
        looks_at(e, in, 0, k->a, y.by_v);
        looks_at(e, in, 1, k->b, y.by_v);
        looks_at(e, in, 2, k->state_i, y.by_i);
    } else {
        looks_at(e, in, 0, g->a, 1.0);
        looks_at(e, in, 1, g->b, 1.0);
        looks_at(e, in, 2, NO_STATE, 0.0);
    }
}

static void end_of(struct end *e, const struct net *n, const int32_t in[], ns_t t)
{
    switch (e->type) {
    case MEMBER_SOURCE:
        source_end(e, net_source_const(n, e->member), in, t);
        break;
    case MEMBER_LINK:
        link_end(e, net_link_const(n, e->member), in, t);
        break;
    case MEMBER_LOAD:
        looks_at(e, in, 0, net_load_const(n, e->member)->node, 1.0);
        looks_at(e, in, 1, NO_STATE, 0.0);
        looks_at(e, in, 2, NO_STATE, 0.0);
        break;
    case MEMBER_GUARD:
    default:
        guard_end(e, net_guard_const(n, e->member), n, in, t);
        break;
    }
}

/* How far each row's state gets away from where the segment begins, at most. */
static void find_reach(const struct world *w, const struct linear *c, double reach[])
{
    const double *x0 = plant_x0(w);
    const double *x1 = plant_at(w->plant, w->plant->x1_at);
    const double *c0 = plant_at(w->plant, w->plant->c0_at);
    const double *c1 = plant_at(w->plant, w->plant->c1_at);

    for (int32_t k = 0; k < c->lu.n; k++) {
        int32_t r = c->state[k];
        double rise = x1[r] - x0[r];
        double b1 = fabs(rise + c0[r]) / 3.0;
        double b2 = fabs(2.0 * rise + c0[r] + c1[r]) / 3.0;
        double b3 = fabs(rise);
        double far = b1 > b2 ? b1 : b2;
        reach[k] = far > b3 ? far : b3;
    }
}

/* How much of its slack an end loses on a segment, at most. */
static double loss(const struct end *e, const double reach[])
{
    return e->by[0] * reach[e->at[0]] + e->by[1] * reach[e->at[1]] + e->by[2] * reach[e->at[2]];
}

void search_prepare(const struct world *w, const struct island *isl, struct linear *c,
                    const int32_t in[])
{
    static const enum member types[] = {MEMBER_SOURCE, MEMBER_LINK, MEMBER_LOAD, MEMBER_GUARD};
    const struct net *n = &w->plant->net;
    double *reach = w->scratch->d;

    find_reach(w, c, reach); /* of the segment under way, if there is one */
    c->n_ends = 0;
    for (int i = 0; i < 4; i++) {
        const int32_t *members = plant_members(w, isl, types[i]);
        for (int32_t k = 0; k < isl->count[types[i]]; k++) {
            struct end *e = &c->ends[c->n_ends];
            double slack = margin(n, types[i], members[k], plant_x0(w), when_ns(isl->t0));
            if (slack < INFINITY) {
                *e = (struct end){.type = types[i], .member = members[k], .slack = slack};
                end_of(e, n, in, isl->t0);
                e->slack -= loss(e, reach);
                c->n_ends++;
            }
        }
    }
}

/* ---- the search -------------------------------------------------------------------------------- */

/* The states that the end looks at, at fraction q of the segment, into x. */
static void take(const struct world *w, const struct linear *c, const struct end *e, double q,
                 double x[])
{
    for (int i = 0; i < 3; i++) {
        int32_t state = c->state[e->at[i]];
        x[state] = island_state(w, state, q);
    }
}

/* Its margin at fraction q of the segment, by the law itself. */
static double margin_at(const struct world *w, const struct island *isl, const struct linear *c,
                        const struct end *e, double q)
{
    take(w, c, e, q, w->scratch->x);
    return margin(&w->plant->net, e->type, e->member, w->scratch->x,
                  (struct when){.step = isl->t0, .s = q * isl->h_s});
}

/* Is it negative at an instant? */
static bool has_fallen(const struct world *w, const struct island *isl, const struct linear *c,
                       const struct end *e, ns_t at)
{
    return margin_at(w, isl, c, e, ns_to_s(at - isl->t0) / isl->h_s) < 0.0;
}

/* The cubic through four samples of a margin says it falls at t. Where the law bends or is no cubic
 * that may be late: then go back to where it has not fallen yet. (Early is fine: the island looks,
 * finds nothing, and goes on from there.) */
static ns_t not_late(const struct world *w, const struct island *isl, const struct linear *c,
                     const struct end *e, ns_t t)
{
    ns_t before = isl->t0;

    if (t - 1 == before || !has_fallen(w, isl, c, e, t - 1)) {
        return t;
    }
    t--;
    while (t - before > 1) {
        ns_t middle = before + (t - before) / 2;
        if (has_fallen(w, isl, c, e, middle)) {
            t = middle;
        } else {
            before = middle;
        }
    }
    return t;
}

/* Can the margin with these samples fall through zero at all? Not when it stays as far from zero
 * as no cubic through them dips. */
static bool may_fall(const double y[4])
{
    double way = fabs(y[1] - y[0]) + fabs(y[2] - y[1]) + fabs(y[3] - y[2]);

    return !(y[0] > way && y[1] > way && y[2] > way && y[3] > way);
}

/* Where the end's margin, which has these samples, falls, if it does before `due`. */
static ns_t fall_of(const struct world *w, const struct island *isl, const struct linear *c,
                    const struct end *e, const double y[4], ns_t due)
{
    double at;

    if (!may_fall(y) || !locate_fall(y, 1e-10 / isl->h_s, &at)) {
        return due;
    }
    ns_t fall = isl->t0 + (ns_t)ceil(at * isl->h_s * 1e9);
    fall = not_late(w, isl, c, e, fall > isl->t0 ? fall : isl->t0 + 1);
    return fall < due ? fall : due;
}

ns_t search_first_fall(struct world *w, const struct island *isl, ns_t due)
{
    struct linear *c = linear_of(w, isl);
    double *reach = w->scratch->d;

    find_reach(w, c, reach);
    for (int32_t i = 0; i < c->n_ends; i++) {
        struct end *e = &c->ends[i];
        double lost = loss(e, reach);
        double y[4];

        e->slack -= lost;
        if (e->slack > SLACK_LEAST) {
            continue;
        }
        for (int j = 0; j < 4; j++) {
            y[j] = margin_at(w, isl, c, e, (double)j / 3.0);
        }
        e->slack = y[0] - lost;
        due = fall_of(w, isl, c, e, y, due);
    }
    return due;
}

/* search.c - where modes and guards end.
 *
 * An end's quantity can't move further than its slopes times how far the states move, and where it is
 * affine its own Bernstein coefficients enclose it (G. Farin, Curves and Surfaces for CAGD, ch. 5).
 * As long as what it had to spare isn't used up, nobody looks at it; as long as the coefficients stay
 * in its range, nobody looks at the law. Checked by tests/sim/test_island.c and by every electrical
 * oracle. */
#include "search.h"

#include <math.h>

#include "integrator.h"
#include "island.h"
#include "locate.h"

/* What is left, in A or V, has to be more than rounding could take. */
static const double LEAST = 1e-9;

/* ---- what ends look at ----------------------------------------------------------------------------- */

/* The end's quantity and range at x and t, by the law itself. */
static struct range range_of(const struct net *n, const struct end *e, const double x[],
                             struct when t)
{
    switch (e->type) {
    case MEMBER_SOURCE:
        return source_range(net_source_const(n, e->member), x, t);
    case MEMBER_LINK:
        return link_range(net_link_const(n, e->member), x, t);
    case MEMBER_LOAD:
        return load_range(net_load_const(n, e->member), x);
    case MEMBER_GUARD:
    default:
        return guard_range(net_guard_const(n, e->member), n, x, t);
    }
}

/* One more state that the end looks at, and its slope. */
static void looks_at(struct end *e, const int32_t in[], int i, int32_t state, double by)
{
    e->at[i] = state < 0 ? 0 : in[state];
    e->by[i] = state < 0 ? 0.0 : by;
}

static void looks_at_source(struct end *e, const struct source *u, const struct range *r,
                            const int32_t in[])
{
    looks_at(e, in, 0, u->node, r->by_v);
    looks_at(e, in, 1, u->state_i, r->by_i);
    looks_at(e, in, 2, u->state_trim, r->by_trim);
}

static void looks_between(struct end *e, int32_t a, int32_t b, int32_t state_i,
                          const struct range *r, const int32_t in[])
{
    looks_at(e, in, 0, a, r->by_v);
    looks_at(e, in, 1, b, -r->by_v);
    looks_at(e, in, 2, state_i, r->by_i);
}

static void find_looks(struct end *e, const struct net *n, const struct range *r,
                       const int32_t in[])
{
    const struct guard *g = e->type == MEMBER_GUARD ? net_guard_const(n, e->member) : NULL;
    bool of_source = g != NULL ? g->what == GUARD_SOURCE_CURRENT : e->type == MEMBER_SOURCE;
    bool of_link = g != NULL ? g->what == GUARD_LINK_CURRENT : e->type == MEMBER_LINK;
    int32_t element = g != NULL ? g->a : e->member;

    if (of_source) {
        looks_at_source(e, net_source_const(n, element), r, in);
    } else if (of_link) {
        const struct link *k = net_link_const(n, element);
        looks_between(e, k->a, k->b, k->state_i, r, in);
    } else if (g != NULL) {
        looks_between(e, g->a, g->b, NO_STATE, r, in);
    } else {
        looks_between(e, net_load_const(n, element)->node, GROUND, NO_STATE, r, in);
    }
}

/* ---- how far the segment goes ------------------------------------------------------------------------ */

/* Where the segment begins: by row, in scratch->x0. */
static void take_begin(const struct world *w, const struct linear *c)
{
    const double *x0 = plant_x0(w);

    for (int32_t k = 0; k < c->lu.n; k++) {
        w->scratch->x0[k] = x0[c->state[k]];
    }
}

/* How far each row's state gets away from there: the second to fourth of its Bernstein coefficients,
 * and the most. By row, in scratch->u[0..2] and scratch->d. */
static void find_ways(const struct world *w, const struct linear *c)
{
    struct scratch *s = w->scratch;
    const double *x0 = plant_x0(w);
    const double *x1 = plant_at(w->plant, w->plant->x1_at);
    const double *c0 = plant_at(w->plant, w->plant->c0_at);
    const double *c1 = plant_at(w->plant, w->plant->c1_at);

    for (int32_t k = 0; k < c->lu.n; k++) {
        int32_t r = c->state[k];
        double rise = x1[r] - x0[r];
        double b1 = (rise + c0[r]) * (1.0 / 3.0);
        double b2 = (2.0 * rise + c0[r] + c1[r]) * (1.0 / 3.0);
        double far = fabs(b1) > fabs(b2) ? fabs(b1) : fabs(b2);
        s->u[0][k] = b1;
        s->u[1][k] = b2;
        s->u[2][k] = rise;
        s->d[k] = far > fabs(rise) ? far : fabs(rise);
    }
}

/* By how much the end's quantity changes on these ways of the states. */
static double change(const struct end *e, const double way[])
{
    return e->by[0] * way[e->at[0]] + e->by[1] * way[e->at[1]] + e->by[2] * way[e->at[2]];
}

/* How much of its slack it loses on the segment, at most; without end when it is bent. */
static double loss(const struct end *e, const double far[])
{
    return e->bent ? INFINITY
                   : fabs(e->by[0]) * far[e->at[0]] + fabs(e->by[1]) * far[e->at[1]] +
                         fabs(e->by[2]) * far[e->at[2]];
}

void search_prepare(const struct world *w, const struct island *isl, struct linear *c,
                    const int32_t in[])
{
    static const enum member types[] = {MEMBER_SOURCE, MEMBER_LINK, MEMBER_LOAD, MEMBER_GUARD};
    const struct net *n = &w->plant->net;
    const struct scratch *s = w->scratch;

    take_begin(w, c);
    c->n_ends = 0;
    for (int i = 0; i < 4; i++) {
        const int32_t *members = plant_members(w, isl, types[i]);
        for (int32_t k = 0; k < isl->count[types[i]]; k++) {
            struct end *e = &c->ends[c->n_ends];
            if (types[i] == MEMBER_GUARD && !net_guard_const(n, members[k])->armed) {
                continue;
            }
            *e = (struct end){.type = types[i], .member = members[k]};
            struct range r = range_of(n, e, plant_x0(w), when_ns(isl->t0));
            if (r.lo > -INFINITY || r.hi < INFINITY) {
                find_looks(e, n, &r, in);
                e->bent = r.bent;
                e->lo = r.lo;
                e->hi = r.hi;
                e->y0 = r.y - change(e, s->x0);
                c->n_ends++;
            }
        }
    }
}

/* ---- the search -------------------------------------------------------------------------------- */

/* How far its quantity is inside its range at fraction q of the segment, by the law itself. */
static double margin_at(const struct world *w, const struct island *isl, const struct linear *c,
                        const struct end *e, double q)
{
    double *x = w->scratch->x;

    for (int i = 0; i < 3; i++) {
        int32_t state = c->state[e->at[i]];
        x[state] = island_state(w, state, q);
    }
    struct range r =
        range_of(&w->plant->net, e, x, (struct when){.step = isl->t0, .s = q * isl->h_s});
    return range_margin(&r);
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

/* How much the end's quantity has left to the ends of its range on the segment, at least. */
static double left_of(const struct end *e, const struct scratch *s)
{
    double y = e->y0 + change(e, s->x0);
    double way[3] = {change(e, s->u[0]), change(e, s->u[1]), change(e, s->u[2])};
    double down = 0.0;
    double up = 0.0;

    for (int i = 0; i < 3; i++) {
        down = way[i] < down ? way[i] : down;
        up = way[i] > up ? way[i] : up;
    }
    return y + down - e->lo < e->hi - y - up ? y + down - e->lo : e->hi - y - up;
}

ns_t search_first_fall(struct world *w, const struct island *isl, ns_t due)
{
    struct linear *c = linear_of(w, isl);
    const struct scratch *s = w->scratch;

    take_begin(w, c);
    find_ways(w, c);
    for (int32_t i = 0; i < c->n_ends; i++) {
        struct end *e = &c->ends[i];
        double y[4];

        e->slack -= loss(e, s->d);
        if (e->slack > LEAST) {
            continue;
        }
        if (!e->bent) {
            e->slack = left_of(e, s);
            if (e->slack > LEAST) {
                continue;
            }
        }
        for (int j = 0; j < 4; j++) {
            y[j] = margin_at(w, isl, c, e, (double)j / 3.0);
        }
        due = fall_of(w, isl, c, e, y, due);
    }
    return due;
}

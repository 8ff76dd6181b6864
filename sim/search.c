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

/* What an end that is being listed looks at. */
struct look {
    struct ends *ends;
    const int32_t *in; /* the row of each state, -1: it has none */
    const struct range *range;
};

/* One more state, and the slope of the quantity. */
static void looks_at(const struct look *l, int i, int32_t state, double by)
{
    int32_t e = l->ends->n;
    int32_t row = state < 0 ? -1 : l->in[state];

    l->ends->at[i][e] = row < 0 ? 0 : row;
    l->ends->end[e].by[i] = row < 0 ? 0.0 : by;
    l->ends->steep[i][e] = l->range->bent || row < 0 ? 0.0 : fabs(by);
}

static void looks_at_source(const struct look *l, const struct source *u)
{
    looks_at(l, 0, u->node, l->range->by_v);
    looks_at(l, 1, u->state_i, l->range->by_i);
    looks_at(l, 2, u->state_trim, l->range->by_trim);
}

static void looks_between(const struct look *l, int32_t a, int32_t b, int32_t state_i)
{
    looks_at(l, 0, a, l->range->by_v);
    looks_at(l, 1, b, -l->range->by_v);
    looks_at(l, 2, state_i, l->range->by_i);
}

static void find_looks(const struct look *l, const struct end *e, const struct net *n)
{
    const struct guard *g = e->type == MEMBER_GUARD ? net_guard_const(n, e->member) : NULL;
    bool of_source = g != NULL ? g->what == GUARD_SOURCE_CURRENT : e->type == MEMBER_SOURCE;
    bool of_link = g != NULL ? g->what == GUARD_LINK_CURRENT : e->type == MEMBER_LINK;
    int32_t element = g != NULL ? g->a : e->member;

    if (of_source) {
        looks_at_source(l, net_source_const(n, element));
    } else if (of_link) {
        const struct link *k = net_link_const(n, element);
        looks_between(l, k->a, k->b, k->state_i);
    } else if (g != NULL) {
        looks_between(l, g->a, g->b, NO_STATE);
    } else {
        looks_between(l, net_load_const(n, element)->node, GROUND, NO_STATE);
    }
}

/* ---- how far the segment goes ------------------------------------------------------------------------ */

/* How far each row's state gets away from where the segment in the rows begins: the second to fourth
 * of its Bernstein coefficients, and the most. By row, in scratch->u[0..2] and scratch->d. */
ANY_WIDTH
static void find_ways(const struct linear *c, const struct scratch *s)
{
    for (int32_t k = 0; k < c->n_quads; k++) {
        quad rise = quads_const(s->x1)[k] - quads_const(s->x0)[k];
        quad c0 = quads_const(s->c0)[k];
        quad b1 = (rise + c0) * (1.0 / 3.0);
        quad b2 = (2.0 * rise + c0 + quads_const(s->c1)[k]) * (1.0 / 3.0);
        quads(s->u[0])[k] = b1;
        quads(s->u[1])[k] = b2;
        quads(s->u[2])[k] = rise;
        quads(s->d)[k] = QUAD_ABS(b1) + QUAD_ABS(b2) + QUAD_ABS(rise);
    }
}

/* By how much the quantity of end e changes on these ways of the states. */
static double change(const struct ends *all, int32_t e, const double way[])
{
    const double *by = all->end[e].by;

    return by[0] * way[all->at[0][e]] + by[1] * way[all->at[1][e]] + by[2] * way[all->at[2][e]];
}

/* Take from what each has left the most that it can lose on the segment. */
ANY_WIDTH
static void lose(struct ends *all, const double far[])
{
    for (int32_t e = 0; e < all->n; e += QUAD) {
        *quads(all->left + e) -=
            *quads_const(all->steep[0] + e) * QUAD_GATHER(far, all->at[0] + e) +
            *quads_const(all->steep[1] + e) * QUAD_GATHER(far, all->at[1] + e) +
            *quads_const(all->steep[2] + e) * QUAD_GATHER(far, all->at[2] + e);
    }
}

static void list(const struct world *w, const struct island *isl, struct ends *all,
                 enum member type, int32_t member, const int32_t in[])
{
    const struct net *n = &w->plant->net;
    struct end *e = &all->end[all->n];

    *e = (struct end){.type = type, .member = member};
    struct range r = range_of(n, e, plant_x0(w), when_ns(isl->t0));
    if (r.lo > -INFINITY || r.hi < INFINITY) {
        find_looks(&(struct look){.ends = all, .in = in, .range = &r}, e, n);
        e->bent = r.bent;
        e->lo = r.lo;
        e->hi = r.hi;
        e->y0 = r.y - change(all, all->n, w->scratch->x0);
        all->left[all->n++] = r.bent ? -INFINITY : range_margin(&r);
    }
}

void search_prepare(const struct world *w, const struct island *isl, struct linear *c,
                    const int32_t in[])
{
    static const enum member types[] = {MEMBER_SOURCE, MEMBER_LINK, MEMBER_LOAD, MEMBER_GUARD};
    struct ends *all = &c->ends;

    linear_read_segment(w, c);
    all->n = 0;
    for (int i = 0; i < 4; i++) {
        const int32_t *members = plant_members(w, isl, types[i]);
        for (int32_t k = 0; k < isl->count[types[i]]; k++) {
            if (types[i] != MEMBER_GUARD || net_guard_const(&w->plant->net, members[k])->armed) {
                list(w, isl, all, types[i], members[k], in);
            }
        }
    }
    for (int32_t e = all->n; e % QUAD != 0; e++) {
        all->left[e] = INFINITY;
        for (int i = 0; i < 3; i++) {
            all->at[i][e] = 0;
            all->steep[i][e] = 0.0;
        }
    }
    find_ways(c, w->scratch); /* of the segment under way, if there is one */
    lose(all, w->scratch->d);
}

/* ---- the search -------------------------------------------------------------------------------- */

/* How far its quantity is inside its range at fraction q of the segment, by the law itself. */
static double margin_at(const struct world *w, const struct island *isl, const struct linear *c,
                        int32_t e, double q)
{
    double *x = w->scratch->x;

    for (int i = 0; i < 3; i++) {
        int32_t state = c->state[c->ends.at[i][e]];
        x[state] = island_state(w, state, q);
    }
    struct range r = range_of(&w->plant->net, &c->ends.end[e], x,
                              (struct when){.step = isl->t0, .s = q * isl->h_s});
    return range_margin(&r);
}

/* Is it negative at an instant? */
static bool has_fallen(const struct world *w, const struct island *isl, const struct linear *c,
                       int32_t e, ns_t at)
{
    return margin_at(w, isl, c, e, ns_to_s(at - isl->t0) / isl->h_s) < 0.0;
}

/* The cubic through four samples of a margin says it falls at t. Where the law bends or is no cubic
 * that may be late: then go back to where it has not fallen yet. (Early is fine: the island looks,
 * finds nothing, and goes on from there.) */
static ns_t not_late(const struct world *w, const struct island *isl, const struct linear *c,
                     int32_t e, ns_t t)
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
                    int32_t e, const double y[4], ns_t due)
{
    double at;

    if (!may_fall(y) || !locate_fall(y, 1e-10 / isl->h_s, &at)) {
        return due;
    }
    ns_t fall = isl->t0 + (ns_t)ceil(at * isl->h_s * 1e9);
    fall = not_late(w, isl, c, e, fall > isl->t0 ? fall : isl->t0 + 1);
    return fall < due ? fall : due;
}

/* What end e has left to the ends of its range on the segment, at least. */
static double left_of(const struct ends *all, int32_t e, const struct scratch *s)
{
    const struct end *end = &all->end[e];
    double y = end->y0 + change(all, e, s->x0);
    double way[3] = {change(all, e, s->u[0]), change(all, e, s->u[1]), change(all, e, s->u[2])};
    double down = 0.0;
    double up = 0.0;

    for (int i = 0; i < 3; i++) {
        down = way[i] < down ? way[i] : down;
        up = way[i] > up ? way[i] : up;
    }
    return y + down - end->lo < end->hi - y - up ? y + down - end->lo : end->hi - y - up;
}

/* Has its guard been disarmed since it was listed? A fork, whose list is newer, doesn't have it. */
static bool is_gone(const struct net *n, const struct end *e)
{
    return e->type == MEMBER_GUARD && !net_guard_const(n, e->member)->armed;
}

/* Where end e is left, if it is before `due`. */
static ns_t fall_before(struct world *w, const struct island *isl, struct linear *c, int32_t e,
                        ns_t due)
{
    double y[4];

    if (is_gone(&w->plant->net, &c->ends.end[e])) {
        return due;
    }
    if (!c->ends.end[e].bent) {
        c->ends.left[e] = left_of(&c->ends, e, w->scratch);
        if (c->ends.left[e] > LEAST) {
            return due;
        }
    }
    for (int j = 0; j < 4; j++) {
        y[j] = margin_at(w, isl, c, e, (double)j / 3.0);
    }
    return fall_of(w, isl, c, e, y, due);
}

ns_t search_first_fall(struct world *w, const struct island *isl, ns_t due)
{
    struct linear *c = linear_of(w, isl);

    find_ways(c, w->scratch);
    lose(&c->ends, w->scratch->d);
    for (int32_t e = 0; e < c->ends.n; e += QUAD) {
        quad_bits used_up = *quads_const(c->ends.left + e) <= LEAST;
        for (int i = 0; i < QUAD && quad_any(&used_up); i++) {
            due = used_up[i] ? fall_before(w, isl, c, e + i, due) : due;
        }
    }
    return due;
}

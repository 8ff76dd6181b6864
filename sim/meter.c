/* meter.c - what has flown in a segment.
 *
 * Where a law is affine its current is a cubic as the states are: charge is its mean, energy the mean
 * of a product of two cubics. Where it bends, Gauss's rule looks at the law itself.
 *
 * Checked by tests/sim/test_island.c and tests/models/test_energy.c: charge and energy balance. */
#include "meter.h"

#include "curve.h"
#include "gauss.h"
#include "integrator.h"
#include "island.h"

/* ---- what is metered --------------------------------------------------------------------------- */

/* A law that bends looks at states that have a row only: there are no more of them than rows. */
static void list_bent(struct metered *l, enum member type, int32_t m, const int32_t states[3])
{
    l->member[type][l->n[type]++] = m;
    for (int i = 0; i < 3; i++) {
        bool is_new = states[i] >= 0;
        for (int32_t k = 0; k < l->n_states && is_new; k++) {
            is_new = l->state[k] != states[i];
        }
        if (is_new) {
            l->state[l->n_states++] = states[i];
        }
    }
}

static void list_source(const struct world *w, struct metered *l, int32_t m, ns_t changed)
{
    const struct source *u = net_source_const(&w->plant->net, m);

    if (u->mode == SOURCE_OFF || u->mode == SOURCE_BLOCKED) {
        return;
    }
    if (source_current_is_bent(u, changed)) {
        list_bent(l, MEMBER_SOURCE, m, (const int32_t[3]){u->node, u->state_i, u->state_trim});
        return;
    }
    struct flow law = source_flow(u, w->scratch->zero, when_ns(changed));
    l->affine[l->n_sources++] =
        (struct metered_flow){.member = m,
                              .a = u->node,
                              .b = GROUND,
                              .state_i = law.by_i != 0.0 ? u->state_i : NO_STATE,
                              .state_trim = law.by_trim != 0.0 ? u->state_trim : NO_STATE,
                              .law = law};
}

static void list_link(const struct world *w, struct metered *l, int32_t m, ns_t changed)
{
    const struct link *k = net_link_const(&w->plant->net, m);

    if (!(k->metered || w->options.meter_all) || k->mode == LINK_OPEN || k->mode == LINK_BLOCKED) {
        return;
    }
    if (link_shape(k, changed) == SHAPE_BENT) { /* ohmic: no current of its own moves */
        list_bent(l, MEMBER_LINK, m, (const int32_t[3]){k->a, k->b, NO_STATE});
        return;
    }
    struct flow law = link_flow(k, w->scratch->zero, when_ns(changed));
    l->affine[l->n_sources + l->n_links++] =
        (struct metered_flow){.member = m,
                              .a = k->a,
                              .b = k->b,
                              .state_i = law.by_i != 0.0 ? k->state_i : NO_STATE,
                              .state_trim = NO_STATE,
                              .law = law};
}

void meter_prepare(const struct world *w, const struct island *isl, struct linear *c)
{
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);
    struct metered *l = &c->metered;

    l->n_sources = l->n_links = l->n_states = 0;
    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        l->n[type] = 0;
    }
    for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
        list_source(w, l, sources[k], isl->changed);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        list_link(w, l, links[k], isl->changed);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LOAD] && w->options.meter_all; k++) {
        const struct load *u = net_load_const(&w->plant->net, loads[k]);
        if (u->mode != LOAD_OFF) {
            list_bent(l, MEMBER_LOAD, loads[k], (const int32_t[3]){u->node, NO_STATE, NO_STATE});
        }
    }
}

/* ---- affine laws ------------------------------------------------------------------------------- */

/* A segment up to where it is counted. */
struct count {
    struct segments now;
    struct slice slice;
    bool is_whole;
    ns_t t0;
    double since_s, h_s, span_s; /* from the change to t0; of the segment; counted */
};

static void add(struct curve *y, double by, const struct segments *now, int32_t state)
{
    if (state < 0) {
        return;
    }
    struct curve x = curve_of(now, state);
    for (int i = 0; i < 4; i++) {
        y->b[i] += by * x.b[i];
    }
}

static struct curve counted(const struct curve *whole, const struct count *n)
{
    return n->is_whole ? *whole : curve_part(whole, n->slice);
}

static struct curve current_of(const struct metered_flow *m, const struct curve *v,
                               const struct count *n)
{
    struct curve y;

    for (int i = 0; i < 4; i++) {
        y.b[i] = m->law.i_A + m->law.by_v * v->b[i];
    }
    for (int i = 0; i < 4 && m->law.by_t != 0.0; i++) {
        y.b[i] += m->law.by_t * (n->since_s + n->h_s * i / 3.0);
    }
    add(&y, m->law.by_i, &n->now, m->state_i);
    add(&y, m->law.by_trim, &n->now, m->state_trim);
    return counted(&y, n);
}

static void meter_source(struct net *n, const struct metered_flow *m, const struct curve *v,
                         const struct curve *i, double span_s)
{
    struct source *u = net_source(n, m->member);

    u->charge_C += curve_mean(i) * span_s;
    u->energy_J += curve_mean_product(i, v) * span_s;
}

static void meter_link(struct net *n, const struct metered_flow *m, const struct curve *v,
                       const struct curve *i, const struct count *c)
{
    struct link *k = net_link(n, m->member);
    struct curve lost = *v;

    for (int j = 0; j < 4 && link_is_free(k); j++) {
        struct when t = {.step = c->t0, .s = c->span_s * j / 3.0};
        lost.b[j] = link_lost_V(k, v->b[j], i->b[j], t);
    }
    k->charge_C += curve_mean(i) * c->span_s;
    k->loss_J += curve_mean_product(i, &lost) * c->span_s;
    k->heat_A2s += curve_mean_product(i, i) * c->span_s;
}

static void meter_affine(struct world *w, const struct metered *l, const struct count *c)
{
    for (int32_t k = 0; k < l->n_sources + l->n_links; k++) {
        const struct metered_flow *m = &l->affine[k];
        struct curve v = {{0.0}};
        add(&v, 1.0, &c->now, m->a);
        add(&v, -1.0, &c->now, m->b);
        struct curve i = current_of(m, &v, c);
        v = counted(&v, c);
        if (k < l->n_sources) {
            meter_source(&w->plant->net, m, &v, &i, c->span_s);
        } else {
            meter_link(&w->plant->net, m, &v, &i, c);
        }
    }
}

/* ---- bent laws --------------------------------------------------------------------------------- */

static void look_at_source(struct source *u, const double x[], struct when t, double dt_s)
{
    double i_A = source_i_A(u, x, t);

    u->charge_C += i_A * dt_s;
    u->energy_J += i_A * x[u->node] * dt_s;
}

static void look_at_link(struct link *k, const double x[], struct when t, double dt_s)
{
    double i_A = link_i_A(k, x, t);
    double v_V = link_lost_V(k, voltage_V(x, k->a) - voltage_V(x, k->b), i_A, t);

    k->charge_C += i_A * dt_s;
    k->loss_J += i_A * v_V * dt_s;
    k->heat_A2s += i_A * i_A * dt_s;
}

/* At fraction q of the segment, for dt_s. */
static void look(struct world *w, const struct island *isl, const struct metered *l, double q,
                 double dt_s)
{
    struct net *n = &w->plant->net;
    double *x = w->scratch->x;
    struct when t = {.step = isl->t0, .s = q * isl->h_s};

    for (int32_t k = 0; k < l->n_states; k++) {
        x[l->state[k]] = island_state(w, l->state[k], q);
    }
    for (int32_t k = 0; k < l->n[MEMBER_SOURCE]; k++) {
        look_at_source(net_source(n, l->member[MEMBER_SOURCE][k]), x, t, dt_s);
    }
    for (int32_t k = 0; k < l->n[MEMBER_LINK]; k++) {
        look_at_link(net_link(n, l->member[MEMBER_LINK][k]), x, t, dt_s);
    }
    for (int32_t k = 0; k < l->n[MEMBER_LOAD]; k++) {
        struct load *u = net_load(n, l->member[MEMBER_LOAD][k]);
        u->energy_J += load_W(u, x, t) * dt_s;
    }
}

/* ---- both -------------------------------------------------------------------------------------- */

void meter_span(struct world *w, const struct island *isl, ns_t t)
{
    const struct metered *l = &linear_of(w, isl)->metered;
    struct slice slice = slice_of(isl, isl->t0, t);
    struct count c = {.now = segments_of(w),
                      .slice = slice,
                      .is_whole = slice.q1 == 1.0,
                      .t0 = isl->t0,
                      .since_s = ns_to_s(isl->t0 - isl->changed),
                      .h_s = isl->h_s,
                      .span_s = ns_to_s(t - isl->t0)};

    meter_affine(w, l, &c);
    if (l->n_states == 0) {
        return;
    }
    if (isl->settled) {
        look(w, isl, l, 0.0, c.span_s);
        return;
    }
    for (int i = 0; i < GAUSS; i++) {
        look(w, isl, l, gauss_at[i] * slice.q1, gauss_weight[i] * c.span_s);
    }
}

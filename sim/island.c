/* island.c - islands: segments, modes and guards.
 *
 * An island integrates ahead: its segment is computed once, from the instant where everything that
 * happens has happened, and stays valid until its end, until a mode or a guard ends on it, or until
 * a part touches the island. An event elsewhere costs it nothing, and a settled island has a
 * segment without end. Checked by tests/sim/test_island.c. */
#include "island.h"

#include <math.h>
#include <stddef.h>

#include "check.h"
#include "integrator.h"
#include "meter.h"
#include "partition.h"
#include "search.h"

static const double H_LONGEST_S = 1.0;  /* of one segment */
static const double QUIET_PER_S = 1e-7; /* settled: no state moves faster, in V/s or A/s */

/* More handlings of one island within one microsecond than any rack can need: it chatters. */
enum { CHATTER_LIMIT = 20000 };

/* ---- reading a segment ------------------------------------------------------------------------ */

static double fraction(const struct island *isl, ns_t at)
{
    return isl->settled ? 0.0 : ns_to_s(at - isl->t0) / isl->h_s;
}

double plant_state(const struct world *w, int32_t state, ns_t at)
{
    const struct island *isl = plant_island(w, plant_island_of(w)[state]);

    return isl->settled ? plant_x0(w)[state] : island_state(w, state, fraction(isl, at));
}

/* ---- time -------------------------------------------------------------------------------------- */

/* The segment becomes the point x0 = x at t. */
static void segment_at(struct world *w, struct island *isl, ns_t t)
{
    double *x0 = plant_x0(w);
    double *x1 = plant_at(w->plant, w->plant->x1_at);
    double *c0 = plant_at(w->plant, w->plant->c0_at);
    double *c1 = plant_at(w->plant, w->plant->c1_at);
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    double q = fraction(isl, t);

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t r = states[k];
        x0[r] = q == 1.0 ? x1[r] : island_state(w, r, q);
        x1[r] = x0[r];
        c0[r] = 0.0;
        c1[r] = 0.0;
    }
    isl->t0 = t;
    isl->h_s = 1.0;
    isl->settled = false;
}

/* Bring the island to t along its segment: meters, movers and observers see the span, then x0 is
 * x(t) and the segment is a point. */
static void advance(struct world *w, int32_t island, ns_t t)
{
    struct island *isl = plant_island(w, island);

    if (t == isl->t0) {
        return;
    }
    CHECK(t > isl->t0 && !isl->dirty);
    if (w->plant->running) {
        meter_span(w, isl, t);
        const int32_t *movers = plant_members(w, isl, MEMBER_MOVER);
        for (int32_t k = 0; k < isl->count[MEMBER_MOVER]; k++) {
            w->parts[movers[k]].kind->moved(w, movers[k], isl->t0, t);
        }
        if (w->sink.span != NULL) {
            w->sink.span(w->sink.ctx, w, island, isl->t0, t);
        }
    }
    segment_at(w, isl, t);
}

void island_touch(struct world *w, int32_t island, enum effect effect)
{
    struct plant *p = w->plant;
    struct island *isl = plant_island(w, island);

    if (isl->t0 < p->now) {
        advance(w, island, p->now);
    } else {
        segment_at(w, isl, p->now);
    }
    isl->dirty = true;
    isl->falls = false;
    isl->cause[CAUSE_LAST] = p->cause;
    if (effect != EFFECT_NONE) {
        isl->cause[effect == EFFECT_HELPS ? CAUSE_HELPED : CAUSE_HURT] = p->cause;
    }
    heap_set(&p->heap, p->n_parts + island, p->now);
}

void island_restart_all(struct world *w)
{
    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        struct island *isl = plant_island(w, i);
        if (plant_island_of(w)[i] == i) {
            segment_at(w, isl, isl->t0);
            isl->t0 = 0;
            isl->dirty = true;
            heap_set(&w->plant->heap, w->plant->n_parts + i, 0);
        }
    }
}

/* ---- modes and guards at an instant ------------------------------------------------------------ */

static void blame_island(struct world *w, const struct island *isl)
{
    w->plant->cause = isl->cause[CAUSE_LAST];
}

/* A current that becomes a state begins as what it was; one that stops being one is kept. */
static void enter_source_mode(struct world *w, struct source *u, enum source_mode mode)
{
    double *x0 = plant_x0(w);

    if (u->state_i != NO_STATE && mode == SOURCE_REGULATES) {
        double s = ramp_at(&u->s, when_ns(w->plant->now));
        x0[u->state_i] = s > 0.0 ? source_i_A(u, x0, when_ns(w->plant->now)) / s : 0.0;
    }
    bool was_limited = u->mode == SOURCE_I_LIMIT || u->mode == SOURCE_P_LIMIT;
    bool is_limited = mode == SOURCE_I_LIMIT || mode == SOURCE_P_LIMIT;
    u->mode = mode;
    if (is_limited != was_limited) {
        world_event(w, u->part, is_limited ? EV_LIMIT : EV_LIMIT_END, x0[u->node]);
        if (w->parts[u->part].kind->limit != NULL && w->plant->running) {
            w->parts[u->part].kind->limit(w, u->part, is_limited);
        }
    }
}

static void enter_link_mode(struct world *w, struct link *k, enum link_mode mode)
{
    bool took_part = k->mode != LINK_BLOCKED && k->mode != LINK_OPEN;
    bool takes_part = mode != LINK_BLOCKED && mode != LINK_OPEN;

    if (k->mode == LINK_CLAMPED) { /* the arc is out */
        plant_x0(w)[k->state_i] = 0.0;
        partition_mark(w, k->a != GROUND ? k->a : k->b);
    }
    k->mode = mode;
    if (mode == LINK_OPEN) {
        partition_reshape(w, k);
    }
    if (took_part != takes_part) {
        if (mode == LINK_OPEN) {
            world_event(w, k->part, EV_OPEN, 0.0);
            if (w->parts[k->part].kind->opened != NULL && w->plant->running) {
                w->parts[k->part].kind->opened(w, k->part);
            }
        } else {
            world_event(w, k->part, takes_part ? EV_TAKES_OVER : EV_LETS_GO, 0.0);
        }
    }
}

/* Let every element be in the mode that belongs to the states. True when one has changed. */
static bool change_modes(struct world *w, struct island *isl)
{
    struct net *n = &w->plant->net;
    const double *x0 = plant_x0(w);
    struct when t = when_ns(w->plant->now);
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);
    bool changed = false;

    for (int32_t i = 0; i < isl->count[MEMBER_SOURCE]; i++) {
        struct source *u = net_source(n, sources[i]);
        enum source_mode mode = source_mode_at(u, x0, t);
        if (mode != u->mode) {
            blame_island(w, isl);
            enter_source_mode(w, u, mode);
            changed = true;
        }
    }
    for (int32_t i = 0; i < isl->count[MEMBER_LINK]; i++) {
        struct link *k = net_link(n, links[i]);
        enum link_mode mode = link_mode_at(k, x0, t);
        if (mode != k->mode) {
            blame_island(w, isl);
            enter_link_mode(w, k, mode);
            changed = true;
        }
    }
    for (int32_t i = 0; i < isl->count[MEMBER_LOAD]; i++) {
        struct load *l = net_load(n, loads[i]);
        enum load_mode mode = load_mode_at(l, x0);
        changed = changed || mode != l->mode;
        l->mode = mode;
    }
    return changed;
}

static bool is_beyond(const struct world *w, const struct guard *g)
{
    struct range r = guard_range(g, &w->plant->net, plant_x0(w), when_ns(w->plant->now));

    return range_margin(&r) < 0.0;
}

/* Fire the first armed guard that is beyond its level. True when there was one: its part may have
 * changed anything, so the island is looked at afresh. */
static bool fire_guard(struct world *w, const struct island *isl)
{
    struct net *n = &w->plant->net;
    const int32_t *guards = plant_members(w, isl, MEMBER_GUARD);

    for (int32_t i = 0; w->plant->running && i < isl->count[MEMBER_GUARD]; i++) {
        struct guard *g = net_guard(n, guards[i]);
        if (!g->armed || !is_beyond(w, g)) {
            continue;
        }
        g->armed = false;
        w->plant->cause = isl->cause[g->sign > 0.0 ? CAUSE_HURT : CAUSE_HELPED];
        if (g->what != GUARD_VOLTAGE || w->plant->cause == 0) {
            blame_island(w, isl);
        }
        w->parts[g->part].kind->guard(w, g->part, g->code);
        return true;
    }
    return false;
}

/* ---- one segment ------------------------------------------------------------------------------- */

/* Find the first instant after t0 at which a ramp in the island bends, and whether one moves. Holds
 * until then, or until somebody touches the island. */
static void find_break(const struct world *w, struct island *isl)
{
    const struct net *n = &w->plant->net;
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);

    isl->bend = NS_NEVER;
    isl->ramps = false;
#define CONSIDER(r)                                                                                \
    do {                                                                                           \
        ns_t t = ramp_break(r, isl->t0);                                                           \
        isl->bend = t < isl->bend ? t : isl->bend;                                                 \
        isl->ramps = isl->ramps || ramp_slope(r, isl->t0) != 0.0;                                  \
    } while (0)
    for (int32_t i = 0; i < isl->count[MEMBER_SOURCE]; i++) {
        CONSIDER(&net_source_const(n, sources[i])->e);
        CONSIDER(&net_source_const(n, sources[i])->s);
    }
    for (int32_t i = 0; i < isl->count[MEMBER_LINK]; i++) {
        CONSIDER(&net_link_const(n, links[i])->s);
        CONSIDER(&net_link_const(n, links[i])->clamp);
    }
    for (int32_t i = 0; i < isl->count[MEMBER_LOAD]; i++) {
        CONSIDER(&net_load_const(n, loads[i])->p);
    }
#undef CONSIDER
}

static double try_step(struct world *w, const struct island *isl, double h_s)
{
    return w->options.integrator == INTEGRATOR_GSL_MSBDF ? gsl_try(w, isl, h_s)
                                                         : rosenbrock_try(w, isl, h_s);
}

/* Nothing moves and nothing is going to: no state changed noticeably over a long step. */
static bool has_settled(const struct world *w, const struct island *isl)
{
    const double *x0 = plant_x0(w);
    const double *x1 = plant_at(w->plant, w->plant->x1_at);
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);

    if (isl->ramps || isl->h_s < 1e-3) {
        return false;
    }
    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t r = states[k];
        if (fabs(x1[r] - x0[r]) > QUIET_PER_S * isl->h_s) {
            return false;
        }
    }
    return true;
}

/* Take the longest step, not beyond h_ns, whose error is small enough; returns how long it is. */
static ns_t take_step(struct world *w, struct island *isl, ns_t h_ns, double *error)
{
    double most = 0.7;

    for (;;) {
        h_ns = h_ns < 1 ? 1 : h_ns;
        h_ns = isl->bend < isl->t0 + h_ns ? isl->bend - isl->t0 : h_ns;
        isl->h_s = ns_to_s(h_ns);
        *error = try_step(w, isl, isl->h_s);
        /* The error estimate is of order 3, so the error grows with h^4. Two square roots are rounded
         * alike by every machine. */
        double grow = *error > 0.0 ? 0.9 / sqrt(sqrt(*error)) : 6.0;
        if (*error <= 1.0 || h_ns == 1) {
            CHECK(*error < HUGE_VAL);
            linear_write_segment(w, linear_of(w, isl));
            w->plant->counts.steps++;
            isl->h_next_s = fmax(isl->h_s * fmax(0.2, fmin(6.0, grow)), 1e-9);
            return h_ns;
        }
        w->plant->counts.rejected++;
        h_ns = (ns_t)(isl->h_s * fmax(0.1, fmin(most, grow)) * 1e9);
        most = 0.1; /* where the error hardly depends on h, it is far too long */
    }
}

/* A step that is cut short where a mode ends gives what its curve has there, and that may be off by
 * more than its end. Beyond this error it is taken anew, to end there. */
static const double CUT_ERROR = 0.1;

static void integrate(struct world *w, int32_t island)
{
    struct plant *p = w->plant;
    struct island *isl = plant_island(w, island);

    if (isl->dirty || isl->t0 >= isl->bend) {
        find_break(w, isl);
        isl->change = ++p->changes;
        isl->changed = isl->t0;
    }
    double error;
    ns_t h_ns = take_step(w, isl, (ns_t)(fmin(isl->h_next_s, H_LONGEST_S) * 1e9), &error);
    ns_t due = search_first_fall(w, isl, isl->t0 + h_ns);
    isl->falls = due < isl->t0 + h_ns;
    if (isl->falls && error > CUT_ERROR) {
        h_ns = take_step(w, isl, due - isl->t0, &error);
        due = search_first_fall(w, isl, isl->t0 + h_ns); /* it may fall a little sooner, or later */
    }
    isl->dirty = false;
    isl->settled = has_settled(w, isl);
    if (isl->settled && !isl->falls) {
        segment_at(w, isl, isl->t0);
        isl->settled = true;
        due = isl->bend;
    } else {
        isl->settled = false;
    }
    heap_set(&p->heap, p->n_parts + island, due);
}

/* Count handlings of the network within a microsecond; complain about one that never ends. */
static void watch_chatter(struct world *w, const struct island *isl)
{
    struct plant *p = w->plant;

    if (p->now - p->chatter_since > 1000) {
        p->chatter_since = p->now;
        p->chatter = 0;
    }
    if (++p->chatter > CHATTER_LIMIT) {
        int32_t node = plant_members(w, isl, MEMBER_STATE)[0];
        node = node < p->net.n_nodes ? node : plant_island_of(w)[node];
        world_event(w, net_node(&p->net, node)->part, EV_CHATTER, 0.0);
        CHECK(p->chatter <= CHATTER_LIMIT); /* without end within one microsecond */
    }
}

void island_due(struct world *w, int32_t island)
{
    struct plant *p = w->plant;
    struct island *isl = plant_island(w, island);

    advance(w, island, p->now);
    watch_chatter(w, isl);
    bool located = isl->falls; /* whoever changes the island now forgets it */
    if ((isl->dirty || located) && (change_modes(w, isl) || fire_guard(w, isl))) {
        heap_set(&p->heap, p->n_parts + island, p->now);
        isl->dirty = true;
        p->counts.located += located;
        isl->falls = false;
    } else if (p->n_marked > 0) {
        heap_set(&p->heap, p->n_parts + island, p->now); /* unless it loses its name */
        partition_marked(w);
    } else {
        integrate(w, island);
    }
}

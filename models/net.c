/* net.c - the laws of net.h: currents, their derivatives, and where each law ends.
 *
 * Checked by tests/models/test_net.c (derivatives against differences, modes against the laws) and
 * by every electrical oracle. */
#include "net.h"

#include <math.h>

/* Hysteresis of the modes, far below anything a rack can show: without it an idle source would
 * change between "regulates" and "blocked" at every rounding error. */
static const double MARGIN_A = 1e-6;
static const double MARGIN_V = 1e-9;

/* A trim beyond its range is pulled back this much faster than it is driven. */
static const double TRIM_PULL = 100.0;

struct ramp ramp_constant(double y)
{
    return (struct ramp){.t0 = 0, .t1 = 0, .y0 = y, .y1 = y};
}

double ramp_at(const struct ramp *r, struct when t)
{
    if (t.step >= r->t1) {
        return r->y1;
    }
    if (t.step < r->t0) {
        return r->y0;
    }
    double since_s = ns_to_s(t.step - r->t0) + t.s;

    return r->y0 + (r->y1 - r->y0) * (since_s / ns_to_s(r->t1 - r->t0));
}

double ramp_slope(const struct ramp *r, ns_t t)
{
    return t >= r->t0 && t < r->t1 ? (r->y1 - r->y0) / ns_to_s(r->t1 - r->t0) : 0.0;
}

ns_t ramp_break(const struct ramp *r, ns_t t)
{
    if (r->t0 == r->t1 || t >= r->t1) {
        return NS_NEVER;
    }
    return t < r->t0 ? r->t0 : r->t1;
}

bool ramp_rests(const struct ramp *r, ns_t t, double y)
{
    return r->y1 == y && ramp_at(r, when_ns(t)) == y;
}

void ramp_to(struct ramp *r, ns_t t, double y, ns_t over)
{
    double from = over > 0 ? ramp_at(r, when_ns(t)) : y;
    *r = (struct ramp){.t0 = t, .t1 = ns_after(t, over), .y0 = from, .y1 = y};
}

/* ---- source ---------------------------------------------------------------------------------- */

static double trim_V(const struct source *u, const double x[])
{
    return u->state_trim == NO_STATE ? 0.0 : x[u->state_trim];
}

/* e + trim - v: what the regulator still has to drive. */
static double error_V(const struct source *u, const double x[], struct when t)
{
    return ramp_at(&u->e, t) + trim_V(u, x) - voltage_V(x, u->node);
}

static double p_limit_A(const struct source *u, double v_V)
{
    return u->p_max_W < INFINITY && v_V > 0.0 ? u->p_max_W / v_V : INFINITY;
}

bool source_is_free(const struct source *u)
{
    return u->state_i != NO_STATE && u->mode == SOURCE_REGULATES;
}

/* Before the scale s(t). */
static double unscaled_i_A(const struct source *u, const double x[], struct when t)
{
    switch (u->mode) {
    case SOURCE_REGULATES:
        return u->state_i == NO_STATE ? error_V(u, x, t) / u->r_Ohm : x[u->state_i];
    case SOURCE_I_LIMIT:
        return u->i_max_A;
    case SOURCE_P_LIMIT:
        return p_limit_A(u, voltage_V(x, u->node));
    case SOURCE_OFF:
    case SOURCE_BLOCKED:
    default:
        return 0.0;
    }
}

double source_i_A(const struct source *u, const double x[], struct when t)
{
    return u->mode == SOURCE_OFF || u->mode == SOURCE_BLOCKED
               ? 0.0
               : ramp_at(&u->s, t) * unscaled_i_A(u, x, t);
}

struct flow source_flow(const struct source *u, const double x[], struct when t)
{
    double s = ramp_at(&u->s, t);
    double i_A = unscaled_i_A(u, x, t);
    struct flow f = {.i_A = s * i_A, .by_t = ramp_slope(&u->s, t.step) * i_A};

    if (u->mode == SOURCE_REGULATES && u->state_i == NO_STATE) {
        f.by_v = -s / u->r_Ohm;
        f.by_trim = u->state_trim == NO_STATE ? 0.0 : s / u->r_Ohm;
        f.by_t += s * ramp_slope(&u->e, t.step) / u->r_Ohm;
    } else if (u->mode == SOURCE_REGULATES) {
        f.by_i = s;
    } else if (u->mode == SOURCE_P_LIMIT) {
        f.by_v = -s * i_A / voltage_V(x, u->node);
    }
    return f;
}

enum shape source_shape(const struct source *u, ns_t t)
{
    switch (u->mode) {
    case SOURCE_OFF:
        return SHAPE_AFFINE;
    case SOURCE_P_LIMIT:
        return SHAPE_BENT;
    case SOURCE_I_LIMIT:
    case SOURCE_BLOCKED:
        return u->state_trim == NO_STATE ? SHAPE_AFFINE : SHAPE_BENT;
    case SOURCE_REGULATES:
    default:
        return u->state_trim == NO_STATE && ramp_slope(&u->s, t) == 0.0 ? SHAPE_AFFINE : SHAPE_BENT;
    }
}

double source_drive_V(const struct source *u, const double x[], struct when t)
{
    return source_is_free(u) ? error_V(u, x, t) - u->r_Ohm * x[u->state_i] : 0.0;
}

static double beyond_range_V(const struct source *u, double trim)
{
    return trim - fmax(-u->trim_max_V, fmin(u->trim_max_V, trim));
}

double source_trim_drive_V(const struct source *u, const double x[], double i_A)
{
    if (u->mode == SOURCE_OFF) {
        return 0.0;
    }
    double error_pu = x[u->share_node] - u->share_gain * i_A / u->i_rated_A;

    return u->trim_V_per_pu * error_pu - TRIM_PULL * beyond_range_V(u, x[u->state_trim]);
}

double source_trim_by_trim(const struct source *u, const double x[])
{
    return beyond_range_V(u, x[u->state_trim]) != 0.0 && u->mode != SOURCE_OFF ? -TRIM_PULL : 0.0;
}

static double lesser(double a, double b)
{
    return a < b ? a : b;
}

static const struct range EVERYWHERE = {.lo = -INFINITY, .hi = INFINITY};

struct range source_range(const struct source *u, const double x[], struct when t)
{
    double p_limit = p_limit_A(u, voltage_V(x, u->node));
    bool e_moves = ramp_slope(&u->e, t.step) != 0.0;
    bool p_bends = u->p_max_W < INFINITY;
    double per_Ohm = 1.0 / u->r_Ohm;
    struct range r = EVERYWHERE;

    switch (u->mode) {
    case SOURCE_REGULATES:
        r.y = unscaled_i_A(u, x, t);
        r.lo = u->reversible ? -INFINITY : -MARGIN_A;
        r.hi = lesser(u->i_max_A, p_limit) + MARGIN_A;
        r.bent = p_bends;
        if (u->state_i != NO_STATE) {
            r.by_i = 1.0;
            return r;
        }
        break;
    case SOURCE_I_LIMIT:
        r.y = lesser(error_V(u, x, t) / u->r_Ohm, p_limit);
        r.lo = u->i_max_A - MARGIN_A;
        r.bent = p_bends;
        break;
    case SOURCE_P_LIMIT:
        r.y = lesser(error_V(u, x, t) / u->r_Ohm, u->i_max_A) - p_limit;
        r.lo = -MARGIN_A;
        r.bent = true;
        break;
    case SOURCE_BLOCKED:
        r.y = error_V(u, x, t);
        r.hi = MARGIN_V;
        per_Ohm = 1.0;
        break;
    case SOURCE_OFF:
    default:
        return r;
    }
    r.by_v = -per_Ohm;
    r.by_trim = per_Ohm;
    r.bent = r.bent || e_moves;
    return r;
}

enum source_mode source_mode_at(const struct source *u, const double x[], struct when t)
{
    struct range r = source_range(u, x, t);

    if (range_margin(&r) >= 0.0) {
        return u->mode;
    }
    double v_V = voltage_V(x, u->node);
    double i_A = source_is_free(u) ? x[u->state_i] : error_V(u, x, t) / u->r_Ohm;

    if (i_A < 0.0 && !u->reversible) {
        return SOURCE_BLOCKED;
    }
    if (p_limit_A(u, v_V) < u->i_max_A) {
        return i_A > p_limit_A(u, v_V) ? SOURCE_P_LIMIT : SOURCE_REGULATES;
    }
    return i_A > u->i_max_A ? SOURCE_I_LIMIT : SOURCE_REGULATES;
}

/* ---- link ------------------------------------------------------------------------------------ */

static double across_V(const struct link *k, const double x[])
{
    return voltage_V(x, k->a) - voltage_V(x, k->b);
}

static double ohmic_A(const struct link *k, const double x[], struct when t)
{
    return ramp_at(&k->s, t) * (across_V(k, x) - k->v_f_V) / k->r_Ohm;
}

bool link_is_free(const struct link *k)
{
    return k->mode == LINK_INDUCTIVE || k->mode == LINK_CLAMPED;
}

double link_stored_J(const struct link *k, const double x[])
{
    return link_is_free(k) ? 0.5 * k->l_H * x[k->state_i] * x[k->state_i] : 0.0;
}

double link_i_A(const struct link *k, const double x[], struct when t)
{
    switch (k->mode) {
    case LINK_CONDUCTS:
        return ohmic_A(k, x, t);
    case LINK_HIGH:
        return k->i_max_A;
    case LINK_LOW:
        return -k->i_max_A;
    case LINK_INDUCTIVE:
    case LINK_CLAMPED:
        return x[k->state_i];
    case LINK_OPEN:
    case LINK_BLOCKED:
    default:
        return 0.0;
    }
}

struct flow link_flow(const struct link *k, const double x[], struct when t)
{
    struct flow f = {.i_A = link_i_A(k, x, t)};

    if (k->mode == LINK_CONDUCTS) {
        f.by_v = ramp_at(&k->s, t) / k->r_Ohm;
        f.by_t = ramp_slope(&k->s, t.step) * (across_V(k, x) - k->v_f_V) / k->r_Ohm;
    } else if (link_is_free(k)) {
        f.by_i = 1.0;
    }
    return f;
}

enum shape link_shape(const struct link *k, ns_t t)
{
    return k->mode == LINK_CONDUCTS && ramp_slope(&k->s, t) != 0.0 ? SHAPE_BENT : SHAPE_AFFINE;
}

double link_drive_V(const struct link *k, const double x[], struct when t)
{
    if (!link_is_free(k)) {
        return 0.0;
    }
    double against_V = k->mode == LINK_CLAMPED ? ramp_at(&k->clamp, t) : 0.0;

    return across_V(k, x) - against_V - k->r_Ohm * x[k->state_i];
}

struct range link_range(const struct link *k, const double x[], struct when t)
{
    struct range r = EVERYWHERE;

    switch (k->mode) {
    case LINK_CONDUCTS:
        r.lo = k->one_way ? -MARGIN_A : -k->i_max_A - MARGIN_A;
        r.hi = k->i_max_A + MARGIN_A;
        break;
    case LINK_HIGH:
        r.lo = k->i_max_A - MARGIN_A;
        break;
    case LINK_LOW:
        r.hi = -k->i_max_A + MARGIN_A;
        break;
    case LINK_BLOCKED:
        r.y = across_V(k, x);
        r.by_v = 1.0;
        r.hi = k->v_f_V + MARGIN_V;
        return r;
    case LINK_CLAMPED:
        r.y = x[k->state_i];
        r.by_i = 1.0;
        *(k->clamp.y0 > 0.0 ? &r.lo : &r.hi) = 0.0;
        return r;
    case LINK_OPEN:
    case LINK_INDUCTIVE:
    default:
        return r;
    }
    r.y = ohmic_A(k, x, t);
    r.by_v = ramp_at(&k->s, t) / k->r_Ohm;
    r.bent = ramp_slope(&k->s, t.step) != 0.0;
    return r;
}

enum link_mode link_mode_at(const struct link *k, const double x[], struct when t)
{
    struct range r = link_range(k, x, t);

    if (range_margin(&r) >= 0.0) {
        return k->mode;
    }
    if (k->mode == LINK_CLAMPED) {
        return LINK_OPEN;
    }
    double i_A = ohmic_A(k, x, t);

    if (k->one_way && across_V(k, x) < k->v_f_V) {
        return LINK_BLOCKED;
    }
    if (i_A > k->i_max_A) {
        return LINK_HIGH;
    }
    return i_A < -k->i_max_A ? LINK_LOW : LINK_CONDUCTS;
}

/* ---- load ------------------------------------------------------------------------------------ */

double load_i_A(const struct load *l, const double x[], struct when t)
{
    double v_V = voltage_V(x, l->node);

    switch (l->mode) {
    case LOAD_POWER:
        return ramp_at(&l->p, t) / v_V;
    case LOAD_RESISTOR:
        return ramp_at(&l->p, t) * v_V / (l->v_floor_V * l->v_floor_V);
    case LOAD_OFF:
    default:
        return 0.0;
    }
}

struct flow load_flow(const struct load *l, const double x[], struct when t)
{
    double v_V = voltage_V(x, l->node);
    double p_W = ramp_at(&l->p, t);
    double floor2 = l->v_floor_V * l->v_floor_V;

    switch (l->mode) {
    case LOAD_POWER:
        return (struct flow){
            .i_A = p_W / v_V, .by_v = -p_W / (v_V * v_V), .by_t = ramp_slope(&l->p, t.step) / v_V};
    case LOAD_RESISTOR:
        return (struct flow){.i_A = p_W * v_V / floor2,
                             .by_v = p_W / floor2,
                             .by_t = ramp_slope(&l->p, t.step) * v_V / floor2};
    case LOAD_OFF:
    default:
        return (struct flow){.i_A = 0.0};
    }
}

enum shape load_shape(const struct load *l, ns_t t)
{
    if (l->mode == LOAD_OFF) {
        return SHAPE_AFFINE;
    }
    if (ramp_slope(&l->p, t) != 0.0) {
        return SHAPE_BENT;
    }
    return l->mode == LOAD_POWER ? SHAPE_POWER : SHAPE_AFFINE;
}

struct range load_range(const struct load *l, const double x[])
{
    struct range r = EVERYWHERE;

    r.y = voltage_V(x, l->node);
    r.by_v = 1.0;
    if (l->mode == LOAD_POWER) {
        r.lo = l->v_floor_V - MARGIN_V;
    } else if (l->mode == LOAD_RESISTOR) {
        r.hi = l->v_floor_V + MARGIN_V;
    }
    return r;
}

enum load_mode load_mode_at(const struct load *l, const double x[])
{
    struct range r = load_range(l, x);

    if (range_margin(&r) >= 0.0) {
        return l->mode;
    }
    return l->mode == LOAD_POWER ? LOAD_RESISTOR : LOAD_POWER;
}

/* ---- guard ----------------------------------------------------------------------------------- */

static struct range current_range(const struct flow *f, bool bent)
{
    return (struct range){
        .y = f->i_A, .by_v = f->by_v, .by_i = f->by_i, .by_trim = f->by_trim, .bent = bent};
}

static struct range watched(const struct guard *g, const struct net *n, const double x[],
                            struct when t)
{
    if (g->what == GUARD_SOURCE_CURRENT) {
        const struct source *u = net_source_const(n, g->a);
        struct flow f = source_flow(u, x, t);
        bool e_moves = u->state_i == NO_STATE && ramp_slope(&u->e, t.step) != 0.0;
        return current_range(&f, u->mode == SOURCE_P_LIMIT || e_moves ||
                                     ramp_slope(&u->s, t.step) != 0.0);
    }
    if (g->what == GUARD_LINK_CURRENT) {
        const struct link *k = net_link_const(n, g->a);
        struct flow f = link_flow(k, x, t);
        return current_range(&f, link_shape(k, t.step) == SHAPE_BENT);
    }
    return (struct range){.y = voltage_V(x, g->a) - voltage_V(x, g->b), .by_v = 1.0};
}

struct range guard_range(const struct guard *g, const struct net *n, const double x[],
                         struct when t)
{
    struct range r = watched(g, n, x, t);

    r.lo = g->sign > 0.0 ? g->level : -INFINITY;
    r.hi = g->sign > 0.0 ? INFINITY : g->level;
    return r;
}

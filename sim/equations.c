/* equations.c - M dx/dt = f(t, x), put together from the laws of models/net.h: the rates f, their
 * tangent at an instant, and how far they are off it.
 *
 * Checked by tests/sim/test_rosenbrock.c: the tangent against central differences of the rates, the
 * rest against the rates themselves. */
#include <math.h>

#include "integrator.h"

/* ---- f ---------------------------------------------------------------------------------------- */

static void push_A(double f[], int32_t node, double i_A)
{
    if (node != GROUND) {
        f[node] += i_A;
    }
}

static void source_rates(const struct source *u, const double x[], struct when t, double f[])
{
    double i_A = source_i_A(u, x, t);

    f[u->node] += i_A;
    if (u->state_i != NO_STATE) {
        f[u->state_i] += source_drive_V(u, x, t);
    }
    if (u->state_trim != NO_STATE) {
        f[u->state_trim] += source_trim_drive_V(u, x, i_A);
        if (u->mode != SOURCE_OFF) {
            double i_pu = u->share_gain * i_A / u->i_rated_A;
            f[u->share_node] += u->share_g_S * (i_pu - x[u->share_node]);
        }
    }
}

static void link_rates(const struct link *k, const double x[], struct when t, double f[])
{
    double i_A = link_i_A(k, x, t);

    push_A(f, k->a, -i_A);
    push_A(f, k->b, i_A);
    if (link_is_free(k)) {
        f[k->state_i] += link_drive_V(k, x, t);
    }
}

void network_rates(const struct world *w, const struct island *isl, const double x[], struct when t,
                   double f[])
{
    const struct net *n = &w->plant->net;
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        f[states[k]] = 0.0;
    }
    for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
        source_rates(net_source_const(n, sources[k]), x, t, f);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        link_rates(net_link_const(n, links[k]), x, t, f);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LOAD]; k++) {
        const struct load *l = net_load_const(n, loads[k]);
        f[l->node] -= load_i_A(l, x, t);
    }
}

/* ---- the tangent: G = -df/dx, and f_t ---------------------------------------------------------------- */

static void source_stamp(const struct source *u, const int32_t at[], const double x[],
                         struct when t, double m[], double f_t[])
{
    struct flow y = source_flow(u, x, t);

    m[u->node] -= y.by_v;
    f_t[u->node] += y.by_t;
    if (u->state_i != NO_STATE) {
        m[at[SOURCE_V_I]] -= y.by_i;
        if (source_is_free(u)) {
            m[u->state_i] += u->r_Ohm;
            m[at[SOURCE_I_V]] += 1.0;
            f_t[u->state_i] += ramp_slope(&u->e, t.step);
        }
    }
    if (u->state_trim != NO_STATE && u->mode != SOURCE_OFF) {
        double pu = u->share_gain / u->i_rated_A;
        double drive = u->trim_V_per_pu * pu;

        m[at[SOURCE_V_TRIM]] -= y.by_trim;
        if (source_is_free(u)) {
            m[at[SOURCE_I_TRIM]] -= 1.0;
        }
        m[u->state_trim] += drive * y.by_trim - source_trim_by_trim(u, x);
        m[at[SOURCE_TRIM_SHARE]] -= u->trim_V_per_pu;
        if (u->state_i != NO_STATE) {
            m[at[SOURCE_TRIM_I]] += drive * y.by_i;
            m[at[SOURCE_SHARE_I]] -= u->share_g_S * pu * y.by_i;
        }
        m[at[SOURCE_TRIM_V]] += drive * y.by_v;
        f_t[u->state_trim] -= drive * y.by_t;
        m[u->share_node] += u->share_g_S;
        m[at[SOURCE_SHARE_TRIM]] -= u->share_g_S * pu * y.by_trim;
        m[at[SOURCE_SHARE_V]] -= u->share_g_S * pu * y.by_v;
        f_t[u->share_node] += u->share_g_S * pu * y.by_t;
    }
}

static void link_stamp(const struct link *k, const int32_t at[], const double x[], struct when t,
                       double m[], double f_t[])
{
    struct flow y = link_flow(k, x, t);

    push_A(m, k->a, y.by_v);
    push_A(m, k->b, y.by_v);
    if (at[LINK_A_B] >= 0) {
        m[at[LINK_A_B]] -= y.by_v;
        m[at[LINK_B_A]] -= y.by_v;
    }
    push_A(f_t, k->a, -y.by_t);
    push_A(f_t, k->b, y.by_t);
    if (!link_is_free(k)) {
        return;
    }
    m[k->state_i] += k->r_Ohm;
    f_t[k->state_i] -= k->mode == LINK_CLAMPED ? ramp_slope(&k->clamp, t.step) : 0.0;
    if (k->a != GROUND) {
        m[at[LINK_A_I]] += 1.0;
        m[at[LINK_I_A]] -= 1.0;
    }
    if (k->b != GROUND) {
        m[at[LINK_B_I]] -= 1.0;
        m[at[LINK_I_B]] += 1.0;
    }
}

void network_tangent(const struct world *w, const struct elements *e, const double x0[], ns_t at,
                     const struct tangent *y)
{
    const struct net *n = &w->plant->net;
    const struct wiring *wire = w->wiring;
    struct when t0 = when_ns(at);

    for (int32_t k = 0; k < e->n[MEMBER_SOURCE]; k++) {
        int32_t i = e->member[MEMBER_SOURCE][k];
        source_rates(net_source_const(n, i), x0, t0, y->f);
        source_stamp(net_source_const(n, i), wire->source[i], x0, t0, y->g, y->f_t);
    }
    for (int32_t k = 0; k < e->n[MEMBER_LINK]; k++) {
        int32_t i = e->member[MEMBER_LINK][k];
        link_rates(net_link_const(n, i), x0, t0, y->f);
        link_stamp(net_link_const(n, i), wire->link[i], x0, t0, y->g, y->f_t);
    }
    for (int32_t k = 0; k < e->n[MEMBER_LOAD]; k++) {
        const struct load *l = net_load_const(n, e->member[MEMBER_LOAD][k]);
        struct flow flow = load_flow(l, x0, t0);
        y->f[l->node] -= flow.i_A;
        y->g[l->node] += flow.by_v;
        y->f_t[l->node] -= flow.by_t;
    }
}

/* ---- how far a bent law is off its tangent ------------------------------------------------------ */

/* Of a source's current, then of everything that it drives. */
static void source_bend(const struct source *u, const double x0[], ns_t at, const double x[],
                        double s, double f[])
{
    struct flow y = source_flow(u, x0, when_ns(at));
    double off_A = source_i_A(u, x, (struct when){.step = at, .s = s}) - y.i_A -
                   y.by_v * (x[u->node] - x0[u->node]) - y.by_t * s;

    if (u->state_i != NO_STATE) {
        off_A -= y.by_i * (x[u->state_i] - x0[u->state_i]);
    }
    if (u->state_trim != NO_STATE && u->mode != SOURCE_OFF) {
        double pu = u->share_gain / u->i_rated_A;
        double trim = x[u->state_trim] - x0[u->state_trim];
        off_A -= y.by_trim * trim;
        f[u->state_trim] += source_trim_drive_V(u, x, 0.0) - source_trim_drive_V(u, x0, 0.0) -
                            u->trim_V_per_pu * (x[u->share_node] - x0[u->share_node]) -
                            source_trim_by_trim(u, x0) * trim - u->trim_V_per_pu * pu * off_A;
        f[u->share_node] += u->share_g_S * pu * off_A;
    }
    f[u->node] += off_A;
}

static void link_bend(const struct link *k, const double x0[], ns_t at, const double x[], double s,
                      double f[])
{
    struct flow y = link_flow(k, x0, when_ns(at));
    double dv_V =
        voltage_V(x, k->a) - voltage_V(x0, k->a) - voltage_V(x, k->b) + voltage_V(x0, k->b);
    double off_A =
        link_i_A(k, x, (struct when){.step = at, .s = s}) - y.i_A - y.by_v * dv_V - y.by_t * s;

    if (k->state_i != NO_STATE) {
        off_A -= y.by_i * (x[k->state_i] - x0[k->state_i]);
    }
    push_A(f, k->a, -off_A);
    push_A(f, k->b, off_A);
}

static void load_bend(const struct load *l, const double x0[], ns_t at, const double x[], double s,
                      double f[])
{
    struct flow y = load_flow(l, x0, when_ns(at));

    f[l->node] -= load_i_A(l, x, (struct when){.step = at, .s = s}) - y.i_A -
                  y.by_v * (x[l->node] - x0[l->node]) - y.by_t * s;
}

void network_bend(const struct world *w, const struct elements *e, ns_t at, const double x[],
                  double s, double f[])
{
    const struct net *n = &w->plant->net;
    const double *x0 = plant_x0(w);

    for (int32_t k = 0; k < e->n[MEMBER_SOURCE]; k++) {
        source_bend(net_source_const(n, e->member[MEMBER_SOURCE][k]), x0, at, x, s, f);
    }
    for (int32_t k = 0; k < e->n[MEMBER_LINK]; k++) {
        link_bend(net_link_const(n, e->member[MEMBER_LINK][k]), x0, at, x, s, f);
    }
    for (int32_t k = 0; k < e->n[MEMBER_LOAD]; k++) {
        load_bend(net_load_const(n, e->member[MEMBER_LOAD][k]), x0, at, x, s, f);
    }
}

double state_tolerance(const struct world *w, double x)
{
    return w->options.tolerance * (1.0 + fabs(x));
}

/* equations.c - M dx/dt = f(t, x) of one island, put together from the laws of models/net.h: the
 * rates f, the matrix M / (gamma h) - df/dx, and df/dt.
 *
 * Checked by tests/sim/test_rosenbrock.c: the matrix against central differences of the rates. */
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

/* ---- M / (gamma h) - J, and f_t ---------------------------------------------------------------- */

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

void network_matrix(const struct world *w, const struct island *isl, double gamma_h_s, double m[],
                    double f_t[])
{
    const struct net *n = &w->plant->net;
    const struct wiring *wire = w->wiring;
    const double *x0 = plant_x0(w);
    struct when t0 = when_ns(isl->t0);
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);

    sparse_zero(wire->sparse, states, isl->count[MEMBER_STATE], m);
    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        m[states[k]] = wire->mass[states[k]] / gamma_h_s;
        f_t[states[k]] = 0.0;
    }
    for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
        source_stamp(net_source_const(n, sources[k]), wire->source[sources[k]], x0, t0, m, f_t);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        link_stamp(net_link_const(n, links[k]), wire->link[links[k]], x0, t0, m, f_t);
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LOAD]; k++) {
        const struct load *l = net_load_const(n, loads[k]);
        struct flow y = load_flow(l, x0, t0);
        m[l->node] += y.by_v;
        f_t[l->node] -= y.by_t;
    }
}

double state_tolerance(const struct world *w, int32_t state, double x)
{
    return w->options.tolerance * (w->wiring->scale[state] + fabs(x));
}

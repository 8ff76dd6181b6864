/* meter.c - Gauss's rule with four points, exact for the products of two cubics.
 *
 * Checked by tests/sim/test_island.c and tests/models/test_energy.c: charge and energy balance. */
#include "meter.h"

#include "integrator.h"
#include "island.h"

enum { GAUSS = 4 };
static const double GAUSS_AT[GAUSS] = {0.06943184420297371, 0.33000947820757187,
                                       0.66999052179242813, 0.93056815579702629};
static const double GAUSS_WEIGHT[GAUSS] = {0.17392742256872693, 0.32607257743127307,
                                           0.32607257743127307, 0.17392742256872693};

/* ---- what is metered --------------------------------------------------------------------------- */

static void list(struct linear *c, enum member type, int32_t m, const int32_t states[3])
{
    struct metered *l = &c->metered;

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

void meter_prepare(const struct world *w, const struct island *isl, struct linear *c)
{
    const struct net *n = &w->plant->net;
    const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    const int32_t *loads = plant_members(w, isl, MEMBER_LOAD);
    bool all = w->options.meter_all;

    c->metered.n_states = 0;
    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        c->metered.n[type] = 0;
    }
    for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
        const struct source *u = net_source_const(n, sources[k]);
        if (u->mode != SOURCE_OFF && u->mode != SOURCE_BLOCKED) {
            list(c, MEMBER_SOURCE, sources[k],
                 (const int32_t[3]){u->node, u->state_i, u->state_trim});
        }
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        const struct link *l = net_link_const(n, links[k]);
        if ((l->metered || all) && l->mode != LINK_OPEN && l->mode != LINK_BLOCKED) {
            list(c, MEMBER_LINK, links[k], (const int32_t[3]){l->a, l->b, l->state_i});
        }
    }
    for (int32_t k = 0; k < isl->count[MEMBER_LOAD] && all; k++) {
        const struct load *l = net_load_const(n, loads[k]);
        if (l->mode != LOAD_OFF) {
            list(c, MEMBER_LOAD, loads[k], (const int32_t[3]){l->node, NO_STATE, NO_STATE});
        }
    }
}

/* ---- metering ---------------------------------------------------------------------------------- */

static void meter_source(struct source *u, const double x[], struct when t, double dt_s)
{
    double i_A = source_i_A(u, x, t);

    u->charge_C += i_A * dt_s;
    u->energy_J += i_A * x[u->node] * dt_s;
}

static void meter_link(struct link *k, const double x[], struct when t, double dt_s)
{
    double i_A = link_i_A(k, x, t);
    double v_V = voltage_V(x, k->a) - voltage_V(x, k->b);

    if (link_is_free(k)) {
        v_V -= link_drive_V(k, x, t); /* what is across L comes back */
    }
    k->charge_C += i_A * dt_s;
    k->loss_J += i_A * v_V * dt_s;
    k->heat_A2s += i_A * i_A * dt_s;
}

static void meter_load(struct load *l, const double x[], struct when t, double dt_s)
{
    l->energy_J += load_i_A(l, x, t) * x[l->node] * dt_s;
}

/* At fraction q of the segment, for dt_s. */
static void meter(struct world *w, const struct island *isl, const struct linear *c, double q,
                  double dt_s)
{
    struct net *n = &w->plant->net;
    double *x = w->scratch->x;
    struct when t = {.step = isl->t0, .s = isl->settled ? 0.0 : q * isl->h_s};
    const struct metered *l = &c->metered;

    for (int32_t k = 0; k < l->n_states; k++) {
        x[l->state[k]] = island_state(w, l->state[k], q);
    }
    for (int32_t k = 0; k < l->n[MEMBER_SOURCE]; k++) {
        meter_source(net_source(n, l->member[MEMBER_SOURCE][k]), x, t, dt_s);
    }
    for (int32_t k = 0; k < l->n[MEMBER_LINK]; k++) {
        meter_link(net_link(n, l->member[MEMBER_LINK][k]), x, t, dt_s);
    }
    for (int32_t k = 0; k < l->n[MEMBER_LOAD]; k++) {
        meter_load(net_load(n, l->member[MEMBER_LOAD][k]), x, t, dt_s);
    }
}

void meter_span(struct world *w, const struct island *isl, ns_t t)
{
    const struct linear *c = linear_of(w, isl);
    double span_s = ns_to_s(t - isl->t0);

    if (isl->settled) {
        meter(w, isl, c, 0.0, span_s);
        return;
    }
    for (int i = 0; i < GAUSS; i++) {
        meter(w, isl, c, GAUSS_AT[i] * span_s / isl->h_s, GAUSS_WEIGHT[i] * span_s);
    }
}

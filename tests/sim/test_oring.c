/* test_oring.c - over every scenario nothing flows backwards for longer than ORing takes to turn off.
 *
 *   diode     never, but for the microampere of its hysteresis against chatter
 *   FET       beyond its threshold for its delay, then until its avalanche has ended the current of the
 *             path's inductance: L i / (V_avalanche - V)
 *
 * Oracle: the data sheet's numbers, read from the field table; currents are looked at on the curves. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/switchgear.h"
#include "sim/script.h"
#include "suite.h"

/* A FET that turns itself off, until its comparator dies or its FETs have shorted. */
struct oring {
    bool is_one;
    int32_t part;
    double reverse_A; /* threshold, below 0 */
    double allowed_s; /* for so many amperes at the turn-off: allowed_s + per_A_s * i */
    double per_A_s;
    double peak_A, spell_s, worst_A, worst_s; /* of the present spell; of the longest */
};

enum { LINKS_MAX = 4096 };

static double field_of(const void *params, const char *key)
{
    const struct field *f = fet_kind.fields;

    while (strcmp(f->key, key) != 0) {
        f++;
    }
    const void *at = (const char *)params + f->offset;
    switch (f->type) {
    case FIELD_TIME:
        return ns_to_s(*(const ns_t *)at);
    case FIELD_FLAG:
        return *(const int32_t *)at;
    default:
        return *(const double *)at;
    }
}

static void know(const struct world *w, struct oring *o)
{
    const struct net *n = &w->plant->net;

    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        if (world_kind(w, k->part) != &fet_kind || k->one_way) {
            continue;
        }
        const void *p = world_params(w, k->part);
        double spare_V = field_of(p, "v_avalanche") -
                         1.1 * fmax(net_node_const(n, k->a)->v0_V, net_node_const(n, k->b)->v0_V);
        o[i] = (struct oring){.is_one = field_of(p, "oring") != 0.0,
                              .part = k->part,
                              .reverse_A = -field_of(p, "v_reverse") / field_of(p, "r_on"),
                              .allowed_s = field_of(p, "reverse_delay") + 2e-9,
                              .per_A_s = field_of(p, "l") / spare_V};
    }
}

/* A mode ends in the first whole nanosecond beyond it, which is the last of its segment. */
static void look(const struct world *w, int32_t link, struct oring *o, ns_t t0, ns_t t1)
{
    const struct link *k = net_link_const(&w->plant->net, link);
    double least_A = INFINITY, most_A = -INFINITY;

    for (int i = 0; i <= 8; i++) {
        double i_A = net_link_i_A(w, link, t0 + (t1 - 1 - t0) * i / 8);
        least_A = fmin(least_A, i_A);
        most_A = fmax(most_A, i_A);
    }
    cr_assert(!k->one_way || least_A >= -2e-6, "%s: %g A backwards through a diode",
              world_part_name(w, k->part), least_A);
    /* Its guard ends a segment at the threshold: a segment is beyond it as a whole or not at all. */
    bool beyond = o->is_one && least_A < o->reverse_A;
    o->peak_A = beyond ? fmax(o->peak_A, -least_A) : 0.0;
    o->spell_s = beyond ? o->spell_s + ns_to_s(t1 - t0) : 0.0;
    if (o->spell_s > o->worst_s) {
        o->worst_s = o->spell_s;
        o->worst_A = o->peak_A;
    }
}

static void on_span(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    const struct island *isl = plant_island(w, island);
    const int32_t *links = plant_members(w, isl, MEMBER_LINK);
    struct oring *o = ctx;

    for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
        look(w, links[k], &o[links[k]], t0, t1);
    }
}

static void on_event(void *ctx, const struct event *e)
{
    struct oring *o = ctx;

    for (int32_t i = 0; (e->kind == EV_FAULT_ON || e->kind == EV_SOA) && i < LINKS_MAX; i++) {
        o[i].is_one = o[i].is_one && o[i].part != e->part;
    }
}

static int reversals; /* seen in all scenarios */

static void turns_off_in_time(const char *path)
{
    struct scenario *s = suite_load(path);
    struct oring *o = calloc(LINKS_MAX, sizeof *o);
    struct sink sink = {.ctx = o, .event = on_event, .span = on_span};
    struct plant_options options = {.seed = s->seed};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &sink);
    const struct net *n = &w->plant->net;

    cr_assert_leq(n->n_links, LINKS_MAX);
    know(w, o);
    struct script *script = script_new(s, w, (struct script_ear){0});
    plant_run(w, s->duration);
    for (int32_t i = 0; i < n->n_links; i++) {
        double allowed_s = o[i].allowed_s + o[i].per_A_s * o[i].worst_A;
        reversals += o[i].worst_s > 0.0;
        cr_expect_leq(o[i].worst_s, allowed_s, "%s: %s for %g s up to %g A backwards, not %g s",
                      path, world_part_name(w, net_link_const(n, i)->part), o[i].worst_s,
                      o[i].worst_A, allowed_s);
    }
    script_free(script);
    plant_free(w);
    free(o);
    scenario_free(s);
}

Test(oring, lets_nothing_flow_back_for_longer_than_its_turn_off)
{
    suite_scenarios(turns_off_in_time);
    cr_expect_geq(reversals, 10, "%d reversals in all scenarios prove little", reversals);
}

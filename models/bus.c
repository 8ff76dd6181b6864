/* bus.c - a bus bar as a ladder of taps: its capacitance spread evenly over them, its resistance
 * (both bars, there and back) over the sections between.
 *
 *   C/n dv_k/dt = sum of currents into tap k;  i_k,k+1 = (v_k - v_k+1) (n - 1) / R
 *
 * Left out: the bar's own inductance (25..323 nH/m, S73); that of the path through a switch is in
 * the switch.  Source: hardware facts, section 4.  Checked by tests/models/test_bus.c. */
#include "bus.h"

#include <math.h>

#include "terminal.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct bus_params {
    double v_V, v_low_V, v_high_V, c_F, r_Ohm, bleed_Ohm;
    int32_t taps, start, spare, two_feeds, priority;
};

enum { BUS_TAPS_MAX = 64 };
enum bus_start { START_LIVE, START_DARK };

struct bus_state {
    struct terminal terminal; /* first: terminal.h */
    int32_t short_link;
    int32_t next_tap;
    double expected_W;
};

#define FIELD(k, member) .key = k, .offset = offsetof(struct bus_params, member)
static const struct field bus_fields[] = {
    {FIELD("v", v_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 1.0, .max = 1000.0,
     .def = REQUIRED, .doc = "nominal voltage", .source = ""},
    {FIELD("v_low", v_low_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 1000.0,
     .def = 0.0, .doc = "below this the bar has a gap; 0: 95 % of nominal", .source = "S5"},
    {FIELD("v_high", v_high_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 1000.0,
     .def = 0.0, .doc = "above this it is over-voltage; 0: 105 % of nominal", .source = "S5"},
    {FIELD("c", c_F), .type = FIELD_REAL, .quantity = QTY_FARAD, .min = 1e-6, .max = 100.0,
     .def = 2e-3, .doc = "capacitance on the bar, all taps together", .source = "E"},
    {FIELD("taps", taps), .type = FIELD_COUNT, .min = 1, .max = BUS_TAPS_MAX, .def = 1,
     .doc = "places along the bar where parts connect", .source = ""},
    {FIELD("r", r_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = 1e-6, .max = 1.0,
     .def = 115e-6, .doc = "resistance from the first tap to the last, both bars (1 m of 60x5 mm)",
     .source = "S75"},
    {FIELD("bleed", bleed_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = 1.0, .max = 1e9,
     .def = 10e3, .doc = "what discharges a bar that nobody feeds", .source = "E"},
    {FIELD("start", start), .type = FIELD_CHOICE, .choices = "live|dark", .def = START_LIVE,
     .doc = "live: in its steady state when the run begins; dark: discharged", .source = ""},
    {FIELD("spare", spare), .type = FIELD_COUNT, .min = 0, .max = 15, .def = 1,
     .doc = "wanted redundancy: supplies beyond those that carry the load", .source = ""},
    {FIELD("two_feeds", two_feeds), .type = FIELD_CHOICE, .choices = "no|yes", .def = 0,
     .doc = "2N: the loss of any one feed shall be outlived, too", .source = ""},
    {FIELD("priority", priority), .type = FIELD_COUNT, .min = 0, .max = 255, .def = 0,
     .doc = "0 is served first when there is not enough", .source = ""},
    NONE,
};

static void bus_wire(struct world *w, int32_t part)
{
    const struct bus_params *p = world_params(w, part);
    struct bus_state *s = world_state(w, part);
    double v0_V = p->start == START_LIVE ? p->v_V : 0.0;

    s->terminal.taps = p->taps;
    for (int32_t k = 0; k < p->taps; k++) {
        int32_t node = net_add_node(w, part, p->c_F / p->taps, v0_V);
        s->terminal.node = k == 0 ? node : s->terminal.node;
    }
}

static void bus_join(struct world *w, int32_t part)
{
    const struct bus_params *p = world_params(w, part);
    struct bus_state *s = world_state(w, part);
    int32_t first = s->terminal.node;
    struct link section = {.part = part,
                           .mode = LINK_CONDUCTS,
                           .couples = true,
                           .i_max_A = INFINITY,
                           .r_Ohm = p->r_Ohm / (p->taps > 1 ? p->taps - 1 : 1),
                           .s = ramp_constant(1.0)};

    for (int32_t k = 0; k + 1 < p->taps; k++) {
        section.a = first + k;
        section.b = first + k + 1;
        net_add_link(w, &section);
    }
    section.a = first;
    section.b = GROUND;
    section.r_Ohm = p->bleed_Ohm;
    net_add_link(w, &section);
    section.r_Ohm = 1e-3;
    section.mode = LINK_OPEN;
    section.couples = false;
    s->short_link = net_add_link(w, &section);
}

int32_t bus_next_tap(struct world *w, int32_t part)
{
    struct bus_state *s = world_state(w, part);

    return s->next_tap++ % s->terminal.taps;
}

static double nominal_V(const void *params)
{
    return ((const struct bus_params *)params)->v_V;
}

double bus_nominal_V(const struct world *w, int32_t part)
{
    return nominal_V(world_params(w, part));
}

double bus_low_V(const struct world *w, int32_t part)
{
    const struct bus_params *p = world_params(w, part);

    return p->v_low_V > 0.0 ? p->v_low_V : 0.95 * p->v_V;
}

double bus_high_V(const struct world *w, int32_t part)
{
    const struct bus_params *p = world_params(w, part);

    return p->v_high_V > 0.0 ? p->v_high_V : 1.05 * p->v_V;
}

void bus_expect_load(struct world *w, int32_t part, double p_W)
{
    ((struct bus_state *)world_state(w, part))->expected_W += p_W;
}

double bus_expected_load_W(const struct world *w, int32_t part)
{
    return ((const struct bus_state *)world_state_const(w, part))->expected_W;
}

int32_t bus_spare(const struct world *w, int32_t part)
{
    return ((const struct bus_params *)world_params(w, part))->spare;
}

bool bus_two_feeds(const struct world *w, int32_t part)
{
    return ((const struct bus_params *)world_params(w, part))->two_feeds != 0;
}

int32_t bus_priority(const struct world *w, int32_t part)
{
    return ((const struct bus_params *)world_params(w, part))->priority;
}

/* ---- signals and actions ----------------------------------------------------------------------- */

static double lowest_V(const struct world *w, int32_t part, ns_t at)
{
    const struct bus_state *s = world_state_const(w, part);
    double v_V = net_v_V(w, s->terminal.node, at);

    for (int32_t k = 1; k < s->terminal.taps; k++) {
        v_V = fmin(v_V, net_v_V(w, s->terminal.node + k, at));
    }
    return v_V;
}

static double tap_V(const struct world *w, int32_t part, int32_t tap, ns_t at)
{
    return net_v_V(w, terminal_node(w, part, tap), at);
}

static int32_t tap_count(const void *params)
{
    return ((const struct bus_params *)params)->taps;
}

static double short_A(const struct world *w, int32_t part, ns_t at)
{
    return net_link_i_A(w, ((const struct bus_state *)world_state_const(w, part))->short_link, at);
}

static const struct signal bus_signals[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage of the lowest tap",
     .read = lowest_V,
     .nodes = terminal_nodes},
    {.key = "i_short",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current through a short on the bar",
     .read = short_A},
    NONE,
};

static const struct signal_family bus_families[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage of one tap",
     .members = tap_count,
     .read = tap_V,
     .node = terminal_node},
    NONE,
};

static const struct field short_args[] = {
    {.key = "r",
     .type = FIELD_REAL,
     .quantity = QTY_OHM,
     .min = 1e-4,
     .max = 100.0,
     .def = 3e-3,
     .offset = offsetof(struct act_args, to),
     .doc = "resistance of the short"},
    NONE,
};

static bool act_short(struct world *w, int32_t part, const struct act_args *a)
{
    const struct bus_state *s = world_state(w, part);

    world_event(w, part, EV_SHORTED, a->to);
    struct link *k = net_change_link(w, s->short_link, EFFECT_HURTS);
    k->r_Ohm = a->to;
    net_set_link_mode(w, s->short_link, LINK_CONDUCTS, EFFECT_HURTS);
    return true;
}

static bool act_clear(struct world *w, int32_t part, const struct act_args *a)
{
    const struct bus_state *s = world_state(w, part);

    (void)a;
    if (net_link_const(world_net_const(w), s->short_link)->mode == LINK_OPEN) {
        return false;
    }
    world_event(w, part, EV_SHORT_GONE, 0.0);
    net_set_link_mode(w, s->short_link, LINK_OPEN, EFFECT_HELPS);
    return true;
}

static const struct action bus_actions[] = {
    {.key = "short",
     .args = short_args,
     .undo = "clear_short",
     .run = act_short,
     .doc = "a short to ground at the first tap"},
    {.key = "clear_short", .run = act_clear, .doc = "the short is gone"},
    NONE,
};

const struct kind bus_kind = {
    .name = "bus",
    .doc = "a bus bar: a ladder of taps with capacitance and resistance",
    .fields = bus_fields,
    .signals = bus_signals,
    .families = bus_families,
    .actions = bus_actions,
    .params_size = sizeof(struct bus_params),
    .state_size = sizeof(struct bus_state),
    .nominal_V = nominal_V,
    .wire = bus_wire,
    .join = bus_join,
};

/* ideal_link.c - resistor, inductor, switch, diode: links of net.h, bare.
 *
 *   switch    i = s (va - vb) / r, s a ramp between 0 and 1; may open by itself on low voltage
 *
 * Checked by tests/oracle/ against independently agreed values and by tests/models/test_ideal.c. */
#include <math.h>

#include "ideal.h"
#include "net.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct link_params {
    struct tap_list from, to, trip_node;
    double r_Ohm, l_H, i0_A, v_f_V, trip_below_V;
    int32_t closed, trip_again;
    ns_t trip_delay, trip_over;
};

struct link_state {
    int32_t link, guard;
    ns_t opened; /* when it will have opened */
    ns_t trips;  /* when it will open by itself */
};

#define LINK_FIELD(k, member) .key = k, .offset = offsetof(struct link_params, member)
#define LINK_ENDS                                                                                  \
    {LINK_FIELD("from", from), .type = FIELD_TAPS, .def = REQUIRED, .choices = "node",             \
     .doc = "one end; current from here counts positive"},                                         \
    {                                                                                              \
        LINK_FIELD("to", to), .type = FIELD_TAPS, .def = 0.0, .choices = "node",                   \
                              .doc = "the other end; left out: ground"                             \
    }
#define LINK_OHM(least, d)                                                                         \
    {                                                                                              \
        LINK_FIELD("r", r_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = least, .max = 1e9, \
                                .def = d, .doc = "resistance while it conducts"                    \
    }

/* Its mode when the run begins; what its kind has no field for is 0. */
static void add_link(struct world *w, int32_t part, enum link_mode mode, bool one_way)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    s->link = net_add_link(w, &(struct link){.a = ideal_node(w, &p->from),
                                             .b = ideal_node(w, &p->to),
                                             .part = part,
                                             .mode = mode,
                                             .one_way = one_way,
                                             .couples = one_way,
                                             .r_Ohm = p->r_Ohm,
                                             .l_H = p->l_H,
                                             .i0_A = p->i0_A,
                                             .v_f_V = p->v_f_V,
                                             .i_max_A = INFINITY,
                                             .s = ramp_constant(mode == LINK_OPEN ? 0.0 : 1.0)});
}

static double link_i(const struct world *w, int32_t part, ns_t at)
{
    return net_link_i_A(w, ((const struct link_state *)world_state_const(w, part))->link, at);
}

static const struct signal link_signals[] = {
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current, from its first end",
     .read = link_i},
    NONE,
};

/* What the four kinds have in common. */
#define LINK_KIND                                                                                  \
    .signals = link_signals, .params_size = sizeof(struct link_params),                            \
    .state_size = sizeof(struct link_state)

static const struct field resistor_fields[] = {LINK_ENDS, LINK_OHM(1e-6, REQUIRED), NONE};

static void resistor_join(struct world *w, int32_t part)
{
    add_link(w, part, LINK_CONDUCTS, false);
}

const struct kind resistor_kind = {
    .name = "resistor",
    .doc = "ideal: a resistor between two nodes, or to ground",
    .fields = resistor_fields,
    LINK_KIND,
    .join = resistor_join,
};

static const struct field inductor_fields[] = {
    LINK_ENDS,
    LINK_OHM(0.0, 0.0),
    {LINK_FIELD("l", l_H), .type = FIELD_REAL, .quantity = QTY_HENRY, .min = 1e-12, .max = 1e3,
     .def = REQUIRED, .doc = "inductance"},
    {LINK_FIELD("i0", i0_A), .type = FIELD_REAL, .quantity = QTY_AMPERE, .min = -1e6, .max = 1e6,
     .def = 0.0, .doc = "current at the start of the run"},
    NONE,
};

static void inductor_join(struct world *w, int32_t part)
{
    add_link(w, part, LINK_INDUCTIVE, false);
}

const struct kind inductor_kind = {
    .name = "inductor",
    .doc = "ideal: an inductance with its resistance, between two nodes or to ground",
    .fields = inductor_fields,
    LINK_KIND,
    .join = inductor_join,
};

static const struct field diode_fields[] = {
    LINK_ENDS,
    LINK_OHM(1e-6, REQUIRED),
    {LINK_FIELD("v_f", v_f_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 100.0,
     .def = 0.0, .doc = "forward voltage from which it conducts"},
    NONE,
};

static void diode_join(struct world *w, int32_t part)
{
    add_link(w, part, LINK_CONDUCTS, true);
}

const struct kind diode_kind = {
    .name = "diode",
    .doc = "ideal: conducts from its first end to its second above a forward voltage",
    .fields = diode_fields,
    LINK_KIND,
    .join = diode_join,
};

static const struct field switch_fields[] = {
    LINK_ENDS,
    LINK_OHM(1e-6, REQUIRED),
    {LINK_FIELD("closed", closed), .type = FIELD_FLAG, .def = 0.0, .doc = "closed at the start"},
    {LINK_FIELD("trip_node", trip_node), .type = FIELD_TAPS, .def = 0.0, .choices = "node",
     .doc = "opens by itself when this node falls below trip_below"},
    {LINK_FIELD("trip_below", trip_below_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 0.0,
     .max = 1e4, .def = 0.0, .doc = "voltage of trip_node that trips it"},
    {LINK_FIELD("trip_delay", trip_delay), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "from there to the begin of opening"},
    {LINK_FIELD("trip_over", trip_over), .type = FIELD_TIME, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "duration of that opening"},
    {LINK_FIELD("trip_again", trip_again), .type = FIELD_FLAG, .def = 0.0,
     .doc = "closed by hand it is ready to trip again (no: it trips once)"},
    NONE,
};

static void switch_join(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    add_link(w, part, p->closed ? LINK_CONDUCTS : LINK_OPEN, false);
    s->opened = s->trips = NS_NEVER;
    if (p->trip_node.n > 0) {
        s->guard = net_add_guard(w, &(struct guard){.what = GUARD_VOLTAGE,
                                                    .a = ideal_node(w, &p->trip_node),
                                                    .b = GROUND,
                                                    .part = part,
                                                    .sign = 1.0,
                                                    .level = p->trip_below_V,
                                                    .armed = true});
    }
}

/* Of two nodes one helps the other; what is closed to ground takes from its node. */
static enum effect effect_of(const struct link *k, bool close)
{
    bool to_ground = k->a == GROUND || k->b == GROUND;

    return close == to_ground ? EFFECT_HURTS : EFFECT_HELPS;
}

static void switch_wake(struct world *w, const struct link_state *s, int32_t part)
{
    world_wake(w, part, s->opened < s->trips ? s->opened : s->trips);
}

/* False: it is there already. */
static bool switch_to(struct world *w, int32_t part, bool close, ns_t over)
{
    struct link_state *s = world_state(w, part);
    const struct link *is = net_link_const(world_net_const(w), s->link);
    enum effect effect = effect_of(is, close);

    if (close ? ramp_rests(&is->s, world_now(w), 1.0) : is->mode == LINK_OPEN) {
        return false;
    }
    world_event(w, part, close ? EV_CONDUCTS : EV_OPENS, 0.0);
    struct link *k = net_change_link(w, s->link, effect);
    if (k->mode == LINK_OPEN) {
        net_set_link_mode(w, s->link, LINK_CONDUCTS, effect);
    }
    ramp_to(&k->s, world_now(w), close ? 1.0 : 0.0, over);
    s->opened = close ? NS_NEVER : ns_after(world_now(w), over);
    switch_wake(w, s, part);
    return true;
}

static void switch_due(struct world *w, int32_t part)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    if (s->opened <= world_now(w)) {
        const struct link *k = net_link_const(world_net_const(w), s->link);
        net_set_link_mode(w, s->link, LINK_OPEN, effect_of(k, false));
        s->opened = NS_NEVER;
    }
    if (s->trips <= world_now(w)) {
        s->trips = NS_NEVER;
        switch_to(w, part, false, p->trip_over);
    }
    switch_wake(w, s, part);
}

static void switch_guard(struct world *w, int32_t part, int32_t code)
{
    const struct link_params *p = world_params(w, part);
    struct link_state *s = world_state(w, part);

    (void)code;
    world_event(w, part, EV_TRIP, p->trip_below_V);
    s->trips = ns_after(world_now(w), p->trip_delay);
    switch_wake(w, s, part);
}

static bool switch_act_close(struct world *w, int32_t part, const struct act_args *a)
{
    const struct link_params *p = world_params(w, part);
    const struct link_state *s = world_state(w, part);

    if (!switch_to(w, part, true, a->over)) {
        return false;
    }
    if (p->trip_node.n > 0 && p->trip_again) {
        net_arm(w, s->guard, true);
    }
    return true;
}

static bool switch_act_open(struct world *w, int32_t part, const struct act_args *a)
{
    return switch_to(w, part, false, a->over);
}

static const struct action switch_actions[] = {
    {.key = "close",
     .args = ideal_over,
     .undo = "open",
     .run = switch_act_close,
     .doc = "its conductance rises to 1/r"},
    {.key = "open",
     .args = ideal_over,
     .undo = "close",
     .run = switch_act_open,
     .doc = "its conductance falls to nothing"},
    NONE,
};

const struct kind switch_kind = {
    .name = "switch",
    .doc = "ideal: a resistor whose conductance is switched in a ramp",
    .fields = switch_fields,
    LINK_KIND,
    .actions = switch_actions,
    .join = switch_join,
    .due = switch_due,
    .guard = switch_guard,
};

/* switchgear.c - what all switches share.  Checked by tests/models/test_switches.c. */
#include "switchgear.h"

#include <math.h>

#include "expander.h"
#include "terminal.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* An arc's voltage rises with the travel of the contact for at most this long. */
static const ns_t ARC_LASTS = SECONDS(1);

static struct switch_state *state_of(struct world *w, int32_t part)
{
    return world_state(w, part);
}

const struct switch_verbs *switch_verbs_of(const struct world *w, int32_t part)
{
    const struct switch_verbs *const all[] = {&fet_verbs, &relay_verbs, &breaker_verbs};

    for (int i = 0; i < 3; i++) {
        if (all[i]->kind == world_kind(w, part)) {
            return all[i];
        }
    }
    return NULL;
}

bool switch_is(const struct world *w, int32_t part)
{
    return switch_verbs_of(w, part) != NULL;
}

struct switch_state *switch_join(struct world *w, int32_t part)
{
    const struct switch_params *p = world_params(w, part);
    struct switch_state *s = state_of(w, part);

    s->slow = 1.0;
    s->commanded = p->closed;
    s->phase = p->closed ? SWITCH_CLOSED : SWITCH_OPEN;
    s->link =
        net_add_link(w, &(struct link){.metered = true,
                                       .a = terminal_node(w, p->from.at[0].part, p->from.at[0].tap),
                                       .b = terminal_node(w, p->to.at[0].part, p->to.at[0].tap),
                                       .part = part,
                                       .mode = p->closed ? LINK_INDUCTIVE : LINK_OPEN,
                                       .r_Ohm = p->r_Ohm,
                                       .l_H = p->l_H,
                                       .i_max_A = INFINITY,
                                       .s = ramp_constant(1.0)});
    if (p->on.device != NO_PART) {
        expander_claim(w, p->on.device, p->on.bit, part, (bool)p->closed == (p->active == 0));
    }
    return s;
}

void switch_make(struct world *w, int32_t part, enum event_kind event)
{
    struct switch_state *s = state_of(w, part);

    world_event(w, part, event, 0.0);
    net_set_link_mode(w, s->link, LINK_INDUCTIVE,
                      EFFECT_HELPS); /* with the current of its old law */
    net_change_link(w, s->link, EFFECT_NONE)->i_max_A = INFINITY;
}

void switch_break(struct world *w, int32_t part, enum event_kind event, double v_V,
                  double rise_V_per_s)
{
    struct switch_state *s = state_of(w, part);
    ns_t now = world_now(w);

    s->phase = SWITCH_BREAKS;
    world_event(w, part, event, net_link_i_A(w, s->link, now));
    struct link *k = net_change_link(w, s->link, EFFECT_HURTS);
    double i_A = net_link_i_A(w, s->link, now);
    if (i_A == 0.0) {
        net_set_link_mode(w, s->link, LINK_OPEN, EFFECT_HURTS);
        world_event(w, part, EV_OPEN, 0.0);
        world_kind(w, part)->opened(w, part);
        return;
    }
    double sign = i_A > 0.0 ? 1.0 : -1.0;
    k->clamp = ramp_constant(sign * v_V);
    if (rise_V_per_s > 0.0) {
        k->clamp = (struct ramp){.t0 = now,
                                 .t1 = now + ARC_LASTS,
                                 .y0 = sign * v_V,
                                 .y1 = sign * (v_V + rise_V_per_s * ns_to_s(ARC_LASTS))};
    }
    net_set_link_mode(w, s->link, LINK_CLAMPED, EFFECT_HURTS);
}

bool switch_command(struct world *w, int32_t part, bool close)
{
    struct switch_state *s = state_of(w, part);

    if (s->commanded == close) {
        return false;
    }
    s->commanded = close;
    s->operations++;
    world_event(w, part, close ? EV_CLOSE_COMMAND : EV_OPEN_COMMAND, 0.0);
    return true;
}

ns_t switch_time(struct world *w, int32_t part, ns_t nominal, double scatter)
{
    double factor = 1.0 + scatter * (2.0 * world_uniform(w, part) - 1.0);

    return ns_from_s(ns_to_s(nominal) * factor * state_of(w, part)->slow);
}

void switch_pin(struct world *w, int32_t part, bool level)
{
    const struct switch_params *p = world_params(w, part);
    bool close = level == (p->active == 0);

    if (switch_command(w, part, close) && state_of(w, part)->fault == SWITCH_SOUND) {
        switch_verbs_of(w, part)->command(w, part, close);
    }
}

/* ---- signals ----------------------------------------------------------------------------------- */

static const struct switch_state *look(const struct world *w, int32_t part)
{
    return world_state_const(w, part);
}

double switch_read_state(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return look(w, part)->phase;
}

/* A current limit holds from the first whole nanosecond in which the ohmic law exceeds it; what that
 * law says within this nanosecond (a few mA with a usual gate) never flows. */
double switch_read_i(const struct world *w, int32_t part, ns_t at)
{
    int32_t link = look(w, part)->link;
    double most_A = net_link_const(world_net_const(w), link)->i_max_A;

    return fmax(-most_A, fmin(net_link_i_A(w, link, at), most_A));
}

double switch_read_operations(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return look(w, part)->operations;
}

double switch_read_fault(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return look(w, part)->fault;
}

double switch_read_loss(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return net_link_const(world_net_const(w), look(w, part)->link)->loss_J;
}

const struct signal switch_signals[] = {SWITCH_SIGNALS, NONE};

/* ---- actions ----------------------------------------------------------------------------------- */

static bool by_hand(struct world *w, int32_t part, bool close)
{
    if (!switch_command(w, part, close)) {
        return false;
    }
    if (state_of(w, part)->fault == SWITCH_SOUND) {
        switch_verbs_of(w, part)->command(w, part, close);
    }
    return true;
}

bool switch_act_close(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return by_hand(w, part, true);
}

bool switch_act_open(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return by_hand(w, part, false);
}

static bool stick(struct world *w, int32_t part, enum switch_fault fault)
{
    struct switch_state *s = state_of(w, part);

    if (s->fault == fault) {
        return false;
    }
    world_event(w, part, EV_FAULT_ON, fault);
    s->fault = fault;
    world_wake(w, part, NS_NEVER);
    switch_verbs_of(w, part)->force(w, part, fault == SWITCH_STUCK_CLOSED);
    return true;
}

bool switch_act_stick_open(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return stick(w, part, SWITCH_STUCK_OPEN);
}

bool switch_act_stick_closed(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return stick(w, part, SWITCH_STUCK_CLOSED);
}

bool switch_act_free(struct world *w, int32_t part, const struct act_args *a)
{
    struct switch_state *s = state_of(w, part);

    (void)a;
    if (s->fault == SWITCH_SOUND && s->slow == 1.0) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, s->fault);
    s->slow = 1.0;
    if (s->fault != SWITCH_SOUND) {
        s->fault = SWITCH_SOUND;
        switch_verbs_of(w, part)->command(w, part, s->commanded);
    }
    return true;
}

bool switch_act_slow(struct world *w, int32_t part, const struct act_args *a)
{
    world_event(w, part, EV_FAULT_ON, a->by);
    state_of(w, part)->slow = a->by;
    return true;
}

const struct field switch_slow_args[] = {
    {.key = "by",
     .type = FIELD_REAL,
     .quantity = QTY_RATIO,
     .min = 0.1,
     .max = 1000.0,
     .def = 3.0,
     .offset = offsetof(struct act_args, by),
     .doc = "its mechanism takes this many times longer"},
    NONE,
};

const struct action switch_actions[] = {SWITCH_ACTIONS, NONE};

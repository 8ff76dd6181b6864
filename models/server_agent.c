/* server_agent.c - a server's management: what it reports, and how it does what it is asked.
 *
 *   report    its state, the mean of its power over a period, its limit; number of the last request
 *   cap       in force `cap_time` after the request: the power falls linearly meanwhile; not below
 *             cap_least of its rated power, which it takes for what was asked
 *   off       `off_time` after the request; on: as after its input came back
 *   restore   `asks`: when the input is back it waits until it is told to start, for restore_wait at
 *             most: a rack without its controller must come up, too
 *
 * The agent lives on the server's input: it is gone with it, and back agent_boot after it.
 * Source: hardware facts, section 3.  Checked by tests/models/test_channel.c. */
#include <math.h>

#include "channel.h"
#include "kind.h"
#include "server.h"
#include "server_state.h"
#include "world.h"

static struct server_state *state_of(struct world *w, int32_t part)
{
    return world_state(w, part);
}

static const struct server_params *params_of(const struct world *w, int32_t part)
{
    return world_params(w, part);
}

void agent_wire(struct world *w, int32_t part)
{
    const struct server_params *p = params_of(w, part);

    state_of(w, part)->agent = (struct agent){.limit_W = INFINITY,
                                              .asked_W = INFINITY,
                                              .permitted = p->start == 0,
                                              .up_at = p->start == 0 ? 0 : NS_NEVER,
                                              .announced_at = NS_NEVER,
                                              .mean_W = p->start == 0 ? p->p_W : 0.0};
    if (p->channel != NO_PART) {
        channel_attach(w, p->channel, part);
    }
}

bool agent_asks(const struct world *w, int32_t part)
{
    const struct server_state *s = world_state_const(w, part);

    return params_of(w, part)->channel != NO_PART && params_of(w, part)->restore == RESTORE_ASKS &&
           !s->agent.permitted;
}

/* The area under a ramp between two instants. */
static double area(const struct ramp *r, ns_t from, ns_t to)
{
    double sum = 0.0;

    for (ns_t t = from; t < to;) {
        ns_t bend = ramp_break(r, t);
        ns_t next = bend < to ? bend : to;
        double mid = ramp_at(r, (struct when){.step = t, .s = 0.5 * ns_to_s(next - t)});
        sum += mid * ns_to_s(next - t);
        t = next;
    }
    return sum;
}

void agent_meter(struct world *w, int32_t part)
{
    struct server_state *s = state_of(w, part);
    const struct load *l = net_load_const(world_net_const(w), s->load);

    if (l->mode != LOAD_OFF) {
        s->agent.energy_J += area(&l->p, s->agent.metered_at, world_now(w));
    }
    s->agent.metered_at = world_now(w);
}

/* A mean is taken over a period, and stands until the next one. */
static double mean_W(struct world *w, int32_t part)
{
    struct agent *a = &state_of(w, part)->agent;
    ns_t now = world_now(w);

    if (now - a->mean_from >= channel_period(w, params_of(w, part)->channel) / 2) {
        agent_meter(w, part);
        a->mean_W = a->energy_J / ns_to_s(now - a->mean_from);
        a->energy_J = 0.0;
        a->mean_from = now;
    }
    return a->mean_W;
}

static bool is_up(const struct world *w, int32_t part)
{
    const struct server_state *s = world_state_const(w, part);

    return world_now(w) >= s->agent.up_at && !s->agent.mute;
}

bool server_reports(struct world *w, int32_t part, struct channel_report *re)
{
    static const enum channel_state as[] = {
        [SERVER_OFF] = CHANNEL_BOOTS,   [SERVER_INSERTED] = CHANNEL_BOOTS,
        [SERVER_BOOTS] = CHANNEL_BOOTS, [SERVER_ON] = CHANNEL_ON,
        [SERVER_HALTED] = CHANNEL_OFF,  [SERVER_WAITS] = CHANNEL_WAITS};
    const struct server_state *s = state_of(w, part);

    if (!is_up(w, part)) {
        return false;
    }
    *re = (struct channel_report){.state = as[s->phase],
                                  .number = s->agent.number,
                                  .power_W = mean_W(w, part),
                                  .limit_W = s->agent.asked_W,
                                  .announced_W = s->agent.announced_W,
                                  .announced_at = s->agent.announced_at,
                                  .taken_at = world_now(w)};
    return true;
}

static void say(struct world *w, int32_t part)
{
    if (params_of(w, part)->channel != NO_PART) {
        channel_report(w, params_of(w, part)->channel, part);
    }
}

void agent_dies(struct world *w, int32_t part)
{
    struct agent *a = &state_of(w, part)->agent;

    a->limit_W = a->asked_W = INFINITY; /* it forgets its caps */
    a->permitted = false;
    a->announced_at = NS_NEVER;
    a->up_at = NS_NEVER;
    server_set_timer(w, part, TIMER_LIMIT, NS_NEVER);
}

void agent_powered(struct world *w, int32_t part)
{
    struct agent *a = &state_of(w, part)->agent;

    if (a->up_at == NS_NEVER) {
        a->up_at = ns_after(world_now(w), params_of(w, part)->agent_boot);
    }
}

/* Off, and could run. Its agent, once it is up, says so; later it starts without being told. */
void agent_waits(struct world *w, int32_t part)
{
    struct server_state *s = state_of(w, part);
    ns_t until = ns_after(s->agent.up_at, params_of(w, part)->restore_wait);

    if (world_now(w) < until) {
        world_event(w, part, EV_WAITS, 0.0);
        say(w, part);
        server_set_timer(w, part, TIMER_PHASE, until);
    } else {
        s->agent.permitted = true;
        server_switch_on(w, part);
    }
}

void agent_stepped(struct world *w, int32_t part)
{
    struct agent *a = &state_of(w, part)->agent;

    if (a->announced_at != NS_NEVER) {
        a->announced_at = NS_NEVER;
        say(w, part);
    }
}

void agent_limits(struct world *w, int32_t part)
{
    struct server_state *s = state_of(w, part);

    s->agent.limit_W = s->agent.asked_W;
    if (s->agent.limit_W == 0.0) {
        world_event(w, part, EV_LOAD_OFF, 0.0);
        server_switch_off(w, part, SERVER_WAITS);
    }
}

/* The power falls towards a cap until it is in force; it rises at once when one is lifted. */
static void limit(struct world *w, int32_t part, double asked_W)
{
    struct server_state *s = state_of(w, part);
    const struct server_params *p = params_of(w, part);
    bool off = asked_W == 0.0;

    s->agent.asked_W = asked_W;
    if (off) {
        server_set_timer(w, part, TIMER_LIMIT, world_now(w) + p->off_time);
        return;
    }
    server_set_timer(w, part, TIMER_LIMIT, NS_NEVER);
    s->agent.limit_W = asked_W;
    world_event(w, part, EV_LIMITED, asked_W);
    if (s->phase == SERVER_ON) {
        server_draw(w, part, s->p_W, asked_W < s->p_W ? p->cap_time : 0);
    }
}

void server_asked(struct world *w, int32_t part, const struct channel_request *rq)
{
    struct server_state *s = state_of(w, part);
    double least_W = server_least_W(w, part);

    if (!is_up(w, part)) {
        return;
    }
    world_event(w, part, EV_ASKED, rq->limit_W);
    s->agent.number = rq->number;
    if (s->agent.refuses) {
        world_event(w, part, EV_DECLINED, rq->limit_W);
    } else if (s->phase == SERVER_WAITS && rq->limit_W > 0.0) {
        s->agent.asked_W = s->agent.limit_W = rq->limit_W;
        s->agent.permitted = true;
        server_switch_on(w, part);
    } else if (s->phase != SERVER_HALTED) {
        limit(w, part, rq->limit_W == 0.0 ? 0.0 : fmax(rq->limit_W, least_W));
    }
    say(w, part);
}

/* ---- what scenarios do to it ------------------------------------------------------------------- */

bool agent_announce(struct world *w, int32_t part, const struct act_args *a)
{
    struct server_state *s = state_of(w, part);

    s->agent.announced_W = a->to;
    s->agent.announced_at = ns_after(world_now(w), a->over);
    world_event(w, part, EV_ANNOUNCED, a->to);
    say(w, part);
    return true;
}

static bool set(struct world *w, int32_t part, bool *flag, bool to)
{
    bool changes = *flag != to;

    *flag = to;
    if (changes) {
        world_event(w, part, to ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    }
    return changes;
}

bool agent_mute(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set(w, part, &state_of(w, part)->agent.mute, true);
}

bool agent_speak(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set(w, part, &state_of(w, part)->agent.mute, false);
}

bool agent_refuse(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set(w, part, &state_of(w, part)->agent.refuses, true);
}

bool agent_obey(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set(w, part, &state_of(w, part)->agent.refuses, false);
}

/* channel.c - the management network of a rack: servers report what they draw, the controller asks.
 *
 *   report    each server's agent, once a period, in turn: the period's mean, as a BMC gives it; out
 *             of turn when it has taken a request or has something to announce
 *   request   from the controller to one server
 *   message   on its way for `latency`, or lost
 *
 * One message queue: the latency is the same for all, so they arrive in the order in which they left.
 * Left out: bandwidth (a report is some 100 bytes), reordering.
 * Source: hardware facts, section 3, power reports and capping.  Checked by
 * tests/models/test_channel.c. */
#include "channel.h"

#include <math.h>
#include <stdlib.h>

#include "server.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct channel_params {
    ns_t latency, period;
    double loss;
};

struct message {
    ns_t due;
    uint32_t cause;
    int32_t server;
    bool is_report;
    struct channel_report report;
    struct channel_request request;
};

struct channel_block {
    int32_t servers[CHANNEL_SERVERS];
    int32_t n_servers;
    int32_t turn; /* whose report is next */
    ns_t round;   /* when this round of reports began */
    int32_t master;
    int32_t first, n; /* of the queue */
    int32_t sent, lost;
    bool cut;
    struct message queue[CHANNEL_QUEUE];
};

#define FIELD(k, member) .key = k, .offset = offsetof(struct channel_params, member)
#define TIME             .type = FIELD_TIME
static const struct field channel_fields[] = {
    {FIELD("latency", latency), TIME, .min = 1e-6, .max = 60.0, .def = 1e-3,
     .doc = "of a message, one way: a network of the rack's own 0.2..2 ms, IPMI and Redfish "
            "10..500 ms",
     .source = "E"},
    {FIELD("period", period), TIME, .min = 1e-3, .max = 3600.0, .def = 1.0,
     .doc = "between two reports of a server, over which it takes the mean", .source = "S67"},
    {FIELD("loss", loss), .type = FIELD_REAL, .quantity = QTY_RATIO, .min = 0.0, .max = 1.0,
     .def = 0.0, .doc = "share of the messages that are lost"},
    NONE,
};

static struct channel_block *state_of(struct world *w, int32_t part)
{
    return world_state(w, part);
}

static void channel_wire(struct world *w, int32_t part)
{
    state_of(w, part)->master = NO_PART;
}

void channel_attach(struct world *w, int32_t channel, int32_t server)
{
    struct channel_block *s = state_of(w, channel);

    if (s->n_servers == CHANNEL_SERVERS) {
        abort(); /* the loader lets no such rack through */
    }
    s->servers[s->n_servers++] = server;
}

ns_t channel_period(const struct world *w, int32_t channel)
{
    return ((const struct channel_params *)world_params(w, channel))->period;
}

/* When the server whose turn it is reports: their turns are spread over the period. */
static ns_t turn_at(const struct world *w, int32_t part)
{
    const struct channel_block *s = world_state_const(w, part);

    return s->n_servers == 0 ? NS_NEVER
                             : s->round + (s->turn + 1) * channel_period(w, part) / s->n_servers;
}

static void sleep_until_next(struct world *w, int32_t part)
{
    const struct channel_block *s = state_of(w, part);
    ns_t turn = turn_at(w, part);
    ns_t message = s->n > 0 ? s->queue[s->first].due : NS_NEVER;

    world_wake(w, part, message < turn ? message : turn);
}

/* NULL: lost on the way. */
static struct message *send(struct world *w, int32_t part, int32_t server)
{
    const struct channel_params *p = world_params(w, part);
    struct channel_block *s = state_of(w, part);

    s->sent++;
    if (s->cut || s->n == CHANNEL_QUEUE || (p->loss > 0.0 && world_uniform(w, part) < p->loss)) {
        s->lost++;
        return NULL;
    }
    struct message *m = &s->queue[(s->first + s->n++) % CHANNEL_QUEUE];
    *m = (struct message){
        .due = world_now(w) + p->latency, .cause = world_cause(w), .server = server};
    return m;
}

void channel_report(struct world *w, int32_t channel, int32_t server)
{
    struct channel_report re;

    if (!server_reports(w, server, &re)) {
        return;
    }
    struct message *m = send(w, channel, server);
    if (m != NULL) {
        m->is_report = true;
        m->report = re;
    }
    sleep_until_next(w, channel);
}

void channel_request(struct world *w, int32_t channel, int32_t server,
                     const struct channel_request *rq)
{
    struct message *m = send(w, channel, server);

    if (m != NULL) {
        m->request = *rq;
    }
    sleep_until_next(w, channel);
}

static void channel_start(struct world *w, int32_t part)
{
    for (int32_t i = 0; i < world_parts(w); i++) {
        if (world_kind(w, i)->heard != NULL) {
            state_of(w, part)->master = i;
        }
    }
    sleep_until_next(w, part);
}

static void deliver(struct world *w, const struct channel_block *s, const struct message *m)
{
    world_blame(w, m->cause);
    if (!m->is_report) {
        server_asked(w, m->server, &m->request);
    } else if (s->master != NO_PART) {
        world_kind(w, s->master)->heard(w, s->master, m->server, &m->report);
    }
}

static void channel_due(struct world *w, int32_t part)
{
    struct channel_block *s = state_of(w, part);
    ns_t now = world_now(w);

    if (s->n > 0 && s->queue[s->first].due <= now) {
        struct message m = s->queue[s->first];
        s->first = (s->first + 1) % CHANNEL_QUEUE;
        s->n--;
        deliver(w, s, &m);
    } else if (turn_at(w, part) <= now) {
        int32_t server = s->servers[s->turn++];
        if (s->turn == s->n_servers) {
            s->turn = 0;
            s->round += channel_period(w, part);
        }
        channel_report(w, part, server);
    }
    sleep_until_next(w, part);
}

/* ---- signals and actions ----------------------------------------------------------------------- */

static double read_sent(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return ((const struct channel_block *)world_state_const(w, part))->sent;
}

static double read_lost(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return ((const struct channel_block *)world_state_const(w, part))->lost;
}

static const struct signal channel_signals[] = {
    {.key = "messages",
     .quantity = QTY_OPERATIONS,
     .doc = "sent, both ways together",
     .read = read_sent},
    {.key = "lost", .quantity = QTY_OPERATIONS, .doc = "of these, lost", .read = read_lost},
    NONE,
};

static bool set_cut(struct world *w, int32_t part, bool cut)
{
    struct channel_block *s = state_of(w, part);

    if (s->cut == cut) {
        return false;
    }
    world_event(w, part, cut ? EV_FAULT_ON : EV_FAULT_OFF, 0.0);
    s->cut = cut;
    return true;
}

static bool act_cut(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_cut(w, part, true);
}

static bool act_join(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return set_cut(w, part, false);
}

static const struct action channel_actions[] = {
    {.key = "cut", .undo = "join", .run = act_cut, .doc = "every message is lost"},
    {.key = "join", .undo = "cut", .run = act_join, .doc = "messages get through again"},
    NONE,
};

const struct kind channel_kind = {
    .name = "channel",
    .doc = "the management network through which servers report and are asked to draw less",
    .fields = channel_fields,
    .signals = channel_signals,
    .actions = channel_actions,
    .tie = TIE_BUS,
    .params_size = sizeof(struct channel_params),
    .state_size = sizeof(struct channel_block),
    .wire = channel_wire,
    .start = channel_start,
    .due = channel_due,
};

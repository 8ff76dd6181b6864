/* server.c - a server fed from one or several bars.
 *
 *   input    one ideal-diode ORing stage per bar into one capacitor, its current limited by the
 *            hot-swap stage: the server keeps its own charge when a bar drops
 *   load     i = p / v while v is above the lock-out
 *   lost     v below off_below: the load stops; it is back only after the input is above on_above
 *            for the insertion and converter start times and the boot is over
 *
 * A gap of 5 ms and one of 5 s cost the same once the lock-out is crossed: `drops` and `lost` count
 * that. What its agent reports and is asked: server_agent.c.  Source: hardware facts, section 3.
 * Checked by tests/models/test_server.c. */
#include "server.h"

#include <math.h>

#include "bus.h"
#include "server_state.h"
#include "world.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

enum server_guard { GUARD_UVLO, GUARD_INPUT_BACK };

#define FIELD(k, member) .key = k, .offset = offsetof(struct server_params, member)
#define REAL             .type = FIELD_REAL
#define TIME             .type = FIELD_TIME
static const struct field server_fields[] = {
    {FIELD("from", from), .type = FIELD_TAPS, .choices = "bus|psu|node", .def = REQUIRED,
     .doc = "the bar that feeds it, or several"},
    {FIELD("p", p_W), REAL, .quantity = QTY_WATT, .min = 0.0, .max = 1e6, .def = REQUIRED,
     .doc = "power at its input while it runs"},
    {FIELD("boot_p", boot_W), REAL, .quantity = QTY_WATT, .min = 0.0, .max = 1e6, .def = 0.0,
     .doc = "power while it boots; 0: as p", .source = "E"},
    {FIELD("c", c_F), REAL, .quantity = QTY_FARAD, .min = 1e-6, .max = 1.0, .def = 2e-3,
     .doc = "input capacitor behind the hot-swap stage", .source = "E"},
    {FIELD("r", r_Ohm), REAL, .quantity = QTY_OHM, .min = 1e-5, .max = 10.0, .def = 2e-3,
     .doc = "ORing, hot-swap and connector in series, each input", .source = "E"},
    {FIELD("v_f", v_f_V), REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 2.0, .def = 22e-3,
     .doc = "forward regulation of the input ORing", .source = "S36"},
    {FIELD("i_max", i_max_A), REAL, .quantity = QTY_AMPERE, .min = 0.1, .max = 1e5, .def = 60.0,
     .doc = "current limit of the hot-swap stage, each input", .source = "E"},
    {FIELD("off_below", off_below_V), REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 1000.0,
     .def = REQUIRED, .doc = "under-voltage lock-out", .source = "S60"},
    {FIELD("on_above", on_above_V), REAL, .quantity = QTY_VOLT, .min = 0.0, .max = 1000.0,
     .def = REQUIRED, .doc = "input voltage from which it restarts", .source = "S60"},
    {FIELD("insertion", insertion), TIME, .min = 0.0, .max = 100.0, .def = 50e-3,
     .doc = "insertion delay of the hot-swap stage", .source = "S40"},
    {FIELD("converter_start", converter_start), TIME, .min = 0.0, .max = 100.0, .def = 30e-3,
     .doc = "start-up of its converters", .source = "S61"},
    {FIELD("boot", boot), TIME, .min = 0.0, .max = 1e5, .def = 90.0,
     .doc = "from running converters to service", .source = "E"},
    {FIELD("stagger", stagger), TIME, .min = 0.0, .max = 1e4, .def = 0.0,
     .doc = "extra delay of the restart, times the server's place in the file: staged restart"},
    {FIELD("start", start), .type = FIELD_CHOICE, .choices = "on|off", .def = 0,
     .doc = "whether it runs when the run begins"},
    {FIELD("priority", priority), .type = FIELD_COUNT, .min = 0, .max = 255, .def = 0,
     .doc = "0 is shed last"},
    {FIELD("agent", channel), .type = FIELD_PART, .choices = "channel", .def = 0.0,
     .doc = "the channel its agent reports on; without one it has no agent"},
    {FIELD("cap_least", cap_least), REAL, .quantity = QTY_RATIO, .min = 0.0, .max = 1.0, .def = 0.6,
     .doc = "lowest cap it accepts, of p: throttling takes 30..60 %", .source = "E"},
    {FIELD("cap_time", cap_time), TIME, .min = 0.0, .max = 60.0, .def = 5e-3,
     .doc = "from the request to the cap in force (hardware throttle 1..5 ms, RAPL loop 1..8 s)",
     .source = "S71"},
    {FIELD("off_time", off_time), TIME, .min = 0.0, .max = 600.0, .def = 2e-3,
     .doc = "from the request to be off to the open hot-swap stage", .source = "E"},
    {FIELD("restore", restore), .type = FIELD_CHOICE, .choices = "always|asks", .def = 0,
     .doc = "when its input is back: starts, or asks its channel first"},
    {FIELD("restore_wait", restore_wait), TIME, .min = 0.0, .max = 1e5, .def = 60.0,
     .doc = "starts without having been told after so long", .source = "E"},
    {FIELD("agent_boot", agent_boot), TIME, .min = 0.0, .max = 1e4, .def = 20.0,
     .doc = "from the input back to an agent that reports (a BMC boots 10..60 s)", .source = "E"},
    NONE,
};

static const char *server_check(const void *params, const char **key)
{
    const struct server_params *p = params;

    *key = "on_above";
    return p->on_above_V <= p->off_below_V
               ? "must be above off_below: without hysteresis the server "
                 "would restart into the dip that stopped it"
               : NULL;
}

/* Servers before this one in the file: they are wired in that order. */
static int32_t place_among_servers(const struct world *w, int32_t part)
{
    for (int32_t i = part - 1; i >= 0; i--) {
        if (world_kind(w, i) == &server_kind) {
            const struct server_state *before = world_state_const(w, i);
            return before->place + 1;
        }
    }
    return 0;
}

/* It starts at the voltage of the first bar that feeds it. */
static void server_wire(struct world *w, int32_t part)
{
    const struct server_params *p = world_params(w, part);
    struct server_state *s = world_state(w, part);
    int32_t source = p->from.at[0].part;
    double v0_V = world_kind(w, source) == &bus_kind ? bus_nominal_V(w, source) : 0.0;

    s->timer[TIMER_PHASE] = s->timer[TIMER_LIMIT] = NS_NEVER;
    s->terminal = (struct terminal){
        .node = net_add_node(w, part, p->c_F, p->start == 0 ? v0_V : 0.0), .taps = 1};
    s->place = place_among_servers(w, part);
    s->p_W = p->p_W;
    s->phase = p->start == 0 ? SERVER_ON : SERVER_OFF;
}

static void join_input(struct world *w, int32_t part, int32_t i)
{
    const struct server_params *p = world_params(w, part);
    struct server_state *s = world_state(w, part);
    int32_t source = p->from.at[i].part;
    int32_t tap = p->from.at[i].tap;

    if (world_kind(w, source) == &bus_kind) {
        tap = tap == TAP_ANY ? bus_next_tap(w, source) : tap;
        bus_expect_load(w, source, p->p_W);
    }
    s->link[i] = net_add_link(w, &(struct link){.a = terminal_node(w, source, tap),
                                                .b = s->terminal.node,
                                                .part = part,
                                                .mode = LINK_CONDUCTS,
                                                .one_way = true,
                                                .couples = true,
                                                .r_Ohm = p->r_Ohm,
                                                .v_f_V = p->v_f_V,
                                                .i_max_A = p->i_max_A,
                                                .s = ramp_constant(1.0)});
}

static void server_join(struct world *w, int32_t part)
{
    const struct server_params *p = world_params(w, part);
    struct server_state *s = world_state(w, part);
    struct guard g = {.what = GUARD_VOLTAGE, .a = s->terminal.node, .b = GROUND, .part = part};

    for (int32_t i = 0; i < p->from.n; i++) {
        join_input(w, part, i);
    }
    s->load = net_add_load(w, &(struct load){.node = s->terminal.node,
                                             .part = part,
                                             .mode = p->start == 0 ? LOAD_POWER : LOAD_OFF,
                                             .v_floor_V = 0.25 * p->off_below_V,
                                             .p = ramp_constant(p->p_W)});
    g.code = GUARD_UVLO;
    g.sign = 1.0;
    g.level = p->off_below_V;
    s->uvlo_guard = net_add_guard(w, &g);
    g.code = GUARD_INPUT_BACK;
    g.sign = -1.0;
    g.level = p->on_above_V;
    s->back_guard = net_add_guard(w, &g);
    agent_wire(w, part);
}

static void server_start(struct world *w, int32_t part)
{
    struct server_state *s = world_state(w, part);

    net_arm(w, s->phase == SERVER_ON ? s->uvlo_guard : s->back_guard, true);
}

void server_set_timer(struct world *w, int32_t part, enum server_timer timer, ns_t at)
{
    struct server_state *s = world_state(w, part);

    s->timer[timer] = at;
    world_wake(w, part, s->timer[0] < s->timer[1] ? s->timer[0] : s->timer[1]);
}

void server_draw(struct world *w, int32_t part, double p_W, ns_t over)
{
    struct server_state *s = world_state(w, part);
    const struct load *l = net_load_const(world_net_const(w), s->load);
    double was_W = l->mode == LOAD_OFF ? 0.0 : ramp_at(&l->p, when_ns(world_now(w)));

    agent_meter(w, part);
    p_W = fmin(p_W, s->agent.limit_W);
    struct load *load = net_change_load(w, s->load, p_W > was_W ? EFFECT_HURTS : EFFECT_HELPS);
    if (load->mode == LOAD_OFF) {
        load->p = ramp_constant(0.0);
        load->mode = LOAD_POWER;
    }
    ramp_to(&load->p, world_now(w), p_W, over);
}

static void stop(struct world *w, int32_t part, enum server_phase phase)
{
    struct server_state *s = world_state(w, part);

    agent_meter(w, part);
    net_change_load(w, s->load, EFFECT_HELPS)->mode = LOAD_OFF;
    s->off_at = s->phase == SERVER_ON ? world_now(w) : s->off_at;
    s->phase = phase;
}

void server_switch_off(struct world *w, int32_t part, enum server_phase phase)
{
    struct server_state *s = world_state(w, part);

    net_arm(w, s->uvlo_guard, false);
    net_arm(w, s->back_guard, false);
    server_set_timer(w, part, TIMER_PHASE, NS_NEVER);
    stop(w, part, phase);
}

void server_switch_on(struct world *w, int32_t part)
{
    struct server_state *s = world_state(w, part);

    s->phase = SERVER_OFF;
    net_arm(w, s->back_guard, true);
}

static void server_guard(struct world *w, int32_t part, int32_t code)
{
    const struct server_params *p = world_params(w, part);
    struct server_state *s = world_state(w, part);

    if (code == GUARD_UVLO) {
        world_event(w, part, EV_UVLO, p->off_below_V);
        s->drops += s->phase == SERVER_ON;
        stop(w, part, SERVER_OFF);
        agent_dies(w, part);
        server_set_timer(w, part, TIMER_PHASE, NS_NEVER);
        net_arm(w, s->back_guard, true);
        return;
    }
    world_event(w, part, EV_INSERTION, p->on_above_V);
    s->phase = SERVER_INSERTED;
    agent_powered(w, part);
    net_arm(w, s->uvlo_guard, true);
    server_set_timer(w, part, TIMER_PHASE,
                     world_now(w) + p->insertion + p->converter_start + s->place * p->stagger);
}

/* Its hot-swap stage is in: it boots, or waits for its agent and then for the word. */
static void inserted(struct world *w, int32_t part)
{
    const struct server_params *p = world_params(w, part);
    struct server_state *s = world_state(w, part);

    if (agent_asks(w, part)) {
        s->phase = SERVER_WAITS;
        server_set_timer(w, part, TIMER_PHASE,
                         s->agent.up_at > world_now(w) ? s->agent.up_at : world_now(w));
        return;
    }
    world_event(w, part, EV_BOOT, 0.0);
    s->phase = SERVER_BOOTS;
    server_draw(w, part, p->boot_W > 0.0 ? p->boot_W : s->p_W, 0);
    server_set_timer(w, part, TIMER_PHASE, ns_after(world_now(w), p->boot));
}

static void phase_ends(struct world *w, int32_t part)
{
    struct server_state *s = world_state(w, part);

    if (s->phase == SERVER_INSERTED) {
        inserted(w, part);
    } else if (s->phase == SERVER_WAITS) {
        agent_waits(w, part);
    } else if (s->phase == SERVER_BOOTS) {
        world_event(w, part, EV_LOAD_ON, s->p_W);
        s->phase = SERVER_ON;
        s->lost_ns += world_now(w) - s->off_at;
        server_draw(w, part, s->p_W, 0);
    }
}

static void server_due(struct world *w, int32_t part)
{
    struct server_state *s = world_state(w, part);

    for (enum server_timer i = TIMER_PHASE; i < TIMERS; i++) {
        if (s->timer[i] <= world_now(w)) {
            server_set_timer(w, part, i, NS_NEVER);
            if (i == TIMER_PHASE) {
                phase_ends(w, part);
            } else {
                agent_limits(w, part);
            }
        }
    }
}

/* ---- what others ask of it --------------------------------------------------------------------- */

const struct tap_list *server_from(const struct world *w, int32_t part)
{
    return &((const struct server_params *)world_params(w, part))->from;
}

int32_t server_channel(const struct world *w, int32_t part)
{
    return ((const struct server_params *)world_params(w, part))->channel;
}

double server_rated_W(const struct world *w, int32_t part)
{
    return ((const struct server_params *)world_params(w, part))->p_W;
}

double server_least_W(const struct world *w, int32_t part)
{
    return ((const struct server_params *)world_params(w, part))->cap_least *
           server_rated_W(w, part);
}

double server_boot_W(const struct world *w, int32_t part)
{
    const struct server_params *p = world_params(w, part);

    return p->boot_W > 0.0 ? p->boot_W : p->p_W;
}

ns_t server_boot_ns(const struct world *w, int32_t part)
{
    return ((const struct server_params *)world_params(w, part))->boot;
}

int32_t server_priority(const struct world *w, int32_t part)
{
    return ((const struct server_params *)world_params(w, part))->priority;
}

/* ---- signals ----------------------------------------------------------------------------------- */

static const struct server_state *state_of(const struct world *w, int32_t part)
{
    return world_state_const(w, part);
}

static double read_v(const struct world *w, int32_t part, ns_t at)
{
    return net_v_V(w, state_of(w, part)->terminal.node, at);
}

static double read_i(const struct world *w, int32_t part, ns_t at)
{
    const struct server_params *p = world_params(w, part);
    double i_A = 0.0;

    for (int32_t i = 0; i < p->from.n; i++) {
        i_A += net_link_i_A(w, state_of(w, part)->link[i], at);
    }
    return i_A;
}

static double read_p(const struct world *w, int32_t part, ns_t at)
{
    return net_load_W(w, state_of(w, part)->load, at);
}

static int32_t load_of(const struct world *w, int32_t part)
{
    return state_of(w, part)->load;
}

static double read_state(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return state_of(w, part)->phase;
}

static double read_cap(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return state_of(w, part)->agent.limit_W;
}

static double read_drops(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return state_of(w, part)->drops;
}

static double read_lost(const struct world *w, int32_t part, ns_t at)
{
    const struct server_state *s = state_of(w, part);

    return ns_to_s(s->lost_ns + (s->phase == SERVER_ON ? 0 : at - s->off_at));
}

static double input_A(const struct world *w, int32_t part, int32_t input, ns_t at)
{
    return net_link_i_A(w, state_of(w, part)->link[input], at);
}

static int32_t input_count(const void *params)
{
    return ((const struct server_params *)params)->from.n;
}

static const struct signal server_signals[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage of its input capacitor, behind the ORing",
     .read = read_v,
     .nodes = terminal_nodes},
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current from all its bars",
     .read = read_i},
    {.key = "power",
     .quantity = QTY_WATT,
     .continuous = true,
     .doc = "what its load draws",
     .read = read_p,
     .load = load_of},
    {.key = "state", .choices = SERVER_WORDS, .doc = "what it is doing", .read = read_state},
    {.key = "cap",
     .quantity = QTY_WATT,
     .doc = "draws no more than this: a cap in force; infinite: none, 0: it was told to be off",
     .read = read_cap},
    {.key = "drops",
     .quantity = QTY_OPERATIONS,
     .doc = "times it was lost to low voltage",
     .read = read_drops},
    {.key = "lost",
     .quantity = QTY_SECOND,
     .continuous = true,
     .doc = "time without service so far",
     .read = read_lost},
    NONE,
};

static const struct signal_family server_families[] = {
    {.key = "i",
     .quantity = QTY_AMPERE,
     .continuous = true,
     .doc = "current of one input",
     .members = input_count,
     .read = input_A},
    NONE,
};

/* ---- actions ----------------------------------------------------------------------------------- */

static const struct field step_args[] = {
    {.key = "to",
     REAL,
     .quantity = QTY_WATT,
     .min = 0.0,
     .max = 1e6,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "new power"},
    {.key = "over",
     TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 0.0,
     .offset = offsetof(struct act_args, over),
     .doc = "linearly within this time"},
    NONE,
};

static const struct field announce_args[] = {
    {.key = "to",
     REAL,
     .quantity = QTY_WATT,
     .min = 0.0,
     .max = 1e6,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "power that is to come"},
    {.key = "in",
     TIME,
     .min = 0.0,
     .max = 1e6,
     .def = 0.0,
     .offset = offsetof(struct act_args, over),
     .doc = "so long from now"},
    NONE,
};

static bool act_step(struct world *w, int32_t part, const struct act_args *a)
{
    struct server_state *s = world_state(w, part);

    s->p_W = a->to;
    if (s->phase != SERVER_ON) {
        return false;
    }
    world_event(w, part, EV_LOAD_STEP, a->to);
    server_draw(w, part, a->to, a->over);
    agent_stepped(w, part);
    return true;
}

static bool act_halt(struct world *w, int32_t part, const struct act_args *a)
{
    struct server_state *s = world_state(w, part);

    (void)a;
    if (s->phase == SERVER_HALTED) {
        return false;
    }
    world_event(w, part, EV_LOAD_OFF, 0.0);
    server_switch_off(w, part, SERVER_HALTED);
    return true;
}

static bool act_power_on(struct world *w, int32_t part, const struct act_args *a)
{
    struct server_state *s = world_state(w, part);

    (void)a;
    if (s->phase != SERVER_HALTED) {
        return false;
    }
    server_switch_on(w, part);
    return true;
}

static const struct action server_actions[] = {
    {.key = "step", .args = step_args, .sets = "p", .run = act_step, .doc = "changes its power"},
    {.key = "halt", .undo = "power_on", .run = act_halt, .doc = "shuts down in good order"},
    {.key = "power_on", .run = act_power_on, .doc = "starts again after a halt"},
    {.key = "announce",
     .args = announce_args,
     .run = agent_announce,
     .doc = "its agent says what it will draw; `step` then does it"},
    {.key = "mute", .undo = "speak", .run = agent_mute, .doc = "its agent hears and says nothing"},
    {.key = "speak", .undo = "mute", .run = agent_speak, .doc = "its agent is back"},
    {.key = "refuse",
     .undo = "obey",
     .run = agent_refuse,
     .doc = "its agent does nothing that it is asked"},
    {.key = "obey", .undo = "refuse", .run = agent_obey, .doc = "its agent does as it is asked"},
    NONE,
};

const struct kind server_kind = {
    .name = "server",
    .doc = "a server with input ORing, hot-swap capacitor, lock-out, constant power and a boot",
    .fields = server_fields,
    .signals = server_signals,
    .families = server_families,
    .actions = server_actions,
    .params_size = sizeof(struct server_params),
    .state_size = sizeof(struct server_state),
    .check = server_check,
    .wire = server_wire,
    .join = server_join,
    .start = server_start,
    .due = server_due,
    .guard = server_guard,
};

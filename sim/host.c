/* host.c - the controller's port in the simulator: fills ctl_in, takes a step, carries out ctl_out.
 *
 *   step       taken when a transfer has ended, an alert line has changed or the wake time has come,
 *              once the step before it has left the CPU
 *   step_cost  the answer leaves the CPU that long after the step began
 *   reports    of servers are kept as they arrive and shown one a step
 *   reset      the buses stop where they are; after `boot` it starts with its memory as it was
 *   watchdog   resets it when it has hung, or says that its state is broken
 *   clock      microseconds in 32 bits, started 30 ms short of its wrap, on purpose
 *
 * The configuration table is derived from the rack: supplies with an i2c path, switches that join a
 * supply to a bar and have a pin, bars, expanders, alert lines; in file order. */
#include "host.h"

#include <math.h>
#include <string.h>

#include "bench.h"
#include "check.h"
#include "controller/controller.h"
#include "host_config.h"
#include "models/alert.h"
#include "models/i2c.h"
#include "models/server.h"
#include "models/world.h"
#include "plant.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

static const uint32_t CLOCK_START_US = UINT32_MAX - 30000u;

/* Words of enum supply_state, in its order. */
#define SUPPLY_WORDS                                                                               \
    "ABSENT|IDENTIFIED|STANDBY|STARTING|SHARING|SUSPECT|LOST|ISOLATED|PROBATION|RETIRED"

static struct host_state *state_of(struct world *w, int32_t part)
{
    return world_state(w, part);
}

static uint32_t clock_us(ns_t now)
{
    return CLOCK_START_US + (uint32_t)((uint64_t)now / 1000u);
}

/* ---- the controller, here or on a board ------------------------------------------------------- */

static void start_controller(struct world *w, struct host_state *s, bool kept)
{
    struct remote *r = w->options.remote;
    uint32_t now_us = clock_us(world_now(w));

    if (r != NULL) {
        (void)(kept ? r->restart : r->init)(r, &s->config, now_us);
    } else {
        (kept ? controller_restart : controller_init)(&s->controller, &s->config, now_us);
    }
}

/* True: *cost is how long it took. False: the board has failed, and the run is at its end. */
static bool take_step(struct world *w, struct host_state *s, ns_t *cost)
{
    struct remote *r = w->options.remote;

    if (r == NULL) {
        controller_step(&s->controller, &s->in, &s->out);
        return true;
    }
    bool taken = r->step(r, &s->in, &s->out);
    *cost = r->charged ? r->cost : *cost;
    return taken;
}

/* What it has said of itself; NULL: ask the one in the process. */
static const struct controller_view *said(const struct world *w)
{
    return w->options.remote != NULL ? &w->options.remote->view : NULL;
}

static const struct controller_counts *counts_of(const struct world *w, const struct host_state *s)
{
    return said(w) != NULL ? &said(w)->counts : controller_counts(&s->controller);
}

/* ---- a step ------------------------------------------------------------------------------------ */

/* `kept`: the memory is as a reset has left it. */
static void boot(struct world *w, int32_t part, bool kept)
{
    struct host_state *s = state_of(w, part);

    start_controller(w, s, kept);
    s->changes = UINT32_MAX; /* it has forgotten what it said */
    memset(&s->in.bus, 0, sizeof s->in.bus);
    s->inbox_n = 0;
    s->asks = false;
    s->free_at = world_now(w);
    s->phase = HOST_RUNS;
    world_wake(w, part, world_now(w));
}

/* Every part is wired by now: bars know what their servers may draw. */
static void host_start(struct world *w, int32_t part)
{
    struct host_state *s = state_of(w, part);

    host_configure(w, part, s);
    for (int l = 0; l < s->config.alert.n_lines; l++) {
        alert_listen(w, s->alert_part[l], part, s->config.alert.pin[l]);
    }
    s->in.pins = UINT32_MAX; /* alert lines are high: nobody pulls before the run begins */
    boot(w, part, false);
}

/* Has the controller changed its mind about a supply or a switch? Says so once for each. */
static void say_decisions(struct world *w, struct host_state *s)
{
    uint32_t cause = world_cause(w);
    uint32_t decided = cause;
    uint32_t changes = counts_of(w, s)->changes;

    if (s->changes == changes) {
        return;
    }
    s->changes = changes;
    for (uint8_t i = 0; i < s->config.n_supplies; i++) {
        uint8_t now = said(w) != NULL ? said(w)->supplies[i].state
                                      : (uint8_t)controller_supply_state(&s->controller, i);
        if (now != s->seen[i]) {
            s->seen[i] = now;
            world_blame(w, cause);
            decided = world_event(w, s->supply_part[i], EV_DECIDE, now);
        }
    }
    world_blame(w, decided);
}

static uint32_t watts_mW(double p_W)
{
    return p_W >= 1e6 ? 1000000000u : (uint32_t)lround(p_W * 1e3);
}

static uint32_t passed_ms(ns_t span)
{
    return (uint32_t)(span / MS(1));
}

/* The oldest report that has arrived, if any. */
static void take_report(struct world *w, struct host_state *s)
{
    static const uint8_t as[] = {[CHANNEL_ON] = CTL_SERVER_ON,
                                 [CHANNEL_BOOTS] = CTL_SERVER_BOOTS,
                                 [CHANNEL_WAITS] = CTL_SERVER_WAITS,
                                 [CHANNEL_OFF] = CTL_SERVER_OFF};
    ns_t now = world_now(w);

    s->in.report.state = CTL_SERVER_SILENT;
    if (s->inbox_n == 0) {
        return;
    }
    const struct host_report *r = &s->inbox[s->inbox_first];
    const struct channel_report *re = &r->said;

    s->in.report.state = as[re->state];
    s->in.report.number = re->number;
    s->in.report.server = r->server;
    s->in.report.limit = re->limit_W == 0.0   ? CTL_ASK_OFF
                         : isinf(re->limit_W) ? CTL_ASK_FREE
                                              : CTL_ASK_CAP;
    s->in.report.age_ms = passed_ms(now - re->taken_at);
    s->in.report.power_mW = watts_mW(re->power_W);
    s->in.report.cap_mW = watts_mW(re->limit_W);
    s->in.report.step_mW = watts_mW(re->announced_W);
    s->in.report.step_ms = re->announced_at == NS_NEVER ? CTL_NO_STEP
                           : re->announced_at <= now    ? 0
                                                        : passed_ms(re->announced_at - now);
    if (s->news == 0) {
        world_blame(w, r->cause);
    }
    s->inbox_first = (s->inbox_first + 1) % CTL_SERVERS;
    s->inbox_n--;
}

/* What has not left the CPU yet never will. */
static void hang(struct world *w, int32_t part, struct host_state *s)
{
    const struct host_params *p = world_params(w, part);

    for (int b = 0; b < CTL_BUSES; b++) {
        s->under_way[b] = s->under_way[b] && !i2c_take_back(w, s->bus_part[b]);
    }
    s->phase = HOST_HUNG;
    world_wake(w, part, p->watchdog > 0 ? world_now(w) + p->watchdog : NS_NEVER);
}

/* The processor lets go of its buses where they are. */
static void reset(struct world *w, int32_t part, struct host_state *s)
{
    const struct host_params *p = world_params(w, part);
    uint32_t cause = world_event(w, part, EV_CONTROLLER_RESET, s->phase == HOST_HUNG);

    for (int b = 0; b < CTL_BUSES; b++) {
        if (s->under_way[b]) {
            world_blame(w, cause);
            i2c_cut(w, s->bus_part[b]);
            s->under_way[b] = false;
        }
    }
    world_blame(w, cause);
    s->news = 0;
    s->phase = HOST_RESTARTS;
    world_wake(w, part, world_now(w) + p->boot);
}

static void start_transfer(struct world *w, int32_t part, struct host_state *s, int b)
{
    struct i2c_request rq = {.op = (enum i2c_op)s->out.bus[b].op,
                             .address = s->out.bus[b].address,
                             .n_tx = s->out.bus[b].n_tx,
                             .n_rx = s->out.bus[b].n_rx};

    memcpy(rq.tx, s->out.bus[b].tx, sizeof rq.tx);
    CHECK(!s->under_way[b]);
    s->under_way[b] = true;
    i2c_start(w, s->bus_part[b], part, &rq, s->free_at);
}

static void send_request(struct world *w, const struct host_state *s)
{
    int32_t server = s->server_part[s->out.ask.server];
    double limit_W = s->out.ask.what == CTL_ASK_OFF   ? 0.0
                     : s->out.ask.what == CTL_ASK_CAP ? 1e-3 * s->out.ask.cap_mW
                                                      : INFINITY;

    world_event(w, server, EV_REQUEST, limit_W);
    channel_request(w, server_channel(w, server), server,
                    &(struct channel_request){.number = s->out.ask.number, .limit_W = limit_W});
}

/* Due when the CPU is free. A request to a server leaves it then: that is planned already. */
static void wake_when_free(struct world *w, int32_t part, const struct host_state *s)
{
    if (!s->asks) {
        world_wake(w, part, s->free_at > world_now(w) ? s->free_at : world_now(w));
    }
}

/* Until something is to be done; a wake time that has passed means at once. */
static void sleep(struct world *w, int32_t part, const struct host_state *s)
{
    if (s->news != 0 || s->inbox_n > 0 || s->wake_at < s->free_at) {
        wake_when_free(w, part, s);
    } else {
        world_wake(w, part, s->wake_at);
    }
}

/* The answer of a step leaves the CPU at free_at. */
static void carry_out(struct world *w, int32_t part, struct host_state *s)
{
    for (int b = 0; b < CTL_BUSES; b++) {
        if (s->out.bus[b].op != CTL_OP_NONE && s->bus_part[b] != NO_PART && !s->under_way[b]) {
            start_transfer(w, part, s, b);
        }
    }
    uint32_t wait_us = s->out.wake_us - clock_us(s->free_at);
    s->wake_at = wait_us > INT32_MAX ? s->free_at : s->free_at + US(wait_us);
    if (s->out.ask.what != CTL_ASK_NONE) {
        world_wake(w, part, s->free_at);
        s->asks = true;
    } else {
        sleep(w, part, s);
    }
}

static void step(struct world *w, int32_t part, struct host_state *s)
{
    const struct host_params *p = world_params(w, part);
    ns_t now = world_now(w);
    ns_t cost = p->step_cost;

    s->in.now_us = clock_us(now);
    if (s->news != 0) {
        world_blame(w, s->news);
    }
    take_report(w, s);
    if (!take_step(w, s, &cost)) {
        s->phase = HOST_HUNG;
        world_wake(w, part, NS_NEVER);
        return;
    }
    s->news = 0;
    for (int b = 0; b < CTL_BUSES; b++) {
        s->in.bus[b].status = CTL_BUS_NONE;
    }
    s->steps++;
    say_decisions(w, s);
    if (s->out.kick) {
        s->free_at = now + cost;
        carry_out(w, part, s);
    } else {
        hang(w, part, s);
    }
}

static void host_due(struct world *w, int32_t part)
{
    struct host_state *s = state_of(w, part);

    if (s->phase == HOST_HUNG) {
        reset(w, part, s);
    } else if (s->phase == HOST_RESTARTS) {
        boot(w, part, true);
    } else if (s->asks) {
        uint32_t cause = world_cause(w);
        s->asks = false;
        send_request(w, s);
        world_blame(w, cause);
        sleep(w, part, s);
    } else {
        step(w, part, s);
    }
}

/* Something has come in: a step, if the CPU is free, when the others have had their turn. */
static void take_in(struct world *w, int32_t part, struct host_state *s)
{
    s->news = world_cause(w);
    if (world_now(w) >= s->free_at && plant_is_last(w)) {
        step(w, part, s);
    } else {
        wake_when_free(w, part, s);
    }
}

static void host_input(struct world *w, int32_t part, int32_t pin, bool level)
{
    struct host_state *s = state_of(w, part);
    uint32_t bit = (uint32_t)1 << pin;

    s->in.pins = level ? s->in.pins | bit : s->in.pins & ~bit;
    if (s->phase == HOST_RUNS) {
        take_in(w, part, s);
    }
}

static void host_transferred(struct world *w, int32_t part, int32_t bus, const struct i2c_reply *re)
{
    static const enum ctl_bus_status as[] = {
        [I2C_OK] = CTL_BUS_OK, [I2C_NACK] = CTL_BUS_NACK, [I2C_TIMEOUT] = CTL_BUS_TIMEOUT};
    struct host_state *s = state_of(w, part);
    int b = s->bus_part[0] == bus ? 0 : 1;

    s->under_way[b] = false;
    if (s->phase != HOST_RUNS) {
        return;
    }
    s->in.bus[b].status = as[re->status];
    memcpy(s->in.bus[b].rx, re->rx, sizeof s->in.bus[b].rx);
    take_in(w, part, s);
}

/* When many come at once the oldest of them is forgotten. */
static void host_heard(struct world *w, int32_t part, int32_t server,
                       const struct channel_report *re)
{
    struct host_state *s = state_of(w, part);
    uint8_t i = 0;

    while (i < s->config.n_servers && s->server_part[i] != server) {
        i++;
    }
    if (s->phase != HOST_RUNS || i == s->config.n_servers) {
        return;
    }
    if (s->inbox_n == CTL_SERVERS) {
        s->inbox_first = (s->inbox_first + 1) % CTL_SERVERS;
        s->inbox_n--;
    }
    s->inbox[(s->inbox_first + s->inbox_n++) % CTL_SERVERS] =
        (struct host_report){.server = i, .cause = world_cause(w), .said = *re};
    wake_when_free(w, part, s);
}

/* ---- signals and actions ----------------------------------------------------------------------- */

static const struct host_state *look(const struct world *w, int32_t part)
{
    return world_state_const(w, part);
}

/* The controller's number of a supply; CTL_NOBODY: it does not know it. */
static uint8_t supply_of(const struct host_state *s, int32_t psu)
{
    for (uint8_t i = 0; i < s->config.n_supplies; i++) {
        if (s->supply_part[i] == psu) {
            return i;
        }
    }
    return CTL_NOBODY;
}

#define BELIEF(name, what)                                                                         \
    static double read_##name(const struct world *w, int32_t part, int32_t psu, ns_t at)           \
    {                                                                                              \
        const struct host_state *s = look(w, part);                                                \
        uint8_t i = supply_of(s, psu);                                                             \
                                                                                                   \
        (void)at;                                                                                  \
        return said(w) != NULL && i != CTL_NOBODY                                                  \
                   ? (double)said(w)->supplies[i].what                                             \
                   : (double)controller_supply_##what(&s->controller, i);                          \
    }
BELIEF(supply, state)
BELIEF(health, health)
BELIEF(time_left, left_s)
BELIEF(preempted, preempted)
#undef BELIEF

#define OF_ALL_BARS(name)                                                                          \
    static double read_##name(const struct world *w, int32_t part, ns_t at)                        \
    {                                                                                              \
        const struct host_state *s = look(w, part);                                                \
        double sum_W = 0.0;                                                                        \
                                                                                                   \
        (void)at;                                                                                  \
        for (uint8_t b = 0; b < s->config.n_bars; b++) {                                           \
            sum_W += 1e-3 * (said(w) != NULL ? said(w)->bars[b].name##_mW                          \
                                             : controller_bar_##name##_mW(&s->controller, b));     \
        }                                                                                          \
        return sum_W;                                                                              \
    }
OF_ALL_BARS(draw)
OF_ALL_BARS(wanted)
OF_ALL_BARS(budget)
#undef OF_ALL_BARS

#define COUNTER(name, member)                                                                      \
    static double read_##name(const struct world *w, int32_t part, ns_t at)                        \
    {                                                                                              \
        (void)at;                                                                                  \
        return counts_of(w, look(w, part))->member;                                                \
    }
COUNTER(sweeps, sweeps)
COUNTER(retries, retries)
COUNTER(pec_errors, pec_errors)
COUNTER(nacks, nacks)
COUNTER(timeouts, timeouts)
COUNTER(recoveries, recoveries)
COUNTER(strangers, strangers)
COUNTER(faults, faults)
COUNTER(erasures, erasures)
COUNTER(clears, clears)
COUNTER(busy, busy)
COUNTER(shorts, shorts)
COUNTER(alerts, alerts)
COUNTER(asks, alert_asks)
COUNTER(storms, alert_storms)
COUNTER(holds, alert_holds)
COUNTER(commands, switch_commands)
COUNTER(moves, moves)
COUNTER(predictions, predictions)
COUNTER(preemptions, preemptions)
COUNTER(refusals, refusals)
COUNTER(requests, requests)
COUNTER(caps, caps)
COUNTER(sheds, sheds)
COUNTER(escalations, escalations)
COUNTER(starts, starts)
COUNTER(plans, plans)
COUNTER(foreseen, foreseen)
#undef COUNTER

static double read_mode(const struct world *w, int32_t part, ns_t at)
{
    const struct host_state *s = look(w, part);

    (void)at;
    if (s->phase != HOST_RUNS) {
        return (double)(CONTROLLER_MODES + s->phase - HOST_HUNG);
    }
    return said(w) != NULL ? said(w)->mode : (double)controller_mode(&s->controller);
}

static double read_planned_ahead(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return said(w) != NULL ? said(w)->planned_ahead
                           : controller_planned_ahead(&look(w, part)->controller);
}

static const struct signal host_signals[] = {
    {.key = "mode",
     .choices = "RUNNING|SAFE|HUNG|RESTARTING",
     .doc = "what the controller is doing",
     .read = read_mode},
    {.key = "sweeps",
     .quantity = QTY_OPERATIONS,
     .doc = "complete polls of all supplies",
     .read = read_sweeps},
    {.key = "retries",
     .quantity = QTY_OPERATIONS,
     .doc = "transfers repeated",
     .read = read_retries},
    {.key = "pec_errors",
     .quantity = QTY_OPERATIONS,
     .doc = "replies with a wrong checksum",
     .read = read_pec_errors},
    {.key = "nacks",
     .quantity = QTY_OPERATIONS,
     .doc = "transfers not acknowledged",
     .read = read_nacks},
    {.key = "timeouts",
     .quantity = QTY_OPERATIONS,
     .doc = "transfers that timed out",
     .read = read_timeouts},
    {.key = "recoveries",
     .quantity = QTY_OPERATIONS,
     .doc = "recoveries of a stuck bus",
     .read = read_recoveries},
    {.key = "strangers",
     .quantity = QTY_OPERATIONS,
     .doc = "answers that turned out to be another device's",
     .read = read_strangers},
    {.key = "faults",
     .quantity = QTY_OPERATIONS,
     .doc = "status registers of supplies found with bits that were news",
     .read = read_faults},
    {.key = "erasures",
     .quantity = QTY_OPERATIONS,
     .doc = "status registers cleared bit by bit",
     .read = read_erasures},
    {.key = "clears", .quantity = QTY_OPERATIONS, .doc = "CLEAR_FAULTS sent", .read = read_clears},
    {.key = "busy",
     .quantity = QTY_OPERATIONS,
     .doc = "supplies put off: busy, or without an answer for the moment",
     .read = read_busy},
    {.key = "shorts",
     .quantity = QTY_OPERATIONS,
     .doc = "times a bar was found shorted, trials in vain included",
     .read = read_shorts},
    {.key = "alerts",
     .quantity = QTY_OPERATIONS,
     .doc = "times an alert line was found low",
     .read = read_alerts},
    {.key = "alert_asks",
     .quantity = QTY_OPERATIONS,
     .doc = "reads from the alert response address",
     .read = read_asks},
    {.key = "alert_storms",
     .quantity = QTY_OPERATIONS,
     .doc = "alert lines ignored for a while because they fell too often",
     .read = read_storms},
    {.key = "alert_holds",
     .quantity = QTY_OPERATIONS,
     .doc = "alert lines ignored for a while because they stayed low whatever was done",
     .read = read_holds},
    {.key = "commands",
     .quantity = QTY_OPERATIONS,
     .doc = "switch commands sent",
     .read = read_commands},
    {.key = "moves",
     .quantity = QTY_OPERATIONS,
     .doc = "re-allocations of supplies to bars",
     .read = read_moves},
    {.key = "predictions",
     .quantity = QTY_OPERATIONS,
     .doc = "supplies foretold to fail",
     .read = read_predictions},
    {.key = "preemptions",
     .quantity = QTY_OPERATIONS,
     .doc = "supplies replaced before they failed",
     .read = read_preemptions},
    {.key = "refusals",
     .quantity = QTY_OPERATIONS,
     .doc = "such replacements that would not have paid",
     .read = read_refusals},
    {.key = "requests",
     .quantity = QTY_OPERATIONS,
     .doc = "requests sent to servers",
     .read = read_requests},
    {.key = "caps",
     .quantity = QTY_OPERATIONS,
     .doc = "servers told to draw less",
     .read = read_caps},
    {.key = "sheds",
     .quantity = QTY_OPERATIONS,
     .doc = "servers told to be off",
     .read = read_sheds},
    {.key = "escalations",
     .quantity = QTY_OPERATIONS,
     .doc = "servers told to be off because a cap was refused or not acknowledged",
     .read = read_escalations},
    {.key = "starts",
     .quantity = QTY_OPERATIONS,
     .doc = "servers told to start",
     .read = read_starts},
    {.key = "draw",
     .quantity = QTY_WATT,
     .doc = "what it expects all bars to draw once everything asked is done",
     .read = read_draw},
    {.key = "wanted",
     .quantity = QTY_WATT,
     .doc = "the same if no server was held down",
     .read = read_wanted},
    {.key = "budget",
     .quantity = QTY_WATT,
     .doc = "what the supplies of all bars can give",
     .read = read_budget},
    {.key = "plans",
     .quantity = QTY_OPERATIONS,
     .doc = "questions that the best allocation had to be searched for",
     .read = read_plans},
    {.key = "foreseen",
     .quantity = QTY_OPERATIONS,
     .doc = "questions answered by looking up what was planned ahead",
     .read = read_foreseen},
    {.key = "planned_ahead",
     .quantity = QTY_OPERATIONS,
     .doc = "single failures whose answer is ready",
     .read = read_planned_ahead},
    NONE,
};

static const struct signal_family host_families[] = {
    {.key = "",
     .choices = SUPPLY_WORDS,
     .of_kinds = "psu",
     .doc = "what the controller believes of this supply",
     .read = read_supply},
    {.key = "health",
     .choices = "LEARNING|SOUND|DRIFTING|FAILING",
     .of_kinds = "psu",
     .doc = "what the trends of its readings say",
     .read = read_health},
    {.key = "time_left",
     .quantity = QTY_SECOND,
     .of_kinds = "psu",
     .doc = "until the leading trend meets its limit; 4294967295 s: not in sight",
     .read = read_time_left},
    {.key = "preempted",
     .choices = "NO|YES",
     .of_kinds = "psu",
     .doc = "has it been replaced for fear that it fails?",
     .read = read_preempted},
    NONE,
};

static bool act_reset(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    reset(w, part, state_of(w, part));
    return true;
}

static bool act_halt(struct world *w, int32_t part, const struct act_args *a)
{
    struct host_state *s = state_of(w, part);

    (void)a;
    if (s->phase != HOST_RUNS) {
        return false;
    }
    world_event(w, part, EV_FAULT_ON, 0.0);
    hang(w, part, s);
    return true;
}

static const struct action host_actions[] = {
    {.key = "reset",
     .run = act_reset,
     .doc = "is reset: its memory stays, its buses stop where they are"},
    {.key = "halt",
     .undo = "reset",
     .run = act_halt,
     .doc = "stops taking steps: its firmware has hung, until the watchdog resets it"},
    NONE,
};

const struct kind controller_kind = {
    .name = "controller",
    .doc = "the power supply management controller: the production firmware itself",
    .fields = host_fields,
    .signals = host_signals,
    .families = host_families,
    .actions = host_actions,
    .tie = TIE_CONTROLLER,
    .params_size = sizeof(struct host_params),
    .state_size = sizeof(struct host_state),
    .start = host_start,
    .due = host_due,
    .input = host_input,
    .transferred = host_transferred,
    .heard = host_heard,
};

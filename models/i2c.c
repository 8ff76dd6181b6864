/* i2c.c - the serial bus on the wire: time, who answers, and what can go wrong with two lines.
 *
 *   transfer   START 1, address 9, each written byte 9; repeated START 1, address 9, each byte read
 *              9; STOP 1 clock: a mux write is 20 clocks, READ_WORD with PEC 57. The STOP's clock
 *              covers the bus-free time (4.7 us of 10 us at 100 kHz, 1.3 of 2.5 at 400 kHz)
 *   stretch    a device holds the clock after the last written byte. Longer than the time-out: the
 *              master gives up, and the clock stays low until the device lets go
 *   refused    a byte that nobody acknowledges ends the transfer: STOP
 *   wired AND  every device that hears its address answers; where one sends 0, 0 is read. Without
 *              any the line is high: FF
 *   SCL low    before the START: the master waits; in the middle: everything is late by as much.
 *              After the time-out it gives up
 *   SDA low    before the START: the master waits; in the middle: it has lost the bus, and reports a
 *              refused byte when the line comes free before the time-out
 *
 * One event a transfer, at its end. What the devices do they do at the STOP, except those that act
 * on every byte (i2c_attach_by_byte).
 *
 * Left out: arbitration between masters, 10-bit addresses, general call. Alert response: i2c_alert.c.
 * Source: hardware facts 5.1 and 5.3 [S76, S81, S83].  Checked by tests/models/test_i2c.c. */
#include "i2c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "i2c_state.h"
#include "mux.h"
#include "world.h"

enum { BITS = 9, CLEAR_PULSES = 9 };

/* clang-format off */
#define FIELD(k, member) .key = k, .offset = offsetof(struct i2c_params, member)
static const struct field i2c_fields[] = {
    {FIELD("clock", clock_Hz), .type = FIELD_REAL, .quantity = QTY_HERTZ, .min = 10e3, .max = 1e6,
     .def = 100e3, .doc = "its clock: 100, 400 or 1000 kHz", .source = "S76"},
    {FIELD("timeout", timeout), .type = FIELD_TIME, .min = 1e-3, .max = 10.0, .def = 35e-3,
     .doc = "a line held low this long ends a transfer (SMBus: 25..35 ms; Linux: 1 s)",
     .source = "S76"},
    {FIELD("t_buf", t_buf), .type = FIELD_TIME, .min = 0.0, .max = 0.1, .def = 0.0,
     .doc = "idle time between transfers, beyond the STOP's clock (80 us for some devices)",
     .source = "S90"},
    {FIELD("reset_pulse", reset_pulse), .type = FIELD_TIME, .min = 1e-8, .max = 1e-3, .def = 1e-6,
     .doc = "on the reset line of its muxes", .source = "S83"},
    {.key = NULL},
};
#undef FIELD
/* clang-format on */

static const struct i2c_params *params_of(const struct world *w, int32_t bus)
{
    return world_params(w, bus);
}

static struct i2c_state *state_of(struct world *w, int32_t bus)
{
    return world_state(w, bus);
}

/* How long n clocks take. */
static ns_t clocks_ns(const struct i2c_params *p, int32_t n)
{
    return (ns_t)(n * 1e9 / p->clock_Hz + 0.5);
}

/* ---- who sits where ---------------------------------------------------------------------------- */

static uint64_t bit_of(int32_t seat)
{
    return (uint64_t)1 << seat;
}

static struct seat *attach(struct world *w, int32_t device, const struct i2c_path *path)
{
    struct i2c_state *s = state_of(w, path->bus);

    if (s->seats == I2C_DEVICES || path->address < 0 || path->address >= I2C_ADDRESSES) {
        abort(); /* the loader lets no such rack through */
    }
    int32_t i = s->seats++;
    s->seat[i] = (struct seat){.device = device,
                               .mux = path->mux,
                               .channel = path->channel,
                               .address = (uint8_t)path->address};
    s->at[path->address] |= bit_of(i);
    s->open |= path->mux == NO_PART ? bit_of(i) : 0; /* a mux starts with all channels off */
    return &s->seat[i];
}

void i2c_attach(struct world *w, int32_t device, const struct i2c_path *path)
{
    if (path->bus != NO_PART) {
        attach(w, device, path);
    }
}

void i2c_attach_by_byte(struct world *w, int32_t device, const struct i2c_path *path)
{
    if (path->bus != NO_PART) {
        attach(w, device, path)->by_byte = true;
    }
}

/* Seats that hear the address under way. */
static uint64_t hearers(const struct i2c_state *s)
{
    return i2c_is_alert_response(s) ? s->alerting
                                    : s->open & s->at[s->rq.address & (I2C_ADDRESSES - 1)];
}

/* Take one out of a set that is not empty: who came last comes first. */
static const struct seat *take_seat(const struct i2c_state *s, uint64_t *set)
{
    int32_t i = 63 - __builtin_clzll(*set);

    *set -= bit_of(i);
    return &s->seat[i];
}

bool i2c_is_low(const struct i2c_state *s, enum i2c_line line)
{
    const struct hold *h = &s->hold[line];

    if (!h->on) {
        return false;
    }
    for (int32_t i = 0; i < s->seats; i++) {
        if (s->seat[i].device == h->holder) {
            return (s->open & bit_of(i)) != 0;
        }
    }
    return true;
}

/* ---- from START to STOP ------------------------------------------------------------------------ */

static bool is_blocked(const struct i2c_state *s, ns_t now)
{
    return i2c_is_low(s, I2C_SCL) || (s->rq.op == I2C_TRANSFER && i2c_is_low(s, I2C_SDA)) ||
           s->scl_until > now;
}

/* When written byte k (1..) of the transfer under way has been acknowledged. */
static ns_t acknowledged(const struct i2c_params *p, const struct i2c_state *s, int32_t k)
{
    return s->begun + clocks_ns(p, 1 + BITS * (1 + k));
}

static void wake_running(struct world *w, int32_t bus, const struct i2c_state *s)
{
    bool waits_for_byte = s->by_byte && s->told < s->rq.n_tx;

    world_wake(w, bus, waits_for_byte ? acknowledged(params_of(w, bus), s, s->told + 1) : s->ends);
}

/* What the devices will do, asked at the START: who hears it, how long the clock is stretched, and
 * at which byte (0: none) nobody acknowledges any more. */
struct answer {
    ns_t stretch;
    int32_t refused;
    bool by_byte;
};

static struct answer ask(struct world *w, struct i2c_state *s)
{
    struct answer a = {.refused = 1};

    s->refused = false;
    for (uint64_t set = hearers(s); set != 0;) {
        const struct seat *seat = take_seat(s, &set);
        const struct kind *kind = world_kind(w, seat->device);
        ns_t stretch = kind->stretch ? kind->stretch(w, seat->device, &s->rq) : 0;

        a.by_byte |= seat->by_byte;
        s->refused |= stretch < 0;
        if (stretch >= 0) {
            a.refused = 0;
            a.stretch = stretch > a.stretch ? stretch : a.stretch;
        } else if (a.refused > 0 && -stretch > a.refused) {
            a.refused = (int32_t)-stretch;
        }
    }
    return a;
}

static int32_t clocks_of(const struct i2c_request *rq)
{
    int32_t read = rq->n_rx == 0 ? 0 : BITS * rq->n_rx + (rq->n_tx > 0 ? 1 + BITS : 0);

    return 1 + BITS * (1 + rq->n_tx) + read + 1;
}

static void begin_transfer(struct world *w, const struct i2c_params *p, struct i2c_state *s)
{
    struct answer a = {.refused = 1};

    s->heard = s->nack == 0;
    if (s->nack > 0) {
        s->nack--;
    } else {
        s->alerting = i2c_is_alert_response(s) ? i2c_alerting(w, s) : 0;
        a = ask(w, s);
    }
    if (a.refused > 0 && a.refused <= 1 + s->rq.n_tx) {
        s->ends_as = I2C_NACK;
        s->ends = s->begun + clocks_ns(p, 1 + BITS * a.refused + 1);
    } else if (a.stretch > p->timeout) {
        ns_t held = acknowledged(p, s, s->rq.n_tx);
        s->ends_as = I2C_TIMEOUT;
        s->heard = false; /* the device starts afresh after the time-out [S76] */
        s->ends = held + p->timeout;
        s->scl_until = held + a.stretch;
    } else {
        s->ends_as = I2C_OK;
        s->ends = s->begun + clocks_ns(p, clocks_of(&s->rq)) + a.stretch;
    }
    s->told = 1; /* the first byte, a register number, has no effect of its own */
    s->by_byte = a.by_byte && s->ends_as == I2C_OK;
}

static void begin(struct world *w, int32_t bus, struct i2c_state *s)
{
    const struct i2c_params *p = params_of(w, bus);
    ns_t now = world_now(w);

    if (s->rq.op != I2C_RESET_MUX && is_blocked(s, now)) {
        ns_t gives_up = s->from + p->timeout;
        bool held = i2c_is_low(s, I2C_SCL) || (s->rq.op == I2C_TRANSFER && i2c_is_low(s, I2C_SDA));
        s->phase = PHASE_WAITS;
        world_wake(w, bus, held || s->scl_until > gives_up ? gives_up : s->scl_until);
        return;
    }
    s->phase = PHASE_RUNS;
    s->ends_as = I2C_OK;
    s->heard = s->by_byte = false;
    s->begun = now > s->free_at ? now : s->free_at;
    if (s->rq.op == I2C_TRANSFER) {
        begin_transfer(w, p, s);
    } else if (s->rq.op == I2C_CLEAR) {
        s->ends = s->begun + clocks_ns(p, CLEAR_PULSES + 1);
    } else {
        s->ends = now + p->reset_pulse;
    }
    wake_running(w, bus, s);
}

void i2c_start(struct world *w, int32_t bus, int32_t master, const struct i2c_request *rq,
               ns_t from)
{
    struct i2c_state *s = state_of(w, bus);

    if (s->phase != PHASE_IDLE || rq->n_tx > I2C_BYTES || rq->n_rx > I2C_BYTES) {
        abort(); /* one transfer at a time: the master's port keeps to it */
    }
    s->rq = *rq;
    s->master = master;
    s->from = from;
    s->phase = PHASE_COMES;
    world_wake(w, bus, from);
}

bool i2c_take_back(struct world *w, int32_t bus)
{
    struct i2c_state *s = state_of(w, bus);

    if (s->phase != PHASE_COMES) {
        return false;
    }
    s->phase = PHASE_IDLE;
    world_wake(w, bus, NS_NEVER);
    return true;
}

/* ---- what the devices do ----------------------------------------------------------------------- */

/* Devices that act on each byte get the one just acknowledged. */
static void tell_byte(struct world *w, int32_t bus, struct i2c_state *s)
{
    uint32_t cause = world_cause(w);
    struct i2c_request so_far = s->rq;
    struct i2c_reply nothing = {.status = I2C_OK};

    so_far.n_tx = ++s->told;
    so_far.n_rx = 0;
    for (uint64_t set = hearers(s); set != 0;) {
        const struct seat *seat = take_seat(s, &set);
        if (seat->by_byte) {
            world_blame(w, cause);
            world_kind(w, seat->device)->i2c(w, seat->device, &so_far, &nothing);
        }
    }
    world_blame(w, cause);
    wake_running(w, bus, s);
}

/* What a device has seen of the transfer: one that refuses a byte nothing after that. */
static struct i2c_request seen_by(const struct world *w, const struct i2c_state *s, int32_t device)
{
    const struct kind *kind = world_kind(w, device);
    struct i2c_request rq = s->rq;
    ns_t stretch = kind->stretch ? kind->stretch(w, device, &rq) : 0;

    if (stretch >= 0 && s->ends_as == I2C_NACK) {
        stretch = I2C_REFUSES(1); /* it has woken up too late */
    }
    if (stretch < 0 && -stretch <= 1 + rq.n_tx) {
        rq.n_tx = (uint8_t)(-stretch - 1);
        rq.n_rx = 0;
    }
    return rq;
}

/* All that hear the address act. A device that goes away in the middle of a read leaves the line
 * high. */
static void tell_devices(struct world *w, struct i2c_state *s, struct i2c_reply *re)
{
    uint32_t cause = world_cause(w);
    uint64_t set = hearers(s);
    bool acknowledged_by_any = re->status == I2C_OK && s->rq.n_rx > 0 && set == 0;

    while (set != 0) {
        const struct seat *seat = take_seat(s, &set);
        const struct i2c_request *rq = &s->rq;
        struct i2c_request less;
        uint32_t news = re->cause;
        if (s->refused) {
            less = seen_by(w, s, seat->device);
            rq = &less;
        }
        if (seat->by_byte && rq->n_tx > 1 && rq->n_rx == 0) {
            acknowledged_by_any = true;
            continue;
        }
        world_blame(w, cause);
        bool ok = world_kind(w, seat->device)->i2c(w, seat->device, rq, re);
        ok = ok && rq->n_tx == s->rq.n_tx && rq->n_rx == s->rq.n_rx;
        acknowledged_by_any = acknowledged_by_any || ok;
        re->cause = news > re->cause ? news : re->cause;
    }
    world_blame(w, cause);
    if (!acknowledged_by_any) {
        re->status = I2C_NACK;
    }
}

/* A fault of the bus itself has shown in this transfer. */
static void show_fault(struct i2c_state *s, struct i2c_reply *re)
{
    re->cause = s->news > re->cause ? s->news : re->cause;
    s->news = 0;
}

static void garble(struct world *w, int32_t bus, struct i2c_state *s, struct i2c_reply *re)
{
    if (s->garble > 0 && s->rq.n_rx > 0 && re->status == I2C_OK) {
        int32_t bit = (int32_t)(world_uniform(w, bus) * 8.0 * s->rq.n_rx);
        s->garble--;
        re->rx[bit / 8] ^= (uint8_t)(1u << bit % 8);
        show_fault(s, re);
    }
}

static void end_transfer(struct world *w, int32_t bus, struct i2c_state *s, struct i2c_reply *re)
{
    static const enum event_kind said[] = {
        [I2C_OK] = EV_TRANSFER, [I2C_NACK] = EV_NACK, [I2C_TIMEOUT] = EV_BUS_TIMEOUT};

    if (s->heard && i2c_is_alert_response(s)) {
        i2c_alert_response(w, s, re);
        garble(w, bus, s, re);
    } else if (s->heard) {
        tell_devices(w, s, re);
        garble(w, bus, s, re);
    } else {
        show_fault(s, re);
    }
    s->ended[re->status]++;
    if (re->cause != 0) { /* it carries news: whoever acts on it acts because of that */
        world_blame(w, re->cause);
    }
    world_event_from(w, bus, said[re->status], s->rq.address, s->from);
}

/* Nine clocks: a device that was stuck in the middle of a byte has got rid of it. */
static void end_clear(struct world *w, int32_t bus, struct i2c_state *s, struct i2c_reply *re)
{
    struct hold *h = &s->hold[I2C_SDA];

    if (re->status == I2C_OK && i2c_is_low(s, I2C_SDA) && h->pulses > 0) {
        h->pulses -= h->pulses < CLEAR_PULSES ? h->pulses : CLEAR_PULSES;
        h->on = h->pulses > 0;
    }
    if (re->status == I2C_OK && i2c_is_low(s, I2C_SDA)) {
        re->status = I2C_TIMEOUT;
    }
    if (re->status == I2C_TIMEOUT) {
        s->ended[I2C_TIMEOUT]++;
        show_fault(s, re);
    }
    world_event_from(w, bus, EV_BUS_CLEAR, re->status == I2C_OK, s->from);
}

static void end_reset(struct world *w, int32_t bus, struct i2c_state *s)
{
    uint32_t event = world_event_from(w, bus, EV_MUX_RESET, 0.0, s->from);

    for (int32_t i = 0; i < s->seats; i++) {
        int32_t device = s->seat[i].device;
        if (world_kind(w, device) != &mux_kind) {
            continue;
        }
        mux_reset(w, device);
        for (int line = 0; line < I2C_LINES; line++) {
            if (s->hold[line].on && s->hold[line].holder == device) {
                s->hold[line].on = false;
            }
        }
    }
    world_blame(w, event);
}

static void end(struct world *w, int32_t bus, struct i2c_state *s)
{
    struct i2c_reply *re = &s->re;
    int32_t master = s->master;
    ns_t now = world_now(w);

    *re = (struct i2c_reply){.status = s->ends_as};
    memset(re->rx, 0xFF, sizeof re->rx);
    s->phase = PHASE_IDLE;
    s->free_at = now + params_of(w, bus)->t_buf;
    s->busy += now - s->from;
    if (s->rq.op == I2C_TRANSFER) {
        end_transfer(w, bus, s, re);
    } else if (s->rq.op == I2C_CLEAR) {
        end_clear(w, bus, s, re);
    } else {
        end_reset(w, bus, s);
    }
    world_kind(w, master)->transferred(w, master, bus, re);
}

struct i2c_sight i2c_look(const struct world *w, int32_t bus)
{
    const struct i2c_state *s = world_state_const(w, bus);
    uint64_t set = hearers(s);

    return (struct i2c_sight){
        .rq = &s->rq, .re = &s->re, .device = set != 0 ? take_seat(s, &set)->device : NO_PART};
}

static void i2c_due(struct world *w, int32_t bus)
{
    struct i2c_state *s = state_of(w, bus);
    ns_t now = world_now(w);

    if (s->phase == PHASE_COMES || (s->phase == PHASE_WAITS && !is_blocked(s, now))) {
        begin(w, bus, s);
        return;
    }
    if (s->phase == PHASE_RUNS && now < s->ends) {
        tell_byte(w, bus, s);
        return;
    }
    if (s->phase != PHASE_RUNS) { /* it gives up */
        s->ends_as = I2C_TIMEOUT;
        s->heard = false;
    }
    end(w, bus, s);
}

/* ---- lines that come and go -------------------------------------------------------------------- */

static void stall(struct world *w, int32_t bus, struct i2c_state *s, enum i2c_phase phase)
{
    s->phase = phase;
    s->stalled = world_now(w);
    s->left = s->ends - s->stalled;
    world_wake(w, bus, s->stalled + params_of(w, bus)->timeout);
}

static void go_on(struct world *w, int32_t bus, struct i2c_state *s)
{
    s->phase = PHASE_RUNS;
    s->begun += world_now(w) - s->stalled;
    s->ends = world_now(w) + s->left;
    wake_running(w, bus, s);
}

/* The master has found the data line low where it sent a 1; now it is high again: STOP. */
static void lose(struct world *w, int32_t bus, struct i2c_state *s)
{
    s->phase = PHASE_RUNS;
    s->ends_as = I2C_NACK;
    s->heard = s->by_byte = false;
    s->ends = world_now(w) + clocks_ns(params_of(w, bus), 1);
    wake_running(w, bus, s);
}

static void lines_changed(struct world *w, int32_t bus, struct i2c_state *s)
{
    bool scl = i2c_is_low(s, I2C_SCL);
    bool sda = i2c_is_low(s, I2C_SDA) && s->rq.op == I2C_TRANSFER;

    if (s->phase == PHASE_IDLE || s->phase == PHASE_COMES || s->rq.op == I2C_RESET_MUX) {
        return;
    }
    if (s->phase == PHASE_WAITS) {
        begin(w, bus, s);
    } else if (s->phase == PHASE_RUNS && (scl || sda)) {
        stall(w, bus, s, sda ? PHASE_SPOILED : PHASE_STALLED);
    } else if (s->phase == PHASE_STALLED && sda) {
        s->phase = PHASE_SPOILED;
    } else if (s->phase == PHASE_STALLED && !scl) {
        go_on(w, bus, s);
    } else if (s->phase == PHASE_SPOILED && !scl && !sda) {
        lose(w, bus, s);
    }
}

/* Whoever hears a transfer under way may come and go with its channel. */
void i2c_channels_changed(struct world *w, int32_t bus, int32_t mux, uint8_t channels)
{
    struct i2c_state *s = state_of(w, bus);
    uint64_t behind = 0;
    uint64_t on = 0;

    for (int32_t i = 0; i < s->seats; i++) {
        if (s->seat[i].mux == mux) {
            behind |= bit_of(i);
            on |= (uint64_t)(channels >> s->seat[i].channel & 1) << i;
        }
    }
    s->open = (s->open & ~behind) | on;
    lines_changed(w, bus, s);
}

void i2c_hold(struct world *w, int32_t bus, enum i2c_line line, int32_t holder, int32_t pulses)
{
    struct i2c_state *s = state_of(w, bus);
    bool clocks_help = line == I2C_SDA && holder != NO_PART;

    s->hold[line] = (struct hold){.on = true, .holder = holder, .pulses = clocks_help ? pulses : 0};
    s->news = world_event(w, bus, EV_FAULT_ON, line);
    lines_changed(w, bus, s);
}

/* How many clocks of the byte under way a device that sends it has still to see; 0: none sends. */
static int32_t clocks_left(const struct world *w, int32_t bus, const struct i2c_state *s)
{
    const struct i2c_params *p = params_of(w, bus);
    ns_t left = s->phase == PHASE_RUNS ? s->ends - world_now(w) : s->left;
    int32_t clocks = (int32_t)ceil((double)left * 1e-9 * p->clock_Hz - 1e-3) - 1; /* no STOP */

    return s->ends_as == I2C_OK && s->rq.op == I2C_TRANSFER && s->heard && clocks > 0 &&
                   clocks <= BITS * s->rq.n_rx
               ? 1 + (clocks - 1) % BITS
               : 0;
}

void i2c_cut(struct world *w, int32_t bus)
{
    struct i2c_state *s = state_of(w, bus);
    uint64_t set = hearers(s);

    if (s->phase == PHASE_IDLE || i2c_take_back(w, bus)) {
        return;
    }
    int32_t clocks = s->phase != PHASE_WAITS && set != 0 ? clocks_left(w, bus, s) : 0;
    world_event_from(w, bus, EV_TRANSFER_CUT, s->rq.address, s->from);
    s->cuts++;
    s->busy += world_now(w) - s->from;
    s->phase = PHASE_IDLE;
    s->free_at = world_now(w);
    world_wake(w, bus, NS_NEVER);
    if (clocks > 0) {
        i2c_hold(w, bus, I2C_SDA, take_seat(s, &set)->device, clocks);
    }
}

void i2c_let_go(struct world *w, int32_t bus, enum i2c_line line)
{
    struct i2c_state *s = state_of(w, bus);

    s->hold[line].on = false;
    world_event(w, bus, EV_FAULT_OFF, line);
    lines_changed(w, bus, s);
}

void i2c_leaves(struct world *w, int32_t bus, int32_t device)
{
    const struct i2c_state *s = state_of(w, bus);

    for (int line = 0; line < I2C_LINES; line++) {
        if (s->hold[line].on && s->hold[line].holder == device) {
            i2c_let_go(w, bus, (enum i2c_line)line);
        }
    }
}

const struct kind i2c_kind = {
    .name = "i2c",
    .doc = "a serial bus (I2C, SMBus): wire time, stretching, stuck lines",
    .fields = i2c_fields,
    .signals = i2c_signals,
    .actions = i2c_actions,
    .tie = TIE_BUS,
    .params_size = sizeof(struct i2c_params),
    .state_size = sizeof(struct i2c_state),
    .due = i2c_due,
};

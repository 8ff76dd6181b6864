/* poll.c - turns on the serial bus and what the answers mean.  Checked by test_step.c, test_storm.c. */
#include "poll.h"

#include "alert.h"
#include "chips.h"
#include "clock.h"
#include "controller.h"
#include "identity.h"
#include "lanes.h"
#include "plausible.h"
#include "pmbus.h"
#include "prognosis.h"
#include "sequencer.h"
#include "verdict.h"
#include "welds.h"
#include "wire.h"

#include <stddef.h>

/* ---- whose turn -------------------------------------------------------------------------------- */

struct wire_seat poll_seat(const struct controller *c, uint8_t s)
{
    const struct ctl_supply_config *u = &c->cfg.supplies[s];

    return (struct wire_seat){u->mux_address, u->channel, u->address};
}

static bool is_skipped(const struct controller *c, const struct supply *u)
{
    return (u->skip_us != 0U) && !passed(c->now_us, u->skip_from_us, u->skip_us);
}

static void begin_turn(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    const struct chip *chip = chip_row(c->cfg.supplies[s].chip);

    u->skip_us = 0;
    u->tries = 0;
    u->details = 0;
    u->counted = false;
    u->fault_seen = false;
    u->want_clear = false;
    u->want_restart = false;
    lanes_begin(c, s);
    if (u->state != (uint8_t)SUPPLY_ABSENT) {
        u->step = identity_comes_first(c, s) ? (uint8_t)POLL_WHO : (uint8_t)POLL_STATUS;
    } else if (chip->has_vout_mode) {
        u->step = (uint8_t)POLL_MODE;
    } else {
        u->mode = chip->vout_mode;
        u->step = (uint8_t)POLL_SERIAL;
    }
}

bool poll_begin_turn(struct controller *c, uint8_t s)
{
    bool may = !is_skipped(c, &c->supplies[s]);

    if (may) {
        begin_turn(c, s);
    }
    return may;
}

bool poll_is_writing(const struct controller *c, uint8_t s)
{
    return c->supplies[s].step >= (uint8_t)POLL_OFF;
}

static uint32_t round_length_us(const struct controller *c, uint8_t bus)
{
    uint32_t sweep_us = alert_sweep_us(c, bus);

    return (!c->wires[bus].round_used && (sweep_us < (uint32_t)POLL_IDLE_us))
               ? (uint32_t)POLL_IDLE_us
               : sweep_us;
}

void poll_now(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];

    if (!b->round_open) {
        b->round_us = c->now_us - round_length_us(c, bus);
    }
}

/* Rounds begin a sweep apart; after one that took longer, the next begins at once. */
static bool open_round(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];
    uint32_t length_us = round_length_us(c, bus);
    uint32_t gone_us = c->now_us - b->round_us;

    if (gone_us < length_us) {
        return false;
    }
    bool late = (gone_us - length_us) >= c->cfg.sweep_us;
    c->count.late_sweeps += (late && (c->cfg.sweep_us > 0U)) ? 1U : 0U;
    b->round_us = late ? c->now_us : (b->round_us + length_us);
    b->round_open = true;
    b->round_used = false;
    b->turn = 0;
    return true;
}

static void close_round(struct controller *c, struct wire *b)
{
    b->round_open = false;
    c->count.sweeps++;
    if (!b->surveyed) {
        b->surveyed = true;
        c->replan = true;
    }
}

bool poll_rests(const struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];

    return (b->gap_us != 0U) && !passed(c->now_us, b->gap_from_us, b->gap_us);
}

uint8_t poll_due(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];

    if ((b->n_members == 0U) || poll_rests(c, bus) || (!b->round_open && !open_round(c, bus))) {
        return (uint8_t)CTL_NOBODY;
    }
    b->gap_us = 0;
    for (; b->turn < b->n_members; b->turn++) {
        uint8_t s = b->members[b->turn];

        if (c->supplies[s].step != (uint8_t)POLL_REST) {
            return s;
        }
        if (!is_skipped(c, &c->supplies[s])) {
            begin_turn(c, s);
            return s;
        }
    }
    close_round(c, b);
    return (uint8_t)CTL_NOBODY;
}

uint32_t poll_wait_us(const struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];

    if (b->n_members == 0U) {
        return UINT32_MAX;
    }
    if (b->gap_us != 0U) {
        return left_us(c->now_us, b->gap_from_us, b->gap_us);
    }
    return b->round_open ? 0U : left_us(c->now_us, b->round_us, round_length_us(c, bus));
}

static void end_turn(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    struct wire *b = &c->wires[c->cfg.supplies[s].bus];

    u->step = (uint8_t)POLL_REST;
    u->tries = 0;
    if (b->round_open && (b->turn < b->n_members) && (b->members[b->turn] == s)) {
        b->turn++;
        if (b->turn >= b->n_members) {
            close_round(c, b);
        }
    }
    alert_looked(c, s);
}

static void happens(struct controller *c, uint8_t s, enum supply_event event)
{
    bool was_lost = supply_is_lost(&c->supplies[s]);
    uint8_t before = c->supplies[s].state;

    if (event == ON_IDENTIFIED) {
        prognosis_forget(&c->prognoses[s]);
        plausible_forget(c, s);
    }
    if (supply_happens(&c->supplies[s], event, c->now_us)) {
        journal_supply(c, s, before);
        c->count.changes++;
        if (!was_lost && supply_is_lost(&c->supplies[s])) {
            c->count.losses++;
            c->identities[s].sure = false;
        }
        c->replan = true;
        sequencer_wake(c);
    }
}

/* ---- what is asked ----------------------------------------------------------------------------- */

struct question {
    uint8_t cmd;
    uint8_t n_write; /* data bytes written; 0 with n_read 0: a send byte */
    uint8_t n_read;  /* data bytes read, without PEC */
    uint8_t value;   /* written */
};

static const struct question questions[POLL_STEPS] = {
    [POLL_MODE] = {.cmd = (uint8_t)CMD_VOUT_MODE, .n_read = 1},
    [POLL_SERIAL] = {.cmd = (uint8_t)CMD_MFR_SERIAL, .n_read = (uint8_t)IDENTITY_BYTES + 1U},
    [POLL_STATUS] = {.cmd = (uint8_t)CMD_STATUS_WORD, .n_read = 2},
    [POLL_STATUS_VOUT] = {.cmd = (uint8_t)CMD_STATUS_VOUT, .n_read = 1},
    [POLL_STATUS_IOUT] = {.cmd = (uint8_t)CMD_STATUS_IOUT, .n_read = 1},
    [POLL_STATUS_INPUT] = {.cmd = (uint8_t)CMD_STATUS_INPUT, .n_read = 1},
    [POLL_VOUT] = {.cmd = (uint8_t)CMD_READ_VOUT, .n_read = 2},
    [POLL_IOUT] = {.cmd = (uint8_t)CMD_READ_IOUT, .n_read = 2},
    [POLL_VIN] = {.cmd = (uint8_t)CMD_READ_VIN, .n_read = 2},
    [POLL_IIN] = {.cmd = (uint8_t)CMD_READ_IIN, .n_read = 2},
    [POLL_HOT] = {.cmd = (uint8_t)CMD_READ_TEMPERATURE_1, .n_read = 2},
    [POLL_INLET] = {.cmd = (uint8_t)CMD_READ_TEMPERATURE_2, .n_read = 2},
    [POLL_FAN] = {.cmd = (uint8_t)CMD_READ_FAN_SPEED_1, .n_read = 2},
    [POLL_WHO] = {.cmd = (uint8_t)CMD_MFR_SERIAL, .n_read = (uint8_t)IDENTITY_BYTES + 1U},
    [POLL_OFF] = {.cmd = (uint8_t)CMD_OPERATION, .n_write = 1, .value = (uint8_t)OPERATION_OFF},
    [POLL_CLEAR] = {.cmd = (uint8_t)CMD_CLEAR_FAULTS},
    [POLL_ON] = {.cmd = (uint8_t)CMD_OPERATION, .n_write = 1, .value = (uint8_t)OPERATION_ON},
};

void poll_begin(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    const struct chip *chip = chip_row(cfg->chip);
    const uint8_t step = c->supplies[s].step;
    const struct question *q = &questions[step];
    uint8_t n_read = (step == (uint8_t)POLL_WHO) ? identity_bytes(c, s) : q->n_read;
    uint8_t n = 1;

    out->bus[bus].op = CTL_OP_TRANSFER;
    out->bus[bus].address = cfg->address;
    out->bus[bus].tx[0] = q->cmd;
    if (n_read > 0U) {
        out->bus[bus].n_rx = (uint8_t)(n_read + (chip->has_pec ? 1U : 0U));
    } else {
        if (q->n_write > 0U) {
            out->bus[bus].tx[n++] = q->value;
        }
        if (chip->takes_pec) {
            out->bus[bus].tx[n] = pec_of_write(cfg->address, out->bus[bus].tx, n);
            n++;
        }
    }
    out->bus[bus].n_tx = n;
}

static bool is_reading(uint8_t step)
{
    return (step >= (uint8_t)POLL_VOUT) && (step <= (uint8_t)POLL_FAN);
}

static uint8_t reading_of(uint8_t step)
{
    return (uint8_t)(step - (uint8_t)POLL_VOUT);
}

static bool wants_step(const struct controller *c, uint8_t s, uint8_t step)
{
    const struct supply *u = &c->supplies[s];
    bool wanted = true;

    if (is_reading(step)) {
        return ((uint32_t)u->asks & ((uint32_t)1 << reading_of(step))) != 0U;
    }
    switch (step) {
    case POLL_STATUS_VOUT:
        wanted = (u->details & ((uint32_t)ST_VOUT >> 8)) != 0U;
        break;
    case POLL_STATUS_IOUT:
        wanted = (u->details & ((uint32_t)ST_IOUT_POUT >> 8)) != 0U;
        break;
    case POLL_STATUS_INPUT:
        wanted = (u->details & ((uint32_t)ST_INPUT >> 8)) != 0U;
        break;
    case POLL_WHO:
        wanted = identity_is_due(c, s);
        break;
    case POLL_OFF:
    case POLL_ON:
        wanted = u->want_restart;
        break;
    case POLL_CLEAR:
        wanted = u->want_clear || u->want_restart;
        break;
    default: /* the others belong to every turn that gets to them */
        break;
    }
    return wanted;
}

static void next_step(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    uint8_t step = (uint8_t)(u->step + 1U);

    while ((step < (uint8_t)POLL_STEPS) && !wants_step(c, s, step)) {
        step++;
    }
    u->tries = 0;
    if ((step < (uint8_t)POLL_STEPS) && !alert_glanced(c, s)) {
        u->step = step;
    } else {
        end_turn(c, s);
    }
}

/* ---- what the answers mean --------------------------------------------------------------------- */

static struct verdict_limits limits_of(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = {
        .v_low_mV = 0, .v_high_mV = UINT32_MAX, .capacity_mW = c->cfg.supplies[s].capacity_mW};

    if (u->easing && passed(c->now_us, u->easing_from_us, u->easing_us)) {
        u->easing = false;
    }
    l.starting = u->easing;
    if (u->bar < c->cfg.n_bars) {
        l.v_low_mV = c->cfg.bars[u->bar].v_low_mV;
        l.v_high_mV = c->cfg.bars[u->bar].v_high_mV;
    }
    return l;
}

/* Is another supply of the same bar in current limit, or was it until it tripped? */
static bool neighbour_is_low(const struct controller *c, uint8_t s, const struct verdict_limits *l)
{
    const struct supply *u = &c->supplies[s];

    for (uint8_t i = 0; (i < c->cfg.n_supplies) && (u->closed > 0U); i++) {
        const struct supply *other = &c->supplies[i];
        struct verdict_limits its = *l;

        its.capacity_mW = c->cfg.supplies[i].capacity_mW;
        if ((i != s) && (other->bar == u->bar) && (other->closed > 0U) && other->has_reading &&
            (other->v_mV < l->v_low_mV) &&
            (verdict_is_heavy(other, &its) || ((other->status & (uint32_t)ST_IOUT_OC) != 0U))) {
            return true;
        }
    }
    return false;
}

static void count_bad(struct controller *c, uint8_t s, bool at_once)
{
    struct supply *u = &c->supplies[s];

    if (!u->counted) {
        u->counted = true;
        u->bad = (u->bad < UINT8_MAX) ? (uint8_t)(u->bad + 1U) : u->bad;
    }
    if (at_once || (u->bad >= c->cfg.confirm)) {
        happens(c, s, ON_BAD);
    }
}

/* Bits not seen before are recorded in detail and then cleared; bits that come back at once are
 * cleared less and less often. A supply that is switched on again is looked at afresh. */
static void take_status(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    uint16_t latched = status & (uint16_t)ST_LATCHED;
    uint16_t fresh = latched & (uint16_t)~u->standing;
    bool back = ((u->status & (uint16_t)ST_OFF) != 0U) && ((status & (uint16_t)ST_OFF) == 0U);
    const uint16_t live = (uint16_t)ST_LIVE | (uint16_t)ST_VIN_UV;
    const uint16_t trips = (uint16_t)ST_IOUT_OC | (uint16_t)ST_VOUT_OV;

    if (((u->status ^ status) & live) != 0U) {
        u->restart_us = c->now_us;
    }
    /* CLEAR_FAULTS takes the reason from its status, not its latch; a new start by the input does. */
    u->tripped = (u->tripped || ((status & trips) != 0U)) &&
                 ((status & ((uint16_t)ST_OFF | (uint16_t)ST_VIN_UV)) == (uint16_t)ST_OFF);
    u->status = status;
    u->history |= status;
    u->standing = latched;
    u->details = (uint8_t)((uint32_t)fresh >> 8);
    if ((latched == 0U) || back) {
        u->clear_wait_us = 0;
    }
    if ((latched != 0U) && ((fresh != 0U) || passed(c->now_us, u->clear_us, u->clear_wait_us))) {
        u->want_clear = true;
    }
}

static void status_came(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = limits_of(c, s);
    bool news = status != u->status;

    take_status(c, s, status);
    lanes_status_came(c, s, news);
    if (!wants_step(c, s, (uint8_t)POLL_VOUT)) {
        u->silent = 0;
    }
    /* On a bar that has collapsed it may be the one that pulls it down: then its switch has to open
     * before a spare's closes, and only the full reading tells. */
    if (verdict_is_urgent(u) && !neighbour_is_low(c, s, &l)) {
        count_bad(c, s, (status & (uint16_t)ST_VIN_UV) != 0U);
    }
}

/* How long to wait for it to start by itself. One that has tripped never will; as long as its
 * switches are open, whatever made it trip harms nobody when it starts. */
static uint32_t restart_wait_us(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    bool starts_itself = !u->tripped || (u->state != (uint8_t)SUPPLY_ISOLATED);
    const struct chip *chip = chip_row(c->cfg.supplies[s].chip);
    uint32_t wait_us = starts_itself ? chip->start_us : (uint32_t)SUPPLY_TRIPPED_us;

    if ((chip->toggle_us != 0U) && ((u->status & (uint16_t)ST_OFF) == 0U)) {
        wait_us = chip->toggle_us;
    }

    for (uint8_t i = 0; i < u->restarts; i++) {
        wait_us *= 2U; /* at most SUPPLY_RESTARTS times */
    }
    return wait_us;
}

/* A supply that is off, or not good, without a reason that it would state, may wait for being
 * switched off and on. Not before it had the time to start by itself, and not for ever. */
static void consider_restart(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    const uint16_t reasons = (uint16_t)ST_VIN_UV | (uint16_t)ST_INPUT | (uint16_t)ST_TEMPERATURE;

    if (((u->state != (uint8_t)SUPPLY_LOST) && (u->state != (uint8_t)SUPPLY_ISOLATED)) ||
        ((u->status & reasons) != 0U) ||
        ((u->status & ((uint16_t)ST_OFF | (uint16_t)ST_NO_POWER_GOOD)) == 0U) ||
        !passed(c->now_us, u->restart_us, restart_wait_us(c, s))) {
        return;
    }
    u->restart_us = c->now_us;
    if (u->restarts >= (uint8_t)SUPPLY_RESTARTS) {
        happens(c, s, ON_EXHAUSTED);
        return;
    }
    u->restarts++;
    u->tripped = false;
    u->want_restart = true;
    c->count.restarts++;
}

static void judge(struct controller *c, uint8_t s)
{
    static const uint8_t events[VERDICT_BAD] = {[VERDICT_GOOD] = (uint8_t)ON_GOOD,
                                                [VERDICT_WARNING] = (uint8_t)ON_WARNING,
                                                [VERDICT_OVERLOADED] = (uint8_t)ON_OVERLOADED};
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = limits_of(c, s);
    uint8_t danger = u->danger;

    l.neighbour_low = (u->v_mV < l.v_low_mV) && neighbour_is_low(c, s, &l);
    enum verdict verdict = verdict_of(u, &l);

    if (u->judged < (uint8_t)SUPPLY_JUDGED) {
        u->judged++;
        c->replan = c->replan || supply_is_lost(u);
    }
    c->replan = c->replan || (danger != u->danger);
    if (verdict == VERDICT_BAD) {
        u->good = 0;
        count_bad(c, s, false);
        consider_restart(c, s);
    } else if (verdict == VERDICT_STARTING) {
        u->bad = 0;
    } else {
        u->bad = 0;
        u->good = (u->good < UINT8_MAX) ? (uint8_t)(u->good + 1U) : u->good;
        bool again = (u->losses > 0U) && (verdict == VERDICT_GOOD);
        enum supply_event event = again ? ON_RETURNED : (enum supply_event)events[verdict];
        if (supply_takes(u, event, c->now_us)) {
            happens(c, s, event);
        }
    }
    if (supply_is_proven(u, c->now_us)) {
        happens(c, s, ON_PROVEN);
    }
}

static void reading_came(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->silent = 0;
    if (plausible_reading(c, s)) {
        u->has_reading = true;
        u->read_us = c->now_us;
        judge(c, s);
        welds_reading(c, s);
    } else if (c->plausibles[s].absurd != 1U) {
        if (u->has_reading) {
            journal_note(c, JOURNAL_DOUBT, s,
                         c->plausibles[s].frozen ? (uint16_t)DOUBT_FROZEN : (uint16_t)DOUBT_ABSURD);
        }
        u->has_reading = false;
        happens(c, s, ON_SILENT);
    } else {
        /* once is overlooked */
    }
}

static void silent_turn(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->silent = (u->silent < UINT8_MAX) ? (uint8_t)(u->silent + 1U) : u->silent;
    if (u->silent >= c->cfg.confirm) {
        identity_doubt(c, s);
        happens(c, s, ON_SILENT);
    }
    if (u->state == (uint8_t)SUPPLY_ABSENT) {
        u->skip_us = c->cfg.identify_us;
        u->skip_from_us = c->now_us;
    }
    end_turn(c, s);
}

/* NULL: it has none. */
static void serial_came(struct controller *c, uint8_t s, const uint8_t rx[])
{
    if (identity_learn(c, s, rx)) {
        happens(c, s, ON_IDENTIFIED);
        next_step(c, s);
    } else {
        silent_turn(c, s);
    }
}

/* What was read of it in this turn, and since the last look, may be another device's. */
static void who_came(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct supply *u = &c->supplies[s];

    bool is_new = false;

    if (identity_check(c, s, rx)) {
        c->replan = c->replan || supply_is_lost(u);
        return;
    }
    u->has_reading = false;
    u->bad = 0;
    u->want_clear = false;
    u->want_restart = false;
    is_new = identity_is_new(c, s);
    journal_note(c, JOURNAL_DOUBT, s, is_new ? (uint16_t)DOUBT_NEW_UNIT : (uint16_t)DOUBT_STRANGER);
    u->losses = is_new ? 0U : u->losses; /* those of the one before */
    happens(c, s, is_new ? ON_GONE : ON_STRANGE);
}

static void take_answer(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct supply *u = &c->supplies[s];
    uint16_t word = (uint16_t)((uint32_t)rx[0] | ((uint32_t)rx[1] << 8));

    switch (u->step) {
    case POLL_MODE:
        u->mode = rx[0];
        break;
    case POLL_WHO:
        who_came(c, s, rx);
        break;
    case POLL_STATUS:
        status_came(c, s, word);
        break;
    case POLL_STATUS_INPUT:
        u->fault_seen = (rx[0] & (uint32_t)ST_INPUT_FAULTS) != 0U;
        break;
    case POLL_VOUT:
        u->v_mV = milli_from_linear16(word, u->mode & 0x1FU);
        prognosis_read(c, s, (uint8_t)LANE_V, (int32_t)u->v_mV);
        lanes_voltage_came(c, s);
        if (!u->whole) {
            reading_came(c, s);
        }
        break;
    case POLL_IOUT:
        u->i_mA = milli_from_linear11(word);
        prognosis_read(c, s, (uint8_t)LANE_I, u->i_mA);
        if (u->whole) {
            reading_came(c, s);
        }
        break;
    case POLL_VIN:
    case POLL_IIN:
    case POLL_HOT:
    case POLL_INLET:
    case POLL_FAN:
        prognosis_read(c, s, reading_of(u->step), milli_from_linear11(word));
        break;
    case POLL_CLEAR:
        u->clear_us = c->now_us;
        u->clear_wait_us = (u->clear_wait_us == 0U)
                               ? (uint32_t)SUPPLY_CLEAR_us
                               : backed_off_us(u->clear_wait_us, (uint32_t)SUPPLY_CLEAR_MAX_us);
        c->count.clears++;
        break;
    default: /* the other registers are read for the record; writes answer nothing */
        break;
    }
}

/* How many bytes the answer has, PEC not counted; 0: not one that could be checked. */
static uint8_t answer_length(const struct controller *c, uint8_t s, const uint8_t rx[])
{
    uint8_t step = c->supplies[s].step;
    uint8_t n = questions[step].n_read;

    if ((step == (uint8_t)POLL_SERIAL) || (step == (uint8_t)POLL_WHO)) {
        n = (rx[0] > (uint8_t)IDENTITY_BYTES) ? 0U : (uint8_t)(rx[0] + 1U);
    }
    return n;
}

/* Is what came an answer at all? */
static bool is_answer(struct controller *c, uint8_t s, const uint8_t rx[])
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    const struct chip *chip = chip_row(cfg->chip);
    uint8_t step = c->supplies[s].step;
    const struct question *q = &questions[step];
    uint8_t n = answer_length(c, s, rx);

    if ((step == (uint8_t)POLL_WHO) && ((n == 0U) || (n > identity_bytes(c, s)))) {
        c->identities[s].whole = true; /* it has more letters than were asked for */
        return false;
    }
    if (n == 0U) {
        return true; /* a write; or a supply without a number, which is no reason to refuse it */
    }
    if (chip->has_pec && !pec_of_read_is_right(cfg->address, q->cmd, rx, (uint8_t)(n + 1U))) {
        c->count.pec_errors++;
        return false;
    }
    if (step == (uint8_t)POLL_MODE) {
        return vout_mode_is_linear(rx[0]);
    }
    /* BUSY: it declined to answer. All ones: nobody drove the lines. */
    return (step != (uint8_t)POLL_STATUS) ||
           (((rx[0] & (uint32_t)ST_BUSY) == 0U) && ((rx[0] & rx[1]) != 0xFFU));
}

void poll_answered(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct supply *u = &c->supplies[s];
    struct wire *b = &c->wires[c->cfg.supplies[s].bus];

    b->gap_us = chip_row(c->cfg.supplies[s].chip)->gap_us;
    b->gap_from_us = c->now_us;
    if ((u->step == (uint8_t)POLL_REST) || (u->step >= (uint8_t)POLL_STEPS)) {
        return;
    }
    if (!is_answer(c, s, rx)) {
        poll_failed(c, s, false);
        return;
    }
    u->heard_us = c->now_us;
    u->stalls = 0;
    if (u->step == (uint8_t)POLL_SERIAL) {
        serial_came(c, s, rx);
        return;
    }
    bool first = u->step == (uint8_t)POLL_WHO && identity_comes_first(c, s);
    take_answer(c, s, rx);
    if (first && (c->identities[s].strange == 0U) && (u->state != (uint8_t)SUPPLY_ABSENT)) {
        u->step = (uint8_t)POLL_STATUS;
        u->tries = 0;
    } else {
        next_step(c, s);
    }
}

void poll_failed(struct controller *c, uint8_t s, bool at_once)
{
    struct supply *u = &c->supplies[s];

    if (u->step == (uint8_t)POLL_REST) {
        return;
    }
    u->tries++;
    if (!at_once && (u->tries <= c->cfg.retries)) {
        c->count.retries++;
        prognosis_retried(c, s);
        return;
    }
    if (!at_once && is_reading(u->step) && lanes_goes_without(c, s, reading_of(u->step))) {
        next_step(c, s);
        return;
    }
    if (!at_once && (u->step == (uint8_t)POLL_SERIAL)) {
        serial_came(c, s, NULL); /* it has no number, but it answered VOUT_MODE */
        return;
    }
    silent_turn(c, s);
}

void poll_stalled(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->stalls = (u->stalls < UINT8_MAX) ? (uint8_t)(u->stalls + 1U) : u->stalls;
    if (u->step == (uint8_t)POLL_REST) {
        return;
    }
    silent_turn(c, s);
    if (u->stalls > 1U) {
        u->skip_us = (uint32_t)POLL_PAUSE_us;
        for (uint8_t i = 2; (i < u->stalls) && (u->skip_us < (uint32_t)POLL_PAUSE_MAX_us); i++) {
            u->skip_us = backed_off_us(u->skip_us, (uint32_t)POLL_PAUSE_MAX_us);
        }
        u->skip_from_us = c->now_us;
    }
}

void poll_tick(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    if (u->has_reading && passed(c->now_us, u->read_us, c->cfg.stale_us)) {
        u->has_reading = false;
        happens(c, s, ON_SILENT);
    }
    if ((u->state != (uint8_t)SUPPLY_ABSENT) && (u->silent > 0U) &&
        passed(c->now_us, u->heard_us, (uint32_t)SUPPLY_GONE_us)) {
        happens(c, s, ON_GONE);
    }
    if ((u->losses >= (uint8_t)SUPPLY_LOSSES) && supply_is_lost(u)) {
        happens(c, s, ON_EXHAUSTED);
    }
    if ((u->state == (uint8_t)SUPPLY_RETIRED) &&
        passed(c->now_us, u->since_us, (uint32_t)SUPPLY_REST_us)) {
        happens(c, s, ON_RESTED);
    }
    if ((u->losses > 0U) && supply_is_good(u) &&
        passed(c->now_us, u->since_us, (uint32_t)SUPPLY_CALM_us)) {
        u->losses = 0;
    }
}

/* wire.c - the turns and the recovery of a serial bus.  Checked by tests/controller/test_step.c, test_storm.c. */
#include "wire.h"

#include "alert.h"
#include "clock.h"
#include "controller.h"
#include "pins.h"
#include "poll.h"
#include "question.h"

#include <string.h>

void wire_init(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];

    (void)memset(b, 0, sizeof(*b));
    /* A reset of this processor may have cut a transfer in two, with a device holding the data line
     * and a channel left on: begin as after a time-out. No switch moves by that. */
    b->state = (uint8_t)WIRE_CLEARING;
    b->mux = (uint8_t)CTL_NO_MUX;
    b->channel = (uint8_t)CTL_NO_CHANNEL;
    b->round_us = c->now_us - c->cfg.sweep_us;
    b->pause_from_us = c->now_us;
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (c->cfg.supplies[s].bus == bus) {
            b->members[b->n_members++] = s;
        }
    }
    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        if (c->cfg.expanders[e].bus == bus) {
            b->expanders[b->n_expanders++] = e;
        }
    }
    b->surveyed = b->n_members == 0U;
}

bool wire_is_down(const struct controller *c, uint8_t bus)
{
    return c->wires[bus].state == (uint8_t)WIRE_DOWN;
}

void wire_reset_mux(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];

    if (b->state == (uint8_t)WIRE_READY) {
        b->stuck = false;
        b->state = (uint8_t)WIRE_RESETTING;
        c->count.recoveries++;
    }
}

static void pause(struct wire *b, uint32_t now_us, uint32_t length_us)
{
    b->pause_from_us = now_us;
    b->pause_us = length_us;
}

/* ---- recovery ---------------------------------------------------------------------------------- */

static uint8_t bus_of(const struct controller *c, const struct wire *b)
{
    uint8_t bus = 0;

    while ((bus < (uint8_t)(CTL_BUSES - 1)) && (&c->wires[bus] != b)) {
        bus++;
    }
    return bus;
}

static void give_up(struct controller *c, struct wire *b)
{
    journal_note(c, JOURNAL_GIVEN_UP, bus_of(c, b), 0);
    b->state = (uint8_t)WIRE_DOWN;
    b->down_us = (b->down_us == 0U) ? (uint32_t)WIRE_PAUSE_us
                                    : backed_off_us(b->down_us, (uint32_t)WIRE_PAUSE_MAX_us);
    pause(b, c->now_us, b->down_us);
    c->count.give_ups++;
    c->replan = true; /* its expanders can't be told anything now */
}

static void recover(struct controller *c, struct wire *b)
{
    journal_note(c, JOURNAL_RECOVERY, bus_of(c, b), 0);
    b->state = (uint8_t)WIRE_CLEARING;
    b->stuck = false;
    b->surveyed = b->n_members == 0U;
    b->round_open = false;
    b->failures++;
    c->count.recoveries++;
    if (b->failures >= (uint8_t)WIRE_GIVE_UP) {
        b->failures = 0;
        give_up(c, b);
    }
}

static void recovery_went(struct controller *c, struct wire *b, bool ok)
{
    switch (b->state) {
    case WIRE_CLEARING:
        b->stuck = !ok;
        b->state = (uint8_t)WIRE_RESETTING;
        break;
    case WIRE_RESETTING:
        b->mux = (uint8_t)CTL_NO_MUX;
        b->channel = (uint8_t)CTL_NO_CHANNEL;
        b->state = b->stuck ? (uint8_t)WIRE_PROVING : (uint8_t)WIRE_READY;
        break;
    case WIRE_PROVING:
        if (ok) {
            b->state = (uint8_t)WIRE_READY;
        } else {
            give_up(c, b);
        }
        break;
    default: /* the answer to something begun before it gave up */
        break;
    }
}

/* ---- mux --------------------------------------------------------------------------------------- */

/* Two muxes with a channel on would put devices of equal address on the bus at once: the first is
 * switched off before another is switched on. False: nothing to do, the channel is on. */
static bool begin_select(struct controller *c, struct wire *b, const struct wire_seat *seat,
                         uint8_t bus, struct ctl_out *out)
{
    uint8_t to = b->mux;
    uint8_t channel = (uint8_t)CTL_NO_CHANNEL;

    if ((seat->mux == (uint8_t)CTL_NO_MUX) ||
        ((seat->mux == b->mux) && (seat->channel == b->channel))) {
        return false;
    }
    if ((b->mux == (uint8_t)CTL_NO_MUX) || (b->mux == seat->mux)) {
        to = seat->mux;
        channel = seat->channel;
    }
    b->job = (uint8_t)JOB_SELECT;
    b->next_mux = (channel == (uint8_t)CTL_NO_CHANNEL) ? (uint8_t)CTL_NO_MUX : to;
    b->next_channel = channel;
    b->mux = to; /* until it has answered, it may have any channel on */
    b->channel = (uint8_t)CTL_NO_CHANNEL;
    out->bus[bus].op = CTL_OP_TRANSFER;
    out->bus[bus].address = to;
    out->bus[bus].n_tx = 1;
    out->bus[bus].n_rx = 0;
    out->bus[bus].tx[0] = 0;
    if (channel != (uint8_t)CTL_NO_CHANNEL) {
        out->bus[bus].tx[0] = (uint8_t)(1U << (channel & 7U));
    }
    c->count.mux_selects++;
    return true;
}

/* A mux that does not answer fails whoever waits for it; resetting it is all that is left to try. */
static void select_went(struct controller *c, struct wire *b, bool ok)
{
    if (ok) {
        b->mux = b->next_mux;
        b->channel = b->next_channel;
        b->select_tries = 0;
        return;
    }
    b->select_tries++;
    if (b->select_tries <= c->cfg.retries) {
        c->count.retries++;
        return;
    }
    b->select_tries = 0;
    if (b->index < (uint8_t)CTL_SUPPLIES) {
        poll_failed(c, b->index, true);
        alert_failed(c, b->index, true);
    } else {
        pins_failed(c, (uint8_t)(b->index - (uint8_t)CTL_SUPPLIES), true);
    }
    b->stuck = false;
    b->state = (uint8_t)WIRE_RESETTING;
    c->count.recoveries++;
}

/* ---- turns ------------------------------------------------------------------------------------- */

static void job_went(struct controller *c, struct wire *b, uint8_t job, bool ok, const uint8_t rx[])
{
    switch (job) {
    case JOB_SELECT:
        select_went(c, b, ok);
        break;
    case JOB_PINS:
        if (ok) {
            pins_answered(c, b->index, rx);
        } else {
            pins_failed(c, b->index, false);
        }
        break;
    case JOB_SUPPLY:
        if (ok) {
            poll_answered(c, b->index, rx);
        } else {
            poll_failed(c, b->index, false);
        }
        break;
    case JOB_ALERT:
        if (ok) {
            alert_answered(c, b->index, rx);
        } else {
            alert_failed(c, b->index, false);
        }
        break;
    case JOB_RECOVERY:
        recovery_went(c, b, ok);
        break;
    default: /* an answer that nothing was asked for */
        break;
    }
}

static void timed_out(struct controller *c, struct wire *b, uint8_t job)
{
    c->count.timeouts++;
    if (job == (uint8_t)JOB_RECOVERY) {
        recovery_went(c, b, false);
        return;
    }
    b->select_tries = 0;
    if (job == (uint8_t)JOB_PINS) {
        pins_failed(c, b->index, true);
    } else if (b->index < (uint8_t)CTL_SUPPLIES) {
        poll_stalled(c, b->index); /* also when selecting its channel hung the bus */
        alert_failed(c, b->index, true);
    } else {
        pins_failed(c, (uint8_t)(b->index - (uint8_t)CTL_SUPPLIES), true);
    }
    recover(c, b);
}

void wire_finished(struct controller *c, uint8_t bus, const struct ctl_in *in)
{
    struct wire *b = &c->wires[bus];
    enum ctl_bus_status status = in->bus[bus].status;
    uint8_t job = b->job;

    if (job == (uint8_t)JOB_NONE) {
        return;
    }
    if ((job >= (uint8_t)WIRE_JOBS) || (b->state >= (uint8_t)WIRE_STATES) ||
        (b->index >= ((uint8_t)CTL_SUPPLIES + (uint8_t)CTL_EXPANDERS))) {
        journal_note(c, JOURNAL_BROKEN, bus, 0);
        c->count.broken++;
        c->count.changes++;
        c->mode = CONTROLLER_SAFE;
        return;
    }
    b->job = (uint8_t)JOB_NONE;
    if (status == CTL_BUS_TIMEOUT) {
        timed_out(c, b, job);
        return;
    }
    if (job != (uint8_t)JOB_RECOVERY) {
        c->count.transfers++;
        c->count.nacks += (status == CTL_BUS_NACK) ? 1U : 0U;
        if (status == CTL_BUS_OK) {
            b->failures = 0;
            b->down_us = 0;
        }
    }
    job_went(c, b, job, status == CTL_BUS_OK, in->bus[bus].rx);
}

static void begin_recovery(struct controller *c, struct wire *b, uint8_t bus, struct ctl_out *out)
{
    if (b->state == (uint8_t)WIRE_DOWN) {
        b->state = (uint8_t)WIRE_CLEARING;
        c->replan = true;
    }
    out->bus[bus].op = (b->state == (uint8_t)WIRE_RESETTING) ? CTL_OP_RESET_MUX : CTL_OP_CLEAR;
    b->job = (uint8_t)JOB_RECOVERY;
}

static void begin_pins(struct controller *c, uint8_t e, uint8_t bus, struct ctl_out *out)
{
    struct wire *b = &c->wires[bus];
    struct wire_seat seat = pins_seat(c, e);

    b->index = (uint8_t)(e + (uint8_t)CTL_SUPPLIES);
    if (!begin_select(c, b, &seat, bus, out)) {
        b->index = e;
        b->job = (uint8_t)JOB_PINS;
        pins_begin(c, e, bus, out);
    }
}

static void begin_supply(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    struct wire *b = &c->wires[bus];
    struct wire_seat seat = poll_seat(c, s);

    b->index = s;
    b->round_used = true;
    if (!begin_select(c, b, &seat, bus, out)) {
        b->job = (uint8_t)JOB_SUPPLY;
        question_begin(c, s, bus, out);
    }
    out->bus[bus].about = s;
}

static void begin_alert(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    struct wire *b = &c->wires[bus];
    struct wire_seat seat = alert_seat(c, s);

    b->index = s;
    if (!begin_select(c, b, &seat, bus, out)) {
        b->job = (uint8_t)JOB_ALERT;
        alert_begin(c, s, bus, out);
    }
    out->bus[bus].about = s;
}

/* Switch commands, then supplies that alert, then what is read again and again. */
static void begin_transfer(struct controller *c, uint8_t bus, struct ctl_out *out)
{
    uint8_t e = pins_due(c, bus);
    bool commands = (e != (uint8_t)CTL_NOBODY) && pins_commands(c, e);
    bool waits = commands || (c->cfg.alert.n_lines == 0U) || poll_rests(c, bus);
    uint8_t look = waits ? (uint8_t)CTL_NOBODY : alert_look_due(c, bus);
    uint8_t ask = waits ? (uint8_t)CTL_NOBODY : alert_ask_due(c, bus);

    if (look != (uint8_t)CTL_NOBODY) {
        begin_supply(c, look, bus, out);
    } else if (ask != (uint8_t)CTL_NOBODY) {
        begin_alert(c, ask, bus, out);
    } else if (e != (uint8_t)CTL_NOBODY) {
        begin_pins(c, e, bus, out);
    } else {
        uint8_t s = poll_due(c, bus);
        if (s != (uint8_t)CTL_NOBODY) {
            begin_supply(c, s, bus, out);
        }
    }
}

void wire_stir(struct controller *c)
{
    for (uint8_t bus = 0; bus < (uint8_t)CTL_BUSES; bus++) {
        c->wires[bus].rests = false;
    }
}

uint32_t wire_next(struct controller *c, uint8_t bus, struct ctl_out *out)
{
    struct wire *b = &c->wires[bus];

    if ((b->n_members == 0U) && (b->n_expanders == 0U)) {
        return UINT32_MAX; /* nobody is there to be talked to */
    }
    if (b->rests && !passed(c->now_us, b->rest_from_us, b->rest_us)) {
        return left_us(c->now_us, b->rest_from_us, b->rest_us);
    }
    b->rests = false;
    if (b->job != (uint8_t)JOB_NONE) {
        uint32_t left = left_us(c->now_us, b->started_us, (uint32_t)WIRE_LOST_us);
        if (left > 0U) {
            return left;
        }
        uint8_t job = b->job;
        b->job = (uint8_t)JOB_NONE;
        timed_out(c, b, job);
    }
    if ((b->pause_us != 0U) && !passed(c->now_us, b->pause_from_us, b->pause_us)) {
        return left_us(c->now_us, b->pause_from_us, b->pause_us);
    }
    b->pause_us = 0;
    b->started_us = c->now_us;
    if (b->state == (uint8_t)WIRE_READY) {
        begin_transfer(c, bus, out);
    } else {
        begin_recovery(c, b, bus, out);
    }
    if (b->job != (uint8_t)JOB_NONE) {
        return (uint32_t)WIRE_LOST_us;
    }
    b->rests = true;
    b->rest_from_us = c->now_us;
    b->rest_us = sooner_us(pins_wait_us(c, bus), poll_wait_us(c, bus));
    return b->rest_us;
}

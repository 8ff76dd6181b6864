/* poll.c - turns on the serial bus: whose, and from step to step.  Checked by test_step.c, test_storm.c. */
#include "poll.h"

#include "alert.h"
#include "answer.h"
#include "assess.h"
#include "chips.h"
#include "clock.h"
#include "controller.h"
#include "identity.h"
#include "lacks.h"
#include "lanes.h"
#include "prognosis.h"
#include "question.h"
#include "record.h"
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
    u->busy = false;
    u->counted = false;
    u->want_restart = false;
    record_begin(u);
    lanes_begin(c, s);
    if (u->state != (uint8_t)SUPPLY_ABSENT) {
        u->step = identity_comes_first(c, s) ? (uint8_t)POLL_WHO : (uint8_t)POLL_STATUS;
    } else if (chip->has_vout_mode) {
        u->step = (uint8_t)POLL_MODE;
    } else {
        u->mode = chip->vout_mode;
        u->step = (uint8_t)POLL_COUNT;
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

/* ---- put off ----------------------------------------------------------------------------------- */

static void set_again(struct controller *c, uint8_t s, bool again)
{
    struct supply *u = &c->supplies[s];
    struct wire *b = &c->wires[c->cfg.supplies[s].bus];

    if (u->again != again) {
        u->again = again;
        b->n_again = again ? (uint8_t)(b->n_again + 1U) : (uint8_t)(b->n_again - 1U);
    }
}

void poll_soon(struct controller *c, uint8_t s)
{
    if (!is_skipped(c, &c->supplies[s])) {
        set_again(c, s, true);
    }
}

/* One whose pause is over, or whose turn beside the round is under way. */
static uint8_t again_due(struct controller *c, const struct wire *b)
{
    for (uint8_t i = 0; (i < b->n_members) && (b->n_again > 0U); i++) {
        uint8_t s = b->members[i];
        const struct supply *u = &c->supplies[s];

        if (u->again && (u->step == (uint8_t)POLL_REST) && !is_skipped(c, u)) {
            begin_turn(c, s);
        }
        if (u->again && (u->step != (uint8_t)POLL_REST)) {
            return s;
        }
    }
    return (uint8_t)CTL_NOBODY;
}

static uint32_t again_wait_us(const struct controller *c, const struct wire *b)
{
    uint32_t wait_us = UINT32_MAX;

    for (uint8_t i = 0; (i < b->n_members) && (b->n_again > 0U); i++) {
        const struct supply *u = &c->supplies[b->members[i]];

        if (u->again) {
            wait_us = sooner_us(wait_us, left_us(c->now_us, u->skip_from_us, u->skip_us));
        }
    }
    return wait_us;
}

/* ---- the round --------------------------------------------------------------------------------- */

uint8_t poll_due(struct controller *c, uint8_t bus)
{
    struct wire *b = &c->wires[bus];

    if ((b->n_members == 0U) || poll_rests(c, bus)) {
        return (uint8_t)CTL_NOBODY;
    }
    b->gap_us = 0;
    uint8_t again = again_due(c, b);
    if ((again != (uint8_t)CTL_NOBODY) || (!b->round_open && !open_round(c, bus))) {
        return again;
    }
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
    return b->round_open ? 0U
                         : sooner_us(left_us(c->now_us, b->round_us, round_length_us(c, bus)),
                                     again_wait_us(c, b));
}

/* ---- from step to step ------------------------------------------------------------------------- */

static void end_turn(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    struct wire *b = &c->wires[c->cfg.supplies[s].bus];

    u->step = (uint8_t)POLL_REST;
    u->tries = 0;
    set_again(c, s, false);
    if (b->round_open && (b->turn < b->n_members) && (b->members[b->turn] == s)) {
        b->turn++;
        if (b->turn >= b->n_members) {
            close_round(c, b);
        }
    }
    alert_looked(c, s);
}

static void silent_turn(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->silent = (u->silent < UINT8_MAX) ? (uint8_t)(u->silent + 1U) : u->silent;
    if (u->silent >= c->cfg.confirm) {
        identity_doubt(c, s);
        assess_event(c, s, ON_SILENT);
    }
    if (u->state == (uint8_t)SUPPLY_ABSENT) {
        u->skip_us = c->cfg.identify_us;
        u->skip_from_us = c->now_us;
    }
    end_turn(c, s);
}

/* It is to be asked again in a while; a turn too many, and it counts as silent. */
static void put_off(struct controller *c, uint8_t s, enum poll_patience most)
{
    struct supply *u = &c->supplies[s];

    if ((u->vain >= (uint8_t)most) || (u->state == (uint8_t)SUPPLY_ABSENT)) {
        silent_turn(c, s);
        return;
    }
    u->skip_from_us = c->now_us;
    u->skip_us = (uint32_t)POLL_AGAIN_us << u->vain;
    u->vain++;
    c->count.busy++;
    end_turn(c, s);
    set_again(c, s, true);
}

static void end_well(struct controller *c, uint8_t s)
{
    if (c->supplies[s].busy) {
        put_off(c, s, POLL_BUSY_TURNS);
    } else {
        c->supplies[s].vain = 0;
        end_turn(c, s);
    }
}

static void next_step(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    bool recording = (u->step == (uint8_t)POLL_RECORD) || (u->step == (uint8_t)POLL_ERASE);
    uint8_t step = question_next(c, s, recording ? (uint8_t)POLL_RECORD : (uint8_t)(u->step + 1U));

    if (step == (uint8_t)POLL_RECORD) {
        step = record_next(c, s);
    }
    if (step == (uint8_t)POLL_OFF) { /* nothing is left to be recorded */
        step = question_next(c, s, step);
    }
    u->tries = 0;
    if ((step < (uint8_t)POLL_STEPS) && !alert_glanced(c, s)) {
        u->step = step;
    } else {
        end_well(c, s);
    }
}

/* NULL: it has none. */
static void serial_came(struct controller *c, uint8_t s, const uint8_t rx[])
{
    if (identity_learn(c, s, rx)) {
        assess_event(c, s, ON_IDENTIFIED);
        next_step(c, s);
    } else {
        silent_turn(c, s);
    }
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
    if (!question_is_answered(c, s, rx)) {
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
    answer_take(c, s, rx);
    if (first && (c->identities[s].strange == 0U) && (u->state != (uint8_t)SUPPLY_ABSENT)) {
        u->step = (uint8_t)POLL_STATUS;
        u->tries = 0;
    } else {
        next_step(c, s);
    }
}

/* The step that its turn has got to was not answered, retries included. */
static void unanswered(struct controller *c, uint8_t s)
{
    uint8_t step = c->supplies[s].step;

    switch (step) {
    case POLL_COUNT:
    case POLL_SERIAL:
        serial_came(c, s, NULL); /* it has no number, but it answered VOUT_MODE */
        break;
    case POLL_RECORD:
    case POLL_ERASE:
        record_failed(c, s);
        next_step(c, s);
        break;
    case POLL_INPUT: /* another chance when it is recorded */
        next_step(c, s);
        break;
    case POLL_BUSY:
        put_off(c, s, POLL_BUSY_TURNS);
        break;
    case POLL_OFF:
    case POLL_CLEAR:
    case POLL_ON:
        silent_turn(c, s);
        break;
    default: /* readings, the status, its number */
        if (question_is_reading(step) && lanes_goes_without(c, s, question_reading(step))) {
            next_step(c, s);
        } else {
            put_off(c, s, POLL_SILENT_TURNS);
        }
        break;
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
    if (at_once) {
        silent_turn(c, s);
    } else {
        unanswered(c, s);
    }
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
        u->skip_us = grown_us((uint32_t)POLL_PAUSE_us, u->stalls - 1U, (uint32_t)POLL_PAUSE_MAX_us);
        u->skip_from_us = c->now_us;
    }
}

void poll_tick(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    if (u->has_reading && passed(c->now_us, u->read_us, c->cfg.stale_us)) {
        u->has_reading = false;
        assess_event(c, s, ON_SILENT);
    }
    if ((u->state != (uint8_t)SUPPLY_ABSENT) && (u->silent > 0U) &&
        passed(c->now_us, u->heard_us, (uint32_t)SUPPLY_GONE_us)) {
        assess_event(c, s, ON_GONE);
    }
    if ((u->losses >= (uint8_t)SUPPLY_LOSSES) && supply_is_lost(u)) {
        assess_event(c, s, ON_EXHAUSTED);
    }
    if ((u->state == (uint8_t)SUPPLY_RETIRED) &&
        passed(c->now_us, u->since_us, (uint32_t)SUPPLY_REST_us)) {
        assess_event(c, s, ON_RESTED);
    }
    if ((u->losses > 0U) && supply_is_good(u) &&
        passed(c->now_us, u->since_us, (uint32_t)SUPPLY_CALM_us)) {
        u->losses = 0;
    }
    record_tick(c, s);
}

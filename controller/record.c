/* record.c - see record.h.  Checked by tests/controller/test_record.c. */
#include "record.h"

#include "chips.h"
#include "clock.h"
#include "controller.h"
#include "lacks.h"
#include "pmbus.h"
#include "poll.h"

#include <string.h>

bool record_erases(const struct controller *c, uint8_t s)
{
    return chip_row(c->cfg.supplies[s].chip)->erases &&
           ((c->supplies[s].lacks & (uint16_t)LACKS_ERASING) == 0U);
}

static uint16_t lack_of(uint8_t reg)
{
    return (uint16_t)(1U << ((uint32_t)LACKS_REGISTERS + reg));
}

/* ---- what is to be done ------------------------------------------------------------------------ */

static void begin(struct controller *c, uint8_t s, uint8_t registers)
{
    struct supply *u = &c->supplies[s];
    uint8_t unknown = (uint8_t)((uint32_t)u->lacks >> (uint32_t)LACKS_REGISTERS);

    u->details = registers & (uint8_t)~unknown;
    u->want_clear = !record_erases(c, s) || ((registers & unknown) != 0U) || (registers == 0U);
}

void record_begin(struct supply *u)
{
    if (u->details != 0U) {
        u->clears = 0; /* the last turn was cut short: what it has not recorded is due at once */
    }
    record_forget(u);
    u->bits = 0;
    u->input_bits = 0;
}

static uint32_t clear_wait_us(const struct supply *u)
{
    return (u->clears == 0U)
               ? 0U
               : grown_us((uint32_t)RECORD_CLEAR_us, u->clears, (uint32_t)RECORD_CLEAR_MAX_us);
}

/* One that gives no alert response lets go of its line when its bits are cleared, and not before. */
static bool is_waited_for(const struct controller *c, uint8_t s)
{
    return (c->cfg.alert.n_lines > 0U) && !chip_row(c->cfg.supplies[s].chip)->has_ara;
}

void record_status(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    uint16_t latched = status & (uint16_t)ST_LATCHED;
    uint16_t fresh = latched & (uint16_t)~u->standing;
    bool back = ((u->status & (uint16_t)ST_OFF) != 0U) && ((status & (uint16_t)ST_OFF) == 0U);
    bool first = (u->standing == 0U) && !is_waited_for(c, s);

    u->history |= status;
    u->standing = latched;
    if ((latched == 0U) || back) { /* one that is switched on again is looked at afresh */
        u->clears = 0;
    }
    if (first) {
        u->clears = 0;
    } else if ((latched != 0U) &&
               ((fresh != 0U) || passed(c->now_us, u->clear_us, clear_wait_us(u)))) {
        begin(c, s, status_registers(latched));
    } else {
        /* nothing is new, or nothing is due */
    }
}

void record_busy(struct controller *c, uint8_t s, uint16_t status)
{
    if (!record_erases(c, s)) {
        begin(c, s, status_registers(status & (uint16_t)ST_LATCHED));
    }
}

void record_ask_why(struct supply *u)
{
    if ((u->lacks & lack_of(first_register((uint8_t)RECORD_CML))) == 0U) {
        u->details |= (uint8_t)RECORD_CML;
    }
}

void record_forget(struct supply *u)
{
    u->details = 0;
    u->want_clear = false;
}

/* ---- one register after the other -------------------------------------------------------------- */

uint8_t record_command(const struct supply *u)
{
    return status_command(first_register(u->details));
}

static void note_clearing(const struct controller *c, struct supply *u)
{
    u->clear_us = c->now_us;
    u->clears = (u->clears < UINT8_MAX) ? (uint8_t)(u->clears + 1U) : UINT8_MAX;
}

/* With the register in hand. */
static void done(const struct controller *c, struct supply *u)
{
    u->details &= (uint8_t)(u->details - 1U);
    u->bits = 0;
    if (u->details == 0U) {
        note_clearing(c, u);
    }
}

uint8_t record_next(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    uint8_t step = (uint8_t)((uint8_t)POLL_ERASE + 1U);

    if (((u->details & (uint8_t)(0U - u->details)) == (uint8_t)RECORD_INPUT) &&
        (u->input_bits != 0U)) { /* it was read before */
        u->bits = u->input_bits;
        u->input_bits = 0;
        if (!record_erases(c, s)) {
            done(c, u);
        }
    }
    if (u->bits != 0U) {
        step = (uint8_t)POLL_ERASE;
    } else if (u->details != 0U) {
        step = (uint8_t)POLL_RECORD;
    } else {
        /* all of it is recorded */
    }
    return step;
}

/* ---- what comes of it -------------------------------------------------------------------------- */

static void keep(struct controller *c, uint8_t s, uint8_t reg, uint8_t bits)
{
    struct supply *u = &c->supplies[s];
    uint8_t news = bits & (uint8_t)~u->recorded[reg];

    if (reg == first_register((uint8_t)RECORD_CML)) { /* of what we ask no record is needed */
        news &= (uint8_t) ~(uint8_t)ST_CML_ASKED;
    }
    if (news != 0U) {
        c->count.faults++;
        journal_note(c, JOURNAL_FAULT, s, (uint16_t)(((uint32_t)reg << 8) | news));
    }
    u->recorded[reg] |= bits;
}

void record_input(struct controller *c, uint8_t s, uint8_t bits)
{
    c->supplies[s].input_bits = bits;
    keep(c, s, first_register((uint8_t)RECORD_INPUT), bits);
}

void record_came(struct controller *c, uint8_t s, uint8_t bits)
{
    struct supply *u = &c->supplies[s];
    uint8_t reg = first_register(u->details);

    lacks_answered(u, lack_of(reg));
    keep(c, s, reg, bits);
    if ((bits == 0U) && (u->failed == 0U)) {
        u->want_clear = true; /* its bit of STATUS_WORD is kept elsewhere */
    }
    if ((reg == first_register((uint8_t)RECORD_CML)) && ((bits & (uint8_t)ST_CML_COMMAND) != 0U)) {
        lacks_confirmed(c, s);
    }
    u->bits = bits;
    if ((bits == 0U) || !record_erases(c, s)) {
        done(c, u);
    }
}

void record_erased(struct controller *c, uint8_t s)
{
    lacks_answered(&c->supplies[s], (uint16_t)LACKS_ERASING);
    done(c, &c->supplies[s]);
    c->count.erasures++;
}

void record_failed(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    uint8_t reg = first_register(u->details);
    bool erasing = u->bits != 0U;

    done(c, u);
    lacks_failed(c, s, erasing ? (uint16_t)LACKS_ERASING : lack_of(reg));
    if (reg != first_register((uint8_t)RECORD_CML)) {
        record_ask_why(u);
    }
}

void record_cleared(struct controller *c, uint8_t s)
{
    note_clearing(c, &c->supplies[s]);
    c->count.clears++;
}

void record_tick(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    if ((u->standing == 0U) && passed(c->now_us, u->clear_us, (uint32_t)RECORD_CALM_us)) {
        (void)memset(u->recorded, 0, sizeof(u->recorded));
    }
}

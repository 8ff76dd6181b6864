/* record.h - latched status bits: recorded, then cleared, one by one.
 *
 * A bit of a status register is history: set until it is cleared. Each register that STATUS_WORD tells of
 * is read, what it says is kept and, when it is news, noted in the journal; then the same byte is
 * written back, which clears these bits and no others. CLEAR_FAULTS would take with it what came up
 * since the reading; it is the remedy for chips that know no better (chips.h), for registers that a
 * supply does not know, and for a summary bit whose register says nothing.
 *
 * Not in the turn that finds the first of them, for then the bus is wanted for what else has happened: in the
 * next one. After that again when a bit is new, else after 10 ms, 20 ms ... 1 s as long as bits come back.
 *
 *   source    PMBus 1.2 part II, 10.2.5 (clearing by writing ones), 10.2.6 (what persists is back)
 *   checked   tests/controller/test_record.c, scenarios/readings/two-bits.yaml */
#ifndef CONTROLLER_RECORD_H
#define CONTROLLER_RECORD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RECORD_INPUT = 0x04,           /* STATUS_INPUT in a set of registers */
    RECORD_CML = 0x10,             /* STATUS_CML */
    RECORD_CLEAR_us = 10000,       /* between two clearings while bits come back ... */
    RECORD_CLEAR_MAX_us = 1000000, /* ... doubled up to this */
    RECORD_CALM_us = 600000000     /* after so long without a bit the same one is news again */
};

struct controller;
struct supply;

/* Its turn begins. */
void record_begin(struct supply *u);

/* Its STATUS_WORD has come: which registers are to be dealt with in this turn. */
void record_status(struct controller *c, uint8_t s, uint16_t status);

/* It has said that it was busy; nothing but that bit is to be cleared, if it can be. */
void record_busy(struct controller *c, uint8_t s, uint16_t status);

/* What is to be done next: POLL_RECORD, POLL_ERASE, or POLL_ERASE + 1: nothing more. */
uint8_t record_next(struct controller *c, uint8_t s);

/* The command of the register in hand. */
uint8_t record_command(const struct supply *u);

/* STATUS_INPUT was read before its turn, for the verdict. */
void record_input(struct controller *c, uint8_t s, uint8_t bits);
/* The register in hand was read; was written; it did not answer. CLEAR_FAULTS was sent. */
void record_came(struct controller *c, uint8_t s, uint8_t bits);
void record_erased(struct controller *c, uint8_t s);
void record_failed(struct controller *c, uint8_t s);
void record_cleared(struct controller *c, uint8_t s);

/* A reading of its was not answered: STATUS_CML tells why. */
void record_ask_why(struct supply *u);

/* What was read of it is another device's: nothing is cleared. */
void record_forget(struct supply *u);

/* Can bits be cleared one by one? */
bool record_erases(const struct controller *c, uint8_t s);

/* What only time does. */
void record_tick(struct controller *c, uint8_t s);

#endif

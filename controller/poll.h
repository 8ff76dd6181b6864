/* poll.h - whose turn it is on a bus, and how a turn goes from step to step.
 *
 *   MODE, COUNT, SERIAL            only a supply that has to be identified
 *   STATUS [BUSY] [INPUT]          STATUS_INPUT when STATUS_WORD leaves open whether it is a fault
 *   [READ_VOUT] [READ_IOUT]        as lanes.h says; after these the reading is complete and is judged
 *   [READ_VIN ... FAN_SPEED_1]     the rest of the slow lane
 *   [WHO]                          its serial number read back, as identity.h says
 *   [RECORD ERASE]...              latched status bits, register by register, as record.h says
 *   [OFF] [CLEAR] [ON]             CLEAR_FAULTS where bits can't be cleared one by one; OPERATION off
 *                                  and on a bounded number of times for one that stays off without reason
 *
 * A failed transfer is repeated up to `retries` times at once. Then what can be done without is left out
 * (lacks.h); for the rest the supply is put off: it may be busy. It is asked again after 1 ms, then 2 ms;
 * after that the turn counts as silence. One that says that it is busy (BUSY in its STATUS_WORD, which is
 * cleared) has five such turns, up to 16 ms apart. A time-out of the bus ends the turn at once; a supply on
 * whose turns the bus keeps hanging is given pauses, doubled each time, so that the others are served.
 *
 * Alert lines give turns beside the round, and so do being put off, and doubts that a reading can settle.
 *
 *   source    PMBus 1.2 part II, 10.8.7 (device busy); hardware notes, 11.11; the pauses are estimates
 *   checked   tests/controller/test_step.c, test_storm.c, test_record.c */
#ifndef CONTROLLER_POLL_H
#define CONTROLLER_POLL_H

#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum poll_step {
    POLL_REST, /* not its turn */
    POLL_MODE,
    POLL_COUNT, /* letters of its serial number: reading more than there is would be a fault (10.8.6) */
    POLL_SERIAL,
    POLL_STATUS,
    POLL_BUSY,  /* that bit is cleared */
    POLL_INPUT, /* STATUS_INPUT: a fault of its input is no warning */
    POLL_VOUT,  /* from here to POLL_FAN: in the order of enum lane_reading */
    POLL_IOUT,
    POLL_VIN,
    POLL_IIN,
    POLL_HOT,
    POLL_INLET,
    POLL_FAN,
    POLL_WHO,    /* the serial number once more */
    POLL_RECORD, /* a status register ... */
    POLL_ERASE,  /* ... and the bits that were read from it */
    POLL_OFF,
    POLL_CLEAR,
    POLL_ON,
    POLL_STEPS
};

enum {
    POLL_IDLE_us = 1000,
    POLL_AGAIN_us = 1000, /* until one that was put off is asked again; doubled each time */
    POLL_PAUSE_us = 20000,
    POLL_PAUSE_MAX_us = 2000000
};

/* Turns in which a supply may put us off before it counts as silent. */
enum poll_patience { POLL_SILENT_TURNS = 2, POLL_BUSY_TURNS = 5 };

struct controller;
struct wire_seat;

/* The supply whose turn it is on this bus; CTL_NOBODY: the sweep is done. */
uint8_t poll_due(struct controller *c, uint8_t bus);
/* The last transfer was with a supply that needs a pause after it. */
bool poll_rests(const struct controller *c, uint8_t bus);
uint32_t poll_wait_us(const struct controller *c, uint8_t bus);
struct wire_seat poll_seat(const struct controller *c, uint8_t s);

/* A sweep of this bus begins now, unless one is under way. */
void poll_now(struct controller *c, uint8_t bus);

/* A turn beside the round for this one, as soon as its bus is free; its voltage is read in it. */
void poll_soon(struct controller *c, uint8_t s);

/* This supply begins a turn of its own, afresh if it had one. False: it was given a pause. Not while
 * it is being written to. */
bool poll_begin_turn(struct controller *c, uint8_t s);
bool poll_is_writing(const struct controller *c, uint8_t s);

void poll_answered(struct controller *c, uint8_t s, const uint8_t rx[]);
/* No acknowledge; `at_once`: don't repeat it, the way to it is at fault. */
void poll_failed(struct controller *c, uint8_t s, bool at_once);
/* The bus hung on its turn. */
void poll_stalled(struct controller *c, uint8_t s);

/* What only time does to a supply. */
void poll_tick(struct controller *c, uint8_t s);

#endif

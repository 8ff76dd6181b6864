/* pins.h - an expander of the PCA9555 kind: sixteen pins behind three pairs of registers.
 *
 * Nothing is written before all three pairs were read: pins that are outputs already keep their
 * level; pins that are still inputs (the expander was reset) get the level that their resistors give
 * them, output registers first, so that no switch of a live bar moves. Later on it is read back in
 * full every PINS_CHECK_us; one that has lost its configuration is set up again with what was last
 * wanted.
 *
 * After every write both the output registers and the pins are read: a register that did not take
 * the value is written again, a pin that disagrees with its register twice makes its switch STUCK.
 *
 *   source    hardware notes, 5.3 (registers, power-up state, read-back); 11.16
 *   checked   tests/controller/test_step.c, test_reset.c */
#ifndef CONTROLLER_PINS_H
#define CONTROLLER_PINS_H

#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

/* What is due, most urgent first. */
enum pins_todo {
    PINS_WRITE = 1,        /* output registers */
    PINS_WRITE_CONFIG = 2, /* our pins become outputs */
    PINS_READ_CONFIG = 4,
    PINS_READ_OUTPUT = 8,
    PINS_READ_INPUT = 16,
    PINS_READ_ALL = 28
};

enum {
    PINS_CHECK_us = 50000,
    PINS_PAUSE_us = 10000,       /* after it did not answer; doubled each time ... */
    PINS_PAUSE_MAX_us = 1000000, /* ... up to this */
    PINS_REWRITES = 3
};

struct pins {
    bool adopted;      /* was read back once; what it does is known */
    bool sick;         /* does not answer, or forgets: its switches stay as they are */
    uint8_t todo;      /* bits of enum pins_todo */
    uint8_t doing;     /* the one under way */
    uint8_t tries;     /* failures in a row */
    uint8_t rewrites;  /* in a row, of registers that did not hold what was written */
    uint16_t ours;     /* pins that drive switches */
    uint16_t output;   /* output registers, as written or read back */
    uint16_t input;    /* levels at the pins */
    uint16_t config;   /* 1: the pin is an input */
    uint16_t image;    /* what the output registers shall hold */
    uint16_t sent;     /* what the write under way carries */
    uint32_t check_us; /* when it was last read back in full */
    uint32_t pause_us; /* length of the last pause after failures, from pause_from_us; 0: none */
    uint32_t pause_from_us;
};

struct controller;
struct wire_seat;

void pins_init(struct controller *c, uint8_t e);

/* The expander on this bus that has something due, writes before reads; CTL_NOBODY: none. */
uint8_t pins_due(const struct controller *c, uint8_t bus);
/* What is due there moves switches. */
bool pins_commands(const struct controller *c, uint8_t e);
uint32_t pins_wait_us(const struct controller *c, uint8_t bus);
struct wire_seat pins_seat(const struct controller *c, uint8_t e);

void pins_begin(struct controller *c, uint8_t e, uint8_t bus, struct ctl_out *out);
void pins_answered(struct controller *c, uint8_t e, const uint8_t rx[]);
/* No acknowledge; `at_once`: don't repeat it, the bus or its mux is at fault. */
void pins_failed(struct controller *c, uint8_t e, bool at_once);

/* The output registers shall hold this from now on (of our pins). */
void pins_want(struct controller *c, uint8_t e, uint16_t image);

/* Due for a full read-back? Asked by the tick. */
void pins_tick(struct controller *c, uint8_t e);

/* Can switches on it be moved? */
bool pins_obey(const struct controller *c, uint8_t e);

#endif

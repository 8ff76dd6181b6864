/* sequencer.h - from the present switch positions to the wanted ones, in an order that is safe.
 *
 *   a switch closes    unless a shorted or over-voltage supply is still on its bar (break first), and
 *                      not while another switch of its supply has yet to open (that would join two
 *                      bars); the latter gives way when it would hold up everything
 *   a switch opens     when all that shall close on its bar has closed, settled and was read back, and
 *                      a good supply remains there (make first); at once when its supply is dangerous
 *                      a good supply leaves its bar when the servers that it fed have given way
 *   no switch moves    within its dwell or operate time, while its expander does not answer, or when
 *                      it is stuck; a dangerous supply is cut off even within dwell
 *
 *   source    DESIGN.md, "Switching"
 *   checked   tests/controller/test_sequencer.c */
#ifndef CONTROLLER_SEQUENCER_H
#define CONTROLLER_SEQUENCER_H

#include <stdbool.h>
#include <stdint.h>

struct controller;

enum {
    SEQUENCER_SHED_us = 500,           /* between looks whether servers have given way */
    SEQUENCER_MISSES = 2,              /* read-backs in a row that make a switch stuck */
    SEQUENCER_STUCK_us = 10000000,     /* then left alone for so long; doubled each time ... */
    SEQUENCER_STUCK_MAX_us = 640000000 /* ... up to this */
};

/* Take over the positions that the expander has, as told and as wanted. */
void sequencer_adopt(struct controller *c, uint8_t e);

/* The output registers of the expander have changed: which switches did that tell to move? */
void sequencer_told(struct controller *c, uint8_t e);

/* Compare the pins of the expander with what its switches were told. True: read them again. */
bool sequencer_compare(struct controller *c, uint8_t e);

/* Look at the switches in this step. */
void sequencer_wake(struct controller *c);

/* Move what may move now, and tell the supplies where their switches are. */
void sequencer_run(struct controller *c);

/* Dwell and stuck times that have passed. */
void sequencer_tick(struct controller *c);

uint32_t sequencer_wait_us(const struct controller *c);

#endif

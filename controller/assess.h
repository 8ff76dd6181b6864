/* assess.h - what the readings of a supply mean for it: a status word alone, a complete reading.
 *
 * The verdict (verdict.h) counts when `confirm` turns in a row agree, at once where hold-up is running out;
 * one that is off without a reason is switched off and on again a bounded number of times.
 *
 *   checked   tests/controller/test_step.c, test_storm.c, test_lanes.c */
#ifndef CONTROLLER_ASSESS_H
#define CONTROLLER_ASSESS_H

#include "supply.h"

#include <stdbool.h>
#include <stdint.h>

struct controller;

/* Take the transition, and whatever follows from another state. */
void assess_event(struct controller *c, uint8_t s, enum supply_event event);

/* Its STATUS_WORD has come. */
void assess_status(struct controller *c, uint8_t s, uint16_t status);

/* The reading of this turn is complete. */
void assess_reading(struct controller *c, uint8_t s);

/* Lost, off, without a word of why, and on a bar through a contact that passes power back: dead, or what
 * pulls its bar down. (Behind ORing a short stays where it is.) */
bool assess_may_short(const struct controller *c, uint8_t s);

#endif

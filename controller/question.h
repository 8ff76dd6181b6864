/* question.h - what is sent in each step of a turn, when a step applies, and what counts as an answer.
 *
 *   checked   tests/controller/test_step.c, test_lanes.c, test_record.c */
#ifndef CONTROLLER_QUESTION_H
#define CONTROLLER_QUESTION_H

#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

struct controller;

/* The first step, from `from` on, that is due in the turn under way; POLL_STEPS: none. */
uint8_t question_next(const struct controller *c, uint8_t s, uint8_t from);

/* The transfer of the step that its turn has got to. */
void question_begin(const struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out);

/* Is what came an answer at all? No: a wrong PEC, all ones (nobody drove the lines, or it was busy), a
 * format that nobody here can read. */
bool question_is_answered(struct controller *c, uint8_t s, const uint8_t rx[]);

/* Is it one of the readings, POLL_VOUT to POLL_FAN? Which: enum lane_reading. */
bool question_is_reading(uint8_t step);
uint8_t question_reading(uint8_t step);

/* The command of a step; that of a status register is record.h's. */
uint8_t question_command(const struct controller *c, uint8_t s, uint8_t step);

#endif

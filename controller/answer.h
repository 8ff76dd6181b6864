/* answer.h - what was answered in a step of a turn, handed to whom it concerns.
 *
 *   checked   tests/controller/test_step.c, test_lanes.c, test_identity.c */
#ifndef CONTROLLER_ANSWER_H
#define CONTROLLER_ANSWER_H

#include <stdint.h>

struct controller;

/* rx: the bytes of a sound answer (question_is_answered()) to the step that its turn has got to. */
void answer_take(struct controller *c, uint8_t s, const uint8_t rx[]);

#endif

/* lacks.h - commands that a supply does not know: left out of its turns, not tried for ever.
 *
 * A command that was not answered, retries included, is not asked again in that turn. STATUS_CML says
 * why: "invalid or unsupported command" and it is left out from then on; nothing of the kind, and it may
 * have been busy: the next time decides. What is left out is tried again after LACKS_AGAIN_us, for a
 * supply's firmware may have been hung. STATUS_WORD, READ_VOUT and READ_IOUT can't be done without.
 *
 *   source    PMBus 1.2 part II, 10.9.2 and 17.9 (unsupported command); the time is an estimate
 *   checked   tests/controller/test_lanes.c, test_record.c, scenarios/readings/unknown-command.yaml */
#ifndef CONTROLLER_LACKS_H
#define CONTROLLER_LACKS_H

#include <stdbool.h>
#include <stdint.h>

/* Bits 0 to 6 are the readings of lanes.h; from LACKS_REGISTERS on the status registers, STATUS_VOUT
 * first. */
enum { LACKS_ERASING = 0x80, LACKS_REGISTERS = 8, LACKS_AGAIN_us = 600000000 };

struct controller;
struct supply;

/* Its turn begins. */
void lacks_begin(struct controller *c, uint8_t s);

/* It did not answer this, by a bit as above. */
void lacks_failed(struct controller *c, uint8_t s, uint16_t what);
void lacks_answered(struct supply *u, uint16_t what);

/* STATUS_CML says that it has been asked what it does not know. */
void lacks_confirmed(struct controller *c, uint8_t s);

#endif

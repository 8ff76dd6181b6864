/* ask.h - requests to servers, and what comes of them.
 *
 *   RESTS --asked--> DUE --sent--> SENT --acknowledged--> RESTS
 *                    ^ ^            | | refused
 *                    | |            | v
 *                    | +------------|-- a cap, where power still lacks: to be off
 *                    |              |   else deaf for ASK_DEAF_us: nothing is counted on it
 *                    |              v no answer within answer_us
 *                    +--------------- the same once more, and from now on nothing is counted on it;
 *                                     again none: deaf for ASK_DEAF_us
 *
 * A request carries a number; the report that carries it back tells what is in force now.
 *
 *   source    DESIGN.md, "Shedding"
 *   checked   tests/controller/test_demand.c, test_storm.c */
#ifndef CONTROLLER_ASK_H
#define CONTROLLER_ASK_H

#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ASK_DEAF_us = 10000000
}; /* before a server that does not do as it is asked is asked again */

struct controller;

/* It shall be so from now on; its bars are expected to follow. */
void ask_server(struct controller *c, uint16_t i, enum ctl_ask what, uint32_t cap_mW);

/* One that waits shall start: its surge is expected. */
void ask_start(struct controller *c, uint16_t i);

/* A server has reported: has it done what it was asked? */
void ask_answered(struct controller *c, uint16_t i, const struct ctl_in *in);

/* Requests that were not acknowledged in time. */
void ask_tick(struct controller *c);

/* The most urgent request leaves with this step. */
void ask_send(struct controller *c, struct ctl_out *out);

#endif

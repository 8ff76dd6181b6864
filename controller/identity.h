/* identity.h - is the device behind a channel the one it is taken for?
 *
 * Supplies of equal address sit behind different channels of a mux: one that switches the wrong channel,
 * or none, shows one supply's readings in another's place, and nothing in them tells. Their serial numbers
 * do. One is learned when a supply is identified, and read back
 *
 *   every IDENTITY_us                0.2 to 0.5 ms of the bus for each supply (400 kHz, 4 to 16 letters)
 *   before a lost supply is opened   in the turn that finds the loss; a wrong reading opens nothing
 *   first of all                     of a supply that was silent: another one may have been plugged
 *   at once                          when another channel shows this supply's number
 *
 * A number that is not the known one: no reading of this supply is believed (SUSPECT, its switches stay),
 * its mux is reset, and only its number is asked for until it is right again. After IDENTITY_TRIES a number
 * that no other supply has is taken for that of another unit in the slot, which is then identified anew.
 *
 *   source    hardware notes, 11.13; the times are estimates
 *   checked   tests/controller/test_identity.c, scenarios/serial-bus, scenarios/hot-plug */
#ifndef CONTROLLER_IDENTITY_H
#define CONTROLLER_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

enum { IDENTITY_us = 500000, IDENTITY_TRIES = 3, IDENTITY_BYTES = 16 };

struct identity {
    uint32_t number;  /* over its serial number; 0: it has none, and is taken at its word */
    uint32_t at_us;   /* when it was last read back, or begun to be tried */
    uint8_t length;   /* letters of it */
    uint8_t strange;  /* answers in a row that were another device's */
    bool doubted : 1; /* it was silent; its number comes first */
    bool whole : 1;   /* it is asked for at full length: another device's may have more letters */
    bool sure : 1;    /* read back since it was last believed lost, or it has none */
    bool known_other : 1; /* the last of them is a device that is known in another place */
    bool wanted : 1;      /* is to be read back at once */
};

struct controller;

/* Of a device that is being identified: letters of its number. */
void identity_count(struct controller *c, uint8_t s, uint8_t letters);

/* Of a device that is being identified; rx: count and letters, or NULL: it has none. False: it is another
 * supply's, so the way to it leads astray. */
bool identity_learn(struct controller *c, uint8_t s, const uint8_t rx[]);

/* Read back; rx as above. False: it is not the known one. */
bool identity_check(struct controller *c, uint8_t s, const uint8_t rx[]);

/* Bytes that a reading back takes, count included, PEC not. */
uint8_t identity_bytes(const struct controller *c, uint8_t s);

/* It was away for a while: whoever answers next says its number before anything else. */
void identity_doubt(struct controller *c, uint8_t s);
bool identity_comes_first(const struct controller *c, uint8_t s);

/* Is it to be read back in this turn? */
bool identity_is_due(const struct controller *c, uint8_t s);

/* It was seen again and again that another unit sits in its slot. */
bool identity_is_new(const struct controller *c, uint8_t s);

/* May what was read of it open a switch? */
bool identity_is_sure(const struct controller *c, uint8_t s);

#endif

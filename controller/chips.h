/* chips.h - one row per kind of supply chip: what the standard leaves open, and what it gets wrong.
 *
 * A quirk is a symptom and a remedy. How to add a chip: DESIGN.md. */
#ifndef CONTROLLER_CHIPS_H
#define CONTROLLER_CHIPS_H

#include <stdbool.h>
#include <stdint.h>

struct chip {
    const char *name;
    bool has_pec;   /* its answers end with a packet error code that can be believed */
    bool takes_pec; /* it accepts a packet error code behind what is written to it */
    bool erases;    /* a 1 written to a status bit clears it (PMBus 1.2); else CLEAR_FAULTS does */
    bool has_ara;   /* answers the alert response address when it has pulled its alert line */
    bool has_vout_mode; /* answers VOUT_MODE; else `vout_mode` holds */
    uint8_t vout_mode;
    uint16_t gap_us; /* it needs this long between two transfers */
    uint32_t
        toggle_us; /* up without power good for so long, it wants to be switched off and on; 0: the
                           same as start_us */
    uint32_t start_us; /* longest time from OPERATION on, or from the input, to power good */
};

/* Rows by enum ctl_chip; an index past the end gives row 0. */
uint8_t chips_count(void);
const struct chip *chip_row(uint8_t chip);

#endif

/* plausible.h - is a reading one that a living supply could give?
 *
 *   frozen   a hung microcontroller goes on answering with the last good values, while its output may be
 *            dead or fine. A living one's readings scatter: their quiet spells are learned for each supply,
 *            and one that is quiet for PLAUSIBLE_SPELLS times the longest of late is not believed any more;
 *            already after twice that when a supply of the same bar has moved by an eighth of its rating
 *            meanwhile. One whose readings never scatter is never found this way
 *   absurd   more than twice the voltage of its window without stating over-voltage, or four times its
 *            rated current: no supply does that. Once is overlooked, twice is not believed
 *
 * Not believed is like not heard: SUSPECT, not counted, a spare is brought in; its own switches stay. It is
 * believed again with the first reading that differs.
 *
 *   source    hardware notes, 11.14; the factors are estimates: with 40 % of readings equal to the last,
 *             as a coarse converter gives, the longest spell is 4 to 5 samples and 36 equal ones come once
 *             in 10^14
 *   checked   tests/controller/test_plausible.c, scenarios/readings */
#ifndef CONTROLLER_PLAUSIBLE_H
#define CONTROLLER_PLAUSIBLE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PLAUSIBLE_CHANGES = 64, /* seen before its quiet spells count as known */
    PLAUSIBLE_SPELLS = 8,
    PLAUSIBLE_FROZEN_us = 200000, /* no spell is too long before this */
    PLAUSIBLE_MOVED_us = 30000,   /* nor before this, whatever its neighbours do */
    PLAUSIBLE_EQUAL = 16 /* readings that are equal, at least; 4 when a neighbour has moved */
};

struct plausible {
    uint32_t v_mV;
    int32_t i_mA;
    uint8_t changes; /* of voltage or current, since it was identified */
    uint8_t equal;   /* readings in a row that were equal */
    uint8_t absurd;  /* readings in a row that no supply gives */
    bool frozen : 1;
    bool moved : 1;
    uint32_t since_us;   /* last change */
    uint32_t longest_us; /* its longest quiet spell of late */
    int32_t base_mA;   /* its current when it last moved by more than an eighth of its rating ... */
    uint32_t moved_us; /* ... then, if it has `moved` */
};

struct controller;

/* It is identified: another unit may scatter differently. */
void plausible_forget(struct controller *c, uint8_t s);

/* Its voltage and current as they were just read. False: not to be believed. */
bool plausible_reading(struct controller *c, uint8_t s);

#endif

/* lanes.h - which readings a supply is asked for in its turn: a fast lane and a slow one.
 *
 *   fast   STATUS_WORD in every turn, READ_VOUT in every `look`-th
 *   slow   `slow` further readings a turn: READ_IOUT and one of the others take turns
 *
 * What is out of the ordinary is read whole, and nothing slow before it: with a status other than 0, a
 * state other than STANDBY or SHARING, a voltage outside the window, or a current above the rating, VOUT and IOUT are read in the
 * same turn, as without lanes. So every verdict but "good" rests on voltage, current and status of one
 * turn; a status fault is judged in the turn that reads it, an output that is dead or too high though
 * its status denies it within `look` turns.
 *
 * A quiet turn is a channel select, STATUS_WORD, one `look`-th READ_VOUT and `slow` readings. A slow
 * reading that a supply does not know is left out (lacks.h).
 *
 *   checked   tests/controller/test_lanes.c */
#ifndef CONTROLLER_LANES_H
#define CONTROLLER_LANES_H

#include <stdbool.h>
#include <stdint.h>

/* In the order in which a turn asks for them. */
enum lane_reading {
    LANE_V,
    LANE_I,
    LANE_V_IN,
    LANE_I_IN,
    LANE_HOT,   /* READ_TEMPERATURE_1: hot spot */
    LANE_INLET, /* READ_TEMPERATURE_2: air at its inlet */
    LANE_FAN,
    LANE_READINGS
};

enum { LANES_LOOK_MAX = 100, LANES_SLOW_MAX = 6, LANES_WHOLE = 3 /* voltage and current */ };

struct controller;

/* Its turn begins: what is asked for on a quiet day. */
void lanes_begin(struct controller *c, uint8_t s);

/* Its STATUS_WORD has come; `news`: another one than in the turn before. */
void lanes_status_came(struct controller *c, uint8_t s, bool news);

/* Its voltage has come. */
void lanes_voltage_came(struct controller *c, uint8_t s);

/* Is this current, of a turn that is not read whole, more than its rating at the low end of the window? */
bool lanes_is_excess(const struct controller *c, uint8_t s, int32_t i_mA);

/* It would not answer this one. False: it must, its turn is over. */
bool lanes_goes_without(struct controller *c, uint8_t s, uint8_t reading);

#endif

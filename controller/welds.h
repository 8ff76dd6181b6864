/* welds.h - switches that do not do what their pins say.
 *
 * The pin of an expander reads back what it was told, welded contact or not. Current tells:
 *
 *   welded   all switches of a supply are told to be open for WELDS_OPEN_us, and it still delivers a
 *            twentieth of its rating: the one opened last has not parted. It counts as closed
 *   dead     told to be closed and settled for WELDS_CLOSED_us, its supply has not delivered a hundredth of
 *            its rating since, while the others of the bar carry more than half of theirs, or while nobody
 *            else is on a bar that drew an eighth of it within the last second or two. It counts as open, and is left closed
 *
 * in WELDS_READINGS in a row. The plan goes around it until current says otherwise. A supply that is told to
 * feed two bars does not tell through which switch its current goes: nothing is concluded from it.
 *
 *   source    averages of READ_IOUT last 0.1 to 1 s (hardware notes, 5.1); relays weld when they close onto
 *             a capacitor (11.5); latent open switches (11.18). Times and parts are estimates
 *   checked   tests/controller/test_welds.c, scenarios/switches */
#ifndef CONTROLLER_WELDS_H
#define CONTROLLER_WELDS_H

#include <stdint.h>

enum {
    WELDS_OPEN_us = 500000, /* an averaged current has faded by then */
    WELDS_CLOSED_us = 100000,
    WELDS_READINGS = 3
};

struct controller;

/* A reading of this supply was believed. */
void welds_reading(struct controller *c, uint8_t s);

/* What the bars draw, for a while. */
void welds_tick(struct controller *c);

#endif

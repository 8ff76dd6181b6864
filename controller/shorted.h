/* shorted.h - bars that are believed shorted: no more supplies are closed onto them.
 *
 *   found     a supply in current limit, not switched off, whose voltage is below half of its bar's window,
 *             SHORTED_SETTLES_us after its switch was told to close at the earliest (capacitors are full by
 *             then); or one that trips while it is being eased onto the bar. Nothing is concluded from a
 *             supply on several bars
 *   over      a supply on that bar reads a voltage in its window, not while it is being eased onto it (a FET
 *             stage that ramps up bears its whole voltage); or one of them is found to be the short
 *
 * A bar that is believed shorted keeps the supplies it has. None of them is restarted, nor is one that was
 * taken off, for its contact may have welded. After a wait one supply may try: one that stands by is closed onto
 * the bar, or, if there is none, one that was lost is restarted, on the bar or apart from it. The others that
 * were lost on it leave it meanwhile, for the short may be in one of them, behind ORing that does not block. Each
 * trial in vain doubles the wait.
 *
 *   source    tens of milliseconds in current limit until a supply trips (hardware notes, 1.3); waits are
 *             estimates: hiccup supplies wait 5 s [S15]
 *   checked   tests/controller/test_shorted.c, scenarios/shorts */
#ifndef CONTROLLER_SHORTED_H
#define CONTROLLER_SHORTED_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SHORTED_SETTLES_us = 30000,     /* readings before that may be older than what they are about */
    SHORTED_AGES_us = 10000,        /* (estimate) */
    SHORTED_WAIT_us = 500000,       /* before the first trial ... */
    SHORTED_WAIT_MAX_us = 64000000, /* ... doubled up to this */
    SHORTED_TRIAL_us = 4000000 /* one lasts no longer: a restart takes 3.5 s at most (chips.c) */
};

struct shorted {
    uint32_t since_us; /* found so, or a trial was begun */
    uint32_t fine_us;  /* a supply that feeds it last said that it is not in current limit */
    uint8_t times;     /* found so in a row; 0: it is not */
    uint8_t noted;     /* the same, as the journal has it, one tick late at most */
    uint8_t trial;     /* the supply that may try now; CTL_NOBODY: it is still waited */
};

struct controller;

/* A reading of this supply was believed and judged. */
void shorted_reading(struct controller *c, uint8_t s);

/* Waits and trials that are over. */
void shorted_tick(struct controller *c);

/* Bars that are believed shorted, bit per bar: only the one that tries may be closed onto them. */
uint8_t shorted_bars(const struct controller *c);

/* Does a supply say that it is in current limit, while its voltage is still what it was? A status bit is
 * there at once, readings are up to SHORTED_AGES_us old: the next one tells whether its bar is shorted, and
 * no spare is closed onto that until then. Where a supply of that bar is lost, that explains it; where another
 * one, asked since, is not in current limit, the bar is not shorted. */
bool shorted_may_follow(const struct controller *c);

enum shorted_role {
    SHORTED_NONE,     /* the bar is not believed shorted */
    SHORTED_TRIES,    /* whether it still is */
    SHORTED_KEEPS_OFF /* is not to be closed onto it, nor restarted */
};

/* What a supply has to do with a bar that is believed shorted. */
enum shorted_role shorted_role(const struct controller *c, uint8_t s, uint8_t bar);

#endif

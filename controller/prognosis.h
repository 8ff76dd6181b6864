/* prognosis.h - which supplies wear out, and how long they have left.
 *
 * Every trend_us the readings of that time are averaged into a sample. Each sample of a trend is
 * compared with what was learnt of this supply when it was sound, in units in which a sound supply
 * scatters by at most one standard deviation:
 *
 *   FAN         speed below the learnt one                     unit 2 %    limit  20 %  [S26: 0.8 n]
 *   HEAT        (hot spot - inlet) / output power, above it    unit 2 %    limit  20 %  [hardware 6, E]
 *   INPUT       input over output power, above it              unit 1.5 %  limit   6 %  (estimate)
 *   SCATTER     mean step of READ_VOUT, above it               unit 25 %   limit 150 %  (ESR x 2..3, E)
 *   SHARE_MORE  load above the mean of its bar, of its rating  unit 2 %    limit  20 %  (estimate)
 *   SHARE_LESS  the same, below
 *   RETRIES     repeated transfers above the usual number      unit 1 + half of that, limit 10 units
 *
 * HEAT, INPUT, SCATTER and shares are learnt for each quarter of the rating, and sampled only while
 * the load is at rest: within 1/32 of its mean over 16 samples, and the air within 0.5 K for HEAT. trend_us should be a tenth of the
 * thermal time constant of a supply or more. What the other supplies of the bar show as well is not the
 * supply's fault: the least of their deviations is taken off (a warmer room, a restless load).
 *
 * Each trend is summed up by a CUSUM within a budget of false alarms, and the leading one is fitted by a
 * line: trend.h.
 *
 *   LEARNING   not yet 64 samples of its fan
 *   SOUND      no alarm
 *   DRIFTING   an alarm; no limit in sight within horizon_s
 *   FAILING    an alarm, and the limit is three quarters reached, or met within horizon_s at 95 %
 *              confidence; stays until S is zero again, or another supply sits in its place
 *
 * Left out: a fan that its supply governs by load or heat (its speed is taken for commanded alike).
 *   source    hardware notes, 6
 *   checked   tests/controller/test_prognosis.c */
#ifndef CONTROLLER_PROGNOSIS_H
#define CONTROLLER_PROGNOSIS_H

#include "ctl_config.h"
#include "lanes.h"
#include "trend.h"

#include <stdbool.h>
#include <stdint.h>

enum trend_of {
    TREND_HEAT,
    TREND_INPUT,
    TREND_SCATTER,
    TREND_FAN,
    TREND_SHARE_MORE,
    TREND_SHARE_LESS,
    TREND_RETRIES,
    TRENDS
};

enum prognosis_health { HEALTH_LEARNING, HEALTH_SOUND, HEALTH_DRIFTING, HEALTH_FAILING, HEALTHS };

enum {
    PROGNOSIS_LEARN = 64, /* samples */
    PROGNOSIS_QUARTERS = 4,
    PROGNOSIS_USUALS = (4 * PROGNOSIS_QUARTERS) + 2,
    PROGNOSIS_TICK_us = 5000, /* a tick looks at one supply, twice for each sample */
    PROGNOSIS_LEAST_us = 2 * PROGNOSIS_TICK_us /* for each supply, between two samples */
};

struct prognosis {
    uint32_t sum[LANE_READINGS]; /* of the readings of the sample under way, in milli-units */
    uint16_t n[LANE_READINGS];
    uint16_t retries;
    uint32_t steps_mV; /* sum of |v - the one before| */
    uint32_t v_mV;     /* the one before */
    uint32_t p_mW;     /* output of the last sample ... */
    uint32_t rest_mW;  /* ... and its mean over about 16; 0: not known */
    uint32_t rest_mK;  /* the same of the air at its inlet */
    uint32_t usual[PROGNOSIS_USUALS];
    uint8_t learnt[PROGNOSIS_USUALS]; /* samples that usual[] is the mean of */
    uint16_t sharers;  /* checksum of the supplies on its bar when shares were learnt */
    int16_t z[TRENDS]; /* of the last sample; PROGNOSIS_NONE: there was none */
    uint16_t cusum[TRENDS];
    struct trend_fit fit; /* of the leading trend */
    uint8_t leader;       /* enum trend_of */
    uint8_t health;       /* enum prognosis_health */
    uint8_t confidence;   /* %, that the leading trend rises */
    uint32_t left_s;      /* until it meets its limit; UINT32_MAX: not in sight */
};

enum { PROGNOSIS_NONE = INT16_MIN };

struct controller;

/* Nothing is known of it: at the start, and when it has been identified. */
void prognosis_forget(struct prognosis *p);

/* A reading has come, a transfer was repeated. */
void prognosis_read(struct controller *c, uint8_t s, uint8_t reading, int32_t milli);
void prognosis_retried(struct controller *c, uint8_t s);

/* Once a tick: at most one supply is looked at. */
void prognosis_tick(struct controller *c);

const char *prognosis_health_name(enum prognosis_health health);

#endif

/* prognosis.c - see prognosis.h.  Checked by tests/controller/test_prognosis.c. */
#include "prognosis.h"

#include "clock.h"
#include "controller.h"
#include "quotient.h"
#include "trend.h"

#include <stddef.h>
#include <string.h>

enum {
    READINGS_MAX = 4096, /* of one kind in a sample: sums fit 32 bits */
    MILLI_MAX = 1048575,
    FAN_PARTS = 100,       /* tenths of a revolution: thousandths would be too many */
    SCATTER_READINGS = 16, /* at least, for a mean step that means something */
    REST_SAMPLES = 16,
    REST_PART = 32,
    REST_mK = 500,
    CONFIDENT = 95,
    Z_MAX = 15 * TREND_UNIT, /* no single sample alarms alone */
    USUAL_UNIT = 16,         /* parts of what is usual */
    VALUE_MAX = 0x0FFFFFFF,  /* of it: 32 bits with its parts */
    PERMILLE = 1000,
    WHOLE = 10000,
    /* Where what is usual is kept; the first four for each quarter of the rating. */
    USUAL_HEAT = 0,
    USUAL_INPUT = 4,
    USUAL_SCATTER = 8,
    USUAL_SHARE = 12,
    USUAL_FAN = 16,
    USUAL_RETRIES = 17
};

_Static_assert((int)USUAL_RETRIES == ((int)PROGNOSIS_USUALS - 1), "room for all of them");

/* Units and limits of prognosis.h: of what is learnt, in permille. RETRIES has its own. */
static const uint16_t unit_permille[TRENDS] = {20, 15, 250, 20, 20, 20, 0};
static const uint16_t limit_units[TRENDS] = {10, 4, 6, 10, 10, 10, 10};

void prognosis_forget(struct prognosis *p)
{
    (void)memset(p, 0, sizeof(*p));
    p->left_s = UINT32_MAX;
}

/* ---- gathering --------------------------------------------------------------------------------- */

static void begin_sample(struct prognosis *p)
{
    (void)memset(p->sum, 0, sizeof(p->sum));
    (void)memset(p->n, 0, sizeof(p->n));
    p->steps_mV = 0;
    p->retries = 0;
}

static bool is_on(const struct controller *c)
{
    return c->cfg.trend_us != 0U;
}

void prognosis_read(struct controller *c, uint8_t s, uint8_t reading, int32_t milli)
{
    struct prognosis *p = &c->prognoses[s];
    const struct supply *u = &c->supplies[s];
    uint32_t value = (milli > 0) ? (uint32_t)milli : 0U;

    if (!supply_is_good(u) && (u->state != (uint8_t)SUPPLY_SUSPECT)) {
        begin_sample(p); /* it does not deliver: what it says tells of that, not of wear */
        return;
    }
    if (!is_on(c) || (p->n[reading] >= (uint16_t)READINGS_MAX)) {
        return;
    }
    value = (reading == (uint8_t)LANE_FAN) ? (value / FAN_PARTS) : value;
    value = (value > (uint32_t)MILLI_MAX) ? (uint32_t)MILLI_MAX : value;
    if (reading == (uint8_t)LANE_V) {
        if (p->n[reading] > 0U) {
            p->steps_mV += (value > p->v_mV) ? (value - p->v_mV) : (p->v_mV - value);
        }
        p->v_mV = value;
    }
    p->sum[reading] += value;
    p->n[reading]++;
}

void prognosis_retried(struct controller *c, uint8_t s)
{
    struct prognosis *p = &c->prognoses[s];

    p->retries = (p->retries < UINT16_MAX) ? (uint16_t)(p->retries + 1U) : p->retries;
}

static bool mean_of(const struct prognosis *p, uint8_t reading, uint32_t *mean)
{
    if (p->n[reading] == 0U) {
        return false;
    }
    *mean = p->sum[reading] / p->n[reading];
    return true;
}

/* ---- deviations -------------------------------------------------------------------------------- */

static int16_t clamped(int64_t z)
{
    const int64_t most = Z_MAX;

    if (z > most) {
        return (int16_t)most;
    }
    return (int16_t)((z < -most) ? -most : z);
}

/* What is usual is learnt from the first samples; then `x` deviates from it. False: still learning. */
static bool is_learnt(struct prognosis *p, uint8_t usual, uint32_t x)
{
    if (p->learnt[usual] >= (uint8_t)PROGNOSIS_LEARN) {
        return true;
    }
    uint64_t n = p->learnt[usual];
    uint64_t mean = p->usual[usual]; /* in sixteenths, so that rounding does not add up */

    mean = quotient((mean * n) + ((uint64_t)x * USUAL_UNIT), n + 1U);
    p->usual[usual] = (uint32_t)mean;
    p->learnt[usual]++;
    return false;
}

/* (x / usual - 1) in sixteenths of the trend's unit. */
static int16_t deviation(const struct prognosis *p, uint8_t usual, uint32_t x, uint8_t trend)
{
    const int64_t scale = (int64_t)PERMILLE * (int64_t)TREND_UNIT;
    const int64_t unit = (int64_t)unit_permille[trend];
    int64_t base = p->usual[usual];
    int64_t above = ((int64_t)x * (int64_t)USUAL_UNIT) - base;

    if (base == 0) {
        return (int16_t)PROGNOSIS_NONE;
    }
    return clamped(quotient_signed(above * scale, base * unit));
}

static void compare(struct prognosis *p, uint8_t usual, uint64_t x, uint8_t trend)
{
    uint32_t value = (x > (uint64_t)VALUE_MAX) ? (uint32_t)VALUE_MAX : (uint32_t)x;

    if (is_learnt(p, usual, value)) {
        p->z[trend] = deviation(p, usual, value, trend);
    }
}

/* Of its rating, at most that. */
static uint8_t quarter_of(uint32_t p_mW, uint32_t capacity_mW)
{
    uint32_t quarter_mW = (capacity_mW / (uint32_t)PROGNOSIS_QUARTERS) + 1U;

    return (uint8_t)(p_mW / quarter_mW);
}

/* Is x within `most` of its mean over some samples, `rest`? */
static bool rests(uint32_t *rest, uint32_t x, uint32_t most)
{
    uint32_t mean = (*rest == 0U) ? x : *rest;
    uint32_t off = (x > mean) ? (x - mean) : (mean - x);
    uint64_t sum = ((uint64_t)mean * ((uint64_t)REST_SAMPLES - 1U)) + x;

    *rest = (uint32_t)(sum / (uint64_t)REST_SAMPLES);
    return off <= most;
}

/* Heat and input mean nothing of a supply that idles. */
static bool idles(const struct prognosis *p, uint8_t quarter)
{
    return (quarter == 0U) || (p->p_mW < (uint32_t)PERMILLE);
}

/* The hot spot follows the air as it follows the load: both have to be at rest. */
static void compare_heat(struct prognosis *p, uint8_t quarter)
{
    uint32_t hot_mK;
    uint32_t inlet_mK;

    if (mean_of(p, (uint8_t)LANE_HOT, &hot_mK) && mean_of(p, (uint8_t)LANE_INLET, &inlet_mK) &&
        rests(&p->rest_mK, inlet_mK, (uint32_t)REST_mK) && (hot_mK > inlet_mK) &&
        !idles(p, quarter)) {
        /* microkelvins per watt */
        uint64_t rise = ((uint64_t)hot_mK - inlet_mK) * 1000000U;
        rise = quotient(rise, p->p_mW);
        compare(p, (uint8_t)((uint8_t)USUAL_HEAT + quarter), rise, (uint8_t)TREND_HEAT);
    }
}

static void compare_input(struct prognosis *p, uint8_t quarter)
{
    uint32_t in_mV;
    uint32_t in_mA;

    if (mean_of(p, (uint8_t)LANE_V_IN, &in_mV) && mean_of(p, (uint8_t)LANE_I_IN, &in_mA) &&
        !idles(p, quarter)) {
        uint64_t in_uW = (uint64_t)in_mV * in_mA;
        uint64_t ratio = quotient(in_uW * 10U, p->p_mW); /* ten thousandths */
        compare(p, (uint8_t)((uint8_t)USUAL_INPUT + quarter), ratio, (uint8_t)TREND_INPUT);
    }
}

static void compare_scatter(struct prognosis *p, uint8_t quarter)
{
    uint32_t steps = p->n[LANE_V];

    if (steps > (uint32_t)SCATTER_READINGS) {
        uint64_t step_uV = quotient((uint64_t)p->steps_mV * 1000U, (uint64_t)steps - 1U);
        compare(p, (uint8_t)((uint8_t)USUAL_SCATTER + quarter), step_uV, (uint8_t)TREND_SCATTER);
    }
}

static void compare_fan(struct prognosis *p)
{
    uint32_t speed;

    if (mean_of(p, (uint8_t)LANE_FAN, &speed) && is_learnt(p, (uint8_t)USUAL_FAN, speed)) {
        int16_t z = deviation(p, (uint8_t)USUAL_FAN, speed, (uint8_t)TREND_FAN);
        p->z[TREND_FAN] = (z == (int16_t)PROGNOSIS_NONE) ? z : (int16_t)-z;
    }
    p->health = ((p->health == (uint8_t)HEALTH_LEARNING) &&
                 (p->learnt[USUAL_FAN] >= (uint8_t)PROGNOSIS_LEARN))
                    ? (uint8_t)HEALTH_SOUND
                    : p->health;
}

static void compare_retries(struct prognosis *p)
{
    if (is_learnt(p, (uint8_t)USUAL_RETRIES, p->retries)) {
        int64_t usual = p->usual[USUAL_RETRIES];
        int64_t above = ((int64_t)p->retries * (int64_t)USUAL_UNIT) - usual;

        p->z[TREND_RETRIES] = clamped(
            quotient_signed(above * (int64_t)TREND_UNIT, (int64_t)USUAL_UNIT + (usual / 2)));
    }
}

/* First look: the sample under way ends, and becomes deviations. */
static void take_sample(struct controller *c, uint8_t s)
{
    struct prognosis *p = &c->prognoses[s];
    uint32_t v_mV;
    uint32_t i_mA;

    for (uint8_t t = 0; t < (uint8_t)TRENDS; t++) {
        p->z[t] = (int16_t)PROGNOSIS_NONE;
    }
    p->p_mW = 0;
    if (mean_of(p, (uint8_t)LANE_V, &v_mV) && mean_of(p, (uint8_t)LANE_I, &i_mA)) {
        uint32_t capacity_mW = c->cfg.supplies[s].capacity_mW;
        uint64_t p_mW = quotient((uint64_t)v_mV * i_mA, 1000);
        p->p_mW = (p_mW > capacity_mW) ? capacity_mW : (uint32_t)p_mW;
        uint8_t quarter = quarter_of(p->p_mW, capacity_mW);
        if (rests(&p->rest_mW, p->p_mW, p->rest_mW / (uint32_t)REST_PART)) {
            compare_heat(p, quarter);
            compare_input(p, quarter);
            compare_scatter(p, quarter);
        } else {
            p->p_mW = 0; /* no share of a load that moves either */
        }
    }
    compare_fan(p);
    compare_retries(p);
    begin_sample(p);
}

/* ---- the supply among others ------------------------------------------------------------------- */

static bool is_beside(const struct controller *c, uint8_t s, uint8_t other)
{
    const struct supply *u = &c->supplies[s];
    const struct supply *o = &c->supplies[other];

    return (other != s) && (u->closed > 0U) && (o->closed > 0U) && (u->bar == o->bar) &&
           (supply_is_good(o) || (o->state == (uint8_t)SUPPLY_SUSPECT));
}

/* By how much of its rating a supply gives more or less than the mean of its bar: with droop alone that
 * is a matter of set-points and the same at any load; with a share line it grows with the load. Who
 * shares with whom decides what is usual. */
static void compare_share(struct controller *c, uint8_t s)
{
    struct prognosis *p = &c->prognoses[s];
    uint64_t p_mW = p->p_mW;
    uint64_t capacity_mW = c->cfg.supplies[s].capacity_mW;
    uint32_t sharers = (uint32_t)s + 1U;
    bool known = (c->supplies[s].closed > 0U) && (p->p_mW > 0U);

    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        if (is_beside(c, s, i)) {
            p_mW += c->prognoses[i].p_mW;
            capacity_mW += c->cfg.supplies[i].capacity_mW;
            sharers = ((sharers * 31U) + i + 1U) & UINT16_MAX;
            known = known && (c->prognoses[i].p_mW > 0U);
        }
    }
    if (sharers != p->sharers) {
        p->sharers = (uint16_t)sharers;
        (void)memset(&p->learnt[USUAL_SHARE], 0, (size_t)PROGNOSIS_QUARTERS);
        p->cusum[TREND_SHARE_MORE] = 0;
        p->cusum[TREND_SHARE_LESS] = 0;
    }
    if (!known || (capacity_mW == c->cfg.supplies[s].capacity_mW) || (p_mW < (uint64_t)PERMILLE)) {
        return;
    }
    uint64_t mine = quotient((uint64_t)p->p_mW * WHOLE, c->cfg.supplies[s].capacity_mW);
    uint64_t mean = quotient(p_mW * WHOLE, capacity_mW);
    uint32_t share = (uint32_t)((mine + WHOLE) - mean);
    uint8_t usual =
        (uint8_t)((uint8_t)USUAL_SHARE + quarter_of(p->p_mW, c->cfg.supplies[s].capacity_mW));

    if (is_learnt(p, usual, share)) {
        int16_t z = deviation(p, usual, share, (uint8_t)TREND_SHARE_MORE);
        p->z[TREND_SHARE_MORE] = z;
        p->z[TREND_SHARE_LESS] = (z == (int16_t)PROGNOSIS_NONE) ? z : (int16_t)-z;
    }
}

/* What the others of its bar show, too: the least of them; 0: nobody does. */
static int16_t common(const struct controller *c, uint8_t s, uint8_t trend)
{
    int16_t least = INT16_MAX;

    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        int16_t z = c->prognoses[i].z[trend];
        if (is_beside(c, s, i) && (z != (int16_t)PROGNOSIS_NONE) && (z < least)) {
            least = z;
        }
    }
    return ((least == INT16_MAX) || (least < 0)) ? 0 : least;
}

/* ---- the leading trend --------------------------------------------------------------------------- */

static bool has_alarm(const struct prognosis *p)
{
    bool alarm = false;

    for (uint8_t t = 0; t < (uint8_t)TRENDS; t++) {
        alarm = alarm || (p->cusum[t] >= (uint16_t)TREND_H);
    }
    return alarm;
}

/* The trend that is furthest leads; another one takes over when it is twice as far. The one that a
 * supply is found failing for leads until it is over; then all are summed up anew, as some have had no
 * sample since (a supply that idles has no losses). */
static void follow(struct prognosis *p, const int16_t z[])
{
    uint8_t first = p->leader;
    bool failing = p->health == (uint8_t)HEALTH_FAILING;

    if (failing && (p->cusum[p->leader] == 0U)) {
        (void)memset(p->cusum, 0, sizeof(p->cusum));
        p->health = (uint8_t)HEALTH_SOUND;
    }
    for (uint8_t t = 0; t < (uint8_t)TRENDS; t++) {
        first = (p->cusum[t] > p->cusum[first]) ? t : first;
    }
    if ((p->cusum[p->leader] == 0U) ||
        (!failing && (p->cusum[first] > (2U * p->cusum[p->leader])))) {
        (void)memset(&p->fit, 0, sizeof(p->fit));
        p->leader = first;
    }
    if ((p->cusum[p->leader] > 0U) && (z[p->leader] != (int16_t)PROGNOSIS_NONE)) {
        trend_add(&p->fit, z[p->leader]);
    }
}

static void judge(struct controller *c, struct prognosis *p)
{
    int32_t limit = (int32_t)limit_units[p->leader] * (int32_t)TREND_UNIT;
    int32_t level = 0;
    uint32_t left = trend_left(&p->fit, limit, &level);
    uint64_t left_s = quotient((uint64_t)left * c->cfg.trend_us, 1000000);

    p->confidence = trend_confidence(&p->fit);
    p->left_s = UINT32_MAX;
    if (!has_alarm(p)) {
        p->health = (p->health == (uint8_t)HEALTH_DRIFTING) ? (uint8_t)HEALTH_SOUND : p->health;
        return;
    }
    if ((left != UINT32_MAX) && (left_s < UINT32_MAX)) {
        p->left_s = (uint32_t)left_s;
    }
    bool near = (level * 4) >= (limit * 3);
    bool soon = (p->left_s <= c->cfg.horizon_s) && (p->confidence >= (uint8_t)CONFIDENT);

    if (near || soon) {
        p->health = (uint8_t)HEALTH_FAILING;
    } else if (p->health != (uint8_t)HEALTH_FAILING) {
        p->health = (uint8_t)HEALTH_DRIFTING;
    } else {
        /* once believed, until the trend is gone */
    }
}

/* Second look, when all supplies have their deviations: what is its own is summed up and judged. */
static void weigh(struct controller *c, uint8_t s)
{
    struct prognosis *p = &c->prognoses[s];
    uint8_t was = p->health;
    int16_t z[TRENDS];

    compare_share(c, s);
    for (uint8_t t = 0; t < (uint8_t)TRENDS; t++) {
        bool alone = (t == (uint8_t)TREND_SHARE_MORE) || (t == (uint8_t)TREND_SHARE_LESS);
        z[t] = p->z[t];
        if (z[t] != (int16_t)PROGNOSIS_NONE) {
            z[t] = (int16_t)(z[t] - (alone ? 0 : common(c, s, t)));
            p->cusum[t] = trend_cusum(p->cusum[t], z[t]);
        }
    }
    follow(p, z);
    judge(c, p);
    if ((p->health == (uint8_t)HEALTH_FAILING) && (was != (uint8_t)HEALTH_FAILING)) {
        uint32_t minutes = p->left_s / 60U;

        c->count.predictions++;
        journal_note(c, JOURNAL_FORETOLD, s,
                     (minutes < (uint32_t)UINT16_MAX) ? (uint16_t)minutes : (uint16_t)UINT16_MAX);
    }
}

void prognosis_tick(struct controller *c)
{
    uint8_t n = c->cfg.n_supplies;

    if (!is_on(c)) {
        return;
    }
    if (c->looked >= (2U * (uint32_t)n)) {
        if (!passed(c->now_us, c->sample_us, c->cfg.trend_us)) {
            return;
        }
        c->sample_us = c->now_us;
        c->looked = 0;
    }
    uint8_t s = (uint8_t)(c->looked % n);

    if (c->looked < n) {
        take_sample(c, s);
    } else {
        weigh(c, s);
    }
    c->looked++;
}

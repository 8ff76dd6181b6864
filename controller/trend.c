/* trend.c - see trend.h.  Checked by tests/controller/test_prognosis.c. */
#include "trend.h"

#include "quotient.h"

#include <string.h>

enum { FIT_MOST = 4096 /* deviations */, FIT_LEAST = 8 };

uint16_t trend_cusum(uint16_t sum, int16_t z)
{
    const int32_t most = 2 * (int32_t)TREND_H;
    int32_t next = (int32_t)sum + z - (int32_t)TREND_K;

    next = (next > most) ? most : next;
    return (uint16_t)((next < 0) ? 0 : next);
}

void trend_add(struct trend_fit *f, int16_t z)
{
    if (f->n >= (uint16_t)FIT_MOST) {
        (void)memset(f, 0, sizeof(*f));
    }
    f->sum += z;
    f->moment += (int64_t)f->n * z;
    f->n++;
}

/* Slope of the line, b = (12 moment - 6 (n - 1) sum) / (n (n^2 - 1)): numerator. */
static int64_t rise_of(const struct trend_fit *f)
{
    return (12 * f->moment) - (6 * ((int64_t)f->n - 1) * f->sum);
}

/* ... and denominator. */
static int64_t run_of(const struct trend_fit *f)
{
    int64_t n = f->n;

    return n * ((n * n) - 1);
}

uint32_t trend_left(const struct trend_fit *f, int32_t limit, int32_t *level)
{
    int64_t rise = rise_of(f);
    int64_t run = run_of(f);

    if (f->n < (uint16_t)FIT_LEAST) {
        *level = 0;
        return UINT32_MAX;
    }
    *level =
        (int32_t)((f->sum / (int32_t)f->n) + quotient_signed(rise * ((int64_t)f->n - 1), 2 * run));
    if (*level >= limit) {
        return 0;
    }
    if (rise <= 0) {
        return UINT32_MAX;
    }
    int64_t left = quotient_signed(((int64_t)limit - *level) * run, rise);

    return (left > INT32_MAX) ? UINT32_MAX : (uint32_t)left;
}

/* The slope's standard error at noise of one unit is sqrt(12 / (n (n^2 - 1))): t^2 = rise^2 / (12 run),
 * in sixteenths squared. Rows: t >= 1, 1.5, 2, 2.5, 3 of a normal variable, one-sided. */
uint8_t trend_confidence(const struct trend_fit *f)
{
    static const uint16_t quarters[] = {4, 9, 16, 25, 36}; /* (2 t)^2 */
    static const uint8_t percent[] = {84, 93, 97, 99, 99};
    int64_t rise = rise_of(f);
    uint8_t sure = 0;

    if ((f->n < (uint16_t)FIT_LEAST) || (rise <= 0)) {
        return 0;
    }
    /* rise / run is the slope; slope^2 run / 12 is t^2: one factor at a time, for 64 bits */
    int64_t slope = quotient_signed(rise * 4096, run_of(f)); /* 1/16 unit * 4096 */
    uint64_t t2 = ((uint64_t)slope * (uint64_t)slope) >> 12;

    t2 = quotient(t2 * (uint64_t)run_of(f), 12) >> 12; /* (16 t)^2 */
    for (uint8_t i = 0; i < (uint8_t)(sizeof(percent) / sizeof(percent[0])); i++) {
        sure = (t2 >= ((uint64_t)quarters[i] * 64U)) ? percent[i] : sure;
    }
    return sure;
}

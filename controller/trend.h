/* trend.h - is a quantity on its way, where to, and how sure is that?
 *
 * Deviations z from what is usual come as integers, in sixteenths of a unit in which a sound supply
 * scatters by one standard deviation.
 *
 *   CUSUM       S = max(0, S + z - k), alarm at S >= h; k = 3/4, h = 16 units
 *
 * Budget: one false alarm of a supply in ten years of one sample a minute, at independent normal noise
 * of one unit. Seven trends: each must go 7 * 5.26e6 = 3.7e7 samples. A mean learnt from 64 samples is
 * wrong by 1/4 at two of its standard errors, so 1/4 of k is for that; with 1/2 left, Siegmund's
 * approximation, ARL = (exp(2 k b) - 2 k b - 1) / (2 k^2), b = h + 1.166, gives 5.7e7. Deviations that
 * are correlated from sample to sample spend the budget faster.
 *
 *   line        least squares over the deviations since S last left zero: time left is where it meets
 *               the limit, confidence how sure it is that it rises at all
 *
 *   source    hardware notes, 6; D. Siegmund, Sequential Analysis, 1985 (2.3)
 *   checked   tests/controller/test_prognosis.c */
#ifndef CONTROLLER_TREND_H
#define CONTROLLER_TREND_H

#include <stdint.h>

enum { TREND_UNIT = 16, TREND_K = 12, TREND_H = 256 };

/* Deviations since S left zero, z of number i = 0 .. n - 1. */
struct trend_fit {
    uint16_t n;
    int32_t sum;    /* of z */
    int64_t moment; /* of i z */
};

/* One step of the sum: S + z - k, not below zero, kept below twice h. */
uint16_t trend_cusum(uint16_t sum, int16_t z);

/* The fit with one more deviation; full, it is begun anew. */
void trend_add(struct trend_fit *f, int16_t z);

/* Samples until the line through the fit meets `limit`; UINT32_MAX: it doesn't rise, or too slowly to
 * tell. 0: it is there. `level`: where the line is now. */
uint32_t trend_left(const struct trend_fit *f, int32_t limit, int32_t *level);

/* How sure it is that the line rises, in %, at noise of one unit. */
uint8_t trend_confidence(const struct trend_fit *f);

#endif

/* telemetry.h - one measured quantity as the supply's MCU reports it: late, averaged, coarse.
 *
 *   refresh    at phase + k period the MCU takes a sample x and y += (x - y) a
 *   averaging  a = period / (tau + period): the filter in the MCU is itself a discrete one
 *   reported   lsb round(((1 + gain) y + offset + noise n) / lsb), n a normal draw
 *
 * It costs no event: it catches up when it is read, and when the part's island has moved. A frozen
 * MCU takes no more samples and goes on reporting the last.
 *
 * Left out: aliasing within a sample (the ADC's own aperture).
 * Source: hardware facts 5.1 (value age), 5.2 (accuracy) [S8, E].
 * Checked by tests/models/test_telemetry.c. */
#ifndef MODELS_TELEMETRY_H
#define MODELS_TELEMETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "ns.h"

struct telemetry_config {
    ns_t period;  /* between samples, > 0 */
    ns_t phase;   /* of the first sample, 0 <= phase < period */
    ns_t tau;     /* of the averaging, 0: none */
    double lsb;   /* of the reported value, 0: not rounded */
    double noise; /* standard deviation */
    double gain, offset;
};

struct telemetry {
    double y;      /* average of the samples */
    uint64_t tick; /* number of the last sample, counted from 1: the index of its noise draw */
    ns_t next;     /* when the sample after it is taken; of a frozen one NS_NEVER */
    double normal; /* the caller's to keep: its draw for sample number `drawn` */
    uint64_t drawn;
};

/* At `now` it has long seen `x`. */
void telemetry_start(struct telemetry *m, const struct telemetry_config *c, ns_t now, double x);

/* No more samples; samples again, from the first one after `now` on. */
void telemetry_freeze(struct telemetry *m);
void telemetry_thaw(struct telemetry *m, const struct telemetry_config *c, ns_t now);

/* Is a sample due until t1? */
static inline bool telemetry_is_due(const struct telemetry *m, ns_t t1)
{
    return t1 >= m->next;
}

/* Take those due until t1; value(ctx, t) is what is measured, at each of them in turn. */
void telemetry_advance(struct telemetry *m, const struct telemetry_config *c, ns_t t1,
                       double (*value)(const void *ctx, ns_t t), const void *ctx);

/* The same where the value is constant: a few operations however many samples. */
void telemetry_hold(struct telemetry *m, const struct telemetry_config *c, ns_t t1, double x);

/* What is reported now. The caller draws `normal` by index m->tick, so that a value read twice
 * between two samples is the same value; before the first one m->drawn is no tick there is. */
double telemetry_read(const struct telemetry *m, const struct telemetry_config *c, double normal);

#endif

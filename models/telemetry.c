/* telemetry.c - see telemetry.h.
 *
 * One sample: y' = x + (y - x) keep, keep = tau / (tau + period); n samples of the same x:
 * y' = x + (y - x) keep^n. The power is made by squaring: only multiplications, so that every
 * compiler gives the same bits. */
#include "telemetry.h"

#include <math.h>

/* How many samples there have been at t, that at t included. */
static uint64_t ticks_at(const struct telemetry_config *c, ns_t t)
{
    return t < c->phase ? 0 : (uint64_t)((t - c->phase) / c->period) + 1;
}

static ns_t time_of(const struct telemetry_config *c, uint64_t i)
{
    return c->phase + (ns_t)i * c->period;
}

static double keep_of(const struct telemetry_config *c)
{
    return (double)c->tau / (double)(c->tau + c->period);
}

static double power(double base, uint64_t n)
{
    double result = 1.0;

    for (; n > 0; n >>= 1) {
        if (n & 1) {
            result *= base;
        }
        base *= base;
    }
    return result;
}

void telemetry_start(struct telemetry *m, const struct telemetry_config *c, ns_t now, double x)
{
    *m = (struct telemetry){.y = x, .tick = ticks_at(c, now), .drawn = UINT64_MAX};
    m->next = time_of(c, m->tick);
}

void telemetry_advance(struct telemetry *m, const struct telemetry_config *c, ns_t t0, ns_t t1,
                       double (*value)(const void *ctx, ns_t t), const void *ctx)
{
    if (m->frozen || !telemetry_is_due(m, t1)) {
        return;
    }
    double keep = keep_of(c);
    uint64_t last = ticks_at(c, t1);
    for (uint64_t i = keep > 0.0 ? ticks_at(c, t0) : last - (last > ticks_at(c, t0)); i < last;
         i++) {
        double x = value(ctx, time_of(c, i));
        m->y = x + (m->y - x) * keep;
    }
    m->tick = last;
    m->next = time_of(c, last);
}

void telemetry_hold(struct telemetry *m, const struct telemetry_config *c, ns_t t0, ns_t t1,
                    double x)
{
    if (m->frozen || !telemetry_is_due(m, t1)) {
        return;
    }
    m->tick = ticks_at(c, t1);
    m->next = time_of(c, m->tick);
    m->y = x + (m->y - x) * power(keep_of(c), m->tick - ticks_at(c, t0));
}

double telemetry_read(const struct telemetry *m, const struct telemetry_config *c, double normal)
{
    double v = (1.0 + c->gain) * m->y + c->offset + c->noise * normal;

    return c->lsb > 0.0 ? floor(v / c->lsb + 0.5) * c->lsb : v;
}

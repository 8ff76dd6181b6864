/* telemetry.c - see telemetry.h.
 *
 * One sample: y' = x + (y - x) keep, keep = tau / (tau + period); n samples of the same x:
 * y' = x + (y - x) keep^n. The power is made by squaring: only multiplications, so that every
 * compiler gives the same bits. */
#include "telemetry.h"

#include <math.h>

/* How many samples there are before that of time `next`. */
static uint64_t ticks_until(const struct telemetry_config *c, ns_t next)
{
    return (uint64_t)((next - c->phase) / c->period);
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
    *m = (struct telemetry){.y = x, .drawn = UINT64_MAX};
    telemetry_thaw(m, c, now);
    m->tick = ticks_until(c, m->next);
}

void telemetry_freeze(struct telemetry *m)
{
    m->next = NS_NEVER;
}

void telemetry_thaw(struct telemetry *m, const struct telemetry_config *c, ns_t now)
{
    ns_t gone = now - c->phase;

    m->next = gone < 0 ? c->phase : now - gone % c->period + c->period;
}

void telemetry_advance(struct telemetry *m, const struct telemetry_config *c, ns_t t1,
                       double (*value)(const void *ctx, ns_t t), const void *ctx)
{
    if (!telemetry_is_due(m, t1)) {
        return;
    }
    double keep = keep_of(c);
    if (keep == 0.0) { /* only the last one will be seen */
        m->next += (t1 - m->next) / c->period * c->period;
    }
    for (; telemetry_is_due(m, t1); m->next += c->period) {
        double x = value(ctx, m->next);
        m->y = x + (m->y - x) * keep;
    }
    m->tick = ticks_until(c, m->next);
}

void telemetry_hold(struct telemetry *m, const struct telemetry_config *c, ns_t t1, double x)
{
    if (!telemetry_is_due(m, t1)) {
        return;
    }
    ns_t n = (t1 - m->next) / c->period + 1;
    m->y = x + (m->y - x) * power(keep_of(c), (uint64_t)n);
    m->next += n * c->period;
    m->tick = ticks_until(c, m->next);
}

double telemetry_read(const struct telemetry *m, const struct telemetry_config *c, double normal)
{
    double v = (1.0 + c->gain) * m->y + c->offset + c->noise * normal;

    return c->lsb > 0.0 ? floor(v / c->lsb + 0.5) * c->lsb : v;
}

/* cross.c - four samples make a cubic, the cubic says where to look, the condition itself decides.
 *
 * Voltages are cubics on a segment, so for them the first look is right; a current or a power is
 * nearly one. Where a fifth sample shows that the curve is no cubic and zero is near, the stretch
 * is halved.  Checked by tests/sim/test_judge.c and tests/oracle/. */
#include "cross.h"

#include <math.h>

#include "gauss.h"
#include "level.h"
#include "locate.h"

enum { HALVINGS = 12, SHORTEST = 16 }; /* ns: below this every nanosecond is looked at */

struct look {
    const struct expr_view *v;
    const struct world *w;
    bool was;
};

static double value(const struct look *l, ns_t t)
{
    return level_view_value(l->v, l->w, t);
}

static bool has_changed(const struct look *l, ns_t t)
{
    return (value(l, t) < 0.0) != l->was;
}

/* It has not changed at lo and has at hi. */
static ns_t bisect(const struct look *l, ns_t lo, ns_t hi)
{
    while (hi - lo > 1) {
        ns_t middle = lo + (hi - lo) / 2;
        if (has_changed(l, middle)) {
            hi = middle;
        } else {
            lo = middle;
        }
    }
    return hi;
}

static bool step_through(const struct look *l, ns_t t0, ns_t t1, ns_t *at)
{
    for (ns_t t = t0 + 1; t <= t1; t++) {
        if (has_changed(l, t)) {
            *at = t;
            return true;
        }
    }
    return false;
}

static double least_of(const double y[4])
{
    return fmin(fmin(y[0], y[1]), fmin(y[2], y[3]));
}

/* The samples stay further from zero than any tame curve through them can dip. */
static bool is_far(const double y[4])
{
    return least_of(y) > 2.0 * (fabs(y[1] - y[0]) + fabs(y[2] - y[1]) + fabs(y[3] - y[2]));
}

/* How far the middle of the stretch is from the cubic through the samples. */
static double bend(const struct look *l, const double y[4], double sign, ns_t t0, ns_t t1)
{
    double middle = sign * value(l, t0 + (t1 - t0) / 2);

    return fabs(middle - (-y[0] + 9.0 * y[1] + 9.0 * y[2] - y[3]) / 16.0);
}

/* The cubic falls through zero near `guess`. Does the condition change there, or soon after? */
static bool confirm(const struct look *l, ns_t t0, ns_t t1, ns_t guess, ns_t *at, ns_t *reached)
{
    ns_t quiet = t0;
    ns_t farthest = guess + (t1 - t0) / 16 + 1;

    farthest = farthest < t1 ? farthest : t1;
    for (ns_t step = 1; guess <= farthest; step *= 2) {
        if (has_changed(l, guess)) {
            *at = bisect(l, quiet, guess);
            return true;
        }
        quiet = guess;
        if (guess == farthest) {
            break;
        }
        guess = guess + step < farthest ? guess + step : farthest;
    }
    *reached = quiet;
    return false;
}

static bool search(const struct look *l, ns_t t0, ns_t t1, int depth, ns_t *at)
{
    double sign = l->was ? -1.0 : 1.0;
    double y[4];
    double q;

    while (t1 - t0 > SHORTEST) {
        for (int j = 0; j < 4; j++) {
            y[j] = sign * value(l, t0 + (t1 - t0) * j / 3);
        }
        if (is_far(y)) {
            return false;
        }
        if (depth > 0 && bend(l, y, sign, t0, t1) > 0.25 * fabs(least_of(y))) {
            ns_t middle = t0 + (t1 - t0) / 2;
            return search(l, t0, middle, depth - 1, at) || search(l, middle, t1, depth - 1, at);
        }
        double span = (double)(t1 - t0);
        ns_t guess = t1;
        if (locate_fall(y, 0.25 / span, &q)) {
            guess = t0 + (ns_t)ceil(q * span);
            guess = guess <= t0 ? t0 + 1 : guess > t1 ? t1 : guess;
        } else if (!has_changed(l, t1)) {
            return false;
        }
        if (confirm(l, t0, t1, guess, at, &t0)) {
            return true;
        }
    }
    return step_through(l, t0, t1, at);
}

bool cross_find(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1, bool was,
                ns_t *at)
{
    struct look l = {.v = v, .w = w, .was = was};

    return t1 > t0 && search(&l, t0, t1, HALVINGS, at);
}

/* ---- least value, area, slope -------------------------------------------------------------------- */

/* Golden section between lo and hi, where one least value is known to be. */
static ns_t golden(const struct look *l, ns_t lo, ns_t hi)
{
    const double part = 0.3819660112501051; /* (3 - sqrt 5) / 2 */

    while (hi - lo > 3) {
        ns_t third = (ns_t)(part * (double)(hi - lo));
        ns_t a = lo + (third > 0 ? third : 1);
        ns_t b = hi - (third > 0 ? third : 1);
        if (a >= b) {
            break;
        }
        if (value(l, a) <= value(l, b)) {
            hi = b;
        } else {
            lo = a;
        }
    }
    ns_t best = lo;
    for (ns_t t = lo + 1; t <= hi; t++) {
        best = value(l, t) < value(l, best) ? t : best;
    }
    return best;
}

double cross_least(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1, ns_t *at)
{
    enum { PIECES = 6 };
    struct look l = {.v = v, .w = w};
    ns_t t[PIECES + 1];
    double y[PIECES + 1];
    int k = 0;

    for (int j = 0; j <= PIECES; j++) {
        t[j] = t0 + (t1 - t0) * j / PIECES;
        y[j] = value(&l, t[j]);
        k = y[j] < y[k] ? j : k;
    }
    *at = t[k];
    if (k > 0 && k < PIECES && t[k] - t[k - 1] > 0) {
        *at = golden(&l, t[k - 1], t[k + 1]);
    } else if (t1 - t0 > PIECES) { /* at an end: the curve may still turn within the last piece */
        *at = k == 0 ? golden(&l, t[0], t[1]) : golden(&l, t[k - 1], t[k]);
    }
    double least = value(&l, *at);
    if (y[k] <= least) {
        *at = t[k];
        least = y[k];
    }
    return least;
}

/* Gauss's rule, where each point falls on the next whole nanosecond, so that short stretches
 * are better served by the trapezium. */
double cross_area(const struct expr_view *v, const struct world *w, ns_t t0, ns_t t1)
{
    struct look l = {.v = v, .w = w};
    double span = (double)(t1 - t0);
    double sum = 0.0;

    if (t1 - t0 < 1000) {
        return -0.5e-9 * span * (value(&l, t0) + value(&l, t1));
    }
    for (int i = 0; i < GAUSS; i++) {
        sum += gauss_weight[i] * value(&l, t0 + (ns_t)(gauss_at[i] * span + 0.5));
    }
    return -1e-9 * span * sum;
}

double cross_slope(const struct expr_view *v, const struct world *w, ns_t t0, ns_t at)
{
    struct look l = {.v = v, .w = w};
    ns_t before = at - t0 > 100 ? at - 100 : t0;

    return at == before ? 0.0 : (value(&l, at) - value(&l, before)) / ns_to_s(at - before);
}

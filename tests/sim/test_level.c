/* test_level.c - the lowest of several voltages against a level, from the curves that they are.
 *
 * Oracle: every curve is looked at in ten thousand places. */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/level.h"
#include "sim/random.h"

enum { CASES = 300, LOOKS = 10000 };

static uint64_t drawn;

static double draw(double lo, double hi)
{
    return lo + (hi - lo) * random_uniform(31, 0, drawn++);
}

/* Some nodes of a bar around 12 V; their curves cross in every third case. */
static struct stretch any_stretch(const struct expr_level *l, int i)
{
    struct stretch s = {.level = l, .t0 = 0, .t1 = US(10), .n = 1 + i % 5};

    for (int32_t k = 0; k < s.n; k++) {
        double apart = i % 3 == 0 ? 0.0 : 2.0 * k;
        s.y[k] = (struct curve){{draw(-1.0, 1.0) + apart, draw(-1.0, 1.0) + apart,
                                 draw(-1.0, 1.0) + apart, draw(-1.0, 1.0) + apart}};
    }
    return s;
}

/* The polynomial of the coefficients, written out. */
static double at(const struct curve *c, double q)
{
    double p = 1.0 - q;

    return p * p * p * c->b[0] + 3.0 * p * p * q * c->b[1] + 3.0 * p * q * q * c->b[2] +
           q * q * q * c->b[3];
}

static double lowest_at(const struct stretch *s, double q)
{
    double y = INFINITY;

    for (int32_t i = 0; i < s->n; i++) {
        y = fmin(y, at(&s->y[i], q));
    }
    return y;
}

static double area_seen(const struct stretch *s)
{
    double sum = 0.0;

    for (int i = 0; i < LOOKS; i++) {
        sum -= lowest_at(s, (i + 0.5) / LOOKS);
    }
    return sum / LOOKS * ns_to_s(s->t1 - s->t0);
}

/* Where curves cross the lowest has corners, on which no rule is exact. */
Test(level, has_the_area_beyond_it)
{
    const struct expr_level l = {.n = 1, .sign = 1.0, .level = 12.0};

    for (int i = 0; i < CASES; i++) {
        struct stretch s = any_stretch(&l, i);
        double close = i % 3 == 0 && s.n > 1 ? 0.1 : 1e-7;
        cr_assert_float_eq(level_area(&s), area_seen(&s), close * 1e-5, "%d", i);
    }
}

Test(level, says_that_it_stays_only_when_it_does)
{
    const struct expr_level l = {.n = 1, .sign = 1.0, .level = 12.0};
    int said = 0;

    for (int i = 0; i < CASES; i++) {
        struct stretch s = any_stretch(&l, i);
        double shift = draw(-4.0, 4.0);
        for (int32_t k = 0; k < s.n; k++) {
            s.y[k] = curve_beyond(&s.y[k], 1.0, shift);
        }
        bool holds = at(&s.y[0], 0.0) < 0.0 || lowest_at(&s, 0.0) < 0.0;
        bool stays = level_stays(&s, holds);
        for (int j = 0; stays && j <= LOOKS; j += 10) {
            cr_assert_eq(lowest_at(&s, (double)j / LOOKS) < 0.0, holds, "%d", i);
        }
        said += stays;
    }
    cr_assert_gt(said, CASES / 2);
}

/* test_curve.c - what is said of a segment's cubic holds for the polynomial itself.
 *
 * Oracle: the segment's formula of plant.h, looked at in a thousand places. */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/curve.h"
#include "sim/random.h"

enum { CURVES = 2000, LOOKS = 1000 };

static uint64_t drawn;

static double draw(double lo, double hi)
{
    return lo + (hi - lo) * random_uniform(29, 0, drawn++);
}

struct cubic {
    double x0, x1, c0, c1;
};

/* Every third turns within the segment, every fifth is a straight line. */
static struct cubic any_cubic(int i)
{
    double bend = i % 5 == 0 ? 0.0 : i % 3 == 0 ? 8.0 : 0.5;

    return (struct cubic){draw(9.0, 13.0), draw(9.0, 13.0), draw(-bend, bend), draw(-bend, bend)};
}

static double at(const struct cubic *k, double q)
{
    return (1.0 - q) * k->x0 + q * (k->x1 + (1.0 - q) * (k->c0 + q * k->c1));
}

static struct curve curve_from(const struct cubic *k)
{
    struct segments s = {.x0 = &k->x0, .x1 = &k->x1, .c0 = &k->c0, .c1 = &k->c1};

    return curve_of(&s, 0);
}

/* The least of a thousand looks, which is above the true one by what a parabola rises in half a
 * look: at most the largest second derivative over 8 LOOKS^2. */
static double least_seen(const struct cubic *k)
{
    double least = INFINITY;

    for (int i = 0; i <= LOOKS; i++) {
        least = fmin(least, at(k, (double)i / LOOKS));
    }
    return least;
}

Test(curve, lies_between_its_floor_and_its_ceiling)
{
    for (int i = 0; i < CURVES; i++) {
        struct cubic k = any_cubic(i);
        struct curve c = curve_from(&k);
        for (int j = 0; j <= LOOKS; j++) {
            double x = at(&k, (double)j / LOOKS);
            cr_assert(x > curve_floor(&c) - 1e-12 && x < curve_ceiling(&c) + 1e-12, "%d", i);
        }
    }
}

Test(curve, is_least_where_it_says)
{
    for (int i = 0; i < CURVES; i++) {
        struct cubic k = any_cubic(i);
        struct curve c = curve_from(&k);
        double q = curve_least(&c);
        double bend = 2.0 * fabs(k.c0) + 8.0 * fabs(k.c1);
        cr_assert(q >= 0.0 && q <= 1.0);
        cr_assert_leq(at(&k, q), least_seen(&k) + 1e-12, "%d", i);
        cr_assert_geq(at(&k, q), least_seen(&k) - bend / (8.0 * LOOKS * LOOKS) - 1e-12, "%d", i);
    }
}

/* Simpson's rule is exact for cubics. */
Test(curve, has_the_mean_of_its_polynomial)
{
    for (int i = 0; i < CURVES; i++) {
        struct cubic k = any_cubic(i);
        struct curve c = curve_from(&k);
        double mean = (at(&k, 0.0) + 4.0 * at(&k, 0.5) + at(&k, 1.0)) / 6.0;
        cr_assert_float_eq(curve_mean(&c), mean, 1e-12, "%d", i);
    }
}

/* Oracle: Simpson's rule on a thousand stretches. */
Test(curve, of_two_the_product_has_the_mean_of_theirs)
{
    for (int i = 0; i < CURVES; i++) {
        struct cubic k = any_cubic(i);
        struct cubic l = any_cubic(i + 1);
        struct curve c = curve_from(&k);
        struct curve d = curve_from(&l);
        double sum = 0.0;
        for (int j = 0; j <= 2 * LOOKS; j++) {
            double q = 0.5 * j / LOOKS;
            double weight = j == 0 || j == 2 * LOOKS ? 1.0 : j % 2 == 1 ? 4.0 : 2.0;
            sum += weight * at(&k, q) * at(&l, q);
        }
        cr_assert_float_eq(curve_mean_product(&c, &d), sum / (6.0 * LOOKS), 1e-9, "%d", i);
        cr_assert_float_eq(curve_mean_product(&d, &c), sum / (6.0 * LOOKS), 1e-9, "%d", i);
    }
}

Test(curve, a_part_of_it_is_the_same_curve)
{
    struct island isl = {.t0 = 1000, .h_s = 1e-6};

    for (int i = 0; i < CURVES; i++) {
        struct cubic k = any_cubic(i);
        struct curve c = curve_from(&k);
        struct curve part = curve_part(&c, slice_of(&isl, 1000 + i % 400, 2000 - i % 300));
        double q0 = 1e-3 * (i % 400);
        double q1 = 1.0 - 1e-3 * (i % 300);
        double middle = 0.125 * (part.b[0] + 3.0 * part.b[1] + 3.0 * part.b[2] + part.b[3]);
        cr_assert_float_eq(part.b[0], at(&k, q0), 1e-12, "%d", i);
        cr_assert_float_eq(part.b[3], at(&k, q1), 1e-12, "%d", i);
        cr_assert_float_eq(middle, at(&k, 0.5 * (q0 + q1)), 1e-12, "%d", i);
        cr_assert(curve_floor(&part) >= curve_floor(&c) - 1e-12);
    }
}

Test(curve, what_rests_is_a_constant)
{
    struct island isl = {.t0 = 1000, .h_s = 1.0, .settled = true};
    struct cubic k = {12.0, 12.0, 0.0, 0.0};
    struct curve c = curve_from(&k);
    struct curve part = curve_part(&c, slice_of(&isl, 5000, SECONDS(7)));

    cr_assert(curve_floor(&part) == 12.0 && curve_ceiling(&part) == 12.0);
    cr_assert(curve_least(&part) == 0.0 && curve_mean(&part) == 12.0);
}

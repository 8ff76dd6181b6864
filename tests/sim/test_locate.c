/* test_locate.c - the first fall of a cubic is found wherever it is, however short.
 *
 * Oracle: cubics made from their roots. */
#include <criterion/criterion.h>
#include <math.h>

#include "sim/locate.h"
#include "sim/random.h"

static const double WIDTH = 1e-12;

static uint64_t drawn;

static double draw(double lo, double hi)
{
    return lo + (hi - lo) * random_uniform(13, 0, drawn++);
}

/* a (q - r0) (q - r1) (q - r2) at 0, 1/3, 2/3 and 1. */
static void samples(double a, double r0, double r1, double r2, double y[4])
{
    for (int i = 0; i < 4; i++) {
        double q = i / 3.0;
        y[i] = a * (q - r0) * (q - r1) * (q - r2);
    }
}

/* The roots ascend, a > 0: the cubic is negative before r0 and between r1 and r2. */
static double first_negative(double r0, double r1, double r2)
{
    if (r0 > 0.0) {
        return 0.0;
    }
    if (r1 < 1.0 && r2 > 0.0 && r2 > r1) {
        return fmax(r1, 0.0);
    }
    return INFINITY;
}

static void sort3(double r[3])
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2 - i; j++) {
            if (r[j] > r[j + 1]) {
                double swap = r[j];
                r[j] = r[j + 1];
                r[j + 1] = swap;
            }
        }
    }
}

Test(locate, finds_the_first_fall_of_any_cubic)
{
    int falls = 0;

    for (int k = 0; k < 200000; k++) {
        double y[4], r[3], at = NAN;
        double a = pow(10.0, draw(-6.0, 6.0));
        for (int i = 0; i < 3; i++) {
            r[i] = draw(-1.0, 2.0);
        }
        sort3(r);
        samples(a, r[0], r[1], r[2], y);
        double expected = first_negative(r[0], r[1], r[2]);
        bool found = locate_fall(y, WIDTH, &at);
        double depth = a * 0.25 * (r[2] - r[1]) * (r[2] - r[1]); /* of the dip, roughly */
        if (expected < INFINITY && (expected == 0.0 || depth > 1e-10 * a)) {
            cr_assert(found, "%g %g %g", r[0], r[1], r[2]);
            /* the samples are rounded: a root moves by eps over the slope there */
            cr_assert_float_eq(at, expected, 1e-9 + 1e-14 / (r[2] - r[1]) / fabs(r[1] - r[0]));
            falls++;
        } else if (expected == INFINITY) {
            cr_assert(!found || fabs(r[2] - r[1]) < 1e-6, "%g %g %g: %g", r[0], r[1], r[2], at);
        }
    }
    cr_assert_gt(falls, 50000);
}

/* A margin that is positive at both ends and at the samples, and dips for a billionth of the step.
 * Rounding of the samples (values near 1, eps 2e-16) hides what is less deep than that: 1e-16 deep
 * is 2e-8 wide. So scale: the root pair must be wider, or near a sample. */
Test(locate, does_not_miss_a_short_dip)
{
    for (int k = 0; k < 20000; k++) {
        double y[4], at = NAN;
        double r = draw(0.01, 0.98);
        double half = pow(10.0, draw(-6.5, -3.0));
        samples(1.0, -2.0, r - half, r + half, y);
        cr_assert(locate_fall(y, WIDTH, &at), "dip of %g at %g", half, r);
        cr_assert_float_eq(at, r - half, 0.3 * half + 1e-9);
    }
}

/* At the begin of a step the samples carry small numbers exactly: 1e-9 of the step is seen. */
Test(locate, sees_a_dip_of_a_billionth_at_the_begin)
{
    double y[4], at = NAN;

    samples(1.0, -1.0, 1e-9, 2e-9, y);
    y[0] = 2e-18;
    cr_assert(locate_fall(y, 1e-13, &at));
    cr_assert_float_eq(at, 1e-9, 1e-12);
}

Test(locate, a_touch_is_no_fall)
{
    double y[4], at;

    for (int k = 0; k < 1000; k++) {
        double r = draw(0.1, 0.9);
        samples(1.0, -1.0, r, r, y);
        for (int i = 0; i < 4; i++) {
            y[i] += 1e-15; /* beyond the rounding */
        }
        cr_assert_not(locate_fall(y, WIDTH, &at));
    }
}

Test(locate, ends_of_the_step_belong_to_it_as_promised)
{
    double at = NAN;

    cr_assert(locate_fall((const double[4]){-1e-300, 1, 1, 1}, WIDTH, &at));
    cr_assert_eq(at, 0.0);
    cr_assert(locate_fall((const double[4]){1, 1, 1, -1e-12}, WIDTH, &at));
    cr_assert_float_eq(at, 1.0, 1e-9);
    cr_assert_not(locate_fall((const double[4]){3, 2, 1, 0}, WIDTH, &at)); /* 0 is not below */
    cr_assert_not(locate_fall((const double[4]){0, 1, 2, 3}, WIDTH, &at));
    cr_assert_not(locate_fall((const double[4]){0, 0, 0, 0}, WIDTH, &at));
    cr_assert(locate_fall((const double[4]){0, -1, -2, -3}, WIDTH, &at));
    cr_assert_leq(at, WIDTH);
}

/* "Can't end" is an infinite margin. It must not cost anything either: this returns at once. */
Test(locate, what_is_infinite_never_falls, .timeout = 2)
{
    double at;

    for (int k = 0; k < 1000; k++) {
        cr_assert_not(
            locate_fall((const double[4]){INFINITY, INFINITY, INFINITY, INFINITY}, 1e-15, &at));
        cr_assert_not(locate_fall((const double[4]){1.0, NAN, 1.0, 1.0}, 1e-15, &at));
    }
}

/* Against a million samples. */
Test(locate, agrees_with_dense_sampling)
{
    enum { DENSE = 1000000 };

    for (int k = 0; k < 20; k++) {
        double r[3] = {draw(-2, -0.1), draw(0.1, 0.9), draw(0.1, 0.9)};
        double y[4], at = NAN;
        int i = 0;
        sort3(r);
        samples(1.0, r[0], r[1], r[2], y);
        while (i < DENSE && ((double)i / DENSE - r[0]) * ((double)i / DENSE - r[1]) *
                                    ((double)i / DENSE - r[2]) >=
                                0.0) {
            i++;
        }
        bool found = locate_fall(y, WIDTH, &at);
        cr_assert(i == DENSE || found);
        cr_assert(i == DENSE || (at <= (double)i / DENSE && at >= (double)(i - 1) / DENSE - 1e-9));
    }
}

/* A curve that is flat where it falls, (1/2 - q)^3: rounding hides the place, but it is found. */
Test(locate, gets_through_where_the_curve_is_flat)
{
    double y[4];
    double at = NAN;

    samples(-1.0, 0.5, 0.5, 0.5, y);
    cr_assert(locate_fall(y, WIDTH, &at));
    cr_assert_float_eq(at, 0.5, 1e-4);
}

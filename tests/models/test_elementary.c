/* Oracles: long double functions of the C library, which are 11 bits finer; the laws of <math.h> at the
 * edges; and the bits of another machine. */
#include "models/elementary.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Distance from the truth, in units of the last place of the truth. */
static double ulps(double x, long double truth)
{
    double unit = fabs(nextafter((double)truth, INFINITY) - (double)truth);

    return (double)fabsl((long double)x - truth) / unit;
}

Test(elementary, functions_are_true_within_an_ulp)
{
    for (int i = 1; i < 100000; i++) {
        double x = i * 1.37e-4;

        cr_assert_leq(ulps(elementary_exp(-x), expl(-(long double)x)), 1.0, "exp(%g)", -x);
        cr_assert_leq(ulps(elementary_log(x), logl((long double)x)), 1.0, "log(%g)", x);
        cr_assert_leq(ulps(elementary_pow(x, 0.8), powl((long double)x, (long double)0.8)), 1.0,
                      "pow(%g, 0.8)", x);
        cr_assert_leq(ulps(elementary_cos(x), cosl((long double)x)), 1.0, "cos(%g)", x);
    }
}

Test(elementary, functions_know_their_edges)
{
    cr_expect_eq(elementary_exp(0.0), 1.0);
    cr_expect_eq(elementary_exp(-INFINITY), 0.0);
    cr_expect_eq(elementary_exp(1000.0), INFINITY);
    cr_expect_eq(elementary_log(1.0), 0.0);
    cr_expect_eq(elementary_log(0.0), -INFINITY);
    cr_expect(isnan(elementary_log(-1.0)));
    cr_expect_eq(elementary_pow(2.0, 10.0), 1024.0);
    cr_expect_eq(elementary_pow(0.0, 0.8), 0.0);
    cr_expect_eq(elementary_cos(0.0), 1.0);
}

/* FNV-1a over the bits of 200 000 values, as a processor with fused multiply-add and one told to have
 * none gave them. The C library gives them two different ones. */
Test(elementary, bits_are_the_same_on_every_processor)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (int i = 1; i <= 50000; i++) {
        double x = i * 1.37e-4;
        double y[] = {elementary_exp(-x), elementary_log(x), elementary_pow(x, 0.8),
                      elementary_cos(x)};

        for (int k = 0; k < 4; k++) {
            uint64_t bits;

            memcpy(&bits, &y[k], sizeof bits);
            hash = (hash ^ bits) * 0x100000001B3u;
        }
    }
    cr_expect_eq(hash, 0x9DA065ACD1EEF6E0u, "%016llx", (unsigned long long)hash);
}

/* test_random.c - streams are repeatable, uniform, and have nothing to do with each other.
 *
 * Oracles: published test vectors of Threefry-2x64 with 20 rounds (Random123, kat_vectors), and
 * the moments of the uniform distribution. */
#include <Random123/threefry.h>
#include <criterion/criterion.h>
#include <math.h>

#include "sim/random.h"

/* Random123 1.14, tests/kat_vectors: threefry2x64, 20 rounds. */
Test(random, the_generator_is_threefry)
{
    threefry2x64_ctr_t zero = {{0, 0}};
    threefry2x64_key_t key = {{0, 0}};
    threefry2x64_ctr_t out = threefry2x64(zero, key);

    cr_assert_eq(out.v[0], 0xc2b6e3a8c2c69865u);
    cr_assert_eq(out.v[1], 0x6f81ed42f350084du);
}

Test(random, the_same_key_gives_the_same_number)
{
    uint64_t psu1 = random_stream(7, "psu1");

    cr_assert_eq(psu1, random_stream(7, "psu1"));
    cr_assert_neq(psu1, random_stream(7, "psu2"));
    cr_assert_neq(psu1, random_stream(8, "psu1"));
    cr_assert(random_uniform(psu1, 1, 5) == random_uniform(psu1, 1, 5));
    cr_assert(random_uniform(psu1, 1, 5) != random_uniform(psu1, 2, 5));
    cr_assert(random_uniform(psu1, 1, 5) != random_uniform(psu1, 1, 6));
}

/* Standard deviations of the mean and of the variance of n uniform numbers: 1/sqrt(12 n) and
 * sqrt(1/180/n). Five of them. */
Test(random, numbers_are_uniform)
{
    enum { N = 1000000, BINS = 100 };
    double sum = 0.0, squares = 0.0, chi2 = 0.0;
    int bin[BINS] = {0};

    for (uint64_t i = 0; i < N; i++) {
        double u = random_uniform(42, 3, i);
        cr_assert(u >= 0.0 && u < 1.0);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        bin[(int)(u * BINS)]++;
    }
    for (int i = 0; i < BINS; i++) {
        double off = bin[i] - (double)N / BINS;
        chi2 += off * off / ((double)N / BINS);
    }
    cr_assert_float_eq(sum / N, 0.5, 5.0 / sqrt(12.0 * N));
    cr_assert_float_eq(squares / N, 1.0 / 12.0, 5.0 * sqrt(1.0 / 180.0 / N));
    cr_assert_float_eq(chi2, BINS - 1, 5.0 * sqrt(2.0 * (BINS - 1)));
}

/* The moments of n standard normal numbers: mean 0, variance 1, fourth moment 3, with standard
 * deviations sqrt(1/n), sqrt(2/n), sqrt(96/n). Five of them. */
Test(random, normal_numbers_are_normal)
{
    enum { N = 1000000 };
    double sum = 0.0, squares = 0.0, fourths = 0.0;

    for (uint64_t i = 0; i < N; i++) {
        double x = random_normal(42, 3, i);
        sum += x;
        squares += x * x;
        fourths += x * x * x * x;
    }
    cr_assert_float_eq(sum / N, 0.0, 5.0 * sqrt(1.0 / N));
    cr_assert_float_eq(squares / N, 1.0, 5.0 * sqrt(2.0 / N));
    cr_assert_float_eq(fourths / N, 3.0, 5.0 * sqrt(96.0 / N));
}

/* Neighbouring names, seeds, purposes and indices: their correlation is that of strangers. */
Test(random, streams_are_strangers)
{
    enum { N = 100000 };
    uint64_t a = random_stream(1, "web1"), b = random_stream(1, "web2");
    uint64_t c = random_stream(2, "web1");
    double ab = 0.0, ac = 0.0, purposes = 0.0, next = 0.0;

    for (uint64_t i = 0; i < N; i++) {
        double u = random_uniform(a, 0, i) - 0.5;
        ab += u * (random_uniform(b, 0, i) - 0.5);
        ac += u * (random_uniform(c, 0, i) - 0.5);
        purposes += u * (random_uniform(a, 1, i) - 0.5);
        next += u * (random_uniform(a, 0, i + 1) - 0.5);
    }
    double limit = 5.0 / 12.0 / sqrt(N);
    cr_assert_float_eq(ab / N, 0.0, limit);
    cr_assert_float_eq(ac / N, 0.0, limit);
    cr_assert_float_eq(purposes / N, 0.0, limit);
    cr_assert_float_eq(next / N, 0.0, limit);
}

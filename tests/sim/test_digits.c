/* test_digits.c - a number is the same text as ever. Oracle: printf. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/digits.h"
#include "sim/random.h"

static uint64_t drawn;

static double draw(void)
{
    return random_uniform(31, 0, drawn++);
}

static void same_real(double value)
{
    char is[DIGITS_ROOM + 1];
    char wanted[64];

    *digits_real(is, value) = '\0';
    snprintf(wanted, sizeof wanted, "%.9g", value);
    cr_assert_str_eq(is, wanted, "%.17g: '%s', not '%s'", value, is, wanted);
}

Test(digits, of_any_size)
{
    for (int i = 0; i < 1000000; i++) {
        double value = pow(10.0, 30.0 * draw() - 15.0) * (draw() < 0.3 ? -1.0 : 1.0);
        same_real(value);
        same_real(12.0 + 1e-3 * value / fabs(value) * draw());
    }
}

/* Few digits, zeros within and at the end, and what lies next to them. */
Test(digits, of_round_numbers_and_their_neighbours)
{
    for (int power = -20; power <= 20; power++) {
        for (int k = 1; k < 2000; k++) {
            double value = k * pow(10.0, power);
            same_real(value);
            same_real(nextafter(value, 0.0));
            same_real(nextafter(value, INFINITY));
            same_real(-value);
        }
    }
}

/* Half a unit of the ninth digit: exact ties go to even, as printf does it. */
Test(digits, of_ties)
{
    for (int i = 0; i < 100000; i++) {
        double whole = floor(1e8 + 8.9e8 * draw());
        same_real(whole + 0.5);
        same_real((whole + 0.5) / 1024.0);
        same_real((whole + 0.5) * 1e-5);
    }
    same_real(999999999.5);
    same_real(0.99999999951);
    same_real(9.9999999951e-5);
}

Test(digits, of_what_is_no_number)
{
    same_real(0.0);
    same_real(-0.0);
    same_real(INFINITY);
    same_real(-INFINITY);
    same_real(5e-324);
    same_real(1.7976931348623157e308);
}

Test(digits, of_whole_numbers_and_seconds)
{
    static const int64_t some[] = {0, 1, -1, 9, 10, 99, 100, INT64_MAX, -INT64_MAX, INT64_MIN};
    char is[DIGITS_ROOM + 1];
    char wanted[64];

    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        *digits_whole(is, some[i]) = '\0';
        snprintf(wanted, sizeof wanted, "%" PRId64, some[i]);
        cr_expect_str_eq(is, wanted);
    }
    *digits_seconds(is, 1181141) = '\0';
    cr_expect_str_eq(is, "0.001181141");
    *digits_seconds(is, -20000000005) = '\0';
    cr_expect_str_eq(is, "-20.000000005");
}

/* digits.c - nine digits by scaling to a whole number; where that could round the other way than the
 * exact value does, and for what is very large or small, printf does it.
 *
 * A product of two doubles, one of them an exact power of ten, is off by half a unit in its last
 * place: below 1e9 by 6e-8. Further than NEAR from a tie it rounds as the exact value does.
 * Checked by tests/sim/test_digits.c. */
#include "digits.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { NINE = 9, LEAST_POWER = -4 };

static const double NEAR = 1e-6;
static const int64_t BILLION = 1000000000;

static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

static char *put(char *at, char letter)
{
    *at = letter;
    return at + 1;
}

/* n digits of a whole number, zeros in front. */
static char *put_digits(char *at, int64_t value, int n)
{
    for (int i = n - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + n;
}

static int count_digits(int64_t value)
{
    int n = 1;

    for (; value >= 10; value /= 10) {
        n++;
    }
    return n;
}

char *digits_whole(char *at, int64_t value)
{
    if (value == INT64_MIN) {
        return at + snprintf(at, DIGITS_ROOM, "%lld", (long long)value);
    }
    if (value < 0) {
        at = put(at, '-');
        value = -value;
    }
    return put_digits(at, value, count_digits(value));
}

char *digits_seconds(char *at, int64_t ns)
{
    if (ns < 0) {
        at = put(at, '-');
        ns = -ns;
    }
    at = digits_whole(at, ns / BILLION);
    at = put(at, '.');
    return put_digits(at, ns % BILLION, NINE);
}

/* The power of ten of the first digit of 1e-4 <= x < 1e9. */
static int power_of(double x)
{
    int power = NINE - 1;

    while (power > 0 && x < tens[power]) {
        power--;
    }
    while (power > LEAST_POWER && x * tens[-power < 0 ? 0 : -power] < 1.0) {
        power--;
    }
    return power;
}

/* The nine digits as a whole number; false: they can't be told for certain. */
static bool nine_digits(double x, int *power, int64_t *nine)
{
    if (!(x >= 1e-4 && x < 1e9)) {
        return false;
    }
    *power = power_of(x);
    double scaled = x * tens[NINE - 1 - *power];
    double whole = floor(scaled);
    double part = scaled - whole;
    *nine = (int64_t)whole + (part > 0.5);
    return fabs(part - 0.5) > NEAR && *nine >= BILLION / 10 && *nine < BILLION;
}

char *digits_real(char *at, double value)
{
    double x = fabs(value);
    int power = 0;
    int64_t nine = 0;

    if (x == 0.0 || !nine_digits(x, &power, &nine)) {
        return at + snprintf(at, DIGITS_ROOM, "%.9g", value);
    }
    if (value < 0.0) {
        at = put(at, '-');
    }
    int n = NINE; /* digits, without the zeros at the end */
    for (; n > 1 && nine % 10 == 0; n--) {
        nine /= 10;
    }
    char digit[NINE];
    put_digits(digit, nine, n);
    if (power < 0) {
        at = put(put(at, '0'), '.');
        for (int i = -1; i > power; i--) {
            at = put(at, '0');
        }
    }
    for (int i = 0; i < n || i <= power; i++) {
        at = power >= 0 && i == power + 1 ? put(at, '.') : at;
        at = put(at, i < n ? digit[i] : '0');
    }
    return at;
}

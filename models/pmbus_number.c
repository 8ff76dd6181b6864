/* pmbus_number.c - LINEAR11 and LINEAR16. Powers of two scale exactly, so there is one rounding. */
#include "pmbus_number.h"

#include <math.h>

enum { MANTISSA_MAX = 1023, MANTISSA_MIN = -1024, EXPONENT_MAX = 15 };

/* x 2^-exponent. */
static double over_power(double x, int32_t exponent)
{
    return exponent < 0 ? x * (double)(1 << -exponent) : x / (double)(1 << exponent);
}

/* To the nearest whole number, halves away from zero. */
static double whole(double x)
{
    return x < 0.0 ? -floor(0.5 - x) : floor(x + 0.5);
}

uint16_t pmbus_number_to_linear11(double x, int32_t finest)
{
    int32_t exponent = finest;

    if (isnan(x)) {
        return 0;
    }
    double y = whole(over_power(x, exponent));
    while ((y > MANTISSA_MAX || y < MANTISSA_MIN) && exponent < EXPONENT_MAX) {
        exponent++;
        y = whole(over_power(x, exponent));
    }
    y = fmin(fmax(y, MANTISSA_MIN), MANTISSA_MAX);
    return (uint16_t)((((uint32_t)exponent & 0x1Fu) << 11) | ((uint32_t)(int32_t)y & 0x7FFu));
}

double pmbus_number_from_linear11(uint16_t raw)
{
    int32_t mantissa = raw & 0x7FF, exponent = raw >> 11;

    mantissa -= mantissa & 0x400 ? 0x800 : 0;
    exponent -= exponent & 0x10 ? 0x20 : 0;
    return ldexp(mantissa, exponent);
}

uint16_t pmbus_number_to_linear16(double x, int32_t exponent)
{
    double y = whole(over_power(x, exponent));

    if (!(y > 0.0)) {
        return 0; /* and not a number */
    }
    return y > UINT16_MAX ? UINT16_MAX : (uint16_t)y;
}

double pmbus_number_from_linear16(uint16_t raw, int32_t exponent)
{
    return ldexp(raw, exponent);
}

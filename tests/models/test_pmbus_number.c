/* test_pmbus_number.c - number formats and packet error code, against the standards' definitions. */
#include <criterion/criterion.h>
#include <math.h>

#include "models/pec.h"
#include "models/pmbus_number.h"

/* Worked by hand: 12.0 A, exponent -3: 12 * 8 = 96 = 0x060; -3 in five bits 11101: 1110 1000 0110
 * 0000 = 0xE860. -2.5: -20 in eleven bits 0x7EC: 0xEFEC. */
Test(pmbus_number, linear11_is_mantissa_and_exponent)
{
    cr_assert_eq(pmbus_number_to_linear11(12.0, -3), 0xE860);
    cr_assert_eq(pmbus_number_to_linear11(-2.5, -3), 0xEFEC);
    cr_assert_eq(pmbus_number_to_linear11(0.0, 0), 0x0000);
    cr_assert_eq(pmbus_number_to_linear11(25.0, 0), 0x0019);
    cr_assert_eq(pmbus_number_to_linear11(3.0, 1), 0x0802);  /* 1.5: away from zero */
    cr_assert_eq(pmbus_number_to_linear11(-2.5, 0), 0x07FD); /* -3 */
    cr_assert_eq(pmbus_number_from_linear11(0xE860), 12.0);
    cr_assert_eq(pmbus_number_from_linear11(0xEFEC), -2.5);
    cr_assert_eq(pmbus_number_from_linear11(0xE801), 0.125);
    cr_assert_eq(pmbus_number_from_linear11(0x7BFF), 1023.0 * 32768.0);
    cr_assert_eq(pmbus_number_from_linear11(0x8400), -1024.0 / 65536.0);
}

/* 167 A has no room in steps of 1/8 A (1023/8 = 127.9 A): steps of 1/4 A, 668 = 0x29C, -2 = 11110:
 * 0xF29C. 127.94 A rounds up to 1024/8: one exponent further, 512/4. */
Test(pmbus_number, linear11_takes_the_next_exponent_that_has_room)
{
    cr_assert_eq(pmbus_number_to_linear11(167.0, -3), 0xF29C);
    cr_assert_eq(pmbus_number_to_linear11(127.94, -3), 0xF200);
    cr_assert_eq(pmbus_number_to_linear11(-128.0, -3), 0xEC00);
}

Test(pmbus_number, linear11_ends_at_its_range)
{
    cr_assert_eq(pmbus_number_to_linear11(1e12, -3), 0x7BFF);
    cr_assert_eq(pmbus_number_to_linear11(-1e12, -3), 0x7C00);
    cr_assert_eq(pmbus_number_to_linear11((double)INFINITY, 0), 0x7BFF);
    cr_assert_eq(pmbus_number_to_linear11((double)NAN, 0), 0);
}

/* Every one of the 65 536 words means a number which, asked for with its own exponent, is that word
 * again. */
Test(pmbus_number, linear11_round_trip)
{
    for (uint32_t raw = 0; raw <= UINT16_MAX; raw++) {
        int32_t exponent = (int32_t)(raw >> 11) - (raw & 0x8000 ? 32 : 0);
        double x = pmbus_number_from_linear11((uint16_t)raw);
        cr_assert_eq(pmbus_number_to_linear11(x, exponent), raw, "%04x", raw);
    }
}

/* 12 V at 2^-9: 6144 = 0x1800; one step is 1.953125 mV, the range 127.998 V (hardware facts 5.2). */
Test(pmbus_number, linear16_is_a_mantissa)
{
    cr_assert_eq(pmbus_number_to_linear16(12.0, -9), 0x1800);
    cr_assert_eq(pmbus_number_to_linear16(11.9990, -9), 0x17FF);
    cr_assert_eq(pmbus_number_from_linear16(1, -9), 0.001953125);
    cr_assert_eq(pmbus_number_to_linear16(127.998046875, -9), 0xFFFF);
    cr_assert_eq(pmbus_number_to_linear16(200.0, -9), 0xFFFF);
    cr_assert_eq(pmbus_number_to_linear16(-1.0, -9), 0);
    cr_assert_eq(pmbus_number_to_linear16((double)NAN, -9), 0);
}

/* The check value of CRC-8 with polynomial 0x07: F4 for the nine digits. */
Test(pec, check_value)
{
    cr_assert_eq(pec_over(0, (const uint8_t *)"123456789", 9), 0xF4);
    cr_assert_eq(pec_over(pec_over(0, (const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5),
                 0xF4);
}

/* A message followed by its code leaves the remainder 0, and any single wrong bit does not. */
Test(pec, finds_every_single_bit)
{
    uint8_t m[6] = {0xB0, 0x8B, 0xB1, 0x00, 0x18, 0};

    m[5] = pec_over(0, m, 5);
    cr_assert_eq(pec_over(0, m, 6), 0);
    for (int bit = 0; bit < 48; bit++) {
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_neq(pec_over(0, m, 6), 0, "bit %d", bit);
        m[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

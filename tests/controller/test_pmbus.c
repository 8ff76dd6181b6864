/* PMBus numbers and packet error code. Oracle: the formats of the standard worked by hand, and the
 * check value that every catalogue of CRCs gives for CRC-8 (polynomial 0x07): "123456789" -> 0xF4. */
#include "controller/pmbus.h"

#include <criterion/criterion.h>

Test(pmbus, pec_of_the_check_string)
{
    const char *text = "123456789";
    uint8_t pec = 0;

    for (int i = 0; i < 9; i++) {
        pec = pec_add(pec, (uint8_t)text[i]);
    }
    cr_assert_eq(pec, 0xF4);
}

/* A read word as it goes over the wire (address, command, address, data), its PEC by long division,
 * bit by bit. Any single wrong bit must be noticed. */
Test(pmbus, pec_of_a_read_notices_every_single_bit)
{
    uint8_t rx[3] = {0x12, 0x34, 0};
    uint8_t pec = 0;
    const uint8_t wire[] = {0xB0, 0x8B, 0xB1, 0x12, 0x34};

    for (unsigned i = 0; i < sizeof wire; i++) {
        for (int bit = 7; bit >= 0; bit--) {
            bool one = (((pec >> 7) ^ (wire[i] >> bit)) & 1) != 0;
            pec = (uint8_t)((pec << 1) ^ (one ? 7 : 0));
        }
    }
    rx[2] = pec;
    cr_assert(pec_of_read_is_right(0x58, 0x8B, rx, 3));
    for (int bit = 0; bit < 24; bit++) {
        rx[bit / 8] ^= (uint8_t)(1 << (bit % 8));
        cr_assert(!pec_of_read_is_right(0x58, 0x8B, rx, 3));
        rx[bit / 8] ^= (uint8_t)(1 << (bit % 8));
    }
    cr_assert(!pec_of_read_is_right(0x59, 0x8B, rx, 3));
    cr_assert(!pec_of_read_is_right(0x58, 0x8C, rx, 3));
}

/* CLEAR_FAULTS to 0x58: with its code behind it the message leaves no remainder. */
Test(pmbus, pec_of_a_write_makes_the_whole_message_divide)
{
    const uint8_t tx[] = {0x03};
    uint8_t pec = pec_of_write(0x58, tx, 1);

    cr_assert_eq(pec_add(pec_add(pec_add(0, 0xB0), 0x03), pec), 0);
}

/* LINEAR11: five bits of exponent, eleven of mantissa, both signed. */
Test(pmbus, linear11_by_hand)
{
    cr_assert_eq(milli_from_linear11(0x0000), 0);
    cr_assert_eq(milli_from_linear11(0x0001), 1000);       /*    1 2^0  */
    cr_assert_eq(milli_from_linear11(0x07FF), -1000);      /*   -1 2^0  */
    cr_assert_eq(milli_from_linear11(0xE8FB), 31375);      /*  251 2^-3: 31.375 A */
    cr_assert_eq(milli_from_linear11(0xF3FF), 255750);     /* 1023 2^-2 */
    cr_assert_eq(milli_from_linear11(0xF400), -256000);    /* -1024 2^-2 */
    cr_assert_eq(milli_from_linear11(0x1203), 515 * 4000); /*  515 2^2  */
    cr_assert_eq(milli_from_linear11(0x8001), 0);          /*    1 2^-16: 0.015 milli */
}

/* Every word, against the same product in floating point; beyond 31 bits it saturates. */
Test(pmbus, linear11_every_word)
{
    for (uint32_t w = 0; w <= 0xFFFF; w++) {
        int e = (int)(w >> 11) >= 16 ? (int)(w >> 11) - 32 : (int)(w >> 11);
        int y = (int)(w & 0x7FF) >= 1024 ? (int)(w & 0x7FF) - 2048 : (int)(w & 0x7FF);
        double exact = 1000.0 * y * (e < 0 ? 1.0 / (1 << -e) : 1 << e);
        exact = exact > 2147483647.0 ? 2147483647.0 : exact;
        exact = exact < -2147483647.0 ? -2147483647.0 : exact;
        double error = milli_from_linear11((uint16_t)w) - exact;
        cr_assert(error >= -0.5 && error <= 0.5, "word %04X", w);
    }
}

/* LINEAR16: 12 V at exponent -9 is 6144; 48 V at -8 is 12288; the largest word at -9 is 127.998 V. */
Test(pmbus, linear16_by_hand)
{
    cr_assert_eq(milli_from_linear16(6144, 0x17), 12000);
    cr_assert_eq(milli_from_linear16(12288, 0x18), 48000);
    cr_assert_eq(milli_from_linear16(0xFFFF, 0x17), 127998);
    cr_assert_eq(milli_from_linear16(1, 0x17), 2); /* 1.95 mV */
    cr_assert_eq(milli_from_linear16(3, 0x00), 3000);
    cr_assert_eq(milli_from_linear16(3, 0x01), 6000);
}

Test(pmbus, only_the_linear_absolute_format_is_decoded)
{
    cr_assert(vout_mode_is_linear(0x17));
    cr_assert(!vout_mode_is_linear(0x21)); /* VID */
    cr_assert(!vout_mode_is_linear(0x40)); /* direct */
    cr_assert(!vout_mode_is_linear(0x97)); /* relative */
}

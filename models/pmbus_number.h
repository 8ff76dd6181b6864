/* pmbus_number.h - PMBus number formats on the host: doubles to 16 bits and back.
 *
 *   LINEAR11   bits 15:11 exponent N, 10:0 mantissa Y, both signed: X = Y 2^N
 *   LINEAR16   unsigned 16-bit mantissa, exponent from VOUT_MODE[4:0]
 *
 * Source: hardware facts 5.2 [S8, S89].  Checked by tests/models/test_pmbus_number.c. */
#ifndef MODELS_PMBUS_NUMBER_H
#define MODELS_PMBUS_NUMBER_H

#include <stdint.h>

/* Nearest value with the exponent `finest` (-16..15), or with the next larger exponent in which the
 * mantissa has room, as chips do it that scale by themselves. Halves go away from zero. Beyond the
 * range: its end. Not a number: 0. */
uint16_t pmbus_number_to_linear11(double x, int32_t finest);
double pmbus_number_from_linear11(uint16_t raw);

/* Nearest of 0..65535 times 2^exponent. */
uint16_t pmbus_number_to_linear16(double x, int32_t exponent);
double pmbus_number_from_linear16(uint16_t raw, int32_t exponent);

#endif

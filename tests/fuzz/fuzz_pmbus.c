/* Any bytes at all as numbers and as messages. Oracles: the formats of the standard in floating point;
 * the packet error code by long division, bit by bit. */
#include "must.h"

#include <math.h>
#include <string.h>

#include "controller/pmbus.h"

static double nearest(double milli)
{
    return fmin(floor(fabs(milli) + 0.5), INT32_MAX);
}

static void numbers(uint16_t word, uint8_t exponent5)
{
    int y = word & 0x7FF;
    int n = word >> 11;
    int e = exponent5 & 0x1F;
    int32_t l11 = milli_from_linear11(word);

    y -= y > 1023 ? 2048 : 0;
    n -= n > 15 ? 32 : 0;
    e -= e > 15 ? 32 : 0;
    must(fabs((double)l11) == nearest(ldexp(1e3 * y, n)) && (l11 == 0 || (l11 < 0) == (y < 0)));
    must(milli_from_linear16(word, exponent5) == nearest(ldexp(1e3 * word, e)));
    must(vout_mode_is_linear(exponent5) == (exponent5 < 32));
}

static uint8_t divide(uint8_t rest, const uint8_t bytes[], size_t n)
{
    for (size_t i = 0; i < 8 * n; i++) {
        int top = (rest >> 7) ^ (bytes[i / 8] >> (7 - i % 8));
        rest = (uint8_t)(rest << 1 ^ ((top & 1) ? 7 : 0));
    }
    return rest;
}

/* A message is right with its code and with no other, and no changed bit goes unnoticed. */
static void message(uint8_t address, uint8_t cmd, const uint8_t data[], uint8_t n)
{
    const uint8_t head[] = {(uint8_t)(address << 1), cmd, (uint8_t)(address << 1 | 1)};
    uint8_t rx[34];
    uint8_t right = divide(divide(0, head, 3), data, n);

    memcpy(rx, data, n);
    for (unsigned code = 0; code < 256; code++) {
        rx[n] = (uint8_t)code;
        must(pec_of_read_is_right(address, cmd, rx, (uint8_t)(n + 1)) == (code == right));
    }
    rx[n] = right;
    for (unsigned i = 0; i < 8u * n; i++) {
        rx[i / 8] ^= (uint8_t)(1u << i % 8);
        must(!pec_of_read_is_right(address, cmd, rx, (uint8_t)(n + 1)));
        rx[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    must(pec_of_write(address, data, n) == divide(divide(0, head, 1), data, n));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct bytes b = {bytes, size};
    uint8_t data[33] = {0};
    uint16_t word = (uint16_t)take(&b, 2);
    uint8_t exponent5 = (uint8_t)take(&b, 1);
    uint8_t address = (uint8_t)pick(&b, 128);
    uint8_t cmd = (uint8_t)take(&b, 1);
    uint8_t n = (uint8_t)(b.left < sizeof data ? b.left : sizeof data);

    numbers(word, exponent5);
    memcpy(data, b.at, n);
    message(address, cmd, data, n);
    return 0;
}

/* quotient.c - long division, bit by bit.  Checked by tests/controller/test_prognosis.c. */
#include "quotient.h"

enum { BITS = 64 };

uint64_t quotient(uint64_t n, uint64_t d)
{
    uint64_t left = n;
    uint64_t rest = 0;
    uint64_t q = 0;

    for (uint8_t i = 0; i < (uint8_t)BITS; i++) {
        rest = (rest << 1) | (left >> 63);
        left <<= 1;
        q <<= 1;
        if (rest >= d) {
            rest -= d;
            q |= 1U;
        }
    }
    return q;
}

int64_t quotient_signed(int64_t n, int64_t d)
{
    uint64_t q =
        quotient((n < 0) ? (uint64_t)(-n) : (uint64_t)n, (d < 0) ? (uint64_t)(-d) : (uint64_t)d);

    return ((n < 0) == (d < 0)) ? (int64_t)q : -(int64_t)q;
}

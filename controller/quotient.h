/* quotient.h - division of 64-bit numbers, which a 32-bit processor has no instruction for: done here,
 * so that no compiler's library is needed. */
#ifndef CONTROLLER_QUOTIENT_H
#define CONTROLLER_QUOTIENT_H

#include <stdint.h>

/* n / d, for d below 2^63; UINT64_MAX for d = 0. Sixty-four steps. */
uint64_t quotient(uint64_t n, uint64_t d);

/* The same, towards zero; both above INT64_MIN, d not 0. */
int64_t quotient_signed(int64_t n, int64_t d);

#endif

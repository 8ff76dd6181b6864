/* digits.h - numbers as text, letter by letter: what printf writes, at a tenth of its cost. A trace
 * is millions of them. */
#ifndef SIM_DIGITS_H
#define SIM_DIGITS_H

#include <stdint.h>

enum { DIGITS_ROOM = 32 }; /* bytes that a call may write */

/* Each returns the place after what it wrote, without a 0 behind it. */

/* "%.9g" of the C locale: nine significant digits, correctly rounded. */
char *digits_real(char *at, double value);

/* "%" PRId64 */
char *digits_whole(char *at, int64_t value);

/* Whole nanoseconds as exact decimal seconds: "0.001181141". */
char *digits_seconds(char *at, int64_t ns);

#endif

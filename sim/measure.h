/* measure.h - numbers with units as people write them: "1.2 mOhm", "12V", "10 %".
 *
 * Decimal text is converted in one correctly rounded step, the prefix included: "1.2 mOhm" is the
 * double nearest to 0.0012. A time must be a whole number of nanoseconds. */
#ifndef SIM_MEASURE_H
#define SIM_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "models/field.h"

enum measure_fault {
    MEASURE_OK,
    MEASURE_NO_NUMBER,    /* doesn't begin with a decimal number */
    MEASURE_NO_UNIT,      /* a bare number where a unit is needed */
    MEASURE_UNKNOWN_UNIT, /* followed by what is no unit at all */
    MEASURE_OTHER,        /* a unit of another quantity */
    MEASURE_TOO_FINE,     /* a time that is not whole nanoseconds */
    MEASURE_NOT_FINITE    /* more than a double holds */
};

struct measure {
    enum measure_fault fault;
    double value;            /* SI */
    ns_t ns;                 /* of a QTY_SECOND */
    size_t digits;           /* length of the number */
    const struct unit *unit; /* NULL: none was found */
};

/* Length of the decimal number at the start of s ("-1.5e3"), 0: there is none. "1..20" has "1". */
size_t measure_digits(const char *s, size_t n);

/* The number in s[0..n) times ten to the `exponent`, correctly rounded, whatever the locale. */
double measure_decimal(const char *s, size_t n, int exponent);

/* Read all of s[0..n) as a value of quantity q. */
struct measure measure_read(const char *s, size_t n, enum quantity q);

/* The longest unit that s begins with, any quantity; not followed by a letter or digit. */
const struct unit *measure_unit(const char *s, size_t n);

/* A value of any quantity: number s[0..digits) in this unit. */
struct measure measure_in(const char *s, size_t digits, const struct unit *u);

/* The unit that people may mean by s[0..n), spelled as ours; NULL: no idea. */
const char *measure_meant(const char *s, size_t n);

/* Report why `m`, read from s[0..n) for a value called `what` ("'v'"), is no value of q. */
void measure_report(struct diag *d, struct place at, const char *what, enum quantity q,
                    const char *s, size_t n, const struct measure *m);

/* "12 V", "1.2 mOhm": with the prefix that suits. Returns buf. */
enum { MEASURE_TEXT = 48 };
const char *measure_print(char buf[MEASURE_TEXT], enum quantity q, double value);

#endif

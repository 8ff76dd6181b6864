/* words.h - numbers as an engineer reads them: "14.32 ms", "11.38 V". */
#ifndef SIM_WORDS_H
#define SIM_WORDS_H

#include "models/field.h"

enum { WORDS_TIME = 32, WORDS_VALUE = 48 };

/* Seconds with the prefix that suits and four significant digits, zeros at the end left out.
 * Returns buf. */
const char *words_time(char buf[WORDS_TIME], double s);

/* The same for any quantity. */
const char *words_value(char buf[WORDS_VALUE], enum quantity q, double value);

/* Exact decimal seconds of whole nanoseconds: "0.001181141". Returns buf. */
const char *words_seconds(char buf[WORDS_TIME], ns_t t);

/* Word number `index` of "open|closed|stuck": its length, and where it begins; 0: there is none. */
size_t words_choice(const char *choices, int64_t index, const char **word);

#endif

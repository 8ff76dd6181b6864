/* words.c - prefixes and digits. */
#include "words.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "digits.h"

static const struct {
    double scale;
    const char *prefix;
} prefixes[] = {{1e6, "M"}, {1e3, "k"}, {1.0, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}};

enum { PREFIXES = sizeof prefixes / sizeof *prefixes };

/* Large prefixes only where the unit takes them. */
static int prefix_for(double value, int from)
{
    int i = from;

    while (i + 1 < PREFIXES && fabs(value) < 0.99995 * prefixes[i].scale) {
        i++;
    }
    return i;
}

/* Four significant digits without an exponent or zeros at the end. */
static void digits(char *buf, size_t room, double value)
{
    int before = fabs(value) >= 999.95   ? 4
                 : fabs(value) >= 99.995 ? 3
                 : fabs(value) >= 9.9995 ? 2
                                         : 1;

    snprintf(buf, room, "%.*f", 4 - before, value);
    if (strchr(buf, '.') != NULL) {
        size_t n = strlen(buf);
        while (buf[n - 1] == '0') {
            buf[--n] = '\0';
        }
        if (buf[n - 1] == '.') {
            buf[n - 1] = '\0';
        }
    }
}

const char *words_time(char buf[WORDS_TIME], double s)
{
    char number[24];

    if (s == 0.0) {
        snprintf(buf, WORDS_TIME, "0 s");
    } else if (!isfinite(s) || fabs(s) >= 1e6) {
        snprintf(buf, WORDS_TIME, "%.4g s", s);
    } else {
        int i = prefix_for(s, 2);
        digits(number, sizeof number, s / prefixes[i].scale);
        snprintf(buf, WORDS_TIME, "%s %ss", number, prefixes[i].prefix);
    }
    return buf;
}

const char *words_value(char buf[WORDS_VALUE], enum quantity q, double value)
{
    const char *unit = quantity_unit(q);
    char number[24];
    bool takes_prefix =
        q != QTY_RATIO && q != QTY_OPERATIONS && q != QTY_CELSIUS && q != QTY_KELVIN;

    if (!isfinite(value) || fabs(value) >= 1e9 || (value != 0.0 && fabs(value) < 1e-9)) {
        snprintf(buf, WORDS_VALUE, "%.4g%s%s", value, unit[0] == '\0' ? "" : " ", unit);
        return buf;
    }
    int i = takes_prefix && value != 0.0 ? prefix_for(value, 0) : 2;
    if (i < 2 && fabs(value) < 1e4) {
        i = 2; /* 1200 W rather than 1.2 kW */
    }
    bool is_count = !takes_prefix && value == nearbyint(value);
    if (is_count || (i == 2 && fabs(value) >= 1000.0)) {
        snprintf(number, sizeof number, "%.0f", value);
    } else {
        digits(number, sizeof number, value / prefixes[i].scale);
    }
    snprintf(buf, WORDS_VALUE, "%s%s%s%s", number, unit[0] == '\0' ? "" : " ", prefixes[i].prefix,
             unit);
    return buf;
}

const char *words_seconds(char buf[WORDS_TIME], ns_t t)
{
    *digits_seconds(buf, t) = '\0';
    return buf;
}

size_t words_choice(const char *choices, int64_t index, const char **word)
{
    for (const char *at = choices; *at != '\0'; index--) {
        size_t n = strcspn(at, "|");
        if (index == 0) {
            *word = at;
            return n;
        }
        at += n + (at[n] == '|');
    }
    return 0;
}

/* measure.c - decimal text to SI and back. */
#include "measure.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spell.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t run_of_digits(const char *s, size_t n, size_t i)
{
    size_t from = i;

    while (i < n && is_digit(s[i])) {
        i++;
    }
    return i - from;
}

size_t measure_digits(const char *s, size_t n)
{
    size_t i = n > 0 && (s[0] == '-' || s[0] == '+');
    size_t whole = run_of_digits(s, n, i);
    size_t part = 0;

    i += whole;
    if (i < n && s[i] == '.') {
        part = run_of_digits(s, n, i + 1);
        i += part ? part + 1 : 0;
    }
    if (whole + part == 0) {
        return 0;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        size_t sign = i + 1 < n && (s[i + 1] == '-' || s[i + 1] == '+');
        size_t power = run_of_digits(s, n, i + 1 + sign);
        i += power ? 1 + sign + power : 0;
    }
    return i;
}

/* Digits kept: enough to round any decimal correctly to a double (767 are ever needed). */
enum { LONGEST_NUMBER = 800 };

double measure_decimal(const char *s, size_t n, int exponent)
{
    char digits[LONGEST_NUMBER + 32];
    const char *point = localeconv()->decimal_point;
    size_t length = 0, i = 0;
    long power = exponent;

    for (; i < n && s[i] != 'e' && s[i] != 'E'; i++) {
        if (length + 8 >= LONGEST_NUMBER) {
            return NAN;
        }
        if (s[i] == '.') {
            length += (size_t)snprintf(digits + length, 8, "%s", point);
        } else {
            digits[length++] = s[i];
        }
    }
    if (i < n) {
        char text[16] = "";
        memcpy(text, s + i + 1, n - i - 1 < sizeof text ? n - i - 1 : sizeof text - 1);
        power += strtol(text, NULL, 10);
    }
    power = power > 9999 ? 9999 : power < -9999 ? -9999 : power;
    snprintf(digits + length, 16, "e%ld", power);
    return strtod(digits, NULL);
}

static const double tens[] = {1e-12, 1e-9, 1e-6, 1e-3, 1e-2, 1.0, 1e3, 1e6};
static const int tens_power[] = {-12, -9, -6, -3, -2, 0, 3, 6};

/* True, and the power, when a unit is a power of ten of its SI unit. */
static bool power_of_ten(double scale, int *power)
{
    for (size_t i = 0; i < sizeof tens / sizeof *tens; i++) {
        if (scale == tens[i]) {
            *power = tens_power[i];
            return true;
        }
    }
    return false;
}

struct measure measure_in(const char *s, size_t digits, const struct unit *u)
{
    struct measure m = {.digits = digits, .unit = u};
    int power = 0;
    double rest = power_of_ten(u->scale, &power) ? 1.0 : u->scale;

    m.value = measure_decimal(s, digits, power) * rest;
    if (!isfinite(m.value)) {
        m.fault = MEASURE_NOT_FINITE;
    } else if (u->quantity == QTY_SECOND) {
        double ns = measure_decimal(s, digits, power + 9) * rest;
        if (fabs(m.value) >= NS_LONGEST_S) {
            m.fault = MEASURE_NOT_FINITE;
        } else if (ns != nearbyint(ns)) {
            m.fault = MEASURE_TOO_FINE;
        } else {
            m.ns = (ns_t)ns;
        }
    }
    return m;
}

const struct unit *measure_unit(const char *s, size_t n)
{
    const struct unit *best = NULL;
    size_t longest = 0;

    for (const struct unit *u = units; u->text; u++) {
        size_t length = strlen(u->text);
        bool fits = length > longest && length <= n && memcmp(s, u->text, length) == 0;
        if (fits && (length == n || !(is_letter(s[length]) || is_digit(s[length])))) {
            best = u;
            longest = length;
        }
    }
    return best;
}

static const struct unit *unit_of(enum quantity q, const char *s, size_t n)
{
    for (const struct unit *u = units; u->text; u++) {
        if (u->quantity == q && strlen(u->text) == n && memcmp(s, u->text, n) == 0) {
            return u;
        }
    }
    return NULL;
}

static size_t skip_space(const char *s, size_t n, size_t i)
{
    while (i < n && s[i] == ' ') {
        i++;
    }
    return i;
}

struct measure measure_read(const char *s, size_t n, enum quantity q)
{
    size_t digits = measure_digits(s, n);
    size_t from = skip_space(s, n, digits);
    struct measure m = {.fault = MEASURE_NO_NUMBER, .digits = digits};

    if (digits == 0) {
        return m;
    }
    const struct unit *u = unit_of(q, s + from, n - from);
    if (u) {
        return measure_in(s, digits, u);
    }
    m.unit = measure_unit(s + from, n - from);
    if (from == n) {
        m.fault = MEASURE_NO_UNIT;
    } else if (m.unit && strlen(m.unit->text) == n - from) {
        m.fault = MEASURE_OTHER;
    } else {
        m.fault = MEASURE_UNKNOWN_UNIT;
        m.unit = NULL;
    }
    return m;
}

/* ---- what to say ---------------------------------------------------------------------------------- */

/* Spellings that people use and we don't, with what they mean. */
static const struct {
    const char *text, *unit;
} others[] = {
    {"sec", "s"},     {"secs", "s"},  {"second", "s"},     {"seconds", "s"},   {"msec", "ms"},
    {"usec", "us"},   {"nsec", "ns"}, {"minute", "min"},   {"minutes", "min"}, {"hour", "h"},
    {"hours", "h"},   {"volt", "V"},  {"volts", "V"},      {"amp", "A"},       {"amps", "A"},
    {"ampere", "A"},  {"watt", "W"},  {"watts", "W"},      {"R", "Ohm"},       {"ohms", "Ohm"},
    {"percent", "%"}, {"C", "degC"},  {"Celsius", "degC"}, {"A^2s", "A2s"},    {"A2S", "A2s"},
    {"I2t", "A2s"},   {"farad", "F"}, {"pct", "%"},        {"Vdc", "V"},       {"VDC", "V"},
    {"VA", "W"},      {"joule", "J"}, {"hertz", "Hz"},
};

/* Letters that a keyboard of ours would not give: micro, Omega, degree, superscript two. */
static const struct {
    const char *text, *plain;
} signs[] = {
    {"\xC2\xB5", "u"},       {"\xCE\xBC", "u"},        {"\xCE\xA9", "Ohm"},
    {"\xE2\x84\xA6", "Ohm"}, {"\xC2\xB0\x43", "degC"}, {"\xC2\xB2", "2"},
};

enum { UNIT_TEXT = 32 };

static void plain_spelling(char out[UNIT_TEXT], const char *s, size_t n)
{
    size_t length = 0;

    for (size_t i = 0; i < n && length + 8 < UNIT_TEXT;) {
        size_t taken = 0;
        for (size_t k = 0; k < sizeof signs / sizeof *signs && !taken; k++) {
            size_t sign = strlen(signs[k].text);
            if (sign <= n - i && memcmp(s + i, signs[k].text, sign) == 0) {
                length += (size_t)snprintf(out + length, 8, "%s", signs[k].plain);
                taken = sign;
            }
        }
        if (!taken) {
            out[length++] = s[i];
            taken = 1;
        }
        i += taken;
    }
    out[length] = 0;
}

static bool equal_but_case(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = is_letter(*a) ? (char)(*a | 0x20) : *a;
        char y = is_letter(*b) ? (char)(*b | 0x20) : *b;
        if (x != y) {
            return false;
        }
    }
    return *a == *b;
}

const char *measure_meant(const char *s, size_t n)
{
    char written[UNIT_TEXT];

    plain_spelling(written, s, n);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].text, written) == 0) {
            return others[i].unit;
        }
    }
    for (const struct unit *u = units; u->text; u++) {
        if (*u->text && equal_but_case(u->text, written)) {
            return u->text;
        }
    }
    return NULL;
}

/* Hint at the units of q that the written one may stand for. */
static void hint_unit(struct diag *d, enum quantity q, const char *s, size_t digits,
                      const char *written)
{
    char list[120] = "";
    size_t length = 0;
    struct spell near = spell_begin(written, strlen(written));
    const char *meant = NULL;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].text, written) == 0 &&
            unit_of(q, others[i].unit, strlen(others[i].unit))) {
            meant = others[i].unit;
        }
    }
    for (const struct unit *u = units; u->text; u++) {
        if (u->quantity != q || !*u->text) {
            continue;
        }
        if (equal_but_case(u->text, written) || (meant && strcmp(meant, u->text) == 0)) {
            length += (size_t)snprintf(list + length, sizeof list - length, "%s'%.*s %s'",
                                       length ? " or " : "", (int)(digits < 12 ? digits : 12), s,
                                       u->text);
            length = length < sizeof list ? length : sizeof list - 1;
        }
        spell_try(&near, u->text, strlen(u->text));
    }
    if (length) {
        diag_hint(d, "did you mean %s?", list);
    } else if (near.distance == 1 && strlen(written) > 1) {
        diag_hint(d, "did you mean '%.*s %s'?", (int)(digits < 12 ? digits : 12), s, near.best);
    }
}

static void report_no_number(struct diag *d, struct place at, const char *what, enum quantity q,
                             const char *s, size_t n)
{
    const char *unit = quantity_unit(q);

    diag_error(d, at, "%s wants %s such as '12%s%s', not '%.*s'", what, quantity_name(q),
               *unit ? " " : "", unit, (int)(n < 60 ? n : 60), s);
    if (n >= 3 && (strncmp(s, "inf", 3) == 0 || strncmp(s, "nan", 3) == 0 ||
                   strncmp(s, ".in", 3) == 0 || strncmp(s, ".na", 3) == 0)) {
        diag_hint(d, "only finite numbers");
    }
}

static void report_wrong_unit(struct diag *d, struct place at, const char *what, enum quantity q,
                              const char *s, size_t n, const struct measure *m)
{
    const char *unit = quantity_unit(q);
    int digits = (int)(m->digits < 20 ? m->digits : 20);
    size_t from = skip_space(s, n, m->digits);
    char written[UNIT_TEXT];

    plain_spelling(written, s + from, n - from);
    diag_error(d, at, "%s wants %s such as '%.*s%s%s', not '%.*s'", what, quantity_name(q), digits,
               s, *unit ? " " : "", unit, (int)(n < 60 ? n : 60), s);
    if (m->fault == MEASURE_OTHER) {
        hint_unit(d, q, s, m->digits, written);
        return;
    }
    if (from < n && s[from] == ',') {
        diag_hint(d, "write a decimal point, not a comma");
    } else {
        hint_unit(d, q, s, m->digits, written);
    }
}

void measure_report(struct diag *d, struct place at, const char *what, enum quantity q,
                    const char *s, size_t n, const struct measure *m)
{
    int shown = (int)(n < 60 ? n : 60);
    const char *unit = quantity_unit(q);

    switch (m->fault) {
    case MEASURE_OK:
        break;
    case MEASURE_NO_NUMBER:
        report_no_number(d, at, what, q, s, n);
        break;
    case MEASURE_NO_UNIT:
        diag_error(d, at, "%s is %s and needs a unit: '%.*s %s', not '%.*s'", what,
                   quantity_name(q), shown, s, unit, shown, s);
        break;
    case MEASURE_UNKNOWN_UNIT:
    case MEASURE_OTHER:
        report_wrong_unit(d, at, what, q, s, n, m);
        break;
    case MEASURE_TOO_FINE:
        diag_error(d, at, "%s: '%.*s' is not a whole number of nanoseconds", what, shown, s);
        break;
    case MEASURE_NOT_FINITE:
        diag_error(d, at, "%s: '%.*s' is too large%s", what, shown, s,
                   q == QTY_SECOND ? ": at most 199 years" : "");
        break;
    }
}

/* The best spelling of a value: the largest prefix that leaves at least 1 before the point. */
static const struct unit *spelling(enum quantity q, double value)
{
    const struct unit *best = NULL;

    for (const struct unit *u = units; u->text; u++) {
        int power = 0;
        bool prefix = power_of_ten(u->scale, &power) && power % 3 == 0;
        if (u->quantity != q || (best && (!prefix || value == 0.0 || q == QTY_RATIO))) {
            continue;
        }
        bool fits = fabs(value) >= u->scale * (1.0 - 1e-12);
        bool best_fits = best && fabs(value) >= best->scale * (1.0 - 1e-12);
        if (!best ||
            (fits ? !best_fits || u->scale > best->scale : !best_fits && u->scale < best->scale)) {
            best = u;
        }
    }
    return best;
}

const char *measure_print(char buf[MEASURE_TEXT], enum quantity q, double value)
{
    const struct unit *u = spelling(q, value);

    snprintf(buf, MEASURE_TEXT, "%.10g%s%s", value / (u ? u->scale : 1.0), u && *u->text ? " " : "",
             u ? u->text : "");
    return buf;
}

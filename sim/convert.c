/* convert.c - the value of one key, checked against its row in a field table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "measure.h"
#include "spell.h"

static void *at_offset(const struct field *f, void *params)
{
    return (char *)params + f->offset;
}

void convert_default(const struct field *f, void *params)
{
    void *to = at_offset(f, params);
    double def = isnan(f->def) ? 0.0 : f->def;

    switch (f->type) {
    case FIELD_REAL:
        *(double *)to = def;
        break;
    case FIELD_TIME:
        *(ns_t *)to = ns_from_s(def);
        break;
    case FIELD_COUNT:
    case FIELD_CHOICE:
    case FIELD_FLAG:
        *(int32_t *)to = (int32_t)def;
        break;
    case FIELD_TAPS:
        *(struct tap_list *)to = (struct tap_list){.n = 0};
        break;
    case FIELD_PART:
    case FIELD_FILE:
        *(int32_t *)to = NO_PART;
        break;
    case FIELD_I2C:
        *(struct i2c_path *)to = (struct i2c_path){NO_PART, NO_PART, 0, 0};
        break;
    case FIELD_PIN:
        *(struct pin_path *)to = (struct pin_path){NO_PART, 0};
        break;
    }
}

/* ---- numbers and words --------------------------------------------------------------------------------- */

static bool in_range(struct diag *d, const struct field *f, enum quantity q, double value,
                     struct place at, const char *s, size_t n)
{
    char low[MEASURE_TEXT], high[MEASURE_TEXT];
    int shown = (int)(n < 60 ? n : 60);
    /* A bound that was written in another unit may differ from the value in the last bit. */
    double slack = 1e-12 * fabs(value);

    if (value >= f->min - slack && value <= f->max + slack) {
        return true;
    }
    measure_print(low, q, f->min);
    measure_print(high, q, f->max);
    if (isinf(f->max)) {
        diag_error(d, at, "'%s' must be at least %s, not '%.*s'", f->key, low, shown, s);
    } else if (isinf(f->min)) {
        diag_error(d, at, "'%s' must be at most %s, not '%.*s'", f->key, high, shown, s);
    } else {
        diag_error(d, at, "'%s' must be from %s to %s, not '%.*s'", f->key, low, high, shown, s);
    }
    return false;
}

static bool real(struct diag *d, const struct field *f, const char *s, size_t n, struct place at,
                 double *value, ns_t *ns)
{
    enum quantity q = f->type == FIELD_TIME ? QTY_SECOND : f->quantity;
    struct measure m = measure_read(s, n, q);
    char what[64];

    /* Only a time that is kept as ns_t has to be whole nanoseconds. */
    if (m.fault == MEASURE_TOO_FINE && f->type == FIELD_REAL) {
        m.fault = MEASURE_OK;
    }
    if (m.fault != MEASURE_OK) {
        snprintf(what, sizeof what, "'%.40s'", f->key);
        measure_report(d, at, what, q, s, n, &m);
        return false;
    }
    *value = m.value;
    if (ns) {
        *ns = m.ns;
    }
    return in_range(d, f, q, m.value, at, s, n);
}

static bool count(struct diag *d, const struct field *f, const char *s, size_t n, struct place at,
                  double *value)
{
    size_t digits = measure_digits(s, n);

    *value = digits == n && n > 0 ? measure_decimal(s, n, 0) : NAN;
    if (!(fabs(*value) <= INT32_MAX) || *value != nearbyint(*value)) {
        diag_error(d, at, "'%s' wants a whole number, not '%.*s'", f->key, (int)(n < 60 ? n : 60),
                   s);
        return false;
    }
    return in_range(d, f, QTY_OPERATIONS, *value, at, s, n);
}

/* "open, closed or stuck" */
static void words(char *out, size_t room, const char *choices, const char *quote)
{
    size_t used = 0;

    out[0] = 0;
    while (*choices && used < room) {
        size_t length = strcspn(choices, "|");
        bool last = choices[length] == 0;
        const char *link = used == 0 ? "" : last ? " or " : ", ";
        int n = snprintf(out + used, room - used, "%s%s%.*s%s", link, quote, (int)length, choices,
                         quote);
        used += n > 0 ? (size_t)n : room;
        choices += length + !last;
    }
}

static int32_t word_index(const char *choices, const char *s, size_t n)
{
    for (int32_t i = 0; choices && *choices; i++) {
        size_t length = strcspn(choices, "|");
        if (length == n && memcmp(choices, s, n) == 0) {
            return i;
        }
        choices += length + (choices[length] == '|');
    }
    return -1;
}

static bool choice(struct diag *d, const struct field *f, const char *s, size_t n, struct place at,
                   double *value)
{
    int32_t index = word_index(f->choices, s, n);
    char list[300];

    *value = index;
    if (index >= 0) {
        return true;
    }
    struct spell near = spell_begin(s, n);
    words(list, sizeof list, f->choices ? f->choices : "", "'");
    diag_error(d, at, "'%s' is %s, not '%.*s'", f->key, list, (int)(n < 60 ? n : 60), s);
    spell_try_choices(&near, f->choices);
    if (spell_best(&near)) {
        diag_hint(d, "did you mean '%s'?", spell_best(&near));
    }
    return false;
}

static bool flag(struct diag *d, const char *key, const char *s, size_t n, struct place at,
                 double *value)
{
    int32_t index = word_index("no|yes|false|true", s, n);

    *value = index & 1;
    if (index < 0) {
        diag_error(d, at, "'%s' is 'yes' or 'no', not '%.*s'", key, (int)(n < 60 ? n : 60), s);
    }
    return index >= 0;
}

bool convert_number(struct diag *d, const struct field *f, const char *s, size_t n, struct place at,
                    double *value, ns_t *ns)
{
    switch (f->type) {
    case FIELD_REAL:
    case FIELD_TIME:
        return real(d, f, s, n, at, value, ns);
    case FIELD_COUNT:
        return count(d, f, s, n, at, value);
    case FIELD_CHOICE:
        return choice(d, f, s, n, at, value);
    case FIELD_FLAG:
        return flag(d, f->key, s, n, at, value);
    default:
        return false;
    }
}

/* ---- references ------------------------------------------------------------------------------------------ */

/* One piece of a reference, and where it is written. */
struct piece {
    struct loader *l;
    const struct field *f;
    const struct yaml *y; /* the scalar it is part of */
    const char *text;     /* all of the scalar, '#' replaced */
    bool exact;
};

static struct place piece_at(const struct piece *p, size_t from, size_t length)
{
    return p->exact ? yaml_within(p->y, from, length) : p->y->at;
}

static bool kind_allowed(const char *allowed, const char *kind)
{
    return !allowed || !*allowed || word_index(allowed, kind, strlen(kind)) >= 0;
}

static const char *article(const char *noun)
{
    return strchr("aeio", noun[0]) ? "an" : "a";
}

/* The part named by `length` bytes at `from`; of one of the kinds `allowed` ("bus|node"). */
static int32_t part_at(const struct piece *p, size_t from, size_t length, const char *allowed)
{
    struct diag *d = p->l->diag;
    struct place at = piece_at(p, from, length);
    int32_t part = rack_find(&p->l->rack, p->text + from, length);
    char list[200];

    if (part == NO_PART) {
        select_unknown(d, &p->l->rack, p->text + from, length, at);
        return NO_PART;
    }
    const struct part *other = &p->l->rack.parts[part];
    if (other->kind && !kind_allowed(allowed, other->kind->name)) {
        words(list, sizeof list, allowed, "");
        diag_error(d, at, "'%s' wants %s %s, but '%s' is %s %s", p->f->key, article(list), list,
                   other->name, article(other->kind->name), other->kind->name);
        return NO_PART;
    }
    return part;
}

/* A whole number from 0 to `most`, decimal or 0x hexadecimal; -1: reported as no `what`. */
static int32_t index_at(const struct piece *p, size_t from, size_t length, int32_t most,
                        const char *what)
{
    const char *s = p->text + from;
    bool hex = length > 2 && s[0] == '0' && s[1] == 'x';
    size_t digits = strspn(hex ? s + 2 : s, hex ? "0123456789abcdefABCDEF" : "0123456789");
    long value = digits > 0 && digits < 9 ? strtol(s, NULL, hex ? 16 : 10) : -1;

    if (digits + (hex ? 2 : 0) != length || value < 0 || value > most) {
        diag_error(p->l->diag, piece_at(p, from, length),
                   hex ? "'%.*s' is no %s: 0 to 0x%x" : "'%.*s' is no %s: 0 to %d",
                   (int)(length < 60 ? length : 60), s, what, (unsigned)most);
        return -1;
    }
    return (int32_t)value;
}

enum { TAPS_OF_A_BAR = 1024, MUX_CHANNELS = 8, PINS_OF_AN_EXPANDER = 16 };

static bool tap(const struct piece *p, struct tap_list *list)
{
    size_t name = strcspn(p->text, ".");
    size_t all = strlen(p->text);
    int32_t index = TAP_ANY;

    int32_t most = p->f->max >= 1.0 && p->f->max < TAPS_MAX ? (int32_t)p->f->max : TAPS_MAX;

    if (list->n >= most) {
        diag_error(p->l->diag, p->y->at, "'%s' names more than %d part%s", p->f->key, most,
                   most == 1 ? "" : "s");
        return false;
    }
    if (name < all) {
        index = index_at(p, name + 1, all - name - 1, TAPS_OF_A_BAR - 1, "tap");
        if (index < 0) {
            return false;
        }
    }
    int32_t part = part_at(p, 0, name, p->f->choices);
    list->at[list->n].part = part;
    list->at[list->n].tap = index;
    list->n += part != NO_PART;
    return part != NO_PART;
}

/* "smbus0/0x20" or "smbus0/mux0.3/0x58". The row's choices are the kind of the bus, then that
 * of the mux. */
static bool i2c(const struct piece *p, struct i2c_path *path)
{
    const char *allowed = p->f->choices ? p->f->choices : "";
    size_t split = strcspn(allowed, "|"), all = strlen(p->text);
    const char *first = strchr(p->text, '/'), *last = strrchr(p->text, '/');
    char bus_kinds[64];

    snprintf(bus_kinds, sizeof bus_kinds, "%.*s", (int)split, allowed);
    if (!first) {
        diag_error(p->l->diag, p->y->at,
                   "'%s' wants a path such as 'smbus0/0x20' or "
                   "'smbus0/mux0.3/0x58', not '%.60s'",
                   p->f->key, p->text);
        return false;
    }
    size_t bus = (size_t)(first - p->text), address = (size_t)(last - p->text) + 1;
    path->bus = part_at(p, 0, bus, bus_kinds);
    path->address = index_at(p, address, all - address, 0x7F, "address");
    bool good = path->bus != NO_PART && path->address >= 0;
    if (first == last) {
        return good;
    }
    size_t mux = bus + 1, name = strcspn(p->text + mux, "./");
    if (p->text[mux + name] != '.') {
        diag_error(p->l->diag, piece_at(p, mux, name),
                   "a mux is followed by its channel: 'mux0.3'");
        return false;
    }
    size_t channel = mux + name + 1;
    path->channel = index_at(p, channel, address - 1 - channel, MUX_CHANNELS - 1, "channel");
    path->mux = part_at(p, mux, name, allowed[split] ? allowed + split + 1 : "");
    return good && path->mux != NO_PART && path->channel >= 0;
}

static bool pin(const struct piece *p, struct pin_path *path)
{
    size_t name = strcspn(p->text, "."), all = strlen(p->text);

    if (name == all) {
        diag_error(p->l->diag, p->y->at, "'%s' wants a pin such as 'expander0.3', not '%.60s'",
                   p->f->key, p->text);
        return false;
    }
    path->bit = index_at(p, name + 1, all - name - 1, PINS_OF_AN_EXPANDER - 1, "pin");
    path->device = part_at(p, 0, name, p->f->choices);
    return path->device != NO_PART && path->bit >= 0;
}

const char *convert_numbered(struct arena *a, const char *text, int32_t number)
{
    size_t signs = 0, length = strlen(text);

    for (const char *s = text; *s; s++) {
        signs += *s == '#';
    }
    if (signs == 0 || number < 0) {
        return text;
    }
    char *out = arena_get(a, length + signs * 12 + 1), *to = out;
    for (const char *s = text; *s; s++) {
        if (*s == '#') {
            to += snprintf(to, 12, "%d", number);
        } else {
            *to++ = *s;
        }
    }
    return out;
}

static bool reference(const struct piece *p, void *to)
{
    switch (p->f->type) {
    case FIELD_TAPS:
        return tap(p, to);
    case FIELD_PART:
        *(int32_t *)to = part_at(p, 0, strlen(p->text), p->f->choices);
        return *(int32_t *)to != NO_PART;
    case FIELD_I2C:
        return i2c(p, to);
    case FIELD_PIN:
        return pin(p, to);
    default:
        return false;
    }
}

static bool one_value(struct loader *l, const struct field *f, const struct yaml *y, int32_t number,
                      const char *name, void *to)
{
    const char *text = convert_numbered(l->arena, y->text, number);
    struct piece p = {l, f, y, text, y->exact && text == y->text};
    double value = 0.0;
    ns_t ns = 0;

    if (y->is != YAML_SCALAR) {
        diag_error(l->diag, y->at, "'%s' wants one value, not %s", f->key, yaml_word(y));
        return false;
    }
    if (!*text) {
        diag_error(l->diag, y->at, "'%s' has no value", f->key);
        return false;
    }
    switch (f->type) {
    case FIELD_REAL:
    case FIELD_TIME:
    case FIELD_COUNT:
    case FIELD_CHOICE:
    case FIELD_FLAG:
        if (!convert_number(l->diag, f, text, strlen(text), y->at, &value, &ns)) {
            return false;
        }
        if (f->type == FIELD_REAL) {
            *(double *)to = value;
        } else if (f->type == FIELD_TIME) {
            *(ns_t *)to = ns;
        } else {
            *(int32_t *)to = (int32_t)value;
        }
        return true;
    case FIELD_FILE:
        *(int32_t *)to = series_load(l, y, name, f->key, f->quantity);
        return *(int32_t *)to != NO_PART;
    default:
        return reference(&p, to);
    }
}

bool convert_field(struct loader *l, const struct field *f, const struct yaml *y, int32_t number,
                   const char *name, void *params)
{
    void *to = at_offset(f, params);
    bool good = true;

    if (f->type != FIELD_TAPS || y->is != YAML_LIST) {
        return one_value(l, f, y, number, name, to);
    }
    for (const struct yaml *item = y->first; item; item = item->next) {
        good = one_value(l, f, item, number, name, to) && good;
    }
    if (y->n == 0) {
        diag_error(l->diag, y->at, "'%s' is an empty list", f->key);
    }
    return good && y->n > 0;
}

/* ---- values that belong to no part --------------------------------------------------------------------- */

bool convert_text(struct diag *d, const struct yaml *y, const char *key, const char **text)
{
    if (y->is != YAML_SCALAR) {
        diag_error(d, y->at, "'%s' wants one value, not %s", key, yaml_word(y));
        return false;
    }
    if (!*y->text) {
        diag_error(d, y->at, "'%s' has no value", key);
        return false;
    }
    *text = y->text;
    return true;
}

bool convert_flag(struct diag *d, const struct yaml *y, const char *key, bool *on)
{
    const char *text;
    double value = 0.0;
    bool good = convert_text(d, y, key, &text) && flag(d, key, text, strlen(text), y->at, &value);

    *on = good && value > 0.0;
    return good;
}

bool convert_time(struct diag *d, const struct yaml *y, const char *key, ns_t *ns)
{
    const struct field f = {.key = key, .type = FIELD_TIME, .min = 0.0, .max = INFINITY};
    const char *text;
    double value;

    return convert_text(d, y, key, &text) &&
           convert_number(d, &f, text, strlen(text), y->at, &value, ns);
}

bool convert_whole(struct diag *d, const struct yaml *y, const char *key, uint64_t most,
                   uint64_t *value)
{
    const char *text;
    uint64_t sum = 0;

    if (!convert_text(d, y, key, &text)) {
        return false;
    }
    for (const char *s = text; *s; s++) {
        unsigned digit = (unsigned)(*s - '0');
        if (digit > 9 || sum > (most - digit) / 10) {
            diag_error(d, y->at, "'%s' wants a whole number from 0 to %llu, not '%.60s'", key,
                       (unsigned long long)most, text);
            return false;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* select.c - one name for several parts. */
#include "loader.h"
#include "spell.h"

#include <stdlib.h>
#include <string.h>

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A whole number of at most 9 digits at s[*i]; -1: there is none. */
static int32_t whole(const char *s, size_t n, size_t *i)
{
    int32_t value = 0;
    size_t digits = 0;

    while (*i < n && is_digit(s[*i])) {
        if (++digits > 9) {
            return -1;
        }
        value = value * 10 + (s[(*i)++] - '0');
    }
    return digits ? value : -1;
}

static bool index_parse(const char *s, size_t n, struct selection *sel, size_t *i)
{
    if (*i < n && s[*i] == '*') {
        sel->all = true;
        sel->to = INT32_MAX;
        (*i)++;
        return true;
    }
    sel->from = sel->to = whole(s, n, i);
    if (sel->from >= 0 && n - *i >= 2 && s[*i] == '.' && s[*i + 1] == '.') {
        *i += 2;
        sel->to = whole(s, n, i);
    }
    return sel->from >= 0 && sel->to >= 0;
}

bool select_parse(const char *s, size_t n, struct selection *sel, const char **why, size_t *where)
{
    size_t i = 0;

    *sel = (struct selection){.stem = s};
    while (i < n && (starts_name(s[i]) || (i > 0 && is_digit(s[i])))) {
        i++;
    }
    sel->stem_length = i;
    *where = i;
    if (i == 0) {
        *why = "a name begins with a letter";
        return false;
    }
    if (i < n && s[i] == '[') {
        i++;
        sel->indexed = true;
        *where = i;
        if (!index_parse(s, n, sel, &i)) {
            *why = "an index is '3', '1..16' or '*'";
            return false;
        }
        if (sel->to < sel->from) {
            *why = "a range counts upwards";
            return false;
        }
        if (i >= n || s[i] != ']') {
            *why = "']' is missing after the index";
            *where = i;
            return false;
        }
        i++;
    }
    sel->length = i;
    return true;
}

void select_unknown(struct diag *d, const struct rack *r, const char *name, size_t n,
                    struct place at)
{
    struct spell near = spell_begin(name, n);

    diag_error(d, at, "no part is named '%.*s'", (int)(n < 60 ? n : 60), name);
    if (diag_is_full(d)) {
        return;
    }
    for (int32_t i = 0; i < r->n_parts; i++) {
        spell_try(&near, r->parts[i].name, strlen(r->parts[i].name));
    }
    if (spell_best(&near)) {
        diag_hint(d, "did you mean '%s'?", spell_best(&near));
    }
}

struct numbered {
    int32_t number, part;
};

static int by_number(const void *left, const void *right)
{
    const struct numbered *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

/* All parts of that stem with a number in the range. */
static int32_t collect(const struct rack *r, const struct selection *sel, struct numbered *found)
{
    int32_t n = 0;

    for (int32_t i = 0; i < r->n_parts; i++) {
        const struct part *p = &r->parts[i];
        if (p->number >= sel->from && p->number <= sel->to &&
            (size_t)p->stem_length == sel->stem_length &&
            memcmp(p->name, sel->stem, sel->stem_length) == 0) {
            found[n++] = (struct numbered){p->number, i};
        }
    }
    qsort(found, (size_t)n, sizeof *found, by_number);
    return n;
}

/* The stem nearest to the one written. */
static void hint_stem(struct diag *d, const struct rack *r, const struct selection *sel)
{
    struct spell near = spell_begin(sel->stem, sel->stem_length);

    for (int32_t i = 0; i < r->n_parts; i++) {
        if (r->parts[i].number >= 0) {
            spell_try(&near, r->parts[i].name, (size_t)r->parts[i].stem_length);
        }
    }
    if (spell_best(&near) && near.distance > 0) {
        diag_hint(d, "did you mean '%s[...]'?", spell_best(&near));
    }
}

static void report_missing(struct diag *d, const struct rack *r, const struct selection *sel,
                           const struct numbered *found, int32_t n, struct place at)
{
    int stem = (int)(sel->stem_length < 60 ? sel->stem_length : 60);

    if (n == 0) {
        diag_error(d, at, "no part is named '%.*s' with a number in that range", stem, sel->stem);
        hint_stem(d, r, sel);
        return;
    }
    int32_t missing = sel->from;
    for (int32_t i = 0; i < n && found[i].number == missing; i++) {
        missing++;
    }
    diag_error(d, at, "there is no part '%.*s%d'", stem, sel->stem, missing);
    diag_hint(d, "'%.*s' goes from %d to %d", stem, sel->stem, found[0].number,
              found[n - 1].number);
}

struct members select_parts(struct arena *a, struct diag *d, const struct rack *r,
                            const struct selection *sel, struct place at)
{
    int32_t *parts, n = 1;

    if (!sel->indexed) {
        int32_t one = rack_find(r, sel->stem, sel->stem_length);
        if (one == NO_PART) {
            select_unknown(d, r, sel->stem, sel->stem_length, at);
            return (struct members){0, NULL};
        }
        parts = arena_get(a, sizeof *parts);
        parts[0] = one;
        return (struct members){1, parts};
    }
    struct numbered *found = malloc(((size_t)r->n_parts + 1) * sizeof *found);
    if (!found) {
        return (struct members){0, NULL};
    }
    n = collect(r, sel, found);
    if (n == 0 || (!sel->all && n != sel->to - sel->from + 1)) {
        report_missing(d, r, sel, found, n, at);
        n = 0;
    }
    parts = arena_array(a, (size_t)n + 1, sizeof *parts);
    for (int32_t i = 0; i < n; i++) {
        parts[i] = found[i].part;
    }
    free(found);
    return (struct members){n, parts};
}

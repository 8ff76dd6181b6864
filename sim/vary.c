/* vary.c - `vary:`, the dimensions of a campaign: lists, ranges and distributions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "measure.h"
#include "scenario.h"
#include "spell.h"

enum { VALUES_MAX = 100000 };

/* One entry while it is read: `f` checks its values. */
struct reading {
    struct loader *l;
    const struct yaml *y;
    struct field f;
    struct vary *v;
    int32_t room;
    double *values;
};

/* ---- targets ------------------------------------------------------------------------------------------------------ */

/* "do[3].at": the number, and the key. */
static bool deed_target(const char *text, int32_t *deed, const char **key)
{
    size_t digits = strncmp(text, "do[", 3) == 0 ? strspn(text + 3, "0123456789") : 0;

    if (digits == 0 || digits > 9 || strncmp(text + 3 + digits, "].", 2) != 0) {
        return false;
    }
    *deed = (int32_t)strtol(text + 3, NULL, 10);
    *key = text + 5 + digits;
    return true;
}

static bool vary_deed(struct reading *r, const struct scenario *s, int32_t deed, const char *key)
{
    struct vary *v = r->v;

    if (deed < 0 || deed >= s->n_deeds) {
        diag_error(r->l->diag, r->y->key_at,
                   "there is no do[%d]: 'do' has %d entries, from do[0] on", deed, s->n_deeds);
        return false;
    }
    const struct deed *d = &s->deeds[deed];
    v->deed = deed;
    r->f = (struct field){.key = r->y->key, .type = FIELD_TIME, .max = INFINITY};
    if (strcmp(key, "at") == 0 && d->at != NS_NEVER) {
        v->of = VARY_DEED_AT;
        return true;
    }
    if (strcmp(key, "for") == 0 && d->lasts != NS_NEVER) {
        v->of = VARY_DEED_FOR;
        return true;
    }
    const struct field *f = d->n_targets > 0 ? d->targets[0].action->args : NULL;
    while (f && f->key && (strcmp(f->key, "to") != 0 || strcmp(key, "to") != 0)) {
        f++;
    }
    if (f && f->key) {
        v->of = VARY_DEED_TO;
        r->f = *f;
        return true;
    }
    diag_error(r->l->diag, r->y->key_at, "'%.60s': that deed has no '%.60s' to vary", r->y->key,
               key);
    return false;
}

static bool vary_field(struct reading *r)
{
    struct loader *l = r->l;
    struct yaml target = *r->y;
    struct members parts;
    const char *key;

    target.text = r->y->key;
    target.at = r->y->key_at;
    target.exact = r->y->key_at.length == text_columns(target.text, strlen(target.text));
    if (!part_key_parse(l, &target, target.text, &parts, &key)) {
        return false;
    }
    const struct field **fields = arena_array(l->arena, (size_t)parts.n, sizeof *fields);
    for (int32_t i = 0; i < parts.n; i++) {
        const struct part *p = &l->rack.parts[parts.part[i]];
        if (!p->kind) {
            return false;
        }
        fields[i] = kind_field(p->kind, key, strlen(key));
        if (!fields[i] || !field_is_number(fields[i])) {
            struct spell near = spell_begin(key, strlen(key));
            diag_error(l->diag, r->y->key_at, "%s '%s' has no '%.60s' to vary", p->kind->name,
                       p->name, key);
            for (const struct field *f = p->kind->fields; f && f->key; f++) {
                spell_try(&near, f->key, field_is_number(f) ? strlen(f->key) : 0);
            }
            if (spell_best(&near)) {
                diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
            }
            return false;
        }
        if (fields[i]->type != fields[0]->type || fields[i]->quantity != fields[0]->quantity) {
            diag_error(l->diag, r->y->key_at, "'%.60s' means different things for these parts",
                       key);
            return false;
        }
    }
    r->f = *fields[0];
    r->v->of = VARY_FIELD;
    r->v->n_parts = parts.n;
    r->v->parts = parts.part;
    r->v->fields = fields;
    return true;
}

/* ---- lists and ranges --------------------------------------------------------------------------------------- */

static bool add_value(struct reading *r, double value)
{
    struct vary *v = r->v;

    if (v->n_values == VALUES_MAX) {
        diag_error(r->l->diag, r->y->at, "more than %d values", VALUES_MAX);
        return false;
    }
    if (!r->values || v->n_values == r->room) {
        r->room = r->room ? r->room * 2 : 16;
        double *more = arena_array(r->l->arena, (size_t)r->room, sizeof *more);
        if (r->values) {
            memcpy(more, r->values, (size_t)v->n_values * sizeof *more);
        }
        r->values = more;
        v->values = more;
    }
    r->values[v->n_values++] = value;
    return true;
}

static size_t trimmed(const char *s, size_t n, size_t *from)
{
    *from = 0;
    while (*from < n && s[*from] == ' ') {
        (*from)++;
    }
    while (n > *from && s[n - 1] == ' ') {
        n--;
    }
    return n - *from;
}

/* The number in bytes [at, at + n) of the scalar. */
static bool number_at(struct reading *r, const struct yaml *y, const struct field *f, size_t at,
                      size_t n, double *value)
{
    size_t from, length = trimmed(y->text + at, n, &from);

    return convert_number(r->l->diag, f, y->text + at + from, length,
                          yaml_within(y, at + from, length), value, NULL);
}

/* "1..20", or "10 ms..20 ms step 2 ms". */
static bool range(struct reading *r, const struct yaml *y, size_t dots)
{
    const char *step_at = strstr(y->text + dots, " step ");
    size_t all = strlen(y->text), end = step_at ? (size_t)(step_at - y->text) : all;
    struct field step_f = r->f;
    double from, to, step = 1.0;

    step_f.key = "step";
    step_f.min = 0.0;
    step_f.max = INFINITY;
    if (!number_at(r, y, &r->f, 0, dots, &from) ||
        !number_at(r, y, &r->f, dots + 2, end - dots - 2, &to)) {
        return false;
    }
    if (step_at ? !number_at(r, y, &step_f, end + 6, all - end - 6, &step)
                : r->f.type != FIELD_COUNT) {
        if (!step_at) {
            diag_error(r->l->diag, y->at, "a range of values with a unit needs its step");
            diag_hint(r->l->diag, "'%s step ...'", y->text);
        }
        return false;
    }
    if (!(step > 0.0) || to < from) {
        diag_error(r->l->diag, y->at, "a range counts upwards, by a step above 0");
        return false;
    }
    double n = floor((to - from) / step + 1e-9);
    for (int32_t i = 0; i <= VALUES_MAX && i <= n; i++) {
        if (!add_value(r, from + i * step)) {
            return false;
        }
    }
    return true;
}

static void list(struct reading *r)
{
    double value;

    if (r->y->n == 0) {
        diag_error(r->l->diag, r->y->at, "the list is empty");
    }
    for (const struct yaml *item = r->y->first; item; item = item->next) {
        if (item->is != YAML_SCALAR) {
            diag_error(r->l->diag, item->at, "one value is wanted, not %s", yaml_word(item));
        } else if (number_at(r, item, &r->f, 0, strlen(item->text), &value) &&
                   !add_value(r, value)) {
            return;
        }
    }
}

/* ---- distributions -------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum vary_how how;
    int args;
    const char *usage;
} distributions[] = {
    {"uniform", VARY_UNIFORM, 2, "uniform(from, to)"},
    {"normal", VARY_NORMAL, 2, "normal(mean, sigma)"},
    {"lognormal", VARY_LOGNORMAL, 2, "lognormal(median, sigma of the logarithm)"},
    {"weibull", VARY_WEIBULL, 2, "weibull(scale, shape)"},
    {"exponential", VARY_EXPONENTIAL, 1, "exponential(mean)"},
};

/* The second argument: a value of the same quantity, a ratio of the first, or a plain shape. */
static bool second_argument(struct reading *r, enum vary_how how, size_t at, size_t n)
{
    const struct yaml *y = r->y;
    size_t from, length = trimmed(y->text + at, n, &from);
    bool percent = length > 0 && y->text[at + from + length - 1] == '%';
    struct field f = {.key = "sigma", .type = FIELD_REAL, .quantity = QTY_RATIO, .max = 1e6};

    if (how == VARY_UNIFORM) {
        return number_at(r, y, &r->f, at, n, &r->v->b);
    }
    if (how == VARY_NORMAL && !percent && r->f.type != FIELD_COUNT) {
        f.quantity = r->f.type == FIELD_TIME ? QTY_SECOND : r->f.quantity;
        f.max = INFINITY;
    }
    if (how == VARY_WEIBULL) {
        f.key = "shape";
        f.min = 1e-3;
    }
    if (!number_at(r, y, &f, at, n, &r->v->b)) {
        return false;
    }
    if (how == VARY_NORMAL && percent) {
        r->v->b *= fabs(r->v->a);
    }
    return true;
}

static void distribution(struct reading *r, size_t which, size_t open)
{
    const struct yaml *y = r->y;
    size_t end = strlen(y->text) - 1, comma = open + 1 + strcspn(y->text + open + 1, ",");
    bool two = comma < end;

    r->v->how = distributions[which].how;
    if (two + 1 != distributions[which].args || (two && strchr(y->text + comma + 1, ','))) {
        diag_error(r->l->diag, y->at, "'%s' is written '%s'", distributions[which].name,
                   distributions[which].usage);
        return;
    }
    if (!number_at(r, y, &r->f, open + 1, (two ? comma : end) - open - 1, &r->v->a) ||
        (two && !second_argument(r, r->v->how, comma + 1, end - comma - 1))) {
        return;
    }
    if (r->v->how == VARY_UNIFORM && r->v->b <= r->v->a) {
        diag_error(r->l->diag, y->at, "'uniform' goes from the smaller to the larger value");
    }
    bool positive =
        r->v->how == VARY_LOGNORMAL || r->v->how == VARY_WEIBULL || r->v->how == VARY_EXPONENTIAL;
    if (positive && !(r->v->a > 0.0)) {
        diag_error(r->l->diag, y->at, "'%s' wants a value above 0", distributions[which].name);
    }
}

/* "uniform(50 ms, 60 ms)", "1..20" or a single value. */
static void text_value(struct reading *r)
{
    const char *text = r->y->text;
    size_t n = strlen(text), open = strcspn(text, "(");
    const char *dots = strstr(text, "..");
    double value;

    if (open < n && text[n - 1] == ')') {
        struct spell near = spell_begin(text, open);
        for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++) {
            if (strlen(distributions[i].name) == open &&
                memcmp(distributions[i].name, text, open) == 0) {
                if (r->f.type == FIELD_REAL || r->f.type == FIELD_TIME) {
                    distribution(r, i, open);
                } else {
                    diag_error(r->l->diag, r->y->at,
                               "only a number with a unit has a distribution");
                }
                return;
            }
            spell_try(&near, distributions[i].name, strlen(distributions[i].name));
        }
        diag_error(r->l->diag, yaml_within(r->y, 0, open), "there is no distribution '%.*s'",
                   (int)(open < 60 ? open : 60), text);
        if (spell_best(&near)) {
            diag_hint(r->l->diag, "did you mean '%s'?", spell_best(&near));
        }
    } else if (dots) {
        range(r, r->y, (size_t)(dots - text));
    } else if (number_at(r, r->y, &r->f, 0, n, &value)) {
        add_value(r, value);
    }
}

/* ---- the map -------------------------------------------------------------------------------------------------------- */

static void entry(struct loader *l, struct scenario *s, const struct yaml *y, struct vary *v)
{
    struct reading r = {.l = l, .y = y, .v = v};
    const char *key;
    int32_t deed = 0;
    bool known;

    v->target = y->key;
    v->text = y->is == YAML_SCALAR ? y->text : "a list";
    v->place = y->key_at;
    v->deed = -1;
    if (strcmp(y->key, "seed") == 0) {
        v->of = VARY_SEED;
        r.f = (struct field){.key = "seed", .type = FIELD_COUNT, .max = INT32_MAX};
        known = true;
    } else if (deed_target(y->key, &deed, &key)) {
        known = vary_deed(&r, s, deed, key);
    } else {
        known = vary_field(&r);
    }
    if (!known) {
        return;
    }
    if (y->is == YAML_LIST) {
        list(&r);
    } else if (y->is == YAML_SCALAR && *y->text) {
        text_value(&r);
    } else {
        diag_error(l->diag, y->at, "a list, a range or a distribution is wanted");
    }
}

void vary_load(struct loader *l, struct scenario *s, const struct yaml *map)
{
    if (!map) {
        return;
    }
    if (map->is != YAML_MAP || map->n > 1000) {
        diag_error(l->diag, map->at, "'vary' wants a map: {web[*].p: [200 W, 350 W], seed: 1..20}");
        return;
    }
    struct vary *all = arena_array(l->arena, (size_t)map->n, sizeof *all);
    s->vary = all;
    for (const struct yaml *y = map->first; y; y = y->next) {
        entry(l, s, y, &all[s->n_vary++]);
    }
}

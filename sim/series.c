/* series.c - one measured curve from a CSV file.
 *
 * The file has a header row. One column is the time: time_s, time_ms, time_us or time_ns. The values
 * are, for parameter p (a power) of part web3, in the first of these columns that there is:
 * `web3.p_W`, `p_W`, `value` (SI), or the only other column. A unit in a name may have a prefix
 * (p_kW). So the signals.csv of a run, or of a measurement in the same form, is a profile. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "loader.h"
#include "measure.h"

enum { ROWS_MAX = 1 << 20 };

struct curve {
    struct loader *l;
    const char *name, *key; /* of the part and its parameter */
    enum quantity q;
    int32_t time, value; /* columns, once the header was read */
    int32_t columns;
    int time_power; /* of ten, to nanoseconds */
    double scale;
    const char *column;
    int32_t n, room;
    ns_t *t;
    double *y;
    bool header, failed; /* header: the row of names is behind us */
};

static void fail(struct curve *c, struct place at, const char *message)
{
    diag_error(c->l->diag, at, "%s", message);
    c->failed = true;
}

static bool time_column(const char *name, int *power)
{
    static const struct {
        const char *name;
        int power;
    } names[] = {{"time_s", 9}, {"time_ms", 6}, {"time_us", 3}, {"time_ns", 0}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, name) == 0) {
            *power = names[i].power;
            return true;
        }
    }
    return false;
}

/* True, and the scale to SI, when `name` is `wanted` followed by '_' and a unit of q. */
static bool is_column(const char *name, const char *wanted, enum quantity q, double *scale)
{
    size_t n = strlen(wanted);

    if (strncmp(name, wanted, n) != 0) {
        return false;
    }
    *scale = 1.0;
    if (name[n] == 0) {
        return *quantity_unit(q) == 0;
    }
    for (const struct unit *u = units; u->text && name[n] == '_'; u++) {
        if (u->quantity == q && strcmp(u->text, name + n + 1) == 0) {
            *scale = u->scale;
            return true;
        }
    }
    return false;
}

/* How good a header is for our values: 3 best, 0 not at all. */
static int fitness(const struct curve *c, const char *name, double *scale)
{
    char full[PART_NAME_SIZE + 64];

    snprintf(full, sizeof full, "%s.%.40s", c->name, c->key);
    if (is_column(name, full, c->q, scale)) {
        return 3;
    }
    if (is_column(name, c->key, c->q, scale)) {
        return 2;
    }
    *scale = 1.0;
    return strcmp(name, "value") == 0;
}

static void report_columns(struct curve *c, const struct csv_row *row)
{
    const char *unit = quantity_unit(c->q), *link = *unit ? "_" : "";
    struct place at = row->cells[0].at;

    at.length = row->cells[row->n - 1].at.column + row->cells[row->n - 1].at.length - at.column;
    if (c->time < 0) {
        fail(c, at, "no column is the time");
        diag_hint(c->l->diag, "name it time_s, time_ms, time_us or time_ns");
        return;
    }
    diag_error(c->l->diag, at, "no column holds '%s' of '%s'", c->key, c->name);
    diag_hint(c->l->diag, "name it '%s.%s%s%s', '%s%s%s' or 'value'", c->name, c->key, link, unit,
              c->key, link, unit);
    c->failed = true;
}

static void read_header(struct curve *c, const struct csv_row *row)
{
    int best = 0;
    double scale = 1.0;

    c->time = c->value = -1;
    c->columns = row->n;
    for (int32_t i = 0; i < row->n; i++) {
        if (c->time < 0 && time_column(row->cells[i].text, &c->time_power)) {
            c->time = i;
            continue;
        }
        int fit = fitness(c, row->cells[i].text, &scale);
        if (fit > best) {
            best = fit;
            c->value = i;
            c->scale = scale;
        }
    }
    if (c->time < 0 || c->value < 0) {
        report_columns(c, row);
        return;
    }
    c->column =
        arena_text(c->l->arena, row->cells[c->value].text, strlen(row->cells[c->value].text));
}

static bool read_number(struct curve *c, const struct csv_cell *cell, int power, double *value)
{
    size_t n = strlen(cell->text);

    *value = n && measure_digits(cell->text, n) == n ? measure_decimal(cell->text, n, power) : NAN;
    if (isfinite(*value)) {
        return true;
    }
    diag_error(c->l->diag, cell->at, "'%.60s' is not a number", cell->text);
    c->failed = true;
    return false;
}

static void grow(struct curve *c)
{
    int32_t room = c->room ? c->room * 2 : 64;
    ns_t *t = arena_array(c->l->arena, (size_t)room, sizeof *t);
    double *y = arena_array(c->l->arena, (size_t)room, sizeof *y);

    if (c->n) {
        memcpy(t, c->t, (size_t)c->n * sizeof *t);
        memcpy(y, c->y, (size_t)c->n * sizeof *y);
    }
    c->t = t;
    c->y = y;
    c->room = room;
}

static bool take_header(void *ctx, const struct csv_row *row)
{
    read_header(ctx, row);
    return false; /* no more rows for now */
}

static bool take_row(void *ctx, const struct csv_row *row)
{
    struct curve *c = ctx;
    double t_ns = 0.0, y = 0.0;

    if (!c->header) { /* it was read before */
        c->header = true;
        return true;
    }
    if (row->n != c->columns) {
        diag_error(c->l->diag, row->cells[0].at, "this row has %d columns, the header has %d",
                   row->n, c->columns);
        c->failed = true;
        return !diag_is_full(c->l->diag);
    }
    const struct csv_cell *time = &row->cells[c->time];
    if (!read_number(c, time, c->time_power, &t_ns) ||
        !read_number(c, &row->cells[c->value], 0, &y)) {
        return !diag_is_full(c->l->diag);
    }
    ns_t t = ns_from_s(t_ns * 1e-9);
    if (t_ns < 0.0 || t == NS_NEVER || (c->n > 0 && t <= c->t[c->n - 1])) {
        fail(c, time->at,
             t_ns < 0.0 || t == NS_NEVER ? "a time from 0 s to 199 years is wanted"
                                         : "time does not rise");
        return !diag_is_full(c->l->diag);
    }
    if (c->n == ROWS_MAX) {
        fail(c, time->at, "more than 1048576 rows");
        return false;
    }
    if (c->n == c->room) {
        grow(c);
    }
    c->t[c->n] = t;
    c->y[c->n++] = y * c->scale;
    return true;
}

static int32_t add(struct loader *l, const struct series *s)
{
    if (l->rack.n_series == l->room_series) {
        int32_t room = l->room_series ? l->room_series * 2 : 16;
        struct series *more = arena_array(l->arena, (size_t)room, sizeof *more);
        if (l->rack.n_series) {
            memcpy(more, l->series, (size_t)l->rack.n_series * sizeof *more);
        }
        l->series = more;
        l->room_series = room;
    }
    l->series[l->rack.n_series] = *s;
    l->rack.series = l->series;
    return l->rack.n_series++;
}

/* The curve, when it was read before. */
static int32_t known(const struct rack *r, const char *path, const char *column)
{
    for (int32_t i = 0; i < r->n_series; i++) {
        if (strcmp(r->series[i].path, path) == 0 && strcmp(r->series[i].column, column) == 0) {
            return i;
        }
    }
    return NO_PART;
}

/* The text of a profile, read once. */
static const struct text *profile_text(struct loader *l, const char *path, struct place asked)
{
    for (const struct profile_text *p = l->texts; p; p = p->next) {
        if (strcmp(p->path, path) == 0) {
            return p->text;
        }
    }
    struct profile_text *p = arena_get(l->arena, sizeof *p);
    p->path = path;
    p->text = inputs_read(l, path, "profile", asked);
    p->next = l->texts;
    l->texts = p;
    return p->text;
}

int32_t series_load(struct loader *l, const struct yaml *y, const char *name, const char *key,
                    enum quantity q)
{
    struct curve c = {.l = l, .name = name, .key = key, .q = q};
    const char *path;

    if (!convert_text(l->diag, y, key, &path)) {
        return NO_PART;
    }
    path = library_beside(l->arena, y->at.in->path, path);
    const struct text *t = profile_text(l, path, y->at);
    if (!t || !csv_read(l->arena, l->diag, t, take_header, &c) || c.failed) {
        return NO_PART;
    }
    if (!c.column) {
        diag_error(l->diag, (struct place){.in = t}, "the profile has no rows");
        return NO_PART;
    }
    int32_t before = known(&l->rack, path, c.column);
    if (before != NO_PART || !loader_work(l, y->at, (int64_t)t->size / 256 + 1)) {
        return before;
    }
    if (!csv_read(l->arena, l->diag, t, take_row, &c) || c.failed) {
        return NO_PART;
    }
    if (c.n == 0) {
        diag_error(l->diag, (struct place){.in = t}, "the profile has no rows");
        return NO_PART;
    }
    return add(l, &(struct series){path, c.column, c.n, c.t, c.y});
}

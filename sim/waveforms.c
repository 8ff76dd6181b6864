/* waveforms.c - columns of numbers from CSV. */
#include "waveforms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "measure.h"
#include "sheet.h"
#include "yaml.h"

static const struct place COMMAND_LINE = {.in = NULL};

/* ---- a trace --------------------------------------------------------------------------------------- */

/* "bus_a.v_V": the length of the name, and what it is of; 0: of no quantity that is compared. */
static size_t split_unit(const char *column, enum quantity *q)
{
    static const enum quantity compared[] = {QTY_VOLT, QTY_AMPERE, QTY_WATT, QTY_JOULE,
                                             QTY_CELSIUS};
    const char *bar = strrchr(column, '_');

    for (size_t i = 0; bar != NULL && i < sizeof compared / sizeof *compared; i++) {
        if (strcmp(bar + 1, quantity_unit(compared[i])) == 0) {
            *q = compared[i];
            return (size_t)(bar - column);
        }
    }
    return 0;
}

static const double *column_of(struct arena *a, const struct sheet *s, const char *column)
{
    double *v = arena_array(a, (size_t)s->n + 1, sizeof *v);

    for (int32_t i = 0; i < s->n; i++) {
        v[i] = sheet_number(s, i, column);
    }
    return v;
}

bool waveforms_of_trace(struct waveforms *w, struct arena *a, struct diag *d, const char *folder)
{
    static const char *const wanted[] = {"t_s", NULL};
    struct sheet s;

    *w = (struct waveforms){.n = 0};
    if (!sheet_read(&s, a, d, arena_print(a, "%s/signals.csv", folder), wanted)) {
        return false;
    }
    struct waveform *waves = arena_array(a, (size_t)s.columns + 1, sizeof *waves);
    for (int32_t i = 0; i < s.columns; i++) {
        struct waveform *one = &waves[w->n_waves];
        size_t n = split_unit(s.name[i], &one->quantity);
        if (n > 0) {
            one->name = arena_text(a, s.name[i], n);
            one->v = column_of(a, &s, s.name[i]);
            w->n_waves++;
        }
    }
    w->n = s.n;
    w->t_s = column_of(a, &s, "t_s");
    w->wave = waves;
    if (w->n == 0) {
        diag_error(d, COMMAND_LINE, "'%s/signals.csv' has no row", folder);
    }
    return w->n > 0;
}

/* ---- a capture ------------------------------------------------------------------------------------- */

/* One column of a capture, and how its cells become SI. */
struct channel {
    const char *name;        /* of the signal; NULL: the time */
    const struct yaml *said; /* its entry in the map */
    const char *column;      /* name or number */
    const struct unit *unit;
    double scale, offset;
    int32_t at; /* from 0; -1: not found yet */
    double *v;
};

struct capture {
    struct arena *arena;
    struct diag *diag;
    int32_t header;
    int32_t n_channels;
    struct channel *channel; /* the time first */
    int32_t lines, n, room;
    bool good;
};

static double number_said(struct diag *d, const struct yaml *map, const char *key, double missing)
{
    const struct yaml *y = yaml_get(map, key);

    if (y == NULL) {
        return missing;
    }
    struct measure m = measure_read(y->text != NULL ? y->text : "",
                                    y->text != NULL ? strlen(y->text) : 0, QTY_RATIO);
    if (m.fault != MEASURE_OK) {
        diag_error(d, y->at, "'%s' wants a plain number", key);
    }
    return m.fault == MEASURE_OK ? m.value : missing;
}

/* Whether all of a map's keys are among `known`, which ends with NULL. */
static bool has_only(struct diag *d, const struct yaml *map, const char *const known[],
                     const char *what)
{
    bool good = true;

    for (const struct yaml *y = map->first; y != NULL; y = y->next) {
        int32_t i = 0;
        while (known[i] != NULL && strcmp(y->key, known[i]) != 0) {
            i++;
        }
        if (known[i] == NULL) {
            diag_error(d, y->key_at, "%s has no '%.60s'", what, y->key);
            good = false;
        }
    }
    return good;
}

static bool read_channel(struct diag *d, const struct yaml *y, struct channel *c)
{
    static const char *const keys[] = {"column", "unit", "scale", "offset", NULL};
    const struct yaml *column = yaml_get(y, "column");
    const struct yaml *unit = yaml_get(y, "unit");
    bool good = y->is == YAML_MAP && has_only(d, y, keys, "a column");

    if (y->is == YAML_MAP && !good) {
        diag_hint(d, "it has: column, unit, scale, offset");
    }
    if (column == NULL || column->is != YAML_SCALAR || unit == NULL || unit->is != YAML_SCALAR) {
        diag_error(d, y->at, "wants a column and its unit: {column: CH1, unit: V}");
        return false;
    }
    c->said = y;
    c->column = column->text;
    c->unit = measure_unit(unit->text, strlen(unit->text));
    c->scale = number_said(d, y, "scale", 1.0);
    c->offset = number_said(d, y, "offset", 0.0);
    c->at = -1;
    if (c->unit == NULL || (c->name == NULL && c->unit->quantity != QTY_SECOND)) {
        diag_error(d, unit->at, "'%.20s' is no unit%s", unit->text,
                   c->name == NULL ? " of time" : "");
        return false;
    }
    return good;
}

static bool read_map(struct capture *c, const char *path)
{
    static const char *const keys[] = {"header", "time", "signals", NULL};
    const struct text *t = text_read(c->arena, c->diag, path, "map of a capture", COMMAND_LINE);
    const struct yaml *map = t != NULL ? yaml_read(c->arena, c->diag, t) : NULL;
    const struct yaml *time = map != NULL ? yaml_get(map, "time") : NULL;
    const struct yaml *signals = map != NULL ? yaml_get(map, "signals") : NULL;

    if (map == NULL) {
        return false;
    }
    if (time == NULL || signals == NULL || signals->is != YAML_MAP || signals->n == 0) {
        diag_error(c->diag, map->at, "a map of a capture has 'time' and 'signals'");
        return false;
    }
    if (!has_only(c->diag, map, keys, "a map of a capture")) {
        diag_hint(c->diag, "it has: header, time, signals");
    }
    double header = number_said(c->diag, map, "header", 1.0);
    if (!(header >= 0.0 && header <= 1e6 && header == floor(header))) {
        diag_error(c->diag, yaml_get(map, "header")->at, "'header' wants a number of lines");
        return false;
    }
    c->header = (int32_t)header;
    c->channel = arena_array(c->arena, (size_t)signals->n + 1, sizeof *c->channel);
    c->channel[0].name = NULL;
    bool good = read_channel(c->diag, time, &c->channel[c->n_channels++]);
    for (const struct yaml *y = signals->first; y != NULL; y = y->next) {
        c->channel[c->n_channels].name = y->key;
        good = read_channel(c->diag, y, &c->channel[c->n_channels++]) && good;
    }
    return good && diag_errors(c->diag) == 0;
}

/* Columns that are told by number need no names. */
static void find_columns(struct capture *c, const struct csv_row *names)
{
    for (int32_t i = 0; i < c->n_channels; i++) {
        struct channel *ch = &c->channel[i];
        char *end = NULL;
        long number = strtol(ch->column, &end, 10);
        if (*end == '\0' && number >= 1) {
            ch->at = (int32_t)number - 1;
        }
        for (int32_t k = 0; names != NULL && k < names->n && ch->at < 0; k++) {
            ch->at = strcmp(names->cells[k].text, ch->column) == 0 ? k : -1;
        }
        if (ch->at < 0 && (names != NULL || c->header == 0)) {
            diag_error(c->diag, ch->said->at, "the capture has no column '%.60s'", ch->column);
            c->good = false;
        }
    }
}

static void make_room(struct capture *c)
{
    int32_t room = c->room > 0 ? 2 * c->room : 1024;

    for (int32_t i = 0; i < c->n_channels; i++) {
        double *more = arena_array(c->arena, (size_t)room, sizeof *more);
        if (c->n > 0) {
            memcpy(more, c->channel[i].v, (size_t)c->n * sizeof *more);
        }
        c->channel[i].v = more;
    }
    c->room = room;
}

/* Everything that is wrong with a row is said, the rows after it are still looked at. */
static void take_numbers(struct capture *c, const struct csv_row *row)
{
    if (c->n == c->room) {
        make_room(c);
    }
    for (int32_t i = 0; i < c->n_channels; i++) {
        struct channel *ch = &c->channel[i];
        const char *text = ch->at < row->n ? row->cells[ch->at].text : "";
        char *end = NULL;
        double x = strtod(text, &end);
        if (ch->at >= row->n || *text == '\0' || *end != '\0' || !isfinite(x)) {
            diag_error(c->diag, row->cells[ch->at < row->n ? ch->at : row->n - 1].at,
                       ch->at < row->n ? "this is no number" : "the row ends before column '%s'",
                       ch->column);
            c->good = false;
            return;
        }
        ch->v[c->n] = (ch->scale * x + ch->offset) * ch->unit->scale;
    }
    if (c->n > 0 && c->channel[0].v[c->n] < c->channel[0].v[c->n - 1]) {
        diag_error(c->diag, row->cells[c->channel[0].at].at, "time runs backwards");
        c->good = false;
    }
    c->n++;
}

static bool take_row(void *ctx, const struct csv_row *row)
{
    struct capture *c = ctx;

    c->lines++;
    if (c->lines == c->header) {
        find_columns(c, row);
    } else if (c->lines > c->header) {
        take_numbers(c, row);
    }
    return (c->good || c->lines > c->header) && !diag_is_full(c->diag);
}

bool waveforms_of_capture(struct waveforms *w, struct arena *a, struct diag *d, const char *csv,
                          const char *map)
{
    struct capture c = {.arena = a, .diag = d, .good = true};
    const struct text *t = text_read(a, d, csv, "capture", COMMAND_LINE);

    *w = (struct waveforms){.n = 0};
    if (!read_map(&c, map) || t == NULL) {
        return false;
    }
    if (c.header == 0) {
        find_columns(&c, NULL);
    }
    if (!c.good || !csv_read(a, d, t, take_row, &c) || !c.good) {
        return false;
    }
    if (c.n < 2) {
        diag_error(d, (struct place){.in = t}, "the capture has %d rows of numbers: too few", c.n);
        return false;
    }
    struct waveform *waves = arena_array(a, (size_t)c.n_channels, sizeof *waves);
    for (int32_t i = 1; i < c.n_channels; i++) {
        waves[i - 1] =
            (struct waveform){c.channel[i].name, c.channel[i].unit->quantity, c.channel[i].v};
    }
    *w = (struct waveforms){c.n, c.channel[0].v, c.n_channels - 1, waves};
    return true;
}

/* ---- reading off ----------------------------------------------------------------------------------- */

const struct waveform *waveform_named(const struct waveforms *w, const char *name)
{
    for (int32_t i = 0; i < w->n_waves; i++) {
        if (strcmp(w->wave[i].name, name) == 0) {
            return &w->wave[i];
        }
    }
    return NULL;
}

int32_t waveforms_row(const struct waveforms *w, double t_s)
{
    int32_t lo = 0, hi = w->n;

    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        if (w->t_s[mid] < t_s) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

double waveform_at(const struct waveforms *w, const struct waveform *v, double t_s)
{
    int32_t k = waveforms_row(w, t_s);

    if (k == 0) {
        return v->v[0];
    }
    if (k == w->n) {
        return v->v[w->n - 1];
    }
    double width_s = w->t_s[k] - w->t_s[k - 1];
    return v->v[k - 1] + (v->v[k] - v->v[k - 1]) * (t_s - w->t_s[k - 1]) / width_s;
}

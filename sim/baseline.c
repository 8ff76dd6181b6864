/* baseline.c - reads, compares and writes the figures of a suite.
 *
 * Checked by tests/sim/test_suite_baseline.sh. */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "baseline.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csv.h"
#include "output.h"
#include "words.h"

enum { CELLS = 5, CELL_SCENARIO = 0, CELL_FIGURE, CELL_NAME, CELL_VALUE, CELL_UNIT };

static const char *const header[CELLS] = {"scenario", "figure", "name", "value", "unit"};

struct row {
    const char *scenario, *figure, *name, *unit;
    double value;
};

struct baseline {
    struct arena *arena;
    const char *path;
    int32_t n, room;
    struct row *rows; /* in file order */
};

/* ---- reading ------------------------------------------------------------------------------------- */

struct reading {
    struct baseline *b;
    struct diag *diag;
    bool has_header;
};

static bool read_header(struct reading *r, const struct csv_row *row)
{
    for (int32_t i = 0; i < CELLS; i++) {
        if (row->n != CELLS || strcmp(row->cells[i].text, header[i]) != 0) {
            diag_error(r->diag, row->cells[0].at,
                       "no baseline: it begins with 'scenario,figure,name,value,unit'");
            return false;
        }
    }
    r->has_header = true;
    return true;
}

static const char *keep(struct arena *a, const struct csv_row *row, int32_t i)
{
    return arena_text(a, row->cells[i].text, strlen(row->cells[i].text));
}

static bool read_row(void *ctx, const struct csv_row *row)
{
    struct reading *r = ctx;
    struct baseline *b = r->b;
    char *end;

    if (!r->has_header) {
        return read_header(r, row);
    }
    if (row->n != CELLS) {
        diag_error(r->diag, row->cells[0].at, "%d cells are wanted, not %d", CELLS, (int)row->n);
        return true;
    }
    double value = strtod(row->cells[CELL_VALUE].text, &end);
    if (*end != '\0' || end == row->cells[CELL_VALUE].text || !isfinite(value)) {
        diag_error(r->diag, row->cells[CELL_VALUE].at, "a number is wanted, not '%.60s'",
                   row->cells[CELL_VALUE].text);
        return true;
    }
    if (b->n == b->room) {
        b->room = b->room == 0 ? 256 : 2 * b->room;
        struct row *rows = arena_array(b->arena, (size_t)b->room, sizeof *rows);
        if (b->n > 0) {
            memcpy(rows, b->rows, (size_t)b->n * sizeof *rows);
        }
        b->rows = rows;
    }
    b->rows[b->n++] = (struct row){.scenario = keep(b->arena, row, CELL_SCENARIO),
                                   .figure = keep(b->arena, row, CELL_FIGURE),
                                   .name = keep(b->arena, row, CELL_NAME),
                                   .unit = keep(b->arena, row, CELL_UNIT),
                                   .value = value};
    return true;
}

struct baseline *baseline_load(struct arena *a, const char *path, bool may_miss, struct diag *d)
{
    static const struct place command_line = {.in = NULL};
    struct baseline *b = arena_get(a, sizeof *b);
    struct reading r = {.b = b, .diag = d};
    int32_t errors = diag_errors(d);

    *b = (struct baseline){.arena = a, .path = path};
    if (may_miss && access(path, F_OK) != 0) {
        return b;
    }
    const struct text *t = text_read(a, d, path, "baseline", command_line);
    if (t == NULL || !csv_read(a, d, t, read_row, &r) || diag_errors(d) > errors) {
        return NULL;
    }
    return b;
}

/* ---- names of scenarios -------------------------------------------------------------------------- */

/* The folder of the baseline, with its slash. */
static const char *folder_of(const struct baseline *b)
{
    const char *slash = strrchr(b->path, '/');

    return slash == NULL ? "./" : arena_text(b->arena, b->path, (size_t)(slash + 1 - b->path));
}

/* As seen from the folder of the baseline, where it lies in it; else as it is given. */
static const char *key_of(const struct baseline *b, const char *scenario)
{
    char folder[PATH_MAX];
    char path[PATH_MAX];

    if (realpath(folder_of(b), folder) == NULL || realpath(scenario, path) == NULL) {
        return scenario;
    }
    size_t n = strlen(folder);
    if (strncmp(folder, path, n) != 0 || path[n] != '/') {
        return scenario;
    }
    return arena_text(b->arena, &path[n + 1], strlen(&path[n + 1]));
}

/* ---- comparing ----------------------------------------------------------------------------------- */

static const struct row *find(const struct baseline *b, const char *key, enum figure_what what,
                              const char *name)
{
    for (int32_t i = 0; i < b->n; i++) {
        const struct row *r = &b->rows[i];
        if (strcmp(r->name, name) == 0 && strcmp(r->scenario, key) == 0 &&
            strcmp(r->figure, figure_word(what)) == 0) {
            return r;
        }
    }
    return NULL;
}

static bool knows(const struct baseline *b, const char *key)
{
    for (int32_t i = 0; i < b->n; i++) {
        if (strcmp(b->rows[i].scenario, key) == 0) {
            return true;
        }
    }
    return false;
}

/* The figure's value then. A first gap was none; several were one or none. NAN: there is nothing to
 * compare with. */
static double value_then(const struct baseline *b, const char *key, const struct figure *f,
                         const struct row *then)
{
    const struct row *gap = NULL;

    if (then != NULL) {
        return then->value;
    }
    switch (f->what) {
    case FIGURE_GAP:
        return 0.0;
    case FIGURE_GAPS:
        gap = find(b, key, FIGURE_GAP, f->name);
        return gap != NULL ? 1.0 : 0.0;
    case FIGURE_DARK:
        gap = find(b, key, FIGURE_GAP, f->name);
        return gap != NULL ? gap->value : 0.0;
    default:
        return NAN;
    }
}

/* How much a change this figure may make without being one. */
static double allowance(const struct figure *f, double then, const struct baseline_slack *slack)
{
    static const double OF_LIMIT = 1e-3; /* of a voltage's or a current's limit */
    double floor = strcmp(f->unit, "s") == 0 ? slack->floor_s : OF_LIMIT * f->scale;

    return fmax(slack->part * fabs(then), fmax(floor, f->error));
}

static const char *amount(char text[WORDS_VALUE], double value, const char *unit)
{
    if (strcmp(unit, "s") == 0) {
        char time[WORDS_TIME];
        snprintf(text, WORDS_VALUE, "%s", words_time(time, value));
    } else {
        snprintf(text, WORDS_VALUE, "%.5g%s%s", value, unit[0] == '\0' ? "" : " ", unit);
    }
    return text;
}

/* ", waiting for the poll 7.9 ms -> 15.2 ms": the span that has grown most, where there are any. */
static const char *grown_span(const struct baseline *b, const struct figure *f,
                              const struct row *then)
{
    double was[SPAN_CLASSES] = {0.0};
    int most = 0;
    char from[WORDS_TIME];
    char to[WORDS_TIME];
    const struct row *end = b->rows + b->n;

    for (const struct row *r = then != NULL ? then + 1 : end;
         r < end && strcmp(r->figure, "span") == 0; r++) {
        for (int c = 0; c < SPAN_CLASSES; c++) {
            if (strcmp(r->name, span_word((enum span_class)c)) == 0) {
                was[c] = r->value;
            }
        }
    }
    for (int c = 0; c < SPAN_CLASSES; c++) {
        most = f->span[c] - was[c] > f->span[most] - was[most] ? c : most;
    }
    if (!f->has_spans || f->span[most] <= was[most]) {
        return "";
    }
    return arena_print(b->arena, "; %s: %s -> %s", span_doc((enum span_class)most),
                       words_time(from, was[most]), words_time(to, f->span[most]));
}

static void add_line(const struct baseline *b, struct outcome *o, const char *line)
{
    o->worse = arena_print(b->arena, "%s%s\n", o->worse, line);
}

static void compare_figure(const struct baseline *b, const char *key, const struct figure *f,
                           struct outcome *o, const struct baseline_slack *slack,
                           struct baseline_count *count)
{
    const struct row *row = find(b, key, f->what, f->name);
    double then = value_then(b, key, f, row);
    double growth = f->what == FIGURE_MARGIN ? then - f->value : f->value - then;
    double allowed = allowance(f, then, slack);
    char from[WORDS_VALUE];
    char to[WORDS_VALUE];

    if (growth > allowed) {
        count->worse++;
        add_line(
            b, o,
            arena_print(b->arena, "%s %s: %s -> %s%s", figure_word(f->what), f->name,
                        then == 0.0 && f->what == FIGURE_GAP ? "none" : amount(from, then, f->unit),
                        amount(to, f->value, f->unit), grown_span(b, f, row)));
    } else if (growth < -allowed) {
        count->better++;
    }
}

/* A failure that was detected, and is not any more. A gap that is gone is better. */
static void compare_gone(const struct baseline *b, const char *key, struct outcome *o,
                         struct baseline_count *count)
{
    char from[WORDS_VALUE];

    for (int32_t i = 0; i < b->n; i++) {
        const struct row *r = &b->rows[i];
        bool is_detection = strcmp(r->figure, figure_word(FIGURE_DETECTION)) == 0;
        bool is_gap = strcmp(r->figure, figure_word(FIGURE_GAP)) == 0;
        bool is_there = strcmp(r->scenario, key) != 0 || (!is_detection && !is_gap);
        for (int32_t k = 0; !is_there && k < o->n_figures; k++) {
            const struct figure *f = &o->figures[k];
            is_there =
                strcmp(f->name, r->name) == 0 && strcmp(figure_word(f->what), r->figure) == 0;
        }
        if (!is_there && is_detection) {
            count->worse++;
            add_line(b, o,
                     arena_print(b->arena, "detection %s: %s -> never", r->name,
                                 amount(from, r->value, r->unit)));
        }
        count->better += !is_there && is_gap;
    }
}

void baseline_compare(const struct baseline *b, const struct suite_case *c, struct outcome *o,
                      const struct baseline_slack *slack, struct baseline_count *count)
{
    const char *key = key_of(b, c->path);

    if (o->status == CASE_ERROR || o->status == CASE_NOT_RUN) {
        return;
    }
    if (!knows(b, key)) {
        count->unknown++;
        return;
    }
    for (int32_t i = 0; i < o->n_figures; i++) {
        compare_figure(b, key, &o->figures[i], o, slack, count);
    }
    compare_gone(b, key, o, count);
    if (o->worse[0] != '\0' && o->status == CASE_PASS) {
        o->status = CASE_WORSE;
        o->exit = EXIT_FAILED;
        o->why = arena_text(b->arena, o->worse, strcspn(o->worse, "\n"));
    }
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* A scenario of the new file: its outcome, or its rows of the old file. */
struct entry {
    const char *key;
    const struct outcome *outcome; /* NULL: it stays as it is */
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static void put_row(FILE *out, const char *scenario, const char *figure, const char *name,
                    double value, const char *unit)
{
    csv_write_text(out, scenario);
    fprintf(out, ",%s,", figure);
    csv_write_text(out, name);
    fprintf(out, ",%.9g,%s\n", value, unit);
}

static void put_figures(FILE *out, const struct entry *e)
{
    for (int32_t i = 0; i < e->outcome->n_figures; i++) {
        const struct figure *f = &e->outcome->figures[i];
        put_row(out, e->key, figure_word(f->what), f->name, f->value, f->unit);
        for (int c = 0; f->has_spans && c < SPAN_CLASSES; c++) {
            if (f->span[c] > 0.0) {
                put_row(out, e->key, "span", span_word((enum span_class)c), f->span[c], "s");
            }
        }
    }
}

static void put_entry(FILE *out, const struct baseline *b, const struct entry *e)
{
    if (e->outcome != NULL) {
        put_figures(out, e);
        return;
    }
    for (int32_t i = 0; i < b->n; i++) {
        const struct row *r = &b->rows[i];
        if (strcmp(r->scenario, e->key) == 0) {
            put_row(out, r->scenario, r->figure, r->name, r->value, r->unit);
        }
    }
}

static bool is_there(const struct baseline *b, const char *key)
{
    return access(key, F_OK) == 0 ||
           access(arena_print(b->arena, "%s%s", folder_of(b), key), F_OK) == 0;
}

/* Those of the suite that passed, then those of the old file that are not among them. */
static int32_t collect(const struct baseline *b, const struct suite *s,
                       const struct outcome outcomes[], struct entry *entries)
{
    int32_t n = 0;

    for (int32_t i = 0; i < s->n; i++) {
        if (outcomes[i].status == CASE_PASS) {
            entries[n++] = (struct entry){key_of(b, s->cases[i].path), &outcomes[i]};
        }
    }
    for (int32_t i = 0; i < b->n; i++) {
        const char *key = b->rows[i].scenario;
        int32_t k = 0;
        while (k < n && strcmp(entries[k].key, key) != 0) {
            k++;
        }
        if (k == n && is_there(b, key)) {
            entries[n++] = (struct entry){key, NULL};
        }
    }
    qsort(entries, (size_t)n, sizeof *entries, by_key);
    return n;
}

bool baseline_update(const struct baseline *b, const struct suite *s,
                     const struct outcome outcomes[], struct diag *d)
{
    struct arena *scratch = arena_new();
    struct entry *entries = arena_array(scratch, (size_t)(s->n + b->n) + 1, sizeof *entries);
    int32_t n = collect(b, s, outcomes, entries);
    struct output t;
    bool good = output_open(&t, b->path, d);

    if (good) {
        fputs("scenario,figure,name,value,unit\n", t.file);
        for (int32_t i = 0; i < n; i++) {
            put_entry(t.file, b, &entries[i]);
        }
        good = output_close(&t, true, d);
    }
    arena_free(scratch);
    return good;
}

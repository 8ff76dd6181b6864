/* sheet.c - csv.c's rows, kept.  Checked by tests/sim/test_report.c. */
#include "sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

struct filling {
    struct arena *arena;
    struct diag *diag;
    struct sheet *sheet;
    const char **cell;
    int32_t room; /* rows */
    bool good;
};

static const char **keep(struct arena *a, const struct csv_row *row)
{
    const char **kept = arena_array(a, (size_t)row->n, sizeof *kept);

    for (int32_t i = 0; i < row->n; i++) {
        kept[i] = arena_text(a, row->cells[i].text, strlen(row->cells[i].text));
    }
    return kept;
}

static bool take_row(void *ctx, const struct csv_row *row)
{
    struct filling *f = ctx;
    struct sheet *s = f->sheet;

    if (s->columns == 0) {
        s->columns = row->n;
        s->name = keep(f->arena, row);
        return true;
    }
    if (row->n != s->columns) {
        diag_error(f->diag, row->cells[0].at, "%d cells, but the header has %d", row->n,
                   s->columns);
        f->good = false;
        return false;
    }
    if (s->n == f->room) {
        f->room = f->room > 0 ? 2 * f->room : 16;
        const char **more =
            arena_array(f->arena, (size_t)f->room * (size_t)s->columns, sizeof *more);
        if (s->n > 0) {
            memcpy(more, f->cell, (size_t)s->n * (size_t)s->columns * sizeof *more);
        }
        f->cell = more;
    }
    const char **kept = keep(f->arena, row);
    memcpy(&f->cell[(size_t)s->n * (size_t)s->columns], kept, (size_t)s->columns * sizeof *kept);
    s->n++;
    return true;
}

static int32_t column_of(const struct sheet *s, const char *column)
{
    for (int32_t i = 0; i < s->columns; i++) {
        if (strcmp(s->name[i], column) == 0) {
            return i;
        }
    }
    return -1;
}

bool sheet_read(struct sheet *s, struct arena *a, struct diag *d, const char *path,
                const char *const wanted[])
{
    struct filling f = {.arena = a, .diag = d, .sheet = s, .good = true};
    const struct text *t = text_read(a, d, path, "trace file", (struct place){.in = NULL});

    *s = (struct sheet){.n = 0};
    if (t == NULL || !csv_read(a, d, t, take_row, &f) || !f.good) {
        return false;
    }
    s->cell = f.cell;
    for (int32_t i = 0; wanted[i] != NULL; i++) {
        if (column_of(s, wanted[i]) < 0) {
            diag_error(d, (struct place){.in = t}, "there is no column '%s'", wanted[i]);
            f.good = false;
        }
    }
    return f.good;
}

const char *sheet_text(const struct sheet *s, int32_t row, const char *column)
{
    int32_t i = column_of(s, column);

    return i < 0 ? "" : s->cell[(size_t)row * (size_t)s->columns + (size_t)i];
}

double sheet_number(const struct sheet *s, int32_t row, const char *column)
{
    const char *text = sheet_text(s, row, column);
    char *end = NULL;
    double value = strtod(text, &end);

    return *text != '\0' && *end == '\0' ? value : NAN;
}

ns_t sheet_ns(const struct sheet *s, int32_t row, const char *column)
{
    const char *text = sheet_text(s, row, column);

    return *text == '\0' ? NS_NEVER : (ns_t)strtoll(text, NULL, 10);
}

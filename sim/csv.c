/* csv.c - libcsv, fed line by line so that every cell has a line and a column. */
#include "csv.h"

#include <csv.h>
#include <string.h>

#include "arena.h"
#include "diag.h"

struct reading {
    struct arena *arena;
    struct csv_cell *cells;
    int32_t n;
    bool too_many;
};

static void take_cell(void *text, size_t size, void *ctx)
{
    struct reading *r = ctx;

    if (r->n == CSV_COLUMNS_MAX) {
        r->too_many = true;
        return;
    }
    r->cells[r->n++].text = arena_text(r->arena, text, size);
}

static void take_row(int end, void *ctx)
{
    (void)end;
    (void)ctx;
}

/* Where the cells of a line stand: between commas outside quotes. */
static void place_cells(struct reading *r, const struct text *t, const char *line, size_t n,
                        int32_t number)
{
    size_t from = 0;
    int32_t cell = 0;
    bool quoted = false;

    for (size_t i = 0; i <= n && cell < r->n; i++) {
        quoted = i < n && line[i] == '"' ? !quoted : quoted;
        if (i < n && (line[i] != ',' || quoted)) {
            continue;
        }
        size_t start = from, end = i;
        while (start < end && line[start] == ' ') {
            start++;
        }
        while (end > start && line[end - 1] == ' ') {
            end--;
        }
        r->cells[cell++].at = (struct place){.in = t,
                                             .line = number,
                                             .column = text_columns(line, start) + 1,
                                             .length = text_columns(line + start, end - start)};
        from = i + 1;
    }
}

/* One line to cells. */
static bool read_line(struct reading *r, struct diag *d, const struct text *t, const char *line,
                      size_t n, int32_t number)
{
    struct csv_parser parser;
    struct place at = {.in = t, .line = number, .column = 1, .length = text_columns(line, n)};

    r->n = 0;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0) {
        return false;
    }
    bool good = csv_parse(&parser, line, n, take_cell, take_row, r) == n &&
                csv_fini(&parser, take_cell, take_row, r) == 0;
    csv_free(&parser);
    if (!good) {
        diag_error(d, at, "not CSV: a quote is open or stands within a cell");
    } else if (r->too_many) {
        diag_error(d, at, "more than %d columns", CSV_COLUMNS_MAX);
    } else {
        place_cells(r, t, line, n, number);
    }
    return good && !r->too_many;
}

bool csv_read(struct arena *a, struct diag *d, const struct text *t,
              bool (*row)(void *ctx, const struct csv_row *row), void *ctx)
{
    struct csv_cell *cells = arena_array(a, CSV_COLUMNS_MAX, sizeof *cells);
    const char *line = t->bytes, *end = t->bytes + t->size;
    bool go_on = true, good = true;

    for (int32_t number = 1; line < end && go_on; number++) {
        struct arena *scratch = arena_new();
        struct reading r = {.arena = scratch, .cells = cells};
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((stop ? stop : end) - line);
        size_t kept = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
        if (strspn(line, " \t\r") < n && line[0] != '#') {
            good = read_line(&r, d, t, line, kept, number);
            struct csv_row cellrow = {r.n, cells};
            go_on = good && row(ctx, &cellrow);
        }
        arena_free(scratch);
        line += n + 1;
    }
    return good;
}

void csv_write_text(FILE *out, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == 0 && text[0] != ' ' && text[0] != 0) {
        fputs(text, out);
    } else {
        csv_fwrite(out, text, strlen(text));
    }
}

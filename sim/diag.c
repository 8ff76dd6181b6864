/* diag.c - keeps problems, and prints them in the order of the files. */
#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

struct problem {
    enum severity severity;
    const char *path; /* NULL: the command line */
    int32_t line, column, length;
    const char *excerpt; /* the line, NULL: none to show */
    const char *message, *hint;
    int32_t order; /* of the first mention of the file, then of the problem */
};

struct diag {
    struct arena *arena;
    struct problem kept[DIAG_KEPT];
    int32_t n_kept, n_beyond;
    int32_t n_of[2];
    struct problem *last; /* the one that a hint belongs to, NULL: it was dropped */
};

struct diag *diag_new(void)
{
    struct arena *a = arena_new();
    struct diag *d = arena_get(a, sizeof *d);

    d->arena = a;
    return d;
}

void diag_free(struct diag *d)
{
    if (d) {
        arena_free(d->arena);
    }
}

/* What came from a file may hold anything; a terminal gets no control characters from us. */
static void make_plain(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            *text = ' ';
        }
    }
}

/* Line number `line` of the text, without its end. */
static const char *excerpt(struct arena *a, const struct text *t, int32_t line)
{
    const char *s = t->bytes, *end = t->bytes + t->size;

    for (int32_t i = 1; i < line && s; i++) {
        s = memchr(s, '\n', (size_t)(end - s));
        s = s ? s + 1 : NULL;
    }
    if (!s) {
        return NULL;
    }
    char *copy = arena_text(a, s, strcspn(s, "\r\n"));
    for (char *c = copy; *c; c++) {
        if (*c == '\t') { /* so that the caret stands where the text stands */
            *c = ' ';
        }
    }
    return copy;
}

static bool same(const struct problem *p, const char *path, struct place at, const char *message)
{
    bool same_path = path && p->path ? strcmp(path, p->path) == 0 : path == p->path;

    return same_path && p->line == at.line && p->column == at.column &&
           strcmp(p->message, message) == 0;
}

/* Files are printed in the order in which they were first mentioned. */
static int32_t file_order(const struct diag *d, const char *path)
{
    for (int32_t i = 0; i < d->n_kept; i++) {
        const char *known = d->kept[i].path;
        if (known && path ? strcmp(known, path) == 0 : known == path) {
            return d->kept[i].order;
        }
    }
    return d->n_kept;
}

static void keep(struct diag *d, enum severity severity, struct place at, const char *message)
{
    char *path = at.in ? arena_text(d->arena, at.in->path, strlen(at.in->path)) : NULL;

    d->last = NULL;
    if (path) {
        make_plain(path);
    }
    for (int32_t i = 0; i < d->n_kept; i++) {
        if (same(&d->kept[i], path, at, message)) {
            return;
        }
    }
    d->n_of[severity]++;
    if (d->n_kept == DIAG_KEPT) {
        d->n_beyond++;
        return;
    }
    struct problem *p = &d->kept[d->n_kept];
    *p = (struct problem){
        .severity = severity,
        .path = path,
        .line = at.line,
        .column = at.column,
        .length = at.length,
        .excerpt = at.in && at.in->bytes && at.line > 0 ? excerpt(d->arena, at.in, at.line) : NULL,
        .message = arena_text(d->arena, message, strlen(message)),
        .order = file_order(d, path),
    };
    d->n_kept++;
    d->last = p;
}

enum { LONGEST_MESSAGE = 400 };

static void print_message(char message[LONGEST_MESSAGE], const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void print_message(char message[LONGEST_MESSAGE], const char *format, va_list args)
{
    int n = vsnprintf(message, LONGEST_MESSAGE, format, args);

    if (n >= LONGEST_MESSAGE) { /* cut, but not within a character */
        size_t end = LONGEST_MESSAGE - 4;
        while (end > 0 && ((unsigned char)message[end] & 0xC0) == 0x80) {
            end--;
        }
        memcpy(message + end, "...", 4);
    }
    make_plain(message);
}

void diag_error(struct diag *d, struct place at, const char *format, ...)
{
    char message[LONGEST_MESSAGE];
    va_list args;

    va_start(args, format);
    print_message(message, format, args);
    va_end(args);
    keep(d, DIAG_ERROR, at, message);
}

void diag_warning(struct diag *d, struct place at, const char *format, ...)
{
    char message[LONGEST_MESSAGE];
    va_list args;

    va_start(args, format);
    print_message(message, format, args);
    va_end(args);
    keep(d, DIAG_WARNING, at, message);
}

void diag_hint(struct diag *d, const char *format, ...)
{
    char message[LONGEST_MESSAGE];
    va_list args;

    if (!d->last) {
        return;
    }
    va_start(args, format);
    print_message(message, format, args);
    va_end(args);
    d->last->hint = arena_text(d->arena, message, strlen(message));
}

int32_t diag_errors(const struct diag *d)
{
    return d->n_of[DIAG_ERROR];
}

int32_t diag_warnings(const struct diag *d)
{
    return d->n_of[DIAG_WARNING];
}

bool diag_is_full(const struct diag *d)
{
    return d->n_kept == DIAG_KEPT;
}

static int by_place(const void *left, const void *right)
{
    const struct problem *a = left, *b = right;

    if (a->order != b->order) {
        return a->order < b->order ? -1 : 1;
    }
    if (a->line != b->line) {
        return a->line < b->line ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return strcmp(a->message, b->message);
}

static void sort(struct diag *d)
{
    d->last = NULL;
    qsort(d->kept, (size_t)d->n_kept, sizeof *d->kept, by_place);
}

/* ---- as text ------------------------------------------------------------------------------------ */

struct colours {
    const char *bold, *red, *yellow, *green, *off;
};

static const struct colours plain = {"", "", "", "", ""};
static const struct colours coloured = {"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;32m",
                                        "\033[0m"};

/* Bytes of the first `columns` characters. */
static size_t bytes_of(const char *text, int32_t columns)
{
    size_t i = 0;

    while (text[i] && columns > 0) {
        i++;
        while (((unsigned char)text[i] & 0xC0) == 0x80) {
            i++;
        }
        columns--;
    }
    return i;
}

/* The line and the caret; of a long line the part around the caret. */
static void print_excerpt(const struct problem *p, FILE *out, const struct colours *c)
{
    enum { WIDTH = 100, LEAD = 40 };
    int32_t column = p->column > 0 ? p->column : 1;
    int32_t all = text_columns(p->excerpt, strlen(p->excerpt));
    int32_t skip = all > WIDTH && column > WIDTH - LEAD ? column - LEAD : 0;
    const char *from = p->excerpt + bytes_of(p->excerpt, skip);
    int32_t shown = all - skip > WIDTH ? WIDTH : all - skip;
    int32_t under = p->length > 1 ? p->length : 1;

    if (column - skip + under > shown + 1) {
        under = shown + 1 > column - skip ? shown + 1 - (column - skip) : 1;
    }
    fprintf(out, "%5d | %s%.*s%s\n", p->line, skip ? "..." : "", (int)bytes_of(from, shown), from,
            all - skip > shown ? "..." : "");
    fprintf(out, "      | %*s%s^", (skip ? 3 : 0) + column - skip - 1, "", c->green);
    for (int32_t i = 1; i < under; i++) {
        fputc('~', out);
    }
    fprintf(out, "%s\n", c->off);
}

static void print_problem(const struct problem *p, FILE *out, const struct colours *c)
{
    bool error = p->severity == DIAG_ERROR;

    fprintf(out, "%s%s", c->bold, p->path ? p->path : "powergap");
    if (p->line > 0) {
        fprintf(out, ":%d", p->line);
    }
    if (p->line > 0 && p->column > 0) {
        fprintf(out, ":%d", p->column);
    }
    fprintf(out, ":%s %s%s:%s %s%s%s\n", c->off, error ? c->red : c->yellow,
            error ? "error" : "warning", c->off, c->bold, p->message, c->off);
    if (p->excerpt && p->column > 0) {
        print_excerpt(p, out, c);
    }
    if (p->hint) {
        fprintf(out, "      = hint: %s\n", p->hint);
    }
}

void diag_print(struct diag *d, FILE *out, bool colour)
{
    sort(d);
    for (int32_t i = 0; i < d->n_kept; i++) {
        print_problem(&d->kept[i], out, colour ? &coloured : &plain);
    }
    if (d->n_beyond > 0) {
        fprintf(out, "and %d more\n", d->n_beyond);
    }
}

/* ---- as JSON lines ------------------------------------------------------------------------------ */

static void print_json_text(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out); /* control characters were taken out when it was kept */
    }
    fputc('"', out);
}

void diag_print_json(struct diag *d, FILE *out)
{
    sort(d);
    for (int32_t i = 0; i < d->n_kept; i++) {
        const struct problem *p = &d->kept[i];
        fprintf(out, "{\"severity\": \"%s\", \"file\": ",
                p->severity == DIAG_ERROR ? "error" : "warning");
        print_json_text(p->path ? p->path : "", out);
        fprintf(out, ", \"line\": %d, \"column\": %d, \"length\": %d, \"message\": ", p->line,
                p->column, p->length);
        print_json_text(p->message, out);
        fputs(", \"hint\": ", out);
        print_json_text(p->hint ? p->hint : "", out);
        fputs("}\n", out);
    }
    if (d->n_beyond > 0) {
        fprintf(out, "{\"severity\": \"note\", \"message\": \"and %d more\"}\n", d->n_beyond);
    }
}

/* cli_diverged.c - `powergap --why-diverged A B`: the first event that differs between two traces. */
#include "arena.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { BEFORE = 3, CELLS = 9 };
enum { CELL_ID, CELL_CAUSE, CELL_T_S, CELL_T_NS, CELL_FROM, CELL_PART, CELL_EVENT, CELL_VALUE };

static const char more[] =
    "Compares events.csv of two traces and prints the first event that differs, with those that\n"
    "led there. Exit status 0 when all events are equal, 1 when they differ.\n\n"
    "Example:\n"
    "  powergap --why-diverged build/gcc-O2/suite/fet build/clang-O2/suite/fet\n";

/* events.csv, one line an event; no cell of the first eight is ever quoted. */
struct events {
    const char *folder;
    const char *next; /* the line to come */
    const char *line; /* the line just read; NULL: there is no more */
    size_t length;
    long number;
};

static bool open_events(struct arena *a, struct diag *d, const char *folder, struct events *e)
{
    const char *path = arena_print(a, "%s/events.csv", folder);
    FILE *in = fopen(path, "r");
    size_t size = 0;
    size_t room = 1 << 20;
    char *bytes = in != NULL ? malloc(room) : NULL;

    if (bytes == NULL) {
        diag_error(d, (struct place){.in = NULL}, "'%s' is no trace: can't read '%s'", folder,
                   path);
        if (in != NULL) {
            fclose(in);
        }
        return false;
    }
    for (size_t n; (n = fread(bytes + size, 1, room - size - 1, in)) > 0;) {
        size += n;
        char *larger = size + 1 < room ? bytes : realloc(bytes, room *= 2);
        if (larger == NULL) {
            break;
        }
        bytes = larger;
    }
    fclose(in);
    bytes[size] = '\0';
    *e = (struct events){.folder = folder, .next = arena_text(a, bytes, size)};
    free(bytes);
    return true;
}

static void advance(struct events *e)
{
    e->line = *e->next == '\0' ? NULL : e->next;
    e->length = strcspn(e->next, "\n");
    e->next += e->length + (e->next[e->length] == '\n');
    e->number++;
}

/* Cell i of the line; its length in *n. */
static const char *cell(const struct events *e, int i, size_t *n)
{
    const char *at = e->line;

    for (; i > 0 && at < e->line + e->length; i--) {
        at += strcspn(at, ",\n");
        at += *at == ',';
    }
    *n = strcspn(at, ",\n");
    return at;
}

static bool same_cell(const struct events *a, const struct events *b, int i)
{
    size_t na;
    size_t nb;
    const char *ta = cell(a, i, &na);
    const char *tb = cell(b, i, &nb);

    return na == nb && memcmp(ta, tb, na) == 0;
}

static bool same(const struct events *a, const struct events *b)
{
    for (int i = CELL_CAUSE; i <= CELL_VALUE; i++) {
        if (!same_cell(a, b, i)) {
            return false;
        }
    }
    return true;
}

static void print_event(const char *mark, const struct events *e)
{
    size_t n[CELLS];
    const char *text[CELLS];

    if (e->line == NULL) {
        printf("%s (no more events)\n", mark);
        return;
    }
    for (int i = 0; i < CELLS; i++) {
        text[i] = cell(e, i, &n[i]);
    }
    printf("%s #%-6.*s %14.*s s  %.*s %.*s", mark, (int)n[CELL_ID], text[CELL_ID], (int)n[CELL_T_S],
           text[CELL_T_S], (int)n[CELL_PART], text[CELL_PART], (int)n[CELL_EVENT],
           text[CELL_EVENT]);
    printf(", value %.*s, caused by #%.*s\n", (int)n[CELL_VALUE], text[CELL_VALUE],
           (int)n[CELL_CAUSE], text[CELL_CAUSE]);
}

static void explain(const struct events *a, const struct events *b)
{
    static const char *const names[] = {"id",   "cause", "time",  "time", "begin",
                                        "part", "event", "value", "text"};
    const char *link = "differs in: ";

    if (a->line == NULL || b->line == NULL) {
        return;
    }
    for (int i = CELL_CAUSE; i <= CELL_VALUE; i++) {
        if (i != CELL_T_S && !same_cell(a, b, i)) {
            printf("%s%s", link, names[i]);
            link = ", ";
        }
    }
    printf("\n");
}

static int compare(struct events *a, struct events *b)
{
    struct events before[BEFORE] = {{.line = NULL}};
    long n = -1; /* the header */

    for (advance(a), advance(b); a->line != NULL && b->line != NULL && same(a, b);
         advance(a), advance(b)) {
        before[(n + BEFORE) % BEFORE] = *a;
        n++;
    }
    if (a->line == NULL && b->line == NULL) {
        printf("all %ld events are equal\n", n > 0 ? n : 0);
        return EXIT_GOOD;
    }
    printf("the first %ld events are equal; then they part\n", n > 0 ? n : 0);
    for (long i = n > BEFORE ? n - BEFORE : 0; i < n; i++) {
        print_event("   both:", &before[(i + BEFORE) % BEFORE]);
    }
    printf("A is %s\nB is %s\n", a->folder, b->folder);
    print_event("      A:", a);
    print_event("      B:", b);
    explain(a, b);
    return EXIT_FAILED;
}

int diverged_show(const char *a, const char *b)
{
    struct diag *d = diag_new();
    struct arena *arena = arena_new();
    struct events x;
    struct events y;
    int status = EXIT_USE;

    if (open_events(arena, d, a, &x) && open_events(arena, d, b, &y)) {
        status = compare(&x, &y);
    }
    cli_report(d, false);
    arena_free(arena);
    return cli_end(status);
}

static int run(const struct command *c, int argc, char **argv)
{
    int status = EXIT_GOOD;
    const struct option_row rows[] = {{.name = NULL}};
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 2) {
        return cli_wrong(c, "wants two trace folders");
    }
    return diverged_show(argv[0], argv[1]);
}

const struct command diverged_command = {
    .name = "--why-diverged",
    .about = "print the first event that differs between two traces",
    .use = "A B",
    .more = more,
    .run = run,
};

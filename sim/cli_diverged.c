/* cli_diverged.c - `powergap --why-diverged A B`: the first event that differs between two traces. */
#include <inttypes.h>
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "stored.h"
#include "words.h"

enum { BEFORE = 3 };

static const char more[] =
    "Compares events.csv of two traces and prints the first event that differs, with those that\n"
    "led there. Exit status 0 when all events are equal, 1 when they differ.\n\n"
    "Example:\n"
    "  powergap --why-diverged build/gcc-O2/suite/fet build/clang-O2/suite/fet\n";

/* What two events differ in, "cause, time"; "": in nothing. The id and the text follow from the rest. */
enum { DIFFERENCE = 64 };
static const char *difference(const struct stored_event *a, const struct stored_event *b,
                              char buf[DIFFERENCE])
{
    const struct {
        const char *name;
        bool differs;
    } rows[] = {
        {"cause", a->cause != b->cause},
        {"time", a->at != b->at},
        {"begin", a->from != b->from},
        {"part", strcmp(a->part, b->part) != 0},
        {"event", strcmp(a->event, b->event) != 0},
        {"value", strcmp(a->value, b->value) != 0},
    };
    size_t n = 0;

    buf[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].differs) {
            n += (size_t)snprintf(buf + n, DIFFERENCE - n, "%s%s", n > 0 ? ", " : "", rows[i].name);
        }
    }
    return buf;
}

static void print_event(const char *mark, const struct stored_event *e)
{
    char time[WORDS_TIME];

    if (e == NULL) {
        printf("%s (no more events)\n", mark);
        return;
    }
    printf("%s #%-6" PRIu32 " %14s s  %s %s, value %s, caused by #%" PRIu32 "\n", mark, e->id,
           words_seconds(time, e->at), e->part, e->event, e->value, e->cause);
}

static int compare(const char *folder_a, const struct stored *a, const char *folder_b,
                   const struct stored *b)
{
    char differs[DIFFERENCE] = "";
    uint32_t n = 0; /* so many are equal */

    while (n < a->n && n < b->n && difference(&a->event[n], &b->event[n], differs)[0] == '\0') {
        n++;
    }
    if (n == a->n && n == b->n) {
        printf("all %" PRIu32 " events are equal\n", n);
        return EXIT_GOOD;
    }
    printf("the first %" PRIu32 " events are equal; then they part\n", n);
    for (uint32_t id = n > BEFORE ? n - BEFORE + 1 : 1; id <= n; id++) {
        print_event("   both:", stored_at(a, id));
    }
    printf("A is %s\nB is %s\n", folder_a, folder_b);
    print_event("      A:", stored_at(a, n + 1));
    print_event("      B:", stored_at(b, n + 1));
    if (differs[0] != '\0') {
        printf("differs in: %s\n", differs);
    }
    return EXIT_FAILED;
}

int diverged_show(const char *a, const char *b)
{
    struct diag *d = diag_new();
    struct arena *arena = arena_new();
    struct stored x;
    struct stored y;
    int status = EXIT_USE;

    if (stored_read(arena, d, a, &x) && stored_read(arena, d, b, &y)) {
        status = compare(a, &x, b, &y);
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

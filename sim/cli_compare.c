/* cli_compare.c - `powergap compare`: two traces, or a trace and a capture, beside each other. */
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "compare_say.h"
#include "output.h"

static const char more[] =
    "A is a trace. B is another one, or with --map the CSV file of an oscilloscope or logger.\n"
    "Events are paired by name and order, gaps by observer and order; waveforms must lie within\n"
    "a tube around each other, as wide as --time and as high as --tolerance. What goes over the\n"
    "serial buses is not compared.\n\n"
    "The map of a capture:\n"
    "  header: 1                                     lines before the first row of numbers\n"
    "  time: {column: Time, unit: ms}                a column is a name, or a number from 1\n"
    "  signals: {bus_a.v: {column: CH1, unit: V, scale: 10, offset: 0}}\n\n"
    "Exit status: 0 all is within its tolerance, 1 something is beyond it.\n\n"
    "Examples:\n"
    "  powergap compare out/before out/after\n"
    "  powergap compare --time '10 us' --tolerance 'bus_*.v=50 mV' out/fet out/board\n"
    "  powergap compare --map scope.yaml --align gap1 --time '20 us' out/fet scope.csv\n";

static const struct place COMMAND_LINE = {.in = NULL};

struct compare_flags {
    ns_t time, shift;
    double relative;
    struct option_list tolerances;
    const char *align, *map, *csv;
    bool all, quiet;
};

static struct tolerance *read_tolerances(struct arena *a, struct diag *d,
                                         const struct option_list *l)
{
    struct tolerance *t = arena_array(a, OPTION_LIST_MAX, sizeof *t);

    for (int i = 0; i < l->n; i++) {
        const char *equals = strrchr(l->item[i], '=');
        if (equals == NULL || equals == l->item[i] || equals[1] == '\0') {
            diag_error(d, COMMAND_LINE,
                       "--tolerance '%s' wants a signal and a value: 'bus_a.v=50 mV'", l->item[i]);
            return NULL;
        }
        t[i] = (struct tolerance){arena_text(a, l->item[i], (size_t)(equals - l->item[i])),
                                  equals + 1, false};
    }
    return t;
}

static bool align(struct comparison *c, struct diag *d, const struct side *x, const struct side *y,
                  const struct compare_flags *f)
{
    double a_s = 0.0, b_s = 0.0;

    c->shift_s = ns_to_s(f->shift);
    if (f->align == NULL) {
        return true;
    }
    bool found = compare_find(x, d, f->align, &a_s);
    found = compare_find(y, d, f->align, &b_s) && found;
    c->shift_s += b_s - a_s;
    return found;
}

static bool write_csv(const struct comparison *c, struct diag *d, const char *path)
{
    struct output t;

    if (path == NULL) {
        return true;
    }
    if (!output_open(&t, path, d)) {
        return false;
    }
    compare_csv(t.file, c);
    return output_close(&t, true, d);
}

static int show(const char *a, const char *b, const struct compare_flags *f)
{
    struct arena *arena = arena_new();
    struct diag *d = diag_new();
    struct side x, y;
    struct comparison c = {
        .time_s = ns_to_s(f->time), .relative = f->relative, .n_tolerances = f->tolerances.n};
    int status = EXIT_USE;

    c.tolerances = read_tolerances(arena, d, &f->tolerances);
    if (c.tolerances != NULL && compare_read(&x, arena, d, a, NULL, NULL) &&
        compare_read(&y, arena, d, b, f->map, &x) && align(&c, d, &x, &y, f) &&
        compare(&c, arena, d, &x, &y) && write_csv(&c, d, f->csv)) {
        if (!f->quiet) {
            compare_say(stdout, &c, &x, &y, f->all);
        }
        status = EXIT_GOOD;
        for (int what = COMPARED_EVENT; what <= COMPARED_WAVEFORM; what++) {
            status = compare_beyond(&c, (enum compared)what) > 0 ? EXIT_FAILED : status;
        }
    }
    cli_flush();
    cli_report(d, false);
    arena_free(arena);
    return cli_end(status);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct compare_flags f = {.time = 1000, .relative = 0.01};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"time", OPTION_TIME, &f.time, "TIME", "how far apart events may be: 1 us, if not given"},
        {"tolerance", OPTION_LIST, &f.tolerances, "SIGNAL=VALUE",
         "how far a waveform may be off: 'bus_a.v=50 mV', '*.i=2 A'; the last that matches counts"},
        {"relative", OPTION_REAL, &f.relative, "FRACTION",
         "of its largest magnitude for every other waveform: 0.01"},
        {"align", OPTION_TEXT, &f.align, "EVENT",
         "shift B so that this event happens at once: 'psu1.die', 'gap1'"},
        {"shift", OPTION_TIME, &f.shift, "TIME",
         "B's times are so much later (with --align: further)"},
        {"map", OPTION_TEXT, &f.map, "FILE", "B is a capture: which column is what"},
        {"csv", OPTION_TEXT, &f.csv, "FILE", "write every difference, with its verdict"},
        {"all", OPTION_FLAG, &f.all, NULL, "also print events that are within their tolerance"},
        {"quiet", OPTION_FLAG, &f.quiet, NULL, "print nothing: the exit status says it"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 2) {
        return cli_wrong(c, f.map != NULL ? "wants a trace folder and a CSV file"
                                          : "wants two trace folders, such as out/a out/b");
    }
    return show(argv[0], argv[1], &f);
}

const struct command compare_command = {
    .name = "compare",
    .about = "compare two traces, or a trace with a capture of a real rack",
    .use = "[options] FOLDER FOLDER",
    .more = more,
    .run = run,
};

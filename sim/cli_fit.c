/* cli_fit.c - `powergap fit`: model parameters from a capture of a real rack. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "cli.h"
#include "fit.h"
#include "output.h"
#include "run.h"
#include "words.h"

static const char more[] =
    "Plays the scenario again and again, until the signals that the capture holds are as near to\n"
    "it as the parameters allow, each measured by its own noise. Prints the values with bounds of\n"
    "95 %, warns of parameters that this capture can't tell apart, and writes a file that\n"
    "'powergap run --override FILE' takes. 'shift' among the parameters is by how much the\n"
    "capture's clock is early. The map says which column is what: 'powergap compare --help'.\n\n"
    "Exit status: 0 fitted, 1 a parameter is not determined, or no end was found, 2 wrong use or\n"
    "input.\n\n"
    "Examples:\n"
    "  powergap fit --map scope.yaml --params bus_a.c,sw2.gate_current -o fitted.yaml \\\n"
    "      scenarios/psu-failure/fet.yaml scope.csv\n"
    "  powergap run --override fitted.yaml scenarios/psu-failure/fet.yaml\n";

static const double TELLS_APART = 0.99; /* a correlation beyond that does not */

struct fit_flags {
    const char *map, *params, *out;
    ns_t shift;
    bool quiet;
};

static void show_progress(const struct fit *f, double rms)
{
    fprintf(stderr, "\rfit: %" PRId32 " runs, rms %.4g of the noise   ", f->runs, rms);
}

static enum quantity quantity_of(const struct fit_param *p)
{
    return p->field == NULL || p->field->type == FIELD_TIME ? QTY_SECOND : p->field->quantity;
}

/* Is its bound as wide as the value itself? Then the capture says nothing about it. */
static bool is_undetermined(const struct fit_param *p)
{
    return !(p->half < fabs(p->field != NULL ? p->value : INFINITY));
}

static void say_params(const struct fit *f)
{
    char start[WORDS_VALUE], value[WORDS_VALUE], half[WORDS_VALUE];

    printf("%-24s %12s %12s    %s\n", "", "start", "fitted", "95 %");
    for (int32_t i = 0; i < f->n_params; i++) {
        const struct fit_param *p = &f->param[i];
        enum quantity q = quantity_of(p);
        printf("%-24s %12s %12s ", p->name, words_value(start, q, p->start),
               words_value(value, q, p->value));
        if (is_undetermined(p)) {
            printf("not determined\n");
        } else {
            printf("+- %s%s\n", words_value(half, q, p->half),
                   p->at_limit ? ", at the limit of what it may be" : "");
        }
    }
}

/* True: nothing stands against the result. */
static bool say_doubts(const struct fit *f)
{
    bool good = f->converged;

    for (int32_t i = 0; i < f->n_params; i++) {
        if (is_undetermined(&f->param[i])) {
            printf("warning: this capture does not determine %s\n", f->param[i].name);
            good = false;
        }
        for (int32_t k = 0; k < i; k++) {
            if (!(fabs(f->correlation[i][k]) < TELLS_APART)) {
                printf("warning: this capture can't tell %s from %s (correlation %.4f)\n",
                       f->param[k].name, f->param[i].name, f->correlation[i][k]);
            }
        }
    }
    if (!f->converged) {
        printf("warning: no end was found after %" PRId32 " runs\n", f->runs);
    }
    if (f->rms_after > 2.0) {
        printf("warning: what is left is %.3g times the noise: the model lacks something that the "
               "rack has\n",
               f->rms_after);
    }
    return good;
}

static int say(const struct fit *f)
{
    say_params(f);
    printf("\n%" PRId32 " cells of %" PRId32 " signal%s, %" PRId32
           " runs; rms %.4g of the noise before, %.4g after\n",
           f->n_points, f->n_signals, f->n_signals == 1 ? "" : "s", f->runs, f->rms_before,
           f->rms_after);
    return say_doubts(f) ? EXIT_GOOD : EXIT_FAILED;
}

static bool write_override(const struct fit *f, const struct scenario *s, const char *path,
                           struct diag *d)
{
    struct output t;

    if (path == NULL) {
        return true;
    }
    if (!output_open(&t, path, d)) {
        return false;
    }
    fit_write(t.file, f, s);
    return output_close(&t, true, d);
}

static int fit_file(const struct fit_flags *o, const char *path, const char *csv)
{
    struct arena *a = arena_new();
    struct diag *d = diag_new();
    struct scenario *s = scenario_load(path, d);
    struct fit f = {.stop = cli_interruptible()};
    struct waveforms capture;
    int status = EXIT_USE;

    if (!o->quiet && isatty(STDERR_FILENO)) {
        f.progress = show_progress;
    }
    if (s != NULL && run_check(s, d) && fit_params(&f, a, d, s, o->params, ns_to_s(o->shift)) &&
        waveforms_of_capture(&capture, a, d, csv, o->map) && fit(&f, a, d, s, &capture)) {
        if (f.progress != NULL) {
            fputs("\r\033[K", stderr);
        }
        status = say(&f);
        if (status == EXIT_GOOD && !write_override(&f, s, o->out, d)) {
            status = EXIT_USE;
        }
    }
    cli_flush();
    cli_report(d, false);
    bool stopped = *f.stop != 0;
    scenario_free(s);
    arena_free(a);
    return stopped ? EXIT_INTERRUPTED : cli_end(status);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct fit_flags f = {.map = NULL};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"map", OPTION_TEXT, &f.map, "FILE", "which column of the capture is what"},
        {"params", OPTION_TEXT, &f.params, "LIST", "what to fit: 'bus_a.c,sw2.gate_current,shift'"},
        {"shift", OPTION_TIME, &f.shift, "TIME",
         "the capture's clock is early by so much (to begin with, where it is fitted)"},
        {"o", OPTION_TEXT, &f.out, "FILE", "write the values, for 'powergap run --override'"},
        {"quiet", OPTION_FLAG, &f.quiet, NULL, "no progress"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 2) {
        return cli_wrong(c, "wants a scenario and a capture: powergap fit --map M --params P "
                            "scenario.yaml scope.csv");
    }
    if (f.map == NULL || f.params == NULL) {
        return cli_wrong(c, f.map == NULL ? "which column is what? --map FILE"
                                          : "what is to be fitted? --params bus_a.c");
    }
    return fit_file(&f, argv[0], argv[1]);
}

const struct command fit_command = {
    .name = "fit",
    .about = "find model parameters that make a scenario like a capture of a real rack",
    .use = "--map FILE --params LIST [options] FILE FILE",
    .more = more,
    .run = run,
};

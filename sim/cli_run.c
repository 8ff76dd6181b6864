/* cli_run.c - `powergap run`: play, judge, leave a trace. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "cli.h"
#include "hil/pace.h"
#include "hil/remote.h"
#include "run.h"
#include "table.h"
#include "words.h"

static const char more[] =
    "Plays each scenario, prints its verdicts (worst margin first) and its gaps with where their\n"
    "time went, and leaves a trace: signals.csv, events.csv, gaps.csv, spans.csv, verdict.csv,\n"
    "journal.csv, rack.csv, run.yaml.\n"
    "Ctrl-C ends the run; what there is of it is judged and kept.\n\n"
    "--controller LINK runs the controller on a board: qemu:BOARD (emulated), serial:DEVICE@BAUD,\n"
    "tcp:HOST:PORT, unix:PATH, pipe:IN,OUT. Simulated time stands still until the board has\n"
    "answered: the events are those of a run in the process. --real-time keeps to the wall's "
    "clock\n"
    "instead; later than --budget, the run is INVALID. A link that fails makes it an ERROR.\n\n"
    "Exit status: 0 every expectation holds, 1 one does not (or is within the accuracy, or the "
    "run\n"
    "is INVALID), 2 wrong use or input, a board refused, 3 ours, or a link that failed during the\n"
    "run, 130 interrupted.\n\n"
    "Examples:\n"
    "  powergap run scenarios/psu-failure/fet.yaml\n"
    "  powergap run --seed 8 --sample '1 us' --out out/relay8 scenarios/psu-failure/relay.yaml\n"
    "  powergap run --integrator gsl-msbdf --hash scenarios/psu-failure/fet.yaml\n"
    "  powergap run --controller qemu:lm3s6965evb scenarios/psu-failure/fet.yaml\n"
    "  powergap run --controller serial:/dev/ttyACM0@921600 --real-time scenarios/cooling/*.yaml\n";

/* Of options that were not given. */
static const uint64_t NO_SEED = UINT64_MAX;
static const double NO_TOLERANCE = HUGE_VAL;

/* Of a board, and of real time. A Cortex-M3 takes 1.25 DMIPS a MHz at best; loads, branches and flash
 * cost more (estimate). */
static const ns_t PATIENCE = SECONDS(10), BUDGET = MS(1);
static const double CYCLES = 1.5;

struct run_flags {
    const char *out, *override, *integrator, *vcd, *fst;
    struct cli_window window;
    double tolerance;
    uint64_t seed, shuffle;
    ns_t sample;
    bool quiet, json, no_trace, large, hash, why, balance;
    const char *controller, *board, *charge; /* LINK; the board that has to be there; "board" */
    ns_t patience, budget;
    double cycles;
    bool real_time;
};

/* What the scenarios are played on, if not just in the process. */
struct bench {
    struct remote *remote;
    struct pace *pace;
    const volatile sig_atomic_t *stop;
};

/* ---- progress -------------------------------------------------------------------------------------- */

struct progress {
    struct timespec begun;
    double shown_s; /* since then */
    bool shown;
};

static double wall_s(const struct progress *p)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - p->begun.tv_sec) + 1e-9 * (double)(now.tv_nsec - p->begun.tv_nsec);
}

static void show_progress(void *ctx, ns_t now, ns_t end)
{
    struct progress *p = ctx;
    double s = wall_s(p);
    char t[WORDS_TIME];
    char of[WORDS_TIME];

    if (s - p->shown_s < 0.1) {
        return;
    }
    p->shown_s = s;
    p->shown = true;
    fprintf(stderr, "\r\033[K  %s of %s  %.0f %%  %.3gx real time", words_time(t, ns_to_s(now)),
            words_time(of, ns_to_s(end)), 100.0 * (double)now / (double)end, ns_to_s(now) / s);
    fflush(stderr);
}

static void end_progress(const struct progress *p)
{
    if (p->shown) {
        fputs("\r\033[K", stderr);
    }
}

/* ---- one scenario ---------------------------------------------------------------------------------- */

/* "out/fet" for scenarios/psu-failure/fet.yaml; DIR itself when one scenario was given. */
static const char *folder_for(struct arena *a, const struct run_flags *f, const char *path,
                              bool only_one)
{
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(base, '.');
    int length = (int)(dot != NULL && dot > base ? (size_t)(dot - base) : strlen(base));

    if (f->no_trace || (f->hash && f->out == NULL)) {
        return NULL;
    }
    if (f->out != NULL && only_one) {
        return f->out;
    }
    return arena_print(a, "%s/%.*s", f->out != NULL ? f->out : "out", length, base);
}

static void print_people(const struct run *r, const struct run_flags *f, const char *folder)
{
    bool colour = cli_colours(stdout);
    char time[WORDS_TIME];

    if (f->quiet) {
        if (judge_verdict(r->judge) != VERDICT_PASS) {
            printf("%s\n", r->scenario->path);
            table_verdicts(stdout, r, colour, true);
        }
        return;
    }
    printf("%s\n%s, %s, seed %" PRIu64 "\n\n", r->scenario->title, r->scenario->path,
           words_time(time, ns_to_s(r->scenario->duration)), r->options.plant.seed);
    table_verdicts(stdout, r, colour, false);
    fputs(judge_rulings(r->judge) > 0 ? "\n" : "", stdout);
    table_gaps(stdout, r, colour);
    table_servers(stdout, r);
    table_bench(stdout, r);
    fputc('\n', stdout);
    table_balance(stdout, r);
    table_summary(stdout, r, colour);
    if (f->vcd != NULL || f->fst != NULL) {
        printf("Waveforms: %s%s%s\n", f->vcd != NULL ? f->vcd : "",
               f->vcd != NULL && f->fst != NULL ? ", " : "", f->fst != NULL ? f->fst : "");
    }
    if (folder != NULL) {
        printf("Trace: %s  (draw it: powergap plot %s)\n", folder, folder);
    }
}

static int print_result(const struct run *r, const struct run_flags *f, const char *folder)
{
    if (f->hash) {
        printf("%016" PRIx64 " %s\n", r->world->plant->hash, r->scenario->path);
    } else if (f->json) {
        table_json(stdout, r, folder);
    } else {
        print_people(r, f, folder);
    }
    if (r->interrupted) {
        return EXIT_INTERRUPTED;
    }
    switch (judge_verdict(r->judge)) {
    case VERDICT_PASS:
        return EXIT_GOOD;
    case VERDICT_ERROR:
        fprintf(stderr, "powergap run: %s\n", judge_void_why(r->judge));
        return EXIT_OURS;
    default:
        return EXIT_FAILED;
    }
}

static int run_file(const struct run_flags *f, const char *path, bool only_one,
                    const struct bench *bench)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_with(path, f->override, d);
    struct arena *a = arena_new();
    struct progress progress = {.shown_s = 0.0};
    int status = EXIT_USE;

    if (s != NULL) {
        const char *folder = folder_for(a, f, path, only_one);
        struct run_options o = {
            .plant = {.seed = f->seed != NO_SEED ? f->seed : s->seed,
                      .tolerance = f->tolerance != NO_TOLERANCE ? f->tolerance : 0.0,
                      .meter_all = f->balance,
                      .shuffle_ties = f->shuffle,
                      .remote = bench->remote,
                      .integrator = f->integrator != NULL && strcmp(f->integrator, "gsl-msbdf") == 0
                                        ? INTEGRATOR_GSL_MSBDF
                                        : INTEGRATOR_ROSENBROCK},
            .out = folder,
            .waves = {.vcd = f->vcd, .fst = f->fst, .from = f->window.from, .to = f->window.to},
            .sample = f->sample,
            .large = f->large,
            .model_error = true,
            .pace = bench->pace,
            .stop = bench->stop};
        if (!f->quiet && !f->json && isatty(STDERR_FILENO)) {
            o.progress_ctx = &progress;
            o.progress = show_progress;
        }
        bool sane = run_check_size(s, &o, d);
        cli_report(d, f->json); /* what is known before a run is said before it */
        d = diag_new();
        clock_gettime(CLOCK_MONOTONIC, &progress.begun);
        struct run *r = sane ? run_play(s, &o, d) : NULL;
        end_progress(&progress);
        status = r != NULL ? print_result(r, f, folder) : EXIT_USE;
        run_free(r);
    }
    cli_flush();
    cli_report(d, f->json);
    scenario_free(s);
    arena_free(a);
    return status;
}

/* ---- the command ----------------------------------------------------------------------------------- */

static bool is_sound_bench(const struct command *c, const struct run_flags *f)
{
    static const char *const charges[] = {"parameter", "board", NULL};

    if (f->charge != NULL && strcmp(f->charge, charges[0]) != 0 &&
        strcmp(f->charge, charges[1]) != 0) {
        cli_wrong(c, "a step is charged by 'parameter' or 'board', not '%s'", f->charge);
        cli_suggest(f->charge, charges);
        return false;
    }
    if (f->controller == NULL &&
        (f->board != NULL || f->charge != NULL || f->patience != PATIENCE || f->cycles != CYCLES)) {
        cli_wrong(c,
                  "--board, --charge, --cycles and --patience are about a controller on a board: "
                  "which --controller LINK?");
        return false;
    }
    if (f->patience == 0 || (f->budget != BUDGET && !f->real_time)) {
        cli_wrong(c, f->patience == 0 ? "--patience wants a time above 0 s"
                                      : "--budget is about --real-time");
        return false;
    }
    if (!(f->cycles >= 0.5 && f->cycles <= 100.0)) {
        cli_wrong(c, "--cycles wants a number from 0.5 to 100");
        return false;
    }
    return true;
}

static bool is_sound(const struct command *c, const struct run_flags *f)
{
    static const char *const known[] = {"rosenbrock", "gsl-msbdf", NULL};

    if (f->integrator != NULL && strcmp(f->integrator, known[0]) != 0 &&
        strcmp(f->integrator, known[1]) != 0) {
        cli_wrong(c, "there is no integrator '%s': rosenbrock or gsl-msbdf", f->integrator);
        cli_suggest(f->integrator, known);
        return false;
    }
    if (f->tolerance != NO_TOLERANCE && !(f->tolerance >= 1e-12 && f->tolerance <= 1e-2)) {
        cli_wrong(c, "--tolerance wants a number from 1e-12 to 1e-2");
        return false;
    }
    if (f->vcd == NULL && f->fst == NULL && (f->window.from > 0 || f->window.to != NS_NEVER)) {
        cli_wrong(c, "--window is for waveforms: which --vcd or --fst?");
        return false;
    }
    if (f->sample == 0) {
        cli_wrong(c, "--sample wants a time above 0 s");
        return false;
    }
    return is_sound_bench(c, f);
}

/* The second of two traces in one folder would replace the first. */
static bool has_folders(const struct command *c, const struct run_flags *f, int n, char **files)
{
    struct arena *a = arena_new();
    bool good = true;

    for (int i = 1; i < n; i++) {
        const char *folder = folder_for(a, f, files[i], false);
        for (int k = 0; folder != NULL && k < i; k++) {
            if (strcmp(folder, folder_for(a, f, files[k], false)) == 0) {
                cli_wrong(c, "'%s' and '%s' would both leave their trace in '%s'", files[k],
                          files[i], folder);
                good = false;
            }
        }
    }
    arena_free(a);
    return good;
}

static bool set_up_bench(const struct command *c, const struct run_flags *f, struct bench *b)
{
    struct remote_options o = {.patience = f->patience,
                               .board = f->board,
                               .charged = f->charge != NULL && strcmp(f->charge, "board") == 0,
                               .cycles = f->cycles,
                               .stop = b->stop};
    char why[BENCH_TEXT];
    char images[512];

    o.images = cli_data("firmware", images, sizeof images) ? images : NULL;
    if (f->controller != NULL) {
        b->remote = remote_open(f->controller, &o, why);
        if (b->remote == NULL) {
            cli_wrong(c, "%s", why);
            return false;
        }
    }
    if (f->real_time) {
        b->pace = pace_new(f->budget, b->stop);
        if (b->pace == NULL) {
            cli_wrong(c, "not enough memory");
            return false;
        }
    }
    return true;
}

static bool has_failed(const struct bench *b)
{
    return b->remote != NULL && b->remote->failed;
}

static int run_each(const struct run_flags *f, int n, char **files, const struct bench *b)
{
    int status = EXIT_GOOD;

    for (int i = 0; i < n && *b->stop == 0; i++) {
        if (has_failed(b)) {
            fprintf(stderr, "powergap run: %d scenario%s not played\n", n - i,
                    n - i == 1 ? " was" : "s were");
            break;
        }
        if (i > 0 && !f->quiet && !f->json && !f->hash) {
            printf("\n");
        }
        int one = run_file(f, files[i], n == 1, b);
        status = one > status ? one : status;
    }
    return status;
}

static int run_all(const struct command *c, const struct run_flags *f, int n, char **files)
{
    struct bench b = {.stop = cli_interruptible()};
    int status = EXIT_USE;

    if (set_up_bench(c, f, &b)) {
        status = run_each(f, n, files, &b);
    }
    remote_close(b.remote);
    pace_free(b.pace);
    return cli_end(*b.stop != 0 ? EXIT_INTERRUPTED : status);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct run_flags f = {.seed = NO_SEED,
                          .tolerance = NO_TOLERANCE,
                          .sample = -1,
                          .patience = PATIENCE,
                          .budget = BUDGET,
                          .cycles = CYCLES,
                          .window = {.to = NS_NEVER}};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"out", OPTION_TEXT, &f.out, "DIR", "folder of the trace (else out/NAME)"},
        {"seed", OPTION_WHOLE, &f.seed, "N", "instead of the scenario's seed"},
        {"override", OPTION_TEXT, &f.override, "FILE",
         "what parts of the rack are to be instead: 'powergap fit' writes such a file"},
        {"sample", OPTION_TIME, &f.sample, "TIME", "between two rows of signals.csv: '10 us'"},
        {"vcd", OPTION_TEXT, &f.vcd, "FILE", "also write waveforms, for GTKWave and others"},
        {"fst", OPTION_TEXT, &f.fst, "FILE", "the same, smaller: by vcd2fst of GTKWave"},
        {"window", OPTION_WINDOW, &f.window, "FROM..TO",
         "what of the run they show: '0.9 s..1.2 s'"},
        {"integrator", OPTION_TEXT, &f.integrator, "rosenbrock|gsl-msbdf",
         "the second to check the first"},
        {"tolerance", OPTION_REAL, &f.tolerance, "X", "relative error of a step (else 3e-6)"},
        {"shuffle-ties", OPTION_WHOLE, &f.shuffle, "N", "another order within one instant"},
        {"controller", OPTION_TEXT, &f.controller, "LINK", "it runs on a board: qemu:lm3s6965evb"},
        {"board", OPTION_TEXT, &f.board, "NAME", "refuse any other board"},
        {"patience", OPTION_TIME, &f.patience, "TIME", "for an answer of the board (else 10 s)"},
        {"charge", OPTION_TEXT, &f.charge, "parameter|board",
         "a step takes the scenario's step_cost, or what the board did"},
        {"cycles", OPTION_REAL, &f.cycles, "X", "of an emulated board's instruction (else 1.5)"},
        {"real-time", OPTION_FLAG, &f.real_time, NULL, "keep to the wall's clock"},
        {"budget", OPTION_TIME, &f.budget, "TIME", "later than this is INVALID (else 1 ms)"},
        {"balance", OPTION_FLAG, &f.balance, NULL,
         "show where the energy went, and that none is lost"},
        {"quiet", OPTION_FLAG, &f.quiet, NULL, "no progress, no table: only what went wrong"},
        {"json", OPTION_FLAG, &f.json, NULL, "print verdicts and gaps as JSON"},
        {"no-trace", OPTION_FLAG, &f.no_trace, NULL, "leave no trace"},
        {"large", OPTION_FLAG, &f.large, NULL, "leave it even when it takes more than 10 GB"},
        {"hash", OPTION_FLAG, &f.hash, NULL, "print only '<event hash> <file>'"},
        {"why-diverged", OPTION_FLAG, &f.why, NULL, "compare two traces: --why-diverged A B"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (f.why) {
        return n == 2 ? diverged_show(argv[0], argv[1])
                      : cli_wrong(c, "--why-diverged wants two trace folders");
    }
    if (n == 0) {
        return cli_wrong(c, "which scenario? powergap run FILE");
    }
    if (n > 1 && (f.vcd != NULL || f.fst != NULL)) {
        return cli_wrong(c, "waveforms are of one scenario: one FILE with --%s",
                         f.vcd != NULL ? "vcd" : "fst");
    }
    return is_sound(c, &f) && has_folders(c, &f, n, argv) ? run_all(c, &f, n, argv) : EXIT_USE;
}

const struct command run_command = {
    .name = "run",
    .about = "play a scenario, measure its power gaps, judge it",
    .use = "[options] FILE...",
    .more = more,
    .run = run,
};

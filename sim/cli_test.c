/* cli_test.c - `powergap test`: a suite, what came of it, and whether that has become worse. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "output.h"
#include "suite_say.h"

static const char more[] =
    "Plays every scenario below the paths, several at a time, each in a process of its own: a "
    "crash\n"
    "or a hang is an error of that one. Prints one line each as it ends, with its least margin,\n"
    "then 'N passed, N failed'. A pattern with * ? or [ must fit a path, a title or a text under\n"
    "'covers' as a whole, another one be a part of it. JUnit and CSV are complete at\n"
    "every moment, whatever becomes of the suite. A baseline is a CSV file with every margin,\n"
    "detection and gap: what is worse than there fails, with the span that grew.\n\n"
    "Exit status: 0 all pass, 1 an expectation does not hold or a figure is worse, 2 wrong use or\n"
    "input, 3 a crash, a hang, two runs that differ, or results that can't be kept,\n"
    "130 interrupted.\n\n"
    "Examples:\n"
    "  powergap test scenarios\n"
    "  powergap test --only relay --skip 'scenarios/cooling/*' -j 8 scenarios\n"
    "  powergap test --junit junit.xml --baseline scenarios/baseline.csv scenarios\n"
    "  powergap test --out out/suite --coverage --claims scenarios/claims.txt scenarios\n";

static const struct place COMMAND_LINE = {.in = NULL};

struct test_flags {
    struct option_list only, skip;
    const char *shard, *junit, *csv, *out, *baseline, *claims;
    uint64_t jobs, repeat;
    ns_t timeout, floor;
    double allow;
    bool tap, json, fail_fast, quiet, update, coverage;
};

/* A suite under way. */
struct testing {
    const struct test_flags *flags;
    struct arena *arena;
    struct suite all, suite; /* what there is, what was chosen */
    struct outcome *outcomes;
    struct baseline *baseline; /* NULL: none to compare with, or it is to be written */
    struct baseline_count count;
    struct timespec begun;
    int32_t ended;
    int width;
    bool colour, progress;
    bool is_lost; /* results could not be kept */
};

static double wall_s(const struct testing *t)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->begun.tv_sec) + 1e-9 * (double)(now.tv_nsec - t->begun.tv_nsec);
}

/* ---- files --------------------------------------------------------------------------------------- */

typedef void writer(FILE *out, const struct testing *t);

static void put_junit(FILE *out, const struct testing *t)
{
    junit_write(out, &t->suite, t->outcomes, wall_s(t));
}

static void put_csv(FILE *out, const struct testing *t)
{
    suite_csv(out, &t->suite, t->outcomes);
}

/* Write the file anew; a pipe gets it at the end, once. */
static bool keep(const struct testing *t, const char *path, writer *put, bool is_end,
                 struct diag *d)
{
    struct output o;

    if (path == NULL || (!is_end && !output_is_plain(path))) {
        return true;
    }
    if (!output_open(&o, path, d)) {
        return false;
    }
    put(o.file, t);
    return output_close(&o, true, d);
}

/* All that is known goes to the disk. */
static bool keep_files(const struct testing *t, bool is_end, struct diag *d)
{
    const struct test_flags *f = t->flags;
    const char *in_out = f->out != NULL ? arena_print(t->arena, "%s/suite.csv", f->out) : NULL;
    bool kept = keep(t, f->junit, put_junit, is_end, d);

    kept = keep(t, f->csv, put_csv, is_end, d) && kept;
    return keep(t, in_out, put_csv, is_end, d) && kept;
}

/* ---- while it runs ------------------------------------------------------------------------------- */

static void say_one(const struct testing *t, int32_t i)
{
    const struct test_flags *f = t->flags;
    const struct suite_case *c = &t->suite.cases[i];
    const struct outcome *o = &t->outcomes[i];

    if (t->progress) {
        suite_progress_end(stderr);
    }
    if (f->tap) {
        tap_result(stdout, t->ended, c, o);
    } else if (f->json) {
        suite_json(stdout, c, o);
    } else if (!f->quiet || o->status != CASE_PASS) {
        suite_line(stdout, c, o, t->width, t->colour);
    }
    cli_flush();
}

static enum suite_go on_ended(void *ctx, int32_t i)
{
    struct testing *t = ctx;
    const struct baseline_slack slack = {t->flags->allow, ns_to_s(t->flags->floor)};
    struct diag *d = diag_new();

    t->ended++;
    if (t->baseline != NULL && !t->flags->update) {
        baseline_compare(t->baseline, &t->suite.cases[i], &t->outcomes[i], &slack, &t->count);
    }
    say_one(t, i);
    bool kept = keep_files(t, false, d);
    cli_report(d, false);
    t->is_lost = t->is_lost || !kept || t->outcomes[i].unkept;
    if (!kept || (t->flags->fail_fast && t->outcomes[i].status != CASE_PASS)) {
        return SUITE_KILL;
    }
    return t->outcomes[i].unkept ? SUITE_FINISH : SUITE_ON;
}

static void on_waiting(void *ctx, const struct suite_now *now)
{
    const struct testing *t = ctx;

    if (t->progress && now->running > 0) {
        struct suite_sum sum = suite_add_up(&t->suite, t->outcomes);
        suite_progress(stderr, &t->suite, &sum, now);
    }
}

/* ---- at the end ---------------------------------------------------------------------------------- */

static void say_end(const struct testing *t, const struct suite_sum *sum,
                    const struct coverage *coverage)
{
    const struct test_flags *f = t->flags;
    const struct baseline_count *count = t->baseline != NULL && !f->update ? &t->count : NULL;

    if (f->tap) {
        if (sum->n[CASE_NOT_RUN] > 0) {
            tap_bail_out(stdout, "the suite was ended before");
        }
        return;
    }
    if (f->json) {
        suite_json_summary(stdout, &t->suite, sum, count, coverage);
        return;
    }
    fputs(f->quiet ? "" : "\n", stdout);
    if (coverage != NULL) {
        coverage_print(stdout, coverage);
    }
    suite_summary(stdout, &t->suite, t->outcomes, sum, count);
}

static bool update_baseline(const struct testing *t, const struct suite_sum *sum, struct diag *d)
{
    int32_t left = t->suite.n - sum->n[CASE_PASS];

    if (!baseline_update(t->baseline, &t->suite, t->outcomes, d)) {
        return false;
    }
    fprintf(stderr, "powergap test: wrote '%s'", t->flags->baseline);
    if (left > 0) {
        fprintf(stderr, "; of %d scenario%s that did not pass it keeps what it had", (int)left,
                left == 1 ? "" : "s");
    }
    fputc('\n', stderr);
    return true;
}

static int finish(struct testing *t, bool stopped)
{
    struct diag *d = diag_new();
    struct suite_sum sum = suite_add_up(&t->suite, t->outcomes);
    struct coverage coverage;
    bool kept = t->is_lost || keep_files(t, true, d);
    bool covers = t->flags->coverage;

    sum.wall_s = wall_s(t);
    if (covers &&
        !coverage_find(&coverage, t->arena, &t->all, &t->suite, t->outcomes, t->flags->claims, d)) {
        covers = false;
    }
    say_end(t, &sum, covers ? &coverage : NULL);
    if (t->flags->update && !stopped) {
        kept = update_baseline(t, &sum, d) && kept;
    }
    cli_flush();
    cli_report(d, false);
    if (t->is_lost || !kept) {
        fprintf(stderr,
                "powergap test: results can't be kept: ended after %d of %d scenarios; what was "
                "written until then is complete\n",
                (int)(t->suite.n - sum.n[CASE_NOT_RUN]), (int)t->suite.n);
        return EXIT_OURS;
    }
    return stopped ? EXIT_INTERRUPTED : sum.exit;
}

static int play(struct testing *t)
{
    const struct test_flags *f = t->flags;
    struct suite_ear ear = {.ctx = t, .ended = on_ended, .waiting = on_waiting};
    struct suite_options o = {.out = f->out,
                              .jobs = (int32_t)f->jobs,
                              .repeat = (int32_t)f->repeat,
                              .timeout = f->timeout,
                              .stop = cli_interruptible()};

    t->width = suite_width(&t->suite);
    t->colour = cli_colours(stdout);
    t->progress = isatty(STDERR_FILENO) && !f->quiet;
    if (f->tap) {
        tap_plan(stdout, &t->suite);
    }
    suite_run(&t->suite, &o, t->arena, t->outcomes, &ear);
    if (t->progress) {
        suite_progress_end(stderr);
    }
    return finish(t, *o.stop != 0);
}

/* ---- before it begins ---------------------------------------------------------------------------- */

static void say_nothing_fits(const struct testing *t, struct diag *d)
{
    const struct test_flags *f = t->flags;

    for (int i = 0; i < f->only.n; i++) {
        int32_t fits = 0;
        for (int32_t k = 0; k < t->all.n; k++) {
            fits += suite_fits(&t->all.cases[k], f->only.item[i]);
        }
        if (fits == 0) {
            diag_error(d, COMMAND_LINE, "none of %d scenarios fits --only '%s'", (int)t->all.n,
                       f->only.item[i]);
            return;
        }
    }
    diag_error(d, COMMAND_LINE, "nothing to test: %s leaves none of %d scenarios",
               f->shard != NULL                 ? "--shard"
               : f->only.n > 0 && f->skip.n > 0 ? "--only with --skip"
               : f->skip.n > 0                  ? "--skip"
                                                : "the choice",
               (int)t->all.n);
}

static bool find(struct testing *t, int n, char **paths, const struct suite_choice *choice,
                 struct diag *d)
{
    if (!suite_find(&t->all, t->arena, n, paths, d)) {
        return false;
    }
    if (t->all.n == 0) {
        diag_error(d, COMMAND_LINE, "nothing to test: no scenario below '%s'%s", paths[0],
                   n > 1 ? " and the other paths" : "");
        if (t->all.n_others > 0) {
            diag_hint(d, "a scenario has 'rack' and 'duration'; %d other YAML file%s there",
                      (int)t->all.n_others, t->all.n_others == 1 ? " is" : "s are");
        }
        return false;
    }
    t->suite = suite_choose(&t->all, t->arena, choice);
    if (t->suite.n == 0) {
        say_nothing_fits(t, d);
    }
    return t->suite.n > 0;
}

/* What can be found wrong with the files before the first run is found then. */
static bool prepare(struct testing *t, struct diag *d)
{
    const struct test_flags *f = t->flags;

    t->outcomes = arena_array(t->arena, (size_t)t->suite.n, sizeof *t->outcomes);
    for (int32_t i = 0; i < t->suite.n; i++) {
        t->outcomes[i] = outcome_none();
    }
    if (f->claims != NULL &&
        text_read(t->arena, d, f->claims, "file of claims", COMMAND_LINE) == NULL) {
        return false;
    }
    if (f->baseline != NULL) {
        t->baseline = baseline_load(t->arena, f->baseline, f->update, d);
        if (t->baseline == NULL) {
            return false;
        }
    }
    if (f->out != NULL && !(suite_has_folders(&t->suite, d) && folder_make(f->out, d))) {
        return false;
    }
    return keep_files(t, false, d);
}

static int test(const struct test_flags *f, const struct suite_choice *choice, int n, char **paths)
{
    struct testing t = {.flags = f, .arena = arena_new()};
    struct diag *d = diag_new();
    int status = EXIT_USE;

    clock_gettime(CLOCK_MONOTONIC, &t.begun);
    bool good = find(&t, n, paths, choice, d) && prepare(&t, d);
    cli_report(d, false);
    if (good) {
        status = play(&t);
    }
    arena_free(t.arena);
    return cli_end(status);
}

/* ---- the command --------------------------------------------------------------------------------- */

/* "2/5" */
static bool read_shard(const char *text, struct suite_choice *choice)
{
    char *slash;
    char *end;
    long i = strtol(text, &slash, 10);
    long n = *slash == '/' ? strtol(slash + 1, &end, 10) : 0;

    if (n < 1 || n > INT32_MAX || i < 1 || i > n || *end != '\0') {
        return false;
    }
    choice->shard = (int32_t)i;
    choice->shards = (int32_t)n;
    return true;
}

static bool is_sound(const struct command *c, const struct test_flags *f)
{
    const char *wrong =
        f->jobs < 1 || f->jobs > 1024       ? "-j wants a number from 1 to 1024"
        : f->repeat < 1 || f->repeat > 1000 ? "--repeat wants a number from 1 to 1000"
        : f->timeout == 0                   ? "--timeout wants a time above 0 s"
        : !(f->allow >= 0.0)                ? "--allow wants a ratio: 0.05 or so"
        : f->tap && f->json                 ? "--tap or --json, not both"
        : f->tap && f->coverage             ? "--tap has no place for --coverage: --json has"
        : f->update && f->baseline == NULL  ? "--update-baseline: which one? --baseline FILE"
                                            : NULL;

    if (wrong != NULL) {
        cli_wrong(c, "%s", wrong);
    }
    return wrong == NULL;
}

static int run(const struct command *c, int argc, char **argv)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct test_flags f = {.jobs = cpus > 0 ? (uint64_t)cpus : 1,
                           .repeat = 1,
                           .timeout = MS(600000),
                           .floor = US(20),
                           .allow = 0.05};
    struct suite_choice choice = {.only = &f.only, .skip = &f.skip, .shard = 1, .shards = 1};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"only", OPTION_LIST, &f.only, "PATTERN", "those whose path, title or claims it fits"},
        {"skip", OPTION_LIST, &f.skip, "PATTERN", "not those; both can be given several times"},
        {"shard", OPTION_TEXT, &f.shard, "I/N", "the I-th of N parts of the suite"},
        {"j", OPTION_WHOLE, &f.jobs, "N", "so many at a time (else one a processor)"},
        {"timeout", OPTION_TIME, &f.timeout, "TIME", "one that takes longer hangs (else 600 s)"},
        {"repeat", OPTION_WHOLE, &f.repeat, "N", "each N times: the event hashes must be equal"},
        {"fail-fast", OPTION_FLAG, &f.fail_fast, NULL, "end with the first that does not pass"},
        {"out", OPTION_TEXT, &f.out, "DIR", "keep every trace, and suite.csv"},
        {"junit", OPTION_TEXT, &f.junit, "FILE", "write JUnit XML"},
        {"csv", OPTION_TEXT, &f.csv, "FILE", "write the table that suite.csv is"},
        {"tap", OPTION_FLAG, &f.tap, NULL, "print TAP instead of the table"},
        {"json", OPTION_FLAG, &f.json, NULL, "print one JSON object a line instead"},
        {"quiet", OPTION_FLAG, &f.quiet, NULL, "no progress, no line for what passes"},
        {"baseline", OPTION_TEXT, &f.baseline, "FILE", "what is worse than there fails"},
        {"allow", OPTION_REAL, &f.allow, "X", "so much worse is not (else 0.05 of the figure)"},
        {"floor", OPTION_TIME, &f.floor, "TIME", "nor is so much of a time (else 20 us)"},
        {"update-baseline", OPTION_FLAG, &f.update, NULL, "write it anew instead"},
        {"coverage", OPTION_FLAG, &f.coverage, NULL, "what was exercised, and what was not"},
        {"claims", OPTION_TEXT, &f.claims, "FILE", "that too of the claims in it, one a line"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n == 0) {
        return cli_wrong(c, "which scenarios? powergap test PATH...");
    }
    f.coverage = f.coverage || f.claims != NULL;
    if (f.shard != NULL && !read_shard(f.shard, &choice)) {
        return cli_wrong(c, "--shard wants a part of how many, such as 2/5, not '%s'", f.shard);
    }
    return is_sound(c, &f) ? test(&f, &choice, n, argv) : EXIT_USE;
}

const struct command test_command = {
    .name = "test",
    .about = "play every scenario below a path; compare with a baseline",
    .use = "[options] PATH...",
    .more = more,
    .run = run,
};

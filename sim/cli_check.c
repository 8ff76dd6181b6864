/* cli_check.c - `powergap check`: load, report, don't play. */
#include "cli.h"
#include "run.h"
#include "scenario.h"

static const char more[] =
    "Loads each scenario with everything it names and reports every problem at once, with file,\n"
    "line, column and what may have been meant.\n\n"
    "Examples:\n"
    "  powergap check scenarios/psu-failure/fet.yaml\n"
    "  powergap check --json scenario.yaml           problems as JSON, one a line, on stderr\n";

/* Errors in this file. */
static int32_t check_file(const char *path, bool quiet, bool json)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load(path, d);
    bool good = s != NULL && run_check(s, d);
    int32_t errors = diag_errors(d);

    if (good) {
        run_check_rest(s, d);
    }
    if (good && !quiet && !json) {
        printf("%s: in order: %d parts, %d deeds, %d expectations\n", path, (int)s->rack.n_parts,
               (int)s->n_deeds, (int)s->n_expectations);
    }
    cli_report(d, json);
    scenario_free(s);
    return errors;
}

static int run(const struct command *c, int argc, char **argv)
{
    bool quiet = false;
    bool json = false;
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"json", OPTION_FLAG, &json, NULL, "print the problems as JSON, for editors"},
        {"quiet", OPTION_FLAG, &quiet, NULL, "say nothing about a file that is in order"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n == 0) {
        return cli_wrong(c, "which scenario? powergap check FILE...");
    }
    for (int i = 0; i < n; i++) {
        status = check_file(argv[i], quiet, json) > 0 ? EXIT_USE : status;
    }
    return cli_end(status);
}

const struct command check_command = {
    .name = "check",
    .about = "find the mistakes in scenario files without playing them",
    .use = "[options] FILE...",
    .more = more,
    .run = run,
};

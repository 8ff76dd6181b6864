/* cli_plot.c - `powergap plot`: runs the gnuplot scripts on a trace. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "gnuplot.h"
#include "home.h"

static const volatile sig_atomic_t *stop; /* the user's Ctrl-C */

enum { SCRIPTS_MAX = 32, NAME_SIZE = 64, PATH_SIZE = 4096, FORMATS = 2 };

static const char *const formats[FORMATS] = {"svg", "png"};

static const char more[] =
    "Draws every plot in SVG and PNG into the trace folder and prints the names of the files.\n\n"
    "Ctrl-C ends it: the pictures finished by then stay.\n\n"
    "Examples:\n"
    "  powergap plot out/fet\n"
    "  powergap plot --format png --only anatomy out/fet\n";

struct scripts {
    char folder[PATH_SIZE];
    int n;
    char name[SCRIPTS_MAX][NAME_SIZE]; /* without ".gp" */
};

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Every plots/NAME.gp but the shared style. */
static bool find_scripts(struct scripts *s)
{
    s->n = 0;
    if (!cli_data("plots", s->folder, sizeof s->folder)) {
        return false;
    }
    DIR *dir = opendir(s->folder);
    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        size_t n = strlen(e->d_name);
        if (n > 3 && n < NAME_SIZE && strcmp(e->d_name + n - 3, ".gp") == 0 &&
            strcmp(e->d_name, "style.gp") != 0 && s->n < SCRIPTS_MAX) {
            memcpy(s->name[s->n], e->d_name, n - 3);
            s->name[s->n++][n - 3] = '\0';
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    qsort(s->name, (size_t)s->n, sizeof s->name[0], by_name);
    return s->n > 0;
}

/* False: it failed, its own words are on stderr; or it was interrupted. */
static bool draw(const char *script, const char *trace, const char *out, const char *format)
{
    int status = -1;
    pid_t child = gnuplot_start(script, trace, out, format);

    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        kill(child, SIGTERM);
    }
    return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 && *stop == 0;
}

/* Drawn beside its place and then moved there: a picture is whole or not there. */
static int draw_one(const struct scripts *s, const char *name, char *trace, const char *as,
                    bool quiet)
{
    char format[8];
    char script[PATH_SIZE + NAME_SIZE + 8];
    char out[PATH_SIZE + NAME_SIZE + 8];
    char part[PATH_SIZE + NAME_SIZE + 16];

    snprintf(format, sizeof format, "%s", as);
    snprintf(script, sizeof script, "%s/%s.gp", s->folder, name);
    snprintf(out, sizeof out, "%s/%s.%s", trace, name, format);
    snprintf(part, sizeof part, "%s.part", out);
    bool drawn = draw(script, trace, part, format);
    if (drawn && gnuplot_is_complete(part, format) && rename(part, out) == 0) {
        if (!quiet) {
            printf("%s\n", out);
        }
        return EXIT_GOOD;
    }
    unlink(part);
    if (*stop != 0) {
        return EXIT_INTERRUPTED;
    }
    fprintf(stderr, "powergap: %s could not be drawn%s\n", out,
            drawn ? ": it could not be written in full" : "");
    return EXIT_USE;
}

static int draw_all(const struct scripts *s, char *trace, const char *format, const char *only,
                    bool quiet)
{
    int status = EXIT_GOOD;

    stop = cli_interruptible();
    for (int i = 0; i < s->n; i++) {
        for (int k = 0; k < FORMATS && (only == NULL || strcmp(only, s->name[i]) == 0); k++) {
            if (status == EXIT_GOOD && (format == NULL || strcmp(format, formats[k]) == 0)) {
                status = draw_one(s, s->name[i], trace, formats[k], quiet);
            }
        }
    }
    return status;
}

/* Is --only one of the plots? */
static bool is_known(const struct command *c, const struct scripts *s, const char *only)
{
    const char *names[SCRIPTS_MAX + 1] = {NULL};

    for (int i = 0; i < s->n; i++) {
        if (strcmp(only, s->name[i]) == 0) {
            return true;
        }
        names[i] = s->name[i];
    }
    cli_wrong(c, "there is no plot '%s'", only);
    cli_suggest(only, names);
    return false;
}

static int run(const struct command *c, int argc, char **argv)
{
    const char *format = NULL;
    const char *only = NULL;
    bool quiet = false;
    int status = EXIT_GOOD;
    struct scripts scripts;
    char path[PATH_SIZE];
    const struct option_row rows[] = {
        {"format", OPTION_TEXT, &format, "svg|png", "only this (else both)"},
        {"only", OPTION_TEXT, &only, "NAME", "only this plot"},
        {"quiet", OPTION_FLAG, &quiet, NULL, "don't print the names of the files"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 1) {
        return cli_wrong(c, "wants one trace folder, such as out/fet");
    }
    if (format != NULL && strcmp(format, "svg") != 0 && strcmp(format, "png") != 0) {
        return cli_wrong(c, "--format is svg or png, not '%s'", format);
    }
    snprintf(path, sizeof path, "%s/run.yaml", argv[0]);
    if (access(path, R_OK) != 0) {
        return cli_wrong(c, "'%s' is no trace: can't read '%s'", argv[0], path);
    }
    if (access(argv[0], W_OK | X_OK) != 0) {
        return cli_wrong(c, "can't write into '%s': %s", argv[0], strerror(errno));
    }
    if (!find_scripts(&scripts)) {
        return cli_wrong(c,
                         "no plot scripts: neither in $POWERGAP_DATA/plots, %s/plots nor ./plots",
                         home_data());
    }
    if (only != NULL && !is_known(c, &scripts, only)) {
        return EXIT_USE;
    }
    return cli_end(draw_all(&scripts, argv[0], format, only, quiet));
}

const struct command plot_command = {
    .name = "plot",
    .about = "draw the trace of a run",
    .use = "[options] TRACE-FOLDER",
    .more = more,
    .run = run,
};

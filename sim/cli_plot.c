/* cli_plot.c - `powergap plot`: runs the gnuplot scripts on a trace, or on several. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    "Several folders, or a folder of traces, are compared: 'overlay' of up to 8 runs, the 'cdf' "
    "of\n"
    "their gaps, a 'heatmap' of two parameters that differ, the 'phase' of the poll where the "
    "instant\n"
    "of the failure differs. These go into the folder that all are in.\n\n"
    "Ctrl-C ends it: the pictures finished by then stay.\n\n"
    "Examples:\n"
    "  powergap plot out/fet\n"
    "  powergap plot --format png --only anatomy out/fet\n"
    "  powergap plot --only overlay out/fet out/relay out/breaker\n"
    "  powergap plot --only cdf --out pictures out/suite\n";

/* A folder of scripts: of one run, or of several. */
struct scripts {
    char folder[PATH_SIZE];
    int n;
    char name[SCRIPTS_MAX][NAME_SIZE]; /* without ".gp" */
};

/* What is to be drawn, and where to. */
struct drawing {
    const struct scripts *scripts;
    const char *folders; /* one a line */
    const char *out;     /* the folder of the pictures */
    const char *only;    /* one of the scripts, or NULL */
    bool quiet;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Every NAME.gp of the folder but the shared style. */
static bool find_scripts(struct scripts *s, const char *folder)
{
    s->n = 0;
    if (!cli_data(folder, s->folder, sizeof s->folder)) {
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

/* gnuplot's exit status; -1: it failed, its own words are on stderr, or it was interrupted. */
static int draw(const char *script, const char *folders, const char *out)
{
    int status = -1;
    pid_t child = gnuplot_start(script, folders, out);

    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        kill(child, SIGTERM);
    }
    return child > 0 && WIFEXITED(status) && *stop == 0 ? WEXITSTATUS(status) : -1;
}

/* Drawn beside its place and then moved there: a picture is whole or not there. */
static int draw_one(const struct drawing *d, const char *name, const char *format)
{
    char script[PATH_SIZE + NAME_SIZE + 8];
    char out[PATH_SIZE + NAME_SIZE + 8];
    char part[PATH_SIZE + NAME_SIZE + 16];

    snprintf(script, sizeof script, "%s/%s.gp", d->scripts->folder, name);
    snprintf(out, sizeof out, "%s/%s.%s", d->out, name, format);
    snprintf(part, sizeof part, "%s/%s.part.%s", d->out, name, format);
    int drawn = draw(script, d->folders, part);
    if (drawn == 0 && gnuplot_is_complete(part, format) && rename(part, out) == 0) {
        if (!d->quiet) {
            printf("%s\n", out);
        }
        return EXIT_GOOD;
    }
    unlink(part);
    if (*stop != 0) {
        return EXIT_INTERRUPTED;
    }
    if (drawn == GNUPLOT_NOTHING) {
        return d->only != NULL ? EXIT_USE : GNUPLOT_NOTHING;
    }
    fprintf(stderr, "powergap: %s could not be drawn%s\n", out,
            drawn == 0 ? ": it could not be written in full" : "");
    return EXIT_USE;
}

/* A plot that has nothing to say about these runs says so once, and the others are drawn. */
static int draw_all(const struct drawing *d, const char *format)
{
    const struct scripts *s = d->scripts;
    int status = EXIT_GOOD;

    stop = cli_interruptible();
    for (int i = 0; i < s->n && status == EXIT_GOOD; i++) {
        for (int k = 0; k < FORMATS && (d->only == NULL || strcmp(d->only, s->name[i]) == 0); k++) {
            if (status == EXIT_GOOD && (format == NULL || strcmp(format, formats[k]) == 0)) {
                status = draw_one(d, s->name[i], formats[k]);
            }
        }
        status = status == GNUPLOT_NOTHING ? EXIT_GOOD : status;
    }
    return status;
}

static bool is_one_of(const struct scripts *s, const char *name)
{
    for (int i = 0; i < s->n; i++) {
        if (strcmp(name, s->name[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Is --only one of the plots? */
static bool is_known(const struct command *c, const struct scripts *s, const struct scripts *others,
                     bool compares, const char *only)
{
    const char *names[SCRIPTS_MAX + 1] = {NULL};

    if (is_one_of(s, only)) {
        return true;
    }
    if (is_one_of(others, only)) {
        cli_wrong(c, compares ? "'%s' is of one run" : "'%s' compares several runs", only);
        return false;
    }
    for (int i = 0; i < s->n; i++) {
        names[i] = s->name[i];
    }
    cli_wrong(c, "there is no plot '%s'", only);
    cli_suggest(only, names);
    return false;
}

/* ---- folders --------------------------------------------------------------------------------------- */

static bool is_trace(const char *folder)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "%s/run.yaml", folder);
    return access(path, R_OK) == 0;
}

static bool is_folder(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The folder that all are in; a single one that is a folder itself. */
static void common_folder(char common[PATH_SIZE], int n, char **folders)
{
    snprintf(common, PATH_SIZE, "%s", folders[0]);
    if (n == 1) {
        return;
    }
    size_t same = strlen(common);
    for (int i = 1; i < n; i++) {
        size_t k = 0;
        while (k < same && folders[i][k] == common[k]) {
            k++;
        }
        same = k;
    }
    while (same > 0 && common[same - 1] != '/') {
        same--;
    }
    if (same == 0) {
        snprintf(common, PATH_SIZE, ".");
    } else {
        common[same > 1 ? same - 1 : 1] = '\0';
    }
}

/* The folders, one a line; the caller frees it. NULL: one of them is none, which was said. */
static char *list(const struct command *c, int n, char **folders)
{
    size_t size = 1;

    for (int i = 0; i < n; i++) {
        if (!is_trace(folders[i]) && (!is_folder(folders[i]) || strchr(folders[i], '\n') != NULL)) {
            cli_wrong(c, "'%s' is no trace: can't read '%s/run.yaml'", folders[i], folders[i]);
            return NULL;
        }
        size += strlen(folders[i]) + 1;
    }
    char *text = calloc(size, 1);
    for (int i = 0; i < n && text != NULL; i++) {
        snprintf(text + strlen(text), size - strlen(text), i > 0 ? "\n%s" : "%s", folders[i]);
    }
    return text;
}

/* ---- the command ------------------------------------------------------------------------------------- */

static int draw_folders(const struct command *c, const struct drawing *asked, const char *format,
                        int n, char **folders)
{
    struct drawing d = *asked;
    struct scripts one;
    struct scripts several;
    bool compares = n > 1 || !is_trace(folders[0]);
    char common[PATH_SIZE];

    if (d.out == NULL) {
        common_folder(common, n, folders);
        d.out = common;
    }
    if (access(d.out, W_OK | X_OK) != 0) {
        return cli_wrong(c, "can't write into '%s': %s", d.out, strerror(errno));
    }
    if (!find_scripts(&one, "plots") || !find_scripts(&several, "plots/runs")) {
        return cli_wrong(c,
                         "no plot scripts: neither in $POWERGAP_DATA/plots, %s/plots nor ./plots",
                         home_data());
    }
    d.scripts = compares ? &several : &one;
    if (d.only != NULL && !is_known(c, d.scripts, compares ? &one : &several, compares, d.only)) {
        return EXIT_USE;
    }
    return cli_end(draw_all(&d, format));
}

static int run(const struct command *c, int argc, char **argv)
{
    const char *format = NULL;
    struct drawing d = {.scripts = NULL};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"format", OPTION_TEXT, &format, "svg|png", "only this (else both)"},
        {"only", OPTION_TEXT, &d.only, "NAME", "only this plot"},
        {"out", OPTION_TEXT, &d.out, "DIR", "folder of the pictures"},
        {"quiet", OPTION_FLAG, &d.quiet, NULL, "don't print the names of the files"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n == 0) {
        return cli_wrong(c, "wants a trace folder, such as out/fet, or several");
    }
    if (format != NULL && strcmp(format, "svg") != 0 && strcmp(format, "png") != 0) {
        return cli_wrong(c, "--format is svg or png, not '%s'", format);
    }
    if (!gnuplot_is_there()) {
        return cli_wrong(c, "%s", gnuplot_missing);
    }
    char *folders = list(c, n, argv);
    if (folders == NULL) {
        return EXIT_USE;
    }
    d.folders = folders;
    status = draw_folders(c, &d, format, n, argv);
    free(folders);
    return status;
}

const struct command plot_command = {
    .name = "plot",
    .about = "draw the trace of a run, or compare several",
    .use = "[options] FOLDER...",
    .more = more,
    .run = run,
};

/* report_find.c - which folders are runs.  Checked by tests/sim/test_report.sh. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

enum { RUNS_MAX = 100000, DEEPEST = 32 };

static const struct place COMMAND_LINE = {.in = NULL};

struct finding {
    struct arena *arena;
    struct diag *diag;
    const char **folder;
    int32_t n, room;
};

static void add(struct finding *f, const char *folder)
{
    if (f->n == f->room) {
        f->room = f->room > 0 ? 2 * f->room : 64;
        const char **more = arena_array(f->arena, (size_t)f->room, sizeof *more);
        if (f->n > 0) {
            memcpy(more, f->folder, (size_t)f->n * sizeof *more);
        }
        f->folder = more;
    }
    f->folder[f->n++] = folder;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder with any file of a trace in it is a run, if perhaps a broken one: reading it says so. A
 * run that is being written is not one yet. */
static bool is_run(struct arena *a, const char *folder)
{
    static const char *const names[] = {"run.yaml", "signals.csv", "gaps.csv", "verdict.csv"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (access(arena_print(a, "%s/%s", folder, names[i]), F_OK) == 0) {
            return true;
        }
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void walk(struct finding *f, const char *folder, int depth)
{
    if (is_run(f->arena, folder)) {
        add(f, folder);
        return;
    }
    DIR *dir = depth < DEEPEST ? opendir(folder) : NULL;
    if (dir == NULL) {
        diag_error(f->diag, COMMAND_LINE, "can't read the folder '%s': %s", folder,
                   strerror(depth < DEEPEST ? errno : ELOOP));
        return;
    }
    for (const struct dirent *e = readdir(dir); e != NULL && f->n < RUNS_MAX; e = readdir(dir)) {
        const char *path = arena_print(f->arena, "%s/%s", folder, e->d_name);
        if (e->d_name[0] != '.' && strstr(e->d_name, ".partial-") == NULL && is_folder(path)) {
            walk(f, path, depth + 1);
        }
    }
    closedir(dir);
}

static const char *without_slash(struct arena *a, const char *path)
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    return arena_text(a, path, n);
}

/* What all folders begin with, up to a slash. */
static size_t common(const struct finding *f)
{
    size_t n = 0;

    for (size_t i = 0; f->n > 1 && f->folder[0][i] != '\0'; i++) {
        for (int32_t k = 1; k < f->n; k++) {
            if (f->folder[k][i] != f->folder[0][i]) {
                return n;
            }
        }
        n = f->folder[0][i] == '/' ? i + 1 : n;
    }
    return n;
}

static const char *last_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

bool report_find(struct report *r, struct arena *a, struct diag *d, int n, char *const paths[])
{
    struct finding f = {.arena = a, .diag = d};

    for (int i = 0; i < n; i++) {
        const char *path = without_slash(a, paths[i]);
        int32_t before = f.n;
        if (!is_folder(path)) {
            diag_error(d, COMMAND_LINE, "'%s' is no folder of a run: %s", path,
                       strerror(access(path, F_OK) == 0 ? ENOTDIR : errno));
            continue;
        }
        walk(&f, path, 0);
        if (f.n == before && diag_errors(d) == 0) {
            diag_error(d, COMMAND_LINE, "'%s' is no trace, and there is none below it", path);
        }
    }
    if (diag_errors(d) > 0 || f.n == 0) {
        return false;
    }
    if (n == 1) { /* the order of a disk is no order; that of a command line is the user's */
        qsort(f.folder, (size_t)f.n, sizeof *f.folder, by_name);
    }
    struct report_run *runs = arena_array(a, (size_t)f.n, sizeof *runs);
    size_t skip = common(&f);
    for (int32_t i = 0; i < f.n; i++) {
        runs[i].folder = f.folder[i];
        runs[i].label = f.n == 1 ? last_of(f.folder[i]) : f.folder[i] + skip;
    }
    r->name = n == 1 ? last_of(without_slash(a, paths[0])) : NULL;
    r->n = f.n;
    r->runs = runs;
    return true;
}

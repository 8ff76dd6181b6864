/* suite.c - walks folders, looks into each YAML file, and chooses.
 *
 * Checked by tests/sim/test_suite.sh. */
#include "suite.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"
#include "yaml.h"

enum { DEEPEST = 64 };

static const struct place COMMAND_LINE = {.in = NULL};

struct finding {
    struct suite *suite;
    struct arena *arena;
    struct diag *diag;
    int32_t room;
};

/* ---- one file ---------------------------------------------------------------------------------- */

static bool is_yaml(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

/* "scenarios/fet" for ./scenarios/fet.yaml, /x/fet for x/fet: a path that leads down from anywhere. */
static const char *name_of(struct arena *a, const char *path)
{
    char *name = arena_get(a, strlen(path) + 2);
    size_t n = 0;

    for (const char *at = path; *at != '\0';) {
        size_t length = strcspn(at, "/");
        bool is_step = length == 0 || strncmp(at, ".", length) == 0 ||
                       (length == 2 && strncmp(at, "..", length) == 0);
        if (!is_step) {
            memcpy(&name[n], at, length);
            n += length;
            name[n++] = '/';
        }
        at += length + (at[length] == '/');
    }
    name[n > 0 ? n - 1 : 0] = '\0';
    if (is_yaml(name)) {
        *strrchr(name, '.') = '\0';
    }
    return name;
}

static const char *scalar(struct arena *a, const struct yaml *y, const char *otherwise)
{
    const char *text =
        y != NULL && y->is == YAML_SCALAR && y->text[0] != '\0' ? y->text : otherwise;

    return arena_text(a, text, strlen(text));
}

static void read_covers(struct arena *a, struct suite_case *c, const struct yaml *y)
{
    const char **covers = arena_array(a, (size_t)(y != NULL ? y->n : 0) + 1, sizeof *covers);

    c->covers = covers;
    if (y != NULL && y->is == YAML_SCALAR) {
        covers[c->n_covers++] = scalar(a, y, "");
    }
    for (const struct yaml *i = y != NULL && y->is == YAML_LIST ? y->first : NULL; i; i = i->next) {
        covers[c->n_covers++] = scalar(a, i, "");
    }
}

/* A file that can't be read as YAML counts as a scenario: playing it says what is wrong. */
static bool read_case(struct arena *a, struct suite_case *c, const char *path)
{
    struct arena *scratch = arena_new();
    struct diag *deaf = diag_new();
    const struct text *t = text_read(scratch, deaf, path, "scenario", COMMAND_LINE);
    const struct yaml *y = t != NULL ? yaml_read(scratch, deaf, t) : NULL;
    bool is_map = y != NULL && y->is == YAML_MAP;
    bool is_one = !is_map || yaml_get(y, "rack") != NULL || yaml_get(y, "duration") != NULL ||
                  yaml_get(y, "expect") != NULL;

    *c = (struct suite_case){.path = path, .name = name_of(a, path)};
    c->title = scalar(a, is_map ? yaml_get(y, "title") : NULL, c->name);
    read_covers(a, c, is_map ? yaml_get(y, "covers") : NULL);
    diag_free(deaf);
    arena_free(scratch);
    return is_one;
}

static void add_file(struct finding *f, const char *path)
{
    struct suite *s = f->suite;

    if (s->n == f->room) {
        int32_t room = f->room == 0 ? 64 : 2 * f->room;
        struct suite_case *cases = arena_array(f->arena, (size_t)room, sizeof *cases);
        if (s->n > 0) {
            memcpy(cases, s->cases, (size_t)s->n * sizeof *cases);
        }
        s->cases = cases;
        f->room = room;
    }
    if (read_case(f->arena, &s->cases[s->n], arena_text(f->arena, path, strlen(path)))) {
        s->n++;
    } else {
        s->n_others++;
    }
}

/* ---- folders ----------------------------------------------------------------------------------- */

static void add_folder(struct finding *f, const char *path, int depth);

/* An entry of a folder. Links to folders are not followed: they may lead in a circle. */
static void add_entry(struct finding *f, const char *path, int depth)
{
    struct stat link;
    struct stat st;

    if (lstat(path, &link) != 0 || stat(path, &st) != 0) {
        return;
    }
    if (S_ISDIR(link.st_mode)) {
        add_folder(f, path, depth + 1);
    } else if (S_ISREG(st.st_mode) && is_yaml(path)) {
        add_file(f, path);
    }
}

static void add_folder(struct finding *f, const char *path, int depth)
{
    DIR *dir = depth < DEEPEST ? opendir(path) : NULL;
    size_t n = strlen(path);

    if (dir == NULL) {
        diag_error(f->diag, COMMAND_LINE, "can't look into '%s': %s", path,
                   strerror(depth < DEEPEST ? errno : ELOOP));
        return;
    }
    while (n > 1 && path[n - 1] == '/') {
        n--;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (e->d_name[0] != '.') {
            add_entry(f, arena_print(f->arena, "%.*s/%s", (int)n, path, e->d_name), depth);
        }
    }
    closedir(dir);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct suite_case *)a)->path, ((const struct suite_case *)b)->path);
}

/* The same path twice is one scenario; two paths with one name would share their results. */
static void make_unique(struct suite *s, struct diag *d)
{
    int32_t n = 0;

    qsort(s->cases, (size_t)s->n, sizeof *s->cases, by_path);
    for (int32_t i = 0; i < s->n; i++) {
        int32_t k = 0;
        while (k < n && strcmp(s->cases[k].name, s->cases[i].name) != 0) {
            k++;
        }
        if (k == n) {
            s->cases[n++] = s->cases[i];
        } else if (!text_is_same_file(s->cases[k].path, s->cases[i].path)) {
            diag_error(d, COMMAND_LINE, "'%s' and '%s' would both leave their results as '%s'",
                       s->cases[k].path, s->cases[i].path, s->cases[i].name);
        }
    }
    s->n = n;
}

bool suite_find(struct suite *s, struct arena *a, int n, char *const paths[], struct diag *d)
{
    struct finding f = {.suite = s, .arena = a, .diag = d};
    int32_t errors = diag_errors(d);
    struct stat st;

    *s = (struct suite){.n = 0};
    for (int i = 0; i < n; i++) {
        if (stat(paths[i], &st) != 0) {
            diag_error(d, COMMAND_LINE, "can't find '%s': %s", paths[i], strerror(errno));
        } else if (S_ISDIR(st.st_mode)) {
            add_folder(&f, paths[i], 0);
        } else {
            add_file(&f, paths[i]);
        }
    }
    if (s->n > 0) {
        make_unique(s, d);
    }
    return diag_errors(d) == errors;
}

bool suite_has_folders(const struct suite *s, struct diag *d)
{
    bool good = true;

    for (int32_t i = 0; i < s->n; i++) {
        size_t n = strlen(s->cases[i].name);
        for (int32_t k = 0; k < s->n; k++) {
            if (strncmp(s->cases[k].name, s->cases[i].name, n) == 0 && s->cases[k].name[n] == '/') {
                diag_error(d, COMMAND_LINE, "the trace of '%s' would lie within that of '%s'",
                           s->cases[k].path, s->cases[i].path);
                good = false;
            }
        }
    }
    return good;
}

/* ---- choosing ---------------------------------------------------------------------------------- */

static bool has_part(const char *text, const char *part)
{
    for (;; text++) {
        size_t n = 0;
        while (part[n] != '\0' &&
               tolower((unsigned char)part[n]) == tolower((unsigned char)text[n])) {
            n++;
        }
        if (part[n] == '\0') {
            return true;
        }
        if (*text == '\0') {
            return false;
        }
    }
}

bool suite_fits(const struct suite_case *c, const char *pattern)
{
    bool is_glob = pattern[strcspn(pattern, "*?[")] != '\0';
    const char *texts[2] = {c->path, c->title};

    for (int32_t i = 0; i < 2 + c->n_covers; i++) {
        const char *text = i < 2 ? texts[i] : c->covers[i - 2];
        if (is_glob ? fnmatch(pattern, text, 0) == 0 : has_part(text, pattern)) {
            return true;
        }
    }
    return false;
}

static bool fits_any(const struct suite_case *c, const struct option_list *patterns)
{
    for (int i = 0; i < patterns->n; i++) {
        if (suite_fits(c, patterns->item[i])) {
            return true;
        }
    }
    return false;
}

struct suite suite_choose(const struct suite *all, struct arena *a,
                          const struct suite_choice *choice)
{
    struct suite s = {.n_others = all->n_others};
    int32_t fitting = 0;

    s.cases = arena_array(a, (size_t)all->n + 1, sizeof *s.cases);
    for (int32_t i = 0; i < all->n; i++) {
        const struct suite_case *c = &all->cases[i];
        if ((choice->only->n == 0 || fits_any(c, choice->only)) && !fits_any(c, choice->skip) &&
            fitting++ % choice->shards == choice->shard - 1) {
            s.cases[s.n++] = *c;
        }
    }
    return s;
}

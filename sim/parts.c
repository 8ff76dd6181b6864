/* parts.c - `powergap parts`: the part library. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "loader.h"
#include "spell.h"

enum { ENTRIES_MAX = 1000 };

struct entry {
    const char *name, *path;
};

struct listing {
    struct arena *arena;
    struct entry entry[ENTRIES_MAX];
    int32_t n;
};

static int32_t listed(const struct listing *l, const char *name)
{
    int32_t i = 0;

    while (i < l->n && strcmp(l->entry[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* The first folder that has a name wins, as for the loader. */
static void list_folder(void *ctx, const char *folder)
{
    struct listing *l = ctx;
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        size_t n = strlen(entry->d_name);
        if (n <= 5 || strcmp(entry->d_name + n - 5, ".yaml") != 0 || l->n == ENTRIES_MAX) {
            continue;
        }
        const char *name = arena_text(l->arena, entry->d_name, n - 5);
        if (listed(l, name) == l->n) {
            l->entry[l->n].name = name;
            l->entry[l->n++].path = arena_print(l->arena, "%s/%s", folder, entry->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

static const char *value(const struct yaml *map, const char *key)
{
    const struct yaml *y = yaml_get(map, key);

    return y && y->is == YAML_SCALAR ? y->text : "";
}

/* Its kind and what it is, then the first few numbers of the file. */
static void print_entry(FILE *out, const char *name, const struct yaml *map)
{
    enum { RATINGS = 4 };
    int n = 0;

    fprintf(out, "%-24s %-10s %s\n", name, value(map, "is"), value(map, "doc"));
    for (const struct yaml *y = map->first; y && n < RATINGS; y = y->next) {
        if (y->is == YAML_SCALAR && strcmp(y->key, "is") != 0 && strcmp(y->key, "doc") != 0) {
            fprintf(out, "%s%s %s", n ? ", " : "                         ", y->key, y->text);
            n++;
        }
    }
    fputs(n ? "\n" : "", out);
}

static const struct yaml *read_entry(struct arena *a, struct diag *d, const char *path)
{
    const struct text *t = text_read(a, d, path, "part file", (struct place){.in = NULL});
    const struct yaml *map = t ? yaml_read(a, d, t) : NULL;

    return map && map->is == YAML_MAP ? map : NULL;
}

static bool print_all(FILE *out, FILE *err, const struct listing *l)
{
    struct diag *d = diag_new();

    for (int32_t i = 0; i < l->n; i++) {
        const struct yaml *map = read_entry(l->arena, d, l->entry[i].path);
        if (map) {
            print_entry(out, l->entry[i].name, map);
        }
    }
    if (l->n == 0) {
        fprintf(err, "powergap: %s\n", library_missing());
    }
    bool good = diag_errors(d) == 0 && l->n > 0;
    diag_print(d, err, false);
    diag_free(d);
    return good;
}

static bool print_one(FILE *out, FILE *err, const struct listing *l, const char *name)
{
    int32_t i = listed(l, name);
    struct diag *d = diag_new();
    struct spell near = spell_begin(name, strlen(name));

    if (i == l->n) {
        fprintf(err, "powergap: no part file is named '%s'\n", name);
        for (int32_t k = 0; k < l->n; k++) {
            spell_try(&near, l->entry[k].name, strlen(l->entry[k].name));
        }
        if (spell_best(&near)) {
            fprintf(err, "      = hint: did you mean '%s'?\n", spell_best(&near));
        } else {
            fprintf(err, "      = hint: %s\n",
                    l->n > 0 ? "'powergap parts' lists them" : library_missing());
        }
        diag_free(d);
        return false;
    }
    const struct text *t =
        text_read(l->arena, d, l->entry[i].path, "part file", (struct place){.in = NULL});
    if (t) {
        fprintf(out, "# %s\n%s", l->entry[i].path, t->bytes);
    }
    diag_print(d, err, false);
    diag_free(d);
    return t != NULL;
}

static int by_name(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    return strcmp(a->name, b->name);
}

bool parts_print(FILE *out, FILE *err, const char *name)
{
    struct arena *a = arena_new();
    struct listing *l = arena_get(a, sizeof *l);

    l->arena = a;
    library_folders(a, NULL, list_folder, l);
    qsort(l->entry, (size_t)l->n, sizeof *l->entry, by_name);
    bool good = name ? print_one(out, err, l, name) : print_all(out, err, l);
    arena_free(a);
    return good;
}

void parts_names(void *ctx, void (*each)(void *ctx, const char *name))
{
    struct arena *a = arena_new();
    struct listing *l = arena_get(a, sizeof *l);

    l->arena = a;
    library_folders(a, NULL, list_folder, l);
    qsort(l->entry, (size_t)l->n, sizeof *l->entry, by_name);
    for (int32_t i = 0; i < l->n; i++) {
        each(ctx, l->entry[i].name);
    }
    arena_free(a);
}

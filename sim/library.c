/* library.c - where files are found that a scenario names: part files, racks, profiles. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "home.h"
#include "loader.h"
#include "spell.h"

const char *library_beside(struct arena *a, const char *from, const char *name)
{
    static const char *const up[] = {"", "../", "../../", "../../../"};

    if (name[0] != '/') {
        for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
            const char *path = text_beside(a, from, arena_print(a, "%s%s", up[i], name));
            if (text_exists(path)) {
                return path;
            }
        }
    }
    return text_beside(a, from, name);
}

void library_folders(struct arena *a, const char *scenario_path,
                     void (*each)(void *ctx, const char *folder), void *ctx)
{
    const char *data = getenv("POWERGAP_DATA");

    if (scenario_path) {
        each(ctx, text_beside(a, scenario_path, "parts"));
        each(ctx, text_beside(a, scenario_path, "../parts"));
        each(ctx, text_beside(a, scenario_path, "../../parts"));
        each(ctx, text_beside(a, scenario_path, "."));
    }
    if (data && *data) {
        each(ctx, arena_print(a, "%s/parts", data));
    }
    if (scenario_path) { /* a source tree: scenarios/hazard/x.yaml beside models/parts */
        each(ctx, text_beside(a, scenario_path, "../models/parts"));
        each(ctx, text_beside(a, scenario_path, "../../models/parts"));
    }
    each(ctx, "./models/parts");
    each(ctx, arena_print(a, "%s/parts", home_data()));
}

const char *library_missing(void)
{
    static char text[4352];

    snprintf(text, sizeof text,
             "no library of parts is in $POWERGAP_DATA/parts, ./models/parts or %s/parts",
             home_data());
    return text;
}

struct search {
    struct arena *arena;
    const char *name;
    const char *found;
    struct spell near;
    int32_t n_files; /* part files seen */
};

static void look_in(void *ctx, const char *folder)
{
    struct search *s = ctx;

    if (!s->found) {
        const char *path = arena_print(s->arena, "%s/%s.yaml", folder, s->name);
        s->found = text_exists(path) ? path : NULL;
    }
}

/* Offer the names of all part files of a folder. */
static void spell_in(void *ctx, const char *folder)
{
    struct search *s = ctx;
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        size_t n = strlen(entry->d_name);
        if (n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0) {
            spell_try(&s->near, entry->d_name, n - 5);
            s->n_files++;
        }
    }
    if (dir) {
        closedir(dir);
    }
}

/* Any part file but those beside the scenario? */
static bool library_is_there(struct search *s)
{
    s->n_files = 0;
    library_folders(s->arena, NULL, spell_in, s);
    return s->n_files > 0;
}

static void report_unknown(struct loader *l, struct search *s, struct place asked)
{
    diag_error(l->diag, asked, "no part file is named '%.60s'", s->name);
    if (diag_is_full(l->diag)) {
        return;
    }
    s->near = spell_begin(s->name, strlen(s->name));
    library_folders(l->arena, l->path, spell_in, s);
    if (spell_best(&s->near)) {
        diag_hint(l->diag, "did you mean '%s'?", spell_best(&s->near));
    } else if (library_is_there(s)) {
        diag_hint(l->diag, "'powergap parts' lists them");
    } else {
        diag_hint(l->diag, "%s", library_missing());
    }
}

static const struct yaml *read_file(struct loader *l, const char *name, struct place asked)
{
    struct search s = {.arena = l->arena, .name = name};

    if (strlen(name) > SPELL_LONGEST || name[strcspn(name, "/")] || name[0] == '.') {
        diag_error(l->diag, asked, "'%.60s' is no name of a part file", name);
        diag_hint(l->diag, "the name only, as in 'part: crps-2000w-12v'");
        return NULL;
    }
    library_folders(l->arena, l->path, look_in, &s);
    if (!s.found) {
        report_unknown(l, &s, asked);
        return NULL;
    }
    const struct text *t = inputs_read(l, s.found, "part file", asked);
    const struct yaml *map = t ? yaml_read(l->arena, l->diag, t) : NULL;
    if (map && map->is != YAML_MAP) {
        diag_error(l->diag, map->at, "a part file is a map of keys, not %s", yaml_word(map));
        return NULL;
    }
    return map;
}

const struct yaml *library_read(struct loader *l, const char *name, struct place asked)
{
    struct library *known = l->libraries;

    while (known && strcmp(known->name, name) != 0) {
        known = known->next;
    }
    if (!known) {
        known = arena_get(l->arena, sizeof *known);
        known->name = name;
        known->map = read_file(l, name, asked);
        known->next = l->libraries;
        l->libraries = known;
    }
    return known->map;
}

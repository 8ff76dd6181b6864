/* scenario.c - the top of a scenario file: its keys, and the order in which they are read. */
#include "scenario.h"

#include <stdio.h>
#include <string.h>

#include "loader.h"
#include "spell.h"

void keys_check(struct loader *l, const struct yaml *map, const char *const known[],
                const char *what)
{
    for (const struct yaml *y = map->first; y; y = y->next) {
        struct spell near = spell_begin(y->key, strlen(y->key));
        int32_t i = 0;
        while (known[i] && strcmp(known[i], y->key) != 0) {
            spell_try(&near, known[i], strlen(known[i]));
            i++;
        }
        if (known[i]) {
            continue;
        }
        diag_error(l->diag, y->key_at, "%s has no key '%.60s'", what, y->key);
        if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
        } else {
            diag_hint(l->diag, "'powergap explain scenario' lists them");
        }
    }
}

const struct expr *expr_load(struct loader *l, const struct yaml *map, const char *key)
{
    const struct yaml *y = yaml_get(map, key);
    const char *text;

    if (!y) {
        diag_error(l->diag, map->at, "'%s' is missing", key);
        return NULL;
    }
    if (!convert_text(l->diag, y, key, &text)) {
        return NULL;
    }
    struct place at = y->at;
    if (!y->exact) {
        at.length = 0; /* folded or escaped: no carets within it */
    }
    const struct expr *e = expr_compile(l->arena, l->diag, &l->rack, text, at);
    if (e && !loader_work(l, y->at, (int64_t)expr_instances(e) * (expr_refs(e) + 1))) {
        return NULL;
    }
    return e;
}

const struct expr *condition_load(struct loader *l, const struct yaml *map, const char *key)
{
    const struct expr *e = expr_load(l, map, key);

    if (e && !expr_is_condition(e)) {
        diag_error(l->diag, yaml_get(map, key)->at,
                   "'%s' wants a condition such as 'bus_a.v < 11 V', not a number", key);
        return NULL;
    }
    return e;
}

bool part_key_parse(struct loader *l, const struct yaml *y, const char *text, struct members *parts,
                    const char **key)
{
    struct selection sel;
    const char *why;
    size_t n = strlen(text), where = 0;

    if (!select_parse(text, n, &sel, &why, &where)) {
        diag_error(l->diag, yaml_within(y, where, 1), "%s", why);
        return false;
    }
    if (text[sel.length] != '.' || text[sel.length + 1] == 0) {
        diag_error(l->diag, yaml_within(y, sel.length, 1), "'part.name' is wanted, not '%.60s'",
                   text);
        return false;
    }
    *parts = select_parts(l->arena, l->diag, &l->rack, &sel, yaml_within(y, 0, sel.length));
    *key = text + sel.length + 1;
    return parts->n > 0 && loader_work(l, y->at, parts->n);
}

/* The text of a value: a scalar's own, "[a, b]" of a list, "..." of anything deeper. */
static const char *value_text(struct arena *a, const struct yaml *y)
{
    const char *text = "";

    if (y->is == YAML_SCALAR) {
        return y->text;
    }
    for (const struct yaml *item = y->first; item && y->n <= 16; item = item->next) {
        text = arena_print(a, "%s%s%s", text, *text ? ", " : "",
                           item->is == YAML_SCALAR ? item->text : "...");
    }
    return arena_print(a, "[%s]", text);
}

const char *map_text(struct arena *a, const struct yaml *map)
{
    const char *text = "";

    for (const struct yaml *y = map->first; y; y = y->next) {
        text = arena_print(a, "%s%s%s: %s", text, *text ? ", " : "", y->key, value_text(a, y));
        if (strlen(text) > 1000) {
            return text;
        }
    }
    return text;
}

/* ---- the plain keys -------------------------------------------------------------------------------------- */

static void covers_load(struct loader *l, struct scenario *s, const struct yaml *y)
{
    const char **covers = arena_array(l->arena, (size_t)y->n + 1, sizeof *covers);

    s->covers = covers;
    if (y->is == YAML_MAP) {
        diag_error(l->diag, y->at, "'covers' wants a list of texts, not a map");
        return;
    }
    if (y->is == YAML_SCALAR) {
        s->n_covers = convert_text(l->diag, y, "covers", &covers[0]);
        return;
    }
    for (const struct yaml *item = y->first; item; item = item->next) {
        if (convert_text(l->diag, item, "covers", &covers[s->n_covers])) {
            s->n_covers++;
        }
    }
}

static void sample_load(struct loader *l, struct scenario *s, const struct yaml *y)
{
    s->sample_at = y->at;
    if (convert_time(l->diag, y, "sample", &s->sample) && s->sample == 0) {
        diag_error(l->diag, y->at, "'sample' must be more than 0");
    }
}

static void duration_load(struct loader *l, struct scenario *s, const struct yaml *map)
{
    const struct yaml *y = yaml_get(map, "duration");

    if (!y) {
        diag_error(l->diag, map->at, "a scenario needs 'duration'");
        diag_hint(l->diag, "how long it lasts: 'duration: 300 ms'");
    } else if (convert_time(l->diag, y, "duration", &s->duration) && s->duration == 0) {
        diag_error(l->diag, y->at, "'duration' must be more than 0");
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void read_keys(struct loader *l, struct scenario *s, const struct yaml *map)
{
    static const char *const known[] = {"title",  "covers", "rack",     "duration", "seed", "do",
                                        "expect", "vary",   "profiles", "sample",   NULL};
    const struct yaml *y;

    keys_check(l, map, known, "a scenario");
    s->title = base_name(s->path);
    s->seed = 1;
    if ((y = yaml_get(map, "title"))) {
        convert_text(l->diag, y, "title", &s->title);
    }
    if ((y = yaml_get(map, "covers"))) {
        covers_load(l, s, y);
    }
    duration_load(l, s, map);
    if ((y = yaml_get(map, "seed"))) {
        convert_whole(l->diag, y, "seed", UINT64_MAX, &s->seed);
    }
    if ((y = yaml_get(map, "sample"))) {
        sample_load(l, s, y);
    }
    if (!(y = yaml_get(map, "rack"))) {
        diag_error(l->diag, map->at, "a scenario needs 'rack'");
        diag_hint(l->diag, "a file, 'rack: racks/two-bars.yaml', or the parts in place");
        return;
    }
    rack_load(l, y);
    if (l->rack.n_parts == 0) {
        return; /* every name below would be unknown */
    }
    refs_check(l);
    deeds_load(l, s, yaml_get(map, "do"));
    expect_load(l, s, yaml_get(map, "expect"));
    profiles_load(l, s, yaml_get(map, "profiles"));
    vary_load(l, s, yaml_get(map, "vary"));
}

/* ---- the file ----------------------------------------------------------------------------------------------- */

/* `t` NULL: reading it has failed, which was reported. */
static struct scenario *load(struct arena *a, const char *path, const struct text *t,
                             struct diag *d, int32_t errors_before)
{
    struct scenario *s = arena_get(a, sizeof *s);
    struct loader l = {.arena = a, .diag = d};
    const struct yaml *map = t ? yaml_read(a, d, t) : NULL;

    s->arena = a;
    s->path = arena_text(a, path, strlen(path));
    l.path = s->path;
    if (t) {
        inputs_keep(&l, t);
    }
    if (map && map->is == YAML_MAP) {
        read_keys(&l, s, map);
    } else if (map) {
        diag_error(d, map->at, "a scenario is a map of keys such as 'rack' and 'do', not %s",
                   yaml_word(map));
    }
    s->rack = l.rack;
    s->inputs = l.inputs;
    if (diag_errors(d) > errors_before || !map) {
        arena_free(a);
        return NULL;
    }
    return s;
}

struct scenario *scenario_load(const char *path, struct diag *d)
{
    struct arena *a = arena_new();
    int32_t errors = diag_errors(d);

    return load(a, path, text_read(a, d, path, "scenario", (struct place){.in = NULL}), d, errors);
}

struct scenario *scenario_load_text(const char *path, const char *bytes, size_t size,
                                    struct diag *d)
{
    struct arena *a = arena_new();
    int32_t errors = diag_errors(d);

    return load(a, path, text_from(a, d, path, bytes, size), d, errors);
}

void scenario_free(struct scenario *s)
{
    if (s) {
        arena_free(s->arena);
    }
}

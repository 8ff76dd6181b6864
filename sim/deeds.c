/* deeds.c - `do:`, what happens in a scenario, and `profiles:`, what the parts follow. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "loader.h"
#include "measure.h"
#include "scenario.h"
#include "spell.h"

enum { DEEDS_MAX = 10000, TIMES_MAX = 1000000 };

/* The keys of a deed that do not depend on its action. */
static const char *const deed_keys[] = {"at",    "when",  "act",      "for",
                                        "every", "times", "optional", NULL};

static bool is_deed_key(const char *key)
{
    int32_t i = 0;

    while (deed_keys[i] && strcmp(deed_keys[i], key) != 0) {
        i++;
    }
    return deed_keys[i] != NULL;
}

/* ---- the action ------------------------------------------------------------------------------------------- */

static void report_no_action(struct loader *l, const struct part *part, const struct yaml *y,
                             const char *key)
{
    struct spell near = spell_begin(key, strlen(key));
    size_t from = (size_t)(key - y->text);

    diag_error(l->diag, yaml_within(y, from, strlen(key)), "%s '%s' has no action '%.60s'",
               part->kind->name, part->name, key);
    for (const struct action *a = part->kind->actions; a && a->key; a++) {
        spell_try(&near, a->key, strlen(a->key));
    }
    if (spell_best(&near)) {
        diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
    } else {
        diag_hint(l->diag, "'powergap explain %s' lists its actions", part->kind->name);
    }
}

/* A list or a map where a value is wanted has been refused by convert_field(). */
static bool args_load(struct loader *l, const struct yaml *map, const struct action *action,
                      const struct part *part, struct act_args *args)
{
    bool good = true;

    for (const struct field *f = action->args; f && f->key; f++) {
        const struct yaml *y = yaml_get(map, f->key);
        convert_default(f, args);
        if (y) {
            good = convert_field(l, f, y, -1, part->name, args) && good;
        } else if (isnan(f->def)) {
            diag_error(l->diag, map->at, "'%s' needs '%s': %s", action->key, f->key,
                       f->doc ? f->doc : "");
            good = false;
        }
    }
    return good;
}

static const char *args_list(struct arena *a, const struct action *action)
{
    const char *text = "";

    for (const struct field *f = action->args; f && f->key; f++) {
        text = arena_print(a, "%s%s'%s'", text, *text ? ", " : "", f->key);
    }
    return text;
}

/* Offer the keys that this deed may have and does not have yet. */
static void spell_free_keys(struct spell *near, const struct yaml *map, const struct action *action)
{
    for (int32_t i = 0; deed_keys[i]; i++) {
        if (!yaml_get(map, deed_keys[i])) {
            spell_try(near, deed_keys[i], strlen(deed_keys[i]));
        }
    }
    for (const struct field *f = action->args; f && f->key; f++) {
        if (!yaml_get(map, f->key)) {
            spell_try(near, f->key, strlen(f->key));
        }
    }
}

/* Keys that are neither a deed's nor the action's. */
static void args_check(struct loader *l, const struct yaml *map, const struct action *action)
{
    for (const struct yaml *y = map->first; y; y = y->next) {
        const struct field *f = action->args;
        while (f && f->key && strcmp(f->key, y->key) != 0) {
            f++;
        }
        if ((f && f->key) || is_deed_key(y->key)) {
            continue;
        }
        const char *list = args_list(l->arena, action);
        struct spell near = spell_begin(y->key, strlen(y->key));
        spell_free_keys(&near, map, action);
        diag_error(l->diag, y->key_at, "'%s' takes no '%.60s'", action->key, y->key);
        if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
        } else if (*list) {
            diag_hint(l->diag, "it takes %s", list);
        }
    }
}

static bool undo_load(struct loader *l, const struct yaml *map, const struct part *part,
                      struct target *t)
{
    const struct yaml *lasts = yaml_get(map, "for");
    const char *undo = t->action->undo;

    if (!lasts) {
        return true;
    }
    t->undo = undo ? kind_action(part->kind, undo, strlen(undo)) : NULL;
    if (!t->undo) {
        diag_error(l->diag, lasts->key_at, "'%s' can't be undone after a time: it takes no 'for'",
                   t->action->key);
    }
    return t->undo != NULL;
}

/* No 'act': is there a key that was to be one? */
static void report_no_act(struct loader *l, const struct yaml *map)
{
    diag_error(l->diag, map->at, "a deed needs 'act': what is done, as in 'act: psu2.lose_input'");
    for (const struct yaml *y = map->first; y; y = y->next) {
        struct spell near = spell_begin(y->key, strlen(y->key));
        spell_try(&near, "act", 3);
        if (!is_deed_key(y->key) && spell_best(&near)) {
            diag_error(l->diag, y->key_at, "a deed has no key '%.60s'", y->key);
            diag_hint(l->diag, "did you mean 'act'?");
        }
    }
}

static bool targets_load(struct loader *l, const struct yaml *map, struct deed *deed)
{
    const struct yaml *act = yaml_get(map, "act");
    const char *text, *key;
    struct members parts;

    if (!act) {
        report_no_act(l, map);
        return false;
    }
    if (!convert_text(l->diag, act, "act", &text) || !part_key_parse(l, act, text, &parts, &key)) {
        return false;
    }
    struct target *targets = arena_array(l->arena, (size_t)parts.n, sizeof *targets);
    const struct action *last = NULL;
    for (int32_t i = 0; i < parts.n; i++) {
        const struct part *part = &l->rack.parts[parts.part[i]];
        struct target *t = &targets[i];
        t->part = parts.part[i];
        t->action = part->kind ? kind_action(part->kind, key, strlen(key)) : NULL;
        if (!t->action) {
            if (part->kind) {
                report_no_action(l, part, act, key);
            }
            return false;
        }
        if (t->action == last) { /* the same words mean the same */
            t->args = targets[i - 1].args;
            t->undo = targets[i - 1].undo;
            continue;
        }
        last = t->action;
        args_check(l, map, t->action);
        if (!args_load(l, map, t->action, part, &t->args) || !undo_load(l, map, part, t)) {
            return false;
        }
    }
    deed->targets = targets;
    deed->n_targets = parts.n;
    return true;
}

/* ---- its time ------------------------------------------------------------------------------------------------- */

static void repeat_load(struct loader *l, const struct yaml *map, struct deed *deed)
{
    const struct yaml *every = yaml_get(map, "every"), *times = yaml_get(map, "times");
    uint64_t n = 1;

    deed->times = 1;
    if (!every && !times) {
        return;
    }
    if (!every || !times || deed->when) {
        diag_error(
            l->diag, (every ? every : times)->key_at,
            "'every' and 'times' go together, and with 'at': {at: 10 ms, every: 5 ms, times: 3}");
        return;
    }
    if (convert_time(l->diag, every, "every", &deed->every) && deed->every == 0) {
        diag_error(l->diag, every->at, "'every' must be more than 0");
    }
    if (convert_whole(l->diag, times, "times", TIMES_MAX, &n) && n == 0) {
        diag_error(l->diag, times->at, "'times' must be at least 1");
    }
    deed->times = (int32_t)n;
}

static void time_load(struct loader *l, const struct yaml *map, const struct scenario *s,
                      struct deed *deed)
{
    const struct yaml *at = yaml_get(map, "at"), *when = yaml_get(map, "when");

    deed->at = NS_NEVER;
    if (!at == !when) {
        diag_error(l->diag, at ? when->key_at : map->at,
                   at ? "a deed has 'at' or 'when', not both" : "a deed needs 'at' or 'when'");
    } else if (when) {
        deed->when = condition_load(l, map, "when");
    } else if (convert_time(l->diag, at, "at", &deed->at) && s->duration > 0 &&
               deed->at > s->duration && !deed->optional) {
        char end[MEASURE_TEXT];
        diag_error(l->diag, at->at, "this is after the end of the scenario, %s",
                   measure_print(end, QTY_SECOND, ns_to_s(s->duration)));
        diag_hint(l->diag,
                  "a deed that never happens fails the scenario unless it is 'optional: yes'");
    }
}

/* "at 50 ms: web[3..4].step, to: 500 W" */
static const char *deed_text(struct arena *a, const struct yaml *map)
{
    const struct yaml *at = yaml_get(map, "at"), *act = yaml_get(map, "act");
    const struct yaml *when = yaml_get(map, "when");
    const char *text = arena_print(a, "%s %s: %s", at ? "at" : "when",
                                   at     ? at->text
                                   : when ? when->text
                                          : "",
                                   act ? act->text : "");

    for (const struct yaml *y = map->first; y; y = y->next) {
        if (y != at && y != act && y != when && y->is == YAML_SCALAR && strlen(text) < 1000) {
            text = arena_print(a, "%s, %s: %s", text, y->key, y->text);
        }
    }
    return text;
}

static void deed_load(struct loader *l, struct scenario *s, const struct yaml *map,
                      struct deed *deed)
{
    const struct yaml *y;

    if (map->is != YAML_MAP) {
        diag_error(l->diag, map->at, "a deed is a map such as {at: 50 ms, act: psu2.lose_input}");
        return;
    }
    deed->place = map->at;
    deed->lasts = NS_NEVER;
    if ((y = yaml_get(map, "optional"))) {
        convert_flag(l->diag, y, "optional", &deed->optional);
    }
    time_load(l, map, s, deed);
    repeat_load(l, map, deed);
    if ((y = yaml_get(map, "for"))) {
        if (convert_time(l->diag, y, "for", &deed->lasts) && deed->lasts == 0) {
            diag_error(l->diag, y->at, "'for' must be more than 0");
        }
    }
    targets_load(l, map, deed);
    deed->text = deed_text(l->arena, map);
}

void deeds_load(struct loader *l, struct scenario *s, const struct yaml *list)
{
    if (!list) {
        return;
    }
    if (list->is != YAML_LIST) {
        diag_error(l->diag, list->at, "'do' wants a list: '- {at: 50 ms, act: psu2.lose_input}'");
        return;
    }
    if (list->n > DEEDS_MAX) {
        diag_error(l->diag, list->at, "more than %d deeds", DEEDS_MAX);
        return;
    }
    struct deed *deeds = arena_array(l->arena, (size_t)list->n, sizeof *deeds);
    s->deeds = deeds;
    for (const struct yaml *y = list->first; y; y = y->next) {
        deed_load(l, s, y, &deeds[s->n_deeds++]);
    }
}

/* ---- profiles -------------------------------------------------------------------------------------------------- */

static bool profile_is_free(struct loader *l, const struct yaml *y, const struct profile *all,
                            int32_t n, int32_t room, int32_t part, const struct field *f)
{
    for (int32_t i = 0; i < n; i++) {
        if (all[i].part == part && all[i].field == f) {
            diag_error(l->diag, y->key_at, "'%s.%s' follows another profile already",
                       l->rack.parts[part].name, f->key);
            return false;
        }
    }
    if (n == room) {
        diag_error(l->diag, y->key_at, "more than %d profiles", room);
    }
    return n < room;
}

static void profile_load(struct loader *l, const struct yaml *y, struct profile *all, int32_t *n,
                         int32_t room)
{
    struct yaml target = *y; /* the key as a scalar of its own, for places */
    struct members parts;
    const char *key;

    target.text = y->key;
    target.at = y->key_at;
    target.exact = y->key_at.length == text_columns(y->key, strlen(y->key));
    if (!part_key_parse(l, &target, y->key, &parts, &key)) {
        return;
    }
    for (int32_t i = 0; i < parts.n; i++) {
        const struct part *p = &l->rack.parts[parts.part[i]];
        const struct field *f = p->kind ? kind_field(p->kind, key, strlen(key)) : NULL;
        if (p->kind && (!f || f->type != FIELD_REAL)) {
            diag_error(l->diag, y->key_at,
                       "%s '%s' has no number '%.60s' that could follow a profile", p->kind->name,
                       p->name, key);
            return;
        }
        if (!f || !profile_is_free(l, y, all, *n, room, parts.part[i], f)) {
            return;
        }
        int32_t series = series_load(l, y, p->name, key, f->quantity);
        if (series == NO_PART) {
            return;
        }
        all[(*n)++] = (struct profile){parts.part[i], f, series, y->key_at};
    }
}

void profiles_load(struct loader *l, struct scenario *s, const struct yaml *map)
{
    if (!map) {
        return;
    }
    if (map->is != YAML_MAP) {
        diag_error(l->diag, map->at, "'profiles' wants a map: {web[*].p: profiles/web.csv}");
        return;
    }
    int32_t room = l->rack.n_parts * (map->n < 4 ? map->n : 4);
    struct profile *all = arena_array(l->arena, (size_t)room, sizeof *all);
    s->profiles = all;
    for (const struct yaml *y = map->first; y; y = y->next) {
        profile_load(l, y, all, &s->n_profiles, room);
    }
}

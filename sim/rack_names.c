/* rack_names.c - the first pass over a rack: which parts there are, and which maps describe each. */
#include <stdio.h>
#include <string.h>

#include "rack_draft.h"

/* ---- first pass: names -------------------------------------------------------------------------------- */

/* The length of the stem, and the number behind it: -1 when there is none, or one that would not be
 * written so ("psu01"). */
static int32_t split_name(const char *name, int32_t *number)
{
    size_t n = strlen(name), stem = n;
    int64_t value = 0;

    while (stem > 0 && name[stem - 1] >= '0' && name[stem - 1] <= '9') {
        stem--;
    }
    for (size_t i = stem; i < n && value < 1000000000; i++) {
        value = value * 10 + (name[i] - '0');
    }
    bool written_so = stem < n && (name[stem] != '0' || n - stem == 1) && value < 1000000000;
    *number = written_so ? (int32_t)value : -1;
    return (int32_t)(written_so ? stem : n);
}

void draft_layer(struct drawing *g, int32_t part, const struct yaml *map)
{
    struct layer *layer = arena_get(g->l->arena, sizeof *layer);
    struct draft *draft = &g->drafts[part];

    layer->map = map;
    if (draft->last) {
        draft->last->next = layer;
    } else {
        draft->first = layer;
    }
    draft->last = layer;
}

/* Twice the room, the hash table made anew. */
static void draft_grow(struct drawing *g)
{
    enum { ROOM_AT_FIRST = 256, SLOTS_A_PART = 4 };
    struct rack *r = &g->l->rack;
    struct part *parts = g->parts;
    struct draft *drafts = g->drafts;

    g->room = g->room > 0 ? 2 * g->room : ROOM_AT_FIRST;
    g->parts = arena_array(g->l->arena, (size_t)g->room, sizeof *g->parts);
    g->drafts = arena_array(g->l->arena, (size_t)g->room, sizeof *g->drafts);
    g->slots = arena_array(g->l->arena, (size_t)g->room * SLOTS_A_PART, sizeof *g->slots);
    if (r->n_parts > 0) {
        memcpy(g->parts, parts, (size_t)r->n_parts * sizeof *parts);
        memcpy(g->drafts, drafts, (size_t)r->n_parts * sizeof *drafts);
    }
    r->parts = g->parts;
    r->slots = g->slots;
    r->n_slots = g->room * SLOTS_A_PART;
    for (int32_t i = 0; i < r->n_slots; i++) {
        g->slots[i] = NO_PART;
    }
    for (int32_t i = 0; i < r->n_parts; i++) {
        g->slots[rack_slot(r, g->parts[i].name, strlen(g->parts[i].name))] = i;
    }
}

struct part *draft_add(struct drawing *g, const char *name, const char *written, struct place at)
{
    struct rack *r = &g->l->rack;
    int32_t i = r->n_parts;

    if (i == PARTS_MAX) {
        diag_error(g->l->diag, at, "more than %d parts", PARTS_MAX);
        return NULL;
    }
    if (i == g->room) {
        draft_grow(g);
    }
    struct part *p = &g->parts[i];
    memcpy(p->name, name, strlen(name) + 1);
    p->stem_length = split_name(name, &p->number);
    p->at = at;
    g->slots[rack_slot(r, name, strlen(name))] = i;
    r->n_parts++;
    g->drafts[i].written = written;
    g->drafts[i].implied.bus = NO_PART;
    return p;
}

static void add_part(struct drawing *g, const char *name, const struct yaml *y, int32_t origin)
{
    int32_t i = g->l->rack.n_parts;

    if (draft_add(g, name, y->key, y->key_at)) {
        g->drafts[i].origin = origin;
        draft_layer(g, i, y);
    }
}

/* One name of an entry: a new part, or an override of one from the base file. */
static void name_part(struct drawing *g, const char *name, const struct yaml *y, int32_t origin,
                      bool overriding)
{
    struct diag *d = g->l->diag;
    const struct rack *r = &g->l->rack;
    int32_t known = rack_find(r, name, strlen(name));

    if (known == NO_PART) {
        if (overriding && !yaml_get(y, "is") && !yaml_get(y, "part")) {
            select_unknown(d, r, name, strlen(name), y->key_at);
            return;
        }
        add_part(g, name, y, origin);
    } else if (g->drafts[known].origin == origin && strcmp(g->drafts[known].written, y->key) == 0) {
        return; /* a key that is given twice: yaml.c has said so */
    } else if (g->drafts[known].origin == origin) {
        diag_error(d, y->key_at, "there already is a part '%s'", name);
        diag_hint(d, "it is on line %d", r->parts[known].at.line);
    } else {
        draft_layer(g, known, y);
    }
}

static void name_all(struct drawing *g, const struct yaml *y, const struct selection *sel,
                     int32_t origin, bool overriding)
{
    struct diag *d = g->l->diag;
    char name[PART_NAME_SIZE];

    if (sel->stem_length + 10 >= PART_NAME_SIZE) {
        diag_error(d, y->key_at, "the name is too long: at most %d letters", PART_NAME_SIZE - 11);
        return;
    }
    if (!sel->indexed) {
        memcpy(name, sel->stem, sel->stem_length);
        name[sel->stem_length] = 0;
        name_part(g, name, y, origin, overriding);
        return;
    }
    if (sel->all) {
        if (!overriding) {
            diag_error(d, y->key_at, "a new group says which numbers it has: '%.*s[1..4]'",
                       (int)sel->stem_length, sel->stem);
            return;
        }
        struct members m = select_parts(g->l->arena, d, &g->l->rack, sel, y->key_at);
        for (int32_t i = 0; i < m.n; i++) {
            draft_layer(g, m.part[i], y);
        }
        return;
    }
    if ((int64_t)sel->to - sel->from + 1 > PARTS_MAX) {
        diag_error(d, y->key_at, "a group has at most %d parts", PARTS_MAX);
        return;
    }
    for (int32_t i = sel->from; i <= sel->to; i++) {
        snprintf(name, sizeof name, "%.*s%d", (int)sel->stem_length, sel->stem, i);
        name_part(g, name, y, origin, overriding);
    }
}

static void name_entry(struct drawing *g, const struct yaml *y, int32_t origin, bool overriding)
{
    struct diag *d = g->l->diag;
    struct selection sel;
    const char *why = "a name is letters, digits and '_'";
    size_t n = strlen(y->key), where = 0;
    bool parsed = select_parse(y->key, n, &sel, &why, &where);

    if (!parsed || sel.length != n) {
        diag_error(d, y->key_at, "'%.60s' is no name of a part: %s", y->key,
                   parsed ? "a name is letters, digits and '_'" : why);
        return;
    }
    if (y->is != YAML_MAP) {
        diag_error(d, y->at, "a part is a map such as {is: psu, ...}, not %s", yaml_word(y));
        return;
    }
    if (y->n > KEYS_MAX) {
        diag_error(d, y->key_at, "more than %d keys for one part", KEYS_MAX);
        return;
    }
    if (loader_work(g->l, y->key_at,
                    sel.indexed && !sel.all ? (int64_t)sel.to - sel.from + 1
                                            : g->l->rack.n_parts + 1)) {
        name_all(g, y, &sel, origin, overriding);
    }
}

static void read_map(struct drawing *g, const struct yaml *map);

/* The rack file that `y` names, as the base of what follows. */
static void read_file(struct drawing *g, const struct yaml *y)
{
    struct loader *l = g->l;
    const char *name;

    if (!convert_text(l->diag, y, "file", &name)) {
        return;
    }
    const char *path = library_beside(l->arena, y->at.in->path, name);
    for (int32_t i = 0; i < g->n_files; i++) {
        if (text_is_same_file(path, g->files[i])) {
            diag_error(l->diag, y->at, "'%.60s' includes itself", name);
            return;
        }
    }
    if (g->n_files > INCLUDES_MAX) {
        diag_error(l->diag, y->at, "rack files are nested too deeply");
        return;
    }
    const struct text *t = inputs_read(l, path, "rack file", y->at);
    const struct yaml *map = t ? yaml_read(l->arena, l->diag, t) : NULL;
    if (!map) {
        return;
    }
    g->files[g->n_files++] = path;
    if (map->is == YAML_MAP) {
        read_map(g, map);
    } else {
        diag_error(l->diag, map->at, "a rack file is a map of parts, not %s", yaml_word(map));
    }
    g->n_files--;
}

static void read_map(struct drawing *g, const struct yaml *map)
{
    const struct yaml *file = yaml_get(map, "file");
    int32_t origin = ++g->maps;

    if (file && file->is == YAML_MAP) {
        file = NULL; /* a part of that name */
    }
    if (file) {
        read_file(g, file);
    }
    for (const struct yaml *y = map->first; y; y = y->next) {
        bool title = y->is == YAML_SCALAR && (strcmp(y->key, "title") == 0);
        if (y != file && !title) {
            name_entry(g, y, origin, file != NULL);
        }
    }
}

void names_read(struct drawing *g, const struct yaml *y)
{
    if (y->is == YAML_SCALAR) {
        read_file(g, y);
    } else if (y->is == YAML_MAP) {
        read_map(g, y);
    } else {
        diag_error(g->l->diag, y->at, "'rack' wants a file or a map of parts, not %s",
                   yaml_word(y));
    }
}

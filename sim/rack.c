/* rack.c - from the YAML maps of a rack to parts with checked parameters.
 *
 * Three passes: first every part gets its name and kind (rack_names.c), then its parameters, for these
 * may refer to any other part; at last it is checked against the parts that it hangs on. */
#include <math.h>
#include <string.h>

#include "kinds.h"
#include "rack_draft.h"
#include "spell.h"

/* ---- finding ----------------------------------------------------------------------------------------- */

static uint32_t hash(const char *s, size_t n)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < n; i++) {
        h = (h ^ (unsigned char)s[i]) * 16777619u;
    }
    return h;
}

int32_t rack_slot(const struct rack *r, const char *name, size_t length)
{
    uint32_t i = hash(name, length) % (uint32_t)r->n_slots;

    while (r->slots[i] != NO_PART && (strlen(r->parts[r->slots[i]].name) != length ||
                                      memcmp(r->parts[r->slots[i]].name, name, length) != 0)) {
        i = (i + 1) % (uint32_t)r->n_slots;
    }
    return (int32_t)i;
}

int32_t rack_find(const struct rack *r, const char *name, size_t length)
{
    return r->n_slots ? r->slots[rack_slot(r, name, length)] : NO_PART;
}

static bool is_key(const char *key, const char *s, size_t n)
{
    return strlen(key) == n && memcmp(key, s, n) == 0;
}

#define FIND_ROW(type, member)                                                                     \
    for (const struct type *row = k->member; row && row->key; row++) {                             \
        if (is_key(row->key, key, length)) {                                                       \
            return row;                                                                            \
        }                                                                                          \
    }                                                                                              \
    return NULL

const struct field *kind_field(const struct kind *k, const char *key, size_t length)
{
    FIND_ROW(field, fields);
}

const struct signal *kind_signal(const struct kind *k, const char *key, size_t length)
{
    FIND_ROW(signal, signals);
}

const struct signal_family *kind_family(const struct kind *k, const char *key, size_t length)
{
    FIND_ROW(signal_family, families);
}

const struct action *kind_action(const struct kind *k, const char *key, size_t length)
{
    FIND_ROW(action, actions);
}

const struct action *kind_setter(const struct kind *k, const char *key)
{
    for (const struct action *a = k->actions; a && a->key; a++) {
        if (a->sets && strcmp(a->sets, key) == 0) {
            return a;
        }
    }
    return NULL;
}

bool field_is_number(const struct field *f)
{
    return f->type == FIELD_REAL || f->type == FIELD_TIME || f->type == FIELD_COUNT ||
           f->type == FIELD_CHOICE || f->type == FIELD_FLAG;
}

double field_value(const struct field *f, const void *params)
{
    const void *at = (const char *)params + f->offset;

    switch (f->type) {
    case FIELD_REAL:
        return *(const double *)at;
    case FIELD_TIME:
        return ns_to_s(*(const ns_t *)at);
    case FIELD_COUNT:
    case FIELD_CHOICE:
    case FIELD_FLAG:
        return *(const int32_t *)at;
    default:
        return NAN;
    }
}

bool loader_work(struct loader *l, struct place at, int64_t n)
{
    bool fits = l->work + n <= WORK_MAX;

    if (!fits && l->work <= WORK_MAX) {
        diag_error(l->diag, at, "the scenario is too large: more than %d references and actions",
                   WORK_MAX);
    }
    l->work = fits ? l->work + n : WORK_MAX + 1;
    return fits;
}

/* ---- kinds --------------------------------------------------------------------------------- */

static const struct kind *kind_at(struct loader *l, const struct yaml *is)
{
    const char *name;

    if (!convert_text(l->diag, is, "is", &name)) {
        return NULL;
    }
    const struct kind *k = kind_named(name);
    if (!k) {
        struct spell near = spell_begin(name, strlen(name));
        diag_error(l->diag, is->at, "no kind of part is named '%.60s'", name);
        for (int32_t i = 0; kinds[i]; i++) {
            spell_try(&near, kinds[i]->name, strlen(kinds[i]->name));
        }
        if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
        } else {
            diag_hint(l->diag, "'powergap explain' lists the kinds");
        }
    }
    return k;
}

static void find_kind(struct drawing *g, int32_t i)
{
    struct loader *l = g->l;
    struct draft *draft = &g->drafts[i];
    struct part *p = &g->parts[i];
    const struct kind *library = NULL;

    for (const struct layer *layer = draft->first; layer; layer = layer->next) {
        const struct yaml *is = yaml_get(layer->map, "is"), *part = yaml_get(layer->map, "part");
        draft->is = is ? is : draft->is;
        draft->part = part ? part : draft->part;
    }
    if (draft->part && convert_text(l->diag, draft->part, "part", &p->library)) {
        draft->library = library_read(l, p->library, draft->part->at);
        const struct yaml *is = draft->library ? yaml_get(draft->library, "is") : NULL;
        library = is ? kind_at(l, is) : NULL;
        if (draft->library && !is) {
            diag_error(l->diag, draft->library->at, "a part file says what it is: 'is: psu'");
        }
    }
    p->kind = draft->is ? kind_at(l, draft->is) : library;
    if (!draft->is && !draft->part) {
        diag_error(l->diag, p->at, "'%.60s' needs 'is': what kind of part it is", draft->written);
        diag_hint(l->diag, "'powergap explain' lists the kinds");
    } else if (p->kind && library && p->kind != library) {
        diag_error(l->diag, draft->is->at, "'%s' is a %s, not a %s", p->library, library->name,
                   p->kind->name);
        p->kind = NULL;
    }
}

/* ---- parameters ----------------------------------------------------------------------------- */

static void check_keys(struct loader *l, const struct kind *k, const struct yaml *map)
{
    for (const struct yaml *y = map->first; y; y = y->next) {
        if (strcmp(y->key, "is") == 0 || strcmp(y->key, "part") == 0 ||
            strcmp(y->key, "doc") == 0 || kind_field(k, y->key, strlen(y->key))) {
            continue;
        }
        struct spell near = spell_begin(y->key, strlen(y->key));
        diag_error(l->diag, y->key_at, "a %s has no key '%.60s'", k->name, y->key);
        for (const struct field *f = k->fields; f && f->key; f++) {
            spell_try(&near, f->key, strlen(f->key));
        }
        if (y->key[0] >= '0' && y->key[0] <= '9' && !*y->text) { /* {v: 12,5 V} */
            diag_hint(l->diag, "write a decimal point, not a comma");
        } else if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
        } else {
            diag_hint(l->diag, "'powergap explain %s' lists them", k->name);
        }
    }
}

const struct yaml *draft_value(const struct drawing *g, int32_t part, const char *key)
{
    const struct draft *draft = &g->drafts[part];
    const struct yaml *value = draft->library ? yaml_get(draft->library, key) : NULL;

    for (const struct layer *layer = draft->first; layer; layer = layer->next) {
        const struct yaml *y = yaml_get(layer->map, key);
        value = y ? y : value;
    }
    return value;
}

static bool fill_field(struct drawing *g, int32_t i, const struct field *f, struct place *said)
{
    struct loader *l = g->l;
    struct part *p = &g->parts[i];
    const struct yaml *y = draft_value(g, i, f->key);

    convert_default(f, p->params);
    if (f->type == FIELD_I2C && g->drafts[i].implied.bus != NO_PART) {
        memcpy((char *)p->params + f->offset, &g->drafts[i].implied, sizeof g->drafts[i].implied);
        return true;
    }
    if (y) {
        *said = y->at;
        return convert_field(l, f, y, p->number, p->name, p->params);
    }
    if (isnan(f->def)) {
        diag_error(l->diag, p->at, "%s '%.60s' needs '%s'", p->kind->name, g->drafts[i].written,
                   f->key);
        diag_hint(l->diag, "%s: %s", f->key, f->doc ? f->doc : "");
        return false;
    }
    return true;
}

/* A sentence of the kind's about one of its parts. */
static void report_part(struct drawing *g, int32_t i, struct place at, const char *wrong)
{
    diag_error(g->l->diag, at, "%s '%.60s': %s", g->parts[i].kind->name, g->drafts[i].written,
               wrong);
}

static size_t kind_fields(const struct kind *k)
{
    size_t n = 0;

    while (k->fields && k->fields[n].key) {
        n++;
    }
    return n;
}

static void fill_part(struct drawing *g, int32_t i)
{
    struct loader *l = g->l;
    struct part *p = &g->parts[i];
    bool good = true;
    const char *key = NULL;

    if (!p->kind) {
        return;
    }
    p->params = arena_get(l->arena, p->kind->params_size);
    struct place *said = arena_array(l->arena, kind_fields(p->kind), sizeof *said);
    p->said = said;
    if (g->drafts[i].library) {
        check_keys(l, p->kind, g->drafts[i].library);
    }
    for (const struct layer *layer = g->drafts[i].first; layer; layer = layer->next) {
        check_keys(l, p->kind, layer->map);
    }
    for (const struct field *f = p->kind->fields; f && f->key; f++) {
        good = fill_field(g, i, f, said++) && good;
    }
    const char *wrong = good && p->kind->check ? p->kind->check(p->params, &key) : NULL;
    if (wrong) {
        const struct yaml *y = key ? draft_value(g, i, key) : NULL;
        report_part(g, i, y ? y->at : p->at, wrong);
    }
}

/* Of the parts that its fields name as taps, the one with the highest nominal voltage; NO_PART. */
static int32_t highest_part(const struct drawing *g, const struct part *p, double *v_V)
{
    int32_t highest = NO_PART;

    *v_V = 0.0;
    for (const struct field *f = p->kind->fields; f && f->key; f++) {
        const struct tap_list *taps = (const void *)((const char *)p->params + f->offset);
        for (int32_t k = 0; f->type == FIELD_TAPS && k < taps->n; k++) {
            const struct part *on = &g->parts[taps->at[k].part];
            double on_V = on->kind->nominal_V ? on->kind->nominal_V(on->params) : 0.0;
            highest = on_V > *v_V ? taps->at[k].part : highest;
            *v_V = fmax(on_V, *v_V);
        }
    }
    return highest;
}

static void check_voltage(struct drawing *g, int32_t i)
{
    const struct part *p = &g->parts[i];
    double v_V;
    const char *key = NULL;

    if (!p->kind->check_at) {
        return;
    }
    int32_t highest = highest_part(g, p, &v_V);
    const char *wrong = p->kind->check_at(p->params, v_V, &key);
    if (wrong) { /* a library part is right in itself: then it is the choice of it */
        const struct yaml *library = g->drafts[i].library, *y = draft_value(g, i, key);
        bool own = y && !(library && y == yaml_get(library, key));
        report_part(g, i, own ? y->at : p->at, wrong);
        diag_hint(g->l->diag, "'%s' is at %g V", g->parts[highest].name, v_V);
    }
}

void rack_load(struct loader *l, const struct yaml *y)
{
    struct drawing g = {.l = l};
    int32_t errors = diag_errors(l->diag);

    g.files[g.n_files++] = l->path;
    names_read(&g, y);
    if (l->override) {
        names_override(&g, l->override);
    }
    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        find_kind(&g, i);
    }
    implied_add(&g);
    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        fill_part(&g, i);
    }
    bool filled = diag_errors(l->diag) == errors;
    for (int32_t i = 0; filled && i < l->rack.n_parts; i++) {
        check_voltage(&g, i);
    }
    if (l->rack.n_parts == 0 && diag_errors(l->diag) == errors) {
        diag_error(l->diag, y->at, "the rack has no parts");
    }
}

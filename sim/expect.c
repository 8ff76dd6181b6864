/* expect.c - `expect:`, what must hold. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "loader.h"
#include "measure.h"
#include "scenario.h"
#include "spell.h"

enum { EXPECT_MAX = 10000 };

static bool needs_time(struct loader *l, const struct yaml *map, const char *key, ns_t *ns)
{
    const struct yaml *y = yaml_get(map, key);

    if (!y) {
        diag_error(l->diag, map->at, "'%s' is missing", key);
        return false;
    }
    return convert_time(l->diag, y, key, ns);
}

/* ---- each form ------------------------------------------------------------------------------------------------ */

static void gap_load(struct loader *l, const struct yaml *map, struct expectation *e)
{
    static const char *const known[] = {"gap", "at_most", NULL};

    keys_check(l, map, known, "'gap'");
    e->what = EXPECT_GAP;
    e->expr = condition_load(l, map, "gap");
    needs_time(l, map, "at_most", &e->at_most);
}

static void never_load(struct loader *l, const struct yaml *map, struct expectation *e)
{
    static const char *const known[] = {"never", "for", NULL};
    const struct yaml *lasting = yaml_get(map, "for");

    keys_check(l, map, known, "'never'");
    e->what = EXPECT_NEVER;
    e->expr = condition_load(l, map, "never");
    if (lasting) {
        convert_time(l->diag, lasting, "for", &e->lasting);
    }
}

static void holds_load(struct loader *l, const struct scenario *s, const struct yaml *map,
                       struct expectation *e)
{
    static const char *const known[] = {"holds", "at", NULL};

    keys_check(l, map, known, "'holds'");
    e->what = EXPECT_HOLDS;
    e->expr = condition_load(l, map, "holds");
    if (needs_time(l, map, "at", &e->at) && s->duration > 0 && e->at > s->duration) {
        diag_error(l->diag, yaml_get(map, "at")->at, "this is after the end of the scenario");
    }
}

static void ends_load(struct loader *l, const struct yaml *map, struct expectation *e)
{
    static const char *const known[] = {"ends", NULL};

    keys_check(l, map, known, "'ends'");
    e->what = EXPECT_ENDS;
    e->expr = condition_load(l, map, "ends");
}

/* A limit of a count: a whole number of times, or a value in the expression's own quantity. */
static bool limit_load(struct loader *l, const struct yaml *map, const char *key,
                       const struct expr *expr, double *limit)
{
    const struct yaml *y = yaml_get(map, key);
    struct field f = {.key = key, .type = FIELD_REAL, .min = -INFINITY, .max = INFINITY};
    const char *text;

    if (!y || !convert_text(l->diag, y, key, &text)) {
        return false;
    }
    if (!expr) {
        return true;
    }
    if (expr_is_condition(expr)) {
        f.type = FIELD_COUNT;
        f.min = 0.0;
        f.max = INT32_MAX;
    } else if (!expr_quantity(expr, &f.quantity)) {
        f.quantity = QTY_RATIO;
    }
    convert_number(l->diag, &f, text, strlen(text), y->at, limit, NULL);
    return true;
}

static void count_load(struct loader *l, const struct yaml *map, struct expectation *e)
{
    static const char *const known[] = {"count", "at_most", "at_least", "exactly", NULL};
    double exactly = 0.0;

    keys_check(l, map, known, "'count'");
    e->what = EXPECT_COUNT;
    e->least = -INFINITY;
    e->most = INFINITY;
    e->expr = expr_load(l, map, "count");
    bool most = limit_load(l, map, "at_most", e->expr, &e->most);
    bool least = limit_load(l, map, "at_least", e->expr, &e->least);
    bool exact = limit_load(l, map, "exactly", e->expr, &exactly);
    if (exact) {
        e->least = e->most = exactly;
    }
    if (exact ? most || least : !most && !least) {
        diag_error(l->diag, map->at, "'count' wants 'at_most', 'at_least' or both, or 'exactly'");
    } else if (e->least > e->most) {
        diag_error(l->diag, map->at, "'at_least' is more than 'at_most'");
    }
}

/* ---- after -------------------------------------------------------------------------------------------------------- */

/* True when some deed does this, or undoes it. */
static bool is_done(const struct scenario *s, const struct target *t)
{
    for (int32_t i = 0; i < s->n_deeds; i++) {
        for (int32_t k = 0; k < s->deeds[i].n_targets; k++) {
            const struct target *done = &s->deeds[i].targets[k];
            if (done->part == t->part && (done->action == t->action || done->undo == t->action)) {
                return true;
            }
        }
    }
    return false;
}

/* Some part that "psu2.lose_input" may mean, and where its key begins. NULL: none. */
static const struct part *after_part(const struct loader *l, const char *text,
                                     struct selection *sel, const char **key)
{
    const char *why;
    size_t where;

    if (!select_parse(text, strlen(text), sel, &why, &where) || text[sel->length] != '.') {
        return NULL;
    }
    *key = text + sel->length + 1;
    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        const struct part *p = &l->rack.parts[i];
        bool meant = sel->indexed ? (size_t)p->stem_length == sel->stem_length && p->number >= 0
                                  : strlen(p->name) == sel->stem_length;
        if (meant && p->kind && memcmp(p->name, sel->stem, sel->stem_length) == 0) {
            return p;
        }
    }
    return NULL;
}

/* "psu2.lose_input": an action of each of the parts. False: it is something else. */
static bool after_action(struct loader *l, struct scenario *s, const struct yaml *y,
                         struct expectation *e)
{
    struct selection sel;
    const char *key, *text = y->text;
    const struct part *one = after_part(l, text, &sel, &key);

    if (!one || !kind_action(one->kind, key, strlen(key))) {
        return false;
    }
    struct members m =
        select_parts(l->arena, l->diag, &l->rack, &sel, yaml_within(y, 0, sel.length));
    struct target *after = arena_array(l->arena, (size_t)m.n + 1, sizeof *after);
    bool done = false;
    for (int32_t i = 0; i < m.n; i++) {
        const struct kind *k = l->rack.parts[m.part[i]].kind;
        after[i].part = m.part[i];
        after[i].action = k ? kind_action(k, key, strlen(key)) : NULL;
        /* The search grows with deeds times parts: bounded like all work. */
        done = done || !loader_work(l, y->at, 1 + s->n_deeds / 64) || is_done(s, &after[i]);
    }
    e->after = after;
    e->n_after = m.n;
    if (m.n > 0 && !done && diag_errors(l->diag) == 0) {
        diag_error(l->diag, y->at, "no deed does '%.60s': this can never be judged", text);
    }
    return true;
}

/* It is neither an action nor a condition: what was meant? */
static void after_hint(struct loader *l, const char *text)
{
    struct selection sel;
    const char *key;
    const struct part *one = after_part(l, text, &sel, &key);

    if (!strchr(text, '.')) {
        diag_hint(l->diag, "'after' is an action such as 'psu2.lose_input', or a condition");
    } else if (one && key[strspn(key, "abcdefghijklmnopqrstuvwxyz_")] == '\0') {
        struct spell near = spell_begin(key, strlen(key));
        for (const struct action *a = one->kind->actions; a && a->key; a++) {
            spell_try(&near, a->key, strlen(a->key));
        }
        if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean the action '%s'?", spell_best(&near));
        }
    }
}

static void after_load(struct loader *l, struct scenario *s, const struct yaml *map,
                       struct expectation *e)
{
    static const char *const known[] = {"after", "within", "holds", NULL};
    const struct yaml *after = yaml_get(map, "after");

    keys_check(l, map, known, "'after'");
    e->what = EXPECT_AFTER;
    needs_time(l, map, "within", &e->within);
    e->expr = condition_load(l, map, "holds");
    if (after->is == YAML_SCALAR && after_action(l, s, after, e)) {
        return;
    }
    int32_t before = diag_errors(l->diag);
    e->after_expr = condition_load(l, map, "after");
    if (diag_errors(l->diag) > before && after->is == YAML_SCALAR) {
        after_hint(l, after->text);
    }
}

/* ---- the list ----------------------------------------------------------------------------------------------------- */

static void one_load(struct loader *l, struct scenario *s, const struct yaml *map,
                     struct expectation *e)
{
    if (map->is != YAML_MAP) {
        diag_error(l->diag, map->at,
                   "an expectation is a map such as {gap: bus_a.v < 11.4 V, at_most: 1 ms}");
        return;
    }
    e->place = map->at;
    e->text = map_text(l->arena, map);
    if (yaml_get(map, "after")) {
        after_load(l, s, map, e);
    } else if (yaml_get(map, "gap")) {
        gap_load(l, map, e);
    } else if (yaml_get(map, "never")) {
        never_load(l, map, e);
    } else if (yaml_get(map, "count")) {
        count_load(l, map, e);
    } else if (yaml_get(map, "holds")) {
        holds_load(l, s, map, e);
    } else if (yaml_get(map, "ends")) {
        ends_load(l, map, e);
    } else {
        const struct yaml *first = map->first;
        struct spell near = spell_begin(first ? first->key : "", first ? strlen(first->key) : 0);
        diag_error(l->diag, first ? first->key_at : map->at,
                   "an expectation has 'gap', 'never', 'after', 'count', 'holds' or 'ends'");
        spell_try_choices(&near, "gap|never|after|count|holds|ends");
        if (spell_best(&near)) {
            diag_hint(l->diag, "did you mean '%s'?", spell_best(&near));
        }
    }
}

void expect_load(struct loader *l, struct scenario *s, const struct yaml *list)
{
    if (!list) {
        return;
    }
    if (list->is != YAML_LIST) {
        diag_error(l->diag, list->at,
                   "'expect' wants a list: '- {gap: bus_a.v < 11.4 V, at_most: 1 ms}'");
        return;
    }
    if (list->n > EXPECT_MAX) {
        diag_error(l->diag, list->at, "more than %d expectations", EXPECT_MAX);
        return;
    }
    struct expectation *all = arena_array(l->arena, (size_t)list->n, sizeof *all);
    s->expectations = all;
    for (const struct yaml *y = list->first; y; y = y->next) {
        one_load(l, s, y, &all[s->n_expectations++]);
    }
}

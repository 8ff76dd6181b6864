/* expr_ref.c - "psu[*].rated", "bus_a.v[3]", "ctl.psu2": what a reference reads, for each member. */
#include <string.h>

#include "expr_parse.h"
#include "spell.h"

static bool is_key_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void fail(struct parser *p, size_t from, size_t to, const char *message)
{
    diag_error(p->diag, parser_place(p, from, to), "%s", message);
    p->failed = true;
}

/* ---- selections that are bound together ------------------------------------------------------------ */

static bool is_group(const struct selection *sel)
{
    return sel->indexed && (sel->all || sel->to != sel->from);
}

/* All groups of an expression have the same numbers. */
static bool bind(struct parser *p, const int32_t *numbers, int32_t n, size_t from, size_t to)
{
    if (!p->group) {
        p->group = numbers;
        p->n_group = n;
        return true;
    }
    if (n == p->n_group && memcmp(numbers, p->group, (size_t)n * sizeof *numbers) == 0) {
        return true;
    }
    diag_error(p->diag, parser_place(p, from, to),
               "the groups of an expression must have the same members: here %d (%d to %d), "
               "before %d (%d to %d)",
               n, numbers[0], numbers[n - 1], p->n_group, p->group[0], p->group[p->n_group - 1]);
    p->failed = true;
    return false;
}

/* The parts selected at [from, ...); groups are bound. n == 0: reported. */
static struct members select_at(struct parser *p, size_t from, struct selection *sel)
{
    const char *why;
    size_t where;
    struct members none = {0, NULL};

    if (!select_parse(p->text + from, p->n - from, sel, &why, &where)) {
        fail(p, from + where, from + where + 1, why);
        return none;
    }
    size_t to = from + sel->length;
    struct members m = select_parts(p->arena, p->diag, p->rack, sel, parser_place(p, from, to));
    if (m.n == 0) {
        p->failed = true;
        return none;
    }
    if (is_group(sel)) {
        int32_t *numbers = arena_array(p->arena, (size_t)m.n, sizeof *numbers);
        for (int32_t i = 0; i < m.n; i++) {
            numbers[i] = p->rack->parts[m.part[i]].number;
        }
        if (!bind(p, numbers, m.n, from, to)) {
            return none;
        }
    }
    return m;
}

/* ---- what a key means for one part -------------------------------------------------------------------- */

struct meaning {
    const struct signal *signal;
    const struct signal_family *family;
    const struct field *field;
    enum quantity q;
    const char *choices;
    bool discrete;
};

/* The family whose members are other parts. */
static const struct signal_family *part_family(const struct kind *k)
{
    return kind_family(k, "", 0);
}

static const char *field_choices(const struct field *f)
{
    return f->type == FIELD_CHOICE ? f->choices : f->type == FIELD_FLAG ? "no|yes" : NULL;
}

static bool find_meaning(const struct kind *k, const char *key, size_t n, bool indexed,
                         struct meaning *m)
{
    *m = (struct meaning){.q = QTY_RATIO};
    const struct signal_family *family = kind_family(k, key, n);

    if (indexed || (family != NULL && family->of_kinds != NULL)) {
        m->family = family;
    } else {
        m->signal = kind_signal(k, key, n);
        m->field = m->signal ? NULL : kind_field(k, key, n);
    }
    if (m->signal) {
        m->q = m->signal->quantity;
        m->choices = m->signal->choices;
        m->discrete = !m->signal->continuous;
    } else if (m->field && field_is_number(m->field)) {
        m->q = m->field->type == FIELD_TIME    ? QTY_SECOND
               : m->field->type == FIELD_COUNT ? QTY_OPERATIONS
                                               : m->field->quantity;
        m->choices = field_choices(m->field);
        m->discrete = true;
    } else if (m->field) {
        m->field = NULL;
    }
    if (!m->signal && !m->field && !m->family) {
        m->family = part_family(k);
    }
    if (m->family) {
        m->q = m->family->quantity;
        m->choices = m->family->choices;
        m->discrete = !m->family->continuous;
    }
    return m->signal || m->field || m->family;
}

static void report_no_key(struct parser *p, const struct part *part, size_t from, size_t to)
{
    const char *key = p->text + from;
    size_t n = to - from;
    struct spell near = spell_begin(key, n);

    diag_error(p->diag, parser_place(p, from, to), "%s '%s' has no signal or number '%.*s'",
               part->kind->name, part->name, (int)(n < 60 ? n : 60), key);
    for (const struct signal *s = part->kind->signals; s && s->key; s++) {
        spell_try(&near, s->key, strlen(s->key));
    }
    for (const struct signal_family *s = part->kind->families; s && s->key; s++) {
        spell_try(&near, s->key, strlen(s->key));
    }
    for (const struct field *f = part->kind->fields; f && f->key; f++) {
        if (field_is_number(f)) {
            spell_try(&near, f->key, strlen(f->key));
        }
    }
    for (int32_t i = 0; part_family(part->kind) && i < p->rack->n_parts; i++) {
        spell_try(&near, p->rack->parts[i].name, strlen(p->rack->parts[i].name));
    }
    if (spell_best(&near)) {
        diag_hint(p->diag, "did you mean '%s'?", spell_best(&near));
    } else {
        diag_hint(p->diag, "'powergap explain %s' lists them", part->kind->name);
    }
    p->failed = true;
}

/* ---- members of families ---------------------------------------------------------------------------------- */

/* A family of other parts: "psu2", "psu[*]" at [from, ...). */
static struct members other_parts(struct parser *p, const struct part *part,
                                  const struct signal_family *family, size_t from,
                                  struct written_ref *ref)
{
    struct selection sel;
    struct members m = select_at(p, from, &sel);

    ref->member_is_part = true;
    ref->member_from = from;
    ref->member_to = from + sel.length;
    p->i = ref->member_to;
    for (int32_t i = 0; i < m.n; i++) {
        const struct part *other = &p->rack->parts[m.part[i]];
        struct spell exact = spell_begin(other->kind ? other->kind->name : "",
                                         other->kind ? strlen(other->kind->name) : 0);
        spell_try_choices(&exact, family->of_kinds);
        if (other->kind && exact.distance != 0) {
            diag_error(p->diag, parser_place(p, from, ref->member_to),
                       "%s '%s' knows nothing of %s '%s'", part->kind->name, part->name,
                       other->kind->name, other->name);
            p->failed = true;
            m.n = 0;
        }
    }
    return m;
}

/* A numbered family: "[3]", "[0..3]", "[*]" behind the key, at [from, ...). */
static struct members numbers(struct parser *p, const struct part *part,
                              const struct signal_family *family, size_t key_from, size_t from,
                              struct written_ref *ref)
{
    struct selection sel;
    const char *why;
    size_t where;
    int32_t many = family->members(part->params);
    struct members none = {0, NULL};

    if (!select_parse(p->text + key_from, p->n - key_from, &sel, &why, &where)) {
        fail(p, key_from + where, key_from + where + 1, why);
        return none;
    }
    p->i = key_from + sel.length;
    ref->member_from = from;
    ref->member_to = p->i;
    int32_t last = sel.all ? many - 1 : sel.to;
    if (many <= 0 || last >= many) {
        diag_error(p->diag, parser_place(p, from, p->i), "'%s.%s' goes from 0 to %d", part->name,
                   family->key, many - 1);
        p->failed = true;
        return none;
    }
    int32_t n = last - sel.from + 1;
    int32_t *list = arena_array(p->arena, (size_t)n, sizeof *list);
    for (int32_t i = 0; i < n; i++) {
        list[i] = sel.from + i;
    }
    if (is_group(&sel) && !bind(p, list, n, from, p->i)) {
        return none;
    }
    return (struct members){n, list};
}

/* ---- the reference ------------------------------------------------------------------------------------------ */

static bool same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* Fill in what every selected part reads. */
static bool resolve(struct parser *p, struct written_ref *ref, const struct members *parts,
                    const struct members *members, size_t from, size_t to, bool indexed,
                    struct meaning *first)
{
    ref->n = parts->n > members->n ? parts->n : members->n;
    ref->each = arena_array(p->arena, (size_t)ref->n, sizeof *ref->each);
    for (int32_t i = 0; i < ref->n; i++) {
        int32_t part = parts->part[parts->n > 1 ? i : 0];
        const struct part *of = &p->rack->parts[part];
        struct meaning m = *first;
        if (!of->kind) {
            p->failed = true; /* that was reported where it is defined */
            return false;
        }
        if (of->kind != p->rack->parts[parts->part[0]].kind &&
            !find_meaning(of->kind, p->text + from, to - from, indexed, &m)) {
            report_no_key(p, of, from, to);
            return false;
        }
        if (m.q != first->q || !same_text(m.choices, first->choices)) {
            fail(p, from, to, "this means different things for different members of the group");
            return false;
        }
        int32_t member = members->n ? members->part[members->n > 1 ? i : 0] : 0;
        if (m.family && m.family->members && member >= m.family->members(of->params)) {
            diag_error(p->diag, parser_place(p, from, to), "'%s.%s' goes from 0 to %d", of->name,
                       m.family->key, m.family->members(of->params) - 1);
            return false;
        }
        ref->each[i] = (struct expr_ref){part, member, m.signal, m.family, m.field};
    }
    return true;
}

static struct operand operand_of(struct parser *p, const struct meaning *m, size_t from)
{
    return (struct operand){
        .is = m->choices ? OPERAND_STATE : OPERAND_NUMBER,
        .dim = dim_of(m->q),
        .named = true,
        .q = m->q,
        .choices = m->choices,
        .discrete = m->discrete,
        .from = from,
        .to = p->i,
        .code = p->n_code,
    };
}

struct operand parser_ref(struct parser *p)
{
    struct written_ref *ref = &p->refs[p->n_refs];
    struct selection sel;
    struct meaning m;
    struct members members = {0, NULL};
    struct operand none = {.is = OPERAND_NUMBER};
    size_t from = p->i;

    if (p->n_refs == EXPR_REFS_MAX) {
        fail(p, from, p->n, "the expression is too long");
        return none;
    }
    *ref = (struct written_ref){.part_from = from};
    struct members parts = select_at(p, from, &sel);
    if (p->failed || parts.n == 0) {
        p->failed = true;
        return none;
    }
    p->i = ref->part_to = from + sel.length;
    size_t key = p->i + 1, end = key;
    while (end < p->n && is_key_letter(p->text[end])) {
        end++;
    }
    if (p->i >= p->n || p->text[p->i] != '.' || end == key) {
        fail(p, p->i, p->i + 1, "a part is followed by '.' and one of its signals");
        return none;
    }
    bool indexed = end < p->n && p->text[end] == '[';
    const struct part *part = &p->rack->parts[parts.part[0]];
    if (!part->kind) {
        p->failed = true;
        return none;
    }
    if (!find_meaning(part->kind, p->text + key, end - key, indexed, &m)) {
        report_no_key(p, part, key, end);
        return none;
    }
    p->i = end;
    if (m.family && m.family->of_kinds) {
        bool keyed = m.family->key[0] != 0;
        if (keyed && (indexed || end >= p->n || p->text[end] != '.')) {
            fail(p, key, end, "this is followed by '.' and the name of a part");
            return none;
        }
        size_t member = keyed ? end + 1 : key;
        bool known = rack_find(p->rack, p->text + key, end - key) != NO_PART;
        if (!keyed && !indexed && !known) {
            report_no_key(p, part, key, end);
            return none;
        }
        members = other_parts(p, part, m.family, member, ref);
    } else if (m.family && m.family->members) {
        members = numbers(p, part, m.family, key, end, ref);
    }
    if (p->failed || !resolve(p, ref, &parts, &members, key, end, indexed, &m)) {
        p->failed = true;
        return none;
    }
    struct operand result = operand_of(p, &m, from);
    parser_emit(p, OP_REF, p->n_refs++, 0.0);
    return result;
}

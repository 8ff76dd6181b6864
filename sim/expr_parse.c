/* expr_parse.c - recursive descent from text to a postfix program; grammar in expr.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expr_parse.h"
#include "measure.h"
#include "spell.h"

enum { DEPTH_MAX = 24 };

struct place parser_place(const struct parser *p, size_t from, size_t to)
{
    struct place at = p->at;

    if (at.length > 0) {
        from = from < p->n ? from : p->n;
        to = to < p->n ? to : p->n;
        at.column += text_columns(p->text, from);
        at.length = to > from ? text_columns(p->text + from, to - from) : 1;
    }
    return at;
}

static void fail(struct parser *p, size_t from, size_t to, const char *message)
{
    if (!p->failed) {
        diag_error(p->diag, parser_place(p, from, to), "%s", message);
    }
    p->failed = true;
}

void parser_space(struct parser *p)
{
    while (p->i < p->n && strchr(" \t\n", p->text[p->i])) {
        p->i++;
    }
}

bool parser_emit(struct parser *p, enum expr_op op, int32_t ref, double number)
{
    if (p->n_code == EXPR_CODE_MAX) {
        fail(p, 0, p->n, "the expression is too long");
        return false;
    }
    p->code[p->n_code++] = (struct expr_code){op, ref, number};
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word_letter(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

static size_t word_length(const struct parser *p)
{
    size_t n = 0;

    while (p->i + n < p->n && is_word_letter(p->text[p->i + n])) {
        n++;
    }
    return n;
}

/* Take a keyword or an operator when it is next. */
static bool take(struct parser *p, const char *what)
{
    size_t n = strlen(what);

    parser_space(p);
    if (p->n - p->i < n || memcmp(p->text + p->i, what, n) != 0 ||
        (is_letter(what[0]) && word_length(p) != n)) {
        return false;
    }
    p->i += n;
    return true;
}

/* ---- operands ---------------------------------------------------------------------------------------------- */

static void report_unit(struct parser *p, size_t from, size_t to)
{
    const char *meant = measure_meant(p->text + from, to - from);

    diag_error(p->diag, parser_place(p, from, to), "no unit is spelled '%.*s'",
               (int)(to - from < 60 ? to - from : 60), p->text + from);
    if (meant) {
        diag_hint(p->diag, "did you mean '%s'?", meant);
    } else {
        diag_hint(p->diag, "'powergap explain units' lists them");
    }
    p->failed = true;
}

static struct operand number(struct parser *p)
{
    size_t from = p->i, digits = measure_digits(p->text + from, p->n - from);
    size_t unit_at = from + digits;
    struct operand o = {.is = OPERAND_NUMBER, .from = from, .code = p->n_code, .discrete = true};
    static const struct unit bare = {QTY_RATIO, "", 1.0};

    while (unit_at < p->n && p->text[unit_at] == ' ') {
        unit_at++;
    }
    p->i = unit_at;
    const struct unit *u = measure_unit(p->text + unit_at, p->n - unit_at);
    size_t word = word_length(p);
    bool keyword = (word == 3 && (memcmp(p->text + p->i, "and", 3) == 0)) ||
                   (word == 2 && memcmp(p->text + p->i, "or", 2) == 0);
    if (!u && word > 0 && !keyword) {
        report_unit(p, unit_at, unit_at + word);
        return o;
    }
    o.bare = !u || keyword;
    u = o.bare ? &bare : u;
    p->i = o.bare ? from + digits : unit_at + strlen(u->text);
    o.to = p->i;
    struct measure m = measure_in(p->text + from, digits, u);
    if (m.fault != MEASURE_OK && m.fault != MEASURE_TOO_FINE) {
        measure_report(p->diag, parser_place(p, from, o.to), "the number", u->quantity,
                       p->text + from, o.to - from, &m);
        p->failed = true;
        return o;
    }
    o.dim = dim_of(u->quantity);
    o.q = u->quantity;
    o.named = !o.bare;
    parser_emit(p, OP_NUMBER, 0, m.value);
    return o;
}

static struct operand disjunction(struct parser *p);

static struct operand factor(struct parser *p)
{
    parser_space(p);
    struct operand o = {.is = OPERAND_NUMBER, .from = p->i, .to = p->i + 1, .code = p->n_code};
    char c = p->i < p->n ? p->text[p->i] : 0;

    if (p->failed) {
        return o;
    }
    if (++p->depth > DEPTH_MAX) {
        fail(p, p->i, p->i + 1, "nested too deeply");
    } else if (c == '-') {
        p->i++;
        struct operand of = factor(p);
        if (!p->failed && of.is != OPERAND_NUMBER) {
            fail(p, o.from, of.to, "'-' wants a number");
        }
        parser_emit(p, OP_NEGATE, 0, 0.0);
        of.from = o.from;
        o = of;
    } else if (c == '(') {
        p->i++;
        size_t from = o.from;
        o = disjunction(p);
        if (!take(p, ")")) {
            fail(p, p->i, p->i + 1, "')' is missing");
        }
        o.from = from;
        o.to = p->i;
    } else if (measure_digits(p->text + p->i, p->n - p->i) && c != '+') {
        o = number(p);
    } else if (is_letter(c)) {
        size_t word = word_length(p);
        char next = p->i + word < p->n ? p->text[p->i + word] : 0;
        if (next == '.' || next == '[') {
            o = parser_ref(p);
        } else {
            o.is = OPERAND_WORD;
            p->i += word;
            o.to = p->i;
        }
    } else {
        fail(p, p->i, p->i + 1,
             c ? "a signal, a number or '(' is wanted here" : "the expression ends too early");
    }
    p->depth--;
    return o;
}

/* "a voltage", "a number of V2" */
static const char *describe(struct parser *p, const struct operand *o)
{
    enum quantity q = o->q;

    if (o->bare) {
        return "a plain number";
    }
    if (!o->named && !dim_quantity(o->dim, &q)) {
        return arena_print(p->arena, "something in V%d A%d s%d K%d", o->dim.v, o->dim.a, o->dim.s,
                           o->dim.k);
    }
    return quantity_name(q);
}

static const char *operand_text(struct parser *p, const struct operand *o)
{
    size_t n = o->to - o->from;

    return arena_print(p->arena, "%.*s%s", (int)(n < 40 ? n : 40), p->text + o->from,
                       n > 40 ? "..." : "");
}

/* Report operands that don't go together: the caret stands under the right one. */
static void report_dims(struct parser *p, const struct operand *l, const struct operand *r)
{
    const struct operand *bare = l->bare ? l : r->bare ? r : NULL;
    const struct operand *other = bare == l ? r : l;
    enum quantity q = other->q;

    diag_error(p->diag, parser_place(p, r->from, r->to), "'%s' is %s, but '%s' is %s",
               operand_text(p, l), describe(p, l), operand_text(p, r), describe(p, r));
    if (bare && (other->named || dim_quantity(other->dim, &q))) {
        diag_hint(p->diag, "write a unit: '%s %s'", operand_text(p, bare), quantity_unit(q));
    }
    p->failed = true;
}

/* ---- arithmetic ---------------------------------------------------------------------------------------------- */

static bool are_numbers(struct parser *p, const struct operand *l, const struct operand *r,
                        const char *op)
{
    const struct operand *wrong = l->is != OPERAND_NUMBER ? l : r->is != OPERAND_NUMBER ? r : NULL;

    if (p->failed || !wrong) {
        return !p->failed;
    }
    if (wrong->is == OPERAND_WORD) {
        diag_error(p->diag, parser_place(p, wrong->from, wrong->to),
                   "'%s' is neither a number nor a signal", operand_text(p, wrong));
        diag_hint(p->diag, "a signal is written 'part.signal'");
    } else {
        diag_error(p->diag, parser_place(p, wrong->from, wrong->to), "'%s' wants numbers", op);
    }
    p->failed = true;
    return false;
}

static struct operand product(struct parser *p)
{
    struct operand l = factor(p);

    while (!p->failed) {
        bool times = take(p, "*");
        if (!times && !take(p, "/")) {
            break;
        }
        struct operand r = factor(p);
        if (!are_numbers(p, &l, &r, times ? "*" : "/")) {
            break;
        }
        if (!dim_times(l.dim, r.dim, times ? 1 : -1, &l.dim)) {
            fail(p, l.from, r.to, "too many units are multiplied");
        }
        struct dim none = {0, 0, 0, 0};
        bool scaled = dim_equal(r.dim, none); /* "2 * psu1.rated" is still a current */
        l.named = scaled ? l.named : times && l.bare && r.named;
        l.q = scaled ? l.q : r.q;
        l.bare = l.bare && r.bare;
        l.discrete = l.discrete && r.discrete;
        l.to = r.to;
        parser_emit(p, times ? OP_MULTIPLY : OP_DIVIDE, 0, 0.0);
    }
    return l;
}

static struct operand sum(struct parser *p)
{
    struct operand l = product(p);

    while (!p->failed) {
        bool plus = take(p, "+");
        if (!plus && !take(p, "-")) {
            break;
        }
        struct operand r = product(p);
        if (!are_numbers(p, &l, &r, plus ? "+" : "-")) {
            break;
        }
        if (!dim_equal(l.dim, r.dim)) {
            report_dims(p, &l, &r);
            break;
        }
        l.bare = l.bare && r.bare;
        l.discrete = l.discrete && r.discrete;
        l.to = r.to;
        parser_emit(p, plus ? OP_ADD : OP_SUBTRACT, 0, 0.0);
    }
    return l;
}

/* ---- comparisons ------------------------------------------------------------------------------------------------ */

/* The index of a word among the choices; reported when it is none of them. */
static double word_value(struct parser *p, const struct operand *word, const struct operand *state)
{
    const char *s = p->text + word->from;
    size_t n = word->to - word->from;
    int index = 0;

    for (const char *c = state->choices; *c; index++) {
        size_t length = strcspn(c, "|");
        if (length == n && memcmp(c, s, n) == 0) {
            return index;
        }
        c += length + (c[length] == '|');
    }
    struct spell near = spell_begin(s, n);
    spell_try_choices(&near, state->choices);
    diag_error(p->diag, parser_place(p, word->from, word->to), "'%s' is never '%s'",
               operand_text(p, state), operand_text(p, word));
    if (spell_best(&near)) {
        diag_hint(p->diag, "did you mean '%s'?", spell_best(&near));
    } else {
        diag_hint(p->diag, "it is one of %s", state->choices);
    }
    p->failed = true;
    return 0.0;
}

static void compare_states(struct parser *p, const struct operand *l, const struct operand *r,
                           enum expr_op op)
{
    const struct operand *state = l->is == OPERAND_STATE ? l : r;
    const struct operand *other = state == l ? r : l;

    if (op != OP_EQUAL && op != OP_UNEQUAL) {
        fail(p, l->from, r->to, "states are compared with == and !=");
    } else if (other->is == OPERAND_WORD) {
        parser_emit(p, OP_NUMBER, 0, word_value(p, other, state));
    } else if (other->is != OPERAND_STATE || strcmp(other->choices, state->choices) != 0) {
        diag_error(p->diag, parser_place(p, other->from, other->to),
                   "'%s' is a state and compares with one of %s", operand_text(p, state),
                   state->choices);
        p->failed = true;
    }
}

static void compare_numbers(struct parser *p, const struct operand *l, const struct operand *r,
                            enum expr_op op, const char *sign)
{
    if (!are_numbers(p, l, r, sign)) {
        return;
    }
    if (!dim_equal(l->dim, r->dim)) {
        report_dims(p, l, r);
    } else if ((op == OP_EQUAL || op == OP_UNEQUAL) && !(l->discrete && r->discrete)) {
        fail(p, l->from, r->to, "what moves is never exactly equal: compare with < or >");
    }
}

static bool take_comparison(struct parser *p, enum expr_op *op, const char **sign)
{
    static const struct {
        const char *text;
        enum expr_op op;
    } signs[] = {{"<=", OP_NOT_GREATER}, {">=", OP_NOT_LESS}, {"==", OP_EQUAL},
                 {"!=", OP_UNEQUAL},     {"<", OP_LESS},      {">", OP_GREATER}};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (take(p, signs[i].text)) {
            *op = signs[i].op;
            *sign = signs[i].text;
            return true;
        }
    }
    return false;
}

static struct operand comparison(struct parser *p)
{
    struct operand l = sum(p);
    enum expr_op op;
    const char *sign;

    if (p->failed || !take_comparison(p, &op, &sign)) {
        return l;
    }
    struct operand r = sum(p);
    if (p->failed) {
        return l;
    }
    if (l.is == OPERAND_STATE || r.is == OPERAND_STATE) {
        compare_states(p, &l, &r, op);
    } else {
        compare_numbers(p, &l, &r, op, sign);
    }
    parser_emit(p, op, 0, 0.0);
    size_t after = p->i;
    if (!p->failed && take_comparison(p, &op, &sign)) {
        fail(p, after, p->i, "one comparison at a time");
        diag_hint(p->diag, "join two with 'and'");
    }
    l.is = OPERAND_CONDITION;
    l.to = r.to;
    return l;
}

/* ---- conditions ---------------------------------------------------------------------------------------------------- */

static bool is_condition(struct parser *p, const struct operand *o, const char *what)
{
    if (!p->failed && o->is != OPERAND_CONDITION) {
        diag_error(p->diag, parser_place(p, o->from, o->to),
                   "'%s' wants a condition such as 'bus_a.v < 11 V', not '%s'", what,
                   operand_text(p, o));
        p->failed = true;
    }
    return !p->failed;
}

/* `not`, by De Morgan: every comparison since `from` becomes its opposite, so that < and >= stay
 * exact at equality. */
static void negate(struct parser *p, int32_t from)
{
    for (int32_t i = from; i < p->n_code; i++) {
        enum expr_op op = p->code[i].op;
        if (op >= OP_LESS) {
            int32_t pair = (int32_t)op - (int32_t)OP_LESS;
            p->code[i].op = (enum expr_op)((int32_t)OP_LESS + (pair ^ 1));
        }
    }
}

static struct operand negation(struct parser *p)
{
    parser_space(p);
    size_t from = p->i;

    if (!take(p, "not")) {
        return comparison(p);
    }
    if (++p->depth > DEPTH_MAX) {
        fail(p, from, p->i, "nested too deeply");
        return (struct operand){.from = from};
    }
    struct operand o = negation(p);
    p->depth--;
    if (is_condition(p, &o, "not")) {
        negate(p, o.code);
    }
    o.from = from;
    return o;
}

static struct operand conjunction(struct parser *p)
{
    struct operand l = negation(p);

    while (!p->failed && take(p, "and")) {
        struct operand r = negation(p);
        if (!is_condition(p, &l, "and") || !is_condition(p, &r, "and")) {
            break;
        }
        l.to = r.to;
        parser_emit(p, OP_AND, 0, 0.0);
    }
    return l;
}

static struct operand disjunction(struct parser *p)
{
    struct operand l = conjunction(p);

    while (!p->failed && take(p, "or")) {
        struct operand r = conjunction(p);
        if (!is_condition(p, &l, "or") || !is_condition(p, &r, "or")) {
            break;
        }
        l.to = r.to;
        parser_emit(p, OP_OR, 0, 0.0);
    }
    return l;
}

/* ---- the whole -------------------------------------------------------------------------------------------------------- */

static bool stack_fits(const struct parser *p)
{
    int32_t depth = 0;

    for (int32_t i = 0; i < p->n_code; i++) {
        enum expr_op op = p->code[i].op;
        depth += op <= OP_REF ? 1 : op == OP_NEGATE ? 0 : -1;
        if (depth > EXPR_STACK) {
            return false;
        }
    }
    return true;
}

/* True when the program ends with its only comparison, and that is one of numbers. */
static bool has_sides(const struct parser *p)
{
    int32_t conditions = 0;

    for (int32_t i = 0; i < p->n_code; i++) {
        conditions += p->code[i].op >= OP_LESS;
    }
    enum expr_op last = p->code[p->n_code - 1].op;
    return conditions == 1 && last >= OP_LESS && last <= OP_NOT_GREATER;
}

/* Bytes [from, to) of the text with the names of this instance in place of its selections. */
static const char *instance_text(struct parser *p, int32_t instance, size_t from, size_t to)
{
    char *out =
        arena_get(p->arena, (to - from) + (size_t)p->n_refs * 2 * (PART_NAME_SIZE + 16) + 1);
    char *s = out;
    size_t i = from;

    for (int32_t k = 0; k < p->n_refs; k++) {
        const struct written_ref *ref = &p->refs[k];
        const struct expr_ref *r = &ref->each[ref->n > 1 ? instance : 0];
        if (ref->part_from < i || ref->part_to > to) {
            continue;
        }
        s += sprintf(s, "%.*s%s", (int)(ref->part_from - i), p->text + i,
                     p->rack->parts[r->part].name);
        i = ref->part_to;
        if (ref->member_to > ref->member_from) {
            s += sprintf(s, "%.*s", (int)(ref->member_from - i), p->text + i);
            s += ref->member_is_part ? sprintf(s, "%s", p->rack->parts[r->member].name)
                                     : sprintf(s, "[%d]", r->member);
            i = ref->member_to;
        }
    }
    sprintf(s, "%.*s", (int)(to - i), p->text + i);
    return out;
}

/* Where the comparison of an expression with sides stands in the text: [*at, *end). */
static bool find_sign(const struct parser *p, size_t *at, size_t *end)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->text[i] == '<' || p->text[i] == '>') {
            *at = i;
            *end = i + 1 + (i + 1 < p->n && p->text[i + 1] == '=');
            return true;
        }
    }
    return false;
}

static const char *side_text(struct parser *p, int32_t instance, size_t from, size_t to)
{
    while (from < to && strchr(" \n\t", p->text[from])) {
        from++;
    }
    while (to > from && strchr(" \n\t", p->text[to - 1])) {
        to--;
    }
    return instance_text(p, instance, from, to);
}

/* Sides have a text of their own only where no bracket or 'not' goes around both. */
static bool is_plain(const struct parser *p, size_t at)
{
    int32_t open = 0;

    for (size_t i = 0; i < at; i++) {
        open += (p->text[i] == '(') - (p->text[i] == ')');
    }
    return open == 0 &&
           !(p->n > 3 && memcmp(p->text, "not", 3) == 0 && !is_word_letter(p->text[3]));
}

static void write_words(struct parser *p, struct expr *e)
{
    struct expr_words *words = arena_array(p->arena, (size_t)e->n_instances, sizeof *words);
    size_t at = 0, end = 0;
    bool split = e->sides && find_sign(p, &at, &end) && is_plain(p, at);

    for (int32_t i = 0; i < e->n_instances; i++) {
        words[i].text = instance_text(p, i, 0, p->n);
        words[i].left = split ? side_text(p, i, 0, at) : words[i].text;
        words[i].right = split ? side_text(p, i, end, p->n) : "";
    }
    e->words = words;
}

static const struct expr *finish(struct parser *p, const struct operand *o)
{
    struct expr *e = arena_get(p->arena, sizeof *e);
    struct expr_code *code = arena_array(p->arena, (size_t)p->n_code, sizeof *code);

    memcpy(code, p->code, (size_t)p->n_code * sizeof *code);
    e->code = code;
    e->n_code = p->n_code;
    e->n_refs = p->n_refs;
    e->n_instances = p->group ? p->n_group : 1;
    e->condition = o->is == OPERAND_CONDITION;
    e->sides = e->condition && has_sides(p);
    e->q = o->q;
    e->named = (!e->condition || e->sides) && (o->named || dim_quantity(o->dim, &e->q));
    e->source = p->text;
    struct expr_ref *refs =
        arena_array(p->arena, (size_t)e->n_instances * (size_t)e->n_refs, sizeof *refs);
    for (int32_t i = 0; i < e->n_instances; i++) {
        for (int32_t k = 0; k < e->n_refs; k++) {
            refs[i * e->n_refs + k] = p->refs[k].each[p->refs[k].n > 1 ? i : 0];
        }
    }
    e->refs = refs;
    write_words(p, e);
    return e;
}

static void report_no_condition(struct parser *p, const struct operand *o)
{
    diag_error(p->diag, parser_place(p, o->from, o->to), "'%s' is neither a condition nor a number",
               operand_text(p, o));
    if (o->is == OPERAND_STATE) {
        diag_hint(p->diag, "compare it: '%s == %.*s'", operand_text(p, o),
                  (int)strcspn(o->choices, "|"), o->choices);
    } else {
        diag_hint(p->diag, "a signal is written 'part.signal'");
    }
    p->failed = true;
}

const struct expr *expr_compile(struct arena *a, struct diag *d, const struct rack *r,
                                const char *text, struct place at)
{
    struct parser parser = {.arena = a, .diag = d, .rack = r, .at = at, .n = strlen(text)};
    struct parser *p = &parser;

    p->text = arena_text(a, text, p->n);
    if (p->n > 4096) {
        fail(p, 0, 1, "the expression is too long");
        return NULL;
    }
    struct operand o = disjunction(p);
    parser_space(p);
    if (!p->failed && p->i < p->n) {
        fail(p, p->i, p->n, "this does not belong to the expression");
    }
    if (!p->failed && (o.is == OPERAND_WORD || o.is == OPERAND_STATE)) {
        report_no_condition(p, &o);
    }
    if (!p->failed && p->n_refs == 0) {
        fail(p, 0, p->n, "nothing in this changes: it names no part");
    }
    if (!p->failed && !stack_fits(p)) {
        fail(p, 0, p->n, "nested too deeply");
    }
    return p->failed ? NULL : finish(p, &o);
}

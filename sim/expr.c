/* expr.c - runs compiled expressions, and says what they are about. */
#include "expr.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "expr_code.h"
#include "models/world.h"

static double read_ref(const struct expr_ref *r, const struct world *w, ns_t at)
{
    if (r->signal) {
        return r->signal->read(w, r->part, at);
    }
    if (r->family) {
        return r->family->read(w, r->part, r->member, at);
    }
    return field_value(r->field, world_params(w, r->part));
}

/* A difference that is 0 counts as true for <= and >=, as false for < and >. */
static double or_equal(double difference)
{
    return difference == 0.0 ? -DBL_MIN : difference;
}

static double combine(enum expr_op op, double x, double y)
{
    switch (op) {
    case OP_ADD:
        return x + y;
    case OP_SUBTRACT:
        return x - y;
    case OP_MULTIPLY:
        return x * y;
    case OP_DIVIDE:
        return x / y;
    case OP_LESS:
        return x - y;
    case OP_NOT_LESS:
        return or_equal(y - x);
    case OP_GREATER:
        return y - x;
    case OP_NOT_GREATER:
        return or_equal(x - y);
    case OP_EQUAL:
        return x == y ? -1.0 : 1.0;
    case OP_UNEQUAL:
        return x != y ? -1.0 : 1.0;
    case OP_AND:
        return x > y ? x : y;
    case OP_OR:
        return x < y ? x : y;
    default:
        return NAN;
    }
}

/* The stack after the first n instructions. */
static void run(const struct expr_view *v, const struct world *w, ns_t at, int32_t n,
                double stack[EXPR_STACK])
{
    const struct expr *e = v->expr;
    const struct expr_ref *refs = e->refs + (size_t)v->instance * (size_t)e->n_refs;
    int32_t top = -1;

    for (int32_t i = 0; i < n; i++) {
        const struct expr_code *c = &e->code[i];
        switch (c->op) {
        case OP_NUMBER:
            stack[++top] = c->number;
            break;
        case OP_REF:
            stack[++top] = v->held != NULL && !expr_ref_is_continuous(&refs[c->ref])
                               ? v->held[c->ref]
                               : read_ref(&refs[c->ref], w, at);
            break;
        case OP_NEGATE:
            stack[top] = -stack[top];
            break;
        default:
            top--;
            stack[top] = combine(c->op, stack[top], stack[top + 1]);
            break;
        }
    }
}

double expr_view_value(const struct expr_view *v, const struct world *w, ns_t at)
{
    double stack[EXPR_STACK] = {0.0};

    run(v, w, at, v->expr->n_code, stack);
    return stack[0];
}

bool expr_view_sides(const struct expr_view *v, const struct world *w, ns_t at, double *left,
                     double *right)
{
    double stack[EXPR_STACK] = {0.0};

    if (!v->expr->sides) {
        return false;
    }
    run(v, w, at, v->expr->n_code - 1, stack);
    *left = stack[0];
    *right = stack[1];
    return true;
}

double expr_value(const struct expr *e, int32_t instance, const struct world *w, ns_t at)
{
    return expr_view_value(&(struct expr_view){.expr = e, .instance = instance}, w, at);
}

bool expr_sides(const struct expr *e, int32_t instance, const struct world *w, ns_t at,
                double *left, double *right)
{
    return expr_view_sides(&(struct expr_view){.expr = e, .instance = instance}, w, at, left,
                           right);
}

void expr_hold(const struct expr *e, int32_t instance, const struct world *w, ns_t at,
               double held[])
{
    for (int32_t i = 0; i < e->n_refs; i++) {
        const struct expr_ref *r = expr_ref(e, instance, i);
        held[i] = expr_ref_is_continuous(r) ? NAN : read_ref(r, w, at);
    }
}

/* ---- levels ------------------------------------------------------------------------------------ */

/* The nodes whose lowest voltage it is; 0: it is no voltage. */
static int32_t nodes_of(const struct expr_ref *r, const struct world *w, int32_t *first)
{
    if (r->signal != NULL && r->signal->nodes != NULL) {
        return r->signal->nodes(w, r->part, first);
    }
    if (r->family != NULL && r->family->node != NULL) {
        *first = r->family->node(w, r->part, r->member);
        return 1;
    }
    return 0;
}

/* The reference that is no parameter, when one is read, and once; else -1. */
static int32_t only_signal(const struct expr *e, int32_t instance)
{
    int32_t found = -1;

    for (int32_t i = 0; i < e->n_code; i++) {
        const struct expr_code *c = &e->code[i];
        if (c->op == OP_REF && expr_ref(e, instance, c->ref)->field == NULL) {
            if (found >= 0) {
                return -1;
            }
            found = c->ref;
        }
    }
    return found;
}

static bool is_read(const struct expr_code *c, int32_t ref)
{
    return c->op == OP_REF && c->ref == ref;
}

/* Is the whole left side the first instruction? Then no other one reaches down to its place. */
static bool stands_alone(const struct expr *e)
{
    int32_t depth = 1;

    for (int32_t i = 1; i < e->n_code - 1; i++) {
        enum expr_op op = e->code[i].op;
        int32_t taken = op == OP_NUMBER || op == OP_REF ? 0 : op == OP_NEGATE ? 1 : 2;
        if (depth - taken < 1) {
            return false;
        }
        depth += 1 - taken;
    }
    return true;
}

bool expr_level(const struct expr *e, int32_t instance, const struct world *w,
                struct expr_level *level)
{
    int32_t ref = only_signal(e, instance);
    double left = 0.0;
    double right = 0.0;

    if (ref < 0 || !expr_sides(e, instance, w, 0, &left, &right)) {
        return false;
    }
    enum expr_op op = e->code[e->n_code - 1].op;
    bool on_left = is_read(&e->code[0], ref) && stands_alone(e);
    bool is_less = op == OP_LESS || op == OP_NOT_GREATER;
    level->n = nodes_of(expr_ref(e, instance, ref), w, &level->first);
    level->sign = is_less == on_left ? 1.0 : -1.0;
    level->level = on_left ? right : left;
    return level->n > 0 && level->n <= EXPR_LEVEL_NODES &&
           (on_left || is_read(&e->code[e->n_code - 2], ref));
}

/* ---- what it is -------------------------------------------------------------------------------- */

bool expr_is_condition(const struct expr *e)
{
    return e->condition;
}

int32_t expr_instances(const struct expr *e)
{
    return e->n_instances;
}

bool expr_quantity(const struct expr *e, enum quantity *q)
{
    if (e->named) {
        *q = e->q;
    }
    return e->named;
}

int32_t expr_refs(const struct expr *e)
{
    return e->n_refs;
}

const struct expr_ref *expr_ref(const struct expr *e, int32_t instance, int32_t ref)
{
    return &e->refs[(size_t)instance * (size_t)e->n_refs + (size_t)ref];
}

bool expr_ref_is_continuous(const struct expr_ref *r)
{
    return (r->signal != NULL && r->signal->continuous) ||
           (r->family != NULL && r->family->continuous);
}

bool expr_is_continuous(const struct expr *e, int32_t instance)
{
    for (int32_t i = 0; i < e->n_refs; i++) {
        if (expr_ref_is_continuous(expr_ref(e, instance, i))) {
            return true;
        }
    }
    return false;
}

const char *expr_text(const struct expr *e, int32_t instance)
{
    return e->words[instance].text;
}

const char *expr_left_text(const struct expr *e, int32_t instance)
{
    return e->words[instance].left;
}

const char *expr_right_text(const struct expr *e, int32_t instance)
{
    return e->words[instance].right;
}

const char *expr_source(const struct expr *e)
{
    return e->source;
}

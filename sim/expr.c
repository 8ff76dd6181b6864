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
static void run(const struct expr *e, int32_t instance, const struct world *w, ns_t at, int32_t n,
                double stack[EXPR_STACK])
{
    const struct expr_ref *refs = e->refs + (size_t)instance * (size_t)e->n_refs;
    int32_t top = -1;

    for (int32_t i = 0; i < n; i++) {
        const struct expr_code *c = &e->code[i];
        switch (c->op) {
        case OP_NUMBER:
            stack[++top] = c->number;
            break;
        case OP_REF:
            stack[++top] = read_ref(&refs[c->ref], w, at);
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

double expr_value(const struct expr *e, int32_t instance, const struct world *w, ns_t at)
{
    double stack[EXPR_STACK] = {0.0};

    run(e, instance, w, at, e->n_code, stack);
    return stack[0];
}

bool expr_sides(const struct expr *e, int32_t instance, const struct world *w, ns_t at,
                double *left, double *right)
{
    double stack[EXPR_STACK] = {0.0};

    if (!e->sides) {
        return false;
    }
    run(e, instance, w, at, e->n_code - 1, stack);
    *left = stack[0];
    *right = stack[1];
    return true;
}

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

bool expr_is_continuous(const struct expr *e, int32_t instance)
{
    for (int32_t i = 0; i < e->n_refs; i++) {
        const struct expr_ref *r = expr_ref(e, instance, i);
        if ((r->signal && r->signal->continuous) || (r->family && r->family->continuous)) {
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

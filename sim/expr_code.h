/* expr_code.h - a compiled expression from the inside: for expr.c and expr_parse.c only.
 *
 * A postfix program on a stack of doubles. What it reads stands in a table with a row for each
 * instance, so the program itself is the same for all of them. */
#ifndef SIM_EXPR_CODE_H
#define SIM_EXPR_CODE_H

#include "expr.h"

enum expr_op {
    OP_NUMBER,
    OP_REF,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_NEGATE,
    OP_LESS, /* from here on: conditions; each one's opposite is its neighbour */
    OP_NOT_LESS,
    OP_GREATER,
    OP_NOT_GREATER,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_AND,
    OP_OR
};

struct expr_code {
    enum expr_op op;
    int32_t ref;
    double number;
};

enum { EXPR_CODE_MAX = 256, EXPR_REFS_MAX = 64, EXPR_STACK = 16 };

struct expr_words {
    const char *text, *left, *right;
};

struct expr {
    int32_t n_code, n_refs, n_instances;
    const struct expr_code *code;
    const struct expr_ref *refs; /* [instance * n_refs + ref] */
    bool condition;
    bool sides; /* one comparison of numbers */
    bool named; /* q is its quantity */
    enum quantity q;
    const char *source;
    const struct expr_words *words; /* of each instance */
};

#endif

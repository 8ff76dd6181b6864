/* expr_parse.h - what expr_parse.c and expr_ref.c share while an expression is compiled. */
#ifndef SIM_EXPR_PARSE_H
#define SIM_EXPR_PARSE_H

#include "arena.h"
#include "diag.h"
#include "expr_code.h"
#include "expr_dim.h"
#include "loader.h"

/* A reference as written: one expr_ref for each member that it selects. */
struct written_ref {
    int32_t n;
    struct expr_ref *each;
    /* What stands in the text of an instance for bytes [from, to): the part's name, and the member
     * of a family. from == to: nothing. */
    size_t part_from, part_to, member_from, member_to;
    bool member_is_part;
};

struct parser {
    struct arena *arena;
    struct diag *diag;
    const struct rack *rack;
    struct place at;
    const char *text;
    size_t n, i; /* length, and where we are */
    int32_t depth;
    bool failed;
    struct expr_code code[EXPR_CODE_MAX];
    int32_t n_code;
    struct written_ref refs[EXPR_REFS_MAX];
    int32_t n_refs;
    const int32_t *group; /* the numbers that the selections have in common, NULL: none yet */
    int32_t n_group;
};

enum operand_is { OPERAND_NUMBER, OPERAND_STATE, OPERAND_WORD, OPERAND_CONDITION };

struct operand {
    enum operand_is is;
    struct dim dim;
    bool named; /* q is its quantity, as declared */
    enum quantity q;
    const char *choices; /* of a state */
    bool bare;           /* a number without unit */
    bool discrete;       /* may be compared with == */
    size_t from, to;     /* its text */
    int32_t code;        /* its first instruction */
};

struct place parser_place(const struct parser *p, size_t from, size_t to);
void parser_space(struct parser *p);
bool parser_emit(struct parser *p, enum expr_op op, int32_t ref, double number);

/* expr_ref.c: the reference at p->i, which begins with a name followed by '.' or '['. */
struct operand parser_ref(struct parser *p);

#endif

/* expr.h - the conditions of a scenario, compiled: "psu[*].i > 1.2 * psu[*].rated".
 *
 *   or       := and { 'or' and }            not := 'not' not | comparison
 *   and      := not { 'and' not }           comparison := sum [ ('<'|'<='|'>'|'>='|'=='|'!=') sum ]
 *   sum      := product { ('+'|'-') product }
 *   product  := factor { ('*'|'/') factor } factor := '-' factor | '(' or ')' | number unit | word
 *                                                   | part '.' key [ '[' index ']' ]
 *   part     := name | stem '[' selection ']'     selection := '*' | n | n '..' m
 *
 * Quantities are checked: volts compare with volts, volts times amperes are watts. A state compares
 * (== and != only) with one of its words. A selection of several parts makes one instance for each;
 * several selections in one expression must select the same numbers and are bound together.
 *
 * `key` is a signal, a number among the parameters, or a member of a family of signals: a tap
 * ("bus_a.v[3]") or another part ("ctl.psu2", "ctl.psu[*]"). */
#ifndef SIM_EXPR_H
#define SIM_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/kind.h"
#include "rack.h"
#include "text.h"

struct world;
struct expr;
struct arena;
struct diag;

/* What one reference of one instance reads. */
struct expr_ref {
    int32_t part;
    int32_t member;              /* of the family: a tap, or another part's index */
    const struct signal *signal; /* exactly one of these three is not NULL */
    const struct signal_family *family;
    const struct field *field;
};

/* Compile `text`, written at `at`. NULL: problems were reported. `at.length` 0 turns off carets
 * within the text. */
const struct expr *expr_compile(struct arena *a, struct diag *d, const struct rack *r,
                                const char *text, struct place at);

/* True: a condition. False: a plain number (`count: sw[*].operations`). */
bool expr_is_condition(const struct expr *e);

int32_t expr_instances(const struct expr *e); /* >= 1 */

/* A condition: negative while it is true, so it falls through zero when it becomes true; in SI units
 * of its quantity where it compares numbers, -1 or 1 where it compares states; `and` is the larger,
 * `or` the smaller of both sides. A plain expression: its value. */
double expr_value(const struct expr *e, int32_t instance, const struct world *w, ns_t at);
static inline bool expr_holds(const struct expr *e, int32_t instance, const struct world *w,
                              ns_t at)
{
    return expr_value(e, instance, w, at) < 0.0;
}

enum { EXPR_LEVEL_NODES = 64 };

/* A number whose nodes are known: the condition is true while the lowest voltage of `n` nodes in a
 * row is below the level (sign 1), or above it (sign -1). */
struct expr_level {
    int32_t first, n;
    double sign, level;
};
bool expr_level(const struct expr *e, int32_t instance, const struct world *w,
                struct expr_level *level);

/* An instance to be read on the islands' present segments, with what jumps as it was when it was
 * held: one number for each of expr_refs(). NULL: as it is now. */
struct expr_view {
    const struct expr *expr;
    int32_t instance;
    const double *held;
    const struct expr_level *level; /* all that it is; NULL: more */
};
double expr_view_value(const struct expr_view *v, const struct world *w, ns_t at);
bool expr_view_sides(const struct expr_view *v, const struct world *w, ns_t at, double *left,
                     double *right);
void expr_hold(const struct expr *e, int32_t instance, const struct world *w, ns_t at,
               double held[]);

/* Both sides of a condition that is a single comparison of numbers ("v < 11.4 V": the voltage, then
 * the threshold). False for every other expression. */
bool expr_sides(const struct expr *e, int32_t instance, const struct world *w, ns_t at,
                double *left, double *right);

/* What the sides of a comparison, or a plain expression, measure; false: no named quantity. */
bool expr_quantity(const struct expr *e, enum quantity *q);

/* True when some signal in it moves between events: its crossings must be located. */
bool expr_is_continuous(const struct expr *e, int32_t instance);

/* True: a signal of it moves between events. */
bool expr_ref_is_continuous(const struct expr_ref *r);

/* What an instance reads. */
int32_t expr_refs(const struct expr *e);
const struct expr_ref *expr_ref(const struct expr *e, int32_t instance, int32_t ref);

/* The instance in words: "web3.v < 10.8 V"; its left side "web3.v"; its right side "10.8 V". A
 * boolean combination or a plain expression has no sides: left is the whole, right is "". */
const char *expr_text(const struct expr *e, int32_t instance);
const char *expr_left_text(const struct expr *e, int32_t instance);
const char *expr_right_text(const struct expr *e, int32_t instance);
/* As written, with its selections: "web[*].v < 10.8 V". */
const char *expr_source(const struct expr *e);

#endif

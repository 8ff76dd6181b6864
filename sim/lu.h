/* lu.h - LU factors of the part of a sparse matrix that belongs to one island.
 *
 * The island's rows stand in the order of elimination, leaves first, and are numbered 0..n-1 here.
 * A matrix is one array of n + 2 n_off doubles: the diagonal, what is right of it row by row, and
 * what is below it, in the same order. Nothing is searched for while numbers are worked on: every
 * position is found when the pattern is cut. */
#ifndef SIM_LU_H
#define SIM_LU_H

#include <stdbool.h>
#include <stdint.h>

#include "sparse.h"

struct lu {
    int32_t n;     /* rows */
    int32_t n_off; /* entries right of the diagonal */
    /* Leading rows with one such entry each, none in another's column; whole quads. */
    int32_t n_leaves;
    int32_t *degree; /* [n] entries right of the diagonal in row k */
    int32_t *col;    /* [n_off] their columns, row by row */
    int32_t *from;   /* [n + 2 n_off] a value's position in the whole matrix */
    /* degree * degree a row: which value each product of its elimination changes. */
    int32_t *update;
};

static inline int32_t lu_values(const struct lu *l)
{
    return l->n + 2 * l->n_off;
}

/* A part of the whole pattern: rows in the order of elimination, which no real entry joins with the
 * rest. */
struct lu_part {
    const int32_t *row;
    int32_t n;
    const int32_t *in; /* where each row of the whole stands here; -1: it is elsewhere */
    char *real;        /* which of the pairs s->neighbour[p] are more than zeros */
};

/* Mark as real what the elimination of real entries fills in. */
void lu_fill(const struct sparse *s, const struct lu_part *part);

/* Numbers that lu_cut() will write for it into `room`. */
int32_t lu_room(const struct sparse *s, const struct lu_part *part);

/* Cut its pattern out of the whole one, into `room`. position[] is work space for n_values numbers of
 * the whole matrix. */
void lu_cut(struct lu *l, const struct sparse *s, const struct lu_part *part, int32_t position[],
            int32_t room[]);

/* Factorise in place (Doolittle); the diagonal keeps the reciprocals of the pivots. True when all
 * pivots are positive; when not, something in M dx/dt = J x grows by itself, faster than e within
 * gamma h. */
bool lu_factor(const struct lu *l, double values[]);

/* b: right-hand side in, solution out. */
void lu_solve(const struct lu *l, const double values[], double b[]);

/* y -= A d, for a matrix that is not factorised. */
void lu_subtract_product(const struct lu *l, const double values[], const double d[], double y[]);

#endif

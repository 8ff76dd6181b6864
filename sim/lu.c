/* lu.c - the numbers of sparse LU, on patterns that sparse.c has found.
 *
 * Checked by tests/sim/test_sparse.c against dense Gaussian elimination. */
#include "lu.h"

#include "quad.h"

/* ---- the pattern ------------------------------------------------------------------------------- */

static int32_t degree_of(const struct sparse *s, int32_t r, const int32_t in[])
{
    int32_t degree = 0;

    for (int32_t p = s->first[r]; p < s->first[r + 1]; p++) {
        degree += in[s->neighbour[p]] >= 0;
    }
    return degree;
}

int32_t lu_room(const struct sparse *s, const int32_t rows[], int32_t n_rows, const int32_t in[])
{
    int32_t room = 2 * n_rows;

    for (int32_t k = 0; k < n_rows; k++) {
        int32_t degree = degree_of(s, rows[k], in);
        room += degree * (3 + degree);
    }
    return room;
}

/* Columns, and where each value comes from; position[] becomes the inverse of from[]. */
static void cut_rows(struct lu *l, const struct sparse *s, const int32_t rows[], const int32_t in[],
                     int32_t position[])
{
    int32_t at = 0;

    for (int32_t k = 0; k < l->n; k++) {
        int32_t r = rows[k];
        l->from[k] = r;
        position[r] = k;
        for (int32_t p = s->first[r]; p < s->first[r + 1]; p++) {
            if (in[s->neighbour[p]] >= 0) {
                l->col[at] = in[s->neighbour[p]];
                l->from[l->n + at] = s->right + p;
                l->from[l->n + l->n_off + at] = s->below + p;
                position[s->right + p] = l->n + at;
                position[s->below + p] = l->n + l->n_off + at;
                at++;
            }
        }
    }
}

static void cut_updates(struct lu *l, const struct sparse *s, const int32_t rows[],
                        const int32_t in[], const int32_t position[])
{
    int32_t *to = l->update;

    for (int32_t k = 0; k < l->n; k++) {
        int32_t r = rows[k];
        const int32_t *neighbour = &s->neighbour[s->first[r]];
        const int32_t *update = &s->update[s->update_first[r]];
        int32_t degree = s->first[r + 1] - s->first[r];
        for (int32_t p = 0; p < degree; p++) {
            for (int32_t q = 0; q < degree; q++) {
                if (in[neighbour[p]] >= 0 && in[neighbour[q]] >= 0) {
                    *to++ = position[update[p * degree + q]];
                }
            }
        }
    }
}

/* How many leading rows have one entry each, which no other of them has its column in. */
static int32_t count_leaves(const struct lu *l)
{
    int32_t k = 0;
    int32_t least_col = l->n;

    while (k < least_col && l->degree[k] == 1) {
        least_col = l->col[k] < least_col ? l->col[k] : least_col;
        k++;
    }
    return k / QUAD * QUAD;
}

void lu_cut(struct lu *l, const struct sparse *s, const int32_t rows[], int32_t n_rows,
            const int32_t in[], int32_t position[], int32_t room[])
{
    l->n = n_rows;
    l->n_off = 0;
    l->degree = room;
    for (int32_t k = 0; k < n_rows; k++) {
        l->degree[k] = degree_of(s, rows[k], in);
        l->n_off += l->degree[k];
    }
    l->col = l->degree + n_rows;
    l->from = l->col + l->n_off;
    l->update = l->from + lu_values(l);
    cut_rows(l, s, rows, in, position);
    l->n_leaves = count_leaves(l);
    cut_updates(l, s, rows, in, position);
}

/* ---- the numbers -------------------------------------------------------------------------------
 * Each in two parts: leaves, where row k has just entry k, four at a time, and the rest. */

static bool all_positive(const quad *least)
{
    return (*least)[0] > 0.0 && (*least)[1] > 0.0 && (*least)[2] > 0.0 && (*least)[3] > 0.0;
}

/* Eliminate the leaves. True when all their pivots are positive. */
static inline bool factor_leaves(const struct lu *l, double values[])
{
    const double *right = values + l->n;
    double *below = values + l->n + l->n_off;
    bool positive = true;

    for (int32_t k = 0; k < l->n_leaves; k += QUAD) {
        quad *pivot = quads(values + k);
        quad factor;
        quad change;

        positive = positive && all_positive(pivot);
        *pivot = 1.0 / *pivot;
        factor = *quads(below + k) * *pivot;
        *quads(below + k) = factor;
        change = factor * *quads_const(right + k);
        quad_scatter_subtract(values, l->col + k, &change);
    }
    return positive;
}

ANY_WIDTH
bool lu_factor(const struct lu *l, double values[])
{
    const double *right = values + l->n + l->n_leaves;
    double *below = values + l->n + l->n_off + l->n_leaves;
    const int32_t *update = l->update + l->n_leaves;
    bool positive = factor_leaves(l, values);

    for (int32_t k = l->n_leaves; k < l->n; k++) {
        int32_t degree = l->degree[k];

        positive = positive && values[k] > 0.0;
        values[k] = 1.0 / values[k];
        for (int32_t p = 0; p < degree; p++) {
            double factor = below[p] * values[k];
            below[p] = factor;
            for (int32_t q = 0; q < degree; q++) {
                values[*update++] -= factor * right[q];
            }
        }
        right += degree;
        below += degree;
    }
    return positive;
}

static inline void solve_leaves_down(const struct lu *l, const double below[], double b[])
{
    for (int32_t k = 0; k < l->n_leaves; k += QUAD) {
        quad change = *quads_const(below + k) * *quads(b + k);
        quad_scatter_subtract(b, l->col + k, &change);
    }
}

static inline void solve_leaves_up(const struct lu *l, const double values[], double b[])
{
    const double *right = values + l->n;

    for (int32_t k = 0; k < l->n_leaves; k += QUAD) {
        quad other = QUAD_GATHER(b, l->col + k);
        *quads(b + k) =
            (*quads(b + k) - *quads_const(right + k) * other) * *quads_const(values + k);
    }
}

ANY_WIDTH
void lu_solve(const struct lu *l, const double values[], double b[])
{
    const double *right = values + l->n;
    const double *below = values + l->n + l->n_off;
    const int32_t *col = l->col;
    int32_t at = l->n_leaves;

    solve_leaves_down(l, below, b);
    for (int32_t k = l->n_leaves; k < l->n; k++) {
        for (int32_t end = at + l->degree[k]; at < end; at++) {
            b[col[at]] -= below[at] * b[k];
        }
    }
    for (int32_t k = l->n - 1; k >= l->n_leaves; k--) {
        double sum = b[k];
        for (int32_t begin = at - l->degree[k]; at > begin;) {
            at--;
            sum -= right[at] * b[col[at]];
        }
        b[k] = sum * values[k];
    }
    solve_leaves_up(l, values, b);
}

/* y -= the part of A d that is in the leaves' rows and columns. */
static inline void subtract_leaves(const struct lu *l, const double values[], const double d[],
                                   double y[])
{
    const double *right = values + l->n;
    const double *below = values + l->n + l->n_off;

    for (int32_t k = 0; k < l->n_leaves; k += QUAD) {
        quad other = QUAD_GATHER(d, l->col + k);
        quad change = *quads_const(below + k) * *quads_const(d + k);
        *quads(y + k) -=
            *quads_const(values + k) * *quads_const(d + k) + *quads_const(right + k) * other;
        quad_scatter_subtract(y, l->col + k, &change);
    }
}

ANY_WIDTH
void lu_subtract_product(const struct lu *l, const double values[], const double d[], double y[])
{
    const double *right = values + l->n;
    const double *below = values + l->n + l->n_off;
    const int32_t *col = l->col;
    int32_t at = l->n_leaves;

    subtract_leaves(l, values, d, y);
    for (int32_t k = l->n_leaves; k < l->n; k++) {
        double sum = values[k] * d[k];
        for (int32_t end = at + l->degree[k]; at < end; at++) {
            sum += right[at] * d[col[at]];
            y[col[at]] -= below[at] * d[k];
        }
        y[k] -= sum;
    }
}

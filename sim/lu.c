/* lu.c - the numbers of sparse LU, on patterns that sparse.c has found.
 *
 * Checked by tests/sim/test_sparse.c against dense Gaussian elimination. */
#include "lu.h"

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
    l->n_leaves = 0;
    while (l->n_leaves < n_rows && l->degree[l->n_leaves] == 1) {
        l->n_leaves++;
    }
    l->col = l->degree + n_rows;
    l->from = l->col + l->n_off;
    l->update = l->from + lu_values(l);
    cut_rows(l, s, rows, in, position);
    cut_updates(l, s, rows, in, position);
}

/* ---- the numbers -------------------------------------------------------------------------------
 * Each in two parts: leaves, where row k has just entry k, and the rest. */

bool lu_factor(const struct lu *l, double values[])
{
    const int32_t *update = l->update;
    const double *right = values + l->n;
    double *below = values + l->n + l->n_off;
    bool positive = true;

    for (int32_t k = 0; k < l->n_leaves; k++) {
        positive = positive && values[k] > 0.0;
        values[k] = 1.0 / values[k];
        below[k] *= values[k];
        values[*update++] -= below[k] * right[k];
    }
    right += l->n_leaves;
    below += l->n_leaves;
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

void lu_solve(const struct lu *l, const double values[], double b[])
{
    const double *right = values + l->n;
    const double *below = values + l->n + l->n_off;
    const int32_t *col = l->col;
    int32_t leaves = l->n_leaves;
    int32_t at = leaves;

    for (int32_t k = 0; k < leaves; k++) {
        b[col[k]] -= below[k] * b[k];
    }
    for (int32_t k = leaves; k < l->n; k++) {
        for (int32_t p = 0; p < l->degree[k]; p++, at++) {
            b[col[at]] -= below[at] * b[k];
        }
    }
    for (int32_t k = l->n - 1; k >= leaves; k--) {
        double sum = b[k];
        for (int32_t p = 0; p < l->degree[k]; p++) {
            at--;
            sum -= right[at] * b[col[at]];
        }
        b[k] = sum * values[k];
    }
    for (int32_t k = leaves - 1; k >= 0; k--) {
        b[k] = (b[k] - right[k] * b[col[k]]) * values[k];
    }
}

void lu_subtract_product(const struct lu *l, const double values[], const double d[], double y[])
{
    const double *right = values + l->n;
    const double *below = values + l->n + l->n_off;
    const int32_t *col = l->col;
    int32_t at = l->n_leaves;

    for (int32_t k = 0; k < l->n_leaves; k++) {
        y[k] -= values[k] * d[k] + right[k] * d[col[k]];
        y[col[k]] -= below[k] * d[k];
    }
    for (int32_t k = l->n_leaves; k < l->n; k++) {
        double sum = values[k] * d[k];
        for (int32_t p = 0; p < l->degree[k]; p++, at++) {
            sum += right[at] * d[col[at]];
            y[col[at]] -= below[at] * d[k];
        }
        y[k] -= sum;
    }
}

/* sparse.c - minimum degree order and symbolic LU.  Checked by tests/sim/test_sparse.c against dense
 * Gaussian elimination. */
#include "sparse.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A row's neighbours that are not eliminated yet, ascending. */
struct row {
    int32_t n, room;
    int32_t *at;
};

static bool row_insert(struct row *r, int32_t j)
{
    int32_t i = 0;

    while (i < r->n && r->at[i] < j) {
        i++;
    }
    if (i < r->n && r->at[i] == j) {
        return true;
    }
    if (r->n == r->room) {
        int32_t room = r->room * 2 + 4;
        int32_t *at = realloc(r->at, (size_t)room * sizeof *at);
        if (at == NULL) {
            return false;
        }
        r->at = at;
        r->room = room;
    }
    memmove(&r->at[i + 1], &r->at[i], (size_t)(r->n - i) * sizeof *r->at);
    r->at[i] = j;
    r->n++;
    return true;
}

static void row_remove(struct row *r, int32_t j)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < r->n; i++) {
        if (r->at[i] != j) {
            r->at[kept++] = r->at[i];
        }
    }
    r->n = kept;
}

/* The row of least degree that is left, the smallest index among equals. */
static int32_t least_degree(const struct row rows[], const int32_t place[], int32_t n)
{
    int32_t best = -1;

    for (int32_t r = 0; r < n; r++) {
        if (place[r] < 0 && (best < 0 || rows[r].n < rows[best].n)) {
            best = r;
        }
    }
    return best;
}

/* Take row r out and join its neighbours with each other: the fill-in. */
static bool eliminate(struct row rows[], int32_t r)
{
    for (int32_t p = 0; p < rows[r].n; p++) {
        int32_t i = rows[r].at[p];
        row_remove(&rows[i], r);
        for (int32_t q = 0; q < rows[r].n; q++) {
            if (q != p && !row_insert(&rows[i], rows[r].at[q])) {
                return false;
            }
        }
    }
    return true;
}

/* Position of (i, j) once first[] and neighbour[] are complete. */
int32_t sparse_position(const struct sparse *s, int32_t i, int32_t j)
{
    if (i == j) {
        return i;
    }
    bool right = s->place[i] < s->place[j];
    int32_t early = right ? i : j;
    int32_t late = right ? j : i;

    for (int32_t p = s->first[early]; p < s->first[early + 1]; p++) {
        if (s->neighbour[p] == late) {
            return (right ? s->right : s->below) + p;
        }
    }
    return -1;
}

static bool number_updates(struct sparse *s)
{
    int64_t total = 0;

    for (int32_t r = 0; r < s->n; r++) {
        int64_t degree = s->first[r + 1] - s->first[r];
        s->update_first[r] = (int32_t)total;
        total += degree * degree;
    }
    if (total > INT32_MAX) {
        return false;
    }
    s->update_first[s->n] = (int32_t)total;
    s->update = malloc((size_t)(total + 1) * sizeof *s->update);
    if (s->update == NULL) {
        return false;
    }
    int32_t *u = s->update;
    for (int32_t r = 0; r < s->n; r++) {
        for (int32_t p = s->first[r]; p < s->first[r + 1]; p++) {
            for (int32_t q = s->first[r]; q < s->first[r + 1]; q++) {
                *u++ = sparse_position(s, s->neighbour[p], s->neighbour[q]);
            }
        }
    }
    return true;
}

/* Turn the rows as they stood when each was eliminated into the immutable arrays. */
static bool freeze(struct sparse *s, const struct row rows[])
{
    int64_t n_neighbours = 0;

    for (int32_t r = 0; r < s->n; r++) {
        n_neighbours += rows[r].n;
    }
    if (n_neighbours * 2 + s->n > INT32_MAX) {
        return false;
    }
    s->neighbour = malloc((size_t)(n_neighbours + 1) * sizeof *s->neighbour);
    if (s->neighbour == NULL) {
        return false;
    }
    int32_t at = 0;
    for (int32_t r = 0; r < s->n; r++) {
        s->first[r] = at;
        for (int32_t i = 0; i < rows[r].n; i++) {
            s->neighbour[at++] = rows[r].at[i];
        }
    }
    s->first[s->n] = at;
    s->right = s->n;
    s->below = s->n + at;
    s->n_values = s->n + 2 * at;
    return number_updates(s);
}

static bool build(struct sparse *s, struct row rows[], const int32_t (*pairs)[2], int32_t n_pairs)
{
    for (int32_t i = 0; i < n_pairs; i++) {
        if (!row_insert(&rows[pairs[i][0]], pairs[i][1]) ||
            !row_insert(&rows[pairs[i][1]], pairs[i][0])) {
            return false;
        }
    }
    for (int32_t r = 0; r < s->n; r++) {
        s->place[r] = -1;
    }
    for (int32_t k = 0; k < s->n; k++) {
        int32_t r = least_degree(rows, s->place, s->n);
        s->order[k] = r;
        s->place[r] = k;
        if (!eliminate(rows, r)) {
            return false;
        }
    }
    return freeze(s, rows);
}

struct sparse *sparse_new(int32_t n, const int32_t (*pairs)[2], int32_t n_pairs)
{
    struct sparse *s = calloc(1, sizeof *s);
    struct row *rows = calloc((size_t)n + 1, sizeof *rows);
    bool built = false;

    if (s != NULL && rows != NULL) {
        s->n = n;
        s->order = calloc((size_t)n + 1, sizeof *s->order);
        s->place = calloc((size_t)n + 1, sizeof *s->place);
        s->first = calloc((size_t)n + 1, sizeof *s->first);
        s->update_first = calloc((size_t)n + 1, sizeof *s->update_first);
        built = s->order != NULL && s->place != NULL && s->first != NULL &&
                s->update_first != NULL && build(s, rows, pairs, n_pairs);
    }
    for (int32_t r = 0; rows != NULL && r < n; r++) {
        free(rows[r].at);
    }
    free(rows);
    if (!built) {
        sparse_free(s);
        return NULL;
    }
    return s;
}

void sparse_free(struct sparse *s)
{
    if (s != NULL) {
        free(s->order);
        free(s->place);
        free(s->first);
        free(s->neighbour);
        free(s->update_first);
        free(s->update);
        free(s);
    }
}

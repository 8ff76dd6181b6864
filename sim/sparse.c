/* sparse.c - minimum degree order and symbolic LU.  Checked by tests/sim/test_sparse.c against dense
 * Gaussian elimination. */
#include "sparse.h"

#include <stdlib.h>
#include <string.h>

/* A row's neighbours, ascending: those left, and such as were eliminated and not taken out yet. */
struct row {
    int32_t n, room;
    int32_t degree; /* how many are left; INT32_MAX: it is eliminated itself */
    bool lost;      /* it has lost one already */
    int32_t *at;
};

/* Where j stands in the ascending list at[0..n), or would stand. */
static int32_t place_in(const int32_t at[], int32_t n, int32_t j)
{
    int32_t lo = 0;

    while (n > 0) {
        int32_t half = n / 2;
        if (at[lo + half] < j) {
            lo += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return lo;
}

static bool row_insert(struct row *r, int32_t j)
{
    int32_t i = place_in(r->at, r->n, j);

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
    r->degree++;
    return true;
}

/* Take out those that have a place. */
static void row_purge(struct row *r, const int32_t place[])
{
    int32_t kept = 0;

    for (int32_t i = 0; i < r->n; i++) {
        if (place[r->at[i]] < 0) {
            r->at[kept++] = r->at[i];
        }
    }
    r->n = kept;
}

/* ---- whose turn it is ----------------------------------------------------------------------------
 * Least degree; among equals those that have lost no neighbour yet, which are independent of each
 * other; then the smallest index. */

static bool goes_before(const struct row *a, const struct row *b)
{
    return a->degree < b->degree || (a->degree == b->degree && !a->lost && b->lost);
}

/* A tournament: winner[width + i] is row i, winner[k] the better one of winner[2 k] and
 * winner[2 k + 1]; -1: nobody. winner[1] has won. The width is a power of two, so that the rows on
 * the left are those of smaller index. */
struct tournament {
    const struct row *rows;
    int32_t width;
    int32_t *winner;
};

static void play(struct tournament *t, int32_t k)
{
    int32_t child = 2 * k;
    int32_t left = t->winner[child];
    int32_t right = t->winner[child + 1];

    t->winner[k] =
        right >= 0 && (left < 0 || goes_before(&t->rows[right], &t->rows[left])) ? right : left;
}

static bool tournament_begin(struct tournament *t, const struct row rows[], int32_t n)
{
    *t = (struct tournament){.rows = rows, .width = 1};
    while (t->width < n) {
        t->width *= 2;
    }
    t->winner = malloc((size_t)t->width * 2 * sizeof *t->winner);
    if (t->winner == NULL) {
        return false;
    }
    for (int32_t i = 0; i < t->width; i++) {
        t->winner[t->width + i] = i < n ? i : -1;
    }
    for (int32_t k = t->width - 1; k > 0; k--) {
        play(t, k);
    }
    return true;
}

/* The degree of row r has changed. */
static void tournament_replay(struct tournament *t, int32_t r)
{
    for (int32_t k = (t->width + r) / 2; k > 0; k /= 2) {
        play(t, k);
    }
}

/* Take row r out and join its neighbours with each other: the fill-in. */
static bool eliminate(struct row rows[], int32_t r, struct tournament *t)
{
    for (int32_t p = 0; p < rows[r].n; p++) {
        int32_t i = rows[r].at[p];
        rows[i].degree--;
        rows[i].lost = true;
        for (int32_t q = 0; q < rows[r].n; q++) {
            if (q != p && !row_insert(&rows[i], rows[r].at[q])) {
                return false;
            }
        }
        tournament_replay(t, i);
    }
    rows[r].degree = INT32_MAX;
    tournament_replay(t, r);
    return true;
}

static bool find_order(struct sparse *s, struct row rows[])
{
    struct tournament t;
    bool good = tournament_begin(&t, rows, s->n);

    for (int32_t r = 0; r < s->n; r++) {
        s->place[r] = -1;
    }
    for (int32_t k = 0; good && k < s->n; k++) {
        int32_t r = t.winner[1];
        s->order[k] = r;
        s->place[r] = k;
        row_purge(&rows[r], s->place);
        good = eliminate(rows, r, &t);
    }
    free(t.winner);
    return good;
}

/* ---- the pattern ------------------------------------------------------------------------------ */

/* Position of (i, j) once first[] and neighbour[] are complete. */
int32_t sparse_position(const struct sparse *s, int32_t i, int32_t j)
{
    if (i == j) {
        return i;
    }
    bool right = s->place[i] < s->place[j];
    int32_t early = right ? i : j;
    int32_t late = right ? j : i;

    int32_t first = s->first[early];
    int32_t n = s->first[early + 1] - first;
    int32_t p = first + place_in(&s->neighbour[first], n, late);

    return p < first + n && s->neighbour[p] == late ? (right ? s->right : s->below) + p : -1;
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
    return find_order(s, rows) && freeze(s, rows);
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

/* sparse.h - the pattern of a structurally symmetric matrix and of its LU, eliminated leaves first.
 *
 * The pattern and every fill-in are found once, at load; a factorisation (lu.h) then is a walk along
 * precomputed positions. Minimum degree order makes it O(parts) for the networks of a rack, where
 * supplies and servers are leaves on a few bus bars. No pivoting: C/(gamma h) stands on the
 * diagonal, and a step for which that is not enough is refused. */
#ifndef SIM_SPARSE_H
#define SIM_SPARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Immutable after sparse_new(). Values of a matrix stand in one array of n_values doubles:
 * the diagonal first, then what is right of it, then what is below. */
struct sparse {
    int32_t n;        /* rows */
    int32_t n_values; /* doubles a matrix takes */
    int32_t *order;   /* order[k]: the row eliminated k-th */
    int32_t *place;   /* the inverse of order */
    int32_t *first;   /* row r's neighbours eliminated after it: neighbour[first[r]..first[r+1]) */
    int32_t *neighbour;
    /* Row r's update targets: update[update_first[r]..update_first[r + 1]). */
    int32_t *update_first;
    int32_t *update;
    int32_t right; /* values[right + p]: entry (r, neighbour[p]); values[below + p]: the mirror */
    int32_t below;
};

/* Pattern from n_pairs pairs (i, j), i != j, any order, duplicates welcome. NULL: no memory. */
struct sparse *sparse_new(int32_t n, const int32_t (*pairs)[2], int32_t n_pairs);
void sparse_free(struct sparse *s);

/* Position of entry (i, j) in the values; -1: not in the pattern. */
int32_t sparse_position(const struct sparse *s, int32_t i, int32_t j);

#endif

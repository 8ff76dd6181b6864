/* test_sparse.c - the sparse LU solves what dense Gaussian elimination with pivoting solves. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/lu.h"
#include "sim/random.h"

enum { N_MAX = 60, PAIRS_MAX = 400 };

struct network {
    int32_t n, n_pairs;
    int32_t pairs[PAIRS_MAX][2];
    double dense[N_MAX][N_MAX];
};

static uint64_t drawn;

static double draw(double lo, double hi)
{
    return lo + (hi - lo) * random_uniform(11, 0, drawn++);
}

static int32_t draw_below(int32_t n)
{
    return (int32_t)draw(0.0, (double)n);
}

/* A conductance from micro to mega siemens, as between a closed contact and a leak. */
static void join(struct network *w, int32_t i, int32_t j)
{
    double g = pow(10.0, draw(-6.0, 6.0));

    w->pairs[w->n_pairs][0] = i;
    w->pairs[w->n_pairs++][1] = j;
    w->dense[i][i] += g;
    w->dense[j][j] += g;
    w->dense[i][j] -= g * draw(0.5, 1.0); /* not symmetric, as with lags and trims */
    w->dense[j][i] -= g * draw(0.5, 1.0);
}

static void add_capacitances(struct network *w)
{
    for (int32_t i = 0; i < w->n; i++) {
        w->dense[i][i] += pow(10.0, draw(-3.0, 3.0));
    }
}

static void make_star(struct network *w, int32_t leaves)
{
    *w = (struct network){.n = leaves + 1};
    for (int32_t i = 1; i <= leaves; i++) {
        join(w, 0, i);
    }
    add_capacitances(w);
}

/* A ladder of taps with leaves hung on at random, and a few ties across. */
static void make_rack(struct network *w, int32_t taps, int32_t leaves, int32_t ties)
{
    *w = (struct network){.n = taps + leaves};
    for (int32_t i = 1; i < taps; i++) {
        join(w, i - 1, i);
    }
    for (int32_t i = 0; i < leaves; i++) {
        join(w, taps + i, draw_below(taps));
    }
    for (int32_t i = 0; i < ties; i++) {
        int32_t a = draw_below(w->n);
        int32_t b = draw_below(w->n);
        if (a != b) {
            join(w, a, b);
        }
    }
    add_capacitances(w);
}

static struct sparse *sparse_of(const struct network *w, double values[])
{
    struct sparse *s = sparse_new(w->n, w->pairs, w->n_pairs);

    cr_assert_not_null(s);
    memset(values, 0, (size_t)s->n_values * sizeof *values);
    for (int32_t i = 0; i < w->n; i++) {
        for (int32_t j = 0; j < w->n; j++) {
            if (w->dense[i][j] != 0.0) {
                int32_t at = sparse_position(s, i, j);
                cr_assert_geq(at, 0);
                values[at] = w->dense[i][j];
            }
        }
    }
    return s;
}

/* Dense Gaussian elimination with partial pivoting. */
static void dense_solve(const struct network *w, const double right[], double x[])
{
    double a[N_MAX][N_MAX + 1];
    int32_t n = w->n;

    for (int32_t i = 0; i < n; i++) {
        memcpy(a[i], w->dense[i], sizeof w->dense[i]);
        a[i][n] = right[i];
    }
    for (int32_t k = 0; k < n; k++) {
        int32_t pivot = k;
        for (int32_t i = k + 1; i < n; i++) {
            pivot = fabs(a[i][k]) > fabs(a[pivot][k]) ? i : pivot;
        }
        for (int32_t j = 0; j <= n; j++) {
            double swap = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = swap;
        }
        for (int32_t i = k + 1; i < n; i++) {
            double factor = a[i][k] / a[k][k];
            for (int32_t j = k; j <= n; j++) {
                a[i][j] -= factor * a[k][j];
            }
        }
    }
    for (int32_t i = n - 1; i >= 0; i--) {
        double sum = a[i][n];
        for (int32_t j = i + 1; j < n; j++) {
            sum -= a[i][j] * x[j];
        }
        x[i] = sum / a[i][i];
    }
}

/* An island: the rows `from` <= row < `to` of a matrix, in elimination order, with their values. */
struct part {
    struct lu lu;
    int32_t row[N_MAX];
    int32_t room[N_MAX * N_MAX * 4], position[N_MAX * N_MAX];
    double values[N_MAX * N_MAX];
};

static void cut(struct part *p, const struct sparse *s, const double values[], int32_t from,
                int32_t to)
{
    int32_t in[N_MAX];
    int32_t n = 0;

    for (int32_t k = 0; k < s->n; k++) {
        int32_t r = s->order[k];
        in[r] = -1;
        if (from <= r && r < to) {
            in[r] = n;
            p->row[n++] = r;
        }
    }
    cr_assert_leq(lu_room(s, p->row, n, in), N_MAX * N_MAX * 4);
    lu_cut(&p->lu, s, p->row, n, in, p->position, p->room);
    for (int32_t i = 0; i < lu_values(&p->lu); i++) {
        p->values[i] = values[p->lu.from[i]];
    }
}

/* Solve for the part's rows of right; the result by row of the whole. True: all pivots positive. */
static bool solve(struct part *p, const double right[], double x[])
{
    double b[N_MAX];

    for (int32_t k = 0; k < p->lu.n; k++) {
        b[k] = right[p->row[k]];
    }
    bool positive = lu_factor(&p->lu, p->values);
    lu_solve(&p->lu, p->values, b);
    for (int32_t k = 0; k < p->lu.n; k++) {
        x[p->row[k]] = b[k];
    }
    return positive;
}

static void compare(const struct network *w)
{
    static struct part part;

    double values[N_MAX * N_MAX];
    double right[N_MAX], x[N_MAX], expected[N_MAX];
    struct sparse *s = sparse_of(w, values);
    double largest = 0.0;

    for (int32_t i = 0; i < w->n; i++) {
        right[i] = draw(-1.0, 1.0);
    }
    dense_solve(w, right, expected);
    cut(&part, s, values, 0, w->n);
    cr_assert(solve(&part, right, x));
    for (int32_t i = 0; i < w->n; i++) {
        largest = fmax(largest, fabs(expected[i]));
    }
    for (int32_t i = 0; i < w->n; i++) {
        cr_assert_float_eq(x[i], expected[i], 1e-9 * largest, "row %d: %g, not %g", i, x[i],
                           expected[i]);
    }
    sparse_free(s);
}

Test(sparse, solves_racks_as_dense_elimination_does)
{
    struct network w;

    for (int k = 0; k < 300; k++) {
        make_rack(&w, 1 + draw_below(12), draw_below(40), draw_below(8));
        compare(&w);
    }
}

/* Eliminate on a table of who is whose neighbour: each time the row with the fewest that is left;
 * among equals one that has lost none before one that has, then the first. Its neighbours then know
 * each other. */
static void eliminate_by_table(const struct network *w, int32_t order[])
{
    bool joined[N_MAX][N_MAX] = {{false}};
    bool gone[N_MAX] = {false};
    bool lost[N_MAX] = {false};

    for (int32_t p = 0; p < w->n_pairs; p++) {
        joined[w->pairs[p][0]][w->pairs[p][1]] = joined[w->pairs[p][1]][w->pairs[p][0]] = true;
    }
    for (int32_t k = 0; k < w->n; k++) {
        int32_t best = -1;
        int32_t fewest = 2 * N_MAX;
        for (int32_t i = 0; i < w->n; i++) {
            int32_t degree = 0;
            for (int32_t j = 0; j < w->n; j++) {
                degree += joined[i][j] && !gone[j];
            }
            if (!gone[i] && 2 * degree + lost[i] < fewest) {
                best = i;
                fewest = 2 * degree + lost[i];
            }
        }
        order[k] = best;
        gone[best] = true;
        for (int32_t i = 0; i < w->n; i++) {
            lost[i] = lost[i] || joined[best][i];
            for (int32_t j = 0; j < w->n; j++) {
                joined[i][j] = joined[i][j] || (i != j && joined[best][i] && joined[best][j]);
            }
        }
    }
}

Test(sparse, goes_by_least_degree_then_by_who_has_lost_none_then_by_index)
{
    struct network w;
    double values[N_MAX * N_MAX];
    int32_t expected[N_MAX];

    for (int k = 0; k < 300; k++) {
        make_rack(&w, 1 + draw_below(12), draw_below(40), draw_below(40));
        struct sparse *s = sparse_of(&w, values);
        eliminate_by_table(&w, expected);
        for (int32_t i = 0; i < w.n; i++) {
            cr_assert_eq(s->order[i], expected[i], "turn %d: row %d, not %d", i, s->order[i],
                         expected[i]);
        }
        sparse_free(s);
    }
}

Test(sparse, a_star_and_a_ladder_have_no_fill_in)
{
    struct network w;
    double values[N_MAX * N_MAX];

    make_star(&w, N_MAX - 1);
    struct sparse *s = sparse_of(&w, values);
    cr_assert_eq(s->n_values, w.n + 2 * w.n_pairs);
    cr_assert(s->order[w.n - 1] == 0 || s->order[w.n - 2] == 0, "the hub comes last");
    sparse_free(s);
    compare(&w);

    make_rack(&w, 20, 30, 0);
    s = sparse_of(&w, values);
    cr_assert_eq(s->n_values, w.n + 2 * w.n_pairs);
    sparse_free(s);
}

Test(sparse, a_product_is_what_a_dense_one_is)
{
    static struct part part;
    struct network w;
    double values[N_MAX * N_MAX];
    double d[N_MAX], y[N_MAX];

    make_rack(&w, 8, 30, 6);
    struct sparse *s = sparse_of(&w, values);
    cut(&part, s, values, 0, w.n);
    for (int32_t k = 0; k < w.n; k++) {
        d[k] = draw(-1.0, 1.0);
        y[k] = 0.0;
    }
    lu_subtract_product(&part.lu, part.values, d, y);
    for (int32_t k = 0; k < w.n; k++) {
        double sum = 0.0;
        for (int32_t i = 0; i < w.n; i++) {
            sum += w.dense[part.row[k]][part.row[i]] * d[i];
        }
        cr_assert_float_eq(y[k], -sum, 1e-12 * (1.0 + fabs(sum)));
    }
    sparse_free(s);
}

/* Two racks in one matrix, which a switch could join: solving one must not need the other. */
Test(sparse, an_island_is_solved_without_the_rest)
{
    static struct part part;
    struct network w = {.n = 20};
    double values[N_MAX * N_MAX];
    double right[N_MAX], x[N_MAX], expected[N_MAX];

    for (int32_t i = 1; i < 10; i++) {
        join(&w, 0, i);
        join(&w, 10, 10 + i);
    }
    join(&w, 1, 2);
    join(&w, 3, 13);
    w.dense[3][13] = w.dense[13][3] = 0.0; /* it is open */
    add_capacitances(&w);
    struct sparse *s = sparse_of(&w, values);
    for (int32_t i = 0; i < w.n; i++) {
        right[i] = draw(-1.0, 1.0);
    }
    dense_solve(&w, right, expected);
    cut(&part, s, values, 0, 10);
    cr_assert_eq(part.lu.n, 10);
    solve(&part, right, x);
    for (int32_t i = 0; i < 10; i++) {
        cr_assert_float_eq(x[i], expected[i], 1e-9 * fabs(expected[i]) + 1e-15);
    }
    sparse_free(s);
}

/* A constant-power load that outweighs everything at its node: the count of negative pivots of a
 * symmetric matrix is that of its negative eigenvalues (Sylvester), in whatever order. */
Test(sparse, tells_when_something_grows_by_itself)
{
    static const int32_t pairs[][2] = {{0, 1}, {1, 2}};

    static struct part part;
    struct sparse *s = sparse_new(3, pairs, 2);
    double values[9] = {0};
    cr_assert_not_null(s);
    for (int32_t i = 0; i < 3; i++) {
        values[i] =
            i == 1 ? 3.0 : -1e-3; /* by the diagonal alone: it is not enough to look at it */
    }
    values[0] = values[2] = 1.0;
    values[sparse_position(s, 0, 1)] = values[sparse_position(s, 1, 0)] = -1.0;
    values[sparse_position(s, 1, 2)] = values[sparse_position(s, 2, 1)] = -1.5;
    cut(&part, s, values, 0, 3);
    cr_assert_not(lu_factor(&part.lu, part.values)); /* 3 - 1 - 2.25 < 0 */
    values[1] = 3.5;
    cut(&part, s, values, 0, 3);
    cr_assert(lu_factor(&part.lu, part.values)); /* 3.5 - 1 - 2.25 > 0 */
    sparse_free(s);
}

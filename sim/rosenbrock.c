/* rosenbrock.c - RODAS: a linearly implicit Runge-Kutta method, L-stable, order 4 with an embedded
 * order 3, six stages, stiffly accurate, with a third-order interpolant.
 *
 *   (M / (gamma h) - J) u_i = f(t0 + a_i h, x0 + sum A_ij u_j) + M sum (C_ij / h) u_j + g_i h f_t
 *   x1 = x0 + sum A_6j u_j + u_5 + u_6;  error estimate u_6
 *
 * M dx/dt = f, with M the capacitances, inductances and time constants. J is the exact Jacobian:
 * the method's order needs it. One factorisation a step serves all six stages. Because
 * J u_j = M u_j / (gamma h) - r_j, with r_j the right-hand side of stage j, what f changes along J is
 * known without looking at the network again; only what bends is looked at (linear.h):
 *
 *   r_i = f0 + (a_i + g_i) h f_t + M sum (A_ij / gamma + C_ij) / h u_j - sum A_ij r_j + bend(x_i)
 *
 * Source: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed., IV.7 and its
 * program RODAS. Checked by tests/sim/test_rosenbrock.c (order, L-stability). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "integrator.h"

/* The error of a step that is refused before it is finished: the next try is a quarter as long. The
 * shortest one is taken anyway. */
static const double TOO_LONG = 168.0;
static const double SHORTEST_S = 1.5e-9;

static const double GAMMA = 0.25;
static const double STAGE_AT[6] = {0.0, 0.386, 0.21, 0.63, 1.0, 1.0};
static const double STAGE_G[6] = {0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0};

/* Rows of A and C below the diagonal: stage i uses row i. */
static const double A[6][5] = {
    {0.0},
    {1.544000000000000},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0},
};
static const double C[6][5] = {
    {0.0},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136,
     -6.058818238834054},
};
/* The interpolant's two coefficients from the stages. */
static const double D[2][5] = {
    {10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823,
     1.025137723295662},
    {-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386,
     -6.594389125716872},
};

/* ---- work space -------------------------------------------------------------------------------- */

/* The longest list of members there may be. */
static size_t most_members(const struct plant *p)
{
    int32_t most = 0;

    for (int type = 0; type < MEMBER_TYPES; type++) {
        most = p->member_room[type] > most ? p->member_room[type] : most;
    }
    return (size_t)most;
}

struct scratch *scratch_new(const struct plant *p, const struct sparse *sparse)
{
    const struct net *n = &p->net;
    enum { BY_STATE = 3 + 2, BY_ROW = 6 + 6 + 4, ALIGN = 64 };
    struct scratch *s = calloc(1, sizeof *s);
    size_t states = ((size_t)n->n_states + ALIGN - 1) / ALIGN * ALIGN; /* whole quads, too */
    size_t values = ((size_t)sparse->n_values + ALIGN - 1) / ALIGN * ALIGN;
    size_t doubles = states * (BY_STATE + BY_ROW) + values * 2 + ALIGN;

    if (s == NULL) {
        return NULL;
    }
    s->linears = linears_new(n, sparse);
    s->marks = calloc((size_t)n->n_states + 3 * most_members(p) + 1, sizeof *s->marks);
    s->values = aligned_alloc(ALIGN, doubles * sizeof(double));
    if (s->linears == NULL || s->marks == NULL || s->values == NULL) {
        scratch_free(s);
        return NULL;
    }
    memset(s->values, 0, doubles * sizeof(double));
    for (int i = 0; i < 3; i++) {
        s->work[i] = s->marks + (size_t)n->n_states + (size_t)i * most_members(p);
    }
    double **const arrays[] = {&s->lu,   &s->x,    &s->f,    &s->f_t,  &s->look, &s->x0,
                               &s->d,    &s->f0,   &s->f_t0, &s->u[0], &s->r[0], &s->u[1],
                               &s->r[1], &s->u[2], &s->r[2], &s->u[3], &s->r[3], &s->u[4],
                               &s->r[4], &s->u[5], &s->r[5], &s->zero};
    double *at = s->values + values;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = at;
        at += i == 0 ? values : states;
    }
    return s;
}

void scratch_free(struct scratch *s)
{
    if (s != NULL) {
        gsl_reference_free(s->reference);
        linears_free(s->linears);
        free(s->values);
        free(s->marks);
        free(s);
    }
}

/* ---- one step ---------------------------------------------------------------------------------- */

static quad *quads(double x[])
{
    return (quad *)(void *)x;
}

static const quad *quads_const(const double x[])
{
    return (const quad *)(const void *)x;
}

/* Compiled for wider registers too, where the compiler can choose when the program starts. They give
 * the same bits: quads are added and multiplied element by element, and nothing is fused. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&                        \
    !defined(__SANITIZE_ADDRESS__)
#define ANY_WIDTH __attribute__((target_clones("avx2", "default")))
#else
#define ANY_WIDTH
#endif

/* y = sum of a[j] x[j] over n vectors. Inlined with n a constant, the sum stays in registers. */
static inline void combine(int32_t n_quads, int n, const double a[], double *const x[], double y[])
{
    for (int32_t k = 0; k < n_quads; k++) {
        quad sum = {0.0};
        for (int j = 0; j < n; j++) {
            sum += a[j] * quads_const(x[j])[k];
        }
        quads(y)[k] = sum;
    }
}

/* The first n <= 5 of them. */
ANY_WIDTH
static void combine_first(int32_t n_quads, int n, const double a[], double *const x[], double y[])
{
    switch (n) {
    case 1:
        combine(n_quads, 1, a, x, y);
        break;
    case 2:
        combine(n_quads, 2, a, x, y);
        break;
    case 3:
        combine(n_quads, 3, a, x, y);
        break;
    case 4:
        combine(n_quads, 4, a, x, y);
        break;
    case 5:
        combine(n_quads, 5, a, x, y);
        break;
    default:
        memset(y, 0, (size_t)n_quads * sizeof(quad));
        break;
    }
}

ANY_WIDTH
static void stage(struct world *w, const struct island *isl, const struct linear *c, double h_s,
                  int i)
{
    struct scratch *s = w->scratch;
    double past[5];
    double by_t = (STAGE_AT[i] + STAGE_G[i]) * h_s;

    for (int j = 0; j < i; j++) {
        past[j] = (A[i][j] / GAMMA + C[i][j]) / h_s;
    }
    combine_first(c->n_quads, i, past, s->u, s->u[i]);
    combine_first(c->n_quads, i, A[i], s->r, s->r[i]);
    for (int32_t k = 0; k < c->n_quads; k++) {
        quads(s->r[i])[k] = quads(s->f0)[k] + by_t * quads(s->f_t0)[k] +
                            quads_const(c->mass)[k] * quads(s->u[i])[k] - quads(s->r[i])[k];
    }
    if (c->n_powers > 0 || linear_is_bent(c)) {
        combine_first(c->n_quads, i, A[i], s->u, s->d);
        linear_bend(w, isl, c, s->x0, s->d, STAGE_AT[i] * h_s, s->r[i]);
    }
    memcpy(s->u[i], s->r[i], (size_t)c->n_quads * sizeof(quad));
    lu_solve(&c->lu, s->lu, s->u[i]);
}

/* Write the segment and return its error over the tolerance. */
static double finish(const struct world *w, const struct linear *c)
{
    const struct scratch *s = w->scratch;
    double *x1 = plant_at(w->plant, w->plant->x1_at);
    double *c0 = plant_at(w->plant, w->plant->c0_at);
    double *c1 = plant_at(w->plant, w->plant->c1_at);
    double *bend0 = s->r[0]; /* right-hand sides are not needed any more */
    double *bend1 = s->r[1];
    double worst = 0.0;

    combine_first(c->n_quads, 5, A[5], s->u, s->d);
    combine_first(c->n_quads, 5, D[0], s->u, bend0);
    combine_first(c->n_quads, 5, D[1], s->u, bend1);
    for (int32_t k = 0; k < c->lu.n; k++) {
        int32_t r = c->state[k];
        double end = s->x0[k] + s->d[k] + s->u[5][k];
        double error = fabs(s->u[5][k]) / state_tolerance(w, end);
        x1[r] = end;
        c0[r] = bend0[k];
        c1[r] = bend1[k];
        if (!(error <= worst)) {
            worst = error; /* also when it is not a number */
        }
    }
    return isfinite(worst) ? worst : HUGE_VAL;
}

/* What a later step may leap over, in tolerances: errors of the steps before it are of that size. An
 * event's own first step leaps over nothing. */
static const double LEAP = 10.0;

/* Is the step too long to draw what an event has set off? An L-stable method leaps to the end of a
 * fast transient, and its error estimate is small there: the end is right, the way is not. The
 * first stage knows: where things are slow it moves by gamma h times f over M, but where they are over
 * within gamma h by their whole height only. From 1/5 (h is 16 time constants)
 * down to there the error estimate is no less than a quarter of the curve's error inside the step;
 * above, it grows blind. */
static bool is_too_long(const struct world *w, const struct linear *c, double h_s, double leap)
{
    const struct scratch *s = w->scratch;

    for (int32_t k = 0; k < c->lu.n; k++) {
        double moves = fabs(s->u[0][k]);
        double would_move = GAMMA * h_s * fabs(s->f0[k]) / c->mass[k];
        if (moves < 0.2 * would_move && moves > leap * state_tolerance(w, s->x0[k])) {
            return true;
        }
    }
    return false;
}

double rosenbrock_try(struct world *w, const struct island *isl, double h_s)
{
    struct scratch *s = w->scratch;
    const struct linear *c = linear_of(w, isl);
    const double *x0 = plant_x0(w);

    for (int32_t k = 0; k < c->lu.n; k++) {
        s->x0[k] = x0[c->state[k]];
    }
    for (int32_t k = c->lu.n; k < c->n_quads * QUAD; k++) {
        s->f0[k] = s->f_t0[k] = 0.0;
    }
    linear_start(w, isl, c, s->x0, s->lu, s->f0, s->f_t0);
    for (int32_t k = 0; k < c->lu.n; k++) {
        s->lu[k] += c->mass[k] / (GAMMA * h_s);
    }
    w->plant->counts.factorisations++;
    if (!lu_factor(&c->lu, s->lu) && h_s > SHORTEST_S) {
        return TOO_LONG;
    }
    for (int i = 0; i < 6; i++) {
        stage(w, isl, c, h_s, i);
        if (i == 0 && h_s > SHORTEST_S && is_too_long(w, c, h_s, isl->dirty ? 1.0 : LEAP)) {
            return TOO_LONG;
        }
    }
    return finish(w, c);
}

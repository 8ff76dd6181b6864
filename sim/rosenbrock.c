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
 * The interpolant is RODAS's but for its last coefficient. A state's integral, too, could be a state:
 * X' = x, whose stages are U_i = gamma h (x0 + u_i + sum A_ij u_j + sum (C_ij / h) U_j). What the
 * method makes of it is the interpolant's own integral when c1 has -3 u_5 as well. Then what the
 * curves of the currents say has flown into a node is what has charged it, to the last bits, and the
 * books of charge and energy hardly depend on how exact a step is.
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
static const double D[2][6] = {
    {10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823,
     1.025137723295662, 0.0},
    {-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386,
     -6.594389125716872, -3.0},
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
    enum { BY_STATE = 3 + 2, BY_ROW = 6 + 6 + 9, ALIGN = 64 };
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
    double **const arrays[] = {&s->lu,   &s->x,    &s->f,    &s->f_t,  &s->look, &s->x0,   &s->d,
                               &s->f0,   &s->f_t0, &s->u[0], &s->r[0], &s->u[1], &s->r[1], &s->u[2],
                               &s->r[2], &s->u[3], &s->r[3], &s->u[4], &s->r[4], &s->u[5], &s->r[5],
                               &s->pull, &s->pole, &s->x1,   &s->c0,   &s->c1,   &s->zero};
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

/* ---- what a step may be off by ------------------------------------------------------------------ */

/* A current that rings may be off by more than others (plant.h, RINGING_V), but not when a step outlasts
 * so many of its radians: then it follows the rest of the network, and its charge counts for as long
 * as the step; and not in an event's own first step: a mode that has just begun is near its end, and
 * a curve that strays would end it at once. */
static const double RADIANS = 10.0;

/* ---- one step ---------------------------------------------------------------------------------- */

/* Rows of stage n from those before it; n is a constant where this is inlined. How far the stage is
 * from the begin goes into d, its right-hand side into r[n] and into u[n], where it is solved. */
static inline void add_up(const struct linear *c, const struct scratch *s, int n, double by_t,
                          const double past[], const double a[])
{
    const quad *u[5];
    const quad *r[5];
    const quad *f0 = quads_const(s->f0);
    const quad *f_t0 = quads_const(s->f_t0);
    const quad *mass = quads_const(c->mass);
    const quad *pull = quads_const(s->pull);
    const quad *pole = quads_const(s->pole);
    quad *d = quads(s->d);
    quad *sum = quads(s->r[n]);
    quad *u_n = quads(s->u[n]);

    for (int j = 0; j < n; j++) {
        u[j] = quads_const(s->u[j]);
        r[j] = quads_const(s->r[j]);
    }
    for (int32_t k = 0; k < c->n_quads; k++) {
        quad off = {0.0};
        quad by_u = {0.0};
        quad by_r = {0.0};
        for (int j = 0; j < n; j++) {
            off += a[j] * u[j][k];
            by_u += past[j] * u[j][k];
            by_r += a[j] * r[j][k];
        }
        d[k] = off;
        sum[k] =
            f0[k] + by_t * f_t0[k] + mass[k] * by_u - by_r - pull[k] * off * off / (pole[k] + off);
        u_n[k] = sum[k];
    }
}

ANY_WIDTH
static void add_up_stage(const struct linear *c, const struct scratch *s, double h_s, int i)
{
    double past[5];
    double by_t = (STAGE_AT[i] + STAGE_G[i]) * h_s;

    for (int j = 0; j < i; j++) {
        past[j] = (A[i][j] / GAMMA + C[i][j]) / h_s;
    }
    switch (i) {
    case 0:
        add_up(c, s, 0, by_t, past, A[0]);
        break;
    case 1:
        add_up(c, s, 1, by_t, past, A[1]);
        break;
    case 2:
        add_up(c, s, 2, by_t, past, A[2]);
        break;
    case 3:
        add_up(c, s, 3, by_t, past, A[3]);
        break;
    case 4:
        add_up(c, s, 4, by_t, past, A[4]);
        break;
    case 5:
    default:
        add_up(c, s, 5, by_t, past, A[5]);
        break;
    }
}

static void first_stage(const struct linear *c, const struct scratch *s, double h_s)
{
    add_up_stage(c, s, h_s, 0);
    lu_solve(&c->lu, s->lu, s->u[0]);
}

static void later_stage(struct world *w, const struct island *isl, const struct linear *c,
                        double h_s, int i)
{
    const struct scratch *s = w->scratch;

    add_up_stage(c, s, h_s, i);
    if (linear_is_bent(c)) {
        linear_bend(w, isl, c, s->x0, s->d, STAGE_AT[i] * h_s, s->r[i]);
        memcpy(s->u[i], s->r[i], (size_t)c->n_quads * sizeof(quad));
    }
    lu_solve(&c->lu, s->lu, s->u[i]);
}

/* The end of the step and its curve. The rows' worst error, over its tolerance. */
ANY_WIDTH
static double add_up_step(const struct linear *c, const struct scratch *s, double h_s,
                          double tolerance, double ringing)
{
    const quad *u[6];
    quad worst = {0.0};
    quad_bits endless = {0};

    for (int j = 0; j < 6; j++) {
        u[j] = quads_const(s->u[j]);
    }
    for (int32_t k = 0; k < c->n_quads; k++) {
        quad end = quads_const(s->x0)[k] + u[5][k];
        quad by_0 = {0.0};
        quad by_1 = D[1][5] * u[5][k];
        quad radians = h_s / (RADIANS * quads_const(c->radian_s)[k]);
        quad loose = ringing * quads_const(c->ringing_A)[k] / (1.0 + radians * radians);
        for (int j = 0; j < 5; j++) {
            end += A[5][j] * u[j][k];
            by_0 += D[0][j] * u[j][k];
            by_1 += D[1][j] * u[j][k];
        }
        quads(s->x1)[k] = end;
        quads(s->c0)[k] = by_0;
        quads(s->c1)[k] = by_1;
        quad error = QUAD_ABS(u[5][k]) / (tolerance * (1.0 + QUAD_ABS(end) + loose));
        endless |= ~(error < HUGE_VAL); /* also when it is not a number */
        worst = QUAD_MAX(worst, error);
    }
    return quad_any(&endless) ? HUGE_VAL : fmax(fmax(worst[0], worst[1]), fmax(worst[2], worst[3]));
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
ANY_WIDTH
static bool is_too_long(const struct linear *c, const struct scratch *s, double h_s, double leap)
{
    quad_bits leaps = {0};

    for (int32_t k = 0; k < c->n_quads; k++) {
        quad moves = QUAD_ABS(quads_const(s->u[0])[k]);
        quad would_move = GAMMA * h_s * QUAD_ABS(quads_const(s->f0)[k]) / quads_const(c->mass)[k];
        quad may = leap * (1.0 + QUAD_ABS(quads_const(s->x0)[k]));
        leaps |= (moves < 0.2 * would_move) & (moves > may);
    }
    return quad_any(&leaps);
}

/* The same one order higher: what has only bent, like a current that sets in through a diode, moves
 * at first as before. M d2x/dt2 = f_t + J f / M, before the matrix G = -J is made into another. */
ANY_WIDTH
static void bend_of_begin(const struct scratch *s, const struct linear *c, double bends[])
{
    for (int32_t k = 0; k < c->n_quads; k++) {
        quads(s->d)[k] = quads_const(s->f0)[k] / quads_const(c->mass)[k];
        quads(bends)[k] = quads_const(s->f_t0)[k];
    }
    lu_subtract_product(&c->lu, s->lu, s->d, bends);
}

ANY_WIDTH
static bool is_too_long_to_bend(const struct linear *c, const struct scratch *s, double h_s,
                                double tolerance, const double bends[])
{
    double gh_s = GAMMA * h_s;
    quad_bits leaps = {0};

    for (int32_t k = 0; k < c->n_quads; k++) {
        quad mass = quads_const(c->mass)[k];
        quad strays = QUAD_ABS(quads_const(s->u[0])[k] - gh_s * quads_const(s->f0)[k] / mass);
        quad would_stray = gh_s * gh_s * QUAD_ABS(quads_const(bends)[k]) / mass;
        quad may = tolerance * (1.0 + QUAD_ABS(quads_const(s->x0)[k]));
        leaps |= (strays < 0.2 * would_stray) & (strays * strays > would_stray * may);
    }
    return quad_any(&leaps);
}

double rosenbrock_try(struct world *w, const struct island *isl, double h_s)
{
    struct scratch *s = w->scratch;
    const struct linear *c = linear_of(w, isl);
    const double *x0 = plant_x0(w);
    bool is_first = isl->changed == isl->t0;
    double *bends = s->r[5]; /* until the last stage */

    for (int32_t k = 0; k < c->lu.n; k++) {
        s->x0[k] = x0[c->state[k]];
    }
    linear_start(w, isl, c, s);
    if (is_first) {
        bend_of_begin(s, c, bends);
    }
    for (int32_t k = 0; k < c->lu.n; k++) {
        s->lu[k] += c->mass[k] / (GAMMA * h_s);
    }
    w->plant->counts.factorisations++;
    if (!lu_factor(&c->lu, s->lu) && h_s > SHORTEST_S) {
        return TOO_LONG;
    }
    double leap = (isl->dirty ? 1.0 : LEAP) * w->options.tolerance;
    first_stage(c, s, h_s);
    if (h_s > SHORTEST_S &&
        (is_too_long(c, s, h_s, leap) ||
         (is_first && is_too_long_to_bend(c, s, h_s, w->options.tolerance, bends)))) {
        return TOO_LONG;
    }
    for (int i = 1; i < 6; i++) {
        later_stage(w, isl, c, h_s, i);
    }
    return add_up_step(c, s, h_s, w->options.tolerance, isl->dirty ? 0.0 : 1.0);
}

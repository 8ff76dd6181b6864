/* rosenbrock.c - RODAS: a linearly implicit Runge-Kutta method, L-stable, order 4 with an embedded
 * order 3, six stages, stiffly accurate, with a third-order interpolant.
 *
 *   (M / (gamma h) - J) u_i = f(t0 + a_i h, x0 + sum A_ij u_j) + M sum (C_ij / h) u_j + g_i h f_t
 *   x1 = x0 + sum A_6j u_j + u_5 + u_6;  error estimate u_6
 *
 * M dx/dt = f, with M the capacitances, inductances and time constants. J is the exact Jacobian:
 * the method's order needs it (equations.c). One factorisation a step serves all six stages.
 * Source: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed., IV.7 and its
 * program RODAS. Checked by tests/sim/test_rosenbrock.c (order, L-stability). */
#include <math.h>
#include <stdlib.h>

#include "integrator.h"

/* The error of a step that is refused before it is finished; the shortest one is taken anyway. */
static const double TOO_LONG = 1e8;
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

struct scratch *scratch_new(int32_t n_states, int32_t n_values)
{
    enum { VECTORS = 6 + 3 + 4 + 1 };
    size_t n = (size_t)n_states;
    struct scratch *s = calloc(1, sizeof *s);
    double *block = calloc(n * VECTORS + (size_t)n_values + 1, sizeof *block);
    int32_t *marks = calloc(n + 1, sizeof *marks);

    if (s == NULL || block == NULL || marks == NULL) {
        free(s);
        free(block);
        free(marks);
        return NULL;
    }
    s->marks = marks;
    s->n = n_states;
    s->values = block;
    block += n_values;
    for (int i = 0; i < 6; i++, block += n) {
        s->u[i] = block;
    }
    s->x = block;
    s->f = block + n;
    s->f_t = block + 2 * n;
    for (size_t i = 0; i < 4; i++) {
        s->sample[i] = block + (3 + i) * n;
    }
    s->look = block + 7 * n;
    return s;
}

void scratch_free(struct scratch *s)
{
    if (s != NULL) {
        gsl_reference_free(s->reference);
        free(s->values);
        free(s->marks);
        free(s);
    }
}

/* ---- one step ---------------------------------------------------------------------------------- */

/* Solve stage i into u[i], with the stages before it at hand. After stage 0, f is its right-hand
 * side. */
static void stage(const struct world *w, const struct island *isl, double h_s, int i)
{
    struct scratch *s = w->scratch;
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    const double *x0 = plant_x0(w);
    int32_t n = isl->count[MEMBER_STATE];
    double *u_i = s->u[i];

    for (int32_t k = 0; k < n; k++) {
        int32_t r = states[k];
        double x = x0[r];
        double past = 0.0;
        for (int j = 0; j < i; j++) {
            double u = s->u[j][r];
            x += A[i][j] * u;
            past += C[i][j] * u;
        }
        s->x[r] = x;
        s->f[r] = w->wiring->mass[r] * past / h_s;
    }
    network_rates(w, isl, s->x, (struct when){.step = isl->t0, .s = STAGE_AT[i] * h_s}, u_i);
    for (int32_t k = 0; k < n; k++) {
        int32_t r = states[k];
        u_i[r] += s->f[r] + STAGE_G[i] * h_s * s->f_t[r];
        s->f[r] = u_i[r];
    }
    sparse_solve(w->wiring->sparse, states, n, s->values, u_i);
}

static double finish(const struct world *w, const struct island *isl)
{
    const struct scratch *s = w->scratch;
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    double *x1 = plant_at(w->plant, w->plant->x1_at);
    double *c0 = plant_at(w->plant, w->plant->c0_at);
    double *c1 = plant_at(w->plant, w->plant->c1_at);
    double worst = 0.0;

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t r = states[k];
        double sum0 = 0.0;
        double sum1 = 0.0;
        for (int j = 0; j < 5; j++) {
            sum0 += D[0][j] * s->u[j][r];
            sum1 += D[1][j] * s->u[j][r];
        }
        x1[r] = s->x[r] + s->u[5][r];
        c0[r] = sum0;
        c1[r] = sum1;
        double error = fabs(s->u[5][r]) / state_tolerance(w, r, x1[r]);
        if (!(error <= worst)) {
            worst = error; /* also when it is not a number */
        }
    }
    return isfinite(worst) ? worst : HUGE_VAL;
}

/* Is the step too long to draw what an event has set off? An L-stable method leaps to the end of a
 * fast transient, and its error estimate is small there: the end is right, the way is not. The
 * first stage knows: where things are slow it moves by gamma h times its right-hand side over M, but
 * where they are over within gamma h by their whole height only. From 1/5 (h is 16 time constants) down to there the error
 * estimate is no less than a quarter of the curve's error inside the step; above, it grows blind. */
static bool is_too_long(const struct world *w, const struct island *isl, double h_s)
{
    const struct scratch *s = w->scratch;
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    const double *x0 = plant_x0(w);

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t r = states[k];
        double moves = fabs(s->u[0][r]);
        double would_move = GAMMA * h_s * fabs(s->f[r]) / w->wiring->mass[r];
        if (moves < 0.2 * would_move && moves > state_tolerance(w, r, x0[r])) {
            return true;
        }
    }
    return false;
}

double rosenbrock_try(struct world *w, const struct island *isl, double h_s)
{
    struct scratch *s = w->scratch;

    network_matrix(w, isl, GAMMA * h_s, s->values, s->f_t);
    w->plant->counts.factorisations++;
    if (!sparse_factor(w->wiring->sparse, plant_members(w, isl, MEMBER_STATE),
                       isl->count[MEMBER_STATE], s->values) &&
        h_s > SHORTEST_S) {
        return TOO_LONG;
    }
    for (int i = 0; i < 6; i++) {
        stage(w, isl, h_s, i);
        if (i == 0 && h_s > SHORTEST_S && is_too_long(w, isl, h_s)) {
            return TOO_LONG;
        }
    }
    return finish(w, isl);
}

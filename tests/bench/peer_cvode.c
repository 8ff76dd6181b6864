/* peer_cvode.c - an electrical rack of the bench by CVODE of SUNDIALS: variable-order BDF, analytic
 * Jacobian, dense or sparse by KLU, crossings located by its rootfinding.
 *
 *   peer_cvode NAME TOLERANCE dense|klu [kinks]
 *
 * Servers that drop out, servers that come back and bars that cross the threshold are always
 * located. Diodes and supplies that change their law without a jump are left to the error control,
 * which is faster; with `kinks` they are located as well, which is what the truth is made with. */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "tests/bench/rack.h"
#include "tests/bench/row.h"

/* A law stays until its margin is below 0; this much above 0 when it begins. */
static const double MARGIN_A = 1e-6;

/* Linear between t0 and t1, in seconds. */
struct scale {
    double t0, t1, y0, y1;
};

enum supply_law { SUPPLY_OFF, SUPPLY_REGULATES, SUPPLY_LIMITS, SUPPLY_BLOCKS };

struct supply {
    enum supply_law law;
    struct scale s;     /* of its current */
    struct scale other; /* of the conductance of its switch to the other bar */
    bool fades;         /* off when s has come to its end */
};

struct server {
    bool draws, blocks; /* blocks: its diode */
    bool seen;          /* off, and has seen BENCH_ON_V since */
    double restart;     /* s; INFINITY */
};

struct bar {
    bool down;
    double since;
};

/* States: the voltages of bars, then of supplies, then of servers. */
struct circuit {
    const struct bench_rack *rack;
    bool kinks, dense;
    int32_t n_states, n_roots;
    struct supply *supply;
    struct server *server;
    struct bar *bar;
    int64_t events;
    /* Positions in the sparse Jacobian: diagonals; (out, bar) and (bar, out) of own and other
     * switch; (in, bar) and (bar, in). */
    int32_t *diagonal, (*link)[4], (*inlet)[2];
    SUNMatrix matrix;
};

static double at(const struct scale *s, double t)
{
    if (t >= s->t1) {
        return s->y1;
    }
    return t <= s->t0 ? s->y0 : s->y0 + (s->y1 - s->y0) * (t - s->t0) / (s->t1 - s->t0);
}

static int32_t out_state(const struct circuit *c, int32_t supply)
{
    return c->rack->bars + supply;
}

static int32_t in_state(const struct circuit *c, int32_t server)
{
    return c->rack->bars + c->rack->supplies + server;
}

static int32_t bar_of_server(const struct circuit *c, int32_t server)
{
    return server / (c->rack->servers / c->rack->bars);
}

/* ---- laws -------------------------------------------------------------------------------------- */

static double drive_A(double v_V)
{
    return (BENCH_E_V - v_V) / BENCH_SOURCE_OHM;
}

static enum supply_law law_at(double v_V)
{
    double i_A = drive_A(v_V);

    return i_A < 0.0 ? SUPPLY_BLOCKS : i_A > BENCH_SOURCE_A ? SUPPLY_LIMITS : SUPPLY_REGULATES;
}

static enum supply_law law_of(const struct circuit *c, const struct supply *u, double v_V)
{
    return u->law == SUPPLY_OFF || c->kinks ? u->law : law_at(v_V);
}

static bool diode_blocks(const struct circuit *c, int32_t server, const double v[])
{
    return c->kinks ? c->server[server].blocks
                    : v[bar_of_server(c, server)] < v[in_state(c, server)];
}

static double supply_margin(const struct supply *u, double v_V)
{
    double i_A = drive_A(v_V);

    switch (u->law) {
    case SUPPLY_REGULATES:
        return fmin(BENCH_SOURCE_A - i_A, i_A) + MARGIN_A;
    case SUPPLY_LIMITS:
        return i_A - BENCH_SOURCE_A + MARGIN_A;
    case SUPPLY_BLOCKS:
        return MARGIN_A - i_A;
    case SUPPLY_OFF:
    default:
        return 1.0;
    }
}

static double diode_margin(const struct circuit *c, int32_t server, const double v[])
{
    double i_A = (v[bar_of_server(c, server)] - v[in_state(c, server)]) / BENCH_DIODE_OHM;

    return (c->server[server].blocks ? -i_A : i_A) + MARGIN_A;
}

static double server_margin_V(const struct server *u, double v_V)
{
    return u->draws || u->seen ? v_V - BENCH_OFF_V : BENCH_ON_V - v_V;
}

/* ---- what CVODE asks for ----------------------------------------------------------------------- */

static int rates(double t, N_Vector y, N_Vector rate, void *ctx)
{
    const struct circuit *c = ctx;
    const double *v = N_VGetArrayPointer(y);
    double *f = N_VGetArrayPointer(rate);

    memset(f, 0, (size_t)c->n_states * sizeof *f);
    for (int32_t i = 0; i < c->rack->supplies; i++) {
        const struct supply *u = &c->supply[i];
        int32_t out = out_state(c, i);
        int32_t own = bench_bar_of(c->rack, i);
        int32_t other = bench_other_bar(own);
        enum supply_law law = law_of(c, u, v[out]);
        double i_A = law == SUPPLY_REGULATES ? drive_A(v[out])
                     : law == SUPPLY_LIMITS  ? BENCH_SOURCE_A
                                             : 0.0;
        double own_A = (v[out] - v[own]) / BENCH_SWITCH_OHM;
        double other_A = at(&u->other, t) * (v[out] - v[other]) / BENCH_SWITCH_OHM;
        f[out] = (at(&u->s, t) * i_A - own_A - other_A) / BENCH_OUT_F;
        f[own] += own_A / BENCH_BAR_F;
        f[other] += other_A / BENCH_BAR_F;
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        int32_t in = in_state(c, i);
        int32_t bar = bar_of_server(c, i);
        double i_A = diode_blocks(c, i, v) ? 0.0 : (v[bar] - v[in]) / BENCH_DIODE_OHM;
        double draw_A = c->server[i].draws ? bench_server_W(c->rack, bar) / v[in] : 0.0;
        f[in] = (i_A - draw_A) / BENCH_IN_F;
        f[bar] -= i_A / BENCH_BAR_F;
    }
    return 0;
}

/* Adds the conductance of a link between states a and b; `ab` is where (a, b) and (b, a) stand. */
static void stamp(const struct circuit *c, double m[], const int32_t ab[2], int32_t a, int32_t b,
                  double g_S, double c_a_F, double c_b_F)
{
    m[c->diagonal[a]] -= g_S / c_a_F;
    m[c->diagonal[b]] -= g_S / c_b_F;
    m[ab[0]] += g_S / c_a_F;
    m[ab[1]] += g_S / c_b_F;
}

static double *values(SUNMatrix m)
{
    return SUNMatGetID(m) == SUNMATRIX_DENSE ? SUNDenseMatrix_Data(m) : SUNSparseMatrix_Data(m);
}

static void copy_pattern(const struct circuit *c, SUNMatrix m)
{
    if (SUNMatGetID(m) == SUNMATRIX_SPARSE) {
        size_t columns = (size_t)c->n_states + 1;
        size_t n = (size_t)SUNSparseMatrix_IndexPointers(c->matrix)[c->n_states];
        memcpy(SUNSparseMatrix_IndexPointers(m), SUNSparseMatrix_IndexPointers(c->matrix),
               columns * sizeof(sunindextype));
        memcpy(SUNSparseMatrix_IndexValues(m), SUNSparseMatrix_IndexValues(c->matrix),
               n * sizeof(sunindextype));
    }
}

static int jacobian(double t, N_Vector y, N_Vector rate, SUNMatrix matrix, void *ctx, N_Vector t1,
                    N_Vector t2, N_Vector t3)
{
    const struct circuit *c = ctx;
    const double *v = N_VGetArrayPointer(y);

    (void)rate, (void)t1, (void)t2, (void)t3;
    SUNMatZero(matrix);
    copy_pattern(c, matrix);
    double *m = values(matrix);
    for (int32_t i = 0; i < c->rack->supplies; i++) {
        const struct supply *u = &c->supply[i];
        int32_t out = out_state(c, i);
        int32_t own = bench_bar_of(c->rack, i);
        if (law_of(c, u, v[out]) == SUPPLY_REGULATES) {
            m[c->diagonal[out]] -= at(&u->s, t) / BENCH_SOURCE_OHM / BENCH_OUT_F;
        }
        stamp(c, m, &c->link[i][0], out, own, 1.0 / BENCH_SWITCH_OHM, BENCH_OUT_F, BENCH_BAR_F);
        stamp(c, m, &c->link[i][2], out, bench_other_bar(own), at(&u->other, t) / BENCH_SWITCH_OHM,
              BENCH_OUT_F, BENCH_BAR_F);
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        int32_t in = in_state(c, i);
        int32_t bar = bar_of_server(c, i);
        if (c->server[i].draws) {
            m[c->diagonal[in]] += bench_server_W(c->rack, bar) / (v[in] * v[in]) / BENCH_IN_F;
        }
        if (!diode_blocks(c, i, v)) {
            stamp(c, m, c->inlet[i], in, bar, 1.0 / BENCH_DIODE_OHM, BENCH_IN_F, BENCH_BAR_F);
        }
    }
    return 0;
}

/* Bars, servers; with kinks supplies and diodes. */
static int margins(double t, N_Vector y, double g[], void *ctx)
{
    const struct circuit *c = ctx;
    const double *v = N_VGetArrayPointer(y);
    int32_t n = 0;

    (void)t;
    for (int32_t i = 0; i < c->rack->bars; i++) {
        g[n++] = v[i] - BENCH_GAP_V;
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        g[n++] = server_margin_V(&c->server[i], v[in_state(c, i)]);
    }
    for (int32_t i = 0; c->kinks && i < c->rack->supplies; i++) {
        g[n++] = supply_margin(&c->supply[i], v[out_state(c, i)]);
    }
    for (int32_t i = 0; c->kinks && i < c->rack->servers; i++) {
        g[n++] = diode_margin(c, i, v);
    }
    return 0;
}

/* ---- setting up -------------------------------------------------------------------------------- */

static void *zeroed(int64_t n, size_t bytes)
{
    void *p = calloc((size_t)n, bytes);

    if (p == NULL) {
        abort();
    }
    return p;
}

/* Position of entry (row, column) of the pattern. */
static int32_t position(const struct circuit *c, int32_t row, int32_t column)
{
    if (SUNMatGetID(c->matrix) == SUNMATRIX_DENSE) {
        return column * c->n_states + row;
    }
    const sunindextype *first = SUNSparseMatrix_IndexPointers(c->matrix);
    const sunindextype *rows = SUNSparseMatrix_IndexValues(c->matrix);
    sunindextype p = first[column];
    while (rows[p] != row) {
        p++;
    }
    return (int32_t)p;
}

static int by_column(const void *a, const void *b)
{
    const int32_t *x = a;
    const int32_t *y = b;

    return x[1] != y[1] ? x[1] - y[1] : x[0] - y[0];
}

/* All (row, column) that may differ from 0, columns ascending; returns how many. */
static int32_t list_entries(const struct circuit *c, int32_t (*entry)[2])
{
    int32_t n = 0;

    for (int32_t i = 0; i < c->n_states; i++, n++) {
        entry[n][0] = entry[n][1] = i;
    }
    for (int32_t i = 0; i < 2 * c->rack->supplies; i++, n += 2) {
        int32_t own = bench_bar_of(c->rack, i / 2);
        entry[n][0] = entry[n + 1][1] = out_state(c, i / 2);
        entry[n][1] = entry[n + 1][0] = i % 2 == 0 ? own : bench_other_bar(own);
    }
    for (int32_t i = 0; i < c->rack->servers; i++, n += 2) {
        entry[n][0] = entry[n + 1][1] = in_state(c, i);
        entry[n][1] = entry[n + 1][0] = bar_of_server(c, i);
    }
    qsort(entry, (size_t)n, sizeof entry[0], by_column);
    return n;
}

static SUNMatrix new_matrix(const struct circuit *c, SUNContext sun)
{
    int64_t room = c->n_states + 4 * (int64_t)c->rack->supplies + 2 * (int64_t)c->rack->servers;

    if (c->dense) {
        return SUNDenseMatrix(c->n_states, c->n_states, sun);
    }
    int32_t(*entry)[2] = zeroed(room, sizeof *entry);
    int32_t n = list_entries(c, entry);
    SUNMatrix m = SUNSparseMatrix(c->n_states, c->n_states, n, CSC_MAT, sun);
    for (int32_t p = 0; p < n; p++) {
        SUNSparseMatrix_IndexValues(m)[p] = entry[p][0];
        SUNSparseMatrix_IndexPointers(m)[entry[p][1] + 1] = p + 1;
    }
    free(entry);
    return m;
}

static void place_entries(struct circuit *c)
{
    c->diagonal = zeroed(c->n_states, sizeof *c->diagonal);
    c->link = zeroed(c->rack->supplies, sizeof *c->link);
    c->inlet = zeroed(c->rack->servers, sizeof *c->inlet);
    for (int32_t i = 0; i < c->n_states; i++) {
        c->diagonal[i] = position(c, i, i);
    }
    for (int32_t i = 0; i < c->rack->supplies; i++) {
        int32_t out = out_state(c, i);
        int32_t own = bench_bar_of(c->rack, i);
        int32_t other = bench_other_bar(own);
        c->link[i][0] = position(c, out, own);
        c->link[i][1] = position(c, own, out);
        c->link[i][2] = position(c, out, other);
        c->link[i][3] = position(c, other, out);
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        c->inlet[i][0] = position(c, in_state(c, i), bar_of_server(c, i));
        c->inlet[i][1] = position(c, bar_of_server(c, i), in_state(c, i));
    }
}

static void start(struct circuit *c, double v[])
{
    for (int32_t i = 0; i < c->rack->bars; i++) {
        v[i] = bench_at_rest(c->rack, i).bar_V;
    }
    for (int32_t i = 0; i < c->rack->supplies; i++) {
        double out_V = bench_at_rest(c->rack, bench_bar_of(c->rack, i)).out_V;
        v[c->rack->bars + i] = out_V;
        c->supply[i] = (struct supply){.law = law_at(out_V), .s = {.y1 = 1.0}};
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        v[in_state(c, i)] = bench_at_rest(c->rack, bar_of_server(c, i)).in_V;
        c->server[i] = (struct server){.draws = true, .restart = INFINITY};
    }
    for (int32_t i = 0; i < c->rack->bars; i++) {
        c->bar[i] = (struct bar){.down = false};
    }
    c->events = 0;
}

/* ---- events ------------------------------------------------------------------------------------ */

static void turn(struct scale *s, double t, double to, ns_t over)
{
    *s = (struct scale){.t0 = t, .t1 = t + ns_to_s(over), .y0 = at(s, t), .y1 = to};
}

static void do_deed(struct circuit *c, const struct bench_deed *d, double t, const double v[])
{
    struct supply *u = &c->supply[d->supply];

    c->events++;
    switch (d->act) {
    case BENCH_SUPPLY_OFF:
        turn(&u->s, t, 0.0, d->over);
        u->fades = true;
        break;
    case BENCH_SUPPLY_ON:
        u->law = law_at(v[out_state(c, d->supply)]);
        turn(&u->s, t, 1.0, d->over);
        break;
    case BENCH_SWITCH_CLOSE:
        turn(&u->other, t, 1.0, d->over);
        break;
    case BENCH_SWITCH_OPEN:
    default:
        turn(&u->other, t, 0.0, d->over);
        break;
    }
}

static double earlier(double a, double b, double now)
{
    return b > now && b < a ? b : a;
}

/* The next corner of a ramp and the next restart after now. */
static double next_due(const struct circuit *c, double now)
{
    double next = BENCH_SECONDS;

    for (int32_t i = 0; i < c->rack->supplies; i++) {
        next = earlier(next, c->supply[i].s.t1, now);
        next = earlier(next, c->supply[i].other.t1, now);
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        next = earlier(next, c->server[i].restart, now);
    }
    return next;
}

static void do_due(struct circuit *c, double now)
{
    for (int32_t i = 0; i < c->rack->supplies; i++) {
        struct supply *u = &c->supply[i];
        if (u->fades && u->s.t1 <= now) {
            u->law = SUPPLY_OFF;
            u->fades = false;
            c->events++;
        }
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        struct server *u = &c->server[i];
        if (u->restart <= now) {
            *u = (struct server){.draws = true, .blocks = u->blocks, .restart = INFINITY};
            c->events++;
        }
    }
}

static void cross_bar(struct bar *b, int32_t i, double now, struct row *row)
{
    b->down = !b->down;
    if (b->down) {
        b->since = now;
    } else if (row != NULL) {
        row_gap(row, i + 1, (ns_t)llround(b->since * 1e9), (ns_t)llround(now * 1e9));
    }
}

static void cross_server(struct server *u, double now)
{
    bool rises = !u->draws && !u->seen;

    u->draws = false;
    u->seen = rises;
    u->restart = rises ? now + BENCH_RESTART_S : INFINITY;
}

/* What has crossed; true when a law has changed. */
static bool do_roots(struct circuit *c, const int found[], double now, const double v[],
                     struct row *row)
{
    int32_t n = 0;
    bool changed = false;

    for (int32_t i = 0; i < c->rack->bars; i++) {
        if (found[n++] != 0) {
            cross_bar(&c->bar[i], i, now, row);
        }
    }
    for (int32_t i = 0; i < c->rack->servers; i++) {
        if (found[n++] < 0) {
            cross_server(&c->server[i], now);
            changed = true;
            c->events++;
        }
    }
    for (int32_t i = 0; c->kinks && i < c->rack->supplies; i++) {
        if (found[n++] < 0) {
            c->supply[i].law = law_at(v[out_state(c, i)]);
            changed = true;
        }
    }
    for (int32_t i = 0; c->kinks && i < c->rack->servers; i++) {
        if (found[n++] < 0) {
            c->server[i].blocks = !c->server[i].blocks;
            changed = true;
        }
    }
    return changed;
}

/* ---- one run ----------------------------------------------------------------------------------- */

/* CVODE forgets its counts at each restart. */
static void count(void *cvode, struct row *row)
{
    long steps = 0, errors = 0, unsolved = 0, set_ups = 0;

    CVodeGetNumSteps(cvode, &steps);
    CVodeGetNumErrTestFails(cvode, &errors);
    CVodeGetNumNonlinSolvConvFails(cvode, &unsolved);
    CVodeGetNumLinSolvSetups(cvode, &set_ups);
    if (row != NULL) {
        row->steps += steps;
        row->refused += errors + unsolved;
        row->factorisations += set_ups;
    }
}

static void restart(void *cvode, double t, N_Vector y, struct row *row)
{
    count(cvode, row);
    CVodeReInit(cvode, t, y);
}

/* row NULL: what happens was told by an earlier round. */
static bool play(struct circuit *c, void *cvode, N_Vector y, struct row *row)
{
    double *v = N_VGetArrayPointer(y);
    int *found = zeroed(c->n_roots, sizeof *found);
    struct bench_deed deed[BENCH_DEEDS];
    double now = 0.0;
    int32_t done = 0;
    bool good = true;

    bench_deeds(c->rack, deed);
    start(c, v);
    CVodeReInit(cvode, 0.0, y);
    while (good && now < BENCH_SECONDS) {
        double next = next_due(c, now);
        double act = done < BENCH_DEEDS ? ns_to_s(deed[done].at) : BENCH_SECONDS;
        next = act < next ? act : next;
        CVodeSetStopTime(cvode, next);
        int status = CVode(cvode, next, y, &now, CV_NORMAL);
        if (status == CV_ROOT_RETURN) {
            CVodeGetRootInfo(cvode, found);
            if (do_roots(c, found, now, v, row)) {
                restart(cvode, now, y, row);
            }
            continue;
        }
        good = status >= 0;
        now = next;
        do_due(c, now);
        for (; done < BENCH_DEEDS && ns_to_s(deed[done].at) <= now; done++) {
            do_deed(c, &deed[done], now, v);
        }
        restart(cvode, now, y, row);
    }
    free(found);
    return good;
}

static void set_tolerances(void *cvode, double tolerance)
{
    CVodeSStolerances(cvode, tolerance, tolerance);
    CVodeSetMaxNumSteps(cvode, 10000000);
}

int main(int argc, char **argv)
{
    struct circuit c = {.rack = argc > 3 ? bench_rack_named(argv[1]) : NULL, .kinks = argc > 4};
    struct row row = row_new();
    double began_s = row_clock_s();
    SUNContext sun;

    if (c.rack == NULL || SUNContext_Create(NULL, &sun) != 0) {
        fputs("peer_cvode NAME TOLERANCE dense|klu [kinks]\n", stderr);
        return 2;
    }
    c.dense = strcmp(argv[3], "dense") == 0;
    c.n_states = c.rack->bars + c.rack->supplies + c.rack->servers;
    c.n_roots =
        c.rack->bars + c.rack->servers * (c.kinks ? 2 : 1) + (c.kinks ? c.rack->supplies : 0);
    c.supply = zeroed(c.rack->supplies, sizeof *c.supply);
    c.server = zeroed(c.rack->servers, sizeof *c.server);
    c.bar = zeroed(c.rack->bars, sizeof *c.bar);
    c.matrix = new_matrix(&c, sun);
    place_entries(&c);
    N_Vector y = N_VNew_Serial(c.n_states, sun);
    SUNMatrix m = SUNMatClone(c.matrix);
    copy_pattern(&c, m);
    SUNLinearSolver solver = c.dense ? SUNLinSol_Dense(y, m, sun) : SUNLinSol_KLU(y, m, sun);
    void *cvode = CVodeCreate(CV_BDF, sun);
    start(&c, N_VGetArrayPointer(y));
    CVodeInit(cvode, rates, 0.0, y);
    set_tolerances(cvode, strtod(argv[2], NULL));
    CVodeSetUserData(cvode, &c);
    CVodeSetLinearSolver(cvode, solver, m);
    CVodeSetJacFn(cvode, jacobian);
    CVodeRootInit(cvode, c.n_roots, margins);
    CVodeSetNoInactiveRootWarn(cvode);
    row.load_s = row_clock_s() - began_s;
    row.simulated_s = BENCH_SECONDS;
    bool good = true;
    while (good && row_again(&row)) {
        bool first = row.n == 0;
        if (first) {
            row.steps = row.refused = row.factorisations = row.gaps = 0;
            row.gap_s = 0.0;
        }
        good = play(&c, cvode, y, first ? &row : NULL);
        row_stop(&row);
        row.events = c.events;
    }
    return good ? row_print(&row) : 3;
}

/* test_rosenbrock.c - the integrator has the order, the stability and the Jacobian it claims.
 *
 * Oracles: closed forms, and central differences of the rates. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/integrator.h"
#include "sim/island.h"
#include "tests/circuit.h"

/* ---- order ------------------------------------------------------------------------------------ */

/* A bus capacitor alone with its load: v = sqrt(v0^2 - 2 P t / C). */
static struct circuit *falling_bus(void)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=10e-3 v0=12");
    circuit_add(c, &load_kind, "web", "at=bus p=800 v_floor=0.5");
    return c;
}

static double falling_V(double t_s)
{
    return sqrt(12.0 * 12.0 - 2.0 * 800.0 * t_s / 10e-3);
}

/* A source whose e rises linearly: v = e0 + k (t - tau) + (v0 - e0 + k tau) exp(-t/tau). */
static struct circuit *rising_bus(void)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=10e-3 v0=11");
    circuit_add(c, &source_kind, "p", "at=bus e=10 r=20e-3 reverse=1");
    circuit_do(c, 0, "p.ramp", "to=14 over=1e-3");
    return c;
}

static double rising_V(double t_s)
{
    const double tau_s = 20e-3 * 10e-3;
    const double k = 4.0 / 1e-3;

    return 10.0 + k * (t_s - tau_s) + (11.0 - 10.0 + k * tau_s) * exp(-t_s / tau_s);
}

/* n equal steps to end_s by hand; the bus voltage there. */
static double stepped_V(struct circuit *(*build)(void), double end_s, int n)
{
    struct circuit *c = build();
    struct world *w = circuit_start(c, (struct plant_options){0});
    struct island *isl = plant_island(w, 0);
    ns_t h = ns_from_s(end_s / n);

    plant_next(w, 0); /* the ramp begins */
    for (int i = 0; i < n; i++) {
        isl->t0 = h * i;
        isl->h_s = ns_to_s(h);
        cr_assert_lt(rosenbrock_try(w, isl, isl->h_s), HUGE_VAL);
        plant_x0(w)[0] = w->scratch->x1[0];
    }
    double v_V = plant_x0(w)[0];
    circuit_free(c, w);
    return v_V;
}

static void is_of_order_4(struct circuit *(*build)(void), double exact_V, double end_s)
{
    double before = fabs(stepped_V(build, end_s, 8) - exact_V);

    for (int n = 16; n <= 64; n *= 2) {
        double after = fabs(stepped_V(build, end_s, n) - exact_V);
        double order = log2(before / after);
        cr_assert(order > 3.7 && order < 5.2, "%d steps: error %g V, order %.2f", n, after, order);
        before = after;
    }
}

Test(rosenbrock, is_of_order_4_on_a_constant_power_load)
{
    is_of_order_4(falling_bus, falling_V(0.64e-3), 0.64e-3);
}

Test(rosenbrock, is_of_order_4_on_a_ramp)
{
    is_of_order_4(rising_bus, rising_V(0.64e-3), 0.64e-3);
}

/* One step from the begin; how far its curve is off in the middle. */
static double error_inside_V(struct circuit *(*build)(void), double (*exact)(double), double h_s)
{
    struct circuit *c = build();
    struct world *w = circuit_start(c, (struct plant_options){0});
    struct island *isl = plant_island(w, 0);
    double worst = 0.0;
    double x;

    plant_next(w, 0);
    isl->t0 = 0;
    isl->h_s = h_s;
    cr_assert_lt(rosenbrock_try(w, isl, h_s), HUGE_VAL);
    linear_write_segment(w, linear_of(w, isl));
    for (double q = 0.1; q < 0.95; q += 0.1) {
        x = island_state(w, 0, q);
        worst = fmax(worst, fabs(x - exact(q * h_s)));
    }
    circuit_free(c, w);
    return worst;
}

Test(rosenbrock, its_curve_inside_a_step_is_of_order_3)
{
    for (double h_s = 0.1e-3; h_s > 0.02e-3; h_s /= 2.0) {
        double falling = error_inside_V(falling_bus, falling_V, h_s) /
                         error_inside_V(falling_bus, falling_V, h_s / 2.0);
        double rising = error_inside_V(rising_bus, rising_V, h_s) /
                        error_inside_V(rising_bus, rising_V, h_s / 2.0);
        cr_assert(falling > 11.0 && falling < 36.0, "%g s: %g", h_s, falling);
        cr_assert(rising > 11.0 && rising < 36.0, "%g s: %g", h_s, rising);
    }
}

/* A coil between two capacitors, and a step of two radians: not exact at all, but what the curve of
 * its current says has left one capacitor and has come to the other is what both have felt.
 * Oracle: the conservation of charge; the mean of the cubic in island.h. */
Test(rosenbrock, what_its_curves_carry_is_what_charges)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "from", "c=2e-3 v0=13");
    circuit_add(c, &node_kind, "to", "c=3e-3 v0=10");
    circuit_add(c, &inductor_kind, "coil", "from=from to=to l=100e-9 r=1e-3 i0=40");
    struct world *w = circuit_start(c, (struct plant_options){0});
    struct plant *p = w->plant;
    int32_t coil = net_link_const(&p->net, 0)->state_i;
    double h_s = 20e-6;

    plant_next(w, 0);
    rosenbrock_try(w, plant_island(w, 0), h_s);
    linear_write_segment(w, linear_of(w, plant_island(w, 0)));
    const double *x0 = plant_x0(w);
    const double *x1 = plant_at(p, p->x1_at);
    const double *c0 = plant_at(p, p->c0_at);
    const double *c1 = plant_at(p, p->c1_at);
    double q = h_s * ((x0[coil] + x1[coil]) / 2.0 + c0[coil] / 6.0 + c1[coil] / 12.0);
    cr_assert_float_eq(2e-3 * (x0[0] - x1[0]), q, 1e-14, "%g C", q);
    cr_assert_float_eq(3e-3 * (x1[1] - x0[1]), q, 1e-14, "%g C", q);
    cr_assert_gt(q, 1e-3);
    circuit_free(c, w);
}

/* ---- stability --------------------------------------------------------------------------------- */

/* A time constant of 1 ns, a step of 1 s, for an offset too small to be worth drawing. */
Test(rosenbrock, forgets_what_is_over_within_a_billionth_of_the_step)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1e-6 v0=12.00001");
    circuit_add(c, &source_kind, "p", "at=bus e=12 r=1e-3 reverse=1");
    struct world *w = circuit_start(c, (struct plant_options){0});
    struct island *isl = plant_island(w, 0);
    cr_assert_leq(rosenbrock_try(w, isl, 1.0), 1.0);
    double x1 = w->scratch->x1[0];
    cr_assert_float_eq(x1, 12.0, 1e-12);
    circuit_free(c, w);
}

/* The same with an offset that can be seen: the end would be right, the way would not. */
Test(rosenbrock, refuses_a_step_that_leaps_over_what_an_event_set_off)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1e-6 v0=12.1");
    circuit_add(c, &source_kind, "p", "at=bus e=12 r=1e-3 reverse=1");
    struct world *w = circuit_start(c, (struct plant_options){0});
    cr_assert_gt(rosenbrock_try(w, plant_island(w, 0), 1.0), 1.0);
    cr_assert_gt(rosenbrock_try(w, plant_island(w, 0), 1e-6), 1.0);
    circuit_free(c, w);
}

/* Between a current limit and a constant power, V* = P / I is where neither wins: below it the bus
 * falls. An implicit method with a long step would stay at V* and find it quiet there. */
Test(rosenbrock, does_not_rest_where_nothing_holds)
{
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=10e-3 v0=11.99");
    circuit_add(c, &source_kind, "p", "at=bus e=14 r=1e-3 i_max=100");
    circuit_add(c, &load_kind, "web", "at=bus p=1200 v_floor=0.5");
    struct world *w = circuit_start(c, (struct plant_options){0});
    plant_next(w, 0);
    cr_assert_gt(rosenbrock_try(w, plant_island(w, 0), 1.0), 1.0);
    circuit_free(c, w);
}

/* ---- Jacobian ---------------------------------------------------------------------------------- */

/* One part that claims a network with every element there is. */
enum { NODES = 5, SOURCES = 4, LINKS = 6, LOADS = 2 };

static void everything_wire(struct world *w, int32_t part)
{
    for (int32_t i = 0; i < NODES; i++) {
        net_add_node(w, part, 1e-3 * (i + 1), 10.0 + 0.3 * i);
    }
    net_keep_start(w);
}

static struct source a_source(int32_t part, int32_t node, double l_H, int32_t share)
{
    return (struct source){.node = node,
                           .part = part,
                           .share_node = share,
                           .mode = SOURCE_REGULATES,
                           .reversible = true,
                           .r_Ohm = 8e-3,
                           .l_H = l_H,
                           .i_max_A = 100.0,
                           .p_max_W = 1000.0,
                           .i_rated_A = 80.0,
                           .share_g_S = 2.0,
                           .share_gain = 1.02,
                           .trim_tau_s = 5e-3,
                           .trim_V_per_pu = 0.3,
                           .trim_max_V = 0.2,
                           .e = {.t0 = 0, .t1 = MS(1), .y0 = 12.0, .y1 = 13.0},
                           .s = {.t0 = 0, .t1 = MS(2), .y0 = 0.4, .y1 = 0.9}};
}

static void everything_join(struct world *w, int32_t part)
{
    const int32_t ends[LINKS][2] = {{0, 1}, {1, 2}, {2, 3}, {0, 3}, {1, GROUND}, {GROUND, 2}};

    for (int32_t i = 0; i < SOURCES; i++) {
        struct source u = a_source(part, i, i % 2 == 0 ? 50e-6 : 0.0, i < 2 ? NODES - 1 : NO_STATE);
        net_add_source(w, &u);
    }
    for (int32_t i = 0; i < LINKS; i++) {
        net_add_link(w, &(struct link){.a = ends[i][0],
                                       .b = ends[i][1],
                                       .part = part,
                                       .mode = LINK_CONDUCTS,
                                       .couples = true,
                                       .r_Ohm = 2e-3 * (i + 1),
                                       .l_H = i % 2 == 0 ? 1e-6 : 0.0,
                                       .v_f_V = 0.1,
                                       .i_max_A = 50.0,
                                       .s = {.t0 = 0, .t1 = MS(1), .y0 = 0.2, .y1 = 1.0},
                                       .clamp = {.t0 = 0, .t1 = MS(1), .y0 = 5.0, .y1 = 15.0}});
    }
    for (int32_t i = 0; i < LOADS; i++) {
        net_add_load(w, &(struct load){.node = i,
                                       .part = part,
                                       .mode = LOAD_POWER,
                                       .v_floor_V = 5.0,
                                       .p = {.t0 = 0, .t1 = MS(3), .y0 = 300.0, .y1 = 900.0}});
    }
}

static const struct kind everything_kind = {.name = "everything",
                                            .params_size = 1,
                                            .state_size = 1,
                                            .wire = everything_wire,
                                            .join = everything_join};

/* An entry that is not in the pattern must be 0. */
static double entry(const struct world *w, const double m[], int32_t i, int32_t j)
{
    int32_t at = sparse_position(w->wiring->sparse, i, j);

    return at < 0 ? 0.0 : m[at];
}

static void compare_column(struct world *w, const double m[], int32_t j, const char *what)
{
    enum { STATES_MAX = 32 };
    const struct island *isl = plant_island(w, 0);
    double x[STATES_MAX], up[STATES_MAX], down[STATES_MAX];
    int32_t n = w->plant->net.n_states;
    double d = 1e-5;

    memcpy(x, plant_x0(w), (size_t)n * sizeof *x);
    x[j] += d;
    network_rates(w, isl, x, when_ns(isl->t0), up);
    x[j] -= 2.0 * d;
    network_rates(w, isl, x, when_ns(isl->t0), down);
    for (int32_t i = 0; i < n; i++) {
        double expected = -(up[i] - down[i]) / (2.0 * d);
        cr_assert_float_eq(entry(w, m, i, j), expected, 1e-5 * (1.0 + fabs(expected)),
                           "%s: row %d, column %d: %g, not %g", what, i, j, entry(w, m, i, j),
                           expected);
    }
}

static void compare_by_time(struct world *w, const double f_t[], const char *what)
{
    enum { STATES_MAX = 32 };
    const struct island *isl = plant_island(w, 0);
    double up[STATES_MAX], down[STATES_MAX];
    double d = 1e-6;

    network_rates(w, isl, plant_x0(w), (struct when){isl->t0, d}, up);
    network_rates(w, isl, plant_x0(w), (struct when){isl->t0, -d}, down);
    for (int32_t i = 0; i < w->plant->net.n_states; i++) {
        double expected = (up[i] - down[i]) / (2.0 * d);
        cr_assert_float_eq(f_t[i], expected, 1e-5 * (1.0 + fabs(expected)),
                           "%s: row %d by time: %g, not %g", what, i, f_t[i], expected);
    }
}

/* Off the tangent at x0, at another instant and at other states, by rates and tangents alone. */
static void compare_bend(struct world *w, const struct elements *e, const double m[],
                         const double f0[], const double f_t[], const char *what)
{
    enum { STATES_MAX = 32 };
    const struct island *isl = plant_island(w, 0);
    int32_t n = w->plant->net.n_states;
    double x[STATES_MAX], f[STATES_MAX], bend[STATES_MAX] = {0.0};
    double s = 7e-6;

    for (int32_t i = 0; i < n; i++) {
        x[i] = plant_x0(w)[i] + 0.01 * (i % 3 - 1);
    }
    network_rates(w, isl, x, (struct when){isl->t0, s}, f);
    network_bend(w, e, isl->t0, x, s, bend);
    for (int32_t i = 0; i < n; i++) {
        double expected = f[i] - f0[i] - f_t[i] * s;
        for (int32_t j = 0; j < n; j++) {
            expected += entry(w, m, i, j) * (x[j] - plant_x0(w)[j]);
        }
        cr_assert_float_eq(bend[i], expected, 1e-8 * (1.0 + fabs(f[i])),
                           "%s: row %d is %g off its tangent, not %g", what, i, bend[i], expected);
    }
}

static void compare_tangent(struct world *w, const char *what)
{
    enum { STATES_MAX = 32 };
    const struct scratch *s = w->scratch;
    struct island *isl = plant_island(w, 0);
    struct elements all;
    double f[STATES_MAX] = {0.0}, f_t[STATES_MAX] = {0.0}, rates[STATES_MAX];

    isl->t0 = US(300);
    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        all.n[type] = isl->count[type];
        all.member[type] = plant_members(w, isl, (enum member)type);
    }
    memset(s->values, 0, (size_t)w->wiring->sparse->n_values * sizeof *s->values);
    network_tangent(w, &all, plant_x0(w), isl->t0,
                    &(struct tangent){.f = f, .g = s->values, .f_t = f_t});
    network_rates(w, isl, plant_x0(w), when_ns(isl->t0), rates);
    for (int32_t j = 0; j < w->plant->net.n_states; j++) {
        cr_assert_float_eq(f[j], rates[j], 1e-12 * (1.0 + fabs(rates[j])), "%s", what);
        compare_column(w, s->values, j, what);
    }
    compare_by_time(w, f_t, what);
    compare_bend(w, &all, s->values, f, f_t, what);
}

/* Every law in every mode, trims inside and outside of their range. */
Test(equations, the_tangent_is_the_derivative_of_the_rates)
{
    struct part part = {.name = "all", .kind = &everything_kind};
    struct world *w = plant_new(&part, 1, &(struct plant_options){0}, &(struct sink){0});
    struct net *n = &w->plant->net;
    char what[64];

    cr_assert_eq(plant_island(w, 0)->count[MEMBER_STATE], n->n_states);
    for (int32_t i = NODES; i < n->n_states; i++) {
        plant_x0(w)[i] = -0.5 + 0.17 * i; /* currents, and trims beyond 0.2 V */
    }
    for (int mode = SOURCE_OFF; mode <= SOURCE_BLOCKED; mode++) {
        for (int32_t i = 0; i < SOURCES; i++) {
            net_source(n, i)->mode = (enum source_mode)mode;
        }
        snprintf(what, sizeof what, "source mode %d", mode);
        compare_tangent(w, what);
    }
    for (int mode = LINK_OPEN; mode <= LINK_CLAMPED; mode++) {
        for (int32_t i = 0; i < LINKS; i++) {
            bool needs_l = mode == LINK_INDUCTIVE || mode == LINK_CLAMPED;
            struct link *k = net_link(n, i);
            k->mode = needs_l && k->state_i == NO_STATE ? LINK_OPEN : (enum link_mode)mode;
        }
        snprintf(what, sizeof what, "link mode %d", mode);
        compare_tangent(w, what);
    }
    for (int mode = LOAD_OFF; mode <= LOAD_RESISTOR; mode++) {
        for (int32_t i = 0; i < LOADS; i++) {
            net_load(n, i)->mode = (enum load_mode)mode;
        }
        snprintf(what, sizeof what, "load mode %d", mode);
        compare_tangent(w, what);
    }
    plant_free(w);
}

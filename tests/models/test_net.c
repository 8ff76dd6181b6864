/* test_net.c - sources, links and loads follow one law each, whatever mode they call it by.
 *
 * Oracle: the law written as one clamp, without modes. The mode is tracked as in a run, through
 * sweeps that go up and down; it must never make the current jump or leave the clamp. */
#include <criterion/criterion.h>
#include <math.h>

#include "models/net.h"

static const double CLOSE_A = 5e-6; /* the modes' hysteresis, and nothing more */

/* Down and up again, in steps that don't hit round numbers. */
enum { SWEEP = 20000 };
static double swept_V(int i, double lo_V, double hi_V)
{
    double part = (double)i / SWEEP * 2.0;

    return hi_V - (hi_V - lo_V) * (part < 1.0 ? part : 2.0 - part);
}

/* ---- ramps ------------------------------------------------------------------------------------- */

Test(net, a_ramp_is_linear_between_two_instants)
{
    struct ramp r = ramp_constant(3.0);

    ramp_to(&r, MS(10), 7.0, MS(4));
    cr_assert(ramp_at(&r, when_ns(MS(9))) == 3.0);
    cr_assert_float_eq(ramp_at(&r, when_ns(MS(11))), 4.0, 1e-14);
    cr_assert_float_eq(ramp_at(&r, (struct when){MS(10), 3e-3}), 6.0, 1e-14);
    cr_assert(ramp_at(&r, when_ns(MS(14))) == 7.0);
    cr_assert_float_eq(ramp_slope(&r, MS(10)), 1000.0, 1e-9);
    cr_assert(ramp_slope(&r, MS(10) - 1) == 0.0 && ramp_slope(&r, MS(14)) == 0.0);
    cr_assert_eq(ramp_break(&r, 0), MS(10));
    cr_assert_eq(ramp_break(&r, MS(10)), MS(14));
    cr_assert_eq(ramp_break(&r, MS(14)), NS_NEVER);
    ramp_to(&r, MS(12), 0.0, MS(5)); /* from where it is: 5 */
    cr_assert_float_eq(ramp_at(&r, when_ns(MS(12))), 5.0, 1e-14);
    ramp_to(&r, MS(13), 1.0, 0);
    cr_assert(ramp_at(&r, when_ns(MS(13))) == 1.0);
    cr_assert_eq(ramp_break(&r, 0), NS_NEVER);
}

/* ---- source ------------------------------------------------------------------------------------ */

static struct source a_source(bool reversible, double p_max_W)
{
    return (struct source){.node = 0,
                           .share_node = NO_STATE,
                           .state_i = NO_STATE,
                           .state_trim = NO_STATE,
                           .mode = SOURCE_REGULATES,
                           .reversible = reversible,
                           .r_Ohm = 8.3e-3,
                           .i_max_A = 72.0,
                           .p_max_W = p_max_W,
                           .e = ramp_constant(51.0),
                           .s = ramp_constant(0.7)};
}

static double margin_of(struct range r)
{
    return range_margin(&r);
}

static double source_law_A(const struct source *u, double v_V)
{
    double i_A = fmin((51.0 - v_V) / u->r_Ohm, fmin(u->i_max_A, u->p_max_W / v_V));

    return 0.7 * (u->reversible ? i_A : fmax(i_A, 0.0));
}

static void sweep_source(struct source u)
{
    struct when t = when_ns(0);

    for (int i = 0; i <= SWEEP; i++) {
        double v_V = swept_V(i, 20.0, 53.0);
        u.mode = source_mode_at(&u, &v_V, t);
        cr_assert_geq(margin_of(source_range(&u, &v_V, t)), 0.0);
        cr_assert_float_eq(source_i_A(&u, &v_V, t), source_law_A(&u, v_V), CLOSE_A, "%g V", v_V);
        cr_assert_float_eq(source_flow(&u, &v_V, t).i_A, source_i_A(&u, &v_V, t), 0.0);
    }
}

Test(net, a_source_is_the_least_of_its_three_limits)
{
    sweep_source(a_source(false, INFINITY));
    sweep_source(a_source(true, INFINITY));
    sweep_source(a_source(false, 3000.0));
    sweep_source(a_source(true, 3500.0));
    sweep_source(a_source(false, 1000.0)); /* its power limit is met long before 72 A */
}

/* The voltage at which the margin of the mode is 0. */
static double source_mode_ends_V(struct source u, enum source_mode mode, double in_V, double out_V)
{
    u.mode = mode;
    for (int i = 0; i < 200; i++) {
        double mid_V = 0.5 * (in_V + out_V);
        if (margin_of(source_range(&u, &mid_V, when_ns(0))) >= 0.0) {
            in_V = mid_V;
        } else {
            out_V = mid_V;
        }
    }
    return in_V;
}

Test(net, the_modes_of_a_source_end_where_the_laws_meet)
{
    struct source u = a_source(false, 3000.0);
    /* 72 A through 8.3 mOhm; 3000 W / 72 A; 51 V; and v (51 - v) / R = 3000 */
    double p_meets_r_V = 25.5 + sqrt(25.5 * 25.5 - 3000.0 * u.r_Ohm);

    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_REGULATES, 50.9, 40.0), p_meets_r_V, 1e-7);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_P_LIMIT, 45.0, 50.9), p_meets_r_V, 1e-7);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_P_LIMIT, 45.0, 30.0), 3000.0 / 72.0, 1e-6);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_I_LIMIT, 30.0, 45.0), 3000.0 / 72.0, 1e-6);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_REGULATES, 50.9, 52.0), 51.0, 1e-7);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_BLOCKED, 52.0, 50.0), 51.0, 1e-7);
    u.p_max_W = INFINITY;
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_REGULATES, 50.9, 45.0), 51.0 - 72.0 * 8.3e-3,
                       1e-7);
    cr_assert_float_eq(source_mode_ends_V(u, SOURCE_I_LIMIT, 45.0, 50.9), 51.0 - 72.0 * 8.3e-3,
                       1e-7);
}

/* A current that is a state leaves its law where it, not the regulator, meets the limit. */
Test(net, a_lagging_source_is_limited_by_the_current_it_has)
{
    struct source u = a_source(false, INFINITY);
    struct when t = when_ns(0);
    double x[2] = {40.0, 71.9}; /* V, A; the regulator would drive 1325 A */

    u.state_i = 1;
    u.l_H = 10e-6;
    cr_assert_eq(source_mode_at(&u, x, t), SOURCE_REGULATES);
    cr_assert_float_eq(source_drive_V(&u, x, t), 51.0 - 40.0 - 8.3e-3 * 71.9, 1e-12);
    x[1] = 72.1;
    cr_assert_eq(source_mode_at(&u, x, t), SOURCE_I_LIMIT);
    u.mode = SOURCE_I_LIMIT;
    cr_assert_float_eq(source_i_A(&u, x, t), 0.7 * 72.0, 1e-12);
    cr_assert(source_drive_V(&u, x, t) == 0.0); /* no wind-up */
    x[0] = 50.5;                                /* the regulator would drive 60 A */
    cr_assert_eq(source_mode_at(&u, x, t), SOURCE_REGULATES);
    u.mode = SOURCE_REGULATES;
    x[1] = -0.01;
    cr_assert_eq(source_mode_at(&u, x, t), SOURCE_BLOCKED);
}

/* ---- link -------------------------------------------------------------------------------------- */

static double link_law_A(const struct link *k, double across_V)
{
    double i_A = 0.8 * (across_V - k->v_f_V) / k->r_Ohm;

    return fmax(k->one_way ? 0.0 : -k->i_max_A, fmin(k->i_max_A, i_A));
}

static void sweep_link(struct link k)
{
    struct when t = when_ns(0);

    k.a = 0;
    k.b = 1;
    k.mode = LINK_CONDUCTS;
    k.s = ramp_constant(0.8);
    for (int i = 0; i <= SWEEP; i++) {
        double x[2] = {12.0 + swept_V(i, -1.0, 1.0), 12.0};
        k.mode = link_mode_at(&k, x, t);
        cr_assert_geq(margin_of(link_range(&k, x, t)), 0.0);
        cr_assert_float_eq(link_i_A(&k, x, t), link_law_A(&k, x[0] - x[1]), CLOSE_A, "%g V", x[0]);
        cr_assert_float_eq(link_flow(&k, x, t).i_A, link_i_A(&k, x, t), 0.0);
    }
}

Test(net, a_link_is_one_clamp)
{
    sweep_link((struct link){.r_Ohm = 1e-3, .i_max_A = INFINITY});
    sweep_link((struct link){.r_Ohm = 1e-3, .i_max_A = 50.0});
    sweep_link((struct link){.r_Ohm = 2e-3, .i_max_A = INFINITY, .one_way = true});
    sweep_link((struct link){.r_Ohm = 2e-3, .i_max_A = 50.0, .one_way = true, .v_f_V = 0.3});
}

/* What opens under current goes on until the arc has eaten the current. */
Test(net, an_opening_inductive_link_is_open_when_its_current_is_gone)
{
    struct link k = {.a = 0,
                     .b = GROUND,
                     .state_i = 1,
                     .mode = LINK_CLAMPED,
                     .r_Ohm = 1e-3,
                     .l_H = 1e-6,
                     .i_max_A = INFINITY,
                     .clamp = ramp_constant(15.0)};
    double x[2] = {12.0, 100.0};

    cr_assert_eq(link_mode_at(&k, x, when_ns(0)), LINK_CLAMPED);
    cr_assert_float_eq(link_drive_V(&k, x, when_ns(0)), 12.0 - 15.0 - 0.1, 1e-12);
    x[1] = -1e-9;
    cr_assert_eq(link_mode_at(&k, x, when_ns(0)), LINK_OPEN);
    k.clamp = ramp_constant(-15.0);
    cr_assert_eq(link_mode_at(&k, x, when_ns(0)), LINK_CLAMPED);
    x[1] = 1e-9;
    cr_assert_eq(link_mode_at(&k, x, when_ns(0)), LINK_OPEN);
}

/* ---- load -------------------------------------------------------------------------------------- */

Test(net, a_load_takes_constant_power_down_to_its_floor)
{
    struct load l = {.node = 0, .mode = LOAD_POWER, .v_floor_V = 8.0, .p = ramp_constant(600.0)};
    struct when t = when_ns(0);

    for (int i = 0; i <= SWEEP; i++) {
        double v_V = swept_V(i, 0.1, 13.0);
        double law_A = v_V > 8.0 ? 600.0 / v_V : 600.0 * v_V / 64.0;
        l.mode = load_mode_at(&l, &v_V);
        cr_assert_geq(margin_of(load_range(&l, &v_V)), 0.0);
        cr_assert_float_eq(load_i_A(&l, &v_V, t), law_A, CLOSE_A);
        cr_assert_float_eq(load_flow(&l, &v_V, t).i_A, load_i_A(&l, &v_V, t), 0.0);
    }
}

/* What is off stays off and takes nothing. */
Test(net, off_is_a_mode_that_nothing_ends_by_itself)
{
    struct source u = a_source(false, INFINITY);
    struct link k = {.mode = LINK_OPEN, .r_Ohm = 1e-3, .a = 0, .b = GROUND};
    struct load l = {.mode = LOAD_OFF, .v_floor_V = 5.0, .p = ramp_constant(100.0)};

    u.mode = SOURCE_OFF;
    for (double v_V = 0.0; v_V < 100.0; v_V += 1.0) {
        cr_assert_eq(source_mode_at(&u, &v_V, when_ns(0)), SOURCE_OFF);
        cr_assert_eq(link_mode_at(&k, &v_V, when_ns(0)), LINK_OPEN);
        cr_assert_eq(load_mode_at(&l, &v_V), LOAD_OFF);
        cr_assert(source_i_A(&u, &v_V, when_ns(0)) == 0.0);
        cr_assert(link_i_A(&k, &v_V, when_ns(0)) == 0.0);
        cr_assert(load_i_A(&l, &v_V, when_ns(0)) == 0.0);
    }
}

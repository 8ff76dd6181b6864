/* test_hardware_oracles.c - the closed forms that every engineer of rack power has on a napkin, to
 * their digits, with ideal parts. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "tests/circuit.h"

/* When the bus first falls below v_V. */
static double falls_s(void (*build)(struct circuit *c), double v_V, ns_t end)
{
    struct circuit *c = circuit_new();

    build(c);
    circuit_watch(c, "bus", v_V);
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, end);
    plant_flush(w);
    ns_t down = c->log.watch[0].first_down;
    circuit_free(c, w);
    return down == NS_NEVER ? INFINITY : ns_to_s(down);
}

/* ---- A: 40 mF at 50.5 V, 15 kW, every source lost ------------------------------------------------ */

static void all_lost(struct circuit *c)
{
    circuit_add(c, &node_kind, "bus", "c=40e-3 v0=50.5");
    circuit_add(c, &load_kind, "rack", "at=bus p=15000");
}

Test(oracle_a, ride_through_of_the_bus_capacitance)
{
    cr_assert_float_eq(falls_s(all_lost, 48.5, MS(2)), 0.2640e-3, 0.5e-7);
    cr_assert_float_eq(falls_s(all_lost, 46.0, MS(2)), 0.5790e-3, 0.5e-7);
    cr_assert_float_eq(falls_s(all_lost, 42.0, MS(2)), 1.0483e-3, 0.5e-7);
    cr_assert_float_eq(falls_s(all_lost, 40.0, MS(2)), 1.2670e-3, 0.5e-7);
}

/* ---- B: n supplies with a limit of 72 A against 15 kW: lost below V* = P / (n 72 A) --------------- */

static struct circuit *survivors(int n, double v0_V, const char *load)
{
    struct circuit *c = circuit_new();
    char node[64];

    snprintf(node, sizeof node, "c=40e-3 v0=%.17g", v0_V);
    circuit_add(c, &node_kind, "bus", node);
    circuit_add_many(c, &source_kind, "psu", n, "at=bus e=51 r=8.3e-3 i_max=72");
    circuit_add(c, &load_kind, "rack", load);
    return c;
}

/* Does the bus recover from v0? */
static bool holds(int n, double v0_V)
{
    struct circuit *c = survivors(n, v0_V, "at=bus p=15000 v_floor=5");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});

    plant_run(w, SECONDS(2));
    bool held = circuit_read(c, w, "bus.v") > 50.0;
    circuit_free(c, w);
    return held;
}

Test(oracle_b, below_p_over_i_there_is_no_return)
{
    cr_assert_not(holds(4, 50.9)); /* V* = 52.08 V: never */
    cr_assert(holds(5, 41.67));    /* V* = 41.6667 V */
    cr_assert_not(holds(5, 41.66));
    cr_assert(holds(6, 34.73)); /* V* = 34.7222 V */
    cr_assert_not(holds(6, 34.72));
}

/* Five survivors, lock-out at 40 V: when is the bus back at 50 V, or the load lost? */
static double recovers_s(double v0_V)
{
    struct circuit *c = survivors(5, v0_V, "at=bus p=15000 off_below=40 v_floor=5");
    circuit_watch(c, "bus", 50.0);
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});

    plant_run(w, MS(100));
    plant_flush(w);
    cr_assert_eq(circuit_when(c, "rack", EV_UVLO, 0), NS_NEVER);
    ns_t up = c->log.watch[0].last_up;
    circuit_free(c, w);
    return ns_to_s(up);
}

static double is_lost_s(double v0_V)
{
    struct circuit *c = survivors(5, v0_V, "at=bus p=15000 off_below=40 v_floor=5");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});

    plant_run(w, MS(100));
    ns_t lost = circuit_when(c, "rack", EV_UVLO, 0);
    circuit_free(c, w);
    return ns_to_s(lost);
}

Test(oracle_b, recovery_or_loss_from_where_the_survivors_find_the_bus)
{
    cr_assert_float_eq(recovers_s(45.0), 4.80e-3, 0.5e-5);
    cr_assert_float_eq(recovers_s(42.5), 11.49e-3, 0.5e-5);
    cr_assert_float_eq(recovers_s(41.8), 20.06e-3, 0.5e-5);
    cr_assert_float_eq(is_lost_s(41.5), 10.49e-3, 0.5e-5);
    cr_assert_float_eq(is_lost_s(41.0), 4.13e-3, 0.5e-5);
}

/* ---- C: a relay closes 20 mF onto 50 V through 300 nH and 6 mOhm ---------------------------------- */

struct inrush {
    double peak_A, peak_s;
};

static void note_peak(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    enum { PIECES = 100 };
    struct inrush *in = ctx;

    (void)island;
    for (int i = 1; i <= PIECES; i++) {
        ns_t t = t0 + (t1 - t0) * i / PIECES;
        double i_A = net_link_i_A(w, 0, t);
        if (i_A > in->peak_A) {
            *in = (struct inrush){i_A, ns_to_s(t)};
        }
    }
}

static struct inrush close_onto(double v0_V, double *heat_A2s)
{
    struct circuit *c = circuit_new();
    struct inrush in = {0};
    char node[64];

    snprintf(node, sizeof node, "c=20e-3 v0=%.17g", v0_V);
    circuit_add(c, &node_kind, "feed", "c=1000 v0=50"); /* stiff: 1 C makes a millivolt */
    circuit_add(c, &node_kind, "bus", node);
    circuit_add(c, &inductor_kind, "relay", "from=feed to=bus l=300e-9 r=6e-3");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    w->sink = (struct sink){.ctx = &in, .span = note_peak};
    plant_run(w, MS(5));
    plant_flush(w);
    *heat_A2s = net_link_const(&w->plant->net, 0)->heat_A2s;
    w->sink = (struct sink){0};
    circuit_free(c, w);
    return in;
}

Test(oracle_c, inrush_of_a_relay)
{
    double heat_A2s;

    struct inrush empty = close_onto(0.0, &heat_A2s);
    cr_assert_float_eq(empty.peak_A, 5.58e3, 5.0);
    cr_assert_float_eq(empty.peak_s, 84e-6, 0.5e-6);
    cr_assert_float_eq(heat_A2s, 4167.0, 1.0); /* C V^2 / (2 R) */
    struct inrush charged = close_onto(45.0, &heat_A2s);
    cr_assert_float_eq(charged.peak_A, 558.0, 0.5);
}

/* ---- D: a FET that holds 50 A while 20 mF go from 0 to 50 V ---------------------------------------- */

static void fet_wire(struct world *w, int32_t part)
{
    net_add_node(w, part, 1000.0, 50.0);
    net_add_node(w, part, 20e-3, 0.0);
    net_keep_start(w);
}

static void fet_join(struct world *w, int32_t part)
{
    net_add_link(w, &(struct link){.a = 0,
                                   .b = 1,
                                   .part = part,
                                   .metered = true,
                                   .mode = LINK_CONDUCTS,
                                   .r_Ohm = 1e-3,
                                   .i_max_A = 50.0,
                                   .s = ramp_constant(1.0)});
}

static const struct kind fet_kind_of_test = {
    .name = "fet", .params_size = 1, .state_size = 1, .wire = fet_wire, .join = fet_join};

Test(oracle_d, soft_start_of_a_fet)
{
    struct part part = {.name = "fet", .kind = &fet_kind_of_test};
    struct world *w = plant_new(&part, 1, &(struct plant_options){0}, &(struct sink){0});

    plant_run(w, MS(30));
    plant_flush(w);
    const struct link *k = net_link_const(&w->plant->net, 0);
    cr_assert_float_eq(k->charge_C, 1.0, 1e-4);   /* 20 mF to 50 V: at 50 A 20.0 ms */
    cr_assert_float_eq(k->loss_J, 25.0, 0.05);    /* C V^2 / 2 */
    cr_assert_float_eq(k->heat_A2s, 50.0, 50e-3); /* 20.0 ms of 2500 A^2 */
    plant_free(w);
}

/* It is charged when the limit ends, v = 50 V - 50 A 1 mOhm: after 19.98 ms. */
Test(oracle_d, the_limit_lasts_20_ms)
{
    struct part part = {.name = "fet", .kind = &fet_kind_of_test};
    struct world *w = plant_new(&part, 1, &(struct plant_options){0}, &(struct sink){0});

    while (net_link_const(&w->plant->net, 0)->mode != LINK_HIGH) {
        cr_assert(plant_next(w, MS(1)));
    }
    while (net_link_const(&w->plant->net, 0)->mode == LINK_HIGH) {
        cr_assert(plant_next(w, MS(30)));
    }
    cr_assert_float_eq(ns_to_s(w->plant->now), 19.98e-3, 2e-6);
    plant_free(w);
}

/* ---- F: a bolted supply output behind a relay, no ORing -------------------------------------------- */

/* 40 mF at 50 V through 3 mOhm: tau 120 us, 16.7 kA, 50 to 40 V in 27 us. */
static void bolted(struct circuit *c)
{
    circuit_add(c, &node_kind, "bus", "c=40e-3 v0=50");
    circuit_add(c, &switch_kind, "psu_short", "from=bus r=3e-3");
    circuit_do(c, MS(1), "psu_short.close", "");
    circuit_do(c, MS(11), "psu_short.open", ""); /* the relay lets go 10 ms later */
}

Test(oracle_f, a_short_without_oring_takes_the_bus_in_27_us)
{
    struct circuit *c = circuit_new();

    bolted(c);
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, MS(1));
    cr_assert_float_eq(circuit_read(c, w, "psu_short.i"), 16.7e3, 50.0);
    plant_run(w, MS(1) + US(120));
    cr_assert_float_eq(circuit_read(c, w, "bus.v"), 50.0 / exp(1.0), 1e-3);
    plant_run(w, MS(20));
    cr_assert_float_eq(circuit_read(c, w, "bus.v"), 0.0, 1e-4);
    circuit_free(c, w);
    cr_assert_float_eq(falls_s(bolted, 40.0, MS(2)), 1e-3 + 120e-6 * log(50.0 / 40.0), 2e-9);
}

/* ---- E: the most loaded survivor carries rho n / (n - 1) (1 + e) of its rating -------------------- */

/* n sources of 100 A behind 4 mOhm each carry rho n 100 A of a resistor. The first is set high by so
 * much that, when the last is gone, it carries e more than the mean of the survivors; a droop share is
 * I_1 - mean = delta (m - 1) / (m R), Kirchhoff. Returns its current over its rating, then. */
static double survivor_pu(int n, double rho, double e)
{
    double m = n - 1;
    double mean_A = rho * n / m * 100.0;
    double delta_V = e * mean_A * 4e-3 * m / (m - 1.0);
    double v_V = 12.0 + delta_V / m - 4e-3 * mean_A;
    struct circuit *c = circuit_new();
    char text[96];

    circuit_add(c, &node_kind, "bus", "c=10e-3 v0=12");
    snprintf(text, sizeof text, "at=bus r=4e-3 e=%.17g", 12.0 + delta_V);
    circuit_add(c, &source_kind, "high", text);
    circuit_add_many(c, &source_kind, "psu", n - 1, "at=bus r=4e-3 e=12");
    snprintf(text, sizeof text, "from=bus r=%.17g", v_V / (m * mean_A));
    circuit_add(c, &resistor_kind, "rack", text);
    circuit_do(c, MS(1), "psu1.off", "");
    struct world *w = circuit_start(c, (struct plant_options){.meter_all = true});
    plant_run(w, MS(50));
    double i_pu = circuit_read(c, w, "high.i") / 100.0;
    circuit_free(c, w);
    return i_pu;
}

Test(oracle_e, share_of_the_most_loaded_survivor)
{
    cr_expect_float_eq(survivor_pu(3, 0.75, 0.10), 1.2375, 1e-4); /* trips a 116..126 % limit */
    cr_expect_float_eq(survivor_pu(5, 0.80, 0.10), 1.100, 1e-4);
    cr_expect_float_eq(survivor_pu(6, 0.80, 0.25), 1.200, 1e-4);
}

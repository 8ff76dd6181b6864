/* test_energy.c - nothing is made from nothing: over a whole run with faults, what the sources have
 * delivered is what the loads have drawn, what was lost on the way, and what is stored more.
 *
 * Oracle: the conservation of energy and of charge. Stored are 1/2 C v^2 of every node and 1/2 L i^2
 * of every switch that is closed. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "models/share.h"
#include "tests/stand.h"

enum { NODES = 64 };

struct ledger {
    double delivered_J, drawn_J, lost_J, stored_J;
    double charge_C[NODES]; /* flown into each node by sources and links, less C v */
};

static bool is_share(const struct stand *s, int32_t node)
{
    int32_t part = net_node_const(&s->world->plant->net, node)->part;

    return s->scenario->rack.parts[part].kind == &share_kind;
}

static struct ledger close_books(struct stand *s)
{
    const struct net *n = &s->world->plant->net;
    ns_t now = stand_now(s);
    struct ledger b = {0};

    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        b.delivered_J += u->energy_J;
        b.charge_C[u->node] += u->charge_C;
    }
    for (int32_t i = 0; i < n->n_loads; i++) {
        b.drawn_J += net_load_const(n, i)->energy_J;
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        b.lost_J += k->loss_J;
        if (k->a != GROUND) {
            b.charge_C[k->a] -= k->charge_C;
        }
        if (k->b != GROUND) {
            b.charge_C[k->b] += k->charge_C;
        }
        if (k->mode == LINK_INDUCTIVE || k->mode == LINK_CLAMPED) {
            double i_A = plant_state(s->world, k->state_i, now);
            b.stored_J += 0.5 * k->l_H * i_A * i_A;
        }
    }
    for (int32_t i = 0; i < n->n_nodes; i++) {
        double c_F = net_node_const(n, i)->c_F, v_V = plant_state(s->world, i, now);
        b.stored_J += is_share(s, i) ? 0.0 : 0.5 * c_F * v_V * v_V;
        b.charge_C[i] -= c_F * v_V;
    }
    return b;
}

struct act {
    ns_t at;
    const char *part, *action;
    double to;
    ns_t over;
};

/* Play the acts and balance the books at the end. */
static void expect_balance(const char *rack, const struct act acts[], int n, ns_t end,
                           double *moved_J)
{
    struct stand *s = stand_new(rack);
    struct ledger before = close_books(s);

    for (int i = 0; i < n; i++) {
        stand_run(s, acts[i].at);
        stand_act_with(s, acts[i].part, acts[i].action,
                       (struct act_args){.to = acts[i].to, .over = acts[i].over});
    }
    stand_run(s, end);
    struct ledger after = close_books(s);

    double in_J = after.delivered_J - before.delivered_J;
    double out_J = after.drawn_J - before.drawn_J + after.lost_J - before.lost_J + after.stored_J -
                   before.stored_J;
    double scale_J = fmax(fabs(in_J), before.stored_J);
    cr_expect_leq(fabs(in_J - out_J), 1e-6 * scale_J, "%.9g J in, %.9g J out: %.2g", in_J, out_J,
                  fabs(in_J - out_J) / scale_J);
    *moved_J = in_J;

    const struct net *net = &s->world->plant->net;
    for (int32_t i = 0; i < net->n_nodes; i++) {
        bool loaded = is_share(s, i);
        for (int32_t k = 0; k < net->n_loads; k++) {
            loaded = loaded || net_load_const(net, k)->node == i;
        }
        double charge_C = after.charge_C[i] - before.charge_C[i];
        double scale_C = 1.0 + fabs(net_node_const(net, i)->c_F * plant_state(s->world, i, end));
        cr_expect(loaded || fabs(charge_C) <= 1e-6 * scale_C, "node %d: %g C", i, charge_C);
    }
    stand_free(s);
}

/* ---- two supplies, four servers ------------------------------------------------------------------- */

#define PSU                                                                                        \
    "is: psu, v: 12.2 V, rated: 2 kW, droop: 2 mOhm, hold_up: 24 J, on_delay_most: 50 ms, "        \
    "share: line"
#define SERVERS                                                                                    \
    "web1: {is: server, from: bar, p: 400 W, off_below: 9 V, on_above: 10 V, boot: 100 ms}\n"      \
    "web2: {is: server, from: bar, p: 500 W, off_below: 9 V, on_above: 10 V, boot: 100 ms}\n"      \
    "web3: {is: server, from: bar, p: 300 W, off_below: 9 V, on_above: 10 V, boot: 100 ms}\n"
#define RACK(kind)                                                                                 \
    "line: {is: share}\nbar: {is: bus, v: 12 V, c: 10 mF, taps: 4}\n"                              \
    "psu1: {" PSU "}\npsu2: {" PSU "}\n"                                                           \
    "sw1: {is: " kind ", from: psu1, to: bar}\nsw2: {is: " kind ", from: psu2, to: bar}\n" SERVERS

Test(energy, quiet_running_balances)
{
    double moved_J;

    expect_balance(RACK("fet"), NULL, 0, SECONDS(10), &moved_J);
    cr_expect_float_eq(moved_J, 12000.0, 300.0); /* 1.2 kW for 10 s, and the losses */
}

Test(energy, a_dead_converter_and_lost_inputs_balance)
{
    const struct act acts[] = {
        {MS(10), "psu1", "die", 0.0, 0},
        {MS(200), "psu2", "lose_input", 0.0, 0},
        {MS(205), "psu2", "restore_input", 0.0, 0},
        {MS(300), "web1", "step", 900.0, US(10)},
        {MS(400), "psu2", "lose_input", 0.0, 0},
    };
    double moved_J;

    expect_balance(RACK("fet"), acts, 5, SECONDS(1), &moved_J);
    expect_balance(RACK("relay"), acts, 5, SECONDS(1), &moved_J);
    expect_balance(RACK("breaker"), acts, 5, SECONDS(1), &moved_J);
}

Test(energy, shorts_on_both_sides_of_the_switches_balance)
{
    const struct act acts[] = {
        {MS(10), "psu1", "short_output", 3e-3, 0}, {MS(30), "sw1", "open", 0.0, 0},
        {MS(150), "bar", "short", 20e-3, 0},       {MS(152), "bar", "clear_short", 0.0, 0},
        {MS(400), "psu2", "drift", 13.0, MS(5)},
    };
    double moved_J;

    expect_balance(RACK("fet"), acts, 5, SECONDS(1), &moved_J);
    expect_balance(RACK("relay"), acts, 5, SECONDS(1), &moved_J);
    expect_balance(RACK("breaker"), acts, 5, SECONDS(1), &moved_J);
}

Test(energy, a_relay_that_opens_and_closes_under_load_balances)
{
    const struct act acts[] = {
        {MS(10), "sw1", "open", 0.0, 0},   {MS(100), "sw2", "open", 0.0, 0},
        {MS(300), "sw2", "close", 0.0, 0}, {MS(500), "sw1", "close", 0.0, 0},
        {MS(504), "sw1", "open", 0.0, 0},
    };
    double moved_J;

    expect_balance(RACK("relay"), acts, 5, SECONDS(1), &moved_J);
}

/* ---- a FET charges a dark bar; an arc at 48 V ------------------------------------------------------ */

/* More switches than the island has states that move: while their gates fill their own currents
 * rest. */
Test(energy, many_fets_that_close_at_once_balance)
{
    enum { FETS = 40 };
    struct act acts[FETS];
    char name[FETS][16];
    double moved_J;

    for (int i = 0; i < FETS; i++) {
        snprintf(name[i], sizeof name[i], "sw%d", i + 1);
        acts[i] = (struct act){MS(1), name[i], "close", 0.0, 0};
    }
    expect_balance("psu1: {is: psu, v: 12.2 V, rated: 2 kW, hold_up: 24 J}\n"
                   "bar: {is: bus, v: 12 V, c: 10 mF, start: dark}\n"
                   "sw[1..40]: {is: fet, from: psu1, to: bar, closed: no, r_on: 40 mOhm}\n",
                   acts, FETS, MS(100), &moved_J);
}

Test(energy, a_soft_start_balances)
{
    const struct act acts[] = {{MS(1), "sw1", "close", 0.0, 0}};
    double moved_J;

    expect_balance("bar: {is: bus, v: 12 V, c: 20 mF, start: dark}\n"
                   "psu1: {is: psu, v: 12 V, rated: 2 kW, hold_up: 24 J}\n"
                   "sw1: {is: fet, from: psu1, to: bar, closed: no, i_ramp: 30 A}\n"
                   "web1: {is: server, from: bar, p: 400 W, off_below: 9 V, on_above: 10 V, "
                   "start: off, boot: 20 ms}\n",
                   acts, 1, SECONDS(1), &moved_J);
}

Test(energy, an_arc_takes_what_the_cable_and_the_bar_give_it)
{
    const struct act acts[] = {{MS(100), "sw1", "open", 0.0, 0}};
    double moved_J;

    expect_balance("bar: {is: bus, v: 48 V, c: 10 uF}\n"
                   "psu1: {is: psu, v: 48 V, rated: 4 kW, hold_up: 60 J}\n"
                   "sw1: {is: relay, from: psu1, to: bar, l: 2 uH}\n"
                   "web1: {is: server, from: bar, p: 2 kW, c: 2 mF, off_below: 30 V, "
                   "on_above: 40 V}\n",
                   acts, 1, MS(300), &moved_J);
    cr_expect_float_eq(moved_J, 220.0, 10.0); /* 2 kW for 110 ms */
}

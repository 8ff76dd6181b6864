/* Netlists for ngspice. Oracle: small circuits written down by hand, as one would type them in. That
 * ngspice agrees with us on them is what `make crosscheck` finds out. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/script.h"
#include "sim/spice.h"

static char *netlist;
static size_t size;

static void forget(void)
{
    free(netlist);
    netlist = NULL;
}

TestSuite(spice, .fini = forget);

/* The netlist of a scenario at a time, or with its script; false: refused, and why in *d. */
static bool export(const char *yaml, ns_t at, bool with_script, struct diag *d)
{
    struct scenario *s = scenario_load_text("tests/x.yaml", yaml, strlen(yaml), d);

    if (s == NULL) {
        diag_print(d, stderr, false);
    }
    cr_assert(s != NULL, "the test's scenario is wrong");
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &(struct plant_options){.seed = 1},
                                &(struct sink){.ctx = NULL});
    struct script *script = with_script ? NULL : script_new(s, w, (struct script_ear){.ctx = NULL});
    FILE *out = open_memstream(&netlist, &size);

    if (!with_script) {
        plant_run(w, at);
        plant_flush(w);
    }
    bool good = spice_write(out, w, s, with_script, d);
    fclose(out);
    script_free(script);
    plant_free(w);
    scenario_free(s);
    return good;
}

static void expect_lines(const char *const lines[])
{
    for (int i = 0; lines[i] != NULL; i++) {
        char whole[512];
        snprintf(whole, sizeof whole, "\n%s\n", lines[i]);
        cr_expect(strstr(netlist, whole) != NULL, "no line '%s' in:\n%s", lines[i], netlist);
    }
}

static void write_good(const char *yaml, ns_t at, bool with_script)
{
    struct diag *d = diag_new();

    cr_assert(export(yaml, at, with_script, d));
    diag_free(d);
}

/* How many problems stand against a script of it. */
static int32_t problems(const char *yaml)
{
    struct diag *d = diag_new();

    cr_expect_not(export(yaml, 0, true, d));
    cr_expect_eq(size, 0, "nothing is written");
    int32_t n = diag_errors(d);
    diag_free(d);
    return n;
}

/* One of each ideal part. */
#define PARTS                                                                                      \
    "title: one of each\nduration: 2 ms\nrack:\n"                                                  \
    "  a: {is: node, c: 10 mF, v0: 12 V}\n"                                                        \
    "  b: {is: node, c: 5 mF, v0: 11 V}\n"                                                         \
    "  p1: {is: source, at: a, e: 12.2 V, r: 2 mOhm, i_max: 200 A}\n"                              \
    "  p2: {is: source, at: a, e: 12 V, r: 4 mOhm, i_max: 90 A, reverse: yes}\n"                   \
    "  p3: {is: source, at: b, e: 12 V, r: 4 mOhm, i_max: 90 A, on: no}\n"                         \
    "  r1: {is: resistor, from: a, r: 100 Ohm}\n"                                                  \
    "  i1: {is: inductor, from: a, to: b, l: 1 uH, r: 1 mOhm, i0: 3 A}\n"                          \
    "  s1: {is: switch, from: a, to: b, r: 1 mOhm, closed: yes}\n"                                 \
    "  s2: {is: switch, from: a, to: b, r: 1 mOhm}\n"                                              \
    "  d1: {is: diode, from: a, to: b, r: 2 mOhm, v_f: 0.5 V}\n"                                   \
    "  l1: {is: load, at: b, p: 300 W, off_below: 9 V, on_above: 11 V, restart: 2 ms}\n"

Test(spice, writes_each_part_as_one_would_by_hand)
{
    static const char *const lines[] = {
        "Ca a 0 0.01 IC=12",
        "Cb b 0 0.005 IC=11",
        "Bp1 0 a I = max(0, min((12.2 - V(a))/0.002, 200))",
        "Bp2 0 a I = min((12 - V(a))/0.004, 90)",
        "* p3: off",
        "Rr1 a 0 100",
        "Li1 a i1.x 1e-06 IC=3",
        "Ri1 i1.x b 0.001",
        "Rs1 a b 0.001",
        "* s2: open",
        "Gd1 a b cur='max(0, (V(a) - V(b) - 0.5)/0.002)'",
        "Bl1 b 0 I = 300*V(b)/max(V(b), 0.5)**2",
        ".tran 4e-08 0.002 0 4e-08 uic",
        ".end",
        NULL,
    };

    write_good(PARTS, 0, false);
    cr_expect_eq(strncmp(netlist, "one of each\n", 12), 0, "the first line is the title");
    expect_lines(lines);
}

/* Two capacitors even out through a switch until it opens: a textbook exponential. */
Test(spice, shows_the_circuit_at_its_time)
{
    static const char *const lines[] = {"* s1: open", ".tran 2e-08 0.001 0 2e-08 uic", NULL};

    write_good("title: x\nduration: 2 ms\nrack:\n  a: {is: node, c: 2 mF, v0: 12 V}\n"
               "  b: {is: node, c: 2 mF, v0: 2 V}\n"
               "  s1: {is: switch, from: a, to: b, r: 1 Ohm, closed: yes}\n"
               "do:\n  - {at: 1 ms, act: s1.open}\n",
               MS(1), false);
    expect_lines(lines);
    cr_expect(strstr(netlist, "\n* tests/x.yaml at 1 ms, ") != NULL);
    const char *v = strstr(netlist, "Ca a 0 0.002 IC=");
    cr_assert(v != NULL);
    cr_expect_float_eq(atof(strchr(v, '=') + 1), 7.0 + 5.0 * exp(-1.0), 1e-4);
}

Test(spice, writes_what_is_done_as_corners_and_what_parts_do_as_subcircuits)
{
    static const char *const lines[] = {
        "Vp1.s p1.s 0 PWL(0 1 0.001000000 1\n+ 0.001001000 0\n+ 0.001500000 0\n+ 0.001500001 1)",
        "Vp1.e p1.e 0 PWL(0 12.2 0.000200000 12.2\n+ 0.000300000 12.5)",
        "Vs1.s s1.s 0 PWL(0.000000000 1\n+ 0.000000001 0\n+ 0.000400000 0\n+ 0.000400001 1)",
        "Vs2.s s2.s 0 PWL(0 0 0.000100000 0\n+ 0.000110000 0.5\n+ 0.000110001 0)",
        "Vl1.p l1.p 0 PWL(0 300 0.000500000 300\n+ 0.000500001 400)",
        "Xl1.lockout b l1.run lockout off=9 on=11 wait=0.002",
        "Bp1 0 a I = V(p1.s)*max(0, min((V(p1.e) - V(a))/0.002, 200))",
        "* p3: off",
        "Gs1 a b cur='V(s1.s)*(V(a) - V(b))/0.001'",
        "Gs2 a b cur='V(s2.s)*(V(a) - V(b))/0.001'",
        "Bl1 b 0 I = V(l1.run)*V(l1.p)*V(b)/max(V(b), 0.5)**2",
        NULL,
    };

    write_good(PARTS "do:\n"
                     "  - {at: 1 ms, act: p1.off, over: 1 us}\n"
                     "  - {at: 1500 us, act: p1.on}\n"
                     "  - {at: 200 us, act: p1.ramp, to: 12.5 V, over: 100 us}\n"
                     "  - {at: 0 s, act: s1.open, for: 400 us}\n"
                     "  - {at: 100 us, act: s2.close, over: 20 us}\n"
                     "  - {at: 110 us, act: s2.open}\n"
                     "  - {at: 500 us, act: l1.step, to: 400 W}\n",
               0, true);
    expect_lines(lines);
}

Test(spice, lets_sources_hiccup_and_switches_trip)
{
    static const char *const lines[] = {
        "Bp1.over p1.over 0 V = ((12*V(p1.soft) - V(a))/0.002 - 50)",
        "Xp1.hiccup p1.over p1.run p1.soft hiccup after=0.002 off=0.005 rise=0.001",
        "Bp1 0 a I = V(p1.run)*max(0, min((12*V(p1.soft) - V(a))/0.002, 50))",
        "Xs1.trip b s1.s trip below=10.5 delay=5e-06 over=5e-07",
        "Gs1 a b cur='V(s1.s)*(V(a) - V(b))/0.001'",
        NULL,
    };

    write_good("title: x\nduration: 2 ms\nrack:\n"
               "  a: {is: node, c: 1 mF, v0: 12 V}\n  b: {is: node, c: 1 mF, v0: 12 V}\n"
               "  p1: {is: source, at: a, e: 12 V, r: 2 mOhm, i_max: 50 A, trip_after: 2 ms}\n"
               "  s1: {is: switch, from: a, to: b, r: 1 mOhm, closed: yes, trip_node: b,\n"
               "       trip_below: 10.5 V, trip_delay: 5 us, trip_over: 500 ns}\n",
               0, true);
    expect_lines(lines);
}

/* SPICE knows no capital letters, and takes a node called gnd for ground. */
Test(spice, names_stay_different_in_lower_case)
{
    static const char *const lines[] = {
        "Cbus bus 0 0.001 IC=1", "Cbus.p1 bus.p1 0 0.001 IC=2", "Cgnd.p2 gnd.p2 0 0.001 IC=3",
        "Rr1 bus bus.p1 1",      "Rr2 gnd.p2 bus.p1 1",         NULL};

    write_good("title: x\nduration: 2 ms\nrack:\n  Bus: {is: node, c: 1 mF, v0: 1 V}\n"
               "  bus: {is: node, c: 1 mF, v0: 2 V}\n  gnd: {is: node, c: 1 mF, v0: 3 V}\n"
               "  r1: {is: resistor, from: Bus, to: bus, r: 1 Ohm}\n"
               "  r2: {is: resistor, from: gnd, to: bus, r: 1 Ohm}\n",
               0, false);
    expect_lines(lines);
}

/* A real rack at one instant: every node has its line, in the order of the parts. */
Test(spice, writes_a_real_rack_at_one_instant)
{
    static const char *const lines[] = {
        "* sw2: open",
        "Lsw1 psu1 sw1.x 1e-07 IC=",
    };
    static const char *const nodes[] = {"bus_a", "bus_a.1", "bus_a.3", "psu1", "web4"};
    const char *yaml = "title: x\nduration: 20 ms\nrack: ../scenarios/racks/standby-fet.yaml\n";

    write_good(yaml, MS(10), false);
    for (size_t i = 0; i < 2; i++) {
        cr_expect(strstr(netlist, lines[i]) != NULL, "%s", netlist);
    }
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "\nC%s %s 0 ", nodes[i], nodes[i]);
        cr_expect(strstr(netlist, line) != NULL, "no node %s", nodes[i]);
    }
    cr_expect_eq(problems(yaml), 13, "each part that is not ideal");
}

Test(spice, refuses_what_a_script_cannot_say)
{
    cr_expect_eq(problems(PARTS "do:\n  - {when: a.v < 11 V, act: p1.off}\n"), 1);
    cr_expect_eq(problems("title: x\nduration: 1 s\nrack:\n  a: {is: node, c: 1 mF, v0: 12 V}\n"
                          "  s1: {is: switch, from: a, r: 1 Ohm, trip_node: a, closed: yes}\n"
                          "do:\n  - {at: 1 ms, act: s1.close}\n"),
                 1);
    cr_expect_eq(problems(PARTS "do:\n  - {at: 0 s, act: l1.step, to: 1 W, times: 100000, "
                                "every: 1 ns}\n"),
                 1);
}

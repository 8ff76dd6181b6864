/* A scenario says what its file says. Oracle: the file. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario.h"
#include "toy.h"

TestSuite(scenario, .init = toy_kinds);

static struct scenario *load_text(const char *text)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("tests/bad/x.yaml", text, strlen(text), d);

    diag_print(d, stderr, false);
    diag_free(d);
    cr_assert(s, "%s", text);
    return s;
}

static const struct part *part(const struct scenario *s, const char *name)
{
    int32_t i = rack_find(&s->rack, name, strlen(name));

    cr_assert(i != NO_PART, "%s", name);
    return &s->rack.parts[i];
}

#define RACK                                                                                       \
    "duration: 300 ms\nrack:\n  feed_a: {is: feed}\n"                                              \
    "  psu[1..2]: {is: psu, part: toy-psu, from: feed_a, i2c: smbus0/mux0.#/0x58}\n"               \
    "  bus_a: {is: bus, v: 12 V, c: 20 mF}\n  sw[1..2]: {is: fet, from: psu#, to: bus_a.#, on: "   \
    "expander0.#}\n  web[1..3]: {is: server, from: [bus_a.0, bus_a], p: 350 W}\n"

Test(scenario, parts_come_in_layers_and_file_order)
{
    struct scenario *s = load_text(RACK);
    const struct toy_psu *psu2 = part(s, "psu2")->params;
    const struct toy_server *web3 = part(s, "web3")->params;

    cr_expect_str_eq(s->rack.parts[0].name, "feed_a");
    cr_expect_str_eq(s->rack.parts[2].name, "psu2");
    cr_expect(psu2->v_V == 12.2 && psu2->rated_A == 163.0); /* library part */
    cr_expect(psu2->hold_up == MS(20) && psu2->start == 1); /* defaults */
    cr_expect(psu2->from == 0);
    cr_expect(web3->from.n == 2 && web3->from.at[0].tap == 0 && web3->from.at[1].tap == TAP_ANY);
    cr_expect(web3->profile == NO_PART);
    cr_expect(part(s, "web3")->number == 3 && part(s, "web3")->stem_length == 3);
    cr_expect(part(s, "bus_a")->number == -1);
    scenario_free(s);
}

Test(scenario, paths_imply_the_usual_bus_mux_and_expander)
{
    struct scenario *s = load_text(RACK);
    const struct toy_psu *psu2 = part(s, "psu2")->params;
    const struct i2c_path *mux = part(s, "mux0")->params;
    const struct i2c_path *expander = part(s, "expander0")->params;
    int32_t bus = rack_find(&s->rack, "smbus0", 6);

    cr_expect(psu2->i2c.bus == bus && psu2->i2c.channel == 2 && psu2->i2c.address == 0x58);
    cr_expect(psu2->i2c.mux == (int32_t)(part(s, "mux0") - s->rack.parts));
    cr_expect(mux->bus == bus && mux->mux == NO_PART && mux->address == 0x70);
    cr_expect(expander->bus == bus && expander->address == 0x20);
    scenario_free(s);
}

Test(scenario, a_rack_file_takes_overrides)
{
    struct scenario *s =
        load_text("duration: 1 s\nrack: {file: racks/good.yaml, psu2: {capacity: 3},"
                  " web[3..4]: {p: 500 W}, feed_b: {is: feed}}");

    cr_expect(((const struct toy_psu *)part(s, "psu1")->params)->capacity == 1);
    cr_expect(((const struct toy_psu *)part(s, "psu2")->params)->capacity == 3);
    cr_expect(((const struct toy_server *)part(s, "web2")->params)->p_W == 350.0);
    cr_expect(((const struct toy_server *)part(s, "web4")->params)->p_W == 500.0);
    part(s, "feed_b");
    scenario_free(s);
}

Test(scenario, deeds_say_when_and_what)
{
    struct scenario *s = load_text(
        RACK "do:\n  - {at: 50 ms, act: psu2.lose_input, for: 40 ms}\n"
             "  - {when: bus_a.v < 11.5 V, act: web[2..3].step, to: 500 W, optional: yes}\n"
             "  - {at: 10 ms, every: 5 ms, times: 3, act: psu[*].set_v, to: 12.3 V, over: 1 ms}\n");
    const struct deed *d = s->deeds;

    cr_assert(s->n_deeds == 3);
    cr_expect(d[0].at == MS(50) && d[0].lasts == MS(40) && !d[0].optional && d[0].times == 1);
    cr_expect_str_eq(d[0].targets[0].action->key, "lose_input");
    cr_expect_str_eq(d[0].targets[0].undo->key, "restore_input");
    cr_expect_str_eq(d[0].text, "at 50 ms: psu2.lose_input, for: 40 ms");
    cr_expect(d[0].place.line == 9);
    cr_expect(d[1].at == NS_NEVER && d[1].when && d[1].optional && d[1].n_targets == 2);
    cr_expect(d[1].targets[1].args.to == 500.0 && d[1].lasts == NS_NEVER);
    cr_expect(d[2].times == 3 && d[2].every == MS(5) && d[2].targets[1].args.over == MS(1));
    scenario_free(s);
}

Test(scenario, expectations_keep_their_limits)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load("tests/bad/good.yaml", d);

    cr_assert(s && s->n_expectations == 8);
    const struct expectation *e = s->expectations;
    cr_expect(e[0].what == EXPECT_GAP && e[0].at_most == MS(1));
    cr_expect_str_eq(e[0].text, "gap: bus_a.v < 11.4 V, at_most: 1 ms");
    cr_expect(e[1].at_most == 0 && expr_instances(e[1].expr) == 4);
    cr_expect(e[2].what == EXPECT_NEVER && e[2].lasting == MS(20));
    cr_expect(e[3].what == EXPECT_AFTER && e[3].within == MS(40) && e[3].n_after == 1);
    cr_expect(e[4].what == EXPECT_COUNT && e[4].most == 4.0 && isinf(e[4].least));
    cr_expect(e[6].what == EXPECT_ENDS && e[7].what == EXPECT_HOLDS && e[7].at == MS(1));
    cr_expect(s->n_covers == 1 && s->seed == 1 && s->sample == US(10) && s->duration == MS(300));
    scenario_free(s);
    diag_free(d);
}

Test(scenario, vary_is_checked_and_kept)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load("tests/bad/good.yaml", d);

    cr_assert(s && s->n_vary == 5);
    const struct vary *v = s->vary;
    cr_expect(v[0].of == VARY_FIELD && v[0].n_parts == 4 && v[0].n_values == 3);
    cr_expect(v[0].values[2] == 500.0);
    cr_expect(v[1].of == VARY_DEED_AT && v[1].how == VARY_UNIFORM && v[1].b == 0.06);
    cr_expect(v[2].how == VARY_NORMAL && fabs(v[2].b - 1e-4) < 1e-15);
    cr_expect(v[3].n_values == 9 && fabs(v[3].values[8] - 5e-3) < 1e-15);
    cr_expect(v[4].of == VARY_SEED && v[4].n_values == 20 && v[4].values[19] == 20.0);
    scenario_free(s);
    diag_free(d);
}

/* Conditions fall through zero when they become true, groups go together, dimensions are checked.
 * Oracle: the arithmetic, by hand. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/expr.h"
#include "sim/scenario.h"
#include "toy.h"

static struct scenario *scenario;
static struct diag *problems;
static struct arena *arena;
static struct world world;

static int32_t part(const char *name)
{
    return rack_find(&scenario->rack, name, strlen(name));
}

static void set_up(void)
{
    toy_kinds();
    problems = diag_new();
    arena = arena_new();
    scenario = scenario_load("tests/bad/good.yaml", problems);
    cr_assert(scenario);
    world.parts = scenario->rack.parts;
}

static void tear_down(void)
{
    scenario_free(scenario);
    diag_free(problems);
    arena_free(arena);
}

TestSuite(expr, .init = set_up, .fini = tear_down);

static const struct expr *compile(const char *text)
{
    const struct expr *e =
        expr_compile(arena, problems, &scenario->rack, text, (struct place){.in = NULL});

    if (!e) {
        diag_print(problems, stderr, false);
    }
    cr_assert(e, "%s", text);
    return e;
}

static double value(const char *text)
{
    return expr_value(compile(text), 0, &world, 0);
}

Test(expr, a_comparison_is_the_distance_to_its_threshold)
{
    world.value[part("bus_a")] = 12.0;
    cr_expect(value("bus_a.v < 11.4 V") == 12.0 - 11.4);
    cr_expect(value("bus_a.v > 11.4 V") == 11.4 - 12.0);
    cr_expect(value("11.4 V > bus_a.v") == 12.0 - 11.4);
    cr_expect(value("bus_a.v < 12 V") == 0.0); /* not true */
    cr_expect(value("bus_a.v <= 12 V") < 0.0);
    cr_expect(value("not bus_a.v < 12 V") < 0.0);
    cr_expect(value("not bus_a.v <= 12 V") == 0.0);
    cr_expect(value("not not bus_a.v < 11.4 V") == 12.0 - 11.4);
}

Test(expr, and_is_the_larger_or_the_smaller_side)
{
    world.value[part("bus_a")] = 10.0;
    world.value[part("web1")] = 9.0;
    cr_expect(value("bus_a.v < 11 V and web1.v < 11 V") == -1.0);
    cr_expect(value("bus_a.v < 11 V or web1.v < 11 V") == -2.0);
    cr_expect(value("bus_a.v < 9.5 V or web1.v < 11 V") == -2.0);
    cr_expect(value("bus_a.v < 9.5 V and web1.v < 11 V") == 0.5);
    cr_expect(value("not (bus_a.v < 11 V and web1.v < 11 V)") == 1.0);
    /* `and` before `or` */
    cr_expect(value("bus_a.v < 11 V or bus_a.v < 9 V and web1.v < 1 V") == -1.0);
}

Test(expr, arithmetic_keeps_its_order_and_its_units)
{
    world.value[part("bus_a")] = 12.0;
    world.value[part("psu1")] = 100.0;
    cr_expect(value("psu1.i * bus_a.v > 1 kW") == 1000.0 - 1200.0);
    cr_expect(value("bus_a.v - 1 V - 2 V < 8 V") == 1.0);
    cr_expect(value("bus_a.v + 2 * 3 V < 0 V") == 18.0);
    cr_expect(value("-(bus_a.v - 10 V) < 0 V") == -2.0);
    cr_expect(value("bus_a.v / psu1.i < 100 mOhm") == 12.0 / 100.0 - 0.1);
    cr_expect(value("psu1.i < 90 % * psu1.rated") == 100.0 - 0.9 * 163.0);
    cr_expect(value("psu1.hold_up < 20 ms") == 0.0);
    cr_expect(value("psu1.capacity == 1") == -1.0);
    cr_expect(value("psu1.start == on") == -1.0);
}

Test(expr, states_compare_with_their_words)
{
    world.value[part("sw1")] = 1.0;
    world.member[part("ctl")][part("psu2")] = 3.0;
    cr_expect(value("sw1.state == CLOSED") == -1.0);
    cr_expect(value("sw1.state == OPEN") == 1.0);
    cr_expect(value("sw1.state != OPEN") == -1.0);
    cr_expect(value("LOST == ctl.psu2") == -1.0);
    cr_expect(value("not ctl.psu1 == LOST") == -1.0);
}

Test(expr, a_group_has_an_instance_for_each_member)
{
    const struct expr *e = compile("psu[*].i > 1.2 * psu[*].rated");

    world.value[part("psu2")] = 200.0;
    cr_assert(expr_instances(e) == 2);
    cr_expect(expr_value(e, 0, &world, 0) == 1.2 * 163.0);
    cr_expect(expr_value(e, 1, &world, 0) == 1.2 * 163.0 - 200.0);
    cr_expect_str_eq(expr_text(e, 1), "psu2.i > 1.2 * psu2.rated");
    cr_expect_str_eq(expr_left_text(e, 1), "psu2.i");
    cr_expect_str_eq(expr_right_text(e, 1), "1.2 * psu2.rated");
    cr_expect_str_eq(expr_source(e), "psu[*].i > 1.2 * psu[*].rated");
    cr_expect(expr_ref(e, 1, 0)->part == part("psu2"));
    cr_expect(expr_is_continuous(e, 0));
    cr_expect(!expr_is_continuous(compile("ctl.psu1 == LOST"), 0));
}

Test(expr, different_groups_of_the_same_numbers_go_together)
{
    const struct expr *e = compile("sw[1..2].i > psu[*].i");

    cr_expect(expr_instances(e) == 2);
    cr_expect(expr_ref(e, 1, 0)->part == part("sw2") && expr_ref(e, 1, 1)->part == part("psu2"));
}

Test(expr, taps_are_members_of_a_family)
{
    const struct expr *e = compile("bus_a.v[*] < 11 V");

    world.member[part("bus_a")][3] = 10.0;
    world.member[part("bus_a")][0] = 12.0;
    cr_expect(expr_instances(e) == 4);
    cr_expect(expr_value(e, 3, &world, 0) == -1.0 && expr_value(e, 0, &world, 0) == 1.0);
    cr_expect_str_eq(expr_text(e, 3), "bus_a.v[3] < 11 V");
    cr_expect_str_eq(expr_text(compile("ctl.psu[*] == LOST"), 1), "ctl.psu2 == LOST");
}

Test(expr, has_two_sides_only_when_it_is_one_comparison_of_numbers)
{
    double left, right;
    enum quantity q;
    const struct expr *e = compile("web[3].v < 10.8 V");

    world.value[part("web3")] = 11.0;
    cr_expect(expr_sides(e, 0, &world, 0, &left, &right) && left == 11.0 && right == 10.8);
    cr_expect(expr_quantity(e, &q) && q == QTY_VOLT);
    cr_expect(!expr_sides(compile("sw1.state == OPEN"), 0, &world, 0, &left, &right));
    cr_expect(!expr_sides(compile("web1.v < 1 V or web2.v < 1 V"), 0, &world, 0, &left, &right));
    cr_expect(!expr_is_condition(compile("sw1.operations")));
    cr_expect(expr_quantity(compile("psu1.i * bus_a.v"), &q) && q == QTY_WATT);
    cr_expect_str_eq(expr_left_text(compile("(web3.v < 10 V)"), 0), "(web3.v < 10 V)");
    cr_expect_str_eq(expr_left_text(compile("(web3.v + 1 V) * 2 < 10 V"), 0), "(web3.v + 1 V) * 2");
}

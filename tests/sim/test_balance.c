/* test_balance.c - the books of energy close over every scenario of the suite.
 *
 * Oracle: the conservation of energy. Meters count by Gauss's rule on the segments, what is stored
 * is read from the states: an element whose law, mode change or meter is wrong shows as a rest. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* What is left over, in parts of what moved. */
static double left(const char *path, double tolerance)
{
    struct scenario *s = suite_load(path);
    struct run *r =
        suite_play(s, &(struct plant_options){.meter_all = true, .tolerance = tolerance});
    struct books between = books_between(&r->begin, &r->end);
    double part = fabs(books_left(&between));

    cr_expect_gt(between.moved_J, 0.1, "%s moves nothing", path);
    if (getenv("POWERGAP_VERBOSE") != NULL) {
        printf("%-45s at %.0e: %8.1e of %.4g J left\n", path, tolerance, part, between.moved_J);
    }
    run_free(r);
    scenario_free(s);
    return part;
}

static void scenario_closes(const char *path)
{
    double part = left(path, 0.0);

    cr_expect_leq(part, 1e-6, "%s: %.2g of what moved is left", path, part);
}

Test(balance, energy_balances_over_every_scenario)
{
    suite_scenarios(scenario_closes);
}

/* They move a joule or two in a transient of milliseconds, with nothing quiet around it: a single
 * step of the tolerance 3e-6 may err by as much as 1e-6 of that. So the tolerance itself is the
 * bound, and it is kept when it shrinks. */
static void circuit_closes(const char *path)
{
    static const double tolerances[] = {3e-6, 1e-6};

    for (int i = 0; i < 2; i++) {
        double part = left(path, tolerances[i]);
        cr_expect_leq(part, tolerances[i], "%s: %.2g of what moved is left", path, part);
    }
}

Test(balance, energy_balances_over_every_reference_circuit)
{
    suite_circuits(circuit_closes);
}

/* Counting changes nothing: same events to the last bit. */
static void counting_changes_nothing(const char *path)
{
    struct scenario *s = suite_load(path);
    struct run *counted = suite_play(s, &(struct plant_options){.meter_all = true});
    struct run *plain = suite_play(s, &(struct plant_options){.meter_all = false});

    cr_expect_eq(counted->world->plant->hash, plain->world->plant->hash, "%s", path);
    cr_expect_eq(judge_verdict(counted->judge), judge_verdict(plain->judge), "%s", path);
    run_free(plain);
    run_free(counted);
    scenario_free(s);
}

Test(balance, counting_changes_nothing)
{
    suite_scenarios(counting_changes_nothing);
}

/* By hand: 2 J in, 1.625 uJ less out. */
Test(balance, what_is_missing_is_left_over)
{
    FILE *out = tmpfile();
    char text[1024] = "";
    struct books b = {.sources_J = 2.0,
                      .loads_J = 1.0,
                      .links_J = 0.25,
                      .capacitors_J = 0.5,
                      .inductors_J = 0.25 - 1.625e-6,
                      .moved_J = 1.625};

    cr_assert_float_eq(books_left_J(&b), 1.625e-6, 1e-15);
    cr_assert_float_eq(books_left(&b), 1e-6, 1e-15);
    books_print(out, &b);
    rewind(out);
    cr_assert_gt(fread(text, 1, sizeof text - 1, out), 0);
    fclose(out);
    cr_expect(strstr(text, "left over") != NULL && strstr(text, "1.625 uJ") != NULL &&
                  strstr(text, "1.0e-06 of what moved") != NULL,
              "%s", text);
}

/* test_oracle.c - eleven reference circuits against values that others have computed.
 *
 * Oracle: truth_nodes.csv and truth_loads.csv, on which a stiff integrator at 1e-12, an explicit
 * one of order 8 and, where there is one, the closed form agree to 1 ns and 1 uV. Edges, gaps and
 * load drops within max(1 us, 0.1 % of the gap), lowest voltages within 0.2 %, counts exactly. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rig.h"

enum { CELLS = 9, LINE = 512 };

static double worst_ns;   /* of all times, of their tolerance */
static double worst_part; /* of all that was compared, error over tolerance */

/* Cut a line of CSV without quotes; cells may be empty. */
static int cut(char *line, char *cell[CELLS])
{
    int n = 0;

    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; n < CELLS; at++) {
        cell[n++] = at;
        at += strcspn(at, ",");
        if (*at == '\0') {
            break;
        }
        *at = '\0';
    }
    return n;
}

static void compare(const char *circuit, const char *what, double is, double wanted,
                    double tolerance, const char *unit)
{
    double error = fabs(is - wanted);
    bool good = error <= tolerance;

    printf("%-3s %-16s %18.12f %-2s  error %9.2e  tolerance %9.2e  %5.1f %%%s\n", circuit, what, is,
           unit, error, tolerance, 100.0 * error / tolerance, good ? "" : "  <--");
    worst_part = fmax(worst_part, error / tolerance);
    if (unit[0] == 's') {
        worst_ns = fmax(worst_ns, 1e9 * error);
    }
    cr_expect(good, "%s %s: %.12g, not %.12g", circuit, what, is, wanted);
}

/* An edge that the truth leaves empty must not be. */
static void compare_time(const char *circuit, const char *what, ns_t is, const char *wanted,
                         double tolerance)
{
    if (wanted[0] == '\0') {
        cr_expect_eq(is, NS_NEVER, "%s %s should not be", circuit, what);
        return;
    }
    cr_assert_neq(is, NS_NEVER, "%s %s is missing", circuit, what);
    compare(circuit, what, ns_to_s(is), atof(wanted), tolerance, "s");
}

struct seen {
    int32_t gaps;
    ns_t first_down, last_up, total;
    double v_min;
};

static struct seen look(const struct rig *r, const struct watch *k)
{
    struct seen s = {.first_down = NS_NEVER, .last_up = NS_NEVER};
    double left;
    double right;

    cr_assert(expr_sides(k->expr, k->instance, r->run->world, 0, &left, &right));
    s.v_min = right + k->closest;
    for (int32_t i = 0; i < rig_gaps(r); i++) {
        const struct gap *g = rig_gap(r, i);
        if (g->watch != k->index) {
            continue;
        }
        s.gaps++;
        s.first_down = s.first_down == NS_NEVER ? g->start : s.first_down;
        s.last_up = g->open ? NS_NEVER : g->end;
        s.total += g->end - g->start;
        s.v_min = fmin(s.v_min, g->worst);
    }
    return s;
}

/* case,node,gaps,first_down_s,last_up_s,gap_s,v_min_V,t_v_min_s,v_end_V */
static double compare_node(const struct rig *r, const char *circuit, char *cell[CELLS])
{
    char what[64];
    double gap = atof(cell[5]);
    double tolerance = fmax(1e-6, 1e-3 * gap);

    snprintf(what, sizeof what, "%s.v", cell[1]);
    struct seen s = look(r, rig_observer(r, what));
    cr_expect_eq(s.gaps, atoi(cell[2]), "%s: %d gaps, not %s", circuit, s.gaps, cell[2]);
    compare_time(circuit, "first down", s.first_down, cell[3], tolerance);
    compare_time(circuit, "last up", s.last_up, cell[4], tolerance);
    compare(circuit, "gap", ns_to_s(s.total), gap, tolerance, "s");
    compare(circuit, "lowest", s.v_min, atof(cell[6]), 2e-3 * atof(cell[6]), "V");
    compare(circuit, "at the end", rig_read(r, cell[1], "v"), atof(cell[8]), 2e-3 * atof(cell[8]),
            "V");
    return tolerance;
}

static ns_t time_of(const struct event *e)
{
    return e == NULL ? NS_NEVER : e->at;
}

/* case,load,times_off,times_on,first_off_s,first_on_s */
static void compare_load(const struct rig *r, const char *circuit, char *cell[CELLS],
                         double tolerance)
{
    cr_expect_eq(rig_events(r, cell[1], EV_UVLO), atoi(cell[2]), "%s %s", circuit, cell[1]);
    cr_expect_eq(rig_events(r, cell[1], EV_LOAD_ON), atoi(cell[3]), "%s %s", circuit, cell[1]);
    compare_time(circuit, "load off", time_of(rig_event(r, cell[1], EV_UVLO, 0)), cell[4],
                 tolerance);
    compare_time(circuit, "load on", time_of(rig_event(r, cell[1], EV_LOAD_ON, 0)), cell[5],
                 tolerance);
}

/* Every row of the truth about this circuit. */
static double compare_rows(const struct rig *r, const char *circuit, const char *path,
                           double tolerance)
{
    FILE *in = fopen(path, "r");
    char line[LINE];
    char *cell[CELLS];
    int rows = 0;

    cr_assert(in != NULL, "%s", path);
    while (fgets(line, sizeof line, in) != NULL) {
        int n = cut(line, cell);
        if (strcmp(cell[0], circuit) != 0) {
            continue;
        }
        rows++;
        if (n == CELLS) {
            double node = compare_node(r, circuit, cell);
            tolerance = rows == 1 || node < tolerance ? node : tolerance;
        } else {
            compare_load(r, circuit, cell, tolerance);
        }
    }
    fclose(in);
    cr_assert(rows > 0, "there is no truth about %s", circuit);
    return tolerance;
}

static void reproduce(const char *circuit)
{
    char path[64];

    snprintf(path, sizeof path, "tests/oracle/%s.yaml", circuit);
    struct rig *r = rig_from_file(path);
    double tolerance = compare_rows(r, circuit, "tests/oracle/truth_nodes.csv", 1e-6);
    compare_rows(r, circuit, "tests/oracle/truth_loads.csv", tolerance);
    cr_expect_eq(judge_verdict(r->run->judge), VERDICT_PASS);
    printf("%-3s worst time %.1f ns; worst of all %.2f %% of its tolerance\n", circuit, worst_ns,
           100.0 * worst_part);
    rig_free(r);
}

Test(oracle, a1_dead_supply)
{
    reproduce("a1");
}

Test(oracle, a3_hold_up_tail)
{
    reproduce("a3");
}

Test(oracle, b2_survivor_in_its_limit)
{
    reproduce("b2");
}

Test(oracle, c1_spare_switched_in)
{
    reproduce("c1");
}

Test(oracle, c2_spare_behind_a_fet)
{
    reproduce("c2");
}

Test(oracle, d2_relay_bounces_with_the_load_off)
{
    reproduce("d2");
}

Test(oracle, d4_relay_bounces_with_the_load_on)
{
    reproduce("d4");
}

Test(oracle, e1_server_on_two_bars)
{
    reproduce("e1");
}

Test(oracle, f1_shorted_supply)
{
    reproduce("f1");
}

Test(oracle, f2_shorted_supply_trips)
{
    reproduce("f2");
}

Test(oracle, g2_hiccup)
{
    reproduce("g2");
}

/* test_referee.c - the referee is right, and powergap agrees with it.
 *
 * Oracle of the referee: truth_nodes.csv and truth_loads.csv. Oracle of powergap: the referee, on
 * circuits drawn at random (`make duels` searches further than the seeds kept here). */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "duel.h"
#include "referee.h"

enum { CELLS = 9, LINE = 512 };

static void read_circuit(const char *name, struct ckt *c)
{
    static char text[CKT_TEXT];
    char path[LINE + 64];
    int wrong;

    snprintf(path, sizeof path, "tests/oracle/%s.ckt", name);
    FILE *in = fopen(path, "r");
    cr_assert(in != NULL, "%s", path);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    cr_assert(ckt_read(c, text, &wrong), "%s, line %d", path, wrong);
}

/* An empty cell says that it must not be. */
static void expect(const char *name, const char *what, double is, const char *cell, double within)
{
    if (cell[0] == '\0') {
        cr_expect(isnan(is), "%s %s: %.12g should not be", name, what, is);
    } else {
        cr_expect_float_eq(is, atof(cell), within, "%s %s: %.12g, not %s", name, what, is, cell);
    }
}

static int index_of(const char *name, const char *first, size_t size, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(first + (size_t)i * size, name) == 0) {
            return i;
        }
    }
    cr_assert(false, "there is no %s", name);
    return 0;
}

static double first(int n, const double t[])
{
    return n > 0 ? t[0] : NAN;
}

/* case,node,gaps,first_down_s,last_up_s,gap_s,v_min_V,t_v_min_s,v_end_V */
static void expect_node(const struct ckt *c, const struct outcome *o, char *cell[])
{
    int i = index_of(cell[1], c->node[0].name, sizeof c->node[0], c->n_nodes);
    const struct edges *e = &o->node[i].gap;

    cr_expect_eq(e->n_begun, atoi(cell[2]), "%s %s", cell[0], cell[1]);
    expect(cell[0], "first down", first(e->n_begun, e->begun), cell[3], 1e-9);
    expect(cell[0], "last up", edges_last_end(e), cell[4], 1e-9);
    expect(cell[0], "gap", o->node[i].gap_s, cell[5], 1e-9);
    expect(cell[0], "lowest", o->node[i].v_min, cell[6], 1e-6);
    expect(cell[0], "at the end", o->node[i].v_end, cell[8], 1e-6);
}

/* case,load,times_off,times_on,first_off_s,first_on_s */
static void expect_load(const struct ckt *c, const struct outcome *o, char *cell[])
{
    int i = index_of(cell[1], c->cpl[0].name, sizeof c->cpl[0], c->n_cpls);
    const struct edges *e = &o->off[i];

    cr_expect_eq(e->n_begun, atoi(cell[2]), "%s %s", cell[0], cell[1]);
    cr_expect_eq(e->n_ended, atoi(cell[3]), "%s %s", cell[0], cell[1]);
    expect(cell[0], "off", first(e->n_begun, e->begun), cell[4], 1e-9);
    expect(cell[0], "on", first(e->n_ended, e->ended), cell[5], 1e-9);
}

static void each_row(const char *path,
                     void (*check)(const struct ckt *, const struct outcome *, char *[]))
{
    static struct ckt c;
    static struct outcome o;
    char line[LINE], name[LINE] = "", *cell[CELLS];
    int rows = 0;
    FILE *in = fopen(path, "r");

    cr_assert(in != NULL && fgets(line, sizeof line, in) != NULL, "%s", path);
    while (fgets(line, sizeof line, in) != NULL) {
        char *at = line;
        for (int i = 0; i < CELLS; i++) {
            cell[i] = at;
            at += strcspn(at, ",\r\n");
            at += *at != '\0';
            at[-1] = '\0';
        }
        if (strcmp(name, cell[0]) != 0) {
            memcpy(name, cell[0], strlen(cell[0]) + 1);
            read_circuit(name, &c);
            cr_assert(referee_play(&c, 0.0, &o), "%s", name);
        }
        check(&c, &o, cell);
        rows++;
    }
    cr_assert_gt(rows, 0, "%s holds nothing", path);
    fclose(in);
}

Test(referee, finds_the_truth_to_a_nanosecond_and_a_microvolt)
{
    each_row("tests/oracle/truth_nodes.csv", expect_node);
    each_row("tests/oracle/truth_loads.csv", expect_load);
}

/* Chosen for what they found when they were drawn: an output switched in its hiccup, e moved in it, a
 * switch told two things in one instant, a trip before its switch was closed, currents that set in
 * through a diode, a hundred restarts that a clock of 1 ns puts off, more gaps than are kept; the
 * others are the first ones. */
Test(referee, and_powergap_agree_on_random_circuits)
{
    static const uint64_t seeds[] = {
        1,   2,   3,   4,   5,   6,   7,   8,   9,    10,   11,   12,    13,    14,   15,
        16,  17,  18,  19,  20,  21,  22,  23,  24,   29,   34,   40,    101,   167,  188,
        205, 412, 419, 498, 606, 637, 750, 772, 1094, 1910, 2771, 24768, 25618, 29674};
    static char text[CKT_TEXT];
    static char story[8 * CKT_TEXT];

    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        FILE *out = fmemopen(story, sizeof story, "w");
        cr_assert(out != NULL);
        draw(seeds[i], text, sizeof text);
        struct duel_result r = duel(text, 0.0, out);
        fclose(out);
        cr_expect_eq(r.verdict, DUEL_AGREES, "seed %llu:\n%s%s", (unsigned long long)seeds[i],
                     story, text);
    }
}

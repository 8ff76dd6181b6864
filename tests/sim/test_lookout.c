/* test_lookout.c - nobody who has to look is forgotten.
 *
 * Oracle: a reader that looks at everything after every instant, and counts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/rig.h"

/* Two supplies, their switches, a bus with a multiplexer, a controller: one supply dies and comes
 * back, the bus is held, a load steps, a bar is shorted. */
#define BUSY                                                                                       \
    "duration: 1200 ms\nrack: scenarios/racks/two-bars-12v.yaml\n"                                 \
    "do:\n  - {at: 100 ms, act: psu1.die}\n  - {at: 300 ms, act: psu1.repair}\n"                   \
    "  - {at: 320 ms, act: psu6.lose_input, for: 60 ms}\n"                                         \
    "  - {at: 400 ms, act: \"web[1..8].step\", to: 250 W}\n"                                       \
    "  - {at: 500 ms, act: smbus0.hold_sda, for: 50 ms}\n"                                         \
    "  - {at: 600 ms, act: psu3.short_output, for: 10 ms}\n"                                       \
    "  - {at: 700 ms, act: feed_b.open, for: 100 ms}\nexpect:\n"

/* Words, counts and quantities that jump, alone and beside voltages and currents. */
static const char *const watched[] = {"ctl.psu[*] == LOST",
                                      "ctl.psu[*] == SHARING",
                                      "ctl.sweeps > 20",
                                      "ctl.nacks > 2",
                                      "ctl.commands > 1",
                                      "mux0.channels == 1",
                                      "mux0.channels == 4",
                                      "expander0.pins > 20",
                                      "psu[*].state == ON",
                                      "psu[*].pwok == HIGH",
                                      "psu[*].input == LOST",
                                      "psu[*].temperature > 45.3 degC",
                                      "psu[*].temperature < 45 degC",
                                      "web[*].state == ON",
                                      "web[*].drops > 0",
                                      "sw_a[*].state == CLOSED",
                                      "sw_b[*].operations > 0",
                                      "sw_a[*].loss > 0.05 J",
                                      "feed_b.v < 100 V",
                                      "ctl.psu1 == LOST and bus_a.v < 12.5 V",
                                      "web17.state == ON and mux0.channels == 2"};
enum { WATCHED = sizeof watched / sizeof *watched, MOST = 32 };

static struct rig *busy_rack(void)
{
    static char text[8192];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", BUSY);

    for (int i = 0; i < WATCHED; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "  - {count: \"%s\", at_most: 0}\n",
                              watched[i]);
    }
    return rig_from_text(text);
}

struct reader {
    bool was[WATCHED][MOST];
    int32_t rises[WATCHED][MOST];
};

static void read_all(struct reader *r, const struct scenario *s, const struct world *w, bool first)
{
    for (int i = 0; i < WATCHED; i++) {
        const struct expr *e = s->expectations[i].expr;
        for (int32_t k = 0; k < expr_instances(e); k++) {
            bool is = expr_holds(e, k, w, w->plant->now);
            r->rises[i][k] += is && !r->was[i][k] && !first;
            r->was[i][k] = is;
        }
    }
}

/* Plays the scenario again, with nothing but the plant and the script. */
static void play_and_read(struct reader *r, const struct scenario *s)
{
    struct plant_options options = {.seed = s->seed};
    struct world *w =
        plant_new(s->rack.parts, s->rack.n_parts, &options, &(struct sink){.ctx = NULL});
    struct script *k = script_new(s, w, (struct script_ear){.ctx = NULL});
    bool first = true;

    while (plant_next(w, s->duration)) {
        read_all(r, s, w, first);
        first = false;
    }
    plant_flush(w);
    read_all(r, s, w, false);
    script_free(k);
    plant_free(w);
}

Test(lookout, who_looks_when_told_sees_all_that_who_always_looks_sees, .timeout = 300)
{
    static struct reader r;
    struct rig *rig = busy_rack();
    int32_t rises = 0;

    play_and_read(&r, rig->scenario);
    for (int32_t i = 0; i < judge_rulings(rig->run->judge); i++) {
        const struct ruling *u = rig_ruling(rig, i);
        int32_t seen = r.rises[u->expectation][u->instance];
        cr_expect_eq((int32_t)u->measured, seen, "%s: %d times, not %d", u->text, (int)u->measured,
                     seen);
        rises += seen;
    }
    cr_expect_gt(rises, 200, "%d rises only", (int)rises);
    rig_free(rig);
}

/* A condition of two nodes that islands part and join: the same story told by each alone. */
Test(lookout, watches_follow_their_islands)
{
    struct rig *r = rig_from_text("duration: 10 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                                  "  n2: {is: node, c: 1 mF, v0: 12 V}\n"
                                  "  p1: {is: source, at: n1, e: 12 V, r: 10 mOhm, i_max: 100 A}\n"
                                  "  s1: {is: switch, from: n1, to: n2, r: 1 mOhm}\n"
                                  "  l1: {is: load, at: n2, p: 12 W, off_below: 2 V}\n"
                                  "do:\n  - {at: 5 ms, act: s1.close}\n"
                                  "expect:\n  - {gap: n2.v < 11 V, at_most: 10 ms}\n"
                                  "  - {gap: n1.v < 11 V, at_most: 10 ms}\n"
                                  "  - {never: n1.v - n2.v > 1 V, for: 10 ms}\n");
    double down_s = (144.0 - 121.0) / (2.0 * 12.0 / 1e-3); /* C v dv/dt = -P */

    cr_expect_float_eq(ns_to_s(rig_gap(r, 0)->start), down_s, 1e-7);
    cr_expect(rig_gap(r, 0)->end >= MS(5) && rig_gap(r, 0)->end < MS(5) + US(200));
    cr_expect_eq(rig_gaps(r), 2); /* as the charge is shared, n1 falls below as well */
    cr_expect_geq(rig_gap(r, 1)->start, MS(5));
    cr_expect_float_eq(rig_ruling(r, 2)->measured, 5e-3 - down_s, 100e-6);
    rig_free(r);
}

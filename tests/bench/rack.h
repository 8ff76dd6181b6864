/* rack.h - the electrical racks of the bench: described once, written down for each program that is
 * to run them.
 *
 * Bars come in pairs. Each supply feeds its own bar and can be switched over to the other one of the
 * pair; each server hangs on one bar behind an ORing diode. In 25 groups a supply fails, 3 ms later
 * one of the other bar's helps out, after 100 ms the supply is back, after 150 ms the helper is
 * released. On every other bar the servers draw more than the supplies that are left can give: it
 * collapses, its servers drop out and come back. */
#ifndef TESTS_BENCH_RACK_H
#define TESTS_BENCH_RACK_H

#include <stdbool.h>
#include <stdint.h>

#include "models/ns.h"

struct bench_rack {
    const char *name;
    int32_t supplies, bars, servers; /* in all; as many on each bar */
    double hungry_W, modest_W;       /* of each server on even bars and on odd ones, from 0 */
    int32_t faulty;                  /* supplies 0 .. faulty - 1 take turns to fail */
};

#define BENCH_SECONDS 10 /* simulated */

/* Values of the parts, SI; sources of current as in models/ideal.h. */
#define BENCH_BAR_F      10e-3
#define BENCH_OUT_F      2e-3
#define BENCH_IN_F       1e-3
#define BENCH_E_V        12.2
#define BENCH_SOURCE_OHM 4e-3
#define BENCH_SOURCE_A   150.0
#define BENCH_SWITCH_OHM 1e-3
#define BENCH_DIODE_OHM  2e-3
#define BENCH_OFF_V      10.8 /* a server drops out below, and comes back 5 ms after it has seen more */
#define BENCH_ON_V       11.5
#define BENCH_RESTART_S  5e-3
#define BENCH_FLOOR_V    0.5  /* below this a server is a resistor */
#define BENCH_GAP_V      11.4 /* a gap: a bar is below */

/* What is done to the rack: one ramp of a supply or of a switch, in order of time. */
enum bench_act { BENCH_SUPPLY_OFF, BENCH_SWITCH_CLOSE, BENCH_SUPPLY_ON, BENCH_SWITCH_OPEN };
enum { BENCH_GROUPS = 25, BENCH_DEEDS = 4 * BENCH_GROUPS };

struct bench_deed {
    ns_t at, over;
    enum bench_act act;
    int32_t supply; /* from 0; of a switch: the supply that it leads to the other bar */
};

/* NULL: there is none of that name. */
const struct bench_rack *bench_rack_named(const char *name);
/* "8", "64", "512", "100-racks"; NULL behind the last. */
const struct bench_rack *bench_rack_at(int32_t i);

void bench_deeds(const struct bench_rack *r, struct bench_deed deed[BENCH_DEEDS]);

/* Bar of a supply, counted from 0: its own, and the other one of the pair. */
int32_t bench_bar_of(const struct bench_rack *r, int32_t supply);
int32_t bench_other_bar(int32_t bar);
/* What a server on this bar draws. */
double bench_server_W(const struct bench_rack *r, int32_t bar);

/* Voltages at which a bar and what hangs on it are at rest, as they start. */
struct bench_rest {
    double bar_V, out_V, in_V;
};

struct bench_rest bench_at_rest(const struct bench_rack *r, int32_t bar);

#endif

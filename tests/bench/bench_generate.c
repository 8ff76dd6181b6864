/* bench_generate.c - writes an electrical rack of the bench to standard output.
 *
 *   bench_generate yaml NAME           as a scenario
 *   bench_generate spice NAME SECONDS  as a netlist of ngspice, with timed switches
 *
 * The same name gives the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack.h"

/* ---- a scenario -------------------------------------------------------------------------------- */

static void yaml_bar(const struct bench_rack *r, int32_t bar)
{
    int32_t supplies = r->supplies / r->bars;
    int32_t servers = r->servers / r->bars;
    int32_t s = bar * supplies + 1;
    int32_t w = bar * servers + 1;

    printf("  own[%d..%d]: {is: switch, from: out#, to: bar%d, r: %g Ohm, closed: yes}\n", s,
           s + supplies - 1, bar + 1, BENCH_SWITCH_OHM);
    printf("  other[%d..%d]: {is: switch, from: out#, to: bar%d, r: %g Ohm}\n", s, s + supplies - 1,
           bench_other_bar(bar) + 1, BENCH_SWITCH_OHM);
    printf("  oring[%d..%d]: {is: diode, from: bar%d, to: in#, r: %g Ohm}\n", w, w + servers - 1,
           bar + 1, BENCH_DIODE_OHM);
    printf("  web[%d..%d]: {is: load, at: in#, p: %g W, off_below: %g V, on_above: %g V, "
           "restart: %g s, v_floor: %g V}\n",
           w, w + servers - 1, bench_server_W(r, bar), BENCH_OFF_V, BENCH_ON_V, BENCH_RESTART_S,
           BENCH_FLOOR_V);
}

static void yaml_deeds(const struct bench_rack *r)
{
    static const struct {
        const char *part, *action;
    } words[] = {[BENCH_SUPPLY_OFF] = {"psu", "off"},
                 [BENCH_SWITCH_CLOSE] = {"other", "close"},
                 [BENCH_SUPPLY_ON] = {"psu", "on"},
                 [BENCH_SWITCH_OPEN] = {"other", "open"}};
    struct bench_deed deed[BENCH_DEEDS];

    bench_deeds(r, deed);
    for (int i = 0; i < BENCH_DEEDS; i++) {
        printf("  - {at: %lld us, act: %s%d.%s, over: %lld us}\n", (long long)(deed[i].at / US(1)),
               words[deed[i].act].part, deed[i].supply + 1, words[deed[i].act].action,
               (long long)(deed[i].over / US(1)));
    }
}

static void yaml_write(const struct bench_rack *r)
{
    printf("title: %d supplies, %d bars, %d servers, %d failures in %d s\n", r->supplies, r->bars,
           r->servers, BENCH_GROUPS, BENCH_SECONDS);
    printf("duration: %d s\nrack:\n", BENCH_SECONDS);
    printf("  bar[1..%d]: {is: node, c: %g F, v0: %g V}\n", r->bars, BENCH_BAR_F, BENCH_BAR_V);
    printf("  out[1..%d]: {is: node, c: %g F, v0: %g V}\n", r->supplies, BENCH_OUT_F, BENCH_OUT_V);
    printf("  psu[1..%d]: {is: source, at: out#, e: %g V, r: %g Ohm, i_max: %g A}\n", r->supplies,
           BENCH_E_V, BENCH_SOURCE_OHM, BENCH_SOURCE_A);
    printf("  in[1..%d]: {is: node, c: %g F, v0: %g V}\n", r->servers, BENCH_IN_F, BENCH_IN_V);
    for (int32_t bar = 0; bar < r->bars; bar++) {
        yaml_bar(r, bar);
    }
    printf("do:\n");
    yaml_deeds(r);
    printf("expect:\n  - {gap: \"bar[*].v < %g V\", at_most: %d s}\n", BENCH_GAP_V, BENCH_SECONDS);
}

/* ---- a netlist --------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    const struct bench_rack *r = argc > 2 ? bench_rack_named(argv[2]) : NULL;

    if (r != NULL && strcmp(argv[1], "yaml") == 0) {
        yaml_write(r);
    } else {
        fputs("bench_generate yaml|spice NAME [SECONDS]; names:", stderr);
        for (int32_t i = 0; bench_rack_at(i) != NULL; i++) {
            fprintf(stderr, " %s", bench_rack_at(i)->name);
        }
        fputc('\n', stderr);
        return 2;
    }
    return 0;
}

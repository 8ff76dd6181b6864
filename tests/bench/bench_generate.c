/* bench_generate.c - writes an electrical rack of the bench to standard output.
 *
 *   bench_generate yaml NAME                as a scenario
 *   bench_generate spice NAME SECONDS STEP  as a netlist of ngspice: how much of it, longest step
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

    struct bench_rest rest = bench_at_rest(r, bar);

    printf("  bar[%d..%d]: {is: node, c: %g F, v0: %.12g V}\n", bar + 1, bar + 1, BENCH_BAR_F,
           rest.bar_V);
    printf("  out[%d..%d]: {is: node, c: %g F, v0: %.12g V}\n", s, s + supplies - 1, BENCH_OUT_F,
           rest.out_V);
    printf("  psu[%d..%d]: {is: source, at: out#, e: %g V, r: %g Ohm, i_max: %g A}\n", s,
           s + supplies - 1, BENCH_E_V, BENCH_SOURCE_OHM, BENCH_SOURCE_A);
    printf("  in[%d..%d]: {is: node, c: %g F, v0: %.12g V}\n", w, w + servers - 1, BENCH_IN_F,
           rest.in_V);
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
    for (int32_t bar = 0; bar < r->bars; bar++) {
        yaml_bar(r, bar);
    }
    printf("do:\n");
    yaml_deeds(r);
    printf("expect:\n  - {gap: \"bar[*].v < %g V\", at_most: %d s}\n", BENCH_GAP_V, BENCH_SECONDS);
}

/* ---- a netlist: what a law needs beyond R and C is a current source with an expression ------------ */

/* A voltage "kindN" that follows the ramps of a supply (s) or of its switch to the other bar (g). */
static void spice_scale(const struct bench_rack *r, int32_t supply, char kind, double end_s)
{
    bool is_switch = kind == 'g';
    struct bench_deed deed[BENCH_DEEDS];

    bench_deeds(r, deed);
    printf("v%c%d %c%d 0 pwl(0 %d", kind, supply + 1, kind, supply + 1, !is_switch);
    for (int i = 0; i < BENCH_DEEDS; i++) {
        const struct bench_deed *d = &deed[i];
        bool on = d->act == BENCH_SWITCH_CLOSE || d->act == BENCH_SUPPLY_ON;
        bool of_switch = d->act == BENCH_SWITCH_CLOSE || d->act == BENCH_SWITCH_OPEN;
        if (d->supply == supply && of_switch == is_switch && ns_to_s(d->at) < end_s) {
            printf(" %.9f %d %.9f %d", ns_to_s(d->at), !on, ns_to_s(d->at + d->over), on);
        }
    }
    printf(")\n");
}

static bool has_part(const struct bench_rack *r, int32_t supply, enum bench_act act, double end_s)
{
    struct bench_deed deed[BENCH_DEEDS];
    bool found = false;

    bench_deeds(r, deed);
    for (int i = 0; i < BENCH_DEEDS; i++) {
        found = found ||
                (deed[i].supply == supply && deed[i].act == act && ns_to_s(deed[i].at) < end_s);
    }
    return found;
}

static void spice_supply(const struct bench_rack *r, int32_t supply, double end_s)
{
    int32_t i = supply + 1;
    int32_t own = bench_bar_of(r, supply);
    bool fails = has_part(r, supply, BENCH_SUPPLY_OFF, end_s);

    printf("co%d out%d 0 %g ic=%.12g\n", i, i, BENCH_OUT_F, bench_at_rest(r, own).out_V);
    printf("ro%d out%d bar%d %g\n", i, i, own + 1, BENCH_SWITCH_OHM);
    printf("bo%d 0 out%d i=min(uramp((%g-v(out%d))/%g),%g)", i, i, BENCH_E_V, i, BENCH_SOURCE_OHM,
           BENCH_SOURCE_A);
    if (fails) {
        printf("*v(s%d)\n", i);
        spice_scale(r, supply, 's', end_s);
    } else {
        putchar('\n');
    }
    if (has_part(r, supply, BENCH_SWITCH_CLOSE, end_s)) {
        int32_t other = bench_other_bar(own) + 1;
        printf("bg%d out%d bar%d i=v(g%d)*(v(out%d)-v(bar%d))/%g\n", i, i, other, i, i, other,
               BENCH_SWITCH_OHM);
        spice_scale(r, supply, 'g', end_s);
    }
}

/* q: a switch with hysteresis, 1 while the voltage is good; t: a capacitor that says for how long. */
static void spice_server(const struct bench_rack *r, int32_t server)
{
    int32_t i = server + 1;
    int32_t bar = server / (r->servers / r->bars);

    printf("ci%d in%d 0 %g ic=%.12g\n", i, i, BENCH_IN_F, bench_at_rest(r, bar).in_V);
    printf("bd%d bar%d in%d i=uramp(v(bar%d)-v(in%d))/%g\n", i, bar + 1, i, bar + 1, i,
           BENCH_DIODE_OHM);
    printf("sq%d one q%d in%d 0 lock on\nrq%d q%d 0 1k\n", i, i, i, i, i);
    printf("bt%d 0 t%d i=v(q%d)>0.5 ? (v(t%d)<2 ? 1 : 0) : -1000*v(t%d)\n", i, i, i, i, i);
    printf("ct%d t%d 0 %g ic=2\n", i, i, BENCH_RESTART_S);
    printf("bi%d in%d 0 i=(v(q%d)>0.5 && v(t%d)>1) ? %g/max(v(in%d),%g) : 0\n", i, i, i, i,
           bench_server_W(r, bar), i, BENCH_FLOOR_V);
}

static void spice_vectors(const struct bench_rack *r, const char *command)
{
    printf("%s", command);
    for (int32_t i = 0; i < r->bars; i++) {
        printf(" v(bar%d)", i + 1);
    }
    putchar('\n');
}

static void spice_write(const struct bench_rack *r, double end_s, double step_s)
{
    printf("%d supplies, %d bars, %d servers\n", r->supplies, r->bars, r->servers);
    printf("vone one 0 1\n.model lock sw(vt=%g vh=%g ron=1 roff=1e9)\n",
           (BENCH_ON_V + BENCH_OFF_V) / 2.0, (BENCH_ON_V - BENCH_OFF_V) / 2.0);
    for (int32_t i = 0; i < r->bars; i++) {
        printf("cb%d bar%d 0 %g ic=%.12g\n", i + 1, i + 1, BENCH_BAR_F, bench_at_rest(r, i).bar_V);
    }
    for (int32_t i = 0; i < r->supplies; i++) {
        spice_supply(r, i, end_s);
    }
    for (int32_t i = 0; i < r->servers; i++) {
        spice_server(r, i);
    }
    printf(".options reltol=1e-5\n");
    printf(".tran %g %g 0 %g uic\n", step_s, end_s, step_s);
    spice_vectors(r, ".save");
    printf(".control\nset numdgt=15\nset wr_singlescale\nrun\n");
    spice_vectors(r, "wrdata bars.data");
    printf("rusage all\nquit\n.endc\n.end\n");
}

int main(int argc, char **argv)
{
    const struct bench_rack *r = argc > 2 ? bench_rack_named(argv[2]) : NULL;

    if (r != NULL && argc == 3 && strcmp(argv[1], "yaml") == 0) {
        yaml_write(r);
    } else if (r != NULL && argc == 5 && strcmp(argv[1], "spice") == 0) {
        spice_write(r, strtod(argv[3], NULL), strtod(argv[4], NULL));
    } else {
        fputs("bench_generate yaml NAME | spice NAME SECONDS STEP; names:", stderr);
        for (int32_t i = 0; bench_rack_at(i) != NULL; i++) {
            fprintf(stderr, " %s", bench_rack_at(i)->name);
        }
        fputc('\n', stderr);
        return 2;
    }
    return 0;
}

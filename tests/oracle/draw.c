/* draw.c - from seed to circuit. */
#include "draw.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

enum { TIMES = 24 };

struct drawing {
    uint64_t random;
    char *text;
    size_t room, n;
    double tstop, v, p, share_A; /* of a supply, when all carry the same */
    int n_bars, n_psus, n_loads, n_switches, n_times;
    double times[TIMES];
    double old[8]; /* thresholds that may come again */
    int n_old;
};

/* splitmix64 */
static double uniform(struct drawing *d)
{
    uint64_t z = d->random += 0x9E3779B97F4A7C15U;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double between(struct drawing *d, double lo, double hi)
{
    return lo + (hi - lo) * uniform(d);
}

/* As likely in each decade. */
static double about(struct drawing *d, double lo, double hi)
{
    return lo * pow(hi / lo, uniform(d));
}

static int whole(struct drawing *d, int lo, int hi)
{
    return lo + (int)(uniform(d) * (hi - lo + 1));
}

static bool chance(struct drawing *d, double p)
{
    return uniform(d) < p;
}

static __attribute__((format(printf, 2, 3))) void put(struct drawing *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(d->text + d->n, d->room - d->n, format, args);
    va_end(args);
    d->n = d->n + (size_t)n < d->room ? d->n + (size_t)n : d->room - 1;
}

/* In whole nanoseconds, now and then at the same instant as something else. */
static double instant(struct drawing *d)
{
    if (d->n_times > 0 && chance(d, 0.25)) {
        return d->times[whole(d, 0, d->n_times - 1)];
    }
    double t = floor(between(d, 0.02, 0.8) * d->tstop * 1e9) * 1e-9;
    if (d->n_times < TIMES) {
        d->times[d->n_times++] = t;
    }
    return t;
}

/* Of a ramp or a delay: often none. */
static double lasting(struct drawing *d, double most)
{
    return chance(d, 0.4) ? 0.0 : floor(about(d, 1e-7, most) * 1e9) * 1e-9;
}

/* A voltage in parts of the nominal one, now and then one that was there before. */
static double threshold(struct drawing *d, double lo, double hi)
{
    double v = floor(between(d, lo, hi) * d->v * 1e3) * 1e-3;

    for (int i = 0; i < d->n_old; i++) {
        if (d->old[i] >= lo * d->v && d->old[i] <= hi * d->v && chance(d, 0.2)) {
            return d->old[i];
        }
    }
    if (d->n_old < (int)(sizeof d->old / sizeof *d->old)) {
        d->old[d->n_old++] = v;
    }
    return v;
}

/* Of a gap: near, but never equal to where a load drops, for a voltage that only touches it would be
 * below it or not by the last bit. */
static double gap_threshold(struct drawing *d, double lo, double hi)
{
    return threshold(d, lo, hi) + 0.5e-3 * d->v;
}

/* ---- parts ------------------------------------------------------------------------------------- */

/* That lasts, alone, for so long: C v^2 / 2 = P t. */
static double capacitance(struct drawing *d, double lo_s, double hi_s)
{
    return 2.0 * d->p / d->n_bars * about(d, lo_s, hi_s) / (d->v * d->v);
}

static void draw_bar(struct drawing *d, int bar)
{
    double v0 = chance(d, 0.1) ? between(d, 0.0, 0.9) : between(d, 0.97, 1.0);

    put(d, "node b%d C=%.6g V0=%.6g uv=%.6g\n", bar, capacitance(d, 0.2e-3, 20e-3), v0 * d->v,
        gap_threshold(d, 0.7, 0.99));
}

/* How a supply reaches its bar. */
static void draw_way(struct drawing *d, int psu, int bar)
{
    double r = about(d, 0.002, 0.03) * d->v / d->share_A;
    int kind = whole(d, 0, 3);

    if (kind == 0) {
        put(d, "res r%d n%d b%d R=%.6g\n", psu, psu, bar, r);
    } else if (kind == 1) {
        put(d, "ind i%d n%d b%d L=%.6g R=%.6g I0=%.6g\n", psu, psu, bar, r * about(d, 3e-6, 1e-3),
            r, between(d, 0.0, d->share_A));
    } else if (kind == 2) {
        put(d, "dio d%d n%d b%d Vf=%.6g Ron=%.6g\n", psu, psu, bar,
            chance(d, 0.5) ? 0.0 : between(d, 0.0, 0.05) * d->v, r);
    } else {
        put(d, "sw s%d n%d b%d Ron=%.6g on=%d\n", d->n_switches++, psu, bar, r, chance(d, 0.7));
        if (chance(d, 0.3)) {
            put(d, "trip s%d b%d Vth=%.6g delay=%.6g tr=%.6g\n", d->n_switches - 1,
                whole(d, 0, d->n_bars - 1), threshold(d, 0.6, 0.95), lasting(d, 1e-3),
                lasting(d, 1e-4));
        }
    }
}

static void draw_psu(struct drawing *d, int psu)
{
    int bar = psu < d->n_bars ? psu : whole(d, 0, d->n_bars - 1);
    bool direct = chance(d, 0.4);

    if (!direct) {
        put(d, "node n%d C=%.6g V0=%.6g%s\n", psu, capacitance(d, 0.1e-3, 3e-3),
            between(d, 0.97, 1.0) * d->v, chance(d, 0.2) ? " uv=6" : "");
    }
    put(d, "psu p%d %c%d E=%.6g R=%.6g Ilim=%.6g rev=%d on=%d", psu, direct ? 'b' : 'n',
        direct ? bar : psu, (chance(d, 0.4) ? 1.0 : between(d, 0.97, 1.03)) * d->v,
        about(d, 0.003, 0.06) * d->v / d->share_A, d->share_A * between(d, 0.8, 2.5),
        chance(d, 0.3), chance(d, 0.85));
    if (chance(d, 0.35)) {
        put(d, " toc=%.6g thic=%.6g tss=%.6g", floor(about(d, 1e-5, 0.2 * d->tstop) * 1e9) * 1e-9,
            floor(about(d, 1e-4, 0.2 * d->tstop) * 1e9) * 1e-9, lasting(d, 2e-3));
    }
    put(d, "\n");
    if (!direct) {
        draw_way(d, psu, bar);
    }
}

static void draw_cpl(struct drawing *d, int load, const char *node)
{
    double off = threshold(d, 0.5, 0.92);

    put(d, "cpl l%d %s P=%.6g Voff=%.6g", load, node,
        d->p / d->n_loads * (chance(d, 0.5) ? 1.0 : between(d, 0.3, 1.5)), off);
    if (chance(d, 0.6)) {
        double on = fmax(threshold(d, 0.6, 0.97), off + 0.02 * d->v);
        double wait = fmax(lasting(d, 0.2 * d->tstop), chance(d, 0.9) ? 0.01 * d->tstop : 0.0);
        put(d, " Von=%.6g trst=%.9f", on, wait);
    }
    put(d, " vfl=%.6g\n", 0.04 * d->v);
}

/* On a bar, or a server of its own behind diodes from one or two bars. */
static void draw_load(struct drawing *d, int load)
{
    int bar = whole(d, 0, d->n_bars - 1);
    char node[16];

    snprintf(node, sizeof node, "b%d", bar);
    if (chance(d, 0.3)) {
        double r = about(d, 0.002, 0.02) * d->v / d->share_A;
        snprintf(node, sizeof node, "m%d", load);
        put(d, "node %s C=%.6g V0=%.6g uv=%.6g\n", node, capacitance(d, 0.1e-3, 3e-3),
            between(d, 0.9, 1.0) * d->v, gap_threshold(d, 0.7, 0.98));
        put(d, "dio e%d b%d %s Vf=%.6g Ron=%.6g\n", load, bar, node, 0.0, r);
        if (d->n_bars > 1) {
            put(d, "dio f%d b%d %s Vf=%.6g Ron=%.6g\n", load, (bar + 1) % d->n_bars, node, 0.0, r);
        }
    }
    draw_cpl(d, load, node);
}

/* ---- what happens ------------------------------------------------------------------------------ */

/* A contact that bounces a few times before it stays. */
static void draw_bounces(struct drawing *d, int sw, double at)
{
    int n = whole(d, 1, 3);

    for (int i = 0; i < n; i++) {
        put(d, "at %.9f on s%d tr=0\n", at, sw);
        at += floor(about(d, 2e-5, 3e-4) * 1e9) * 1e-9;
        put(d, "at %.9f off s%d tr=0\n", at, sw);
        at += floor(about(d, 2e-5, 3e-4) * 1e9) * 1e-9;
    }
    put(d, "at %.9f on s%d tr=0\n", at, sw);
}

static void draw_tie(struct drawing *d)
{
    put(d, "sw s%d b0 b1 Ron=%.6g on=%d\n", d->n_switches++,
        about(d, 0.002, 0.03) * d->v / d->share_A, chance(d, 0.3));
}

/* Bolted, of a bar to ground; the switch stays, is opened again, or trips. */
static void draw_short(struct drawing *d)
{
    int sw = d->n_switches++;
    int bar = whole(d, 0, d->n_bars - 1);
    double at = instant(d);

    put(d, "sw s%d b%d 0 Ron=%.6g on=0\n", sw, bar, about(d, 0.02, 0.5) * d->v / d->share_A);
    put(d, "at %.9f on s%d tr=%.6g\n", at, sw, lasting(d, 1e-5));
    if (chance(d, 0.5)) {
        put(d, "trip s%d b%d Vth=%.6g delay=%.6g tr=%.6g\n", sw, bar, threshold(d, 0.3, 0.9),
            lasting(d, 1e-4), lasting(d, 1e-5));
    } else {
        put(d, "at %.9f off s%d tr=%.6g\n", at + lasting(d, 1e-3), sw, lasting(d, 1e-5));
    }
}

static void draw_psu_event(struct drawing *d)
{
    int psu = whole(d, 0, d->n_psus - 1);
    double at = instant(d);

    if (chance(d, 0.4)) {
        put(d, "at %.9f eramp p%d to=%.6g dur=%.6g\n", at, psu,
            chance(d, 0.3) ? 0.0 : between(d, 0.7, 1.05) * d->v, lasting(d, 5e-3));
        return;
    }
    put(d, "at %.9f off p%d tr=%.6g\n", at, psu, lasting(d, 1e-4));
    if (chance(d, 0.5)) {
        put(d, "at %.9f on p%d tr=%.6g\n", at + floor(about(d, 1e-4, 1e-2) * 1e9) * 1e-9, psu,
            lasting(d, 1e-4));
    }
}

static void draw_switch_event(struct drawing *d)
{
    int sw = whole(d, 0, d->n_switches - 1);
    double at = instant(d);

    if (chance(d, 0.3)) {
        draw_bounces(d, sw, at);
    } else {
        put(d, "at %.9f %s s%d tr=%.6g\n", at, chance(d, 0.5) ? "on" : "off", sw, lasting(d, 1e-4));
    }
}

static void draw_events(struct drawing *d)
{
    int n = whole(d, 1, 4);

    for (int i = 0; i < n; i++) {
        if (d->n_switches > 0 && chance(d, 0.4)) {
            draw_switch_event(d);
        } else {
            draw_psu_event(d);
        }
    }
}

void draw(uint64_t seed, char *text, size_t room)
{
    struct drawing d = {.random = seed * 0x2545F4914F6CDD1DU, .text = text, .room = room};

    d.v = chance(&d, 0.8) ? 12.0 : 50.0;
    d.p = about(&d, 200.0, 4000.0);
    d.tstop = floor(about(&d, 2e-3, 30e-3) * 1e9) * 1e-9;
    d.n_bars = whole(&d, 1, 2);
    d.n_psus = whole(&d, d.n_bars, 5);
    d.n_loads = whole(&d, 1, 3);
    d.share_A = d.p / d.v / d.n_psus;
    put(&d, "title drawn from seed %llu\ntstop %.9f\n", (unsigned long long)seed, d.tstop);
    for (int i = 0; i < d.n_bars; i++) {
        draw_bar(&d, i);
    }
    for (int i = 0; i < d.n_psus; i++) {
        draw_psu(&d, i);
    }
    for (int i = 0; i < d.n_loads; i++) {
        draw_load(&d, i);
    }
    if (d.n_bars > 1 && chance(&d, 0.5)) {
        draw_tie(&d);
    }
    if (chance(&d, 0.3)) {
        draw_short(&d);
    }
    draw_events(&d);
}

/* duel.c - play, compare, shrink. */
#include "duel.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "referee.h"
#include "sim/run.h"

enum { TOLD = 8 }; /* at most of one circuit */

static const double NEXT_DOOR = 1e-5; /* of time and of voltage: what decides nothing */
static const double CLOCK_S = 1e-9;   /* of powergap */

/* ---- powergap ---------------------------------------------------------------------------------- */

static void note_gap(struct outcome *o, int node, const struct gap *g)
{
    struct edges *e = &o->node[node].gap;

    edges_begin(e, ns_to_s(g->start));
    if (!g->open) {
        edges_end(e, ns_to_s(g->end));
    }
    o->node[node].gap_s += ns_to_s(g->end - g->start);
    o->node[node].v_min = fmin(o->node[node].v_min, g->worst);
}

/* Watches are in the order of the expectations, which is that of the observed nodes. */
static void note_watch(struct outcome *o, int node, const struct run *r, int watch)
{
    const struct watch *k = judge_watch(r->judge, watch);
    const struct gaps *gaps = judge_gaps(r->judge);
    double left, right;

    expr_sides(k->expr, k->instance, r->world, 0, &left, &right);
    o->node[node].v_min = right + k->closest;
    for (int i = 0; i < gaps->n; i++) {
        if (gaps->gap[i].watch == watch) {
            note_gap(o, node, &gaps->gap[i]);
        }
    }
}

static void note_events(const struct ckt *c, struct outcome *o, const struct run *r)
{
    for (int i = 0; i < c->n_cpls; i++) {
        int part = rack_find(&r->scenario->rack, c->cpl[i].name, strlen(c->cpl[i].name));
        for (uint32_t k = 0; k < r->log.n; k++) {
            const struct event *e = log_at(&r->log, k + 1);
            if (e->part == part && e->kind == EV_UVLO) {
                edges_begin(&o->off[i], ns_to_s(e->at));
            } else if (e->part == part && e->kind == EV_LOAD_ON) {
                edges_end(&o->off[i], ns_to_s(e->at));
            }
        }
    }
}

static bool powergap_play(const struct ckt *c, double tolerance, struct outcome *o, FILE *story)
{
    static char text[4 * CKT_TEXT];
    struct diag *d = diag_new();
    struct scenario *s = NULL;
    struct run *r = NULL;

    memset(o, 0, sizeof *o);
    if (ckt_scenario(c, text, sizeof text)) {
        s = scenario_load_text("duel.yaml", text, strlen(text), d);
    }
    if (s != NULL) {
        struct plant_options plant = {.seed = s->seed, .tolerance = tolerance};
        r = run_play(s, &(struct run_options){.plant = plant}, d);
    }
    for (int i = 0, watch = 0; r != NULL && i < c->n_nodes; i++) {
        o->node[i].v_end = net_v_V(r->world, i, r->world->plant->now);
        if (c->node[i].uv > 0.0) {
            note_watch(o, i, r, watch++);
        }
    }
    if (r != NULL) {
        note_events(c, o, r);
    } else if (story != NULL) {
        diag_print(d, story, false);
    }
    bool played = r != NULL;
    run_free(r);
    scenario_free(s);
    diag_free(d);
    return played;
}

/* ---- compare ----------------------------------------------------------------------------------- */

struct comparison {
    struct duel_result *result;
    FILE *story;
    const char *of;
};

static __attribute__((format(printf, 2, 3))) void tell(struct comparison *k, const char *format,
                                                       ...)
{
    va_list args;

    k->result->verdict = DUEL_DISAGREES;
    k->result->told++;
    if (k->result->told <= TOLD && k->story != NULL) {
        fprintf(k->story, "    %s: ", k->of);
        va_start(args, format);
        vfprintf(k->story, format, args);
        va_end(args);
        fputc('\n', k->story);
    }
}

static void compare(struct comparison *k, const char *what, int n, double is, double wanted,
                    double tolerance)
{
    double part = fabs(is - wanted) / tolerance;

    k->result->n++;
    k->result->worst = fmax(k->result->worst, part);
    if (!(part <= 1.0)) {
        tell(k, "%s %d: %.9g, referee %.9g, %.2e off, %.2e allowed", what, n + 1, is, wanted,
             is - wanted, tolerance);
    }
}

static void compare_edges(struct comparison *k, const char *begins, const char *ends,
                          const struct edges *is, const struct edges *wanted, double tolerance)
{
    if (is->n_begun != wanted->n_begun || is->n_ended != wanted->n_ended) {
        tell(k, "%d x %s and %d x %s, referee %d and %d", is->n_begun, begins, is->n_ended, ends,
             wanted->n_begun, wanted->n_ended);
    }
    for (int i = 0; i < is->n_begun && i < wanted->n_begun && i < EDGES_MANY; i++) {
        compare(k, begins, i, is->begun[i], wanted->begun[i], tolerance);
    }
    for (int i = 0; i < is->n_ended && i < wanted->n_ended && i < EDGES_MANY; i++) {
        compare(k, ends, i, is->ended[i], wanted->ended[i], tolerance);
    }
}

static double tolerance_s(const struct outcome *o, int node)
{
    return fmax(1e-6, 1e-3 * o->node[node].gap_s);
}

static struct duel_result compare_outcomes(const struct ckt *c, const struct outcome *is,
                                           const struct outcome *wanted, FILE *story)
{
    struct duel_result result = {.verdict = DUEL_AGREES};
    struct comparison k = {.result = &result, .story = story};

    for (int i = 0; i < c->n_nodes; i++) {
        double v = wanted->node[i].v_min;
        k.of = c->node[i].name;
        if (c->node[i].uv > 0.0) {
            compare_edges(&k, "down", "up", &is->node[i].gap, &wanted->node[i].gap,
                          tolerance_s(wanted, i));
            compare(&k, "gap", 0, is->node[i].gap_s, wanted->node[i].gap_s, tolerance_s(wanted, i));
            compare(&k, "lowest", 0, is->node[i].v_min, v, 2e-3 * fabs(v) + 1e-4);
            result.gaps += wanted->node[i].gap.n_begun;
        }
    }
    for (int i = 0; i < c->n_cpls; i++) {
        k.of = c->cpl[i].name;
        compare_edges(&k, "off", "on", &is->off[i], &wanted->off[i],
                      tolerance_s(wanted, c->cpl[i].node));
        result.drops += wanted->off[i].n_begun;
    }
    return result;
}

/* ---- is there anything to decide? -------------------------------------------------------------- */

/* The same with its capacitances, its loads or its thresholds a little larger or smaller. */
static bool is_undecided(const struct ckt *c, const struct outcome *straight)
{
    static struct ckt near;
    static struct outcome other;

    for (int way = 0; way < 6; way++) {
        double more = way % 2 == 0 ? 1.0 + NEXT_DOOR : 1.0 - NEXT_DOOR;
        near = *c;
        for (int i = 0; i < near.n_nodes; i++) {
            near.node[i].C *= way / 2 == 0 ? more : 1.0;
            near.node[i].uv *= way / 2 == 2 ? more : 1.0;
        }
        for (int i = 0; i < near.n_cpls; i++) {
            near.cpl[i].P *= way / 2 == 1 ? more : 1.0;
        }
        if (!referee_play(&near, 0.0, &other) ||
            compare_outcomes(c, &other, straight, NULL).verdict != DUEL_AGREES) {
            return true;
        }
    }
    return false;
}

struct duel_result duel(const char *text, double tolerance, FILE *story)
{
    static struct ckt c;
    static struct outcome ours, theirs, ticks;
    int wrong;

    if (!ckt_read(&c, text, &wrong)) {
        if (story != NULL) {
            fprintf(story, "    line %d is not understood\n", wrong);
        }
        return (struct duel_result){.verdict = DUEL_BROKEN};
    }
    if (!referee_play(&c, 0.0, &theirs) || !referee_play(&c, CLOCK_S, &ticks) ||
        !powergap_play(&c, tolerance, &ours, story)) {
        return (struct duel_result){.verdict = DUEL_BROKEN};
    }
    struct duel_result r = compare_outcomes(&c, &ours, &theirs, NULL);
    if (r.verdict == DUEL_DISAGREES) {
        r = compare_outcomes(&c, &ours, &ticks, story);
    }
    if (r.verdict == DUEL_DISAGREES && is_undecided(&c, &theirs)) {
        r.verdict = DUEL_UNDECIDED;
    }
    return r;
}

/* ---- shrink ------------------------------------------------------------------------------------ */

static void cut_line(char *text, const char *from, size_t at)
{
    const char *rest = strchr(from + at, '\n');

    memcpy(text, from, at);
    strcpy(text + at, rest == NULL ? "" : rest + 1);
}

void duel_shrink(char *text)
{
    static char less[CKT_TEXT];
    bool shrunk = true;

    while (shrunk) {
        shrunk = false;
        for (size_t at = 0; text[at] != '\0';) {
            cut_line(less, text, at);
            if (duel(less, 0.0, NULL).verdict == DUEL_DISAGREES) {
                strcpy(text, less);
                shrunk = true;
            } else {
                at += strcspn(text + at, "\n");
                at += text[at] == '\n';
            }
        }
    }
}

/* outcome_write.c - a run as lines of CSV: rulings, figures for a baseline, marks of coverage.
 *
 * A detection is explained like a gap: from the action to the controller's first decision that goes
 * back to it.  Checked by tests/sim/test_suite.sh. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "csv.h"
#include "host.h"
#include "host_config.h"
#include "outcome.h"

enum { NAME = 512 };

static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (text[0] != '\0') {
        csv_write_text(out, text);
    }
}

static void put_number(FILE *out, double value)
{
    fputc(',', out);
    if (!isnan(value)) {
        fprintf(out, "%.17g", value);
    }
}

/* ---- rulings ------------------------------------------------------------------------------------- */

/* What is a matter of yes or no, or just allowed, has nothing to come near to. */
static double nearness(const struct ruling *u)
{
    static const double FAR = 1e6;

    return u->verdict == VERDICT_PASS && u->margin == 0.0 ? FAR : cell_order(u);
}

static void write_rulings(FILE *out, const struct run *r)
{
    for (int32_t i = 0; i < judge_rulings(r->judge); i++) {
        const struct ruling *u = judge_ruling(r->judge, i);
        char cell[CELL];
        fprintf(out, "ruling,%d", u->verdict);
        cell_what(cell, r, u);
        put_text(out, cell);
        cell_value(cell, u, u->measured);
        put_text(out, cell);
        cell_limit(cell, r, u);
        put_text(out, cell);
        cell_margin(cell, u);
        put_text(out, cell);
        cell_when(cell, u, 1);
        put_text(out, cell);
        put_number(out, u->measured);
        put_number(out, u->limit);
        put_number(out, u->margin);
        put_number(out, u->error);
        put_text(out, quantity_unit(u->quantity));
        put_number(out, nearness(u));
        fputc('\n', out);
    }
}

/* ---- figures ------------------------------------------------------------------------------------- */

static void write_figure(FILE *out, const struct figure *f)
{
    fprintf(out, "figure,%s", figure_word(f->what));
    put_text(out, f->name);
    put_text(out, f->unit);
    put_number(out, f->value);
    put_number(out, f->error);
    put_number(out, f->scale);
    fputc('\n', out);
}

static void write_spans(FILE *out, const struct anatomy *a)
{
    for (int c = 0; c < SPAN_CLASSES; c++) {
        if (a->within[c] > 0) {
            fprintf(out, "span,%d", c);
            put_number(out, ns_to_s(a->within[c]));
            fputc('\n', out);
        }
    }
}

static void write_margins(FILE *out, const struct run *r)
{
    const struct scenario *s = r->scenario;
    char name[NAME];

    for (int32_t i = 0; i < judge_rulings(r->judge); i++) {
        const struct ruling *u = judge_ruling(r->judge, i);
        if (u->expectation < 0 || !isfinite(u->margin)) {
            continue;
        }
        const struct expectation *e = &s->expectations[u->expectation];
        bool has_many = expr_instances(e->expr) > 1;
        snprintf(name, sizeof name, "%s%s%s", e->text, has_many ? "; " : "",
                 has_many ? u->text : "");
        write_figure(out, &(struct figure){.what = FIGURE_MARGIN,
                                           .name = name,
                                           .unit = quantity_unit(u->quantity),
                                           .value = u->margin,
                                           .error = u->error,
                                           .scale = isfinite(u->limit) ? fabs(u->limit) : 0.0});
    }
}

/* Index of the log's action that this event is; -1. */
static int32_t action_index(const struct log *l, uint32_t event)
{
    int32_t lo = 0;
    int32_t hi = l->n_actions;

    while (lo < hi) {
        int32_t middle = lo + (hi - lo) / 2;
        if (l->actions[middle].event < event) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo < l->n_actions && l->actions[lo].event == event ? lo : -1;
}

static bool same_part(const struct log *l, const struct log_action *x, const struct log_action *y)
{
    return log_at(l, x->event)->part == log_at(l, y->event)->part;
}

/* How often the log has named this action before. */
static int32_t times_before(const struct log *l, int32_t i)
{
    int32_t n = 0;

    for (int32_t k = 0; k < i; k++) {
        n += l->actions[k].action == l->actions[i].action &&
             same_part(l, &l->actions[k], &l->actions[i]);
    }
    return n;
}

/* Does it end what an earlier action has begun? When that is noticed is no detection of a fault. */
static bool is_repair(const struct log *l, int32_t i)
{
    for (int32_t k = 0; k < i; k++) {
        const char *undo = l->actions[k].action->undo;
        if (undo != NULL && strcmp(undo, l->actions[i].action->key) == 0 &&
            same_part(l, &l->actions[k], &l->actions[i])) {
            return true;
        }
    }
    return false;
}

static void write_detection(FILE *out, const struct run *r, int32_t i, const struct event *decision)
{
    const struct log *l = &r->log;
    const struct event *action = log_at(l, l->actions[i].event);
    struct gap whole = {
        .start = action->at, .end = decision->at, .hurt = action->id, .helped = decision->id};
    struct anatomy a;
    char name[NAME];
    char deed[LOG_NAME];
    int32_t before = times_before(l, i);

    log_name(l, r->scenario->rack.parts, action->id, deed);
    if (before > 0) {
        snprintf(name, sizeof name, "%s #%" PRId32, deed, before + 1);
    } else {
        snprintf(name, sizeof name, "%s", deed);
    }
    write_figure(out, &(struct figure){.what = FIGURE_DETECTION,
                                       .name = name,
                                       .unit = "s",
                                       .value = ns_to_s(decision->at - action->at)});
    anatomy_find(l, &whole, &a);
    write_spans(out, &a);
}

static void write_detections(FILE *out, const struct run *r)
{
    const struct log *l = &r->log;
    struct arena *arena = arena_new();
    bool *seen = arena_array(arena, (size_t)l->n_actions + 1, sizeof *seen);

    for (uint32_t id = 1; id <= l->n; id++) {
        const struct event *e = log_at(l, id);
        int32_t i = e->kind == EV_DECIDE ? action_index(l, anatomy_root(l, id)) : -1;
        if (i >= 0 && !seen[i] && !is_repair(l, i)) {
            seen[i] = true;
            write_detection(out, r, i, e);
        }
    }
    arena_free(arena);
}

/* A gap, and what it is counted under: its observer and what it goes back to. */
struct named_gap {
    const struct gap *gap;
    const char *name;
};

static int by_name(const void *a, const void *b)
{
    const struct named_gap *x = a;
    const struct named_gap *y = b;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : (x->gap > y->gap) - (x->gap < y->gap);
}

static ns_t length_of(const struct gap *g)
{
    return g->end - g->start;
}

/* The gaps of one name: the longest with its spans; if there are more, how many and how long. */
static void write_group(FILE *out, const struct run *r, const struct named_gap *of, int32_t n)
{
    const struct gap *longest = of[0].gap;
    double error_s = 0.0;
    ns_t sum = 0;
    struct anatomy a;

    for (int32_t i = 0; i < n; i++) {
        longest = length_of(of[i].gap) > length_of(longest) ? of[i].gap : longest;
        error_s += of[i].gap->error_s;
        sum += length_of(of[i].gap);
    }
    struct figure f = {.what = FIGURE_GAP,
                       .name = of[0].name,
                       .unit = "s",
                       .value = ns_to_s(length_of(longest)),
                       .error = longest->error_s};
    write_figure(out, &f);
    anatomy_find(&r->log, longest, &a);
    write_spans(out, &a);
    if (n > 1) {
        f = (struct figure){.what = FIGURE_GAPS, .name = of[0].name, .unit = "", .value = n};
        write_figure(out, &f);
        f = (struct figure){.what = FIGURE_DARK,
                            .name = of[0].name,
                            .unit = "s",
                            .value = ns_to_s(sum),
                            .error = error_s};
        write_figure(out, &f);
    }
}

static void write_gaps(FILE *out, const struct run *r)
{
    const struct gaps *all = judge_gaps(r->judge);
    struct arena *arena = arena_new();
    struct named_gap *gaps = arena_array(arena, (size_t)all->n + 1, sizeof *gaps);
    struct anatomy a;
    char fault[LOG_NAME];

    for (int32_t i = 0; i < all->n; i++) {
        const struct gap *g = &all->gap[i];
        const struct watch *k = judge_watch(r->judge, g->watch);
        anatomy_find(&r->log, g, &a);
        log_name(&r->log, r->scenario->rack.parts, a.fault, fault);
        gaps[i].gap = g;
        gaps[i].name = arena_print(arena, "%s%s%s", expr_text(k->expr, k->instance),
                                   fault[0] != '\0' ? " by " : "", fault);
    }
    qsort(gaps, (size_t)all->n, sizeof *gaps, by_name);
    for (int32_t i = 0, n; i < all->n; i += n) {
        for (n = 1; i + n < all->n && strcmp(gaps[i + n].name, gaps[i].name) == 0; n++) {
        }
        write_group(out, r, &gaps[i], n);
    }
    arena_free(arena);
}

/* ---- marks --------------------------------------------------------------------------------------- */

enum { MARKS_MAX = 1024 };

struct marks {
    struct arena *arena;
    int32_t n;
    struct mark mark[MARKS_MAX];
};

static void add_mark(struct marks *m, const char *what, const char *name, int64_t times)
{
    int32_t i = 0;

    while (i < m->n && (strcmp(m->mark[i].what, what) != 0 || strcmp(m->mark[i].name, name) != 0)) {
        i++;
    }
    if (i == MARKS_MAX) {
        return;
    }
    if (i == m->n) {
        m->mark[m->n++] = (struct mark){what, arena_text(m->arena, name, strlen(name)), 0};
    }
    m->mark[i].times += times;
}

static void mark_parts(struct marks *m, const struct run *r)
{
    const struct rack *rack = &r->scenario->rack;

    for (int32_t i = 0; i < rack->n_parts; i++) {
        if (rack->parts[i].library != NULL) {
            add_mark(m, "part", rack->parts[i].library, 1);
        }
    }
}

static void mark_actions(struct marks *m, const struct run *r)
{
    char name[NAME];

    for (int32_t i = 0; i < r->log.n_actions; i++) {
        const struct log_action *a = &r->log.actions[i];
        int32_t part = log_at(&r->log, a->event)->part;
        snprintf(name, sizeof name, "%s.%s", r->scenario->rack.parts[part].kind->name,
                 a->action->key);
        add_mark(m, "action", name, 1);
    }
}

/* What the controller has thought of each supply, and from which thought to which it has gone. */
static void mark_states(struct marks *m, const struct run *r)
{
    const char **last = arena_array(m->arena, (size_t)r->scenario->rack.n_parts, sizeof *last);
    char name[NAME];

    for (uint32_t id = 1; id <= r->log.n; id++) {
        const struct event *e = log_at(&r->log, id);
        if (e->kind != EV_DECIDE) {
            continue;
        }
        const char *to = supply_state_name((enum supply_state)e->value);
        const char *from = last[e->part];
        if (from == NULL) { /* where every supply begins */
            from = supply_state_name(SUPPLY_ABSENT);
            add_mark(m, "state", from, 1);
        }
        last[e->part] = to;
        if (strcmp(from, to) != 0) {
            snprintf(name, sizeof name, "%s -> %s", from, to);
            add_mark(m, "transition", name, 1);
            add_mark(m, "state", to, 1);
        }
    }
}

static void mark_counters(struct marks *m, const struct run *r)
{
    const struct rack *rack = &r->scenario->rack;
    const struct world *w = r->world;

    for (int32_t i = 0; i < rack->n_parts; i++) {
        const struct kind *k = rack->parts[i].kind;
        for (const struct signal *s = k == &controller_kind ? k->signals : NULL; s && s->key; s++) {
            double n = s->quantity == QTY_OPERATIONS && s->choices == NULL
                           ? s->read(w, i, w->plant->now)
                           : 0.0;
            if (n > 0.0) {
                add_mark(m, "counter", s->key, (int64_t)n);
            }
        }
    }
}

static void mark_events(struct marks *m, const struct run *r)
{
    int64_t times[EVENT_KINDS] = {0};

    for (uint32_t id = 1; id <= r->log.n; id++) {
        times[log_at(&r->log, id)->kind]++;
    }
    for (int i = 0; i < EVENT_KINDS; i++) {
        if (times[i] > 0) {
            add_mark(m, "event", event_word((enum event_kind)i), times[i]);
        }
    }
}

static void write_marks(FILE *out, const struct run *r)
{
    struct arena *a = arena_new();
    struct marks *m = arena_get(a, sizeof *m);

    m->arena = a;
    mark_parts(m, r);
    mark_actions(m, r);
    mark_states(m, r);
    mark_counters(m, r);
    mark_events(m, r);
    for (int32_t i = 0; i < m->n; i++) {
        fprintf(out, "mark,%s", m->mark[i].what);
        put_text(out, m->mark[i].name);
        fprintf(out, ",%" PRId64 "\n", m->mark[i].times);
    }
    arena_free(a);
}

/* ---- all ----------------------------------------------------------------------------------------- */

void outcome_write_said(FILE *out, const char *lines)
{
    while (*lines != '\0') {
        size_t n = strcspn(lines, "\n");
        struct arena *a = arena_new();
        fputs("said", out);
        put_text(out, arena_text(a, lines, n));
        fputc('\n', out);
        arena_free(a);
        lines += n + (lines[n] == '\n');
    }
}

void outcome_write(FILE *out, const struct run *r)
{
    write_rulings(out, r);
    write_detections(out, r);
    write_gaps(out, r);
    write_margins(out, r);
    write_marks(out, r);
    fprintf(out, "verdict,%d,%016" PRIx64 "\n", judge_verdict(r->judge), r->world->plant->hash);
}

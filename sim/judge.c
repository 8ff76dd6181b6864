/* judge.c - one watch for each condition of each instance; clocks for `after`; and the observers
 * nobody asked for: every bar against its v_low, every server against the input voltage that it needs
 * to start, so that no gap goes unseen.
 *
 * The ruling itself is in ruling.c.  Checked by tests/sim/test_judge.c. */
#include "judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "curve.h"
#include "judge_inside.h"

static const double LOW_PART = 0.95; /* of a bar's nominal voltage, where it gives no v_low */

const char *verdict_word(enum verdict v)
{
    static const char *const words[] = {"PASS", "UNRESOLVED", "FAIL", "INVALID", "ERROR"};

    return words[v];
}

/* ---- which watches there are ------------------------------------------------------------------- */

static bool needs_watch(const struct expectation *e)
{
    return e->what == EXPECT_GAP || e->what == EXPECT_NEVER || e->what == EXPECT_AFTER ||
           (e->what == EXPECT_COUNT && expr_is_condition(e->expr));
}

static int32_t watches_of(const struct expectation *e)
{
    int32_t own = needs_watch(e) ? expr_instances(e->expr) : 0;

    return own + (e->after_expr != NULL ? expr_instances(e->after_expr) : 0);
}

/* The threshold under which a part has a gap by default; 0: it is no part that can. */
static double default_threshold_V(const struct part *p)
{
    const struct field *v = kind_field(p->kind, "v", 1);
    const struct field *low = kind_field(p->kind, "v_low", 5);
    const struct field *on = kind_field(p->kind, "on_above", 8);

    if (kind_signal(p->kind, "v", 1) == NULL) {
        return 0.0;
    }
    if (strcmp(p->kind->name, "bus") == 0 && v != NULL) {
        double given = low != NULL ? field_value(low, p->params) : 0.0;
        return given > 0.0 ? given : LOW_PART * field_value(v, p->params);
    }
    return strcmp(p->kind->name, "server") == 0 && on != NULL ? field_value(on, p->params) : 0.0;
}

/* Does a `gap:` expectation look at this part's voltage already? */
static bool is_observed(const struct scenario *s, int32_t part)
{
    for (int32_t i = 0; i < s->n_expectations; i++) {
        const struct expr *e = s->expectations[i].expr;
        if (s->expectations[i].what != EXPECT_GAP) {
            continue;
        }
        for (int32_t k = 0; k < expr_instances(e); k++) {
            for (int32_t r = 0; r < expr_refs(e); r++) {
                const struct expr_ref *ref = expr_ref(e, k, r);
                if (ref->part == part && ref->signal != NULL &&
                    strcmp(ref->signal->key, "v") == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static const struct expr *default_observer(struct judge *j, int32_t part)
{
    const struct scenario *s = j->scenario;
    double threshold_V = default_threshold_V(&s->rack.parts[part]);

    if (threshold_V <= 0.0 || is_observed(s, part)) {
        return NULL;
    }
    struct diag *d = diag_new();
    const char *text =
        arena_print(j->arena, "%s.v < %.15g V", s->rack.parts[part].name, threshold_V);
    const struct expr *e = expr_compile(j->arena, d, &s->rack, text, (struct place){.in = NULL});
    diag_free(d);
    return e;
}

struct judge *judge_new(const struct scenario *s)
{
    struct arena *a = arena_new();
    struct judge *j = arena_get(a, sizeof *j);
    int32_t n = s->rack.n_parts;

    j->arena = a;
    j->scenario = s;
    doubts_init(&j->doubts);
    for (int32_t i = 0; i < s->n_expectations; i++) {
        n += watches_of(&s->expectations[i]);
        j->room_rulings += expr_instances(s->expectations[i].expr);
    }
    j->room_rulings += s->n_deeds;
    j->watch = arena_array(a, (size_t)n, sizeof *j->watch);
    j->owner = arena_array(a, (size_t)n, sizeof *j->owner);
    j->touched = arena_array(a, (size_t)n, sizeof *j->touched);
    j->moment = arena_array(a, (size_t)s->n_expectations + 1, sizeof *j->moment);
    j->clock = arena_array(a, (size_t)j->room_rulings + 1, sizeof *j->clock);
    j->ruling = arena_array(a, (size_t)j->room_rulings + 1, sizeof *j->ruling);
    j->first_watch = arena_array(a, (size_t)s->n_expectations + 1, sizeof *j->first_watch);
    j->first_clock = arena_array(a, (size_t)s->n_expectations + 1, sizeof *j->first_clock);
    j->held = arena_array(a, (size_t)j->room_rulings + 1, sizeof *j->held);
    return j;
}

void judge_free(struct judge *j)
{
    if (j == NULL) {
        return;
    }
    for (int32_t i = 0; i < j->n_clocks; i++) {
        free(j->clock[i].since);
    }
    gaps_free(&j->gaps);
    doubts_free(&j->doubts);
    arena_free(j->arena);
}

/* ---- clocks of `after` -------------------------------------------------------------------------- */

/* Start the clock of one instance. When its condition holds already, judge_after() stops it. */
static void start_clock(struct clock *c, ns_t at)
{
    if (c->n == c->room) {
        int32_t room = c->room == 0 ? 4 : 2 * c->room;
        ns_t *since = realloc(c->since, (size_t)room * sizeof *since);
        if (since == NULL) {
            return;
        }
        c->since = since;
        c->room = room;
    }
    c->since[c->n++] = at;
    c->started++;
    c->is_new = true;
}

/* A clock has run from `since` to `at`. */
static void note_clock(struct clock *c, ns_t since, ns_t at)
{
    if (c->worst_at == NS_NEVER || at - since > c->worst) {
        c->worst = at - since;
        c->worst_at = since;
    }
}

/* The condition holds from `at` on: every clock started until then stops. */
static void stop_clocks(struct clock *c, ns_t at)
{
    int32_t left = 0;

    for (int32_t i = 0; i < c->n; i++) {
        if (c->since[i] > at) {
            c->since[left++] = c->since[i];
        } else {
            note_clock(c, c->since[i], at);
        }
    }
    c->n = left;
}

/* Trigger number k of the expectation: with as many triggers as instances each has its own. */
static void trigger(struct judge *j, int32_t expectation, int32_t k, int32_t triggers, ns_t at)
{
    const struct expectation *e = &j->scenario->expectations[expectation];
    int32_t instances = expr_instances(e->expr);

    for (int32_t i = 0; i < instances; i++) {
        if (triggers != instances || i == k) {
            start_clock(&j->clock[j->first_clock[expectation] + i], at);
            j->has_new_clocks = true;
        }
    }
}

void judge_action(struct judge *j, int32_t part, const struct action *action, ns_t at)
{
    const struct scenario *s = j->scenario;

    for (int32_t i = 0; i < s->n_expectations; i++) {
        const struct expectation *e = &s->expectations[i];
        for (int32_t k = 0; k < e->n_after; k++) {
            if (e->after[k].part == part && e->after[k].action == action) {
                trigger(j, i, k, e->n_after, at);
            }
        }
    }
}

/* ---- what watches tell --------------------------------------------------------------------------- */

static void on_rise(void *ctx, const struct watch *watch, ns_t at)
{
    struct judge *j = ctx;
    const struct owner *o = &j->owner[watch->index];
    int32_t i = o->expectation;

    if (i < 0 || j->scenario->expectations[i].what != EXPECT_AFTER) {
        return;
    }
    if (!o->is_trigger) {
        stop_clocks(&j->clock[j->first_clock[i] + o->instance], at);
    } else if (watch->started) { /* it has become true, rather than been so from the start */
        trigger(j, i, o->instance, expr_instances(j->scenario->expectations[i].after_expr), at);
    }
}

static void on_gap(void *ctx, const struct gap *gap)
{
    struct judge *j = ctx;

    if (judge_sees_gaps(j, gap->watch)) {
        gaps_add(&j->gaps, gap);
    }
}

bool judge_sees_gaps(const struct judge *j, int32_t i)
{
    int32_t e = j->owner[i].expectation;

    return e < 0 || j->scenario->expectations[e].what == EXPECT_GAP;
}

static struct watch_ear ear_of(struct judge *j)
{
    return (struct watch_ear){.ctx = j, .doubts = &j->doubts, .rise = on_rise, .gap = on_gap};
}

/* ---- the run begins ------------------------------------------------------------------------------ */

/* It must look when the instant is over. */
static void touch(struct judge *j, int32_t i)
{
    if (!j->watch[i].fresh) {
        j->watch[i].fresh = true;
        j->touched[j->n_touched++] = i;
    }
}

static void touch_all(struct judge *j, struct watch_list list)
{
    for (int32_t i = 0; i < list.n; i++) {
        touch(j, list.watch[i]);
    }
}

static void add_watch(struct judge *j, const struct world *w, const struct expr *e,
                      struct owner owner)
{
    struct watch *k = &j->watch[j->n_watches];

    j->owner[j->n_watches] = owner;
    watch_init(k, w, j->arena, e, owner.instance, j->n_watches);
    k->is_default = owner.expectation < 0;
    j->n_watches++;
}

static void add_expectation(struct judge *j, const struct world *w, int32_t i)
{
    const struct expectation *e = &j->scenario->expectations[i];

    /* Triggers look first: a clock may start and stop within one span. */
    for (int32_t k = 0; e->after_expr != NULL && k < expr_instances(e->after_expr); k++) {
        add_watch(j, w, e->after_expr,
                  (struct owner){.expectation = i, .instance = k, .is_trigger = true});
    }
    j->first_watch[i] = j->n_watches;
    j->first_clock[i] = j->n_clocks;
    for (int32_t k = 0; k < expr_instances(e->expr); k++) {
        j->held[j->n_clocks] = NAN;
        j->clock[j->n_clocks++].worst_at = NS_NEVER;
        if (needs_watch(e)) {
            add_watch(j, w, e->expr, (struct owner){.expectation = i, .instance = k});
        }
    }
}

static ns_t moment_at(const struct judge *j, int32_t i)
{
    return j->scenario->expectations[j->moment[i]].at;
}

/* Keeps them in order of time. */
static void add_moment(struct judge *j, int32_t expectation)
{
    ns_t at = j->scenario->expectations[expectation].at;
    int32_t i = j->n_moments++;

    for (; i > 0 && moment_at(j, i - 1) > at; i--) {
        j->moment[i] = j->moment[i - 1];
    }
    j->moment[i] = expectation;
}

static void find_stop(struct judge *j)
{
    j->stop = j->next_moment < j->n_moments ? moment_at(j, j->next_moment) : NS_NEVER;
}

void judge_begin(struct judge *j, const struct world *w)
{
    const struct scenario *s = j->scenario;

    for (int32_t i = 0; i < s->n_expectations; i++) {
        add_expectation(j, w, i);
        if (s->expectations[i].what == EXPECT_HOLDS) {
            add_moment(j, i);
        }
    }
    find_stop(j);
    for (int32_t part = 0; part < s->rack.n_parts; part++) {
        const struct expr *e = default_observer(j, part);
        if (e != NULL) {
            add_watch(j, w, e, (struct owner){.expectation = -1});
        }
    }
    j->lookout = lookout_new(j->arena, w, j->watch, j->n_watches);
    j->n_controllers = lookout_controllers(j->lookout);
    for (int32_t i = 0; i < j->n_watches; i++) {
        touch(j, i);
    }
}

ns_t judge_stop(const struct judge *j)
{
    return j->stop;
}

/* ---- during the run ------------------------------------------------------------------------------ */

/* On all of the segment every node stays where the watch has nothing to do. */
static bool is_quiet(const struct watch_band *b, const struct segments *s)
{
    for (int32_t i = 0; i < b->n; i++) {
        struct curve c = curve_of(s, b->first + i);
        if (b->sign * c.b[0] <= b->mark || b->sign * c.b[1] <= b->mark ||
            b->sign * c.b[2] <= b->mark || b->sign * c.b[3] <= b->mark) {
            return false;
        }
    }
    return b->n > 0;
}

static void span_of(struct judge *j, const struct world *w, struct watch_list list, ns_t t1)
{
    struct segments now = segments_of(w);
    struct watch_ear ear = ear_of(j);

    for (int32_t i = 0; i < list.n; i++) {
        struct watch *k = &j->watch[list.watch[i]];
        if (is_quiet(&k->quiet, &now)) {
            continue;
        }
        watch_span(k, w, t1, &ear);
        if (!k->is_level) { /* voltages don't jump */
            touch(j, list.watch[i]);
        }
    }
}

void judge_span(struct judge *j, const struct world *w, int32_t island, ns_t t1)
{
    span_of(j, w, lookout_span(j->lookout, w, island), t1);
    span_of(j, w, lookout_roaming(j->lookout), t1);
}

void judge_event(struct judge *j, const struct event *e)
{
    doubts_event(&j->doubts, e);
    if (j->lookout == NULL || e->part == NO_PART) {
        return; /* the world is being made, or begins */
    }
    touch_all(j, lookout_part(j->lookout, e->part));
    if (j->scenario->rack.parts[e->part].kind->tie == TIE_BUS) {
        touch_all(j, lookout_devices(j->lookout));
    }
}

/* What is true now, and since the last look. */
static void look(struct judge *j, const struct world *w, int32_t i)
{
    struct watch *k = &j->watch[i];
    struct watch_ear ear = ear_of(j);

    watch_span(k, w, w->plant->now, &ear);
    watch_instant(k, w, &ear);
    k->fresh = false;
}

/* `holds` at an instant: all that was due then has happened. */
static void hold_now(struct judge *j, const struct world *w)
{
    while (j->stop == w->plant->now) {
        int32_t i = j->moment[j->next_moment++];
        const struct expectation *e = &j->scenario->expectations[i];
        for (int32_t k = 0; k < expr_instances(e->expr); k++) {
            j->held[j->first_clock[i] + k] = expr_value(e->expr, k, w, e->at);
        }
        find_stop(j);
    }
}

/* The condition has held since before these clocks were started. */
static void stop_at_once(struct clock *c)
{
    for (int32_t i = 0; i < c->n; i++) {
        note_clock(c, c->since[i], c->since[i]);
    }
    c->n = 0;
}

/* A clock just started stops at once when its condition holds already. */
static void check_new_clocks(struct judge *j, const struct world *w)
{
    for (int32_t i = 0; i < j->scenario->n_expectations; i++) {
        const struct expectation *e = &j->scenario->expectations[i];
        for (int32_t k = 0; e->what == EXPECT_AFTER && k < expr_instances(e->expr); k++) {
            struct clock *c = &j->clock[j->first_clock[i] + k];
            int32_t watch = j->first_watch[i] + k;
            if (c->is_new) {
                c->is_new = false;
                look(j, w, watch);
                if (j->watch[watch].holds) {
                    stop_clocks(c, j->watch[watch].since);
                    stop_at_once(c);
                }
            }
        }
    }
}

static void touch_controllers(struct judge *j, const struct world *w)
{
    for (int32_t i = 0; i < j->n_controllers; i++) {
        touch_all(j, lookout_part(j->lookout, lookout_stepped(j->lookout, w, i)));
    }
}

void judge_after(struct judge *j, const struct world *w)
{
    touch_controllers(j, w);
    for (int32_t i = 0; i < j->n_touched; i++) {
        look(j, w, j->touched[i]);
    }
    j->n_touched = 0;
    if (j->has_new_clocks) {
        j->has_new_clocks = false;
        check_new_clocks(j, w);
    }
    hold_now(j, w);
}

/* ---- results ------------------------------------------------------------------------------------- */

void judge_end(struct judge *j, const struct world *w, const struct script *script)
{
    struct watch_ear ear = ear_of(j);

    for (int32_t i = 0; i < j->n_watches; i++) {
        look(j, w, i);
        watch_end(&j->watch[i], w, &ear);
    }
    gaps_sort(&j->gaps);
    ruling_make(j, w, script);
}

int32_t judge_rulings(const struct judge *j)
{
    return j->n_rulings;
}

const struct ruling *judge_ruling(const struct judge *j, int32_t i)
{
    return &j->ruling[i];
}

void judge_widen(struct judge *j, int32_t i, double error, bool turns)
{
    struct ruling *r = &j->ruling[i];

    r->error += error;
    if (turns || fabs(r->margin) < r->error) {
        r->verdict = VERDICT_UNRESOLVED;
    }
}

enum verdict judge_verdict(const struct judge *j)
{
    enum verdict worst = j->voided;

    for (int32_t i = 0; i < j->n_rulings; i++) {
        worst = j->ruling[i].verdict > worst ? j->ruling[i].verdict : worst;
    }
    return worst;
}

void judge_void(struct judge *j, enum verdict v, const char *why)
{
    j->voided = v;
    j->void_why = why;
    if (v == VERDICT_ERROR) { /* half a run: nothing is to be read off it */
        j->n_rulings = 0;
    }
}

const char *judge_void_why(const struct judge *j)
{
    return j->void_why;
}

const struct gaps *judge_gaps(const struct judge *j)
{
    return &j->gaps;
}

int32_t judge_watches(const struct judge *j)
{
    return j->n_watches;
}

const struct watch *judge_watch(const struct judge *j, int32_t i)
{
    return &j->watch[i];
}

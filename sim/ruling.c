/* ruling.c - from what was watched to a verdict with its margin.
 *
 * A margin smaller than what the integrator may be wrong by is UNRESOLVED: neither a pass nor a
 * fail. An edge is wrong by the tolerated error of the voltage over its slope there, by 1 ns, and by
 * what its cause is wrong by (doubt.h).
 * Checked by tests/sim/test_judge.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge_inside.h"
#include "script.h"
#include "words.h"

#define NOTE(r, ...) snprintf((r)->note, sizeof(r)->note, __VA_ARGS__)

/* Smaller margins than the error decide nothing. An error of 0 is a digital comparison. */
static void decide(struct ruling *r, bool passes)
{
    bool within = fabs(r->margin) < r->error;

    r->verdict = within ? VERDICT_UNRESOLVED : passes ? VERDICT_PASS : VERDICT_FAIL;
}

static enum quantity quantity_of(const struct expr *e)
{
    enum quantity q = QTY_RATIO;

    expr_quantity(e, &q);
    return q;
}

/* ---- gap, never ---------------------------------------------------------------------------------- */

/* It never held: how near did it come? */
static void rule_distance(struct ruling *r, const struct watch *k, const struct world *w)
{
    double left = NAN;
    double right = NAN;

    r->quantity = quantity_of(k->expr);
    r->margin = k->closest;
    r->at = k->closest_at;
    if (expr_sides(k->expr, k->instance, w, w->plant->now, &left, &right)) {
        r->limit = right;
        r->measured = left > right ? right + k->closest : right - k->closest;
        r->error = watch_error(k->expr, w, r->measured);
    }
    decide(r, true);
}

static void rule_spell(struct ruling *r, const struct watch *k, const struct world *w, ns_t at_most)
{
    if (k->spells == 0 && k->continuous && isfinite(k->closest)) {
        rule_distance(r, k, w);
        if (r->verdict == VERDICT_UNRESOLVED && at_most > 0) {
            r->verdict = VERDICT_PASS; /* it touched at most: far shorter than allowed */
        }
        return;
    }
    r->quantity = QTY_SECOND;
    r->measured = ns_to_s(k->longest);
    r->limit = ns_to_s(at_most);
    r->margin = ns_to_s(at_most - k->longest);
    r->error = at_most > 0 ? k->longest_error_s : 0.0;
    r->at = k->longest_at;
    decide(r, k->spells == 0 || (at_most > 0 && k->longest <= at_most));
    if (k->spells > 1) {
        NOTE(r, "the longest of %d", k->spells);
    }
    if (k->holds) {
        NOTE(r, "still so at the end");
    }
}

/* ---- after --------------------------------------------------------------------------------------- */

static void rule_clock(struct ruling *r, const struct clock *c, const struct watch *k, ns_t within,
                       ns_t end)
{
    ns_t longest = c->worst_at == NS_NEVER ? 0 : c->worst;
    ns_t oldest = c->n > 0 ? end - c->since[0] : 0;

    r->quantity = QTY_SECOND;
    r->limit = ns_to_s(within);
    r->at = c->worst_at;
    r->error = k->continuous ? k->since_error_s : 0.0;
    if (c->started == 0) {
        r->verdict = VERDICT_UNRESOLVED;
        NOTE(r, "what it waits for never happened");
        return;
    }
    if (c->n > 0 && oldest >= longest) {
        r->at = c->since[0];
        r->measured = INFINITY;
        r->margin = oldest > within ? -INFINITY : NAN;
        r->verdict = oldest > within ? VERDICT_FAIL : VERDICT_UNRESOLVED;
        NOTE(r, oldest > within ? "not so until the end" : "the run ends before the time is over");
        return;
    }
    r->measured = ns_to_s(longest);
    r->margin = ns_to_s(within - longest);
    decide(r, longest <= within);
}

/* ---- count, holds, ends -------------------------------------------------------------------------- */

static void rule_count(struct ruling *r, const struct expectation *e, double n, double error)
{
    double above = e->most - n;
    double below = n - e->least;

    r->measured = n;
    r->limit = above <= below ? e->most : e->least;
    r->margin = above <= below ? above : below;
    r->error = error;
    decide(r, r->margin >= 0.0);
}

/* The value of a condition at one instant: negative is good. */
static void rule_value(struct ruling *r, const struct expr *e, int32_t instance,
                       const struct world *w, double value, ns_t at)
{
    bool is_number = expr_is_continuous(e, instance);

    r->at = at;
    if (isnan(value)) {
        r->verdict = VERDICT_UNRESOLVED;
        NOTE(r, "the run ended before");
        return;
    }
    r->quantity = is_number ? quantity_of(e) : QTY_RATIO;
    if (is_number) {
        double left = 0.0;
        double right = 0.0;
        bool has_sides = expr_sides(e, instance, w, w->plant->now, &left, &right);
        r->margin = -value;
        r->error = has_sides ? watch_error(e, w, left) : 0.0;
        decide(r, value < 0.0);
    } else {
        r->verdict = value < 0.0 ? VERDICT_PASS : VERDICT_FAIL;
    }
}

/* ---- all of them --------------------------------------------------------------------------------- */

static void rule_instance(struct judge *j, const struct world *w, int32_t i, int32_t k,
                          struct ruling *r)
{
    const struct expectation *e = &j->scenario->expectations[i];
    const struct watch *watch = &j->watch[j->first_watch[i] + k];
    ns_t end = w->plant->now;

    switch (e->what) {
    case EXPECT_GAP:
        rule_spell(r, watch, w, e->at_most);
        break;
    case EXPECT_NEVER:
        rule_spell(r, watch, w, e->lasting);
        break;
    case EXPECT_AFTER:
        rule_clock(r, &j->clock[j->first_clock[i] + k], watch, e->within, end);
        break;
    case EXPECT_COUNT:
        r->quantity = QTY_OPERATIONS;
        if (expr_is_condition(e->expr)) {
            rule_count(r, e, watch->rises, 0.0);
        } else {
            r->quantity = quantity_of(e->expr);
            double n = expr_value(e->expr, k, w, end);
            bool moves = expr_is_continuous(e->expr, k);
            rule_count(r, e, n, moves ? watch_error(e->expr, w, n) : 0.0);
        }
        break;
    case EXPECT_HOLDS:
        rule_value(r, e->expr, k, w, j->held[j->first_clock[i] + k], e->at);
        break;
    case EXPECT_ENDS:
    default:
        rule_value(r, e->expr, k, w, expr_value(e->expr, k, w, end), end);
        break;
    }
}

static struct ruling *new_ruling(struct judge *j, int32_t expectation, int32_t deed)
{
    struct ruling *r = &j->ruling[j->n_rulings++];

    *r = (struct ruling){.expectation = expectation,
                         .deed = deed,
                         .quantity = QTY_RATIO,
                         .measured = NAN,
                         .limit = NAN,
                         .margin = NAN,
                         .at = NS_NEVER};
    return r;
}

/* A deed that was not done, or did nothing, is a scenario that tests nothing. */
static void rule_deeds(struct judge *j, const struct script *script)
{
    for (int32_t i = 0; i < j->scenario->n_deeds; i++) {
        const struct deed *d = &j->scenario->deeds[i];
        struct script_deed done = script_look_up(script, i);
        if (d->optional || (done.fired >= d->times && done.had_effect)) {
            continue;
        }
        struct ruling *r = new_ruling(j, -1, i);
        r->verdict = VERDICT_FAIL;
        r->text = d->text;
        r->at = done.first_at;
        if (done.fired == 0) {
            NOTE(r, "this never happened");
        } else if (!done.had_effect) {
            NOTE(r, "this had no effect");
        } else {
            NOTE(r, "this happened %d times, not %d", done.fired, d->times);
        }
    }
}

static const char *text_of(const struct expectation *e, int32_t instance)
{
    return expr_text(e->expr, instance);
}

void ruling_make(struct judge *j, const struct world *w, const struct script *script)
{
    const struct scenario *s = j->scenario;

    for (int32_t i = 0; i < s->n_expectations; i++) {
        for (int32_t k = 0; k < expr_instances(s->expectations[i].expr); k++) {
            struct ruling *r = new_ruling(j, i, -1);
            r->instance = k;
            r->text = text_of(&s->expectations[i], k);
            rule_instance(j, w, i, k, r);
        }
    }
    rule_deeds(j, script);
}

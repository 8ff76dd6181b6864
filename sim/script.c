/* script.c - what the scenario does to the rack.
 *
 * Each deed and each profile is a track: how often it has fired, when it is next to fire, when it
 * is next to be undone. A track with a condition has no time until the condition has been located
 * on the islands' present segments; the script is then woken for that nanosecond and looks again.
 * Checked by tests/sim/test_script.c. */
#include "script.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cross.h"

struct track {
    int32_t fired, undone;
    int32_t effect;
    ns_t first_at;
    ns_t next_fire, next_undo; /* NS_NEVER: not yet, or not any more */
    uint32_t event;            /* EV_ACTION of the last firing: what an undoing is caused by */
};

struct script {
    const struct scenario *scenario;
    struct script_ear ear;
    int32_t n_tracks, n_waiting; /* waiting: for a condition */
    struct track track[];        /* deeds, then profiles */
};

static size_t bytes_of(int32_t n_tracks)
{
    return sizeof(struct script) + (size_t)n_tracks * sizeof(struct track);
}

/* ---- doing --------------------------------------------------------------------------------------- */

static bool act(struct script *k, struct world *w, struct track *t, int32_t part,
                const struct action *action, const struct act_args *args, uint32_t cause)
{
    world_blame(w, cause);
    t->event = world_event(w, part, EV_ACTION, args->to);
    if (k->ear.done != NULL) {
        k->ear.done(k->ear.ctx, part, action, world_now(w), t->event);
    }
    return action->run(w, part, args);
}

static void fire(struct script *k, struct world *w, const struct deed *d, struct track *t)
{
    ns_t now = world_now(w);

    for (int32_t i = 0; i < d->n_targets; i++) {
        const struct target *a = &d->targets[i];
        t->effect |= act(k, w, t, a->part, a->action, &a->args, 0);
    }
    t->first_at = t->fired == 0 ? now : t->first_at;
    t->fired++;
    t->next_fire =
        t->fired < d->times && d->when == NULL ? ns_after(t->next_fire, d->every) : NS_NEVER;
    if (d->lasts != NS_NEVER && t->next_undo == NS_NEVER) {
        t->next_undo = ns_after(now, d->lasts);
    }
}

static void undo(struct script *k, struct world *w, const struct deed *d, struct track *t)
{
    uint32_t cause = t->event;

    for (int32_t i = 0; i < d->n_targets; i++) {
        const struct target *a = &d->targets[i];
        if (a->undo != NULL) {
            struct act_args there = {.from = a->args.from}; /* the same pin, the same channel */
            act(k, w, t, a->part, a->undo, &there, cause);
        }
    }
    t->undone++;
    /* Firings are `every` apart, so their undoings are, too. */
    t->next_undo = t->undone < t->fired ? ns_after(t->next_undo, d->every) : NS_NEVER;
}

static bool can_ramp(const struct action *a)
{
    for (const struct field *f = a->args; f && f->key; f++) {
        if (strcmp(f->key, "over") == 0) {
            return true;
        }
    }
    return false;
}

/* A measured curve: from each of its points a ramp to the next; what can't ramp is held until the
 * next. The last value is held. */
static void follow(struct script *k, struct world *w, const struct profile *p, struct track *t)
{
    const struct series *s = &k->scenario->rack.series[p->series];
    const struct action *set = kind_setter(k->scenario->rack.parts[p->part].kind, p->field->key);
    int32_t here = t->fired;
    int32_t next = here + 1 < s->n ? here + 1 : here;

    if (set == NULL) {
        t->next_fire = NS_NEVER;
        return;
    }
    bool ramps = can_ramp(set);
    t->first_at = here == 0 ? world_now(w) : t->first_at;
    world_blame(w, t->event);
    if (here == 0 || !ramps) { /* a jump, with the first ramp behind it */
        t->effect |= set->run(w, p->part, &(struct act_args){.to = s->y[here]});
    }
    if (next > here && ramps) {
        t->effect |= set->run(
            w, p->part, &(struct act_args){.to = s->y[next], .over = s->t[next] - s->t[here]});
    }
    t->fired++;
    t->next_fire = next > here ? s->t[next] : NS_NEVER;
}

/* ---- when ---------------------------------------------------------------------------------------- */

static ns_t next_due(const struct script *k)
{
    ns_t next = NS_NEVER;

    for (int32_t i = 0; i < k->n_tracks; i++) {
        const struct track *t = &k->track[i];
        next = t->next_fire < next ? t->next_fire : next;
        next = t->next_undo < next ? t->next_undo : next;
    }
    return next;
}

static bool waits(const struct script *k, int32_t i)
{
    return i < k->scenario->n_deeds && k->scenario->deeds[i].when != NULL && k->track[i].fired == 0;
}

static bool holds_now(const struct world *w, const struct deed *d)
{
    for (int32_t i = 0; i < expr_instances(d->when); i++) {
        if (expr_holds(d->when, i, w, world_now(w))) {
            return true;
        }
    }
    return false;
}

/* The first nanosecond up to `horizon` in which some instance of the condition holds. */
static ns_t locate(const struct world *w, const struct deed *d, ns_t horizon)
{
    ns_t first = horizon;
    bool found = false;
    ns_t at;

    for (int32_t i = 0; i < expr_instances(d->when); i++) {
        struct expr_view view = {.expr = d->when, .instance = i};
        if (expr_is_continuous(d->when, i) &&
            cross_find(&view, w, world_now(w), first, false, &at)) {
            first = at;
            found = true;
        }
    }
    return found ? first : NS_NEVER;
}

/* The instant is over, or it is about to be: where do the conditions become true? */
static void look(void *ctx, struct world *w)
{
    struct script *k = ctx;

    if (k->n_waiting == 0) {
        return;
    }
    plant_wake_script(w, NS_NEVER); /* so that the heap says how far the segments reach */
    ns_t horizon = heap_first(&w->plant->heap)->due;
    ns_t fixed = NS_NEVER;
    ns_t found = NS_NEVER;
    for (int32_t i = 0; i < k->n_tracks; i++) {
        const struct track *t = &k->track[i];
        if (!waits(k, i)) {
            fixed = t->next_fire < fixed ? t->next_fire : fixed;
        }
        fixed = t->next_undo < fixed ? t->next_undo : fixed;
    }
    horizon = fixed < horizon ? fixed : horizon;
    horizon = k->scenario->duration < horizon ? k->scenario->duration : horizon;
    for (int32_t i = 0; i < k->scenario->n_deeds; i++) {
        if (!waits(k, i)) {
            continue;
        }
        const struct deed *d = &k->scenario->deeds[i];
        ns_t at = holds_now(w, d) ? world_now(w) : locate(w, d, horizon);
        k->track[i].next_fire = at;
        found = at < found ? at : found;
    }
    plant_wake_script(w, found < fixed ? found : fixed);
}

/* ---- due ----------------------------------------------------------------------------------------- */

static void do_deed(struct script *k, struct world *w, int32_t i)
{
    const struct deed *d = &k->scenario->deeds[i];
    struct track *t = &k->track[i];
    ns_t now = world_now(w);

    while (t->next_undo <= now) {
        undo(k, w, d, t);
    }
    if (waits(k, i)) {
        if (t->next_fire <= now && holds_now(w, d)) { /* it may have been averted since */
            k->n_waiting--;
            fire(k, w, d, t);
        }
        return;
    }
    while (t->next_fire <= now) {
        fire(k, w, d, t);
    }
}

static void due(void *ctx, struct world *w)
{
    struct script *k = ctx;
    int32_t n_deeds = k->scenario->n_deeds;

    for (int32_t i = 0; i < n_deeds; i++) {
        do_deed(k, w, i);
    }
    for (int32_t i = n_deeds; i < k->n_tracks; i++) {
        while (k->track[i].next_fire <= world_now(w)) {
            follow(k, w, &k->scenario->profiles[i - n_deeds], &k->track[i]);
        }
    }
    for (int32_t i = 0; k->n_waiting > 0 && i < n_deeds; i++) {
        if (waits(k, i)) { /* look() finds out anew, when this instant is over */
            k->track[i].next_fire = NS_NEVER;
        }
    }
    plant_wake_script(w, next_due(k));
}

/* ---- life ---------------------------------------------------------------------------------------- */

static void attach(struct script *k, struct world *w)
{
    w->script = (struct script_hook){.ctx = k, .due = due, .look = k->n_waiting > 0 ? look : NULL};
}

struct script *script_new(const struct scenario *s, struct world *w, struct script_ear ear)
{
    int32_t n = s->n_deeds + s->n_profiles;
    struct script *k = calloc(1, bytes_of(n));

    if (k == NULL) {
        return NULL;
    }
    k->scenario = s;
    k->ear = ear;
    k->n_tracks = n;
    for (int32_t i = 0; i < n; i++) {
        struct track *t = &k->track[i];
        bool is_deed = i < s->n_deeds;
        bool has_condition = is_deed && s->deeds[i].when != NULL;
        t->first_at = t->next_undo = NS_NEVER;
        t->next_fire = has_condition ? NS_NEVER
                       : is_deed     ? s->deeds[i].at
                                     : s->rack.series[s->profiles[i - s->n_deeds].series].t[0];
        k->n_waiting += has_condition;
    }
    attach(k, w);
    plant_wake_script(w, next_due(k));
    return k;
}

void script_free(struct script *k)
{
    free(k);
}

struct script *script_fork(const struct script *from, struct world *fork, struct script_ear ear)
{
    struct script *k = malloc(bytes_of(from->n_tracks));

    if (k != NULL) {
        memcpy(k, from, bytes_of(from->n_tracks));
        k->ear = ear;
        attach(k, fork);
    }
    return k;
}

struct script_deed script_look_up(const struct script *k, int32_t deed)
{
    const struct track *t = &k->track[deed];

    return (struct script_deed){
        .fired = t->fired, .first_at = t->first_at, .had_effect = t->effect != 0};
}

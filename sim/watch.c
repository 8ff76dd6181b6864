/* watch.c - spells of a condition, and what is measured within them.
 *
 * Checked by tests/sim/test_judge.c and tests/oracle/. */
#include "watch.h"

#include <math.h>
#include <string.h>

#include "cross.h"
#include "curve.h"

enum { FIRST_EVENT = 1 }; /* EV_START */

static const double ROUNDING =
    1e-12; /* of a voltage: far more than its computation can be off by */

static const double ANY_TIME_S = 1e3; /* an edge nobody knows anything about */

/* ---- what it depends on ------------------------------------------------------------------------ */

static void add_home(struct watch *k, int32_t node)
{
    if (node == NO_STATE || k->n_homes == WATCH_HOMES) {
        k->everywhere = true;
        return;
    }
    for (int32_t i = 0; i < k->n_homes; i++) {
        if (k->home[i] == node) {
            return;
        }
    }
    k->home[k->n_homes++] = node;
}

/* A part whose "p" is what it wants and whose "power" is what it gets. */
static void note_server(struct watch *k, const struct world *w, int32_t part)
{
    const struct kind *kind = w->parts[part].kind;
    const struct field *p = kind_field(kind, "p", 1);
    const struct signal *power = kind_signal(kind, "power", 5);

    if (k->server == NO_PART && p != NULL && p->quantity == QTY_WATT && power != NULL) {
        k->server = part;
        k->power = power;
        k->wanted_W = field_value(p, world_params(w, part));
    }
}

void watch_init(struct watch *k, const struct world *w, struct arena *a, const struct expr *e,
                int32_t instance, int32_t index)
{
    *k = (struct watch){.expr = e,
                        .instance = instance,
                        .index = index,
                        .server = NO_PART,
                        .closest = INFINITY,
                        .longest_at = NS_NEVER,
                        .closest_at = NS_NEVER};
    k->continuous = expr_is_continuous(e, instance);
    for (int32_t i = 0; i < expr_refs(e); i++) {
        const struct expr_ref *r = expr_ref(e, instance, i);
        if (expr_ref_is_continuous(r)) {
            add_home(k, plant_slot(w, r->part)->home);
        } else if (r->field == NULL) {
            k->jumps = true;
        }
        note_server(k, w, r->part);
    }
    if (k->jumps) {
        k->held = arena_array(a, (size_t)expr_refs(e), sizeof *k->held);
    }
    /* The lowest of several is above a level when each is: then, not else, each can be looked at. */
    k->is_level = expr_level(e, instance, w, &k->level) && (k->level.n == 1 || k->level.sign > 0.0);
    if (k->is_level) {
        k->home[0] = k->level.first;
    }
}

uint32_t watch_cause(const struct watch *k, const struct world *w, int which)
{
    uint32_t last = 0;

    if (k->n_homes == 0) {
        return w->plant->n_events; /* a state: what has just happened */
    }
    for (int32_t i = 0; i < k->n_homes; i++) {
        uint32_t cause = plant_island(w, plant_island_of(w)[k->home[i]])->cause[which];
        last = cause > last ? cause : last;
    }
    return last;
}

double watch_accuracy(const struct watch *k, const struct world *w, ns_t at)
{
    double left = 0.0;
    double right = 0.0;

    if (!k->continuous || !expr_sides(k->expr, k->instance, w, at, &left, &right)) {
        return 0.0;
    }
    return w->options.tolerance * (1.0 + fabs(left));
}

/* ---- inside a spell ---------------------------------------------------------------------------- */

static struct expr_view view_of(const struct watch *k)
{
    return (struct expr_view){.expr = k->expr, .instance = k->instance, .held = k->held};
}

static double value(const struct watch *k, const struct world *w, ns_t at)
{
    struct expr_view v = view_of(k);

    return expr_view_value(&v, w, at);
}

static const struct island *island_of(const struct watch *k, const struct world *w)
{
    return plant_island(w, plant_island_of(w)[k->home[0]]);
}

/* How far node i of a level is beyond it on [t0, t1]: negative where the condition is true. */
static struct curve beyond(const struct watch *k, const struct world *w, int32_t i, ns_t t0,
                           ns_t t1)
{
    const struct island *isl = island_of(k, w);
    struct segment segment = segment_of(w, isl);
    struct curve whole = curve_of(&segment, k->level.first + i);
    struct curve part = curve_part(&whole, isl, t0, t1);

    return curve_beyond(&part, k->level.sign, k->level.level);
}

/* The left side at the place of the worst value; the value itself when there are no sides. */
static void note_worst(struct watch *k, const struct world *w, ns_t at)
{
    double left = 0.0;
    double right = 0.0;

    struct expr_view v = view_of(k);

    k->now.worst_at = at;
    k->now.deepest = value(k, w, at);
    if (expr_view_sides(&v, w, at, &left, &right)) {
        k->now.worst = left;
        k->now.threshold = right;
    }
}

/* Power that was wanted and not had, by Simpson's rule: it jumps only at events. */
static double missed_J(const struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    const ns_t at[] = {t0, t0 + (t1 - t0) / 2, t1};
    static const double weight[] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
    double sum = 0.0;

    for (int i = 0; i < 3; i++) {
        sum += weight[i] * fmax(0.0, k->wanted_W - k->power->read(w, k->server, at[i]));
    }
    return sum * ns_to_s(t1 - t0);
}

/* Could the value go below `mark` on the way? Three looks tell for all that is smooth. */
static bool may_go_below(const struct watch *k, const struct world *w, ns_t t0, ns_t t1,
                         double mark)
{
    double first = value(k, w, t0);
    double last = value(k, w, t1);
    double middle = value(k, w, t0 + (t1 - t0) / 2);
    double reach = fabs(middle - first) + fabs(last - middle);

    return fmin(first, fmin(middle, last)) - reach < mark;
}

/* The least value on the way, where it is below `mark`: at one of the two whole nanoseconds beside
 * the place where the curve of the lowest node is least. */
static bool level_goes_below(const struct watch *k, const struct world *w, ns_t t0, ns_t t1,
                             double *mark, ns_t *at)
{
    bool found = false;

    for (int32_t i = 0; i < k->level.n; i++) {
        struct curve y = beyond(k, w, i, t0, t1);
        if (curve_floor(&y) - ROUNDING * fabs(k->level.level) >= *mark) {
            continue;
        }
        ns_t place = t0 + (ns_t)(curve_least(&y) * (double)(t1 - t0));
        for (ns_t t = place; t <= t1 && t <= place + 1; t++) {
            double least = value(k, w, t);
            if (least < *mark) {
                *mark = least;
                *at = t;
                found = true;
            }
        }
    }
    return found;
}

/* The same for any quantity. */
static bool goes_below(const struct watch *k, const struct world *w, ns_t t0, ns_t t1, double *mark,
                       ns_t *at)
{
    struct expr_view v = view_of(k);
    ns_t place;

    if (k->is_level) {
        return level_goes_below(k, w, t0, t1, mark, at);
    }
    if (!may_go_below(k, w, t0, t1, *mark)) {
        return false;
    }
    double least = cross_least(&v, w, t0, t1, &place);
    if (least >= *mark) {
        return false;
    }
    *mark = least;
    *at = place;
    return true;
}

/* The integral of minus the value: of a cubic, its mean times the time. */
static double area(const struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    struct expr_view v = view_of(k);

    if (k->is_level && k->level.n == 1) {
        struct curve y = beyond(k, w, 0, t0, t1);
        return -curve_mean(&y) * ns_to_s(t1 - t0);
    }
    return cross_area(&v, w, t0, t1);
}

static void inside(struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    double mark = k->now.deepest;
    ns_t at;

    if (t1 <= t0 || !k->continuous) {
        return;
    }
    if (goes_below(k, w, t0, t1, &mark, &at)) {
        note_worst(k, w, at);
    }
    k->now.missing_Vs += area(k, w, t0, t1);
    if (k->server != NO_PART) {
        k->now.missing_J += missed_J(k, w, t0, t1);
    }
}

static void outside(struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    if (t1 > t0 && k->continuous) {
        goes_below(k, w, t0, t1, &k->closest, &k->closest_at);
    }
}

/* ---- edges ------------------------------------------------------------------------------------- */

/* How wrong an edge at `at` may be: by itself, and by the event that led to it. t0: where the
 * segments begin; at t0 itself it is a jump. */
static double edge_error_s(const struct watch *k, const struct world *w, ns_t t0, ns_t at,
                           struct doubts *doubts)
{
    struct expr_view v = view_of(k);

    if (!k->continuous) {
        return 0.0;
    }
    double slope = at > t0 ? fabs(cross_slope(&v, w, t0, at)) : INFINITY;
    double own = fmin(watch_accuracy(k, w, at) / slope + 1e-9, ANY_TIME_S);

    return fmin(doubts_edge(doubts, watch_cause(k, w, CAUSE_LAST), own), ANY_TIME_S);
}

/* What hurt last; where nothing is known to have hurt since the start, what changed it last. */
static uint32_t hurting(const struct watch *k, const struct world *w)
{
    uint32_t hurt = watch_cause(k, w, CAUSE_HURT);

    return hurt > FIRST_EVENT ? hurt : watch_cause(k, w, CAUSE_LAST);
}

/* Has somebody helped since it was noted last? */
static bool is_helped(const struct watch *k, const struct world *w)
{
    const struct gap *g = &k->now;
    uint32_t event = watch_cause(k, w, CAUSE_HELPED);

    return event > FIRST_EVENT && (g->n_helps == 0 || g->help[g->n_helps - 1].event != event);
}

static void note_help(struct watch *k, const struct world *w, double y)
{
    struct gap *g = &k->now;
    uint32_t event = watch_cause(k, w, CAUSE_HELPED);

    if (!is_helped(k, w)) {
        return;
    }
    if (g->n_helps == GAP_HELPS) {
        memmove(&g->help[0], &g->help[1], (GAP_HELPS - 1) * sizeof g->help[0]);
        g->n_helps--;
    }
    g->help[g->n_helps++] = (struct help){event, y};
}

static void rise(struct watch *k, const struct world *w, ns_t t0, ns_t at,
                 const struct watch_ear *ear)
{
    bool from_start = !k->started;

    k->holds = true;
    k->since = at;
    k->since_error_s = from_start ? 0.0 : edge_error_s(k, w, t0, at, ear->doubts);
    k->spells++;
    k->rises += !from_start;
    k->now = (struct gap){.watch = k->index,
                          .start = at,
                          .threshold = NAN,
                          .worst = NAN,
                          .worst_at = NS_NEVER,
                          .missing_J = k->server == NO_PART ? NAN : 0.0,
                          .hurt = hurting(k, w)};
    note_worst(k, w, at);
    note_help(k, w, k->now.deepest);
    if (ear->rise != NULL) {
        ear->rise(ear->ctx, k, at);
    }
}

static void fall(struct watch *k, const struct world *w, ns_t t0, ns_t at, bool open,
                 const struct watch_ear *ear)
{
    double error_s = k->since_error_s + (open ? 0.0 : edge_error_s(k, w, t0, at, ear->doubts));

    k->holds = false;
    k->now.end = at;
    k->now.open = open;
    k->now.error_s = error_s;
    k->now.helped = open ? 0 : watch_cause(k, w, CAUSE_HELPED);
    if (at - k->since > k->longest) {
        k->longest = at - k->since;
        k->longest_at = k->since;
        k->longest_error_s = error_s;
    }
    if (ear->gap != NULL && at > k->since) {
        ear->gap(ear->ctx, &k->now);
    }
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* Does the convex hull of its curves tell that the level is not crossed in [t0, t1]? */
static bool hull_is_clear(const struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    double rounding = ROUNDING * fabs(k->level.level);
    bool clear = !k->holds;

    for (int32_t i = 0; i < k->level.n; i++) {
        struct curve y = beyond(k, w, i, t0, t1);
        if (k->holds) { /* one that stays beyond is enough */
            clear = clear || curve_ceiling(&y) < -rounding;
        } else {
            clear = clear && curve_floor(&y) > rounding;
        }
    }
    return clear;
}

/* Where in (t0, t1] does it change? */
static bool changes(const struct watch *k, const struct world *w, ns_t t0, ns_t t1, ns_t *at)
{
    struct expr_view v = view_of(k);

    if (!k->continuous || t1 <= t0 || (k->is_level && hull_is_clear(k, w, t0, t1))) {
        return false;
    }
    return cross_find(&v, w, t0, t1, k->holds, at);
}

/* Everything before is known. */
static ns_t known_until(const struct watch *k, const struct world *w)
{
    ns_t t0 = k->is_level ? island_of(k, w)->t0 : k->seen;

    return t0 > k->seen ? t0 : k->seen;
}

void watch_span(struct watch *k, const struct world *w, ns_t to, const struct watch_ear *ear)
{
    ns_t from = known_until(k, w);
    ns_t at;

    if (!k->started || to <= from) {
        return;
    }
    k->seen = to;
    while (changes(k, w, from, to, &at)) {
        if (k->holds) {
            inside(k, w, from, at);
            fall(k, w, from, at, false, ear);
        } else {
            outside(k, w, from, at);
            rise(k, w, from, at, ear);
        }
        from = at;
    }
    if (k->holds) {
        inside(k, w, from, to);
    } else {
        outside(k, w, from, to);
    }
}

void watch_instant(struct watch *k, const struct world *w, const struct watch_ear *ear)
{
    ns_t now = w->plant->now;

    if (k->is_level && k->holds && !is_helped(k, w)) {
        return; /* voltages don't jump: the span has told everything */
    }
    if (k->jumps) {
        expr_hold(k->expr, k->instance, w, now, k->held);
    }
    double y = value(k, w, now);
    bool holds = y < 0.0;

    if (holds && !k->holds) {
        rise(k, w, now, now, ear);
    } else if (!holds && k->holds) {
        fall(k, w, now, now, false, ear);
    } else if (holds) {
        note_help(k, w, y);
    }
    if (!holds && k->continuous && y < k->closest) {
        k->closest = y;
        k->closest_at = now;
    }
    k->started = true;
    k->seen = now;
}

struct watch_band watch_band(const struct watch *k)
{
    const struct expr_level *l = &k->level;
    double least = fmax(k->closest, 0.0); /* after a gap it is below */
    double mark = l->level + l->sign * (least + ROUNDING * (fabs(l->level) + least));

    if (!k->is_level || !k->started || k->holds) {
        return (struct watch_band){.n = 0};
    }
    return (struct watch_band){.first = l->first,
                               .n = l->n,
                               .low = l->sign > 0.0 ? mark : -INFINITY,
                               .high = l->sign > 0.0 ? INFINITY : mark};
}

void watch_end(struct watch *k, const struct world *w, const struct watch_ear *ear)
{
    ns_t now = w->plant->now;

    if (k->holds) {
        fall(k, w, now, now, true, ear);
        k->holds = true;
    }
}

/* watch.c - spells of a condition, and what is measured within them.
 *
 * Checked by tests/sim/test_judge.c and tests/oracle/. */
#include "watch.h"

#include <math.h>
#include <string.h>

#include "cross.h"
#include "level.h"

enum { FIRST_EVENT = 1 }; /* EV_START */

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
static void note_load(struct watch *k, const struct world *w, int32_t part)
{
    const struct kind *kind = w->parts[part].kind;
    const struct field *p = kind_field(kind, "p", 1);
    const struct signal *power = kind_signal(kind, "power", 5);

    if (!k->misses && p != NULL && p->quantity == QTY_WATT && power != NULL &&
        power->load != NULL) {
        k->misses = true;
        k->load = power->load(w, part);
        k->wanted_W = field_value(p, world_params(w, part));
    }
}

void watch_init(struct watch *k, const struct world *w, struct arena *a, const struct expr *e,
                int32_t instance, int32_t index)
{
    *k = (struct watch){.expr = e,
                        .instance = instance,
                        .index = index,
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
        note_load(k, w, r->part);
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

/* The event that last changed its voltages: enum CAUSE_*; 0: none. */
static uint32_t cause_of(const struct watch *k, const struct world *w, int which)
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

double watch_error(const struct expr *e, const struct world *w, double value)
{
    enum quantity q = QTY_RATIO;

    expr_quantity(e, &q);
    return w->options.tolerance *
           (1.0 + fabs(value) + (q == QTY_AMPERE ? w->wiring->most_ringing_A : 0.0));
}

/* How wrong the value may be, in its unit, here and now. */
static double accuracy(const struct watch *k, const struct world *w, ns_t at)
{
    double left = 0.0;
    double right = 0.0;

    if (!k->continuous || !expr_sides(k->expr, k->instance, w, at, &left, &right)) {
        return 0.0;
    }
    return watch_error(k->expr, w, left);
}

/* ---- inside a spell ---------------------------------------------------------------------------- */

static struct expr_view view_of(const struct watch *k)
{
    return (struct expr_view){.expr = k->expr,
                              .instance = k->instance,
                              .held = k->held,
                              .level = k->is_level ? &k->level : NULL};
}

static double value(const struct watch *k, const struct world *w, ns_t at)
{
    struct expr_view v = view_of(k);

    return level_view_value(&v, w, at);
}

/* What is to be looked at from t0 to t1; of other quantities than a level only the time is known. */
static void cut(const struct watch *k, const struct world *w, ns_t t0, ns_t t1, struct stretch *s)
{
    if (k->is_level) {
        level_cut(&k->level, w, t0, t1, s);
    } else {
        s->t0 = t0;
        s->t1 = t1;
    }
}

/* The left side at the place of the worst value y; y itself when there are no sides. */
static void note_worst(struct watch *k, const struct world *w, ns_t at, double y)
{
    struct expr_view v = view_of(k);

    k->now.worst_at = at;
    k->now.deepest = y;
    if (k->is_level) {
        k->now.worst = k->level.level + k->level.sign * y;
        k->now.threshold = k->level.level;
    } else if (!expr_view_sides(&v, w, at, &k->now.worst, &k->now.threshold)) {
        k->now.worst = y;
    }
}

/* Power that is wanted and not had. */
static double missed_W(const struct watch *k, const struct world *w, ns_t at)
{
    double missed_W = k->wanted_W - net_load_W(w, k->load, at);

    return missed_W > 0.0 ? missed_W : 0.0;
}

/* Its integral, by Simpson's rule where it is no constant: it jumps only at events. */
static double missed_J(const struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    double mean_W = missed_W(k, w, t0);

    if (!load_is_steady(net_load_const(&w->plant->net, k->load), t0)) {
        double middle_W = missed_W(k, w, t0 + (t1 - t0) / 2);
        mean_W = (mean_W + 4.0 * middle_W + missed_W(k, w, t1)) / 6.0;
    }
    return mean_W * ns_to_s(t1 - t0);
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

/* The least value on the way, where it is below `mark`. */
static bool goes_below(const struct watch *k, const struct world *w, const struct stretch *s,
                       double *mark, ns_t *at)
{
    ns_t place;

    if (k->is_level) {
        return level_goes_below(s, w, mark, at);
    }
    if (!may_go_below(k, w, s->t0, s->t1, *mark)) {
        return false;
    }
    struct expr_view v = view_of(k);
    double least = cross_least(&v, w, s->t0, s->t1, &place);
    if (least >= *mark) {
        return false;
    }
    *mark = least;
    *at = place;
    return true;
}

/* The integral of minus the value. */
static double area(const struct watch *k, const struct world *w, const struct stretch *s)
{
    if (k->is_level) {
        return level_area(s);
    }
    struct expr_view v = view_of(k);
    return cross_area(&v, w, s->t0, s->t1);
}

/* Where nothing is to be seen as it stands: further from the level than ever. */
static void find_quiet(struct watch *k)
{
    const struct expr_level *l = &k->level;
    bool waits = k->is_level && !k->holds;

    k->quiet = (struct watch_band){.first = l->first,
                                   .n = waits ? l->n : 0,
                                   .sign = l->sign,
                                   .mark = level_mark(l, fmax(k->closest, 0.0))};
}

/* On all of the stretch it holds, or it does not. */
static void pass(struct watch *k, const struct world *w, const struct stretch *s)
{
    double *least = k->holds ? &k->now.deepest : &k->closest;
    ns_t *least_at = k->holds ? &k->now.worst_at : &k->closest_at;

    if (s->t1 <= s->t0 || !k->continuous) {
        return;
    }
    bool is_news = goes_below(k, w, s, least, least_at);
    if (!k->holds) {
        find_quiet(k);
        return;
    }
    if (is_news) {
        note_worst(k, w, *least_at, *least);
    }
    k->now.missing_Vs += area(k, w, s);
    k->now.missing_J += k->misses ? missed_J(k, w, s->t0, s->t1) : 0.0;
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
    double own = fmin(accuracy(k, w, at) / slope + 1e-9, ANY_TIME_S);

    return fmin(doubts_edge(doubts, cause_of(k, w, CAUSE_LAST), own), ANY_TIME_S);
}

/* What hurt last; where nothing is known to have hurt since the start, what changed it last. */
static uint32_t hurting(const struct watch *k, const struct world *w)
{
    uint32_t hurt = cause_of(k, w, CAUSE_HURT);

    return hurt > FIRST_EVENT ? hurt : cause_of(k, w, CAUSE_LAST);
}

/* Has somebody helped since it was noted last? */
static bool is_helped(const struct watch *k, const struct world *w)
{
    const struct gap *g = &k->now;
    uint32_t event = cause_of(k, w, CAUSE_HELPED);

    return event > FIRST_EVENT && (g->n_helps == 0 || g->help[g->n_helps - 1].event != event);
}

static void note_help(struct watch *k, const struct world *w, double y)
{
    struct gap *g = &k->now;
    uint32_t event = cause_of(k, w, CAUSE_HELPED);

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
                          .missing_J = k->misses ? 0.0 : NAN,
                          .hurt = hurting(k, w)};
    note_worst(k, w, at, value(k, w, at));
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
    k->now.helped = open ? 0 : cause_of(k, w, CAUSE_HELPED);
    if (at - k->since > k->longest) {
        k->longest = at - k->since;
        k->longest_at = k->since;
        k->longest_error_s = error_s;
    }
    if (ear->gap != NULL && at > k->since) {
        ear->gap(ear->ctx, &k->now);
    }
}

/* From `at` on it is the other way round. */
static void turn(struct watch *k, const struct world *w, ns_t t0, ns_t at,
                 const struct watch_ear *ear)
{
    if (k->holds) {
        fall(k, w, t0, at, false, ear);
    } else {
        rise(k, w, t0, at, ear);
    }
    find_quiet(k);
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* Where on the stretch does it change? */
static bool changes(const struct watch *k, const struct world *w, const struct stretch *s, ns_t *at)
{
    if (!k->continuous || s->t1 <= s->t0 || (k->is_level && level_stays(s, k->holds))) {
        return false;
    }
    struct expr_view v = view_of(k);
    return cross_find(&v, w, s->t0, s->t1, k->holds, at);
}

/* Everything before is known. */
static ns_t known_until(const struct watch *k, const struct world *w)
{
    ns_t t0 = k->is_level ? plant_island(w, plant_island_of(w)[k->level.first])->t0 : k->seen;

    return t0 > k->seen ? t0 : k->seen;
}

void watch_span(struct watch *k, const struct world *w, ns_t to, const struct watch_ear *ear)
{
    struct stretch s;
    ns_t from = known_until(k, w);
    ns_t at;
    bool turns;

    if (!k->started || to <= from) {
        return;
    }
    k->seen = to;
    if (k->is_level && k->holds && is_helped(k, w)) { /* in the instant before */
        note_help(k, w, value(k, w, from));
    }
    do {
        cut(k, w, from, to, &s);
        turns = changes(k, w, &s, &at);
        if (turns) {
            cut(k, w, from, at, &s);
        }
        pass(k, w, &s);
        if (turns) {
            turn(k, w, from, at, ear);
            from = at;
        }
    } while (turns);
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

    if (holds != k->holds) {
        turn(k, w, now, now, ear);
    } else if (holds) {
        note_help(k, w, y);
    }
    if (!holds && k->continuous && y < k->closest) {
        k->closest = y;
        k->closest_at = now;
    }
    k->started = true;
    k->seen = now;
    find_quiet(k);
}

void watch_end(struct watch *k, const struct world *w, const struct watch_ear *ear)
{
    ns_t now = w->plant->now;

    if (k->holds) {
        fall(k, w, now, now, true, ear);
        k->holds = true;
    }
}

/* watch.c - spells of a condition, and what is measured within them.
 *
 * Checked by tests/sim/test_judge.c and tests/oracle/. */
#include "watch.h"

#include <math.h>
#include <string.h>

#include "cross.h"

enum { FIRST_EVENT = 1 }; /* EV_START */

/* ---- what it depends on ------------------------------------------------------------------------ */

static bool ref_is_continuous(const struct expr_ref *r)
{
    return (r->signal != NULL && r->signal->continuous) ||
           (r->family != NULL && r->family->continuous);
}

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
static bool can_miss_power(const struct kind *k)
{
    const struct field *p = kind_field(k, "p", 1);

    return p != NULL && p->quantity == QTY_WATT && kind_signal(k, "power", 5) != NULL;
}

void watch_init(struct watch *k, const struct world *w, const struct expr *e, int32_t instance,
                int32_t index)
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
        if (ref_is_continuous(r)) {
            add_home(k, plant_slot(w, r->part)->home);
        } else if (r->field == NULL) {
            k->jumps = true;
        }
        if (k->server == NO_PART && can_miss_power(w->parts[r->part].kind)) {
            k->server = r->part;
        }
    }
}

bool watch_is_on(const struct watch *k, const struct world *w, int32_t island)
{
    const int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < k->n_homes; i++) {
        if (island_of[k->home[i]] == island) {
            return true;
        }
    }
    return k->everywhere;
}

bool watch_moves(const struct watch *k, const struct world *w)
{
    const int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < k->n_homes; i++) {
        if (!plant_island(w, island_of[k->home[i]])->settled) {
            return true;
        }
    }
    return k->everywhere;
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

static double value(const struct watch *k, const struct world *w, ns_t at)
{
    return expr_value(k->expr, k->instance, w, at);
}

/* The left side at the place of the worst value; the value itself when there are no sides. */
static void note_worst(struct watch *k, const struct world *w, ns_t at)
{
    double left = 0.0;
    double right = 0.0;

    k->now.worst_at = at;
    k->now.deepest = value(k, w, at);
    if (expr_sides(k->expr, k->instance, w, at, &left, &right)) {
        k->now.worst = left;
        k->now.threshold = right;
    }
}

/* Power that was wanted and not had, by Simpson's rule: it jumps only at events. */
static double missed_J(const struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    const struct kind *kind = w->parts[k->server].kind;
    double p_W = field_value(kind_field(kind, "p", 1), world_params(w, k->server));
    const struct signal *power = kind_signal(kind, "power", 5);
    const ns_t at[] = {t0, t0 + (t1 - t0) / 2, t1};
    static const double weight[] = {1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0};
    double sum = 0.0;

    for (int i = 0; i < 3; i++) {
        sum += weight[i] * fmax(0.0, p_W - power->read(w, k->server, at[i]));
    }
    return sum * ns_to_s(t1 - t0);
}

/* Could the value go below `level` on the way? Three looks tell for all that is smooth. */
static bool may_go_below(const struct watch *k, const struct world *w, ns_t t0, ns_t t1,
                         double level)
{
    double first = value(k, w, t0);
    double last = value(k, w, t1);
    double middle = value(k, w, t0 + (t1 - t0) / 2);
    double reach = fabs(middle - first) + fabs(last - middle);

    return fmin(first, fmin(middle, last)) - reach < level;
}

static void inside(struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    ns_t at;

    if (t1 <= t0 || !k->continuous) {
        return;
    }
    if (may_go_below(k, w, t0, t1, k->now.deepest) &&
        cross_least(k->expr, k->instance, w, t0, t1, &at) < k->now.deepest) {
        note_worst(k, w, at);
    }
    k->now.missing_Vs += cross_area(k->expr, k->instance, w, t0, t1);
    if (k->server != NO_PART) {
        k->now.missing_J += missed_J(k, w, t0, t1);
    }
}

static void outside(struct watch *k, const struct world *w, ns_t t0, ns_t t1)
{
    ns_t at = t1;

    if (t1 <= t0 || !k->continuous) {
        return;
    }
    if (!may_go_below(k, w, t0, t1, k->closest)) {
        return;
    }
    double least = cross_least(k->expr, k->instance, w, t0, t1, &at);
    if (least < k->closest) {
        k->closest = least;
        k->closest_at = at;
    }
}

/* ---- edges ------------------------------------------------------------------------------------- */

/* How wrong an edge at `at` may be. t0: where the segments begin; at t0 itself it is a jump. */
static double edge_error_s(const struct watch *k, const struct world *w, ns_t t0, ns_t at)
{
    if (!k->continuous) {
        return 0.0;
    }
    double slope = at > t0 ? fabs(cross_slope(k->expr, k->instance, w, t0, at)) : INFINITY;
    double error = watch_accuracy(k, w, at) / slope + 1e-9;

    return error < 1e3 ? error : 1e3;
}

/* What hurt last; where nothing is known to have hurt since the start, what changed it last. */
static uint32_t hurting(const struct watch *k, const struct world *w)
{
    uint32_t hurt = watch_cause(k, w, CAUSE_HURT);

    return hurt > FIRST_EVENT ? hurt : watch_cause(k, w, CAUSE_LAST);
}

/* Somebody may have helped in this instant. */
static void note_help(struct watch *k, const struct world *w, double y)
{
    struct gap *g = &k->now;
    uint32_t event = watch_cause(k, w, CAUSE_HELPED);

    if (event <= FIRST_EVENT || (g->n_helps > 0 && g->help[g->n_helps - 1].event == event)) {
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
    k->since_error_s = from_start ? 0.0 : edge_error_s(k, w, t0, at);
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
    double error_s = k->since_error_s + (open ? 0.0 : edge_error_s(k, w, t0, at));

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

void watch_span(struct watch *k, const struct world *w, ns_t to, const struct watch_ear *ear)
{
    ns_t from = k->seen;
    ns_t at;

    if (!k->started || to <= from) {
        return;
    }
    k->seen = to;
    while (k->continuous && cross_find(k->expr, k->instance, w, from, to, k->holds, &at)) {
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
    k->fresh = false;
    k->seen = now;
}

void watch_end(struct watch *k, const struct world *w, const struct watch_ear *ear)
{
    ns_t now = w->plant->now;

    if (k->holds) {
        fall(k, w, now, now, true, ear);
        k->holds = true;
    }
}

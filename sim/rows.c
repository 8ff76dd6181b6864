/* rows.c - see rows.h.  Checked by tests/sim/test_trace.c and tests/sim/test_waves.sh. */
#include "rows.h"

#include <math.h>

enum { PLACES = 4 };

struct rows {
    struct rows_options options;
    ns_t next_sample;
    ns_t reached; /* segments before have been looked at */
    ns_t last;    /* look; -1: none yet */
    ns_t spacing;
    int32_t extra;
    bool shows_instant; /* the instant to come is worth a look after it, too */
    double *state;      /* states at the last look */
    ns_t *still; /* of each island: t0 of the settled segment that shows no move since then */
};

struct rows *rows_new(struct arena *a, const struct world *w, const struct rows_options *options)
{
    struct rows *r = arena_get(a, sizeof *r);

    r->options = *options;
    r->next_sample = options->from;
    r->reached = options->from;
    r->last = -1;
    r->spacing = options->spacing;
    r->state = arena_array(a, (size_t)w->plant->net.n_states + 1, sizeof *r->state);
    r->still = arena_array(a, (size_t)w->plant->net.n_nodes + 1, sizeof *r->still);
    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        r->still[i] = -1;
    }
    return r;
}

static void look(struct rows *r, const struct world *w, ns_t at)
{
    r->options.look(r->options.ctx, w, at);
    for (int32_t i = 0; i < w->plant->net.n_states; i++) {
        r->state[i] = plant_state(w, i, at);
    }
    r->last = at;
}

static void extra_look(struct rows *r, const struct world *w, ns_t at)
{
    look(r, w, at);
    if (++r->extra % ROWS_A_SPACING == 0) {
        r->spacing *= 2;
    }
}

/* Has a state of this island? */
static bool island_has_moved(const struct rows *r, const struct world *w, const struct island *isl,
                             ns_t at)
{
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    int32_t n_nodes = w->plant->net.n_nodes;

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t i = states[k];
        double x = plant_state(w, i, at);
        if (fabs(x - r->state[i]) > r->options.moved * (fabs(x) + (i < n_nodes ? 1.0 : 10.0))) {
            return true;
        }
    }
    return false;
}

/* An island that has settled is looked at once. */
static bool has_moved(struct rows *r, const struct world *w, ns_t at)
{
    const int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        const struct island *isl = plant_island(w, i);
        if (island_of[i] != i || (isl->settled && r->still[i] == isl->t0)) {
            continue;
        }
        if (island_has_moved(r, w, isl, at)) {
            return true;
        }
        r->still[i] = isl->settled ? isl->t0 : -1;
    }
    return false;
}

/* Uniform looks and looks where something moves, from what has been reached up to `to`. One at `to`
 * itself is taken only when it shows a move: it may be taken again after the instant. */
static void look_until(struct rows *r, const struct world *w, ns_t to)
{
    ns_t from = r->reached;

    for (int place = 1; place <= PLACES; place++) {
        ns_t at = from + (to - from) * place / PLACES;
        ns_t samples_until = at;
        if (place == PLACES && at - r->options.before >= from) {
            at -= r->options.before;
        }
        while (r->next_sample < samples_until) {
            look(r, w, r->next_sample);
            r->next_sample += r->options.sample;
        }
        if (at - r->last >= r->spacing && has_moved(r, w, at)) {
            extra_look(r, w, at);
        }
    }
    r->reached = to;
}

/* Is the first thing due one that makes currents jump? */
static bool is_worth_showing(const struct world *w, ns_t next)
{
    struct plant *p = w->plant;
    const struct heap_entry *e = heap_first(&p->heap);

    if (e->due != next || next == 0) {
        return false;
    }
    if (e->slot < p->n_parts) {
        enum tie_class tie = w->parts[e->slot].kind->tie;
        return tie == TIE_SCRIPT || tie == TIE_PART;
    }
    return e->slot == p->n_parts + p->net.n_nodes; /* the script */
}

void rows_before(struct rows *r, const struct world *w, ns_t next)
{
    ns_t just_before = next - r->options.before;

    if (next > r->reached) {
        look_until(r, w, next);
    }
    r->shows_instant = just_before >= r->options.from && is_worth_showing(w, next) &&
                       just_before - r->last >= r->spacing;
    if (r->shows_instant) {
        extra_look(r, w, just_before);
    }
}

void rows_after(struct rows *r, const struct world *w)
{
    ns_t now = w->plant->now;

    if (r->next_sample == now) {
        look(r, w, now);
        r->next_sample += r->options.sample;
    } else if (r->shows_instant) {
        extra_look(r, w, now);
    }
    r->shows_instant = false;
}

void rows_end(struct rows *r, const struct world *w)
{
    if (r->last < w->plant->now) {
        look(r, w, w->plant->now);
    }
}

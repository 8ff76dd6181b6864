/* linear.c - cuts an island's rows out of the network and keeps its affine part.
 *
 * Checked by tests/sim/test_rosenbrock.c and by every electrical oracle. */
#include "linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "integrator.h"
#include "meter.h"
#include "search.h"

/* ---- room -------------------------------------------------------------------------------------- */

/* One block, handed out from its begin; when it is used up every linear part is made anew. */
struct linears {
    struct linear *of; /* [n_nodes] by island */
    int32_t n_nodes;
    char *block;
    size_t size, used;
    int32_t *in;                   /* [n_states] the row of a state; -1 between calls */
    int32_t *position;             /* [n_values] */
    int32_t *affine[MEMBER_TYPES]; /* work space for members */
};

enum {
    ROWS = 7,    /* doubles a row, beside those of the matrix */
    ALIGN = 64,  /* bytes */
    ARRAYS = 26, /* of one island */
    END_BYTES = sizeof(struct end) + 3 * sizeof(int32_t) + 4 * sizeof(double),
    LU_NUMBER = sizeof(int32_t) + sizeof(double) /* one of the pattern's, at most one value */
};

static size_t rounded(size_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

struct linears *linears_new(const struct net *n, const struct sparse *s)
{
    struct linears *all = calloc(1, sizeof *all);
    size_t elements = (size_t)n->n_sources + (size_t)n->n_links + (size_t)n->n_loads;

    if (all == NULL) {
        return NULL;
    }
    all->n_nodes = n->n_nodes;
    all->size = (size_t)n->n_nodes * ARRAYS * ALIGN + (size_t)n->n_states * ROWS * sizeof(double) +
                (size_t)(s->n_values * 2 + s->update_first[s->n]) * LU_NUMBER +
                (2 * elements + (size_t)n->n_states) * sizeof(int32_t) +
                (elements + (size_t)n->n_guards) * END_BYTES;
    all->size = rounded(all->size);
    all->affine[MEMBER_SOURCE] = malloc((elements + 1) * sizeof(int32_t));
    all->of = calloc((size_t)n->n_nodes + 1, sizeof *all->of);
    all->block = aligned_alloc(ALIGN, all->size + ALIGN);
    all->in = malloc(((size_t)n->n_states + 1) * sizeof *all->in);
    all->position = malloc(((size_t)s->n_values + 1) * sizeof *all->position);
    if (all->affine[MEMBER_SOURCE] == NULL || all->of == NULL || all->block == NULL ||
        all->in == NULL || all->position == NULL) {
        linears_free(all);
        return NULL;
    }
    all->affine[MEMBER_LINK] = all->affine[MEMBER_SOURCE] + n->n_sources;
    all->affine[MEMBER_LOAD] = all->affine[MEMBER_LINK] + n->n_links;
    memset(all->in, -1, ((size_t)n->n_states + 1) * sizeof *all->in);
    return all;
}

void linears_free(struct linears *all)
{
    if (all != NULL) {
        free(all->affine[MEMBER_SOURCE]);
        free(all->of);
        free(all->block);
        free(all->in);
        free(all->position);
        free(all);
    }
}

static void *hand_out(struct linears *all, size_t bytes)
{
    void *p = all->block + all->used;

    all->used += rounded(bytes);
    CHECK(all->used <= all->size);
    return p;
}

static double *doubles(struct linears *all, size_t n)
{
    double *x = hand_out(all, n * sizeof *x);

    memset(x, 0, n * sizeof *x);
    return x;
}

/* ---- the shape: who belongs to it --------------------------------------------------------------- */

static size_t room_of(const struct island *isl, size_t n_states, int32_t lu_numbers)
{
    size_t elements = (size_t)isl->count[MEMBER_SOURCE] + (size_t)isl->count[MEMBER_LINK] +
                      (size_t)isl->count[MEMBER_LOAD];

    return (size_t)ARRAYS * ALIGN + ROWS * n_states * sizeof(double) +
           (size_t)lu_numbers * LU_NUMBER + (2 * elements + n_states) * sizeof(int32_t) +
           (elements + (size_t)isl->count[MEMBER_GUARD]) * END_BYTES;
}

/* Forget every island. */
static void clear(struct linears *all)
{
    all->used = 0;
    memset(all->of, 0, (size_t)all->n_nodes * sizeof *all->of);
}

static void hand_out_ends(struct linears *all, struct ends *e, size_t n)
{
    size_t whole = (n + QUAD - 1) / QUAD * QUAD;

    e->end = hand_out(all, n * sizeof *e->end);
    for (int i = 0; i < 3; i++) {
        e->at[i] = hand_out(all, whole * sizeof *e->at[i]);
        e->steep[i] = hand_out(all, whole * sizeof *e->steep[i]);
    }
    e->left = hand_out(all, whole * sizeof *e->left);
}

static void cut(struct world *w, const struct island *isl, struct linear *c)
{
    struct linears *all = w->scratch->linears;
    const struct sparse *s = w->wiring->sparse;
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    int32_t n = isl->count[MEMBER_STATE];
    size_t whole = ((size_t)n + QUAD - 1) / QUAD * QUAD;

    for (int32_t k = 0; k < n; k++) {
        all->in[states[k]] = k;
    }
    int32_t numbers = lu_room(s, states, n, all->in);
    if (all->used + room_of(isl, whole, numbers) > all->size) {
        clear(all);
    }
    *c = (struct linear){.shape = isl->shape, .n_quads = (int32_t)whole / QUAD};
    lu_cut(&c->lu, s, states, n, all->in, all->position,
           hand_out(all, (size_t)numbers * sizeof(int32_t)));
    for (int32_t k = 0; k < n; k++) {
        all->in[states[k]] = -1;
    }
    c->mass = doubles(all, whole);
    c->f = doubles(all, whole);
    c->f_t = doubles(all, whole);
    c->surge_S = doubles(all, whole);
    c->surge_s = doubles(all, whole);
    for (size_t k = 0; k < whole; k++) {
        c->mass[k] = k < (size_t)n ? w->wiring->mass[states[k]] : 1.0;
        c->surge_S[k] = k < (size_t)n ? w->wiring->surge_S[states[k]] : 0.0;
        c->surge_s[k] = c->surge_S[k] > 0.0 ? c->mass[k] * c->surge_S[k] : 1.0;
    }
    c->g = doubles(all, (size_t)lu_values(&c->lu));
    c->power_W = doubles(all, whole);
    c->apart_V = doubles(all, whole);
    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        c->bent[type] = hand_out(all, (size_t)isl->count[type] * sizeof *c->bent[type]);
        c->metered.member[type] = hand_out(all, (size_t)isl->count[type] * sizeof(int32_t));
    }
    c->metered.state = hand_out(all, whole * sizeof(int32_t));
    int32_t n_ends = isl->count[MEMBER_SOURCE] + isl->count[MEMBER_LINK] + isl->count[MEMBER_LOAD] +
                     isl->count[MEMBER_GUARD];
    hand_out_ends(all, &c->ends, (size_t)n_ends);
}

/* ---- the change: what its elements are now ------------------------------------------------------- */

/* Write whole-network values of the rows from `by_state` into `by_row`. */
static void gather(const struct linear *c, const double by_state[], double by_row[])
{
    for (int32_t k = 0; k < c->lu.n; k++) {
        by_row[k] = by_state[c->state[k]];
    }
}

static void zero_tangent(const struct linear *c, const struct tangent *y)
{
    for (int32_t k = 0; k < c->lu.n; k++) {
        y->f[c->state[k]] = 0.0;
        y->f_t[c->state[k]] = 0.0;
    }
    for (int32_t i = 0; i < lu_values(&c->lu); i++) {
        y->g[c->lu.from[i]] = 0.0;
    }
}

static struct tangent tangent_of(const struct scratch *s)
{
    return (struct tangent){.f = s->f, .g = s->values, .f_t = s->f_t};
}

/* Part the members of a type into affine ones, at the begin of affine[], and bent ones. */
static void part_by_shape(const struct world *w, const struct island *isl, enum member type,
                          struct linear *c, int32_t affine[], int32_t *n_affine)
{
    const struct net *n = &w->plant->net;
    const int32_t *members = plant_members(w, isl, type);

    *n_affine = 0;
    c->n_bent[type] = 0;
    for (int32_t i = 0; i < isl->count[type]; i++) {
        int32_t m = members[i];
        enum shape shape = type == MEMBER_SOURCE
                               ? source_shape(net_source_const(n, m), isl->changed)
                           : type == MEMBER_LINK ? link_shape(net_link_const(n, m), isl->changed)
                                                 : load_shape(net_load_const(n, m), isl->changed);
        if (shape == SHAPE_AFFINE) {
            affine[(*n_affine)++] = m;
        } else if (shape == SHAPE_BENT) {
            c->bent[type][c->n_bent[type]++] = m;
        } else {
            const struct load *l = net_load_const(n, m);
            int32_t row = w->scratch->linears->in[l->node];
            c->power_W[row] += ramp_at(&l->p, when_ns(isl->changed));
            c->apart_V[row] = 0.0;
        }
    }
}

static void write_out(struct world *w, const struct island *isl, struct linear *c)
{
    struct linears *all = w->scratch->linears;
    struct tangent y = tangent_of(w->scratch);
    struct elements affine;

    for (int32_t k = 0; k < c->lu.n; k++) {
        all->in[c->state[k]] = k;
    }
    for (int32_t k = 0; k < c->n_quads * QUAD; k++) {
        c->power_W[k] = 0.0;
        c->apart_V[k] = 1e100;
    }
    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        affine.member[type] = all->affine[type];
        part_by_shape(w, isl, (enum member)type, c, all->affine[type], &affine.n[type]);
    }
    zero_tangent(c, &y);
    network_tangent(w, &affine, w->scratch->zero, isl->changed, &y);
    gather(c, y.f, c->f);
    gather(c, y.f_t, c->f_t);
    for (int32_t i = 0; i < lu_values(&c->lu); i++) {
        c->g[i] = y.g[c->lu.from[i]];
    }
    meter_prepare(w, isl, c);
    search_prepare(w, isl, c, all->in);
    for (int32_t k = 0; k < c->lu.n; k++) {
        all->in[c->state[k]] = -1;
    }
    c->change = isl->change;
}

struct linear *linear_of(struct world *w, const struct island *isl)
{
    struct linears *all = w->scratch->linears;
    int32_t island = (int32_t)(isl - plant_island(w, 0));
    struct linear *c = &all->of[island];

    if (c->shape != isl->shape) {
        cut(w, isl, c);
    }
    c->state = plant_members(w, isl, MEMBER_STATE); /* another island's partition may move it */
    if (c->change != isl->change) {
        write_out(w, isl, c);
    }
    return c;
}

/* ---- one step ---------------------------------------------------------------------------------- */

static struct elements bent_elements(const struct linear *c)
{
    struct elements e;

    for (int type = MEMBER_SOURCE; type <= MEMBER_LOAD; type++) {
        e.n[type] = c->n_bent[type];
        e.member[type] = c->bent[type];
    }
    return e;
}

void linear_read_segment(const struct world *w, const struct linear *c)
{
    const struct scratch *s = w->scratch;

    gather(c, plant_x0(w), s->x0);
    gather(c, plant_at(w->plant, w->plant->x1_at), s->x1);
    gather(c, plant_at(w->plant, w->plant->c0_at), s->c0);
    gather(c, plant_at(w->plant, w->plant->c1_at), s->c1);
}

void linear_write_segment(const struct world *w, const struct linear *c)
{
    const struct scratch *s = w->scratch;
    double *x1 = plant_at(w->plant, w->plant->x1_at);
    double *c0 = plant_at(w->plant, w->plant->c0_at);
    double *c1 = plant_at(w->plant, w->plant->c1_at);

    for (int32_t k = 0; k < c->lu.n; k++) {
        int32_t r = c->state[k];
        x1[r] = s->x1[k];
        c0[r] = s->c0[k];
        c1[r] = s->c1[k];
    }
}

/* p / v is p / v0 - p / v0^2 (v - v0) + p / v0^2 (v - v0)^2 / v; the last is the integrator's. */
ANY_WIDTH
static void start_rows(const struct linear *c, const struct scratch *s, double since_s)
{
    for (int32_t k = 0; k < c->n_quads; k++) {
        quad pole = quads_const(s->x0)[k] + quads_const(c->apart_V)[k];
        quad i_A = quads_const(c->power_W)[k] / pole;
        quads(s->pole)[k] = pole;
        quads(s->pull)[k] = i_A / pole;
        quads(s->f0)[k] = quads_const(c->f)[k] + quads_const(c->f_t)[k] * since_s - i_A;
        quads(s->f_t0)[k] = quads_const(c->f_t)[k];
    }
}

void linear_start(struct world *w, const struct island *isl, const struct linear *c,
                  struct scratch *s)
{
    start_rows(c, s, ns_to_s(isl->t0 - isl->changed));
    lu_subtract_product(&c->lu, c->g, s->x0, s->f0);
    memcpy(s->lu, c->g, (size_t)lu_values(&c->lu) * sizeof *s->lu);
    for (int32_t k = 0; k < c->lu.n; k++) {
        s->lu[k] -= s->pull[k];
    }
    if (linear_is_bent(c)) {
        struct tangent y = tangent_of(s);
        struct elements bent = bent_elements(c);
        zero_tangent(c, &y);
        network_tangent(w, &bent, plant_x0(w), isl->t0, &y);
        for (int32_t k = 0; k < c->lu.n; k++) {
            s->f0[k] += y.f[c->state[k]];
            s->f_t0[k] += y.f_t[c->state[k]];
        }
        for (int32_t i = 0; i < lu_values(&c->lu); i++) {
            s->lu[i] += y.g[c->lu.from[i]];
        }
    }
}

void linear_bend(struct world *w, const struct island *isl, const struct linear *c,
                 const double x0[], const double d[], double s, double f[])
{
    struct scratch *scratch = w->scratch;
    struct elements bent = bent_elements(c);

    for (int32_t k = 0; k < c->lu.n; k++) {
        scratch->x[c->state[k]] = x0[k] + d[k];
        scratch->f[c->state[k]] = 0.0;
    }
    network_bend(w, &bent, isl->t0, scratch->x, s, scratch->f);
    for (int32_t k = 0; k < c->lu.n; k++) {
        f[k] += scratch->f[c->state[k]];
    }
}

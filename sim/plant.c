/* plant.c - lays the block out, wires the parts, and runs from due time to due time. */
#include "plant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "integrator.h"
#include "island.h"
#include "partition.h"
#include "random.h"
#include "rest.h"

/* Edges then are right to some 10 ns on the racks of tests/bench. */
static const double DEFAULT_TOLERANCE = 3e-6;

/* ---- layout ------------------------------------------------------------------------------------ */

enum { LINE = 64 };

/* Arrays start on cache lines. */
static int64_t reserve(int64_t *size, int64_t bytes)
{
    int64_t at = *size;

    *size = (at + bytes + LINE - 1) / LINE * LINE;
    return at;
}

static struct plant *new_block(int64_t size)
{
    return aligned_alloc(LINE, (size_t)size);
}

static int64_t bytes_of(int32_t n, size_t each)
{
    return (int64_t)n * (int64_t)each;
}

static int32_t script_slot(const struct plant *p)
{
    return p->n_parts + p->net.n_nodes;
}

/* Lay everything out for the counts in p->net; returns the size of the whole block. */
static int64_t lay_out(struct plant *p, const struct part parts[])
{
    int64_t size = 0;
    int64_t net_at = (int64_t)offsetof(struct plant, net);
    struct net *n = &p->net;
    const int32_t members[MEMBER_TYPES] = {n->n_states, n->n_sources, n->n_links,
                                           n->n_loads,  n->n_guards,  p->n_parts};

    reserve(&size, (int64_t)sizeof *p + bytes_of(p->n_parts, sizeof(struct slot)));
    p->islands_at = reserve(&size, bytes_of(n->n_nodes, sizeof(struct island)));
    p->island_of_at = reserve(&size, bytes_of(n->n_states, sizeof(int32_t)));
    for (int type = 0; type < MEMBER_TYPES; type++) {
        p->member_room[type] = 2 * members[type];
        p->member_at[type] = reserve(&size, bytes_of(p->member_room[type], sizeof(int32_t)));
    }
    p->marked_at = reserve(&size, bytes_of(n->n_nodes, sizeof(int32_t)));
    p->x0_at = reserve(&size, bytes_of(n->n_states, sizeof(double)));
    p->x1_at = reserve(&size, bytes_of(n->n_states, sizeof(double)));
    p->c0_at = reserve(&size, bytes_of(n->n_states, sizeof(double)));
    p->c1_at = reserve(&size, bytes_of(n->n_states, sizeof(double)));
    n->nodes_at = reserve(&size, bytes_of(n->n_nodes, sizeof(struct node))) - net_at;
    n->sources_at = reserve(&size, bytes_of(n->n_sources, sizeof(struct source))) - net_at;
    n->links_at = reserve(&size, bytes_of(n->n_links, sizeof(struct link))) - net_at;
    n->loads_at = reserve(&size, bytes_of(n->n_loads, sizeof(struct load))) - net_at;
    n->guards_at = reserve(&size, bytes_of(n->n_guards, sizeof(struct guard))) - net_at;
    p->heap.entries_at = reserve(&size, heap_bytes(script_slot(p) + 1));
    for (int32_t i = 0; i < p->n_parts; i++) {
        int64_t at = reserve(&size, (int64_t)parts[i].kind->state_size);
        if (!n->counting) {
            p->slots[i].state_at = at;
        }
    }
    p->size = size;
    return size;
}

/* ---- wiring ------------------------------------------------------------------------------------ */

static void wire_parts(struct world *w)
{
    for (int32_t i = 0; i < w->plant->n_parts; i++) {
        if (w->parts[i].kind->wire != NULL) {
            w->parts[i].kind->wire(w, i);
        }
    }
    for (int32_t i = 0; i < w->plant->n_parts; i++) {
        if (w->parts[i].kind->join != NULL) {
            w->parts[i].kind->join(w, i);
        }
    }
}

static struct plant *empty_plant(const struct world *w, int32_t n_parts, const struct net *counts)
{
    struct plant head = {.n_parts = n_parts, .seed = w->options.seed};

    if (counts != NULL) {
        head.net = *counts;
    }
    head.net.counting = true; /* first look at the size only: the slots have no room yet */
    int64_t size = lay_out(&head, w->parts);
    struct plant *p = new_block(size);
    if (p == NULL) {
        return NULL;
    }
    memset(p, 0, (size_t)size);
    *p = head;
    p->net.counting = false;
    lay_out(p, w->parts);
    for (int32_t i = 0; i < n_parts; i++) {
        struct slot *s = &p->slots[i];
        s->home = NO_STATE;
        s->stream = random_stream(head.seed, w->parts[i].name);
    }
    return p;
}

/* Wire twice: once to count what the parts claim, once to store it. */
static bool build(struct world *w, int32_t n_parts)
{
    w->plant = empty_plant(w, n_parts, NULL);
    if (w->plant == NULL) {
        return false;
    }
    w->plant->net.counting = true;
    wire_parts(w);
    struct net counts = w->plant->net;
    free(w->plant);
    w->plant = empty_plant(w, n_parts, &counts);
    if (w->plant == NULL) {
        return false;
    }
    struct net *n = &w->plant->net;
    n->n_nodes = n->n_sources = n->n_links = n->n_loads = n->n_guards = 0;
    wire_parts(w);
    CHECK(n->n_nodes == counts.n_nodes && n->n_sources == counts.n_sources &&
          n->n_links == counts.n_links && n->n_loads == counts.n_loads &&
          n->n_guards == counts.n_guards);
    n->n_states = counts.n_nodes;
    for (int32_t i = 0; i < n->n_sources; i++) {
        struct source *u = net_source(n, i);
        u->state_i = u->l_H > 0.0 ? n->n_states++ : NO_STATE;
        u->state_trim = u->share_node != NO_STATE ? n->n_states++ : NO_STATE;
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        struct link *k = net_link(n, i);
        k->state_i = k->l_H > 0.0 ? n->n_states++ : NO_STATE;
    }
    CHECK(n->n_states == counts.n_states);
    return true;
}

static void pair(int32_t (*pairs)[2], int32_t *n, int32_t i, int32_t j)
{
    if (i >= 0 && j >= 0 && i != j) {
        pairs[*n][0] = i;
        pairs[(*n)++][1] = j;
    }
}

static struct sparse *pattern(const struct net *n)
{
    size_t room = (size_t)n->n_sources * 5 + (size_t)n->n_links * 3 + 1;
    int32_t(*pairs)[2] = calloc(room, sizeof *pairs);
    int32_t many = 0;

    if (pairs == NULL) {
        return NULL;
    }
    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        pair(pairs, &many, u->node, u->state_i);
        if (u->state_trim != NO_STATE) {
            pair(pairs, &many, u->state_i, u->state_trim);
            pair(pairs, &many, u->state_trim, u->share_node);
            pair(pairs, &many, u->state_trim, u->node);
            pair(pairs, &many, u->share_node, u->state_i);
            pair(pairs, &many, u->share_node, u->node);
        }
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        pair(pairs, &many, k->a, k->b);
        pair(pairs, &many, k->a, k->state_i);
        pair(pairs, &many, k->b, k->state_i);
    }
    struct sparse *s = sparse_new(n->n_states, (const int32_t(*)[2])pairs, many);
    free(pairs);
    return s;
}

static int32_t entry(const struct sparse *s, int32_t i, int32_t j)
{
    return i < 0 || j < 0 ? -1 : sparse_position(s, i, j);
}

static void place_entries(struct wiring *wire, const struct net *n)
{
    const struct sparse *s = wire->sparse;

    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        int32_t *at = wire->source[i];
        int32_t share = u->state_trim == NO_STATE ? NO_STATE : u->share_node;
        at[SOURCE_V_I] = entry(s, u->node, u->state_i);
        at[SOURCE_V_TRIM] = entry(s, u->node, u->state_trim);
        at[SOURCE_I_V] = entry(s, u->state_i, u->node);
        at[SOURCE_I_TRIM] = entry(s, u->state_i, u->state_trim);
        at[SOURCE_TRIM_I] = entry(s, u->state_trim, u->state_i);
        at[SOURCE_TRIM_SHARE] = entry(s, u->state_trim, share);
        at[SOURCE_TRIM_V] = entry(s, u->state_trim, u->node);
        at[SOURCE_SHARE_I] = entry(s, share, u->state_i);
        at[SOURCE_SHARE_V] = entry(s, share, u->node);
        at[SOURCE_SHARE_TRIM] = entry(s, share, u->state_trim);
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        int32_t *at = wire->link[i];
        at[LINK_A_B] = entry(s, k->a, k->b);
        at[LINK_B_A] = entry(s, k->b, k->a);
        at[LINK_A_I] = entry(s, k->a, k->state_i);
        at[LINK_I_A] = entry(s, k->state_i, k->a);
        at[LINK_B_I] = entry(s, k->b, k->state_i);
        at[LINK_I_B] = entry(s, k->state_i, k->b);
    }
}

static void place_masses(struct wiring *wire, const struct net *n)
{
    for (int32_t i = 0; i < n->n_nodes; i++) {
        wire->mass[i] = net_node_const(n, i)->c_F;
    }
    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        if (u->state_i != NO_STATE) {
            wire->mass[u->state_i] = u->l_H;
        }
        if (u->state_trim != NO_STATE) {
            wire->mass[u->state_trim] = u->trim_tau_s;
        }
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        if (k->state_i != NO_STATE) {
            wire->mass[k->state_i] = k->l_H;
        }
    }
}

/* The ground is a capacitance without end. */
static double node_F(const struct net *n, int32_t node)
{
    return node == GROUND ? INFINITY : net_node_const(n, node)->c_F;
}

/* Through a resistance and the surge impedance sqrt(L / C) of an inductance and a capacitance. */
static void place_ringing(struct wiring *wire, int32_t state, double r_Ohm, double l_H, double c_F)
{
    if (state != NO_STATE) {
        wire->ringing_A[state] = RINGING_V / (r_Ohm + sqrt(l_H / c_F));
        wire->most_ringing_A = fmax(wire->most_ringing_A, wire->ringing_A[state]);
    }
}

static void place_ringings(struct wiring *wire, const struct net *n)
{
    for (int32_t i = 0; i < n->n_sources; i++) {
        const struct source *u = net_source_const(n, i);
        place_ringing(wire, u->state_i, u->r_Ohm, u->l_H, node_F(n, u->node));
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        const struct link *k = net_link_const(n, i);
        double c_F = fmin(node_F(n, k->a), node_F(n, k->b));
        place_ringing(wire, k->state_i, k->r_Ohm, k->l_H, c_F);
    }
}

static void wiring_free(struct wiring *wire)
{
    if (wire != NULL) {
        sparse_free(wire->sparse);
        free(wire->mass);
        free(wire->ringing_A);
        free(wire->source);
        free(wire->link);
        free(wire);
    }
}

static struct wiring *wiring_new(const struct net *n)
{
    struct wiring *wire = calloc(1, sizeof *wire);

    if (wire == NULL) {
        return NULL;
    }
    wire->sparse = pattern(n);
    wire->mass = calloc((size_t)n->n_states + 1, sizeof *wire->mass);
    wire->ringing_A = calloc((size_t)n->n_states + 1, sizeof *wire->ringing_A);
    wire->source = calloc((size_t)n->n_sources + 1, sizeof *wire->source);
    wire->link = calloc((size_t)n->n_links + 1, sizeof *wire->link);
    if (wire->sparse == NULL || wire->mass == NULL || wire->ringing_A == NULL ||
        wire->source == NULL || wire->link == NULL) {
        wiring_free(wire);
        return NULL;
    }
    place_masses(wire, n);
    place_ringings(wire, n);
    place_entries(wire, n);
    return wire;
}

/* ---- ranks at one instant ---------------------------------------------------------------------- */

static enum tie_class class_of(const struct world *w, int32_t slot)
{
    if (slot == script_slot(w->plant)) {
        return TIE_SCRIPT;
    }
    if (slot >= w->plant->n_parts) {
        return TIE_NETWORK;
    }
    enum tie_class tie = w->parts[slot].kind->tie;
    return tie == TIE_SCRIPT ? TIE_PART : tie;
}

enum { RANK_CLASS_SHIFT = 28 };

/* File order within a class, or, to show whether a verdict hangs on it, another order. */
static void init_heap(struct world *w, uint32_t rank[])
{
    struct plant *p = w->plant;
    int32_t n = script_slot(p) + 1;
    int64_t at = p->heap.entries_at - (int64_t)offsetof(struct plant, heap);

    for (int32_t i = 0; i < n; i++) {
        rank[i] = (uint32_t)i;
    }
    for (int32_t i = n - 1; w->options.shuffle_ties != 0 && i > 0; i--) {
        double u = random_uniform(w->options.shuffle_ties, 0, (uint64_t)i);
        int32_t j = (int32_t)(u * (double)(i + 1));
        uint32_t swap = rank[i];
        rank[i] = rank[j];
        rank[j] = swap;
    }
    for (int32_t i = 0; i < n; i++) {
        rank[i] |= (uint32_t)class_of(w, i) << RANK_CLASS_SHIFT;
    }
    heap_init(&p->heap, n, at, rank);
}

/* ---- life -------------------------------------------------------------------------------------- */

static void start_parts(struct world *w)
{
    w->plant->running = true;
    world_event(w, NO_PART, EV_START, 0.0);
    uint32_t start = w->plant->cause;
    for (int32_t i = 0; i < w->plant->n_parts; i++) {
        w->plant->cause = start;
        if (w->parts[i].kind->start != NULL) {
            w->parts[i].kind->start(w, i);
        }
    }
    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        for (int c = 0; c < CAUSES; c++) {
            plant_island(w, i)->cause[c] = start;
        }
    }
}

struct world *plant_new(const struct part parts[], int32_t n_parts,
                        const struct plant_options *options, const struct sink *sink)
{
    struct world *w = calloc(1, sizeof *w);

    if (w == NULL) {
        return NULL;
    }
    w->parts = parts;
    w->options = *options;
    w->options.tolerance = options->tolerance > 0.0 ? options->tolerance : DEFAULT_TOLERANCE;
    w->sink = *sink;
    if (!build(w, n_parts)) {
        plant_free(w);
        return NULL;
    }
    struct wiring *wire = wiring_new(&w->plant->net);
    uint32_t *rank = calloc((size_t)script_slot(w->plant) + 1, sizeof *rank);
    w->wiring = wire;
    w->scratch = wire == NULL ? NULL : scratch_new(w->plant, wire->sparse);
    if (rank == NULL || w->scratch == NULL) {
        free(rank);
        plant_free(w);
        return NULL;
    }
    init_heap(w, rank);
    free(rank);
    rest_find(w);
    start_parts(w);
    return w;
}

void plant_free_fork(struct world *fork)
{
    if (fork != NULL) {
        scratch_free(fork->scratch);
        free(fork->plant);
        free(fork);
    }
}

void plant_free(struct world *w)
{
    if (w != NULL) {
        union {
            const struct wiring *kept;
            struct wiring *owned;
        } wire = {.kept = w->wiring};
        wiring_free(wire.owned);
        plant_free_fork(w);
    }
}

struct world *plant_fork(const struct world *w, const struct sink *sink)
{
    struct world *fork = calloc(1, sizeof *fork);

    CHECK(w->options.remote == NULL || !w->plant->running); /* a board can't be copied */
    if (fork == NULL) {
        return NULL;
    }
    *fork = *w;
    fork->sink = *sink;
    fork->script = (struct script_hook){0};
    fork->scratch = scratch_new(w->plant, w->wiring->sparse);
    fork->plant = new_block(w->plant->size);
    if (fork->scratch == NULL || fork->plant == NULL) {
        plant_free_fork(fork);
        return NULL;
    }
    memcpy(fork->plant, w->plant, (size_t)w->plant->size);
    return fork;
}

/* ---- the clock --------------------------------------------------------------------------------- */

static void count_tie(struct plant *p, const struct heap_entry *e)
{
    uint32_t class = e->rank >> RANK_CLASS_SHIFT;

    if (e->due == p->last_due && class == p->last_rank >> RANK_CLASS_SHIFT &&
        e->rank != p->last_rank) {
        p->counts.ties++;
    }
    p->last_due = e->due;
    p->last_rank = e->rank;
}

static void handle(struct world *w, struct heap_entry e)
{
    struct plant *p = w->plant;

    count_tie(p, &e);
    if (e.slot == script_slot(p)) {
        w->script.due(w->script.ctx, w);
    } else if (e.slot < p->n_parts) {
        p->cause = plant_slot(w, e.slot)->wake_cause;
        w->parts[e.slot].kind->due(w, e.slot);
    } else {
        island_due(w, e.slot - p->n_parts);
    }
}

bool plant_next(struct world *w, ns_t until)
{
    struct plant *p = w->plant;
    ns_t next = heap_first(&p->heap)->due;

    if (next > until || next == NS_NEVER) {
        p->now = until > p->now ? until : p->now;
        return false;
    }
    CHECK(next >= p->now);
    p->now = next;
    check_set_time(next);
    bool more = true;
    while (more) {
        handle(w, heap_take(&p->heap));
        more = heap_first(&p->heap)->due == next;
        if (!more && w->script.look != NULL && p->running) {
            w->script.look(w->script.ctx, w);
            more = heap_first(&p->heap)->due == next;
        }
    }
    return true;
}

bool plant_is_last(const struct world *w)
{
    return heap_first(&w->plant->heap)->due > w->plant->now;
}

void plant_run(struct world *w, ns_t until)
{
    while (plant_next(w, until)) {
    }
}

void plant_wake_script(struct world *w, ns_t due)
{
    heap_set(&w->plant->heap, script_slot(w->plant), due);
}

void plant_flush(struct world *w)
{
    const int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        if (island_of[i] == i && plant_island(w, i)->t0 < w->plant->now) {
            island_touch(w, i, EFFECT_NONE);
        }
    }
}

/* ---- what models ask of their world (models/world.h) ------------------------------------------- */

ns_t world_now(const struct world *w)
{
    return w->plant->now;
}

const void *world_params(const struct world *w, int32_t part)
{
    return w->parts[part].params;
}

void *world_state(struct world *w, int32_t part)
{
    return plant_at(w->plant, plant_slot(w, part)->state_at);
}

const void *world_state_const(const struct world *w, int32_t part)
{
    return plant_at(w->plant, plant_slot(w, part)->state_at);
}

const struct net *world_net_const(const struct world *w)
{
    return &w->plant->net;
}

void world_wake(struct world *w, int32_t part, ns_t due)
{
    struct slot *s = plant_slot(w, part);

    CHECK(due >= w->plant->now);
    s->wake_cause = w->plant->cause;
    s->wakes++;
    heap_set(&w->plant->heap, part, due);
}

/* Multiplied, each bit reaches those above it; folded, the high ones reach the low ones before the
 * next word. Either step can be undone, so that no event is lost on the way.
 * Source of the multiplier: 2^64 over the golden ratio, as in SplitMix64. */
static uint64_t hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* When, who, what, and the number beside it; not ids, which follow from these. */
static uint64_t hash_event(uint64_t hash, const struct event *e)
{
    uint64_t value;

    memcpy(&value, &e->value, sizeof value);
    hash = hash_word(hash, (uint64_t)e->at);
    hash = hash_word(hash, (uint64_t)(uint32_t)e->part << 32 | (uint32_t)e->kind);
    return hash_word(hash, value);
}

uint32_t world_event_from(struct world *w, int32_t part, enum event_kind kind, double value,
                          ns_t from_ns)
{
    struct plant *p = w->plant;
    struct event e = {.id = p->n_events + 1,
                      .cause = p->cause,
                      .at = p->now,
                      .from = from_ns,
                      .part = part,
                      .kind = kind,
                      .value = value};

    if (!p->running) {
        return 0;
    }
    p->n_events++;
    p->counts.events++;
    p->hash = hash_event(p->hash, &e);
    p->cause = e.id;
    if (w->sink.event != NULL) {
        w->sink.event(w->sink.ctx, &e);
    }
    return e.id;
}

uint32_t world_event(struct world *w, int32_t part, enum event_kind kind, double value)
{
    return world_event_from(w, part, kind, value, w->plant->now);
}

uint32_t world_cause(const struct world *w)
{
    return w->plant->cause;
}

void world_blame(struct world *w, uint32_t event)
{
    w->plant->cause = event;
}

double world_uniform(struct world *w, int32_t part)
{
    struct slot *s = plant_slot(w, part);

    return random_uniform(s->stream, 0, s->draws++);
}

double world_uniform_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index)
{
    return random_uniform(plant_slot(w, part)->stream, purpose + 1, index);
}

double world_normal_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index)
{
    return random_normal(plant_slot(w, part)->stream, purpose + 1, index);
}

const char *world_part_name(const struct world *w, int32_t part)
{
    return part == NO_PART ? "" : w->parts[part].name;
}

int32_t world_parts(const struct world *w)
{
    return w->plant->n_parts;
}

const struct kind *world_kind(const struct world *w, int32_t part)
{
    return w->parts[part].kind;
}

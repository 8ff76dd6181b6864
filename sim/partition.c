/* partition.c - islands from the links' modes, by union-find.
 *
 * An island is named by its lowest node. Its members stand, type by type, in slices of arrays that
 * have room for twice as many: a new island's are put behind the last one's, and when the room is
 * used up all are moved together. Checked by tests/sim/test_partition.c. */
#include "partition.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "integrator.h"

static const double H_FIRST_S = 1e-6; /* tried after a change that says nothing better */

/* ---- union-find -------------------------------------------------------------------------------- */

static int32_t root_of(int32_t up[], int32_t i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

/* The lower index becomes the root, so an island is named by its lowest node. */
static void join(int32_t up[], int32_t a, int32_t b)
{
    int32_t ra = root_of(up, a);
    int32_t rb = root_of(up, b);

    up[ra > rb ? ra : rb] = ra < rb ? ra : rb;
}

static void join_by_link(const struct link *k, int32_t up[])
{
    if (k->a != GROUND && k->b != GROUND && (k->couples || k->mode != LINK_OPEN)) {
        join(up, k->a, k->b);
    }
}

static void join_by_source(const struct source *u, int32_t up[])
{
    if (u->share_node != NO_STATE && u->mode != SOURCE_OFF) {
        join(up, u->node, u->share_node);
    }
}

/* ---- homes ------------------------------------------------------------------------------------- */

static int32_t link_home(const struct link *k)
{
    return k->a != GROUND ? k->a : k->b;
}

static int32_t guard_home(const struct net *n, const struct guard *g)
{
    switch (g->what) {
    case GUARD_SOURCE_CURRENT:
        return net_source_const(n, g->a)->node;
    case GUARD_LINK_CURRENT:
        return link_home(net_link_const(n, g->a));
    case GUARD_VOLTAGE:
    default:
        return g->a != GROUND ? g->a : g->b;
    }
}

/* The state in whose island member i of a type lives; NO_STATE: in none. */
static int32_t home_of(const struct world *w, enum member type, int32_t i)
{
    const struct net *n = &w->plant->net;

    switch (type) {
    case MEMBER_SOURCE:
        return net_source_const(n, i)->node;
    case MEMBER_LINK:
        return link_home(net_link_const(n, i));
    case MEMBER_LOAD:
        return net_load_const(n, i)->node;
    case MEMBER_GUARD:
        return guard_home(n, net_guard_const(n, i));
    case MEMBER_MOVER:
        return w->parts[i].kind->moved != NULL ? plant_slot(w, i)->home : NO_STATE;
    case MEMBER_STATE: /* its island is known */
    case MEMBER_TYPES:
    default:
        return i;
    }
}

/* States of branches follow the node they hang on. */
static void place_source(const struct source *u, int32_t island_of[])
{
    if (u->state_i != NO_STATE) {
        island_of[u->state_i] = island_of[u->node];
    }
    if (u->state_trim != NO_STATE) {
        island_of[u->state_trim] = island_of[u->node];
    }
}

static void place_link(const struct link *k, int32_t island_of[])
{
    if (k->state_i != NO_STATE) {
        island_of[k->state_i] = island_of[link_home(k)];
    }
}

/* ---- the marked islands ------------------------------------------------------------------------ */

static int32_t *marked(const struct world *w)
{
    return plant_at(w->plant, w->plant->marked_at);
}

void partition_mark(struct world *w, int32_t node)
{
    int32_t island = plant_island_of(w)[node];
    struct island *isl = plant_island(w, island);

    if (!isl->marked) {
        isl->marked = true;
        marked(w)[w->plant->n_marked++] = island;
    }
}

void partition_reshape(struct world *w, const struct link *k)
{
    struct plant *p = w->plant;

    plant_island(w, plant_island_of(w)[link_home(k)])->shape = ++p->changes;
    if (k->a != GROUND && k->b != GROUND) {
        plant_island(w, plant_island_of(w)[k->b])->shape = ++p->changes;
    }
}

/* Join the nodes of the marked islands anew. */
static void join_marked(const struct world *w, int32_t up[])
{
    const struct net *n = &w->plant->net;

    for (int32_t i = 0; i < w->plant->n_marked; i++) {
        const struct island *isl = plant_island(w, marked(w)[i]);
        const int32_t *states = plant_members(w, isl, MEMBER_STATE);
        for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
            up[states[k]] = states[k];
        }
    }
    for (int32_t i = 0; i < w->plant->n_marked; i++) {
        const struct island *isl = plant_island(w, marked(w)[i]);
        const int32_t *links = plant_members(w, isl, MEMBER_LINK);
        const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
        for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
            join_by_link(net_link_const(n, links[k]), up);
        }
        for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
            join_by_source(net_source_const(n, sources[k]), up);
        }
    }
}

/* A new island starts where the islands its nodes come from have been brought to: now. */
static void start_island(struct world *w, int32_t island)
{
    struct plant *p = w->plant;
    struct island *isl = plant_island(w, island);

    isl->shape = isl->change = ++p->changes;
    isl->changed = isl->t0 = p->now;
    isl->h_s = 1.0;
    isl->settled = false;
    isl->dirty = true;
    heap_set(&p->heap, p->n_parts + island, p->now);
}

/* Its node was in another island: causes and step go with it. */
static void inherit(struct island *isl, const struct island *from)
{
    for (int c = 0; c < CAUSES; c++) {
        isl->cause[c] = from->cause[c] > isl->cause[c] ? from->cause[c] : isl->cause[c];
    }
    isl->h_next_s = fmin(from->h_next_s, H_FIRST_S);
}

/* Name the islands of the marked ones' nodes; list their names. A name that had nodes before and
 * now has as many, all its own, has kept them. Returns the number of names. */
static int32_t name_islands(struct world *w, int32_t up[], int32_t name[])
{
    int32_t *island_of = plant_island_of(w);
    int32_t *own = w->scratch->work[0]; /* nodes that stay, by name */
    int32_t *all = w->scratch->work[1]; /* nodes, by name */
    int32_t n_nodes = w->plant->net.n_nodes;
    int32_t n_names = 0;

    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < w->plant->n_marked; i++) {
            int32_t was_in = marked(w)[i];
            const struct island *was = plant_island(w, was_in);
            const int32_t *states = plant_members(w, was, MEMBER_STATE);
            for (int32_t k = 0; k < was->count[MEMBER_STATE]; k++) {
                int32_t node = states[k];
                if (node >= n_nodes) {
                    continue;
                }
                int32_t in = root_of(up, node);
                if (pass == 0) {
                    own[in] = all[in] = 0;
                    continue;
                }
                if (in == node) {
                    name[n_names++] = in;
                }
                all[in]++;
                own[in] += in == was_in;
                if (in != was_in) {
                    inherit(plant_island(w, in), was);
                }
                island_of[node] = in;
            }
        }
    }
    for (int32_t i = 0; i < n_names; i++) {
        struct island *isl = plant_island(w, name[i]);
        if (all[name[i]] != own[name[i]] || all[name[i]] != isl->n_nodes) {
            isl->n_nodes = all[name[i]];
            isl->h_next_s = fmin(isl->h_next_s, H_FIRST_S);
            start_island(w, name[i]);
        }
    }
    return n_names;
}

static void place_marked_branches(struct world *w)
{
    const struct net *n = &w->plant->net;
    int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < w->plant->n_marked; i++) {
        const struct island *isl = plant_island(w, marked(w)[i]);
        const int32_t *sources = plant_members(w, isl, MEMBER_SOURCE);
        const int32_t *links = plant_members(w, isl, MEMBER_LINK);
        for (int32_t k = 0; k < isl->count[MEMBER_SOURCE]; k++) {
            place_source(net_source_const(n, sources[k]), island_of);
        }
        for (int32_t k = 0; k < isl->count[MEMBER_LINK]; k++) {
            place_link(net_link_const(n, links[k]), island_of);
        }
    }
}

/* ---- members ----------------------------------------------------------------------------------- */

/* Members of a type stand in this order: states as they are eliminated, others by index. */
static int32_t rank_of(const struct world *w, enum member type, int32_t m)
{
    return type == MEMBER_STATE ? w->wiring->sparse->place[m] : m;
}

/* Take the members of a type out of the marked islands, in order, into all[]; their number. */
static int32_t take_members(struct world *w, enum member type, int32_t all[], int32_t other[])
{
    int32_t n = 0;

    for (int32_t i = 0; i < w->plant->n_marked; i++) {
        struct island *isl = plant_island(w, marked(w)[i]);
        const int32_t *more = plant_members(w, isl, type);
        int32_t n_more = isl->count[type];
        int32_t a = 0;
        int32_t b = 0;
        while (a < n || b < n_more) {
            bool first =
                b == n_more || (a < n && rank_of(w, type, all[a]) < rank_of(w, type, more[b]));
            other[a + b] = first ? all[a] : more[b];
            a += first;
            b += !first;
        }
        n += n_more;
        memcpy(all, other, (size_t)n * sizeof *all);
        isl->count[type] = 0;
    }
    return n;
}

/* Move all slices of a type together. */
static void close_ranks(struct world *w, enum member type, int32_t room[])
{
    struct plant *p = w->plant;
    int32_t *member = plant_at(p, p->member_at[type]);
    int32_t at = 0;

    for (int32_t i = 0; i < p->net.n_nodes; i++) {
        struct island *isl = plant_island(w, i);
        memcpy(&room[at], &member[isl->first[type]], (size_t)isl->count[type] * sizeof *room);
        isl->first[type] = at;
        at += isl->count[type];
    }
    memcpy(member, room, (size_t)at * sizeof *member);
    p->member_used[type] = at;
}

/* Give the members of a type to the islands of these names. */
static void give_members(struct world *w, enum member type, const int32_t all[], int32_t n,
                         const int32_t name[], int32_t n_names)
{
    struct plant *p = w->plant;
    int32_t *member = plant_at(p, p->member_at[type]);
    const int32_t *island_of = plant_island_of(w);

    CHECK(p->member_used[type] + n <= p->member_room[type]);
    for (int32_t k = 0; k < n; k++) {
        plant_island(w, island_of[home_of(w, type, all[k])])->count[type]++;
    }
    for (int32_t i = 0; i < n_names; i++) {
        struct island *isl = plant_island(w, name[i]);
        isl->first[type] = p->member_used[type];
        p->member_used[type] += isl->count[type];
        isl->count[type] = 0;
    }
    for (int32_t k = 0; k < n; k++) {
        struct island *isl = plant_island(w, island_of[home_of(w, type, all[k])]);
        member[isl->first[type] + isl->count[type]++] = all[k];
    }
}

static void sort_members(struct world *w, enum member type, const int32_t name[], int32_t n_names)
{
    int32_t *all = w->scratch->work[0];
    int32_t *other = w->scratch->work[1];
    int32_t n = take_members(w, type, all, other);

    if (w->plant->member_used[type] + n > w->plant->member_room[type]) {
        close_ranks(w, type, other);
    }
    give_members(w, type, all, n, name, n_names);
}

/* ---- both together ----------------------------------------------------------------------------- */

void partition_marked(struct world *w)
{
    struct plant *p = w->plant;
    int32_t *up = w->scratch->marks;
    int32_t *name = w->scratch->work[2];

    join_marked(w, up);
    int32_t n_names = name_islands(w, up, name);
    place_marked_branches(w);
    for (int type = 0; type < MEMBER_TYPES; type++) {
        sort_members(w, (enum member)type, name, n_names);
    }
    for (int32_t i = 0; i < p->n_marked; i++) {
        int32_t was = marked(w)[i];
        struct island *isl = plant_island(w, was);
        isl->marked = false;
        if (plant_island_of(w)[was] != was) { /* nobody's name any more */
            isl->dirty = false;
            isl->n_nodes = 0;
            heap_set(&p->heap, p->n_parts + was, NS_NEVER);
        }
    }
    p->n_marked = 0;
    p->counts.partitions++;
}

/* Everything is one marked island, which then comes apart. */
void partition_all(struct world *w)
{
    struct plant *p = w->plant;
    int32_t *island_of = plant_island_of(w);
    struct island *isl = plant_island(w, 0);

    if (p->net.n_nodes == 0) {
        return;
    }
    for (int type = 0; type < MEMBER_TYPES; type++) {
        int32_t *member = plant_at(p, p->member_at[type]);
        int32_t many = p->member_room[type] / 2;
        int32_t n = 0;
        for (int32_t i = 0; i < many; i++) {
            int32_t m = type == MEMBER_STATE ? w->wiring->sparse->order[i] : i;
            if (home_of(w, (enum member)type, m) != NO_STATE) {
                member[n++] = m;
            }
        }
        isl->first[type] = 0;
        isl->count[type] = n;
        p->member_used[type] = n;
    }
    memset(island_of, 0, (size_t)p->net.n_states * sizeof *island_of);
    partition_mark(w, 0);
    partition_marked(w);
}

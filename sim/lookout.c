/* lookout.c - lists of watches by island and by part.  Checked by tests/sim/test_lookout.c. */
#include "lookout.h"

/* A watch and what it hangs on: a node or a part. */
struct tie {
    int32_t at, watch;
};

struct stepper {
    int32_t part;
    uint32_t wakes; /* when it was asked last */
};

/* Watches by what they hang on: those of i are watch[first[i] .. first[i + 1]). */
struct index {
    int32_t *first, *watch;
};

struct lookout {
    int32_t n_homes, n_steppers;
    const struct tie *home;
    int64_t partition; /* the one that by_island belongs to */
    struct index by_island, by_part;
    struct watch_list devices, roaming;
    struct stepper *stepper;
};

/* ---- indices ------------------------------------------------------------------------------------- */

static struct index index_new(struct arena *a, int32_t n_keys, int32_t n_ties)
{
    return (struct index){.first = arena_array(a, (size_t)n_keys + 1, sizeof(int32_t)),
                          .watch = arena_array(a, (size_t)n_ties + 1, sizeof(int32_t))};
}

/* Counting sort. `key`: of what the ties name; NULL: they name the key. */
static void index_fill(struct index *x, int32_t n_keys, const struct tie tie[], int32_t n_ties,
                       const int32_t key[])
{
    for (int32_t i = 0; i <= n_keys; i++) {
        x->first[i] = 0;
    }
    for (int32_t i = 0; i < n_ties; i++) {
        x->first[key == NULL ? tie[i].at : key[tie[i].at]]++;
    }
    for (int32_t i = 1; i <= n_keys; i++) {
        x->first[i] += x->first[i - 1];
    }
    for (int32_t i = n_ties - 1; i >= 0; i--) { /* each first moves from its end to its begin */
        x->watch[--x->first[key == NULL ? tie[i].at : key[tie[i].at]]] = tie[i].watch;
    }
}

static struct watch_list index_list(const struct index *x, int32_t key)
{
    return (struct watch_list){.n = x->first[key + 1] - x->first[key],
                               .watch = x->watch + x->first[key]};
}

/* ---- what a watch hangs on ----------------------------------------------------------------------- */

static bool jumps(const struct expr_ref *r)
{
    return r->field == NULL && !expr_ref_is_continuous(r);
}

/* A word or a count changes at events only; any other quantity may also move with the island. */
static bool drifts(const struct expr_ref *r)
{
    enum quantity q = r->signal != NULL ? r->signal->quantity : r->family->quantity;
    const char *choices = r->signal != NULL ? r->signal->choices : r->family->choices;

    return choices == NULL && q != QTY_OPERATIONS;
}

/* Ties while they are collected; at most one for each home and each reference of a watch. */
struct ties {
    int32_t n;
    struct tie *tie;
};

static void add_tie(struct ties *t, int32_t at, int32_t watch)
{
    t->tie[t->n++] = (struct tie){at, watch};
}

static void add_homes(struct ties *t, const struct world *w, const struct watch *k)
{
    for (int32_t i = 0; i < k->n_homes; i++) {
        add_tie(t, k->home[i], k->index);
    }
    for (int32_t i = 0; i < expr_refs(k->expr); i++) {
        const struct expr_ref *r = expr_ref(k->expr, k->instance, i);
        int32_t home = plant_slot(w, r->part)->home;
        if (jumps(r) && drifts(r) && home != NO_STATE) {
            add_tie(t, home, k->index);
        }
    }
}

static void add_parts(struct ties *t, const struct watch *k)
{
    for (int32_t i = 0; i < expr_refs(k->expr); i++) {
        const struct expr_ref *r = expr_ref(k->expr, k->instance, i);
        if (jumps(r)) {
            add_tie(t, r->part, k->index);
        }
    }
}

/* ---- life ---------------------------------------------------------------------------------------- */

/* Parts that are read where they jump: controllers, and devices on a bus. */
static void find_special_parts(struct lookout *l, struct arena *a, const struct world *w,
                               const struct ties *parts)
{
    int32_t *device = arena_array(a, (size_t)parts->n + 1, sizeof *device);

    l->stepper = arena_array(a, (size_t)parts->n + 1, sizeof *l->stepper);
    l->devices.watch = device;
    for (int32_t i = 0; i < w->plant->n_parts; i++) {
        struct watch_list readers = index_list(&l->by_part, i);
        const struct kind *kind = w->parts[i].kind;
        if (readers.n > 0 && kind->tie == TIE_CONTROLLER) {
            l->stepper[l->n_steppers++] = (struct stepper){.part = i, .wakes = UINT32_MAX};
        }
        for (int32_t k = 0; kind->i2c != NULL && k < readers.n; k++) {
            device[l->devices.n++] = readers.watch[k];
        }
    }
}

static void find_roaming(struct lookout *l, struct arena *a, const struct watch watch[],
                         int32_t n_watches)
{
    int32_t *roaming = arena_array(a, (size_t)n_watches + 1, sizeof *roaming);

    l->roaming.watch = roaming;
    for (int32_t i = 0; i < n_watches; i++) {
        if (watch[i].everywhere) {
            roaming[l->roaming.n++] = i;
        }
    }
}

struct lookout *lookout_new(struct arena *a, const struct world *w, const struct watch watch[],
                            int32_t n_watches)
{
    struct lookout *l = arena_get(a, sizeof *l);
    int32_t n_parts = w->plant->n_parts;
    size_t room = 1;

    for (int32_t i = 0; i < n_watches; i++) {
        room += (size_t)watch[i].n_homes + (size_t)expr_refs(watch[i].expr);
    }
    struct ties homes = {.tie = arena_array(a, room, sizeof *homes.tie)};
    struct ties parts = {.tie = arena_array(a, room, sizeof *parts.tie)};
    for (int32_t i = 0; i < n_watches; i++) {
        add_homes(&homes, w, &watch[i]);
        add_parts(&parts, &watch[i]);
    }
    l->home = homes.tie;
    l->n_homes = homes.n;
    l->partition = -1;
    l->by_island = index_new(a, w->plant->net.n_nodes, homes.n);
    l->by_part = index_new(a, n_parts, parts.n);
    index_fill(&l->by_part, n_parts, parts.tie, parts.n, NULL);
    find_special_parts(l, a, w, &parts);
    find_roaming(l, a, watch, n_watches);
    return l;
}

/* ---- questions ----------------------------------------------------------------------------------- */

struct watch_list lookout_span(struct lookout *l, const struct world *w, int32_t island)
{
    const struct plant *p = w->plant;

    if (l->partition != p->counts.partitions) {
        l->partition = p->counts.partitions;
        index_fill(&l->by_island, p->net.n_nodes, l->home, l->n_homes, plant_island_of(w));
    }
    return index_list(&l->by_island, island);
}

struct watch_list lookout_roaming(const struct lookout *l)
{
    return l->roaming;
}

struct watch_list lookout_part(const struct lookout *l, int32_t part)
{
    const struct watch_list nobody = {.n = 0};

    return part == NO_PART ? nobody : index_list(&l->by_part, part);
}

struct watch_list lookout_devices(const struct lookout *l)
{
    return l->devices;
}

int32_t lookout_controllers(const struct lookout *l)
{
    return l->n_steppers;
}

int32_t lookout_stepped(struct lookout *l, const struct world *w, int32_t i)
{
    struct stepper *s = &l->stepper[i];
    uint32_t wakes = plant_slot(w, s->part)->wakes;
    bool stepped = wakes != s->wakes;

    s->wakes = wakes;
    return stepped ? s->part : NO_PART;
}

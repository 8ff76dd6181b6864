/* heap.c - the indexed 4-ary heap of heap.h.  Checked by tests/sim/test_heap.c. */
#include "heap.h"

#include <stddef.h>

enum { WAYS = 4, LINE = 64 };

static const struct heap_entry nobody = {.due = NS_NEVER, .rank = UINT32_MAX, .slot = -1};

static struct heap_entry *entries(const struct heap *h)
{
    return (struct heap_entry *)(void *)((uintptr_t)h + (uintptr_t)h->entries_at);
}

static int32_t *where(const struct heap *h)
{
    return (int32_t *)(void *)((uintptr_t)h + (uintptr_t)h->where_at);
}

static uint32_t *ranks(const struct heap *h)
{
    return (uint32_t *)(void *)((uintptr_t)h + (uintptr_t)h->ranks_at);
}

/* Equal times are rare enough to foretell; which of two events is first is not. */
static inline bool before(const struct heap_entry *a, const struct heap_entry *b)
{
    if (a->due == b->due) {
        return a->rank < b->rank;
    }
    return a->due < b->due;
}

/* The first of four siblings; a group that is not full ends with nobody. */
static inline struct heap_entry *first_of(struct heap_entry c[WAYS])
{
    struct heap_entry *left = c + before(&c[1], &c[0]);
    struct heap_entry *right = c + 2 + before(&c[3], &c[2]);

    return before(right, left) ? right : left;
}

static void sift_up(struct heap *h, struct heap_entry *to, struct heap_entry e)
{
    struct heap_entry *root = entries(h);
    int32_t *at = where(h);

    while (to > root) {
        struct heap_entry *parent = root + (to - root - 1) / WAYS;
        if (!before(&e, parent)) {
            break;
        }
        *to = *parent;
        at[to->slot] = (int32_t)(to - root);
        to = parent;
    }
    *to = e;
    at[e.slot] = (int32_t)(to - root);
}

static void sift_down(struct heap *h, struct heap_entry *to, struct heap_entry e)
{
    struct heap_entry *root = entries(h);
    const struct heap_entry *end = root + h->n;
    struct heap_entry *child = root + WAYS * (to - root) + 1;
    int32_t *at = where(h);

    while (child < end) {
        struct heap_entry *best = first_of(child);
        if (!before(best, &e)) {
            break;
        }
        *to = *best;
        at[to->slot] = (int32_t)(to - root);
        to = best;
        child = root + WAYS * (to - root) + 1;
    }
    *to = e;
    at[e.slot] = (int32_t)(to - root);
}

/* Put it at i, or wherever else it belongs. */
static inline void place(struct heap *h, int32_t i, struct heap_entry e)
{
    struct heap_entry *root = entries(h);

    if (i > 0 && before(&e, root + (i - 1) / WAYS)) {
        sift_up(h, root + i, e);
    } else if (WAYS * (int64_t)i + 1 < h->n) {
        sift_down(h, root + i, e);
    } else {
        root[i] = e;
        where(h)[e.slot] = i;
    }
}

/* Entry i leaves: the last one takes its place. */
static void close_up(struct heap *h, int32_t i)
{
    struct heap_entry *last = entries(h) + --h->n;
    struct heap_entry e = *last;

    *last = nobody;
    if (i < h->n) {
        place(h, i, e);
    }
}

void heap_close_gap(struct heap *h)
{
    h->gap = false;
    close_up(h, 0);
}

/* Children of one entry stand at 4 i + 1 .. 4 i + 4: three entries into a line the root, then every
 * group has a line of its own. */
int64_t heap_bytes(int32_t n_slots)
{
    return LINE + (int64_t)sizeof(struct heap_entry) * (n_slots + WAYS) +
           (int64_t)(sizeof(int32_t) + sizeof(uint32_t)) * n_slots;
}

void heap_init(struct heap *h, int32_t n_slots, int64_t at, const uint32_t rank[])
{
    int64_t size = (int64_t)sizeof(struct heap_entry);

    *h = (struct heap){.n_slots = n_slots, .entries_at = at + LINE - size};
    h->where_at = h->entries_at + size * (n_slots + WAYS);
    h->ranks_at = h->where_at + (int64_t)sizeof(int32_t) * n_slots;
    for (int32_t i = 0; i < n_slots; i++) {
        where(h)[i] = -1;
        ranks(h)[i] = rank[i];
    }
    for (int32_t i = 0; i < n_slots + WAYS; i++) {
        entries(h)[i] = nobody;
    }
}

void heap_set(struct heap *h, int32_t slot, ns_t due)
{
    int32_t *at = where(h) + slot;
    int32_t i = *at;

    if (due != NS_NEVER) {
        if (i < 0) { /* a new one: into the gap, or behind the last */
            i = h->gap ? 0 : h->n++;
            h->gap = false;
        }
        place(h, i, (struct heap_entry){.due = due, .rank = ranks(h)[slot], .slot = slot});
    } else if (i >= 0) {
        close_up(h, i);
        *at = -1;
    }
}

ns_t heap_due(const struct heap *h, int32_t slot)
{
    int32_t i = where(h)[slot];

    return i < 0 ? NS_NEVER : entries(h)[i].due;
}

struct heap_entry heap_take(struct heap *h)
{
    struct heap_entry taken = *heap_first(h);

    if (taken.slot >= 0) {
        where(h)[taken.slot] = -1;
        *entries(h) = (struct heap_entry){.due = INT64_MIN, .slot = -1}; /* nobody sifts above it */
        h->gap = true;
    }
    return taken;
}

/* heap.c - the indexed 4-ary heap of heap.h.  Checked by tests/sim/test_heap.c. */
#include "heap.h"

#include <stdbool.h>
#include <stddef.h>

enum { WAYS = 4, LINE = 64 };

static const struct heap_entry nobody = {.due = NS_NEVER, .rank = UINT32_MAX, .slot = HEAP_NOBODY};

static struct heap_entry *entries(const struct heap *h)
{
    return (struct heap_entry *)(void *)((uintptr_t)h + (uintptr_t)h->entries_at);
}

static struct heap_slot *slots(const struct heap *h)
{
    return (struct heap_slot *)(void *)((uintptr_t)h + (uintptr_t)h->slots_at);
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
    struct heap_slot *slot = slots(h);

    while (to > root) {
        struct heap_entry *parent = root + (to - root - 1) / WAYS;
        if (!before(&e, parent)) {
            break;
        }
        *to = *parent;
        slot[to->slot].at = (int32_t)(to - root);
        to = parent;
    }
    *to = e;
    slot[e.slot].at = (int32_t)(to - root);
}

static void sift_down(struct heap *h, struct heap_entry *to, struct heap_entry e)
{
    struct heap_entry *root = entries(h);
    const struct heap_entry *end = root + h->n;
    struct heap_entry *child = root + WAYS * (to - root) + 1;
    struct heap_slot *slot = slots(h);

    while (child < end) {
        struct heap_entry *best = first_of(child);
        if (!before(best, &e)) {
            break;
        }
        *to = *best;
        slot[to->slot].at = (int32_t)(to - root);
        to = best;
        child = root + WAYS * (to - root) + 1;
    }
    *to = e;
    slot[e.slot].at = (int32_t)(to - root);
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
        slots(h)[e.slot].at = i;
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
    close_up(h, 0);
}

/* Children of one entry stand at 4 i + 1 .. 4 i + 4: three entries into a line the root, then every
 * group has a line of its own. */
int64_t heap_bytes(int32_t n_slots)
{
    return LINE + (int64_t)sizeof(struct heap_entry) * (n_slots + WAYS) +
           (int64_t)sizeof(struct heap_slot) * n_slots;
}

void heap_init(struct heap *h, int32_t n_slots, int64_t at, const uint32_t rank[])
{
    int64_t size = (int64_t)sizeof(struct heap_entry);

    *h = (struct heap){.n_slots = n_slots, .entries_at = at + LINE - size};
    h->slots_at = h->entries_at + size * (n_slots + WAYS);
    for (int32_t i = 0; i < n_slots; i++) {
        slots(h)[i] = (struct heap_slot){.at = -1, .rank = rank[i]};
    }
    for (int32_t i = 0; i < n_slots + WAYS; i++) {
        entries(h)[i] = nobody;
    }
}

void heap_set(struct heap *h, int32_t slot, ns_t due)
{
    struct heap_slot *of = slots(h) + slot;
    int32_t i = of->at;

    if (due != NS_NEVER) {
        if (i < 0) { /* a new one: into the gap, or behind the last */
            i = entries(h)->slot == HEAP_GAP ? 0 : h->n++;
        }
        place(h, i, (struct heap_entry){.due = due, .rank = of->rank, .slot = slot});
    } else if (i >= 0) {
        close_up(h, i);
        of->at = -1;
    }
}

ns_t heap_due(const struct heap *h, int32_t slot)
{
    int32_t i = slots(h)[slot].at;

    return i < 0 ? NS_NEVER : entries(h)[i].due;
}

struct heap_entry heap_take(struct heap *h)
{
    struct heap_entry taken = *heap_first(h);

    if (taken.slot >= 0) {
        slots(h)[taken.slot].at = -1;
        *entries(h) = (struct heap_entry){.due = INT64_MIN, .slot = HEAP_GAP}; /* stays first */
    }
    return taken;
}

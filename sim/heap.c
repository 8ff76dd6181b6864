/* heap.c - the indexed 4-ary heap of heap.h.  Checked by tests/sim/test_heap.c. */
#include "heap.h"

#include <stdbool.h>
#include <stddef.h>

enum { WAYS = 4, LINE = 64 };

static const struct heap_entry nobody = {.due = NS_NEVER, .rank = UINT32_MAX, .slot = HEAP_NOBODY};
static const struct heap_entry gap = {.due = INT64_MIN, .slot = HEAP_GAP}; /* stays first */

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
static inline const struct heap_entry *first_of(const struct heap_entry c[WAYS])
{
    const struct heap_entry *left = c + before(&c[1], &c[0]);
    const struct heap_entry *right = c + 2 + before(&c[3], &c[2]);

    return before(right, left) ? right : left;
}

static inline void put(struct heap *h, size_t i, struct heap_entry e)
{
    entries(h)[i] = e;
    slots(h)[e.slot].at = (int32_t)i;
}

/* Place i is free: e stands there, or further up. */
static void sift_up(struct heap *h, size_t i, struct heap_entry e)
{
    while (i > 0) {
        size_t up = (i - 1) / WAYS;
        if (!before(&e, &entries(h)[up])) {
            break;
        }
        put(h, i, entries(h)[up]);
        i = up;
    }
    put(h, i, e);
}

/* Place i is free: e stands there, or further down. */
static void sift_down(struct heap *h, size_t i, struct heap_entry e)
{
    while (WAYS * i + 1 < (size_t)h->n) {
        const struct heap_entry *down = first_of(entries(h) + WAYS * i + 1);
        if (!before(down, &e)) {
            break;
        }
        put(h, i, *down);
        i = (size_t)(down - entries(h));
    }
    put(h, i, e);
}

/* Place i is free: e stands there, or wherever else it belongs. */
static void sift(struct heap *h, size_t i, struct heap_entry e)
{
    if (i > 0 && before(&e, &entries(h)[(i - 1) / WAYS])) {
        sift_up(h, i, e);
    } else {
        sift_down(h, i, e);
    }
}

/* Entry i leaves: the last one takes its place. */
static void close_up(struct heap *h, int32_t i)
{
    struct heap_entry *last = entries(h) + --h->n;
    struct heap_entry e = *last;

    *last = nobody;
    if (i < h->n) {
        sift(h, (size_t)i, e);
    }
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

/* It is due never. */
static void leave(struct heap *h, int32_t slot)
{
    int32_t was = slots(h)[slot].at;

    slots(h)[slot].at = -1;
    if (was >= 0) {
        close_up(h, was);
    }
}

/* The first has been taken: e moves there, and the gap to where it stood, if it did. Often e is the
 * first then: what has just happened has something to follow soon. */
static void fill_gap(struct heap *h, struct heap_entry e)
{
    const struct heap_entry *next = entries(h) + 1;
    int32_t was = slots(h)[e.slot].at;

    if (was >= 0) {
        close_up(h, was);
    }
    if (e.due < next[0].due && e.due < next[1].due && e.due < next[2].due && e.due < next[3].due) {
        put(h, 0, e);
    } else {
        sift_down(h, 0, e);
    }
}

void heap_set(struct heap *h, int32_t slot, ns_t due)
{
    struct heap_slot *of = slots(h) + slot;
    struct heap_entry e = {.due = due, .rank = of->rank, .slot = slot};

    if (due == NS_NEVER) {
        leave(h, slot);
    } else if (entries(h)->slot == HEAP_GAP) {
        fill_gap(h, e);
    } else if (of->at >= 0) {
        sift(h, (size_t)of->at, e);
    } else {
        sift_up(h, (size_t)h->n++, e);
    }
}

ns_t heap_due(const struct heap *h, int32_t slot)
{
    int32_t i = slots(h)[slot].at;

    return i < 0 ? NS_NEVER : entries(h)[i].due;
}

const struct heap_entry *heap_first(const struct heap *h)
{
    const struct heap_entry *first = entries(h);

    return first->slot == HEAP_GAP ? first_of(first + 1) : first;
}

struct heap_entry heap_take(struct heap *h)
{
    struct heap_entry *first = entries(h);

    if (first->slot == HEAP_GAP) {
        close_up(h, 0);
    }
    struct heap_entry taken = *first;
    if (taken.slot >= 0) {
        slots(h)[taken.slot].at = -1;
        *first = gap;
    }
    return taken;
}

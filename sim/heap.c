/* heap.c - the indexed 4-ary heap of heap.h.  Checked by tests/sim/test_heap.c. */
#include "heap.h"

#include <stdbool.h>
#include <stddef.h>

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

/* The arrays by their addresses, for the length of one call. */
struct view {
    struct heap_entry *entry;
    int32_t *where;
    int32_t n;
};

static struct view view(const struct heap *h)
{
    return (struct view){.entry = entries(h), .where = where(h), .n = h->n};
}

/* Without a branch: which of two events is first can't be foretold. */
static bool before(const struct heap_entry *a, const struct heap_entry *b)
{
    return (a->due < b->due) | ((a->due == b->due) & (a->rank < b->rank));
}

int64_t heap_bytes(int32_t n_slots)
{
    return (int64_t)n_slots *
               (int64_t)(sizeof(struct heap_entry) + sizeof(int32_t) + sizeof(uint32_t)) +
           (int64_t)sizeof(struct heap_entry);
}

static void put(struct view v, int32_t i, struct heap_entry e)
{
    v.entry[i] = e;
    v.where[e.slot] = i;
}

static void sift_up(struct view v, int32_t i, struct heap_entry e)
{
    while (i > 0) {
        int32_t parent = (i - 1) / 4;
        if (!before(&e, &v.entry[parent])) {
            break;
        }
        put(v, i, v.entry[parent]);
        i = parent;
    }
    put(v, i, e);
}

/* The first of the up to four children from `child` on. */
static int32_t first_child(struct view v, int32_t child)
{
    if (child + 4 <= v.n) {
        const struct heap_entry *c = &v.entry[child];
        int32_t left = before(&c[1], &c[0]);
        int32_t right = 2 + before(&c[3], &c[2]);
        return child + (before(&c[right], &c[left]) ? right : left);
    }
    int32_t best = child;
    for (int32_t c = child + 1; c < v.n; c++) {
        best = before(&v.entry[c], &v.entry[best]) ? c : best;
    }
    return best;
}

static void sift_down(struct view v, int32_t i, struct heap_entry e)
{
    for (int32_t child = 4 * i + 1; child < v.n; child = 4 * i + 1) {
        int32_t best = first_child(v, child);
        if (!before(&v.entry[best], &e)) {
            break;
        }
        put(v, i, v.entry[best]);
        i = best;
    }
    put(v, i, e);
}

/* What heap_first() gives when nobody is due stands where the heap ends. */
static void end_heap(struct heap *h, int32_t n)
{
    h->n = n;
    entries(h)[n] = (struct heap_entry){.due = NS_NEVER, .slot = -1};
}

void heap_init(struct heap *h, int32_t n_slots, int64_t at, const uint32_t rank[])
{
    h->n_slots = n_slots;
    h->entries_at = at;
    h->where_at = at + (int64_t)sizeof(struct heap_entry) * (n_slots + 1);
    h->ranks_at = h->where_at + (int64_t)sizeof(int32_t) * n_slots;
    for (int32_t i = 0; i < n_slots; i++) {
        where(h)[i] = -1;
        ranks(h)[i] = rank[i];
    }
    end_heap(h, 0);
}

static void place(struct heap *h, int32_t i, struct heap_entry e)
{
    struct view v = view(h);

    if (i > 0 && before(&e, &v.entry[(i - 1) / 4])) {
        sift_up(v, i, e);
    } else {
        sift_down(v, i, e);
    }
}

/* The last entry takes the place of the one that leaves. */
static void leave(struct heap *h, int32_t slot)
{
    int32_t i = where(h)[slot];
    struct heap_entry last = entries(h)[h->n - 1];

    where(h)[slot] = -1;
    end_heap(h, h->n - 1);
    if (i < h->n) {
        place(h, i, last);
    }
}

void heap_set(struct heap *h, int32_t slot, ns_t due)
{
    int32_t i = where(h)[slot];

    if (due == NS_NEVER) {
        if (i >= 0) {
            leave(h, slot);
        }
        return;
    }
    if (i < 0) {
        i = h->n;
        end_heap(h, h->n + 1);
    }
    place(h, i, (struct heap_entry){.due = due, .rank = ranks(h)[slot], .slot = slot});
}

void heap_set_ranked(struct heap *h, int32_t slot, ns_t due, uint32_t rank)
{
    ranks(h)[slot] = rank;
    heap_set(h, slot, due);
}

ns_t heap_due(const struct heap *h, int32_t slot)
{
    int32_t i = where(h)[slot];

    return i < 0 ? NS_NEVER : entries(h)[i].due;
}

const struct heap_entry *heap_first(const struct heap *h)
{
    return entries(h);
}

/* test_heap.c - the heap always knows who is due first. Oracle: looking at everybody. */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/heap.h"
#include "sim/random.h"

enum { SLOTS_MAX = 300 };

struct block {
    int64_t size;
    struct heap *heap;
};

static struct block new_heap(int32_t n, const uint32_t rank[])
{
    int64_t at = (int64_t)(sizeof(struct heap) + 63) / 64 * 64;
    struct block b = {.size = at + heap_bytes(n)};

    b.heap = calloc(1, (size_t)b.size);
    cr_assert_not_null(b.heap);
    heap_init(b.heap, n, at, rank);
    return b;
}

/* Who is first by (due, rank), the slow way. */
static int32_t first_of(int32_t n, const ns_t due[], const uint32_t rank[])
{
    int32_t best = 0;

    for (int32_t i = 1; i < n; i++) {
        if (due[i] < due[best] || (due[i] == due[best] && rank[i] < rank[best])) {
            best = i;
        }
    }
    return best;
}

static uint64_t draw(uint64_t *index, uint64_t below)
{
    return (uint64_t)(random_uniform(7, 0, (*index)++) * (double)below);
}

/* Whoever is first is taken, and due never afterwards. */
static void take(struct heap *h, int32_t n, ns_t due[], const uint32_t rank[])
{
    int32_t first = first_of(n, due, rank);
    struct heap_entry e = heap_take(h);

    cr_assert_eq(e.due, due[first]);
    if (e.due != NS_NEVER) {
        cr_assert(e.slot == first && e.rank == rank[first]);
        due[first] = NS_NEVER;
        cr_assert_eq(heap_due(h, first), NS_NEVER);
    }
}

/* Times from a small range, so that many are equal; never is one of them, and then who is first does
 * not matter; the first is taken now and then. */
static void compare_with_a_list(int32_t n, int operations)
{
    ns_t due[SLOTS_MAX];
    uint32_t rank[SLOTS_MAX];
    uint64_t index = (uint64_t)n << 32;

    for (int32_t i = 0; i < n; i++) {
        due[i] = NS_NEVER;
        rank[i] = (uint32_t)(n - i);
    }
    struct block b = new_heap(n, rank);
    for (int k = 0; k < operations; k++) {
        if (draw(&index, 3) == 0) {
            take(b.heap, n, due, rank);
        }
        int32_t slot = (int32_t)draw(&index, (uint64_t)n);
        due[slot] = draw(&index, 8) == 0 ? NS_NEVER : (ns_t)draw(&index, 50);
        heap_set(b.heap, slot, due[slot]);
        if (draw(&index, 3) == 0) {
            continue; /* nobody asks who is first: what was taken leaves its gap open */
        }
        int32_t first = first_of(n, due, rank);
        const struct heap_entry *e = heap_first(b.heap);
        bool same = e->slot == first && e->rank == rank[first];
        cr_assert(e->due == due[first] && (same || e->due == NS_NEVER), "%d slots, operation %d", n,
                  k);
        cr_assert_eq(heap_due(b.heap, slot), due[slot]);
    }
    free(b.heap);
}

Test(heap, agrees_with_a_list)
{
    static const int32_t sizes[] = {1, 2, 3, 4, 5, 6, 20, 21, 22, 85, SLOTS_MAX};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        compare_with_a_list(sizes[i], 5000);
    }
}

Test(heap, empties_in_the_order_of_due_and_rank)
{
    enum { N = 100 };
    uint32_t rank[N];
    uint64_t index = 1;
    ns_t last_due = -1;
    uint32_t last_rank = 0;

    for (uint32_t i = 0; i < N; i++) {
        rank[i] = (i * 37) % N;
    }
    struct block b = new_heap(N, rank);
    for (int32_t i = 0; i < N; i++) {
        heap_set(b.heap, i, (ns_t)draw(&index, 10));
    }
    for (int i = 0; i < N; i++) {
        struct heap_entry e = *heap_first(b.heap);
        cr_assert(e.due > last_due || (e.due == last_due && e.rank > last_rank));
        last_due = e.due;
        last_rank = e.rank;
        heap_set(b.heap, e.slot, NS_NEVER);
    }
    cr_assert_eq(heap_first(b.heap)->due, NS_NEVER);
    free(b.heap);
}

/* The heap has no pointers: a copy of the bytes is a heap of its own. */
Test(heap, a_copy_of_the_memory_is_a_copy_of_the_heap)
{
    enum { N = 50 };
    uint32_t rank[N];

    for (uint32_t i = 0; i < N; i++) {
        rank[i] = i;
    }
    struct block a = new_heap(N, rank);
    for (int32_t i = 0; i < N; i++) {
        heap_set(a.heap, i, 1000 - i);
    }
    struct heap *copy = malloc((size_t)a.size);
    cr_assert_not_null(copy);
    memcpy(copy, a.heap, (size_t)a.size);
    for (int32_t i = 0; i < N; i++) {
        heap_set(a.heap, i, 1);
    }
    free(a.heap);
    for (int32_t i = N - 1; i >= 0; i--) {
        cr_assert_eq(heap_first(copy)->slot, i);
        heap_set(copy, i, NS_NEVER);
    }
    free(copy);
}

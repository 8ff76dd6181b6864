/* bench_hold.c - a row of the bench: the scheduler in the classic hold model. Take what is due first,
 * give its owner a new due time an exponential increment later, and again.
 *
 *   bench_hold PENDING [peer]
 *
 * The peer is a binary heap in plain C: same order, ties included, but only the first can be moved.
 * Source: D. W. Jones, "An empirical comparison of priority-queue and event-set implementations",
 * CACM 29 (1986). The increments are drawn beforehand: the heap is measured, not log(). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "row.h"
#include "sim/heap.h"
#include "sim/random.h"

enum { INCREMENTS = 1 << 16, EVENTS = 4000000 };

static ns_t increment[INCREMENTS];

static void *room(int64_t bytes)
{
    void *p = aligned_alloc(64, (size_t)(bytes + 63) / 64 * 64);

    if (p == NULL) {
        abort();
    }
    return p;
}

/* ---- ours -------------------------------------------------------------------------------------- */

static void *ours_new(int32_t n)
{
    int64_t at = (int64_t)(sizeof(struct heap) + 63) / 64 * 64;
    struct heap *h = room(at + heap_bytes(n));
    uint32_t *rank = room((int64_t)n * (int64_t)sizeof *rank);

    for (int32_t i = 0; i < n; i++) {
        rank[i] = (uint32_t)i;
    }
    heap_init(h, n, at, rank);
    free(rank);
    for (int32_t i = 0; i < n; i++) {
        heap_set(h, i, increment[(i * 7) & (INCREMENTS - 1)]);
    }
    return h;
}

static ns_t ours_hold(void *heap, int64_t events)
{
    struct heap *h = heap;
    ns_t check = 0;

    for (int64_t i = 0; i < events; i++) {
        const struct heap_entry *e = heap_first(h);
        check ^= e->due;
        heap_set(h, e->slot, e->due + increment[i & (INCREMENTS - 1)]);
    }
    return check;
}

/* ---- the peer: entry[1..n], no parent is due after its children ---------------------------------- */

struct binary_entry {
    ns_t due;
    int32_t owner;
};

struct binary {
    int32_t n;
    struct binary_entry entry[];
};

static bool is_before(struct binary_entry a, struct binary_entry b)
{
    return a.due < b.due || (a.due == b.due && a.owner < b.owner);
}

static void *binary_new(int32_t n)
{
    struct binary *b = room((int64_t)sizeof *b + (int64_t)(n + 2) * (int64_t)sizeof b->entry[0]);

    b->n = n;
    for (int32_t i = 0; i < n; i++) {
        struct binary_entry e = {increment[(i * 7) & (INCREMENTS - 1)], i};
        int32_t at = i + 1;
        for (; at > 1 && is_before(e, b->entry[at / 2]); at /= 2) {
            b->entry[at] = b->entry[at / 2];
        }
        b->entry[at] = e;
    }
    return b;
}

/* Put it in place of the first. */
static void binary_replace(struct binary *b, struct binary_entry e)
{
    int32_t at = 1;

    while (2 * at <= b->n) {
        int32_t child = 2 * at;
        child += child < b->n && is_before(b->entry[child + 1], b->entry[child]);
        if (is_before(e, b->entry[child])) {
            break;
        }
        b->entry[at] = b->entry[child];
        at = child;
    }
    b->entry[at] = e;
}

static ns_t binary_hold(void *heap, int64_t events)
{
    struct binary *b = heap;
    ns_t check = 0;

    for (int64_t i = 0; i < events; i++) {
        struct binary_entry e = b->entry[1];
        check ^= e.due;
        e.due += increment[i & (INCREMENTS - 1)];
        binary_replace(b, e);
    }
    return check;
}

/* ---- the row ----------------------------------------------------------------------------------- */

int main(int argc, char **argv)
{
    bool peer = argc > 2 && strcmp(argv[2], "peer") == 0;
    int32_t n = argc > 1 ? (int32_t)strtol(argv[1], NULL, 10) : 1000;
    struct row row = row_new();
    double began_s = row_clock_s();

    for (uint64_t i = 0; i < INCREMENTS; i++) {
        increment[i] = (ns_t)(-1e6 * log(1.0 - random_uniform(1, 0, i))) + 1;
    }
    void *heap = peer ? binary_new(n) : ours_new(n);
    row.load_s = row_clock_s() - began_s;
    ns_t (*hold)(void *, int64_t) = peer ? binary_hold : ours_hold;
    volatile ns_t check = hold(heap, n); /* to its steady state */
    while (row_again(&row)) {
        check = check ^ hold(heap, EVENTS);
        row_stop(&row);
    }
    row.events = EVENTS;
    free(heap);
    return row_print(&row);
}

/* bench_heap.c - the scheduler in the classic hold model: take the event that is due first, give its
 * owner a new due time an exponential increment later, and again. Prints million events a second.
 *
 * Source: D. W. Jones, "An empirical comparison of priority-queue and event-set implementations",
 * CACM 29 (1986). The increments are drawn beforehand: the heap is measured, not log(). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/heap.h"
#include "sim/random.h"

enum { INCREMENTS = 1 << 16 };

static ns_t increment[INCREMENTS];

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct heap *new_heap(int32_t n)
{
    int64_t at = (int64_t)(sizeof(struct heap) + 63) / 64 * 64;
    struct heap *h = aligned_alloc(64, (size_t)(at + heap_bytes(n) + 63) / 64 * 64);
    uint32_t *rank = calloc((size_t)n, sizeof *rank);

    if (h == NULL || rank == NULL) {
        abort();
    }
    for (int32_t i = 0; i < n; i++) {
        rank[i] = (uint32_t)i;
    }
    heap_init(h, n, at, rank);
    free(rank);
    return h;
}

static double hold(struct heap *h, int64_t events, ns_t *check)
{
    double start = seconds();

    for (int64_t i = 0; i < events; i++) {
        const struct heap_entry *e = heap_first(h);
        *check ^= e->due;
        heap_set(h, e->slot, e->due + increment[i & (INCREMENTS - 1)]);
    }
    return (double)events / (seconds() - start);
}

static void bench(int32_t n, int64_t events)
{
    struct heap *h = new_heap(n);
    double best = 0.0;
    ns_t check = 0;

    for (int32_t i = 0; i < n; i++) {
        heap_set(h, i, increment[(i * 7) & (INCREMENTS - 1)]);
    }
    hold(h, events, &check); /* to its steady state */
    for (int round = 0; round < 3; round++) {
        best = fmax(best, hold(h, events, &check));
    }
    printf("%9d pending  %7.2f million events/s   (%016llx)\n", n, best * 1e-6,
           (unsigned long long)check);
    free(h);
}

int main(void)
{
    for (uint64_t i = 0; i < INCREMENTS; i++) {
        increment[i] = (ns_t)(-1e6 * log(1.0 - random_uniform(1, 0, i))) + 1;
    }
    bench(10, 4000000);
    bench(1000, 4000000);
    bench(100000, 4000000);
    bench(1000000, 4000000);
    return 0;
}

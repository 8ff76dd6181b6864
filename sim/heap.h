/* heap.h - who is due next: an indexed 4-ary heap over a fixed set of slots.
 *
 * Each slot has one due time; one that is NS_NEVER takes no part and costs nothing. Smallest (due, rank) first; ranks are unique, so
 * the order is total and the same on every machine. Setting a slot's due costs O(log n). All of it
 * lives in memory the caller owns, as indices only, so that copying that memory copies the heap. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "models/ns.h"

struct heap_entry {
    ns_t due;
    uint32_t rank;
    int32_t slot;
};

/* The arrays stand behind the struct in the caller's block, at these distances in bytes. */
struct heap {
    int32_t n_slots;
    int32_t n;          /* slots that are due at some time: the length of the heap */
    int64_t entries_at; /* struct heap_entry[n_slots + 1], the heap */
    int64_t where_at;   /* int32_t[n_slots]: where a slot's entry stands, -1: nowhere */
    int64_t ranks_at;   /* uint32_t[n_slots] */
};

/* Bytes needed behind the struct for n slots. */
int64_t heap_bytes(int32_t n_slots);

/* Lay the arrays out at `at` bytes from h. Every slot starts with NS_NEVER; rank[i] is its rank. */
void heap_init(struct heap *h, int32_t n_slots, int64_t at, const uint32_t rank[]);

/* Set the slot's due time. */
void heap_set(struct heap *h, int32_t slot, ns_t due);

/* The same, with another rank from now on. */
void heap_set_ranked(struct heap *h, int32_t slot, ns_t due, uint32_t rank);

ns_t heap_due(const struct heap *h, int32_t slot);

/* The entry that is due first; its due is NS_NEVER when nobody is. */
const struct heap_entry *heap_first(const struct heap *h);

#endif

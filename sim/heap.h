/* heap.h - who is due next: an indexed 4-ary heap over a fixed set of slots.
 *
 * Each slot has one due time; one that is NS_NEVER takes no part and costs nothing. Smallest
 * (due, rank) first; ranks are unique, so the order is total and the same on every machine. Setting
 * a slot's due costs O(log n) of those that are due at some time. All of it lives in memory the
 * caller owns, as indices only, so that copying that memory copies the heap. */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include <stdint.h>

#include "models/ns.h"

struct heap_entry {
    ns_t due;
    uint32_t rank;
    int32_t slot; /* or one of the following */
};

enum {
    HEAP_NOBODY = -1, /* behind the last */
    HEAP_GAP = -2     /* the first has been taken: nobody stands in its place yet */
};

struct heap_slot {
    int32_t at; /* where its entry stands, -1: nowhere */
    uint32_t rank;
};

/* The arrays stand behind the struct in the caller's block, at these distances in bytes. */
struct heap {
    int32_t n_slots;
    int32_t n;          /* length of the heap: slots that are due at some time, and the gap */
    int64_t entries_at; /* struct heap_entry[n_slots + 4], the heap; nobody's from n on */
    int64_t slots_at;   /* struct heap_slot[n_slots] */
};

/* Bytes needed behind the struct for n slots. */
int64_t heap_bytes(int32_t n_slots);

/* Lay the arrays out at `at` bytes from h, best an address that is a multiple of 64: then siblings
 * share a cache line. Every slot starts with NS_NEVER; rank[i] is its rank. */
void heap_init(struct heap *h, int32_t n_slots, int64_t at, const uint32_t rank[]);

/* Set the slot's due time. */
void heap_set(struct heap *h, int32_t slot, ns_t due);

ns_t heap_due(const struct heap *h, int32_t slot);

/* The entry that is due first; its due is NS_NEVER when nobody is. */
const struct heap_entry *heap_first(const struct heap *h);

/* The same, and its slot is due never from now on. Whoever is set next takes its place, which costs
 * less than to close the gap and to make room again: so take, then set the new due. */
struct heap_entry heap_take(struct heap *h);

#endif

/* pages.h - a list that grows by whole pages: what is in it never moves and is never copied. */
#ifndef SIM_PAGES_H
#define SIM_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAGE_BITS = 10, PAGE_ROOM = 1 << PAGE_BITS }; /* elements */

struct pages {
    size_t each;  /* bytes of an element: set it first */
    bool written; /* so is every new element, at once: it need not be zeroed */
    uint32_t room;
    char **page; /* [room]; NULL: no element of it was asked for yet */
};

/* Element i; NULL when no element of its page was asked for yet. */
static inline void *pages_at(const struct pages *p, uint32_t i)
{
    uint32_t k = i >> PAGE_BITS;

    return k < p->room && p->page[k] != NULL ? p->page[k] + (i & (PAGE_ROOM - 1)) * p->each : NULL;
}

/* The same after its page was made, if it was not there. NULL: no memory. */
void *pages_open(struct pages *p, uint32_t i);

/* Element i, zeroed when it is new, unless it is to be written. NULL: no memory. */
static inline void *pages_new(struct pages *p, uint32_t i)
{
    void *there = pages_at(p, i);

    return there != NULL ? there : pages_open(p, i);
}

void pages_free(struct pages *p);

#endif

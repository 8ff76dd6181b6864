/* gap.c - the list of gaps. */
#include "gap.h"

#include <stdlib.h>

void gaps_add(struct gaps *all, const struct gap *g)
{
    if (all->n == all->room) {
        int32_t room = all->room == 0 ? 32 : 2 * all->room;
        struct gap *gap = realloc(all->gap, (size_t)room * sizeof *gap);
        if (gap == NULL) {
            all->is_short = true;
            return;
        }
        all->gap = gap;
        all->room = room;
    }
    all->gap[all->n++] = *g;
}

void gaps_free(struct gaps *all)
{
    free(all->gap);
    *all = (struct gaps){0};
}

static int by_start(const void *a, const void *b)
{
    const struct gap *x = a;
    const struct gap *y = b;

    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return (x->watch > y->watch) - (x->watch < y->watch);
}

void gaps_sort(struct gaps *all)
{
    if (all->n > 0) {
        qsort(all->gap, (size_t)all->n, sizeof *all->gap, by_start);
    }
}

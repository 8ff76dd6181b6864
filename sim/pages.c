/* pages.c - a table of pages.  Checked by tests/sim/test_pages.c. */
#include "pages.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

void *pages_open(struct pages *p, uint32_t i)
{
    uint32_t k = i >> PAGE_BITS;

    if (k >= p->room) {
        uint32_t room = p->room == 0 ? FIRST_ROOM : p->room;
        while (room <= k) {
            room *= 2;
        }
        char **page = realloc(p->page, room * sizeof *page);
        if (page == NULL) {
            return NULL;
        }
        memset(page + p->room, 0, (room - p->room) * sizeof *page);
        p->page = page;
        p->room = room;
    }
    if (p->page[k] == NULL) {
        p->page[k] = p->written ? malloc(PAGE_ROOM * p->each) : calloc(PAGE_ROOM, p->each);
    }
    return pages_at(p, i);
}

void pages_free(struct pages *p)
{
    for (uint32_t k = 0; k < p->room; k++) {
        free(p->page[k]);
    }
    free(p->page);
    *p = (struct pages){.each = p->each, .written = p->written};
}

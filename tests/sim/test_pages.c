/* test_pages.c - what is in a list of pages stays where it is and what it is.
 *
 * Oracle: the numbers that were put there. */
#include <criterion/criterion.h>

#include "sim/pages.h"

Test(pages, keep_what_they_were_given_where_it_was_put)
{
    enum { MANY = 100 * PAGE_ROOM };
    struct pages p = {.each = sizeof(uint32_t)};
    uint32_t *first = pages_new(&p, 0);

    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t *x = pages_new(&p, i);
        cr_assert_eq(*x, 0);
        *x = 3 * i + 1;
    }
    cr_assert_eq(pages_at(&p, 0), first, "it has moved");
    for (uint32_t i = 0; i < MANY; i++) {
        cr_assert_eq(*(uint32_t *)pages_at(&p, i), 3 * i + 1);
    }
    pages_free(&p);
    cr_assert_null(pages_at(&p, 0));
}

Test(pages, give_no_room_to_what_was_not_asked_for)
{
    struct pages p = {.each = sizeof(double)};

    cr_assert_null(pages_at(&p, 5));
    double *far = pages_new(&p, 1000 * PAGE_ROOM);
    cr_assert_eq(*far, 0.0);
    cr_assert_null(pages_at(&p, 5));
    cr_assert_null(pages_at(&p, UINT32_MAX));
    pages_free(&p);
}

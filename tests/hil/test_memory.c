/* The board's memcpy, memmove, memset and memcmp. Oracle: the host's C library, at every alignment,
 * length and overlap of a small block. */
#include <criterion/criterion.h>
#include <string.h>

#define memcpy  board_memcpy
#define memmove board_memmove
#define memset  board_memset
#define memcmp  board_memcmp
void *board_memcpy(void *restrict to, const void *restrict from, size_t n);
void *board_memmove(void *to, const void *from, size_t n);
void *board_memset(void *at, int value, size_t n);
int board_memcmp(const void *a, const void *b, size_t n);
#include "hil/boards/memory.c" /* NOLINT(bugprone-suspicious-include): under other names */
#undef memcpy
#undef memmove
#undef memset
#undef memcmp

enum { SIZE = 40 };

static void fill(uint8_t block[SIZE])
{
    for (int i = 0; i < SIZE; i++) {
        block[i] = (uint8_t)(i * 37 + 11);
    }
}

Test(memory, moves_as_the_host_does)
{
    for (size_t to = 0; to < SIZE; to++) {
        for (size_t from = 0; from < SIZE; from++) {
            for (size_t n = 0; n + (to > from ? to : from) <= SIZE; n++) {
                uint8_t ours[SIZE], theirs[SIZE];
                fill(ours);
                fill(theirs);
                cr_assert_eq(board_memmove(&ours[to], &ours[from], n), &ours[to]);
                memmove(&theirs[to], &theirs[from], n);
                cr_assert_arr_eq(ours, theirs, SIZE, "%zu bytes from %zu to %zu", n, from, to);
            }
        }
    }
}

Test(memory, copies_sets_and_compares_as_the_host_does)
{
    for (size_t at = 0; at < 8; at++) {
        for (size_t n = 0; n < SIZE - 8; n++) {
            uint8_t ours[SIZE], theirs[SIZE], from[SIZE];
            fill(from);
            fill(ours);
            fill(theirs);
            board_memset(&ours[at], -91, n);
            memset(&theirs[at], -91, n);
            cr_assert_arr_eq(ours, theirs, SIZE);
            cr_assert_eq(board_memcmp(&from[at], &ours[at], n) < 0,
                         memcmp(&from[at], &ours[at], n) < 0);
            board_memcpy(&ours[at], &from[8 - at], n);
            cr_assert_eq(board_memcmp(&ours[at], &from[8 - at], n), 0);
        }
    }
}

/* memory.c - memcpy, memmove, memset and memcmp of a board without a C library.
 *
 * By words where both ends allow it: the controller's blocks are aligned, and copying them byte by
 * byte would be a good part of what a step costs. Checked by tests/hil/test_memory.c. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Memory of any type, looked at as words. */
typedef uint32_t __attribute__((may_alias)) word;

enum { WORD = sizeof(word) };

static bool is_aligned(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) % WORD) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    return memmove(to, from, n);
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t n)
{
    size_t i = 0;

    if (is_aligned(to, from)) {
        for (; i + WORD <= n; i += WORD) {
            *(word *)(void *)&to[i] = *(const word *)(const void *)&from[i];
        }
    }
    for (; i < n; i++) {
        to[i] = from[i];
    }
}

void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((uintptr_t)to - (uintptr_t)from >= n) { /* `to` is not inside of `from` */
        copy_up(t, f, n);
    } else {
        while (n > 0) {
            n--;
            t[n] = f[n];
        }
    }
    return to;
}

void *memset(void *at, int value, size_t n)
{
    uint8_t *t = at;
    size_t i = 0;

    if (is_aligned(at, at)) {
        for (; i + WORD <= n; i += WORD) {
            *(word *)(void *)&t[i] = (uint8_t)value * 0x01010101u;
        }
    }
    for (; i < n; i++) {
        t[i] = (uint8_t)value;
    }
    return at;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a;
    const uint8_t *y = b;
    size_t i = 0;

    while (i < n && x[i] == y[i]) {
        i++;
    }
    return i < n ? x[i] - y[i] : 0;
}

/* must.h - what fuzzers have in common: a claim that has to hold, and bytes that run out into zeros. */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define must(holds)                                                                                \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);                            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

struct bytes {
    const uint8_t *at;
    size_t left;
};

static inline uint32_t take(struct bytes *b, unsigned n)
{
    uint32_t x = 0;

    for (; n > 0 && b->left > 0; n--, b->left--) {
        x = x << 8 | *b->at++;
    }
    return x;
}

/* 0 .. n - 1 */
static inline uint32_t pick(struct bytes *b, uint32_t n)
{
    return take(b, n > 256 ? 4 : 1) % n;
}

#endif

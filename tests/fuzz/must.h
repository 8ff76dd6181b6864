/* must.h - what fuzzers have in common: a claim that has to hold, bytes that run out into zeros, and how
 * much was tried. */
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

/* Inputs are of very different lengths: what was done with all of them is told when the fuzzer ends. */
static struct {
    const char *what;
    unsigned long long n;
} tried;

static inline void tell_tried(void)
{
    fprintf(stderr, "tried: %llu %s\n", tried.n, tried.what);
}

static inline void count_tried(const char *what)
{
    if (tried.what == NULL) {
        tried.what = what;
        atexit(tell_tried);
    }
    tried.n++;
}

#endif

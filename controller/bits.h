/* bits.h - small sets: bars of a supply in eight bits, supplies in a word. */
#ifndef CONTROLLER_BITS_H
#define CONTROLLER_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline uint8_t bit(uint8_t b)
{
    return (uint8_t)(1U << b);
}

static inline bool has(uint8_t mask, uint8_t b)
{
    return (((uint32_t)mask >> b) & 1U) != 0U;
}

static inline bool has_several(uint8_t mask)
{
    return ((uint32_t)mask & ((uint32_t)mask - 1U)) != 0U;
}

static inline uint32_t bits_in(uint8_t mask)
{
    uint32_t n = 0;

    for (uint32_t m = mask; m != 0U; m &= m - 1U) {
        n++;
    }
    return n;
}

/* Of a mask that is not empty. */
static inline uint8_t lowest_in(uint8_t mask)
{
    uint8_t b = 0;

    while (!has(mask, b)) {
        b++;
    }
    return b;
}

#endif

/* quad.h - four doubles that are worked on together.
 *
 * They are added and multiplied element by element and nothing is fused, so they give the same bits
 * as one after the other, on every machine. */
#ifndef SIM_QUAD_H
#define SIM_QUAD_H

#include <stdbool.h>
#include <stdint.h>

enum { QUAD = 4 };

typedef double quad __attribute__((vector_size(32), aligned(8), may_alias));

typedef int64_t quad_bits __attribute__((vector_size(32), aligned(8), may_alias));

/* Comparing quads gives these: all bits where it is true, none where it is not. */
static inline bool quad_any(const quad_bits *is)
{
    return ((*is)[0] | (*is)[1] | (*is)[2] | (*is)[3]) != 0;
}

/* Without their signs. */
#define QUAD_ABS(x)                                                                                \
    ((quad)((quad_bits)(x) & (quad_bits){INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX}))

/* The larger of each two; x where they don't compare. */
#define QUAD_MAX(x, y) ((quad)(((quad_bits)(y) & ((y) > (x))) | ((quad_bits)(x) & ~((y) > (x)))))

static inline quad *quads(double x[])
{
    return (quad *)(void *)x;
}

static inline const quad *quads_const(const double x[])
{
    return (const quad *)(const void *)x;
}

/* The four of x that stand at these places. */
#define QUAD_GATHER(x, at) ((quad){(x)[(at)[0]], (x)[(at)[1]], (x)[(at)[2]], (x)[(at)[3]]})

/* Subtract them from x at these places, which may be the same ones. */
static inline void quad_scatter_subtract(double x[], const int32_t at[QUAD], const quad *y)
{
    if (at[0] == at[1] && at[1] == at[2] && at[2] == at[3]) {
        x[at[0]] -= ((*y)[0] + (*y)[1]) + ((*y)[2] + (*y)[3]);
    } else {
        x[at[0]] -= (*y)[0];
        x[at[1]] -= (*y)[1];
        x[at[2]] -= (*y)[2];
        x[at[3]] -= (*y)[3];
    }
}

/* A function that is compiled for wider registers too, where the compiler can choose between the two
 * when the program starts. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__) &&                        \
    !defined(__SANITIZE_ADDRESS__)
#define ANY_WIDTH __attribute__((target_clones("avx2", "default")))
#else
#define ANY_WIDTH
#endif

#endif

/* random.c - the door to Random123 (Threefry-2x64, 20 rounds).  Source: J. K. Salmon et al.,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#include "random.h"

#include <Random123/threefry.h>
#include <math.h>

#include "models/elementary.h"

uint64_t random_stream(uint64_t seed, const char *name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (const char *c = name; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 1099511628211u;
    }
    threefry2x64_ctr_t counter = {{hash, 0}};
    threefry2x64_key_t key = {{seed, 0}};
    return threefry2x64(counter, key).v[0];
}

/* Two independent numbers in [0, 1). */
struct two {
    double a, b;
};

static double in_unit(uint64_t word)
{
    return (double)(int64_t)(word >> 11) * 0x1p-53; /* signed numbers are converted faster */
}

static inline struct two draw(uint64_t stream, uint32_t purpose, uint64_t index)
{
    threefry2x64_ctr_t counter = {{index, purpose}};
    threefry2x64_key_t key = {{stream, 1}};
    threefry2x64_ctr_t words = threefry2x64(counter, key);

    return (struct two){in_unit(words.v[0]), in_unit(words.v[1])};
}

double random_uniform(uint64_t stream, uint32_t purpose, uint64_t index)
{
    return draw(stream, purpose, index).a;
}

double random_normal(uint64_t stream, uint32_t purpose, uint64_t index)
{
    struct two u = draw(stream, purpose, index);

    return sqrt(-2.0 * elementary_log(1.0 - u.a)) * elementary_cos(6.283185307179586 * u.b);
}

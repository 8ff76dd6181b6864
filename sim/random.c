/* random.c - the door to Random123 (Threefry-2x64, 20 rounds).  Source: J. K. Salmon et al.,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#include "random.h"

#include <Random123/threefry.h>

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

double random_uniform(uint64_t stream, uint32_t purpose, uint64_t index)
{
    threefry2x64_ctr_t counter = {{index, purpose}};
    threefry2x64_key_t key = {{stream, 1}};

    return (double)(threefry2x64(counter, key).v[0] >> 11) * 0x1p-53;
}

/* random.h - counter-based random numbers: the same key and index give the same number, always. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

/* Key of the stream of one model: from the run's seed and the model's name, nothing else. */
uint64_t random_stream(uint64_t seed, const char *name);

/* Uniform in [0, 1), 53 bits: number `index` of the purpose's part of the stream. */
double random_uniform(uint64_t stream, uint32_t purpose, uint64_t index);

/* A standard normal number (Box and Muller) instead: both words of one block go into it. */
double random_normal(uint64_t stream, uint32_t purpose, uint64_t index);

#endif

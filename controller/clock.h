/* clock.h - arithmetic on a clock of microseconds that wraps after 71 minutes: only differences. */
#ifndef CONTROLLER_CLOCK_H
#define CONTROLLER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Has so much time passed since then? True again only after a wrap: look at least once an hour. */
static inline bool passed(uint32_t now_us, uint32_t then_us, uint32_t length_us)
{
    return (now_us - then_us) >= length_us;
}

/* What is left of it; 0: nothing. */
static inline uint32_t left_us(uint32_t now_us, uint32_t then_us, uint32_t length_us)
{
    uint32_t gone_us = now_us - then_us;

    return (gone_us >= length_us) ? 0U : (length_us - gone_us);
}

static inline uint32_t sooner_us(uint32_t a_us, uint32_t b_us)
{
    return (a_us < b_us) ? a_us : b_us;
}

/* Twice as long, but not longer than `most_us`. */
static inline uint32_t backed_off_us(uint32_t wait_us, uint32_t most_us)
{
    return (wait_us > (most_us / 2U)) ? most_us : (wait_us * 2U);
}

/* The wait after so many times: `first_us`, twice as long for each further time, at most `most_us`. */
uint32_t grown_us(uint32_t first_us, uint32_t times, uint32_t most_us);

#endif

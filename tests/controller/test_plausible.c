/* Which readings are believed. Oracle: what was fed in: a scattering supply, one that hangs, one whose
 * converter is too coarse to scatter, and a generator of random numbers of our own. */
#include "controller/controller.h"

#include <criterion/criterion.h>

static struct controller c;
static uint64_t seed;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33);
}

/* Two supplies of 2 kW on a 12 V bar. */
static void start(void)
{
    memset(&c, 0, sizeof c);
    seed = 1;
    c.cfg.n_supplies = 2;
    c.cfg.n_bars = 1;
    c.cfg.bars[0] = (struct ctl_bar_config){.v_low_mV = 11400, .v_high_mV = 12600};
    for (uint8_t s = 0; s < 2; s++) {
        c.cfg.supplies[s].capacity_mW = 2000000;
        c.supplies[s].settled = 1;
        plausible_forget(&c, s);
    }
}

/* One reading, 5 ms after the last one. */
static bool reads(uint8_t s, uint32_t v_mV, int32_t i_mA)
{
    c.now_us += 5000;
    c.supplies[s].v_mV = v_mV;
    c.supplies[s].i_mA = i_mA;
    return plausible_reading(&c, s);
}

/* A converter that repeats its last reading with this probability. */
static bool reads_coarsely(uint8_t s, uint32_t percent)
{
    static uint32_t v_mV;

    v_mV = draw() % 100 < percent ? v_mV : 12000 + draw() % 1000;
    return reads(s, v_mV, 50000);
}

static uint32_t time_until_found(void)
{
    uint32_t from_us = c.now_us;

    while (reads(0, 12000, 50000)) {
        cr_assert_lt(c.now_us - from_us, 60000000u, "never found");
    }
    return c.now_us - from_us;
}

/* It hangs: found after eight times its longest quiet spell, and not before a fifth of a second; the next
 * reading that differs is believed. */
Test(plausible, a_supply_that_hangs_is_found)
{
    start();
    for (int i = 0; i < 400; i++) {
        cr_assert(reads_coarsely(0, 40));
    }
    uint32_t took_us = time_until_found();
    cr_assert_geq(took_us, PLAUSIBLE_FROZEN_us);
    cr_assert_leq(took_us, 8u * 60000u); /* twelve equal readings come once in 60 000 */
    cr_assert(reads(0, 12002, 50000));
}

/* Ten million readings, 40 % of them equal to the last: nobody is accused. */
Test(plausible, a_coarse_converter_is_not_taken_for_a_hung_one)
{
    start();
    for (int i = 0; i < 10000000; i++) {
        cr_assert(reads_coarsely(0, 40), "after %d readings", i);
    }
}

Test(plausible, readings_that_never_scatter_prove_nothing)
{
    start();
    for (int i = 0; i < 1000000; i++) {
        cr_assert(reads(0, 12000, 50000));
    }
}

/* The neighbour's current doubles, and this one's does not move by a bit. */
Test(plausible, a_neighbour_that_moves_gives_a_hung_one_away)
{
    start();
    for (int i = 0; i < 400; i++) {
        cr_assert(reads(0, 12000 + draw() % 16, 50000));
        cr_assert(reads(1, 12000 + draw() % 16, 50000));
    }
    uint32_t from_us = c.now_us;
    while (reads(0, 12000, 50000)) {
        cr_assert(reads(1, 11900 + draw() % 16, 100000));
        cr_assert_leq(c.now_us - from_us, PLAUSIBLE_MOVED_us + 6u * 10000u);
    }
}

/* Once is overlooked, by whoever asks; an over-voltage that is stated is believed, as it must be. */
Test(plausible, what_no_supply_can_give_is_not_believed)
{
    start();
    cr_assert(reads(0, 12000, 50000));
    cr_assert(!reads(0, 12000, 800000));
    cr_assert_eq(c.plausibles[0].absurd, 1);
    cr_assert(!reads(0, 30000, 50000));
    cr_assert_eq(c.plausibles[0].absurd, 2);
    cr_assert(reads(0, 12001, 50000));
    cr_assert_eq(c.plausibles[0].absurd, 0);
    c.supplies[0].status = 0x8020;
    cr_assert(reads(0, 30000, 50000));
}

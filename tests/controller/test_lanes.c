/* The fast and the slow lane. The oracle is the rack's own count of what each supply was asked for. */
#include "rack.h"

static struct rack r;

enum { STATUS = 0x79, V = 0x8B, I = 0x8C, FIRST_DETAIL = 0x7A, SWEEPS = 200 };
static const uint8_t slow[] = {0x88, 0x89, 0x8D, 0x8E, 0x90};

static int slow_reads(const struct rack_supply *u)
{
    int n = u->asked[I];

    for (size_t i = 0; i < sizeof slow; i++) {
        n += u->asked[slow[i]];
    }
    return n;
}

static void forget_what_was_asked(void)
{
    for (int s = 0; s < r.cfg.n_supplies; s++) {
        memset(r.psu[s].asked, 0, sizeof r.psu[s].asked);
    }
}

static void run_sweeps(struct ctl_config *cfg, int n)
{
    rack_start(&r, cfg, 0x7);
    rack_run(&r, 500000);
    forget_what_was_asked();
    rack_run(&r, (uint64_t)n * cfg->sweep_us);
}

/* On a quiet day every turn is a status word, one look-th voltage and `slow` other readings: with one
 * of each as many transfers as status, voltage and current were. */
Test(lanes, a_quiet_turn_costs_what_the_table_says)
{
    for (uint8_t look = 1; look <= 4; look++) {
        struct ctl_config cfg = rack_one_bar(0);
        cfg.look = look;
        run_sweeps(&cfg, SWEEPS);
        for (int s = 0; s < 4; s++) {
            const struct rack_supply *u = &r.psu[s];
            cr_assert_leq(abs(u->asked[STATUS] - SWEEPS), 1);
            cr_assert_leq(abs(u->asked[V] - SWEEPS / look), 1);
            cr_assert_leq(abs(slow_reads(u) - SWEEPS), 1);
        }
    }
}

/* The current is read in every second turn, each of the five others in every tenth. */
Test(lanes, the_slow_lane_gets_round)
{
    struct ctl_config cfg = rack_one_bar(0);

    run_sweeps(&cfg, SWEEPS);
    for (int s = 0; s < 4; s++) {
        cr_assert_leq(abs(r.psu[s].asked[I] - SWEEPS / 2), 1);
        for (size_t i = 0; i < sizeof slow; i++) {
            cr_assert_leq(abs(r.psu[s].asked[slow[i]] - SWEEPS / 10), 1);
        }
    }
}

/* Looks at the voltages are spread over the sweeps: no sweep has more than its part of them. */
Test(lanes, looks_are_spread_over_the_sweeps)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.look = 4;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    for (int sweep = 0; sweep < 20; sweep++) {
        int looks = 0;
        forget_what_was_asked();
        rack_run(&r, cfg.sweep_us);
        for (int s = 0; s < 4; s++) {
            looks += r.psu[s].asked[V];
        }
        cr_assert_eq(looks, 1);
    }
}

/* Its status says that all is well, its output is dead: found within `look` sweeps and a turn, though
 * nothing but the voltage tells. */
Test(lanes, a_dead_output_that_its_status_denies_is_found_within_so_many_sweeps)
{
    for (uint8_t look = 1; look <= 5; look++) {
        for (uint64_t phase = 0; phase < 5000; phase += 500) {
            struct ctl_config cfg = rack_one_bar(0);
            cfg.look = look;
            rack_start(&r, &cfg, 0x7);
            rack_run(&r, 500000 + phase);
            r.psu[1].lies = true;
            r.psu[1].dead = true;
            uint64_t us = rack_run_to(&r, 1, SUPPLY_LOST, 100000);
            cr_assert_leq(us, look * 5000u + 2000u, "look %d: %lu us", look, (unsigned long)us);
        }
    }
}

/* A warning in the status word: voltage and current are read in the same turn, nothing slow before
 * them, though neither was due. */
Test(lanes, a_status_fault_makes_it_read_the_rest_at_once)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.look = 100;
    run_sweeps(&cfg, 5);
    r.psu[0].latched |= 0x0004;
    forget_what_was_asked();
    rack_run_to(&r, 0, SUPPLY_SUSPECT, 10000);
    cr_assert_eq(r.psu[0].asked[V], 1);
    cr_assert_eq(r.psu[0].asked[I], 1);
    cr_assert_leq(slow_reads(&r.psu[0]), 2); /* the current, and what the turn before had left */
    cr_assert_leq(r.psu[0].asked[STATUS], 2);
}

/* A warning that stands for hours must not blind the slow lane. */
Test(lanes, a_standing_warning_leaves_the_slow_lane_open)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    r.psu[0].stands = 0x0404;
    rack_run(&r, 500000);
    forget_what_was_asked();
    rack_run(&r, 1000000);
    cr_assert_leq(abs(r.psu[0].asked[V] - 200), 5);
    cr_assert_leq(abs(r.psu[0].asked[I] - 200), 5);
    cr_assert_geq(r.psu[0].asked[0x8D], 15);
}

/* It has no fan that it could read: tried a few times, left out for ten minutes, and none the worse. */
Test(lanes, a_reading_that_is_not_known_is_left_out)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    r.psu[2].unknown = 0x90;
    rack_run(&r, 60000000);
    cr_assert_eq(controller_supply_state(&r.c, 2), SUPPLY_SHARING);
    cr_assert_eq(r.psu[2].asked[0x90], 1 + cfg.retries);
    cr_assert_geq(r.psu[2].asked[0x8D], 60 * 20 - 5);
    rack_run(&r, 600000000);
    cr_assert_eq(r.psu[2].asked[0x90], 2 * (1 + cfg.retries));
}

/* No slow lane: status, voltage and current in every turn, as the current must come from somewhere. */
Test(lanes, without_a_slow_lane_every_reading_is_whole)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.slow = 0;
    run_sweeps(&cfg, SWEEPS);
    cr_assert_eq(r.psu[0].asked[V], r.psu[0].asked[I]);
    cr_assert_leq(abs(r.psu[0].asked[I] - SWEEPS), 1);
    cr_assert_eq(slow_reads(&r.psu[0]), r.psu[0].asked[I]);
}

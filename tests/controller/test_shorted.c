/* Bars that are believed shorted. Oracle: the pretend rack's own count of switch operations, and when they were. */
#include "rack.h"

static struct rack r;

/* Two of n supplies on a bar, the others stand by. */
static void start_with(int n)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 1);
    for (int s = 0; s < n; s++) {
        rack_add_supply(&cfg, 2000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    rack_start(&r, &cfg, 0x3);
    rack_run(&r, 500000);
    cr_assert_eq(r.operations[2] + r.operations[3], 0);
}

static void start(void)
{
    start_with(4);
}

static int operations_of_spares(void)
{
    return r.operations[2] + r.operations[3];
}

/* It has been in current limit for as long as it bears, and trips. */
static void trip(int s)
{
    r.psu[s].dead = true;
    r.psu[s].stands = 0x4010; /* IOUT, IOUT_OC */
    rack_settle(&r);
}

/* Nothing is closed onto it before the first wait is over; then one is, and the other one only when the next
 * wait, twice as long, is over. */
Test(shorted, spares_try_one_at_a_time_and_wait_in_between)
{
    start();
    r.bar_shorted[0] = true;
    rack_settle(&r);
    rack_run(&r, 30000);
    trip(0);
    trip(1);
    rack_run(&r, SHORTED_WAIT_us - 50000);
    cr_assert_eq(operations_of_spares(), 0);
    rack_run(&r, 70000);
    cr_assert_eq(operations_of_spares(), 1);
    trip(r.operations[2] > 0 ? 2 : 3);
    rack_run(&r, 2 * SHORTED_WAIT_us - 70000);
    cr_assert(!(r.pin[2] && r.pin[3]));
    cr_assert_eq(r.operations[2] * r.operations[3], 0);
    rack_run(&r, 200000);
    cr_assert_neq(r.operations[2] * r.operations[3], 0);
}

/* The short is gone: the supplies that were left on it say so, and the bar has what it wants. */
Test(shorted, it_is_over_with_the_first_voltage_in_the_window)
{
    start();
    r.bar_shorted[0] = true;
    rack_settle(&r);
    rack_run(&r, 300000);
    r.bar_shorted[0] = false;
    rack_settle(&r);
    rack_run(&r, 3000000);
    cr_assert(controller_bar_served(&r.c, 0));
    cr_assert(controller_bar_redundant(&r.c, 0));
    cr_assert_eq(controller_counts(&r.c)->shorts, 1);
}

/* One of the bar's own supplies is the short: that is found and taken off, and a spare comes at once. */
Test(shorted, a_shorted_supply_is_no_shorted_bar)
{
    start();
    r.psu[0].shorted = true;
    rack_settle(&r);
    rack_run(&r, 100000);
    cr_assert_not(r.pin[0]);
    cr_assert_gt(operations_of_spares(), 0);
}

/* Supply 0 is shorted behind a switch that lets current back: both say that they are in current limit, trip, and
 * no spare is there. Supply 1 starts again when it is told to, and trips wherever the short still is. */
Test(shorted, one_tries_alone_for_the_short_may_be_in_the_other)
{
    start_with(2);
    r.bar_shorted[0] = true;
    rack_settle(&r);
    rack_run(&r, 30000);
    trip(0);
    for (int ms = 0; ms < 10000; ms++) {
        bool meets = r.bar_shorted[0] && rack_conducts(&r, 1);

        r.psu[1].needs_toggle = r.psu[1].needs_toggle || meets;
        r.psu[1].stands = r.psu[1].needs_toggle ? 0x4010 : 0;
        r.bar_shorted[0] = rack_conducts(&r, 0);
        rack_settle(&r);
        rack_run(&r, 1000);
    }
    cr_assert_not(r.pin[0]);
    cr_assert(r.pin[1]);
    cr_assert_gt(rack_feeders(&r, 0), 0, "the bar is dark for good");
    cr_assert(controller_bar_served(&r.c, 0));
}

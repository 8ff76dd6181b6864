/* Alert lines against a pretend rack: who is asked, who is looked at, what is masked, and that polling
 * finds what the lines do not tell. The oracle is the rack (rack.h): its supplies follow the standard,
 * and count what is asked of them. */
#include "rack.h"

static struct rack r;

/* A sweep that takes a second tells nothing in the time of these tests: what is found is found by its
 * alert. */
static struct ctl_config slow_rack(void)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_add_alerts(&cfg);
    cfg.sweep_us = 1000000;
    return cfg;
}

static void run_in(const struct ctl_config *cfg)
{
    rack_start(&r, cfg, 0x7);
    rack_run(&r, 3500000); /* half a sweep is over */
}

static void lose_input(int s, uint32_t hold_up_us)
{
    r.psu[s].no_input = true;
    r.psu[s].hold_up_us = hold_up_us;
    r.psu[s].input_lost_at = r.now;
    rack_edge(&r);
}

/* ---- finding ----------------------------------------------------------------------------------- */

/* Four channels to select and to ask at worst (20 and 20 clocks each), a status to select and to read
 * (20 and 57), the transfer under way, at 2.5 us a clock: some 0.7 ms. */
Test(alert, an_alert_is_found_at_once_where_polling_takes_a_second)
{
    struct ctl_config cfg = slow_rack();

    for (int s = 0; s < 3; s++) {
        run_in(&cfg);
        lose_input(s, 500000);
        cr_assert_leq(rack_run_to(&r, s, SUPPLY_LOST, 900000), 1000, "supply %d", s);
        cr_assert_eq(r.psu[s].heard, 1);
        rack_run(&r, 20000);
        cr_assert(r.pin[3], "the spare was switched in");
        cr_assert(!r.pin[s], "its loss was confirmed, and it was switched off");
        cr_assert_eq(rack_gap_us(&r, 0), 0);
    }
    cfg.alert.n_lines = 0;
    run_in(&cfg);
    lose_input(0, 500000);
    cr_assert_geq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 100000);
}

/* Three readings to believe: with a poll of 1 s that is 3 s; an alert brings them at once. */
Test(alert, the_readings_that_it_takes_to_believe_follow_at_once)
{
    struct ctl_config cfg = slow_rack();

    cfg.confirm = 3;
    run_in(&cfg);
    r.psu[0].dead = true;
    r.psu[0].stands = 0x8000; /* its under-voltage bit */
    rack_edge(&r);
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 4000);

    cfg.alert.n_lines = 0;
    run_in(&cfg);
    r.psu[0].dead = true;
    r.psu[0].stands = 0x8000;
    cr_assert_gt(rack_run_to(&r, 0, SUPPLY_LOST, 5000000), 2000000);
}

/* Two on one channel, of different addresses, and a third one elsewhere: each is heard once, and none
 * is asked when the line has risen. */
Test(alert, all_that_alert_at_once_are_found)
{
    struct ctl_config cfg = slow_rack();

    cfg.supplies[1].channel = cfg.supplies[0].channel;
    cfg.supplies[1].address = 0x5A;
    run_in(&cfg);
    int asks = r.asks;
    for (int s = 0; s < 3; s++) {
        r.psu[s].stands = 0x1000;
    }
    rack_edge(&r);
    rack_run(&r, 10000);
    for (int s = 0; s < 3; s++) {
        cr_assert_geq(r.psu[s].heard, 1, "supply %d", s);
        cr_assert_eq(controller_supply_history(&r.c, (uint8_t)s) & 0x1000, 0x1000);
    }
    cr_assert_leq(r.asks - asks, 8);
}

/* One that knows no alert response is found by its status; the table may say so, or not. */
Test(alert, a_supply_without_alert_response_is_looked_at)
{
    for (int told = 0; told < 2; told++) {
        struct ctl_config cfg = slow_rack();
        cfg.supplies[1].chip = told ? CTL_CHIP_NO_ARA : CTL_CHIP_STANDARD;
        run_in(&cfg);
        r.psu[1].no_ara = true;
        lose_input(1, 500000);
        cr_assert_leq(rack_run_to(&r, 1, SUPPLY_LOST, 900000), told ? 1000 : 3000);
        cr_assert_eq(r.psu[1].heard, 0);
        rack_run(&r, 20000);
        cr_assert_eq(controller_counts(&r.c)->alert_holds, 0);
    }
}

/* Of those that know no alert response STATUS_WORD alone is read, until one has something to say: to
 * select and to read, 21 and 57 clocks, four times; whole turns would take twice as long. */
Test(alert, a_look_is_short_when_there_is_nothing_to_see)
{
    struct ctl_config cfg = slow_rack();

    for (int s = 0; s < 4; s++) {
        cfg.supplies[s].chip = CTL_CHIP_NO_ARA;
    }
    run_in(&cfg);
    for (int s = 0; s < 4; s++) {
        r.psu[s].no_ara = true;
    }
    lose_input(3, 500000);
    uint64_t found = rack_run_to(&r, 3, SUPPLY_ISOLATED, 900000);
    cr_assert_leq(found, 4 * 78 * 5 / 2 + 200, "%d us", (int)found);
}

/* What made one fail may have hit others that have no line: a sweep begins at once. */
Test(alert, an_alert_begins_a_sweep)
{
    struct ctl_config cfg = slow_rack();

    cfg.alert.line_of[1] = CTL_NO_ALERT;
    run_in(&cfg);
    lose_input(1, 500000);
    lose_input(0, 500000);
    cr_assert_leq(rack_run_to(&r, 1, SUPPLY_LOST, 900000), 10000);
}

/* Nothing alerts when an input returns: one long sweep clears its latched bits, the next finds it sound.
 * From then on sweeps are short until it has proven itself, which takes three readings. */
Test(alert, a_supply_on_its_way_is_polled_closely)
{
    struct ctl_config cfg = slow_rack();

    cfg.sweep_us = 5000;
    cfg.alert.idle_us = 1000000;
    run_in(&cfg);
    lose_input(0, 500000);
    rack_run(&r, 5000000);
    r.psu[0].no_input = false;
    uint64_t back = rack_run_to(&r, 0, SUPPLY_STANDBY, 4000000);
    cr_assert_leq(back, 2100000, "%d us", (int)back);
}

/* A mux that tells which channel interrupts is read once; then one place is asked, not four. */
Test(alert, a_mux_that_tells_saves_the_search)
{
    struct ctl_config cfg = slow_rack();

    cfg.alert.mux_tells[0] = true;
    run_in(&cfg);
    int asks = r.asks;
    lose_input(2, 500000);
    cr_assert_leq(rack_run_to(&r, 2, SUPPLY_LOST, 900000), 500);
    cr_assert_eq(r.asks - asks, 1);
}

/* ---- what holds a line ------------------------------------------------------------------------- */

/* A warning that stands is masked, so that the line is there for the next one; when the warning is
 * gone its mask goes, and it may be told again. */
Test(alert, a_standing_warning_is_masked_and_another_fault_is_heard)
{
    struct ctl_config cfg = slow_rack();

    run_in(&cfg);
    r.psu[3].holds_alert = true;
    r.psu[3].stands = 0x0400; /* its fan */
    rack_edge(&r);
    rack_run(&r, 10000);
    cr_assert_eq(r.psu[3].masked, 0x0400);
    cr_assert_eq(rack_lines(&r), UINT32_MAX, "the line is high again");
    lose_input(0, 500000);
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 1000);

    r.psu[3].stands = 0;
    rack_run(&r, 5000000);
    cr_assert_eq(r.psu[3].masked, 0, "unmasked when it is gone");
    r.psu[3].stands = 0x0400;
    int looks = r.psu[3].looks;
    rack_edge(&r);
    rack_run(&r, 2000);
    cr_assert_gt(r.psu[3].looks, looks, "told and seen again");
}

/* Its masks outlive the controller's memory of them: after a reset what does not stand is unmasked. */
Test(alert, a_reset_leaves_no_supply_mute)
{
    struct ctl_config cfg = slow_rack();

    run_in(&cfg);
    r.psu[3].stands = 0x0400;
    r.psu[3].holds_alert = true;
    rack_edge(&r);
    rack_run(&r, 10000);
    cr_assert_eq(r.psu[3].masked, 0x0400);
    r.psu[3].stands = 0;
    r.psu[3].latched = 0;
    rack_reset_controller(&r);
    rack_run(&r, 1000000);
    cr_assert_eq(r.psu[3].masked, 0);
}

/* One that knows no SMBALERT_MASK is not asked for ever to set it, nor to clear it. */
Test(alert, a_supply_without_masks_costs_a_few_transfers)
{
    struct ctl_config cfg = slow_rack();

    rack_start(&r, &cfg, 0x7);
    r.psu[3].no_mask = true;
    rack_run(&r, 3500000);
    r.psu[3].holds_alert = true;
    r.psu[3].stands = 0x0400;
    rack_edge(&r);
    rack_run(&r, 100000);
    r.psu[3].stands = 0;
    uint32_t nacks = controller_counts(&r.c)->nacks;
    rack_run(&r, 5000000);
    cr_assert_leq(controller_counts(&r.c)->nacks - nacks, 100);
    lose_input(0, 500000);
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 1000, "the line is free again");
}

/* The second one fails while the first one still holds the line: no edge tells. */
Test(alert, a_fault_behind_a_line_that_is_low_already_is_found)
{
    for (uint64_t after = 0; after < 3000; after += 100) {
        struct ctl_config cfg = slow_rack();
        run_in(&cfg);
        r.psu[3].holds_alert = true;
        r.psu[3].stands = 0x0400;
        rack_edge(&r);
        rack_run(&r, after);
        lose_input(0, 500000);
        cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 4000, "%d us after", (int)after);
    }
}

/* Shorted to ground: nobody is asked for ever, and sweeps stay short. */
Test(alert, a_line_that_is_stuck_low_is_ignored)
{
    struct ctl_config cfg = slow_rack();

    cfg.sweep_us = 5000;
    cfg.alert.idle_us = 1000000;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 3000000);
    r.line_low = 1u << 3;
    rack_edge(&r);
    rack_run(&r, 100000);
    cr_assert_eq(controller_counts(&r.c)->alert_holds, 1);
    int asks = r.asks;
    lose_input(0, 500000);
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 900000), 6000);
    cr_assert_eq(r.asks, asks);
    rack_run(&r, 10000000);
    cr_assert_leq(r.asks - asks, 11 * ALERT_SEARCHES * 4);
}

/* ---- storms ------------------------------------------------------------------------------------ */

/* A bit that comes and goes every millisecond: the line is ignored after 20 falls, for 100 ms, 200 ms,
 * 400 ms ..., and the supplies are polled meanwhile. */
Test(alert, a_storm_is_ignored_for_longer_and_longer)
{
    struct ctl_config cfg = slow_rack();

    cfg.sweep_us = 5000;
    cfg.alert.idle_us = 1000000;
    run_in(&cfg);
    uint64_t end = r.now + 10000000;
    while (r.now < end) {
        r.psu[3].stands ^= 0x1000;
        r.psu[3].latched &= (uint16_t)~0x1000;
        r.psu[3].told &= (uint16_t)~0x1000;
        r.psu[3].masked = 0;
        rack_edge(&r);
        rack_run(&r, 1000);
        if (end - r.now == 5000000) {
            lose_input(0, 500000);
        }
        if (end - r.now == 4994000) {
            cr_assert(supply_is_lost(&r.c.supplies[0]), "found by polling");
        }
    }
    const struct controller_counts *n = controller_counts(&r.c);
    cr_assert(n->alert_storms >= 4 && n->alert_storms <= 7, "%u storms", n->alert_storms);
    cr_assert_leq(n->alerts, (n->alert_storms + 1) * 21);
}

/* ---- polling, whatever the line does ------------------------------------------------------------ */

/* Interrupts do the work and sweeps take a second. A line that is cut tells nothing: then the long
 * sweep is what finds a lost supply. A line that dances: the short one. */
Test(alert, polling_finds_a_lost_supply_whatever_the_line_does)
{
    uint64_t seed = 1;

    for (int round = 0; round < 60; round++) {
        struct ctl_config cfg = slow_rack();
        cfg.sweep_us = 5000;
        cfg.alert.idle_us = 1000000;
        rack_start(&r, &cfg, 0x7);
        r.seed = seed + (uint64_t)round;
        rack_run(&r, 3000000);
        bool cut = round % 3 == 0;
        uint64_t dance = rack_random(&r) % 20000u;
        r.line_cut = cut ? 1u << 3 : 0;
        for (uint64_t end = r.now + dance * 20; r.now < end;) {
            r.line_low = rack_random(&r) % 3u == 0 ? 1u << 3 : 0;
            rack_edge(&r);
            rack_run(&r, 1 + rack_random(&r) % 3000u);
        }
        r.line_low = round % 3 == 1 ? 1u << 3 : 0;
        rack_edge(&r);
        lose_input(round % 3, 5000000);
        uint64_t most = cut ? 1000000 + 6000 : 6000;
        cr_assert_leq(rack_run_to(&r, round % 3, SUPPLY_LOST, 4000000), most, "round %d", round);
    }
}

/* The bus is as fast as ever, and rests: with lines to be trusted it is used a hundredth as much. */
Test(alert, the_bus_rests_while_nothing_happens)
{
    struct ctl_config cfg = slow_rack();

    cfg.sweep_us = 5000;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 5000000);
    uint64_t before = r.transfers;
    rack_run(&r, 5000000);
    uint64_t polled = r.transfers - before;

    cfg.alert.idle_us = 1000000;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 5000000);
    before = r.transfers;
    rack_run(&r, 5000000);
    cr_assert_lt((r.transfers - before) * 5, polled);
}

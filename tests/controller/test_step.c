/* Whole steps against a pretend rack: each test is a story about power. The oracle is the rack
 * itself (rack.h): which bar had a live supply, and for how long it had none. */
#include "rack.h"

#include "controller/poll.h"

static struct rack r;

static void expect_state(int s, enum supply_state state)
{
    enum supply_state is = controller_supply_state(&r.c, (uint8_t)s);
    cr_assert_eq(is, state, "supply %d is %s, not %s", s, supply_state_name(is),
                 supply_state_name(state));
}

/* A running rack is adopted: three supplies share, the fourth stands by, nothing is switched. */
Test(step, adopts_a_running_rack_without_moving_a_switch)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 1000000);
    for (int s = 0; s < 3; s++) {
        expect_state(s, SUPPLY_SHARING);
    }
    expect_state(3, SUPPLY_STANDBY);
    cr_assert_eq(rack_operations(&r), 0);
    cr_assert_eq(r.writes, 0);
    cr_assert(controller_bar_served(&r.c, 0));
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* What it reads is what is there: 12 V, and 1500 W / 12 V / 3 = 41.7 A (within LINEAR11). */
Test(step, believes_what_the_supplies_say)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 100000);
    cr_assert_eq(controller_supply_v_mV(&r.c, 0), 12000);
    cr_assert(abs(controller_supply_i_mA(&r.c, 0) - 41667) <= 32);
    cr_assert_leq(controller_supply_age_us(&r.c, 0), 6000);
}

/* A dark rack comes up: bars are fed redundantly, and no more supplies are switched than needed. */
Test(step, brings_up_a_dark_rack)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0);
    rack_run(&r, 200000);
    cr_assert(r.fed[0]);
    cr_assert_eq(rack_operations(&r), 3);
    cr_assert(controller_bar_redundant(&r.c, 0));
}

/* A supply loses its input; with 15 ms of hold-up and a 5 ms sweep, the spare's FET is closed before
 * it dies, then the lost one's is opened. The bar never notices. */
Test(step, input_lost_spare_closes_first)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[0].no_input = true;
    r.psu[0].hold_up_us = 15000;
    r.psu[0].input_lost_at = r.now;
    uint64_t lost = r.now;
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 20000), 6000);
    rack_run(&r, 50000);
    expect_state(0, SUPPLY_ISOLATED);
    expect_state(3, SUPPLY_SHARING);
    cr_assert_eq(r.operations[3], 1);
    cr_assert_eq(r.operations[0], 1);
    cr_assert_lt(r.moved_at[3], lost + 8000);
    cr_assert_geq(r.moved_at[0], r.moved_at[3] + cfg.switches[3].close_us);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
    cr_assert_eq(rack_operations(&r), 2);
}

/* The same supply gets its input back: probation, then it is what it was, a spare this time. */
Test(step, input_returns_and_the_supply_is_used_again)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[0].no_input = true;
    r.psu[0].hold_up_us = 15000;
    r.psu[0].input_lost_at = r.now;
    rack_run(&r, 300000);
    expect_state(0, SUPPLY_ISOLATED);
    r.psu[0].no_input = false;
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_STANDBY, 200000), 100000);
    rack_run(&r, 500000);
    expect_state(0, SUPPLY_STANDBY);
    cr_assert_eq(rack_operations(&r), 2); /* nothing flaps back */
    cr_assert_eq(r.psu[0].operations, 0);
}

/* An input that was gone for a moment between two readings is back before anybody looks: what is left is a bit
 * of history, and on the strength of that alone no switch opens, whenever it comes up. */
Test(step, an_input_that_is_back_before_it_is_read_opens_no_switch)
{
    for (uint64_t phase = 0; phase < 5000; phase += 250) {
        struct ctl_config cfg = rack_one_bar(0);

        rack_start(&r, &cfg, 0x7);
        rack_run(&r, 500000 + phase);
        r.psu[0].latched = 0x2008; /* INPUT, VIN_UV */
        rack_run(&r, 300000);
        expect_state(0, SUPPLY_SHARING);
        cr_assert_eq(r.operations[0], 0, "%d us", (int)phase);
        cr_assert_eq(controller_supply_recorded(&r.c, 0, 2), 0x10, "not recorded");
        cr_assert_eq(rack_gap_us(&r, 0), 0);
    }
}

/* Telemetry of a sharing supply dies, its power is fine: SUSPECT, its switch stays closed, the spare
 * is brought in because it no longer counts as redundant. */
Test(step, dead_telemetry_does_not_switch_off_a_healthy_supply)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[1].mute = true;
    rack_run(&r, 5000000);
    expect_state(1, SUPPLY_SUSPECT);
    cr_assert(r.pin[1]);
    cr_assert_eq(r.operations[1], 0);
    expect_state(3, SUPPLY_SHARING);
    rack_run(&r, 20000000);
    expect_state(1, SUPPLY_ABSENT);
    cr_assert(r.pin[1]);
    r.psu[1].mute = false;
    rack_run(&r, 500000);
    expect_state(1, SUPPLY_SHARING);
    cr_assert_eq(r.operations[1], 0);
}

/* No switch is told to close onto a bar as long as a shorted supply hangs on it. */
static bool nobody_joins_a_short(struct rack *rack)
{
    bool joins = false;

    for (int i = 0; i < rack->cfg.n_switches; i++) {
        for (int k = 0; k < rack->cfg.n_switches; k++) {
            joins = joins || (rack->pin[i] && rack->moved_at[i] == rack->now && rack->pin[k] &&
                              rack->psu[rack->cfg.switches[k].supply].shorted &&
                              rack->cfg.switches[i].bar == rack->cfg.switches[k].bar);
        }
    }
    return !joins;
}

/* Whatever the moment of the short: the bar is rid of it within two sweeps and the switching, and only
 * then is the spare's switch told to close (break before make); whoever of the bar is read first: the
 * shorted one is off, like a dead one, and only the others tell where their current goes. */
Test(step, a_short_is_cut_off_within_two_sweeps)
{
    struct ctl_config cfg = rack_one_bar(0);

    for (int i = 0; i < 4; i++) {
        cfg.switches[i].one_way = false; /* behind ORing a short would stay where it is */
    }
    for (int culprit = 0; culprit < 3; culprit++) {
        for (uint64_t phase = 0; phase < 5000; phase += 25) {
            cfg.look = (uint8_t)(1 + phase % 2);
            rack_start(&r, &cfg, 0x7);
            rack_run(&r, 500000 + phase);
            r.psu[culprit].shorted = true;
            rack_settle(&r);
            r.watch = nobody_joins_a_short;
            rack_run(&r, 200000);
            cr_assert(!r.pin[culprit]);
            cr_assert(r.fed[0]);
            cr_assert_lt(rack_gap_us(&r, 0), 2 * 5000 + 1000 + 3000);
        }
    }
}

/* One supply drives the bar 20 % too high: it carries everything and is cut off; the others, which
 * report the same voltage and carry nothing, are victims and stay, whether the culprit is read before
 * them, between them or after them, and whenever it begins. Break before make: the spare's switch is
 * told to close only when the culprit's has had its time to open. */
Test(step, over_voltage_cuts_off_the_culprit_and_not_the_victims)
{
    struct ctl_config cfg = rack_one_bar(0);

    for (int culprit = 0; culprit < 3; culprit++) {
        for (uint64_t phase = 0; phase < 5000; phase += 50) {
            rack_start(&r, &cfg, 0x7);
            rack_run(&r, 500000 + phase);
            r.psu[culprit].overvolt = true;
            rack_run(&r, 2500000); /* the victims have been calm for long enough */
            for (int s = 0; s < 4; s++) {
                cr_assert_eq(r.pin[s], s != culprit, "supply %d, culprit %d", s, culprit);
                cr_assert_eq(r.operations[s], s == culprit || s == 3);
            }
            cr_assert_geq(r.moved_at[3], r.moved_at[culprit] + cfg.switches[culprit].open_us);
            cr_assert_eq(rack_gap_us(&r, 0), 0);
        }
    }
}

/* The stalemate: a supply stays off until OPERATION goes off and on, and would say good only after
 * that. The controller tries, a bounded number of times. */
Test(step, stalemate_is_broken_by_a_bounded_number_of_restarts)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[0].needs_toggle = true;
    rack_run(&r, 6000000);
    cr_assert(!r.psu[0].needs_toggle);
    expect_state(0, SUPPLY_STANDBY);
    cr_assert_eq(r.psu[0].operations, 2);

    r.psu[1].dead = true; /* this one never comes back */
    rack_run(&r, 120000000);
    expect_state(1, SUPPLY_RETIRED);
    cr_assert_eq(r.psu[1].operations, 6);
}

/* Off until OPERATION goes off and on, and over-current is stated until faults are cleared. */
static void trip(int s)
{
    r.psu[s].needs_toggle = true;
    r.psu[s].latched |= 0x4010;
    rack_settle(&r);
}

/* A supply that has tripped starts never by itself: isolated, it is started after half a second, and
 * is a spare when it has been good for its probation. */
Test(step, a_tripped_supply_is_started_again_soon)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    trip(0);
    rack_run(&r, 450000);
    expect_state(0, SUPPLY_ISOLATED);
    cr_assert_eq(r.psu[0].operations, 0);
    rack_run(&r, 150000);
    expect_state(0, SUPPLY_STANDBY);
    cr_assert_eq(r.psu[0].operations, 2);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* Whatever made it trip is still there: its output rises for 30 ms and falls again. */
static bool trips_again(struct rack *rack)
{
    static uint64_t up_since;
    struct rack_supply *u = &rack->psu[0];

    up_since = u->needs_toggle ? rack->now : up_since;
    u->shorted = !u->needs_toggle;
    if (rack->now >= up_since + 30000) {
        trip(0);
    }
    return !rack->pin[0] || rack->psu[0].operations == 0;
}

/* Three attempts: after half a second, one and two more; after another four it is retired. Nobody is
 * harmed: its switch stays open throughout. */
Test(step, a_supply_that_trips_again_is_retired_after_three_attempts)
{
    const uint64_t due_us[] = {500000, 1500000, 3500000, 7500000};
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    trip(0);
    uint64_t tripped = r.now;
    r.watch = trips_again;
    for (int i = 0; i < 4; i++) {
        rack_run(&r, tripped + due_us[i] - 50000 - r.now);
        cr_assert_eq(r.psu[0].operations, 2 * i); /* off and on, each time */
        expect_state(0, SUPPLY_ISOLATED);
    }
    rack_run(&r, 150000);
    expect_state(0, SUPPLY_RETIRED);
    rack_run(&r, 60000000);
    expect_state(0, SUPPLY_RETIRED);
    cr_assert_eq(r.psu[0].operations, 6);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* The only supply of its bar keeps its switch closed; what made it trip may stand on the bar, and it
 * is given all the time that it may take to start by itself. */
Test(step, a_tripped_supply_that_is_not_isolated_is_given_its_time)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 0);
    rack_add_supply(&cfg, 2000, CTL_NO_FEED);
    rack_add_switch(&cfg, 0, 0);
    rack_start(&r, &cfg, 0x1);
    rack_run(&r, 500000);
    trip(0);
    rack_run(&r, 3400000);
    expect_state(0, SUPPLY_LOST);
    cr_assert_eq(r.psu[0].operations, 0);
    rack_run(&r, 300000);
    cr_assert_eq(r.psu[0].operations, 2);
    cr_assert(r.fed[0]);
}

/* Latched bits are history: recorded, cleared once, not on every poll. */
Test(step, latched_status_is_recorded_and_cleared_once)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[0].latched |= 0x0004; /* a temperature warning that has passed */
    rack_run(&r, 500000);
    expect_state(0, SUPPLY_SUSPECT); /* it may come back as soon as anything is made of its end */
    rack_run(&r, 2000000);
    cr_assert_eq(r.psu[0].erasures, 1);
    cr_assert_neq(controller_supply_history(&r.c, 0) & 0x0004, 0);
    expect_state(0, SUPPLY_SHARING);

    r.psu[0].stands = 0x0404; /* a fan has stopped: this warning stands */
    rack_run(&r, 10000000);
    expect_state(0, SUPPLY_SUSPECT);
    cr_assert_leq(r.psu[0].erasures, 40); /* of two registers, in 2000 polls */
    cr_assert_eq(r.psu[0].clears, 0);
    cr_assert_eq(r.operations[0], 0);
}

/* One supply hangs the bus in each of its turns; the others are still read, nothing is switched off,
 * and when it lets go it is read again. */
Test(step, a_wedged_supply_does_not_blind_the_controller)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[1].wedged = true;
    rack_run(&r, 3000000);
    expect_state(0, SUPPLY_SHARING);
    expect_state(2, SUPPLY_SHARING);
    cr_assert_leq(controller_supply_age_us(&r.c, 0), 60000);
    cr_assert(r.pin[0] && r.pin[1] && r.pin[2]);
    r.psu[1].wedged = false;
    rack_run(&r, 3000000);
    expect_state(1, SUPPLY_SHARING);
    cr_assert_eq(r.operations[0] + r.operations[1] + r.operations[2], 0);
}

/* The whole bus is stuck for 300 ms: clear, mux reset, give up, again. Switches stay as they are. */
Test(step, a_stuck_bus_moves_no_switch)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.stuck_until[0] = r.now + 300000;
    rack_run(&r, 300000);
    cr_assert_gt(controller_counts(&r.c)->recoveries, 0);
    cr_assert_gt(controller_counts(&r.c)->give_ups, 0);
    rack_run(&r, 2000000);
    expect_state(0, SUPPLY_SHARING);
    expect_state(3, SUPPLY_STANDBY);
    cr_assert_eq(rack_operations(&r), 0);
}

/* A failure on bus 0 is acted on through bus 1 at once: the write begins in the step that learns. */
Test(step, expander_on_its_own_bus_waits_for_nothing)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[0].dead = true;
    rack_settle(&r);
    r.first_write_at = 0;
    rack_run_to(&r, 0, SUPPLY_LOST, 20000);
    uint64_t learned = r.now;
    rack_run(&r, 10000);
    /* at worst a read-back of bus 1 is under way (5 bytes) before the 4 bytes of the write */
    cr_assert_leq(r.first_write_at - learned, 250, "%lu us",
                  (unsigned long)(r.first_write_at - learned));
}

/* The expander loses its supply for a moment: pins become inputs, pull resistors open all switches.
 * The registers are written before the pins become outputs again, and the rack is as it was. */
Test(step, expander_reset_is_found_and_repaired)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    memset(r.reg[0], 0xFF, sizeof r.reg[0]);
    rack_pins_moved(&r);
    cr_assert(!r.pin[0]);
    rack_run(&r, 100000);
    cr_assert(r.pin[0] && r.pin[1] && r.pin[2] && !r.pin[3]);
    cr_assert_eq(r.operations[3], 0);
    cr_assert_geq(controller_counts(&r.c)->pin_resets, 1);
}

/* A pin that is shorted to ground: the spare's switch doesn't follow and is planned around. */
Test(step, a_switch_that_does_not_follow_is_planned_around)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 0);
    for (int s = 0; s < 5; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    rack_start(&r, &cfg, 0x7);
    r.tied[0] = 1 << 3;
    rack_run(&r, 500000);
    r.psu[0].dead = true;
    rack_settle(&r);
    rack_run(&r, 200000);
    cr_assert(controller_switch_stuck(&r.c, 3));
    cr_assert(r.pin[4]);
    cr_assert(!r.pin[0]);
    cr_assert(controller_bar_redundant(&r.c, 0));
}

/* Two expanders behind muxes beside the supplies, relays with dwell: still no gap on a hand-over. */
Test(step, relays_behind_a_muxed_expander_hand_over_without_a_gap)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.expanders[0].mux_address = 0x77;
    cfg.expanders[0].channel = 5;
    for (int i = 0; i < 4; i++) {
        cfg.switches[i].one_way = false;
        cfg.switches[i].close_us = 25000;
        cfg.switches[i].open_us = 12000;
        cfg.switches[i].dwell_us = 100000;
        cfg.switches[i].active_low = (i & 1) != 0;
    }
    cfg.bars[0].spare = 1;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.psu[1].dead = true;
    rack_settle(&r);
    rack_run(&r, 500000);
    cr_assert(r.pin[3] && !r.pin[1]);
    cr_assert_geq(r.moved_at[1], r.moved_at[3] + 25000);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* Three readings to believe at a sweep of 100 ms: a dead converter is lost after the third. */
Test(step, confirm_asks_for_so_many_readings)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.sweep_us = 100000;
    cfg.stale_us = 300000;
    cfg.confirm = 3;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 2000000);
    r.psu[0].dead = true;
    rack_settle(&r);
    uint64_t us = rack_run_to(&r, 0, SUPPLY_LOST, 1000000);
    cr_assert(us > 200000 && us < 305000, "lost after %lu us", (unsigned long)us);
}

/* Every supply of the bar reports a failure: the last thing to do is to open their switches. */
Test(step, a_bar_is_never_stripped_of_its_last_supplies)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0xF);
    rack_run(&r, 500000);
    for (int s = 0; s < 4; s++) {
        r.psu[s].no_input = true;
        r.psu[s].hold_up_us = 1000000000;
        r.psu[s].input_lost_at = r.now;
    }
    rack_run(&r, 3000000);
    expect_state(0, SUPPLY_LOST);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
    cr_assert_eq(rack_feeders(&r, 0), 4);
}

/* A bad table: no bus is touched, the reason is told, the wake time is bounded. */
Test(step, a_bad_table_leads_to_the_safe_state)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.supplies[1].channel = 0;
    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 3000000);
    cr_assert_eq(controller_mode(&r.c), CONTROLLER_SAFE);
    cr_assert_eq(controller_fault(&r.c), CONFIG_ADDRESS_TWICE);
    cr_assert_eq(r.transfers, 0);
}

/* Two hours: the clock wraps twice; nothing is switched, nothing gets old. */
Test(step, the_clock_may_wrap)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.sweep_us = 500000;
    cfg.stale_us = 2000000;
    rack_start(&r, &cfg, 0x7);
    r.psu[3].mute = true;
    for (int minute = 0; minute < 150; minute++) {
        rack_run(&r, 60000000);
        expect_state(0, SUPPLY_SHARING);
        expect_state(3, SUPPLY_ABSENT);
        cr_assert_leq(controller_supply_age_us(&r.c, 0), 600000);
        cr_assert_eq(controller_supply_age_us(&r.c, 3), CONTROLLER_AGE_NONE);
    }
    cr_assert_eq(rack_operations(&r), 0);
}

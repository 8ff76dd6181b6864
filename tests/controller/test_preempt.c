/* Pre-emption: who is replaced before it fails, in what order, and who is not. The oracle is the pretend
 * rack: which bar had a live supply, and when each switch moved. */
#include "rack.h"

static struct rack r;
static const uint64_t SAMPLE_us = 500000;

static void start(struct ctl_config *cfg, uint32_t closed)
{
    cfg->sweep_us = 50000;
    cfg->stale_us = 200000;
    cfg->trend_us = (uint32_t)SAMPLE_us;
    cfg->horizon_s = 1000;
    rack_start(&r, cfg, closed);
    rack_run(&r, 70 * SAMPLE_us);
}

static void wear_fan(int s, double to, int over_s)
{
    for (int i = 1; i <= over_s; i++) {
        r.psu[s].fan_lost = to * i / over_s;
        rack_run(&r, 1000000);
    }
}

/* Its replacement is closed and settled before it is opened, and all without a gap. */
Test(preempt, make_before_break)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.preempt_most = 2;
    start(&cfg, 0x7);
    wear_fan(0, 0.15, 60);
    cr_assert(controller_supply_preempted(&r.c, 0));
    cr_assert(r.pin[3] && !r.pin[0]);
    cr_assert_geq(r.moved_at[0], r.moved_at[3] + cfg.switches[3].close_us);
    cr_assert_eq(rack_operations(&r), 2);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
    cr_assert(controller_bar_redundant(&r.c, 0));
}

/* The budget of the day is spent: the second one waits for its failure. A day later it has its turn. */
Test(preempt, no_more_in_a_day_than_allowed)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 0);
    for (int s = 0; s < 5; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    cfg.preempt_most = 1;
    start(&cfg, 0x7);
    wear_fan(0, 0.15, 60);
    wear_fan(1, 0.15, 60);
    cr_assert_eq(controller_supply_health(&r.c, 1), HEALTH_FAILING);
    cr_assert(!controller_supply_preempted(&r.c, 1));
    cr_assert(r.pin[1]);
    r.c.preempt.minutes = PREEMPT_DAY - 1;
    rack_run(&r, 120000000);
    cr_assert(controller_supply_preempted(&r.c, 1));
    cr_assert(!r.pin[1]);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* Nobody could replace it: it stays, and no switch moves. */
Test(preempt, what_does_not_pay_is_not_done)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 0);
    for (int s = 0; s < 3; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    cfg.preempt_most = 2;
    start(&cfg, 0x7);
    wear_fan(0, 0.15, 60);
    cr_assert_eq(controller_supply_health(&r.c, 0), HEALTH_FAILING);
    cr_assert(!controller_supply_preempted(&r.c, 0));
    cr_assert_geq(controller_counts(&r.c)->refusals, 1);
    cr_assert_leq(controller_counts(&r.c)->refusals, 3);
    cr_assert_eq(rack_operations(&r), 0);
}

/* Its bar is the more important one and has no spare: the other bar helps only as far as it keeps its own
 * redundancy (here by a supply that feeds both). */
Test(preempt, another_bar_does_not_pay_for_it)
{
    struct ctl_config cfg = rack_config(2);

    rack_add_expander(&cfg, 0);
    for (int s = 0; s < 6; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
        rack_add_switch(&cfg, s, 1);
    }
    cfg.bars[1].priority = 1;
    cfg.preempt_most = 2;
    start(&cfg, 0x1 | 0x4 | 0x10 | 0x80 | 0x200 | 0x800); /* three on each */
    wear_fan(0, 0.15, 60);
    cr_assert_eq(controller_supply_health(&r.c, 0), HEALTH_FAILING);
    for (uint8_t bar = 0; bar < 2; bar++) {
        cr_assert(controller_bar_redundant(&r.c, bar));
        cr_assert_eq(rack_gap_us(&r, bar), 0);
    }
    cr_assert_leq(rack_operations(&r), 2);
}

/* A supply that may fail soon is better than none: missed, it is taken back. */
Test(preempt, it_is_taken_back_when_it_is_missed)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.preempt_most = 2;
    start(&cfg, 0x7);
    wear_fan(0, 0.15, 60);
    cr_assert(!r.pin[0]);
    r.psu[1].dead = true;
    rack_settle(&r);
    rack_run(&r, 1000000);
    cr_assert(!r.pin[0], "two of 1 kW carry 1.5 kW");
    r.psu[2].dead = true;
    rack_settle(&r);
    rack_run(&r, 1000000);
    cr_assert(r.pin[0] && r.pin[3]);
    cr_assert(!controller_supply_preempted(&r.c, 0));
    cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_SHARING);
}

/* A false alarm is over: it is relied upon again, and nothing moves for that. */
Test(preempt, a_false_alarm_costs_two_operations)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.preempt_most = 2;
    start(&cfg, 0x7);
    wear_fan(0, 0.15, 60);
    cr_assert(!r.pin[0]);
    r.psu[0].fan_lost = 0.0;
    rack_run(&r, 60000000);
    cr_assert(!controller_supply_preempted(&r.c, 0));
    cr_assert_eq(controller_supply_health(&r.c, 0), HEALTH_SOUND);
    cr_assert_eq(rack_operations(&r), 2);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

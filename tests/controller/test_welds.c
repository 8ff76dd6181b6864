/* Switches that do not do what their pins say. Oracle: the pretend rack's contacts. */
#include "rack.h"

static struct rack r;

/* A supply is lost and taken off, its contact has welded; when it is back it carries current through a
 * switch that is told to be open. When the weld breaks, that is found, too. */
Test(welds, a_welded_contact_is_found_by_its_current)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
    r.welded[0] = true;
    r.psu[0].dead = true;
    rack_settle(&r);
    rack_run(&r, 300000);
    cr_assert(!r.pin[0]);
    r.psu[0].dead = false;
    rack_settle(&r);
    rack_run(&r, WELDS_OPEN_us + 200000);
    cr_assert(controller_switch_stuck(&r.c, 0));
    cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_SHARING);
    r.welded[0] = false;
    rack_run(&r, 100000);
    cr_assert(!controller_switch_stuck(&r.c, 0));
    cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_STANDBY);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* A supply's own contact is sound: nothing is found while it stands by, whatever the others carry. */
Test(welds, a_supply_that_stands_by_is_not_accused)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 10000000);
    cr_assert_eq(controller_counts(&r.c)->stuck_switches, 0);
}

/* The only supply of a bar dies, and the spare's switch stays open though its pin says closed: the next
 * spare is brought in when the missing current has been seen. The dead contact is left closed. */
Test(welds, a_switch_that_stays_open_is_found_by_the_missing_current)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 1);
    for (int s = 0; s < 3; s++) {
        rack_add_supply(&cfg, 2000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    cfg.bars[0].spare = 0;
    rack_start(&r, &cfg, 0x1);
    r.dead[1] = true;
    rack_run(&r, 500000);
    r.psu[0].dead = true;
    rack_settle(&r);
    rack_run(&r, 400000);
    cr_assert(controller_switch_stuck(&r.c, 1));
    cr_assert(r.pin[1] && r.pin[2]);
    cr_assert(r.fed[0]);
    cr_assert_lt(rack_gap_us(&r, 0), WELDS_CLOSED_us + 50000);
}

/* Light load: one of several that share a bar may carry nothing without anything being wrong. */
Test(welds, no_current_at_light_load_proves_nothing)
{
    struct ctl_config cfg = rack_one_bar(1);

    cfg.bars[0].load_mW = 600000;
    rack_start(&r, &cfg, 0x7);
    r.dead[1] = true;
    rack_run(&r, 5000000);
    cr_assert(!controller_switch_stuck(&r.c, 1));
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

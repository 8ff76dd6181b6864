/* Whose readings are they? Oracle: the pretend rack's own switches and lights: which supply is alive, and
 * which contact moved. */
#include "rack.h"

static struct rack r;

/* Channel `asked` of mux 0x70 leads to `shown`; 0 to 7. */
static void lead_astray(int asked, int shown)
{
    r.astray = true;
    r.asked = asked;
    r.shown = shown;
}

/* Three supplies carry the bar, two are enough. Supply 1's channel shows supply 0, which dies: supply 1
 * is alive, and its switch stays closed, for whatever phase of the sweep. */
Test(identity, a_good_supply_is_not_opened_on_another_ones_reading)
{
    struct ctl_config cfg = rack_one_bar(1);

    for (uint64_t phase = 0; phase < 5000; phase += 500) {
        rack_start(&r, &cfg, 0x7);
        rack_run(&r, 300000 + phase);
        lead_astray(1, 0);
        r.psu[0].dead = true;
        rack_settle(&r);
        rack_run(&r, 3000000);
        cr_assert(r.pin[1], "phase %d", (int)phase);
        cr_assert_eq(r.operations[1], 0);
        cr_assert(!r.pin[0]);
        cr_assert_eq(controller_supply_state(&r.c, 1), SUPPLY_SUSPECT);
        r.astray = false;
        rack_run(&r, 1000000);
        cr_assert_eq(controller_supply_state(&r.c, 1), SUPPLY_SHARING);
    }
}

/* The same with a danger, which is opened without waiting for a second reading: supply 0 drives the bar too
 * high and is cut off, supply 1 merely seems to. */
Test(identity, a_good_supply_is_not_taken_for_the_culprit)
{
    struct ctl_config cfg = rack_one_bar(1);

    for (uint64_t phase = 0; phase < 5000; phase += 500) {
        rack_start(&r, &cfg, 0x7);
        rack_run(&r, 300000 + phase);
        lead_astray(1, 0);
        r.psu[0].overvolt = true;
        rack_settle(&r);
        rack_run(&r, 100000);
        cr_assert(!r.pin[0]);
        cr_assert_eq(r.operations[1], 0, "phase %d", (int)phase);
    }
}

/* Nothing fails: the wrong channel is found within the period of the reading back and one sweep. */
Test(identity, a_wrong_channel_is_found_within_its_period)
{
    struct ctl_config cfg = rack_one_bar(1);

    for (uint64_t phase = 0; phase < 600000; phase += 50000) {
        rack_start(&r, &cfg, 0x7);
        rack_run(&r, 700000 + phase);
        lead_astray(1, 0);
        cr_assert_leq(rack_run_to(&r, 1, SUPPLY_SUSPECT, 2000000), IDENTITY_us + 2 * 5000);
        cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_SHARING);
        rack_run(&r, 5000000);
        cr_assert_eq(controller_supply_state(&r.c, 1), SUPPLY_SUSPECT);
        cr_assert_eq(r.operations[1], 0);
    }
}

/* Another unit in the slot, plugged between two turns: identified anew, and not held to be the old one. */
Test(identity, another_unit_in_the_slot_is_identified_anew)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 700000);
    uint32_t before = r.c.identities[2].number;
    r.psu[2].unit = 1;
    rack_run(&r, 1000000);
    cr_assert_neq(r.c.identities[2].number, before);
    cr_assert_eq(controller_supply_state(&r.c, 2), SUPPLY_SHARING);
    cr_assert_eq(r.operations[2], 0);
    cr_assert_eq(rack_gap_us(&r, 0), 0);
}

/* A supply without a number is taken at its word, as it was before: it is lost and isolated. */
Test(identity, without_a_number_a_loss_is_believed)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    for (int s = 0; s < 4; s++) {
        r.psu[s].no_number = true;
    }
    rack_run(&r, 700000);
    r.psu[0].dead = true;
    rack_settle(&r);
    cr_assert_neq(rack_run_to(&r, 0, SUPPLY_ISOLATED, 100000), UINT64_MAX);
}

/* What it costs: one reading of 4 letters each half second for each supply. */
Test(identity, reading_back_is_a_small_part_of_the_bus)
{
    struct ctl_config cfg = rack_one_bar(1);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 1000000);
    uint64_t before = r.numbers_read;
    rack_run(&r, 10000000);
    cr_assert_geq(r.numbers_read - before, 76u); /* 4 supplies, 19 times */
    cr_assert_leq(r.numbers_read - before, 80u);
}

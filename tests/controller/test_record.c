/* Latched status bits, and supplies that are busy or don't know a command. The oracle is the rack's own
 * registers, which clear the way PMBus 1.2 says, and its count of what it was asked. */
#include "rack.h"

static struct rack r;

enum { MFR = 6, FANS = 7, CML = 4, STATUS_FAN = 0x81, READ_FAN = 0x90, CLEAR_FAULTS = 0x03 };

static void begin(struct ctl_config *cfg)
{
    rack_start(&r, cfg, 0x7);
    rack_run(&r, 1000000);
}

/* Until a transfer with this command has ended, that is before anything else of the turn. */
static void run_past(uint8_t command, bool write)
{
    uint64_t end = r.now + 1000000;
    struct rack_transfer *t = &r.wire[0];

    while (r.now < end && !(t->busy && t->rq.tx[0] == command && (t->rq.n_rx == 0) == write)) {
        rack_event(&r);
    }
    while (t->busy && t->rq.tx[0] == command) {
        rack_event(&r);
    }
    cr_assert_lt(r.now, end, "nobody has sent %02X", command);
}

/* A bit that comes up after its register was read, and before that is cleared, is recorded as well: what
 * is cleared is what was read. */
Test(record, a_bit_that_comes_up_between_reading_and_clearing_is_not_lost)
{
    struct ctl_config cfg = rack_one_bar(0);

    begin(&cfg);
    r.psu[1].more[FANS] = 0x20;
    run_past(STATUS_FAN, false);
    r.psu[1].more[FANS] |= 0x10; /* the other fan */
    r.psu[1].more[MFR] |= 0x04;
    rack_run(&r, 100000);
    cr_assert_eq(controller_supply_recorded(&r.c, 1, FANS), 0x30);
    cr_assert_eq(controller_supply_recorded(&r.c, 1, MFR), 0x04);
    cr_assert_eq(r.psu[1].more[FANS], 0, "cleared once recorded");
    cr_assert_eq(r.psu[1].more[MFR], 0);
    cr_assert_eq(r.psu[1].clears, 0);
}

/* The same at every phase: whenever in three sweeps a bit is set for good or for a moment, it is found. */
Test(record, whenever_a_bit_comes_up_it_is_recorded)
{
    for (uint64_t phase = 0; phase < 15000; phase += 20) {
        struct ctl_config cfg = rack_one_bar(0);
        begin(&cfg);
        r.psu[1].more[FANS] = 0x20;
        rack_run(&r, phase);
        r.psu[1].more[FANS] |= 0x10;
        rack_run(&r, 30000);
        cr_assert_eq(controller_supply_recorded(&r.c, 1, FANS), 0x30, "%d us", (int)phase);
    }
}

/* What stands is back at once, is cleared less and less often, and is told in the journal once. */
Test(record, what_stands_is_one_entry_of_the_journal)
{
    struct ctl_config cfg = rack_one_bar(0);
    struct journal_entry e;
    int entries = 0;

    begin(&cfg);
    r.psu[0].stands = 0x0400;
    rack_run(&r, 10000000);
    for (uint8_t n = 0; controller_journal(&r.c, n, &e); n++) {
        entries += e.what == JOURNAL_FAULT && e.who == 0;
    }
    cr_assert_eq(entries, 1);
    cr_assert_eq(controller_counts(&r.c)->faults, 1);
    cr_assert(r.psu[0].erasures >= 10 && r.psu[0].erasures <= 20, "%d", r.psu[0].erasures);
}

/* PMBus 1.1: nothing is written to a status register, its bits are recorded, and CLEAR_FAULTS follows. The
 * same is found out of a supply of which the table says otherwise. */
Test(record, without_clearing_by_bits_there_is_clear_faults)
{
    for (int told = 0; told < 2; told++) {
        struct ctl_config cfg = rack_one_bar(0);
        cfg.supplies[2].chip = told ? CTL_CHIP_PMBUS_1_1 : CTL_CHIP_STANDARD;
        rack_start(&r, &cfg, 0x7);
        r.psu[2].no_erase = true;
        rack_run(&r, 1000000);
        r.psu[2].more[FANS] = 0x20;
        rack_run(&r, 100000);
        cr_assert_eq(controller_supply_recorded(&r.c, 2, FANS), 0x20);
        cr_assert_eq(r.psu[2].more[FANS], 0);
        cr_assert_geq(r.psu[2].clears, 1);
        rack_run(&r, 3000000);
        cr_assert_eq(controller_supply_status(&r.c, 2), 0);
        cr_assert_eq(controller_supply_lacks(&r.c, 2), told ? 0 : LACKS_ERASING);
    }
}

/* A supply without STATUS_FANS: its summary bit can't be looked into, but it can be cleared. */
Test(record, a_register_that_is_not_known_is_cleared_all_the_same)
{
    struct ctl_config cfg = rack_one_bar(0);

    begin(&cfg);
    r.psu[1].unknown = STATUS_FAN;
    r.psu[1].more[FANS] = 0x20;
    rack_run(&r, 3000000);
    cr_assert_eq(controller_supply_status(&r.c, 1), 0);
    cr_assert_eq(r.psu[1].asked[STATUS_FAN], 1 + cfg.retries);
    cr_assert_neq(controller_supply_lacks(&r.c, 1) & (1 << (LACKS_REGISTERS + FANS)), 0);
}

/* Busy for some milliseconds, whether it does not acknowledge, answers ones, or says BUSY: it is asked
 * again later, and is none the worse. Busy for good it is suspect, and no switch of it moves. */
Test(record, a_busy_supply_is_asked_again_later)
{
    for (int how = 0; how < 2; how++) {
        for (uint64_t phase = 0; phase < 5000; phase += 250) {
            struct ctl_config cfg = rack_one_bar(0);
            begin(&cfg);
            rack_run(&r, phase);
            r.psu[0].says_busy = how == 1;
            r.psu[0].busy_until = r.now + (how == 1 ? 20000 : 2000);
            uint64_t end = r.now + 50000;
            while (r.now < end) {
                rack_event(&r);
                cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_SHARING, "%d, %d us", how,
                             (int)phase);
            }
            cr_assert_eq(rack_operations(&r), 0);
            cr_assert_leq(controller_supply_age_us(&r.c, 0), 2 * cfg.sweep_us);
            r.psu[0].busy_until = UINT64_MAX;
            cr_assert_leq(rack_run_to(&r, 0, SUPPLY_SUSPECT, 60000), 55000);
            cr_assert(r.pin[0]);
            r.psu[0].busy_until = 0;
            rack_run(&r, 3000000);
            cr_assert_eq(controller_supply_state(&r.c, 0), SUPPLY_SHARING);
        }
    }
}

/* One that is put off costs the others nothing: their turns go on. */
Test(record, a_busy_supply_does_not_hold_up_the_others)
{
    struct ctl_config cfg = rack_one_bar(0);

    begin(&cfg);
    r.psu[0].says_busy = true;
    r.psu[0].busy_until = UINT64_MAX;
    int before = r.psu[2].looks;
    rack_run(&r, 100000);
    cr_assert_geq(r.psu[2].looks - before, 19);
}

/* OFF and VIN_UV are believed even of a word that says BUSY. */
Test(record, busy_does_not_hide_a_loss)
{
    struct ctl_config cfg = rack_one_bar(0);

    begin(&cfg);
    r.psu[0].says_busy = true;
    r.psu[0].busy_until = UINT64_MAX;
    r.psu[0].dead = true;
    cr_assert_leq(rack_run_to(&r, 0, SUPPLY_LOST, 20000), 10000);
}

/* A reading that it does not know is dropped after one look, though it answers ones; what it can't do for a
 * moment is not. */
Test(record, an_unknown_reading_is_dropped_a_busy_one_is_not)
{
    struct ctl_config cfg = rack_one_bar(0);

    begin(&cfg);
    r.psu[1].unknown = READ_FAN;
    r.psu[1].says_ff = true;
    memset(r.psu[1].asked, 0, sizeof r.psu[1].asked);
    rack_run(&r, 10000000);
    cr_assert_eq(r.psu[1].asked[READ_FAN], 1 + cfg.retries);
    cr_assert_eq(controller_supply_lacks(&r.c, 1), 1 << LANE_FAN);
    cr_assert_eq(controller_supply_state(&r.c, 1), SUPPLY_SHARING);

    begin(&cfg);
    run_past(READ_FAN, false);
    for (int s = 0; s < 3; s++) {
        r.psu[s].busy_until = r.now + 1500;
    }
    rack_run(&r, 10000000);
    for (int s = 0; s < 3; s++) {
        cr_assert_eq(controller_supply_lacks(&r.c, (uint8_t)s), 0);
    }
}

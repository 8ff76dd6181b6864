/* The journal: what it holds, in which order, what a reset leaves of it, and that the story of the
 * first dark bar stays. Oracle: lists written down by hand. */
#include "rack.h"

static struct rack r;

static struct journal_entry entry(uint8_t n)
{
    struct journal_entry e = {.what = JOURNAL_NOTHING};

    (void)controller_journal(&r.c, n, &e);
    return e;
}

static int length(void)
{
    struct journal_entry e;
    int n = 0;

    while (controller_journal(&r.c, (uint8_t)n, &e)) {
        n++;
    }
    return n;
}

/* How many entries before the newest is the first that says this? -1: none does. */
static int find(enum journal_what what, uint8_t who, uint16_t detail)
{
    int n = length();

    for (int i = 0; i < n; i++) {
        struct journal_entry e = entry((uint8_t)i);
        if (e.what == what && e.who == who && e.detail == detail) {
            return i;
        }
    }
    return -1;
}

static void start(void)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0x7);
    rack_run(&r, 500000);
}

Test(journal, tells_a_hand_over_in_its_order)
{
    start();
    r.psu[0].no_input = true;
    r.psu[0].hold_up_us = 12000;
    r.psu[0].input_lost_at = r.now;
    rack_run(&r, 200000);

    int lost = find(JOURNAL_SUPPLY, 0, SUPPLY_SHARING << 8 | SUPPLY_LOST);
    int closed = find(JOURNAL_SWITCH, 3, 1);
    int opened = find(JOURNAL_SWITCH, 0, 0);
    cr_assert(opened >= 0 && opened < closed && closed < lost,
              "lost %d, spare closed %d, lost one opened %d entries ago", lost, closed, opened);
    cr_assert_leq(entry((uint8_t)lost).at_us, entry((uint8_t)closed).at_us);
    cr_assert_geq(entry((uint8_t)lost).at_us, 500000u);
    cr_assert_leq(entry((uint8_t)lost).at_us, 512000u, "in ms of its own clock, within two sweeps");
}

Test(journal, a_reset_leaves_it_and_a_power_on_does_not)
{
    start();
    int before = length();
    controller_restart(&r.c, &r.cfg, r.c.now_us);
    cr_assert_eq(length(), before + 1);
    cr_assert_eq(entry(0).what, JOURNAL_START);
    cr_assert_eq(entry(0).who, 1);
    controller_init(&r.c, &r.cfg, r.c.now_us);
    cr_assert_eq(length(), 1);
    cr_assert_eq(entry(0).who, 0);
}

/* Memory after a power-on is anything. Of its entries one in 256 has the right check by chance, and of
 * these one in 25 names a kind that there is. */
Test(journal, garbage_is_not_taken_for_entries)
{
    int taken = 0;
    uint64_t x = 1;

    start();
    for (int round = 0; round < 1000; round++) {
        unsigned char *byte = (unsigned char *)&r.c;
        for (size_t i = 0; i < sizeof r.c; i++) {
            x = x * 6364136223846793005ull + 1442695040888963407ull;
            byte[i] = (unsigned char)(x >> 56);
        }
        controller_restart(&r.c, &r.cfg, 0);
        taken += length() - 1;
    }
    double expected = 1000.0 * JOURNAL_ENTRIES / 256.0 * (JOURNAL_WHATS - 1) / 256.0;
    cr_assert_lt(taken, 3.0 * expected, "%d of 36000, by chance %.0f", taken, expected);
    memset(&r.c, 0, sizeof r.c);
    controller_restart(&r.c, &r.cfg, 0);
    cr_assert_eq(length(), 1, "zeros are no entries");
    memset(&r.c, 0xFF, sizeof r.c);
    controller_restart(&r.c, &r.cfg, 0);
    cr_assert_eq(length(), 1, "ones are no entries");
}

/* An entry that was half written when the reset came is dropped, its neighbours stay. */
Test(journal, drops_only_what_was_being_written)
{
    start();
    int before = length();
    struct journal_entry older = entry(2);
    uint8_t at = (uint8_t)((r.c.journal.ring.next + JOURNAL_ENTRIES - 2) % JOURNAL_ENTRIES);
    r.c.journal.ring.entry[at].detail ^= 0x10;
    controller_restart(&r.c, &r.cfg, r.c.now_us);
    cr_assert_eq(length(), before);
    struct journal_entry now = entry(2);
    cr_assert_eq(memcmp(&now, &older, sizeof now), 0);
}

/* Once a bar is dark, recoveries and re-tries go on for ever; the story of how it came to that is
 * what the engineer wants. */
Test(journal, keeps_the_story_of_the_first_dark_bar)
{
    struct journal_entry e;

    start();
    cr_assert(!controller_dark_story(&r.c, 0, &e), "no bar was dark");
    for (int s = 0; s < 4; s++) {
        r.psu[s].dead = true;
    }
    rack_run(&r, 100000);
    cr_assert(controller_dark_story(&r.c, 0, &e));
    cr_assert_eq(e.what, JOURNAL_DARK);
    for (int i = 0; i < 200; i++) {
        journal_note(&r.c, JOURNAL_RECOVERY, (uint8_t)(i % 2), 0);
    }
    cr_assert_eq(length(), JOURNAL_ENTRIES);
    cr_assert_eq(entry(0).what, JOURNAL_RECOVERY);
    cr_assert(controller_dark_story(&r.c, 0, &e) && e.what == JOURNAL_DARK, "was overwritten");
    cr_assert(controller_dark_story(&r.c, 1, &e) && e.what != JOURNAL_RECOVERY);
}

Test(journal, counts_what_repeats)
{
    start();
    int before = length();
    for (int i = 0; i < 300; i++) {
        journal_note(&r.c, JOURNAL_GIVEN_UP, 1, 0);
    }
    cr_assert_eq(length(), before + 1);
    cr_assert_eq(entry(0).times, 255);
}

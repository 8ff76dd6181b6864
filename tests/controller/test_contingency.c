/* What was planned ahead. The oracle of a row is a fresh answer to the question that its case leads to;
 * the oracle of a look-up is that the answer leaves in the step in which the failure was understood. */
#include "plans.h"
#include "rack.h"

static struct rack r;

/* Supplies 0..2 on bar 0, 3..5 on bar 1; even ones on feed 0, odd ones on feed 1. */
static struct ctl_config two_bars(void)
{
    struct ctl_config cfg = rack_config(2);

    rack_add_expander(&cfg, 1);
    for (int s = 0; s < 6; s++) {
        rack_add_supply(&cfg, 1000, (uint8_t)(s % 2));
        rack_add_switch(&cfg, s, 0);
        rack_add_switch(&cfg, s, 1);
    }
    cfg.bars[0].load_mW = 1200000;
    cfg.bars[1].load_mW = 600000;
    return cfg;
}

#define CLOSED 0xA95u

static int rows_checked;

/* Every row that is ready says what a fresh answer says, with the loads that it was made for. */
static bool rows_are_fresh(struct rack *rack)
{
    const struct controller *c = &rack->c;

    for (unsigned i = 0; i < CONTINGENCY_CASES; i++) {
        const struct contingency_row *row = &c->contingency.rows[i];
        struct plan_problem q;
        struct plan ahead;
        struct plan fresh;

        if (row->loads == 0) {
            continue;
        }
        cr_assert(contingency_question(c, (uint16_t)i, &q), "case %u is none", i);
        contingency_ask(c, row, &q);
        plan_for(&q, &fresh);
        contingency_plan(c, row, &ahead);
        cr_assert_arr_eq(ahead.feeds, fresh.feeds, sizeof fresh.feeds, "case %u", i);
        cr_assert_eq(ahead.served, fresh.served, "case %u", i);
        rows_checked++;
    }
    return true;
}

static unsigned wanted(const struct controller *c)
{
    unsigned closed = 0;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        closed |= controller_switch_wanted(c, i) ? 1u << i : 0u;
    }
    return closed;
}

/* One supply less, one feed less, one switch less: 6 + 2 + 6 cases, ready within 50 ms of a rack that
 * is read every 5 ms, and the bus is none the slower for it. */
Test(contingency, all_single_failures_are_soon_planned_for)
{
    struct ctl_config cfg = two_bars();

    rack_start(&r, &cfg, CLOSED);
    rack_run(&r, 60000);
    cr_assert_eq(controller_planned_ahead(&r.c), 14);
    rows_are_fresh(&r);
    cr_assert_eq(controller_counts(&r.c)->late_sweeps, 0);
}

/* The same in every state that a rack in bad weather gets to. */
Test(contingency, every_row_is_what_would_be_answered_then)
{
    struct ctl_config cfg = two_bars();

    rows_checked = 0;
    for (int seed = 1; seed <= 8; seed++) {
        cfg.bars[0].load_mW = 300000u * (unsigned)seed;
        cfg.switches[0].one_way = cfg.switches[5].one_way = seed % 2 != 0;
        cfg.bars[1].two_feeds = seed % 3 == 0;
        rack_start(&r, &cfg, CLOSED);
        r.seed = (uint64_t)seed * 77;
        for (int i = 0; i < 30; i++) {
            struct rack_supply *u = &r.psu[rack_random(&r) % 6];
            switch (rack_random(&r) % 5) {
            case 0:
                u->dead = !u->dead;
                break;
            case 1:
                u->mute = !u->mute;
                break;
            case 2:
                u->stands ^= 0x0404;
                break;
            case 3:
                r.tied[0] ^= (uint16_t)(1u << rack_random(&r) % 12);
                rack_pins_moved(&r);
                break;
            default:
                u->no_input = !u->no_input;
                u->input_lost_at = r.now;
                break;
            }
            rack_settle(&r);
            rack_run(&r, 10000 + rack_random(&r) % 200000);
            rows_are_fresh(&r);
        }
    }
    cr_assert_gt(rows_checked, 500);
}

/* Runs until the controller has understood what happened, and is about to answer or has just done so. */
static void run_to_answer(uint32_t foreseen, uint32_t plans)
{
    const struct controller_counts *is = controller_counts(&r.c);

    for (int i = 0; i < 2000 && is->foreseen == foreseen && is->plans == plans; i++) {
        rack_event(&r);
    }
}

/* Whichever of the supplies dies: in the step in which it is believed lost its bar's new supply is
 * wanted, as the planner would have it. */
Test(contingency, a_lost_supply_is_answered_by_look_up_in_the_same_step)
{
    struct ctl_config cfg = two_bars();

    for (int s = 0; s < 6; s++) {
        struct plan_problem q;
        struct plan fresh;
        unsigned expected = 0;

        rack_start(&r, &cfg, CLOSED);
        rack_run(&r, 500000);
        struct controller_counts was = *controller_counts(&r.c);
        cr_assert(contingency_question(&r.c, (uint8_t)s, &q));
        loads_for(&r.c, &q);
        plan_for(&q, &fresh);
        for (uint8_t i = 0; i < cfg.n_switches; i++) {
            expected |= (fresh.feeds[i / 2] >> (i % 2)) & 1 ? 1u << i : 0u;
        }
        r.psu[s].dead = true;
        rack_settle(&r);
        run_to_answer(was.foreseen, was.plans);
        cr_assert_eq(controller_counts(&r.c)->foreseen, was.foreseen + 1, "supply %d", s);
        cr_assert_eq(controller_counts(&r.c)->plans, was.plans);
        cr_assert_eq(controller_supply_state(&r.c, (uint8_t)s), SUPPLY_LOST);
        cr_assert_eq(wanted(&r.c), expected);
        rack_run(&r, 300000);
        cr_assert_eq(rack_gap_us(&r, 0) + rack_gap_us(&r, 1), 0);
    }
}

/* The supplies of a feed are found without input one by one; the answer comes when the last of them
 * has been read, and is the one that was planned for the feed. */
Test(contingency, a_lost_feed_is_answered_by_look_up)
{
    struct ctl_config cfg = two_bars();

    for (int feed = 0; feed < 2; feed++) {
        rack_start(&r, &cfg, CLOSED);
        rack_run(&r, 500000);
        struct controller_counts was = *controller_counts(&r.c);
        for (int s = feed; s < 6; s += 2) {
            r.psu[s].no_input = true;
            r.psu[s].hold_up_us = 20000;
            r.psu[s].input_lost_at = r.now;
        }
        rack_settle(&r);
        run_to_answer(was.foreseen, was.plans);
        cr_assert_eq(controller_counts(&r.c)->foreseen, was.foreseen + 1, "feed %d", feed);
        cr_assert_eq(controller_counts(&r.c)->plans, was.plans);
        for (int s = feed; s < 6; s += 2) {
            cr_assert_eq(controller_supply_state(&r.c, (uint8_t)s), SUPPLY_LOST);
        }
        rack_run(&r, 300000);
        cr_assert(r.fed[0] && r.fed[1]);
    }
}

/* A contact that has opened by itself, as its pin says. */
Test(contingency, a_switch_found_open_is_answered_by_look_up)
{
    struct ctl_config cfg = two_bars();

    rack_start(&r, &cfg, CLOSED);
    rack_run(&r, 500000);
    struct controller_counts was = *controller_counts(&r.c);
    r.tied[0] = 1;
    rack_pins_moved(&r);
    for (int i = 0; i < 5000 && !controller_switch_stuck(&r.c, 0); i++) {
        rack_event(&r);
    }
    cr_assert(controller_switch_stuck(&r.c, 0));
    run_to_answer(was.foreseen, was.plans);
    cr_assert_eq(controller_counts(&r.c)->foreseen, was.foreseen + 1);
    cr_assert_eq(controller_counts(&r.c)->plans, was.plans);
}

/* A second supply of a bar that needs two dies before the table was made anew. A spare is told to close
 * in the step that understands; the best plan follows. */
Test(contingency, a_double_failure_is_helped_at_once_and_planned_then)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 1);
    for (int s = 0; s < 6; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    cfg.bars[0].spare = 0;
    rack_start(&r, &cfg, 0x3); /* two carry 1.5 kW */
    rack_run(&r, 500000);
    r.psu[0].dead = r.psu[1].dead = true;
    rack_settle(&r);
    struct controller_counts was = *controller_counts(&r.c);
    run_to_answer(was.foreseen, was.plans);
    cr_assert_eq(controller_counts(&r.c)->foreseen, was.foreseen + 1);
    cr_assert_eq(wanted(&r.c) >> 2, 1, "one spare for the first loss");
    was = *controller_counts(&r.c);
    run_to_answer(was.foreseen, was.plans);
    for (int i = 0; i < 100 && controller_supply_state(&r.c, 1) != SUPPLY_LOST; i++) {
        rack_event(&r);
    }
    cr_assert(controller_is_planning(&r.c));
    cr_assert_eq(wanted(&r.c) >> 2, 3, "another one at once for the second");
    rack_run(&r, 300000);
    cr_assert_not(controller_is_planning(&r.c));
    cr_assert_eq(wanted(&r.c) >> 2, 3);
    cr_assert(controller_bar_served(&r.c, 0));
}

/* The order in which switches move. Each test sets up who is where and what is wanted, lets the
 * sequencer look, and carries out what it asks of the expander's pins; the oracle is the order that
 * a power engineer would demand. */
#include "controller/controller.h"
#include "controller/sequencer.h"

#include <criterion/criterion.h>
#include <string.h>

static struct controller c;

/* Three supplies and two bars, every supply reaches both: switch 2 s + bar. 10 ms, 5 ms. */
static void set_up(unsigned closed)
{
    struct ctl_config cfg;

    memset(&cfg, 0, sizeof cfg);
    cfg.n_supplies = 3;
    cfg.n_bars = 2;
    cfg.n_switches = 6;
    cfg.n_expanders = 1;
    cfg.expanders[0] = (struct ctl_expander_config){.bus = 1, .address = 0x20};
    for (uint8_t s = 0; s < 3; s++) {
        cfg.supplies[s] = (struct ctl_supply_config){
            .mux_address = 0x70, .channel = s, .address = 0x58, .capacity_mW = 1000000};
    }
    for (uint8_t i = 0; i < 6; i++) {
        cfg.switches[i] = (struct ctl_switch_config){
            .supply = i / 2, .bar = i % 2, .bit = i, .close_us = 10000, .open_us = 5000};
    }
    cfg.bars[0] = cfg.bars[1] = (struct ctl_bar_config){.v_low_mV = 11400, .v_high_mV = 12600};
    controller_init(&c, &cfg, 0xFFFFF000u);
    cr_assert_eq(controller_mode(&c), CONTROLLER_RUNNING);
    c.pins[0].adopted = true;
    c.pins[0].output = c.pins[0].input = c.pins[0].image = (uint16_t)closed;
    sequencer_adopt(&c, 0);
    for (int s = 0; s < 3; s++) {
        c.supplies[s].state = SUPPLY_STANDBY;
    }
    sequencer_run(&c);
}

static void want(unsigned closed)
{
    for (int i = 0; i < 6; i++) {
        c.contacts[i].wanted = ((closed >> i) & 1u) != 0;
    }
}

/* The expander does what it is asked, and its pins follow. Returns the positions. */
static unsigned after(uint32_t us)
{
    c.now_us += us;
    sequencer_run(&c);
    if (c.pins[0].image != c.pins[0].output) {
        c.pins[0].output = c.pins[0].input = c.pins[0].image;
        sequencer_told(&c, 0);
        (void)sequencer_compare(&c, 0);
        sequencer_run(&c);
    }
    return c.pins[0].output;
}

Test(sequencer, a_hand_over_makes_before_it_breaks)
{
    set_up(0x01);
    c.supplies[0].state = SUPPLY_LOST;
    want(0x04);
    cr_assert_eq(after(0), 0x05);
    cr_assert_eq(after(9999), 0x05);
    cr_assert_eq(after(1), 0x04);
}

Test(sequencer, a_shorted_supply_breaks_before_the_other_makes)
{
    set_up(0x01);
    c.supplies[0].state = SUPPLY_LOST;
    c.supplies[0].danger = DANGER_SHORTED;
    want(0x04);
    cr_assert_eq(after(0), 0x00);
    cr_assert_eq(after(4999), 0x00);
    cr_assert_eq(after(1), 0x04);
}

/* A supply that moves from bar 0 to bar 1 does not join them on its way. */
Test(sequencer, a_move_does_not_join_two_bars)
{
    set_up(0x01 | 0x04 | 0x20);
    want(0x02 | 0x04 | 0x20);
    cr_assert_eq(after(0), 0x24);
    cr_assert_eq(after(4999), 0x24);
    cr_assert_eq(after(1), 0x26);
}

/* Two supplies that change places, each the only one of its bar: somebody has to join for a while,
 * or nothing would ever happen. No bar is without a supply at any time. */
Test(sequencer, two_that_change_places_do_not_wait_for_each_other)
{
    set_up(0x01 | 0x08);
    want(0x02 | 0x04);
    unsigned is = 0;
    for (int i = 0; i < 10; i++) {
        is = after(10000);
        cr_assert_neq(is & 0x15, 0, "bar 0 is empty");
        cr_assert_neq(is & 0x2A, 0, "bar 1 is empty");
    }
    cr_assert_eq(is, 0x06);
}

/* The last switch of a bar does not open, whatever is wanted, unless its supply is dangerous. */
Test(sequencer, the_last_one_stays)
{
    set_up(0x01);
    want(0x00);
    cr_assert_eq(after(0), 0x01);
    cr_assert_eq(after(1000000), 0x01);
}

/* A spare that has not been read back as closed is not relied upon. */
Test(sequencer, nothing_opens_before_the_spare_was_read_back)
{
    set_up(0x01);
    c.supplies[0].state = SUPPLY_LOST;
    want(0x04);
    sequencer_run(&c);
    c.pins[0].output = c.pins[0].image;
    sequencer_told(&c, 0);
    c.now_us += 50000;
    sequencer_run(&c);
    cr_assert_eq(c.pins[0].image, 0x05);
    (void)sequencer_compare(&c, 0); /* the pin did not move */
    c.now_us += 50000;
    sequencer_run(&c);
    cr_assert_eq(c.pins[0].image, 0x05);
    (void)sequencer_compare(&c, 0);
    cr_assert(controller_switch_stuck(&c, 2));
    cr_assert_eq(c.pins[0].image & 0x01, 0x01);
}

/* Dwell: a breaker's spring needs its time; only a dangerous supply is cut off within it. */
Test(sequencer, dwell_is_kept_except_for_danger)
{
    set_up(0x01 | 0x04);
    c.cfg.switches[4].dwell_us = 20000000;
    want(0x15);
    cr_assert_eq(after(0), 0x15);
    want(0x05);
    cr_assert_eq(after(19999999), 0x15);
    c.supplies[2].danger = DANGER_OVERVOLT;
    cr_assert_eq(after(0), 0x05);
}

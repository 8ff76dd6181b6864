/* test_alert.c - alert lines, and who answers at the alert response address.
 *
 * Oracles: the order of addresses; clocks counted from the standard's figures. */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "models/alert.h"
#include "models/mux.h"

enum { ALERT_RESPONSE = 0x0C, MUX = 0x70, PIN = 3 };

static struct world *w;
static int32_t bus, master, mux, line;

static void one_bus(void)
{
    w = fake_world();
    mux = fake_add(w, &mux_kind, "mux0");
    bus = fake_add(w, &i2c_kind, "smbus0");
    master = fake_add(w, &fake_master_kind, "ctl");
    line = fake_add(w, &alert_kind, "alert0");
    fake_set_real(w, bus, "clock", 100e3);
    fake_set_i2c(w, mux, "i2c", (struct i2c_path){bus, NO_PART, 0, MUX});
}

static void done(void)
{
    fake_world_free(w);
}

TestSuite(alert, .init = one_bus, .fini = done);

static struct i2c_reply ask(void)
{
    return fake_transfer(w, bus, master, ALERT_RESPONSE, NULL, 0, 1);
}

static void select_channels(uint8_t channels)
{
    cr_assert_eq(fake_transfer(w, bus, master, MUX, &channels, 1, 0).status, I2C_OK);
}

/* ---- the alert response ------------------------------------------------------------------------ */

/* START 1, address 9, STOP 1: 11 clocks of 10 us. */
Test(alert, nobody_answers_when_nobody_alerts)
{
    int32_t psu = fake_add_device(w, "psu1", bus, 0x58);

    fake_start(w);
    cr_assert_eq(ask().status, I2C_NACK);
    cr_assert_eq(world_now(w), US(110));
    cr_assert_eq(fake_device(w, psu)->calls, 0);
}

/* 20 clocks [hardware facts 5.1]; the address in the upper seven bits. */
Test(alert, who_alerts_answers_with_its_address_and_lets_go)
{
    int32_t psu = fake_add_device(w, "psu1", bus, 0x58);

    fake_start(w);
    fake_device(w, psu)->alerts = true;
    struct i2c_reply re = ask();
    cr_assert_eq(re.status, I2C_OK);
    cr_assert_eq(world_now(w), US(200));
    cr_assert_eq(re.rx[0] >> 1, 0x58);
    cr_assert_not(fake_device(w, psu)->alerts);
    cr_assert_eq(fake_device(w, psu)->calls, 0, "it was not addressed by its own address");
    cr_assert_eq(ask().status, I2C_NACK);
}

/* 0101 1000 and 0101 0111: the second one sends a 0 where the first one sends a 1. */
Test(alert, of_two_the_lower_address_is_heard_first)
{
    int32_t high = fake_add_device(w, "psu1", bus, 0x58);
    int32_t low = fake_add_device(w, "psu2", bus, 0x57);

    fake_start(w);
    fake_device(w, high)->alerts = fake_device(w, low)->alerts = true;
    cr_assert_eq(ask().rx[0] >> 1, 0x57);
    cr_assert(fake_device(w, high)->alerts, "it has lost the arbitration and still pulls");
    cr_assert_not(fake_device(w, low)->alerts);
    cr_assert_eq(ask().rx[0] >> 1, 0x58);
    cr_assert_eq(ask().status, I2C_NACK);
}

/* Of any set of devices each is heard once, in the order of their addresses. Oracle: counting up. */
Test(alert, each_of_many_is_heard_once_in_order)
{
    enum { DEVICES = 24 };
    uint32_t random = 1;
    int32_t device[DEVICES];
    bool wants[128] = {false};

    for (int i = 0; i < DEVICES; i++) {
        device[i] = fake_add_device(w, "psu", bus, 0x10 + 3 * i);
    }
    fake_start(w);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < DEVICES; i++) {
            random = random * 1664525u + 1013904223u;
            fake_device(w, device[i])->alerts = wants[0x10 + 3 * i] = random >> 31;
        }
        for (int address = 0; address < 128; address++) {
            if (wants[address]) {
                cr_assert_eq(ask().rx[0] >> 1, address, "round %d", round);
            }
        }
        cr_assert_eq(ask().status, I2C_NACK);
    }
}

/* Hardware facts 5.1: an alert response does not cross a channel that is off. */
Test(alert, only_the_selected_channel_is_heard)
{
    int32_t psu[2] = {fake_add_behind(w, "psu1", bus, mux, 0, 0x58),
                      fake_add_behind(w, "psu2", bus, mux, 1, 0x59)};

    fake_start(w);
    fake_device(w, psu[0])->alerts = fake_device(w, psu[1])->alerts = true;
    cr_assert_eq(ask().status, I2C_NACK);
    select_channels(2);
    cr_assert_eq(ask().rx[0] >> 1, 0x59);
    cr_assert_eq(ask().status, I2C_NACK);
    cr_assert(fake_device(w, psu[0])->alerts);
    select_channels(1);
    cr_assert_eq(ask().rx[0] >> 1, 0x58);
}

/* Neither sees that the other one sends the same: both believe that they were heard. */
Test(alert, equal_addresses_behind_two_open_channels_are_one)
{
    int32_t psu[2] = {fake_add_behind(w, "psu1", bus, mux, 0, 0x58),
                      fake_add_behind(w, "psu2", bus, mux, 1, 0x58)};

    fake_start(w);
    fake_device(w, psu[0])->alerts = fake_device(w, psu[1])->alerts = true;
    select_channels(3);
    cr_assert_eq(ask().rx[0] >> 1, 0x58);
    cr_assert_eq(ask().status, I2C_NACK);
    cr_assert_not(fake_device(w, psu[0])->alerts || fake_device(w, psu[1])->alerts);
}

Test(alert, nobody_listens_to_what_is_written_there)
{
    int32_t psu = fake_add_device(w, "psu1", bus, 0x58);

    fake_start(w);
    fake_device(w, psu)->alerts = true;
    cr_assert_eq(fake_transfer(w, bus, master, ALERT_RESPONSE, (const uint8_t[]){1}, 1, 0).status,
                 I2C_NACK);
    cr_assert(fake_device(w, psu)->alerts);
}

/* ---- the line ---------------------------------------------------------------------------------- */

static struct fake_master *listener(void)
{
    return world_state(w, master);
}

static void listen(ns_t filter)
{
    fake_set_time(w, line, "filter", filter);
    fake_start(w);
    alert_listen(w, line, master, PIN);
}

Test(alert, an_edge_reaches_the_pin_after_the_filter)
{
    listen(US(2));
    fake_run(w, US(10));
    alert_pull(w, line, bus, true);
    fake_run(w, US(11));
    cr_assert_eq(listener()->edges, 0);
    fake_run(w, US(20));
    cr_assert_eq(listener()->edges, 1);
    cr_assert_eq(listener()->edge_at, US(12));
    cr_assert_eq(listener()->pin, PIN);
    cr_assert_not(listener()->level);
    cr_assert_eq(fake_signal(w, line, "level"), 0.0);
    cr_assert_eq(alert_fell_by(w, line, bus), fake_last(w, EV_ALERT));
    cr_assert_eq(alert_fell_by(w, line, mux), 0);
}

Test(alert, what_is_shorter_than_the_filter_vanishes)
{
    listen(US(2));
    alert_pull(w, line, bus, true);
    fake_run(w, US(1));
    alert_pull(w, line, bus, false);
    fake_run(w, MS(1));
    cr_assert_eq(listener()->edges, 0);
}

/* Wired OR: the second one to pull makes no edge, and the line rises with the last one. */
Test(alert, a_line_that_is_low_says_nothing_new)
{
    listen(0);
    alert_pull(w, line, bus, true);
    fake_run(w, US(10));
    alert_pull(w, line, mux, true);
    fake_run(w, US(20));
    alert_pull(w, line, bus, false);
    fake_run(w, US(30));
    cr_assert_eq(listener()->edges, 1);
    alert_pull(w, line, mux, false);
    fake_run(w, US(40));
    cr_assert_eq(listener()->edges, 2);
    cr_assert_eq(listener()->edge_at, US(30));
    cr_assert(listener()->level);
}

Test(alert, a_line_can_be_stuck_or_cut)
{
    listen(0);
    cr_assert(fake_act(w, line, "hold"));
    fake_run(w, US(10));
    cr_assert_eq(fake_signal(w, line, "level"), 0.0);
    cr_assert(fake_act(w, line, "cut"));
    fake_run(w, US(20));
    cr_assert_eq(fake_signal(w, line, "level"), 1.0);
    cr_assert(fake_act(w, line, "release"));
    alert_pull(w, line, bus, true);
    fake_run(w, US(30));
    cr_assert_eq(fake_signal(w, line, "level"), 1.0);
    cr_assert(fake_act(w, line, "mend"));
    fake_run(w, US(40));
    cr_assert_eq(fake_signal(w, line, "level"), 0.0);
    cr_assert_eq(fake_signal(w, line, "falls"), 2.0);
}

/* ---- INT# of a mux ----------------------------------------------------------------------------- */

/* PCA9545A: bits 0..3 the channels, bits 4..7 who interrupts, whether its channel is on or not; the
 * output is the OR of the inputs. */
Test(alert, a_mux_with_interrupt_inputs_passes_them_on_and_tells_which)
{
    fake_set_int(w, mux, "int_inputs", 1);
    fake_set_int(w, mux, "alert", line);
    listen(0);
    mux_interrupt(w, mux, 1, bus, true);
    mux_interrupt(w, mux, 3, master, true);
    fake_run(w, US(10));
    cr_assert_eq(listener()->edges, 1);
    select_channels(0xF1);
    cr_assert_eq(fake_transfer(w, bus, master, MUX, NULL, 0, 1).rx[0], 0xA1);
    mux_interrupt(w, mux, 1, bus, false);
    fake_run(w, MS(1));
    cr_assert_eq(fake_transfer(w, bus, master, MUX, NULL, 0, 1).rx[0], 0x81);
    cr_assert_not(listener()->level);
    mux_interrupt(w, mux, 3, master, false);
    fake_run(w, MS(2));
    cr_assert(listener()->level);
}

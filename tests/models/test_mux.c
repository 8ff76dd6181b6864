/* test_mux.c - the multiplexer connects what its control byte says, and what that lets go wrong. */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "models/mux.h"

enum { MUX = 0x70, PSU = 0x58 };

static struct world *w;
static int32_t bus, master, mux, psu[2];

/* Two supplies of one address behind channels 0 and 1, the first part of the rack being the mux. */
static void one_mux(void)
{
    w = fake_world();
    mux = fake_add(w, &mux_kind, "mux0");
    bus = fake_add(w, &i2c_kind, "smbus0");
    master = fake_add(w, &fake_master_kind, "ctl");
    psu[0] = fake_add_behind(w, "psu1", bus, mux, 0, PSU);
    psu[1] = fake_add_behind(w, "psu2", bus, mux, 1, PSU);
    fake_set_i2c(w, mux, "i2c", (struct i2c_path){bus, NO_PART, 0, MUX});
    fake_start(w);
    fake_device(w, psu[0])->data[0] = 0x35;
    fake_device(w, psu[1])->data[0] = 0x56;
}

static void done(void)
{
    fake_world_free(w);
}

TestSuite(mux, .init = one_mux, .fini = done);

static enum i2c_status select_channels(uint8_t channels)
{
    return fake_transfer(w, bus, master, MUX, &channels, 1, 0).status;
}

static struct i2c_reply read_psu(void)
{
    return fake_transfer(w, bus, master, PSU, (const uint8_t[]){0x79}, 1, 1);
}

static bool is_open(int32_t part, int32_t channel)
{
    return (uint32_t)fake_signal(w, part, "channels") >> channel & 1;
}

static uint8_t read_back(void)
{
    return fake_transfer(w, bus, master, MUX, NULL, 0, 1).rx[0];
}

Test(mux, nothing_is_connected_after_power_on)
{
    cr_assert_eq(read_back(), 0x00);
    cr_assert_eq(read_psu().status, I2C_NACK);
}

Test(mux, the_channel_decides_who_answers)
{
    cr_assert_eq(select_channels(0x01), I2C_OK);
    cr_assert_eq(read_psu().rx[0], 0x35);
    select_channels(0x02);
    cr_assert_eq(read_psu().rx[0], 0x56);
    cr_assert_eq(read_back(), 0x02);
    cr_assert_eq(fake_signal(w, mux, "channels"), 2.0);
    cr_assert(is_open(mux, 1) && !is_open(mux, 0));
}

/* Both channels on: plausible data of neither, 0x35 & 0x56 = 0x14 (hardware facts 11.13). */
Test(mux, two_channels_at_once_are_a_wired_and)
{
    select_channels(0x03);
    struct i2c_reply re = read_psu();
    cr_assert_eq(re.status, I2C_OK);
    cr_assert_eq(re.rx[0], 0x14);
    cr_assert_eq(fake_device(w, psu[0])->calls, 1);
    cr_assert_eq(fake_device(w, psu[1])->calls, 1);
}

Test(mux, the_last_byte_wins)
{
    fake_transfer(w, bus, master, MUX, (const uint8_t[]){0x01, 0xFF, 0x02}, 3, 0);
    cr_assert_eq(read_back(), 0x02);
}

/* Active from the STOP: at 100 kHz a write of 20 clocks ends at 200 us, and not before. */
Test(mux, a_channel_is_on_after_the_stop)
{
    fake_begin(w, bus, master, MUX, (const uint8_t[]){0x01}, 1, 0);
    fake_run(w, US(199));
    cr_assert_not(is_open(mux, 0));
    fake_run(w, US(200));
    cr_assert(is_open(mux, 0));
}

/* A device behind the mux at the mux's own address does not hear the write that lets it in. */
Test(mux, the_opening_write_does_not_reach_behind)
{
    int32_t clash = fake_add_behind(w, "clash", bus, mux, 0, MUX);
    const struct i2c_path path = {bus, mux, 0, MUX};

    i2c_attach(w, clash, &path); /* fake_start() has been: it says so itself */
    select_channels(0x01);
    cr_assert_eq(fake_device(w, clash)->calls, 0);
    select_channels(0x03);
    cr_assert_eq(fake_device(w, clash)->calls, 1);
}

/* Two muxes of one address: both take the byte, both read back. */
Test(mux, two_muxes_of_one_address)
{
    int32_t second = fake_add(w, &mux_kind, "mux1");
    const struct i2c_path path = {bus, NO_PART, 0, MUX};

    i2c_attach(w, second, &path);
    select_channels(0x04);
    cr_assert(is_open(mux, 2) && is_open(second, 2));
    cr_assert_eq(read_back(), 0x04);
}

Test(mux, reset_line)
{
    select_channels(0x01);
    ns_t from = world_now(w);
    cr_assert_eq(fake_ask(w, bus, master, I2C_RESET_MUX).status, I2C_OK);
    cr_assert_eq(world_now(w) - from, US(1));
    cr_assert_eq(fake_count(w, EV_MUX_RESET), 1);
    cr_assert_eq(read_psu().status, I2C_NACK);
    cr_assert_eq(read_back(), 0);
    select_channels(0x01);
    cr_assert(fake_act(w, mux, "reset"));
    cr_assert_not(fake_act(w, mux, "reset"), "nothing left to reset");
    select_channels(0x01);
    cr_assert(fake_act(w, mux, "brown_out"));
    cr_assert_eq(fake_count(w, EV_POWER_ON_RESET), 1);
    cr_assert_eq(read_back(), 0);
}

/* Reset in the middle of a read: the line is high from then on. */
Test(mux, reset_in_the_middle_of_a_transfer)
{
    select_channels(0x01);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x79}, 1, 1);
    fake_run(w, US(250));
    fake_act(w, mux, "brown_out");
    struct i2c_reply re = fake_wait(w, master);
    cr_assert_eq(re.status, I2C_OK);
    cr_assert_eq(re.rx[0], 0xFF);
}

/* Wedged: acknowledges, keeps its channel, and says so when it is asked. */
Test(mux, wedge)
{
    select_channels(0x01);
    cr_assert(fake_act(w, mux, "wedge"));
    cr_assert_not(fake_act(w, mux, "wedge"));
    uint32_t fault = fake_last(w, EV_FAULT_ON);
    cr_assert_eq(select_channels(0x02), I2C_OK);
    cr_assert_eq(read_psu().rx[0], 0x35);
    struct i2c_reply re = fake_transfer(w, bus, master, MUX, NULL, 0, 1);
    cr_assert_eq(re.rx[0], 0x01);
    cr_assert_eq(re.cause, fault);
    fake_ask(w, bus, master, I2C_RESET_MUX);
    select_channels(0x02);
    cr_assert_eq(read_psu().rx[0], 0x56);
}

Test(mux, a_hard_wedge_wants_a_power_cycle)
{
    struct act_args hard = {.from = 1};

    select_channels(0x01);
    fake_act_with(w, mux, "wedge", hard);
    fake_ask(w, bus, master, I2C_RESET_MUX);
    cr_assert_eq(read_back(), 0x01);
    cr_assert(fake_act(w, mux, "brown_out"));
    cr_assert_eq(read_back(), 0x00);
    fake_act_with(w, mux, "wedge", hard);
    cr_assert(fake_act(w, mux, "unwedge"));
    select_channels(0x02);
    cr_assert_eq(read_back(), 0x02);
}

/* A supply that holds SDA behind channel 0 blinds the master only while channel 0 is on: the mux
 * can't be told to leave it any more, but its reset line does it (hardware facts 11.12). */
Test(mux, reset_frees_the_bus_from_a_holder_behind_it)
{
    struct act_args by = {.to = 0.0};

    by.from = psu[0];
    select_channels(0x02);
    fake_act_with(w, bus, "hold_sda", by);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 0.0);
    cr_assert_eq(read_psu().rx[0], 0x56);
    cr_assert_eq(select_channels(0x01), I2C_OK);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 1.0);
    cr_assert_eq(select_channels(0x02), I2C_TIMEOUT);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_TIMEOUT);
    fake_ask(w, bus, master, I2C_RESET_MUX);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 0.0);
    cr_assert_eq(select_channels(0x02), I2C_OK);
    cr_assert_eq(read_psu().rx[0], 0x56);
}

Test(mux, reset_makes_the_mux_itself_let_go)
{
    struct act_args by = {.to = 0.0};

    by.from = mux;
    fake_act_with(w, bus, "hold_scl", by);
    cr_assert_eq(select_channels(0x01), I2C_TIMEOUT);
    fake_ask(w, bus, master, I2C_RESET_MUX);
    cr_assert_eq(select_channels(0x01), I2C_OK);
}

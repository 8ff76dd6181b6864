/* test_i2c.c - the bus takes the time that the wire takes, and fails as wires fail. */
#include <criterion/criterion.h>
#include <string.h>

#include "fake_bus.h"
#include "models/i2c_state.h"
#include "models/mux.h"

/* At 400 kHz. */
#define CLOCKS(n) ((ns_t)(n)*2500)

enum { MUX = 0x70, PSU = 0x58, EXPANDER = 0x20 };

static struct world *w;
static int32_t bus, master, psu;

static void one_bus(void)
{
    w = fake_world();
    bus = fake_add(w, &i2c_kind, "smbus0");
    master = fake_add(w, &fake_master_kind, "ctl");
    psu = fake_add_device(w, "psu1", bus, PSU);
    fake_set_real(w, bus, "clock", 400e3);
}

static void done(void)
{
    fake_world_free(w);
}

TestSuite(i2c, .init = one_bus, .fini = done);

static struct i2c_reply transfer(uint8_t address, uint8_t n_tx, uint8_t n_rx)
{
    return fake_transfer(w, bus, master, address, (const uint8_t[]){0x8B, 1, 2, 3}, n_tx, n_rx);
}

static ns_t duration(uint8_t address, uint8_t n_tx, uint8_t n_rx)
{
    ns_t from = world_now(w);

    transfer(address, n_tx, n_rx);
    return world_now(w) - from;
}

/* The clocks of hardware facts 5.1, at each clock rate, to the nanosecond. */
Test(i2c, wire_time)
{
    static const struct {
        uint8_t n_tx, n_rx;
        int32_t clocks;
    } rows[] = {{1, 0, 20},  /* mux channel write */
                {1, 2, 48},  /* READ_WORD */
                {1, 3, 57},  /* READ_WORD + PEC */
                {1, 1, 39},  /* READ_BYTE */
                {1, 2, 48},  /* READ_BYTE + PEC */
                {2, 0, 29},  /* expander write, 1 port */
                {3, 0, 38},  /* expander write, 2 ports */
                {0, 1, 20},  /* ARA read */
                {0, 0, 11}}; /* the address alone */
    static const struct {
        double clock_Hz;
        ns_t period;
    } rates[] = {{100e3, US(10)}, {400e3, 2500}, {1e6, US(1)}};

    fake_start(w);
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        fake_set_real(w, bus, "clock", rates[r].clock_Hz);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            cr_assert_eq(duration(PSU, rows[i].n_tx, rows[i].n_rx),
                         rows[i].clocks * rates[r].period, "row %zu at %g Hz", i,
                         rates[r].clock_Hz);
        }
    }
}

/* Oracle G: 8 supplies, each mux write + 3 READ_WORD with PEC = 191 clocks: 15.28 ms at 100 kHz,
 * 3.82 ms at 400 kHz. */
Test(i2c, sweep_of_eight_supplies)
{
    int32_t mux = fake_add(w, &mux_kind, "mux0");
    static const struct {
        double clock_Hz;
        ns_t sweep;
    } rows[] = {{100e3, US(15280)}, {400e3, US(3820)}};

    fake_set_i2c(w, mux, "i2c", (struct i2c_path){bus, NO_PART, 0, MUX});
    for (int32_t i = 0; i < 8; i++) {
        fake_add_behind(w, "psu", bus, mux, i, 0x5A);
    }
    fake_start(w);
    for (size_t r = 0; r < 2; r++) {
        fake_set_real(w, bus, "clock", rows[r].clock_Hz);
        ns_t from = world_now(w);
        for (int i = 0; i < 8; i++) {
            fake_transfer(w, bus, master, MUX, (const uint8_t[]){(uint8_t)(1u << i)}, 1, 0);
            for (int k = 0; k < 3; k++) {
                cr_assert_eq(transfer(0x5A, 1, 3).status, I2C_OK);
            }
        }
        cr_assert_eq(world_now(w) - from, rows[r].sweep);
    }
}

/* One event a transfer, at its end, that says when it began. */
Test(i2c, one_event_a_transfer)
{
    fake_start(w);
    fake_run(w, US(7));
    transfer(PSU, 1, 3);
    cr_assert_eq(fake_events(w), 1);
    const struct fake_event *e = fake_event(w, 1);
    cr_assert_eq(e->kind, EV_TRANSFER);
    cr_assert_eq(e->part, bus);
    cr_assert_eq(e->value, PSU);
    cr_assert_eq(e->from, US(7));
    cr_assert_eq(e->at, US(7) + CLOCKS(57));
    cr_assert_eq(fake_signal(w, bus, "transfers"), 1.0);
}

Test(i2c, the_device_acts_at_the_stop)
{
    fake_start(w);
    memcpy(fake_device(w, psu)->data, "\x34\x12", 2);
    struct i2c_reply re = transfer(PSU, 1, 2);
    cr_assert_eq(re.rx[0], 0x34);
    cr_assert_eq(re.rx[1], 0x12);
    cr_assert_eq(fake_device(w, psu)->calls, 1);
    cr_assert_eq(fake_device(w, psu)->last.tx[0], 0x8B);
    cr_assert_eq(fake_device(w, psu)->last_at, CLOCKS(48));
}

/* START, nine clocks, STOP. */
Test(i2c, nobody_there_is_a_nack_after_the_address)
{
    fake_start(w);
    cr_assert_eq(duration(0x33, 1, 3), CLOCKS(11));
    cr_assert_eq(transfer(0x33, 1, 3).status, I2C_NACK);
    cr_assert_eq(fake_count(w, EV_NACK), 2);
    cr_assert_eq(fake_signal(w, bus, "nacks"), 2.0);
}

/* A device without power refuses its address; one that doesn't know a command the byte after. */
Test(i2c, a_refused_byte_ends_the_transfer)
{
    fake_start(w);
    fake_device(w, psu)->stretch = I2C_REFUSES(1);
    cr_assert_eq(duration(PSU, 1, 3), CLOCKS(11));
    cr_assert_eq(fake_device(w, psu)->last.n_tx, 0, "it has seen nothing of it");
    fake_device(w, psu)->stretch = I2C_REFUSES(2);
    cr_assert_eq(duration(PSU, 1, 3), CLOCKS(20));
    cr_assert_eq(fake_device(w, psu)->last.n_tx, 1);
    cr_assert_eq(fake_device(w, psu)->last.n_rx, 0);
    fake_device(w, psu)->stretch = 0;
    fake_device(w, psu)->refuses = true;
    cr_assert_eq(duration(PSU, 3, 0), CLOCKS(38)); /* the last byte */
    cr_assert_eq(transfer(PSU, 1, 2).status, I2C_NACK);
    cr_assert_eq(fake_count(w, EV_NACK), 4);
}

Test(i2c, stretching_adds_its_time)
{
    fake_start(w);
    fake_device(w, psu)->stretch = US(300);
    cr_assert_eq(duration(PSU, 1, 3), US(300) + CLOCKS(57));
}

/* Longer than the time-out: the master gives up 35 ms after the clock was held, at the end of the
 * command byte (1 + 2 * 9 clocks). The clock is held on: the next transfer waits for it. */
Test(i2c, stretching_beyond_the_time_out)
{
    ns_t held = CLOCKS(19);

    fake_start(w);
    fake_device(w, psu)->stretch = MS(50);
    cr_assert_eq(duration(PSU, 1, 3), held + MS(35));
    cr_assert_eq(fake_device(w, psu)->calls, 0);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 2.0);
    cr_assert_eq(fake_count(w, EV_BUS_TIMEOUT), 1);
    fake_device(w, psu)->stretch = 0;
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
    cr_assert_eq(world_now(w), held + MS(50) + CLOCKS(57));
}

Test(i2c, bus_free_time_beyond_the_stop)
{
    fake_set_time(w, bus, "t_buf", US(80));
    fake_start(w);
    cr_assert_eq(duration(PSU, 1, 3), CLOCKS(57));
    cr_assert_eq(duration(PSU, 1, 3), US(80) + CLOCKS(57));
}

/* ---- stuck lines ------------------------------------------------------------------------------- */

Test(i2c, a_held_line_times_every_transfer_out)
{
    static const char *const acts[] = {"hold_sda", "hold_scl"};
    static const char *const undos[] = {"release_sda", "release_scl"};

    fake_start(w);
    for (int i = 0; i < 2; i++) {
        cr_assert(fake_act(w, bus, acts[i]));
        cr_assert_not(fake_act(w, bus, acts[i]), "held already");
        cr_assert_eq(fake_signal(w, bus, "stuck"), 1.0 + i);
        cr_assert_eq(duration(PSU, 1, 3), MS(35));
        cr_assert_eq(transfer(PSU, 1, 3).status, I2C_TIMEOUT);
        cr_assert(fake_act(w, bus, undos[i]));
        cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
    }
    cr_assert_eq(fake_signal(w, bus, "timeouts"), 4.0);
}

/* SCL low in the middle is a long stretch: what is left of the transfer follows when it is free. */
Test(i2c, scl_held_in_the_middle)
{
    fake_start(w);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, US(50));
    fake_act(w, bus, "hold_scl");
    fake_run(w, MS(20));
    fake_act(w, bus, "release_scl");
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
    cr_assert_eq(world_now(w), MS(20) - US(50) + CLOCKS(57));
}

/* SDA low in the middle: the master has lost the bus; 35 ms later it gives up. */
Test(i2c, sda_held_in_the_middle)
{
    fake_start(w);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, US(50));
    fake_act(w, bus, "hold_sda");
    cr_assert_eq(fake_wait(w, master).status, I2C_TIMEOUT);
    cr_assert_eq(world_now(w), US(50) + MS(35));
    cr_assert_eq(fake_device(w, psu)->calls, 0);
}

Test(i2c, sda_held_in_the_middle_and_freed)
{
    fake_start(w);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, US(50));
    fake_act(w, bus, "hold_sda");
    fake_run(w, MS(3));
    fake_act(w, bus, "release_sda");
    cr_assert_eq(fake_wait(w, master).status, I2C_NACK);
    cr_assert_eq(world_now(w), MS(3) + 2500);
}

Test(i2c, a_line_that_comes_free_lets_the_transfer_start)
{
    fake_start(w);
    fake_act(w, bus, "hold_sda");
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, MS(4));
    fake_act(w, bus, "release_sda");
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
    cr_assert_eq(world_now(w), MS(4) + CLOCKS(57));
    cr_assert_eq(fake_event(w, fake_last(w, EV_TRANSFER))->from, 0);
}

/* Nine clocks and a STOP are ten clocks. A device in the middle of a byte lets go within them; the
 * wires themselves don't; one that needs more clocks gets the rest next time. */
Test(i2c, nine_clocks_free_a_device)
{
    struct act_args a = {.to = 9.0};

    a.from = psu;
    fake_start(w);
    fake_act_with(w, bus, "hold_sda", a);
    ns_t from = world_now(w);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_OK);
    cr_assert_eq(world_now(w) - from, CLOCKS(10));
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
    a.to = 12.0;
    fake_act_with(w, bus, "hold_sda", a);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_TIMEOUT);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_OK);
}

Test(i2c, nine_clocks_do_not_free_the_wires)
{
    fake_start(w);
    fake_act(w, bus, "hold_sda"); /* by nobody: the wires */
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_TIMEOUT);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_TIMEOUT);
    cr_assert_eq(fake_count(w, EV_BUS_CLEAR), 2);
    fake_act(w, bus, "hold_scl");
    ns_t from = world_now(w);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_TIMEOUT);
    cr_assert_eq(world_now(w) - from, MS(35), "no clocks without the clock line");
}

/* READ of 3 bytes with the master reset after 42 clocks: START 1, address 9, command 9, repeated START
 * 1, address 9 are 29, so 13 clocks into the data: 5 of the second byte's 9 are left. The device goes on
 * pulling until it has seen them, and nobody has heard of a transfer. */
Test(i2c, a_master_that_is_reset_leaves_the_device_in_mid_byte)
{
    uint8_t tx[] = {0x8B};

    fake_start(w);
    fake_begin(w, bus, master, PSU, tx, 1, 3);
    fake_run(w, world_now(w) + CLOCKS(42));
    i2c_cut(w, bus);
    cr_assert_eq(fake_device(w, psu)->calls, 0);
    cr_assert_eq(fake_count(w, EV_TRANSFER_CUT), 1);
    cr_assert_eq(fake_signal(w, bus, "cuts"), 1.0);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 1.0);
    cr_assert_eq(((struct i2c_state *)world_state(w, bus))->hold[I2C_SDA].pulses, 5);
    cr_assert_eq(fake_ask(w, bus, master, I2C_CLEAR).status, I2C_OK);
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
}

/* In the middle of what is written nobody sends: the bus is free. */
Test(i2c, a_master_that_is_reset_while_it_writes_leaves_the_bus_free)
{
    uint8_t tx[] = {0x01, 0x80};

    fake_start(w);
    fake_begin(w, bus, master, PSU, tx, 2, 0);
    fake_run(w, world_now(w) + CLOCKS(15));
    i2c_cut(w, bus);
    cr_assert_eq(fake_signal(w, bus, "stuck"), 0.0);
    cr_assert_eq(fake_device(w, psu)->calls, 0, "it never saw a STOP");
    i2c_cut(w, bus);
    cr_assert_eq(fake_signal(w, bus, "cuts"), 1.0, "nothing was under way");
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
}

/* ---- noise, causes, ties ----------------------------------------------------------------------- */

/* Exactly one bit of each of the next two replies. */
Test(i2c, garble_flips_one_bit)
{
    struct act_args a = {.to = 2.0};

    fake_start(w);
    fake_act_with(w, bus, "garble", a);
    for (int k = 0; k < 3; k++) {
        struct i2c_reply re = transfer(PSU, 1, 3);
        int bits = 0;
        for (int i = 0; i < 24; i++) {
            bits += re.rx[i / 8] >> i % 8 & 1;
        }
        cr_assert_eq(bits, k < 2 ? 1 : 0);
    }
}

Test(i2c, nack_hits_the_next_transfers)
{
    fake_start(w);
    cr_assert(fake_act_with(w, bus, "nack", (struct act_args){.to = 2.0}));
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_NACK);
    cr_assert_eq(duration(PSU, 1, 3), CLOCKS(11));
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
    cr_assert_eq(fake_device(w, psu)->calls, 1);
    cr_assert(fake_act_with(w, bus, "nack", (struct act_args){.to = 1e9}));
    cr_assert(fake_act(w, bus, "heal"));
    cr_assert_eq(transfer(PSU, 1, 3).status, I2C_OK);
}

/* The reply names the event behind what it shows, once. */
Test(i2c, the_reply_names_its_cause)
{
    fake_start(w);
    uint32_t fault = world_event(w, psu, EV_DEAD, 0.0);
    fake_device(w, psu)->cause = fault;
    cr_assert_eq(transfer(PSU, 1, 3).cause, fault);
    cr_assert_eq(transfer(PSU, 1, 3).cause, 0);
    fake_act(w, bus, "hold_scl");
    uint32_t held = fake_last(w, EV_FAULT_ON);
    cr_assert_eq(transfer(PSU, 1, 3).cause, held);
    cr_assert_eq(transfer(PSU, 1, 3).cause, 0);
}

/* The event of a transfer is caused by whatever the master did when it started it. */
Test(i2c, a_transfer_is_caused_by_its_start)
{
    fake_start(w);
    uint32_t step = world_event(w, master, EV_DECIDE, 0.0);
    transfer(PSU, 1, 3);
    cr_assert_eq(fake_event(w, fake_last(w, EV_TRANSFER))->cause, step);
}

/* READ_WORD with PEC is 57 clocks; until it begins the bus is free, and the device hears nothing. */
Test(i2c, a_transfer_begins_when_the_master_wants_it)
{
    struct i2c_request rq = {
        .op = I2C_TRANSFER, .address = PSU, .n_tx = 1, .n_rx = 3, .tx = {0x8B}};

    fake_start(w);
    i2c_start(w, bus, master, &rq, US(20));
    cr_assert_eq(fake_signal(w, bus, "busy"), 0.0);
    fake_run(w, US(20));
    cr_assert_eq(fake_signal(w, bus, "busy"), 1.0);
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
    cr_assert_eq(world_now(w), US(20) + CLOCKS(57));
    cr_assert_eq(fake_event(w, fake_last(w, EV_TRANSFER))->from, US(20));
}

/* Taken back in time, by the master or by its reset, it never was. */
Test(i2c, a_transfer_that_has_not_begun_can_be_taken_back)
{
    struct i2c_request rq = {.op = I2C_TRANSFER, .address = PSU, .n_tx = 1, .tx = {0x8B}};

    fake_start(w);
    i2c_start(w, bus, master, &rq, US(20));
    cr_assert(i2c_take_back(w, bus));
    cr_assert_not(i2c_take_back(w, bus));
    i2c_start(w, bus, master, &rq, US(20));
    i2c_cut(w, bus);
    fake_run(w, MS(1));
    cr_assert_eq(fake_count(w, EV_TRANSFER_CUT) + fake_count(w, EV_TRANSFER), 0);
    cr_assert_eq(fake_device(w, psu)->calls, 0);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, MS(1) + US(1));
    cr_assert_not(i2c_take_back(w, bus), "it has begun");
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
}

/* Two devices at one address: where one sends 0, 0 is read. 0x5A & 0x33 = 0x12. */
Test(i2c, two_devices_answer_together)
{
    int32_t twin = fake_add_device(w, "psu2", bus, PSU);

    fake_start(w);
    fake_device(w, psu)->data[0] = 0x5A;
    fake_device(w, twin)->data[0] = 0x33;
    cr_assert_eq(transfer(PSU, 1, 1).rx[0], 0x12);
    fake_device(w, twin)->stretch = I2C_REFUSES(1);
    cr_assert_eq(transfer(PSU, 1, 1).rx[0], 0x5A);
    fake_device(w, twin)->stretch = US(100);
    fake_device(w, psu)->stretch = US(40);
    cr_assert_eq(duration(PSU, 1, 1), US(100) + CLOCKS(39), "the longest stretch counts");
}

/* A device that acts on every byte gets each at its acknowledge: 1 + 9 * 3 and 1 + 9 * 4 clocks. */
Test(i2c, byte_by_byte)
{
    int32_t expander = fake_add(w, &fake_byte_device_kind, "expander0");

    fake_set_i2c(w, expander, "i2c", (struct i2c_path){bus, NO_PART, 0, EXPANDER});
    fake_start(w);
    const struct fake_device *d = fake_device(w, expander);
    fake_begin(w, bus, master, EXPANDER, (const uint8_t[]){2, 0xAA, 0x55}, 3, 0);
    fake_run(w, CLOCKS(28) - 1);
    cr_assert_eq(d->calls, 0);
    fake_run(w, CLOCKS(28));
    cr_assert_eq(d->calls, 1);
    cr_assert_eq(d->last.n_tx, 2);
    cr_assert_eq(d->last.tx[1], 0xAA);
    fake_run(w, CLOCKS(37));
    cr_assert_eq(d->calls, 2);
    cr_assert_eq(d->last.tx[2], 0x55);
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
    cr_assert_eq(world_now(w), CLOCKS(38));
    cr_assert_eq(d->calls, 2);
    transfer(EXPANDER, 1, 2);
    cr_assert_eq(d->calls, 3);
}

/* The clock held between two bytes puts the second off by as much. */
Test(i2c, byte_by_byte_with_the_clock_held)
{
    int32_t expander = fake_add(w, &fake_byte_device_kind, "expander0");

    fake_set_i2c(w, expander, "i2c", (struct i2c_path){bus, NO_PART, 0, EXPANDER});
    fake_start(w);
    fake_begin(w, bus, master, EXPANDER, (const uint8_t[]){2, 0xAA, 0x55}, 3, 0);
    fake_run(w, CLOCKS(30));
    fake_act(w, bus, "hold_scl");
    fake_run(w, CLOCKS(30) + MS(1));
    fake_act(w, bus, "release_scl");
    cr_assert_eq(fake_wait(w, master).status, I2C_OK);
    cr_assert_eq(fake_device(w, expander)->last_at, CLOCKS(37) + MS(1));
    cr_assert_eq(world_now(w), CLOCKS(38) + MS(1));
}

Test(i2c, busy_while_a_transfer_is_under_way)
{
    fake_start(w);
    cr_assert_eq(fake_signal(w, bus, "busy"), 0.0);
    fake_begin(w, bus, master, PSU, (const uint8_t[]){0x8B}, 1, 3);
    fake_run(w, US(10));
    cr_assert_eq(fake_signal(w, bus, "busy"), 1.0);
    fake_wait(w, master);
    cr_assert_eq(fake_signal(w, bus, "busy"), 0.0);
    fake_run(w, CLOCKS(2 * 57));
    cr_assert_float_eq(fake_signal(w, bus, "used"), 0.5, 1e-12);
}

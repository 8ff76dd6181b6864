/* test_expander.c - registers, pins and power-on state as in the PCA9555 data sheet. */
#include <criterion/criterion.h>

#include "fake_bus.h"
#include "models/expander.h"

/* At 400 kHz. */
#define CLOCKS(n) ((ns_t)(n)*2500)

enum { ADDRESS = 0x20 };

/* A stand-in for a switch: remembers what its pin told it. */
struct fake_switch {
    int32_t calls;
    bool level;
    ns_t at;
    uint32_t cause;
};

static void switch_pin(struct world *w, int32_t part, bool level)
{
    struct fake_switch *s = world_state(w, part);

    *s = (struct fake_switch){s->calls + 1, level, world_now(w), world_cause(w)};
    world_event(w, part, level ? EV_CLOSE_COMMAND : EV_OPEN_COMMAND, 0.0);
}

static const struct kind fake_switch_kind = {
    .name = "fake_switch", .state_size = sizeof(struct fake_switch), .pin = switch_pin};

static struct world *w;
static int32_t bus, master, expander, sw[3];

/* Switches on pins 0 (low at first), 3 and 9 (high). The first switch comes before the expander. */
static void rack(int32_t pull)
{
    w = fake_world();
    sw[0] = fake_add(w, &fake_switch_kind, "sw1");
    expander = fake_add(w, &expander_kind, "expander0");
    bus = fake_add(w, &i2c_kind, "smbus0");
    master = fake_add(w, &fake_master_kind, "ctl");
    sw[1] = fake_add(w, &fake_switch_kind, "sw2");
    sw[2] = fake_add(w, &fake_switch_kind, "sw3");
    fake_set_real(w, bus, "clock", 400e3);
    fake_set_int(w, expander, "pull", pull);
    fake_set_i2c(w, expander, "i2c", (struct i2c_path){bus, NO_PART, 0, ADDRESS});
    expander_claim(w, expander, 0, sw[0], false);
    expander_claim(w, expander, 3, sw[1], true);
    expander_claim(w, expander, 9, sw[2], true);
    fake_start(w);
}

static void pulled_down(void)
{
    rack(0);
}

static void done(void)
{
    fake_world_free(w);
}

TestSuite(expander, .init = pulled_down, .fini = done);

static const struct fake_switch *look(int i)
{
    return world_state_const(w, sw[i]);
}

static void write_bytes(uint8_t n, uint8_t reg, uint8_t a, uint8_t b)
{
    cr_assert_eq(fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){reg, a, b}, n, 0).status,
                 I2C_OK);
}

static uint16_t read_pair(uint8_t reg)
{
    struct i2c_reply re = fake_transfer(w, bus, master, ADDRESS, &reg, 1, 2);

    return (uint16_t)(re.rx[0] | re.rx[1] << 8);
}

/* The rack is live: claimed pins drive their levels, the others are inputs, pulled down. */
Test(expander, starts_as_a_running_rack_has_it)
{
    cr_assert_eq(read_pair(6), 0xFDF6);
    cr_assert_eq(read_pair(0), 0x0208);
    cr_assert_eq(read_pair(2), 0xFFFE);
    cr_assert_eq(fake_signal(w, expander, "pins"), 0x0208);
    cr_assert_eq(fake_member(w, expander, "pin", 9), 1.0);
    cr_assert_eq(look(0)->calls + look(1)->calls + look(2)->calls, 0,
                 "nobody is told at the start");
}

/* Power-on: outputs FF FF, polarity 00 00, configuration FF FF; all pins inputs. */
Test(expander, power_on_reset)
{
    write_bytes(3, 4, 0xFF, 0xFF);
    cr_assert(fake_act(w, expander, "brown_out"));
    cr_assert_not(fake_act(w, expander, "brown_out"), "all inputs already");
    cr_assert_eq(read_pair(2), 0xFFFF);
    cr_assert_eq(read_pair(4), 0x0000);
    cr_assert_eq(read_pair(6), 0xFFFF);
    cr_assert_eq(read_pair(0), 0x0000);
}

/* After a brown-out the pull resistors decide: down opens what was closed, up closes what was open
 * (hardware facts 11.16). The switches' commands are caused by the change of pins, that by the
 * reset, that by the action. */
Test(expander, brown_out_with_pull_down)
{
    fake_act(w, expander, "brown_out");
    cr_assert_eq(look(0)->calls, 0);
    cr_assert(look(1)->calls == 1 && !look(1)->level);
    cr_assert(look(2)->calls == 1 && !look(2)->level);
    const struct fake_event *pins = fake_event(w, look(2)->cause);
    cr_assert_eq(pins->kind, EV_PINS);
    cr_assert_eq(look(1)->cause, look(2)->cause);
    cr_assert_eq(fake_event(w, pins->cause)->kind, EV_POWER_ON_RESET);
}

Test(expander, brown_out_with_pull_up)
{
    done();
    rack(1);
    cr_assert_eq(read_pair(0), 0xFFFE);
    fake_act(w, expander, "brown_out");
    cr_assert(look(0)->calls == 1 && look(0)->level);
    cr_assert_eq(look(1)->calls, 0);
    cr_assert_eq(read_pair(0), 0xFFFF);
}

/* Both ports in one write: port 0 at the acknowledge of its byte, 28 clocks after the START; port 1
 * nine clocks later: 22.5 us at 400 kHz. */
Test(expander, ports_have_a_skew_of_nine_clocks)
{
    write_bytes(3, 2, 0xF7, 0xFD);
    cr_assert_eq(look(1)->at, CLOCKS(28));
    cr_assert_eq(look(2)->at, CLOCKS(37));
    cr_assert_eq(look(2)->at - look(1)->at, 22500);
    cr_assert_eq(world_now(w), CLOCKS(38));
    cr_assert(!look(1)->level && !look(2)->level);
    cr_assert_eq(fake_count(w, EV_PINS), 2);
    cr_assert_eq(read_pair(2), 0xFDF7);
}

/* Pins and transfer are both the doing of whoever started the transfer; what the switches do is the
 * doing of the pins. */
Test(expander, causes_of_a_write)
{
    uint32_t step = world_event(w, master, EV_DECIDE, 0.0);

    write_bytes(3, 2, 0xF7, 0xFD);
    cr_assert_eq(fake_event(w, look(1)->cause)->cause, step);
    cr_assert_eq(fake_event(w, look(2)->cause)->cause, step);
    cr_assert_eq(fake_event(w, fake_last(w, EV_TRANSFER))->cause, step);
}

Test(expander, one_port_leaves_the_other)
{
    write_bytes(2, 3, 0xFD, 0);
    cr_assert_eq(look(1)->calls, 0);
    cr_assert(look(2)->calls == 1 && !look(2)->level);
    cr_assert_eq(read_pair(2), 0xFDFE);
    write_bytes(2, 3, 0xFD, 0);
    cr_assert_eq(look(2)->calls, 1, "no change, no call");
}

/* Bytes after the first two go to the pair again: 2, 3, 2. Register 3 first: 3, 2. */
Test(expander, the_two_of_a_pair_take_turns)
{
    fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){2, 0x11, 0x22, 0x33}, 4, 0);
    cr_assert_eq(read_pair(2), 0x2233);
    write_bytes(3, 3, 0x44, 0x55);
    cr_assert_eq(read_pair(2), 0x4455);
    cr_assert_eq(read_pair(3), 0x5544);
    struct i2c_reply re = fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){2}, 1, 3);
    cr_assert_eq(re.rx[2], 0x55);
}

/* A read without a register goes on at the register of the last byte. */
Test(expander, a_bare_read_goes_on)
{
    write_bytes(3, 2, 0x12, 0x34);
    cr_assert_eq(fake_transfer(w, bus, master, ADDRESS, NULL, 0, 1).rx[0], 0x34);
    write_bytes(1, 6, 0, 0);
    cr_assert_eq(fake_transfer(w, bus, master, ADDRESS, NULL, 0, 1).rx[0], 0xF6);
}

/* Polarity turns what is read, not the pin. Writes to an input port do nothing. */
Test(expander, polarity_and_input_ports)
{
    write_bytes(3, 4, 0x0F, 0x00);
    cr_assert_eq(read_pair(0), 0x0207);
    write_bytes(3, 0, 0xFF, 0xFF);
    cr_assert_eq(read_pair(0), 0x0207);
    cr_assert_eq(look(1)->calls, 0);
}

/* An output made an input is let go: its flip-flop stays, the resistor decides. */
Test(expander, configuration_hands_the_pin_to_the_resistor)
{
    write_bytes(3, 6, 0xFF, 0xFF);
    cr_assert(look(1)->calls == 1 && !look(1)->level);
    cr_assert_eq(read_pair(2), 0xFFFE);
    cr_assert_eq(read_pair(0), 0x0000);
    cr_assert_eq(fake_signal(w, expander, "outputs"), 0.0);
}

/* Comparing flip-flop and pin finds a short (hardware facts 5.3). The reading that shows it names
 * the fault, once. */
Test(expander, a_shorted_pin)
{
    struct act_args pin = {.from = 3};

    cr_assert(fake_act_with(w, expander, "short_low", pin));
    cr_assert_not(fake_act_with(w, expander, "short_low", pin));
    uint32_t fault = fake_last(w, EV_FAULT_ON);
    cr_assert(look(1)->calls == 1 && !look(1)->level);
    cr_assert_eq(read_pair(2) & 8, 8);
    struct i2c_reply re = fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){0}, 1, 1);
    cr_assert_eq(re.rx[0] & 8, 0);
    cr_assert_eq(fake_event(w, fault)->value, 8.0);
    cr_assert(fake_act_with(w, expander, "free_pin", pin));
    cr_assert(look(1)->calls == 2 && look(1)->level);
    pin.from = 0;
    cr_assert(fake_act_with(w, expander, "short_high", pin));
    cr_assert(look(0)->calls == 1 && look(0)->level);
}

Test(expander, a_reading_names_what_changed_the_pins)
{
    fake_act(w, expander, "brown_out");
    uint32_t reset = fake_last(w, EV_POWER_ON_RESET);
    cr_assert_eq(fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){0}, 1, 2).cause, reset);
    cr_assert_eq(fake_transfer(w, bus, master, ADDRESS, (const uint8_t[]){0}, 1, 2).cause, 0);
}

/* A transfer cut off between the two ports has moved port 0 only. */
Test(expander, a_cut_transfer_leaves_half)
{
    fake_begin(w, bus, master, ADDRESS, (const uint8_t[]){2, 0xF7, 0xFD}, 3, 0);
    fake_run(w, CLOCKS(30));
    fake_act(w, bus, "hold_scl");
    cr_assert_eq(fake_wait(w, master).status, I2C_TIMEOUT);
    cr_assert_eq(look(1)->calls, 1);
    cr_assert_eq(look(2)->calls, 0);
}

/* Two switches may hang on one pin: both are told, of the same event. */
Test(expander, two_switches_on_one_pin)
{
    expander_claim(w, expander, 9, sw[0], true);
    write_bytes(2, 3, 0xFD, 0);
    cr_assert_eq(look(0)->calls, 1);
    cr_assert_eq(look(2)->calls, 1);
    cr_assert_eq(look(0)->cause, look(2)->cause);
}

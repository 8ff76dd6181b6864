/* The controller is reset: at power-on of a live rack, and after every number of steps of a
 * re-allocation. No switch of a live bar may open by that. Oracle: the pretend rack's pins. */
#include "rack.h"

static struct rack r;
static struct rack at_step;

/* Expander after its own power-on reset, pull resistors hold the switches closed: the output
 * registers are written before the pins become outputs, and no pin moves. */
Test(reset, an_expander_of_inputs_is_taken_over_without_a_glitch)
{
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&r, &cfg, 0);
    memset(r.reg[0], 0xFF, sizeof r.reg[0]);
    r.pull[0] = 0x0007;
    rack_pins_moved(&r);
    memset(r.operations, 0, sizeof r.operations);
    rack_reset_controller(&r);
    rack_run(&r, 1000000);
    cr_assert_eq(rack_operations(&r), 0);
    cr_assert_eq(r.reg[0][6] & 0x0F, 0, "pins are still inputs");
    cr_assert_eq(r.reg[0][6] & 0xF0, 0xF0, "a pin that is not ours became an output");
    cr_assert_eq(r.reg[0][2] & 0x0F, 0x07);
}

/* Reset after any number of steps of: input lost, spare closes, lost one opens. The bar is fed all
 * the time, and in the end the rack is where it would have been without the reset. */
static void reset_after(int steps, const struct rack *from)
{
    r = *from;
    for (int i = 0; i < steps; i++) {
        rack_event(&r);
    }
    rack_reset_controller(&r);
    rack_run(&r, 5000000);
    cr_assert_eq(rack_gap_us(&r, 0), 0, "reset after %d steps", steps);
    cr_assert(!r.pin[0] && r.pin[1] && r.pin[2] && r.pin[3], "reset after %d steps", steps);
    cr_assert_eq(r.operations[1] + r.operations[2], 0, "reset after %d steps", steps);
    cr_assert_leq(r.operations[0], 1);
    cr_assert_leq(r.operations[3], 1);
}

static void reset_at_every_step(uint8_t bus, bool relays)
{
    struct ctl_config cfg = rack_one_bar(bus);

    for (int i = 0; i < 4 && relays; i++) {
        cfg.switches[i].one_way = false;
        cfg.switches[i].close_us = 25000;
        cfg.switches[i].open_us = 10000;
    }
    rack_start(&at_step, &cfg, 0x7);
    rack_run(&at_step, 500000);
    at_step.psu[0].no_input = true;
    at_step.psu[0].hold_up_us = 12000;
    at_step.psu[0].input_lost_at = at_step.now;
    for (int steps = 0; steps < 200; steps++) {
        reset_after(steps, &at_step);
    }
}

Test(reset, at_every_step_of_a_hand_over)
{
    reset_at_every_step(0, false);
}

Test(reset, at_every_step_with_the_expander_on_its_own_bus_and_relays)
{
    reset_at_every_step(1, true);
}

/* The state is one block: a copy of controller and rack goes on exactly as the original does. */
Test(reset, a_copy_goes_on_like_the_original)
{
    static struct rack a;
    static struct rack b;
    struct ctl_config cfg = rack_one_bar(0);

    rack_start(&a, &cfg, 0x7);
    rack_run(&a, 123456);
    a.psu[0].dead = true;
    rack_settle(&a);
    memcpy(&b, &a, sizeof a);
    rack_run(&a, 300000);
    rack_run(&b, 300000);
    cr_assert_eq(memcmp(&a.c, &b.c, sizeof a.c), 0);
}

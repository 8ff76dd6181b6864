/* A supply pulled and plugged. Oracle: its own times, added up, and the bytes it answers with. */
#include "supply_stand.h"

/* Signal pins first: its output stops at once, and its power pins part without current. */
Test(hotplug, pulled_its_output_stops_before_its_power_pins_part)
{
    struct stand *s = one(500.0, ", pin_time: 4 ms");

    stand_run(s, MS(10));
    stand_act(s, "psu1", "pull");
    stand_run(s, MS(10) + US(1));
    cr_assert_eq(stand_read(s, "psu1", "i"), 0.0);
    cr_assert_eq(stand_read(s, "psu1", "input"), 1.0);
    stand_run(s, MS(14) + US(1));
    cr_assert_eq(stand_read(s, "psu1", "input"), 0.0);
    stand_free(s);
}

/* Plugged: up after ac_delay and its ramp, whatever was wrong with the one before. */
Test(hotplug, plugged_a_sound_one_starts)
{
    struct stand *s = one(500.0, "");

    stand_run(s, MS(10));
    stand_act(s, "psu1", "die");
    stand_run(s, MS(20));
    stand_act(s, "psu1", "pull");
    stand_run(s, MS(100));
    cr_assert_eq(stand_read(s, "psu1", "state"), PSU_DEAD);
    stand_act(s, "psu1", "plug");
    stand_run(s, MS(100) + MS(300) + MS(20) + US(1));
    cr_assert_eq(stand_read(s, "psu1", "state"), PSU_ON);
    stand_free(s);
}

Test(hotplug, only_what_is_away_is_plugged)
{
    struct stand *s = one(500.0, "");

    stand_run(s, MS(10));
    cr_assert(!stand_act(s, "psu1", "plug"));
    cr_assert(stand_act(s, "psu1", "pull"));
    cr_assert(!stand_act(s, "psu1", "pull"));
    stand_free(s);
}

/* Its microcontroller holds the clock line; without power it holds nothing. */
Test(hotplug, pulled_it_lets_the_bus_go)
{
    struct stand *s = one(500.0, ", i2c: smbus0/0x58");

    stand_run(s, MS(10));
    stand_act_with(s, "smbus0", "hold_scl", (struct act_args){.from = stand_part(s, "psu1")});
    cr_assert_eq(stand_read(s, "smbus0", "stuck"), 2.0);
    stand_act(s, "psu1", "pull");
    cr_assert_eq(stand_read(s, "smbus0", "stuck"), 0.0);
    stand_free(s);
}

/* Drained by its own bleeder. Oracle: V exp(-t / RC), 20 Ohm and 4 mF. */
Test(hotplug, its_output_drains_through_its_bleeder)
{
    struct stand *s = one(0.0, ", bleed: 20 Ohm");

    stand_run(s, MS(10));
    double v_V = stand_read(s, "psu1", "v");
    stand_act(s, "psu1", "off");
    stand_run(s, MS(90));
    cr_assert_float_eq(stand_read(s, "psu1", "v"), v_V * exp(-1.0), 5e-4 * v_V);
    stand_free(s);
}

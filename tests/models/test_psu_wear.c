/* What wears out in a supply. Oracles: the closed forms of heat and energy, and the spread of readings. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "tests/rig.h"

static const char RACK[] =
    "title: t\nduration: %s\n"
    "rack:\n"
    "  bus_a: {is: bus, v: 12 V, c: 10 mF}\n"
    "  psu1: {is: psu, v: 12.2 V, tolerance: 0 %%, rated: 1000 W, hold_up: 20 J, efficiency: 94 "
    "%%, "
    "inlet: 30 degC, cooling: 2.5 W/K, cooling_still: 0.5 W/K, heat_capacity: 60 J/K}\n"
    "  sw1: {is: fet, from: psu1, to: bus_a}\n"
    "  web1: {part: server-12v-500w, from: bus_a, p: 500 W}\n"
    "do:\n%s"
    "expect:\n  - {ends: psu1.v < 100 V}\n";

static struct rig *play(const char *duration, const char *deeds)
{
    char text[2048];

    snprintf(text, sizeof text, RACK, duration, deeds);
    return rig_from_text(text);
}

static double loss_W(struct rig *r, double efficiency)
{
    return rig_read(r, "psu1", "power") * (1.0 / efficiency - 1.0);
}

/* A fan at half its speed: the hot spot ends at inlet + loss / (G0 + G1 0.5^0.8). */
Test(psu_wear, a_worn_fan_cools_by_its_flow)
{
    struct rig *r = play("1200 s", "  - {at: 10 s, act: psu1.wear_fan, to: 50 %, over: 300 s}\n");
    double end_C = 30.0 + loss_W(r, 0.94) / (0.5 + 2.0 * pow(0.5, 0.8));

    cr_assert(fabs(rig_read(r, "psu1", "temperature") - end_C) < 0.01);
    rig_free(r);
}

/* In the middle of the ramp it is half worn, and behind by the thermal time constant at most. */
Test(psu_wear, the_ramp_is_linear_in_time)
{
    struct rig *r = play("5000 s", "  - {at: 0 s, act: psu1.wear_fan, to: 50 %, over: 10000 s}\n");
    double half_C = 30.0 + loss_W(r, 0.94) / (0.5 + 2.0 * pow(0.75, 0.8));

    cr_assert(fabs(rig_read(r, "psu1", "temperature") - half_C) < 0.05);
    rig_free(r);
}

/* Efficiency falls from 94 to 90 %: 1.74 times the loss. */
Test(psu_wear, lost_efficiency_is_heat)
{
    struct rig *r =
        play("1200 s", "  - {at: 10 s, act: psu1.lose_efficiency, to: 90 %, over: 300 s}\n");
    double end_C = 30.0 + loss_W(r, 0.90) / 2.5;

    cr_assert(fabs(rig_read(r, "psu1", "temperature") - end_C) < 0.01);
    rig_free(r);
}

/* A bulk capacitor at 70 % carries 500 W for 0.7 of the time. */
Test(psu_wear, a_dried_out_capacitor_holds_up_less)
{
    struct rig *r = play("101 s", "  - {at: 1 s, act: psu1.age_capacitors, c: 70 %, over: 50 s}\n"
                                  "  - {at: 100 s, act: psu1.lose_input}\n");
    const struct event *spent = rig_event(r, "psu1", EV_HOLD_UP_SPENT, 0);
    double should_s = 0.7 * 20.0 / 502.5; /* and what the FET, the bar and the server lose */

    cr_assert_not_null(spent);
    double is_s = ns_to_s(spent->at - SECONDS(100));
    cr_assert(fabs(is_s / should_s - 1.0) < 0.02, "%g s, not %g s", is_s, should_s);
    rig_free(r);
}

/* Renewed, it is as it was. */
Test(psu_wear, renewed_it_is_as_new)
{
    struct rig *r =
        play("2400 s", "  - {at: 10 s, act: psu1.wear_fan, to: 50 %, over: 300 s}\n"
                       "  - {at: 10 s, act: psu1.age_capacitors, over: 300 s}\n"
                       "  - {at: 10 s, act: psu1.lose_efficiency, to: 90 %, over: 300 s}\n"
                       "  - {at: 1200 s, act: psu1.renew}\n");
    double end_C = 30.0 + loss_W(r, 0.94) / 2.5;

    cr_assert(fabs(rig_read(r, "psu1", "temperature") - end_C) < 0.01);
    cr_assert(fabs(rig_read(r, "psu1", "energy") - 20.0) < 1e-9);
    rig_free(r);
}

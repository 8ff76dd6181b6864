/* psu_hotplug.c - a supply is pulled from its slot, another one or the same is plugged.
 *
 *   pulled    the short pins part first: no serial bus, and its enable input lets go, so the output stops;
 *             `pin_time` later its power pins part, without current
 *   plugged   power pins first: its input is there, its microcontroller boots, its output starts after
 *             ac_delay, by which time the short pins have made
 *
 * Left out: what its empty output capacitor draws as it touches a bar (20 uF behind its ORing stage, where
 * it has one; the controller's switch is a second one).
 * Source: hardware facts 1.2 [S3a]; the times are estimates.  Checked by tests/models/test_hotplug.c. */
#include "i2c.h"
#include "psu_state.h"

bool psu_pull(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    (void)a;
    if (s->away) {
        return false;
    }
    world_event(w, part, EV_FAULT_ON, 0.0);
    s->away = true;
    if (psu_params(w, part)->i2c.bus != NO_PART) {
        i2c_leaves(w, psu_params(w, part)->i2c.bus, part);
    }
    psu_enable(w, part, false);
    psu_set_timer(w, part, TIMER_PINS, ns_after(world_now(w), psu_params(w, part)->pin_time));
    return true;
}

void psu_pins_due(struct world *w, int32_t part)
{
    psu_state(w, part)->unplugged = true;
    psu_input_changed(w, part);
}

/* What was wrong with the one before is not wrong with this one. */
bool psu_plug(struct world *w, int32_t part, const struct act_args *a)
{
    struct psu_state *s = psu_state(w, part);

    if (!s->away) {
        return false;
    }
    world_event(w, part, EV_FAULT_OFF, a->from);
    s->away = false;
    s->mute = false;
    s->ruined = false;
    s->set_V = s->own_V;
    s->heat_C = s->inlet_C;
    if (s->phase == PSU_DEAD) {
        psu_output_off(w, part);
        s->phase = PSU_OFF;
    }
    psu_set_timer(w, part, TIMER_PINS, NS_NEVER);
    if (s->frozen) {
        psu_report_freeze(w, part, false);
        s->frozen = false;
    }
    psu_report_unit(w, part, (uint32_t)a->from);
    s->unplugged = false;
    psu_input_changed(w, part);
    psu_enable(w, part, true);
    return true;
}

const struct field psu_plug_args[] = {
    {.key = "unit",
     .type = FIELD_COUNT,
     .min = 0,
     .max = 9,
     .def = 0.0,
     .offset = offsetof(struct act_args, from),
     .doc = "which one: its serial number depends on it; 0: the one that was there first"},
    {.key = NULL},
};

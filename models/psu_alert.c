/* psu_alert.c - SMBALERT# of a supply: an open-drain output on its microcontroller.
 *
 *   asserted   alert_delay after its status asks for it (pmbus_face.h), if it has power by then
 *   released   at the STOP of an alert response that it has won, of CLEAR_FAULTS, or when nothing is
 *              left to tell; and with its standby rail
 *   no ARA     `ara: no`: it never answers the alert response address
 *
 * Source: hardware facts 1.2 and 5.1 [S11, S77].  Checked by tests/models/test_psu_alert.c. */
#include "alert.h"
#include "mux.h"
#include "psu_state.h"

bool psu_alerts_by_mux(const struct world *w, int32_t part)
{
    int32_t to = psu_params(w, part)->alert;

    return to != NO_PART && world_kind(w, to) == &mux_kind;
}

int32_t psu_alert_line(const struct world *w, int32_t part)
{
    int32_t to = psu_params(w, part)->alert;

    return psu_alerts_by_mux(w, part) ? mux_alert_line(w, to) : to;
}

bool psu_has_ara(const struct world *w, int32_t part)
{
    return psu_params(w, part)->ara != 0;
}

static void pull(struct world *w, int32_t part, bool low)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);

    if (s->pulls == low) {
        return;
    }
    s->pulls = low;
    if (psu_alerts_by_mux(w, part)) {
        mux_interrupt(w, p->alert, p->i2c.channel, part, low);
    } else {
        alert_pull(w, p->alert, part, low);
    }
}

/* What its line has told before anybody read it is known because of that. */
void psu_alert_tells(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);
    int32_t line = psu_alert_line(w, part);

    if (line != NO_PART && s->pulls && s->changed != s->told) {
        uint32_t fell = alert_fell_by(w, line, part);
        s->changed = fell > s->changed ? fell : s->changed;
    }
}

void psu_alert_let_go(struct world *w, int32_t part)
{
    if (psu_params(w, part)->alert != NO_PART) {
        psu_set_timer(w, part, TIMER_ALERT, NS_NEVER);
        pull(w, part, false);
        psu_alert_update(w, part);
    }
}

void psu_alert_update(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);

    if (p->alert == NO_PART) {
        return;
    }
    bool asks = pmbus_face_alerts(&s->face);
    if (!asks || !psu_has_power(w, part)) {
        psu_set_timer(w, part, TIMER_ALERT, asks ? psu_power_changes(w, part) : NS_NEVER);
        pull(w, part, false);
    } else if (s->pulls) {
        psu_set_timer(w, part, TIMER_ALERT, psu_power_changes(w, part));
    } else if (s->timer[TIMER_ALERT] == NS_NEVER) {
        psu_set_timer(w, part, TIMER_ALERT, world_now(w) + p->alert_delay);
    }
}

/* It asks for its line: with power it has it, and lets go when the power goes; without, it waits. */
void psu_alert_due(struct world *w, int32_t part)
{
    pull(w, part, psu_has_power(w, part));
    psu_set_timer(w, part, TIMER_ALERT, psu_power_changes(w, part));
}

bool psu_alerts(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    return psu_has_ara(w, part) && s->pulls && !s->mute && psu_has_power(w, part);
}

void psu_alert_heard(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    psu_alert_tells(w, part);
    pmbus_face_heard(&s->face);
    if (!pmbus_face_alerts(&s->face)) {
        psu_alert_let_go(w, part);
    }
}

/* shorted.c - see shorted.h.  Checked by tests/controller/test_shorted.c. */
#include "shorted.h"

#include "bits.h"
#include "clock.h"
#include "controller.h"
#include "pmbus.h"
#include "verdict.h"

enum { DEEP_PART = 2, TIMES_MAX = 100, LIMITS = ST_IOUT_POUT | ST_IOUT_OC };

static void over(struct controller *c, uint8_t b)
{
    if (c->shorted[b].times > 0U) {
        c->shorted[b].times = 0;
        c->replan = true;
    }
}

static void found(struct controller *c, uint8_t b)
{
    struct shorted *z = &c->shorted[b];

    z->times = (z->times < (uint8_t)TIMES_MAX) ? (uint8_t)(z->times + 1U) : z->times;
    z->trial = (uint8_t)CTL_NOBODY;
    z->since_us = c->now_us;
    c->count.shorts++;
    c->replan = true;
}

/* ---- readings ---------------------------------------------------------------------------------- */

/* In current limit, as it says or as its current does. One that is off, or on hold-up, has reasons of
 * its own for a low voltage. */
static bool is_pulled_down(const struct controller *c, uint8_t s, uint8_t b)
{
    const struct supply *u = &c->supplies[s];
    const struct ctl_bar_config *bar = &c->cfg.bars[b];
    const struct verdict_limits l = {.v_low_mV = bar->v_low_mV,
                                     .v_high_mV = bar->v_high_mV,
                                     .capacity_mW = c->cfg.supplies[s].capacity_mW};
    const uint32_t own = (uint32_t)ST_OFF | (uint32_t)ST_VIN_UV;

    return (u->v_mV < (bar->v_low_mV / (uint32_t)DEEP_PART)) && ((u->status & own) == 0U) &&
           (((u->status & (uint32_t)ST_IOUT_POUT) != 0U) || verdict_is_heavy(u, &l));
}

static bool is_in_window(const struct controller *c, uint8_t s, uint8_t b)
{
    const struct supply *u = &c->supplies[s];

    return (u->v_mV >= c->cfg.bars[b].v_low_mV) && (u->v_mV <= c->cfg.bars[b].v_high_mV) &&
           !supply_is_lost(u);
}

/* One supply, by switch i on its only bar. */
static void look(struct controller *c, uint8_t s, uint8_t i)
{
    struct supply *u = &c->supplies[s];
    const uint8_t b = c->cfg.switches[i].bar;
    const struct shorted *z = &c->shorted[b];
    const bool settled = passed(c->now_us, c->contacts[i].since_us, (uint32_t)SHORTED_SETTLES_us);

    const bool culprit = u->danger == (uint8_t)DANGER_SHORTED; /* it was not the bar */
    const bool pulled = (u->tripped && u->easing) || (settled && is_pulled_down(c, s, b));
    const bool fine = settled && !u->easing &&
                      passed(c->now_us, z->since_us, (uint32_t)SHORTED_AGES_us) &&
                      is_in_window(c, s, b);

    if (pulled && !culprit) {
        if ((z->times == 0U) || (z->trial == s)) {
            u->easing = false;
            found(c, b);
        }
    } else if (culprit || fine) {
        over(c, b);
    } else {
        /* says nothing about the bar */
    }
}

void shorted_reading(struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    const uint32_t unfit = (uint32_t)LIMITS | (uint32_t)ST_LIVE | (uint32_t)ST_VIN_UV;
    uint8_t closed = (uint8_t)CTL_NOBODY;

    if ((u->settled > 0U) && (u->bar < c->cfg.n_bars) && ((u->status & unfit) == 0U)) {
        c->shorted[u->bar].fine_us = c->now_us;
    }
    if ((u->closed != 1U) || (u->bar >= c->cfg.n_bars) ||
        ((c->shorted[u->bar].times == 0U) && !u->tripped &&
         (u->v_mV >= (c->cfg.bars[u->bar].v_low_mV / (uint32_t)DEEP_PART)))) {
        return; /* nothing that would be news */
    }
    for (uint8_t i = 0; (i < c->cfg.n_switches) && (closed == (uint8_t)CTL_NOBODY); i++) {
        if ((c->cfg.switches[i].supply == s) && contact_is_closed(&c->contacts[i])) {
            closed = i;
        }
    }
    if (closed != (uint8_t)CTL_NOBODY) {
        look(c, s, closed);
    }
}

/* ---- trials ------------------------------------------------------------------------------------ */

/* Who may try: one that stands by, else one that was lost, though it has its input. */
static uint8_t who_tries(const struct controller *c, uint8_t b)
{
    uint8_t best = (uint8_t)CTL_NOBODY;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        const struct supply *u = &c->supplies[sw->supply];

        if (sw->bar != b) {
            continue;
        }
        if ((u->state == (uint8_t)SUPPLY_STANDBY) && (u->closed == 0U)) {
            return sw->supply;
        }
        if (((u->state == (uint8_t)SUPPLY_ISOLATED) ||
             ((u->state == (uint8_t)SUPPLY_LOST) && contact_is_closed(&c->contacts[i]))) &&
            ((u->status & (uint16_t)ST_VIN_UV) == 0U) &&
            ((best == (uint8_t)CTL_NOBODY) || (u->restarts < c->supplies[best].restarts))) {
            best = sw->supply;
        }
    }
    return best;
}

void shorted_tick(struct controller *c)
{
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct shorted *z = &c->shorted[b];

        if (z->times != z->noted) { /* here, for a step that takes a reading has enough to do */
            z->noted = z->times;
            journal_note(c, JOURNAL_SHORT, b, z->times);
        }
        if (z->times == 0U) {
            continue;
        }
        if (z->trial != (uint8_t)CTL_NOBODY) {
            if (passed(c->now_us, z->since_us, (uint32_t)SHORTED_TRIAL_us)) {
                found(c, b);
            }
        } else if (passed(c->now_us, z->since_us,
                          grown_us((uint32_t)SHORTED_WAIT_us, z->times,
                                   (uint32_t)SHORTED_WAIT_MAX_us))) {
            z->trial = who_tries(c, b);
            if (z->trial != (uint8_t)CTL_NOBODY) {
                z->since_us = c->now_us;
                c->replan = true;
            }
        } else {
            /* it is still waited */
        }
    }
}

uint8_t shorted_bars(const struct controller *c)
{
    uint8_t bars = 0;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        bars |= (c->shorted[b].times > 0U) ? bit(b) : 0U;
    }
    return bars;
}

/* Bars of which a supply is lost. */
static uint8_t bars_with_lost(const struct controller *c)
{
    uint8_t bars = 0;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        const struct supply *u = &c->supplies[s];

        if (supply_is_lost(u) && (u->closed > 0U) && (u->bar < c->cfg.n_bars)) {
            bars |= bit(u->bar);
        }
    }
    return bars;
}

bool shorted_may_follow(const struct controller *c)
{
    uint8_t bars = 0;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        const struct supply *u = &c->supplies[s];

        const uint32_t ago_us = c->now_us - u->since_us;

        if ((u->state == (uint8_t)SUPPLY_SUSPECT) && ((u->status & (uint32_t)LIMITS) != 0U) &&
            (u->closed > 0U) && u->has_reading && (u->bar < c->cfg.n_bars) &&
            (ago_us < (uint32_t)SHORTED_AGES_us) && (c->shorted[u->bar].times == 0U) &&
            ((c->now_us - c->shorted[u->bar].fine_us) >= ago_us)) {
            bars |= bit(u->bar);
        }
    }
    return (bars != 0U) && ((bars & (uint8_t)~bars_with_lost(c)) != 0U);
}

enum shorted_role shorted_role(const struct controller *c, uint8_t s, uint8_t bar)
{
    enum shorted_role role = SHORTED_NONE;

    if ((bar < c->cfg.n_bars) && (c->shorted[bar].times > 0U)) {
        role = (c->shorted[bar].trial == s) ? SHORTED_TRIES : SHORTED_KEEPS_OFF;
    }
    return role;
}

/* assess.c - see assess.h.  Checked by tests/controller/test_step.c, test_verdict.c, test_storm.c. */
#include "assess.h"

#include "chips.h"
#include "clock.h"
#include "controller.h"
#include "lanes.h"
#include "plausible.h"
#include "pmbus.h"
#include "poll.h"
#include "prognosis.h"
#include "question.h"
#include "record.h"
#include "sequencer.h"
#include "shorted.h"
#include "verdict.h"
#include "welds.h"

static bool passes_back(const struct controller *c, uint8_t s)
{
    bool any = false;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];

        any = any || ((sw->supply == s) && !sw->one_way && contact_is_closed(&c->contacts[i]));
    }
    return any;
}

bool assess_may_short(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];

    return (u->state == (uint8_t)SUPPLY_LOST) && (u->danger == (uint8_t)DANGER_NONE) &&
           (((u->status & (uint16_t)ST_OFF) != 0U) || u->output_dead) &&
           ((u->status & (uint16_t)ST_VIN_UV) == 0U) && passes_back(c, s);
}

/* Whether a supply shorts its bar follows from its own reading and another one's: both are taken at once.
 * One that is alive, when s may be it; those that may be it, when the voltage of s is pulled down. */
static void ask_others(struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    bool may = assess_may_short(c, s);

    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        const struct supply *o = &c->supplies[i];
        bool beside = (i != s) && (o->closed > 0U) && (u->closed > 0U) && (o->bar == u->bar);

        if (beside && may && !supply_is_lost(o)) {
            poll_soon(c, i);
            return; /* one is enough */
        }
        if (beside && !may && assess_may_short(c, i)) {
            poll_soon(c, i);
        }
    }
}

void assess_event(struct controller *c, uint8_t s, enum supply_event event)
{
    bool was_lost = supply_is_lost(&c->supplies[s]);
    uint8_t before = c->supplies[s].state;

    if (event == ON_IDENTIFIED) {
        prognosis_forget(&c->prognoses[s]);
        plausible_forget(c, s);
    }
    if (supply_happens(&c->supplies[s], event, c->now_us)) {
        journal_supply(c, s, before);
        c->count.changes++;
        if (!was_lost && supply_is_lost(&c->supplies[s])) {
            c->count.losses++;
            c->identities[s].sure = false;
        }
        c->replan = true;
        sequencer_wake(c);
        if ((event == ON_OVERLOADED) || assess_may_short(c, s)) {
            ask_others(c, s);
        }
    }
}

static struct verdict_limits limits_of(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = {
        .v_low_mV = 0, .v_high_mV = UINT32_MAX, .capacity_mW = c->cfg.supplies[s].capacity_mW};

    if (u->easing && passed(c->now_us, u->easing_from_us, u->easing_us)) {
        u->easing = false;
    }
    l.starting = u->easing;
    if (u->bar < c->cfg.n_bars) {
        l.v_low_mV = c->cfg.bars[u->bar].v_low_mV;
        l.v_high_mV = c->cfg.bars[u->bar].v_high_mV;
    }
    return l;
}

/* Is another supply of the same bar in current limit, or was it until it tripped? */
static bool neighbour_is_low(const struct controller *c, uint8_t s, const struct verdict_limits *l)
{
    const struct supply *u = &c->supplies[s];

    for (uint8_t i = 0; (i < c->cfg.n_supplies) && (u->closed > 0U); i++) {
        const struct supply *other = &c->supplies[i];
        struct verdict_limits its = *l;

        its.capacity_mW = c->cfg.supplies[i].capacity_mW;
        if ((i != s) && (other->bar == u->bar) && (other->closed > 0U) && other->has_reading &&
            (other->v_mV < l->v_low_mV) &&
            (verdict_is_heavy(other, &its) || ((other->status & (uint32_t)ST_IOUT_OC) != 0U))) {
            return true;
        }
    }
    return false;
}

static void count_bad(struct controller *c, uint8_t s, bool at_once)
{
    struct supply *u = &c->supplies[s];

    if (!u->counted) {
        u->counted = true;
        u->bad = (u->bad < UINT8_MAX) ? (uint8_t)(u->bad + 1U) : u->bad;
    }
    if (at_once || (u->bad >= c->cfg.confirm)) {
        assess_event(c, s, ON_BAD);
    }
}

/* ---- STATUS_WORD -------------------------------------------------------------------------------- */

static void take_status(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    const uint16_t live = (uint16_t)ST_LIVE | (uint16_t)ST_VIN_UV;
    const uint16_t trips = (uint16_t)ST_IOUT_OC | (uint16_t)ST_VOUT_OV;

    if (((u->status ^ status) & live) != 0U) {
        u->restart_us = c->now_us;
    }
    /* Clearing takes the reason from its status, not its latch; a new start by the input does. */
    u->tripped = (u->tripped || ((status & trips) != 0U)) &&
                 ((status & ((uint16_t)ST_OFF | (uint16_t)ST_VIN_UV)) == (uint16_t)ST_OFF);
    record_status(c, s, status);
    u->status = status;
}

void assess_status(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = limits_of(c, s);
    bool news = status != u->status;

    take_status(c, s, status);
    lanes_status_came(c, s, news);
    if ((u->asks & (1U << (uint8_t)LANE_V)) == 0U) {
        u->silent = 0;
    }
    /* On a bar that has collapsed it may be the one that pulls it down: then its switch has to open
     * before a spare's closes, and only the full reading tells. */
    if (verdict_is_urgent(u) && !neighbour_is_low(c, s, &l)) {
        count_bad(c, s, (status & (uint16_t)ST_VIN_UV) != 0U);
    }
}

/* ---- restarts ----------------------------------------------------------------------------------- */

/* How long to wait for it to start by itself. One that has tripped never will; as long as its
 * switches are open, or its bar is dark and it is the one to try, whatever made it trip harms nobody when it
 * starts. */
static uint32_t restart_wait_us(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    bool harms =
        (u->state != (uint8_t)SUPPLY_ISOLATED) && (shorted_role(c, s, u->bar) != SHORTED_TRIES);
    bool starts_itself = !u->tripped || harms;
    const struct chip *chip = chip_row(c->cfg.supplies[s].chip);
    uint32_t wait_us = starts_itself ? chip->start_us : (uint32_t)SUPPLY_TRIPPED_us;

    if ((chip->toggle_us != 0U) && ((u->status & (uint16_t)ST_OFF) == 0U)) {
        wait_us = chip->toggle_us;
    }

    for (uint8_t i = 0; i < u->restarts; i++) {
        wait_us *= 2U; /* at most SUPPLY_RESTARTS times */
    }
    return wait_us;
}

/* A supply that is off, or not good, without a reason that it would state, may wait for being
 * switched off and on. Not before it had the time to start by itself, and not for ever. */
static void consider_restart(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    const uint16_t reasons = (uint16_t)ST_VIN_UV | (uint16_t)ST_INPUT | (uint16_t)ST_TEMPERATURE;

    if (((u->state != (uint8_t)SUPPLY_LOST) && (u->state != (uint8_t)SUPPLY_ISOLATED)) ||
        ((u->status & reasons) != 0U) || (shorted_role(c, s, u->bar) == SHORTED_KEEPS_OFF) ||
        ((u->status & ((uint16_t)ST_OFF | (uint16_t)ST_NO_POWER_GOOD)) == 0U) ||
        !passed(c->now_us, u->restart_us, restart_wait_us(c, s))) {
        return;
    }
    u->restart_us = c->now_us;
    if (u->restarts >= (uint8_t)SUPPLY_RESTARTS) {
        assess_event(c, s, ON_EXHAUSTED);
        return;
    }
    u->restarts++;
    u->tripped = false;
    u->want_restart = true;
    c->count.restarts++;
}

/* ---- readings ----------------------------------------------------------------------------------- */

/* Is that of now? What is said of the input is latched: of what is it tells only once it was cleared. */
static bool is_news(const struct supply *u)
{
    const uint16_t live = (uint16_t)ST_OFF | (uint16_t)ST_NO_POWER_GOOD;

    return (u->clears > 0U) || ((u->status & (live | (uint16_t)ST_INPUT)) != (uint16_t)ST_INPUT);
}

static void judge(struct controller *c, uint8_t s)
{
    static const uint8_t events[VERDICT_BAD] = {[VERDICT_GOOD] = (uint8_t)ON_GOOD,
                                                [VERDICT_WARNING] = (uint8_t)ON_WARNING,
                                                [VERDICT_OVERLOADED] = (uint8_t)ON_OVERLOADED};
    struct supply *u = &c->supplies[s];
    struct verdict_limits l = limits_of(c, s);
    uint8_t danger = u->danger;

    l.neighbour_low = (u->v_mV < l.v_low_mV) && neighbour_is_low(c, s, &l);
    enum verdict verdict = verdict_of(u, &l);

    if ((u->judged < (uint8_t)SUPPLY_JUDGED) && ((u->judged == 0U) || is_news(u))) {
        u->judged++;
        c->replan = c->replan || supply_is_lost(u);
    }
    c->replan = c->replan || (danger != u->danger);
    if (verdict == VERDICT_BAD) {
        u->good = 0;
        count_bad(c, s, false);
        consider_restart(c, s);
    } else if (verdict == VERDICT_STARTING) {
        u->bad = 0;
    } else {
        u->bad = 0;
        u->good = (u->good < UINT8_MAX) ? (uint8_t)(u->good + 1U) : u->good;
        bool again = (u->losses > 0U) && (verdict == VERDICT_GOOD);
        enum supply_event event = again ? ON_RETURNED : (enum supply_event)events[verdict];
        if (supply_takes(u, event, c->now_us)) {
            assess_event(c, s, event);
        }
    }
    if (supply_is_proven(u, c->now_us)) {
        assess_event(c, s, ON_PROVEN);
    }
}

void assess_reading(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->silent = 0;
    if (plausible_reading(c, s)) {
        u->has_reading = true;
        u->read_us = c->now_us;
        judge(c, s);
        shorted_reading(c, s);
        welds_reading(c, s);
    } else if (c->plausibles[s].absurd != 1U) {
        if (u->has_reading) {
            journal_note(c, JOURNAL_DOUBT, s,
                         c->plausibles[s].frozen ? (uint16_t)DOUBT_FROZEN : (uint16_t)DOUBT_ABSURD);
        }
        u->has_reading = false;
        assess_event(c, s, ON_SILENT);
    } else {
        /* once is overlooked */
    }
}

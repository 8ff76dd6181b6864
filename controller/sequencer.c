/* sequencer.c - make before break, break before make.  Checked by tests/controller/test_sequencer.c. */
#include "sequencer.h"

#include "bits.h"
#include "clock.h"
#include "controller.h"
#include "pins.h"
#include "shed.h"
#include "shorted.h"
#include "supply.h"

#include <string.h>

/* What the rules of one look at the switches depend on, gathered once. */
struct view {
    bool danger[CTL_BARS];      /* a dangerous supply is still connected */
    bool making[CTL_BARS];      /* something that shall close has not settled yet */
    uint8_t good[CTL_BARS];     /* switches closed and settled that a serving supply is behind */
    bool leaving[CTL_SUPPLIES]; /* one of its switches has yet to open */
    uint8_t allowed;            /* bars that servers let go of a good supply, bit per bar */
    bool held_up;               /* some switch waits for that */
    bool moving;                /* some switch has not settled */
    bool crossing; /* some switch waits only for one of its supply that has yet to open */
};

static bool level_closes(const struct ctl_switch_config *sw, uint16_t word)
{
    bool high = (((uint32_t)word >> sw->bit) & 1U) != 0U;

    return high != sw->active_low;
}

void sequencer_wake(struct controller *c)
{
    c->sequencing = true;
    c->sequence_us = c->now_us;
    c->sequence_wait_us = 0;
}

void sequencer_adopt(struct controller *c, uint8_t e)
{
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];

        if (c->cfg.switches[i].expander == e) {
            k->told = level_closes(&c->cfg.switches[i], c->pins[e].image);
            k->read = level_closes(&c->cfg.switches[i], c->pins[e].input);
            k->wanted = k->told;
            k->proven = k->told == k->read;
        }
    }
    c->supplies_told = false;
    c->replan = true;
    sequencer_wake(c);
}

/* A supply that is switched onto a bar may be pulled down by it for a while. */
static void ease(struct controller *c, const struct ctl_switch_config *sw)
{
    struct supply *u = &c->supplies[sw->supply];

    u->easing = true;
    u->easing_from_us = c->now_us;
    u->easing_us = sw->close_us + (uint32_t)SUPPLY_EASE_us;
}

void sequencer_told(struct controller *c, uint8_t e)
{
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];
        bool told = level_closes(&c->cfg.switches[i], c->pins[e].output);

        if ((c->cfg.switches[i].expander == e) && (told != k->told)) {
            c->supplies[c->cfg.switches[i].supply].conducts = false;
            k->told = told;
            k->moving = true;
            k->made = false;
            k->odd = 0;
            k->fault = (uint8_t)CONTACT_SOUND;
            k->proven = false;
            k->resting = true;
            k->misses = 0;
            k->since_us = c->now_us;
            k->operations++;
            c->count.switch_commands++;
            journal_note(c, JOURNAL_SWITCH, i, told ? 1U : 0U);
            if (told) {
                ease(c, &c->cfg.switches[i]);
            }
        }
    }
    c->supplies_told = false;
    c->replan = true;
    sequencer_wake(c);
}

static void is_stuck(struct controller *c, uint8_t i)
{
    struct contact *k = &c->contacts[i];

    c->supplies[c->cfg.switches[i].supply].conducts = false;
    k->stuck = true;
    k->stuck_us = c->now_us;
    k->stuck_count = (k->stuck_count < UINT8_MAX) ? (uint8_t)(k->stuck_count + 1U) : UINT8_MAX;
    k->wanted = k->read;
    k->misses = 0;
    c->count.stuck_switches++;
    journal_note(c, JOURNAL_STUCK, i, k->read ? 1U : 0U);
    c->replan = true;
    sequencer_wake(c);
}

bool sequencer_compare(struct controller *c, uint8_t e)
{
    bool again = false;

    c->supplies_told = false;
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];

        if (c->cfg.switches[i].expander != e) {
            continue;
        }
        k->read = level_closes(&c->cfg.switches[i], c->pins[e].input);
        if (k->read == k->told) {
            k->misses = 0;
            if (!k->proven) {
                k->proven = true;
                sequencer_wake(c);
            }
        } else if (!k->stuck) {
            k->proven = false;
            k->misses++;
            if (k->misses >= (uint8_t)SEQUENCER_MISSES) {
                is_stuck(c, i);
            }
            again = true;
        } else {
            k->proven = false;
        }
    }
    return again;
}

/* ---- the rules --------------------------------------------------------------------------------- */

static bool is_settled(const struct contact *k)
{
    return !k->moving && k->proven;
}

/* It opens before anything closes: its supply pulls the bar down or drives it too high; or it was lost
 * where something shorts the bar, which may be it. */
static bool is_danger(const struct controller *c, const struct ctl_switch_config *sw)
{
    const struct supply *u = &c->supplies[sw->supply];

    return (u->danger != (uint8_t)DANGER_NONE) ||
           (supply_is_lost(u) && (shorted_role(c, sw->supply, sw->bar) == SHORTED_KEEPS_OFF));
}

static void look(const struct controller *c, struct view *v)
{
    uint8_t opening = 0; /* bars that a switch has yet to open on */
    bool moving = false;

    (void)memset(v, 0, sizeof(*v));
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        const struct supply *u = &c->supplies[sw->supply];
        bool connected = k->told || k->moving;

        if (!connected && !k->wanted) {
            continue; /* open and at rest */
        }
        moving = moving || k->moving || (k->told && !k->proven);
        opening |= (k->told && !k->wanted && !k->stuck) ? bit(sw->bar) : 0U;
        if (connected && !k->wanted && !k->stuck) {
            v->leaving[sw->supply] = true;
            v->danger[sw->bar] = v->danger[sw->bar] || is_danger(c, sw);
        }
        if (k->wanted && !k->stuck && (k->fault == (uint8_t)CONTACT_SOUND) &&
            !(k->told && is_settled(k))) {
            v->making[sw->bar] = true;
        }
        if (k->wanted && k->told && is_settled(k) && !supply_is_lost(u) &&
            (k->fault == (uint8_t)CONTACT_SOUND)) {
            v->good[sw->bar]++;
        }
    }
    v->moving = moving;
    v->allowed = (opening != 0U) ? shed_allows(c) : 0U;
    v->held_up = (opening & (uint8_t)~v->allowed) != 0U;
}

static bool may_move(const struct controller *c, uint8_t i)
{
    const struct contact *k = &c->contacts[i];
    const struct ctl_switch_config *sw = &c->cfg.switches[i];

    return !k->stuck && (k->fault == (uint8_t)CONTACT_SOUND) && !k->moving && !k->resting &&
           pins_obey(c, sw->expander);
}

static bool may_close(const struct controller *c, struct view *v, uint8_t i, bool strict)
{
    const struct ctl_switch_config *sw = &c->cfg.switches[i];
    const bool may = may_move(c, i) && !v->danger[sw->bar];
    const bool crosses = may && strict && v->leaving[sw->supply];

    v->crossing = v->crossing || crosses;
    return may && !crosses;
}

static bool may_open(const struct controller *c, const struct view *v, uint8_t i)
{
    const struct ctl_switch_config *sw = &c->cfg.switches[i];

    if (is_danger(c, sw)) {
        return !c->contacts[i].stuck && pins_obey(c, sw->expander);
    }
    return may_move(c, i) && !v->making[sw->bar] && (v->good[sw->bar] > 0U) &&
           (supply_is_lost(&c->supplies[sw->supply]) || has(v->allowed, sw->bar));
}

/* ---- one look ---------------------------------------------------------------------------------- */

/* What has had its time is over; what has not tells when to look again. */
static void look_at_clock(struct controller *c)
{
    uint32_t wait_us = UINT32_MAX;
    bool at_rest = true;
    bool open = false; /* something is yet to come */

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];
        const struct ctl_switch_config *sw = &c->cfg.switches[i];

        if (k->moving) {
            uint32_t left = left_us(c->now_us, k->since_us, k->told ? sw->close_us : sw->open_us);
            k->moving = left > 0U;
            c->replan = c->replan || !k->moving;
            c->supplies_told = c->supplies_told && k->moving;
            wait_us = k->moving ? sooner_us(wait_us, left) : wait_us;
        }
        if (k->resting) {
            uint32_t left = left_us(c->now_us, k->since_us, sw->dwell_us);
            k->resting = left > 0U;
            c->replan = c->replan || !k->resting;
            wait_us = k->resting ? sooner_us(wait_us, left) : wait_us;
        }
        bool there = k->wanted == k->told;
        at_rest = at_rest && !k->moving && (k->stuck || there);
        open = open || k->moving || k->resting || !there || !k->proven;
    }
    c->at_rest = at_rest;
    c->sequencing = open;
    c->sequence_us = c->now_us;
    c->sequence_wait_us = wait_us;
}

/* The image of each expander with every change that is allowed now; true: there is one. */
static bool draw(struct controller *c, struct view *v, uint16_t image[], bool strict)
{
    bool changed = false;

    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        image[e] = c->pins[e].image;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        bool closed = k->stuck ? k->read : k->told;

        if ((k->wanted != k->told) &&
            (k->wanted ? may_close(c, v, i, strict) : may_open(c, v, i))) {
            closed = k->wanted;
            changed = true;
        }
        uint16_t mask = (uint16_t)(1U << sw->bit);
        image[sw->expander] = (closed != sw->active_low) ? (image[sw->expander] | mask)
                                                         : (image[sw->expander] & (uint16_t)~mask);
    }
    return changed;
}

/* Which of its switches are closed. */
static void tell_supplies(struct controller *c)
{
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        c->supplies[s].closed = 0;
        c->supplies[s].settled = 0;
        c->supplies[s].opening = false;
        c->supplies[s].bar = (uint8_t)CTL_NOBODY;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];
        struct supply *u = &c->supplies[c->cfg.switches[i].supply];

        if ((u->bar == (uint8_t)CTL_NOBODY) || (k->told && (u->closed == 0U))) {
            u->bar = c->cfg.switches[i].bar;
        }
        if (contact_is_closed(k)) {
            u->closed++;
            if (is_settled(k) || k->stuck || (k->fault == (uint8_t)CONTACT_WELDED)) {
                u->settled++;
            }
        } else if (k->moving) {
            u->opening = true;
        } else {
            /* open and at rest */
        }
    }
    c->supplies_told = true;
}

/* They learn from that whether they share. */
static void move_supplies(struct controller *c)
{
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        struct supply *u = &c->supplies[s];
        enum supply_event event = (u->closed > 0U) ? ON_CLOSING : ON_OPENED;
        bool known = (u->closed > 0U) || !u->opening;
        uint8_t before = u->state;

        event = (u->settled > 0U) ? ON_CLOSED : event;
        if (known && supply_happens(u, event, c->now_us)) {
            journal_supply(c, s, before);
            c->count.changes++;
            c->replan = true;
        }
    }
}

void sequencer_run(struct controller *c)
{
    uint16_t image[CTL_EXPANDERS] = {0};
    struct view v;

    look_at_clock(c);
    look(c, &v);
    if (!draw(c, &v, image, true) && v.crossing && !v.moving && !v.held_up) {
        (void)draw(c, &v, image, false);
    }
    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        if (pins_obey(c, e)) {
            pins_want(c, e, image[e]);
        }
    }
    if (!c->supplies_told) {
        tell_supplies(c);
    }
    move_supplies(c);
    if (v.held_up) {
        c->sequence_wait_us = sooner_us(c->sequence_wait_us, (uint32_t)SEQUENCER_SHED_us);
    }
}

void sequencer_tick(struct controller *c)
{
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];

        if (k->stuck && passed(c->now_us, k->stuck_us,
                               grown_us((uint32_t)SEQUENCER_STUCK_us, k->stuck_count,
                                        (uint32_t)SEQUENCER_STUCK_MAX_us))) {
            k->stuck = false;
            c->supplies[c->cfg.switches[i].supply].conducts = false;
            c->supplies_told = false;
            c->replan = true;
        }
    }
}

uint32_t sequencer_wait_us(const struct controller *c)
{
    return c->sequencing ? left_us(c->now_us, c->sequence_us, c->sequence_wait_us) : UINT32_MAX;
}

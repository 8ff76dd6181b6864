/* welds.c - see welds.h.  Checked by tests/controller/test_welds.c. */
#include "welds.h"

#include "clock.h"
#include "controller.h"
#include "sequencer.h"
#include "verdict.h"

enum { WELDED_PART = 20, MADE_PART = 100, BUSY_PART = 2, DREW_PART = 8, FADE = 256 };

static bool delivers(const struct controller *c, uint8_t s, uint32_t part)
{
    const struct supply *u = &c->supplies[s];

    return verdict_carries(u, u->v_mV, c->cfg.supplies[s].capacity_mW, part);
}

static void find(struct controller *c, uint8_t i, enum contact_fault fault)
{
    struct contact *k = &c->contacts[i];

    k->odd = 0;
    if (k->fault == (uint8_t)fault) {
        return;
    }
    k->fault = (uint8_t)fault;
    if (fault != CONTACT_SOUND) {
        c->count.stuck_switches++;
        journal_note(c, JOURNAL_STUCK, i, (fault == CONTACT_WELDED) ? 1U : 0U);
    }
    c->count.changes++;
    c->supplies_told = false;
    c->replan = true;
    sequencer_wake(c);
}

static void look_again(struct controller *c, uint8_t i, enum contact_fault fault)
{
    struct contact *k = &c->contacts[i];

    k->odd++;
    if (k->odd >= (uint8_t)WELDS_READINGS) {
        find(c, i, fault);
    }
}

/* ---- told to be open --------------------------------------------------------------------------- */

static void look_for_weld(struct controller *c, uint8_t s, uint8_t last)
{
    struct contact *k = &c->contacts[last];
    bool delivering = delivers(c, s, (uint32_t)WELDED_PART);

    if (delivering && (k->fault != (uint8_t)CONTACT_WELDED)) {
        if (passed(c->now_us, k->since_us, (uint32_t)WELDS_OPEN_us)) {
            look_again(c, last, CONTACT_WELDED);
        }
    } else if (!delivering && !delivers(c, s, (uint32_t)MADE_PART) &&
               (k->fault != (uint8_t)CONTACT_SOUND)) {
        look_again(c, last, CONTACT_SOUND);
    } else {
        k->odd = 0;
    }
}

/* ---- told to be closed ------------------------------------------------------------------------- */

/* The others of its bar carry more than half of their rating; or there are none, and it drew something. */
static bool is_missed(const struct controller *c, uint8_t s, uint8_t bar)
{
    bool others = false;

    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        const struct supply *o = &c->supplies[i];

        if ((i != s) && (o->settled > 0U) && (o->bar == bar) && o->has_reading) {
            others = true;
            if (!delivers(c, i, (uint32_t)BUSY_PART)) {
                return false;
            }
        }
    }
    return others ||
           (((uint64_t)c->drew_mW[bar] * (uint32_t)DREW_PART) >= c->cfg.supplies[s].capacity_mW);
}

static void look_for_gap(struct controller *c, uint8_t s, uint8_t closed)
{
    struct contact *k = &c->contacts[closed];

    if (delivers(c, s, (uint32_t)MADE_PART)) {
        k->made = true;
        find(c, closed, CONTACT_SOUND);
    } else if (!k->made && (k->fault == (uint8_t)CONTACT_SOUND) && !k->moving && k->proven &&
               supply_is_good(&c->supplies[s]) &&
               passed(c->now_us, k->since_us, (uint32_t)WELDS_CLOSED_us) &&
               is_missed(c, s, c->cfg.switches[closed].bar)) {
        look_again(c, closed, CONTACT_DEAD);
    } else {
        k->odd = 0;
    }
}

/* ---- readings ---------------------------------------------------------------------------------- */

static bool is_settled(const struct contact *k)
{
    return (k->fault == (uint8_t)CONTACT_SOUND) && (k->odd == 0U) && !k->moving;
}

void welds_reading(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];
    const bool is_closed = u->closed > 0U;
    const bool as_told =
        delivers(c, s, is_closed ? (uint32_t)MADE_PART : (uint32_t)WELDED_PART) == is_closed;
    uint8_t told = 0;
    uint8_t closed = (uint8_t)CTL_NOBODY;
    uint8_t last = (uint8_t)CTL_NOBODY;

    if (u->conducts && as_told) {
        return;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];

        if ((c->cfg.switches[i].supply != s) || k->stuck) {
            continue;
        }
        if (k->told || k->moving) {
            told++;
            closed = i;
        }
        if ((last == (uint8_t)CTL_NOBODY) ||
            ((c->now_us - k->since_us) < (c->now_us - c->contacts[last].since_us))) {
            last = i;
        }
    }
    if ((told == 0U) && (last != (uint8_t)CTL_NOBODY)) {
        look_for_weld(c, s, last);
        u->conducts = as_told && !is_closed && is_settled(&c->contacts[last]);
    } else if ((told == 1U) && c->contacts[closed].told) {
        look_for_gap(c, s, closed);
        u->conducts = as_told && (u->closed == 1U) && is_settled(&c->contacts[closed]);
    } else {
        u->conducts = false; /* through which of them its current goes, nobody knows */
    }
}

void welds_tick(struct controller *c)
{
    uint64_t p_mW[CTL_BARS] = {0};

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        const struct supply *u = &c->supplies[s];

        if ((u->settled > 0U) && (u->bar < c->cfg.n_bars) && u->has_reading && (u->i_mA > 0)) {
            const uint32_t i_8mA = (uint32_t)u->i_mA / 8U;
            p_mW[u->bar] += (uint64_t)i_8mA * (u->v_mV / 125U); /* mA mV / 1000 */
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const uint32_t faded_mW = c->drew_mW[b] - (c->drew_mW[b] / (uint32_t)FADE);
        const uint32_t most_mW = (p_mW[b] > UINT32_MAX) ? UINT32_MAX : (uint32_t)p_mW[b];

        c->drew_mW[b] = (most_mW > faded_mW) ? most_mW : faded_mW;
    }
}

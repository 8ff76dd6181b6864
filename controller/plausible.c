/* plausible.c - see plausible.h.  Checked by tests/controller/test_plausible.c. */
#include "plausible.h"

#include "clock.h"
#include "controller.h"
#include "pmbus.h"

#include <string.h>

enum {
    FADE = 64, /* the longest spell fades by this part with each change */
    MOVE_PART = 8,
    ABSURD_VOLTS = 2,
    ABSURD_AMPERES = 4,
    QUICK_EQUAL = 4
};

static uint8_t one_more(uint8_t n)
{
    return (n < UINT8_MAX) ? (uint8_t)(n + 1U) : n;
}

void plausible_forget(struct controller *c, uint8_t s)
{
    struct plausible *p = &c->plausibles[s];

    (void)memset(p, 0, sizeof(*p));
    p->since_us = c->now_us;
}

static uint32_t distance(int32_t a, int32_t b)
{
    return (a > b) ? ((uint32_t)a - (uint32_t)b) : ((uint32_t)b - (uint32_t)a);
}

/* Is it more than its rated current times `many` over `part`? In mA mV = uW, without a division. */
static bool exceeds(const struct controller *c, uint8_t s, uint32_t i_mA, uint32_t many,
                    uint32_t part)
{
    uint8_t bar = c->supplies[s].bar;
    uint64_t rated_uW = (uint64_t)c->cfg.supplies[s].capacity_mW * 1000U;

    return (bar < c->cfg.n_bars) &&
           ((((uint64_t)i_mA * c->cfg.bars[bar].v_high_mV) * part) > (rated_uW * many));
}

/* ---- frozen ------------------------------------------------------------------------------------ */

static void note_change(struct controller *c, struct plausible *p)
{
    uint32_t spell_us = c->now_us - p->since_us;

    p->longest_us -= p->longest_us / (uint32_t)FADE;
    if (spell_us > p->longest_us) {
        p->longest_us = spell_us;
    }
    p->changes = one_more(p->changes);
    p->equal = 0;
    p->frozen = false;
    p->since_us = c->now_us;
}

static void note_move(struct controller *c, uint8_t s)
{
    struct plausible *p = &c->plausibles[s];

    if (exceeds(c, s, distance(p->i_mA, p->base_mA), 1U, (uint32_t)MOVE_PART)) {
        p->moved = p->changes > 0U;
        p->base_mA = p->i_mA;
        p->moved_us = c->now_us;
    }
}

/* Has a supply of the same bar moved since s was last seen to change? Not right after: their readings are
 * not taken in the same instant. */
static bool neighbour_moved(const struct controller *c, uint8_t s)
{
    const struct plausible *p = &c->plausibles[s];
    const struct supply *u = &c->supplies[s];
    uint32_t quiet_us = c->now_us - p->since_us;

    for (uint8_t i = 0; (i < c->cfg.n_supplies) && (u->settled > 0U); i++) {
        const struct plausible *o = &c->plausibles[i];
        uint32_t ago_us = c->now_us - o->moved_us;

        if ((i != s) && (c->supplies[i].bar == u->bar) && (c->supplies[i].settled > 0U) &&
            o->moved && (ago_us < quiet_us) && (ago_us >= (uint32_t)PLAUSIBLE_MOVED_us)) {
            return true;
        }
    }
    return false;
}

static bool is_frozen(const struct controller *c, uint8_t s)
{
    const struct plausible *p = &c->plausibles[s];
    uint32_t quiet_us = c->now_us - p->since_us;
    uint32_t most_us = (p->longest_us > (UINT32_MAX / (uint32_t)PLAUSIBLE_SPELLS))
                           ? UINT32_MAX
                           : (p->longest_us * (uint32_t)PLAUSIBLE_SPELLS);
    bool quiet = (quiet_us > most_us) && (quiet_us > (uint32_t)PLAUSIBLE_FROZEN_us) &&
                 (p->equal >= (uint8_t)PLAUSIBLE_EQUAL);
    bool alone = ((quiet_us / 2U) > p->longest_us) && (p->equal >= (uint8_t)QUICK_EQUAL) &&
                 neighbour_moved(c, s);

    return p->frozen || ((p->changes >= (uint8_t)PLAUSIBLE_CHANGES) && (quiet || alone));
}

/* ---- absurd ------------------------------------------------------------------------------------ */

static bool is_absurd(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    uint64_t v_most_mV = UINT64_MAX;

    if ((u->bar < c->cfg.n_bars) && ((u->status & (uint32_t)ST_VOUT_OV) == 0U)) {
        v_most_mV = (uint64_t)c->cfg.bars[u->bar].v_high_mV * (uint32_t)ABSURD_VOLTS;
    }
    return (u->v_mV > v_most_mV) ||
           exceeds(c, s, distance(u->i_mA, 0), (uint32_t)ABSURD_AMPERES, 1U);
}

bool plausible_reading(struct controller *c, uint8_t s)
{
    struct plausible *p = &c->plausibles[s];
    const struct supply *u = &c->supplies[s];

    if (is_absurd(c, s)) {
        p->absurd = one_more(p->absurd);
        return false;
    }
    p->absurd = 0;
    if ((u->v_mV != p->v_mV) || (u->i_mA != p->i_mA)) {
        p->v_mV = u->v_mV;
        p->i_mA = u->i_mA;
        note_change(c, p);
        note_move(c, s);
    } else {
        p->equal = one_more(p->equal);
        p->frozen = is_frozen(c, s);
    }
    return !p->frozen;
}

/* journal.c - the ring, its checks, and the story that is set aside.  Checked by test_journal.c. */
#include "journal.h"

#include "clock.h"
#include "controller.h"
#include "pmbus.h"

#include <string.h>

/* ---- the ring ---------------------------------------------------------------------------------- */

/* FNV-1a over words instead of bytes, folded. From its start, memory full of zeros is not sound. */
static const uint32_t HASH_START = 2166136261U;
static const uint32_t HASH_PRIME = 16777619U;

static uint8_t check_of(const struct journal_entry *e)
{
    uint32_t hash = (HASH_START ^ e->at_us) * HASH_PRIME;

    hash = (hash ^ (((uint32_t)e->wraps << 16) | e->detail)) * HASH_PRIME;
    hash = (hash ^ (((uint32_t)e->what << 16) | ((uint32_t)e->who << 8) | e->times)) * HASH_PRIME;
    hash ^= hash >> 16;
    return (uint8_t)((hash ^ (hash >> 8)) & 0xFFU);
}

static bool is_sound(const struct journal_entry *e)
{
    return (e->what > (uint8_t)JOURNAL_NOTHING) && (e->what < (uint8_t)JOURNAL_WHATS) &&
           (e->check == check_of(e));
}

static uint8_t place(const struct journal_ring *ring, uint8_t n)
{
    return (uint8_t)((ring->next + (uint8_t)JOURNAL_ENTRIES - 1U - n) % (uint8_t)JOURNAL_ENTRIES);
}

bool journal_entry(const struct journal_ring *ring, uint8_t n, struct journal_entry *entry)
{
    uint8_t left = n;

    for (uint8_t i = 0; i < (uint8_t)JOURNAL_ENTRIES; i++) {
        const struct journal_entry *e = &ring->entry[place(ring, i)];

        if (e->what != (uint8_t)JOURNAL_NOTHING) {
            if (left == 0U) {
                *entry = *e;
                return true;
            }
            left--;
        }
    }
    return false;
}

static void drop_unsound(struct journal_ring *ring)
{
    ring->next %= (uint8_t)JOURNAL_ENTRIES;
    for (uint8_t i = 0; i < (uint8_t)JOURNAL_ENTRIES; i++) {
        if (!is_sound(&ring->entry[i])) {
            ring->entry[i].what = (uint8_t)JOURNAL_NOTHING;
        }
    }
}

void journal_open(struct journal *j, bool kept, uint32_t now_us)
{
    if (kept) {
        drop_unsound(&j->ring);
        drop_unsound(&j->story);
    } else {
        (void)memset(j, 0, sizeof(*j));
    }
    j->started_us = now_us;
    j->last_us = 0;
    j->lit_us = 0;
    j->wraps = 0;
    j->dark = 0;
    j->lit = 0;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static void look_at_clock(struct journal *j, uint32_t now_us)
{
    uint32_t at_us = now_us - j->started_us;

    j->wraps = (uint16_t)(j->wraps + ((at_us < j->last_us) ? 1U : 0U));
    j->last_us = at_us;
}

void journal_note(struct controller *c, enum journal_what what, uint8_t who, uint16_t detail)
{
    struct journal *j = &c->journal;
    struct journal_entry *newest = &j->ring.entry[place(&j->ring, 0)];

    look_at_clock(j, c->now_us);
    if ((newest->what == (uint8_t)what) && (newest->who == who) && (newest->detail == detail)) {
        newest->times = (newest->times < UINT8_MAX) ? (uint8_t)(newest->times + 1U) : UINT8_MAX;
        newest->check = check_of(newest);
        return;
    }
    struct journal_entry *e = &j->ring.entry[j->ring.next];
    *e = (struct journal_entry){.at_us = j->last_us,
                                .wraps = j->wraps,
                                .detail = detail,
                                .what = (uint8_t)what,
                                .who = who,
                                .times = 1};
    e->check = check_of(e);
    j->ring.next = (uint8_t)((j->ring.next + 1U) % (uint8_t)JOURNAL_ENTRIES);
}

void journal_supply(struct controller *c, uint8_t s, uint8_t before)
{
    journal_note(c, JOURNAL_SUPPLY, s, (uint16_t)(((uint32_t)before << 8) | c->supplies[s].state));
}

/* ---- bars that go dark ------------------------------------------------------------------------- */

/* Bars of which a supply that is switched onto them says that they are in their window. */
static uint8_t lit_bars(const struct controller *c)
{
    uint8_t lit = 0;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        const struct ctl_bar_config *bar = &c->cfg.bars[sw->bar];
        const struct supply *u = &c->supplies[sw->supply];
        const struct contact *k = &c->contacts[i];

        if (((lit & (uint8_t)(1U << sw->bar)) == 0U) && k->told && k->read && !k->moving &&
            u->has_reading && (u->v_mV >= bar->v_low_mV) && (u->v_mV <= bar->v_high_mV) &&
            ((u->status & (uint16_t)ST_OFF) == 0U)) {
            lit |= (uint8_t)(1U << sw->bar);
        }
    }
    return lit;
}

static void set_story_aside(struct journal *j)
{
    bool is_old = (j->dark == 0U) && (j->last_us - j->lit_us >= (uint32_t)JOURNAL_LIT_us);
    struct journal_entry e;

    if (!journal_entry(&j->story, 0, &e) || is_old) {
        j->story = j->ring;
    }
}

void journal_tick(struct controller *c)
{
    struct journal *j = &c->journal;
    uint8_t lit = lit_bars(c);
    uint8_t fallen = j->lit & (uint8_t)~lit;
    uint8_t risen = lit & (uint8_t)~j->lit;

    look_at_clock(j, c->now_us);
    if ((fallen | risen) == 0U) {
        return;
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        uint8_t mask = (uint8_t)(1U << b);

        if ((fallen & mask) != 0U) {
            journal_note(c, JOURNAL_DARK, b, 0);
            set_story_aside(j);
            j->dark |= mask;
        } else if ((risen & mask) != 0U) {
            journal_note(c, JOURNAL_LIT, b, 0);
            j->dark &= (uint8_t)~mask;
            j->lit_us = j->last_us;
        } else {
            /* as it was */
        }
    }
    j->lit = lit;
}

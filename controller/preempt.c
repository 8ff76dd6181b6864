/* preempt.c - see preempt.h.  Checked by tests/controller/test_preempt.c. */
#include "preempt.h"

#include "clock.h"
#include "controller.h"

#include <string.h>

void preempt_init(struct controller *c)
{
    (void)memset(&c->preempt, 0, sizeof(c->preempt));
    c->preempt.trial = (uint8_t)CTL_NOBODY;
    c->preempt.minute_us = c->now_us;
}

bool preempt_is_without(const struct controller *c, uint8_t s)
{
    return c->preempt.taken[s] || (c->preempt.trial == s);
}

static void take(struct controller *c, uint8_t s, bool taken)
{
    c->preempt.taken[s] = taken;
    journal_note(c, JOURNAL_PREEMPT, s, taken ? 1U : 0U);
}

static bool is_failing(const struct controller *c, uint8_t s)
{
    return c->prognoses[s].health == (uint8_t)HEALTH_FAILING;
}

/* Trials wait until the rack is at rest, and one that did not pay until something has changed. */
static void choose(struct controller *c)
{
    struct preempt *p = &c->preempt;
    bool calm = c->surveyed && !c->replan && !c->sequencing && (p->today < c->cfg.preempt_most);

    if (c->count.changes != p->refused_at) {
        (void)memset(p->refused, 0, sizeof(p->refused));
    }
    for (uint8_t s = 0; calm && (s < c->cfg.n_supplies); s++) {
        if (is_failing(c, s) && !p->taken[s] && !p->refused[s] && (c->supplies[s].closed > 0U) &&
            !supply_is_lost(&c->supplies[s])) {
            p->trial = s;
            c->replan = true;
            calm = false;
        }
    }
}

void preempt_tick(struct controller *c)
{
    struct preempt *p = &c->preempt;

    if (passed(c->now_us, p->minute_us, (uint32_t)PREEMPT_MINUTE_us)) {
        p->minute_us += (uint32_t)PREEMPT_MINUTE_us;
        p->minutes++;
        if (p->minutes >= (uint16_t)PREEMPT_DAY) {
            p->minutes = 0;
            p->today = 0;
        }
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (p->taken[s] && !is_failing(c, s)) {
            take(c, s, false);
            c->replan = true;
        }
    }
    if (p->trial == (uint8_t)CTL_NOBODY) {
        choose(c);
    }
}

static void refuse(struct controller *c, uint8_t s)
{
    c->preempt.refused[s] = true;
    c->preempt.refused_at = c->count.changes;
    c->replan = true;
}

bool preempt_agrees(struct controller *c, const struct plan *plan, uint8_t served,
                    uint8_t redundant)
{
    struct preempt *p = &c->preempt;
    const uint8_t all = (uint8_t)(((uint32_t)1 << c->cfg.n_bars) - 1U);
    const uint8_t kept = plan->served & plan->redundant;
    const uint8_t trial = p->trial;
    bool serves_all = plan->served == all;

    p->trial = (uint8_t)CTL_NOBODY;
    if (trial != (uint8_t)CTL_NOBODY) {
        bool gain = ((plan->served & (uint8_t)~served) | (kept & (uint8_t)~redundant)) != 0U;
        bool loss = (served & redundant & (uint8_t)~kept) != 0U;
        bool cheap = (plan->score.term[PLAN_RISK] == 0U) &&
                     (plan->score.term[PLAN_SWITCHED] <= (uint32_t)PREEMPT_SWITCHES);
        if (!gain || loss || !serves_all || !cheap) {
            refuse(c, trial);
            c->count.refusals++;
            return false;
        }
        take(c, trial, true);
        p->today++;
        c->count.preemptions++;
        return true;
    }
    bool without = false;
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (p->taken[s] && !serves_all) {
            take(c, s, false);
            refuse(c, s);
            without = true;
        }
    }
    return !without;
}

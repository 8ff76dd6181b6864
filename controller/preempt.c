/* preempt.c - see preempt.h.  Checked by tests/controller/test_preempt.c. */
#include "preempt.h"

#include "allocate.h"
#include "clock.h"
#include "controller.h"

#include <string.h>

void preempt_init(struct controller *c)
{
    (void)memset(&c->preempt, 0, sizeof(c->preempt));
    c->preempt.trial = (uint8_t)CTL_NOBODY;
    c->preempt.minute_us = c->now_us;
}

static bool is_in(plan_set set, uint8_t s)
{
    return ((set >> s) & 1U) != 0U;
}

bool preempt_has_taken(const struct controller *c, uint8_t s)
{
    return is_in(c->preempt.taken, s);
}

bool preempt_is_without(const struct controller *c, uint8_t s)
{
    return preempt_has_taken(c, s) || (c->preempt.trial == s);
}

static void take(struct controller *c, uint8_t s, bool taken)
{
    const plan_set only = (plan_set)1U << s;

    c->preempt.taken = taken ? (c->preempt.taken | only) : (c->preempt.taken & ~only);
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
    bool calm = c->surveyed && !c->replan && !c->sequencing && !c->reload && !allocate_plans(c) &&
                (p->today < c->cfg.preempt_most);

    if (c->count.changes != p->refused_at) {
        p->refused = 0;
    }
    for (uint8_t s = 0; calm && (s < c->cfg.n_supplies); s++) {
        if (is_failing(c, s) && !is_in(p->taken | p->refused, s) && (c->supplies[s].closed > 0U) &&
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
        if (preempt_has_taken(c, s) && !is_failing(c, s)) {
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
    c->preempt.refused |= (plan_set)1U << s;
    c->preempt.refused_at = c->count.changes;
    c->replan = true;
}

bool preempt_pays(struct controller *c, const struct plan *plan, uint8_t served, uint8_t redundant)
{
    struct preempt *p = &c->preempt;
    const uint8_t all = (uint8_t)(((uint32_t)1 << c->cfg.n_bars) - 1U);
    const uint8_t kept = plan->served & plan->redundant;
    const uint8_t trial = p->trial;
    bool gain = ((plan->served & (uint8_t)~served) | (kept & (uint8_t)~redundant)) != 0U;
    bool loss = (served & redundant & (uint8_t)~kept) != 0U;
    bool cheap = (plan->score.term[PLAN_RISK] == 0U) &&
                 (plan->score.term[PLAN_SWITCHED] <= (uint32_t)PREEMPT_SWITCHES);
    bool pays = gain && !loss && (plan->served == all) && cheap;

    p->trial = (uint8_t)CTL_NOBODY;
    if (pays) {
        take(c, trial, true);
        p->today++;
        c->count.preemptions++;
    } else {
        refuse(c, trial);
        c->count.refusals++;
    }
    return pays;
}

bool preempt_is_missed(struct controller *c, const struct plan *plan)
{
    const uint8_t all = (uint8_t)(((uint32_t)1 << c->cfg.n_bars) - 1U);
    bool missed = false;

    for (uint8_t s = 0; (plan->served != all) && (s < c->cfg.n_supplies); s++) {
        if (preempt_has_taken(c, s)) {
            take(c, s, false);
            refuse(c, s);
            missed = true;
        }
    }
    return missed;
}

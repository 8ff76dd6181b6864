/* allocate.c - the question for the planner and its answer.  Checked by test_step.c, test_storm.c. */
#include "allocate.h"

#include "assess.h"
#include "bits.h"
#include "contingency.h"
#include "controller.h"
#include "identity.h"
#include "loads.h"
#include "pins.h"
#include "planner.h"
#include "pmbus.h"
#include "poll.h"
#include "rescue.h"
#include "sequencer.h"
#include "supply.h"
#include "wire.h"

#include <string.h>

/* How long one supply's trouble makes others doubtful. */
enum { DOUBT_SWEEPS = 2 };

/* Silent, but so is its whole bus, or it had no turn yet since the bus came back. */
static bool is_excused(const struct controller *c, uint8_t s)
{
    return !c->wires[c->cfg.supplies[s].bus].surveyed;
}

/* Two bars have two shares for it, and it says that this is more than it can carry: it may be left with
 * one of them. */
static bool has_too_many(const struct controller *c, uint8_t s, const struct plan_supply *q)
{
    const struct supply *u = &c->supplies[s];
    const uint16_t overload = (uint16_t)ST_IOUT_POUT | (uint16_t)ST_IOUT_OC;

    return u->has_reading && !is_excused(c, s) && has_several(q->present) &&
           ((u->status & overload) != 0U);
}

static void ask_supply(const struct controller *c, uint8_t s, struct plan_supply *q)
{
    const struct supply *u = &c->supplies[s];
    bool feeds = q->present != 0U;

    if (preempt_is_without(c, s)) {
        return;
    }
    switch (u->state) {
    case SUPPLY_STANDBY:
    case SUPPLY_STARTING:
    case SUPPLY_SHARING:
        q->serves = true;
        q->spares = true;
        q->joins = true;
        q->leaves = true;
        break;
    case SUPPLY_SUSPECT:
        q->serves = u->has_reading || (is_excused(c, s) && feeds);
        q->spares = !u->has_reading && is_excused(c, s) && feeds;
        q->joins = u->has_reading;
        q->leaves = has_too_many(c, s, q);
        break;
    case SUPPLY_ABSENT:
    case SUPPLY_IDENTIFIED:
        q->serves = is_excused(c, s) && feeds;
        q->spares = q->serves;
        break;
    case SUPPLY_PROBATION:
        q->serves = true;
        break;
    default: /* lost in one way or another */
        break;
    }
}

/* So much that the one which exceeds the mean share by most still carries its rating, no more. */
static uint32_t shared_mW(const struct controller *c, uint32_t capacity_mW)
{
    const uint32_t over = c->cfg.sharing_permille;

    return capacity_mW - ((capacity_mW / (1000U + over)) * over);
}

/* Questions are compared as memory: they are copies of this one, padding included, which is zero. */
void allocate_init(struct controller *c)
{
    struct plan_problem *q = &c->problem;

    q->n_supplies = c->cfg.n_supplies;
    q->n_bars = c->cfg.n_bars;
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        q->supplies[s].capacity_mW = c->cfg.supplies[s].capacity_mW;
        q->supplies[s].shared_mW = shared_mW(c, c->cfg.supplies[s].capacity_mW);
        q->supplies[s].feed = c->cfg.supplies[s].feed;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];

        q->supplies[sw->supply].reach |= bit(sw->bar);
        q->supplies[sw->supply].back |= sw->one_way ? 0U : bit(sw->bar);
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        q->bars[b].load_mW = c->cfg.bars[b].load_mW;
        q->bars[b].spare = c->cfg.bars[b].spare;
        q->bars[b].priority = c->cfg.bars[b].priority;
        q->bars[b].two_feeds = c->cfg.bars[b].two_feeds;
    }
}

/* The question answered last, as it is now; its loads, for the time being, are as they were. */
static void ask(const struct controller *c, struct plan_problem *q)
{
    const uint8_t shut = shorted_bars(c);
    uint32_t obeying = 0; /* expanders, bit per expander */

    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        obeying |= pins_obey(c, e) ? ((uint32_t)1 << e) : 0U;
    }
    (void)memcpy(q, &c->problem, sizeof(*q));
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        struct plan_supply *u = &q->supplies[s];

        u->present = 0;
        u->made = 0;
        u->frozen = shut;
        u->worn = 0;
        u->serves = false;
        u->spares = false;
        u->joins = false;
        u->leaves = false;
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        if (has(shut, b) && (c->shorted[b].trial < c->cfg.n_supplies)) {
            q->supplies[c->shorted[b].trial].frozen &= (uint8_t)~bit(b);
        }
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        struct plan_supply *u = &q->supplies[sw->supply];
        const uint8_t b = bit(sw->bar);

        u->worn |= ((sw->life > 0U) && (k->operations >= sw->life)) ? b : 0U;
        if (contact_is_closed(k)) {
            u->present |= b;
            u->frozen &= (uint8_t)~b; /* from a shorted bar it may go */
            u->made |= k->moving ? 0U : b;
        }
        if (k->stuck || k->resting || (k->fault != (uint8_t)CONTACT_SOUND) ||
            (((obeying >> sw->expander) & 1U) == 0U)) {
            u->frozen |= b;
        }
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        ask_supply(c, s, &q->supplies[s]);
    }
}

/* A lost supply is taken off a bar that another one feeds: at once when it is dangerous, else after
 * the next sweep has confirmed the loss (by then the supplies that failed of the same cause are known
 * too), and not while what it may still give (an input lost leaves some milliseconds) is missed
 * there. The last supply of a bar is never taken off. */
static bool shall_leave(const struct controller *c, uint8_t s, uint8_t good, uint8_t served,
                        uint8_t bar)
{
    const struct supply *u = &c->supplies[s];

    if (!supply_is_lost(u) || !identity_is_sure(c, s) || ((good & bit(bar)) == 0U) ||
        (shorted_role(c, s, bar) == SHORTED_TRIES)) {
        return false;
    }
    return (u->danger != (uint8_t)DANGER_NONE) ||
           (((u->judged >= (uint8_t)SUPPLY_JUDGED) || (u->silent > 0U)) &&
            (((served & bit(bar)) != 0U) || u->output_dead));
}

/* One that is about to fail is taken off where it is not needed even as redundancy. */
static bool shall_retire(const struct controller *c, uint8_t s, uint8_t good,
                         const struct plan *plan, uint8_t bar)
{
    return preempt_has_taken(c, s) && ((good & plan->served & plan->redundant & bit(bar)) != 0U);
}

/* Bars that a good supply feeds in the plan, or one that tries whether they are still shorted; `sound` are
 * those where its switch obeys, for a welded one is not relied upon alone. */
static uint8_t bars_with_good(const struct controller *c, const struct plan_problem *q,
                              const struct plan *plan, uint8_t *sound)
{
    uint8_t good = 0;

    *sound = 0;
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        const uint8_t b = plan->feeds[sw->supply] & bit(sw->bar);

        if ((b != 0U) && (q->supplies[sw->supply].serves ||
                          (shorted_role(c, sw->supply, sw->bar) == SHORTED_TRIES))) {
            good |= b;
            *sound |= (c->contacts[i].fault == (uint8_t)CONTACT_SOUND) ? b : 0U;
        }
    }
    return good;
}

static bool is_unknown(const struct supply *u)
{
    return (u->state == (uint8_t)SUPPLY_ABSENT) || (u->state == (uint8_t)SUPPLY_IDENTIFIED);
}

static void want(struct controller *c, const struct plan_problem *q, const struct plan *plan)
{
    uint8_t sound;
    const uint8_t good = bars_with_good(c, q, plan, &sound);
    bool moved = false;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        struct contact *k = &c->contacts[i];
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        bool wanted = (plan->feeds[sw->supply] & bit(sw->bar)) != 0U;

        if (!k->stuck && (shall_leave(c, sw->supply, good, plan->served, sw->bar) ||
                          shall_retire(c, sw->supply, good, plan, sw->bar))) {
            wanted = false;
        }
        if ((sound & bit(sw->bar)) == 0U) {
            wanted =
                wanted || (k->wanted && (c->supplies[sw->supply].danger == (uint8_t)DANGER_NONE));
        }
        if (k->fault == (uint8_t)CONTACT_DEAD) {
            wanted = k->told; /* it may be a false alarm: it is left as it is */
        }
        if (wanted && !k->told &&
            ((!k->wanted && is_unknown(&c->supplies[sw->supply])) ||
             (shorted_role(c, sw->supply, sw->bar) == SHORTED_KEEPS_OFF))) {
            wanted = false; /* whatever a plan says that was made before */
        }
        moved = moved || (wanted != k->wanted);
        k->wanted = wanted;
    }
    if (moved) {
        c->count.moves++;
        journal_note(c, JOURNAL_PLAN, plan->served, plan->redundant);
    }
    sequencer_wake(c);
}

/* One that has just lost its input: the others of its feed are about to be found without input too; its
 * hold-up lasts longer than the sweep that tells. */
static bool doubts_feed(const struct controller *c, uint8_t i)
{
    const struct supply *u = &c->supplies[i];

    return (c->cfg.supplies[i].feed != (uint8_t)CTL_NO_FEED) &&
           ((u->status & (uint16_t)ST_VIN_UV) != 0U) && supply_is_lost(u);
}

/* One whose bar is out of its window, through no fault of its own: another one of that bar may be it that
 * pulls the bar down or drives it too high. What would be moved now would be moved by what is no longer
 * true. */
static bool doubts_bar(const struct controller *c, uint8_t i)
{
    const struct supply *u = &c->supplies[i];

    return (u->state == (uint8_t)SUPPLY_SUSPECT) && u->has_reading && (u->closed > 0U) &&
           (u->bar < c->cfg.n_bars) &&
           ((u->v_mV < c->cfg.bars[u->bar].v_low_mV) || (u->v_mV > c->cfg.bars[u->bar].v_high_mV));
}

/* What a supply casts doubt on. */
struct doubt {
    uint8_t of;
    bool feed;       /* the others of its feed ... */
    bool bar;        /* ... and of its bar ... */
    uint32_t ago_us; /* ... that have not been read since */
};

static struct doubt doubt_of(const struct controller *c, uint8_t i)
{
    struct doubt d = {.of = i, .ago_us = c->now_us - c->supplies[i].since_us};

    if (d.ago_us < ((uint32_t)DOUBT_SWEEPS * c->cfg.sweep_us)) {
        d.feed = doubts_feed(c, i);
        d.bar = doubts_bar(c, i);
    }
    return d;
}

static bool is_doubted(const struct controller *c, const struct doubt *d, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    bool unread = (c->now_us - u->read_us) > d->ago_us;
    bool related = (d->feed && (c->cfg.supplies[s].feed == c->cfg.supplies[d->of].feed)) ||
                   (d->bar && (u->closed > 0U) && (u->bar == c->supplies[d->of].bar));

    return unread && related && (s != d->of) && supply_is_good(u);
}

plan_set allocate_doubted(const struct controller *c)
{
    plan_set set = 0;

    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        const struct doubt d = doubt_of(c, i);

        if (d.feed || d.bar) {
            for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
                set |= is_doubted(c, &d, s) ? ((plan_set)1U << s) : 0U;
            }
        }
    }
    return set;
}

/* Do both feed the same bar, and is `i` alive as far as is known? */
static bool is_beside(const struct controller *c, uint8_t i, uint8_t s)
{
    const struct supply *o = &c->supplies[i];

    return (o->closed > 0U) && (o->bar == c->supplies[s].bar) && (o->bar < c->cfg.n_bars) &&
           o->has_reading && !supply_is_lost(o);
}

/* A danger to its bar, as far as is known: its number is about to be read back, in this turn of its. The
 * order in which switches may move depends on it. */
static bool is_being_named(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];

    return (u->danger != (uint8_t)DANGER_NONE) && supply_is_lost(u) && !identity_is_sure(c, s) &&
           (u->step != (uint8_t)POLL_REST);
}

/* May it be what pulls its bar down? The others of the bar tell: in their window, and it was merely dead;
 * low, and its next reading shows whether their current goes in there. Both are read at once (assess.c).
 * Until then no spare is closed onto the bar. */
static bool is_unexplained(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    const uint32_t ago_us = c->now_us - u->since_us;
    bool open = false;

    if (!assess_may_short(c, s) || (ago_us >= ((uint32_t)DOUBT_SWEEPS * c->cfg.sweep_us))) {
        return false;
    }
    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        const struct supply *o = &c->supplies[i];
        const uint32_t read_us = c->now_us - o->read_us;

        if ((i == s) || !is_beside(c, i, s)) {
            continue;
        }
        if ((read_us <= ago_us) && (o->v_mV >= c->cfg.bars[u->bar].v_low_mV)) {
            return false;
        }
        open = open || (read_us > ago_us) || (read_us < (c->now_us - u->read_us));
    }
    return open;
}

static bool is_urgent(const struct controller *c)
{
    bool urgent = false;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        urgent = urgent || (c->supplies[s].danger != (uint8_t)DANGER_NONE);
    }
    return urgent;
}

bool allocate_waits(const struct controller *c)
{
    bool named = false;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        named = named || is_being_named(c, s) || is_unexplained(c, s);
    }
    return named || shorted_may_follow(c) || (!is_urgent(c) && (allocate_doubted(c) != 0U));
}

/* ---- the answer -------------------------------------------------------------------------------- */

/* No row of the table fits: something safe at once. */
static void improvise(struct controller *c, const struct plan_problem *q)
{
    struct plan plan;

    rescue_plan(&c->problem, &c->plan, c->served, q, &plan);
    c->plan = plan;
    c->answered = false;
}

static void look_up(struct controller *c, const struct contingency_row *row, struct plan_problem *q)
{
    c->served = row->served;
    c->redundant = row->redundant;
    contingency_plan(c, row, &c->plan);
    contingency_ask(c, row, q);
    c->answered = true;
    c->count.foreseen++;
}

static void search(struct controller *c, const struct plan_problem *q, enum controller_search what)
{
    planner_begin(&c->planner, q);
    loads_begin(c, &c->loads);
    c->search = (uint8_t)what;
}

static void answer(struct controller *c, struct plan_problem *q)
{
    const struct contingency_row *row = contingency_find(c, q);

    if (row != NULL) {
        look_up(c, row, q);
    } else {
        improvise(c, q);
    }
    (void)memcpy(&c->problem, q, sizeof(*q));
    contingency_forget(c);
    search(c, q, SEARCH_LOADS);
}

/* What if this supply, which is about to fail, was not relied upon? Found out beside everything else. */
static void try_without(struct controller *c, uint8_t s, struct plan_problem *q)
{
    c->preempt.trial = s;
    if (c->search != (uint8_t)SEARCH_TRIAL) {
        ask(c, q);
        search(c, q, SEARCH_TRIAL);
    }
}

bool allocate(struct controller *c)
{
    const uint8_t trial = c->preempt.trial;
    const bool reload = c->reload;
    struct plan_problem q;

    c->preempt.trial = (uint8_t)CTL_NOBODY; /* other news come first, and end it */
    c->reload = false;
    ask(c, &q);
    /* Copies of the first question, padding included. */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    if (memcmp(&q, &c->problem, sizeof(q)) != 0) {
        answer(c, &q);
        if (preempt_is_missed(c, &c->plan)) {
            return false;
        }
    } else if (reload) {
        contingency_reload(c);
        search(c, &q, SEARCH_LOADS);
    } else if (trial != (uint8_t)CTL_NOBODY) {
        try_without(c, trial, &q);
    } else {
        /* the question answered last */
    }
    want(c, &c->problem, &c->plan);
    return true;
}

/* ---- a slice of a search ----------------------------------------------------------------------- */

bool allocate_plans(const struct controller *c)
{
    return (c->search == (uint8_t)SEARCH_PLAN) || (c->search == (uint8_t)SEARCH_LOADS);
}

enum allocate_work allocate_work(const struct controller *c)
{
    bool begun = (c->search == (uint8_t)SEARCH_CASE) || (c->search == (uint8_t)SEARCH_TRIAL);

    if (allocate_plans(c)) {
        return ALLOCATE_PLANS;
    }
    return (begun || (c->at_rest && contingency_has_work(c))) ? ALLOCATE_LOOKS_AHEAD
                                                              : ALLOCATE_IDLE;
}

/* The planner's answer is what is wanted from now on; carried out when nothing is in doubt. */
static void adopt(struct controller *c)
{
    c->answered = true;
    c->plan = c->planner.best;
    c->served = c->planner.served;
    c->redundant = c->planner.redundant;
    c->replan = true;
}

static void end_trial(struct controller *c)
{
    const struct planner *found = &c->planner;

    if (preempt_pays(c, &found->best, found->served, found->redundant)) {
        (void)memcpy(&c->problem, &found->problem, sizeof(c->problem));
        contingency_forget(c);
        adopt(c);
    }
}

/* The loads of the present question are known. Others than those of its answer void that. */
static void take_loads(struct controller *c)
{
    const struct plan_problem *q = &c->planner.problem;

    /* Copies of the first question, padding included. */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    if (memcmp(q->bars, c->problem.bars, sizeof(q->bars)) != 0) {
        improvise(c, q);
        (void)memcpy(c->problem.bars, q->bars, sizeof(q->bars));
        contingency_forget(c);
        c->replan = true;
    }
    c->search = (uint8_t)SEARCH_NONE;
    if (!c->answered) {
        c->served = rescue_served(q);
        c->redundant &= c->served;
        c->search = (uint8_t)SEARCH_PLAN;
        c->count.plans++;
    }
}

static void found(struct controller *c)
{
    const uint8_t what = c->search;

    c->search = (uint8_t)SEARCH_NONE;
    switch (what) {
    case SEARCH_PLAN:
        adopt(c);
        (void)preempt_is_missed(c, &c->plan);
        break;
    case SEARCH_TRIAL:
        end_trial(c);
        break;
    default:
        contingency_store(c);
        break;
    }
}

void allocate_think(struct controller *c)
{
    if ((c->search == (uint8_t)SEARCH_NONE) && c->at_rest && contingency_has_work(c) &&
        contingency_begin(c)) {
        c->search = (uint8_t)SEARCH_CASE;
    }
    if (c->search == (uint8_t)SEARCH_NONE) {
        return;
    }
    if (c->loads.stage != (uint8_t)LOADS_FOUND) {
        if (loads_run(c, &c->loads, &c->planner.problem) && (c->search == (uint8_t)SEARCH_LOADS)) {
            take_loads(c);
        }
    } else if (planner_run(&c->planner)) {
        found(c);
    } else {
        /* more in another step */
    }
}

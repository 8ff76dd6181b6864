/* planner.c - a local search over allocations of supplies to bars, a slice at a time.
 * Checked by tests/controller/test_planner.c. */
#include "planner.h"

#include "bits.h"
#include "score.h"

#include <stddef.h>
#include <string.h>

enum {
    NO_CHOICE = 0x100,
    CLIMBS = 3 /* from the present, from all closed, from all open */
};

uint8_t plan_movable(const struct plan_supply *u)
{
    uint8_t closes = u->joins ? (u->reach & (uint8_t)~u->present) : 0U;
    uint8_t opens = u->leaves ? u->present : 0U;

    return (closes | opens) & (uint8_t)~u->frozen;
}

/* ---- neighbours -------------------------------------------------------------------------------- */

static bool is_single(uint8_t mask)
{
    return (mask != 0U) && !has_several(mask);
}

/* Other bars that a supply might feed: none, all it reaches, one of them, one more or less. Choice i of
 * a supply that feeds `now`; NO_CHOICE: not allowed, not another one, or told by a choice before. */
static uint16_t choice_of(const struct planner *s, uint8_t supply, uint8_t i)
{
    const uint8_t reach = s->problem.supplies[supply].reach;
    const uint8_t now = s->at.feeds[supply];
    const uint8_t fixed = (uint8_t)~s->brief.movable[supply];
    const uint8_t one = (i < 2U) ? 0U : bit((uint8_t)((i - 2U) / 2U));
    uint8_t mask = 0;
    bool fresh = true;

    if (i == 1U) {
        mask = reach;
        fresh = mask != 0U;
    } else if ((i & 1U) == 0U) {
        mask = one;
        fresh = (i == 0U) || (((reach & one) != 0U) && (mask != reach));
    } else {
        mask = now ^ one;
        fresh = ((reach & one) != 0U) && (mask != 0U) && (mask != reach) && !is_single(mask);
    }
    fresh =
        fresh && (mask != now) && (((mask ^ s->problem.supplies[supply].present) & fixed) == 0U);
    return fresh ? mask : (uint16_t)NO_CHOICE;
}

/* What can be done with this supply can be done with one between `from` and it just as well, and was. */
static bool is_double(const struct planner *s, uint8_t from, uint8_t supply)
{
    bool same = false;

    for (uint8_t i = from; (i < supply) && !same; i++) {
        same =
            (s->brief.like[i] == s->brief.like[supply]) && (s->at.feeds[i] == s->at.feeds[supply]);
    }
    return same;
}

/* From *i on of the first supply from *supply on; NO_CHOICE: there are no more. Every supply that may
 * be moved has one, so this is soon found. */
static uint16_t next_choice(const struct planner *s, uint8_t from, uint8_t *supply, uint8_t *i)
{
    const uint8_t end = (uint8_t)(2U + (2U * s->problem.n_bars));

    while (*supply < s->problem.n_supplies) {
        bool moves =
            (s->brief.movable[*supply] != 0U) && ((*i > 0U) || !is_double(s, from, *supply));
        while ((*i < end) && moves) {
            uint16_t mask = choice_of(s, *supply, *i);
            if (mask != (uint16_t)NO_CHOICE) {
                return mask;
            }
            (*i)++;
        }
        *i = 0;
        (*supply)++;
    }
    return (uint16_t)NO_CHOICE;
}

static void propose(struct planner *s, const struct plan *plan, const struct plan_score *than,
                    uint32_t *cost)
{
    s->trial.plan = *plan;
    s->trial.than = *than;
    score_begin(&s->problem, &s->brief, &s->trial, cost);
}

/* Whatever it is worth: its score is wanted. */
static void propose_anyway(struct planner *s, const struct plan *plan, uint32_t *cost)
{
    struct plan_score worst;

    (void)memset(&worst, 0xFF, sizeof(worst));
    propose(s, plan, &worst, cost);
}

/* ---- what is good enough ----------------------------------------------------------------------- */

/* What is nearest to `mask` for this supply that its switches allow. */
static uint8_t nearest(const struct planner *s, uint8_t supply, uint8_t mask)
{
    const struct plan_supply *u = &s->problem.supplies[supply];
    const uint8_t movable = s->brief.movable[supply];

    return (uint8_t)((mask & u->reach & movable) | (u->present & (uint8_t)~movable));
}

/* What an allocation can hardly undercut, where there is such a thing: with ORing everywhere, no bar
 * that is to outlive more than one loss, and enough power for all, another closed switch makes no bar
 * darker or thinner. (Without ORing, or without enough power, it may: bars that are joined share their
 * troubles. With unequal supplies it may, too, but rarely: two of three thousand random racks.) */
static void take_bound(struct planner *s)
{
    uint8_t back = 0;

    s->least = s->trial.plan.score;
    s->is_bound = s->least.term[PLAN_DARK] == 0U;
    for (uint8_t i = 0; i < s->problem.n_supplies; i++) {
        back |= s->problem.supplies[i].back;
    }
    s->is_bound = s->is_bound && (back == 0U);
    for (uint8_t b = 0; b < s->problem.n_bars; b++) {
        s->is_bound = s->is_bound && (s->problem.bars[b].spare <= 1U);
    }
}

/* Nothing can be better than this many operations away: no need to look at pairs and other starts.
 * Where every bar is as well served and as redundant as it can be, they might save operations. */
static bool is_enough(const struct planner *s, const struct plan_score *is)
{
    static const uint8_t terms[] = {PLAN_STRANDED, PLAN_DARK, PLAN_SHORTAGE_mW,
                                    PLAN_RISK,     PLAN_THIN, PLAN_ONE_FEED};
    uint32_t sum = 0;
    bool bound = s->is_bound;

    for (uint32_t i = 0; i < (uint32_t)PLAN_SWITCHED; i++) {
        sum |= is->term[i];
    }
    for (uint32_t i = 0; i < sizeof(terms); i++) {
        bound = bound && (is->term[terms[i]] <= s->least.term[terms[i]]);
    }
    return bound || ((sum == 0U) && (is->term[PLAN_SWITCHED] <= 1U));
}

/* ---- a small rack: every allocation ------------------------------------------------------------ */

/* Allocations that the switches allow, but for the present one; 0: too many. */
static uint16_t others(const struct planner *s)
{
    uint32_t bits = 0;

    for (uint8_t i = 0; i < s->problem.n_supplies; i++) {
        bits += bits_in(s->brief.movable[i]);
    }
    return (uint16_t)((bits <= (uint32_t)PLANNER_EXACT_BITS) ? (((uint32_t)1 << bits) - 1U) : 0U);
}

/* The next one in the order of an odometer: of every supply all subsets of what is movable. */
static void turn(struct planner *s)
{
    for (uint8_t i = 0; i < s->problem.n_supplies; i++) {
        const uint32_t movable = s->brief.movable[i];
        uint32_t moved = (uint32_t)s->at.feeds[i] ^ s->problem.supplies[i].present;

        moved = (moved - movable) & movable;
        s->at.feeds[i] = (uint8_t)(s->problem.supplies[i].present ^ moved);
        if (moved != 0U) {
            return;
        }
    }
}

static void look_at_all(struct planner *s, uint32_t *cost)
{
    if (s->left == 0U) {
        s->phase = (uint8_t)PLANNER_DONE;
        return;
    }
    s->left--;
    turn(s);
    propose(s, &s->at, &s->best.score, cost);
}

/* ---- the climb --------------------------------------------------------------------------------- */

static void look_around(struct planner *s, enum planner_phase phase)
{
    s->phase = (uint8_t)phase;
    s->first = 0;
    s->choice = 0;
    s->second = 1;
    s->other = 0;
    s->found = false;
    s->next = s->at;
}

static void end_climb(struct planner *s)
{
    if (score_is_better(&s->at.score, &s->best.score)) {
        s->best = s->at;
    }
    s->left = (s->climbs == 1U) ? others(s) : 0U;
    if (is_enough(s, &s->best.score) || (s->climbs >= (uint8_t)CLIMBS)) {
        s->phase = (uint8_t)PLANNER_DONE;
    } else {
        s->phase = (s->left > 0U) ? (uint8_t)PLANNER_ALL : (uint8_t)PLANNER_START;
    }
    if (s->phase == (uint8_t)PLANNER_ALL) {
        for (uint8_t i = 0; i < s->problem.n_supplies; i++) {
            s->at.feeds[i] = s->problem.supplies[i].present;
        }
    }
}

/* All neighbours of this kind were looked at. */
static void end_round(struct planner *s)
{
    if (s->found) {
        s->at = s->next;
        s->moves++;
    }
    const bool goes_on = s->moves < (uint8_t)PLANNER_MOVES;

    if (goes_on && s->found) {
        look_around(s, PLANNER_ONE);
    } else if (goes_on && (s->phase == (uint8_t)PLANNER_ONE) && !is_enough(s, &s->at.score)) {
        look_around(s, PLANNER_TWO);
    } else {
        end_climb(s);
    }
}

static void look_at_one(struct planner *s, uint32_t *cost)
{
    uint16_t mask = next_choice(s, 0, &s->first, &s->choice);

    if (mask == (uint16_t)NO_CHOICE) {
        end_round(s);
        return;
    }
    struct plan trial = s->at;
    trial.feeds[s->first] = (uint8_t)mask;
    s->choice++;
    propose(s, &trial, &s->next.score, cost);
}

/* A swap, or a pair that only together carries a bar. */
static void look_at_two(struct planner *s, uint32_t *cost)
{
    uint16_t one = next_choice(s, 0, &s->first, &s->choice);

    if (one == (uint16_t)NO_CHOICE) {
        end_round(s);
        return;
    }
    if (s->second <= s->first) {
        s->second = (uint8_t)(s->first + 1U);
        s->other = 0;
    }
    uint16_t two = next_choice(s, (uint8_t)(s->first + 1U), &s->second, &s->other);
    if (two == (uint16_t)NO_CHOICE) {
        s->choice++;
        s->second = 0;
        return;
    }
    struct plan trial = s->at;
    trial.feeds[s->first] = (uint8_t)one;
    trial.feeds[s->second] = (uint8_t)two;
    s->other++;
    propose(s, &trial, &s->next.score, cost);
}

/* ---- the search -------------------------------------------------------------------------------- */

static void look_at_nearest(struct planner *s, uint8_t mask, uint32_t *cost)
{
    struct plan plan = {.served = 0};

    for (uint8_t i = 0; i < s->problem.n_supplies; i++) {
        plan.feeds[i] = nearest(s, i, mask);
    }
    propose_anyway(s, &plan, cost);
}

/* The next allocation to be judged. */
static void look(struct planner *s, uint32_t *cost)
{
    switch (s->phase) {
    case PLANNER_BRIEF:
        score_prepare(&s->problem, &s->brief);
        s->phase = (uint8_t)PLANNER_PRESENT;
        *cost += (uint32_t)PLANNER_SLICE;
        break;
    case PLANNER_PRESENT:
        propose_anyway(s, &s->best, cost);
        break;
    case PLANNER_BOUND:
        look_at_nearest(s, 0xFF, cost);
        break;
    case PLANNER_START:
        look_at_nearest(s, (s->climbs == 1U) ? 0xFFU : 0U, cost);
        break;
    case PLANNER_ONE:
        look_at_one(s, cost);
        break;
    case PLANNER_TWO:
        look_at_two(s, cost);
        break;
    case PLANNER_ALL:
        look_at_all(s, cost);
        break;
    default:
        s->phase = (uint8_t)PLANNER_DONE;
        break;
    }
}

static void start_climb(struct planner *s, const struct plan *from)
{
    s->at = *from;
    s->climbs++;
    s->moves = 0;
    look_around(s, PLANNER_ONE);
}

/* One that is better than asked for. */
static void take(struct planner *s)
{
    switch (s->phase) {
    case PLANNER_PRESENT:
        s->best = s->trial.plan;
        s->served = s->best.served;
        s->redundant = s->best.redundant;
        s->phase = (uint8_t)PLANNER_BOUND;
        break;
    case PLANNER_BOUND:
        take_bound(s);
        start_climb(s, &s->best);
        break;
    case PLANNER_START:
        start_climb(s, &s->trial.plan);
        break;
    case PLANNER_ALL:
        s->best = s->trial.plan;
        break;
    default: /* a neighbour */
        s->next = s->trial.plan;
        s->found = true;
        break;
    }
}

void planner_begin(struct planner *s, const struct plan_problem *p)
{
    (void)memset(s, 0, sizeof(*s));
    (void)memcpy(&s->problem, p, sizeof(*p));
    for (uint8_t i = 0; i < p->n_supplies; i++) {
        s->best.feeds[i] = p->supplies[i].present;
    }
    s->phase = (uint8_t)PLANNER_BRIEF;
}

bool planner_run(struct planner *s)
{
    uint32_t cost = 0;

    while ((s->phase != (uint8_t)PLANNER_DONE) && (cost < (uint32_t)PLANNER_SLICE)) {
        cost++; /* looking for a neighbour takes its time, too */
        if (s->trial.verdict == (uint8_t)TRIAL_OPEN) {
            score_go_on(&s->problem, &s->brief, &s->trial, &cost);
        } else {
            look(s, &cost);
        }
        if (s->trial.verdict == (uint8_t)TRIAL_BETTER) {
            s->trial.verdict = (uint8_t)TRIAL_WORSE;
            take(s);
        }
    }
    return s->phase == (uint8_t)PLANNER_DONE;
}

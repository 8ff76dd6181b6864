/* score.c - one allocation judged, its cheap and decisive terms first.  Checked by test_planner.c. */
#include "score.h"

#include "bits.h"
#include "groups.h"

#include <stddef.h>
#include <string.h>

enum { CLASS_BITS = 4 };

/* ---- what is the same for every allocation ----------------------------------------------------- */

static plan_set only(uint8_t s)
{
    return (plan_set)1U << s;
}

/* One bar counts more than all bars of lesser priority: a digit per class, highest first. */
static uint32_t weight(const struct plan_problem *p, uint8_t b)
{
    uint32_t better = 0;

    for (uint8_t other = 0; other < p->n_bars; other++) {
        bool first = p->bars[other].priority < p->bars[b].priority;
        for (uint8_t k = 0; (k < other) && first; k++) {
            first = p->bars[k].priority != p->bars[other].priority;
        }
        better += first ? 1U : 0U;
    }
    return (uint32_t)1 << ((7U - better) * (uint32_t)CLASS_BITS);
}

static void add_spare(const struct plan_problem *p, struct plan_brief *k, uint8_t s)
{
    uint8_t at = k->n_spares;

    for (; (at > 0U) && (p->supplies[k->order[at - 1U]].shared_mW < p->supplies[s].shared_mW);
         at--) {
        k->order[at] = k->order[at - 1U];
    }
    k->order[at] = s;
    k->n_spares++;
    k->spares |= only(s);
}

/* A feed of which one supply lives is that supply, and its loss is looked at anyway. */
static void find_feeds(const struct plan_problem *p, struct plan_brief *k)
{
    plan_set left = k->spares;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        plan_set same = 0;

        if (((left & only(s)) == 0U) || (p->supplies[s].feed == (uint8_t)CTL_NO_FEED)) {
            continue;
        }
        for (uint8_t other = s; other < p->n_supplies; other++) {
            same |= (p->supplies[other].feed == p->supplies[s].feed) ? only(other) : 0U;
        }
        same &= left;
        left &= ~same;
        if (same != only(s)) {
            k->of_feed[k->n_feeds] = same;
            k->n_feeds++;
        }
    }
}

static uint8_t first_like(const struct plan_problem *p, uint8_t s)
{
    uint8_t first = 0;

    /* Questions are zeroed, padding included, before they are filled in. */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    while (memcmp(&p->supplies[first], &p->supplies[s], sizeof(p->supplies[s])) != 0) {
        first++;
    }
    return first;
}

static void find_loads(const struct plan_problem *p, struct plan_brief *k)
{
    for (uint32_t set = 1; set < ((uint32_t)1 << p->n_bars); set++) {
        k->load_mW[set] = k->load_mW[set & (set - 1U)] + p->bars[lowest_in((uint8_t)set)].load_mW;
    }
}

static void find_carried(const struct plan_problem *p, struct plan_brief *k)
{
    uint8_t made[CTL_SUPPLIES];
    struct tally t;
    struct groups g;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        made[s] = p->supplies[s].made;
    }
    groups_tally(p, made, k->serves, &t);
    (void)groups_find(p->n_bars, k->load_mW, &t, &g);
    k->carried = groups_carried(&g, p->n_bars);
}

void score_prepare(const struct plan_problem *p, struct plan_brief *k)
{
    (void)memset(k, 0, sizeof(*k));
    for (uint8_t b = 0; b < p->n_bars; b++) {
        k->weight[b] = weight(p, b);
    }
    for (uint8_t s = 0; s < p->n_supplies; s++) {
        const struct plan_supply *u = &p->supplies[s];

        k->like[s] = first_like(p, s);
        k->movable[s] = plan_movable(u);
        if (u->serves) {
            k->serves |= only(s);
            k->live |= u->present;
        }
        if (u->spares) {
            add_spare(p, k, s);
        }
    }
    find_feeds(p, k);
    find_loads(p, k);
    find_carried(p, k);
}

/* ---- redundancy -------------------------------------------------------------------------------- */

static void lose(struct plan_trial *t, const struct groups *g, uint8_t b, uint32_t less_mW)
{
    uint32_t lacks_mW = groups_lack_mW(g, b, less_mW);

    t->thin |= groups_is_dark(g, b, less_mW) ? bit(b) : 0U;
    t->lacks_mW[b] = (lacks_mW > t->lacks_mW[b]) ? lacks_mW : t->lacks_mW[b];
}

/* The `n` largest supplies of these bars that may be relied on, but not `failed`, and joining ones
 * only on request. */
static uint32_t largest_mW(const struct plan_problem *p, const struct plan_brief *k,
                           const uint8_t feeds[], uint8_t bars, uint8_t n, uint8_t failed,
                           bool joining)
{
    uint32_t sum_mW = 0;
    uint8_t left = n;

    for (uint8_t i = 0; (i < k->n_spares) && (left > 0U); i++) {
        uint8_t s = k->order[i];

        if ((s != failed) && ((feeds[s] & bars) != 0U) && (joining || !has_several(feeds[s]))) {
            sum_mW += p->supplies[s].shared_mW;
            left--;
        }
    }
    return sum_mW;
}

/* Those of `who` that may be relied on, for what they deliver while shares are unequal. */
static void tally_shares(const struct plan_problem *p, const struct plan_brief *k,
                         const uint8_t feeds[], plan_set who, struct tally *t)
{
    (void)memset(t, 0, sizeof(*t));
    for (uint8_t i = 0; i < k->n_spares; i++) {
        uint8_t s = k->order[i];

        if ((who & only(s)) != 0U) {
            t->mW[feeds[s]] += p->supplies[s].shared_mW;
            t->back[feeds[s]] |= p->supplies[s].back & feeds[s];
        }
    }
}

/* The loss of a joining supply was looked at, or that of a larger one which joins the same bars in the
 * same way and so leaves less behind. */
static bool is_looked_at(const struct plan_problem *p, const struct plan_brief *k,
                         const uint8_t feeds[], uint8_t i)
{
    uint8_t s = k->order[i];
    bool same = false;

    for (uint8_t j = 0; (j < i) && !same; j++) {
        uint8_t other = k->order[j];

        same = (feeds[other] == feeds[s]) &&
               (((p->supplies[other].back ^ p->supplies[s].back) & feeds[s]) == 0U);
    }
    return same;
}

static void find_shares(const struct plan_problem *p, const struct plan_brief *k,
                        const uint8_t feeds[], plan_set who, struct groups *g, uint32_t *cost)
{
    struct tally t;

    tally_shares(p, k, feeds, who, &t);
    *cost += groups_find(p->n_bars, k->load_mW, &t, g);
}

/* The largest of the supplies that join no bars. */
static void lose_largest(const struct plan_problem *p, const struct plan_brief *k,
                         struct plan_trial *t, uint32_t *cost)
{
    struct groups g;

    find_shares(p, k, t->plan.feeds, k->spares, &g, cost);
    for (uint8_t b = 0; b < p->n_bars; b++) {
        t->joined[b] = g.of[b];
        lose(t, &g, b,
             largest_mW(p, k, t->plan.feeds, g.of[b], p->bars[b].spare, (uint8_t)CTL_SUPPLIES,
                        false));
    }
}

/* One that joins bars, and the largest ones with it. */
static void lose_joining(const struct plan_problem *p, const struct plan_brief *k, uint8_t i,
                         struct plan_trial *t, uint32_t *cost)
{
    const uint8_t *feeds = t->plan.feeds;
    const uint8_t s = k->order[i];
    struct groups rest;

    if (!has_several(feeds[s]) || is_looked_at(p, k, feeds, i)) {
        return;
    }
    find_shares(p, k, feeds, k->spares & ~only(s), &rest, cost);
    for (uint8_t b = 0; b < p->n_bars; b++) {
        const uint8_t spare = p->bars[b].spare;
        if ((spare > 0U) && ((t->joined[b] & feeds[s]) != 0U)) {
            lose(t, &rest, b, largest_mW(p, k, feeds, rest.of[b], (uint8_t)(spare - 1U), s, true));
        }
    }
}

static void lose_feed(const struct plan_problem *p, const struct plan_brief *k, uint8_t f,
                      struct plan_trial *t, uint32_t *cost)
{
    bool feeding = false;
    struct groups rest;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        feeding = feeding || (((k->of_feed[f] & only(s)) != 0U) && (t->plan.feeds[s] != 0U));
    }
    if (!feeding) {
        return;
    }
    find_shares(p, k, t->plan.feeds, k->spares & ~k->of_feed[f], &rest, cost);
    for (uint8_t b = 0; b < p->n_bars; b++) {
        t->one_feed |= groups_is_dark(&rest, b, 0) ? bit(b) : 0U;
        if (p->bars[b].two_feeds) {
            lose(t, &rest, b, 0);
        }
    }
}

/* ---- the terms --------------------------------------------------------------------------------- */

static uint32_t weight_of(const struct plan_problem *p, const struct plan_brief *k, uint8_t bars)
{
    uint32_t sum = 0;

    for (uint8_t b = 0; b < p->n_bars; b++) {
        sum += has(bars, b) ? k->weight[b] : 0U;
    }
    return sum;
}

/* As much as 32 bits hold. */
static uint32_t sum_of(uint32_t a, uint32_t b)
{
    return (a > (UINT32_MAX - b)) ? UINT32_MAX : (a + b);
}

/* What one walk along the supplies tells. */
struct walk {
    uint8_t fed; /* bars that a good supply feeds */
    bool opens;  /* a good supply has a switch to open that is closed now */
};

static void judge_effort(const struct plan_problem *p, struct plan *plan, struct walk *w)
{
    uint32_t *t = plan->score.term;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        const struct plan_supply *u = &p->supplies[s];
        uint8_t feeds = plan->feeds[s];
        uint8_t moved = feeds ^ u->present;

        if (u->serves) {
            w->fed |= feeds;
            w->opens = w->opens || ((u->made & (uint8_t)~feeds) != 0U);
        }
        t[PLAN_JOINED] += has_several(feeds) ? 1U : 0U;
        if (moved != 0U) {
            t[PLAN_SWITCHED] += bits_in(moved);
            t[PLAN_WORN] += bits_in(moved & u->worn);
        }
    }
}

static void judge_service(const struct plan_problem *p, const struct plan_brief *k,
                          struct plan *plan, uint32_t *cost)
{
    const uint8_t all = (uint8_t)(((uint32_t)1 << p->n_bars) - 1U);
    struct tally t;
    struct groups g;
    uint32_t *term = plan->score.term;

    groups_tally(p, plan->feeds, k->serves, &t);
    *cost += groups_find(p->n_bars, k->load_mW, &t, &g);
    plan->served = groups_carried(&g, p->n_bars);
    term[PLAN_DARK] = weight_of(p, k, (uint8_t)(all & ~(uint32_t)plan->served));
    for (uint8_t b = 0; b < p->n_bars; b++) {
        if (b == lowest_in(g.of[b])) {
            term[PLAN_SHORTAGE_mW] += groups_shortage_mW(&g, p->n_bars, b);
        }
    }
}

/* Bars, each by its weight, that are carried now and would not be once everything that shall open is
 * open and nothing that shall close is closed yet. */
static void judge_risk(const struct plan_problem *p, const struct plan_brief *k, struct plan *plan,
                       uint32_t *cost)
{
    uint8_t meanwhile[CTL_SUPPLIES];
    struct tally t;
    struct groups g;

    for (uint8_t s = 0; s < p->n_supplies; s++) {
        meanwhile[s] = p->supplies[s].made & plan->feeds[s];
    }
    groups_tally(p, meanwhile, k->serves, &t);
    *cost += groups_find(p->n_bars, k->load_mW, &t, &g);
    plan->score.term[PLAN_RISK] =
        weight_of(p, k, k->carried & (uint8_t)~groups_carried(&g, p->n_bars));
}

static void judge_losses(const struct plan_problem *p, const struct plan_brief *k,
                         struct plan_trial *trial)
{
    const uint8_t all = (uint8_t)(((uint32_t)1 << p->n_bars) - 1U);
    uint8_t hit = 0;
    uint32_t *t = trial->plan.score.term;

    t[PLAN_MARGIN_mW] = 0;
    for (uint8_t b = 0; b < p->n_bars; b++) {
        t[PLAN_MARGIN_mW] =
            sum_of(t[PLAN_MARGIN_mW], has(trial->thin, b) ? trial->lacks_mW[b] : 0U);
        hit |= (p->bars[b].spare > 0U) ? (trial->one_feed & bit(b)) : 0U;
    }
    trial->plan.redundant = all & (uint8_t)~trial->thin;
    t[PLAN_THIN] = weight_of(p, k, trial->thin);
    t[PLAN_ONE_FEED] = weight_of(p, k, hit);
}

int32_t score_compare(const struct plan_score *a, const struct plan_score *b, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (a->term[i] != b->term[i]) {
            return (a->term[i] < b->term[i]) ? -1 : 1;
        }
    }
    return 0;
}

bool score_is_better(const struct plan_score *a, const struct plan_score *b)
{
    return score_compare(a, b, (uint32_t)PLAN_TERMS) < 0;
}

/* Nothing is left to be wished for but less effort. */
static bool is_faultless(const struct plan_score *s)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < (uint32_t)PLAN_JOINED; i++) {
        sum |= s->term[i];
    }
    return sum == 0U;
}

static bool is_worse(const struct plan_trial *trial, enum plan_term before)
{
    return score_compare(&trial->plan.score, &trial->than, (uint32_t)before) > 0;
}

void score_begin(const struct plan_problem *p, const struct plan_brief *k, struct plan_trial *trial,
                 uint32_t *cost)
{
    struct plan *plan = &trial->plan;
    struct walk w = {.fed = 0};

    trial->verdict = (uint8_t)TRIAL_WORSE;
    trial->loss = 0;
    trial->thin = 0;
    trial->one_feed = 0;
    (void)memset(trial->lacks_mW, 0, sizeof(trial->lacks_mW));
    (void)memset(&plan->score, 0, sizeof(plan->score));
    judge_effort(p, plan, &w);
    plan->score.term[PLAN_STRANDED] = bits_in(k->live & (uint8_t)~w.fed);
    if ((is_faultless(&trial->than) && !score_is_better(&plan->score, &trial->than)) ||
        is_worse(trial, PLAN_DARK)) {
        return;
    }
    judge_service(p, k, plan, cost);
    if (is_worse(trial, PLAN_RISK)) {
        return;
    }
    if (w.opens) {
        judge_risk(p, k, plan, cost);
    }
    if (is_worse(trial, PLAN_THIN)) {
        return;
    }
    lose_largest(p, k, trial, cost);
    trial->verdict = (uint8_t)TRIAL_OPEN;
}

void score_go_on(const struct plan_problem *p, const struct plan_brief *k, struct plan_trial *trial,
                 uint32_t *cost)
{
    const uint32_t before = *cost;
    const uint8_t end = (uint8_t)(k->n_spares + k->n_feeds);

    while ((trial->loss < end) && (*cost == before)) {
        if (trial->loss < k->n_spares) {
            lose_joining(p, k, trial->loss, trial, cost);
        } else {
            lose_feed(p, k, (uint8_t)(trial->loss - k->n_spares), trial, cost);
        }
        trial->loss++;
    }
    judge_losses(p, k, trial);
    if (is_worse(trial, PLAN_ONE_FEED)) { /* no further loss makes it better */
        trial->verdict = (uint8_t)TRIAL_WORSE;
    } else if (trial->loss >= end) {
        trial->verdict = score_is_better(&trial->plan.score, &trial->than) ? (uint8_t)TRIAL_BETTER
                                                                           : (uint8_t)TRIAL_WORSE;
    } else {
        /* open */
    }
}

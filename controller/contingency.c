/* contingency.c - the plans for single failures.  Checked by tests/controller/test_contingency.c. */
#include "contingency.h"

#include "bits.h"
#include "controller.h"
#include "loads.h"

#include <stddef.h>
#include <string.h>

enum { LOOKS = 16 /* for the next case, in a step */ };

void contingency_forget(struct controller *c)
{
    (void)memset(&c->contingency, 0, sizeof(c->contingency));
    c->contingency.left = (uint16_t)CONTINGENCY_CASES;
}

/* Would they be found again? As long as the supplies carry what is wanted, or the ceiling, they would. */
static bool are_up_to_date(const struct controller *c, const struct contingency_loads *l)
{
    bool same = l->fits;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const uint32_t asked_mW = c->demand.bars[b].asked_mW;
        const bool ceiling = l->load_mW[b] == c->cfg.bars[b].load_mW;

        same = same && ((l->load_mW[b] == asked_mW) || (ceiling && (asked_mW < l->load_mW[b])));
    }
    return same;
}

void contingency_reload(struct controller *c)
{
    struct contingency *t = &c->contingency;

    for (uint16_t i = 0; i < (uint16_t)CONTINGENCY_CASES; i++) {
        const struct contingency_row *row = &t->rows[i];

        if ((row->loads > 0U) && !are_up_to_date(c, &t->loads[row->loads - 1U])) {
            t->old[i / 8U] |= bit((uint8_t)(i % 8U));
            t->left = (uint16_t)CONTINGENCY_CASES;
        }
    }
}

bool contingency_has_work(const struct controller *c)
{
    return c->contingency.left > 0U;
}

static void go_on(struct contingency *t)
{
    t->next = (uint16_t)((t->next + 1U) % (uint16_t)CONTINGENCY_CASES);
    t->left--;
}

/* Of parts of a question, which are copies of what ask() has zeroed, padding included. */
static bool is_alike(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size) == 0;
}

/* ---- cases ------------------------------------------------------------------------------------- */

static bool is_of_use(const struct plan_supply *u)
{
    return u->serves || u->spares || u->joins || u->leaves;
}

static uint8_t first_of_feed(const struct plan_problem *q, uint8_t s)
{
    uint8_t first = 0;

    while (q->supplies[first].feed != q->supplies[s].feed) {
        first++;
    }
    return first;
}

static uint32_t users_of_feed(const struct plan_problem *q, uint8_t feed)
{
    uint32_t n = 0;

    for (uint8_t s = 0; s < q->n_supplies; s++) {
        n += ((q->supplies[s].feed == feed) && is_of_use(&q->supplies[s])) ? 1U : 0U;
    }
    return n;
}

/* Would it change anything, and not the same as another case? */
static bool is_case(const struct controller *c, uint16_t number)
{
    const struct plan_problem *q = &c->problem;
    uint8_t i = (uint8_t)number; /* of a supply or a switch */

    if (number < (uint16_t)CONTINGENCY_FEEDS) {
        return (i < q->n_supplies) && is_of_use(&q->supplies[i]);
    }
    if (number < (uint16_t)CONTINGENCY_SWITCHES) {
        i = (uint8_t)(number - (uint16_t)CONTINGENCY_FEEDS);
        return (i < q->n_supplies) && (q->supplies[i].feed != (uint8_t)CTL_NO_FEED) &&
               (first_of_feed(q, i) == i) && (users_of_feed(q, q->supplies[i].feed) > 1U);
    }
    i = (uint8_t)(number - (uint16_t)CONTINGENCY_SWITCHES);
    if (i >= c->cfg.n_switches) {
        return false;
    }
    const struct plan_supply *u = &q->supplies[c->cfg.switches[i].supply];

    return has(u->present & (uint8_t)~u->frozen, c->cfg.switches[i].bar);
}

static void lose(struct plan_supply *u)
{
    u->serves = false;
    u->spares = false;
    u->joins = false;
    u->leaves = false;
}

/* Supply s of the present question, as it would be then. */
static void apply(const struct controller *c, uint16_t number, uint8_t s, struct plan_supply *u)
{
    const struct plan_problem *q = &c->problem;

    if (number < (uint16_t)CONTINGENCY_FEEDS) {
        if (s == number) {
            lose(u);
        }
    } else if (number < (uint16_t)CONTINGENCY_SWITCHES) {
        if (u->feed == q->supplies[number - (uint16_t)CONTINGENCY_FEEDS].feed) {
            lose(u);
        }
    } else {
        const struct ctl_switch_config *sw =
            &c->cfg.switches[number - (uint16_t)CONTINGENCY_SWITCHES];
        if (s == sw->supply) {
            u->present &= (uint8_t)~bit(sw->bar);
            u->made &= (uint8_t)~bit(sw->bar);
            u->frozen |= bit(sw->bar);
        }
    }
}

bool contingency_question(const struct controller *c, uint16_t number, struct plan_problem *q)
{
    (void)memcpy(q, &c->problem, sizeof(*q));
    for (uint8_t s = 0; s < q->n_supplies; s++) {
        apply(c, number, s, &q->supplies[s]);
    }
    return is_case(c, number);
}

/* ---- ahead ------------------------------------------------------------------------------------- */

static bool is_due(const struct contingency *t)
{
    return (t->rows[t->next].loads == 0U) || has(t->old[t->next / 8U], (uint8_t)(t->next % 8U));
}

bool contingency_begin(struct controller *c)
{
    struct contingency *t = &c->contingency;
    struct plan_problem q;
    bool found = false;

    for (uint8_t n = 0; (n < (uint8_t)LOOKS) && (t->left > 0U) && !found; n++) {
        found = is_due(t) && is_case(c, t->next);
        if (!found) {
            go_on(t);
        }
    }
    if (found) {
        (void)contingency_question(c, t->next, &q);
        planner_begin(&c->planner, &q);
        loads_begin(c, &c->loads);
    }
    return found;
}

/* Which of the table's loads are these? Those that no row was made for are free; CONTINGENCY_LOADS: none
 * is. */
static uint8_t loads_of(const struct contingency *t, const struct loads *l)
{
    uint8_t which = (uint8_t)CONTINGENCY_LOADS;

    for (uint8_t i = 0; i < (uint8_t)CONTINGENCY_LOADS; i++) {
        const struct contingency_loads *is = &t->loads[i];

        if (is->rows == 0U) {
            which = (which == (uint8_t)CONTINGENCY_LOADS) ? i : which;
        } else if ((is->fits == l->fits) && is_alike(is->load_mW, l->load_mW, sizeof(l->load_mW))) {
            return i;
        } else {
            /* others */
        }
    }
    return which;
}

void contingency_store(struct controller *c)
{
    struct contingency *t = &c->contingency;
    struct contingency_row *row = &t->rows[t->next];
    uint8_t of;

    if (row->loads > 0U) { /* an old one */
        t->loads[row->loads - 1U].rows--;
        t->ready--;
    }
    (void)memset(row, 0, sizeof(*row));
    t->old[t->next / 8U] &= (uint8_t)~bit((uint8_t)(t->next % 8U));
    go_on(t);
    of = loads_of(t, &c->loads);
    if (of == (uint8_t)CONTINGENCY_LOADS) {
        return;
    }
    (void)memcpy(t->loads[of].load_mW, c->loads.load_mW, sizeof(c->loads.load_mW));
    t->loads[of].fits = c->loads.fits;
    t->loads[of].rows++;
    row->loads = (uint8_t)(of + 1U);
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &c->cfg.switches[i];
        if (has(c->planner.best.feeds[sw->supply], sw->bar)) {
            row->closed[i / 8U] |= bit(i % 8U);
        }
    }
    row->serves = c->planner.best.served;
    row->served = c->planner.served;
    row->redundant = c->planner.redundant;
    t->ready++;
}

/* ---- when it happens --------------------------------------------------------------------------- */

static bool is_same(const struct plan_supply *a, const struct plan_supply *b)
{
    return is_alike(a, b, sizeof(*a));
}

static bool answers(const struct controller *c, uint16_t number, const struct plan_problem *q)
{
    bool same = c->contingency.rows[number].loads > 0U;

    for (uint8_t s = 0; (s < q->n_supplies) && same; s++) {
        struct plan_supply u;

        (void)memcpy(&u, &c->problem.supplies[s], sizeof(u));
        apply(c, number, s, &u);
        same = is_same(&u, &q->supplies[s]);
    }
    return same;
}

/* The switch of supply s that was closed and is not any more; CTL_SWITCHES: none. */
static uint8_t opened_switch(const struct controller *c, const struct plan_problem *q, uint8_t s)
{
    const uint8_t opened = c->problem.supplies[s].present & (uint8_t)~q->supplies[s].present;
    uint8_t i = 0;

    while ((i < c->cfg.n_switches) &&
           ((c->cfg.switches[i].supply != s) || !has(opened, c->cfg.switches[i].bar))) {
        i++;
    }
    return (i < c->cfg.n_switches) ? i : (uint8_t)CTL_SWITCHES;
}

const struct contingency_row *contingency_find(const struct controller *c,
                                               const struct plan_problem *q)
{
    uint8_t s = 0;
    uint16_t number = (uint16_t)CONTINGENCY_CASES;

    if (q->n_supplies != c->problem.n_supplies) {
        return NULL;
    }
    while ((s < q->n_supplies) && is_same(&q->supplies[s], &c->problem.supplies[s])) {
        s++;
    }
    if (s >= q->n_supplies) {
        return NULL;
    }
    const uint16_t feed = (uint16_t)((uint16_t)CONTINGENCY_FEEDS + first_of_feed(q, s));
    const uint8_t sw = opened_switch(c, q, s);

    if (answers(c, s, q)) {
        number = s;
    } else if (answers(c, feed, q)) {
        number = feed;
    } else if ((sw < (uint8_t)CTL_SWITCHES) &&
               answers(c, (uint16_t)((uint16_t)CONTINGENCY_SWITCHES + sw), q)) {
        number = (uint16_t)((uint16_t)CONTINGENCY_SWITCHES + sw);
    } else {
        /* not foreseen */
    }
    return (number < (uint16_t)CONTINGENCY_CASES) ? &c->contingency.rows[number] : NULL;
}

void contingency_plan(const struct controller *c, const struct contingency_row *row,
                      struct plan *plan)
{
    (void)memset(plan, 0, sizeof(*plan));
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        if (has(row->closed[i / 8U], i % 8U)) {
            plan->feeds[c->cfg.switches[i].supply] |= bit(c->cfg.switches[i].bar);
        }
    }
    plan->served = row->serves;
}

void contingency_ask(const struct controller *c, const struct contingency_row *row,
                     struct plan_problem *q)
{
    const struct contingency_loads *l = &c->contingency.loads[row->loads - 1U];

    for (uint8_t b = 0; b < q->n_bars; b++) {
        q->bars[b].load_mW = l->load_mW[b];
        q->bars[b].spare = l->fits ? c->cfg.bars[b].spare : 0U;
    }
}

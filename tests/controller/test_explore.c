/* Every state that the shipped controller can get into with a small rack that behaves badly, and the
 * way back from each.
 *
 * The rack of rack.h and the controller in it are run as they are; nothing is modelled twice. From each
 * state every misbehaviour is tried, for a short and for a long time, until no new state turns up.
 * States are told apart by what is believed and decided, and by what is true of the rack; not by
 * measured values, ages, whose turn it is, or how often something has happened. Of those that are one by
 * this measure the first to be found goes on.
 *
 * From each state a rack that behaves from now on must come back to full service. As the controller is
 * called only when it has asked for it or a transfer has ended, a wake-up that it has lost is a rack
 * that never comes back; so is a supply that waits for the controller while that waits for the supply.
 * The rests of ten minutes are cut short where they begin.
 *
 * Mutants prove that this finds what it is made for. */
#include "controller/sequencer.h"
#include "rack.h"

#include <stdlib.h>

enum {
    SWEEP = 20000,
    COMES_BACK_us = 60000000, /* three restarts, 3.5 s and doubled, and the longest probation */
    STATES_MAX = 30000,
    SLOTS = 4 * STATES_MAX,
    PATH_MAX = 400
};

/* What is done to the rack, by the letters of a path. */
enum deed {
    WELL, /* whatever ailed supply 0 is mended; one that has tripped still waits to be switched on */
    DIES,
    LOSES_INPUT,
    TRIPS, /* off until it is switched off and on */
    FALLS_SILENT,
    SHORTS,
    DRIVES_TOO_HIGH,
    WARNS,
    HANGS_THE_BUS,
    EXPANDER_SILENT,
    SWITCH_STUCK_OPEN,
    SWITCH_WELDED,
    SWITCH_MENDED, /* the expander answers again, too */
    DEEDS
};

static const char *const names[DEEDS] = {
    "well",  "dies",          "loses input",     "trips",     "falls silent",
    "short", "too high",      "warns",           "hangs bus", "expander silent",
    "stuck", "switch welded", "switch is mended"};

static const uint32_t lengths_us[] = {SWEEP, 1000000};
enum { LENGTHS = 2, MOVES = DEEDS * LENGTHS };

typedef void (*mutation)(struct controller *c);

struct state {
    struct rack *rack; /* until its successors are known */
    int from;
    int move;
};

struct explorer {
    struct rack start;
    mutation mutant;
    struct state *states;
    uint64_t *seen; /* open addressing, keys of states */
    int n, next;
    char why[100 + PATH_MAX]; /* the first that never comes back */
};

static bool reached[SUPPLY_STATES]; /* by supply 0, if only for a moment */

/* ---- what a rack is like ----------------------------------------------------------------------- */

static void behave(struct rack *r, int deed)
{
    struct rack_supply was = r->psu[0];
    struct rack_supply *u = &r->psu[0];
    uint16_t pin = 1; /* of switch 0 */

    if (deed < EXPANDER_SILENT) {
        *u = (struct rack_supply){.needs_toggle = was.needs_toggle || deed == TRIPS,
                                  .latched = was.latched,
                                  .hold_up_us = SWEEP,
                                  .input_lost_at = r->now,
                                  .dead = deed == DIES,
                                  .no_input = deed == LOSES_INPUT,
                                  .mute = deed == FALLS_SILENT,
                                  .shorted = deed == SHORTS,
                                  .overvolt = deed == DRIVES_TOO_HIGH,
                                  .stands = deed == WARNS ? 0x0004 : 0,
                                  .wedged = deed == HANGS_THE_BUS};
    } else {
        r->expander_mute[0] = deed == EXPANDER_SILENT;
        r->tied[0] = deed == SWITCH_STUCK_OPEN || deed == SWITCH_WELDED ? pin : 0;
        r->tied_to[0] = deed == SWITCH_WELDED ? pin : 0;
        rack_pins_moved(r);
    }
    rack_settle(r);
}

static void run(struct rack *r, uint32_t us, mutation mutant)
{
    uint64_t end = r->now + us;

    while (rack_next(r) <= end) {
        rack_event(r);
        reached[r->c.supplies[0].state] = true;
        cr_assert_eq(r->c.mode, CONTROLLER_RUNNING);
        if (mutant != NULL) {
            mutant(&r->c);
        }
    }
    r->now = end;
    rack_settle(r);
}

/* ---- which states are one ---------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t with)
{
    hash = (hash ^ with) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

/* What is believed and decided, and what is true; not measured values, ages, whose turn it is, or how
 * often something has happened. */
static uint64_t key_of(const struct rack *r)
{
    const struct controller *c = &r->c;
    uint64_t hash = 1;

    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct supply *u = &c->supplies[s];
        const struct rack_supply *is = &r->psu[s];
        hash = mix(hash, u->state | u->danger << 4 | u->restarts << 8 | (u->losses > 0) << 12 |
                             u->tripped << 13 | u->has_reading << 14);
        hash = mix(hash, is->mute | is->dead << 1 | is->no_input << 2 | is->shorted << 3 |
                             is->overvolt << 4 | is->wedged << 5 | is->needs_toggle << 6 |
                             (is->stands != 0) << 7);
    }
    for (int i = 0; i < r->cfg.n_switches; i++) {
        const struct contact *k = &c->contacts[i];
        hash = mix(hash, k->wanted | k->told << 1 | k->stuck << 2 | r->pin[i] << 3);
    }
    hash = mix(hash, c->pins[0].adopted | c->pins[0].sick << 1 | r->expander_mute[0] << 2 |
                         r->tied[0] << 3 | r->tied_to[0] << 4);
    return hash != 0 ? hash : 1;
}

/* ---- the way back ------------------------------------------------------------------------------ */

/* The long rests are over as soon as they begin. */
static void cut_rests(struct rack *r)
{
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        if (r->c.supplies[s].state == SUPPLY_RETIRED) {
            r->c.supplies[s].since_us = r->c.now_us - SUPPLY_REST_us;
        }
    }
    for (int i = 0; i < r->cfg.n_switches; i++) {
        if (r->c.contacts[i].stuck) {
            r->c.contacts[i].stuck_us = r->c.now_us - SEQUENCER_STUCK_MAX_us;
        }
    }
}

static bool serves(const struct rack *r)
{
    bool well = r->fed[0] && controller_bar_redundant(&r->c, 0);

    for (int i = 0; i < r->cfg.n_switches; i++) {
        const struct contact *k = &r->c.contacts[i];
        well = well && k->wanted == k->told && k->proven && !k->moving && !k->stuck &&
               r->pin[i] == k->told;
    }
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        well = well && r->c.supplies[s].state == SUPPLY_SHARING;
    }
    return well;
}

static bool comes_back(struct rack *r, mutation mutant)
{
    behave(r, WELL);
    behave(r, SWITCH_MENDED);
    for (uint32_t us = 0; us < COMES_BACK_us && !serves(r); us += SWEEP) {
        cut_rests(r);
        run(r, SWEEP, mutant);
    }
    return serves(r);
}

/* ---- all of them ------------------------------------------------------------------------------- */

static bool is_new(struct explorer *x, uint64_t key)
{
    size_t at = key % SLOTS;

    while (x->seen[at] != 0 && x->seen[at] != key) {
        at = (at + 1) % SLOTS;
    }
    bool fresh = x->seen[at] == 0;
    x->seen[at] = key;
    return fresh;
}

static void tell_path(const struct explorer *x, int i, char *to, size_t room)
{
    if (i > 0 && room > 0) {
        const struct state *s = &x->states[i];
        tell_path(x, s->from, to, room);
        size_t n = strlen(to);
        snprintf(to + n, room - n, ", %s for %u ms", names[s->move / LENGTHS],
                 lengths_us[s->move % LENGTHS] / 1000);
    }
}

static void take(struct explorer *x, struct rack *r, int from, int move)
{
    struct rack *future = malloc(sizeof *future);
    int i = x->n++;

    cr_assert_lt(i, STATES_MAX, "more states than expected");
    x->states[i] = (struct state){r, from, move};
    *future = *r;
    if (!comes_back(future, x->mutant)) {
        snprintf(x->why, sizeof x->why, "stays %s, its switches %s, after: start",
                 supply_state_name(future->c.supplies[0].state),
                 future->c.contacts[0].told ? "closed" : "open");
        tell_path(x, i, x->why, sizeof x->why);
    }
    free(future);
}

static void explore(struct explorer *x, const struct ctl_config *cfg, uint8_t losses,
                    mutation mutant)
{
    memset(x, 0, sizeof *x);
    x->mutant = mutant;
    x->states = malloc((size_t)STATES_MAX * sizeof *x->states);
    x->seen = calloc(SLOTS, sizeof *x->seen);
    rack_start(&x->start, cfg, 0xFFFF);
    run(&x->start, 2000000, NULL);
    cr_assert(serves(&x->start));
    x->start.c.supplies[0].losses = losses;

    struct rack *first = malloc(sizeof *first);
    *first = x->start;
    take(x, first, 0, 0);
    for (; x->next < x->n && x->why[0] == '\0'; x->next++) {
        struct rack *from = x->states[x->next].rack;
        for (int move = 0; move < MOVES && x->why[0] == '\0'; move++) {
            struct rack *to = malloc(sizeof *to);
            *to = *from;
            behave(to, move / LENGTHS);
            run(to, lengths_us[move % LENGTHS], mutant);
            if (is_new(x, key_of(to))) {
                take(x, to, x->next, move);
            } else {
                free(to);
            }
        }
        x->states[x->next].rack = NULL;
        free(from);
    }
    for (; x->next < x->n; x->next++) {
        free(x->states[x->next].rack);
    }
    free(x->states);
    free(x->seen);
}

/* One bar, so many supplies of 1 kW, a load of 0.8 kW for each but the last. */
static struct ctl_config rack_of(int supplies)
{
    struct ctl_config cfg = rack_config(1);

    cfg.sweep_us = SWEEP;
    cfg.stale_us = 5 * SWEEP;
    cfg.identify_us = 5 * SWEEP;
    cfg.bars[0].spare = supplies > 1;
    cfg.bars[0].load_mW = supplies > 1 ? 800000u * (unsigned)(supplies - 1) : 800000;
    rack_add_expander(&cfg, 1);
    for (int s = 0; s < supplies; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    return cfg;
}

static struct explorer explored(int supplies, uint8_t losses, mutation mutant)
{
    struct ctl_config cfg = rack_of(supplies);
    static struct explorer x;

    explore(&x, &cfg, losses, mutant);
    fprintf(stderr, "%d states, %d supplies\n", x.n, supplies);
    return x;
}

/* The last switch of a bar never opens, and to be lost for good takes longer than anything is tried. */
Test(explore, one_supply_comes_back_from_every_state)
{
    struct explorer x = explored(1, 0, NULL);

    cr_assert_str_empty(x.why);
    for (int s = 0; s < SUPPLY_STATES; s++) {
        cr_expect(reached[s] || s == SUPPLY_ISOLATED || s == SUPPLY_RETIRED, "%s is never reached",
                  supply_state_name((enum supply_state)s));
    }
}

Test(explore, one_of_two_that_was_often_lost_comes_back_from_every_state)
{
    struct explorer x = explored(2, SUPPLY_LOSSES - 1, NULL);

    cr_assert_str_empty(x.why);
    cr_expect(reached[SUPPLY_ISOLATED]);
    cr_expect(reached[SUPPLY_RETIRED]);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

/* The rule that ends the stalemate is never due: the controller waits for a supply to start that waits
 * to be switched on. */
static void never_restarts(struct controller *c)
{
    for (int s = 0; s < CTL_SUPPLIES; s++) {
        c->supplies[s].restart_us = c->now_us;
    }
}

Test(explore, finds_the_stalemate_of_a_controller_that_never_restarts)
{
    struct explorer x = explored(1, 0, never_restarts);

    cr_expect(strstr(x.why, "after: start, trips for ") != NULL, "found: %s", x.why);
}

/* It forgets that switches are not yet where they shall be. */
static void forgets_its_switches(struct controller *c)
{
    c->sequencing = false;
}

Test(explore, finds_the_lost_wake_up_of_a_controller_that_forgets_its_switches)
{
    struct explorer x = explored(2, 0, forgets_its_switches);

    cr_expect_str_not_empty(x.why);
}

/* ---- the clock --------------------------------------------------------------------------------- */

static uint32_t word_of(const struct controller *c, size_t i)
{
    uint32_t word;

    memcpy(&word, (const char *)c + 4 * i, 4);
    return word;
}

/* Started at another time, the controller does the same, later: each word of its state is equal, or is
 * a time and differs by just that much. */
Test(explore, nothing_depends_on_what_time_it_is)
{
    const uint32_t apart_us = 0x13579BDF;
    struct ctl_config cfg = rack_of(2);
    static struct rack a, b;

    rack_start(&a, &cfg, 0xFFFF);
    b = a;
    b.clock0 += apart_us;
    rack_reset_controller(&a);
    rack_reset_controller(&b);
    for (int k = 0; k < 20 * MOVES; k++) {
        int move = k * 7 % MOVES;
        behave(&a, move / LENGTHS);
        behave(&b, move / LENGTHS);
        run(&a, lengths_us[move % LENGTHS], NULL);
        run(&b, lengths_us[move % LENGTHS], NULL);
        for (size_t i = 0; i < sizeof a.c / 4; i++) {
            uint32_t by = word_of(&b.c, i) - word_of(&a.c, i);
            cr_assert(by == 0 || by == apart_us, "byte %zu depends on the clock", 4 * i);
        }
    }
}

/* Every state that the shipped controller can get into with a small rack that behaves badly, and the
 * way back from each.
 *
 * The rack of rack.h and the controller in it are run as they are; nothing is modelled twice. From each
 * state every misbehaviour is tried, for a short and for a long time, until no new state turns up. Two
 * states are one when they differ only in counts that are kept for the record and in ages of nearly the
 * same length (by powers of two of a sweep). Which words of the controller's struct are times is found
 * out, not written down: they are those that differ when its clock starts at another number, and by
 * just that much. Everything else must not differ at all.
 *
 * From each state a rack that behaves from now on must come back to full service. As the controller is
 * called only when it has asked for it or a transfer has ended, a wake-up that it has lost is a rack
 * that never comes back; so is a supply that waits for the controller while that waits for the supply.
 * The rests of ten minutes are cut short where they begin.
 *
 * Two mutants prove that this finds what it is made for. */
#include "controller/sequencer.h"
#include "rack.h"

#include <stdlib.h>

enum {
    SWEEP = 20000,
    COMES_BACK_us = 60000000, /* three restarts, 3.5 s and doubled, and the longest probation */
    STATES_MAX = 40000,
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
    "well",  "dies",          "loses input",     "trips",      "falls silent",
    "short", "too high",      "warns",           "hangs bus",  "expander silent",
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
    bool is_time[sizeof(struct controller) / 4]; /* words of it */
    struct state *states;
    uint64_t *seen; /* open addressing, keys of states */
    int n, next;
    bool reached[SUPPLY_STATES];
    char why[100 + PATH_MAX]; /* the first that never comes back */
};

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
        cr_assert_eq(r->c.mode, CONTROLLER_RUNNING);
        if (mutant != NULL) {
            mutant(&r->c);
        }
    }
    r->now = end;
    rack_settle(r);
}

/* ---- which states are one ---------------------------------------------------------------------- */

static uint32_t word_of(const struct controller *c, size_t i)
{
    uint32_t word;

    memcpy(&word, (const char *)c + 4 * i, 4);
    return word;
}

/* Run the same ills with two clocks; learn where times are kept. */
static void learn_times(struct explorer *x)
{
    const uint32_t apart_us = 0x13579BDF;
    struct rack *a = malloc(sizeof *a), *b = malloc(sizeof *b);

    for (int first = 0; first < MOVES; first++) {
        *a = x->start;
        *b = x->start;
        b->clock0 += apart_us;
        rack_reset_controller(b);
        rack_reset_controller(a);
        for (int k = 0; k < 3 * MOVES; k++) {
            int move = (first + k * 7) % MOVES;
            behave(a, move / LENGTHS);
            behave(b, move / LENGTHS);
            run(a, lengths_us[move % LENGTHS], NULL);
            run(b, lengths_us[move % LENGTHS], NULL);
            for (size_t i = 0; i < sizeof a->c / 4; i++) {
                uint32_t by = word_of(&b->c, i) - word_of(&a->c, i);
                cr_assert(by == 0 || by == apart_us, "byte %zu depends on the clock", 4 * i);
                x->is_time[i] = x->is_time[i] || by == apart_us;
            }
        }
    }
    free(a);
    free(b);
}

static uint64_t mix(uint64_t hash, uint64_t with)
{
    hash = (hash ^ with) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

/* 0, 1, 2 ... for ages below 1, 2, 4 ... sweeps, as far as anything is still to come of it. */
static uint64_t bucket(uint64_t age_us)
{
    uint64_t k = 0;

    for (uint64_t limit = SWEEP; k < 9 && age_us >= limit; limit *= 2) {
        k++;
    }
    return k;
}

static uint64_t key_of(const struct explorer *x, const struct rack *r)
{
    const size_t record = offsetof(struct controller, count) / 4;
    const size_t record_end = record + sizeof(struct controller_counts) / 4;
    uint64_t hash = 1;

    for (size_t i = 0; i < sizeof r->c / 4; i++) {
        if (i < record || i >= record_end) {
            uint32_t word = word_of(&r->c, i);
            hash = mix(hash, x->is_time[i] && word != 0 ? bucket(r->c.now_us - word) : word);
        }
    }
    for (size_t i = 0; i < sizeof r->reg; i++) {
        hash = mix(hash, ((const uint8_t *)r->reg)[i]);
    }
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct rack_supply *u = &r->psu[s];
        hash = mix(hash, u->mute | u->dead << 1 | u->no_input << 2 | u->shorted << 3 |
                             u->overvolt << 4 | u->wedged << 5 | u->needs_toggle << 6 |
                             u->stands << 8);
        hash = mix(hash, u->latched | (uint64_t)rack_has_input(r, s) << 16);
    }
    hash = mix(hash, r->tied[0] | r->tied_to[0] << 1 | r->expander_mute[0] << 2);
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

static bool comes_back(struct rack *r, mutation mutant, bool left[SUPPLY_STATES])
{
    uint8_t state = r->c.supplies[0].state;

    behave(r, WELL);
    behave(r, SWITCH_MENDED);
    for (uint32_t us = 0; us < COMES_BACK_us && !serves(r); us += SWEEP) {
        cut_rests(r);
        run(r, SWEEP, mutant);
        left[state] = left[state] || r->c.supplies[0].state != state;
    }
    return serves(r);
}

/* ---- all of them ------------------------------------------------------------------------------- */

static bool is_new(struct explorer *x, uint64_t key)
{
    size_t at = key % (4 * STATES_MAX);

    while (x->seen[at] != 0 && x->seen[at] != key) {
        at = (at + 1) % (4 * STATES_MAX);
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
    bool left[SUPPLY_STATES] = {false};
    uint8_t state = r->c.supplies[0].state;
    int i = x->n++;

    cr_assert_lt(i, STATES_MAX, "more states than expected");
    x->states[i] = (struct state){r, from, move};
    x->reached[state] = true;
    *future = *r;
    if (!comes_back(future, x->mutant, left)) {
        snprintf(x->why, sizeof x->why, "stays %s, its switches %s, after: start",
                 supply_state_name(future->c.supplies[0].state),
                 future->c.contacts[0].told ? "closed" : "open");
        tell_path(x, i, x->why, sizeof x->why);
    }
    free(future);
}

static void explore(struct explorer *x, const struct ctl_config *cfg, mutation mutant)
{
    memset(x, 0, sizeof *x);
    x->mutant = mutant;
    x->states = malloc(STATES_MAX * sizeof *x->states);
    x->seen = calloc(4 * STATES_MAX, sizeof *x->seen);
    rack_start(&x->start, cfg, 0xFFFF);
    x->start.clock0 = 0x20000000; /* far from its wrap: a time is never 0 */
    rack_reset_controller(&x->start);
    learn_times(x);
    run(&x->start, 2000000, NULL);
    cr_assert(serves(&x->start));

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
            if (is_new(x, key_of(x, to))) {
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

Test(explore, one_supply_comes_back_from_every_state)
{
    struct ctl_config cfg = rack_of(1);
    static struct explorer x;

    explore(&x, &cfg, NULL);
    fprintf(stderr, "%d states\n", x.n);
    cr_assert_str_empty(x.why);
}

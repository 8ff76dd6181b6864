/* controller.c - one step.  Checked by tests/controller/test_step.c, test_reset.c, test_storm.c.
 *
 *   answers   whatever ended on a bus is handed to whom it was for
 *   alerts    lines that are low: whom to ask
 *   plan      if something changed that a plan depends on
 *   switches  if one may move now
 *   chore     if nothing was decided, one of: a part of what only time changes; budgets; a bar is balanced
 *             and a request to a server leaves
 *   requests  each idle bus is given the most urgent thing to do
 *   thinking  if there was nothing else: a slice of the plan that is being worked out
 *   wake      the earliest of all that only time will bring */
#include "controller.h"

#include "alert.h"
#include "allocate.h"
#include "clock.h"
#include "demand.h"
#include "poll.h"
#include "sequencer.h"
#include "shed.h"

#include <stddef.h>
#include <string.h>

enum {
    PARTS = 4,      /* of a tick */
    PART_us = 1250, /* one is due so long after the one before ... */
    RIDE_us = 1000, /* ... and comes along with a step that is taken anyway from here on */
    WAKE_MAX_us = 1000000,
    SURVEY_us =
        2000000, /* no longer than this does a first plan wait for a bus that keeps hanging */
    RETRIES_MAX = 100,
    CONFIRM_MAX = 200,
    SHARING_MAX_permille = 1000
};

_Static_assert(((int)PARTS * (int)PART_us) <= (int)PROGNOSIS_TICK_us, "looks of the prognosis");

/* Some numbers make no sense beyond limits that are not worth refusing a table for. */
static void trim(struct ctl_config *cfg)
{
    uint32_t sweep_us = (cfg->alert.n_lines > 0U) && (cfg->alert.idle_us > cfg->sweep_us)
                            ? cfg->alert.idle_us
                            : cfg->sweep_us;
    uint32_t twice_us;

    cfg->retries = (cfg->retries > (uint8_t)RETRIES_MAX) ? (uint8_t)RETRIES_MAX : cfg->retries;
    cfg->confirm = (cfg->confirm > (uint8_t)CONFIRM_MAX) ? (uint8_t)CONFIRM_MAX : cfg->confirm;
    cfg->confirm = (cfg->confirm == 0U) ? 1U : cfg->confirm;
    cfg->sharing_permille = (cfg->sharing_permille > (uint16_t)SHARING_MAX_permille)
                                ? (uint16_t)SHARING_MAX_permille
                                : cfg->sharing_permille;
    cfg->look = (cfg->look == 0U) ? 1U : cfg->look;
    for (uint8_t b = 0; b < cfg->n_bars; b++) { /* a feed may have one supply */
        cfg->bars[b].spare =
            (cfg->bars[b].two_feeds && (cfg->bars[b].spare == 0U)) ? 1U : cfg->bars[b].spare;
    }
    /* A reading is not old before the next one could be there. */
    twice_us = sweep_us * cfg->look * 2U;
    cfg->stale_us = (cfg->stale_us < twice_us) ? twice_us : cfg->stale_us;
}

/* Everything but the journal. */
static void start(struct controller *c, const struct ctl_config *cfg, uint32_t now_us)
{
    (void)memset(c, 0, offsetof(struct controller, journal));
    c->cfg = *cfg;
    c->now_us = now_us;
    c->started_us = now_us;
    c->tick_us = now_us;
    c->fault = config_check(cfg);
    if (c->fault != CONFIG_SOUND) {
        c->mode = CONTROLLER_SAFE;
        return;
    }
    trim(&c->cfg);
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        supply_init(&c->supplies[s], now_us);
        prognosis_forget(&c->prognoses[s]);
        c->supplies[s].bar = (uint8_t)CTL_NOBODY;
    }
    c->sample_us = now_us;
    c->looked = (uint8_t)(2U * c->cfg.n_supplies);
    preempt_init(c);
    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        wire_init(c, b);
    }
    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        pins_init(c, e);
    }
    allocate_init(c);
    demand_init(c);
    alert_init(c);
}

static void start_with_journal(struct controller *c, const struct ctl_config *cfg, uint32_t now_us,
                               bool kept)
{
    journal_open(&c->journal, kept, now_us);
    start(c, cfg, now_us);
    journal_note(c, JOURNAL_START, kept ? 1U : 0U, (uint16_t)c->fault);
}

void controller_init(struct controller *c, const struct ctl_config *cfg, uint32_t now_us)
{
    start_with_journal(c, cfg, now_us, false);
}

void controller_restart(struct controller *c, const struct ctl_config *cfg, uint32_t now_us)
{
    start_with_journal(c, cfg, now_us, true);
}

/* What only time changes, in parts that take turns. */
static void tick(struct controller *c)
{
    c->tick_us = c->now_us;
    switch (c->tick) {
    case 0:
        for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
            poll_tick(c, s);
        }
        for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
            pins_tick(c, e);
        }
        sequencer_tick(c);
        break;
    case 1:
        alert_tick(c);
        welds_tick(c);
        shorted_tick(c);
        journal_tick(c);
        break;
    case 2:
        prognosis_tick(c);
        preempt_tick(c);
        break;
    default:
        demand_tick(c);
        break;
    }
    c->tick = (uint8_t)((c->tick + 1U) % (uint8_t)PARTS);
}

/* A first plan needs to know the whole rack, or that some of it can't be known. */
static bool is_surveyed(const struct controller *c)
{
    bool known = true;

    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        known = known && (c->wires[b].surveyed || wire_is_down(c, b));
    }
    for (uint8_t e = 0; e < c->cfg.n_expanders; e++) {
        known = known && (c->pins[e].adopted || c->pins[e].sick);
    }
    return known || passed(c->now_us, c->started_us, (uint32_t)SURVEY_us);
}

/* True: something was decided. */
static bool decide(struct controller *c)
{
    bool decided = false;

    if (c->replan || (c->reload && (c->search == (uint8_t)SEARCH_NONE))) {
        c->surveyed = c->surveyed || is_surveyed(c);
        if (c->surveyed && !allocate_waits(c)) {
            c->replan = !allocate(c);
            decided = true;
        }
    }
    if (sequencer_wait_us(c) == 0U) {
        decided = true;
        sequencer_run(c);
    }
    return decided;
}

/* One thing that can wait for a step in which nothing was decided. A part of a tick that is nearly due
 * comes along with a step that is taken anyway. True: something was done. */
static bool do_chore(struct controller *c, struct ctl_out *out, bool stale)
{
    bool done = true;

    if (passed(c->now_us, c->tick_us, (uint32_t)RIDE_us)) {
        tick(c);
    } else if (stale) {
        demand_look(c);
    } else {
        done = shed_step(c, out);
    }
    return done;
}

static bool asks(const struct ctl_out *out)
{
    bool any = false;

    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        any = any || (out->bus[b].op != CTL_OP_NONE);
    }
    return any;
}

static bool buses_rest(const struct controller *c)
{
    bool rest = true;

    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        rest = rest && (c->wires[b].job == (uint8_t)JOB_NONE);
    }
    return rest;
}

/* How soon to go on with what is being worked out. To look ahead there is time as long as all buses
 * rest, and for one slice when a transfer has just been begun: that takes longer than a step. */
static uint32_t think_wait_us(const struct controller *c, const struct ctl_out *out)
{
    enum allocate_work work = allocate_work(c);
    bool soon = (work == ALLOCATE_PLANS) ||
                ((work == ALLOCATE_LOOKS_AHEAD) && (asks(out) || buses_rest(c)));

    return soon ? 0U : UINT32_MAX;
}

static void run(struct controller *c, const struct ctl_in *in, struct ctl_out *out)
{
    uint32_t wait_us = (uint32_t)WAKE_MAX_us;
    bool busy = false;
    bool more = false;

    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        if (in->bus[b].status != CTL_BUS_NONE) {
            wire_finished(c, b, in);
            busy = true;
        }
    }
    demand_heard(c, in);
    bool stirs = alert_run(c, in->pins);
    if (c->mode == CONTROLLER_RUNNING) {
        const bool decided = decide(c);
        const bool stale = demand_is_stale(c);

        const bool worked = decided || do_chore(c, out, stale);

        busy = busy || worked;
        stirs = stirs || worked;
        more = (stale && demand_is_stale(c)) || shed_has_more(c) || (decided && c->replan);
    }
    if (stirs) {
        wire_stir(c);
    }
    for (uint8_t b = 0; (b < (uint8_t)CTL_BUSES) && (c->mode == CONTROLLER_RUNNING); b++) {
        wait_us = sooner_us(wait_us, wire_next(c, b, out));
    }
    if (!busy && !more && !asks(out)) { /* what is asked of a bus leaves with this step */
        allocate_think(c);
    }
    wait_us = sooner_us(wait_us, left_us(c->now_us, c->tick_us, (uint32_t)PART_us));
    wait_us = sooner_us(wait_us, sequencer_wait_us(c));
    wait_us = more ? 0U : wait_us;
    wait_us = sooner_us(wait_us, think_wait_us(c, out));
    out->wake_us = c->now_us + ((wait_us == 0U) ? 1U : wait_us);
}

void controller_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out)
{
    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        out->bus[b].op = CTL_OP_NONE;
        out->bus[b].address = 0;
        out->bus[b].n_tx = 0;
        out->bus[b].n_rx = 0;
        out->bus[b].about = (uint8_t)CTL_NOBODY;
    }
    out->ask.what = (uint8_t)CTL_ASK_NONE;
    out->ask.number = 0;
    out->ask.server = 0;
    out->ask.cap_mW = 0;
    c->now_us = in->now_us;
    c->count.steps++;
    if (c->mode == CONTROLLER_RUNNING) {
        run(c, in, out);
    } else {
        out->wake_us = c->now_us + (uint32_t)WAKE_MAX_us;
    }
    out->kick = (c->mode == CONTROLLER_RUNNING) || (c->fault != CONFIG_SOUND);
}

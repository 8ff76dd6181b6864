/* demand.c - measured, reported and configured demand.  Checked by tests/controller/test_demand.c. */
#include "demand.h"

#include "allocate.h"
#include "ask.h"
#include "bits.h"
#include "budget.h"
#include "clock.h"
#include "config.h"
#include "controller.h"
#include "planner.h"
#include "pmbus.h"
#include "sequencer.h"
#include "shed.h"
#include "supply.h"

bool demand_is_on(const struct controller *c, uint16_t i, uint8_t b)
{
    return (((uint32_t)c->cfg.servers[i].bars >> b) & 1U) != 0U;
}

static uint32_t least_mW(uint32_t a_mW, uint32_t b_mW)
{
    return (a_mW < b_mW) ? a_mW : b_mW;
}

static uint32_t most_mW(uint32_t a_mW, uint32_t b_mW)
{
    return (a_mW > b_mW) ? a_mW : b_mW;
}

/* ---- servers ----------------------------------------------------------------------------------- */

static uint32_t surge_mW(const struct ctl_server_config *v)
{
    return most_mW(v->surge_mW, v->rated_mW);
}

/* Is that asked of it, and counted on? Not as long as nobody knows whether it hears. */
static bool is_held(const struct server *u, enum ctl_ask what)
{
    return (u->wanted == (uint8_t)what) && (!u->deaf || (u->phase == (uint8_t)SERVER_RESTS));
}

uint32_t demand_now_mW(const struct controller *c, uint16_t i)
{
    const struct server *u = &c->demand.servers[i];
    const struct ctl_server_config *v = &c->cfg.servers[i];
    uint32_t now_mW = 0;

    if (is_held(u, CTL_ASK_OFF) && (u->state != (uint8_t)CTL_SERVER_SILENT)) {
        return 0;
    }
    switch (u->state) {
    case CTL_SERVER_SILENT:
        now_mW = v->rated_mW;
        break;
    case CTL_SERVER_ON:
        now_mW = is_held(u, CTL_ASK_CAP) ? least_mW(u->free_mW, u->cap_mW) : u->free_mW;
        break;
    case CTL_SERVER_BOOTS:
        now_mW = v->surge_mW;
        break;
    default: /* off */
        break;
    }
    return now_mW;
}

static uint8_t parts_of(uint8_t bars, uint8_t live)
{
    uint8_t drawn_from = ((bars & live) == 0U) ? bars : (bars & live);

    return (uint8_t)bits_in(drawn_from);
}

uint32_t demand_parts(const struct controller *c, uint16_t i)
{
    return c->demand.servers[i].parts;
}

uint32_t demand_wish_mW(const struct controller *c, uint16_t i)
{
    const struct server *u = &c->demand.servers[i];

    if (u->state == (uint8_t)CTL_SERVER_WAITS) {
        return (u->wanted == (uint8_t)CTL_ASK_FREE) ? 0U : surge_mW(&c->cfg.servers[i]);
    }
    if (is_held(u, CTL_ASK_OFF) &&
        ((u->state == (uint8_t)CTL_SERVER_ON) || (u->state == (uint8_t)CTL_SERVER_BOOTS))) {
        return u->free_mW; /* on its way to be off */
    }
    return ((u->state == (uint8_t)CTL_SERVER_ON) && is_held(u, CTL_ASK_CAP) &&
            (u->free_mW > u->cap_mW))
               ? (u->free_mW - u->cap_mW)
               : 0U;
}

/* What it will draw beyond what is measured now, though nobody lets it go: it has been told to start,
 * it boots and its service comes, it has announced a step. */
static uint32_t coming_mW(const struct controller *c, uint16_t i)
{
    const struct server *u = &c->demand.servers[i];
    const struct ctl_server_config *v = &c->cfg.servers[i];
    bool young = !passed(c->now_us, u->changed_us, (uint32_t)DEMAND_STARTS_us);
    uint32_t coming = 0;

    if ((u->state == (uint8_t)CTL_SERVER_WAITS) && (u->wanted == (uint8_t)CTL_ASK_FREE)) {
        coming = surge_mW(v);
    } else if (u->wanted == (uint8_t)CTL_ASK_OFF) {
        coming = 0;
    } else if (u->state == (uint8_t)CTL_SERVER_BOOTS) {
        coming = young ? surge_mW(v) : (surge_mW(v) - v->surge_mW);
    } else if ((u->state == (uint8_t)CTL_SERVER_ON) && u->stepping) {
        uint32_t to =
            (u->wanted == (uint8_t)CTL_ASK_CAP) ? least_mW(u->step_mW, u->cap_mW) : u->step_mW;
        uint32_t now = least_mW(u->power_mW, to);
        coming = to - now;
    } else {
        /* draws what it draws */
    }
    return coming;
}

void demand_changes(struct controller *c, uint16_t i)
{
    c->demand.summed &= (uint8_t)~c->cfg.servers[i].bars;
}

void demand_expect(struct controller *c, uint16_t i, int32_t more_mW)
{
    int32_t part_mW = more_mW / (int32_t)demand_parts(c, i);

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        uint32_t *draw = &c->demand.bars[b].draw_mW;

        if (demand_is_on(c, i, b)) {
            *draw =
                ((part_mW < 0) && (*draw < (uint32_t)-part_mW)) ? 0U : (*draw + (uint32_t)part_mW);
            c->demand.bars[b].stir_us = c->now_us;
            c->demand.look |= bit(b);
        }
    }
}

/* ---- reports ----------------------------------------------------------------------------------- */

static void announced(struct controller *c, uint16_t i, const struct ctl_in *in)
{
    struct server *u = &c->demand.servers[i];
    uint32_t was_mW = coming_mW(c, i);

    u->step_mW = least_mW(in->report.step_mW, (uint32_t)CONFIG_SERVER_MAX_mW);
    u->stepping = in->report.step_ms <= (uint32_t)DEMAND_AHEAD_ms;
    if (coming_mW(c, i) != was_mW) {
        demand_expect(c, i, (int32_t)coming_mW(c, i) - (int32_t)was_mW);
    }
}

void demand_heard(struct controller *c, const struct ctl_in *in)
{
    uint16_t i = in->report.server;

    if ((in->report.state == (uint8_t)CTL_SERVER_SILENT) || (i >= c->cfg.n_servers) ||
        (in->report.state >= (uint8_t)CTL_SERVER_STATES) ||
        (in->report.age_ms > (c->cfg.report_us / 1000U))) {
        return;
    }
    struct server *u = &c->demand.servers[i];

    if (u->state != in->report.state) {
        u->state = in->report.state;
        u->changed_us = c->now_us;
        c->demand.restated = true;
        c->demand.look |= c->cfg.servers[i].bars;
    }
    demand_changes(c, i);
    u->missed = 0;
    u->power_mW = least_mW(in->report.power_mW, (uint32_t)CONFIG_SERVER_MAX_mW);
    ask_answered(c, i, in);
    if ((u->state == (uint8_t)CTL_SERVER_ON) &&
        ((u->wanted == (uint8_t)CTL_ASK_FREE) || (u->power_mW < (u->cap_mW - (u->cap_mW / 16U))))) {
        u->free_mW = u->power_mW;
    }
    announced(c, i, in);
}

/* ---- bars -------------------------------------------------------------------------------------- */

static bool feeds(const struct controller *c, uint8_t i, uint8_t b)
{
    const struct contact *k = &c->contacts[i];

    return (c->cfg.switches[i].bar == b) && (k->stuck ? k->read : k->told);
}

/* Of each bar a sum that changes with every change of its supplies and switches. */
static void find_feeders(const struct controller *c, uint32_t sum[])
{
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        sum[b] = 1;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const uint8_t b = c->cfg.switches[i].bar;

        if (feeds(c, i, b)) {
            const struct supply *u = &c->supplies[c->cfg.switches[i].supply];
            sum[b] = (sum[b] * 31U) + ((uint32_t)i * 4U) + (supply_is_lost(u) ? 1U : 0U) +
                     ((u->settled > 0U) ? 2U : 0U);
        }
    }
}

static uint32_t power_mW(const struct supply *u)
{
    return (u->i_mA > 0) ? ((u->v_mV / 10U) * ((uint32_t)u->i_mA / 100U)) : 0U;
}

/* Sum over the bar's supplies; false: some of them can't be believed. */
static bool measured(const struct controller *c, uint8_t b, uint32_t *mW)
{
    uint32_t sum_mW = 0;
    uint32_t rated_mW = 0;

    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        const struct supply *u = &c->supplies[c->cfg.switches[i].supply];

        if (!feeds(c, i, b)) {
            continue;
        }
        if (supply_is_lost(u)) {
            continue; /* gives nothing */
        }
        if (!u->has_reading || (u->settled == 0U) || (u->v_mV < c->cfg.bars[b].v_low_mV) ||
            (u->v_mV > c->cfg.bars[b].v_high_mV)) {
            return false;
        }
        uint32_t p_mW = power_mW(u);
        rated_mW += c->cfg.supplies[c->cfg.switches[i].supply].capacity_mW;
        sum_mW += least_mW(p_mW, 2U * c->cfg.supplies[c->cfg.switches[i].supply].capacity_mW) /
                  ((u->closed == 0U) ? 1U : u->closed);
    }
    *mW = least_mW(sum_mW, (uint32_t)CONFIG_LOAD_MAX_mW);
    return rated_mW > 0U;
}

/* What it carries too much: by its meter, or, when that shows less, by its own word. That is latched, and
 * tells of now once it has come back after it was cleared, and nothing has stirred since. */
static uint32_t beyond_mW(const struct controller *c, uint8_t s, const struct demand_bar *d)
{
    const struct supply *u = &c->supplies[s];
    const uint32_t p_mW = power_mW(u);
    const uint32_t rated_mW = c->cfg.supplies[s].capacity_mW;
    const uint32_t can_mW = rated_mW - (rated_mW / (uint32_t)BUDGET_METER);
    const uint32_t cleared_us = c->now_us - u->clear_us;
    const bool says = ((u->status & (uint16_t)ST_IOUT_POUT) != 0U) && (u->clears > 0U) &&
                      ((c->now_us - u->read_us) < cleared_us) &&
                      (cleared_us < (c->now_us - d->stir_us));
    uint32_t mW = (p_mW > can_mW) ? (p_mW - can_mW) : 0U;

    mW += ((mW > 0U) || says) ? (rated_mW / 64U) : 0U;
    return least_mW(mW, rated_mW);
}

/* Shares are what they are, and a supply on two bars has two: if one carries more than its rating, the
 * bar has less to give than its supplies together. */
static void trim(struct controller *c, uint8_t b)
{
    struct demand_bar *d = &c->demand.bars[b];
    uint32_t over_mW = 0;
    uint32_t n = 0;

    if (!passed(c->now_us, d->stir_us, (uint32_t)DEMAND_OVER_us)) {
        return;
    }
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        uint8_t s = c->cfg.switches[i].supply;

        if (feeds(c, i, b) && !supply_is_lost(&c->supplies[s]) && c->supplies[s].has_reading) {
            over_mW = most_mW(over_mW, beyond_mW(c, s, d));
            n++;
        }
    }
    over_mW *= n;
    if (over_mW > 0U) {
        uint32_t left_mW = d->draw_mW - least_mW(over_mW, d->draw_mW);
        uint32_t less_mW = d->budget_mW - least_mW(left_mW, d->budget_mW);
        d->trim_mW += less_mW;
        d->budget_mW -= less_mW;
        d->sure_mW -= least_mW(less_mW, d->sure_mW);
    }
}

/* One that boots draws otherwise before long, without a word. */
static void add_up(struct controller *c, uint8_t b)
{
    struct demand_said *sum = &c->demand.said[b];

    *sum = (struct demand_said){.all = c->cfg.n_servers > 0U};
    c->demand.summed |= bit(b);
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        const struct server *u = &c->demand.servers[i];

        if (demand_is_on(c, i, b)) {
            sum->all = sum->all && (u->state != (uint8_t)CTL_SERVER_SILENT);
            sum->draws_mW += ((u->state == (uint8_t)CTL_SERVER_ON) ? u->power_mW : 0U) / u->parts;
            sum->coming_mW += coming_mW(c, i) / u->parts;
            sum->wish_mW += demand_wish_mW(c, i) / u->parts;
            if (u->state == (uint8_t)CTL_SERVER_BOOTS) {
                demand_changes(c, i);
            }
        }
    }
}

/* The most trustworthy of what is known; kept as it is while something stirs. */
static void believe(struct controller *c, uint8_t b)
{
    const struct demand_said *sum = &c->demand.said[b];
    struct demand_bar *d = &c->demand.bars[b];
    uint32_t measured_mW = 0;

    if (!passed(c->now_us, d->stir_us, (uint32_t)DEMAND_CALM_us)) {
        return;
    }
    bool is_measured = measured(c, b, &measured_mW);
    bool is_old =
        passed(c->now_us, d->stir_us, 2U * c->cfg.report_us); /* means are of since then */
    bool lies = is_measured && sum->all && (measured_mW < (sum->draws_mW - (sum->draws_mW / 4U)));

    if (is_measured && !lies) {
        d->draw_mW = measured_mW;
    } else if (!is_old) {
        return;
    } else {
        d->draw_mW = sum->all ? sum->draws_mW : c->cfg.bars[b].load_mW;
    }
    d->draw_mW = least_mW(d->draw_mW + sum->coming_mW, (uint32_t)CONFIG_LOAD_MAX_mW);
}

/* The planner is told in steps, upwards at once, downwards when it is worth it. */
static void round_up(struct controller *c, uint8_t b)
{
    struct demand_bar *d = &c->demand.bars[b];
    uint32_t step_mW = (c->cfg.bars[b].load_mW / (uint32_t)DEMAND_QUANTA) + 1000U;

    if ((d->wanted_mW > d->asked_mW) || ((d->wanted_mW + (3U * step_mW)) < d->asked_mW)) {
        d->asked_mW =
            least_mW(((d->wanted_mW / step_mW) + 1U) * step_mW, (uint32_t)CONFIG_LOAD_MAX_mW);
        c->reload = true;
        c->replan = true;
    }
}

/* A server on two bars draws everything from one when the other is dark. */
static void live_changes(struct controller *c, uint8_t live)
{
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        if (has_several(c->cfg.servers[i].bars)) {
            int32_t now_mW = (int32_t)demand_now_mW(c, i);
            demand_expect(c, i, -now_mW);
            c->demand.servers[i].parts = parts_of(c->cfg.servers[i].bars, live);
            demand_changes(c, i);
            demand_expect(c, i, now_mW);
        }
    }
    c->demand.live = live;
}

/* Changes with everything that a look depends on. */
static uint32_t news(const struct controller *c)
{
    uint32_t sum = c->count.changes + c->count.switch_commands + c->count.plans +
                   c->count.foreseen + c->count.moves + c->count.stuck_switches;

    sum += c->demand.doubt ? c->count.transfers : 0U; /* each may have ended it */
    return allocate_plans(c) ? ~sum : sum;
}

bool demand_is_stale(const struct controller *c)
{
    return c->demand.seen != news(c);
}

void demand_look(struct controller *c)
{
    uint32_t feeders[CTL_BARS];
    uint8_t live = 0;

    budget(c);
    find_feeders(c, feeders);
    c->demand.doubt = false;
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        if (feeders[b] != d->feeders) {
            d->feeders = feeders[b];
            d->trim_mW = 0;
            d->stir_us = c->now_us;
        }
        c->demand.doubt = c->demand.doubt || (d->sure_mW < d->budget_mW);
        c->demand.look |= bit(b);
        if (d->budget_mW > 0U) {
            live |= bit(b);
        }
    }
    if (live != c->demand.live) {
        live_changes(c, live);
    }
    c->demand.seen = news(c);
    if (c->sequencing) { /* a good supply may wait for that */
        sequencer_wake(c);
    }
}

/* Servers that have not reported for three periods are silent. That some have other states may be news for
 * the planner: not more often than this. */
static void count_silence(struct controller *c)
{
    if (!passed(c->now_us, c->demand.quarter_us, c->cfg.report_us / (uint32_t)DEMAND_QUARTERS)) {
        return;
    }
    c->demand.quarter_us = c->now_us;
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        struct server *u = &c->demand.servers[i];

        if (u->missed < (uint8_t)DEMAND_MUTE_QUARTERS) {
            u->missed++;
        } else if (u->state != (uint8_t)CTL_SERVER_SILENT) {
            u->state = (uint8_t)CTL_SERVER_SILENT;
            c->demand.restated = true;
            demand_changes(c, i);
        } else {
            /* still */
        }
    }
    c->reload = c->reload || c->demand.restated;
    c->demand.restated = false;
}

void demand_tick(struct controller *c)
{
    uint8_t b = c->demand.turn;
    struct demand_bar *d = &c->demand.bars[b];

    count_silence(c);
    if (!has(c->demand.summed, b)) {
        add_up(c, b);
    }
    believe(c, b);
    trim(c, b);
    d->wanted_mW = least_mW(d->draw_mW + c->demand.said[b].wish_mW, (uint32_t)CONFIG_LOAD_MAX_mW);
    round_up(c, b);
    if ((c->demand.said[b].wish_mW > 0U) || (d->draw_mW > d->sure_mW)) {
        c->demand.look |= bit(b);
    }
    c->demand.turn = ((b + 1U) < c->cfg.n_bars) ? (uint8_t)(b + 1U) : 0U;
    ask_tick(c);
}

void demand_init(struct controller *c)
{
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        d->draw_mW = c->cfg.bars[b].load_mW;
        d->wanted_mW = d->draw_mW;
        d->asked_mW = d->draw_mW;
        d->stir_us = c->now_us;
        d->limit_us = c->now_us;
        d->free_us = c->now_us - (uint32_t)SHED_HOLD_MAX_us;
    }
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        c->demand.servers[i].free_mW = c->cfg.servers[i].rated_mW;
        c->demand.servers[i].wanted = (uint8_t)CTL_ASK_FREE;
        c->demand.servers[i].parts = parts_of(c->cfg.servers[i].bars, 0);
    }
    c->demand.quarter_us = c->now_us;
    shed_init(c);
}

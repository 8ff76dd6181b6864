/* shed.c - caps, sheds and staged restarts.  Checked by tests/controller/test_demand.c. */
#include "shed.h"

#include "allocate.h"
#include "clock.h"
#include "controller.h"
#include "demand.h"
#include "supply.h"

#include <string.h>

/* What is taken from a bar's servers. */
struct choice {
    bool off[CTL_SERVERS];
    uint32_t off_mW; /* of those */
};

static bool is_on(const struct controller *c, uint16_t i, uint8_t b)
{
    return (((uint32_t)c->cfg.servers[i].bars >> b) & 1U) != 0U;
}

/* ---- what a server can give -------------------------------------------------------------------- */

static bool obeys(const struct controller *c, uint16_t i)
{
    const struct server *u = &c->demand.servers[i];

    return !u->deaf && (u->wanted != (uint8_t)CTL_ASK_OFF) &&
           ((u->state == (uint8_t)CTL_SERVER_ON) || (u->state == (uint8_t)CTL_SERVER_BOOTS));
}

static uint32_t by_cap_mW(const struct controller *c, uint16_t i)
{
    uint32_t now_mW = demand_now_mW(c, i);
    uint32_t least_mW = c->cfg.servers[i].least_mW;

    return (obeys(c, i) && (c->demand.servers[i].state == (uint8_t)CTL_SERVER_ON) &&
            (now_mW > least_mW))
               ? ((now_mW - least_mW) / demand_parts(c, i))
               : 0U;
}

static uint32_t by_off_mW(const struct controller *c, uint16_t i)
{
    return obeys(c, i) ? (demand_now_mW(c, i) / demand_parts(c, i)) : 0U;
}

/* ---- requests ---------------------------------------------------------------------------------- */

/* It shall be so from now on; the bars are expected to follow. */
static void want(struct controller *c, uint16_t i, enum ctl_ask what, uint32_t cap_mW)
{
    struct server *u = &c->demand.servers[i];
    int32_t was_mW = (int32_t)demand_now_mW(c, i);

    u->wanted = (uint8_t)what;
    u->cap_mW = cap_mW;
    demand_expect(c, i, (int32_t)demand_now_mW(c, i) - was_mW);
}

static void ask(struct controller *c, uint16_t i, enum ctl_ask what, uint32_t cap_mW)
{
    want(c, i, what, cap_mW);
    c->demand.servers[i].phase = (uint8_t)SERVER_DUE;
    c->demand.asking = true;
}

/* It waits for the word to start, and draws its surge before long. */
static void start(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];
    int32_t surge_mW = (int32_t)demand_wish_mW(c, i);

    ask(c, i, CTL_ASK_FREE, 0);
    u->changed_us = c->now_us;
    demand_expect(c, i, surge_mW);
    c->count.starts++;
}

static bool lacks(const struct controller *c, uint16_t i)
{
    bool any = false;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const struct demand_bar *d = &c->demand.bars[b];
        any = any || (is_on(c, i, b) && (d->draw_mW > d->budget_mW));
    }
    return any;
}

static void is_deaf(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];

    u->deaf = true;
    u->sent_us = c->now_us;
    c->count.deaf_servers++;
}

/* The last request was refused, or not acknowledged in time. */
static void failed(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];
    bool was_cap = u->wanted == (uint8_t)CTL_ASK_CAP;
    bool was_off = u->wanted == (uint8_t)CTL_ASK_OFF;

    u->phase = (uint8_t)SERVER_RESTS;
    if (was_cap || was_off) {
        want(c, i, CTL_ASK_FREE, 0);
    } else {
        want(c, i, (u->state == (uint8_t)CTL_SERVER_WAITS) ? CTL_ASK_OFF : CTL_ASK_FREE, 0);
    }
    if (was_cap && lacks(c, i)) {
        ask(c, i, CTL_ASK_OFF, 0);
        c->count.escalations++;
    } else {
        is_deaf(c, i);
    }
}

static bool is_done(const struct server *u, const struct ctl_in *in)
{
    bool done = in->report.limit == u->wanted;

    if (u->wanted == (uint8_t)CTL_ASK_CAP) {
        done = done && (in->report.cap_mW <= u->cap_mW);
    }
    return done;
}

/* What a server does that nothing was asked of: after a reset of the controller, or of its own. */
static void adopt(struct controller *c, uint16_t i, const struct ctl_in *in)
{
    struct server *u = &c->demand.servers[i];

    if (u->state == (uint8_t)CTL_SERVER_WAITS) {
        u->wanted = (uint8_t)CTL_ASK_OFF;
    } else if ((in->report.limit == (uint8_t)CTL_ASK_CAP) &&
               (u->state != (uint8_t)CTL_SERVER_OFF)) {
        u->wanted = (uint8_t)CTL_ASK_CAP;
        u->cap_mW = in->report.cap_mW;
    } else if ((in->report.limit != (uint8_t)CTL_ASK_OFF) ||
               (u->state == (uint8_t)CTL_SERVER_OFF)) {
        u->wanted = (uint8_t)CTL_ASK_FREE;
    } else {
        u->wanted = (uint8_t)CTL_ASK_OFF;
    }
}

void shed_answered(struct controller *c, uint16_t i, const struct ctl_in *in)
{
    struct server *u = &c->demand.servers[i];

    if (u->phase == (uint8_t)SERVER_RESTS) {
        adopt(c, i, in);
    } else if ((u->phase == (uint8_t)SERVER_SENT) && (in->report.number == u->number)) {
        if (is_done(u, in)) {
            u->phase = (uint8_t)SERVER_RESTS;
            u->deaf = false;
        } else {
            failed(c, i);
        }
    } else {
        /* it was said before the request came */
    }
}

void shed_tick(struct controller *c)
{
    bool asking = false;

    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        struct server *u = &c->demand.servers[i];

        if ((u->phase == (uint8_t)SERVER_SENT) && passed(c->now_us, u->sent_us, c->cfg.answer_us)) {
            failed(c, i);
        }
        if (u->deaf && (u->phase == (uint8_t)SERVER_RESTS) &&
            passed(c->now_us, u->sent_us, (uint32_t)SHED_DEAF_us)) {
            u->deaf = false;
        }
        asking = asking || (u->phase == (uint8_t)SERVER_DUE);
    }
    c->demand.asking = asking;
}

/* What helps goes before what adds; the least important first, as it was chosen. */
static uint16_t next_request(const struct controller *c)
{
    uint16_t next = (uint16_t)CTL_SERVERS;

    for (uint16_t k = 0; k < c->cfg.n_servers; k++) {
        uint16_t i = c->demand.order[k];
        const struct server *u = &c->demand.servers[i];

        if (u->phase == (uint8_t)SERVER_DUE) {
            if (u->wanted != (uint8_t)CTL_ASK_FREE) {
                return i;
            }
            next = i;
        }
    }
    return next;
}

static void send(struct controller *c, struct ctl_out *out)
{
    uint16_t i = next_request(c);

    if (i >= c->cfg.n_servers) {
        c->demand.asking = false;
        return;
    }
    struct server *u = &c->demand.servers[i];

    c->demand.number = (c->demand.number == UINT8_MAX) ? 1U : (uint8_t)(c->demand.number + 1U);
    u->number = c->demand.number;
    u->phase = (uint8_t)SERVER_SENT;
    u->sent_us = c->now_us;
    out->ask.what = u->wanted;
    out->ask.number = u->number;
    out->ask.server = (uint8_t)i;
    out->ask.cap_mW = u->cap_mW;
    c->count.requests++;
}

/* ---- too much ---------------------------------------------------------------------------------- */

static uint32_t all_caps_mW(const struct controller *c, uint8_t b)
{
    uint32_t sum_mW = 0;

    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        sum_mW += is_on(c, i, b) ? by_cap_mW(c, i) : 0U;
    }
    return sum_mW;
}

/* Who has to be off so that the caps of the others do. Taken in order; then whoever turns out not to
 * be needed, the most important first, stays on. Returns the place in the order of the most important
 * one; n_servers: none. */
static uint16_t choose(const struct controller *c, uint8_t b, uint32_t lack_mW, struct choice *ch)
{
    uint32_t caps_mW = all_caps_mW(c, b);
    uint16_t most = c->cfg.n_servers;
    uint16_t taken = 0;

    (void)memset(ch, 0, sizeof(*ch));
    for (; (taken < c->cfg.n_servers) && ((caps_mW + ch->off_mW) < lack_mW); taken++) {
        uint16_t i = c->demand.order[taken];

        if (is_on(c, i, b) && (by_off_mW(c, i) > 0U)) {
            ch->off[i] = true;
            ch->off_mW += by_off_mW(c, i);
            caps_mW -= by_cap_mW(c, i);
        }
    }
    for (uint16_t k = taken; k > 0U; k--) {
        uint16_t i = c->demand.order[k - 1U];
        uint32_t without_mW = (caps_mW + ch->off_mW + by_cap_mW(c, i)) - by_off_mW(c, i);

        if (ch->off[i] && (without_mW >= lack_mW)) {
            ch->off[i] = false;
            ch->off_mW -= by_off_mW(c, i);
            caps_mW += by_cap_mW(c, i);
        } else if (ch->off[i] && (most == c->cfg.n_servers)) {
            most = (uint16_t)(k - 1U);
        } else {
            /* on, or less important than one that is off */
        }
    }
    return most;
}

static void limit(struct controller *c, uint8_t b, uint32_t lack_mW, bool may_shed)
{
    struct choice ch = {{false}, 0};

    if (may_shed) {
        (void)choose(c, b, lack_mW, &ch);
    }
    uint32_t left_mW = (lack_mW > ch.off_mW) ? (lack_mW - ch.off_mW) : 0U;
    for (uint16_t k = 0; k < c->cfg.n_servers; k++) {
        uint16_t i = c->demand.order[k];
        uint32_t cap_mW = is_on(c, i, b) ? by_cap_mW(c, i) : 0U;

        if (ch.off[i]) {
            ask(c, i, CTL_ASK_OFF, 0);
            c->count.sheds++;
        } else if ((cap_mW > 0U) && (left_mW > 0U)) {
            uint32_t take_mW = (cap_mW < left_mW) ? cap_mW : left_mW;
            left_mW -= take_mW;
            take_mW *= demand_parts(c, i);
            ask(c, i, CTL_ASK_CAP, demand_now_mW(c, i) - take_mW);
            c->count.caps++;
        } else {
            /* stays as it is */
        }
    }
}

uint32_t shed_reaches(const struct controller *c, uint8_t b, uint32_t budget_mW)
{
    uint32_t wanted_mW = c->demand.bars[b].wanted_mW;
    struct choice ch;
    uint16_t most = c->cfg.n_servers;

    if (wanted_mW > budget_mW) {
        most = choose(c, b, wanted_mW - budget_mW, &ch);
    }
    return (most < c->cfg.n_servers) ? c->cfg.servers[c->demand.order[most]].priority
                                     : ((uint32_t)UINT8_MAX + 1U);
}

/* ---- room -------------------------------------------------------------------------------------- */

/* Is there room for it on every bar that it draws from? */
static bool fits(const struct controller *c, uint16_t i)
{
    uint32_t more_mW = demand_wish_mW(c, i) / demand_parts(c, i);
    bool starts = c->demand.servers[i].state == (uint8_t)CTL_SERVER_WAITS;
    bool fit = true;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const struct demand_bar *d = &c->demand.bars[b];
        uint32_t room_mW = d->sure_mW - (d->sure_mW / (uint32_t)SHED_ROOM);

        if (is_on(c, i, b) && ((((uint32_t)c->demand.live >> b) & 1U) != 0U)) {
            fit = fit && ((d->draw_mW + more_mW) <= room_mW) &&
                  passed(c->now_us, d->limit_us, d->hold_us) &&
                  (!starts || passed(c->now_us, d->stir_us, (uint32_t)DEMAND_CALM_us));
        }
    }
    return fit;
}

static void release(struct controller *c, uint8_t b)
{
    uint16_t capped = c->cfg.n_servers;

    for (uint16_t k = c->cfg.n_servers; k > 0U; k--) {
        uint16_t i = c->demand.order[k - 1U];
        const struct server *u = &c->demand.servers[i];
        bool may = is_on(c, i, b) && !u->deaf && (u->phase == (uint8_t)SERVER_RESTS) &&
                   (demand_wish_mW(c, i) > 0U) && fits(c, i);

        if (may && (u->state == (uint8_t)CTL_SERVER_WAITS)) {
            start(c, i);
            c->demand.bars[b].free_us = c->now_us;
            return;
        }
        capped = (may && (u->wanted == (uint8_t)CTL_ASK_CAP) && (capped == c->cfg.n_servers))
                     ? i
                     : capped;
    }
    if (capped < c->cfg.n_servers) {
        ask(c, capped, CTL_ASK_FREE, 0);
        c->demand.bars[b].free_us = c->now_us;
    }
}

/* ---- a bar ------------------------------------------------------------------------------------- */

/* What a supply gives to the bars that it feeds by the present plan, all together; one alone on its
 * bar need not leave room for a larger share, only for its meter. */
static uint32_t gives_mW(const struct controller *c, uint8_t s, bool alone)
{
    const struct plan_supply *q = &c->problem.supplies[s];
    bool gives = q->serves && !supply_is_lost(&c->supplies[s]);

    return gives
               ? (alone ? (q->capacity_mW - (q->capacity_mW / (uint32_t)SHED_METER)) : q->shared_mW)
               : 0U;
}

static bool feeds(const struct controller *c, uint8_t s, uint8_t b)
{
    return (((uint32_t)c->plan.feeds[s] >> b) & 1U) != 0U;
}

static bool joins(const struct controller *c, uint8_t s)
{
    return (c->plan.feeds[s] & (c->plan.feeds[s] - 1U)) != 0U;
}

static bool is_alone(const struct controller *c, uint8_t b)
{
    uint32_t n = 0;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        n += (feeds(c, s, b) && (gives_mW(c, s, false) > 0U)) ? 1U : 0U;
    }
    return n == 1U;
}

/* What a bar lacks of the load that the plan was made for. */
static uint32_t lack_mW(const struct controller *c, uint8_t b)
{
    const struct demand_bar *d = &c->demand.bars[b];
    uint32_t due_mW = c->problem.bars[b].load_mW;

    return (due_mW > d->budget_mW) ? (due_mW - d->budget_mW) : 0U;
}

/* A supply that joins bars gives each as much as it lacks, as far as it goes. */
static void divide(struct controller *c, uint8_t s)
{
    uint32_t sum_W = 0;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        sum_W += feeds(c, s, b) ? ((lack_mW(c, b) / 1000U) + 1U) : 0U;
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];
        uint32_t part_mW = (gives_mW(c, s, false) / sum_W) * ((lack_mW(c, b) / 1000U) + 1U);

        if (feeds(c, s, b)) {
            d->budget_mW += part_mW;
            d->sure_mW += allocate_doubts(c, s) ? 0U : part_mW;
        }
    }
}

void shed_budget(struct controller *c)
{
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];
        bool alone = is_alone(c, b);

        d->budget_mW = 0;
        d->sure_mW = 0;
        for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
            if (feeds(c, s, b) && !joins(c, s)) {
                uint32_t mW = gives_mW(c, s, alone);
                d->budget_mW += mW;
                d->sure_mW += allocate_doubts(c, s) ? 0U : mW;
            }
        }
    }
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        if (joins(c, s)) {
            divide(c, s);
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        struct demand_bar *d = &c->demand.bars[b];

        d->budget_mW -= (d->trim_mW < d->budget_mW) ? d->trim_mW : d->budget_mW;
        d->sure_mW -= (d->trim_mW < d->sure_mW) ? d->trim_mW : d->sure_mW;
    }
}

/* If letting servers go is what made it lack power, the next one waits for longer. */
static void hold(struct controller *c, struct demand_bar *d)
{
    bool same = (d->hold_us > 0U) && !passed(c->now_us, d->limit_us, (uint32_t)SHED_HOLD_us);
    bool again = (d->hold_us > 0U) && !passed(c->now_us, d->free_us, (uint32_t)SHED_HOLD_MAX_us);

    if (!same) {
        d->hold_us =
            again ? backed_off_us(d->hold_us, (uint32_t)SHED_HOLD_MAX_us) : (uint32_t)SHED_HOLD_us;
    }
    d->limit_us = c->now_us;
}

bool shed_allows(const struct controller *c, uint8_t b)
{
    const struct demand_bar *d = &c->demand.bars[b];
    bool more = false;    /* could be taken */
    bool pending = false; /* has been asked */

    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        const struct server *u = &c->demand.servers[i];

        if (is_on(c, i, b)) {
            more = more || (by_off_mW(c, i) > 0U);
            pending = pending ||
                      ((u->phase != (uint8_t)SERVER_RESTS) && (u->wanted != (uint8_t)CTL_ASK_FREE));
        }
    }
    return !pending &&
           !((d->draw_mW > (d->budget_mW + (d->budget_mW / (uint32_t)SHED_LACK))) && more) &&
           ((c->cfg.n_servers == 0U) || passed(c->now_us, d->limit_us, (uint32_t)SHED_DONE_us));
}

static void balance(struct controller *c, uint8_t b)
{
    struct demand_bar *d = &c->demand.bars[b];

    if (d->budget_mW == 0U) {
        return; /* dark, or not known yet */
    }
    if (d->draw_mW > d->budget_mW) {
        hold(c, d);
        limit(c, b, d->draw_mW - d->budget_mW,
              (d->draw_mW - d->budget_mW) > (d->budget_mW / (uint32_t)SHED_LACK));
    } else if (d->draw_mW > d->sure_mW) {
        limit(c, b, d->draw_mW - d->sure_mW, false);
    } else {
        release(c, b);
    }
}

/* The most important bar whose balance is due; n_bars: none. */
static uint8_t next_bar(const struct controller *c)
{
    uint8_t next = c->cfg.n_bars;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        if ((((uint32_t)c->demand.look >> b) & 1U) != 0U) {
            next =
                ((next == c->cfg.n_bars) || (c->cfg.bars[b].priority < c->cfg.bars[next].priority))
                    ? b
                    : next;
        }
    }
    return next;
}

bool shed_step(struct controller *c, struct ctl_out *out)
{
    uint8_t b = next_bar(c);

    if (b < c->cfg.n_bars) {
        c->demand.look &= (uint8_t) ~(1U << b);
        balance(c, b);
    }
    if (c->demand.asking) {
        send(c, out);
    }
    return c->demand.asking || (c->demand.look != 0U);
}

void shed_init(struct controller *c)
{
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        const struct ctl_server_config *v = &c->cfg.servers[i];
        uint16_t k = i;

        for (; k > 0U; k--) {
            const struct ctl_server_config *before = &c->cfg.servers[c->demand.order[k - 1U]];
            bool first = (v->priority > before->priority) ||
                         ((v->priority == before->priority) && (v->least_mW > before->least_mW));
            if (!first) {
                break;
            }
            c->demand.order[k] = c->demand.order[k - 1U];
        }
        c->demand.order[k] = (uint8_t)i;
    }
}

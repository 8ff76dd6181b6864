/* ask.c - requests to servers and their answers.  Checked by tests/controller/test_demand.c. */
#include "ask.h"

#include "clock.h"
#include "controller.h"
#include "demand.h"

/* What is asked of it, or whether it hears, is something else: its bars are expected to follow. */
static void expect(struct controller *c, uint16_t i, uint32_t was_mW)
{
    const int32_t more_mW = (int32_t)demand_now_mW(c, i) - (int32_t)was_mW;

    demand_changes(c, i);
    if (more_mW != 0) {
        demand_expect(c, i, more_mW);
    }
}

/* It shall be so from now on. */
static void want(struct controller *c, uint16_t i, enum ctl_ask what, uint32_t cap_mW)
{
    struct server *u = &c->demand.servers[i];
    const uint32_t was_mW = demand_now_mW(c, i);

    u->wanted = (uint8_t)what;
    u->cap_mW = cap_mW;
    expect(c, i, was_mW);
}

void ask_server(struct controller *c, uint16_t i, enum ctl_ask what, uint32_t cap_mW)
{
    want(c, i, what, cap_mW);
    c->demand.servers[i].phase = (uint8_t)SERVER_DUE;
    c->demand.asking = true;
    c->demand.awaiting = true;
}

/* It waits for the word to start, and draws its surge before long. */
void ask_start(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];
    int32_t surge_mW = (int32_t)demand_wish_mW(c, i);

    ask_server(c, i, CTL_ASK_FREE, 0);
    u->changed_us = c->now_us;
    demand_expect(c, i, surge_mW);
    c->count.starts++;
}

static bool lacks(const struct controller *c, uint16_t i)
{
    bool any = false;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const struct demand_bar *d = &c->demand.bars[b];
        any = any || (demand_is_on(c, i, b) && (d->draw_mW > d->budget_mW));
    }
    return any;
}

static void is_deaf(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];

    u->deaf = true;
    c->demand.awaiting = true;
    u->sent_us = c->now_us;
    c->count.deaf_servers++;
    c->demand.restated = true;
}

/* Whether it hears is known, or no longer sure. */
static void set_deaf(struct controller *c, uint16_t i, bool deaf, enum server_phase phase)
{
    struct server *u = &c->demand.servers[i];
    const uint32_t was_mW = demand_now_mW(c, i);

    u->deaf = deaf;
    u->phase = (uint8_t)phase;
    expect(c, i, was_mW);
}

/* No answer: the request was lost, or the answer, or whoever should give it. It is asked once more, and the
 * others are asked at once for what it may not give: there is no time to wait twice. */
static void ask_again(struct controller *c, uint16_t i)
{
    set_deaf(c, i, true, SERVER_DUE);
    c->demand.asking = true;
    c->demand.restated = true;
}

/* The last request was refused, or not acknowledged though it was sent twice. */
static void failed(struct controller *c, uint16_t i)
{
    struct server *u = &c->demand.servers[i];
    bool was_cap = u->wanted == (uint8_t)CTL_ASK_CAP;
    bool was_off = u->wanted == (uint8_t)CTL_ASK_OFF;

    if (was_cap || was_off) {
        want(c, i, CTL_ASK_FREE, 0);
    } else {
        want(c, i, (u->state == (uint8_t)CTL_SERVER_WAITS) ? CTL_ASK_OFF : CTL_ASK_FREE, 0);
    }
    u->phase = (uint8_t)SERVER_RESTS;
    if (was_cap && !u->deaf && lacks(c, i)) {
        ask_server(c, i, CTL_ASK_OFF, 0);
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
    bool off =
        (u->state == (uint8_t)CTL_SERVER_WAITS) ||
        ((in->report.limit == (uint8_t)CTL_ASK_OFF) && (u->state != (uint8_t)CTL_SERVER_OFF));
    bool cap = (in->report.limit == (uint8_t)CTL_ASK_CAP) && (u->state != (uint8_t)CTL_SERVER_OFF);

    u->wanted = off ? (uint8_t)CTL_ASK_OFF : (uint8_t)CTL_ASK_FREE;
    if (cap && !off) {
        u->wanted = (uint8_t)CTL_ASK_CAP;
        u->cap_mW = in->report.cap_mW;
    }
}

void ask_answered(struct controller *c, uint16_t i, const struct ctl_in *in)
{
    struct server *u = &c->demand.servers[i];

    if (u->phase == (uint8_t)SERVER_RESTS) {
        adopt(c, i, in);
    } else if ((u->phase == (uint8_t)SERVER_SENT) && (in->report.number == u->number)) {
        if (is_done(u, in)) {
            set_deaf(c, i, false, SERVER_RESTS);
        } else {
            failed(c, i);
        }
    } else {
        /* it was said before the request came */
    }
}

void ask_tick(struct controller *c)
{
    bool asking = false;
    bool awaiting = false;

    for (uint16_t i = 0; (i < c->cfg.n_servers) && c->demand.awaiting; i++) {
        struct server *u = &c->demand.servers[i];

        if ((u->phase == (uint8_t)SERVER_SENT) && passed(c->now_us, u->sent_us, c->cfg.answer_us)) {
            if (u->deaf) {
                failed(c, i);
            } else {
                ask_again(c, i);
            }
        }
        if (u->deaf && (u->phase == (uint8_t)SERVER_RESTS) &&
            passed(c->now_us, u->sent_us, (uint32_t)ASK_DEAF_us)) {
            u->deaf = false;
        }
        asking = asking || (u->phase == (uint8_t)SERVER_DUE);
        awaiting = awaiting || (u->phase != (uint8_t)SERVER_RESTS) || u->deaf;
    }
    c->demand.asking = asking;
    c->demand.awaiting = awaiting;
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

void ask_send(struct controller *c, struct ctl_out *out)
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

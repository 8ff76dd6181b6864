/* shed.c - caps, sheds and staged restarts.  Checked by tests/controller/test_demand.c. */
#include "shed.h"

#include "allocate.h"
#include "ask.h"
#include "bits.h"
#include "clock.h"
#include "controller.h"
#include "demand.h"

#include <string.h>

/* What is taken from a bar's servers. */
struct choice {
    bool off[CTL_SERVERS];
    uint32_t off_mW; /* of those */
};

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

/* ---- too much ---------------------------------------------------------------------------------- */

static uint32_t all_caps_mW(const struct controller *c, uint8_t b)
{
    uint32_t sum_mW = 0;

    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        sum_mW += demand_is_on(c, i, b) ? by_cap_mW(c, i) : 0U;
    }
    return sum_mW;
}

/* Who has to be off so that the caps of the others do. Taken in order; then whoever turns out not to
 * be needed, the most important first, stays on. */
static void choose(const struct controller *c, uint8_t b, uint32_t lack_mW, struct choice *ch)
{
    uint32_t caps_mW = all_caps_mW(c, b);
    uint16_t taken = 0;

    (void)memset(ch, 0, sizeof(*ch));
    for (; (taken < c->cfg.n_servers) && ((caps_mW + ch->off_mW) < lack_mW); taken++) {
        uint16_t i = c->demand.order[taken];

        if (demand_is_on(c, i, b) && (by_off_mW(c, i) > 0U)) {
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
        }
    }
}

static void limit(struct controller *c, uint8_t b, uint32_t lack_mW, bool may_shed)
{
    struct choice ch;

    (void)memset(&ch, 0, sizeof(ch));
    if (may_shed) {
        choose(c, b, lack_mW, &ch);
    }
    uint32_t left_mW = (lack_mW > ch.off_mW) ? (lack_mW - ch.off_mW) : 0U;
    for (uint16_t k = 0; k < c->cfg.n_servers; k++) {
        uint16_t i = c->demand.order[k];
        uint32_t cap_mW = demand_is_on(c, i, b) ? by_cap_mW(c, i) : 0U;

        if (ch.off[i]) {
            ask_server(c, i, CTL_ASK_OFF, 0);
            c->count.sheds++;
        } else if ((cap_mW > 0U) && (left_mW > 0U)) {
            uint32_t take_mW = (cap_mW < left_mW) ? cap_mW : left_mW;
            left_mW -= take_mW;
            take_mW *= demand_parts(c, i);
            ask_server(c, i, CTL_ASK_CAP, demand_now_mW(c, i) - take_mW);
            c->count.caps++;
        } else {
            /* stays as it is */
        }
    }
}

/* The last one taken is needed, however many of those before it turn out not to be. */
uint32_t shed_reaches(const struct controller *c, uint8_t b, uint32_t budget_mW)
{
    const uint32_t wanted_mW = c->demand.bars[b].wanted_mW;
    uint32_t reached = (uint32_t)UINT8_MAX + 1U;

    if (wanted_mW <= budget_mW) {
        return reached;
    }
    uint32_t got_mW = all_caps_mW(c, b);

    for (uint16_t k = 0; (k < c->cfg.n_servers) && (got_mW < (wanted_mW - budget_mW)); k++) {
        uint16_t i = c->demand.order[k];
        uint32_t off_mW = demand_is_on(c, i, b) ? by_off_mW(c, i) : 0U;

        if (off_mW > 0U) {
            got_mW += off_mW - by_cap_mW(c, i);
            reached = c->cfg.servers[i].priority;
        }
    }
    return reached;
}

/* ---- room -------------------------------------------------------------------------------------- */

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

/* What each bar lacks for it to be let go. False: there is room on all that it draws from. */
static bool find_lack(const struct controller *c, uint16_t i, uint32_t lack_mW[])
{
    const uint32_t more_mW = demand_wish_mW(c, i) / demand_parts(c, i);
    bool any = false;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const struct demand_bar *d = &c->demand.bars[b];
        const uint32_t room_mW = d->sure_mW - (d->sure_mW / (uint32_t)SHED_ROOM);
        const bool lacks =
            demand_is_on(c, i, b) && has(c->demand.live, b) && ((d->draw_mW + more_mW) > room_mW);

        lack_mW[b] = lacks ? ((d->draw_mW + more_mW) - room_mW) : 0U;
        any = any || lacks;
    }
    return any;
}

/* Have its bars been calm for long enough? */
static bool is_time(const struct controller *c, uint16_t i)
{
    const bool starts = c->demand.servers[i].state == (uint8_t)CTL_SERVER_WAITS;
    bool time = true;

    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        const struct demand_bar *d = &c->demand.bars[b];

        if (demand_is_on(c, i, b) && has(c->demand.live, b)) {
            time = time && passed(c->now_us, d->limit_us, d->hold_us) &&
                   (!starts || passed(c->now_us, d->stir_us, (uint32_t)DEMAND_CALM_us));
        }
    }
    return time;
}

/* Could less important servers give that, by caps? */
static bool can_give(const struct controller *c, uint16_t i, const uint32_t lack_mW[])
{
    uint32_t left_mW[CTL_BARS] = {0};
    uint32_t left = 0;

    (void)memcpy(left_mW, lack_mW, sizeof(left_mW));
    for (uint16_t k = 0; k < c->cfg.n_servers; k++) {
        const bool less = c->cfg.servers[k].priority > c->cfg.servers[i].priority;
        const uint32_t cap_mW = less ? by_cap_mW(c, k) : 0U;

        for (uint8_t b = 0; (b < c->cfg.n_bars) && (cap_mW > 0U); b++) {
            if (demand_is_on(c, k, b)) {
                left_mW[b] -= (cap_mW < left_mW[b]) ? cap_mW : left_mW[b];
            }
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        left |= left_mW[b];
    }
    return left == 0U;
}

static void release(struct controller *c, uint8_t b)
{
    const uint16_t none = c->cfg.n_servers;
    uint16_t capped = none;
    uint16_t waits = none; /* the most important one, if there is no room for it */
    uint32_t lack_mW[CTL_BARS] = {0};

    for (uint16_t k = none; k > 0U; k--) {
        uint16_t i = c->demand.order[k - 1U];
        const struct server *u = &c->demand.servers[i];
        const bool off = u->state == (uint8_t)CTL_SERVER_WAITS;
        const bool may = demand_is_on(c, i, b) && !u->deaf && (u->phase == (uint8_t)SERVER_RESTS) &&
                         (off || (u->wanted == (uint8_t)CTL_ASK_CAP)) &&
                         (demand_wish_mW(c, i) > 0U) && is_time(c, i);
        const bool fit = may && !find_lack(c, i, lack_mW);

        if (fit && off) {
            ask_start(c, i);
            c->demand.bars[b].free_us = c->now_us;
            return;
        }
        waits = (may && !fit && (waits == none) && (capped == none)) ? i : waits;
        capped = (fit && (capped == none)) ? i : capped;
    }
    if ((waits < none) && find_lack(c, waits, lack_mW) && (lack_mW[b] > 0U) &&
        can_give(c, waits, lack_mW)) {
        hold(c, &c->demand.bars[b]);
        limit(c, b, lack_mW[b], false);
    } else if (capped < none) {
        ask_server(c, capped, CTL_ASK_FREE, 0);
        c->demand.bars[b].free_us = c->now_us;
    } else {
        /* everybody stays as he is */
    }
}

/* ---- a bar ------------------------------------------------------------------------------------- */

/* Has it enough, or gives all that it can? */
static bool has_given_way(const struct controller *c, const struct demand_bar *d, bool more)
{
    bool lacks = d->draw_mW > (d->budget_mW + (d->budget_mW / (uint32_t)SHED_LACK));

    return !(lacks && more) && passed(c->now_us, d->limit_us, (uint32_t)SHED_DONE_us);
}

uint8_t shed_allows(const struct controller *c)
{
    uint8_t more = 0;    /* could be taken */
    uint8_t pending = 0; /* has been asked */
    uint8_t allowed = 0;

    if (c->cfg.n_servers == 0U) {
        return UINT8_MAX;
    }
    if (demand_is_stale(c)) {
        return 0;
    }
    for (uint16_t i = 0; i < c->cfg.n_servers; i++) {
        const struct server *u = &c->demand.servers[i];
        const uint8_t bars = c->cfg.servers[i].bars;

        if (((bars & (uint8_t)~more) != 0U) && (by_off_mW(c, i) > 0U)) {
            more |= bars;
        }
        if ((u->phase != (uint8_t)SERVER_RESTS) && (u->wanted != (uint8_t)CTL_ASK_FREE)) {
            pending |= bars;
        }
    }
    for (uint8_t b = 0; b < c->cfg.n_bars; b++) {
        bool may = !has(pending, b) && has_given_way(c, &c->demand.bars[b], has(more, b));
        allowed |= may ? bit(b) : 0U;
    }
    return allowed;
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
              ((d->draw_mW - d->budget_mW) > (d->budget_mW / (uint32_t)SHED_LACK)) &&
                  !allocate_plans(c)); /* the plan to come may feed the bar */
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
    const bool due = shed_has_more(c);

    if (c->demand.look != 0U) {
        const uint8_t b = next_bar(c);
        c->demand.look &= (uint8_t)~bit(b);
        balance(c, b);
    }
    if (c->demand.asking) {
        ask_send(c, out);
    }
    return due;
}

bool shed_has_more(const struct controller *c)
{
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

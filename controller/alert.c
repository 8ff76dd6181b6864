/* alert.c - the states of an alert line, and who is looked at.  Checked by test_alert.c. */
#include "alert.h"

#include "chips.h"
#include "clock.h"
#include "controller.h"
#include "pmbus.h"
#include "poll.h"
#include "supply.h"

/* ---- whom to trust ----------------------------------------------------------------------------- */

static bool is_ignored(const struct alert_line *l)
{
    return (l->state == (uint8_t)ALERT_HELD) || (l->state == (uint8_t)ALERT_STORM);
}

static void judge_trust(struct controller *c)
{
    const struct ctl_alert_config *cfg = &c->cfg.alert;

    for (uint8_t b = 0; b < (uint8_t)CTL_BUSES; b++) {
        c->alerts.trusted[b] = cfg->n_lines > 0U;
    }
    for (uint8_t s = 0; (s < c->cfg.n_supplies) && (cfg->n_lines > 0U); s++) {
        uint8_t line = cfg->line_of[s];

        if ((line == (uint8_t)CTL_NO_ALERT) || is_ignored(&c->alerts.lines[line])) {
            c->alerts.trusted[c->cfg.supplies[s].bus] = false;
        }
    }
}

static void stir(struct controller *c)
{
    c->alerts.calm = false;
    c->alerts.stir_us = c->now_us;
}

uint32_t alert_sweep_us(const struct controller *c, uint8_t bus)
{
    bool rests =
        c->alerts.calm && c->alerts.trusted[bus] && (c->cfg.alert.idle_us > c->cfg.sweep_us);

    return rests ? c->cfg.alert.idle_us : c->cfg.sweep_us;
}

static bool is_on(const struct controller *c, uint8_t s, uint8_t line)
{
    return c->cfg.alert.line_of[s] == line;
}

static bool has_ara(const struct controller *c, uint8_t s)
{
    return chip_row(c->cfg.supplies[s].chip)->has_ara;
}

/* Is it the first of its line behind this mux (`whole`), or the first to ask on this channel? */
static bool is_first(const struct controller *c, uint8_t s, bool whole)
{
    const struct ctl_supply_config *u = &c->cfg.supplies[s];

    for (uint8_t t = 0; t < s; t++) {
        const struct ctl_supply_config *o = &c->cfg.supplies[t];

        if (is_on(c, t, c->cfg.alert.line_of[s]) && (o->bus == u->bus) &&
            (o->mux_address == u->mux_address) &&
            (whole || ((o->channel == u->channel) && has_ara(c, t)))) {
            return false;
        }
    }
    return true;
}

void alert_init(struct controller *c)
{
    stir(c);
    for (uint8_t s = 0; (s < c->cfg.n_supplies) && (c->cfg.alert.n_lines > 0U); s++) {
        bool has_line = c->cfg.alert.line_of[s] < c->cfg.alert.n_lines;
        c->alerts.members[s].unsure = has_line ? UINT8_MAX : 0U;
        c->alerts.members[s].asks = has_ara(c, s) && is_first(c, s, false);
        c->alerts.members[s].tells = is_first(c, s, true);
    }
    judge_trust(c);
}

/* ---- a search ---------------------------------------------------------------------------------- */

static void look_at(struct controller *c, uint8_t s, uint8_t looks, bool glance)
{
    struct alert_member *m = &c->alerts.members[s];

    if (c->supplies[s].state != (uint8_t)SUPPLY_ABSENT) {
        m->looks = looks;
        m->glance = glance;
    }
}

static void begin_search(struct controller *c, uint8_t line)
{
    struct alert_line *l = &c->alerts.lines[line];

    l->state = (uint8_t)ALERT_SEARCHING;
    l->searches++;
    l->masking = false;
    stir(c);
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        struct alert_member *m = &c->alerts.members[s];

        if (!is_on(c, s, line)) {
            continue;
        }
        if (!has_ara(c, s) || (l->searches > 1U)) {
            look_at(c, s, 1, true);
        }
        m->heard = false;
        m->stood = status_registers(c->supplies[s].standing);
        m->todo = m->asks ? (uint8_t)ALERT_ASK : 0U;
        if (c->cfg.alert.mux_tells[line] && m->tells) {
            m->todo |= (uint8_t)ALERT_TELL;
        }
        poll_now(c, c->cfg.supplies[s].bus);
    }
}

static bool is_busy(const struct alert_member *m)
{
    return (m->todo != 0U) || (m->doing != 0U) || (m->looks > 0U) || m->looking;
}

static bool is_searched(const struct controller *c, uint8_t line)
{
    bool busy = false;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        busy = busy || (is_on(c, s, line) && is_busy(&c->alerts.members[s]));
    }
    return !busy;
}

/* ---- warnings that stand ------------------------------------------------------------------------ */

static void want_masks(struct alert_member *m, uint8_t registers, enum alert_todo todo)
{
    m->to_mask = registers;
    m->tries = 0;
    m->todo |= (uint8_t)todo;
}

/* Everybody on the line has been looked at. When it is still low, what stands holds it; when it rose, a
 * supply that alerted about what stood before will do so after every clear. Either is known, and need
 * not be said again. True: there is something to mask. */
static bool mask_what_stands(struct controller *c, uint8_t line, bool low)
{
    bool any = false;

    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        struct alert_member *m = &c->alerts.members[s];

        if (!is_on(c, s, line)) {
            continue;
        }
        uint8_t stands = status_registers(c->supplies[s].standing) & (uint8_t)~m->masked;

        if (!low) {
            stands &= m->heard ? m->stood : 0U;
        }
        if (stands != 0U) {
            want_masks(m, stands, ALERT_READ);
            any = true;
        }
    }
    return any;
}

/* Bits that are gone may be told when they come back. One register at a time: after a start all of them
 * may be masked, by whoever was master before. True: one is under way. */
static bool unmask_what_is_gone(struct controller *c, uint8_t s)
{
    struct alert_member *m = &c->alerts.members[s];
    uint8_t gone = (m->masked | m->unsure) & (uint8_t)~status_registers(c->supplies[s].standing);
    bool may = (gone != 0U) && c->supplies[s].has_reading && !is_busy(m);

    if (may) {
        m->standing = 0;
        want_masks(m, (uint8_t)(gone & (uint8_t)(0U - gone)), ALERT_MASK);
    }
    return may;
}

/* ---- the states of a line ----------------------------------------------------------------------- */

static void ignore(struct controller *c, uint8_t line, enum alert_state state, uint32_t pause_us)
{
    struct alert_line *l = &c->alerts.lines[line];

    journal_note(c, JOURNAL_DEAF, line, (state == ALERT_HELD) ? 1U : 0U);
    l->state = (uint8_t)state;
    l->pause_from_us = c->now_us;
    l->pause_us = pause_us;
    judge_trust(c);
}

static void rest(struct controller *c, struct alert_line *l)
{
    l->state = (uint8_t)ALERT_QUIET;
    l->searches = 0;
    judge_trust(c);
}

static void falls(struct controller *c, uint8_t line)
{
    struct alert_line *l = &c->alerts.lines[line];

    c->count.alerts++;
    l->window_us = (l->falls == 0U) ? c->now_us : l->window_us;
    l->falls++;
    if (l->falls <= c->cfg.alert.storm_falls) {
        begin_search(c, line);
        return;
    }
    c->count.alert_storms++;
    l->falls = 0;
    ignore(c, line, ALERT_STORM,
           (l->pause_us == 0U) ? c->cfg.alert.storm_us
                               : backed_off_us(l->pause_us, c->cfg.alert.storm_most_us));
}

/* Nobody of the line is left to ask, to look at or to mask. */
static void searched(struct controller *c, uint8_t line, bool low)
{
    struct alert_line *l = &c->alerts.lines[line];

    if (!l->masking && mask_what_stands(c, line, low)) {
        l->masking = true; /* another search will show whether that was it */
    } else if (!low) {
        rest(c, l);
    } else if (l->searches < (uint8_t)ALERT_SEARCHES) {
        begin_search(c, line);
    } else {
        c->count.alert_holds++;
        ignore(c, line, ALERT_HELD, l->pause_us);
    }
}

/* Whoever wanted to be heard was: the others need not be asked. */
static void stop_asking(struct controller *c, uint8_t line)
{
    for (uint8_t s = 0; s < c->cfg.n_supplies; s++) {
        struct alert_member *m = &c->alerts.members[s];

        if (is_on(c, s, line)) {
            m->todo &= (uint8_t) ~((uint8_t)ALERT_TELL | (uint8_t)ALERT_ASK);
        }
    }
}

static void run_line(struct controller *c, uint8_t line, bool low)
{
    struct alert_line *l = &c->alerts.lines[line];

    switch (l->state) {
    case ALERT_QUIET:
        if (low) {
            falls(c, line);
        }
        break;
    case ALERT_SEARCHING:
        if (!low) {
            stop_asking(c, line);
        }
        if (is_searched(c, line)) {
            searched(c, line, low);
        }
        break;
    case ALERT_HELD:
        if (!low || passed(c->now_us, l->pause_from_us, (uint32_t)ALERT_HELD_us)) {
            rest(c, l);
        }
        break;
    default: /* ALERT_STORM */
        if (passed(c->now_us, l->pause_from_us, l->pause_us)) {
            rest(c, l);
        }
        break;
    }
}

bool alert_run(struct controller *c, uint32_t pins)
{
    const struct ctl_alert_config *cfg = &c->cfg.alert;
    bool stirs = false;

    for (uint8_t line = 0; line < cfg->n_lines; line++) {
        bool low = ((pins >> cfg->pin[line]) & 1U) == 0U;

        stirs = stirs || low || (c->alerts.lines[line].state != (uint8_t)ALERT_QUIET);
        run_line(c, line, low);
    }
    return stirs;
}

static bool is_settled(const struct supply *u)
{
    return (u->state == (uint8_t)SUPPLY_ABSENT) || (u->state == (uint8_t)SUPPLY_STANDBY) ||
           (u->state == (uint8_t)SUPPLY_SHARING) || (u->state == (uint8_t)SUPPLY_ISOLATED) ||
           (u->state == (uint8_t)SUPPLY_RETIRED);
}

void alert_tick(struct controller *c)
{
    for (uint8_t line = 0; line < c->cfg.alert.n_lines; line++) {
        struct alert_line *l = &c->alerts.lines[line];

        if ((l->falls > 0U) && passed(c->now_us, l->window_us, c->cfg.alert.storm_us)) {
            l->falls = 0;
            l->pause_us = 0; /* it has borne with us for a whole window */
        }
    }
    bool unmasking = !c->surveyed; /* not while supplies are being identified */

    for (uint8_t s = 0; (s < c->cfg.n_supplies) && (c->cfg.alert.n_lines > 0U); s++) {
        unmasking = unmasking || unmask_what_is_gone(c, s);
        if (!is_settled(&c->supplies[s])) {
            stir(c);
        }
    }
    c->alerts.calm =
        c->alerts.calm || passed(c->now_us, c->alerts.stir_us, (uint32_t)ALERT_CALM_us);
}

/* ---- looking ----------------------------------------------------------------------------------- */

uint8_t alert_look_due(struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];

    for (uint8_t i = 0; i < b->n_members; i++) {
        uint8_t s = b->members[i];
        struct alert_member *m = &c->alerts.members[s];

        if ((m->looks > 0U) && !m->looking && !poll_is_writing(c, s)) {
            m->looking = poll_begin_turn(c, s);
            m->looks = m->looking ? m->looks : 0U;
        }
        if ((m->looks > 0U) || m->looking) {
            return s;
        }
    }
    return (uint8_t)CTL_NOBODY;
}

bool alert_glanced(const struct controller *c, uint8_t s)
{
    const struct alert_member *m = &c->alerts.members[s];

    return m->looking && m->glance && (c->supplies[s].status == 0U);
}

/* One that is sound is looked at no more, one that may be lost as often as it takes to believe it. */
void alert_looked(struct controller *c, uint8_t s)
{
    struct alert_member *m = &c->alerts.members[s];
    const struct supply *u = &c->supplies[s];

    if (!m->looking) {
        return;
    }
    m->looking = false;
    if (m->glance && (u->bad > 0U)) {
        m->looks = c->cfg.confirm;
    }
    m->glance = false;
    m->looks =
        (((u->bad > 0U) || (u->silent > 0U)) && (m->looks > 0U)) ? (uint8_t)(m->looks - 1U) : 0U;
}

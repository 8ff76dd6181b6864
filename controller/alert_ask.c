/* alert_ask.c - what goes over the bus for an alert: the alert response, muxes that tell, masks.
 *
 * Checked by tests/controller/test_alert.c. */
#include "alert.h"

#include "chips.h"
#include "controller.h"
#include "pmbus.h"
#include "poll.h"
#include "wire.h"

enum { ALERT_RESPONSE_ADDRESS = 0x0C, TELLS_SHIFT = 4 };

/* The lowest bit is the most urgent: muxes narrow the search, answers end it, masks come last. */
static uint8_t next_todo(const struct alert_member *m)
{
    return m->todo & (uint8_t)(0U - m->todo);
}

uint8_t alert_ask_due(struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];
    uint8_t due = (uint8_t)CTL_NOBODY;
    uint8_t first = UINT8_MAX;

    for (uint8_t i = 0; i < b->n_members; i++) {
        struct alert_member *m = &c->alerts.members[b->members[i]];
        uint8_t todo = next_todo(m);

        if ((todo != 0U) && (todo < first)) {
            first = todo;
            due = b->members[i];
        }
    }
    return due;
}

struct wire_seat alert_seat(const struct controller *c, uint8_t s)
{
    struct wire_seat seat = poll_seat(c, s);

    switch (next_todo(&c->alerts.members[s])) {
    case ALERT_TELL: /* whichever of its channels is on */
        seat.address = seat.mux;
        seat.mux = (uint8_t)CTL_NO_MUX;
        break;
    case ALERT_ASK:
        seat.address = (uint8_t)ALERT_RESPONSE_ADDRESS;
        break;
    default: /* the supply itself */
        break;
    }
    return seat;
}

static void begin_mask(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    const struct alert_member *m = &c->alerts.members[s];
    uint8_t *tx = out->bus[bus].tx;

    tx[0] = (uint8_t)CMD_SMBALERT_MASK;
    tx[1] = status_command(first_register(m->to_mask));
    tx[2] = m->standing;
    out->bus[bus].n_tx = 3;
    if (chip_row(cfg->chip)->takes_pec) {
        tx[3] = pec_of_write(cfg->address, tx, 3);
        out->bus[bus].n_tx = 4;
    }
}

void alert_begin(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    struct alert_member *m = &c->alerts.members[s];

    out->bus[bus].op = CTL_OP_TRANSFER;
    out->bus[bus].address = alert_seat(c, s).address;
    out->bus[bus].n_tx = 0;
    out->bus[bus].n_rx = 1;
    m->doing = next_todo(m);
    if (m->doing == (uint8_t)ALERT_ASK) {
        c->count.alert_asks++;
    } else if (m->doing == (uint8_t)ALERT_READ) {
        out->bus[bus].tx[0] = status_command(first_register(m->to_mask));
        out->bus[bus].n_tx = 1;
        out->bus[bus].n_rx = chip_row(c->cfg.supplies[s].chip)->has_pec ? 2U : 1U;
    } else if (m->doing == (uint8_t)ALERT_MASK) {
        out->bus[bus].n_rx = 0;
        begin_mask(c, s, bus, out);
    } else {
        /* a mux that tells: its control byte */
    }
}

/* ---- answers ----------------------------------------------------------------------------------- */

/* Do the supplies sit where one transfer reaches both? One directly on the bus always answers. */
static bool is_reached_with(const struct controller *c, uint8_t t, uint8_t s)
{
    const struct ctl_supply_config *a = &c->cfg.supplies[t];
    const struct ctl_supply_config *b = &c->cfg.supplies[s];

    return (a->bus == b->bus) &&
           ((a->mux_address == (uint8_t)CTL_NO_MUX) ||
            ((a->mux_address == b->mux_address) && (a->channel == b->channel)));
}

/* The mux of this supply tells which of its channels interrupt: nobody else need be asked. */
static void told(struct controller *c, uint8_t s, uint8_t control)
{
    for (uint8_t t = 0; t < c->cfg.n_supplies; t++) {
        const struct ctl_supply_config *u = &c->cfg.supplies[t];
        bool behind = (u->bus == c->cfg.supplies[s].bus) &&
                      (u->mux_address == c->cfg.supplies[s].mux_address) &&
                      (c->cfg.alert.line_of[t] == c->cfg.alert.line_of[s]);
        uint32_t tells = (uint32_t)control >> ((uint32_t)TELLS_SHIFT + ((uint32_t)u->channel & 3U));

        if (behind && ((tells & 1U) == 0U)) {
            c->alerts.members[t].todo &= (uint8_t) ~(uint8_t)ALERT_ASK;
            c->alerts.members[t].looks = 0;
        }
    }
}

/* The one at this address, heard in the place of s, will be looked at. Nobody we know, or one that was
 * heard before and has not let go: asking again would not lead further. */
static void heard(struct controller *c, uint8_t s, uint8_t address)
{
    bool news = false;

    for (uint8_t t = 0; t < c->cfg.n_supplies; t++) {
        struct alert_member *m = &c->alerts.members[t];

        if ((c->cfg.supplies[t].address == address) && is_reached_with(c, t, s)) {
            news = !m->heard;
            m->heard = true;
            m->glance = false;
            m->looks = news ? c->cfg.confirm : m->looks;
        }
    }
    if (!news) {
        c->alerts.members[s].todo &= (uint8_t) ~(uint8_t)ALERT_ASK;
    }
}

/* One register is done with, whether its supply knows masks or not. */
static void masked(struct alert_member *m)
{
    uint8_t bit = (uint8_t)(1U << first_register(m->to_mask));

    m->tries = 0;
    m->to_mask &= (uint8_t)~bit;
    m->unsure &= (uint8_t)~bit;
    if (m->standing != 0U) {
        m->masked |= bit;
    } else {
        m->masked &= (uint8_t)~bit;
    }
    m->todo &= (uint8_t) ~((uint8_t)ALERT_READ | (uint8_t)ALERT_MASK);
    if (m->to_mask != 0U) {
        m->todo |= (uint8_t)ALERT_READ;
    }
}

void alert_answered(struct controller *c, uint8_t s, const uint8_t rx[])
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    struct alert_member *m = &c->alerts.members[s];

    switch (m->doing) {
    case ALERT_TELL:
        m->todo &= (uint8_t) ~(uint8_t)ALERT_TELL;
        told(c, s, rx[0]);
        break;
    case ALERT_ASK:
        heard(c, s, (uint8_t)(rx[0] >> 1));
        break;
    case ALERT_READ:
        if (chip_row(cfg->chip)->has_pec &&
            !pec_of_read_is_right(cfg->address, status_command(first_register(m->to_mask)), rx,
                                  2)) {
            c->count.pec_errors++;
            alert_failed(c, s, false);
            return;
        }
        m->standing = rx[0];
        m->todo &= (uint8_t) ~(uint8_t)ALERT_READ;
        m->todo |= (uint8_t)ALERT_MASK;
        break;
    case ALERT_MASK:
        masked(m);
        break;
    default: /* it is no longer wanted */
        break;
    }
    m->doing = 0;
}

void alert_failed(struct controller *c, uint8_t s, bool at_once)
{
    struct alert_member *m = &c->alerts.members[s];

    if ((m->doing == (uint8_t)ALERT_READ) || (m->doing == (uint8_t)ALERT_MASK)) {
        m->tries++;
        if (!at_once && (m->tries <= c->cfg.retries)) {
            c->count.retries++;
        } else if (m->to_mask != 0U) {
            if ((m->doing == (uint8_t)ALERT_READ) || (m->standing != 0U)) {
                m->standing = UINT8_MAX; /* not to be tried again before it is gone */
            }
            masked(m);
        } else {
            m->todo = 0;
        }
    } else { /* nobody is there who alerts, or the mux does not tell */
        m->todo &= (uint8_t)~m->doing;
    }
    m->doing = 0;
    if (at_once) {
        m->todo = 0;
        m->to_mask = 0;
        m->looks = 0;
    }
}

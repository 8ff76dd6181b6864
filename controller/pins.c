/* pins.c - the expander's registers, adopted, written and read back.
 * Checked by tests/controller/test_step.c, test_reset.c. */
#include "pins.h"

#include "clock.h"
#include "controller.h"
#include "sequencer.h"
#include "wire.h"

#include <string.h>

enum pins_register { REG_INPUT = 0, REG_OUTPUT = 2, REG_CONFIG = 6 };

void pins_init(struct controller *c, uint8_t e)
{
    struct pins *x = &c->pins[e];

    (void)memset(x, 0, sizeof(*x));
    x->todo = (uint8_t)PINS_READ_ALL;
    x->check_us = c->now_us;
    x->pause_from_us = c->now_us;
    for (uint8_t i = 0; i < c->cfg.n_switches; i++) {
        if (c->cfg.switches[i].expander == e) {
            x->ours |= (uint16_t)(1U << c->cfg.switches[i].bit);
        }
    }
}

static bool is_paused(const struct controller *c, const struct pins *x)
{
    return (x->pause_us != 0U) && x->sick && !passed(c->now_us, x->pause_from_us, x->pause_us);
}

uint8_t pins_due(const struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];
    uint8_t due = (uint8_t)CTL_NOBODY;

    for (uint8_t i = 0; i < b->n_expanders; i++) {
        uint8_t e = b->expanders[i];
        const struct pins *x = &c->pins[e];

        if ((x->todo == 0U) || is_paused(c, x)) {
            continue;
        }
        if ((x->todo & (uint8_t)PINS_WRITE) != 0U) {
            return e;
        }
        due = (due == (uint8_t)CTL_NOBODY) ? e : due;
    }
    return due;
}

bool pins_commands(const struct controller *c, uint8_t e)
{
    return (c->pins[e].todo & (uint8_t)PINS_WRITE) != 0U;
}

uint32_t pins_wait_us(const struct controller *c, uint8_t bus)
{
    const struct wire *b = &c->wires[bus];
    uint32_t wait_us = UINT32_MAX;

    for (uint8_t i = 0; i < b->n_expanders; i++) {
        const struct pins *x = &c->pins[b->expanders[i]];

        if (x->todo != 0U) {
            wait_us = sooner_us(wait_us,
                                x->sick ? left_us(c->now_us, x->pause_from_us, x->pause_us) : 0U);
        }
    }
    return wait_us;
}

struct wire_seat pins_seat(const struct controller *c, uint8_t e)
{
    const struct ctl_expander_config *x = &c->cfg.expanders[e];

    return (struct wire_seat){x->mux_address, x->channel, x->address};
}

bool pins_obey(const struct controller *c, uint8_t e)
{
    return c->pins[e].adopted && !c->pins[e].sick && !wire_is_down(c, c->cfg.expanders[e].bus);
}

/* ---- transfers --------------------------------------------------------------------------------- */

static uint8_t most_urgent(uint8_t todo)
{
    return (uint8_t)((uint32_t)todo & (0U - (uint32_t)todo));
}

void pins_begin(struct controller *c, uint8_t e, uint8_t bus, struct ctl_out *out)
{
    struct pins *x = &c->pins[e];
    uint16_t word = x->image;

    x->doing = most_urgent(x->todo);
    out->bus[bus].op = CTL_OP_TRANSFER;
    out->bus[bus].address = c->cfg.expanders[e].address;
    switch (x->doing) {
    case PINS_WRITE:
        out->bus[bus].tx[0] = (uint8_t)REG_OUTPUT;
        x->sent = x->image;
        c->count.pin_writes++;
        break;
    case PINS_WRITE_CONFIG:
        out->bus[bus].tx[0] = (uint8_t)REG_CONFIG;
        word = x->config & (uint16_t)~x->ours;
        break;
    case PINS_READ_CONFIG:
        out->bus[bus].tx[0] = (uint8_t)REG_CONFIG;
        break;
    case PINS_READ_OUTPUT:
        out->bus[bus].tx[0] = (uint8_t)REG_OUTPUT;
        break;
    default:
        out->bus[bus].tx[0] = (uint8_t)REG_INPUT;
        break;
    }
    if ((x->doing & (uint8_t)PINS_READ_ALL) != 0U) {
        out->bus[bus].n_tx = 1;
        out->bus[bus].n_rx = 2;
    } else {
        out->bus[bus].n_tx = 3;
        out->bus[bus].n_rx = 0;
        out->bus[bus].tx[1] = (uint8_t)(word & 0xFFU);
        out->bus[bus].tx[2] = (uint8_t)((uint32_t)word >> 8);
    }
}

static void fall_sick(struct controller *c, struct pins *x)
{
    x->tries = 0;
    x->rewrites = 0;
    x->sick = true;
    x->pause_us = (x->pause_us == 0U) ? (uint32_t)PINS_PAUSE_us
                                      : backed_off_us(x->pause_us, (uint32_t)PINS_PAUSE_MAX_us);
    x->pause_from_us = c->now_us;
    c->replan = true;
}

void pins_failed(struct controller *c, uint8_t e, bool at_once)
{
    struct pins *x = &c->pins[e];

    x->tries++;
    if (!at_once && (x->tries <= c->cfg.retries)) {
        c->count.retries++;
        return;
    }
    x->todo = (uint8_t)PINS_READ_ALL; /* a write cut short may have changed one port */
    sequencer_wake(c);
    if (!at_once || (x->tries > c->cfg.retries)) {
        fall_sick(c, x);
    }
}

/* ---- what the registers say -------------------------------------------------------------------- */

static void adopt(struct controller *c, uint8_t e)
{
    struct pins *x = &c->pins[e];
    uint16_t loose = x->config & x->ours;

    x->image = (uint16_t)((x->output & (uint16_t)~loose) | (x->input & loose));
    x->adopted = true;
    sequencer_adopt(c, e);
    if (loose != 0U) {
        c->count.pin_resets++;
        x->todo = (uint8_t)PINS_WRITE | (uint8_t)PINS_WRITE_CONFIG | (uint8_t)PINS_READ_ALL;
    }
}

/* Its pins are inputs again: it was reset, by a dip of its own supply. */
static void set_up_again(struct controller *c, struct pins *x)
{
    c->count.pin_resets++;
    x->rewrites++;
    if (x->rewrites > (uint8_t)PINS_REWRITES) {
        fall_sick(c, x);
        x->todo = (uint8_t)PINS_READ_ALL;
    } else {
        x->todo = (uint8_t)PINS_WRITE | (uint8_t)PINS_WRITE_CONFIG | (uint8_t)PINS_READ_ALL;
    }
}

static void compare(struct controller *c, uint8_t e)
{
    struct pins *x = &c->pins[e];

    if ((x->config & x->ours) != 0U) {
        set_up_again(c, x);
        return;
    }
    x->rewrites = 0;
    if (sequencer_compare(c, e)) {
        x->todo |= (uint8_t)PINS_WRITE | (uint8_t)PINS_READ_OUTPUT | (uint8_t)PINS_READ_INPUT;
    }
}

/* The register holds something else than was written. Where that moved switches, the sequencer
 * moves them back by its own rules. While the pins are inputs the register moves nothing. */
static void output_is(struct controller *c, uint8_t e, uint16_t word)
{
    struct pins *x = &c->pins[e];
    bool differs = x->output != word;

    x->output = word;
    if (!differs || !x->adopted || ((x->config & x->ours) != 0U)) {
        return;
    }
    x->rewrites++;
    if (x->rewrites > (uint8_t)PINS_REWRITES) {
        fall_sick(c, x);
        x->todo = (uint8_t)PINS_READ_ALL;
    }
    sequencer_told(c, e);
}

static void wrote(struct controller *c, uint8_t e, struct pins *x)
{
    x->output = x->sent;
    x->todo |= (uint8_t)PINS_READ_OUTPUT | (uint8_t)PINS_READ_INPUT;
    if (x->image != x->sent) {
        x->todo |= (uint8_t)PINS_WRITE;
    }
    sequencer_told(c, e);
}

static void read_all(struct controller *c, uint8_t e, struct pins *x)
{
    x->check_us = c->now_us;
    if (x->sick) {
        x->sick = false;
        c->replan = true;
        sequencer_wake(c);
    }
    x->pause_us = 0;
    if (!x->adopted) {
        adopt(c, e);
    } else if ((x->todo & (uint8_t)PINS_WRITE) == 0U) {
        compare(c, e);
    } else {
        /* compared after that write */
    }
}

void pins_answered(struct controller *c, uint8_t e, const uint8_t rx[])
{
    struct pins *x = &c->pins[e];
    uint16_t word = (uint16_t)((uint32_t)rx[0] | ((uint32_t)rx[1] << 8));

    x->tries = 0;
    x->todo &= (uint8_t)~x->doing;
    switch (x->doing) {
    case PINS_WRITE:
        wrote(c, e, x);
        break;
    case PINS_WRITE_CONFIG:
        x->config &= (uint16_t)~x->ours;
        x->todo |= (uint8_t)PINS_READ_ALL;
        break;
    case PINS_READ_CONFIG:
        x->config = word;
        break;
    case PINS_READ_OUTPUT:
        output_is(c, e, word);
        break;
    default:
        x->input = word;
        if ((x->todo & (uint8_t)PINS_READ_ALL) == 0U) {
            read_all(c, e, x);
        }
        break;
    }
}

void pins_want(struct controller *c, uint8_t e, uint16_t image)
{
    struct pins *x = &c->pins[e];

    x->image = (uint16_t)((x->image & (uint16_t)~x->ours) | (image & x->ours));
    if (x->image != x->output) {
        x->todo |= (uint8_t)PINS_WRITE;
    } else {
        x->todo &= (uint8_t) ~(uint8_t)PINS_WRITE;
    }
}

void pins_tick(struct controller *c, uint8_t e)
{
    struct pins *x = &c->pins[e];

    if ((x->todo == 0U) && passed(c->now_us, x->check_us, (uint32_t)PINS_CHECK_us)) {
        x->todo = (uint8_t)PINS_READ_ALL;
    }
}

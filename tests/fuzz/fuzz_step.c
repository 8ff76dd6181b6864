/* Any valid table and any input, most of it near enough to what a rack says to get somewhere: answers
 * with a right packet error code, expanders that hold what is written; and lies, noise, silence. After
 * every step: requests are well formed, the wake time is bounded, no supply that was never identified
 * is brought in, no bar loses all its switches to one plan, and none closes beside one that has to be
 * broken first. */
#include "must.h"

#include <string.h>

#include "controller/controller.h"
#include "controller/pmbus.h"

enum { STEPS = 4000 };

struct rig {
    struct ctl_config cfg;
    struct controller c;
    struct controller was;
    struct ctl_in in;
    struct ctl_out out;
    struct ctl_out asked; /* what is under way */
    bool busy[CTL_BUSES];
    uint8_t reg[CTL_EXPANDERS][8];
};

static void make_lines(struct bytes *b, struct ctl_config *cfg)
{
    static const uint32_t idle_us[] = {0, 20000, 1000000};
    struct ctl_alert_config *a = &cfg->alert;

    a->n_lines = (uint8_t)pick(b, CTL_ALERTS + 1);
    for (uint8_t l = 0; l < a->n_lines; l++) {
        a->pin[l] = (uint8_t)(3 * l);
        a->mux_tells[l] = pick(b, 2) != 0;
    }
    for (uint8_t s = 0; s < cfg->n_supplies; s++) {
        uint32_t line = pick(b, a->n_lines + 1u);
        a->line_of[s] = line < a->n_lines ? (uint8_t)line : CTL_NO_ALERT;
    }
    a->idle_us = idle_us[pick(b, 3)];
    a->storm_falls = (uint8_t)(1 + pick(b, 20));
    a->storm_us = 100000;
    a->storm_most_us = 1000000;
}

static void make_table(struct bytes *b, struct ctl_config *cfg)
{
    static const uint32_t times_us[] = {0, 1000, 5000, 100000, 1800000000};

    memset(cfg, 0, sizeof *cfg);
    cfg->n_supplies = (uint8_t)(1 + pick(b, CTL_SUPPLIES));
    cfg->n_bars = (uint8_t)(1 + pick(b, CTL_BARS));
    cfg->n_expanders = (uint8_t)(1 + pick(b, CTL_EXPANDERS));
    cfg->retries = (uint8_t)pick(b, 4);
    cfg->confirm = (uint8_t)pick(b, 3);
    cfg->sharing_permille = (uint16_t)take(b, 2);
    cfg->sweep_us = times_us[pick(b, 5)];
    cfg->stale_us = times_us[pick(b, 5)];
    cfg->identify_us = times_us[pick(b, 5)];
    for (uint8_t s = 0; s < cfg->n_supplies; s++) {
        cfg->supplies[s] = (struct ctl_supply_config){.bus = (uint8_t)pick(b, CTL_BUSES),
                                                      .mux_address = (uint8_t)(0x70 + s / 8),
                                                      .channel = s % 8,
                                                      .address = 0x58,
                                                      .chip = (uint8_t)pick(b, CTL_CHIPS),
                                                      .feed = (uint8_t)pick(b, 3),
                                                      .capacity_mW = 1 + pick(b, 4000000)};
    }
    for (uint8_t e = 0; e < cfg->n_expanders; e++) {
        cfg->expanders[e] = (struct ctl_expander_config){.bus = (uint8_t)pick(b, CTL_BUSES),
                                                         .channel = CTL_NO_CHANNEL,
                                                         .address = (uint8_t)(0x20 + e)};
    }
    for (uint8_t i = 0; i < cfg->n_bars; i++) {
        cfg->bars[i] = (struct ctl_bar_config){.v_low_mV = 11400,
                                               .v_high_mV = 12600,
                                               .load_mW = pick(b, 8000000),
                                               .spare = (uint8_t)pick(b, 3),
                                               .priority = (uint8_t)pick(b, 3)};
    }
    uint32_t most = (uint32_t)cfg->n_supplies * cfg->n_bars;
    most = most < 16u * cfg->n_expanders ? most : 16u * cfg->n_expanders;
    cfg->n_switches = (uint8_t)pick(b, (most < CTL_SWITCHES ? most : CTL_SWITCHES) + 1);
    for (uint8_t i = 0; i < cfg->n_switches; i++) {
        uint32_t is = take(b, 1);
        cfg->switches[i] = (struct ctl_switch_config){.supply = (uint8_t)(i % cfg->n_supplies),
                                                      .bar = (uint8_t)(i / cfg->n_supplies),
                                                      .one_way = (is & 2u) != 0,
                                                      .active_low = (is & 4u) != 0,
                                                      .expander = i / 16,
                                                      .bit = i % 16,
                                                      .close_us = 6000,
                                                      .open_us = 1000,
                                                      .dwell_us = (is & 8u) ? 100000 : 0};
    }
    cfg->look = (uint8_t)(1 + pick(b, 4));
    cfg->slow = (uint8_t)pick(b, 7);
    cfg->trend_us = pick(b, 2) * PROGNOSIS_LEAST_us * cfg->n_supplies;
    cfg->horizon_s = take(b, 2);
    cfg->preempt_most = (uint8_t)pick(b, 4);
    make_lines(b, cfg);
}

static void add_servers(struct bytes *b, struct ctl_config *cfg)
{
    cfg->n_servers = (uint16_t)pick(b, 9);
    cfg->report_us = 1000u + pick(b, 2000000);
    cfg->answer_us = 1000u + pick(b, 50000);
    for (uint16_t i = 0; i < cfg->n_servers; i++) {
        uint32_t rated_mW = pick(b, 2000000);
        cfg->servers[i] =
            (struct ctl_server_config){.bars = (uint8_t)(1u + pick(b, (1u << cfg->n_bars) - 1u)),
                                       .priority = (uint8_t)pick(b, 3),
                                       .rated_mW = rated_mW,
                                       .least_mW = rated_mW / (1u + pick(b, 4)),
                                       .surge_mW = pick(b, 3000000)};
    }
}

/* ---- the port ---------------------------------------------------------------------------------- */

static uint16_t choose(struct bytes *b, const uint16_t usual[4])
{
    uint32_t which = pick(b, 8);

    return which < 7 ? usual[which % 4] : (uint16_t)take(b, 2);
}

static void supply_says(struct bytes *b, uint8_t address, uint8_t cmd, uint8_t rx[], uint8_t n)
{
    static const uint16_t status[4] = {0, 0, 0x0840, 0xE878};
    static const uint16_t volts[4] = {12 * 512, 12 * 512, 150, 14 * 512 + 205};
    static const uint16_t amperes[4] = {0xE140, 0xE000, 0xE3FF, 0xE001}; /* 40, 0, 128, 0.1 A */
    uint16_t word = cmd == 0x79   ? choose(b, status)
                    : cmd == 0x8B ? choose(b, volts)
                    : cmd == 0x8C ? choose(b, amperes)
                    : cmd == 0x20 ? 0x17
                    : cmd >= 0x88 ? (uint16_t)take(b, 2)
                                  : 0;
    uint8_t pec =
        pec_add(pec_add(pec_add(0, (uint8_t)(address << 1)), cmd), (uint8_t)(address << 1 | 1));
    uint8_t data = cmd == 0x99 ? 1 : (uint8_t)(n - 1); /* a name of no letters */

    rx[0] = (uint8_t)word;
    rx[1] = (uint8_t)(word >> 8);
    for (uint8_t i = 0; i < data; i++) {
        pec = pec_add(pec, rx[i]);
    }
    rx[data] = pec;
}

static void carry_out(struct bytes *b, struct rig *r, int bus)
{
    uint8_t *rx = r->in.bus[bus].rx;
    uint8_t address = r->asked.bus[bus].address;
    const uint8_t *tx = r->asked.bus[bus].tx;
    uint8_t n_rx = r->asked.bus[bus].n_rx;

    for (uint8_t e = 0; e < r->cfg.n_expanders; e++) {
        if (r->cfg.expanders[e].bus == bus && r->cfg.expanders[e].address == address) {
            for (uint8_t i = 1; i < r->asked.bus[bus].n_tx; i++) {
                r->reg[e][(tx[0] ^ (i - 1)) & 7] = tx[i];
            }
            r->reg[e][0] = r->reg[e][2];
            r->reg[e][1] = r->reg[e][3];
            for (uint8_t i = 0; i < n_rx; i++) {
                rx[i] = r->reg[e][(tx[0] ^ (i & 1)) & 7];
            }
            return;
        }
    }
    if (n_rx > 0 && (address == 0x0C || address >= 0x70)) { /* who alerts; a mux that tells */
        rx[0] = pick(b, 2) ? 0x58 << 1 : (uint8_t)take(b, 1);
    } else if (n_rx > 0 && address == 0x58) {
        supply_says(b, address, tx[0], rx, n_rx);
    }
}

/* Trends take longer than any run here: what they have come to is made up. */
static void foretell(struct bytes *b, struct rig *r)
{
    if (pick(b, 64) == 63) {
        r->c.prognoses[pick(b, r->cfg.n_supplies)].health = (uint8_t)pick(b, HEALTHS);
    }
}

static void answer(struct bytes *b, struct rig *r, int bus)
{
    uint32_t how = pick(b, 16);

    r->in.bus[bus].status = CTL_BUS_NONE;
    if (!r->busy[bus] || how == 15) {
        return;
    }
    memset(r->in.bus[bus].rx, 0xFF, CTL_XFER_BYTES);
    r->busy[bus] = false;
    r->in.bus[bus].status = how == 14 ? CTL_BUS_NACK : how == 13 ? CTL_BUS_TIMEOUT : CTL_BUS_OK;
    if (how < 12) {
        carry_out(b, r, bus);
    }
    for (uint8_t i = 0; i < CTL_XFER_BYTES && how == 12; i++) {
        r->in.bus[bus].rx[i] = (uint8_t)take(b, 1); /* noise */
    }
}

static void report(struct bytes *b, struct rig *r)
{
    r->in.report.state = CTL_SERVER_SILENT;
    if (r->cfg.n_servers == 0 || pick(b, 4) != 0) {
        return;
    }
    r->in.report.server = (uint8_t)pick(b, r->cfg.n_servers + 1u);
    r->in.report.state = (uint8_t)pick(b, CTL_SERVER_STATES + 1);
    r->in.report.limit = (uint8_t)pick(b, CTL_ASKS);
    r->in.report.number = pick(b, 2) ? r->out.ask.number : (uint8_t)take(b, 1);
    r->in.report.age_ms = pick(b, 256);
    r->in.report.power_mW = pick(b, 8) ? pick(b, 2000000) : take(b, 4);
    r->in.report.cap_mW = pick(b, 2000000);
    r->in.report.step_mW = take(b, 4);
    r->in.report.step_ms = pick(b, 2) ? CTL_NO_STEP : pick(b, 10000);
}

/* ---- what must hold ---------------------------------------------------------------------------- */

static void requests_are_well_formed(struct rig *r)
{
    uint32_t wait_us = r->out.wake_us - r->in.now_us;

    must(wait_us >= 1 && wait_us <= 1000000);
    must(r->out.ask.what < CTL_ASKS);
    must(r->out.ask.what == CTL_ASK_NONE || r->out.ask.server < r->cfg.n_servers);
    must(r->out.ask.what != CTL_ASK_CAP ||
         r->out.ask.cap_mW >= r->cfg.servers[r->out.ask.server].least_mW);
    for (int bus = 0; bus < CTL_BUSES; bus++) {
        must(r->out.bus[bus].op <= CTL_OP_RESET_MUX);
        must(r->out.bus[bus].about < r->cfg.n_supplies || r->out.bus[bus].about == CTL_NOBODY);
        if (r->out.bus[bus].op != CTL_OP_NONE) {
            must(!r->busy[bus]);
            must(r->out.bus[bus].address < 0x80);
            must(r->out.bus[bus].n_tx <= CTL_XFER_BYTES && r->out.bus[bus].n_rx <= CTL_XFER_BYTES);
            must(r->out.bus[bus].op != CTL_OP_TRANSFER || r->out.bus[bus].n_tx > 0 ||
                 r->out.bus[bus].n_rx > 0);
            r->asked.bus[bus] = r->out.bus[bus];
            r->busy[bus] = true;
        }
    }
}

static bool is_unknown(const struct controller *c, uint8_t s)
{
    return c->supplies[s].state == SUPPLY_ABSENT || c->supplies[s].state == SUPPLY_IDENTIFIED;
}

static bool image_closes(const struct controller *c, uint8_t i)
{
    const struct ctl_switch_config *sw = &c->cfg.switches[i];
    const struct pins *p = &c->pins[sw->expander];

    return p->adopted && (((p->image >> sw->bit) & 1) != 0) != sw->active_low;
}

/* A position that was found (an expander adopted, a register read back, a switch stuck) was not wanted
 * by a plan. */
static bool is_found(const struct rig *r, uint8_t i)
{
    const struct ctl_switch_config *sw = &r->cfg.switches[i];

    return r->c.contacts[i].stuck || r->was.contacts[i].stuck ||
           r->c.contacts[i].told != r->was.contacts[i].told ||
           r->c.pins[sw->expander].adopted != r->was.pins[sw->expander].adopted;
}

static void switches_are_safe(const struct rig *r)
{
    const struct controller *c = &r->c;
    const struct controller *was = &r->was;

    for (uint8_t bar = 0; bar < r->cfg.n_bars; bar++) {
        bool fed = false;
        bool feeds = false;
        bool found = false;
        bool danger = false;
        bool welded = false;   /* a supply that is not lost stays by that */
        bool let_down = false; /* one that does no harm is let go */
        for (uint8_t i = 0; i < r->cfg.n_switches; i++) {
            const struct ctl_switch_config *sw = &r->cfg.switches[i];
            if (sw->bar != bar) {
                continue;
            }
            fed = fed || (was->contacts[i].wanted && was->contacts[i].told);
            feeds = feeds || c->contacts[i].wanted;
            found = found || is_found(r, i);
            welded = welded || (c->contacts[i].fault == CONTACT_WELDED &&
                                !supply_is_lost(&c->supplies[sw->supply]));
            bool harms = c->supplies[sw->supply].danger != 0;
            bool leaves = c->contacts[i].told && !c->contacts[i].wanted && !c->contacts[i].stuck;
            danger = danger || (leaves && harms);
            let_down = let_down || (leaves && !harms);
        }
        /* A weld is believed because of what flows. It is relied upon alone to be rid of a danger. */
        must(!fed || feeds || found || (danger && welded && !let_down));
        for (uint8_t i = 0; i < r->cfg.n_switches; i++) {
            const struct ctl_switch_config *sw = &r->cfg.switches[i];
            if (sw->bar == bar && !is_found(r, i)) {
                bool brought =
                    c->contacts[i].wanted && !was->contacts[i].wanted && !was->contacts[i].told;
                must(!brought || !is_unknown(c, sw->supply) || !is_unknown(was, sw->supply));
                must(!danger || !image_closes(c, i) || image_closes(was, i) ||
                     was->contacts[i].told);
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct rig r;
    struct bytes b = {bytes, size};

    memset(&r, 0, sizeof r);
    make_table(&b, &r.cfg);
    r.in.now_us = take(&b, 4);
    for (uint8_t e = 0; e < CTL_EXPANDERS; e++) {
        for (int k = 2; k < 4; k++) {
            r.reg[e][k] = r.reg[e][k - 2] = (uint8_t)take(&b, 1);
        }
    }
    add_servers(&b, &r.cfg);
    controller_init(&r.c, &r.cfg, r.in.now_us);
    for (int i = 0; i < STEPS && b.left > 0; i++) {
        foretell(&b, &r);
        r.was = r.c;
        controller_step(&r.c, &r.in, &r.out);
        count_tried("steps of the controller");
        must(r.c.count.broken == 0);
        requests_are_well_formed(&r);
        switches_are_safe(&r);
        uint32_t when = pick(&b, 8);
        r.in.now_us += when < 5 ? 250 : when == 5 ? take(&b, 2) : r.out.wake_us - r.in.now_us;
        r.in.pins = when == 6   ? take(&b, 4)
                    : when == 5 ? r.in.pins ^ (1u << pick(&b, 3 * CTL_ALERTS))
                                : r.in.pins;
        for (int bus = 0; bus < CTL_BUSES; bus++) {
            answer(&b, &r, bus);
        }
        report(&b, &r);
    }
    return 0;
}

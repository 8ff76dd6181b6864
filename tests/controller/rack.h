/* rack.h - a small pretend rack for tests of the controller, and the port that drives it.
 *
 * Supplies answer PMBus behind PCA9548 muxes, switches hang on PCA9555 expanders, a bar has voltage
 * when a live supply's closed switch is on it. Registers and wire times follow the data sheets, not
 * the controller: PEC is a shift register here, numbers are encoded from volts and amperes. Every
 * promise of ctl_io.h and of controller_step() is checked on every step. */
#ifndef TESTS_CONTROLLER_RACK_H
#define TESTS_CONTROLLER_RACK_H

#include "controller/controller.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const uint32_t R_CLOCK_START = 0xFFFF0000u;
enum { R_MUX_MAX = 4, R_PINS = 16 };

struct rack_supply {
    bool mute;           /* telemetry dead; power goes on */
    bool dead;           /* converter dead */
    bool no_input;       /* VIN_UV stands; dies hold_up_us later */
    bool shorted;        /* pulls its bar to ground */
    bool overvolt;       /* 20 % too high, takes all the load */
    bool wedged;         /* hangs the bus on every transfer addressed to it */
    bool no_number;      /* has no serial number */
    int unit;            /* another one for each time that it was replaced */
    bool lies;           /* its status says that all is well, whatever is */
    double fan_lost;     /* part of its fan's speed */
    uint8_t unknown;     /* a command that it does not know; 0: none */
    bool says_ff;        /* to that it answers ones, with their PEC; else it does not acknowledge */
    uint64_t busy_until; /* until then it does not acknowledge what is asked of it ... */
    bool says_busy;      /* ... or answers, with BUSY in its STATUS_WORD, and nothing of use */
    bool no_erase;       /* PMBus 1.1: its status registers can't be written */
    uint8_t more[8];     /* further latched bits, by status register: 0 is STATUS_VOUT */
    int erasures;        /* status registers written */
    bool needs_toggle;   /* stays off until OPERATION off and on */
    uint16_t stands;     /* further STATUS_WORD bits that stand */
    uint16_t latched;
    uint32_t hold_up_us;
    uint64_t input_lost_at;
    int operations; /* OPERATION writes */
    int clears;
    int asked[256];   /* reads, by command */
    bool no_ara;      /* does not answer the alert response address */
    bool no_mask;     /* does not know SMBALERT_MASK */
    bool holds_alert; /* pulls its line as long as an unmasked bit is set */
    bool asks;        /* a bit was set and is not heard yet */
    uint16_t told;    /* bits of STATUS_WORD that have asked */
    uint16_t masked;  /* those that SMBALERT_MASK has, by their registers */
    int heard;        /* alert responses won */
    int looks;        /* STATUS_WORD reads */
};

struct rack_transfer {
    bool busy;
    uint64_t done_at;
    struct {
        enum ctl_bus_op op;
        uint8_t address, n_tx, n_rx;
        uint8_t tx[CTL_XFER_BYTES];
    } rq;
};

struct rack {
    struct ctl_config cfg;
    struct controller c;
    struct ctl_in in;
    struct ctl_out out;
    uint64_t now;    /* us since the start; the controller sees it wrapped */
    uint32_t clock0; /* controller's clock at now = 0 */
    uint64_t wake_at;
    uint8_t mux_mask[CTL_BUSES][128]; /* control registers, by address */
    uint8_t reg[CTL_EXPANDERS][8];
    uint16_t pull[CTL_EXPANDERS]; /* levels of pins that are inputs */
    uint16_t tied[CTL_EXPANDERS]; /* pins shorted to ... */
    uint16_t tied_to[CTL_EXPANDERS];
    bool expander_mute[CTL_EXPANDERS];
    struct rack_transfer wire[CTL_BUSES];
    uint64_t stuck_until[CTL_BUSES]; /* somebody holds the data line */
    struct rack_supply psu[CTL_SUPPLIES];
    bool pin[CTL_SWITCHES];    /* asked to be closed, by its pin */
    bool welded[CTL_SWITCHES]; /* closed, whatever its pin says */
    bool dead[CTL_SWITCHES];   /* open, whatever its pin says */
    uint64_t moved_at[CTL_SWITCHES];
    int operations[CTL_SWITCHES];
    bool bar_shorted[CTL_BARS]; /* by something that no controller knows of */
    bool fed[CTL_BARS];
    uint64_t dark_since[CTL_BARS];
    uint64_t dark_us[CTL_BARS]; /* without a live supply, after it had one */
    bool was_fed[CTL_BARS];
    uint32_t nack_ppm, pec_ppm, timeout_ppm; /* of transfers */
    uint64_t seed;
    bool astray; /* channel `asked` of every mux leads to `shown` */
    int asked, shown;
    uint32_t line_low, line_cut; /* alert pins shorted to ground; that stay high */
    int asks;                    /* reads from the alert response address */
    int reads_config, writes;
    uint64_t first_write_at, transfers, numbers_read;
    bool (*watch)(struct rack *);
};

/* ---- number formats and PEC, from the standard ------------------------------------------------- */

static inline uint8_t rack_crc(uint8_t crc, uint8_t byte)
{
    for (int i = 7; i >= 0; i--) {
        int in = ((crc >> 7) ^ (byte >> i)) & 1;
        crc = (uint8_t)((crc << 1) ^ (in ? 0x07 : 0));
    }
    return crc;
}

/* To the nearest, x >= 0. */
static inline uint16_t rack_round(double x)
{
    return (uint16_t)(x + 0.5);
}

/* x >= 0, with the smallest exponent from -5 on that leaves the mantissa below 1000. */
static inline uint16_t rack_linear11(double x)
{
    unsigned e = 0x1B; /* -5 */

    for (x *= 32.0; x > 1000.0; x /= 2.0) {
        e = (e + 1) & 0x1F;
    }
    return (uint16_t)(e << 11 | rack_round(x));
}

static inline uint32_t rack_random(struct rack *r)
{
    r->seed = r->seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(r->seed >> 33);
}

static inline bool rack_chance(struct rack *r, uint32_t ppm)
{
    return ppm > 0 && rack_random(r) % 1000000u < ppm;
}

/* ---- power ------------------------------------------------------------------------------------- */

static inline bool rack_has_input(const struct rack *r, int s)
{
    const struct rack_supply *u = &r->psu[s];
    return !u->no_input || r->now < u->input_lost_at + u->hold_up_us;
}

static inline bool rack_delivers(const struct rack *r, int s)
{
    const struct rack_supply *u = &r->psu[s];
    return !u->dead && !u->shorted && !u->needs_toggle && rack_has_input(r, s);
}

/* Opening takes effect at once, closing only after the whole operate time: the worst of both. */
static inline bool rack_conducts(const struct rack *r, int i)
{
    if (r->welded[i] || r->dead[i]) {
        return r->welded[i];
    }
    return r->pin[i] && r->now >= r->moved_at[i] + r->cfg.switches[i].close_us;
}

static inline bool rack_bar_shorted(const struct rack *r, int bar)
{
    for (int i = 0; i < r->cfg.n_switches; i++) {
        if (r->cfg.switches[i].bar == bar && rack_conducts(r, i) &&
            r->psu[r->cfg.switches[i].supply].shorted) {
            return true;
        }
    }
    return r->bar_shorted[bar];
}

static inline int rack_feeders(const struct rack *r, int bar)
{
    int n = 0;

    for (int i = 0; i < r->cfg.n_switches; i++) {
        n += r->cfg.switches[i].bar == bar && rack_conducts(r, i) &&
             rack_delivers(r, r->cfg.switches[i].supply);
    }
    return rack_bar_shorted(r, bar) ? 0 : n;
}

static inline double rack_volts(const struct rack *r, int s)
{
    if (!rack_delivers(r, s)) {
        return 0.0;
    }
    double volts = r->psu[s].overvolt ? 14.4 : 12.0;
    for (int i = 0; i < r->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &r->cfg.switches[i];
        if (sw->supply != s || !rack_conducts(r, i)) {
            continue;
        }
        if (rack_bar_shorted(r, sw->bar)) {
            return 0.3;
        }
        for (int k = 0; k < r->cfg.n_switches; k++) {
            if (r->cfg.switches[k].bar == sw->bar && rack_conducts(r, k) &&
                r->psu[r->cfg.switches[k].supply].overvolt) {
                volts = 14.4;
            }
        }
    }
    return volts;
}

static inline double rack_amperes(const struct rack *r, int s)
{
    double i_A = 0.0;

    if (!rack_delivers(r, s)) {
        return 0.0;
    }
    for (int i = 0; i < r->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &r->cfg.switches[i];
        if (sw->supply != s || !rack_conducts(r, i)) {
            continue;
        }
        if (rack_bar_shorted(r, sw->bar)) {
            return 1.2 * r->cfg.supplies[s].capacity_mW / 12e3;
        }
        bool high = false;
        for (int k = 0; k < r->cfg.n_switches; k++) {
            high = high || (r->cfg.switches[k].bar == sw->bar && rack_conducts(r, k) &&
                            r->psu[r->cfg.switches[k].supply].overvolt);
        }
        if (!high || r->psu[s].overvolt) {
            i_A += r->cfg.bars[sw->bar].load_mW / 12e3 / (high ? 1 : rack_feeders(r, sw->bar));
        }
    }
    return i_A;
}

/* Called whenever something that carries power has changed, or time has passed. */
static inline void rack_settle(struct rack *r)
{
    for (int b = 0; b < r->cfg.n_bars; b++) {
        bool fed = rack_feeders(r, b) > 0;
        if (r->fed[b] && !fed) {
            r->dark_since[b] = r->now;
        }
        if (!r->fed[b] && fed && r->was_fed[b]) {
            r->dark_us[b] += r->now - r->dark_since[b];
        }
        r->fed[b] = fed;
        r->was_fed[b] = r->was_fed[b] || fed;
    }
}

/* ---- expanders --------------------------------------------------------------------------------- */

static inline uint16_t rack_word(const struct rack *r, int e, int reg)
{
    return (uint16_t)(r->reg[e][reg] | (r->reg[e][reg + 1] << 8));
}

static inline uint16_t rack_levels(const struct rack *r, int e)
{
    uint16_t config = rack_word(r, e, 6);
    uint16_t level = (uint16_t)((rack_word(r, e, 2) & ~config) | (r->pull[e] & config));
    return (uint16_t)((level & ~r->tied[e]) | (r->tied_to[e] & r->tied[e]));
}

static inline void rack_pins_moved(struct rack *r)
{
    for (int i = 0; i < r->cfg.n_switches; i++) {
        const struct ctl_switch_config *sw = &r->cfg.switches[i];
        bool closed = (((rack_levels(r, sw->expander) >> sw->bit) & 1) != 0) != sw->active_low;
        if (closed != r->pin[i]) {
            r->pin[i] = closed;
            r->moved_at[i] = r->now;
            r->operations[i]++;
        }
    }
    rack_settle(r);
}

static inline bool rack_expander(struct rack *r, int e, struct rack_transfer *t, uint8_t rx[])
{
    if (r->expander_mute[e] || t->rq.n_tx == 0) {
        return false;
    }
    uint8_t reg = t->rq.tx[0] & 7;
    for (int i = 1; i < t->rq.n_tx; i++) { /* the pair of registers takes turns */
        r->reg[e][reg] = t->rq.tx[i];
        reg ^= 1;
        r->writes++;
        r->first_write_at = r->first_write_at == 0 ? r->now : r->first_write_at;
        if ((t->rq.tx[0] & 6) != 0) {
            rack_pins_moved(r); /* one port after the other */
        }
    }
    for (int i = 0; i < t->rq.n_rx; i++) {
        rx[i] = (reg & 6) == 0 ? (uint8_t)(rack_levels(r, e) >> (8 * (reg & 1))) : r->reg[e][reg];
        r->reads_config += (reg & 6) == 6;
        reg ^= 1;
    }
    return true;
}

/* ---- supplies ---------------------------------------------------------------------------------- */

static inline uint16_t rack_standing(const struct rack *r, int s)
{
    const struct rack_supply *u = &r->psu[s];
    uint16_t w = u->stands;

    w |= u->no_input ? 0x2008 : 0; /* INPUT, VIN_UV */
    w |= rack_amperes(r, s) * 12e3 > 1.1 * r->cfg.supplies[s].capacity_mW ? 0x4010 : 0;
    w |= u->overvolt ? 0x8020 : 0;
    w |= rack_delivers(r, s) && rack_volts(r, s) < 10.0 ? 0x8000 : 0;
    return w;
}

/* The bit of STATUS_WORD that tells of this status register. */
static inline uint16_t rack_word_bit(uint8_t cmd)
{
    static const uint16_t bits[] = {0x8000, 0x4000, 0x2000, 0x0004, 0x0002, 0x0200, 0x1000, 0x0400};

    cr_assert(cmd >= 0x7A && cmd <= 0x81, "no status register: %02X", cmd);
    return bits[cmd - 0x7A];
}

static inline uint16_t rack_status(struct rack *r, int s)
{
    if (r->psu[s].lies) {
        return 0;
    }
    r->psu[s].latched |= rack_standing(r, s);
    for (int i = 0; i < 8; i++) {
        r->psu[s].latched |= r->psu[s].more[i] != 0 ? rack_word_bit((uint8_t)(0x7A + i)) : 0;
    }
    return (uint16_t)(r->psu[s].latched | (rack_delivers(r, s) ? 0 : 0x0840) |
                      (rack_volts(r, s) < 10.0 ? 0x0800 : 0)); /* POWER_GOOD#, OFF */
}

/* A bit of the rack's own making stands for what sets the summary, beside those that a test has set. */
static inline uint8_t rack_register(struct rack *r, int s, int i)
{
    static const uint8_t of_its_own[] = {0x80, 0x80, 0x10, 0x20, 0x20, 0x20, 0x20, 0x20};
    const struct rack_supply *u = &r->psu[s];
    bool told = (rack_status(r, s) & rack_word_bit((uint8_t)(0x7A + i))) != 0;

    return (uint8_t)(u->more[i] | (told && u->more[i] == 0 ? of_its_own[i] : 0));
}

/* Writing a 1 clears a bit; what persists is back at once. */
static inline bool rack_erase(struct rack *r, int s, int i, uint8_t ones)
{
    struct rack_supply *u = &r->psu[s];
    static const uint16_t low[] = {0x0020, 0x0010, 0x0008, 0, 0, 0, 0, 0};
    uint8_t left = (uint8_t)(rack_register(r, s, i) & ~ones);

    if (u->no_erase) {
        u->more[4] |= 0x80;
        return false;
    }
    u->erasures++;
    u->more[i] &= (uint8_t)~ones;
    if (left == 0) {
        uint16_t gone = (uint16_t)(rack_word_bit((uint8_t)(0x7A + i)) | low[i]);
        u->latched = (uint16_t)((u->latched & ~gone) | rack_standing(r, s));
        u->told &= (uint16_t)~gone;
        u->asks = u->asks && u->latched != 0;
    }
    return true;
}

static inline int rack_read(struct rack *r, int s, uint8_t cmd, uint8_t rx[])
{
    static const char id[] = "SN00";
    uint16_t word = 0;

    switch (cmd) {
    case 0x20:
        rx[0] = 0x17;
        return 1;
    case 0x9E:
        r->numbers_read++;
        rx[0] = (uint8_t)(r->psu[s].no_number ? 0 : 4);
        memcpy(&rx[1], id, 4);
        rx[4] = (uint8_t)(rx[4] + s + 16 * r->psu[s].unit);
        return rx[0] + 1;
    case 0x79:
        word = rack_status(r, s);
        r->psu[s].looks++;
        break;
    case 0x7A:
    case 0x7B:
    case 0x7C:
    case 0x7D:
    case 0x7E:
    case 0x7F:
    case 0x80:
    case 0x81:
        rx[0] = rack_register(r, s, cmd - 0x7A);
        return 1;
    case 0x8B:
        word = rack_round(rack_volts(r, s) * 512.0);
        break;
    case 0x8C:
        word = rack_linear11(rack_amperes(r, s));
        break;
    case 0x88:
        word = rack_linear11(rack_has_input(r, s) ? 230.0 : 0.0);
        break;
    case 0x89:
        word = rack_linear11(rack_amperes(r, s) * 12.0 / (0.94 * 230.0));
        break;
    case 0x8D:
        word = rack_linear11(30.0 + rack_amperes(r, s) * 12.0 * 0.06 / 2.5);
        break;
    case 0x8E:
        word = rack_linear11(30.0);
        break;
    case 0x90:
        word = rack_linear11(8000.0 * (1.0 - r->psu[s].fan_lost));
        break;
    default:
        cr_assert(false, "unknown command %02X", cmd);
    }
    rx[0] = (uint8_t)word;
    rx[1] = (uint8_t)(word >> 8);
    return 2;
}

static inline bool rack_supply(struct rack *r, int s, struct rack_transfer *t, uint8_t rx[])
{
    struct rack_supply *u = &r->psu[s];
    uint8_t w = (uint8_t)(t->rq.address << 1);
    uint8_t crc = rack_crc(0, w);

    u->asked[t->rq.tx[0]] += t->rq.n_rx > 0;
    if (u->mute || (r->now < u->busy_until && !u->says_busy)) {
        return false;
    }
    if (u->unknown != 0 && t->rq.tx[0] == u->unknown) {
        u->more[4] |= 0x80; /* STATUS_CML: invalid or unsupported command */
        if (!u->says_ff) {
            return false;
        }
    }
    if (t->rq.n_rx == 0) {
        for (int i = 0; i < t->rq.n_tx; i++) {
            crc = rack_crc(crc, t->rq.tx[i]);
        }
        cr_assert_eq(crc, 0, "a write with a wrong PEC");
        if (t->rq.tx[0] == 0x03) {
            u->latched = rack_standing(r, s);
            memset(u->more, 0, sizeof u->more);
            u->clears++;
            u->told = 0;
            u->asks = false;
        } else if (t->rq.tx[0] == 0x1B && u->no_mask) {
            return false;
        } else if (t->rq.tx[0] == 0x1B) {
            uint16_t bit = rack_word_bit(t->rq.tx[1]);
            u->masked = (uint16_t)(t->rq.tx[2] != 0 ? u->masked | bit : u->masked & ~bit);
        } else if (t->rq.tx[0] == 0x78) {
            cr_assert_eq(t->rq.tx[1], 0x80, "only BUSY can be cleared there");
            u->latched &= (uint16_t)~0x80;
        } else if (t->rq.tx[0] >= 0x7A && t->rq.tx[0] <= 0x81) {
            return rack_erase(r, s, t->rq.tx[0] - 0x7A, t->rq.tx[1]);
        } else {
            cr_assert_eq(t->rq.tx[0], 0x01);
            u->operations++;
            u->needs_toggle = u->needs_toggle && t->rq.tx[1] != 0x80;
        }
        return true;
    }
    int n = rack_read(r, s, t->rq.tx[0], rx);
    if (r->now < u->busy_until && t->rq.tx[0] == 0x79) {
        u->latched |= 0x80;
        rx[0] |= 0x80;
    } else if (r->now < u->busy_until || t->rq.tx[0] == u->unknown) {
        memset(rx, 0xFF, (size_t)n);
    }
    crc = rack_crc(rack_crc(crc, t->rq.tx[0]), w | 1);
    for (int i = 0; i < n; i++) {
        crc = rack_crc(crc, rx[i]);
    }
    rx[n] = rack_chance(r, r->pec_ppm) ? (uint8_t)(crc ^ 0x10) : crc;
    memset(&rx[n + 1], 0xFF, (size_t)(CTL_XFER_BYTES - n - 1));
    return true;
}

/* ---- alert lines ------------------------------------------------------------------------------- */

/* A latched bit that is set and was not asks for the line; OFF, BUSY and POWER_GOOD# never do. */
static inline void rack_tell(struct rack *r, int s)
{
    struct rack_supply *u = &r->psu[s];

    u->latched |= rack_standing(r, s);
    u->asks = u->asks || (u->latched & ~u->told & ~u->masked & ~0x08C1 & ~0x0038) != 0;
    u->told |= u->latched;
}

static inline bool rack_pulls(const struct rack *r, int s)
{
    const struct rack_supply *u = &r->psu[s];
    bool reason = (u->latched & ~u->masked & ~0x08C1 & ~0x0038) != 0;

    return !u->mute && rack_has_input(r, s) && reason && (u->asks || u->holds_alert);
}

static inline uint32_t rack_lines(struct rack *r)
{
    const struct ctl_alert_config *a = &r->cfg.alert;
    uint32_t low = 0;

    for (int s = 0; s < r->cfg.n_supplies && a->n_lines > 0; s++) {
        rack_tell(r, s);
        low |= a->line_of[s] < a->n_lines && rack_pulls(r, s) ? 1u << a->pin[a->line_of[s]] : 0;
    }
    return ~((low & ~r->line_cut) | r->line_low);
}

/* ---- the bus ----------------------------------------------------------------------------------- */

static inline bool rack_reaches(const struct rack *r, int bus, uint8_t mux, uint8_t channel)
{
    uint8_t on = r->mux_mask[bus][mux];

    if (r->astray && ((on >> r->asked) & 1) != 0) {
        on = (uint8_t)((on & ~(1 << r->asked)) | (1 << r->shown));
    }
    return mux == CTL_NO_MUX || ((on >> channel) & 1) != 0;
}

static inline bool rack_is_mux(const struct rack *r, int bus, uint8_t address)
{
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        if (r->cfg.supplies[s].bus == bus && r->cfg.supplies[s].mux_address == address) {
            return true;
        }
    }
    for (int e = 0; e < r->cfg.n_expanders; e++) {
        if (r->cfg.expanders[e].bus == bus && r->cfg.expanders[e].mux_address == address) {
            return true;
        }
    }
    return false;
}

/* What a mux of the PCA9545 kind reads back: its channels, and above them who pulls their INT#. */
static inline uint8_t rack_interrupts(const struct rack *r, int bus, uint8_t mux)
{
    uint8_t told = r->mux_mask[bus][mux] & 0x0F;

    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct ctl_supply_config *u = &r->cfg.supplies[s];
        bool pulls = u->bus == bus && u->mux_address == mux && rack_pulls(r, s);
        told |= (uint8_t)(pulls ? 0x10 << u->channel : 0);
    }
    return told;
}

/* The lowest address of those that alert, and can be heard. */
static inline enum ctl_bus_status rack_alert_response(struct rack *r, int bus, uint8_t rx[])
{
    struct rack_supply *won = NULL;
    int lowest = 0x80;

    r->asks++;
    cr_assert_eq(r->wire[bus].rq.n_tx, 0);
    cr_assert_eq(r->wire[bus].rq.n_rx, 1);
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct ctl_supply_config *u = &r->cfg.supplies[s];
        if (u->bus == bus && rack_reaches(r, bus, u->mux_address, u->channel) &&
            !r->psu[s].no_ara && rack_pulls(r, s) && u->address < lowest) {
            won = &r->psu[s];
            lowest = u->address;
        }
    }
    if (won == NULL) {
        return CTL_BUS_NACK;
    }
    won->asks = false;
    won->heard++;
    rx[0] = (uint8_t)(lowest << 1);
    return CTL_BUS_OK;
}

static inline enum ctl_bus_status rack_carry_out(struct rack *r, int bus, uint8_t rx[])
{
    struct rack_transfer *t = &r->wire[bus];
    int answers = 0;
    bool ok = false;

    if (t->rq.address == 0x0C) {
        return rack_alert_response(r, bus, rx);
    }
    if (rack_is_mux(r, bus, t->rq.address) && t->rq.n_rx > 0) {
        rx[0] = rack_interrupts(r, bus, t->rq.address);
        return CTL_BUS_OK;
    }
    if (rack_is_mux(r, bus, t->rq.address)) {
        cr_assert_eq(t->rq.n_tx, 1);
        r->mux_mask[bus][t->rq.address] = t->rq.tx[0];
        cr_assert_eq(t->rq.tx[0] & (t->rq.tx[0] - 1), 0, "two channels at once");
        return CTL_BUS_OK;
    }
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct ctl_supply_config *u = &r->cfg.supplies[s];
        if (u->bus == bus && u->address == t->rq.address &&
            rack_reaches(r, bus, u->mux_address, u->channel)) {
            if (r->psu[s].wedged) {
                return CTL_BUS_TIMEOUT;
            }
            answers++;
            ok = rack_supply(r, s, t, rx);
            cr_assert_eq(
                r->astray || r->out.bus[bus].about == s || r->out.bus[bus].op == CTL_OP_NONE, true);
        }
    }
    for (int e = 0; e < r->cfg.n_expanders; e++) {
        const struct ctl_expander_config *x = &r->cfg.expanders[e];
        if (x->bus == bus && x->address == t->rq.address &&
            rack_reaches(r, bus, x->mux_address, x->channel)) {
            answers++;
            ok = rack_expander(r, e, t, rx);
        }
    }
    cr_assert_leq(answers, 1, "two devices answer at once");
    return ok ? CTL_BUS_OK : CTL_BUS_NACK;
}

static inline enum ctl_bus_status rack_end(struct rack *r, int bus, uint8_t rx[])
{
    struct rack_transfer *t = &r->wire[bus];

    if (t->rq.op == CTL_OP_RESET_MUX) {
        memset(r->mux_mask[bus], 0, sizeof r->mux_mask[bus]);
        return CTL_BUS_OK;
    }
    if (r->now < r->stuck_until[bus] ||
        (t->rq.op == CTL_OP_TRANSFER && rack_chance(r, r->timeout_ppm))) {
        return CTL_BUS_TIMEOUT;
    }
    if (t->rq.op == CTL_OP_CLEAR) {
        return CTL_BUS_OK;
    }
    return rack_chance(r, r->nack_ppm) ? CTL_BUS_NACK : rack_carry_out(r, bus, rx);
}

static inline bool rack_will_hang(const struct rack *r, int bus, const struct rack_transfer *t)
{
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        const struct ctl_supply_config *u = &r->cfg.supplies[s];
        if (r->psu[s].wedged && u->bus == bus && u->address == t->rq.address &&
            rack_reaches(r, bus, u->mux_address, u->channel)) {
            return true;
        }
    }
    return r->now < r->stuck_until[bus];
}

static inline void rack_begin(struct rack *r, int bus)
{
    struct rack_transfer *t = &r->wire[bus];

    if (r->out.bus[bus].op == CTL_OP_NONE) {
        return;
    }
    cr_assert(!t->busy, "an operation while one is under way");
    cr_assert_leq(r->out.bus[bus].n_tx, CTL_XFER_BYTES);
    cr_assert_leq(r->out.bus[bus].n_rx, CTL_XFER_BYTES);
    t->busy = true;
    t->rq.op = r->out.bus[bus].op;
    t->rq.address = r->out.bus[bus].address;
    t->rq.n_tx = r->out.bus[bus].n_tx;
    t->rq.n_rx = r->out.bus[bus].n_rx;
    memcpy(t->rq.tx, r->out.bus[bus].tx, sizeof t->rq.tx);
    r->transfers++;
    uint64_t clocks = 3u + 9u * (1u + t->rq.n_tx + (t->rq.n_rx > 0 ? 1u + t->rq.n_rx : 0u));
    uint64_t us = t->rq.op == CTL_OP_TRANSFER ? clocks * 5 / 2 : 100; /* 400 kHz */
    t->done_at = r->now + (t->rq.op != CTL_OP_RESET_MUX && rack_will_hang(r, bus, t) ? 30000 : us);
}

/* ---- running ----------------------------------------------------------------------------------- */

static inline void rack_step(struct rack *r)
{
    r->in.now_us = (uint32_t)(r->clock0 + r->now);
    r->in.pins = rack_lines(r);
    controller_step(&r->c, &r->in, &r->out);
    for (int b = 0; b < CTL_BUSES; b++) {
        r->in.bus[b].status = CTL_BUS_NONE;
        rack_begin(r, b);
    }
    uint32_t wait = r->out.wake_us - r->in.now_us;
    cr_assert(wait >= 1 && wait <= 1000000, "wake time %u us ahead", wait);
    r->wake_at = r->now + wait;
}

static inline uint64_t rack_next(const struct rack *r)
{
    uint64_t next = r->wake_at;

    for (int b = 0; b < CTL_BUSES; b++) {
        next = r->wire[b].busy && r->wire[b].done_at < next ? r->wire[b].done_at : next;
    }
    for (int i = 0; i < r->cfg.n_switches; i++) {
        uint64_t made = r->moved_at[i] + r->cfg.switches[i].close_us;
        next = r->pin[i] && made > r->now && made < next ? made : next;
    }
    for (int s = 0; s < r->cfg.n_supplies; s++) {
        uint64_t dies = r->psu[s].input_lost_at + r->psu[s].hold_up_us;
        next = r->psu[s].no_input && dies > r->now && dies < next ? dies : next;
    }
    return next;
}

static inline void rack_event(struct rack *r)
{
    bool due;

    r->now = rack_next(r);
    due = r->now >= r->wake_at || rack_lines(r) != r->in.pins;
    rack_settle(r);
    for (int b = 0; b < CTL_BUSES; b++) {
        if (r->wire[b].busy && r->now >= r->wire[b].done_at) {
            r->wire[b].busy = false;
            memset(r->in.bus[b].rx, 0xFF, sizeof r->in.bus[b].rx);
            r->in.bus[b].status = rack_end(r, b, r->in.bus[b].rx);
            due = true;
        }
    }
    if (due) {
        rack_step(r);
    }
}

static inline void rack_run(struct rack *r, uint64_t us)
{
    uint64_t end = r->now + us;

    while (rack_next(r) <= end) {
        rack_event(r);
        if (r->watch != NULL) {
            cr_assert(r->watch(r));
        }
    }
    r->now = end;
    rack_settle(r);
}

/* Until a supply is in a state; returns how long it took, UINT64_MAX: not within `most` us. */
static inline uint64_t rack_run_to(struct rack *r, int s, enum supply_state state, uint64_t most)
{
    uint64_t from = r->now;

    while (r->now < from + most) {
        if (controller_supply_state(&r->c, (uint8_t)s) == state) {
            return r->now - from;
        }
        rack_event(r);
    }
    return UINT64_MAX;
}

/* Something was done to the rack from outside: an edge of an alert pin is a step. */
static inline void rack_edge(struct rack *r)
{
    if (rack_lines(r) != r->in.pins) {
        rack_step(r);
    }
}

static inline void rack_reset_controller(struct rack *r)
{
    controller_init(&r->c, &r->cfg, (uint32_t)(r->clock0 + r->now));
    for (int b = 0; b < CTL_BUSES; b++) {
        r->wire[b].busy = false;
        r->in.bus[b].status = CTL_BUS_NONE;
    }
    rack_step(r);
}

/* Time without power on a bar that had some, up to now. */
static inline uint64_t rack_gap_us(const struct rack *r, int bar)
{
    return r->dark_us[bar] + (r->was_fed[bar] && !r->fed[bar] ? r->now - r->dark_since[bar] : 0);
}

/* ---- building ---------------------------------------------------------------------------------- */

static inline struct ctl_config rack_config(int n_bars)
{
    struct ctl_config cfg;

    memset(&cfg, 0, sizeof cfg);
    cfg.n_bars = (uint8_t)n_bars;
    cfg.retries = 3;
    cfg.confirm = 1;
    cfg.look = 1;
    cfg.slow = 1;
    cfg.sweep_us = 5000;
    cfg.stale_us = 50000;
    cfg.identify_us = 100000;
    for (int b = 0; b < n_bars; b++) {
        cfg.bars[b] = (struct ctl_bar_config){
            .v_low_mV = 11400, .v_high_mV = 12600, .load_mW = 1500000, .spare = 1};
    }
    return cfg;
}

static inline int rack_add_supply(struct ctl_config *cfg, uint32_t capacity_W, uint8_t feed)
{
    int s = cfg->n_supplies++;

    cfg->supplies[s] = (struct ctl_supply_config){.bus = 0,
                                                  .mux_address = (uint8_t)(0x70 + s / 8),
                                                  .channel = (uint8_t)(s % 8),
                                                  .address = 0x58,
                                                  .feed = feed,
                                                  .capacity_mW = capacity_W * 1000};
    return s;
}

static inline int rack_add_expander(struct ctl_config *cfg, uint8_t bus)
{
    int e = cfg->n_expanders++;

    cfg->expanders[e] = (struct ctl_expander_config){
        .bus = bus, .channel = CTL_NO_CHANNEL, .address = (uint8_t)(0x20 + e)};
    return e;
}

/* On the last expander, next free bit. FET: 3 ms, 1 ms, no dwell. */
static inline int rack_add_switch(struct ctl_config *cfg, int supply, int bar)
{
    int i = cfg->n_switches++;

    cfg->switches[i] = (struct ctl_switch_config){.supply = (uint8_t)supply,
                                                  .bar = (uint8_t)bar,
                                                  .one_way = true,
                                                  .expander = (uint8_t)(cfg->n_expanders - 1),
                                                  .bit = (uint8_t)(i % R_PINS),
                                                  .close_us = 3000,
                                                  .open_us = 1000};
    return i;
}

/* A rack that is about to meet its controller. Pins are outputs; those of `closed` are closed. */
static inline void rack_start(struct rack *r, const struct ctl_config *cfg, uint32_t closed)
{
    memset(r, 0, sizeof *r);
    r->cfg = *cfg;
    r->clock0 = R_CLOCK_START;
    for (int i = 0; i < cfg->n_switches; i++) {
        const struct ctl_switch_config *sw = &cfg->switches[i];
        bool level = (((closed >> i) & 1) != 0) != sw->active_low;
        if (level) {
            r->reg[sw->expander][2 + sw->bit / 8] |= (uint8_t)(1 << (sw->bit % 8));
        }
    }
    rack_pins_moved(r);
    for (int i = 0; i < cfg->n_switches; i++) {
        r->operations[i] = 0;
    }
    r->in.pins = UINT32_MAX;
    r->now = 1000000;
    rack_settle(r);
    controller_init(&r->c, cfg, (uint32_t)(r->clock0 + r->now));
    rack_step(r);
}

/* All supplies pull one line, on pin 3. */
static inline void rack_add_alerts(struct ctl_config *cfg)
{
    cfg->alert = (struct ctl_alert_config){
        .n_lines = 1, .pin = {3}, .storm_falls = 20, .storm_us = 100000, .storm_most_us = 10000000};
}

/* One bar, four supplies of 1 kW, load 1.5 kW, N+1: three are enough. */
static inline struct ctl_config rack_one_bar(uint8_t expander_bus)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, expander_bus);
    for (int s = 0; s < 4; s++) {
        rack_add_supply(&cfg, 1000, CTL_NO_FEED);
        rack_add_switch(&cfg, s, 0);
    }
    return cfg;
}

static inline int rack_operations(const struct rack *r)
{
    int sum = 0;

    for (int i = 0; i < r->cfg.n_switches; i++) {
        sum += r->operations[i];
    }
    return sum;
}

#endif

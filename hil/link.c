/* link.c - frames and what they carry.  Checked by tests/hil/test_link.c. */
#include "link.h"

#include <stddef.h>
#include <string.h>

/* ---- framing ----------------------------------------------------------------------------------- */

enum { HEAD = 2, FCS = 2 };

static const uint16_t FCS_INIT = 0xFFFF;
static const uint16_t FCS_GOOD = 0xF0B8; /* over a frame and its own check sequence */

static uint16_t fcs_add(uint16_t fcs, uint8_t byte)
{
    fcs = fcs ^ byte;
    for (int i = 0; i < 8; i++) {
        fcs = (uint16_t)((fcs >> 1) ^ ((fcs & 1) != 0 ? 0x8408 : 0));
    }
    return fcs;
}

static uint16_t fcs_of(const struct link_frame *f)
{
    uint16_t fcs = FCS_INIT;

    for (uint16_t i = 0; i < f->n; i++) {
        fcs = fcs_add(fcs, f->bytes[i]);
    }
    return fcs;
}

static void start_over(struct link_frame *f)
{
    f->n = 0;
    f->at = HEAD;
    f->reading = false;
    f->bad = false;
    f->escaped = false;
}

void link_begin(struct link_frame *f, enum link_type type, uint8_t sequence)
{
    start_over(f);
    f->bytes[0] = (uint8_t)type;
    f->bytes[1] = sequence;
    f->n = HEAD;
}

static void append(struct link_frame *f, uint8_t byte)
{
    if (f->n < LINK_BYTES) {
        f->bytes[f->n++] = byte;
    } else {
        f->bad = true;
    }
}

void link_send(struct link_frame *f, void (*put)(void *to, uint8_t byte), void *to)
{
    uint16_t fcs = (uint16_t)~fcs_of(f);

    append(f, (uint8_t)fcs);
    append(f, (uint8_t)(fcs >> 8));
    put(to, LINK_END);
    for (uint16_t i = 0; i < f->n; i++) {
        if (f->bytes[i] == LINK_END || f->bytes[i] == LINK_ESCAPE) {
            put(to, LINK_ESCAPE);
            put(to, f->bytes[i] ^ LINK_FLIP);
        } else {
            put(to, f->bytes[i]);
        }
    }
    put(to, LINK_END);
    start_over(f);
}

bool link_take(struct link_frame *f, uint8_t byte)
{
    if (f->reading) {
        start_over(f); /* the frame before has been read */
    }
    if (byte == LINK_END) {
        bool whole = !f->bad && !f->escaped && f->n >= LINK_OVERHEAD && fcs_of(f) == FCS_GOOD;
        if (!whole) {
            start_over(f);
            return false;
        }
        f->n = (uint16_t)(f->n - FCS);
        f->at = HEAD;
        f->reading = true;
        return true;
    }
    if (byte == LINK_ESCAPE) {
        f->escaped = true;
    } else {
        append(f, f->escaped ? byte ^ LINK_FLIP : byte);
        f->escaped = false;
    }
    return false;
}

enum link_type link_type_of(const struct link_frame *f)
{
    return (enum link_type)f->bytes[0];
}

uint8_t link_sequence_of(const struct link_frame *f)
{
    return f->bytes[1];
}

bool link_is_whole(const struct link_frame *f)
{
    return !f->bad && f->at == f->n;
}

/* ---- numbers ----------------------------------------------------------------------------------- */

void link_u8(struct link_frame *f, uint8_t *x)
{
    if (!f->reading) {
        append(f, *x);
    } else if (f->at < f->n) {
        *x = f->bytes[f->at++];
    } else {
        *x = 0;
        f->bad = true;
    }
}

void link_u16(struct link_frame *f, uint16_t *x)
{
    uint8_t low = (uint8_t)*x;
    uint8_t high = (uint8_t)(*x >> 8);

    link_u8(f, &low);
    link_u8(f, &high);
    *x = (uint16_t)(low | high << 8);
}

void link_u32(struct link_frame *f, uint32_t *x)
{
    uint16_t low = (uint16_t)*x;
    uint16_t high = (uint16_t)(*x >> 16);

    link_u16(f, &low);
    link_u16(f, &high);
    *x = low | (uint32_t)high << 16;
}

static void flag(struct link_frame *f, bool *x)
{
    uint8_t byte = !f->reading && *x; /* else it may be any byte so far */

    link_u8(f, &byte);
    *x = byte != 0;
}

/* How many of at most `most` follow. */
static void count(struct link_frame *f, uint8_t *n, unsigned most)
{
    link_u8(f, n);
    if (*n > most) {
        *n = 0;
        f->bad = true;
    }
}

static void bytes(struct link_frame *f, uint8_t at[], unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        link_u8(f, &at[i]);
    }
}

/* ---- the table --------------------------------------------------------------------------------- */

static void supply(struct link_frame *f, struct ctl_supply_config *u)
{
    link_u8(f, &u->bus);
    link_u8(f, &u->mux_address);
    link_u8(f, &u->channel);
    link_u8(f, &u->address);
    link_u8(f, &u->chip);
    link_u8(f, &u->feed);
    link_u32(f, &u->capacity_mW);
}

static void bar(struct link_frame *f, struct ctl_bar_config *b)
{
    link_u32(f, &b->v_low_mV);
    link_u32(f, &b->v_high_mV);
    link_u32(f, &b->load_mW);
    link_u8(f, &b->spare);
    flag(f, &b->two_feeds);
    link_u8(f, &b->priority);
}

static void power_switch(struct link_frame *f, struct ctl_switch_config *sw)
{
    link_u8(f, &sw->supply);
    link_u8(f, &sw->bar);
    flag(f, &sw->one_way);
    link_u8(f, &sw->expander);
    link_u8(f, &sw->bit);
    flag(f, &sw->active_low);
    link_u32(f, &sw->close_us);
    link_u32(f, &sw->open_us);
    link_u32(f, &sw->dwell_us);
    link_u32(f, &sw->life);
}

static void expander(struct link_frame *f, struct ctl_expander_config *e)
{
    link_u8(f, &e->bus);
    link_u8(f, &e->mux_address);
    link_u8(f, &e->channel);
    link_u8(f, &e->address);
}

static void alert(struct link_frame *f, struct ctl_alert_config *a, uint8_t n_supplies)
{
    count(f, &a->n_lines, CTL_ALERTS);
    for (uint8_t i = 0; i < a->n_lines; i++) {
        link_u8(f, &a->pin[i]);
        flag(f, &a->mux_tells[i]);
    }
    for (uint8_t i = 0; i < n_supplies && a->n_lines > 0; i++) {
        link_u8(f, &a->line_of[i]);
    }
    link_u32(f, &a->idle_us);
    link_u8(f, &a->storm_falls);
    link_u32(f, &a->storm_us);
    link_u32(f, &a->storm_most_us);
}

static void server(struct link_frame *f, struct ctl_server_config *v)
{
    link_u8(f, &v->bars);
    link_u8(f, &v->priority);
    link_u32(f, &v->rated_mW);
    link_u32(f, &v->least_mW);
    link_u32(f, &v->surge_mW);
}

static void servers(struct link_frame *f, struct ctl_config *cfg)
{
    link_u16(f, &cfg->n_servers);
    if (cfg->n_servers > CTL_SERVERS) {
        cfg->n_servers = 0;
        f->bad = true;
    }
    link_u32(f, &cfg->report_us);
    link_u32(f, &cfg->answer_us);
    for (uint16_t i = 0; i < cfg->n_servers; i++) {
        server(f, &cfg->servers[i]);
    }
}

void link_config(struct link_frame *f, struct ctl_config *cfg)
{
    count(f, &cfg->n_supplies, CTL_SUPPLIES);
    count(f, &cfg->n_bars, CTL_BARS);
    count(f, &cfg->n_switches, CTL_SWITCHES);
    count(f, &cfg->n_expanders, CTL_EXPANDERS);
    link_u8(f, &cfg->retries);
    link_u8(f, &cfg->confirm);
    link_u8(f, &cfg->look);
    link_u8(f, &cfg->slow);
    link_u16(f, &cfg->sharing_permille);
    link_u16(f, &cfg->preempt_most);
    link_u32(f, &cfg->sweep_us);
    link_u32(f, &cfg->stale_us);
    link_u32(f, &cfg->trend_us);
    link_u32(f, &cfg->horizon_s);
    link_u32(f, &cfg->identify_us);
    for (uint8_t i = 0; i < cfg->n_supplies; i++) {
        supply(f, &cfg->supplies[i]);
    }
    for (uint8_t i = 0; i < cfg->n_bars; i++) {
        bar(f, &cfg->bars[i]);
    }
    for (uint8_t i = 0; i < cfg->n_switches; i++) {
        power_switch(f, &cfg->switches[i]);
    }
    for (uint8_t i = 0; i < cfg->n_expanders; i++) {
        expander(f, &cfg->expanders[i]);
    }
    alert(f, &cfg->alert, cfg->n_supplies);
    servers(f, cfg);
}

uint32_t link_config_hash(struct ctl_config *cfg, struct link_frame *scratch)
{
    uint32_t hash = 2166136261u;

    link_begin(scratch, LINK_INIT, 0);
    link_config(scratch, cfg);
    for (uint16_t i = 0; i < scratch->n; i++) {
        hash = (hash ^ scratch->bytes[i]) * 16777619u;
    }
    return hash;
}

/* ---- a step ------------------------------------------------------------------------------------ */

/* What was read off a bus. A bus that nobody drives reads FF: those at the end needn't travel. */
static void received(struct link_frame *f, uint8_t rx[])
{
    uint8_t n = CTL_XFER_BYTES;

    while (n > 0 && !f->reading && rx[n - 1] == 0xFF) {
        n--;
    }
    count(f, &n, CTL_XFER_BYTES);
    bytes(f, rx, n);
    if (f->reading) {
        memset(&rx[n], 0xFF, CTL_XFER_BYTES - (size_t)n);
    }
}

void link_report(struct link_frame *f, struct ctl_in *in)
{
    link_u8(f, &in->report.state);
    if (in->report.state != CTL_SERVER_SILENT) {
        link_u8(f, &in->report.number);
        link_u8(f, &in->report.limit);
        link_u8(f, &in->report.server);
        link_u32(f, &in->report.age_ms);
        link_u32(f, &in->report.power_mW);
        link_u32(f, &in->report.cap_mW);
        link_u32(f, &in->report.step_mW);
        link_u32(f, &in->report.step_ms);
    }
}

void link_in(struct link_frame *f, struct ctl_in *in)
{
    link_u32(f, &in->now_us);
    link_u32(f, &in->pins);
    for (int b = 0; b < CTL_BUSES; b++) {
        uint8_t status = (uint8_t)in->bus[b].status;
        link_u8(f, &status);
        in->bus[b].status = (enum ctl_bus_status)status;
        if (status == CTL_BUS_OK) {
            received(f, in->bus[b].rx);
        }
    }
    link_report(f, in);
}

void link_ask(struct link_frame *f, struct ctl_out *out)
{
    link_u8(f, &out->ask.what);
    link_u8(f, &out->ask.number);
    link_u8(f, &out->ask.server);
    link_u32(f, &out->ask.cap_mW);
}

void link_out(struct link_frame *f, struct ctl_out *out)
{
    link_u32(f, &out->wake_us);
    flag(f, &out->kick);
    for (int b = 0; b < CTL_BUSES; b++) {
        uint8_t op = (uint8_t)out->bus[b].op;
        link_u8(f, &op);
        out->bus[b].op = (enum ctl_bus_op)op;
        link_u8(f, &out->bus[b].address);
        link_u8(f, &out->bus[b].n_rx);
        link_u8(f, &out->bus[b].about);
        count(f, &out->bus[b].n_tx, CTL_XFER_BYTES);
        bytes(f, out->bus[b].tx, out->bus[b].n_tx);
    }
    link_ask(f, out);
}

/* ---- beliefs ----------------------------------------------------------------------------------- */

/* A belief is a word with a number of its own; number and word of each that has changed travel. */
enum { COUNTERS = sizeof(struct controller_counts) / sizeof(uint32_t), NO_MORE = 0xFF };
_Static_assert(1 + 2 * CTL_SUPPLIES + 3 * CTL_BARS + COUNTERS < NO_MORE, "a number has eight bits");

struct walk {
    struct link_frame *f;
    uint8_t at;
    uint8_t next; /* when taken out: the number that comes next */
};

static void word(struct walk *w, uint32_t *now, uint32_t said)
{
    if (!w->f->reading && *now != said) {
        link_u8(w->f, &w->at);
        link_u32(w->f, now);
    }
    if (w->f->reading && w->at == w->next) {
        link_u32(w->f, now);
        link_u8(w->f, &w->next);
    }
    w->at++;
}

/* Three small members in one word: bits 0 to 7, 8 to 15, and the rest. */
static uint32_t joined(uint32_t low, uint32_t middle, uint32_t high)
{
    return low | middle << 8 | high << 16;
}

static void mode(struct walk *w, struct controller_view *now, const struct controller_view *said)
{
    uint32_t x = joined(now->mode, 0, now->planned_ahead);

    word(w, &x, joined(said->mode, 0, said->planned_ahead));
    now->mode = (uint8_t)x;
    now->planned_ahead = (uint16_t)(x >> 16);
}

static void supply_belief(struct walk *w, struct controller_view *now,
                          const struct controller_view *said, uint8_t s)
{
    uint32_t x =
        joined(now->supplies[s].state, now->supplies[s].health, now->supplies[s].preempted);

    word(w, &x,
         joined(said->supplies[s].state, said->supplies[s].health, said->supplies[s].preempted));
    now->supplies[s].state = (uint8_t)x;
    now->supplies[s].health = (uint8_t)(x >> 8);
    now->supplies[s].preempted = x >> 16 != 0;
    word(w, &now->supplies[s].left_s, said->supplies[s].left_s);
}

static void counts(struct walk *w, struct controller_view *now, const struct controller_view *said)
{
    uint32_t here[COUNTERS];
    uint32_t there[COUNTERS];

    memcpy(here, &now->counts, sizeof here);
    memcpy(there, &said->counts, sizeof there);
    for (unsigned i = 0; i < COUNTERS; i++) {
        word(w, &here[i], there[i]);
    }
    memcpy(&now->counts, here, sizeof here);
}

void link_view(struct link_frame *f, struct controller_view *now, struct controller_view *said,
               const struct ctl_config *cfg)
{
    struct walk w = {.f = f, .next = NO_MORE};

    if (f->reading) {
        link_u8(f, &w.next);
    }
    mode(&w, now, said);
    for (uint8_t s = 0; s < cfg->n_supplies; s++) {
        supply_belief(&w, now, said, s);
    }
    for (uint8_t b = 0; b < cfg->n_bars; b++) {
        word(&w, &now->bars[b].draw_mW, said->bars[b].draw_mW);
        word(&w, &now->bars[b].wanted_mW, said->bars[b].wanted_mW);
        word(&w, &now->bars[b].budget_mW, said->bars[b].budget_mW);
    }
    counts(&w, now, said);
    if (!f->reading) {
        uint8_t end = NO_MORE;
        link_u8(f, &end);
    } else if (w.next != NO_MORE) {
        f->bad = true; /* a number that is none, or out of turn */
    }
    *said = *now;
}

/* ---- greetings --------------------------------------------------------------------------------- */

void link_hello(struct link_frame *f, struct link_hello *h)
{
    link_u8(f, &h->version);
    link_u8(f, &h->counters);
    link_u16(f, &h->supplies);
    link_u16(f, &h->bars);
    link_u16(f, &h->switches);
    link_u16(f, &h->expanders);
    link_u16(f, &h->servers);
    link_u16(f, &h->alerts);
    link_u16(f, &h->buses);
    link_u32(f, &h->tick_Hz);
    bytes(f, (uint8_t *)h->board, sizeof h->board);
    bytes(f, (uint8_t *)h->firmware, sizeof h->firmware);
    h->board[sizeof h->board - 1] = '\0';
    h->firmware[sizeof h->firmware - 1] = '\0';
}

void link_this_build(struct link_hello *h)
{
    static const struct link_hello this_build = {.version = LINK_VERSION,
                                                 .counters = COUNTERS,
                                                 .supplies = CTL_SUPPLIES,
                                                 .bars = CTL_BARS,
                                                 .switches = CTL_SWITCHES,
                                                 .expanders = CTL_EXPANDERS,
                                                 .servers = CTL_SERVERS,
                                                 .alerts = CTL_ALERTS,
                                                 .buses = CTL_BUSES,
                                                 .firmware = POWERGAP_FIRMWARE};

    *h = this_build;
}

void link_ready(struct link_frame *f, struct link_ready *r)
{
    link_u8(f, &r->mode);
    link_u8(f, &r->fault);
    flag(f, &r->kept);
    link_u32(f, &r->config_hash);
}

void link_entry(struct link_frame *f, struct journal_entry *e)
{
    link_u32(f, &e->at_us);
    link_u16(f, &e->wraps);
    link_u16(f, &e->detail);
    link_u8(f, &e->what);
    link_u8(f, &e->who);
    link_u8(f, &e->times);
    link_u8(f, &e->check);
}

/* remote.c - questions to a board and their answers.  Checked by tests/hil/test_remote.c. */
#include "remote.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "transport.h"

static const ns_t ASK_AGAIN = MS(500); /* a greeting may get lost while a board starts */
static const ns_t RESETTING = MS(300); /* for so long a board that resets itself isn't spoken to */
static const ns_t LAST_WORD = MS(100);

struct seat {
    struct remote face; /* first: the one is the other */
    struct remote_options options;
    struct transport transport;
    struct link_hello hello;
    struct ctl_config cfg;
    struct controller_view said;
    struct link_frame frame;
    char what[48]; /* that is awaited */
    uint8_t sequence;
    uint8_t unread[4096];
    size_t at, n;
    size_t begun; /* bytes since the last LINK_END */
};

static struct seat *seat_of(struct remote *r)
{
    return (struct seat *)(void *)r;
}

static bool fail(struct seat *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(struct seat *s, const char *format, ...)
{
    struct remote *r = &s->face;
    va_list args;

    if (!r->failed) {
        int n = snprintf(r->why, sizeof r->why, "link '%.200s': ", r->link);
        va_start(args, format);
        (void)vsnprintf(r->why + n, sizeof r->why - (size_t)n, format, args);
        va_end(args);
    }
    r->failed = true;
    return false;
}

/* ---- one question ------------------------------------------------------------------------------ */

struct bytes {
    uint8_t at[2 * LINK_BYTES + 2];
    size_t n;
};

static void put(void *to, uint8_t byte)
{
    struct bytes *b = to;

    b->at[b->n++] = byte;
}

static void expect(struct seat *s, const char *what)
{
    (void)snprintf(s->what, sizeof s->what, "%s", what);
}

static double patience_s(const struct seat *s)
{
    return ns_to_s(s->options.patience);
}

/* Why nothing more is to be expected. */
static bool give_up(struct seat *s, enum transport_end end)
{
    char rest[64] = "";
    char said[128] = "";

    if (end == TRANSPORT_STOPPED) {
        s->face.interrupted = true;
        return fail(s, "interrupted while %s was awaited", s->what);
    }
    if (s->begun > 0) {
        (void)snprintf(rest, sizeof rest, ", %zu bytes into a frame", s->begun);
    }
    emulator_said(&s->transport.emulator, said, sizeof said);
    return end == TRANSPORT_CLOSED
               ? fail(s, "%s was awaited: the other end has closed the link%s%s%s", s->what, rest,
                      said[0] != '\0' ? "; " : "", said)
               : fail(s, "%s was awaited: nothing %scame within %.3g s%s", s->what,
                      s->begun > 0 ? "more " : "", patience_s(s), rest);
}

static void begin(struct seat *s, enum link_type type)
{
    s->sequence = (uint8_t)(s->sequence == UINT8_MAX ? 1 : s->sequence + 1); /* 0: unasked */
    link_begin(&s->frame, type, s->sequence);
}

static bool send(struct seat *s)
{
    struct bytes b = {.n = 0};

    if (s->frame.bad) {
        return fail(s, "a question for %s that is longer than a frame", s->what);
    }
    link_send(&s->frame, put, &b);
    enum transport_end end =
        transport_write(&s->transport, b.at, b.n, transport_now() + s->options.patience);
    return end == TRANSPORT_MORE || give_up(s, end);
}

enum arrival { FRAME, DAMAGED, NOTHING };

/* The next frame, or a damaged one; NOTHING: *end says why. */
static enum arrival next_frame(struct seat *s, ns_t deadline, enum transport_end *end)
{
    for (;;) {
        while (s->at < s->n) {
            uint8_t byte = s->unread[s->at++];
            bool whole = link_take(&s->frame, byte);
            size_t begun = s->begun;
            s->begun = byte == LINK_END ? 0 : begun + 1;
            if (whole) {
                return FRAME;
            }
            if (byte == LINK_END && begun > 0) {
                return DAMAGED;
            }
        }
        s->at = s->n = 0;
        *end = transport_read(&s->transport, s->unread, sizeof s->unread, &s->n, deadline);
        if (*end != TRANSPORT_MORE) {
            return NOTHING;
        }
    }
}

static const char *refusal_word(uint8_t why)
{
    switch ((enum link_refusal)why) {
    case LINK_UNKNOWN:
        return "it does not know that question";
    case LINK_MALFORMED:
        return "the question was too short or too long";
    case LINK_NOT_READY:
        return "it has no table: it has been reset";
    default:
        return "it does not say why";
    }
}

/* Of letters, or of bytes that are none. */
static bool other_frame(struct seat *s, enum link_type type)
{
    if (type == LINK_HELLO) {
        return fail(s,
                    "%s was awaited: the board greets instead; it has been reset in the middle of "
                    "the run, or its firmware has failed",
                    s->what);
    }
    return fail(s, "%s was awaited: a frame of type 0x%02X with number %u came (wanted: number %u)",
                s->what, (unsigned)type, link_sequence_of(&s->frame), s->sequence);
}

/* The answer to what was sent last. */
static bool await(struct seat *s, enum link_type answer)
{
    enum transport_end end = TRANSPORT_MORE;
    enum arrival a = next_frame(s, transport_now() + s->options.patience, &end);
    uint8_t why = 0;

    if (a == NOTHING) {
        return give_up(s, end);
    }
    if (a == DAMAGED) {
        return fail(s, "%s was awaited: a damaged frame came (its check sequence is wrong)",
                    s->what);
    }
    enum link_type type = link_type_of(&s->frame);
    if (link_sequence_of(&s->frame) != s->sequence && type == answer) {
        return fail(s, "%s with number %u was awaited: number %u came, repeated or out of turn",
                    s->what, s->sequence, link_sequence_of(&s->frame));
    }
    if (type == LINK_REFUSED && link_sequence_of(&s->frame) == s->sequence) {
        link_u8(&s->frame, &why);
        return fail(s, "%s was awaited: the board refuses, %s", s->what, refusal_word(why));
    }
    return type == answer || other_frame(s, type);
}

static bool ask(struct seat *s, enum link_type answer)
{
    return send(s) && await(s, answer);
}

static bool is_whole(struct seat *s)
{
    return link_is_whole(&s->frame) ||
           fail(s, "%s was awaited: it came, but too short, too long or with numbers out of range",
                s->what);
}

/* ---- greeting ---------------------------------------------------------------------------------- */

/* Speak until the board answers; noise and what is left of an earlier run don't matter. */
static bool greet(struct seat *s, ns_t silent_until)
{
    ns_t deadline = transport_now() + s->options.patience;
    ns_t ask_at = silent_until;
    bool asked = false;
    bool came = false;

    for (;;) {
        if (transport_now() >= ask_at) {
            begin(s, LINK_HELLO);
            if (!send(s)) {
                return false;
            }
            ask_at = transport_now() + ASK_AGAIN;
            asked = true;
        }
        enum transport_end end = TRANSPORT_MORE;
        enum arrival a = next_frame(s, ask_at < deadline ? ask_at : deadline, &end);
        came = came || a != NOTHING || s->begun > 0;
        if (a == FRAME && link_type_of(&s->frame) == LINK_HELLO) {
            if (link_sequence_of(&s->frame) == s->sequence && asked) {
                return true;
            }
            if (link_sequence_of(&s->frame) == 0) {
                ask_at = 0; /* it has just started */
            }
        }
        if (a == NOTHING && end != TRANSPORT_SILENT) {
            return give_up(s, end);
        }
        if (transport_now() >= deadline) {
            return came ? fail(s,
                               "%s was awaited: bytes came, but no answer, within %.3g s; another "
                               "speed, or no powergap firmware?",
                               s->what, patience_s(s))
                        : fail(s, "%s was awaited: nothing came within %.3g s", s->what,
                               patience_s(s));
        }
    }
}

static bool is_right_board(struct seat *s, const char *wanted)
{
    return wanted == NULL || wanted[0] == '\0' || strcmp(wanted, s->hello.board) == 0 ||
           fail(s, "there is the board '%s', not '%.30s'", s->hello.board, wanted);
}

/* Is it the controller of this build? */
static bool check_hello(struct seat *s)
{
    struct link_hello own;
    struct link_hello *h = &s->hello;

    link_this_build(&own);
    link_hello(&s->frame, h);
    if (h->version != own.version) {
        return fail(
            s,
            "the board speaks version %u of the link, this powergap version %u: give it the "
            "firmware of this powergap (make flash BOARD=...)",
            h->version, own.version);
    }
    if (!is_whole(s) || h->tick_Hz == 0) {
        return fail(s, "the board's greeting makes no sense");
    }
    if (!is_right_board(s, s->options.board) || !is_right_board(s, s->transport.board)) {
        return false;
    }
    if (strcmp(h->firmware, own.firmware) != 0 || h->counters != own.counters) {
        return fail(s,
                    "the board '%s' has firmware %s, this powergap is %s: give it the firmware of "
                    "this powergap (make flash BOARD=...; make firmware for emulated ones)",
                    h->board, h->firmware, own.firmware);
    }
    return true;
}

/* ---- the controller's functions ---------------------------------------------------------------- */

/* Has the board room for the rack? */
static bool check_limits(struct seat *s, const struct ctl_config *cfg)
{
    const struct link_hello *h = &s->hello;
    uint8_t buses = 0;

    for (uint8_t i = 0; i < cfg->n_supplies; i++) {
        buses = cfg->supplies[i].bus >= buses ? (uint8_t)(cfg->supplies[i].bus + 1) : buses;
    }
    for (uint8_t i = 0; i < cfg->n_expanders; i++) {
        buses = cfg->expanders[i].bus >= buses ? (uint8_t)(cfg->expanders[i].bus + 1) : buses;
    }
    const struct {
        const char *what;
        unsigned needed, there;
    } limits[] = {
        {"supplies", cfg->n_supplies, h->supplies}, {"bars", cfg->n_bars, h->bars},
        {"switches", cfg->n_switches, h->switches}, {"expanders", cfg->n_expanders, h->expanders},
        {"servers", cfg->n_servers, h->servers},    {"alert lines", cfg->alert.n_lines, h->alerts},
        {"serial buses", buses, h->buses},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        if (limits[i].needed > limits[i].there) {
            return fail(s, "the rack has %u %s, the firmware of board '%s' is built for %u",
                        limits[i].needed, limits[i].what, h->board, limits[i].there);
        }
    }
    return true;
}

static bool take_view(struct seat *s)
{
    struct controller_view *v = &s->face.view;

    link_view(&s->frame, v, &s->said, &s->cfg);
    for (uint8_t i = 0; i < CTL_SUPPLIES; i++) {
        s->frame.bad = s->frame.bad || v->supplies[i].state >= SUPPLY_STATES ||
                       v->supplies[i].health > HEALTH_FAILING;
    }
    s->frame.bad = s->frame.bad || v->mode >= CONTROLLER_MODES;
    return is_whole(s);
}

static bool start(struct seat *s, const struct ctl_config *cfg, uint32_t now_us,
                  uint8_t after_reset)
{
    struct link_ready ready = {.kept = false};

    expect(s, "the confirmation of the configuration");
    s->cfg = *cfg;
    uint32_t hash = link_config_hash(&s->cfg, &s->frame);
    begin(s, LINK_INIT);
    link_u32(&s->frame, &now_us);
    link_u8(&s->frame, &after_reset);
    link_config(&s->frame, &s->cfg);
    if (!ask(s, LINK_READY)) {
        return false;
    }
    link_ready(&s->frame, &ready);
    memset(&s->face.view, 0, sizeof s->face.view);
    s->said = s->face.view;
    if (!take_view(s)) {
        return false;
    }
    if (ready.config_hash != hash) {
        return fail(s,
                    "the board has understood another configuration: its hash is %08" PRIX32
                    ", that of the one sent %08" PRIX32,
                    ready.config_hash, hash);
    }
    if (ready.kept != (after_reset != 0)) {
        return fail(s, "the board's memory has not outlived its reset: was its power cut?");
    }
    return true;
}

static bool init(struct remote *r, const struct ctl_config *cfg, uint32_t now_us)
{
    struct seat *s = seat_of(r);

    r->steps = 0;
    r->cost_sum = r->cost_most = 0;
    return !r->failed && check_limits(s, cfg) && start(s, cfg, now_us, 0);
}

static bool restart(struct remote *r, const struct ctl_config *cfg, uint32_t now_us)
{
    struct seat *s = seat_of(r);
    struct link_hello before = s->hello;

    if (r->failed) {
        return false;
    }
    expect(s, "a greeting after a reset");
    begin(s, LINK_RESET);
    if (!send(s) || !greet(s, transport_now() + RESETTING) || !check_hello(s)) {
        return false;
    }
    if (memcmp(&before, &s->hello, sizeof before) != 0) {
        return fail(s, "another board greets after the reset");
    }
    return start(s, cfg, now_us, 1);
}

static ns_t cost_of(const struct seat *s, uint32_t ticks)
{
    double cycles = s->face.emulated
                        ? s->options.cycles * emulator_instructions(ticks, s->hello.tick_Hz)
                        : ticks;

    return ns_from_s(cycles / s->hello.tick_Hz);
}

/* What a controller never says: the simulator need not be prepared for it. */
static bool is_sane(const struct seat *s, const struct ctl_out *out)
{
    bool sane = out->ask.what < CTL_ASKS &&
                (out->ask.what == CTL_ASK_NONE || out->ask.server < s->cfg.n_servers);

    for (int b = 0; b < CTL_BUSES; b++) {
        sane = sane && out->bus[b].op <= CTL_OP_RESET_MUX && out->bus[b].address < 128 &&
               out->bus[b].n_rx <= CTL_XFER_BYTES;
    }
    return sane;
}

static bool step(struct remote *r, const struct ctl_in *in, struct ctl_out *out)
{
    struct seat *s = seat_of(r);
    struct ctl_in given = *in;
    uint32_t ticks = 0;

    if (r->failed) {
        return false;
    }
    (void)snprintf(s->what, sizeof s->what, "the answer to step %" PRId64, r->steps + 1);
    begin(s, LINK_STEP);
    link_in(&s->frame, &given);
    if (!ask(s, LINK_DONE)) {
        return false;
    }
    link_u32(&s->frame, &ticks);
    link_out(&s->frame, out);
    s->frame.bad = s->frame.bad || !is_sane(s, out);
    if (!take_view(s)) {
        return false;
    }
    if (ticks >= LINK_COST_MAX && r->charged) {
        return fail(s, "step %" PRId64 " took longer than the board can count: it can't be charged",
                    r->steps + 1);
    }
    r->cost = cost_of(s, ticks);
    r->cost_sum += r->cost;
    r->cost_most = r->cost > r->cost_most ? r->cost : r->cost_most;
    r->steps++;
    return true;
}

static bool read_ring(struct seat *s, uint8_t ring)
{
    uint8_t there = 1;

    for (uint8_t n = 0; n < JOURNAL_ENTRIES; n++) {
        begin(s, LINK_JOURNAL);
        link_u8(&s->frame, &ring);
        link_u8(&s->frame, &n);
        if (!ask(s, LINK_ENTRY)) {
            return false;
        }
        link_u8(&s->frame, &there);
        if (there == 0) {
            return true;
        }
        link_entry(&s->frame, &s->face.journal[ring][n]);
        s->face.n_journal[ring] = (uint8_t)(n + 1);
        if (!is_whole(s)) {
            return false;
        }
    }
    return true;
}

static bool read_journal(struct remote *r)
{
    struct seat *s = seat_of(r);

    expect(s, "an entry of the journal");
    r->n_journal[LINK_RING] = r->n_journal[LINK_STORY] = 0;
    return !r->failed && read_ring(s, LINK_RING) && read_ring(s, LINK_STORY);
}

/* ---- life -------------------------------------------------------------------------------------- */

struct remote *remote_open(const char *link, const struct remote_options *options,
                           char why[BENCH_TEXT])
{
    struct seat *s = calloc(1, sizeof *s);
    char closed[TRANSPORT_TEXT];

    if (s == NULL) {
        (void)snprintf(why, BENCH_TEXT, "not enough memory");
        return NULL;
    }
    s->face = (struct remote){.link = link,
                              .init = init,
                              .restart = restart,
                              .step = step,
                              .read_journal = read_journal,
                              .charged = options->charged};
    s->options = *options;
    s->transport.stop = options->stop;
    if (!transport_open(&s->transport, link, options->patience, closed)) {
        (void)snprintf(why, BENCH_TEXT, "link '%.200s': %s", link, closed);
        free(s);
        return NULL;
    }
    s->face.emulated = s->transport.emulator.process > 0;
    expect(s, "a greeting");
    if (!greet(s, 0) || !check_hello(s)) {
        memcpy(why, s->face.why, BENCH_TEXT);
        transport_close(&s->transport);
        free(s);
        return NULL;
    }
    memcpy(s->face.board, s->hello.board, sizeof s->face.board);
    memcpy(s->face.firmware, s->hello.firmware, sizeof s->face.firmware);
    return &s->face;
}

void remote_close(struct remote *r)
{
    struct seat *s = seat_of(r);

    if (r == NULL) {
        return;
    }
    if (!r->emulated) {
        struct bytes b = {.n = 0};
        begin(s, LINK_RESET);
        link_send(&s->frame, put, &b);
        s->transport.stop = NULL;
        (void)transport_write(&s->transport, b.at, b.n, transport_now() + LAST_WORD);
    }
    transport_close(&s->transport);
    free(s);
}

/* remote.c - what controller.h says, by questions to a board.  Checked by tests/hil/test_remote.c. */
#include "remote.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "remote_inside.h"

static const ns_t RESETTING = MS(300); /* for so long a board that resets itself isn't spoken to */
static const ns_t LAST_WORD = MS(100);

static struct seat *seat_of(struct remote *r)
{
    return (struct seat *)(void *)r;
}

/* ---- greeting ---------------------------------------------------------------------------------- */

static bool is_right_board(struct seat *s, const char *wanted)
{
    return wanted == NULL || wanted[0] == '\0' || strcmp(wanted, s->hello.board) == 0 ||
           remote_fail(s, "there is the board '%s', not '%.30s'", s->hello.board, wanted);
}

/* Is it the controller of this build? */
static bool check_hello(struct seat *s)
{
    struct link_hello own;
    struct link_hello *h = &s->hello;

    link_this_build(&own);
    link_hello(&s->frame, h);
    if (h->version != own.version) {
        return remote_fail(
            s,
            "the board speaks version %u of the link, this powergap version %u: give it the "
            "firmware of this powergap (make flash BOARD=...)",
            h->version, own.version);
    }
    if (!remote_is_whole(s) || h->tick_Hz == 0) {
        return remote_fail(s, "the board's greeting makes no sense");
    }
    if (!is_right_board(s, s->options.board) || !is_right_board(s, s->transport.board)) {
        return false;
    }
    if (strcmp(h->firmware, own.firmware) != 0 || h->counters != own.counters) {
        return remote_fail(
            s,
            "the board '%s' has firmware %s, this powergap is %s: give it the firmware of "
            "this powergap (make flash BOARD=...; make firmware for emulated ones)",
            h->board, h->firmware, own.firmware);
    }
    return true;
}

/* ---- the controller's functions ---------------------------------------------------------------- */

static uint8_t buses_of(const struct ctl_config *cfg)
{
    uint8_t n = 0;

    for (uint8_t i = 0; i < cfg->n_supplies; i++) {
        n = cfg->supplies[i].bus >= n ? (uint8_t)(cfg->supplies[i].bus + 1) : n;
    }
    for (uint8_t i = 0; i < cfg->n_expanders; i++) {
        n = cfg->expanders[i].bus >= n ? (uint8_t)(cfg->expanders[i].bus + 1) : n;
    }
    return n;
}

/* Has the board room for the rack, and is it built for as much as the controller here? One that has more
 * room searches otherwise, and so decides otherwise. */
static bool check_limits(struct seat *s, const struct ctl_config *cfg)
{
    const struct link_hello *h = &s->hello;
    const struct {
        const char *what;
        unsigned needed, there, here;
    } limits[] = {
        {"supplies", cfg->n_supplies, h->supplies, CTL_SUPPLIES},
        {"bars", cfg->n_bars, h->bars, CTL_BARS},
        {"switches", cfg->n_switches, h->switches, CTL_SWITCHES},
        {"expanders", cfg->n_expanders, h->expanders, CTL_EXPANDERS},
        {"servers", cfg->n_servers, h->servers, CTL_SERVERS},
        {"alert lines", cfg->alert.n_lines, h->alerts, CTL_ALERTS},
        {"serial buses", buses_of(cfg), h->buses, CTL_BUSES},
    };
    const size_t n = sizeof limits / sizeof *limits;

    for (size_t i = 0; i < n; i++) {
        if (limits[i].needed > limits[i].there) {
            return remote_fail(s, "the rack has %u %s, the firmware of board '%s' is built for %u",
                               limits[i].needed, limits[i].what, h->board, limits[i].there);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (limits[i].there != limits[i].here) {
            return remote_fail(s,
                               "the firmware of board '%s' is built for %u %s, this powergap for "
                               "%u: it would decide otherwise",
                               h->board, limits[i].there, limits[i].what, limits[i].here);
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
    return remote_is_whole(s);
}

static bool start(struct seat *s, const struct ctl_config *cfg, uint32_t now_us,
                  uint8_t after_reset)
{
    struct link_ready ready = {.kept = false};

    remote_expect(s, "the confirmation of the configuration");
    s->cfg = *cfg;
    uint32_t hash = link_config_hash(&s->cfg, &s->frame);
    remote_begin(s, LINK_INIT);
    link_u32(&s->frame, &now_us);
    link_u8(&s->frame, &after_reset);
    link_config(&s->frame, &s->cfg);
    if (!remote_ask(s, LINK_READY)) {
        return false;
    }
    link_ready(&s->frame, &ready);
    memset(&s->face.view, 0, sizeof s->face.view);
    s->said = s->face.view;
    if (!take_view(s)) {
        return false;
    }
    if (ready.config_hash != hash) {
        return remote_fail(s,
                           "the board has understood another configuration: its hash is %08" PRIX32
                           ", that of the one sent %08" PRIX32,
                           ready.config_hash, hash);
    }
    if (ready.kept != (after_reset != 0)) {
        return remote_fail(s, "the board's memory has not outlived its reset: was its power cut?");
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
    remote_expect(s, "a greeting after a reset");
    remote_begin(s, LINK_RESET);
    if (!remote_send(s, s->options.patience) || !remote_greet(s, transport_now() + RESETTING) ||
        !check_hello(s)) {
        return false;
    }
    if (memcmp(&before, &s->hello, sizeof before) != 0) {
        return remote_fail(s, "another board greets after the reset");
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
    remote_begin(s, LINK_STEP);
    link_in(&s->frame, &given);
    if (!remote_ask(s, LINK_DONE)) {
        return false;
    }
    link_u32(&s->frame, &ticks);
    link_out(&s->frame, out);
    s->frame.bad = s->frame.bad || !is_sane(s, out);
    if (!take_view(s)) {
        return false;
    }
    if (ticks >= LINK_COST_MAX && r->charged) {
        return remote_fail(
            s, "step %" PRId64 " took longer than the board can count: it can't be charged",
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

    for (uint8_t n = 0; n < (uint8_t)JOURNAL_ENTRIES; n++) {
        remote_begin(s, LINK_JOURNAL);
        link_u8(&s->frame, &ring);
        link_u8(&s->frame, &n);
        if (!remote_ask(s, LINK_ENTRY)) {
            return false;
        }
        link_u8(&s->frame, &there);
        if (there == 0) {
            return true;
        }
        link_entry(&s->frame, &s->face.journal[ring][n]);
        s->face.n_journal[ring] = (uint8_t)(n + 1);
        if (!remote_is_whole(s)) {
            return false;
        }
    }
    return true;
}

static bool read_journal(struct remote *r)
{
    struct seat *s = seat_of(r);

    remote_expect(s, "an entry of the journal");
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
    s->transport.images = options->images;
    s->transport.stop = options->stop;
    if (!transport_open(&s->transport, link, options->patience, closed)) {
        (void)snprintf(why, BENCH_TEXT, "link '%.200s': %s", link, closed);
        free(s);
        return NULL;
    }
    s->face.emulated = s->transport.emulator.process > 0;
    remote_expect(s, "a greeting");
    if (!remote_greet(s, 0) || !check_hello(s)) {
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
        s->transport.stop = NULL;
        remote_begin(s, LINK_RESET);
        (void)remote_send(s, LAST_WORD);
    }
    transport_close(&s->transport);
    free(s);
}

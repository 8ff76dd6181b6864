/* Any bytes at all as what a board says, and as what it is told. Oracles: what was taken out of a frame
 * in full travels on as itself; the simulator is handed nothing that a controller never says; whoever
 * falls silent is not waited for. */
#define _XOPEN_SOURCE 700
#include "must.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "hil/link.h"
#include "hil/remote.h"

enum { ROOM = 1 << 15 };

static void put(void *to, uint8_t byte)
{
    struct {
        uint8_t at[ROOM];
        size_t n;
    } *line = to;

    if (line->n < ROOM) {
        line->at[line->n++] = byte;
    }
}

/* Everything that travels, in or out of a frame; NULL ends the list. */
union anything {
    struct ctl_config config;
    struct ctl_in in;
    struct ctl_out out;
    struct link_hello hello;
    struct link_ready ready;
    struct journal_entry entry;
    struct controller_view view;
};

static void walk(struct link_frame *f, unsigned kind, union anything *x)
{
    struct ctl_config cfg = {.n_supplies = CTL_SUPPLIES, .n_bars = CTL_BARS};
    struct controller_view none;

    memset(&none, 0, sizeof none);
    switch (kind) {
    case 0:
        link_config(f, &x->config);
        break;
    case 1:
        link_in(f, &x->in);
        break;
    case 2:
        link_out(f, &x->out);
        break;
    case 3:
        link_hello(f, &x->hello);
        break;
    case 4:
        link_ready(f, &x->ready);
        break;
    case 5:
        link_entry(f, &x->entry);
        break;
    default:
        link_view(f, &x->view, &none, &cfg);
        break;
    }
}

/* Out of a frame, into another, out of that, into a third: the last two are equal. */
static void travels_on(struct link_frame *f)
{
    for (unsigned kind = 0; kind < 7; kind++) {
        static union anything x, y;
        struct link_frame first = *f;
        struct link_frame second;
        struct link_frame third;

        memset(&x, 0, sizeof x);
        memset(&y, 0, sizeof y);
        first.at = 2;
        walk(&first, kind, &x);
        if (!link_is_whole(&first)) {
            continue;
        }
        link_begin(&second, LINK_STEP, 0);
        walk(&second, kind, &x);
        must(!second.bad);
        third = second;
        second.reading = true;
        second.at = 2;
        walk(&second, kind, &y);
        must(link_is_whole(&second));
        link_begin(&second, LINK_STEP, 0);
        walk(&second, kind, &y);
        must(second.n == third.n && memcmp(second.bytes, third.bytes, third.n) == 0);
    }
}

static void frames(const uint8_t *bytes, size_t size)
{
    static struct link_frame f;

    f = (struct link_frame){.n = 0};
    for (size_t i = 0; i < size; i++) {
        if (link_take(&f, bytes[i])) {
            travels_on(&f);
        }
        must(f.n <= LINK_BYTES);
    }
}

/* ---- the bench, with all of it said to it at once ---------------------------------------------- */

static const struct ctl_config rack = {.n_supplies = 2, .n_servers = 1};

static void sane(const struct ctl_out *out, const struct remote *r)
{
    for (int b = 0; b < CTL_BUSES; b++) {
        must(out->bus[b].op <= CTL_OP_RESET_MUX && out->bus[b].address < 128);
        must(out->bus[b].n_tx <= CTL_XFER_BYTES && out->bus[b].n_rx <= CTL_XFER_BYTES);
    }
    must(out->ask.what < CTL_ASKS &&
         (out->ask.what == CTL_ASK_NONE || out->ask.server < rack.n_servers));
    must(r->view.mode < CONTROLLER_MODES && r->view.supplies[0].state < SUPPLY_STATES);
}

static void bench(const char *link)
{
    struct remote_options o = {.patience = 1, .cycles = 1.0};
    struct ctl_in in = {.now_us = 0};
    struct ctl_out out;
    char why[BENCH_TEXT];
    struct remote *r = remote_open(link, &o, why);

    if (r == NULL) {
        must(why[0] != '\0');
        return;
    }
    bool good = r->init(r, &rack, 0);
    while (good) {
        memset(&out, 0, sizeof out);
        good = r->step(r, &in, &out);
        if (good) {
            sane(&out, r);
        }
    }
    must(r->failed && r->why[0] != '\0');
    must(!r->step(r, &in, &out) && !r->read_journal(r));
    remote_close(r);
}

/* A greeting, a confirmation of the configuration unless the fuzzer makes that, too, then payloads of its,
 * each in a frame that is right and, as a rule, in its turn. */
static void said_in_frames(struct bytes *b, bool confirmed, void *line)
{
    static struct link_frame f;
    struct link_hello h;
    uint8_t sequence = 1;

    link_this_build(&h);
    h.tick_Hz = 1000;
    link_begin(&f, LINK_HELLO, sequence++);
    link_hello(&f, &h);
    link_send(&f, put, line);
    if (confirmed) {
        struct ctl_config cfg = rack;
        struct link_ready ready = {.config_hash = link_config_hash(&cfg, &f)};
        uint8_t no_more = 0xFF;
        link_begin(&f, LINK_READY, sequence++);
        link_ready(&f, &ready);
        link_u8(&f, &no_more);
        link_send(&f, put, line);
    }
    for (bool first = !confirmed; b->left > 0; first = false) {
        uint8_t n = (uint8_t)take(b, 1);
        link_begin(&f, first ? LINK_READY : LINK_DONE, (uint8_t)(sequence + (n == 255)));
        sequence = (uint8_t)(sequence == 255 ? 1 : sequence + 1);
        for (; n > 0 && b->left > 0; n--) {
            uint8_t byte = (uint8_t)take(b, 1);
            link_u8(&f, &byte);
        }
        link_send(&f, put, line);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct {
        uint8_t at[ROOM];
        size_t n;
    } line;
    struct bytes b = {bytes, size};
    unsigned how = pick(&b, 3);
    int ends[2];
    char link[64];

    (void)signal(SIGPIPE, SIG_IGN);
    frames(b.at, b.left);
    line.n = 0;
    if (how < 2) {
        said_in_frames(&b, how == 1, &line);
    }
    for (; b.left > 0 && line.n < ROOM; b.left--) {
        line.at[line.n++] = *b.at++;
    }
    must(pipe(ends) == 0);
    must(write(ends[1], line.at, line.n) == (ssize_t)line.n);
    (void)close(ends[1]);
    (void)snprintf(link, sizeof link, "pipe:/dev/fd/%d,/dev/null", ends[0]);
    bench(link);
    (void)close(ends[0]);
    return 0;
}

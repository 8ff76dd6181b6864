/* The link between a bench and a board. Oracles: the check value that RFC 1662's FCS is known by, and
 * the compiler, which knows which bytes of a struct are its members and which are padding. */
#include "hil/link.h"

#include <criterion/criterion.h>
#include <string.h>

struct line {
    uint8_t bytes[4 * LINK_BYTES];
    size_t n;
};

static void put(void *to, uint8_t byte)
{
    struct line *w = to;

    cr_assert_lt(w->n, sizeof w->bytes);
    w->bytes[w->n++] = byte;
}

/* How many frames arrive when these bytes do; the last one is in f. */
static int arrive(struct link_frame *f, const uint8_t bytes[], size_t n)
{
    int frames = 0;

    for (size_t i = 0; i < n; i++) {
        frames += link_take(f, bytes[i]);
    }
    return frames;
}

static struct line sent(const char *payload)
{
    struct link_frame f;
    struct line w = {.n = 0};

    link_begin(&f, LINK_STEP, 9);
    for (; *payload != '\0'; payload++) {
        uint8_t byte = (uint8_t)*payload;
        link_u8(&f, &byte);
    }
    link_send(&f, put, &w);
    return w;
}

/* CRC-16/X-25 of "123456789" is 906E: the catalogue's check value, sent low byte first. */
Test(link, carries_the_check_sequence_of_hdlc)
{
    struct link_frame f;
    struct line w = {.n = 0};

    link_begin(&f, (enum link_type)'1', '2');
    for (const char *c = "3456789"; *c != '\0'; c++) {
        uint8_t byte = (uint8_t)*c;
        link_u8(&f, &byte);
    }
    link_send(&f, put, &w);
    cr_assert_eq(w.n, 13);
    cr_assert_eq(w.bytes[0], 0x7E);
    cr_assert_arr_eq(&w.bytes[1], "123456789", 9);
    cr_assert_eq(w.bytes[10], 0x6E);
    cr_assert_eq(w.bytes[11], 0x90);
    cr_assert_eq(w.bytes[12], 0x7E);
}

Test(link, any_payload_arrives)
{
    for (unsigned c = 1; c < 256; c++) {
        char text[] = {(char)c, '~', '}', (char)c, '\0'};
        struct line w = sent(text);
        struct link_frame f = {.n = 0};
        uint8_t byte;

        cr_assert_eq(arrive(&f, w.bytes, w.n), 1);
        cr_assert_eq(link_type_of(&f), LINK_STEP);
        cr_assert_eq(link_sequence_of(&f), 9);
        for (int i = 0; i < 4; i++) {
            link_u8(&f, &byte);
            cr_assert_eq(byte, (uint8_t)text[i]);
        }
        cr_assert(link_is_whole(&f));
        link_u8(&f, &byte);
        cr_assert(!link_is_whole(&f), "read past its end");
    }
}

/* Every single bit flipped, every byte lost, every cut: dropped, and the next frame arrives. A flip
 * may split a frame in two or join it to nothing; neither half passes the check. */
Test(link, a_damaged_frame_is_dropped_and_the_next_one_arrives)
{
    struct line good = sent("what a supply has said ~ 7E");

    for (size_t i = 0; i < good.n; i++) {
        for (int bit = 0; bit < 9; bit++) {
            struct line bad = good;
            struct link_frame f = {.n = 0};
            bool edge = i == 0 || i == good.n - 1; /* ends: the neighbour's serves as well */

            if (bit < 8) {
                bad.bytes[i] ^= (uint8_t)(1 << bit);
            } else {
                memmove(&bad.bytes[i], &bad.bytes[i + 1], bad.n - i - 1);
                bad.n--;
            }
            int frames = arrive(&f, bad.bytes, bad.n);
            cr_assert(frames == 0 || edge, "byte %zu, bit %d", i, bit);
            frames += arrive(&f, good.bytes, good.n);
            cr_assert(frames >= 1);
            cr_assert_eq(f.n, 2 + 27);
        }
        struct link_frame f = {.n = 0};
        int late = i == good.n - 1; /* the next one's first 7E ends it */
        cr_assert_eq(arrive(&f, good.bytes, i), 0);
        cr_assert_eq(arrive(&f, good.bytes, good.n), 1 + late, "after a cut at byte %zu", i);
    }
}

Test(link, a_frame_without_end_does_no_harm)
{
    struct line good = sent("x");
    struct link_frame f = {.n = 0};

    for (int i = 0; i < 100000; i++) {
        cr_assert(!link_take(&f, 0x55));
    }
    cr_assert_eq(arrive(&f, good.bytes, good.n), 1);
}

#if !defined __clang__ /* which has no __builtin_clear_padding() */

/* Sets every byte but padding to 1, sends it, and compares memory: a member that was forgotten in
 * link.c arrives as something else. `set` does the former, with counts and enums in their range. */
#define TRAVELS(type, walk, set)                                                                   \
    do {                                                                                           \
        type there, here;                                                                          \
        struct link_frame f;                                                                       \
        struct line w = {.n = 0};                                                                  \
        set(&there);                                                                               \
        memset(&here, 0, sizeof here);                                                             \
        link_begin(&f, LINK_STEP, 0);                                                              \
        walk(&f, &there);                                                                          \
        cr_assert(!f.bad);                                                                         \
        link_send(&f, put, &w);                                                                    \
        cr_assert_eq(arrive(&f, w.bytes, w.n), 1);                                                 \
        walk(&f, &here);                                                                           \
        cr_assert(link_is_whole(&f));                                                              \
        cr_assert_arr_eq((const char *)&here, (const char *)&there, sizeof here);                  \
    } while (0)

/* Element by element: gcc 12 clears too much of an array. */
#define ONES(x) (memset(&(x), 1, sizeof(x)), __builtin_clear_padding(&(x)))

static void whole_table(struct ctl_config *cfg)
{
    memset(cfg, 1, sizeof *cfg);
    __builtin_clear_padding(cfg);
    cfg->n_supplies = CTL_SUPPLIES;
    cfg->n_bars = CTL_BARS;
    cfg->n_switches = CTL_SWITCHES;
    cfg->n_expanders = CTL_EXPANDERS;
    for (int i = 0; i < CTL_SUPPLIES; i++) {
        ONES(cfg->supplies[i]);
    }
    for (int i = 0; i < CTL_BARS; i++) {
        ONES(cfg->bars[i]);
    }
    for (int i = 0; i < CTL_SWITCHES; i++) {
        ONES(cfg->switches[i]);
    }
    for (int i = 0; i < CTL_EXPANDERS; i++) {
        ONES(cfg->expanders[i]);
    }
    for (int i = 0; i < CTL_SERVERS; i++) {
        ONES(cfg->servers[i]);
    }
    cfg->n_servers = CTL_SERVERS;
    ONES(cfg->alert);
    cfg->alert.n_lines = CTL_ALERTS;
}

static void both_transferring(struct ctl_out *out)
{
    memset(out, 1, sizeof *out);
    __builtin_clear_padding(out);
    ONES(out->ask);
    for (int b = 0; b < CTL_BUSES; b++) {
        ONES(out->bus[b]);
        out->bus[b].op = CTL_OP_TRANSFER;
        out->bus[b].n_tx = CTL_XFER_BYTES;
    }
}

static void both_answered(struct ctl_in *in)
{
    memset(in, 1, sizeof *in);
    for (int b = 0; b < CTL_BUSES; b++) {
        ONES(in->bus[b]);
        in->bus[b].status = CTL_BUS_OK;
    }
}

static void greeting(struct link_hello *h)
{
    ONES(*h);
    h->board[sizeof h->board - 1] = '\0';
    h->firmware[sizeof h->firmware - 1] = '\0';
}

static void readiness(struct link_ready *r)
{
    ONES(*r);
}

static void entry(struct journal_entry *e)
{
    ONES(*e);
}

static void beliefs(struct controller_view *v)
{
    memset(v, 1, sizeof *v);
    __builtin_clear_padding(v);
    for (int i = 0; i < CTL_SUPPLIES; i++) {
        ONES(v->supplies[i]);
    }
    for (int i = 0; i < CTL_BARS; i++) {
        ONES(v->bars[i]);
    }
}

static void all_beliefs(struct link_frame *f, struct controller_view *v)
{
    struct ctl_config cfg = {.n_supplies = CTL_SUPPLIES, .n_bars = CTL_BARS};
    struct controller_view said;

    memset(&said, 0, sizeof said);
    link_view(f, v, &said, &cfg);
}

Test(link, every_member_travels)
{
    TRAVELS(struct ctl_config, link_config, whole_table);
    TRAVELS(struct ctl_in, link_in, both_answered);
    TRAVELS(struct ctl_out, link_out, both_transferring);
    TRAVELS(struct link_hello, link_hello, greeting);
    TRAVELS(struct link_ready, link_ready, readiness);
    TRAVELS(struct journal_entry, link_entry, entry);
    TRAVELS(struct controller_view, all_beliefs, beliefs);
}

#endif

/* Oracle: the sizes written in link.h: five bytes for a belief that has changed, one for the end. */
Test(link, of_beliefs_only_those_travel_that_have_changed)
{
    struct ctl_config cfg = {.n_supplies = 3, .n_bars = 1};
    struct controller_view now, said, there, there_said;
    struct link_frame f;
    struct line w = {.n = 0};

    memset(&now, 0, sizeof now);
    said = there = there_said = now;
    now.supplies[2].state = SUPPLY_LOST;
    now.counts.steps = 7;
    link_begin(&f, LINK_DONE, 0);
    link_view(&f, &now, &said, &cfg);
    cr_assert_eq(f.n, 2 + 5 + 5 + 1);
    link_send(&f, put, &w);
    cr_assert_eq(arrive(&f, w.bytes, w.n), 1);
    link_view(&f, &there, &there_said, &cfg);
    cr_assert(link_is_whole(&f));
    cr_assert_eq(there.supplies[2].state, SUPPLY_LOST);
    cr_assert_eq(there.counts.steps, 7);
    link_begin(&f, LINK_DONE, 0);
    link_view(&f, &now, &said, &cfg);
    cr_assert_eq(f.n, 2 + 1, "nothing has changed since");
}

/* Beliefs out of turn, or of a supply that the rack has not. */
Test(link, a_belief_that_does_not_exist_is_malformed)
{
    static const char *const all[] = {"\x05zzzz\x04zzzz\xFF", "\xFEzzzz\xFF", "\x05zzzz"};
    struct ctl_config cfg = {.n_supplies = 1, .n_bars = 1};
    struct controller_view v, said;

    for (int i = 0; i < 3; i++) {
        struct line w = sent(all[i]);
        struct link_frame f = {.n = 0};
        memset(&v, 0, sizeof v);
        said = v;
        cr_assert_eq(arrive(&f, w.bytes, w.n), 1);
        link_view(&f, &v, &said, &cfg);
        cr_assert_not(link_is_whole(&f), "%d", i);
    }
}

Test(link, a_table_for_a_larger_build_is_malformed)
{
    struct ctl_config cfg = {.n_supplies = CTL_SUPPLIES + 1};
    struct link_frame f;

    link_begin(&f, LINK_INIT, 0);
    link_config(&f, &cfg);
    cr_assert(f.bad);
}

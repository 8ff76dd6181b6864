/* twin_step.c - powergap, with a twin of its controller on an emulated board.
 *
 * Linked in front of controller_init(), controller_restart() and controller_step(): the table and every ctl_in go to the
 * board, too, and every ctl_out that it answers must be the same, byte for byte, as the one that the
 * host's build has given. A run that ends without a word to the contrary was computed alike by two
 * compilers on two instruction sets.
 *
 *   POWERGAP_TWIN   BOARD:IMAGE, as lm3s6965evb:build/arm-lm3s6965evb/firmware.elf
 *
 * At the end it says on stderr how many steps were equal and what the dearest cost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "controller/controller.h"
#include "hil/emulator.h"
#include "hil/link.h"

/* Questions asked ahead of their answers; a round trip takes longer than a step. */
enum { AHEAD = 8 };

void __real_controller_init(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);
void __wrap_controller_init(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);
void __real_controller_restart(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);
void __wrap_controller_restart(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);
void __real_controller_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out);
void __wrap_controller_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out);

struct asked {
    uint32_t now_us;
    struct link_frame want; /* the payload that has to come */
};

static struct {
    struct emulator board;
    bool started;
    const struct controller *of; /* one board has one controller */
    struct link_hello hello;
    struct link_frame frame;
    struct asked asked[AHEAD];
    uint8_t next;   /* sequence number of the next question */
    uint8_t behind; /* questions without an answer */
    uint8_t unread[4096];
    size_t at, n;
    uint64_t steps, ticks;
    uint32_t worst_ticks;
} twin;

static void fail(const char *why)
{
    fprintf(stderr, "twin: %s\n", why);
    _exit(3);
}

static void put(void *to, uint8_t byte)
{
    (void)fputc(byte, to);
}

static void send(struct link_frame *f)
{
    char bytes[2 * LINK_BYTES + 2];
    FILE *out = fmemopen(bytes, sizeof bytes, "wb");

    if (out == NULL || f->bad) {
        fail("a frame that does not fit");
    }
    link_send(f, put, out);
    long n = ftell(out);
    (void)fclose(out);
    for (long sent = 0; sent < n;) {
        ssize_t k = write(twin.board.link, bytes + sent, (size_t)(n - sent));
        if (k <= 0) {
            fail("the board has gone");
        }
        sent += k;
    }
}

static void await(struct link_frame *f)
{
    for (;;) {
        while (twin.at < twin.n) {
            if (link_take(f, twin.unread[twin.at++])) {
                return;
            }
        }
        ssize_t k = read(twin.board.link, twin.unread, sizeof twin.unread);
        if (k <= 0) {
            fail("the board has gone");
        }
        twin.at = 0;
        twin.n = (size_t)k;
    }
}

static void show(const char *who, const uint8_t bytes[], unsigned n)
{
    fprintf(stderr, "  %-6s", who);
    for (unsigned i = 0; i < n; i++) {
        fprintf(stderr, " %02X", bytes[i]);
    }
    fputc('\n', stderr);
}

/* The answer to the question that waits longest. */
static void take_answer(void)
{
    uint8_t sequence = (uint8_t)(twin.next - twin.behind);
    const struct asked *a = &twin.asked[sequence % AHEAD];
    uint32_t cost = 0;

    await(&twin.frame);
    if (link_sequence_of(&twin.frame) != sequence || link_type_of(&twin.frame) != LINK_DONE) {
        fail("the board has answered something else");
    }
    link_u32(&twin.frame, &cost);
    const uint8_t *got = &twin.frame.bytes[twin.frame.at];
    unsigned n = (unsigned)(twin.frame.n - twin.frame.at);
    if (n != a->want.n - 2u || memcmp(got, &a->want.bytes[2], n) != 0) {
        fprintf(stderr, "twin: step %llu, now_us %u: the %s gives another ctl_out\n",
                (unsigned long long)twin.steps, a->now_us, twin.hello.board);
        show("host", &a->want.bytes[2], a->want.n - 2u);
        show("board", got, n);
        _exit(3);
    }
    twin.behind--;
    twin.steps++;
    twin.ticks += cost;
    twin.worst_ticks = cost > twin.worst_ticks ? cost : twin.worst_ticks;
}

static void finish(void)
{
    while (twin.behind > 0) {
        take_answer();
    }
    emulator_stop(&twin.board);
    fprintf(stderr, "twin on %s: %llu steps equal; instructions a step: mean %u, worst %s%u\n",
            twin.hello.board, (unsigned long long)twin.steps,
            emulator_instructions((uint32_t)(twin.steps > 0 ? twin.ticks / twin.steps : 0),
                                  twin.hello.tick_Hz),
            twin.worst_ticks == LINK_COST_MAX ? "over " : "",
            emulator_instructions(twin.worst_ticks, twin.hello.tick_Hz));
}

static void ask(enum link_type question, enum link_type answer)
{
    uint8_t sequence = twin.next++;

    twin.frame.bytes[1] = sequence;
    send(&twin.frame);
    await(&twin.frame);
    if (link_sequence_of(&twin.frame) != sequence || link_type_of(&twin.frame) != answer) {
        fprintf(stderr, "twin: question '%c' is answered '%c'\n", question,
                link_type_of(&twin.frame));
        _exit(3);
    }
}

static void start(void)
{
    const char *where = getenv("POWERGAP_TWIN");
    const char *colon = where != NULL ? strchr(where, ':') : NULL;
    char board[32];

    if (colon == NULL || (size_t)(colon - where) >= sizeof board) {
        fail("POWERGAP_TWIN is not BOARD:IMAGE");
    }
    memcpy(board, where, (size_t)(colon - where));
    board[colon - where] = '\0';
    if (!emulator_start(&twin.board, board, colon + 1)) {
        fail("cannot start an emulator");
    }
    twin.started = true;
    link_begin(&twin.frame, LINK_HELLO, 0);
    ask(LINK_HELLO, LINK_HELLO);
    link_hello(&twin.frame, &twin.hello);
    if (!link_is_whole(&twin.frame) || twin.hello.version != LINK_VERSION) {
        fail("the board speaks another version");
    }
    (void)atexit(finish);
}

/* The board starts as c has just done. */
static void start_alike(const struct controller *c, const struct ctl_config *cfg, uint32_t now_us,
                        uint8_t kept)
{
    struct ctl_config table = *cfg;
    struct link_ready ready;

    if (!twin.started) {
        start();
    }
    while (twin.behind > 0) {
        take_answer();
    }
    uint32_t hash = link_config_hash(&table, &twin.frame);
    link_begin(&twin.frame, LINK_INIT, 0);
    link_u32(&twin.frame, &now_us);
    link_u8(&twin.frame, &kept);
    link_config(&twin.frame, &table);
    ask(LINK_INIT, LINK_READY);
    link_ready(&twin.frame, &ready);
    if (ready.config_hash != hash || ready.mode != (uint8_t)controller_mode(c) ||
        ready.fault != (uint8_t)controller_fault(c)) {
        fail("the board has understood another table");
    }
    twin.of = c;
}

void __wrap_controller_init(struct controller *c, const struct ctl_config *cfg, uint32_t now_us)
{
    __real_controller_init(c, cfg, now_us);
    start_alike(c, cfg, now_us, 0);
}

void __wrap_controller_restart(struct controller *c, const struct ctl_config *cfg, uint32_t now_us)
{
    __real_controller_restart(c, cfg, now_us);
    start_alike(c, cfg, now_us, 1);
}

void __wrap_controller_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out)
{
    struct asked *a = &twin.asked[twin.next % AHEAD];
    struct ctl_in given = *in;

    __real_controller_step(c, in, out);
    if (c != twin.of) {
        fail("a second controller; a board has one");
    }
    if (twin.behind == AHEAD) {
        take_answer();
    }
    a->now_us = in->now_us;
    link_begin(&a->want, LINK_DONE, 0);
    link_out(&a->want, out);
    link_begin(&twin.frame, LINK_STEP, twin.next++);
    link_in(&twin.frame, &given);
    send(&twin.frame);
    twin.behind++;
}

/* main.c - the controller on a board: its port is the link, its rack whatever is at the other end.
 *
 * A table, then one ctl_in after the other comes in; a step is taken for each, and the ctl_out goes
 * back with what the step has cost. Checked by tests/hil/lockstep.sh. */
#include <string.h>

#include "board.h"
#include "controller/controller.h"
#include "cortex_m.h"
#include "hil/link.h"

/* The journal is to outlive a reset, so the start-up code leaves these as they were. After a power-on
 * they hold anything; then MARK and its complement are not there. */
enum { MARK = 0x4A4F5552 };
static struct controller controller KEPT_BY_A_RESET;
static uint32_t mark[2] KEPT_BY_A_RESET;

static struct ctl_in in;
static struct ctl_out out;
static struct ctl_config config;
static struct controller_view view, said;
static struct link_frame frame; /* what came, then what is answered */
static bool has_table;

static void put(void *to, uint8_t byte)
{
    (void)to;
    board_put(byte);
}

static void refuse(uint8_t sequence, enum link_refusal why)
{
    uint8_t reason = (uint8_t)why;

    link_begin(&frame, LINK_REFUSED, sequence);
    link_u8(&frame, &reason);
}

static void say_hello(uint8_t sequence)
{
    struct link_hello h;

    link_this_build(&h);
    h.tick_Hz = board_clock_Hz;
    (void)memcpy(h.board, board_name, sizeof h.board);
    link_begin(&frame, LINK_HELLO, sequence);
    link_hello(&frame, &h);
}

static void say_beliefs(void)
{
    controller_view(&controller, &view);
    link_view(&frame, &view, &said, &config);
}

/* True: it goes on with the memory of before a reset. */
static bool start_controller(uint32_t now_us, bool after_reset)
{
    bool kept = after_reset && mark[0] == (uint32_t)MARK && mark[1] == ~(uint32_t)MARK;

    if (kept) {
        controller_restart(&controller, &config, now_us);
    } else {
        controller_init(&controller, &config, now_us);
    }
    mark[0] = (uint32_t)MARK;
    mark[1] = ~(uint32_t)MARK;
    return kept;
}

static void start(uint8_t sequence)
{
    uint32_t now_us;
    uint8_t after_reset;
    struct link_ready r;

    (void)memset(&config, 0, sizeof config);
    link_u32(&frame, &now_us);
    link_u8(&frame, &after_reset);
    link_config(&frame, &config);
    has_table = link_is_whole(&frame);
    if (!has_table) {
        refuse(sequence, LINK_MALFORMED);
        return;
    }
    r.kept = start_controller(now_us, after_reset != 0U);
    r.mode = (uint8_t)controller_mode(&controller);
    r.fault = (uint8_t)controller_fault(&controller);
    r.config_hash = link_config_hash(&config, &frame);
    (void)memset(&said, 0, sizeof said);
    link_begin(&frame, LINK_READY, sequence);
    link_ready(&frame, &r);
    say_beliefs();
}

static void step(uint8_t sequence)
{
    link_in(&frame, &in);
    if (!link_is_whole(&frame)) {
        refuse(sequence, LINK_MALFORMED);
        return;
    }
    if (!has_table) {
        refuse(sequence, LINK_NOT_READY);
        return;
    }
    uint32_t begun = ticks_begin();
    controller_step(&controller, &in, &out);
    uint32_t cost = ticks_since(begun);
    link_begin(&frame, LINK_DONE, sequence);
    link_u32(&frame, &cost);
    link_out(&frame, &out);
    say_beliefs();
}

static void tell_journal(uint8_t sequence)
{
    uint8_t ring, n;
    struct journal_entry e;

    link_u8(&frame, &ring);
    link_u8(&frame, &n);
    if (!link_is_whole(&frame)) {
        refuse(sequence, LINK_MALFORMED);
        return;
    }
    uint8_t there =
        has_table && (ring == (uint8_t)LINK_RING ? controller_journal(&controller, n, &e)
                                                 : controller_dark_story(&controller, n, &e));
    link_begin(&frame, LINK_ENTRY, sequence);
    link_u8(&frame, &there);
    if (there != 0U) {
        link_entry(&frame, &e);
    }
}

static void answer(void)
{
    uint8_t sequence = link_sequence_of(&frame);

    switch (link_type_of(&frame)) {
    case LINK_HELLO:
        say_hello(sequence);
        break;
    case LINK_INIT:
        start(sequence);
        break;
    case LINK_STEP:
        step(sequence);
        break;
    case LINK_JOURNAL:
        tell_journal(sequence);
        break;
    case LINK_RESET:
        restart();
        break;
    default:
        refuse(sequence, LINK_UNKNOWN);
        break;
    }
    link_send(&frame, put, NULL);
}

int main(void)
{
    uint8_t byte;

    board_start();
    ticks_start();
    say_hello(0);
    link_send(&frame, put, NULL);
    for (;;) {
        if (board_get(&byte) && link_take(&frame, byte)) {
            answer();
        }
    }
}

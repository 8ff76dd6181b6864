/* main.c - the controller on a board: its port is the link, its rack whatever is at the other end.
 *
 * A table, then one ctl_in after the other comes in; a step is taken for each, and the ctl_out goes
 * back with what the step has cost. Checked by tests/hil/twin.sh. */
#include <string.h>

#include "board.h"
#include "controller/controller.h"
#include "cortex_m.h"
#include "hil/link.h"

static struct controller controller;
static struct ctl_in in;
static struct ctl_out out;
static struct ctl_config config;
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
    struct link_hello h = {.version = LINK_VERSION,
                           .supplies = CTL_SUPPLIES,
                           .bars = CTL_BARS,
                           .switches = CTL_SWITCHES,
                           .expanders = CTL_EXPANDERS,
                           .buses = CTL_BUSES,
                           .tick_Hz = board_clock_Hz,
                           .firmware = POWERGAP_VERSION};

    (void)memcpy(h.board, board_name, sizeof h.board);
    link_begin(&frame, LINK_HELLO, sequence);
    link_hello(&frame, &h);
}

static void start(uint8_t sequence)
{
    uint32_t now_us;
    uint8_t kept;
    struct link_ready r;

    (void)memset(&config, 0, sizeof config);
    link_u32(&frame, &now_us);
    link_u8(&frame, &kept);
    link_config(&frame, &config);
    if (!link_is_whole(&frame)) {
        refuse(sequence, LINK_MALFORMED);
        return;
    }
    if (kept != 0U) {
        controller_restart(&controller, &config, now_us);
    } else {
        controller_init(&controller, &config, now_us);
    }
    has_table = true;
    r.mode = (uint8_t)controller_mode(&controller);
    r.fault = (uint8_t)controller_fault(&controller);
    r.config_hash = link_config_hash(&config, &frame);
    link_begin(&frame, LINK_READY, sequence);
    link_ready(&frame, &r);
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
    for (;;) {
        if (board_get(&byte) && link_take(&frame, byte)) {
            answer();
        }
    }
}

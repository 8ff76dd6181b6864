/* The controller behind a link. Oracles: the controller in this process, given the same inputs; and for
 * a link that fails: whatever was answered before it did is what the one here has answered, the message
 * names the link and what was awaited, and nobody waits longer than was said. */
#include "hil/remote.h"

#include <criterion/criterion.h>
#include <string.h>

#include "desk.h"
#include "hil/link.h"
#include "hil/transport.h"

enum { STEPS = 60, RESET_AT = 30, BYTES = 256 };

/* One supply on a bar behind a switch: enough to be busy with. */
static struct ctl_config small_rack(void)
{
    struct ctl_config cfg = {.n_supplies = 2,
                             .n_bars = 1,
                             .n_switches = 2,
                             .n_expanders = 1,
                             .retries = 3,
                             .confirm = 1,
                             .look = 1,
                             .slow = 1,
                             .sharing_permille = 100,
                             .sweep_us = 5000,
                             .stale_us = 50000,
                             .trend_us = 1000000,
                             .identify_us = 20000};

    cfg.bars[0] = (struct ctl_bar_config){.v_low_mV = 11400, .v_high_mV = 12600, .load_mW = 500000};
    for (uint8_t i = 0; i < 2; i++) {
        cfg.supplies[i] = (struct ctl_supply_config){.channel = CTL_NO_CHANNEL,
                                                     .address = (uint8_t)(0x58 + i),
                                                     .feed = CTL_NO_FEED,
                                                     .capacity_mW = 1000000};
        cfg.switches[i] = (struct ctl_switch_config){
            .supply = i, .bit = i, .close_us = 3000, .open_us = 3000, .one_way = true};
    }
    cfg.expanders[0] = (struct ctl_expander_config){.channel = CTL_NO_CHANNEL, .address = 0x20};
    return cfg;
}

/* A rack of which nobody but the expander answers, and that with zeros. */
static void next_input(struct ctl_in *in, const struct ctl_out *out)
{
    memset(in, 0, sizeof *in);
    memset(in->bus[0].rx, 0xFF, sizeof in->bus[0].rx);
    in->now_us = out->wake_us;
    in->pins = UINT32_MAX;
    if (out->bus[0].op != CTL_OP_NONE) {
        in->bus[0].status = out->bus[0].address == 0x20 ? CTL_BUS_OK : CTL_BUS_NACK;
        memset(in->bus[0].rx, 0, out->bus[0].n_rx);
    }
}

struct answer {
    struct link_frame out; /* as it travels: only what is valid of it */
    struct controller_view view;
};

static void keep(struct answer *a, struct ctl_out *out, const struct controller_view *v)
{
    memset(a, 0, sizeof *a);
    link_begin(&a->out, LINK_DONE, 0);
    link_out(&a->out, out);
    a->view = *v;
}

static struct {
    struct answer answers[STEPS];
    struct ctl_in inputs[STEPS];
    struct controller c;
} here;

/* Playing here gives the inputs, too. */
static void play_here(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    struct ctl_config cfg = small_rack();
    struct ctl_out out = {.wake_us = 1000};
    struct controller_view view;

    memset(&view, 0, sizeof view);
    controller_init(&here.c, &cfg, 1000);
    for (int i = 0; i < STEPS; i++) {
        if (i == RESET_AT) {
            controller_restart(&here.c, &cfg, out.wake_us);
        }
        next_input(&here.inputs[i], &out);
        controller_step(&here.c, &here.inputs[i], &out);
        controller_view(&here.c, &view);
        keep(&here.answers[i], &out, &view);
    }
}

static bool same_view(const struct controller_view *a, const struct controller_view *b)
{
    bool same = a->mode == b->mode && a->planned_ahead == b->planned_ahead &&
                memcmp(&a->counts, &b->counts, sizeof a->counts) == 0;

    for (int i = 0; i < 2; i++) {
        same = same && a->supplies[i].state == b->supplies[i].state &&
               a->supplies[i].health == b->supplies[i].health &&
               a->supplies[i].preempted == b->supplies[i].preempted &&
               a->supplies[i].left_s == b->supplies[i].left_s;
    }
    return same && a->bars[0].draw_mW == b->bars[0].draw_mW &&
           a->bars[0].wanted_mW == b->bars[0].wanted_mW &&
           a->bars[0].budget_mW == b->bars[0].budget_mW;
}

static void check_answer(int i, struct ctl_out *out, const struct controller_view *v)
{
    struct answer there;

    keep(&there, out, v);
    cr_assert_eq(there.out.n, here.answers[i].out.n, "step %d", i);
    cr_assert_arr_eq(there.out.bytes, here.answers[i].out.bytes, there.out.n, "step %d", i);
    cr_assert(same_view(v, &here.answers[i].view), "step %d: it believes something else", i);
}

static void check_journal(const struct remote *r)
{
    struct journal_entry e;

    for (uint8_t n = 0; n < JOURNAL_ENTRIES && controller_journal(&here.c, n, &e); n++) {
        cr_assert_lt(n, r->n_journal[0]);
        cr_assert_eq(memcmp(&e, &r->journal[0][n], sizeof e), 0, "entry %d", n);
    }
    cr_assert_not(controller_journal(&here.c, r->n_journal[0], &e));
}

/* The same over the link; how many steps it got to, STEPS + 1 with the journal. */
static int play_there(struct remote *r)
{
    struct ctl_config cfg = small_rack();
    struct ctl_out out = {.wake_us = 0};

    if (!r->init(r, &cfg, 1000)) {
        return 0;
    }
    for (int i = 0; i < STEPS; i++) {
        if (i == RESET_AT && !r->restart(r, &cfg, here.inputs[i].now_us)) {
            return i;
        }
        if (!r->step(r, &here.inputs[i], &out)) {
            return i;
        }
        check_answer(i, &out, &r->view);
    }
    return r->read_journal(r) ? STEPS + 1 : STEPS;
}

static const struct remote_options patient = {.patience = SECONDS(20), .cycles = 1.5};

TestSuite(remote, .init = play_here, .timeout = 300);

Test(remote, answers_as_the_controller_here_does_over_every_link)
{
    for (int kind = 0; kind < DESK_LINKS; kind++) {
        struct desk d;
        char why[BENCH_TEXT];

        desk_put(&d, (enum desk_link)kind, &(struct desk_trouble){.twist = DESK_SOUND});
        struct remote *r = remote_open(d.link, &patient, why);
        cr_assert(r != NULL, "%s", why);
        cr_assert_str_eq(r->board, "desk");
        cr_assert_eq(play_there(r), STEPS + 1, "%s", r->why);
        cr_assert_eq(r->steps, STEPS);
        cr_assert_eq(r->cost, US(7), "seven ticks of a megahertz");
        check_journal(r);
        remote_close(r);
        desk_clear(&d);
    }
}

/* ---- a link that fails ------------------------------------------------------------------------- */

static bool tells(const char *why, const struct desk *d)
{
    return strstr(why, d->link) != NULL && strstr(why, "await") != NULL;
}

/* How far it gets with this trouble; STEPS + 1: all the way. What is said of it is in why. */
static int get_on(const struct desk_trouble *t, ns_t patience, char why[BENCH_TEXT])
{
    struct remote_options o = patient;
    struct desk d;
    ns_t begun = transport_now();
    int got = 0;

    o.patience = patience;
    desk_put(&d, DESK_UNIX, t);
    struct remote *r = remote_open(d.link, &o, why);
    if (r != NULL) {
        got = play_there(r);
        memcpy(why, r->why, BENCH_TEXT);
        cr_assert_eq(r->failed, got <= STEPS);
        remote_close(r);
    }
    cr_assert(got > STEPS || tells(why, &d), "%s", why);
    cr_assert_lt(transport_now() - begun, 4 * patience + SECONDS(5), "it took too long: %s", why);
    desk_clear(&d);
    return got;
}

Test(remote, cut_at_any_byte_is_said_and_no_answer_is_made_up)
{
    char why[BENCH_TEXT];
    int before = 0;
    long at = 1;

    for (int got = 0; got <= STEPS; at++) {
        got = get_on(&(struct desk_trouble){.cut_at = at}, SECONDS(20), why);
        cr_assert_geq(got, before, "byte %ld", at);
        before = got;
        cr_assert(got > STEPS || strstr(why, "closed") != NULL, "%s", why);
    }
    cr_assert_gt(at, 1500, "only %ld bytes", at);
}

Test(remote, any_other_byte_is_noticed)
{
    char why[BENCH_TEXT];

    for (long at = 300; at < 1200; at++) { /* behind the greetings, which may come twice */
        int got = get_on(&(struct desk_trouble){.flip_at = at}, MS(300), why);
        cr_assert_leq(got, STEPS, "byte %ld", at);
    }
}

Test(remote, silence_ends_within_the_patience)
{
    char why[BENCH_TEXT];

    for (long at = 1; at < 1500; at += 53) {
        int got = get_on(&(struct desk_trouble){.mute_at = at}, MS(200), why);
        cr_assert_leq(got, STEPS, "byte %ld", at);
        cr_assert(strstr(why, "within 0.2 s") != NULL, "%s", why);
    }
}

struct oddity {
    enum desk_twist twist;
    int frame;
    int gets_to;
    const char *word;
};

/* Frames: 0 its start, 1 and 2 greetings, for it is asked again when it has started, 3 ready, 4 ... the
 * answers. */
Test(remote, whatever_else_a_board_says_is_refused_with_a_reason)
{
    static const struct oddity all[] = {
        {DESK_OLD_LINK, 0, 0, "version 3 of the link, this powergap version 4"},
        {DESK_OLD_FIRMWARE, 0, 0, "has firmware 0.0.9+1, this powergap is"},
        {DESK_SMALL, 0, 0, "the rack has 2 supplies, the firmware of board 'desk' is built for 1"},
        {DESK_LARGE, 0, 0, "is built for 1000 servers, this powergap for"},
        {DESK_MISHEARS, 0, 0, "another configuration"},
        {DESK_REFUSES, 3, 0, "the board refuses"},
        {DESK_REBOOTS, 10, 6, "the board greets instead"},
        {DESK_REPEATS, 10, 7, "repeated or out of turn"},
        {DESK_STALE, 10, 6, "repeated or out of turn"},
        {DESK_WILD, 10, 6, "out of range"},
        {DESK_FORGETS, 3, RESET_AT, "has not outlived its reset"},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct desk d;
        char why[BENCH_TEXT];
        int got = 0;

        desk_put(&d, DESK_UNIX, &(struct desk_trouble){all[i].twist, .frame = all[i].frame});
        struct remote *r = remote_open(d.link, &patient, why);
        if (r != NULL) {
            got = play_there(r);
            memcpy(why, r->why, sizeof why);
            remote_close(r);
        }
        cr_expect_eq(got, all[i].gets_to, "%zu: %d, %s", i, got, why);
        cr_expect(strstr(why, all[i].word) != NULL && strstr(why, d.link) != NULL, "%s", why);
        desk_clear(&d);
    }
}

Test(remote, another_board_is_refused)
{
    struct remote_options o = patient;
    struct desk d;
    char why[BENCH_TEXT];

    o.board = "lm3s6965evb";
    desk_put(&d, DESK_UNIX, &(struct desk_trouble){.twist = DESK_SOUND});
    cr_assert(remote_open(d.link, &o, why) == NULL);
    cr_assert(strstr(why, "there is the board 'desk', not 'lm3s6965evb'") != NULL, "%s", why);
    desk_clear(&d);
}

Test(remote, a_link_that_cannot_be_opened_says_why)
{
    static const struct {
        const char *link, *word;
    } all[] = {
        {"usb:x", "a link is qemu:BOARD, serial:"},
        {"qemu:stm32", "boards ast1030-evb, lm3s6965evb, mps2-an385"},
        {"qemu:lm3s6965evb:/nowhere/x.elf", "/nowhere/x.elf: No such file"},
        {"serial:/dev/nowhere", "/dev/nowhere: No such file"},
        {"serial:/dev/null", "no serial port"},
        {"serial:/dev/ttyS0@12345", "no serial port has that speed"},
        {"serial:@9600", "serial:DEVICE@BAUD"},
        {"tcp:localhost", "tcp:HOST:PORT"},
        {"tcp:127.0.0.1:1", "Connection refused"},
        {"tcp:127.0.0.1:99999", "tcp:HOST:PORT"},
        {"unix:", "unix:PATH"},
        {"unix:/nowhere/board", "/nowhere/board: No such file"},
        {"pipe:/nowhere", "pipe:IN,OUT"},
        {"pipe:/nowhere,/there", "/nowhere: No such file"},
    };
    char why[BENCH_TEXT];

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect(remote_open(all[i].link, &patient, why) == NULL);
        cr_expect(strstr(why, all[i].link) != NULL && strstr(why, all[i].word) != NULL, "%s: %s",
                  all[i].link, why);
    }
}

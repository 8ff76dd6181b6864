/* powergapd, the shipped program, as a process of its own with adapters and pins that umockdev and a
 * stand-in for libgpiod play: what it finds, what it does, and what it leaves alone.
 *
 * Oracles: the pretend rack's own registers (tests/controller/rack.h), which count every byte that is
 * written to its expander and every operation of a switch; the texts of Linux's fault codes. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

TestSuite(powergapd, .timeout = 60);

#define WIRED                                                                                      \
    "--bus", "smbus0=/dev/i2c-1", "--bus", "smbus1=/dev/i2c-2", "--alert", "alert0=gpiochip0:5"
static const char *const wired[] = {WIRED, NULL};

static void start(struct bed *b)
{
    bed_start(b, wired);
    bed_expect(b, "lit bus_a");
}

/* Started again it goes on with its journal, finds the bar lit, and leaves expander and switches as they are. */
static void comes_back(struct bed *b, int writes, int operations)
{
    bed_start(b, wired);
    bed_expect(b, "start: after a reset");
    bed_expect(b, "lit bus_a");
    bed_pass(b, 50);
    cr_assert_eq(bed_writes(b), writes, "it wrote to the expander:\n%s", bed_log(b));
    cr_assert_eq(bed_operations(b), operations, "it moved a switch:\n%s", bed_log(b));
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
}

/* The whole of it. */
Test(powergapd, starts_polls_finds_a_fault_switches_stops_and_restarts_without_touching_a_switch)
{
    struct bed *b = bed_new();

    start(b);
    bed_pass(b, 50);
    cr_assert_eq(bed_writes(b), 0, "something was written to the expander of a rack that is well");

    bed_break(b, 0);
    bed_expect(b, "supply psu1: SHARING -> LOST");
    bed_expect(b, "switch sw2: close");
    bed_expect(b, "supply psu2: STARTING -> SHARING");
    cr_assert(bed_feeds(b, 1));
    bed_expect(b, "switch sw1: open");
    bed_pass(b, 50);
    cr_assert_not(bed_feeds(b, 0));

    int writes = bed_writes(b);
    cr_assert_eq(bed_operations(b), 2);
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    cr_assert_eq(bed_writes(b), writes, "stopping wrote to the expander");
    comes_back(b, writes, 2);
    bed_free(b);
}

/* Killed in the middle of its work it comes back with its journal, and moves nothing. */
Test(powergapd, outlives_a_kill_with_its_journal_and_without_touching_a_switch)
{
    struct bed *b = bed_new();

    start(b);
    bed_pass(b, 20);
    kill(b->pid, SIGKILL);
    cr_assert_eq(bed_wait(b), 1000 + SIGKILL);
    comes_back(b, 0, 0);
    bed_free(b);
}

/* Memory goes bad under it: it says so, ends with 3, and a new start is well again. Nothing moves by that. */
Test(powergapd, ends_when_its_state_is_broken_and_is_well_after_a_new_start)
{
    static struct controller c;
    struct bed *b = bed_new();
    char path[128];
    uint8_t nonsense = 99;
    off_t at = (off_t)((const char *)&c.wires[0].state - (const char *)&c);

    start(b);
    snprintf(path, sizeof path, "%s/state", b->folder);
    int fd = open(path, O_RDWR);
    off_t begins = lseek(fd, 0, SEEK_END) - (off_t)sizeof c;
    cr_assert_eq(pwrite(fd, &nonsense, 1, begins + at), 1);
    close(fd);
    cr_assert_eq(bed_wait(b), 3, "its log:\n%s", bed_log(b));
    cr_assert(bed_said(b, "broken smbus0"), "its log:\n%s", bed_log(b));
    comes_back(b, 0, 0);
    bed_free(b);
}

/* An expander that has just got its power has its pins as inputs, and resistors hold the switches where they
 * are: it is set up, and no switch moves by that. */
Test(powergapd, sets_up_an_expander_that_was_reset_without_moving_a_switch)
{
    struct bed *b = bed_new();

    memset(&b->rack.reg[0][2], 0xFF, 2); /* outputs: ones */
    memset(&b->rack.reg[0][6], 0xFF, 2); /* configuration: inputs */
    b->rack.pull[0] = 1;                 /* sw1 is held closed, sw2 open */
    rack_pins_moved(&b->rack);
    cr_assert_eq(rack_operations(&b->rack), 0);
    start(b);
    bed_pass(b, 50);
    g_mutex_lock(&b->lock);
    uint16_t inputs = rack_word(&b->rack, 0, 6);
    g_mutex_unlock(&b->lock);
    cr_assert_eq(inputs & 3, 0, "the pins are still inputs: %04X", inputs);
    cr_assert_eq(bed_operations(b), 0);
    cr_assert(bed_feeds(b, 0));
    cr_assert_not(bed_feeds(b, 1));
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* The line is looked at by its edge: the supply pulls it, and is read at once, while polling, every 500 ms, is
 * still far from it. The kernel's time of the edge says how late the step was. */
Test(powergapd, hears_an_alert_between_two_polls)
{
    struct bed *b = bed_new();

    start(b);
    bed_nap(1500); /* its lines are trusted by now, and it polls slowly */
    int before = bed_transfers(b);
    bed_nap(200);
    cr_assert_lt(bed_transfers(b) - before, 100, "it polls as if there were no line");
    bed_break(b, 0);
    bed_alert(b, false);
    bed_expect(b, "supply psu1: SHARING -> LOST");
    bed_alert(b, true);
    bed_expect(b, "switch sw2: close");
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    cr_assert_not(bed_said(b, " 0 us after an alert"), "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* systemd hears that it is ready after the first sound step, that it lives, and that it stops. */
Test(powergapd, tells_systemd_that_it_is_ready_lives_and_stops)
{
    struct bed *b = bed_new();

    bed_watch(b);
    start(b);
    bed_expect_notice(b, "READY=1");
    bed_expect_notice(b, "WATCHDOG=1");
    bed_expect_notice(b, "WATCHDOG=1");
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_expect_notice(b, "STOPPING=1");
    bed_free(b);
}

/* A systemd that does not read what it is told holds nothing up: its socket is full after ten notices. */
Test(powergapd, goes_on_when_systemd_does_not_listen)
{
    struct bed *b = bed_new();

    bed_watch(b);
    start(b);
    bed_nap(2000);
    bed_pass(b, 50);
    bed_break(b, 0);
    bed_expect(b, "supply psu1: SHARING -> LOST");
    bed_expect(b, "switch sw2: close");
    bed_free(b);
}

/* Every transfer has its time, and none is repeated behind the controller's back. */
Test(powergapd, sets_the_adapters_up)
{
    struct bed *b = bed_new();

    b->retries[0] = b->retries[1] = 99;
    start(b);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(b->timeout_10ms[i], 5);
        cr_expect_eq(b->retries[i], 0);
    }
    cr_expect_geq(bed_clears(b), 2, "both buses begin with nine clocks");
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* A bus that hangs: the reason is said, the bus recovered; with a pin for their RESET# the
 * muxes are reset by a low pulse on it. */
Test(powergapd, recovers_a_bus_that_hangs_with_the_pin_that_resets_its_muxes)
{
    static const char *const words[] = {WIRED, "--mux-reset", "smbus0=gpiochip0:9", NULL};
    struct bed *b = bed_new();
    char levels[4096];

    bed_start(b, words);
    bed_expect(b, "lit bus_a");
    bed_outputs(b, levels, sizeof levels);
    cr_assert_eq(strncmp(levels, "9 1\n9 0\n9 1\n", 12), 0, "levels of the pin:\n%s", levels);
    bed_fail(b, ETIMEDOUT);
    bed_expect(b, "smbus0: Connection timed out");
    bed_expect(b, "recovery smbus0");
    bed_nap(300);
    bed_fail(b, 0);
    bed_pass(b, 50);
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* An adapter whose driver does not keep the time-out: the controller gives the transfer up after a second, and
 * what it says at last is not taken for the answer to what was asked later. */
Test(powergapd, takes_no_late_answer_for_another)
{
    struct bed *b = bed_new();

    start(b);
    int clears = bed_clears(b);
    bed_hold(b, 1500);
    bed_expect(b, "recovery smbus");
    bed_pass(b, 100);
    cr_assert_gt(bed_clears(b), clears, "the late answer counted as that of the nine clocks");
    cr_expect_not(bed_said(b, "LOST"), "its log:\n%s", bed_log(b));
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* The controller and its two buses have the priority; those that may wait (log, systemd) do not. */
Test(powergapd, takes_its_real_time_priority_for_what_must_not_wait)
{
    struct bed *b = bed_new();
    char path[64];
    int in_real_time = 0;

    bed_start(b, (const char *const[]){WIRED, "--priority", "7", NULL});
    bed_expect(b, "lit bus_a");
    snprintf(path, sizeof path, "/proc/%d/task", (int)b->pid);
    GDir *threads = g_dir_open(path, 0, NULL);
    for (const char *id; (id = g_dir_read_name(threads)) != NULL;) {
        pid_t thread = (pid_t)atoi(id);
        struct sched_param p = {.sched_priority = 0};
        bool ours = sched_getscheduler(thread) == SCHED_FIFO && sched_getparam(thread, &p) == 0;
        in_real_time += ours && p.sched_priority == 7;
    }
    g_dir_close(threads);
    bool may_not = bed_said(b, "no real-time priority 7: ");
    cr_assert_eq(in_real_time, may_not ? 0 : 3, "its log:\n%s", bed_log(b));
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* ---- the servers --------------------------------------------------------------------------------- */

static void put(void *to, uint8_t byte)
{
    cr_assert_eq(send(*(int *)to, &byte, 1, 0), 1);
}

/* The next frame of this type from powergapd. */
static void await_frame(int fd, struct link_frame *f, enum link_type type)
{
    uint8_t byte;

    do {
        cr_assert_eq(recv(fd, &byte, 1, 0), 1, "powergapd says nothing");
    } while (!link_take(f, byte) || link_type_of(f) != type);
}

static void report(int fd, const struct ctl_out *asked, uint8_t server)
{
    struct link_frame f;
    struct ctl_in in = {
        .report = {.state = CTL_SERVER_ON,
                   .server = server,
                   .number = asked->ask.number,
                   .limit = asked->ask.what == CTL_ASK_NONE ? CTL_ASK_FREE : asked->ask.what,
                   .power_mW = 400000,
                   .cap_mW = asked->ask.cap_mW,
                   .step_ms = CTL_NO_STEP}};

    link_begin(&f, LINK_REPORT, 0);
    link_report(&f, &in);
    link_send(&f, put, &fd);
}

/* Whoever speaks for the servers is told of the rack and hears requests; a report that makes no sense is
 * said and dropped. With the strong supply gone the weak one can't carry both servers. */
Test(powergapd, speaks_with_the_servers)
{
    struct bed *b = bed_new();
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    char link[160];
    static struct link_frame f;
    struct ctl_out asked = {.wake_us = 0};
    uint8_t version;
    uint16_t servers;

    snprintf(at.sun_path, sizeof at.sun_path, "%s/servers", b->folder);
    snprintf(link, sizeof link, "unix:%s/servers", b->folder);
    int door = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(door, (struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(listen(door, 1), 0);
    bed_start(b, (const char *const[]){WIRED, "--servers", link, NULL});
    int fd = accept(door, NULL, NULL);
    await_frame(fd, &f, LINK_RACK);
    link_u8(&f, &version);
    link_u16(&f, &servers);
    cr_expect_eq(version, LINK_VERSION);
    cr_expect_eq(servers, 2);
    bed_expect(b, "lit bus_a");
    report(fd, &asked, 7);
    bed_expect(b, "a report that makes no sense (server 7");
    report(fd, &asked, 0);
    report(fd, &asked, 1);

    bed_weaken(b);
    await_frame(fd, &f, LINK_ASK);
    link_ask(&f, &asked);
    cr_expect(link_is_whole(&f));
    cr_expect(asked.ask.what == CTL_ASK_CAP || asked.ask.what == CTL_ASK_OFF);
    cr_expect_lt(asked.ask.server, 2);
    close(fd);
    bed_expect(b, "is closed");
    fd = accept(door, NULL, NULL); /* it comes again */
    await_frame(fd, &f, LINK_RACK);
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    close(fd);
    close(door);
    bed_free(b);
}

/* ---- what it refuses --------------------------------------------------------------------------- */

static void refuses(struct bed *b, const char *const words[], const char *why)
{
    bed_start(b, words);
    int status = bed_wait(b);
    cr_expect_eq(status, 2, "%s: exit status %d", why, status);
    cr_expect(bed_said(b, why), "'%s' is not in:\n%s", why, bed_log(b));
    cr_expect_eq(bed_writes(b), 0);
}

Test(powergapd, says_what_is_wrong_with_the_wiring)
{
    struct bed *b = bed_new();

    refuses(b,
            (const char *const[]){"--bus", "smbus0=/dev/i2c-7", "--bus", "smbus1=/dev/i2c-2",
                                  "--alert", "alert0=gpiochip0:5", NULL},
            "there is no /dev/i2c-7; there is /dev/i2c-1, /dev/i2c-2");
    refuses(
        b,
        (const char *const[]){"--bus", "smbus0=/dev/i2c-1", "--alert", "alert0=gpiochip0:5", NULL},
        "the rack's bus smbus1 has no adapter: --bus smbus1=/dev/i2c-N");
    refuses(b, (const char *const[]){WIRED, "--bus", "smbus3=/dev/i2c-1", NULL},
            "--bus smbus3=/dev/i2c-1: the rack has no bus 'smbus3'");
    refuses(b, (const char *const[]){WIRED, "--mux-reset", "smbus0", NULL},
            "--mux-reset smbus0: it is written NAME=VALUE");
    refuses(b,
            (const char *const[]){"--bus", "smbus0=/dev/i2c-1", "--bus", "smbus1=/dev/i2c-1",
                                  "--alert", "alert0=gpiochip0:5", NULL},
            "/dev/i2c-1 is taken, by another powergapd or by another --bus");
    refuses(b,
            (const char *const[]){"--bus", "smbus0=/dev/i2c-1", "--bus", "smbus1=/dev/i2c-2", NULL},
            "alert line alert0 has no pin: --alert alert0=CHIP:LINE");
    refuses(b,
            (const char *const[]){"--bus", "smbus0=/dev/i2c-1", "--bus", "smbus1=/dev/i2c-2",
                                  "--alert", "alert0=gpiochip0:31", NULL},
            "the pin gpiochip0:31 is in use by somebody");
    refuses(b,
            (const char *const[]){"--bus", "smbus0=/dev/i2c-1", "--bus", "smbus1=/dev/i2c-2",
                                  "--alert", "alert0=gpiochip3:1", NULL},
            "there is no pin gpiochip3:1");
    refuses(b, (const char *const[]){WIRED, "--servers", "qemu:lm3s6965evb", NULL},
            "servers are at tcp:HOST:PORT");
    bed_free(b);
}

Test(powergapd, refuses_an_adapter_that_can_not_do_plain_messages)
{
    struct bed *b = bed_new();

    b->funcs = I2C_FUNC_SMBUS_EMUL;
    refuses(b, wired, "does SMBus commands only, not plain I2C messages");
    bed_free(b);
}

/* I2C_RDWR does not refuse an address that a driver of the kernel has, as I2C_SLAVE would. */
Test(powergapd, refuses_an_address_that_a_kernel_driver_holds)
{
    struct bed *b = bed_new();

    bed_bind(b, "1-0058", "pmbus");
    refuses(b, wired, "address 0x58 on /dev/i2c-1 is held by the kernel's driver 'pmbus'");
    bed_free(b);
}

/* Two of them on one rack would undo each other's work. */
Test(powergapd, runs_once)
{
    struct bed *b = bed_new();

    start(b);
    pid_t first = b->pid;
    refuses(b, wired, "/dev/i2c-1 is taken, by another powergapd or by another --bus");
    cr_expect(bed_said(b, "another powergapd runs"));
    b->pid = first;
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

/* --check opens all that a start opens, and writes nothing anywhere. */
Test(powergapd, checks_the_wiring_without_a_transfer)
{
    struct bed *b = bed_new();

    bed_start(b, (const char *const[]){WIRED, "--check", NULL});
    cr_assert_eq(bed_wait(b), 0, "its log:\n%s", bed_log(b));
    cr_assert(
        bed_said(b, "2 supplies, 2 switches, 1 bars, 2 servers; all adapters and pins are there"));
    cr_assert_eq(bed_transfers(b), 0);
    bed_free(b);
}

/* At SIGUSR1 it says what it believes. */
Test(powergapd, tells_its_status_when_asked)
{
    struct bed *b = bed_new();

    start(b);
    kill(b->pid, SIGUSR1);
    bed_expect(b, "psu1: SHARING, 12.000 V");
    bed_expect(b, "sw1: wanted closed, told closed, its pin says closed");
    bed_expect(b, "bus_a: served");
    bed_expect(b, "steps; at most");
    cr_assert_eq(bed_stop(b), 0, "its log:\n%s", bed_log(b));
    bed_free(b);
}

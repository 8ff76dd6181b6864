/* port.c - one thread takes the steps; it waits for nothing but news and the wake time.
 * Checked by tests/linux/test_powergapd.c. */
#define _GNU_SOURCE /* ppoll */
#include "port.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "hil/transport.h"
#include "log.h"
#include "supervisor.h"
#include "tell.h"

enum { FDS = CTL_BUSES + CTL_ALERTS + 1 };
static const ns_t LAST_WAIT = SECONDS(2); /* (estimate) for a transfer under way, at the end */

static volatile sig_atomic_t stop, asked;
static sigset_t usual; /* the signals that were blocked before */

/* What is under way. */
struct run {
    struct port *p;
    struct controller *c;
    struct ctl_in in;
    struct ctl_out out;
    struct tell_figures figures;
    ns_t due;
    bool under_way[CTL_BUSES];
    /* What the controller asks for after it has given up what is under way: it waits for that. */
    bool waits[CTL_BUSES];
    struct bus_request next[CTL_BUSES];
    int error[CTL_BUSES]; /* last told of */
};

static uint32_t clock_us(ns_t t)
{
    return (uint32_t)((uint64_t)t / 1000u);
}

static void raise_to(ns_t *most, ns_t x)
{
    *most = x > *most ? x : *most;
}

/* ---- signals ----------------------------------------------------------------------------------- */

static void on_signal(int number)
{
    if (number == SIGUSR1) {
        asked = 1;
    } else {
        stop = 1;
    }
}

void port_hear_signals(void)
{
    struct sigaction on = {.sa_handler = on_signal};
    sigset_t ours;

    (void)sigemptyset(&on.sa_mask);
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGTERM);
    (void)sigaddset(&ours, SIGINT);
    (void)sigaddset(&ours, SIGUSR1);
    (void)sigprocmask(SIG_BLOCK, &ours, &usual);
    (void)sigaction(SIGTERM, &on, NULL);
    (void)sigaction(SIGINT, &on, NULL);
    (void)sigaction(SIGUSR1, &on, NULL);
}

/* ---- what comes in ----------------------------------------------------------------------------- */

/* Until something has come, or the time. */
static void await(const struct run *r, ns_t until)
{
    struct pollfd fds[FDS];
    nfds_t n = 0;
    ns_t left = until - transport_now();
    struct timespec t = {.tv_sec = (time_t)(left / SECONDS(1)),
                         .tv_nsec = (long)(left % SECONDS(1))};

    for (int b = 0; b < CTL_BUSES; b++) {
        if (r->p->buses[b] != NULL) {
            fds[n++] = (struct pollfd){.fd = bus_fd(r->p->buses[b]), .events = POLLIN};
        }
    }
    for (int l = 0; l < r->p->table->config.alert.n_lines; l++) {
        fds[n++] = (struct pollfd){.fd = line_fd(r->p->alerts[l]), .events = POLLIN};
    }
    if (r->p->servers != NULL) {
        fds[n++] = (struct pollfd){.fd = servers_fd(r->p->servers), .events = POLLIN};
    }
    (void)ppoll(fds, n, left > 0 ? &t : &(struct timespec){.tv_sec = 0}, &usual);
}

/* A transfer that failed otherwise than by a device that does not acknowledge: worth a line when it is
 * another reason than the last time. */
static void note_error(struct run *r, int b, int error)
{
    if (error == 0 || error == ENXIO || error == EREMOTEIO) {
        return;
    }
    r->figures.errors[b]++;
    if (error != r->error[b]) {
        log_line(LOG_LEVEL_WARNING, "%s: %s", r->p->table->bus[b], strerror(error));
        r->error[b] = error;
    }
}

static void take_reply(struct run *r, int b)
{
    struct bus_reply re;

    if (r->p->buses[b] == NULL || !bus_ended(r->p->buses[b], &re)) {
        return;
    }
    raise_to(&r->figures.transfer[b], re.took);
    note_error(r, b, re.error);
    r->under_way[b] = r->waits[b];
    if (r->waits[b]) {
        r->waits[b] = false;
        bus_begin(r->p->buses[b], &r->next[b]);
        return;
    }
    r->in.bus[b].status = re.status;
    memcpy(r->in.bus[b].rx, re.rx, sizeof re.rx);
}

/* Each edge has a step of its own, so that a short pulse is seen; between edges the level is read, for
 * the kernel keeps only so many of them. */
static void take_edge(struct run *r, int l)
{
    uint32_t bit = (uint32_t)1 << r->p->table->config.alert.pin[l];
    bool level = true;
    ns_t at = 0;

    if (line_next_edge(r->p->alerts[l], &level, &at)) {
        raise_to(&r->figures.alert, transport_now() - at);
    } else {
        level = line_level(r->p->alerts[l]);
    }
    r->in.pins = level ? r->in.pins | bit : r->in.pins & ~bit;
}

static void take_in(struct run *r)
{
    for (int b = 0; b < CTL_BUSES; b++) {
        r->in.bus[b].status = CTL_BUS_NONE;
        take_reply(r, b);
    }
    for (int l = 0; l < r->p->table->config.alert.n_lines; l++) {
        take_edge(r, l);
    }
    r->in.report.state = CTL_SERVER_SILENT;
    if (r->p->servers != NULL) {
        (void)servers_heard(r->p->servers, &r->in);
    }
}

/* ---- what goes out ----------------------------------------------------------------------------- */

/* The kernel may keep a transfer longer than the controller's patience. */
static void begin_transfer(struct run *r, int b)
{
    struct bus_request rq = {.op = r->out.bus[b].op,
                             .address = r->out.bus[b].address,
                             .n_tx = r->out.bus[b].n_tx,
                             .n_rx = r->out.bus[b].n_rx};

    memcpy(rq.tx, r->out.bus[b].tx, rq.n_tx);
    if (r->under_way[b]) {
        r->next[b] = rq;
        r->waits[b] = true;
    } else {
        r->under_way[b] = true;
        bus_begin(r->p->buses[b], &rq);
    }
}

static void carry_out(struct run *r)
{
    for (int b = 0; b < CTL_BUSES; b++) {
        if (r->out.bus[b].op != CTL_OP_NONE && r->p->buses[b] != NULL) {
            begin_transfer(r, b);
        }
    }
    if (r->out.ask.what != CTL_ASK_NONE && r->p->servers != NULL) {
        servers_ask(r->p->servers, &r->out);
    }
}

/* ---- running ----------------------------------------------------------------------------------- */

static void step(struct run *r)
{
    take_in(r);
    ns_t begun = transport_now();
    r->in.now_us = clock_us(begun);
    controller_step(r->c, &r->in, &r->out);
    carry_out(r);
    raise_to(&r->figures.step, transport_now() - begun);
    uint32_t wait_us = r->out.wake_us - r->in.now_us;
    r->due = begun + (wait_us > INT32_MAX ? 0 : US(wait_us));
    r->figures.steps++;
    tell_news(r->c, r->p->table);
}

static bool is_busy(const struct run *r)
{
    bool busy = false;

    for (int b = 0; b < CTL_BUSES; b++) {
        busy = busy || r->under_way[b];
    }
    return busy;
}

/* What was begun is ended, so that no device is left in the middle of a byte. */
static void finish(struct run *r)
{
    ns_t until = transport_now() + LAST_WAIT;

    memset(r->waits, 0, sizeof r->waits);
    while (is_busy(r) && transport_now() < until) {
        for (int b = 0; b < CTL_BUSES; b++) {
            take_reply(r, b);
        }
        if (is_busy(r)) {
            await(r, transport_now() + MS(1));
        }
    }
}

static enum port_end run(struct run *r)
{
    while (stop == 0) {
        step(r);
        if (!r->out.kick) {
            return PORT_BROKEN;
        }
        supervisor_kick(transport_now());
        if (asked != 0) {
            asked = 0;
            tell_status(r->c, r->p->table, &r->figures);
        }
        await(r, r->due);
        raise_to(&r->figures.late, transport_now() - r->due);
    }
    return PORT_STOPPED;
}

enum port_end port_run(struct port *p)
{
    struct run r = {.p = p, .c = kept_controller(p->kept), .in = {.pins = UINT32_MAX}};

    (void)kept_start(p->kept, &p->table->config, clock_us(transport_now()));
    if (controller_fault(r.c) != CONFIG_SOUND) {
        log_line(LOG_LEVEL_ERROR, "the controller can't work with this rack: %s",
                 config_fault_name(controller_fault(r.c)));
        return PORT_UNSOUND;
    }
    tell_begin(r.c, p->table);
    enum port_end end = run(&r);
    supervisor_stopping();
    finish(&r);
    tell_status(r.c, p->table, &r.figures);
    return end;
}

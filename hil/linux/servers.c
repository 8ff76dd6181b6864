/* servers.c - see servers.h.  Checked by tests/linux/test_powergapd.c. */
#include "servers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hil/link.h"
#include "hil/transport.h"
#include "log.h"

static const ns_t PATIENCE = SECONDS(2); /* (estimate) with a connection that does not come about */
enum { AGAIN_ms = 1000, OUT_BYTES = 2 * LINK_BYTES };

/* What goes from the thread to the controller. */
struct heard {
    struct ctl_in said; /* its report */
    ns_t at;
};

struct servers {
    const char *link;
    struct ctl_config *cfg;
    uint32_t config_hash;
    int ours, theirs; /* ends of a socket between controller and thread */
    volatile sig_atomic_t stop;
    pthread_t thread;
    struct transport transport;
    struct link_frame in, out;
    uint8_t sequence;
    bool was_open, said_why;
    uint8_t bytes[OUT_BYTES]; /* of the frame being sent */
    size_t n_bytes;
};

/* ---- the thread -------------------------------------------------------------------------------- */

static void put(void *to, uint8_t byte)
{
    struct servers *s = to;

    if (s->n_bytes < sizeof s->bytes) {
        s->bytes[s->n_bytes++] = byte;
    }
}

static bool send_frame(struct servers *s)
{
    s->n_bytes = 0;
    link_send(&s->out, put, s);
    return transport_write(&s->transport, s->bytes, s->n_bytes, transport_now() + PATIENCE) ==
           TRANSPORT_MORE;
}

static bool introduce(struct servers *s)
{
    uint8_t version = LINK_VERSION;

    link_begin(&s->out, LINK_RACK, s->sequence++);
    link_u8(&s->out, &version);
    link_u16(&s->out, &s->cfg->n_servers);
    link_u32(&s->out, &s->config_hash);
    return send_frame(s);
}

/* The controller is promised valid fields. */
static bool makes_sense(const struct servers *s, const struct ctl_in *in)
{
    return in->report.state > CTL_SERVER_SILENT && in->report.state < CTL_SERVER_STATES &&
           in->report.server < s->cfg->n_servers && in->report.limit > CTL_ASK_NONE &&
           in->report.limit < CTL_ASKS;
}

static void take(struct servers *s, uint8_t byte)
{
    struct heard h = {.at = 0};

    if (!link_take(&s->in, byte) || link_type_of(&s->in) != LINK_REPORT) {
        return;
    }
    link_report(&s->in, &h.said);
    if (!link_is_whole(&s->in) || !makes_sense(s, &h.said)) {
        log_line(LOG_LEVEL_WARNING,
                 "servers: a report that makes no sense (server %u, state %u, limit %u)",
                 h.said.report.server, h.said.report.state, h.said.report.limit);
        return;
    }
    h.at = transport_now();
    (void)send(s->theirs, &h, sizeof h,
               MSG_DONTWAIT | MSG_NOSIGNAL); /* else the next one will tell */
}

static bool receive(struct servers *s)
{
    uint8_t bytes[256];
    size_t n = 0;
    enum transport_end end =
        transport_read(&s->transport, bytes, sizeof bytes, &n, transport_now());

    for (size_t i = 0; i < n; i++) {
        take(s, bytes[i]);
    }
    return end == TRANSPORT_MORE || end == TRANSPORT_SILENT;
}

static bool forward(struct servers *s)
{
    struct ctl_out out;
    ssize_t n = recv(s->theirs, &out, sizeof out, MSG_DONTWAIT);

    if (n == 0) {
        s->stop = 1;
    }
    if (n != (ssize_t)sizeof out) {
        return true;
    }
    link_begin(&s->out, LINK_ASK, s->sequence++);
    link_ask(&s->out, &out);
    return send_frame(s);
}

/* Until it is lost, or we are to stop. */
static void serve(struct servers *s)
{
    bool goes_on = introduce(s);

    while (goes_on && s->stop == 0) {
        struct pollfd both[2] = {{.fd = s->transport.in, .events = POLLIN},
                                 {.fd = s->theirs, .events = POLLIN}};
        if (poll(both, 2, -1) < 0 && errno != EINTR) {
            return;
        }
        if (both[0].revents != 0) {
            goes_on = receive(s);
        }
        if (goes_on && both[1].revents != 0) {
            goes_on = forward(s);
        }
    }
}

/* Requests of a time without a connection are lost; the socket's other end closed means stop. */
static void wait_and_drain(struct servers *s)
{
    struct pollfd p = {.fd = s->theirs, .events = POLLIN};
    ns_t until = transport_now() + (ns_t)AGAIN_ms * MS(1);
    struct ctl_out lost;

    for (ns_t left = until - transport_now(); left > 0 && s->stop == 0;
         left = until - transport_now()) {
        if (poll(&p, 1, (int)(left / MS(1)) + 1) > 0 &&
            recv(s->theirs, &lost, sizeof lost, MSG_DONTWAIT) == 0) {
            s->stop = 1;
        }
    }
}

static void *work(void *self)
{
    struct servers *s = self;
    char why[TRANSPORT_TEXT];

    while (s->stop == 0) {
        if (transport_open(&s->transport, s->link, PATIENCE, why)) {
            log_line(LOG_LEVEL_INFO, "servers: %s is there", s->link);
            serve(s);
            transport_close(&s->transport);
            s->said_why = false;
            log_line(LOG_LEVEL_WARNING, "servers: %s is closed", s->link);
        } else if (!s->said_why) {
            log_line(LOG_LEVEL_WARNING, "servers: %s: %s; tried again each second", s->link, why);
            s->said_why = true;
        }
        wait_and_drain(s);
    }
    return NULL;
}

/* ---- the controller's side --------------------------------------------------------------------- */

static bool is_channel(const char *link)
{
    return strncmp(link, "tcp:", 4) == 0 || strncmp(link, "serial:", 7) == 0 ||
           strncmp(link, "unix:", 5) == 0;
}

struct servers *servers_open(const char *link, struct ctl_config *cfg, char why[SERVERS_WHY])
{
    struct servers *s = is_channel(link) ? calloc(1, sizeof *s) : NULL;
    int ends[2];

    if (s == NULL) {
        (void)snprintf(
            why, SERVERS_WHY,
            "servers are at tcp:HOST:PORT, serial:DEVICE@BAUD or unix:PATH, not at '%.100s'", link);
        return NULL;
    }
    s->link = link;
    s->cfg = cfg;
    s->config_hash = link_config_hash(cfg, &s->out);
    s->transport.stop = &s->stop;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0) {
        s->ours = ends[0];
        s->theirs = ends[1];
        errno = pthread_create(&s->thread, NULL, work, s);
        if (errno == 0) {
            return s;
        }
        (void)close(s->ours);
        (void)close(s->theirs);
    }
    (void)snprintf(why, SERVERS_WHY, "no thread for the servers: %s", strerror(errno));
    free(s);
    return NULL;
}

int servers_fd(const struct servers *s)
{
    return s->ours;
}

bool servers_heard(struct servers *s, struct ctl_in *in)
{
    struct heard h;

    in->report.state = CTL_SERVER_SILENT;
    if (recv(s->ours, &h, sizeof h, MSG_DONTWAIT) != (ssize_t)sizeof h) {
        return false;
    }
    in->report = h.said.report;
    uint32_t waited_ms = (uint32_t)((transport_now() - h.at) / MS(1));
    uint32_t room_ms = UINT32_MAX - in->report.age_ms;
    in->report.age_ms += waited_ms < room_ms ? waited_ms : room_ms;
    return true;
}

void servers_ask(struct servers *s, const struct ctl_out *out)
{
    (void)send(s->ours, out, sizeof *out, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void servers_close(struct servers *s)
{
    s->stop = 1;
    (void)shutdown(s->ours, SHUT_WR);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->ours);
    (void)close(s->theirs);
    free(s);
}

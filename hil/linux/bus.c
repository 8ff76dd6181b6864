/* bus.c - requests go through a socket to the bus's thread, replies come back through it: nothing is
 * shared, so nothing is locked.  Checked by tests/linux/test_powergapd.c. */
#include "bus.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hil/transport.h"
#include "lines.h"

enum {
    RESET_us = 10, /* (estimate) PCA9548A: 6 ns at least [S83]; more for a line with a resistor */
    STACK = 64 * 1024 /* of the thread: it is locked into memory */
};

struct bus {
    int fd;
    struct line *reset; /* NULL: none */
    uint8_t muxes[CTL_SUPPLIES + CTL_EXPANDERS];
    uint8_t n_muxes;
    int ours, theirs; /* ends of the socket; -1 */
    bool runs;
    pthread_t thread;
};

/* ---- the thread -------------------------------------------------------------------------------- */

/* A mux that does not answer has no channel on that we could switch off. */
static enum ctl_bus_status reset_muxes(const struct bus *b, int *error)
{
    const uint8_t off = 0;
    enum ctl_bus_status worst = CTL_BUS_OK;

    *error = 0;
    if (b->reset != NULL) {
        return line_pulse(b->reset, RESET_us) ? CTL_BUS_OK : CTL_BUS_TIMEOUT;
    }
    for (uint8_t i = 0; i < b->n_muxes && worst == CTL_BUS_OK; i++) {
        enum ctl_bus_status status = i2c_transfer(b->fd, b->muxes[i], &off, 1, NULL, 0, error);
        worst = status == CTL_BUS_TIMEOUT ? CTL_BUS_TIMEOUT : CTL_BUS_OK;
    }
    return worst;
}

static void carry_out(const struct bus *b, const struct bus_request *rq, struct bus_reply *re)
{
    ns_t begun = transport_now();

    memset(re, 0, sizeof *re);
    memset(re->rx, 0xFF, sizeof re->rx);
    switch (rq->op) {
    case CTL_OP_CLEAR:
        re->status = i2c_clear(b->fd, &re->error);
        break;
    case CTL_OP_RESET_MUX:
        re->status = reset_muxes(b, &re->error);
        break;
    case CTL_OP_TRANSFER:
    default:
        re->status =
            i2c_transfer(b->fd, rq->address, rq->tx, rq->n_tx, re->rx, rq->n_rx, &re->error);
        break;
    }
    re->took = transport_now() - begun;
}

static void *work(void *self)
{
    struct bus *b = self;
    struct bus_request rq;
    struct bus_reply re;

    while (recv(b->theirs, &rq, sizeof rq, 0) == (ssize_t)sizeof rq) {
        carry_out(b, &rq, &re);
        (void)send(b->theirs, &re, sizeof re, MSG_NOSIGNAL);
    }
    return NULL;
}

/* ---- opening ----------------------------------------------------------------------------------- */

static void add_mux(struct bus *b, uint8_t address)
{
    bool known = address == CTL_NO_MUX;

    for (uint8_t i = 0; i < b->n_muxes; i++) {
        known = known || b->muxes[i] == address;
    }
    if (!known) {
        b->muxes[b->n_muxes++] = address;
    }
}

/* Its muxes are learned; and is every address on it, behind a mux or not, ours alone? */
static bool take_devices(struct bus *b, const struct ctl_config *cfg, uint8_t index,
                         const char *adapter, char why[BUS_WHY])
{
    bool free = true;

    for (uint8_t s = 0; s < cfg->n_supplies && free; s++) {
        if (cfg->supplies[s].bus == index) {
            add_mux(b, cfg->supplies[s].mux_address);
            free = i2c_is_free(adapter, cfg->supplies[s].address, why);
        }
    }
    for (uint8_t e = 0; e < cfg->n_expanders && free; e++) {
        if (cfg->expanders[e].bus == index) {
            add_mux(b, cfg->expanders[e].mux_address);
            free = i2c_is_free(adapter, cfg->expanders[e].address, why);
        }
    }
    for (uint8_t i = 0; i < b->n_muxes && free; i++) {
        free = i2c_is_free(adapter, b->muxes[i], why);
    }
    return free;
}

struct bus *bus_open(const struct ctl_config *cfg, uint8_t index, const char *adapter,
                     const char *reset_pin, unsigned timeout_ms, char why[BUS_WHY])
{
    struct bus *b = calloc(1, sizeof *b);

    if (b == NULL) {
        (void)snprintf(why, BUS_WHY, "not enough memory");
        return NULL;
    }
    b->ours = b->theirs = -1;
    b->fd = i2c_open(adapter, timeout_ms, why);
    bool good = b->fd >= 0 && take_devices(b, cfg, index, adapter, why);
    if (good && reset_pin != NULL) {
        b->reset = line_open_output(reset_pin, why);
        good = b->reset != NULL;
    }
    if (!good) {
        bus_close(b);
        return NULL;
    }
    return b;
}

bool bus_start(struct bus *b)
{
    pthread_attr_t attributes;
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return false;
    }
    b->ours = ends[0];
    b->theirs = ends[1];
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK);
    errno = pthread_create(&b->thread, &attributes, work, b);
    b->runs = errno == 0;
    (void)pthread_attr_destroy(&attributes);
    return b->runs;
}

/* ---- requests ---------------------------------------------------------------------------------- */

int bus_fd(const struct bus *b)
{
    return b->ours;
}

void bus_begin(struct bus *b, const struct bus_request *rq)
{
    (void)send(b->ours, rq, sizeof *rq, MSG_NOSIGNAL);
}

bool bus_ended(struct bus *b, struct bus_reply *re)
{
    return recv(b->ours, re, sizeof *re, MSG_DONTWAIT) == (ssize_t)sizeof *re;
}

void bus_close(struct bus *b)
{
    if (b->runs) {
        (void)shutdown(b->ours, SHUT_WR); /* what was asked for is still done */
        (void)pthread_join(b->thread, NULL);
    }
    if (b->ours >= 0) {
        (void)close(b->ours);
        (void)close(b->theirs);
    }
    if (b->fd >= 0) {
        i2c_close(b->fd);
    }
    line_close(b->reset);
    free(b);
}

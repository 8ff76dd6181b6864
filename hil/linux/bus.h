/* bus.h - one serial bus of the controller: an adapter, the reset pin of its muxes, and a thread that
 * waits for them, so that the controller never does.
 *
 *   checked   tests/linux/test_powergapd.c */
#ifndef HIL_LINUX_BUS_H
#define HIL_LINUX_BUS_H

#include "controller/ctl_config.h"
#include "controller/ctl_io.h"
#include "i2c.h"
#include "models/ns.h"

enum { BUS_WHY = I2C_WHY };

struct bus_request {
    enum ctl_bus_op op;
    uint8_t address, n_tx, n_rx;
    uint8_t tx[CTL_XFER_BYTES];
};

struct bus_reply {
    enum ctl_bus_status status;
    uint8_t rx[CTL_XFER_BYTES];
    int error; /* errno of what did not go well; 0 */
    ns_t took;
};

struct bus;

/* Bus `index` of the table, on an adapter that no kernel driver uses for one of its devices.
 *
 *   reset_pin  RESET# of its muxes; NULL: there is none, and they are reset by writing 0 to each
 *   returns    NULL: `why` is a sentence; nothing was written to the bus */
struct bus *bus_open(const struct ctl_config *cfg, uint8_t index, const char *adapter,
                     const char *reset_pin, unsigned timeout_ms, char why[BUS_WHY]);

/* Start its thread, at the priority of whoever calls. False: errno says why. */
bool bus_start(struct bus *b);

/* Readable when a request has ended. */
int bus_fd(const struct bus *b);

/* One at a time. */
void bus_begin(struct bus *b, const struct bus_request *rq);

/* How it ended. False: it has not yet. */
bool bus_ended(struct bus *b, struct bus_reply *re);

/* Once the request under way, if any, has ended. */
void bus_close(struct bus *b);

#endif

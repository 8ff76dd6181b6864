/* i2c.h - a transfer on the serial bus, as master, bus, mux and devices see it. */
#ifndef MODELS_I2C_H
#define MODELS_I2C_H

#include <stdbool.h>
#include <stdint.h>

#include "kind.h"
#include "ns.h"

extern const struct kind i2c_kind;

enum { I2C_BYTES = 35 };   /* command, count, 32 data, PEC */
enum { I2C_DEVICES = 64 }; /* on one bus, its muxes included */

enum i2c_op { I2C_TRANSFER = 1, I2C_CLEAR, I2C_RESET_MUX };
enum i2c_status { I2C_OK = 1, I2C_NACK, I2C_TIMEOUT, I2C_STATUSES };

struct i2c_request {
    enum i2c_op op;
    uint8_t address; /* 7 bits */
    uint8_t n_tx;    /* bytes written after the address */
    uint8_t n_rx;    /* bytes read after a repeated START (n_tx > 0) or a START */
    uint8_t tx[I2C_BYTES];
};

struct i2c_reply {
    enum i2c_status status;
    uint8_t rx[I2C_BYTES]; /* FF where nobody has pulled the line low */
    uint32_t cause; /* the last event that changed what was read, 0: none since the last read */
};

struct world;

/* Start a transfer on bus part `bus` at `from` (>= now) for the master part `master`, whose kind's
 * transferred() is called when it has ended. One transfer at a time a bus: a second one aborts the
 * program.
 *
 *   I2C_TRANSFER   OK; NACK: nobody answered, or a byte was refused; TIMEOUT: a line was held low
 *   I2C_CLEAR      nine clocks and a STOP: OK when both lines are high afterwards, else TIMEOUT
 *   I2C_RESET_MUX  pulses the reset line of every mux on the bus: always OK */
void i2c_start(struct world *w, int32_t bus, int32_t master, const struct i2c_request *rq,
               ns_t from);

/* The master takes back what it would have started later. False: it has begun, or there is nothing. */
bool i2c_take_back(struct world *w, int32_t bus);

/* For observers, at EV_TRANSFER, EV_NACK, EV_BUS_TIMEOUT or EV_TRANSFER_CUT: the request that has just
 * ended, what was answered (not of one that was cut), and the part that hears the address; NO_PART:
 * none does. */
struct i2c_sight {
    const struct i2c_request *rq;
    const struct i2c_reply *re;
    int32_t device;
};
struct i2c_sight i2c_look(const struct world *w, int32_t bus);

/* The master of the bus is reset: a transfer under way stops where it is, without STOP and without a
 * word to anybody. A device that was sending holds the data line until it has seen the clocks that its
 * byte has left: the worst case, for a byte of zeros. */
void i2c_cut(struct world *w, int32_t bus);

/* A device part says at wire() or join() time where it sits. `path` is from its parameters; a bus
 * of NO_PART: nowhere. Aborts when the bus is full.
 *
 * What a device does, all in its kind:
 *   stretch()  asked at the START: how long it will hold the clock low; or I2C_REFUSES(n): it will
 *              not acknowledge the n-th byte, of which the address is the first
 *   i2c()      called at the STOP with the bytes it has seen: a device that refused a byte has seen
 *              none after that (refusing its address: none, and it can only name the cause). ANDs
 *              what it sends into re->rx, and sets re->cause to the event that last changed what
 *              it reports when that is news. False: it doesn't acknowledge the last byte, and sends
 *              nothing. re->status is the bus's to set */
struct i2c_path;
void i2c_attach(struct world *w, int32_t device, const struct i2c_path *path);

/* The same for a device that acts on each data byte as it arrives, not at the STOP: its i2c() is
 * called at the acknowledge of every written byte after the first, with n_tx the bytes so far and
 * n_rx 0; and at the STOP only when there is something to read, or no byte after the first. */
void i2c_attach_by_byte(struct world *w, int32_t device, const struct i2c_path *path);

/* What stretch() returns for a byte that will not be acknowledged: 1 the address (the device has no
 * power, or its bus interface is dead), 2 the first written byte, ... */
#define I2C_REFUSES(n) (-(ns_t)(n))

/* A device holds a line low until i2c_let_go(), or, for the data line, until it has seen `pulses`
 * clocks (0: no number of clocks helps). `holder` NO_PART: the wires of the bus themselves. A
 * device behind a mux reaches the bus only while its channel is on. One holder a line. */
enum i2c_line { I2C_SDA, I2C_SCL, I2C_LINES };
void i2c_hold(struct world *w, int32_t bus, enum i2c_line line, int32_t holder, int32_t pulses);
void i2c_let_go(struct world *w, int32_t bus, enum i2c_line line);
/* A device has been drawn from its slot: whatever it holds low is free. */
void i2c_leaves(struct world *w, int32_t bus, int32_t device);

/* A mux of this bus has changed its channels, bit n for channel n: devices come and go with them,
 * and a held line may. A mux starts with all channels off. */
void i2c_channels_changed(struct world *w, int32_t bus, int32_t mux, uint8_t channels);

#endif

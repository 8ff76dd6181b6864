/* fake_bus.h - a master and a device for tests of the serial bus. */
#ifndef TESTS_MODELS_FAKE_BUS_H
#define TESTS_MODELS_FAKE_BUS_H

#include "fake_world.h"
#include "models/i2c.h"

extern const struct kind fake_master_kind, fake_device_kind, fake_byte_device_kind;

struct fake_master {
    bool done;
    int32_t edges, pin; /* of its input pins; the last one */
    bool level;         /* and its level then */
    ns_t edge_at;
    ns_t at; /* when the last transfer ended */
    struct i2c_reply re;
};

/* Answers every read with data[], takes everything. Set it as the test wants it. */
struct fake_device {
    int32_t calls;
    struct i2c_request last;
    ns_t last_at;
    uint8_t data[I2C_BYTES];
    ns_t stretch; /* or I2C_REFUSES() */
    bool refuses; /* the last byte */
    bool alerts;  /* it pulls its alert line */
    uint32_t cause;
};

static inline struct fake_device *fake_device(struct world *w, int32_t part)
{
    return world_state(w, part);
}

/* A device at this address of a bus, or of a mux's channel. */
int32_t fake_add_device(struct world *w, const char *name, int32_t bus, int32_t address);
int32_t fake_add_behind(struct world *w, const char *name, int32_t bus, int32_t mux,
                        int32_t channel, int32_t address);

/* Write n_tx bytes, read n_rx, and wait until the transfer has ended. */
struct i2c_reply fake_transfer(struct world *w, int32_t bus, int32_t master, uint8_t address,
                               const uint8_t tx[], uint8_t n_tx, uint8_t n_rx);

/* Another request of the master. */
struct i2c_reply fake_ask(struct world *w, int32_t bus, int32_t master, enum i2c_op op);

/* Start only; fake_wait() returns what came of it. */
void fake_begin(struct world *w, int32_t bus, int32_t master, uint8_t address, const uint8_t tx[],
                uint8_t n_tx, uint8_t n_rx);
struct i2c_reply fake_wait(struct world *w, int32_t master);

#endif

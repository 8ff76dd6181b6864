/* i2c_state.h - the inside of a serial bus, shared by the files that make it up:
 *
 *   i2c.c          transfers on the wire: time, who answers, lines that are held low
 *   i2c_alert.c    the alert response address and its arbitration
 *   i2c_faults.c   what a scenario does to it, and sees of it */
#ifndef MODELS_I2C_STATE_H
#define MODELS_I2C_STATE_H

#include "i2c.h"
#include "kind.h"

enum { I2C_ADDRESSES = 128, I2C_ALERT_RESPONSE = 0x0C };

struct i2c_params {
    double clock_Hz;
    ns_t timeout, t_buf, reset_pulse;
};

enum i2c_phase {
    PHASE_IDLE,
    PHASE_COMES,   /* the master will ask for it at `from` */
    PHASE_WAITS,   /* a line is low before the START */
    PHASE_RUNS,    /* ends at `ends` if nothing comes between */
    PHASE_STALLED, /* SCL is held in the middle; `left` to go */
    PHASE_SPOILED  /* SDA is held in the middle */
};

/* Where a device sits. */
struct seat {
    int32_t device, mux, channel;
    uint8_t address;
    bool by_byte;
};

_Static_assert(I2C_DEVICES <= 64, "a set of seats is 64 bits");

struct hold {
    bool on;
    int32_t holder; /* NO_PART: the wires themselves */
    int32_t pulses; /* clocks after which it lets go, 0: never */
};

struct i2c_state {
    struct i2c_request rq;
    struct i2c_reply re; /* to the request before, or to this one when it has ended */
    int32_t master;
    enum i2c_phase phase;
    enum i2c_status ends_as;
    bool heard;   /* somebody acts on it */
    bool refused; /* somebody refuses a byte of it */
    bool by_byte; /* somebody acts on each byte */
    uint8_t told; /* written bytes that these have seen */
    ns_t from;    /* the master asks for it */
    ns_t begun;   /* START, moved on by what stalled it since */
    ns_t ends, left, stalled;
    ns_t free_at;   /* bus-free time is over */
    ns_t scl_until; /* a device that stretched too long lets go of the clock */
    ns_t busy;      /* sum of all transfers */
    struct hold hold[I2C_LINES];
    int64_t garble, nack; /* transfers still to be hit */
    uint32_t news;        /* last event that put a fault into the bus, until a transfer shows it */
    int64_t ended[I2C_STATUSES]; /* transfers, by how they ended */
    int64_t cuts;                /* transfers that did not, because the master was reset */
    int32_t seats;
    struct seat seat[I2C_DEVICES];
    uint64_t at[I2C_ADDRESSES]; /* seats of this address, bit i for seat i */
    uint64_t open;              /* those that hear it now: before every mux, or its channel on */
    uint64_t alerting;          /* those that answer the alert response under way */
};

/* Is the line low, seen from the master? A holder behind a mux pulls only while its channel is on. */
bool i2c_is_low(const struct i2c_state *s, enum i2c_line line);

/* Is the request under way a read from the alert response address? */
bool i2c_is_alert_response(const struct i2c_state *s);

/* Seats that can be heard and answer that address now. */
uint64_t i2c_alerting(const struct world *w, const struct i2c_state *s);

/* The read from that address ends: rx[0] is the address of who has won, and who has won is told. */
void i2c_alert_response(struct world *w, const struct i2c_state *s, struct i2c_reply *re);

extern const struct action i2c_actions[];
extern const struct signal i2c_signals[];

#endif

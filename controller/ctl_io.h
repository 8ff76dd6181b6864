/* ctl_io.h - all the hardware the controller can see, and all it can do to it, as plain data.
 *
 * The port fills a ctl_in, calls controller_step(), and carries out the ctl_out: when the wake time
 * it asked for has come, on every finished bus transfer, on every edge of an input pin, on every report
 * of a server. Simulator,
 * board link, Linux host and firmware differ only in how they fill and carry out; the controller is
 * the same source in all of them. */
#ifndef CTL_IO_H
#define CTL_IO_H

#include <stdbool.h>
#include <stdint.h>

#define CTL_NO_STEP UINT32_MAX

enum {
    CTL_BUSES = 2,       /* serial buses the controller is master of */
    CTL_XFER_BYTES = 35, /* command, count, 32 data, PEC */
    CTL_NOBODY = 0xFF
};

/* How the transfer last started on a bus ended; NONE while it is under way or nothing was started.
 * A status is shown in exactly one step: the one its end causes. */
enum ctl_bus_status {
    CTL_BUS_NONE,
    CTL_BUS_OK,
    CTL_BUS_NACK,    /* address or data byte not acknowledged; the bus is free again */
    CTL_BUS_TIMEOUT, /* clock or data held low beyond the time-out; the bus may still be stuck */
    CTL_BUS_STATUSES
};

/* What can be asked of a serial bus. The port adds START, repeated START, address and STOP. */
enum ctl_bus_op {
    CTL_OP_NONE,
    CTL_OP_TRANSFER, /* write n_tx bytes, then (repeated START) read n_rx bytes; either may be 0 */
    CTL_OP_CLEAR,    /* up to nine clocks and a STOP: frees a device that holds the data line */
    CTL_OP_RESET_MUX /* pulse the reset line of every mux on this bus: all channels off */
};

/* What a server's management says of it; SILENT: there is no report in this step. */
enum ctl_server_state {
    CTL_SERVER_SILENT,
    CTL_SERVER_ON,
    CTL_SERVER_BOOTS, /* draws its surge */
    CTL_SERVER_WAITS, /* off, and would start if it were told to */
    CTL_SERVER_OFF,   /* off of its own will */
    CTL_SERVER_STATES
};

/* What can be asked of a server. */
enum ctl_ask {
    CTL_ASK_NONE,
    CTL_ASK_FREE, /* be on, and draw what you like */
    CTL_ASK_CAP,  /* draw no more than cap_mW */
    CTL_ASK_OFF,
    CTL_ASKS
};

struct ctl_in {
    uint32_t now_us; /* monotonic, wraps: subtract, never compare */
    uint32_t pins;   /* bit i: level of input pin i at now_us (alert lines idle high) */
    struct {
        enum ctl_bus_status status;
        uint8_t rx[CTL_XFER_BYTES]; /* first n_rx bytes valid when CTL_BUS_OK */
    } bus[CTL_BUSES];
    struct {
        uint8_t state;     /* enum ctl_server_state */
        uint8_t number;    /* of the last request that it has taken: this is what acknowledges it */
        uint8_t limit;     /* enum ctl_ask in force: FREE, CAP or OFF */
        uint8_t server;    /* index into the configuration */
        uint32_t age_ms;   /* how long ago it was said */
        uint32_t power_mW; /* mean over its reporting period */
        uint32_t cap_mW;   /* of a CAP */
        uint32_t step_mW;  /* will draw that much ... */
        uint32_t step_ms;  /* ... so long from when it was said; CTL_NO_STEP: nothing announced */
    } report;              /* at most one a step; the port keeps the others */
};

struct ctl_out {
    uint32_t wake_us; /* step again at this time at the latest, even if nothing happens */
    bool kick;        /* the watchdog; false: its own state is broken, let it be reset */
    struct {
        enum ctl_bus_op op; /* only while no transfer is under way on this bus; else ignored */
        uint8_t address;    /* 7 bits */
        uint8_t n_tx;
        uint8_t n_rx;
        uint8_t about; /* the supply it is done for, CTL_NOBODY: for logs and traces only */
        uint8_t tx[CTL_XFER_BYTES]; /* first n_tx bytes valid */
    } bus[CTL_BUSES];
    struct {
        uint8_t what;    /* enum ctl_ask */
        uint8_t number;  /* comes back in the server's report */
        uint8_t server;  /* index into the configuration */
        uint32_t cap_mW; /* of a CAP */
    } ask;               /* at most one a step */
};

#endif

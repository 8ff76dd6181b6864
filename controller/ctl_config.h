/* ctl_config.h - everything the controller knows of a rack: one constant table.
 *
 * The simulator derives it from the rack file, and prints it as C for an image: powergap export --config.
 * controller_init() checks it; a table that fails the check leaves the controller in its safe state. */
#ifndef CTL_CONFIG_H
#define CTL_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#ifndef CTL_SUPPLIES
#define CTL_SUPPLIES 16
#endif
#ifndef CTL_BARS
#define CTL_BARS 4
#endif
#ifndef CTL_SWITCHES
#define CTL_SWITCHES 32
#endif
#ifndef CTL_EXPANDERS
#define CTL_EXPANDERS 4
#endif
#ifndef CTL_ALERTS
#define CTL_ALERTS 8
#endif

#ifndef CTL_SERVERS
#define CTL_SERVERS 64
#endif

_Static_assert(CTL_SERVERS <= 256, "an index of a server has eight bits");

/* Rows of chips.c: what a supply's bus interface is like. */
enum ctl_chip {
    CTL_CHIP_STANDARD,
    CTL_CHIP_NEEDS_GAP,
    CTL_CHIP_WRONG_PEC,
    CTL_CHIP_NO_VOUT_MODE,
    CTL_CHIP_NO_ARA,
    CTL_CHIP_NEEDS_TOGGLE,
    CTL_CHIP_SLOW_OK,
    CTL_CHIP_PMBUS_1_1,
    CTL_CHIPS
};

enum { CTL_NO_MUX = 0, CTL_NO_CHANNEL = 0xFF, CTL_NO_FEED = 0xFF, CTL_NO_ALERT = 0xFF };

struct ctl_supply_config {
    uint8_t bus;         /* index of the serial bus */
    uint8_t mux_address; /* 7 bits, CTL_NO_MUX: directly on the bus */
    uint8_t channel;     /* of that mux */
    uint8_t address;     /* 7 bits */
    uint8_t chip;        /* enum ctl_chip */
    uint8_t feed;        /* supplies of one feed fail together; CTL_NO_FEED: unknown */
    uint32_t capacity_mW;
};

struct ctl_switch_config {
    uint8_t supply;    /* joins this supply ... */
    uint8_t bar;       /* ... to this bar */
    bool one_way;      /* closed, it passes power to the bar only (a FET stage with ORing) */
    uint8_t expander;  /* index into expanders[] */
    uint8_t bit;       /* 0..15 of that expander */
    bool active_low;   /* the pin is low when the switch shall be closed */
    uint32_t close_us; /* longest time from the pin to a settled contact */
    uint32_t open_us;
    uint32_t dwell_us; /* shortest time between two operations of this switch */
    uint32_t life;     /* operations that it is rated for; 0: it does not wear */
};

struct ctl_expander_config {
    uint8_t bus;
    uint8_t mux_address; /* CTL_NO_MUX: directly on the bus */
    uint8_t channel;
    uint8_t address;
};

struct ctl_bar_config {
    uint32_t v_low_mV; /* window in which the bar counts as powered */
    uint32_t v_high_mV;
    uint32_t load_mW; /* what its servers may draw */
    uint8_t spare;    /* wanted redundancy: N + spare */
    bool two_feeds;   /* and it shall outlive the loss of any one feed: 2N */
    uint8_t priority; /* 0 is served first */
};

/* A server that reports and can be asked to draw less. */
struct ctl_server_config {
    uint8_t bars;      /* that feed it, bit per bar */
    uint8_t priority;  /* 0 is served first */
    uint32_t rated_mW; /* what it draws unless it says otherwise */
    uint32_t least_mW; /* lowest cap it accepts; as rated_mW: it can't be capped */
    uint32_t surge_mW; /* what it draws while it boots */
};

/* Alert lines (SMBALERT#): whoever wants to be heard pulls one low. With n_lines 0 the controller
 * only polls. With lines, idle_us says how long a sweep may take while nothing happens and every
 * supply of the bus has a line that can be trusted: interrupts then do the work and polling is the
 * fall-back. idle_us 0: polling goes on as without lines, and both find what there is to find. */
struct ctl_alert_config {
    uint8_t n_lines;
    uint8_t pin[CTL_ALERTS];       /* bit of ctl_in.pins; low: somebody alerts */
    bool mux_tells[CTL_ALERTS];    /* its supplies' muxes have INT# inputs and read back which */
    uint8_t line_of[CTL_SUPPLIES]; /* index of the line it pulls; CTL_NO_ALERT: none */
    uint32_t idle_us;
    uint8_t storm_falls; /* a line that falls more often than this ... */
    uint32_t storm_us;   /* ... within this time is ignored for so long, then twice as long ... */
    uint32_t storm_most_us; /* ... up to this, with polling meanwhile */
};

struct ctl_config {
    uint8_t n_supplies;
    uint8_t n_bars;
    uint8_t n_switches;
    uint8_t n_expanders;
    uint16_t n_servers;
    uint8_t retries; /* repeats of a failed transfer before it counts as a failed reading */
    uint8_t confirm; /* readings in a row that must agree before a supply is believed lost */
    uint8_t look;    /* voltage is read in every look-th turn (lanes.h); 0: in every one */
    uint8_t slow;    /* slow readings a turn; 0: the current is read with the voltage, no others */
    uint16_t sharing_permille; /* by how much the share of one supply may exceed the mean */
    uint16_t preempt_most;     /* supplies replaced before they fail, in a day */
    uint32_t sweep_us;    /* every supply has one turn in this time; 0: as fast as the bus goes */
    uint32_t stale_us;    /* a reading older than this is no longer believed */
    uint32_t trend_us;    /* between two samples of the prognosis; 0: none is made */
    uint32_t horizon_s;   /* failures further ahead than this are none of today's concern */
    uint32_t identify_us; /* between attempts to identify a supply that does not answer */
    uint32_t report_us;   /* a server reports once in this time */
    uint32_t answer_us;   /* a request that is not acknowledged within this time has failed */
    struct ctl_supply_config supplies[CTL_SUPPLIES];
    struct ctl_bar_config bars[CTL_BARS];
    struct ctl_switch_config switches[CTL_SWITCHES];
    struct ctl_expander_config expanders[CTL_EXPANDERS];
    struct ctl_server_config servers[CTL_SERVERS];
    struct ctl_alert_config alert;
};

#endif

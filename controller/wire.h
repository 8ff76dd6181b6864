/* wire.h - one serial bus: what is under way, which mux channel is on, what to do when it is stuck.
 *
 *   READY --time-out--> CLEARING --9 clocks--> RESETTING --mux reset--> READY
 *                           stuck: --mux reset--> PROVING --9 clocks--> READY
 *                                                     stuck: --> DOWN --pause--> CLEARING
 *
 * One device that hangs on its own turn is given pauses of its own (poll.h), so that it can't take
 * the others down with it; WIRE_GIVE_UP recoveries without one good transfer between take the bus
 * down. Switches stay as they are meanwhile.
 *
 *   source    SMBus 3.0, 3.1.1.3 and 5.2.2 (time-out, bus clear); hardware notes, 5.3
 *   checked   tests/controller/test_step.c, test_storm.c */
#ifndef CONTROLLER_WIRE_H
#define CONTROLLER_WIRE_H

#include "ctl_config.h"
#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum wire_state {
    WIRE_READY,
    WIRE_CLEARING,  /* nine clocks are due or under way */
    WIRE_RESETTING, /* a mux reset is */
    WIRE_PROVING,   /* nine clocks once more, now with all channels off */
    WIRE_DOWN,      /* gave up for a while */
    WIRE_STATES
};

/* What the transfer under way is for. */
enum wire_job {
    JOB_NONE,
    JOB_SELECT,   /* a mux channel */
    JOB_PINS,     /* a register of an expander */
    JOB_SUPPLY,   /* a step of a supply's turn */
    JOB_ALERT,    /* who pulls an alert line, or a mask */
    JOB_RECOVERY, /* clear or reset */
    WIRE_JOBS
};

enum {
    WIRE_GIVE_UP = 4,
    WIRE_LOST_us = 1000000,     /* a port that says nothing for so long has lost the transfer */
    WIRE_PAUSE_us = 100000,     /* after giving up; doubled each time ... */
    WIRE_PAUSE_MAX_us = 1000000 /* ... up to this */
};

struct wire {
    uint8_t state;    /* enum wire_state */
    uint8_t job;      /* enum wire_job, of the transfer under way */
    uint8_t index;    /* of the expander or supply it is for */
    uint8_t mux;      /* the mux that may have a channel on; CTL_NO_MUX: none */
    uint8_t channel;  /* CTL_NO_CHANNEL: not known */
    uint8_t next_mux; /* what the select under way leads to */
    uint8_t next_channel;
    uint8_t select_tries;
    uint8_t failures; /* recoveries in a row without a good transfer between */
    uint8_t n_members;
    uint8_t n_again; /* of these, put off or in a turn beside the round */
    uint8_t turn;    /* index into members[] */
    bool stuck;      /* the nine clocks of this recovery did not free it */
    bool round_open; /* a round has turns left */
    bool round_used; /* and something was sent in it */
    bool surveyed;   /* a whole round was done since the bus last came up */
    bool rests; /* nothing is due on it, unless something happens, for rest_us of rest_from_us */
    uint32_t started_us; /* when the transfer under way began */
    uint32_t round_us;   /* when the round began */
    uint32_t pause_from_us;
    uint32_t pause_us;    /* not before this long after pause_from_us; 0: at once */
    uint32_t gap_from_us; /* end of the last transfer with a supply that needs a gap */
    uint32_t gap_us;      /* ... of this length; 0: none */
    uint32_t rest_from_us;
    uint32_t rest_us;
    uint32_t down_us;              /* length of the last pause after giving up */
    uint8_t members[CTL_SUPPLIES]; /* the supplies on this bus, in their order of turn */
    uint8_t n_expanders;
    uint8_t expanders[CTL_EXPANDERS]; /* those on this bus */
};

struct controller;

/* Where a device sits on its bus. */
struct wire_seat {
    uint8_t mux;
    uint8_t channel;
    uint8_t address;
};

void wire_init(struct controller *c, uint8_t bus);

/* Take note of how the transfer under way ended. */
void wire_finished(struct controller *c, uint8_t bus, const struct ctl_in *in);

/* Something has happened that may be of concern to any bus: look at those that rest, too. */
void wire_stir(struct controller *c);

/* Begin what is most urgent on an idle bus: recovery, switch commands, alerts, read-back, telemetry.
 * Returns how long until the bus has something to do by itself. */
uint32_t wire_next(struct controller *c, uint8_t bus, struct ctl_out *out);

/* Its muxes are reset when the transfer under way has ended, and channels selected anew. */
void wire_reset_mux(struct controller *c, uint8_t bus);

/* A supply's switches can't be commanded, its readings not renewed. */
bool wire_is_down(const struct controller *c, uint8_t bus);

#endif

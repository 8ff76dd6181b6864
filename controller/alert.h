/* alert.h - alert lines (SMBALERT#): who pulls one low, and what is done about it.
 *
 *   QUIET --falls--> SEARCHING --heard, it rises--> QUIET
 *                       |  \--low though everybody was heard and masked--> HELD --rises, or a while--
 *     falls too often   v                                                                           |
 *                     STORM --pause, doubled each time--> QUIET  <----------------------------------+
 *
 * A search asks at the alert response address, in every place (a mux channel, or the bus itself) where
 * a supply of the line sits, until nobody answers there; each supply that answers is looked at with
 * turns of its own, before anything else. A supply that knows no alert response is looked at instead
 * of being asked; when the line stays low, so are all the others. What then still holds the line is a
 * warning that stands, and so is what a supply tells a second time: its bits are masked
 * (SMBALERT_MASK), and unmasked when they are gone.
 *
 * A line that is HELD or in a STORM is ignored. Polling is the fall-back, always at work: only how
 * long a sweep takes depends on whether the lines can be trusted (alert_sweep_us()).
 *
 *   source    SMBus 3.0, appendix A; PMBus 1.2 part II, 15.38; hardware notes, 5.1 and 11.15
 *   checked   tests/controller/test_alert.c, tests/fuzz/fuzz_step.c */
#ifndef CONTROLLER_ALERT_H
#define CONTROLLER_ALERT_H

#include "ctl_config.h"
#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum alert_state {
    ALERT_QUIET,     /* high, or about to be searched for */
    ALERT_SEARCHING, /* somebody is yet to be asked, looked at or masked */
    ALERT_HELD,      /* stays low whatever is done: ignored for a while, or until it rises */
    ALERT_STORM,     /* falls too often: ignored for a while */
    ALERT_STATES
};

enum {
    ALERT_SEARCHES = 3, /* while a line stays low; then it is HELD */
    ALERT_HELD_us = 1000000,
    ALERT_CALM_us = 1000000 /* without an alert or a supply that changes before sweeps get longer */
};

struct alert_line {
    uint8_t state;          /* enum alert_state */
    uint8_t searches;       /* begun since it fell */
    bool masking;           /* what stood after the last one is being masked */
    uint8_t falls;          /* since window_us */
    uint32_t window_us;     /* falls are counted from here on */
    uint32_t pause_from_us; /* it is ignored from here on ... */
    uint32_t pause_us;      /* ... for so long; the last one, when it is not; 0: none for long */
};

/* What is to be asked of a supply, or in its place. */
enum alert_todo {                 /* the lower, the sooner */
                  ALERT_TELL = 1, /* read its mux: which channels interrupt? */
                  ALERT_ASK = 2,  /* read the alert response address in its place */
                  ALERT_READ = 4, /* the status register whose standing bits are to be masked */
                  ALERT_MASK = 8  /* write SMBALERT_MASK for it */
};

struct alert_member {
    uint8_t todo;     /* bits of enum alert_todo */
    uint8_t doing;    /* the one under way */
    uint8_t tries;    /* failures in a row of what is to be masked */
    uint8_t looks;    /* turns that it is still to be given at once */
    bool looking : 1; /* one of them is under way */
    bool glance : 1;  /* it is over when STATUS_WORD says nothing */
    bool
        asks : 1; /* in its place is asked for its line: it is the first there with alert response */
    bool tells : 1;   /* of its line the first behind its mux, which is read if it tells */
    bool heard : 1;   /* it has answered in this search */
    uint8_t stood;    /* registers with bits that stood when the search began, bit per register */
    uint8_t to_mask;  /* registers whose mask is to be set anew, bit per register */
    uint8_t masked;   /* registers with a mask */
    uint8_t unsure;   /* registers that may have one from before the start */
    uint8_t standing; /* bits of the one in hand */
};

struct alerts {
    struct alert_line lines[CTL_ALERTS];
    struct alert_member members[CTL_SUPPLIES];
    bool trusted[CTL_BUSES]; /* every supply of the bus has a line, and none of them is ignored */
    bool calm;               /* nothing happens, and nobody is on the way to another state */
    uint32_t stir_us;        /* when something last did, unless `calm` */
};

struct controller;
struct wire_seat;

void alert_init(struct controller *c);

/* Look at the lines: `pins` as in ctl_in. Every step. True: some line is not quiet. */
bool alert_run(struct controller *c, uint32_t pins);

/* What only time does to them. */
void alert_tick(struct controller *c);

/* How long a sweep of this bus may take now. */
uint32_t alert_sweep_us(const struct controller *c, uint8_t bus);

/* A supply on this bus that is to be looked at, with a turn begun for it; CTL_NOBODY: none. */
uint8_t alert_look_due(struct controller *c, uint8_t bus);
/* Its turn may end after STATUS_WORD. Its turn has ended. */
bool alert_glanced(const struct controller *c, uint8_t s);
void alert_looked(struct controller *c, uint8_t s);

/* A supply on this bus that something is to be asked of, or in its place; CTL_NOBODY: none. */
uint8_t alert_ask_due(struct controller *c, uint8_t bus);
struct wire_seat alert_seat(const struct controller *c, uint8_t s);
void alert_begin(struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out);
void alert_answered(struct controller *c, uint8_t s, const uint8_t rx[]);
/* No acknowledge; `at_once`: the way there is at fault. */
void alert_failed(struct controller *c, uint8_t s, bool at_once);

#endif

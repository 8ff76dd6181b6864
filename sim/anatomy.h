/* anatomy.h - where the time of a gap went: the chain of causes from fault to recovery, as
 * consecutive spans that add up to the gap, in whole nanoseconds. */
#ifndef SIM_ANATOMY_H
#define SIM_ANATOMY_H

#include "gap.h"
#include "log.h"

enum span_class {
    SPAN_WAIT_POLL,  /* the fault is there, nobody has asked yet */
    SPAN_WAIT_ALERT, /* and the supply has not pulled its alert line yet */
    SPAN_FIND,       /* it has: the controller finds out who it is */
    SPAN_TRANSFER,   /* on the bus: the reading that shows it, from request to last byte */
    SPAN_DECIDE,     /* the controller thinks */
    SPAN_QUEUE,      /* the bus is busy with other transfers */
    SPAN_WRITE,      /* the command is on its way to the switch */
    SPAN_ACTUATE,    /* gate, coil, contact or motor moves */
    SPAN_BOUNCE,     /* the contact bounces */
    SPAN_START_UP,   /* a supply starts */
    SPAN_RECHARGE,   /* current flows, the voltage is not back yet */
    SPAN_OTHER,      /* nothing of these */
    SPAN_CLASSES
};

/* The name of its column in gaps.csv, and what to call it in a sentence. */
const char *span_word(enum span_class c);
const char *span_doc(enum span_class c);

struct span {
    enum span_class is;
    ns_t from, to;
    uint32_t event; /* the one that ends it; 0: the gap's end */
};

enum { ANATOMY_SPANS = 512 }; /* the last one takes in what is beyond */

struct anatomy {
    uint32_t fault;    /* the event that the gap began with; 0: none is known */
    uint32_t recovery; /* the event that ended it; 0: none */
    bool same_fault;   /* the recovery goes back to that fault */
    ns_t hold_up;      /* fault to gap: living on stored energy after the input was lost ... */
    ns_t ride_through; /* ... and on what the bar's capacitors hold */
    ns_t within[SPAN_CLASSES]; /* sum: end - start */
    int32_t n_spans;           /* the same in order of time; neighbours of one class are one */
    struct span span[ANATOMY_SPANS];
};

/* A gap that is open has no recovery: its last span is what it was waiting for when the run ended,
 * as far as that can be told. */

void anatomy_find(const struct log *l, const struct gap *g, struct anatomy *a);

/* The event that `id` goes back to: an action of the scenario; without one the first thing that a part
 * did, not the air that had warmed for minutes before. */
uint32_t anatomy_root(const struct log *l, uint32_t id);

/* What to call span i: its class; one of no class is known by the event that ends it, the last one of
 * an open gap by what did not come. Returns buf. */
enum { SPAN_NAME = LOG_NAME + 40 };
const char *span_name(const struct anatomy *a, int32_t i, const struct gap *g, const struct log *l,
                      const struct part parts[], char buf[SPAN_NAME]);

/* "after ride-through 181 us: waiting for the poll 2.1 ms, ...": spans of one class once, with
 * their sum, where the first of them is. Returns buf. */
enum { ANATOMY_TEXT = 512 };
const char *anatomy_text(const struct anatomy *a, const struct gap *g, const struct log *l,
                         const struct part parts[], char buf[ANATOMY_TEXT]);

#endif

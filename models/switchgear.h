/* switchgear.h - what FETs, relays and breakers share: two ends, a control pin, a position, and the
 * ways in which each can fail. */
#ifndef MODELS_SWITCHGEAR_H
#define MODELS_SWITCHGEAR_H

#include "kind.h"
#include "net.h"
#include "world.h"

extern const struct kind fet_kind, relay_kind, breaker_kind;

/* First member of the parameters of every switch. */
struct switch_params {
    struct tap_list from, to;
    struct pin_path on;
    int32_t closed; /* when the run begins */
    int32_t active; /* level of the pin that closes it: 0 high, 1 low */
    double r_Ohm, l_H;
};

#define SWITCH_FIELDS(params, r_default, r_source)                                                 \
    {.key = "from",                                                                                \
     .type = FIELD_TAPS,                                                                           \
     .choices = "psu|bus|node",                                                                    \
     .def = REQUIRED,                                                                              \
     .offset = offsetof(params, s.from),                                                           \
     .doc = "one end, as a rule the supply"},                                                      \
        {.key = "to",                                                                              \
         .type = FIELD_TAPS,                                                                       \
         .choices = "bus|psu|node",                                                                \
         .def = REQUIRED,                                                                          \
         .offset = offsetof(params, s.to),                                                         \
         .doc = "the other end, as a rule the bar"},                                               \
        {.key = "on",                                                                              \
         .type = FIELD_PIN,                                                                        \
         .choices = "expander",                                                                    \
         .def = 0.0,                                                                               \
         .offset = offsetof(params, s.on),                                                         \
         .doc = "the expander pin that drives it; left out: by hand"},                             \
        {.key = "closed",                                                                          \
         .type = FIELD_FLAG,                                                                       \
         .def = 1.0,                                                                               \
         .offset = offsetof(params, s.closed),                                                     \
         .doc = "closed when the run begins"},                                                     \
        {.key = "active",                                                                          \
         .type = FIELD_CHOICE,                                                                     \
         .choices = "high|low",                                                                    \
         .def = 0.0,                                                                               \
         .offset = offsetof(params, s.active),                                                     \
         .doc = "level of the pin that closes it"},                                                \
        {.key = "r_on",                                                                            \
         .type = FIELD_REAL,                                                                       \
         .quantity = QTY_OHM,                                                                      \
         .min = 1e-6,                                                                              \
         .max = 10.0,                                                                              \
         .def = r_default,                                                                         \
         .offset = offsetof(params, s.r_Ohm),                                                      \
         .doc = "resistance when closed",                                                          \
         .source = r_source},                                                                      \
    {                                                                                              \
        .key = "l", .type = FIELD_REAL, .quantity = QTY_HENRY, .min = 1e-9, .max = 1e-3,           \
        .def = 100e-9, .offset = offsetof(params, s.l_H),                                          \
        .doc = "inductance of the path through it: cable and clips", .source = "E"                 \
    }

enum switch_phase {
    SWITCH_OPEN,
    SWITCH_CLOSING, /* told to close, nothing conducts yet */
    SWITCH_RAMPS,   /* FET: between open and closed; relay: bounces */
    SWITCH_CLOSED,
    SWITCH_OPENING, /* told to open, still conducts */
    SWITCH_BREAKS,  /* its current dies in an arc or an avalanche */
    SWITCH_BLOCKED, /* FET: told to be closed, its ORing blocks */
    SWITCH_TRIPPED  /* breaker: opened by itself, wants a reset */
};
#define SWITCH_WORDS "OPEN|CLOSING|RAMPS|CLOSED|OPENING|BREAKS|BLOCKED|TRIPPED"

enum switch_fault { SWITCH_SOUND, SWITCH_STUCK_OPEN, SWITCH_STUCK_CLOSED };

/* First member of the state of every switch. */
struct switch_state {
    int32_t link;
    enum switch_phase phase;
    enum switch_fault fault;
    bool commanded;     /* what the control input asks for */
    double slow;        /* 1, or how many times longer its mechanism takes */
    int32_t operations; /* closings and openings begun */
};

/* join() of every switch: its link, its pin, its start position. Returns the state. */
struct switch_state *switch_join(struct world *w, int32_t part);

/* The contact touches: from here on its current is a state. */
void switch_make(struct world *w, int32_t part, enum event_kind event);

/* The contact parts: its current goes on against a voltage of v_V that rises by rise_V_per_s, until
 * it has died; then the kind's opened() is called (at once when there is no current). */
void switch_break(struct world *w, int32_t part, enum event_kind event, double v_V,
                  double rise_V_per_s);

/* The control input asks for closed or open: counts it and says so. False: nothing new. */
bool switch_command(struct world *w, int32_t part, bool close);

/* A duration of its mechanism: nominal, +- scatter (uniform), times how slow it is. */
ns_t switch_time(struct world *w, int32_t part, ns_t nominal, double scatter);

/* kind->pin of every switch. */
void switch_pin(struct world *w, int32_t part, bool level);

/* The rows that every switch has in its tables, and the tables of those that have no others. */
double switch_read_state(const struct world *w, int32_t part, ns_t at);
double switch_read_i(const struct world *w, int32_t part, ns_t at);
double switch_read_operations(const struct world *w, int32_t part, ns_t at);
double switch_read_fault(const struct world *w, int32_t part, ns_t at);
double switch_read_loss(const struct world *w, int32_t part, ns_t at);
bool switch_act_close(struct world *w, int32_t part, const struct act_args *a);
bool switch_act_open(struct world *w, int32_t part, const struct act_args *a);
bool switch_act_stick_open(struct world *w, int32_t part, const struct act_args *a);
bool switch_act_stick_closed(struct world *w, int32_t part, const struct act_args *a);
bool switch_act_slow(struct world *w, int32_t part, const struct act_args *a);
bool switch_act_free(struct world *w, int32_t part, const struct act_args *a);
extern const struct field switch_slow_args[];
extern const struct signal switch_signals[];
extern const struct action switch_actions[];

#define SWITCH_SIGNALS                                                                             \
    {.key = "state",                                                                               \
     .choices = SWITCH_WORDS,                                                                      \
     .doc = "what it is doing",                                                                    \
     .read = switch_read_state},                                                                   \
        {.key = "i",                                                                               \
         .quantity = QTY_AMPERE,                                                                   \
         .continuous = true,                                                                       \
         .doc = "current, from its first end",                                                     \
         .read = switch_read_i},                                                                   \
        {.key = "operations",                                                                      \
         .quantity = QTY_OPERATIONS,                                                               \
         .doc = "commands that moved it",                                                          \
         .read = switch_read_operations},                                                          \
        {.key = "fault",                                                                           \
         .choices = "SOUND|STUCK_OPEN|STUCK_CLOSED",                                               \
         .doc = "how it has failed",                                                               \
         .read = switch_read_fault},                                                               \
    {                                                                                              \
        .key = "loss", .quantity = QTY_JOULE, .doc = "heat in it up to its last event",            \
        .read = switch_read_loss                                                                   \
    }

#define SWITCH_ACTIONS                                                                             \
    {.key = "close",                                                                               \
     .undo = "open",                                                                               \
     .run = switch_act_close,                                                                      \
     .doc = "the control input asks for closed"},                                                  \
        {.key = "open",                                                                            \
         .undo = "close",                                                                          \
         .run = switch_act_open,                                                                   \
         .doc = "the control input asks for open"},                                                \
        {.key = "stick_open",                                                                      \
         .undo = "free",                                                                           \
         .run = switch_act_stick_open,                                                             \
         .doc = "is open from now on, whatever it is told (open bond, dead driver or coil)"},      \
        {.key = "stick_closed",                                                                    \
         .undo = "free",                                                                           \
         .run = switch_act_stick_closed,                                                           \
         .doc = "is closed from now on, whatever it is told (welded contact, shorted FET)"},       \
        {.key = "slow",                                                                            \
         .args = switch_slow_args,                                                                 \
         .undo = "free",                                                                           \
         .run = switch_act_slow,                                                                   \
         .doc = "takes longer from now on (sticky mechanism, weak gate drive)"},                   \
    {                                                                                              \
        .key = "free", .run = switch_act_free, .doc = "is sound again and does what it is told"    \
    }

/* What each kind does when its control input changes, and when it gets stuck: found by kind. */
struct switch_verbs {
    const struct kind *kind;
    void (*command)(struct world *w, int32_t part, bool close);
    void (*force)(struct world *w, int32_t part, bool closed); /* stuck, at once */
    ns_t (*longest)(const void *params, bool close); /* from the pin to a settled contact */
    ns_t (*dwell)(const void *params);               /* least time between two closings */
};
extern const struct switch_verbs fet_verbs, relay_verbs, breaker_verbs;
const struct switch_verbs *switch_verbs_of(const struct world *w, int32_t part);

/* Is this part a switch? */
bool switch_is(const struct world *w, int32_t part);

#endif

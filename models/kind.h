/* kind.h - what a kind of part is to the program: its parameters, its signals, its actions.
 *
 * A model file (psu.c, relay.c, ...) ends with one `const struct kind`. kinds.c lists them. */
#ifndef MODELS_KIND_H
#define MODELS_KIND_H

#include <stdbool.h>

#include "field.h"

struct world; /* the plant, as a model sees it: world.h */
struct i2c_request;
struct i2c_reply;
struct channel_report;

/* A named quantity that can be observed, compared in an expectation and written to signals.csv. */
struct signal {
    const char *key; /* NULL ends a table */
    enum quantity quantity;
    const char *choices; /* "OFF|RAMP|ON" for a state: the value is an index into it; else NULL */
    /* Moves between events (a voltage). Else it jumps: at an event of its part; of a device on a
     * serial bus also at the bus's, of a controller when it is due, and a quantity (no word, no
     * count) also when the part's island has moved. */
    bool continuous;
    const char *doc;
    double (*read)(const struct world *w, int32_t part, ns_t at); /* SI */
    /* It is the lowest voltage of some nodes in a row: how many, and the first. NULL: it is not. */
    int32_t (*nodes)(const struct world *w, int32_t part, int32_t *first);
    /* It is the power of this load of the network. NULL: it is not. */
    int32_t (*load)(const struct world *w, int32_t part);
};

/* Many signals in one row: one for each tap of a bar ("bus_a.v[3]"), or one for each other part of
 * some kinds ("ctl.psu2", "ctl.psu[*]"). */
struct signal_family {
    const char
        *key; /* "v": written v[3]; "": written as the other part's name; NULL ends a table */
    enum quantity quantity;
    const char *choices; /* as in struct signal */
    bool continuous;
    const char *doc;
    const char *of_kinds; /* "psu|relay": the member is another part's index; NULL: a number */
    int32_t (*members)(const void *params); /* of numbers: 0 .. members - 1 are allowed */
    double (*read)(const struct world *w, int32_t part, int32_t member, ns_t at); /* SI */
    /* It is the voltage of this node. NULL: it is not. */
    int32_t (*node)(const struct world *w, int32_t part, int32_t member);
};

/* What the user may write beside `act:`. A field that the action does not list is an error. */
struct act_args {
    double to;    /* target value, SI of the action's quantity */
    double by;    /* ratio */
    ns_t over;    /* duration of a ramp */
    int32_t from; /* a choice, by action */
};

struct action {
    const char *key;          /* NULL ends a table */
    const struct field *args; /* into struct act_args; NULL: none */
    const char *undo; /* the action that ends it, so that `for: 40 ms` may be written; else NULL */
    const char *sets; /* the parameter that it moves, which may so follow a profile; else NULL */
    const char *doc;
    /* Do it now. True when it changed anything. */
    bool (*run)(struct world *w, int32_t part, const struct act_args *args);
};

/* At one instant parts come first, in file order, then serial buses, then the controller; the
 * network is last: it moves on when everything that happens in this instant has happened. */
enum tie_class { TIE_SCRIPT, TIE_PART, TIE_BUS, TIE_CONTROLLER, TIE_NETWORK };

struct kind {
    const char *name; /* as in `is: psu` */
    const char *doc;
    const struct field *fields;
    const struct signal *signals;
    const struct signal_family *families; /* NULL: none */
    const struct action *actions;
    enum tie_class tie; /* 0 reads as TIE_PART */
    size_t params_size;
    size_t state_size;
    /* Check what no single field can (relations between fields). NULL: nothing to check.
     * Returns NULL when fine, else a sentence, with the key it is about in *key. */
    const char *(*check)(const void *params, const char **key);
    /* The same for a part that hangs on others, of which the highest is at v_V. NULL: any will do. */
    const char *(*check_at)(const void *params, double v_V, const char **key);
    /* The voltage at which its nodes are meant to be. NULL: none. */
    double (*nominal_V)(const void *params);
    /* Before the run: claim nodes (all parts, in file order); then links, sources, loads and guards
     * between any parts' nodes (again all parts, in file order). */
    void (*wire)(struct world *w, int32_t part);
    void (*join)(struct world *w, int32_t part);
    /* Everything is wired and the electrical start values have settled; start the clocks. */
    void (*start)(struct world *w, int32_t part);
    /* The due time asked for with world_wake() has come. */
    void (*due)(struct world *w, int32_t part);
    /* A guard of this part fell through zero; `code` is the part's own number for it. */
    void (*guard)(struct world *w, int32_t part, int32_t code);
    /* A source of this part has entered (true) or left (false) its current or power limit. */
    void (*limit)(struct world *w, int32_t part, bool limited);
    /* The current of an opening link of this part has died: the link is open. */
    void (*opened)(struct world *w, int32_t part);
    /* The part's island has moved from t0 to t1 and its curves are still at hand: integrate slow
     * states, refresh registers. Nothing electrical may be changed here. */
    void (*moved)(struct world *w, int32_t part, ns_t t0, ns_t t1);
    /* The level of the expander pin this part hangs on has changed (switches). */
    void (*pin)(struct world *w, int32_t part, bool level);
    /* This part is addressed on its serial bus (devices). Called when the transfer's last byte is
     * on the wire. Returns false for a NACK. */
    bool (*i2c)(struct world *w, int32_t part, const struct i2c_request *rq, struct i2c_reply *re);
    /* How long this part holds the clock low during that transfer, NULL: never. */
    ns_t (*stretch)(const struct world *w, int32_t part, const struct i2c_request *rq);
    /* Does this part pull its alert line, and would it answer the alert response address? NULL:
     * never. When it has won the arbitration there, it is told so: it lets go of the line. */
    bool (*alerts)(const struct world *w, int32_t part);
    void (*alert_heard)(struct world *w, int32_t part);
    /* The level at input pin `pin` of this part, a controller, has changed. */
    void (*input)(struct world *w, int32_t part, int32_t pin, bool level);
    /* The transfer that this part, a master, started on `bus` has ended. */
    void (*transferred)(struct world *w, int32_t part, int32_t bus, const struct i2c_reply *re);
    /* A server's report has come through its channel to this part, the controller. */
    void (*heard)(struct world *w, int32_t part, int32_t server, const struct channel_report *re);
};

#endif

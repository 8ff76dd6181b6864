/* demand.h - what the bars draw and would draw, and what the servers say of it.
 *
 *   measured     sum over the bar's supplies of voltage times current, once nothing has stirred on it
 *                for a while: telemetry averages
 *   reported     sum of the servers' means, seconds old
 *   configured   ctl_bar_config.load_mW
 *
 * Measured is believed before reported, reported before configured. Measured power far below what the
 * servers say they draw is a meter that lies.
 *
 *   draw         of a bar, once everything asked of its servers is done
 *   wanted       the same if no server was held down: what the planner is asked to feed
 *                (loads.h)
 *
 *   source    DESIGN.md, "Demand"; hardware notes, section 3
 *   checked   tests/controller/test_demand.c, test_storm.c */
#ifndef CONTROLLER_DEMAND_H
#define CONTROLLER_DEMAND_H

#include "ctl_config.h"
#include "ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    DEMAND_CALM_us = 200000,   /* before a sum of readings is believed: they average over 50 ms
                                   (estimate: 0.1 to 1 s in the field) */
    DEMAND_OVER_us = 30000,    /* before a supply's overload is believed */
    DEMAND_STARTS_us = 150000, /* from the word to start to its surge: insertion 50 ms, converters
                                   10 to 40 ms, messages; less than DEMAND_CALM_us */
    DEMAND_QUARTERS = 4,       /* of a reporting period: silence is counted in them */
    DEMAND_MUTE_QUARTERS = 12, /* without a report make a server silent */
    DEMAND_AHEAD_ms = 5000,    /* room for an announced step is made so long before it */
    DEMAND_QUANTA = 32         /* parts of its load in which the planner is told of a bar's */
};

/* How far a request has got. */
enum server_phase { SERVER_RESTS, SERVER_DUE, SERVER_SENT };

struct server {
    uint8_t state;     /* enum ctl_server_state; SILENT: has not reported, or not for long */
    uint8_t wanted;    /* enum ctl_ask that shall be in force */
    uint8_t phase;     /* enum server_phase, of the request for it */
    uint8_t number;    /* of the last request; 0: none was sent */
    uint8_t parts;     /* live bars that it draws from; all its bars, if none is live */
    uint8_t missed;    /* quarters of a reporting period since it last reported */
    bool deaf : 1;     /* does not do what it is asked, of sent_us: nothing is counted on it */
    bool stepping : 1; /* has announced step_mW for before long */
    uint32_t cap_mW;
    uint32_t power_mW; /* reported */
    uint32_t free_mW;  /* last reported while nothing held it down */
    uint32_t step_mW;
    uint32_t changed_us; /* when it said that its state is another one, or was told to start */
    uint32_t sent_us;    /* when the request was sent, or it was found deaf */
};

/* Of the servers of one bar, all together. */
struct demand_said {
    uint32_t draws_mW;  /* as they say */
    uint32_t coming_mW; /* what is on its way to them */
    uint32_t wish_mW;   /* what they would draw more if nobody was held down */
    bool all;           /* of them have spoken lately */
};

struct demand_bar {
    uint32_t draw_mW;
    uint32_t wanted_mW;
    uint32_t asked_mW;  /* wanted, as the planner was last told of it */
    uint32_t budget_mW; /* what its supplies can give for as long as it takes */
    uint32_t sure_mW;   /* the same without those in doubt */
    uint32_t trim_mW;   /* less than that, as one of them was found to carry more than its rating */
    uint32_t stir_us;   /* when anything last stirred on it */
    uint32_t limit_us;  /* when it last lacked power ... */
    uint32_t hold_us;   /* ... and for how long after that nobody is let go */
    uint32_t free_us;   /* when a server was last let go */
    uint32_t feeders;   /* checksum over its supplies and their states */
};

struct demand {
    struct demand_bar bars[CTL_BARS];
    struct demand_said said[CTL_BARS];
    uint8_t summed; /* bars whose servers said and were asked nothing since, bit per bar */
    uint8_t live;   /* bars that a good supply feeds, bit per bar */
    uint8_t look;   /* bars whose balance is due, bit per bar */
    uint8_t turn;   /* the bar that is looked at in the next tick */
    uint8_t number; /* of the last request */
    bool doubt;     /* some supply was in doubt at the last look */
    bool asking;    /* some request is due */
    bool awaiting;  /* some request may be on its way, or some server be deaf */
    bool restated;  /* some server's state is another one than when loads were last asked for */
    uint32_t seen;  /* count of all that a look depends on, then */
    uint32_t quarter_us; /* when the present quarter of a reporting period began */
    /* The first to be shed first: least important, then what leaves most. */
    uint8_t order[CTL_SERVERS];
    struct server servers[CTL_SERVERS];
};

struct controller;

void demand_init(struct controller *c);

/* A report, if there is one in this step. */
void demand_heard(struct controller *c, const struct ctl_in *in);

/* Have supplies or switches changed since the last look? Budgets are not to be relied upon then. */
bool demand_is_stale(const struct controller *c);

/* Look what the supplies and switches mean for the bars. */
void demand_look(struct controller *c);

/* What only time and telemetry do: measured power of one bar, silent servers. */
void demand_tick(struct controller *c);

/* Does this bar feed this server? */
bool demand_is_on(const struct controller *c, uint16_t i, uint8_t b);

/* What a server draws as far as is known, and on how many live bars it draws it. */
uint32_t demand_now_mW(const struct controller *c, uint16_t i);
uint32_t demand_parts(const struct controller *c, uint16_t i);
/* What it would draw beyond that if it was let go: a cap lifted, a start with its surge. */
uint32_t demand_wish_mW(const struct controller *c, uint16_t i);

/* What it says, or is asked for, is something else. */
void demand_changes(struct controller *c, uint16_t i);

/* Expect so much more (or less) on each bar of a server that it draws from. */
void demand_expect(struct controller *c, uint16_t i, int32_t more_mW);

#endif

/* supply.h - one supply as the controller believes it to be: its readings and its state.
 *
 *   source    DESIGN.md, "One supply"
 *   checked   tests/controller/test_supply.c, every state against every event */
#ifndef CONTROLLER_SUPPLY_H
#define CONTROLLER_SUPPLY_H

#include "pmbus.h"

#include <stdbool.h>
#include <stdint.h>

enum supply_state {
    SUPPLY_ABSENT,     /* has not answered yet, or not for long */
    SUPPLY_IDENTIFIED, /* has said how it writes numbers; no full reading yet */
    SUPPLY_STANDBY,    /* good, feeds no bar */
    SUPPLY_STARTING,   /* good, its switch is closing */
    SUPPLY_SHARING,    /* good, feeds a bar */
    SUPPLY_SUSPECT,    /* silent or warning: not counted as redundant, its switches stay */
    SUPPLY_LOST,       /* believed failed, a switch of it is still closed */
    SUPPLY_ISOLATED,   /* believed failed, all its switches are open */
    SUPPLY_PROBATION,  /* good again, but has to prove it for a while */
    SUPPLY_RETIRED,    /* failed too often to be worth another attempt for now */
    SUPPLY_STATES
};

/* What happens to a supply: the columns of its table of transitions. */
enum supply_event {
    ON_IDENTIFIED, /* answered, and said how it writes numbers */
    ON_GOOD,       /* a full reading without fault or warning */
    ON_RETURNED,   /* the same, from a supply that had been lost before */
    ON_WARNING,    /* a full reading that delivers, with a warning */
    ON_OVERLOADED, /* its voltage is pulled out of the window by what it has to carry */
    ON_BAD,        /* enough readings in a row say that it does not deliver */
    ON_SILENT,     /* enough turns in a row without an answer, or its reading is too old */
    ON_STRANGE,    /* what was read of it was another device's */
    ON_GONE,       /* silent for so long that another one may sit in its place */
    ON_CLOSING,    /* its first switch was told to close */
    ON_CLOSED,     /* a switch of it has settled closed */
    ON_OPENED,     /* none of its switches is closed any more */
    ON_PROVEN,     /* was good for the whole probation */
    ON_EXHAUSTED,  /* restarts or losses used up */
    ON_RESTED,     /* was retired for long enough to be looked at again */
    SUPPLY_EVENTS
};

/* Why break-before-make: opening it comes before anything else on its bar. */
enum supply_danger {
    DANGER_NONE,
    DANGER_SHORTED, /* pulls its bar down */
    DANGER_OVERVOLT /* drives its bar too high */
};

enum {
    SUPPLY_PROBATION_us = 20000, /* after its first loss; each further loss doubles it */
    SUPPLY_PROBATION_MAX_us = 10000000,
    SUPPLY_PROBATION_READINGS = 3, /* and at least so many good readings */
    SUPPLY_JUDGED = 2,             /* readings that confirm a loss before a switch opens */
    SUPPLY_WARNED_us = 2000000,    /* without a warning before it is relied upon again */
    SUPPLY_EASE_us = 100000,       /* after its switch has closed: the bar's capacitors fill */
    SUPPLY_GONE_us = 10000000,
    SUPPLY_REST_us = 600000000, /* retired for ten minutes */
    SUPPLY_CALM_us = 600000000, /* good for so long: earlier losses are forgotten */
    SUPPLY_RESTARTS = 3,        /* as telecom rectifiers do before they call for help [S17] */
    SUPPLY_TRIPPED_us = 500000, /* before the first, if it has tripped and is isolated (estimate;
                                     others wait up to 5 s [S15]); doubled for each further one */
    SUPPLY_LOSSES = 10          /* without a calm spell between */
};

struct supply {
    uint8_t state;         /* enum supply_state */
    uint8_t danger;        /* enum supply_danger */
    uint8_t step;          /* enum poll_step: where its turn on the bus has got to */
    uint8_t tries;         /* failed attempts of the transfer in hand */
    uint8_t vain;          /* turns in a row that were put off, as it was busy or did not answer */
    uint8_t mode;          /* VOUT_MODE */
    uint8_t details;       /* status registers yet to be recorded in this turn, record.h */
    uint8_t bits;          /* read from the first of them, yet to be cleared */
    uint8_t input_bits;    /* STATUS_INPUT, when it was read in this turn */
    uint8_t clears;        /* in a row, of bits that came back */
    uint8_t bad;           /* turns in a row that say it failed */
    uint8_t silent;        /* turns in a row without a full reading */
    uint8_t stalls;        /* bus time-outs in a row that happened on its turn */
    uint8_t restarts;      /* by OPERATION, since it was last proven */
    uint8_t losses;        /* since its last calm spell */
    uint8_t good;          /* full readings in a row that deliver */
    uint8_t judged;        /* full readings since it was believed lost */
    uint8_t closed;        /* of its switches: told to be closed */
    uint8_t settled;       /* of these: contact made and pin read back */
    uint8_t bar;           /* the first it feeds, else the first it can reach; CTL_NOBODY: none */
    uint8_t turns;         /* since its last look at the voltage, modulo `look` */
    uint8_t lane;          /* where the rotation of its slow readings has got to */
    uint8_t asks;          /* readings yet to be had in this turn, a bit per enum lane_reading */
    bool again : 1;        /* put off: a turn beside the round is due, or under way */
    bool busy : 1;         /* it said so in this turn */
    bool opening : 1;      /* a switch of it still moves open */
    bool whole : 1;        /* this turn is judged by voltage and current, not by voltage alone */
    bool has_reading : 1;  /* the last reading is young enough to be believed */
    bool output_dead : 1;  /* the last reading says that nothing comes out */
    bool counted : 1;      /* this turn has already counted as bad */
    bool want_clear : 1;   /* CLEAR_FAULTS is due in this turn */
    bool want_restart : 1; /* OPERATION off, CLEAR_FAULTS, OPERATION on are due in this turn */
    bool tripped : 1;      /* off for over-current or over-voltage: it won't start by itself */
    bool warned : 1;       /* it is suspect for a warning, of warned_us at the latest */
    bool easing : 1;       /* it was switched onto a bar at easing_from_us */
    bool conducts : 1;     /* its current is known to go where its switches say (welds.h) */
    uint8_t recorded[STATUS_REGISTERS]; /* bits that were read of each since it was last calm */
    uint16_t status;                    /* last STATUS_WORD */
    uint16_t standing;                  /* its latched bits */
    uint16_t history;                   /* every bit ever seen */
    uint16_t failed;                    /* what it did not answer in this turn, bits of lacks.h */
    uint16_t denied;                    /* the same, last time it was asked */
    uint16_t lacks;                     /* what it does not know */
    uint32_t v_mV;
    int32_t i_mA; /* on a quiet day of one of the last turns, see lanes.h */
    uint32_t warned_us;
    uint32_t since_us; /* when the state was entered */
    uint32_t read_us;  /* when the last reading was complete */
    uint32_t heard_us; /* when it last answered anything */
    uint32_t lacks_us; /* when it was last found not to know something */
    uint32_t skip_us;  /* length of the pause it was given at skip_from_us; 0: none */
    uint32_t skip_from_us;
    uint32_t clear_us;   /* when its status was last cleared */
    uint32_t restart_us; /* its wait for a restart began */
    uint32_t easing_from_us;
    uint32_t easing_us; /* it may be pulled down by its bar for so long */
};

void supply_init(struct supply *u, uint32_t now_us);

/* Row `state`, column `event` of the table of transitions. */
enum supply_state supply_next(enum supply_state state, enum supply_event event);

/* Take the transition; true: the state is another one. */
bool supply_happens(struct supply *u, enum supply_event event, uint32_t now_us);

/* Is a full reading that delivers to be believed? A supply that has warned stays suspect until it has
 * been calm for a while: what is done about a warning mostly ends it, and undoing that would bring
 * it back. */
bool supply_takes(struct supply *u, enum supply_event event, uint32_t now_us);

/* Has it been good for long enough to be trusted again? */
bool supply_is_proven(const struct supply *u, uint32_t now_us);

/* Good, as far as is known. */
bool supply_is_good(const struct supply *u);
/* Believed failed. */
bool supply_is_lost(const struct supply *u);

const char *supply_state_name(enum supply_state state);

#endif

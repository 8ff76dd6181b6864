/* controller.h - the power supply management controller: one block of state and one step.
 *
 * The struct holds no pointers: copying it copies the controller, whatever it is about to do. Only
 * the functions below look inside; its members are the business of the files of this folder. */
#ifndef CONTROLLER_CONTROLLER_H
#define CONTROLLER_CONTROLLER_H

#include "alert.h"
#include "config.h"
#include "contact.h"
#include "contingency.h"
#include "ctl_config.h"
#include "ctl_io.h"
#include "demand.h"
#include "identity.h"
#include "journal.h"
#include "lacks.h"
#include "loads.h"
#include "pins.h"
#include "planner.h"
#include "plausible.h"
#include "preempt.h"
#include "prognosis.h"
#include "shorted.h"
#include "supply.h"
#include "welds.h"
#include "wire.h"

#include <stdbool.h>
#include <stdint.h>

enum controller_mode {
    CONTROLLER_RUNNING,
    CONTROLLER_SAFE, /* touches nothing: neither bus nor switch; only a new init leaves it */
    CONTROLLER_MODES
};

#define CONTROLLER_AGE_NONE UINT32_MAX /* of a reading that was never taken or is too old */

enum controller_search {
    SEARCH_NONE,
    SEARCH_LOADS, /* of `problem` */
    SEARCH_PLAN,  /* for it */
    SEARCH_CASE,  /* for the next row of the table of contingencies */
    SEARCH_TRIAL  /* without a supply that is about to fail (preempt.h) */
};

struct controller_counts {
    uint32_t steps;
    uint32_t sweeps;      /* rounds of one bus in which every supply had its turn */
    uint32_t late_sweeps; /* of these, longer than sweep_us */
    uint32_t transfers;   /* finished, however they ended */
    uint32_t retries;
    uint32_t pec_errors;
    uint32_t nacks;
    uint32_t timeouts;
    uint32_t recoveries; /* of a bus: clear, mux reset */
    uint32_t give_ups;   /* of a bus: still stuck after the recovery, tried again later */
    uint32_t mux_selects;
    uint32_t pin_writes;      /* to output registers of expanders */
    uint32_t pin_resets;      /* expanders found with their pins as inputs */
    uint32_t switch_commands; /* switches told to close or to open */
    uint32_t stuck_switches;  /* switches found not to follow */
    uint32_t plans;           /* questions that the planner had to search for */
    uint32_t foreseen;        /* questions answered by the table of contingencies */
    uint32_t moves;           /* times an answer was another allocation */
    uint32_t changes;         /* times a supply's state, or the mode, became another one */
    uint32_t losses;          /* supplies believed lost */
    uint32_t predictions;     /* supplies found failing before they have failed */
    uint32_t preemptions;     /* of these, replaced before they failed */
    uint32_t refusals;        /* trials of such a replacement that did not pay */
    uint32_t faults;          /* status registers found with bits that were news */
    uint32_t erasures;        /* status registers cleared bit by bit */
    uint32_t clears;          /* CLEAR_FAULTS sent */
    uint32_t busy;            /* times a supply said that it was busy, or put off its answer */
    uint32_t shorts;          /* times a bar was found shorted, trials in vain included */
    uint32_t restarts;        /* supplies switched off and on by OPERATION */
    uint32_t strangers;       /* answers that turned out to be another device's */
    uint32_t requests;        /* to servers */
    uint32_t caps;            /* servers told to draw less */
    uint32_t sheds;           /* servers told to be off */
    uint32_t escalations;     /* of these, because a cap was refused or not acknowledged */
    uint32_t deaf_servers;    /* found not to do as they are asked */
    uint32_t starts;          /* servers told to start */
    uint32_t alerts;          /* times an alert line was found low */
    uint32_t alert_asks;      /* reads from the alert response address */
    uint32_t alert_storms;    /* alert lines ignored because they fell too often ... */
    uint32_t alert_holds;     /* ... or stayed low whatever was done */
    uint32_t broken;          /* invariants of our own found broken: leads to the safe state */
};

struct controller {
    struct ctl_config cfg;
    enum controller_mode mode;
    enum config_fault fault;
    uint32_t now_us;
    uint32_t started_us;
    uint32_t tick_us;          /* last look at a part of what only time changes */
    uint8_t tick;              /* the part that is next */
    uint32_t sequence_us;      /* last look at the switches; the next one is due ... */
    uint32_t sequence_wait_us; /* ... so long after it, when `sequencing` */
    bool sequencing;           /* some switch is not where the plan wants it, or still moves */
    bool supplies_told;        /* the supplies know where their switches are */
    bool replan;               /* something changed that a plan may depend on */
    bool reload;               /* what the bars want has, or who of the servers can give way */
    bool answered;             /* `plan` is the answer to `problem`, not what is done meanwhile */
    bool surveyed;             /* every bus had a full round, or is down: plans may be made */
    uint8_t served;            /* bars, bit per bar, by the present allocation */
    uint8_t redundant;
    struct wire wires[CTL_BUSES];
    struct supply supplies[CTL_SUPPLIES];
    struct identity identities[CTL_SUPPLIES];
    struct plausible plausibles[CTL_SUPPLIES];
    struct prognosis prognoses[CTL_SUPPLIES];
    struct preempt preempt;
    uint32_t sample_us; /* when the samples of the prognoses were last taken */
    uint8_t looked;     /* how far the looks at them have got: two for each supply */
    struct alerts alerts;
    struct pins pins[CTL_EXPANDERS];
    struct contact contacts[CTL_SWITCHES];
    struct shorted shorted[CTL_BARS];
    uint32_t drew_mW[CTL_BARS]; /* the most that its supplies gave of late */
    struct demand demand;
    bool at_rest;                /* every switch is where the plan wants it */
    uint8_t search;              /* enum controller_search: what the planner works at */
    struct plan_problem problem; /* what was last asked ... */
    struct plan plan;            /* ... and its answer, or what is done until there is one */
    struct planner planner;      /* a search begins with its loads */
    struct loads loads;
    struct contingency contingency; /* for `problem` */
    struct controller_counts count;
    struct journal journal;
};

/* Start, or start again, at now_us. A rack may be running: nothing is touched before it was read.
 *
 *   errors    a table that fails config_check() leaves the controller in CONTROLLER_SAFE with the
 *             reason in controller_fault()
 *   checked   tests/controller/test_step.c */
void controller_init(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);

/* The same after a reset that has left *c as it was, or as garbage: the journal's sound entries are
 * taken over. After a power-on controller_init() is the one to call. */
void controller_restart(struct controller *c, const struct ctl_config *cfg, uint32_t now_us);

/* Take one step: read the world, decide, say what to do. Never waits; bounded work.
 *
 *   c         in/out: state, owned by the caller, set up once by controller_init()
 *   in        every field valid
 *   out       overwritten, tx as far as n_tx says; wake_us is at most one second ahead
 *   errors    none: a NACK, a bad PEC or an absurd reading is an input and leads to a state
 *   source    controller/DESIGN.md, "One step"
 *   checked   tests/controller/test_step.c, test_reset.c, test_storm.c, tests/fuzz/fuzz_step.c */
void controller_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out);

/* What it has seen and done: entry n, 0 the newest, of the journal, and of the story that was set aside
 * when the first bar went dark. False: there is no such entry. */
bool controller_journal(const struct controller *c, uint8_t n, struct journal_entry *entry);
bool controller_dark_story(const struct controller *c, uint8_t n, struct journal_entry *entry);

/* What it believes. An index out of range reads as absent, open, 0 or CONTROLLER_AGE_NONE. */
enum controller_mode controller_mode(const struct controller *c);
enum config_fault controller_fault(const struct controller *c); /* why it is in its safe state */
const struct controller_counts *controller_counts(const struct controller *c);
enum supply_state controller_supply_state(const struct controller *c, uint8_t supply);
uint32_t controller_supply_v_mV(const struct controller *c, uint8_t supply);
int32_t controller_supply_i_mA(const struct controller *c, uint8_t supply);
uint32_t controller_supply_age_us(const struct controller *c, uint8_t supply);
uint16_t controller_supply_status(const struct controller *c, uint8_t supply);  /* last word read */
uint16_t controller_supply_history(const struct controller *c, uint8_t supply); /* every bit seen */
/* Bits recorded of its status register `reg` (0 STATUS_VOUT ... 7 STATUS_FANS_1_2), and what it was found
 * not to know, by bits of lacks.h. */
uint8_t controller_supply_recorded(const struct controller *c, uint8_t supply, uint8_t reg);
uint16_t controller_supply_lacks(const struct controller *c, uint8_t supply);

/* Prognosis: health, time until it fails (UINT32_MAX: not in sight), how sure that is in %, and whether
 * it has been replaced because of it. */
enum prognosis_health controller_supply_health(const struct controller *c, uint8_t supply);
uint32_t controller_supply_left_s(const struct controller *c, uint8_t supply);
uint8_t controller_supply_confidence(const struct controller *c, uint8_t supply);
bool controller_supply_preempted(const struct controller *c, uint8_t supply);

/* Switches: what the plan wants, what the expander was told, what its pin was last read as. */
bool controller_switch_wanted(const struct controller *c, uint8_t sw);
bool controller_switch_told(const struct controller *c, uint8_t sw);
bool controller_switch_read(const struct controller *c, uint8_t sw);
bool controller_switch_stuck(const struct controller *c, uint8_t sw);

/* Does this supply feed this bar, by what the expander was told? */
bool controller_feeds(const struct controller *c, uint8_t supply, uint8_t bar);
/* Has the bar the redundancy it was configured with, by the present allocation? */
bool controller_bar_served(const struct controller *c, uint8_t bar);
bool controller_bar_redundant(const struct controller *c, uint8_t bar);

/* Power of a bar: what it draws once everything asked is done, what it would draw if no server was
 * held down, what its supplies can give; of a server: what shall be in force. */
uint32_t controller_bar_draw_mW(const struct controller *c, uint8_t bar);
uint32_t controller_bar_wanted_mW(const struct controller *c, uint8_t bar);
uint32_t controller_bar_budget_mW(const struct controller *c, uint8_t bar);
enum ctl_ask controller_server_asked(const struct controller *c, uint16_t server);
/* Single failures whose answer is ready to be looked up. */
uint16_t controller_planned_ahead(const struct controller *c);
/* Is the best plan still being searched for? */
bool controller_is_planning(const struct controller *c);

/* The part of this that a bench watches, as plain data that can travel. */
struct controller_view {
    uint8_t mode; /* enum controller_mode */
    uint16_t planned_ahead;
    struct {
        uint8_t state;  /* enum supply_state */
        uint8_t health; /* enum prognosis_health */
        bool preempted;
        uint32_t left_s;
    } supplies[CTL_SUPPLIES];
    struct {
        uint32_t draw_mW;
        uint32_t wanted_mW;
        uint32_t budget_mW;
    } bars[CTL_BARS];
    struct controller_counts counts;
};
void controller_view(const struct controller *c, struct controller_view *v);

const char *controller_mode_name(enum controller_mode mode);

#endif

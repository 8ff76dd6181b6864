/* bench.h - what a run can be played on beside the process itself: a controller elsewhere, the wall's
 * clock. The simulator asks through these structs, hil/ stands behind them. */
#ifndef SIM_BENCH_H
#define SIM_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "controller/controller.h"
#include "models/ns.h"

enum { BENCH_TEXT = 512, BENCH_NAME = 24 };

/* The controller runs on a board at the other end of a link, and does all that controller.h says of
 * one in the process: but it cannot be copied, so a plant with one is not to be forked.
 *
 * A call that fails returns false, and from then on nothing works but reading what was said before:
 * `failed` is set and `why` says in one sentence which link, what was expected, and what came. */
struct remote {
    const char *link; /* as the user wrote it */
    char board[BENCH_NAME], firmware[BENCH_NAME];
    struct controller_view view; /* what the controller said of itself, last */

    /* controller_init(), and controller_restart() after a reset of the board. */
    bool (*init)(struct remote *r, const struct ctl_config *cfg, uint32_t now_us);
    bool (*restart)(struct remote *r, const struct ctl_config *cfg, uint32_t now_us);
    bool (*step)(struct remote *r, const struct ctl_in *in, struct ctl_out *out);

    /* Its journal, [1] the story set aside; newest first. */
    bool (*read_journal)(struct remote *r);
    struct journal_entry journal[2][JOURNAL_ENTRIES];
    uint8_t n_journal[2];

    bool charged;  /* a step takes what it has taken on the board, not the scenario's step_cost */
    ns_t cost;     /* of the last step on the board */
    int64_t steps; /* since init() */
    ns_t cost_sum, cost_most;
    bool emulated; /* costs are instructions times an estimate */

    bool failed;
    bool interrupted; /* it failed because the user had enough */
    char why[BENCH_TEXT];
};

/* How late instants were done with, by the wall's clock: what a board answers in one comes into force
 * then. */
struct lateness {
    int64_t instants;
    ns_t most;
    ns_t jitter; /* the latest less the least late one */
};

/* Real time: an instant of the run is not handled before its time has come, and then noted as done. */
struct pace {
    ns_t budget;   /* a run in which an instant came later than this proves nothing */
    bool is_short; /* there was not the memory to note every instant */
    void (*begin)(struct pace *p);
    void (*await)(struct pace *p, ns_t at);
    void (*done)(struct pace *p, ns_t at);
    struct lateness (*between)(const struct pace *p, ns_t from, ns_t to);
};

#endif

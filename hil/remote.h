/* remote.h - the controller at the other end of a link, as sim/bench.h wants it.
 *
 * Lockstep: a question is sent, its answer awaited, and nothing else happens meanwhile. Whatever else
 * comes (nothing, a part, noise, an answer twice or out of turn, a greeting in the middle of a run)
 * ends the run; no answer is guessed and no step is taken twice.
 *
 *   checked   tests/hil/test_remote.c; tests/hil/lockstep.sh on emulated boards */
#ifndef HIL_REMOTE_H
#define HIL_REMOTE_H

#include "sim/bench.h"

#include <signal.h>

struct remote_options {
    ns_t patience;      /* how long an answer may take */
    const char *board;  /* that has to be there; NULL: any */
    bool charged;       /* struct remote */
    double cycles;      /* of an instruction of an emulated board */
    const char *images; /* folder of installed images of emulated boards; NULL: none */
    const volatile sig_atomic_t *stop;
};

/* Open the link and greet the board. NULL: `why` says what stands against it: nobody there, another
 * board, other firmware. */
struct remote *remote_open(const char *link, const struct remote_options *options,
                           char why[BENCH_TEXT]);

/* Let it go: a real board is reset and waits for the next greeting, an emulated one ends. NULL is fine. */
void remote_close(struct remote *r);

#endif

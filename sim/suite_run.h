/* suite_run.h - plays the scenarios of a suite, several at a time, each in a process of its own.
 *
 * A crash, a hang or a kill of one is that one's error. The processes die with the one that started
 * them, whatever becomes of it. */
#ifndef SIM_SUITE_RUN_H
#define SIM_SUITE_RUN_H

#include <signal.h>

#include "outcome.h"
#include "suite.h"

struct suite_options {
    const char *out;                   /* each trace goes to OUT/NAME; NULL: none are kept */
    int32_t jobs;                      /* at a time, from 1 */
    int32_t repeat;                    /* each so often, from 1: the event hashes must be equal */
    ns_t timeout;                      /* of each run, by the wall */
    const volatile sig_atomic_t *stop; /* not 0: end now */
};

/* What a suite does after a scenario has ended. */
enum suite_go {
    SUITE_ON,
    SUITE_FINISH, /* wait for those that run, start no more */
    SUITE_KILL    /* kill those that run */
};

/* What runs now. */
struct suite_now {
    int32_t running;
    int32_t oldest; /* a case */
    double oldest_s;
};

struct suite_ear {
    void *ctx;
    enum suite_go (*ended)(void *ctx, int32_t i);            /* outcomes[i] is complete */
    void (*waiting)(void *ctx, const struct suite_now *now); /* a few times a second */
};

/* Play them all; outcomes[s->n] are overwritten, strings are in the arena. Those that were not
 * played to their end when the suite was ended stay CASE_NOT_RUN. */
void suite_run(const struct suite *s, const struct suite_options *o, struct arena *a,
               struct outcome outcomes[], const struct suite_ear *ear);

/* suite_play.c: play one in this process and write its outcome to `out`. The exit status of the
 * process. */
enum suite_exit {
    SUITE_PLAYED = 0,
    SUITE_REFUSED = 64, /* it can't be played: what was said tells why */
    SUITE_UNKEPT        /* its trace could not be written */
};
enum suite_exit suite_play(const char *path, const char *folder, FILE *out);

#endif

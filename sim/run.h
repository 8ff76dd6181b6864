/* run.h - one scenario played from start to end: plant, script, judge, log and trace together. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <signal.h>

#include "balance.h"
#include "judge.h"
#include "log.h"
#include "plant.h"
#include "script.h"
#include "waves.h"

/* A trace that will take more than this is warned of, or refused. */
#define RUN_WARNED_B  1e9
#define RUN_REFUSED_B 10e9

struct pace; /* bench.h */

struct run_options {
    struct plant_options plant; /* its seed is what the run uses */
    const char *out;            /* folder of the trace; NULL: none */
    struct waves_options waves; /* which waveforms to write */
    ns_t sample;                /* 0 or less: the scenario's, or a thousandth of the duration */
    bool large;                 /* signals.csv may take more than RUN_REFUSED_B */
    bool model_error;           /* fitted parameters make verdicts as uncertain as they are */
    struct pace *pace;          /* play it in real time; NULL: as fast as it goes */
    const volatile sig_atomic_t *stop; /* not 0: end at the next instant; NULL: never */
    void *progress_ctx;
    void (*progress)(void *ctx, ns_t now, ns_t end); /* called now and then; NULL: never */
};

struct run {
    const struct scenario *scenario;
    struct run_options options;
    struct world *world;
    struct script *script;
    struct judge *judge;
    struct log log;
    struct waves *waves;     /* NULL: none are written */
    struct books begin, end; /* of energy: they close with plant_options.meter_all */
    bool interrupted;
    char late[128]; /* why it is INVALID */
};

/* Can it be played? What stands against it beyond what the loader finds is reported. */
bool run_check(const struct scenario *s, struct diag *d);

/* Will its trace have a sane size? What is beyond is reported, before anything is written. */
bool run_check_size(const struct scenario *s, const struct run_options *options, struct diag *d);

/* Is it at rest at t = 0? Builds the rack; warns when it is not. */
void run_check_rest(const struct scenario *s, struct diag *d);

/* Play it and judge it; with `out` leave a trace. NULL: reported, nothing is left behind. A link to the
 * controller that breaks on the way makes it VERDICT_ERROR, real time that was missed VERDICT_INVALID. */
struct run *run_play(const struct scenario *s, const struct run_options *options, struct diag *d);
void run_free(struct run *r);

#endif

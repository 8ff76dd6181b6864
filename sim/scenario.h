/* scenario.h - one scenario file, read and checked: a rack, what is done to it, what must hold.
 *
 * Immutable, in one arena. `powergap explain scenario` describes the language; scenario.c reads it. */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "expr.h"
#include "models/kind.h"
#include "rack.h"
#include "text.h"

/* One action of one part. */
struct target {
    int32_t part;
    const struct action *action;
    const struct action *undo; /* NULL unless the deed has a duration */
    struct act_args args;
};

/* What happens. At one instant deeds are done in file order; the targets of a deed in order. */
struct deed {
    const struct expr
        *when;     /* NULL: at a fixed time. Several instances: the first to become true */
    ns_t at;       /* NS_NEVER with `when` */
    ns_t lasts;    /* `for`: undone after that long; NS_NEVER: not undone */
    int32_t times; /* 1, or how often from `at` on, `every` apart */
    ns_t every;
    bool optional; /* else a deed that never fires fails the scenario */
    int32_t n_targets;
    const struct target *targets;
    const char *text; /* "at 50 ms: psu2.lose_input" */
    struct place place;
};

enum expect_what {
    EXPECT_GAP,   /* the longest interval in which expr holds is at most at_most */
    EXPECT_NEVER, /* expr never holds (for longer than `lasting`) */
    EXPECT_AFTER, /* within `within` after each `after`, expr holds */
    EXPECT_COUNT, /* least <= number <= most: of times a condition becomes true, or of the value
                     that a plain expression has at the end */
    EXPECT_HOLDS, /* expr holds at the instant `at` */
    EXPECT_ENDS   /* expr holds at the end */
};

/* What must hold. Each instance of expr has its own verdict and margin. */
struct expectation {
    enum expect_what what;
    const struct expr *expr;
    ns_t at_most;
    ns_t lasting; /* 0: not even for a nanosecond */
    ns_t within;
    ns_t at;
    double least, most; /* -INFINITY, INFINITY */
    int32_t n_after;    /* the actions that start the clock, or ... */
    const struct target *after;
    const struct expr *after_expr; /* ... the condition that does; NULL */
    const char *text;              /* "gap: bus_a.v < 11.4 V, at_most: 1 ms" */
    struct place place;
};

enum vary_how {
    VARY_LIST,
    VARY_UNIFORM,
    VARY_NORMAL,
    VARY_LOGNORMAL,
    VARY_WEIBULL,
    VARY_EXPONENTIAL
};
enum vary_of { VARY_FIELD, VARY_DEED_AT, VARY_DEED_FOR, VARY_DEED_TO, VARY_SEED };

/* One dimension of a campaign: checked here, run elsewhere. */
struct vary {
    enum vary_of of;
    int32_t n_parts; /* VARY_FIELD: the parts, and the row of each one's kind */
    const int32_t *parts;
    const struct field *const *fields;
    int32_t deed; /* VARY_DEED_*: index */
    enum vary_how how;
    int32_t n_values; /* VARY_LIST: SI; times in seconds; choices as index */
    const double *values;
    double a, b;        /* uniform: from, to; normal: mean, sigma; lognormal: median, sigma of ln;
                    weibull: scale, shape; exponential: mean */
    const char *target; /* as written */
    const char *text;
    struct place place;
};

/* A parameter that follows a measured curve. */
struct profile {
    int32_t part;
    const struct field *field;
    int32_t series; /* index into rack.series */
    struct place place;
};

struct scenario {
    const char *path;
    const struct input *inputs; /* the files that it is made of, itself first */
    const char *title;
    int32_t n_covers;
    const char *const *covers;
    struct rack rack;
    ns_t duration;
    ns_t sample; /* period of signals.csv; 0: the program's choice */
    struct place sample_at;
    uint64_t seed;
    int32_t n_deeds;
    const struct deed *deeds;
    int32_t n_expectations;
    const struct expectation *expectations;
    int32_t n_vary;
    const struct vary *vary;
    int32_t n_profiles;
    const struct profile *profiles;
    struct arena *arena;
};

/* Read a scenario and all it names. NULL when there was an error; all of them are in *d. */
struct scenario *scenario_load(const char *path, struct diag *d);

/* The same from memory; `path` is for messages and for finding files beside it. */
struct scenario *scenario_load_text(const char *path, const char *bytes, size_t size,
                                    struct diag *d);

void scenario_free(struct scenario *s);

#endif

/* stand.h - a test stand for parts: a rack in a few lines of YAML, acted on step by step.
 *
 *   struct stand *s = stand_new("psu1: {is: psu, v: 12 V, ...}\nl1: {is: load, at: psu1, ...}\n");
 *   stand_run(s, MS(10));
 *   stand_act(s, "psu1", "lose_input");
 *   ns_t fell = stand_run_to(s, "psu1", EV_WARNING, MS(100));
 *   stand_free(s);
 *
 * Each part is one line; of a key that is given twice the last one counts, so that a part may be
 * written as a macro and what is different behind it.
 *
 * A rack that does not load, a name that is not there and an event that does not come end the test.
 */
#ifndef TESTS_STAND_H
#define TESTS_STAND_H

#include "models/net.h"
#include "sim/plant.h"
#include "sim/scenario.h"

enum { STAND_EVENTS = 4096 };

struct stand {
    struct scenario *scenario;
    struct world *world;
    int32_t part; /* what stand_act() does */
    const struct action *action;
    struct act_args args;
    bool done; /* the action has changed something */
    int32_t n_events;
    struct event event[STAND_EVENTS]; /* the first so many */
    /* While a segment of the network goes by: look at it. NULL: nobody does. */
    void (*look)(struct stand *s, ns_t t0, ns_t t1);
    double seen[8]; /* for look() */
};

struct stand *stand_new(const char *rack);
/* The same with another seed. */
struct stand *stand_seeded(const char *rack, uint64_t seed);
void stand_free(struct stand *s);

int32_t stand_part(const struct stand *s, const char *name);
bool stand_act(struct stand *s, const char *part, const char *action);
bool stand_act_with(struct stand *s, const char *part, const char *action, struct act_args args);

ns_t stand_now(const struct stand *s);
void stand_run(struct stand *s, ns_t until);
/* To the next event of this kind, `within` from now on; the end of that instant. */
ns_t stand_run_to(struct stand *s, const char *part, enum event_kind kind, ns_t within);

/* The n-th event of this kind (from 0), NULL; when it was, NS_NEVER; how many there were. */
const struct event *stand_event(const struct stand *s, const char *part, enum event_kind kind,
                                int32_t n);
ns_t stand_when(const struct stand *s, const char *part, enum event_kind kind, int32_t n);
int32_t stand_count(const struct stand *s, const char *part, enum event_kind kind);

/* A signal now, or at an instant of the present segment; of tap or input i of a family. */
double stand_read(const struct stand *s, const char *part, const char *signal);
double stand_read_at(const struct stand *s, const char *part, const char *signal, ns_t at);
double stand_read_of(const struct stand *s, const char *part, const char *family, int32_t i);

#endif

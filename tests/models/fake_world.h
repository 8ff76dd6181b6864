/* fake_world.h - a world without electricity, for tests of single parts.
 *
 * It has a clock, parts of any kinds, one due time a part, the tie rule, events with their causes,
 * and random draws by index. Parts get the defaults of their field tables.
 *
 *   struct world *w = fake_world();
 *   int32_t bus = fake_add(w, &i2c_kind, "smbus0");
 *   fake_set_real(w, bus, "clock", 400e3);
 *   fake_start(w);
 *   fake_run(w, MS(5)); */
#ifndef TESTS_MODELS_FAKE_WORLD_H
#define TESTS_MODELS_FAKE_WORLD_H

#include "models/kind.h"
#include "models/world.h"

enum { FAKE_PARTS = 64, FAKE_EVENTS = 4096 };

struct fake_event {
    int32_t part;
    enum event_kind kind;
    double value;
    ns_t at, from;
    uint32_t cause;
};

struct world *fake_world(void);
void fake_world_free(struct world *w);

/* A part with the defaults of its kind; returns its index. */
int32_t fake_add(struct world *w, const struct kind *kind, const char *name);

/* Parameters by their keys; an unknown key ends the test. */
void fake_set_real(struct world *w, int32_t part, const char *key, double value);
void fake_set_time(struct world *w, int32_t part, const char *key, ns_t value);
void fake_set_int(struct world *w, int32_t part, const char *key, int32_t value);
void fake_set_i2c(struct world *w, int32_t part, const char *key, struct i2c_path path);

/* wire(), join() and start() of every part, in order. */
void fake_start(struct world *w);

/* Everything that is due up to `until`, that instant included; then it is `until`. */
void fake_run(struct world *w, ns_t until);

/* The next due instant only. False: nothing is due. */
bool fake_next(struct world *w);

/* Run an action by its key with its default arguments, or with these. True: it had an effect. */
bool fake_act(struct world *w, int32_t part, const char *key);
bool fake_act_with(struct world *w, int32_t part, const char *key, struct act_args args);

/* A signal by its key, and a member of a family. */
double fake_signal(const struct world *w, int32_t part, const char *key);
double fake_member(const struct world *w, int32_t part, const char *key, int32_t member);

/* Events so far; ids count from 1. The last one of a kind; 0: none. */
uint32_t fake_events(const struct world *w);
const struct fake_event *fake_event(const struct world *w, uint32_t id);
uint32_t fake_last(const struct world *w, enum event_kind kind);
uint32_t fake_count(const struct world *w, enum event_kind kind);

#endif

/* circuit.h - a rack of ideal parts in a few lines, run without a scenario file.
 *
 *   struct circuit *c = circuit_new();
 *   circuit_add(c, &node_kind, "bus", "c=10e-3 v0=12");
 *   circuit_add(c, &source_kind, "p1", "at=bus e=12.2 r=2e-3");
 *   circuit_do(c, MS(1), "p1.off", "over=1e-6");
 *   circuit_watch(c, "bus", 10.8);
 *   struct world *w = circuit_start(c, (struct plant_options){0});
 *   plant_run(w, MS(3));
 *
 * Keys are those of the kinds' field tables, numbers are SI, times are seconds. A word that is not
 * known ends the program: it is the test that is wrong. */
#ifndef TESTS_CIRCUIT_H
#define TESTS_CIRCUIT_H

#include "models/ideal.h"
#include "sim/plant.h"
#include "sim/rack.h"

enum { CIRCUIT_PARTS = 1024, CIRCUIT_DEEDS = 512, CIRCUIT_WATCHES = 8, CIRCUIT_EVENTS = 4096 };

struct circuit_deed {
    ns_t at;
    int32_t part;
    const struct action *action;
    struct act_args args;
};

/* How a node's voltage went, against a threshold. A gap at the end counts up to there. */
struct circuit_watch {
    int32_t node;
    double below_V, v_min_V;
    int32_t gaps;
    ns_t first_down, last_up, down_since, gap; /* down_since: NS_NEVER when it is up */
};

/* What a world has told; its own in each fork. */
struct circuit_log {
    const struct circuit *circuit;
    int32_t n_watches, n_events;
    struct circuit_watch watch[CIRCUIT_WATCHES];
    struct event event[CIRCUIT_EVENTS]; /* the first so many */
};

struct circuit {
    int32_t n_parts, n_deeds;
    struct part parts[CIRCUIT_PARTS];
    struct circuit_deed deed[CIRCUIT_DEEDS];
    struct circuit_log log; /* of the world that circuit_start() gave */
};

struct circuit *circuit_new(void);
/* The circuit, and the world if there is one. */
void circuit_free(struct circuit *c, struct world *w);

void circuit_add(struct circuit *c, const struct kind *kind, const char *name, const char *params);
/* The same for name1 .. nameN, where a '#' in params stands for the number. */
void circuit_add_many(struct circuit *c, const struct kind *kind, const char *name, int32_t n,
                      const char *params);
void circuit_do(struct circuit *c, ns_t at, const char *part_action, const char *args);
void circuit_watch(struct circuit *c, const char *node, double below_V);

struct world *circuit_start(struct circuit *c, struct plant_options options);
/* A fork that does the same deeds and keeps a log of its own, which goes on from this one. */
struct world *circuit_fork(const struct world *w, struct circuit_log *log);

int32_t circuit_part(const struct circuit *c, const char *name);
/* A signal of a part ("bus.v") now. */
double circuit_read(const struct circuit *c, const struct world *w, const char *part_signal);
/* When the n-th (from 0) event of this kind happened to the part; NS_NEVER: it did not. */
ns_t circuit_when(const struct circuit *c, const char *part, enum event_kind kind, int32_t n);

#endif

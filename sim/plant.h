/* plant.h - the rack under simulation: one flat block of memory, and the handle to it.
 *
 * Everything that a run changes stands in struct plant and the arrays behind it, found by distances
 * in bytes and by indices. Copying `size` bytes therefore forks the run. What never changes during
 * a run (parameters, wiring, sparse pattern) is outside, shared by all forks. */
#ifndef SIM_PLANT_H
#define SIM_PLANT_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"
#include "models/kind.h"
#include "models/net.h"
#include "models/world.h"
#include "scenario.h"
#include "sparse.h"

struct slot {
    int64_t state_at;    /* bytes from the plant to the model's state */
    int32_t home;        /* a node of the part's, NO_STATE: it has none */
    uint32_t wake_cause; /* the event that asked for the due time */
    uint32_t wakes;      /* times that a due time was asked for */
    uint32_t draws;      /* numbers taken from the part's random stream */
    uint64_t stream;     /* the key of that: from seed and name */
};

enum member {
    MEMBER_STATE,
    MEMBER_SOURCE,
    MEMBER_LINK,
    MEMBER_LOAD,
    MEMBER_GUARD,
    MEMBER_MOVER,
    MEMBER_TYPES
};

enum { CAUSE_LAST, CAUSE_HELPED, CAUSE_HURT, CAUSES };

/* Nodes that conducting links join; it advances on its own. Its index is its lowest node.
 * Between t0 and the end of its segment every state is the cubic
 *   x(q) = (1 - q) x0 + q (x1 + (1 - q) (c0 + q c1)),  q = (t - t0) / h. */
struct island {
    ns_t t0;
    double h_s;      /* length of the segment */
    double h_next_s; /* what the error control thinks of the next one */
    ns_t bend;       /* first instant after t0 at which one of its ramps bends */
    bool ramps;      /* one moves now */
    bool falls;      /* the segment ends early, where a mode or a guard may */
    bool settled;    /* nothing moves: x0 holds until somebody touches it */
    bool marked;     /* its nodes may belong together otherwise now */
    bool dirty;      /* somebody has: t0 is now, and the segment is a point */
    int32_t n_nodes;
    uint32_t cause[CAUSES]; /* last event that changed it; that helped, that hurt its voltages */
    int32_t first[MEMBER_TYPES], count[MEMBER_TYPES];
    ns_t changed;    /* when anything in it did, or a ramp bent */
    uint64_t shape;  /* another number when it has other members, or other currents that move */
    uint64_t change; /* another number when anything in it changed */
};

struct plant_counts {
    int64_t events, ties, steps, rejected, factorisations, located, partitions;
};

/* What could not settle before t = 0 (rest.h). */
struct unrest {
    bool restless;
    int32_t part; /* whose voltage moves fastest */
    double fastest_V_per_s;
};

struct plant {
    int64_t size;
    ns_t now;
    uint64_t seed;
    uint64_t hash; /* over every event so far */
    uint32_t n_events;
    uint32_t cause; /* the event being handled */
    ns_t last_due;  /* of the slot handled last, to count ties */
    uint32_t last_rank;
    ns_t chatter_since;
    int32_t chatter;
    uint64_t changes; /* shapes and changes of islands so far */
    int32_t n_marked; /* islands to be found anew */
    bool keep_start;  /* the user gave the start voltages: don't settle */
    bool running;     /* wired and settled: events count */
    struct unrest unrest;
    struct plant_counts counts;
    int32_t n_parts;
    int64_t islands_at, island_of_at, member_at[MEMBER_TYPES], marked_at;
    int32_t member_used[MEMBER_TYPES], member_room[MEMBER_TYPES];
    int64_t x0_at, x1_at, c0_at, c1_at;
    struct net net;
    struct heap heap;
    struct slot slots[]; /* of the parts */
};

/* What an event says when it happens; kept by the trace, not by the plant. */
struct event {
    uint32_t id, cause;
    ns_t at, from; /* from: when what ends here began, else at */
    int32_t part;
    enum event_kind kind;
    double value;
};

/* A current through an inductance L that rings with a capacitance C holds the energy of a voltage
 * that is sqrt(L / C) times it: to ask of so many amperes what is asked of volts is to ask for a
 * hundred times as much. So it may be off by what this voltage drives, too (rosenbrock.c). */
enum { RINGING_V = 4 };

/* Positions of an element's entries in the sparse matrix, -1 where it has none. */
struct wiring {
    struct sparse *sparse;
    double *mass;      /* C, L or trim_tau of each state */
    double *ringing_A; /* of each current that is a state: what RINGING_V drives of it; else 0 */
    double most_ringing_A;
    int32_t (*source)[10]; /* enums in integrator.h */
    int32_t (*link)[6];
};

struct sink {
    void *ctx;
    void (*event)(void *ctx, const struct event *e);
    /* The island has moved from t0 to t1; its curves can still be read. */
    void (*span)(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1);
};

enum integrator { INTEGRATOR_ROSENBROCK, INTEGRATOR_GSL_MSBDF };

struct remote; /* bench.h */

struct plant_options {
    uint64_t seed;
    double tolerance;      /* relative, per step; 0: the default 3e-6 */
    bool meter_all;        /* every link's and load's meters count, for a balance of energy */
    uint64_t shuffle_ties; /* 0: file order; else the seed of another order */
    enum integrator integrator;
    struct remote
        *remote; /* where the controller runs; NULL: in the process. Can't be forked then */
};

/* What the scenario does to the rack; its due time is plant_wake_script(). */
struct script_hook {
    void *ctx;
    void (*due)(void *ctx, struct world *w);
    /* A segment of this island is new or an event has happened: are conditions met, and when? */
    void (*look)(void *ctx, struct world *w);
};

struct world {
    struct plant *plant;
    const struct part *parts;
    const struct wiring *wiring;
    struct scratch *scratch;
    struct plant_options options;
    struct sink sink;
    struct script_hook script;
};

/* Build, settle to the electrical start values, and start every part at t = 0. NULL: no memory.
 * The parts stay the caller's and must outlive the world. */
struct world *plant_new(const struct part parts[], int32_t n_parts,
                        const struct plant_options *options, const struct sink *sink);
void plant_free(struct world *w);

/* A second world that continues from here on its own; wiring and parts are shared. */
struct world *plant_fork(const struct world *w, const struct sink *sink);
void plant_free_fork(struct world *fork);

/* Handle everything due up to and including `until`, then stand at `until`. */
void plant_run(struct world *w, ns_t until);

/* Go to the next instant at which something is due (<= until) and handle it all. False when nothing
 * is left: the plant stands at `until`. */
bool plant_next(struct world *w, ns_t until);

/* Nobody else is due in the instant being handled. */
bool plant_is_last(const struct world *w);

/* Call the script's due() at `due`, before anything else that is due then. */
void plant_wake_script(struct world *w, ns_t due);

/* Bring every island to now, so that observers have seen everything. */
void plant_flush(struct world *w);

/* ---- arrays behind the plant ------------------------------------------------------------------ */
static inline void *plant_at(struct plant *p, int64_t bytes)
{
    return (char *)p + bytes;
}

static inline struct island *plant_island(const struct world *w, int32_t i)
{
    return (struct island *)plant_at(w->plant, w->plant->islands_at) + i;
}

static inline int32_t *plant_island_of(const struct world *w)
{
    return plant_at(w->plant, w->plant->island_of_at);
}

static inline const int32_t *plant_members(const struct world *w, const struct island *isl,
                                           enum member type)
{
    return (const int32_t *)plant_at(w->plant, w->plant->member_at[type]) + isl->first[type];
}

static inline struct slot *plant_slot(const struct world *w, int32_t part)
{
    return &w->plant->slots[part];
}

static inline double *plant_x0(const struct world *w)
{
    return plant_at(w->plant, w->plant->x0_at);
}

/* A state on the island's present segment, at `at` from t0 on. */
double plant_state(const struct world *w, int32_t state, ns_t at);

#endif

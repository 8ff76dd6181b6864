/* net.h - the electrical network: nodes, sources, links and loads, and the laws of their currents.
 *
 *   node     C dv/dt = sum of the currents into it; every node has capacitance, so the network is
 *            always an ODE and never a set of algebraic equations
 *   source   regulated: L di/dt = e(t) + trim - v - R i, or without L: i = (e(t) - v) / R;
 *            limited to i_max and to p_max / v; one that is not reversible never takes current
 *   link     i = clamp(s(t) (va - vb - v_f) / R, lo, hi): resistor, switch, FET in its current
 *            limit, ideal diode; fully closed with L: L di/dt = va - vb - R i; opening with L: the
 *            same against the voltage of the arc or the avalanche, until the current is gone
 *   load     i = p(t) / v (constant power), below v_floor the resistor v_floor^2 / p
 *
 * Each law may bend but never jump within a mode. A mode ends where its margin falls through zero;
 * the plant finds that nanosecond and lets the next mode begin. Because states (v, i, trim) never
 * jump, which mode is right is decided element by element, without iteration.
 *
 * e, s and p are ramps: linear between two instants, constant before and after. */
#ifndef MODELS_NET_H
#define MODELS_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "ns.h"

struct world;

enum { GROUND = -1, NO_STATE = -1 };

/* A quantity that is linear in time from t0 to t1 and constant outside. */
struct ramp {
    ns_t t0, t1; /* t0 <= t1 */
    double y0, y1;
};

/* An instant inside an integrator's step: seconds after the whole nanosecond where it begins. No
 * ramp begins or ends strictly inside a step. */
struct when {
    ns_t step;
    double s;
};

static inline struct when when_ns(ns_t t)
{
    return (struct when){.step = t, .s = 0.0};
}

struct ramp ramp_constant(double y);
double ramp_at(const struct ramp *r, struct when t);
/* d/dt per second, in the open interval that begins at t. */
double ramp_slope(const struct ramp *r, ns_t t);
/* The next instant after t at which the slope changes; NS_NEVER: none. */
ns_t ramp_break(const struct ramp *r, ns_t t);
/* At y already, and bound for nowhere else. */
bool ramp_rests(const struct ramp *r, ns_t t, double y);
/* From its value at t to y within `over`; over 0: a jump. */
void ramp_to(struct ramp *r, ns_t t, double y, ns_t over);

struct node {
    double c_F;
    double v0_V; /* start value */
    int32_t part;
};

enum source_mode {
    SOURCE_OFF,
    SOURCE_REGULATES,
    SOURCE_I_LIMIT,
    SOURCE_P_LIMIT,
    SOURCE_BLOCKED /* not reversible, and the node is above its e */
};

struct source {
    int32_t node;
    int32_t part;
    int32_t share_node; /* its voltage is the mean per-unit current of a share line; NO_STATE */
    int32_t state_i;    /* index of its current among the states, NO_STATE: no inductance */
    int32_t state_trim; /* index of its share trim, NO_STATE: droop only */
    enum source_mode mode;
    bool reversible;
    double r_Ohm;
    double l_H; /* the control loop's lag as an inductance: tau R */
    double i_max_A;
    double p_max_W;       /* INFINITY: none */
    double i_rated_A;     /* per-unit base of the share line */
    double share_g_S;     /* how hard it drives the share line */
    double share_gain;    /* its current sense: 1 + error */
    double trim_tau_s;    /* trim_tau dtrim/dt = trim_V_per_pu (share - i_pu) */
    double trim_V_per_pu; /* volts of trim per unit of sharing error and trim_tau */
    double trim_max_V;
    struct ramp e;             /* V */
    struct ramp s;             /* scales the current: 1 on, 0 gone */
    double i0_A;               /* start value, with L */
    double charge_C, energy_J; /* meters: delivered at the node */
};

enum link_mode {
    LINK_OPEN,
    LINK_CONDUCTS,  /* ohmic, through s(t) */
    LINK_HIGH,      /* in its current limit, a to b */
    LINK_LOW,       /* in its current limit, b to a */
    LINK_BLOCKED,   /* one-way, and reverse biased */
    LINK_INDUCTIVE, /* fully closed, its current is a state */
    LINK_CLAMPED    /* opening: its current dies against clamp(t) */
};

struct link {
    int32_t a, b; /* states of the two nodes, GROUND */
    int32_t part;
    int32_t state_i; /* NO_STATE: no inductance */
    enum link_mode mode;
    bool one_way; /* conducts from a to b only, above v_f */
    bool couples; /* may conduct without being told (a diode): always joins its nodes' islands */
    bool metered; /* its part reads its meters; others count only when the run asks for all */
    double r_Ohm;
    double l_H;
    double v_f_V;
    double i_max_A;                    /* current limit of either direction, INFINITY: none */
    struct ramp s;                     /* conductance over 1/R: 0 open .. 1 closed */
    struct ramp clamp;                 /* V: arc or avalanche */
    double i0_A;                       /* start value, with L */
    double charge_C, loss_J, heat_A2s; /* meters */
};

enum load_mode { LOAD_OFF, LOAD_POWER, LOAD_RESISTOR };

struct load {
    int32_t node;
    int32_t part;
    enum load_mode mode;
    double v_floor_V;
    struct ramp p;   /* W */
    double energy_J; /* meter; counts only when the run asks for all */
};

enum guard_what { GUARD_VOLTAGE, GUARD_SOURCE_CURRENT, GUARD_LINK_CURRENT };

/* Calls its part back in the first whole nanosecond in which the quantity is beyond the level. */
struct guard {
    enum guard_what what;
    int32_t a, b; /* voltage: between these nodes; current: a is the source or link */
    int32_t part, code;
    bool armed;
    double sign; /* +1: fires when below the level, -1: when above */
    double level;
};

struct net {
    int32_t n_nodes, n_sources, n_links, n_loads, n_guards, n_states;
    bool counting; /* the first of two wiring passes: count, store nothing */
    int64_t nodes_at, sources_at, links_at, loads_at, guards_at; /* bytes from this struct */
};

#define NET_ARRAY(type, name, many)                                                                \
    static inline struct type *net_##name(struct net *n, int32_t i)                                \
    {                                                                                              \
        return (struct type *)(void *)((char *)n + n->many##_at) + i;                              \
    }                                                                                              \
    static inline const struct type *net_##name##_const(const struct net *n, int32_t i)            \
    {                                                                                              \
        return (const struct type *)(const void *)((const char *)n + n->many##_at) + i;            \
    }
NET_ARRAY(node, node, nodes)
NET_ARRAY(source, source, sources)
NET_ARRAY(link, link, links)
NET_ARRAY(load, load, loads)
NET_ARRAY(guard, guard, guards)
#undef NET_ARRAY

/* ---- the laws: pure functions of an element, the states x and the time -------------------------- */

static inline double voltage_V(const double x[], int32_t node)
{
    return node == GROUND ? 0.0 : x[node];
}

/* A current and its partial derivatives; what a law does not depend on is 0. */
struct flow {
    double i_A;
    double by_v; /* of a source or load: by its node's voltage; of a link: by va (by vb: minus) */
    double by_i; /* by its own state of current */
    double by_trim; /* of a source */
    double by_t;    /* per second */
};

/* Source: the current into its node. Link: from a to b. Load: out of its node. */
double source_i_A(const struct source *u, const double x[], struct when t);
double link_i_A(const struct link *k, const double x[], struct when t);
double load_i_A(const struct load *l, const double x[], struct when t);
double load_W(const struct load *l, const double x[], struct when t); /* i v */
bool load_is_steady(const struct load *l, ns_t t); /* its power is, while its mode lasts */
struct flow source_flow(const struct source *u, const double x[], struct when t);
struct flow link_flow(const struct link *k, const double x[], struct when t);
struct flow load_flow(const struct load *l, const double x[], struct when t);

/* L di/dt of an element whose current is a state, in volts; 0 while its mode holds the current. */
double source_drive_V(const struct source *u, const double x[], struct when t);
double link_drive_V(const struct link *k, const double x[], struct when t);
/* Of the voltage v_V across a link: what its inductance does not give back. */
double link_lost_V(const struct link *k, double v_V, double i_A, struct when t);
bool source_is_free(const struct source *u); /* its current moves by itself: state and mode */
bool link_is_free(const struct link *k);

/* 1/2 L i^2 of a link whose current is a state; 0 while it is not one. */
double link_stored_J(const struct link *k, const double x[]);

/* trim_tau dtrim/dt, in volts, for a source current of i_A; and what keeps a trim in its range. */
double source_trim_drive_V(const struct source *u, const double x[], double i_A);
double source_trim_by_trim(const struct source *u, const double x[]);

/* What the law is of the states and of time, while its mode lasts and no ramp bends. */
enum shape {
    SHAPE_AFFINE,
    SHAPE_POWER, /* p / v out of a node, p constant */
    SHAPE_BENT   /* anything else */
};
enum shape source_shape(const struct source *u, ns_t t);
bool source_current_is_bent(const struct source *u, ns_t t); /* its trim apart */
enum shape link_shape(const struct link *k, ns_t t);
enum shape load_shape(const struct load *l, ns_t t);

/* A quantity that ends something when it leaves its range: of an element, its mode; of a guard, its
 * peace. While modes last and no ramp bends it is affine in the states, with these slopes, unless
 * it is bent. */
struct range {
    double y;
    double lo, hi;  /* -INFINITY, INFINITY: no end there */
    double by_v;    /* of a source or load: by its node's voltage; of a link or a voltage: by va,
                       minus by vb */
    double by_i;    /* by its own state of current */
    double by_trim; /* of a source */
    bool bent;
};
struct range source_range(const struct source *u, const double x[], struct when t);
struct range link_range(const struct link *k, const double x[], struct when t);
struct range load_range(const struct load *l, const double x[]);
struct range guard_range(const struct guard *g, const struct net *n, const double x[],
                         struct when t);

/* How far it is inside: falls through zero where it leaves; INFINITY where it can't. */
static inline double range_margin(const struct range *r)
{
    double above = r->y - r->lo;
    double below = r->hi - r->y;

    return above < below ? above : below;
}

/* The mode that belongs to the states x; the present one while its margin is not negative. */
enum source_mode source_mode_at(const struct source *u, const double x[], struct when t);
enum link_mode link_mode_at(const struct link *k, const double x[], struct when t);
enum load_mode load_mode_at(const struct load *l, const double x[]);

/* ---- claims, in wire() ------------------------------------------------------------------------
 * Each copies *what and returns its index. Node indices are state indices. */
int32_t net_add_node(struct world *w, int32_t part, double c_F, double v0_V);
int32_t net_add_source(struct world *w, const struct source *what);
int32_t net_add_link(struct world *w, const struct link *what);
int32_t net_add_load(struct world *w, const struct load *what);
int32_t net_add_guard(struct world *w, const struct guard *what);

/* The start voltages are as given: don't look for the steady state before t = 0. */
void net_keep_start(struct world *w);

/* ---- changes, at an event -----------------------------------------------------------------------
 * Each first brings the island to now, so that what was is accounted for under the old law. */
enum effect { EFFECT_NONE, EFFECT_HELPS, EFFECT_HURTS }; /* for the voltage, to explain gaps */

/* Bring the element's island to now and give the element to be changed. */
struct source *net_change_source(struct world *w, int32_t source, enum effect effect);
struct link *net_change_link(struct world *w, int32_t link, enum effect effect);
struct load *net_change_load(struct world *w, int32_t load, enum effect effect);
/* Set a link's or a source's mode (others follow by themselves). */
void net_set_link_mode(struct world *w, int32_t link, enum link_mode mode, enum effect effect);

/* Arm or disarm; an armed guard that is beyond its level already fires in this instant. */
void net_arm(struct world *w, int32_t guard, bool armed);
/* Another level for it; the same holds. */
void net_set_level(struct world *w, int32_t guard, double level);

/* ---- readings at an instant of the present segment -------------------------------------------- */
double net_v_V(const struct world *w, int32_t node, ns_t at);
double net_source_i_A(const struct world *w, int32_t source, ns_t at);
double net_link_i_A(const struct world *w, int32_t link, ns_t at);
double net_load_i_A(const struct world *w, int32_t load, ns_t at);
double net_load_W(const struct world *w, int32_t load, ns_t at);
#endif

/* server_state.h - what server.c (power) and server_agent.c (its management) share. */
#ifndef MODELS_SERVER_STATE_H
#define MODELS_SERVER_STATE_H

#include <stdbool.h>

#include "field.h"
#include "net.h"
#include "terminal.h"

enum server_restore { RESTORE_ALWAYS, RESTORE_ASKS };

struct server_params {
    struct tap_list from;
    double p_W, boot_W, c_F, r_Ohm, v_f_V, i_max_A, off_below_V, on_above_V;
    ns_t insertion, converter_start, boot, stagger;
    int32_t start, priority;
    /* its agent */
    int32_t channel, restore;
    double cap_least;
    ns_t cap_time, off_time, agent_boot, restore_wait;
};

enum server_phase {
    SERVER_OFF,
    SERVER_INSERTED,
    SERVER_BOOTS,
    SERVER_ON,
    SERVER_HALTED,
    SERVER_WAITS
};
#define SERVER_WORDS "OFF|INSERTED|BOOTS|ON|HALTED|WAITS"

/* What a server does by itself, each at its own time. */
enum server_timer { TIMER_PHASE, TIMER_LIMIT, TIMERS };

struct agent {
    double limit_W; /* draws no more than this: INFINITY, a cap, or 0 when told to be off */
    double asked_W; /* what comes into force when TIMER_LIMIT has run out */
    uint8_t number; /* of the last request */
    bool mute, refuses;
    bool permitted; /* it was told to start */
    ns_t up_at;     /* has no power before then */
    double announced_W;
    ns_t announced_at;
    double energy_J; /* drawn since the mean was last taken ... */
    ns_t metered_at; /* ... up to here */
    ns_t mean_from;  /* when it was last taken */
    double mean_W;
};

struct server_state {
    struct terminal terminal; /* first: terminal.h */
    int32_t link[TAPS_MAX];
    int32_t load, uvlo_guard, back_guard;
    enum server_phase phase;
    int32_t place; /* among the servers, for the staggered restart */
    int32_t drops;
    double p_W;   /* what it would draw when it runs */
    ns_t off_at;  /* since when it does not */
    ns_t lost_ns; /* time without service, ended outages */
    ns_t timer[TIMERS];
    struct agent agent;
};

struct world;

/* Call due() when the timer has run out; NS_NEVER: not. */
void server_set_timer(struct world *w, int32_t part, enum server_timer timer, ns_t at);
/* Draw that much from now on, or what its limit leaves of it. */
void server_draw(struct world *w, int32_t part, double p_W, ns_t over);
/* Go off, into this phase, in good order. */
void server_switch_off(struct world *w, int32_t part, enum server_phase phase);
/* Off until now: restart as soon as the input is there. */
void server_switch_on(struct world *w, int32_t part);

/* ---- the agent --------------------------------------------------------------------------------- */

void agent_wire(struct world *w, int32_t part);
/* Must it be told before it starts after its input was gone? */
bool agent_asks(const struct world *w, int32_t part);
/* What it draws is about to change: the meter takes what was. */
void agent_meter(struct world *w, int32_t part);
/* It has lost its power, or got it back. */
void agent_dies(struct world *w, int32_t part);
void agent_powered(struct world *w, int32_t part);
/* TIMER_PHASE has run out while it waits to be told. */
void agent_waits(struct world *w, int32_t part);
/* Its power has stepped: what was announced has come. */
void agent_stepped(struct world *w, int32_t part);
/* TIMER_LIMIT has run out. */
void agent_limits(struct world *w, int32_t part);

struct act_args;
bool agent_announce(struct world *w, int32_t part, const struct act_args *a);
bool agent_mute(struct world *w, int32_t part, const struct act_args *a);
bool agent_speak(struct world *w, int32_t part, const struct act_args *a);
bool agent_refuse(struct world *w, int32_t part, const struct act_args *a);
bool agent_obey(struct world *w, int32_t part, const struct act_args *a);

#endif

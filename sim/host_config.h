/* host_config.h - the controller's parameters and state in the simulator, and its table of a rack. */
#ifndef SIM_HOST_CONFIG_H
#define SIM_HOST_CONFIG_H

#include "controller/controller.h"
#include "models/channel.h"
#include "models/kind.h"
#include "rack.h"

struct host_params {
    ns_t poll, step_cost, stale, identify, answer, watchdog, boot, trend, horizon;
    int32_t retries, confirm, look, slow, redundancy, preempt;
    double sharing;
    /* alert lines */
    ns_t idle_poll, storm_window, storm_pause;
    int32_t alerts, storm_falls;
};

enum host_phase {
    HOST_RUNS,
    HOST_HUNG,    /* takes no steps; the watchdog, if there is one, will reset it */
    HOST_RESTARTS /* was reset, and has not got to its first step yet */
};

/* A server's report that has arrived and waits for its step. */
struct host_report {
    uint8_t server;
    uint32_t cause;
    struct channel_report said;
};

struct host_state {
    struct controller controller;
    struct ctl_config config;
    struct ctl_in in;
    struct ctl_out out;
    enum host_phase phase;
    bool asks;    /* a server, at free_at */
    ns_t free_at; /* the last step has left the CPU */
    ns_t wake_at; /* what it asked for */
    bool under_way[CTL_BUSES];
    int32_t bus_part[CTL_BUSES];
    int32_t supply_part[CTL_SUPPLIES];
    int32_t switch_part[CTL_SWITCHES];
    int32_t bar_part[CTL_BARS];
    int32_t expander_part[CTL_EXPANDERS];
    int32_t server_part[CTL_SERVERS];
    struct host_report inbox[CTL_SERVERS]; /* a ring */
    int32_t inbox_first, inbox_n;
    int32_t alert_part[CTL_ALERTS];
    uint8_t seen[CTL_SUPPLIES]; /* states last said */
    uint32_t changes;           /* the controller's count of them then */
    uint32_t news;              /* event that the next step is about, 0: none */
    int64_t steps;
};

extern const struct field host_fields[];

/* Derive the table from the rack's parts. */
void host_configure(struct world *w, int32_t part, struct host_state *s);

/* What of a rack the controller is not built for; NULL: nothing. A sentence. */
const char *host_problem(const struct part parts[], int32_t n_parts);

#endif

/* host_config.c - from the rack's parts to the controller's constant table. */
#include "host_config.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "models/alert.h"
#include "models/bus.h"
#include "models/channel.h"
#include "models/expander.h"
#include "models/feed.h"
#include "models/i2c.h"
#include "models/psu.h"
#include "models/server.h"
#include "models/switchgear.h"
#include "models/world.h"
#include "rack.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

enum { REDUNDANCY_OF_BARS, REDUNDANCY_N, REDUNDANCY_N1, REDUNDANCY_N2, REDUNDANCY_2N };

#define FIELD(k, member)  .key = k, .offset = offsetof(struct host_params, member)
#define TIME(least, most) .type = FIELD_TIME, .min = least, .max = most
const struct field host_fields[] = {
    {FIELD("poll", poll), TIME(0.0, 60.0), .def = 5e-3,
     .doc = "every supply has one turn in this time; 0: as fast as the bus goes"},
    {FIELD("look", look), .type = FIELD_COUNT, .min = 1, .max = 100, .def = 1,
     .doc = "its voltage is read in every look-th turn, its status in every one", .source = ""},
    {FIELD("slow", slow), .type = FIELD_COUNT, .min = 0, .max = 6, .def = 1,
     .doc = "slow readings a turn (current, input, temperatures, fan); 0: current with voltage, no "
            "others",
     .source = ""},
    {FIELD("redundancy", redundancy), .type = FIELD_CHOICE, .choices = "of-bars|N|N+1|N+2|2N",
     .def = REDUNDANCY_OF_BARS, .doc = "wanted on every bar; of-bars: as each bar's `spare` says"},
    {FIELD("step_cost", step_cost), TIME(0.0, 1.0), .def = 20e-6,
     .doc = "CPU time from an input to the answer (10..100 us a transaction)", .source = "E"},
    {FIELD("retries", retries), .type = FIELD_COUNT, .min = 0, .max = 20, .def = 3,
     .doc = "repeats of a failed transfer", .source = "S90"},
    {FIELD("confirm", confirm), .type = FIELD_COUNT, .min = 1, .max = 100, .def = 1,
     .doc = "readings in a row that must agree before a supply is believed lost", .source = "S86"},
    {FIELD("sharing", sharing), .type = FIELD_REAL, .quantity = QTY_RATIO, .min = 0.0, .max = 1.0,
     .def = 0.1, .doc = "by how much one supply may exceed its share (droop alone: up to 25 %)",
     .source = "S4"},
    {FIELD("stale", stale), TIME(1e-3, 600.0), .def = 50e-3,
     .doc = "older readings are not believed", .source = ""},
    {FIELD("trend", trend), TIME(0.2, 1800.0), .def = 60.0,
     .doc = "between samples of the prognosis; a tenth of a supply's thermal time constant or more",
     .source = ""},
    {FIELD("horizon", horizon), TIME(1.0, 1e8), .def = 7.0 * 86400.0,
     .doc = "a supply that is foretold to fail within this is replaced if that pays",
     .source = "E"},
    {FIELD("preempt", preempt), .type = FIELD_COUNT, .min = 0, .max = 100, .def = 2,
     .doc = "supplies replaced before they fail, in a day at most; 0: none", .source = ""},
    {FIELD("answer", answer), TIME(1e-3, 60.0), .def = 20e-3,
     .doc = "a request that a server has not acknowledged by then has failed", .source = "E"},
    {FIELD("identify", identify), TIME(1e-3, 600.0), .def = 1.0,
     .doc = "between attempts to find a supply that doesn't answer", .source = ""},
    {FIELD("alerts", alerts), .type = FIELD_FLAG, .def = 1.0,
     .doc = "listens to the rack's alert lines; no: only polls"},
    {FIELD("idle_poll", idle_poll), TIME(0.0, 600.0), .def = 0.0,
     .doc =
         "a sweep may take this long while nothing happens and all alert lines are to be trusted; "
         "0: as `poll`",
     .source = ""},
    {FIELD("storm_falls", storm_falls), .type = FIELD_COUNT, .min = 1, .max = 250, .def = 20,
     .doc = "an alert line that falls more often within storm_window is ignored for as long",
     .source = "E"},
    {FIELD("storm_window", storm_window), TIME(1e-3, 600.0), .def = 100e-3,
     .doc = "see storm_falls; twice as long each further time", .source = "E"},
    {FIELD("storm_pause", storm_pause), TIME(1e-3, 600.0), .def = 10.0,
     .doc = "the longest that an alert line is ignored for that", .source = "E"},
    {FIELD("watchdog", watchdog), TIME(0.0, 600.0), .def = 1.6,
     .doc = "resets it when it has taken no step for so long; 0: there is none", .source = "E"},
    {FIELD("boot", boot), TIME(0.0, 60.0), .def = 5e-3, .doc = "from a reset to its first step",
     .source = "E"},
    NONE,
};

/* The i2c path among a part's parameters; every device kind has one. */
static const struct i2c_path *path_of(const struct world *w, int32_t part)
{
    for (const struct field *f = world_kind(w, part)->fields; f->key != NULL; f++) {
        if (f->type == FIELD_I2C) {
            return (const struct i2c_path *)(const void *)((const char *)world_params(w, part) +
                                                           f->offset);
        }
    }
    return NULL;
}

/* host_problem() lets no rack through with more buses than CTL_BUSES. */
static uint8_t bus_index(struct host_state *s, int32_t bus_part)
{
    for (int b = 0; b < CTL_BUSES; b++) {
        if (s->bus_part[b] == NO_PART || s->bus_part[b] == bus_part) {
            s->bus_part[b] = bus_part;
            return (uint8_t)b;
        }
    }
    check_failed("a free bus", __FILE__, __LINE__);
}

static uint8_t mux_address(const struct world *w, const struct i2c_path *path)
{
    return path->mux == NO_PART ? CTL_NO_MUX : (uint8_t)path_of(w, path->mux)->address;
}

static uint8_t mux_channel(const struct i2c_path *path)
{
    return path->mux == NO_PART ? CTL_NO_CHANNEL : (uint8_t)path->channel;
}

static uint32_t milli(double si)
{
    return (uint32_t)lround(si * 1e3);
}

static uint32_t micro(ns_t t)
{
    return t >= SECONDS(4000) ? UINT32_MAX / 2u : (uint32_t)((t + 999) / 1000);
}

static uint8_t feed_index(const struct world *w, int32_t feed)
{
    uint8_t index = 0;

    if (feed == NO_PART) {
        return CTL_NO_FEED;
    }
    for (int32_t i = 0; i < feed; i++) {
        index = (uint8_t)(index + (world_kind(w, i) == &feed_kind));
    }
    return index;
}

/* The row of chips.c that is made for it. */
static uint8_t chip_of(const struct world *w, int32_t i)
{
    static const uint8_t rows[PSU_PERSONALITIES] = {
        [PSU_STANDARD] = CTL_CHIP_STANDARD,         [PSU_WRONG_PEC] = CTL_CHIP_WRONG_PEC,
        [PSU_NO_VOUT_MODE] = CTL_CHIP_NO_VOUT_MODE, [PSU_NEEDS_GAP] = CTL_CHIP_NEEDS_GAP,
        [PSU_NEEDS_TOGGLE] = CTL_CHIP_NEEDS_TOGGLE, [PSU_SLOW_OK] = CTL_CHIP_SLOW_OK,
        [PSU_PMBUS_1_1] = CTL_CHIP_PMBUS_1_1};

    return psu_has_ara(w, i) ? rows[psu_personality(w, i)] : (uint8_t)CTL_CHIP_NO_ARA;
}

static void add_supply(const struct world *w, int32_t i, struct host_state *s)
{
    const struct i2c_path *path = psu_path(w, i);
    uint8_t n = s->config.n_supplies++;

    s->supply_part[n] = i;
    s->config.supplies[n] = (struct ctl_supply_config){
        .bus = bus_index(s, path->bus),
        .mux_address = mux_address(w, path),
        .channel = mux_channel(path),
        .address = (uint8_t)path->address,
        .chip = chip_of(w, i),
        .feed = feed_index(w, psu_feed(w, i)),
        .capacity_mW = milli(psu_rated_W(w, i)),
    };
}

static void add_bar(const struct world *w, int32_t i, const struct host_params *p,
                    struct host_state *s)
{
    uint8_t n = s->config.n_bars++;
    static const uint8_t spares[] = {[REDUNDANCY_N1] = 1, [REDUNDANCY_N2] = 2, [REDUNDANCY_2N] = 1};
    bool of_bar = p->redundancy == REDUNDANCY_OF_BARS;

    s->bar_part[n] = i;
    s->config.bars[n] = (struct ctl_bar_config){
        .v_low_mV = milli(bus_low_V(w, i)),
        .v_high_mV = milli(bus_high_V(w, i)),
        .load_mW = milli(bus_expected_load_W(w, i)),
        .spare = of_bar ? (uint8_t)bus_spare(w, i) : spares[p->redundancy],
        .two_feeds = of_bar ? bus_two_feeds(w, i) : p->redundancy == REDUNDANCY_2N,
        .priority = (uint8_t)bus_priority(w, i),
    };
}

static void add_expander(const struct world *w, int32_t i, struct host_state *s)
{
    const struct i2c_path *path = path_of(w, i);
    uint8_t n = s->config.n_expanders++;

    s->expander_part[n] = i;
    s->config.expanders[n] = (struct ctl_expander_config){
        .bus = bus_index(s, path->bus),
        .mux_address = mux_address(w, path),
        .channel = mux_channel(path),
        .address = (uint8_t)path->address,
    };
}

static uint8_t index_in(const int32_t parts[], uint8_t n, int32_t part)
{
    uint8_t i = 0;

    while (i < n && parts[i] != part) {
        i++;
    }
    CHECK(i < n);
    return i;
}

/* What a part's field of this name holds; NULL: its kind has none. */
static const void *value_of(const struct world *w, int32_t part, const char *key)
{
    for (const struct field *f = world_kind(w, part)->fields; f->key != NULL; f++) {
        if (strcmp(f->key, key) == 0) {
            return (const char *)world_params(w, part) + f->offset;
        }
    }
    return NULL;
}

/* A FET stage with ORing lets nothing back from its bar; a contact, or a FET without, does. */
static bool has_oring(const struct world *w, int32_t part)
{
    const int32_t *oring = value_of(w, part, "oring");

    return oring != NULL && *oring != 0;
}

/* Of a contact; what does not say how long it lives does not wear. */
static uint32_t life_of(const struct world *w, int32_t part)
{
    const double *life = value_of(w, part, "life");

    return life == NULL ? 0 : (uint32_t)*life;
}

static void add_switch(const struct world *w, int32_t i, struct host_state *s)
{
    const struct switch_params *sw = world_params(w, i);
    const struct switch_verbs *verbs = switch_verbs_of(w, i);
    uint8_t n = s->config.n_switches++;

    s->switch_part[n] = i;
    s->config.switches[n] = (struct ctl_switch_config){
        .supply = index_in(s->supply_part, s->config.n_supplies, sw->from.at[0].part),
        .bar = index_in(s->bar_part, s->config.n_bars, sw->to.at[0].part),
        .one_way = has_oring(w, i),
        .expander = index_in(s->expander_part, s->config.n_expanders, sw->on.device),
        .bit = (uint8_t)sw->on.bit,
        .active_low = sw->active != 0,
        .close_us = micro(verbs->longest(sw, true)),
        .open_us = micro(verbs->longest(sw, false)),
        .dwell_us = micro(verbs->dwell(sw)),
        .life = life_of(w, i),
    };
}

static bool has_agent(const struct world *w, int32_t i)
{
    return world_kind(w, i) == &server_kind && server_channel(w, i) != NO_PART;
}

static void add_server(const struct world *w, int32_t i, struct host_state *s)
{
    const struct tap_list *from = server_from(w, i);
    uint16_t n = s->config.n_servers++;
    struct ctl_server_config *v = &s->config.servers[n];

    s->server_part[n] = i;
    s->config.report_us = micro(channel_period(w, server_channel(w, i)));
    v->priority = (uint8_t)server_priority(w, i);
    v->rated_mW = milli(server_rated_W(w, i));
    v->least_mW = milli(server_least_W(w, i));
    v->surge_mW = milli(server_boot_W(w, i));
    for (int32_t k = 0; k < from->n; k++) {
        if (world_kind(w, from->at[k].part) == &bus_kind) {
            uint8_t bar = index_in(s->bar_part, s->config.n_bars, from->at[k].part);
            v->bars = (uint8_t)(v->bars | 1u << bar);
        }
    }
}

/* A switch that the controller can drive: from a supply it can read to a bar, by a pin. */
static bool is_driven(const struct world *w, int32_t i)
{
    if (!switch_is(w, i)) {
        return false;
    }
    const struct switch_params *sw = world_params(w, i);

    return sw->on.device != NO_PART && world_kind(w, sw->from.at[0].part) == &psu_kind &&
           psu_path(w, sw->from.at[0].part)->bus != NO_PART &&
           world_kind(w, sw->to.at[0].part) == &bus_kind;
}

/* Each line ends at an input pin of its own, in file order. */
static void add_line(struct host_state *s, int32_t i)
{
    struct ctl_alert_config *a = &s->config.alert;

    s->alert_part[a->n_lines] = i;
    a->pin[a->n_lines] = a->n_lines;
    a->mux_tells[a->n_lines++] = true; /* until a supply is found that has no such mux */
}

static void join_lines(const struct world *w, struct host_state *s)
{
    struct ctl_alert_config *a = &s->config.alert;

    for (uint8_t n = 0; n < s->config.n_supplies; n++) {
        int32_t part = s->supply_part[n];
        int32_t line = psu_alert_line(w, part);
        a->line_of[n] = CTL_NO_ALERT;
        if (line != NO_PART && a->n_lines > 0) {
            a->line_of[n] = index_in(s->alert_part, a->n_lines, line);
            a->mux_tells[a->line_of[n]] = a->mux_tells[a->line_of[n]] && psu_alerts_by_mux(w, part);
        }
    }
}

static void add_alerts(const struct world *w, const struct host_params *p, struct host_state *s)
{
    for (int32_t i = 0; p->alerts && i < world_parts(w); i++) {
        if (world_kind(w, i) == &alert_kind) {
            add_line(s, i);
        }
    }
    join_lines(w, s);
    s->config.alert.idle_us = micro(p->idle_poll);
    s->config.alert.storm_falls = (uint8_t)p->storm_falls;
    s->config.alert.storm_us = micro(p->storm_window);
    s->config.alert.storm_most_us = micro(p->storm_pause);
}

void host_configure(struct world *w, int32_t part, struct host_state *s)
{
    const struct host_params *p = world_params(w, part);

    memset(&s->config, 0, sizeof s->config);
    s->config.retries = (uint8_t)p->retries;
    s->config.confirm = (uint8_t)p->confirm;
    s->config.look = (uint8_t)p->look;
    s->config.slow = (uint8_t)p->slow;
    s->config.sharing_permille = (uint16_t)lround(p->sharing * 1e3);
    s->config.sweep_us = micro(p->poll);
    s->config.stale_us = micro(p->stale);
    s->config.identify_us = micro(p->identify);
    s->config.trend_us = micro(p->trend);
    s->config.horizon_s = (uint32_t)(p->horizon / SECONDS(1));
    s->config.preempt_most = (uint16_t)p->preempt;
    s->config.answer_us = micro(p->answer);
    for (int b = 0; b < CTL_BUSES; b++) {
        s->bus_part[b] = NO_PART;
    }
    for (int32_t i = 0; i < world_parts(w); i++) {
        if (world_kind(w, i) == &psu_kind && psu_path(w, i)->bus != NO_PART) {
            add_supply(w, i, s);
        } else if (world_kind(w, i) == &bus_kind) {
            add_bar(w, i, p, s);
        } else if (world_kind(w, i) == &expander_kind) {
            add_expander(w, i, s);
        }
    }
    for (int32_t i = 0; i < world_parts(w); i++) {
        if (is_driven(w, i)) {
            add_switch(w, i, s);
        } else if (has_agent(w, i)) {
            add_server(w, i, s);
        }
    }
    add_alerts(w, p, s);
}

static int32_t count_kind(const struct part parts[], int32_t n, const struct kind *kind)
{
    int32_t many = 0;

    for (int32_t i = 0; i < n; i++) {
        many += parts[i].kind == kind;
    }
    return many;
}

const char *host_problem(const struct part parts[], int32_t n_parts)
{
    int32_t switches = count_kind(parts, n_parts, &fet_kind) +
                       count_kind(parts, n_parts, &relay_kind) +
                       count_kind(parts, n_parts, &breaker_kind);

    if (count_kind(parts, n_parts, &psu_kind) > CTL_SUPPLIES) {
        return "more supplies than this controller is built for (CTL_SUPPLIES)";
    }
    if (count_kind(parts, n_parts, &bus_kind) > CTL_BARS) {
        return "more bus bars than this controller is built for (CTL_BARS)";
    }
    if (switches > CTL_SWITCHES) {
        return "more switches than this controller is built for (CTL_SWITCHES)";
    }
    if (count_kind(parts, n_parts, &server_kind) > CTL_SERVERS &&
        count_kind(parts, n_parts, &channel_kind) > 0) {
        return "more servers than this controller is built for (CTL_SERVERS)";
    }
    if (count_kind(parts, n_parts, &expander_kind) > CTL_EXPANDERS) {
        return "more expanders than this controller is built for (CTL_EXPANDERS)";
    }
    if (count_kind(parts, n_parts, &alert_kind) > CTL_ALERTS) {
        return "more alert lines than this controller has pins for (CTL_ALERTS)";
    }
    return count_kind(parts, n_parts, &i2c_kind) > CTL_BUSES
               ? "more serial buses than this controller is master of (CTL_BUSES)"
               : NULL;
}

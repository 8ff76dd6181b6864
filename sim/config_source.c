/* config_source.c - struct ctl_config, member by member.  Checked by tests/sim/test_config_source.c: what
 * is compiled from it is the table, bit for bit. */
#include "config_source.h"

#include <inttypes.h>

static const char *const chips[CTL_CHIPS] = {
    [CTL_CHIP_STANDARD] = "CTL_CHIP_STANDARD",   [CTL_CHIP_NEEDS_GAP] = "CTL_CHIP_NEEDS_GAP",
    [CTL_CHIP_WRONG_PEC] = "CTL_CHIP_WRONG_PEC", [CTL_CHIP_NO_VOUT_MODE] = "CTL_CHIP_NO_VOUT_MODE",
    [CTL_CHIP_NO_ARA] = "CTL_CHIP_NO_ARA",       [CTL_CHIP_NEEDS_TOGGLE] = "CTL_CHIP_NEEDS_TOGGLE",
    [CTL_CHIP_SLOW_OK] = "CTL_CHIP_SLOW_OK",     [CTL_CHIP_PMBUS_1_1] = "CTL_CHIP_PMBUS_1_1",
};

/* What is zero is left out: C says it is. */
static void put(FILE *out, const char *member, uint32_t value)
{
    if (value != 0) {
        fprintf(out, " .%s = %" PRIu32 ",", member, value);
    }
}

static void put_hex(FILE *out, const char *member, uint32_t value)
{
    if (value != 0) {
        fprintf(out, " .%s = 0x%02" PRIX32 ",", member, value);
    }
}

static void put_flag(FILE *out, const char *member, bool value)
{
    if (value) {
        fprintf(out, " .%s = true,", member);
    }
}

/* A row of its own in the table's head. */
static void line(FILE *out, const char *member, uint32_t value)
{
    if (value != 0) {
        fprintf(out, "    .%s = %" PRIu32 ",\n", member, value);
    }
}

static void begin_row(FILE *out, unsigned i)
{
    fprintf(out, "        [%u] = {", i);
}

static void end_row(FILE *out, const char *name)
{
    fprintf(out, " }, /* %s */\n", name);
}

static void supply(FILE *out, const struct ctl_supply_config *u)
{
    put(out, "bus", u->bus);
    put_hex(out, "mux_address", u->mux_address);
    put(out, "channel", u->channel);
    put_hex(out, "address", u->address);
    fprintf(out, " .chip = %s,", chips[u->chip]);
    if (u->feed == CTL_NO_FEED) {
        fputs(" .feed = CTL_NO_FEED,", out);
    } else {
        put(out, "feed", u->feed);
    }
    put(out, "capacity_mW", u->capacity_mW);
}

static void bar(FILE *out, const struct ctl_bar_config *b)
{
    put(out, "v_low_mV", b->v_low_mV);
    put(out, "v_high_mV", b->v_high_mV);
    put(out, "load_mW", b->load_mW);
    put(out, "spare", b->spare);
    put_flag(out, "two_feeds", b->two_feeds);
    put(out, "priority", b->priority);
}

static void power_switch(FILE *out, const struct ctl_switch_config *sw)
{
    put(out, "supply", sw->supply);
    put(out, "bar", sw->bar);
    put_flag(out, "one_way", sw->one_way);
    put(out, "expander", sw->expander);
    put(out, "bit", sw->bit);
    put_flag(out, "active_low", sw->active_low);
    put(out, "close_us", sw->close_us);
    put(out, "open_us", sw->open_us);
    put(out, "dwell_us", sw->dwell_us);
    put(out, "life", sw->life);
}

static void expander(FILE *out, const struct ctl_expander_config *e)
{
    put(out, "bus", e->bus);
    put_hex(out, "mux_address", e->mux_address);
    put(out, "channel", e->channel);
    put_hex(out, "address", e->address);
}

static void server(FILE *out, const struct ctl_server_config *v)
{
    put_hex(out, "bars", v->bars);
    put(out, "priority", v->priority);
    put(out, "rated_mW", v->rated_mW);
    put(out, "least_mW", v->least_mW);
    put(out, "surge_mW", v->surge_mW);
}

static void alert(FILE *out, const struct ctl_alert_config *a)
{
    fprintf(out, "    .alert = {.n_lines = %u,\n        .pin = {", a->n_lines);
    for (unsigned i = 0; i < CTL_ALERTS; i++) {
        fprintf(out, "%u, ", a->pin[i]);
    }
    fputs("},\n        .mux_tells = {", out);
    for (unsigned i = 0; i < CTL_ALERTS; i++) {
        fputs(a->mux_tells[i] ? "true, " : "false, ", out);
    }
    fputs("},\n        .line_of = {", out);
    for (unsigned i = 0; i < CTL_SUPPLIES; i++) {
        fprintf(out, "%u, ", a->line_of[i]);
    }
    fputs("},\n       ", out);
    put(out, "idle_us", a->idle_us);
    put(out, "storm_falls", a->storm_falls);
    put(out, "storm_us", a->storm_us);
    put(out, "storm_most_us", a->storm_most_us);
    fputs(" },\n", out);
}

static void rows(FILE *out, const struct rack_table *t)
{
    const struct ctl_config *c = &t->config;

    fputs("    .supplies = {\n", out);
    for (unsigned i = 0; i < c->n_supplies; i++) {
        begin_row(out, i);
        supply(out, &c->supplies[i]);
        end_row(out, t->supply[i]);
    }
    fputs("    },\n    .bars = {\n", out);
    for (unsigned i = 0; i < c->n_bars; i++) {
        begin_row(out, i);
        bar(out, &c->bars[i]);
        end_row(out, t->bar[i]);
    }
    fputs("    },\n    .switches = {\n", out);
    for (unsigned i = 0; i < c->n_switches; i++) {
        begin_row(out, i);
        power_switch(out, &c->switches[i]);
        end_row(out, t->power_switch[i]);
    }
    fputs("    },\n    .expanders = {\n", out);
    for (unsigned i = 0; i < c->n_expanders; i++) {
        begin_row(out, i);
        expander(out, &c->expanders[i]);
        end_row(out, t->expander[i]);
    }
    fputs("    },\n", out);
    if (c->n_servers > 0) {
        fputs("    .servers = {\n", out);
        for (unsigned i = 0; i < c->n_servers; i++) {
            begin_row(out, i);
            server(out, &c->servers[i]);
            end_row(out, t->server[i]);
        }
        fputs("    },\n", out);
    }
}

void config_source_write(FILE *out, const struct rack_table *t, const char *scenario)
{
    const struct ctl_config *c = &t->config;

    fprintf(out,
            "/* What the controller knows of the rack in %s.\n"
            " *\n"
            " * Made by `powergap export --config`: not to be edited. */\n"
            "#include \"ctl_config.h\"\n\n"
            "_Static_assert(CTL_SUPPLIES >= %u && CTL_BARS >= %u && CTL_SWITCHES >= %u &&\n"
            "                   CTL_EXPANDERS >= %u && CTL_SERVERS >= %u,\n"
            "               \"this rack is larger than the controller is built for\");\n\n"
            "const struct ctl_config rack_config = {\n",
            scenario, c->n_supplies, c->n_bars, c->n_switches, c->n_expanders, c->n_servers);
    line(out, "n_supplies", c->n_supplies);
    line(out, "n_bars", c->n_bars);
    line(out, "n_switches", c->n_switches);
    line(out, "n_expanders", c->n_expanders);
    line(out, "n_servers", c->n_servers);
    line(out, "retries", c->retries);
    line(out, "confirm", c->confirm);
    line(out, "look", c->look);
    line(out, "slow", c->slow);
    line(out, "sharing_permille", c->sharing_permille);
    line(out, "preempt_most", c->preempt_most);
    line(out, "sweep_us", c->sweep_us);
    line(out, "stale_us", c->stale_us);
    line(out, "trend_us", c->trend_us);
    line(out, "horizon_s", c->horizon_s);
    line(out, "identify_us", c->identify_us);
    line(out, "report_us", c->report_us);
    line(out, "answer_us", c->answer_us);
    rows(out, t);
    alert(out, &c->alert);
    fputs("};\n", out);
}

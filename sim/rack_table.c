/* rack_table.c - from a scenario file to the controller's table.  Checked by tests/sim/test_config_source.c. */
#include "rack_table.h"

#include <string.h>

#include "host.h"
#include "host_config.h"
#include "plant.h"
#include "run.h"

static const struct place NOWHERE = {.in = NULL};

static void name(const struct rack *rack, part_name to[], const int32_t parts[], unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (parts[i] != NO_PART) {
            memcpy(to[i], rack->parts[parts[i]].name, PART_NAME_SIZE);
        }
    }
}

void rack_table_of(struct rack_table *t, const struct host_state *s, const struct rack *rack)
{
    const struct ctl_config *c = &s->config;

    memset(t, 0, sizeof *t);
    t->config = *c;
    name(rack, t->bus, s->bus_part, CTL_BUSES);
    name(rack, t->supply, s->supply_part, c->n_supplies);
    name(rack, t->bar, s->bar_part, c->n_bars);
    name(rack, t->power_switch, s->switch_part, c->n_switches);
    name(rack, t->expander, s->expander_part, c->n_expanders);
    name(rack, t->server, s->server_part, c->n_servers);
    name(rack, t->alert, s->alert_part, c->alert.n_lines);
}

/* The one controller; NO_PART: there is none, or more than one. */
static int32_t the_controller(const struct rack *r, int32_t *n)
{
    int32_t found = NO_PART;

    *n = 0;
    for (int32_t i = 0; i < r->n_parts; i++) {
        if (r->parts[i].kind == &controller_kind) {
            found = i;
            ++*n;
        }
    }
    return *n == 1 ? found : NO_PART;
}

static void read_table(struct rack_table *t, const struct scenario *s, struct diag *d)
{
    struct sink deaf = {.ctx = NULL};
    struct plant_options options = {.seed = s->seed};
    int32_t n;
    int32_t ctl = the_controller(&s->rack, &n);

    if (ctl == NO_PART) {
        diag_error(d, NOWHERE, "the rack in '%s' has %d controllers, not one", s->path, n);
        return;
    }
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &deaf);
    if (w == NULL) {
        diag_error(d, NOWHERE, "not enough memory for this rack");
    } else {
        rack_table_of(t, world_state_const(w, ctl), &s->rack);
    }
    plant_free(w);
}

bool rack_table_load(struct rack_table *t, const char *path, struct diag *d)
{
    struct scenario *s = scenario_load(path, d);

    if (s != NULL && run_check(s, d)) {
        read_table(t, s, d);
    }
    scenario_free(s);
    return diag_errors(d) == 0;
}

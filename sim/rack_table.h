/* rack_table.h - what the controller knows of a rack, with the names of what each row is about: for
 * whoever runs the controller on the real rack, and for those who show what it says. */
#ifndef SIM_RACK_TABLE_H
#define SIM_RACK_TABLE_H

#include <stdbool.h>

#include "controller/ctl_config.h"
#include "controller/ctl_io.h"
#include "diag.h"
#include "rack.h"

typedef char part_name[PART_NAME_SIZE]; /* "": there is none */

struct rack_table {
    struct ctl_config config;
    part_name bus[CTL_BUSES];
    part_name supply[CTL_SUPPLIES];
    part_name bar[CTL_BARS];
    part_name power_switch[CTL_SWITCHES];
    part_name expander[CTL_EXPANDERS];
    part_name server[CTL_SERVERS];
    part_name alert[CTL_ALERTS];
};

/* Of a controller in the simulator, by its state. */
struct host_state;
void rack_table_of(struct rack_table *t, const struct host_state *state, const struct rack *rack);

/* Of the one controller in a scenario's rack: the same table as in the simulation.
 *
 *   errors    false: a scenario that `powergap check` complains about, or a rack without a controller
 *             or with several; what is wrong is in *d
 *   checked   tests/sim/test_config_source.c */
bool rack_table_load(struct rack_table *t, const char *path, struct diag *d);

#endif

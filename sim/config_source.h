/* config_source.h - the controller's table of a rack as C, for a firmware image. */
#ifndef SIM_CONFIG_SOURCE_H
#define SIM_CONFIG_SOURCE_H

#include <stdio.h>

#include "controller/ctl_config.h"
#include "rack.h"

/* One constant, `const struct ctl_config rack_config`, of what is not zero. `state` of the controller
 * tells which part each row is about. */
struct host_state;
void config_source_write(FILE *out, const struct host_state *state, const struct rack *rack,
                         const char *scenario);

#endif

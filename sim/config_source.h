/* config_source.h - the controller's table of a rack as C, for a firmware image. */
#ifndef SIM_CONFIG_SOURCE_H
#define SIM_CONFIG_SOURCE_H

#include <stdio.h>

#include "rack_table.h"

/* One constant, `const struct ctl_config rack_config`, of what is not zero; comments say which part each
 * row is about. */
void config_source_write(FILE *out, const struct rack_table *t, const char *scenario);

#endif

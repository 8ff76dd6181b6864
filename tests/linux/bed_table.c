/* bed_table.c - apart from bed.c: the simulator and the pretend rack each have a struct rack. */
#include <criterion/criterion.h>

#include "sim/rack_table.h"

void bed_table(struct ctl_config *cfg);

void bed_table(struct ctl_config *cfg)
{
    static struct rack_table table;
    struct diag *d = diag_new();

    cr_assert(rack_table_load(&table, "tests/linux/rack.yaml", d));
    diag_free(d);
    *cfg = table.config;
}

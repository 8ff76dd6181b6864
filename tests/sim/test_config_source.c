/* What `powergap export --config` writes is compiled as a firmware would compile it, and loaded: it is the
 * simulated controller's own table. Oracle: that table, encoded as for a board, byte for byte. */
#include "sim/config_source.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hil/link.h"
#include "sim/host.h"
#include "sim/host_config.h"
#include "sim/scenario.h"
#include "suite.h"

static const struct host_state *state_of(const struct world *w, const struct scenario *s)
{
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        if (s->rack.parts[i].kind == &controller_kind) {
            return world_state_const(w, i);
        }
    }
    return NULL;
}

static uint16_t encoded(struct ctl_config cfg, struct link_frame *f)
{
    link_begin(f, LINK_INIT, 0);
    link_config(f, &cfg);
    return f->n;
}

/* The constant in that C file. */
static const struct ctl_config *compiled(const char *folder, void **library)
{
    char command[512];
    char path[128];

    snprintf(
        command, sizeof command,
        "gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -ffreestanding -Icontroller -shared -fPIC "
        "-o '%s/c.so' '%s/c.c'",
        folder, folder);
    cr_assert_eq(system(command), 0);
    snprintf(path, sizeof path, "%s/c.so", folder);
    *library = dlopen(path, RTLD_NOW);
    cr_assert_not_null(*library, "%s", dlerror());
    return dlsym(*library, "rack_config");
}

static void is_the_table(const char *path)
{
    static struct link_frame ours, theirs;
    static struct rack_table written;
    struct diag *d = diag_new();
    char folder[] = "/tmp/powergap-config-XXXXXX";
    char name[128];
    void *library = NULL;
    struct scenario *s = suite_load(path);
    struct sink deaf = {.ctx = NULL};
    struct plant_options options = {.seed = s->seed};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &deaf);
    const struct host_state *state = state_of(w, s);

    cr_assert_not_null(mkdtemp(folder));
    snprintf(name, sizeof name, "%s/c.c", folder);
    FILE *out = fopen(name, "w");
    cr_assert_not_null(out);
    cr_assert(rack_table_load(&written, path, d));
    config_source_write(out, &written, path);
    diag_free(d);
    fclose(out);
    const struct ctl_config *table = compiled(folder, &library);
    cr_assert_not_null(table);
    cr_expect_eq(encoded(state->config, &ours), encoded(*table, &theirs), "%s", path);
    cr_expect_arr_eq(ours.bytes, theirs.bytes, ours.n, "%s", path);
    dlclose(library);
    snprintf(name, sizeof name, "rm -rf '%s'", folder);
    cr_expect_eq(system(name), 0);
    plant_free(w);
    scenario_free(s);
}

Test(config_source, compiles_to_the_table_of_the_simulated_controller)
{
    is_the_table("scenarios/psu-failure/fet.yaml");
    is_the_table("scenarios/interrupt/mux-that-tells.yaml");
    is_the_table("scenarios/server-channel/feed-loss.yaml");
    is_the_table("scenarios/readings/personalities.yaml");
    is_the_table("scenarios/prediction/capacitors.yaml");
    is_the_table("scenarios/switches/inverted.yaml");
}

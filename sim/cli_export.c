/* cli_export.c - `powergap export`: the circuit for another program. */
#include "cli.h"
#include "config_source.h"
#include "output.h"
#include "rack_table.h"
#include "rest.h"
#include "run.h"
#include "spice.h"

static const char more[] =
    "Plays the scenario up to a time and writes the electrical circuit at that instant as a "
    "netlist\n"
    "that ngspice runs: nodes with their capacitance and voltage, supplies, switches, ORing "
    "stages\n"
    "and loads, under the names of their parts. What changes later is left out; of ideal parts\n"
    "(node, source, switch, load, ...) --script writes it, too: timed deeds, lock-out, hiccup, "
    "trip.\n\n"
    "With --config it writes what the controller knows of the rack, as a constant in C for a\n"
    "firmware image: the same table as in the simulation.\n\n"
    "Examples:\n"
    "  powergap export --spice --at '50 ms' scenarios/psu-failure/fet.yaml\n"
    "  powergap export --spice --script --out a1.cir tests/oracle/a1.yaml\n"
    "  powergap export --config --out rack_config.c scenarios/psu-failure/fet.yaml\n";

struct export_flags {
    const char *out;
    ns_t at;
    bool spice, script, config;
};

static const struct place COMMAND_LINE = {.in = NULL};

/* ---- the circuit ----------------------------------------------------------------------------------- */

static void write_circuit(const struct export_flags *f, const struct world *w,
                          const struct scenario *s, struct diag *d)
{
    struct output t;

    if (f->out == NULL) {
        spice_write(stdout, w, s, f->script, d);
    } else if (output_open(&t, f->out, d)) {
        bool good = spice_write(t.file, w, s, f->script, d);
        output_close(&t, good, d);
    }
}

/* A script begins at the world's start; else the scenario is played up to the time. */
static void play_and_write(const struct export_flags *f, const struct scenario *s, struct diag *d)
{
    struct sink deaf = {.ctx = NULL};
    struct plant_options options = {.seed = s->seed};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &deaf);
    struct script *script = NULL;

    if (w != NULL && !f->script) {
        script = script_new(s, w, (struct script_ear){.ctx = NULL});
        if (script != NULL) {
            plant_run(w, f->at);
            plant_flush(w);
        }
    }
    if (w == NULL || (!f->script && script == NULL)) {
        diag_error(d, COMMAND_LINE, "not enough memory for this rack");
    } else {
        rest_warn(w, d);
        write_circuit(f, w, s, d);
    }
    script_free(script);
    plant_free(w);
}

/* ---- the controller's table ------------------------------------------------------------------------- */

static void write_table(const struct export_flags *f, const char *path, struct diag *d)
{
    static struct rack_table table;
    struct output t;

    if (!rack_table_load(&table, path, d)) {
        return;
    }
    if (f->out == NULL) {
        config_source_write(stdout, &table, path);
    } else if (output_open(&t, f->out, d)) {
        config_source_write(t.file, &table, path);
        output_close(&t, true, d);
    }
}

static void write_netlist(const struct export_flags *f, const char *path, struct diag *d)
{
    struct scenario *s = scenario_load(path, d);

    if (s != NULL && run_check(s, d)) {
        if (f->at > s->duration) {
            diag_error(d, COMMAND_LINE, "'%s' has ended before that time", path);
        } else {
            play_and_write(f, s, d);
        }
    }
    scenario_free(s);
}

static int export_file(const struct export_flags *f, const char *path)
{
    struct diag *d = diag_new();

    (f->config ? write_table : write_netlist)(f, path, d);
    int status = diag_errors(d) == 0 ? EXIT_GOOD : EXIT_USE;
    cli_report(d, false);
    return cli_end(status);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct export_flags f = {.at = 0};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"spice", OPTION_FLAG, &f.spice, NULL, "as a netlist for ngspice"},
        {"at", OPTION_TIME, &f.at, "TIME", "the instant: '50 ms' (else 0 s, settled)"},
        {"script", OPTION_FLAG, &f.script, NULL, "from 0 s on, with what is done to ideal parts"},
        {"config", OPTION_FLAG, &f.config, NULL, "the controller's table of the rack, in C"},
        {"out", OPTION_TEXT, &f.out, "FILE", "where to (else standard output)"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 1) {
        return cli_wrong(c, "which scenario? powergap export --spice FILE");
    }
    if (f.spice == f.config) {
        return cli_wrong(c, "as what? --spice or --config");
    }
    if (f.config && (f.script || f.at > 0)) {
        return cli_wrong(c, "--at and --script are about the circuit, not about --config");
    }
    if (f.script && f.at > 0) {
        return cli_wrong(c, "a --script begins at 0 s: leave out --at");
    }
    return export_file(&f, argv[0]);
}

const struct command export_command = {
    .name = "export",
    .about = "write the circuit for ngspice, or the controller's table for a firmware",
    .use = "--spice|--config [options] FILE",
    .more = more,
    .run = run,
};

/* main.c - powergapd: which adapter is which bus, which pin is which line; then the port runs.
 * Checked by tests/linux/test_powergapd.c; the manual page is hil/linux/powergapd.8. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "log.h"
#include "port.h"
#include "sim/cli.h"
#include "sim/rack_table.h"
#include "supervisor.h"

static const char more[] =
    "RACK is a scenario file whose rack has one controller: its table is that of the simulation.\n"
    "Nothing is written to a switch before the expanders were read; whether powergapd starts, "
    "stops\n"
    "or is killed, the switches stay as they are.\n\n"
    "SIGTERM and SIGINT stop it, SIGUSR1 has it log what it believes and how late it was at "
    "most.\n\n"
    "Example:\n"
    "  powergapd --check --bus smbus0=/dev/i2c-3 --alert alert0=gpiochip0:5 rack.yaml\n\n"
    "Exit status: 0 stopped as it was told to, 2 wrong use, wiring or rack, 3 the controller's "
    "own\n"
    "state is broken, and a new start is what helps.\n";

struct flags {
    struct option_list buses, alerts, resets;
    const char *servers, *state;
    ns_t timeout;
    uint64_t priority;
    bool check;
};

/* All that is wrong is said, then it ends. */
static int errors;

static void wrong(const char *what)
{
    log_line(LOG_LEVEL_ERROR, "%s", what);
    errors++;
}

/* ---- NAME=VALUE -------------------------------------------------------------------------------- */

static bool names(const char *item, const char *name)
{
    size_t n = strlen(name);

    return n > 0 && strncmp(item, name, n) == 0 && item[n] == '=' && item[n + 1] != '\0';
}

/* What stands behind `name=`; NULL: nothing does. */
static const char *value_of(const struct option_list *list, const char *name)
{
    const char *found = NULL;

    for (int i = 0; i < list->n; i++) {
        if (names(list->item[i], name)) {
            found = strchr(list->item[i], '=') + 1;
        }
    }
    return found;
}

/* An item that is about none of the rack's: is it written wrong, or does the rack have no such part? */
static void complain(const char *option, const char *item, const char *what, part_name known[],
                     int n)
{
    const char *words[CTL_ALERTS + CTL_BUSES + 1];
    const char *value = strchr(item, '=');
    char name[PART_NAME_SIZE];
    int many = 0;

    errors++;
    if (value == NULL || value[1] == '\0') {
        log_line(LOG_LEVEL_ERROR, "--%s %s: it is written NAME=VALUE, see --help", option, item);
        return;
    }
    for (int k = 0; k < n; k++) {
        if (known[k][0] != '\0') {
            words[many++] = known[k];
        }
    }
    words[many] = NULL;
    (void)snprintf(name, sizeof name, "%.*s", (int)(value - item), item);
    log_line(LOG_LEVEL_ERROR, "--%s %s: the rack has no %s '%s'", option, item, what, name);
    cli_suggest(name, words);
}

/* Every item is about one of the rack's. */
static void check_names(const char *option, const struct option_list *list, const char *what,
                        part_name known[], int n)
{
    for (int i = 0; i < list->n; i++) {
        bool found = false;
        for (int k = 0; k < n; k++) {
            found = found || names(list->item[i], known[k]);
        }
        if (!found) {
            complain(option, list->item[i], what, known, n);
        }
    }
}

/* ---- wiring ------------------------------------------------------------------------------------ */

static void open_bus(struct port *p, const struct flags *f, int b)
{
    const char *name = p->table->bus[b];
    const char *adapter = value_of(&f->buses, name);
    char why[BUS_WHY];

    if (adapter == NULL) {
        (void)snprintf(
            why, sizeof why,
            "the rack's bus %s has no adapter: --bus %s=/dev/i2c-N ('i2cdetect -l' lists them)",
            name, name);
    } else {
        p->buses[b] = bus_open(&p->table->config, (uint8_t)b, adapter, value_of(&f->resets, name),
                               (unsigned)(f->timeout / MS(1)), why);
    }
    if (p->buses[b] == NULL) {
        wrong(why);
    }
}

static void open_alert(struct port *p, const struct flags *f, int l)
{
    const char *name = p->table->alert[l];
    const char *pin = value_of(&f->alerts, name);
    char why[LINE_WHY];

    if (pin == NULL) {
        (void)snprintf(
            why, sizeof why,
            "the rack's alert line %s has no pin: --alert %s=CHIP:LINE, or 'alerts: no' of "
            "the rack's controller",
            name, name);
    } else {
        p->alerts[l] = line_open_input(pin, why);
    }
    if (p->alerts[l] == NULL) {
        wrong(why);
    }
}

static void open_servers(struct port *p, const struct flags *f)
{
    char why[SERVERS_WHY];

    if (f->servers == NULL) {
        if (p->table->config.n_servers > 0) {
            log_line(LOG_LEVEL_WARNING,
                     "without --servers none of the rack's %u servers reports or can be asked",
                     p->table->config.n_servers);
        }
        return;
    }
    p->servers = servers_open(f->servers, &p->table->config, why);
    if (p->servers == NULL) {
        wrong(why);
    }
}

static void wire(struct port *p, const struct flags *f)
{
    char why[KEPT_WHY];

    check_names("bus", &f->buses, "bus", p->table->bus, CTL_BUSES);
    check_names("mux-reset", &f->resets, "bus", p->table->bus, CTL_BUSES);
    check_names("alert", &f->alerts, "alert line", p->table->alert, p->table->config.alert.n_lines);
    for (int b = 0; b < CTL_BUSES; b++) {
        if (p->table->bus[b][0] != '\0') {
            open_bus(p, f, b);
        }
    }
    for (int l = 0; l < p->table->config.alert.n_lines; l++) {
        open_alert(p, f, l);
    }
    if (!f->check) {
        p->kept = kept_open(f->state, why);
        if (p->kept == NULL) {
            wrong(why);
        }
    }
}

static void unwire(struct port *p)
{
    if (p->servers != NULL) {
        servers_close(p->servers);
    }
    for (int b = 0; b < CTL_BUSES; b++) {
        if (p->buses[b] != NULL) {
            bus_close(p->buses[b]);
        }
    }
    for (int l = 0; l < CTL_ALERTS; l++) {
        line_close(p->alerts[l]);
    }
    if (p->kept != NULL) {
        kept_close(p->kept);
    }
}

/* ---- running ----------------------------------------------------------------------------------- */

/* Ahead of everything that is not in real time, and never waiting for a page. */
static void take_priority(uint64_t priority)
{
    struct sched_param to = {.sched_priority = (int)priority};

    if (priority > 0 && sched_setscheduler(0, SCHED_FIFO, &to) != 0) {
        log_line(
            LOG_LEVEL_WARNING,
            "no real-time priority %d: %s. It wants CAP_SYS_NICE or LimitRTPRIO=; goes on, later "
            "than it might when the machine is busy",
            (int)priority, strerror(errno));
    }
    if (priority > 0 && mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
        log_line(
            LOG_LEVEL_WARNING,
            "its memory can't be kept in place: %s. It wants CAP_IPC_LOCK or LimitMEMLOCK=infinity",
            strerror(errno));
    }
}

static bool start_buses(const struct port *p)
{
    bool good = true;

    for (int b = 0; b < CTL_BUSES && good; b++) {
        good = p->buses[b] == NULL || bus_start(p->buses[b]);
    }
    if (!good) {
        log_line(LOG_LEVEL_ERROR, "no thread for a bus: %s", strerror(errno));
    }
    return good;
}

/* Threads that may wait come first: those begun after take_priority() inherit it. */
static int run_port(struct port *p, const struct flags *f)
{
    static const int status[] = {
        [PORT_STOPPED] = EXIT_GOOD, [PORT_BROKEN] = EXIT_OURS, [PORT_UNSOUND] = EXIT_USE};

    port_hear_signals();
    if (!log_open() || !supervisor_open()) {
        log_line(LOG_LEVEL_ERROR, "no thread for the log or for systemd: %s", strerror(errno));
        return EXIT_OURS;
    }
    open_servers(p, f);
    take_priority(f->priority);
    int end = EXIT_USE;
    if (errors == 0) {
        end = start_buses(p) ? status[port_run(p)] : EXIT_OURS;
    }
    supervisor_close();
    log_close();
    return end;
}

static void show(const struct port *p)
{
    const struct ctl_config *c = &p->table->config;

    printf("%u supplies, %u switches, %u bars, %u servers; all adapters and pins are there\n",
           c->n_supplies, c->n_switches, c->n_bars, c->n_servers);
}

static int control(const struct flags *f, const char *path)
{
    static struct rack_table table;
    struct port p = {.table = &table};
    struct diag *d = diag_new();
    int status = EXIT_USE;
    bool read = rack_table_load(&table, path, d);

    cli_report(d, false);
    if (read) {
        wire(&p, f);
        if (errors == 0 && f->check) {
            show(&p);
            status = cli_end(EXIT_GOOD);
        } else if (errors == 0) {
            status = run_port(&p, f);
        }
    }
    unwire(&p);
    return status;
}

static int run(const struct command *c, int argc, char **argv)
{
    struct flags f = {.state = "/run/powergapd/state", .timeout = MS(50), .priority = 50};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"bus", OPTION_LIST, &f.buses, "NAME=ADAPTER", "a bus of the rack: smbus0=/dev/i2c-3"},
        {"alert", OPTION_LIST, &f.alerts, "NAME=PIN", "an alert line: alert0=gpiochip0:5"},
        {"mux-reset", OPTION_LIST, &f.resets, "BUS=PIN",
         "RESET# of that bus's muxes (else by writing 0)"},
        {"servers", OPTION_TEXT, &f.servers, "LINK",
         "tcp:HOST:PORT, serial:DEVICE@BAUD or unix:PATH"},
        {"timeout", OPTION_TIME, &f.timeout, "TIME", "of a transfer ('50 ms'); 40 ms to 400 ms"},
        {"priority", OPTION_WHOLE, &f.priority, "N", "real-time priority, 1..99 (50); 0: none"},
        {"state", OPTION_TEXT, &f.state, "FILE", "what outlives it (/run/powergapd/state)"},
        {"check", OPTION_FLAG, &f.check, NULL, "is all there? Then end"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 1) {
        return cli_wrong(c, "which rack? powergapd --bus NAME=ADAPTER FILE");
    }
    if (f.timeout < MS(40) || f.timeout > MS(400)) {
        return cli_wrong(
            c, "--timeout: devices have 35 ms (SMBus), the controller's patience ends at 1 s: "
               "between 40 ms and 400 ms");
    }
    if (f.priority > 99) {
        return cli_wrong(c, "--priority is 0 to 99");
    }
    return control(&f, argv[0]);
}

static const struct command powergapd = {
    .name = "powergapd",
    .about = "run the power supply management controller on a real rack",
    .use = "--bus NAME=ADAPTER... [options] RACK",
    .more = more,
    .run = run,
    .alone = true,
};

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN); /* who does not listen any more is no reason to die */
    return powergapd.run(&powergapd, argc, argv);
}

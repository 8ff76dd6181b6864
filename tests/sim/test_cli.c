/* The program as it is used. Oracle: the manual: exit 0, 1, 2; what is said, and where. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char home[64];
static char said[1 << 16];

#define PASSES "tests/oracle/a1.yaml"

static void make_home(void)
{
    strcpy(home, "/tmp/powergap-cli-XXXXXX");
    cr_assert(mkdtemp(home) != NULL);
}

static void remove_home(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", home);
    cr_assert_eq(system(command), 0);
}

TestSuite(cli, .init = make_home, .fini = remove_home);

static const char *program(void)
{
    const char *path = getenv("POWERGAP");

    return path != NULL ? path : "build/gcc-O3/powergap";
}

/* Run "powergap ARGS" ('@' in it stands for a folder of ours); the exit status; output in `said`. */
static int powergap(const char *args)
{
    char command[1024];
    size_t n = (size_t)snprintf(command, sizeof command, "'%s' ", program());

    for (const char *c = args; *c != '\0' && n + 80 < sizeof command; c++) {
        n += (size_t)(*c == '@' ? snprintf(&command[n], 64, "%s", home)
                                : snprintf(&command[n], 2, "%c", *c));
    }
    snprintf(&command[n], sizeof command - n, "%s", strchr(args, '>') != NULL ? "" : " 2>&1");
    FILE *pipe = popen(command, "r");
    cr_assert(pipe != NULL);
    said[fread(said, 1, sizeof said - 1, pipe)] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool says(const char *text)
{
    return strstr(said, text) != NULL;
}

static void write_file(const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
}

Test(cli, a_run_that_passes_exits_0_and_says_where_its_trace_is)
{
    cr_expect_eq(powergap("run --out @/t " PASSES), 0, "%s", said);
    cr_expect(says("PASS: 3 of 3 hold") && says("1 gap") && says("Trace: "), "%s", said);
    cr_expect_not(says("\033"), "no colours into a pipe");
}

Test(cli, a_run_that_fails_exits_1_and_names_what)
{
    write_file("x.yaml", "duration: 1 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                         "  l1: {is: load, at: n1, p: 100 W}\n"
                         "expect:\n  - {ends: n1.v > 11.99 V}\n");
    cr_expect_eq(powergap("run --no-trace @/x.yaml"), 1);
    cr_expect(says("FAIL") && says("ends n1.v > 11.99 V"), "%s", said);
    cr_expect_eq(powergap("run --quiet --no-trace @/x.yaml"), 1);
    cr_expect(says("FAIL"));
}

Test(cli, quiet_says_nothing_when_all_is_well)
{
    cr_expect_eq(powergap("run --quiet --no-trace " PASSES), 0);
    cr_expect_str_eq(said, "");
}

Test(cli, wrong_use_exits_2_and_suggests)
{
    cr_expect_eq(powergap(""), 2);
    cr_expect_eq(powergap("rnu x"), 2);
    cr_expect(says("there is no command 'rnu'") && says("did you mean 'run'?"), "%s", said);
    cr_expect_eq(powergap("run --sede 3 x"), 2);
    cr_expect(says("did you mean '--seed'?"), "%s", said);
    cr_expect_eq(powergap("run --seed three x"), 2);
    cr_expect(says("wants a whole number"), "%s", said);
    cr_expect_eq(powergap("run --sample 3 x"), 2);
    cr_expect_eq(powergap("run --sample '3 V' x"), 2);
    cr_expect_eq(powergap("run --tolerance 5 x"), 2);
    cr_expect_eq(powergap("run --tolerance 0 x"), 2);
    cr_expect(says("--tolerance wants a number from"), "%s", said);
    cr_expect_eq(powergap("run --integrator euler x"), 2);
    cr_expect_eq(powergap("run --seed"), 2);
    cr_expect_eq(powergap("run"), 2);
    cr_expect_eq(powergap("check"), 2);
    cr_expect_eq(powergap("plot @"), 2);
    cr_expect(says("is no trace"), "%s", said);
    cr_expect_eq(powergap("schema x"), 2);
    cr_expect_eq(powergap("run --sample '0 s' x"), 2);
    cr_expect(says("above 0 s"), "%s", said);
    cr_expect_eq(powergap("export " PASSES), 2);
    cr_expect(says("--spice or --config"), "%s", said);
    cr_expect_eq(powergap("export --spice"), 2);
    cr_expect_eq(powergap("export --spice --script --at '1 ms' " PASSES), 2);
    cr_expect(says("leave out --at"), "%s", said);
    cr_expect_eq(powergap("export --spice --at '1 h' " PASSES), 2);
    cr_expect(says("has ended before"), "%s", said);
    cr_expect_eq(powergap("export --config " PASSES), 2);
    cr_expect(says("has 0 controllers"), "%s", said);
}

Test(cli, a_scenario_that_is_not_there_exits_2)
{
    cr_expect_eq(powergap("run @/none.yaml"), 2);
    cr_expect(says("none.yaml"), "%s", said);
}

Test(cli, every_command_answers_help)
{
    static const char *const all[] = {"",         "run ",        "test ",    "check ",
                                      "explain ", "schema ",     "parts ",   "plot ",
                                      "report ",  "log ",        "compare ", "fit ",
                                      "export ",  "completion ", "new ",     "--why-diverged "};
    char args[64];

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        snprintf(args, sizeof args, "%s--help", all[i]);
        cr_expect_eq(powergap(args), 0, "%s", args);
        cr_expect(says("powergap"), "%s", said);
    }
    cr_expect_eq(powergap("--version"), 0);
    cr_expect(says("powergap 0"));
}

Test(cli, output_that_cannot_be_written_exits_2)
{
    cr_expect_eq(powergap("schema >/dev/full 2>/dev/null"), 2);
    cr_expect_eq(powergap("run --no-trace " PASSES " >/dev/full 2>/dev/null"), 2);
    cr_expect_eq(powergap("run --no-trace " PASSES " 2>&1 >/dev/full"), 2);
    cr_expect(says("can't write the output: No space left on device"), "%s", said);
    cr_expect_eq(powergap("export --spice " PASSES " >/dev/full 2>/dev/null"), 2);
    cr_expect_eq(powergap("export --spice --out /dev/full " PASSES), 2);
    cr_expect(says("can't write '/dev/full'"), "%s", said);
    cr_expect_eq(powergap("export --spice --out @/none/a.cir " PASSES), 2);
    cr_expect_eq(powergap("run --out /dev/full/t " PASSES), 2);
    cr_expect(says("can't"), "%s", said);
}

/* A file system that takes 512 bytes more: the netlist that was there stays, and nothing beside it. */
Test(cli, a_netlist_is_there_in_full_or_not_at_all)
{
    char command[512];
    char listing[64];

    write_file("a.cir", "as it was\n");
    snprintf(command, sizeof command,
             "ulimit -f 1; '%s' export --spice --script --out '%s/a.cir' " PASSES " 2>/dev/null",
             program(), home);
    cr_expect_eq(WEXITSTATUS(system(command)), 2);
    snprintf(command, sizeof command, "cat '%s'/*", home);
    FILE *pipe = popen(command, "r");
    listing[fread(listing, 1, sizeof listing - 1, pipe)] = '\0';
    pclose(pipe);
    cr_expect_str_eq(listing, "as it was\n");
    cr_expect_eq(powergap("export --spice --script --out @/a.cir " PASSES), 0, "%s", said);
    cr_expect_eq(powergap("export --spice --script " PASSES " >@/b.cir"), 0);
    snprintf(command, sizeof command, "cmp '%s/a.cir' '%s/b.cir'", home, home);
    cr_expect_eq(system(command), 0);
}

Test(cli, the_same_run_has_the_same_hash_and_another_seed_may_not_diverge_silently)
{
    char first[64];

    cr_expect_eq(powergap("run --hash " PASSES), 0);
    snprintf(first, sizeof first, "%.16s", said);
    cr_expect_eq(strspn(first, "0123456789abcdef"), 16);
    cr_expect_eq(powergap("run --hash --sample '1 us' --out @/t " PASSES), 0);
    cr_expect_eq(strncmp(first, said, 16), 0);
}

Test(cli, why_diverged_finds_the_first_event_that_differs)
{
    write_file("a.yaml", "duration: 1 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                         "  l1: {is: load, at: n1, p: 1 W}\n"
                         "do:\n  - {at: 1 us, act: l1.step, to: 2 W}\n"
                         "  - {at: 5 us, act: l1.step, to: 3 W}\n");
    write_file("b.yaml", "duration: 1 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                         "  l1: {is: load, at: n1, p: 1 W}\n"
                         "do:\n  - {at: 1 us, act: l1.step, to: 2 W}\n"
                         "  - {at: 6 us, act: l1.step, to: 3 W}\n");
    cr_expect_eq(powergap("run --out @/ta @/a.yaml"), 0, "%s", said);
    cr_expect_eq(powergap("run --out @/tb @/b.yaml"), 0);
    cr_expect_eq(powergap("--why-diverged @/ta @/tb"), 1);
    cr_expect(says("the first 3 events are equal") && says("0.000005000") && says("0.000006000"),
              "%s", said);
    cr_expect_eq(powergap("run --why-diverged @/ta @/ta"), 0);
    cr_expect(says("are equal"), "%s", said);
    cr_expect_eq(powergap("--why-diverged @/ta @/none"), 2);
}

Test(cli, json_is_one_object_with_everything)
{
    cr_expect_eq(powergap("run --json --no-trace " PASSES " 2>/dev/null"), 0);
    cr_expect_eq(said[0], '{');
    cr_expect(says("\"verdict\": \"PASS\"") && says("\"gap_s\": 0.001818") &&
                  says("\"event_hash\""),
              "%s", said);
}

/* A supply that hiccups for an hour of simulated time; Ctrl-C after a moment. */
Test(cli, an_interrupt_ends_the_run_and_keeps_the_trace)
{
    char out[128];
    char yaml[128];
    struct timespec moment = {.tv_nsec = 300000000};

    write_file("x.yaml", "duration: 1 h\nrack:\n  n1: {is: node, c: 100 uF, v0: 12 V}\n"
                         "  p1: {is: source, at: n1, e: 12 V, r: 10 mOhm, i_max: 2 A,\n"
                         "       trip_after: 10 us, off_for: 10 us, ramp_in: 1 us}\n"
                         "  r1: {is: resistor, from: n1, r: 1 Ohm}\n");
    snprintf(out, sizeof out, "%s/t", home);
    snprintf(yaml, sizeof yaml, "%s/x.yaml", home);
    pid_t child = fork();
    if (child == 0) {
        FILE *null = freopen("/dev/null", "w", stdout);
        execl(program(), "powergap", "run", "--sample", "1 s", "--out", out, yaml, (char *)NULL);
        _exit(null == NULL ? 126 : 127);
    }
    int status = 0;
    nanosleep(&moment, NULL);
    kill(child, SIGINT);
    waitpid(child, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "%d", status);
    snprintf(yaml, sizeof yaml, "%s/t/run.yaml", home);
    cr_expect_eq(access(yaml, R_OK), 0);
}

/* The trace folder has no picture, nor the beginning of one. */
static bool has_no_picture(void)
{
    char command[128];

    snprintf(command, sizeof command, "! ls '%s'/t | grep -q -e svg -e png", home);
    return system(command) == 0;
}

/* A machine fresh from its installer has no locale: gnuplot would complain about UTF-8. */
Test(cli, plots_are_drawn_without_a_word_in_any_locale)
{
    char names[256];

    cr_assert_eq(powergap("run --quiet --out @/t " PASSES), 0);
    setenv("LC_ALL", "C", 1);
    cr_expect_eq(powergap("plot --only timeline @/t"), 0, "%s", said);
    snprintf(names, sizeof names, "%s/t/timeline.svg\n%s/t/timeline.png\n", home, home);
    cr_expect_str_eq(said, names);
}

/* Several go into the folder that all are in; what has nothing to say about them is left out, with a
 * reason, and asked for by name it is an error. */
Test(cli, runs_are_compared_in_the_folder_that_all_are_in)
{
    char names[256];

    cr_assert_eq(powergap("run --quiet --out @/t/a " PASSES), 0);
    cr_assert_eq(powergap("run --quiet --out @/t/b " PASSES), 0);
    cr_expect_eq(powergap("plot --format svg --only overlay @/t/a @/t/b"), 0, "%s", said);
    snprintf(names, sizeof names, "%s/t/overlay.svg\n", home);
    cr_expect_str_eq(said, names);
    cr_expect_eq(powergap("plot --format svg --only overlay --out @ @/t"), 0, "%s", said);
    snprintf(names, sizeof names, "%s/overlay.svg\n", home);
    cr_expect_str_eq(said, names);
    cr_expect_eq(powergap("plot --format svg @/t"), 0);
    cr_expect(strstr(said, "these differ in nothing") != NULL, "%s", said);
    cr_expect_eq(powergap("plot --only heatmap @/t"), 2);
    cr_expect_eq(powergap("plot --only overlay @/t/a"), 2);
    cr_expect(strstr(said, "'overlay' compares several runs") != NULL, "%s", said);
    cr_expect_eq(powergap("plot --only voltages @/t"), 2);
    cr_expect(strstr(said, "'voltages' is of one run") != NULL, "%s", said);
}

Test(cli, a_machine_without_gnuplot_is_told_what_to_install)
{
    cr_assert_eq(powergap("run --quiet --out @/t " PASSES), 0);
    setenv("PATH", home, 1);
    cr_expect_eq(powergap("plot @/t"), 2);
    setenv("PATH", "/usr/bin:/bin", 1);
    cr_expect(says("apt install gnuplot-nox"), "%s", said);
    cr_expect(has_no_picture());
}

/* From another folder, by a rack that lies where its parts are found. */
Test(cli, a_rack_file_finds_its_parts_wherever_the_scenario_lies)
{
    char command[1024];
    char here[256];

    cr_assert_neq(getcwd(here, sizeof here), NULL);
    snprintf(command, sizeof command,
             "{title: x, rack: '%s/scenarios/racks/pair-fet.yaml', duration: 1 ms}", here);
    write_file("far.yaml", command);
    snprintf(command, sizeof command, "p=$(realpath '%s') && cd '%s' && \"$p\" check far.yaml",
             program(), home);
    cr_expect_eq(system(command), 0);
}

/* One process is dead, one lives: it is this one. */
Test(cli, what_a_killed_run_has_left_is_named_and_stays)
{
    char dead[128];
    char alive[128];
    pid_t child = fork();

    if (child == 0) {
        _exit(0);
    }
    waitpid(child, NULL, 0);
    snprintf(dead, sizeof dead, "%s/t.partial-%ld", home, (long)child);
    snprintf(alive, sizeof alive, "%s/t.partial-%ld", home, (long)getpid());
    cr_assert_eq(mkdir(dead, 0777), 0);
    cr_assert_eq(mkdir(alive, 0777), 0);
    cr_expect_eq(powergap("run --quiet --out @/t " PASSES), 0, "%s", said);
    cr_expect(says(dead), "%s", said);
    cr_expect_not(says(alive), "%s", said);
    cr_expect_eq(access(dead, F_OK), 0);
}

/* Files end at 4 KiB here, as on a full disk, and gnuplot says nothing of it. */
Test(cli, a_picture_is_there_in_full_or_not_at_all)
{
    char command[512];

    cr_assert_eq(powergap("run --quiet --out @/t " PASSES), 0);
    snprintf(command, sizeof command, "ulimit -f 8; '%s' plot '%s'/t 2>/dev/null", program(), home);
    cr_expect_eq(WEXITSTATUS(system(command)), 2);
    cr_expect(has_no_picture());
}

/* Oracle: a gnuplot of our own that begins a picture and never ends it. */
Test(cli, an_interrupt_ends_the_plot_and_leaves_no_half_picture)
{
    char path[256];
    char trace[128];
    struct timespec moment = {.tv_nsec = 10000000};

    cr_assert_eq(powergap("run --quiet --out @/t " PASSES), 0);
    write_file("gnuplot", "#!/bin/sh\necho '<svg>' >\"$4\"\nexec sleep 60\n");
    snprintf(path, sizeof path, "chmod +x '%s/gnuplot'", home);
    cr_assert_eq(system(path), 0);
    snprintf(path, sizeof path, "%s:/usr/bin:/bin", home);
    snprintf(trace, sizeof trace, "%s/t", home);
    pid_t child = fork();
    if (child == 0) {
        setenv("PATH", path, 1);
        execl(program(), "powergap", "plot", trace, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 1000 && has_no_picture(); i++) {
        nanosleep(&moment, NULL);
    }
    int status = 0;
    kill(child, SIGINT);
    waitpid(child, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "%d", status);
    cr_expect(has_no_picture());
}

/* Is `--NAME` (or `-N`) in the page's source as an option: ".It Fl -NAME"? */
static bool page_has(const char *page, const char *name)
{
    char line[256];
    char want[64];
    FILE *in = fopen(page, "r");
    bool has = false;

    cr_assert(in != NULL, "%s", page);
    snprintf(want, sizeof want, ".It Fl %s%s", name[1] != '\0' ? "-" : "", name);
    while (!has && fgets(line, sizeof line, in) != NULL) {
        size_t n = strlen(want);
        has = strncmp(line, want, n) == 0 && strchr(" \n", line[n]) != NULL;
    }
    fclose(in);
    return has;
}

/* What --help lists the manual page describes. */
Test(cli, manual_pages_know_every_option)
{
    static const char *const commands[] = {"run",        "test", "check",  "explain", "schema",
                                           "parts",      "plot", "report", "export",  "log",
                                           "completion", "new",  "compare"};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char args[32];
        char page[64];
        char name[32];

        snprintf(args, sizeof args, "%s --help", commands[i]);
        snprintf(page, sizeof page, "sim/man/powergap-%s.1", commands[i]);
        cr_assert_eq(powergap(args), 0);
        for (const char *at = strstr(said, "\n  -"); at != NULL; at = strstr(at + 1, "\n  -")) {
            cr_assert_eq(sscanf(at, " %*[-]%31[a-z-]", name), 1);
            bool known = strcmp(name, "help") == 0 || page_has(page, name);
            cr_expect(known, "%s lacks --%s", page, name);
        }
    }
}

/* In a folder without parts, before anything is installed: where should they be? */
Test(cli, a_machine_without_parts_is_told_where_they_belong)
{
    char here[256];
    char path[512];
    char installed[256] = "";

    cr_assert_eq(powergap("--version"), 0);
    cr_assert_eq(sscanf(said, "%*[^:]: %255s", installed), 1);
    if (access(installed, R_OK) == 0) {
        cr_skip_test("powergap is installed here, with its parts");
    }
    write_file("x.yaml", "duration: 1 ms\nrack:\n  bus_a: {part: bar-12v-copper}\n");
    cr_assert(getcwd(here, sizeof here) != NULL);
    snprintf(path, sizeof path, "%s/%s", program()[0] == '/' ? "" : here, program());
    setenv("POWERGAP", path, 1);
    unsetenv("POWERGAP_DATA");
    cr_assert_eq(chdir(home), 0);
    cr_expect_eq(powergap("run x.yaml"), 2);
    cr_expect(says("x.yaml:3:17: error: no part file is named 'bar-12v-copper'") &&
                  says("^~~~~~~~~~~~~~") && says("$POWERGAP_DATA/parts, ./models/parts or /"),
              "%s", said);
    cr_expect_eq(powergap("parts"), 2);
    cr_expect(says("$POWERGAP_DATA/parts, ./models/parts or /"), "%s", said);
}

/* The manual's example of a scenario loads, and passes. */
Test(cli, the_scenario_in_the_manual_can_be_run)
{
    char command[256];

    snprintf(command, sizeof command,
             "awk '/^title:/ { on = 1 } /^\\.Ed/ { on = 0 } on' sim/man/powergap-scenario.5 "
             ">'%s/m.yaml'",
             home);
    cr_assert_eq(system(command), 0);
    cr_expect_eq(powergap("check @/m.yaml"), 0, "%s", said);
    cr_expect_eq(powergap("run --out @/t @/m.yaml"), 0, "%s", said);
    cr_expect_not(says("warning"), "%s", said);
}

/* A line of a rack copied, and its pin forgotten. */
Test(cli, two_switches_on_one_pin_are_warned_of)
{
    write_file("x.yaml", "duration: 1 ms\nrack:\n"
                         "  bus_a: {is: bus, v: 12 V}\n"
                         "  psu[1..2]: {is: psu, v: 12 V, rated: 1 kW, hold_up: 20 J}\n"
                         "  sw1: {is: fet, from: psu1, to: bus_a, on: expander0.3}\n"
                         "  sw2: {is: fet, from: psu2, to: bus_a, on: expander0.3, closed: no}\n");
    cr_expect_eq(powergap("check @/x.yaml"), 0, "%s", said);
    cr_expect(
        says("x.yaml:6:3: warning: 'sw2' is on the same pin as 'sw1': expander0.3 moves both"),
        "%s", said);
}

/* `vary:` is of a campaign; a single run of it says that it is one. */
/* An alert line that can't work is no line: said with the part, before anything is played. */
Test(cli, alert_lines_that_lead_nowhere_are_refused)
{
    write_file("alert.yaml",
               "duration: 1 ms\nrack:\n"
               "  smbus0: {is: i2c}\n"
               "  mux0: {is: mux, i2c: smbus0/0x70}\n"
               "  mux1: {is: mux, i2c: smbus0/0x71, int_inputs: yes}\n"
               "  psu1: {part: crps-2000w-12v, i2c: smbus0/mux0.1/0x58, alert: mux0}\n"
               "  psu2: {part: crps-2000w-12v, i2c: smbus0/mux1.5/0x58, alert: mux1}\n"
               "  psu3: {part: crps-2000w-12v, i2c: smbus0/mux0.2/0x58, alert: mux1}\n"
               "  web1: {part: server-12v-500w, from: [psu1, psu2, psu3]}\n");
    cr_assert_eq(powergap("check @/alert.yaml"), 2);
    cr_assert(says("the alert of 'psu1' goes to 'mux0', which has no INT# inputs"), "%s", said);
    cr_assert(says("'psu2' is on channel 5 of 'mux1', which has the channels 0 to 3"), "%s", said);
    cr_assert(says("the alert of 'psu3' goes to 'mux1', but it does not sit behind it"), "%s",
              said);
    write_file("alert.yaml", "duration: 1 ms\nrack:\n"
                             "  alert0: {is: alert}\n"
                             "  smbus0: {is: i2c}\n"
                             "  mux0: {is: mux, i2c: smbus0/0x70, alert: alert0}\n"
                             "  psu1: {part: crps-2000w-12v, alert: alert0}\n"
                             "  web1: {part: server-12v-500w, from: psu1}\n");
    cr_assert_eq(powergap("check @/alert.yaml"), 2);
    cr_assert(says("mux 'mux0': needs int_inputs"), "%s", said);
    cr_assert(says("psu 'psu1': needs i2c"), "%s", said);
}

Test(cli, a_run_says_that_it_varies_nothing)
{
    write_file("x.yaml", "duration: 1 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                         "  l1: {is: load, at: n1, p: 1 W}\nvary:\n  l1.p: [1 W, 2 W]\n");
    cr_expect_eq(powergap("run --no-trace @/x.yaml"), 0, "%s", said);
    cr_expect(says("x.yaml:6:3: warning: 'vary' is for campaigns"), "%s", said);
    cr_expect_eq(powergap("check @/x.yaml"), 0);
    cr_expect_not(says("warning"), "%s", said);
}

/* 20 ns for 10 s once filled a disk without a word. Oracle: 10 s / 20 ns and both ends. */
Test(cli, a_trace_that_would_fill_a_disk_is_refused_before_it_is_begun)
{
    write_file("x.yaml", "duration: 10 s\nsample: 20 ns\nrack:\n"
                         "  n[1..9]: {is: node, c: 1 mF, v0: 12 V}\n"
                         "  l[1..9]: {is: load, at: n#, p: 0 W}\n");
    cr_expect_eq(powergap("run --out @/t @/x.yaml"), 2, "%s", said);
    cr_expect(says("x.yaml:2:9: error: a row every 20 ns for 10 s") && says("500000001 rows") &&
                  says("--large"),
              "%s", said);
    cr_expect_eq(powergap("run --quiet --no-trace @/x.yaml"), 0, "%s", said);
    cr_expect_eq(powergap("run --quiet --out @/t --sample '1 ms' @/x.yaml"), 0, "%s", said);
    cr_expect_str_eq(said, "");
    cr_expect_eq(powergap("run --large --out /dev/full/t @/x.yaml"), 2, "%s", said);
    cr_expect(says("x.yaml:2:9: warning: a row every 20 ns") && says("can't"), "%s", said);
}

Test(cli, two_scenarios_do_not_leave_their_traces_in_one_folder)
{
    write_file("a1.yaml", "duration: 1 ms\nrack:\n  n1: {is: node, c: 1 mF, v0: 12 V}\n"
                          "  l1: {is: load, at: n1, p: 1 W}\n");
    cr_expect_eq(powergap("run --quiet --out @/t " PASSES " @/a1.yaml"), 2);
    cr_expect(says("would both leave their trace in") && says("/t/a1'"), "%s", said);
    cr_expect_eq(powergap("run --quiet --no-trace " PASSES " @/a1.yaml"), 0, "%s", said);
}

Test(cli, shows_where_the_energy_went)
{
    cr_assert_eq(powergap("run --balance --no-trace scenarios/psu-failure/fet.yaml"), 0);
    cr_expect(says("from sources") && says("lost in links") && says("left over"));
    cr_expect(says("of what moved"));
    cr_assert_eq(powergap("run --balance --json --no-trace scenarios/psu-failure/fet.yaml"), 0);
    cr_expect(says("\"energy\": {\"sources_J\": 72"));
}

/* What README says that the main scenario prints, it prints, line for line. */
Test(cli, prints_what_the_readme_shows)
{
    char line[256];
    FILE *in = fopen("README.md", "r");
    int shown = -1; /* lines of the block so far; -1: before it */
    int fences = 0;

    cr_assert(in != NULL);
    cr_assert_eq(powergap("run --no-trace scenarios/psu-failure/fet.yaml"), 0);
    while (fences < 2 && fgets(line, sizeof line, in) != NULL) {
        shown = strstr(line, "`make demo` ends like this") != NULL ? 0 : shown;
        if (shown >= 0 && strncmp(line, "```", 3) == 0) {
            fences++;
        } else if (fences == 1 && line[0] != '\n') {
            cr_expect(says(line), "README shows, but the program does not print: %s", line);
            shown++;
        }
    }
    fclose(in);
    cr_expect_gt(shown, 5);
}

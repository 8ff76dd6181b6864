/* A trace is there in full or not at all. Oracle: the files, read back as text. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/trace.h"
#include "tests/rig.h"

#define SCENARIO                                                                                   \
    "duration: 1 ms\nrack:\n  bus: {is: node, c: 10 mF, v0: 12 V}\n"                               \
    "  p1: {is: source, at: bus, e: 12 V, r: 1 mOhm, i_max: 100 A}\n"                              \
    "  l1: {is: load, at: bus, p: 800 W, off_below: 9 V}\n"                                        \
    "do:\n  - {at: 100 us, act: p1.off}\n  - {at: 300 us, act: p1.on}\n"                           \
    "expect:\n  - {gap: bus.v < 11.5 V, at_most: 1 ms}\n"

enum { TEXT = 1 << 20 };

static char home[64];

static void make_home(void)
{
    strcpy(home, "/tmp/powergap-trace-XXXXXX");
    cr_assert(mkdtemp(home) != NULL);
}

static void remove_home(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", home);
    cr_assert_eq(system(command), 0);
}

TestSuite(trace, .init = make_home, .fini = remove_home);

static const char *in_home(const char *name)
{
    static char path[4][160];
    static int i;

    i = (i + 1) % 4;
    snprintf(path[i], sizeof path[i], "%s/%s", home, name);
    return path[i];
}

static char *read_file(const char *name)
{
    static char text[TEXT];
    FILE *in = fopen(in_home(name), "r");

    cr_assert(in != NULL, "%s", name);
    size_t n = fread(text, 1, sizeof text - 1, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

static int files_in(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        n += e->d_name[0] != '.';
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return n;
}

/* Play into `out`; the first complaint, or "" when there was none. */
static const char *play_into(const char *out, const struct run_options *more)
{
    static char said[512];
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("x.yaml", SCENARIO, strlen(SCENARIO), d);
    struct run_options o = more != NULL ? *more : (struct run_options){.sample = US(10)};
    FILE *file = tmpfile();

    o.out = out;
    o.plant.seed = 7;
    struct run *r = run_play(s, &o, d);
    cr_expect_eq(r == NULL, diag_errors(d) > 0);
    diag_print(d, file, false);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    run_free(r);
    scenario_free(s);
    diag_free(d);
    return said;
}

Test(trace, the_eight_files_are_there_and_nothing_else)
{
    static const char *const names[] = {"signals.csv", "events.csv",  "gaps.csv", "spans.csv",
                                        "verdict.csv", "journal.csv", "rack.csv", "run.yaml"};

    cr_expect_str_eq(play_into(in_home("a/b/t"), NULL), "");
    for (int i = 0; i < 8; i++) {
        char name[64];
        snprintf(name, sizeof name, "a/b/t/%s", names[i]);
        cr_expect_gt(strlen(read_file(name)), 20, "%s", name);
    }
    cr_expect_eq(files_in(in_home("a/b")), 1); /* no partial folder */
    cr_expect_eq(files_in(in_home("a/b/t")), 8);
}

/* Each row has as many cells as the header, time never falls, every sample is there. */
Test(trace, signals_are_a_clean_table)
{
    play_into(in_home("t"), NULL);
    char *text = read_file("t/signals.csv");
    char *line = strtok(text, "\n");
    int cells = 0;
    int samples = 0;
    double last = -1.0;

    cr_expect_eq(strncmp(line, "t_s,t_ns,bus.v_V,p1.i_A,l1.i_A,l1.state,l1.drops", 48), 0, "%s",
                 line);
    for (char *c = line; *c != '\0'; c++) {
        cells += *c == ',';
    }
    while ((line = strtok(NULL, "\n")) != NULL) {
        int n = 0;
        double t_s;
        long t_ns;
        cr_assert_eq(sscanf(line, "%lf,%ld", &t_s, &t_ns), 2);
        for (char *c = line; *c != '\0'; c++) {
            n += *c == ',';
        }
        cr_expect_eq(n, cells);
        cr_expect(fabs(t_s - 1e-9 * (double)t_ns) < 1e-12);
        cr_expect_geq(t_s, last);
        samples += t_ns % 10000 == 0 && t_s > last;
        last = t_s;
    }
    cr_expect_eq(samples, 101);
}

/* Below 11.5 V for some time, as a row of integers that agree with its decimals. */
Test(trace, a_gap_is_a_row)
{
    play_into(in_home("t"), NULL);
    char *text = read_file("t/gaps.csv");
    long start;
    long end;
    double threshold;
    double gap_s;

    cr_expect_eq(strncmp(text, "gap,observer,threshold_V,start_ns,end_ns,start_s,end_s,gap_s,", 61),
                 0);
    char *row = strchr(text, '\n') + 1;
    cr_assert_eq(sscanf(row, "1,bus.v,%lf,%ld,%ld,%*f,%*f,%lf", &threshold, &start, &end, &gap_s),
                 4);
    cr_expect_eq(threshold, 11.5);
    cr_expect(fabs(gap_s - 1e-9 * (double)(end - start)) < 1e-12);
    cr_expect(strstr(row, ",p1.off,100000,p1.on,") != NULL, "%s", row);
}

/* Side by side from the fault over the gap's start to its end. */
Test(trace, the_spans_of_a_gap_follow_each_other)
{
    play_into(in_home("t"), NULL);
    long start;
    long end;
    cr_assert_eq(
        sscanf(strchr(read_file("t/gaps.csv"), '\n') + 1, "1,bus.v,%*f,%ld,%ld", &start, &end), 2);
    char *line;
    long reached = 100000; /* p1.off */
    int rows = 0;

    strtok(read_file("t/spans.csv"), "\n"); /* the header */
    while ((line = strtok(NULL, "\n")) != NULL) {
        long from;
        long to;
        int span;
        cr_assert_eq(sscanf(line, "1,bus.v,%d,%*[^,],%ld,%ld,", &span, &from, &to), 3, "%s", line);
        cr_expect_eq(from, reached, "%s", line);
        cr_expect_eq(span == 0, to <= start, "%s", line);
        reached = to;
        rows++;
    }
    cr_expect_eq(reached, end);
    cr_expect_geq(rows, 3); /* riding through, until p1.on, recharging */
}

Test(trace, a_trace_is_replaced_but_no_other_folder)
{
    cr_expect_str_eq(play_into(in_home("t"), NULL), "");
    cr_expect_str_eq(play_into(in_home("t"), NULL), "");
    cr_assert_eq(mkdir(in_home("mine"), 0777), 0);
    fclose(fopen(in_home("mine/thesis.txt"), "w"));
    cr_expect(strstr(play_into(in_home("mine"), NULL), "no trace: not replaced") != NULL);
    cr_expect_eq(files_in(in_home("mine")), 1);
    cr_expect_eq(files_in(home), 2);
}

Test(trace, a_folder_that_cannot_be_made_is_reported)
{
    fclose(fopen(in_home("file"), "w"));
    cr_expect(strstr(play_into(in_home("file/t"), NULL), "Not a directory") != NULL);
    cr_expect(strstr(play_into("/dev/full/t", NULL), "Not a directory") != NULL);
    cr_expect(strstr(play_into("/proc/none/t", NULL), "can't make the folder") != NULL);
    cr_expect_eq(files_in(home), 1);
}

/* A disk that is full after 4 kB, by way of the limit on a file's size. */
Test(trace, a_full_disk_leaves_nothing_behind)
{
    struct rlimit before;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    struct rlimit tiny = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tiny);
    const char *said = play_into(in_home("t"), NULL);
    setrlimit(RLIMIT_FSIZE, &before);
    cr_expect(strstr(said, "can't write") != NULL && strstr(said, "File too large") != NULL, "%s",
              said);
    cr_expect_eq(files_in(home), 0);
}

Test(trace, an_interrupted_run_keeps_what_it_has)
{
    static const volatile sig_atomic_t stop = 1;

    play_into(in_home("t"), &(struct run_options){.sample = US(10), .stop = &stop});
    cr_expect(strstr(read_file("t/run.yaml"), "interrupted: yes") != NULL);
}

Test(trace, writing_a_trace_changes_nothing)
{
    struct rig *bare = rig_from_text(SCENARIO);
    struct rig *traced =
        rig_with(SCENARIO, &(struct run_options){.out = in_home("t"), .sample = 100});

    cr_expect_eq(bare->run->world->plant->hash, traced->run->world->plant->hash);
    rig_free(bare);
    rig_free(traced);
}

/* The line of rack.csv that begins with these cells; "" when there is none. */
static const char *rack_row(const char *csv, const char *cells)
{
    static char line[512];
    const char *at = strstr(csv, cells);

    line[0] = '\0';
    if (at != NULL && (at == csv || at[-1] == '\n')) {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    }
    return line;
}

/* Oracle: the scenario's text, the library part's file and the row of the field. */
Test(trace, the_rack_is_there_with_what_each_value_rests_on)
{
    static const char scenario[] =
        "rack:\n"
        "  bus_a: {part: bar-12v-copper}\n"
        "  psu[1..2]: {part: crps-2000w-12v, from: feed_a, i2c: smbus0/mux0.#/0x58}\n"
        "  feed_a: {is: feed, v_rms: 230 V}\n"
        "  sw1: {part: back-to-back-100a, from: psu1, to: bus_a.2, on: expander0.3, closed: no}\n"
        "  sw2: {part: back-to-back-100a, from: psu2, to: bus_a}\n"
        "  web1:\n"
        "    part: server-12v-500w\n"
        "    from: bus_a\n"
        "    p: 400 W   # E, name plate\n"
        "duration: 1 ms\n";
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("x.yaml", scenario, strlen(scenario), d);

    cr_assert(s != NULL);
    FILE *out = fopen(in_home("rack.csv"), "w");
    trace_rack(out, s);
    fclose(out);
    const char *csv = read_file("rack.csv");
    cr_expect_str_eq(rack_row(csv, "psu2,psu,crps-2000w-12v,rated,"),
                     "psu2,psu,crps-2000w-12v,rated,number,2000,W,2 kW,\"\",no,"
                     "./models/parts/crps-2000w-12v.yaml:6");
    cr_expect_str_eq(rack_row(csv, "psu2,psu,crps-2000w-12v,otp_back,"),
                     "psu2,psu,crps-2000w-12v,otp_back,number,4,K,4 K,[S5],no,"
                     "./models/parts/crps-2000w-12v.yaml:33");
    cr_expect(strstr(rack_row(csv, "psu1,psu,crps-2000w-12v,efficiency,"), ",0.94,,0.94,E,yes,") !=
              NULL);
    cr_expect_str_eq(rack_row(csv, "psu2,psu,crps-2000w-12v,i2c,"),
                     "psu2,psu,crps-2000w-12v,i2c,i2c,,,smbus0/mux0.2/0x58,\"\",no,x.yaml:3");
    cr_expect_str_eq(rack_row(csv, "sw1,fet,back-to-back-100a,to,"),
                     "sw1,fet,back-to-back-100a,to,taps,,,bus_a.2,\"\",no,x.yaml:5");
    cr_expect_str_eq(rack_row(csv, "sw1,fet,back-to-back-100a,on,"),
                     "sw1,fet,back-to-back-100a,on,pin,,,expander0.3,\"\",no,x.yaml:5");
    cr_expect_str_eq(rack_row(csv, "sw1,fet,back-to-back-100a,closed,"),
                     "sw1,fet,back-to-back-100a,closed,word,,,no,\"\",no,x.yaml:5");
    cr_expect_str_eq(rack_row(csv, "sw2,fet,back-to-back-100a,on,"), "", "left out");
    cr_expect_str_eq(rack_row(csv, "web1,server,server-12v-500w,p,"),
                     "web1,server,server-12v-500w,p,number,400,W,400 W,\"E, name plate\",yes,"
                     "x.yaml:10");
    cr_expect_str_eq(rack_row(csv, "mux0,mux,\"\",i2c,"),
                     "mux0,mux,\"\",i2c,i2c,,,smbus0/0x70,\"\",no,", "implied: written nowhere");
    scenario_free(s);
    diag_free(d);
}

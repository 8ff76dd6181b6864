/* `powergap run --controller` as it is used. Oracle: the manual: exit status, what is said; and the run
 * in the process, whose events those of a run on a board must be. */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "desk.h"

#define FET   "scenarios/psu-failure/fet.yaml"
#define RESET "scenarios/controller/reset-in-transfer.yaml"

static char said[1 << 16];

static const char *program(void)
{
    const char *path = getenv("POWERGAP");

    return path != NULL ? path : "build/gcc-O3/powergap";
}

static int shell(const char *command)
{
    FILE *pipe = popen(command, "r");

    cr_assert(pipe != NULL);
    said[fread(said, 1, sizeof said - 1, pipe)] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(const char *args)
{
    char command[1024];

    snprintf(command, sizeof command, "'%s' run %s 2>&1", program(), args);
    return shell(command);
}

/* With a board on the desk at the end of the link. */
static int run_on(const struct desk_trouble *trouble, const char *args)
{
    struct desk d;
    char all[512];

    desk_put(&d, DESK_UNIX, trouble);
    snprintf(all, sizeof all, "--controller %s %s", d.link, args);
    int status = run(all);
    desk_clear(&d);
    return status;
}

static bool says(const char *text)
{
    return strstr(said, text) != NULL;
}

static const struct desk_trouble sound = {.twist = DESK_SOUND};

TestSuite(run, .timeout = 120);

Test(run, on_a_board_it_has_the_events_of_a_run_in_the_process)
{
    char here[1024];

    cr_assert_eq(run("--hash " FET " " RESET), 0);
    snprintf(here, sizeof here, "%.1000s", said);
    cr_assert_eq(run_on(&sound, "--hash " FET " " RESET), 0, "%s", said);
    cr_assert_str_eq(said, here);
}

Test(run, says_what_board_it_was_and_what_its_steps_took)
{
    cr_assert_eq(run_on(&sound, "--no-trace " FET), 0, "%s", said);
    cr_assert(says("Controller: on unix:") && says(", desk, firmware ") &&
                  says(" steps of 7 us in the mean, 7 us at most"),
              "%s", said);
    cr_assert_eq(run_on(&sound, "--no-trace --json " FET), 0);
    cr_assert(says("\"board\": \"desk\"") && says("\"cost_most_ns\": 7000"), "%s", said);
}

/* A step that takes 7 us is a run of its own; 20 us, which the board does not take, are the scenario's. */
Test(run, a_step_takes_what_the_board_says_if_it_is_to_be_charged)
{
    char here[1024];

    cr_assert_eq(run("--hash " FET), 0);
    snprintf(here, sizeof here, "%.1000s", said);
    cr_assert_eq(run_on(&sound, "--hash --charge board " FET), 0, "%s", said);
    cr_assert(strcmp(said, here) != 0, "the same events, though decided sooner");
    cr_assert_eq(run_on(&sound, "--no-trace --charge board " FET), 0);
    cr_assert(says("deciding 7 us"), "%s", said);
}

Test(run, a_link_that_breaks_in_the_middle_is_an_error_and_no_verdict)
{
    static const struct desk_trouble trouble = {.cut_at = 9000};
    char file[64] = "/tmp/powergap-run-XXXXXX";
    char args[256];

    cr_assert(mkdtemp(file) != NULL);
    snprintf(args, sizeof args, "--out %s/t " FET, file);
    cr_assert_eq(run_on(&trouble, args), 3, "%s", said);
    cr_assert(says("ERROR: link 'unix:") && says("the answer to step "), "%s", said);
    cr_assert(says("has closed the link"), "%s", said);
    cr_assert_not(says("PASS") || says("FAIL"), "%s", said);
    snprintf(args, sizeof args, "grep -qx 'verdict: ERROR' %s/t/run.yaml && rm -rf %s", file, file);
    cr_assert_eq(system(args), 0, "the trace says so, too");
    cr_assert_eq(run_on(&trouble, "--no-trace --json " FET " " RESET), 3);
    cr_assert(says("\"verdict\": \"ERROR\"") && says("\"rulings\": []"), "%s", said);
    cr_assert(says("1 scenario was not played"), "%s", said);
}

Test(run, a_board_that_is_not_the_right_one_is_refused)
{
    cr_assert_eq(run_on(&(struct desk_trouble){.twist = DESK_OLD_FIRMWARE}, "--no-trace " FET), 2);
    cr_assert(says("has firmware 0.0.9+1"), "%s", said);
    cr_assert_eq(run_on(&(struct desk_trouble){.twist = DESK_SMALL}, "--no-trace " FET), 2);
    cr_assert(says("the rack has 2 supplies"), "%s", said);
    cr_assert_eq(run_on(&(struct desk_trouble){.twist = DESK_MISHEARS}, "--no-trace " FET), 2);
    cr_assert(says("another configuration"), "%s", said);
    cr_assert_eq(run_on(&sound, "--no-trace --board lm3s6965evb " FET), 2);
    cr_assert(says("not 'lm3s6965evb'"), "%s", said);
    cr_assert_eq(
        run_on(&(struct desk_trouble){.mute_at = 1}, "--no-trace --patience '300 ms' " FET), 2);
    cr_assert(says("nothing came within 0.3 s"), "%s", said);
    cr_assert_eq(run_on(&sound, "--no-trace scenarios/overload/cascade.yaml"), 2);
    cr_assert(says("the rack has no controller"), "%s", said);
}

Test(run, options_that_go_together_are_wanted_together)
{
    cr_assert_eq(run("--charge board " FET), 2);
    cr_assert(says("which --controller LINK?"), "%s", said);
    cr_assert_eq(run("--budget '1 ms' --controller qemu: " FET), 2);
    cr_assert_eq(run("--budget '2 ms' " FET), 2);
    cr_assert(says("--budget is about --real-time"), "%s", said);
    cr_assert_eq(run("--controller unix:x --charge bored " FET), 2);
    cr_assert(says("did you mean 'board'?"), "%s", said);
}

/* 120 ms of simulated time can't be over in less by the wall's clock; a budget of nothing is missed. */
Test(run, real_time_takes_its_time_and_what_comes_too_late_is_invalid)
{
    struct timespec a, b;

    clock_gettime(CLOCK_MONOTONIC, &a);
    cr_assert_eq(run("--no-trace --real-time --budget '10 s' " FET), 0, "%s", said);
    clock_gettime(CLOCK_MONOTONIC, &b);
    cr_assert_geq((double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec), 0.12);
    cr_assert(says("      real time: ") && says("Real time: ") && says("budget 10 s"), "%s", said);
    cr_assert_eq(run("--no-trace --real-time --budget '1 ns' " FET), 1);
    cr_assert(says("INVALID: the bench was late by ") && !says("PASS: "), "%s", said);
    cr_assert_eq(run("--no-trace --json --real-time --budget '1 ns' " FET), 1);
    cr_assert(says("\"verdict\": \"INVALID\"") && says("\"late_ns\": "), "%s", said);
}

/* A board that has fallen silent, and a user who has had enough: no need to wait for the patience. */
Test(run, an_interrupt_ends_the_wait_for_a_silent_board)
{
    struct desk d;
    char command[512];
    struct timespec a, b;

    desk_put(&d, DESK_UNIX, &(struct desk_trouble){.mute_at = 9000});
    snprintf(command, sizeof command,
             "'%s' run --no-trace --patience '60 s' --controller %s " FET " 2>&1 & "
             "sleep 1; kill -INT $!; wait $!",
             program(), d.link);
    clock_gettime(CLOCK_MONOTONIC, &a);
    cr_assert_eq(shell(command), 130, "%s", said);
    clock_gettime(CLOCK_MONOTONIC, &b);
    cr_assert_lt(b.tv_sec - a.tv_sec, 20);
    desk_clear(&d);
}

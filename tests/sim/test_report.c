/* What a report makes of a trace. Oracle: traces written by hand, with figures chosen here. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/html.h"
#include "sim/report.h"
#include "sim/sheet.h"

static char home[64];
static struct arena *arena;
static struct diag *diag;

static void make_home(void)
{
    strcpy(home, "/tmp/powergap-report-test-XXXXXX");
    cr_assert(mkdtemp(home) != NULL);
    arena = arena_new();
    diag = diag_new();
}

static void remove_home(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", home);
    cr_assert_eq(system(command), 0);
    arena_free(arena);
    diag_free(diag);
}

TestSuite(report, .init = make_home, .fini = remove_home);

static void write_file(const char *name, const char *text)
{
    FILE *out = fopen(arena_print(arena, "%s/%s", home, name), "w");

    cr_assert(out != NULL);
    fputs(text, out);
    fclose(out);
}

/* A supply dies twice; its first death is found after 2 ms and costs two servers, a switch closes. */
static void write_trace(void)
{
    write_file("run.yaml", "title: \"two deaths\"\ncovers: [\"a\", \"b c\"]\nverdict: FAIL\n"
                           "interrupted: no\nversion: \"1\"\ncounts:\n  events: 12\nthresholds:\n");
    write_file(
        "verdict.csv",
        "expectation,instance,line,verdict,measured,limit,margin,unit,at_s,at_ns,error,note\n"
        "\"count: sw[*].x, exactly: 0\",sw1.x,1,PASS,0,0,0,,,,0,\n"
        "\"never: web[*].v < 11 V\",web1.v < 11 V,2,PASS,11.9,11,0.9,V,0.1,100000000,0,\n"
        "\"never: web[*].v < 11 V\",web2.v < 11 V,2,PASS,11.2,11,0.2,V,0.1,100000000,0,\n"
        "\"gap: bus_a.v < 11.4 V, at_most: 1 ms\",bus_a.v < "
        "11.4 V,3,FAIL,0.003,0.001,-0.002,s,0.1,100000000,0,\n");
    write_file(
        "gaps.csv",
        "gap,observer,threshold_V,start_ns,end_ns,error_s,v_min_V,missing_J,open,fault,"
        "fault_ns,recovery,hold_up_s,ride_through_s\n"
        "1,bus_a.v,11.4,100000000,103000000,1e-9,10,,0,psu1.die,99900000,sw2.conducts,0,0.0001\n"
        "2,web1.v,11,100000000,109000000,1e-9,10,2,1,psu1.die,99900000,,0,0.0001\n");
    write_file("spans.csv",
               "gap,observer,span,class,start_ns,end_ns,event,text\n"
               "1,bus_a.v,0,ride_through,99900000,100000000,,ride-through\n"
               "1,bus_a.v,1,wait_poll,100000000,102000000,,waiting for the poll\n"
               "1,bus_a.v,2,actuate,102000000,103000000,sw2.conducts,switch actuation\n"
               "2,web1.v,1,other,100000000,109000000,,other\n");
    write_file("rack.csv", "part,kind,library,key,type,value,unit,text,source,estimate,said_at\n"
                           "psu1,psu,crps,rated,number,2000,W,2 kW,S5,no,\n"
                           "psu1,psu,crps,v,number,12.2,V,12.2 V,E,yes,models/parts/crps.yaml:4\n"
                           "psu1,psu,crps,from,part,,,feed_a,,no,x.yaml:3\n"
                           "sw2,fet,,from,taps,,,psu1,,no,x.yaml:4\n");
    write_file("events.csv",
               "id,cause,t_s,t_ns,from_ns,part,event,value,text\n"
               "1,0,0,0,0,,start,0,x\n"
               "2,0,0.099900000,99900000,99900000,psu1,action,0,psu1.lose_input\n"
               "3,2,0.099900000,99900000,99900000,psu1,input_lost,0,x\n"
               "4,3,0.101900000,101900000,101900000,psu1,decide,6,LOST\n"
               "5,4,0.102000000,102000000,102000000,sw2,conducts,0,x\n"
               "6,3,0.102000000,102000000,102000000,web1,uvlo,0,x\n"
               "7,3,0.102000000,102000000,102000000,web2,uvlo,0,x\n"
               "8,1,0.103000000,103000000,103000000,psu2,decide,4,SHARING\n"
               "9,0,0.200000000,200000000,200000000,psu1,action,0,psu1.restore_input\n"
               "10,0,0.300000000,300000000,300000000,psu1,action,0,psu1.lose_input\n"
               "11,4,0.400000000,400000000,400000000,psu1,decide,7,ISOLATED\n");
}

static struct report_run read_trace(void)
{
    struct report_run run = {.folder = home};

    cr_assert(report_read(&run, arena, diag));
    cr_assert(report_events(&run, arena, diag));
    return run;
}

Test(report, verdicts_stand_worst_first_and_instances_that_hold_once)
{
    write_trace();
    struct report_run run = read_trace();

    cr_assert_eq(run.n_verdicts, 3);
    cr_expect_eq(run.verdicts[0].verdict, VERDICT_FAIL);
    cr_expect_str_eq(run.verdicts[1].instance, "web2.v < 11 V");
    cr_expect_eq(run.verdicts[1].count, 2);
    cr_expect_str_eq(run.verdicts[2].instance, "sw1.x", "a count that must be exact has no margin");
    cr_expect_eq(run.n_rulings, 4);
    cr_expect_eq(run.n_pass, 3);
}

Test(report, a_gap_has_its_spans)
{
    write_trace();
    struct report_run run = read_trace();

    cr_assert_eq(run.n_gaps, 2);
    cr_expect_eq(report_longest(&run)->number, 2);
    cr_expect(run.gaps[1].open && !run.gaps[0].open);
    cr_expect_eq(run.gaps[0].n_spans, 3);
    cr_expect_eq(run.gaps[1].n_spans, 1);
    cr_expect_str_eq(run.gaps[0].spans[2].text, "switch actuation");
    cr_expect_eq(run.gaps[0].ride_through, 100000);
    cr_expect(isnan(run.gaps[0].missing_J));
}

Test(report, a_deed_is_known_by_what_goes_back_to_it)
{
    write_trace();
    struct report_run run = read_trace();

    cr_assert_eq(run.n_deeds, 3);
    cr_expect_str_eq(run.deeds[0].action, "lose_input");
    cr_expect_eq(run.deeds[0].detected - run.deeds[0].at, 2000000);
    cr_expect_str_eq(run.deeds[0].whom, "psu1");
    cr_expect_str_eq(run.deeds[0].mind, "LOST");
    cr_expect_eq(run.deeds[0].lost, 2);
    cr_expect_str_eq(run.deeds[0].closer, "sw2");
    cr_expect_not(run.deeds[0].is_repair);
    cr_expect(run.deeds[1].is_repair, "it ends the first");
    cr_expect_eq(run.deeds[2].detected, NS_NEVER, "later, but not because of it");
}

Test(report, what_a_library_part_says_is_no_choice_of_the_rack)
{
    write_trace();
    struct report_run run = read_trace();

    cr_assert_eq(run.n_parts, 2);
    cr_expect(report_param(&run.parts[0], "rated")->in_library, "a default");
    cr_expect(report_param(&run.parts[0], "v")->in_library, "the part's own file");
    cr_expect(report_param(&run.parts[0], "v")->estimate);
    cr_expect_not(report_param(&run.parts[0], "from")->in_library);
    cr_expect_null(report_param(&run.parts[0], "none"));
}

Test(report, events_that_break_off_are_reported)
{
    write_trace();
    write_file("events.csv", "id,cause,t_s,t_ns,from_ns,part,event,value,text\n1,0,0,0,0,,start");
    struct report_run run = {.folder = home};

    cr_expect(report_read(&run, arena, diag));
    cr_expect_not(report_events(&run, arena, diag));
    cr_expect_eq(diag_errors(diag), 1);
}

Test(report, a_sheet_without_a_column_or_with_a_short_row_is_reported)
{
    static const char *const wanted[] = {"a", "b", NULL};
    struct sheet s;

    write_file("x.csv", "a,c\n1,2\n");
    cr_expect_not(sheet_read(&s, arena, diag, arena_print(arena, "%s/x.csv", home), wanted));
    write_file("x.csv", "a,b\n1,2\n3\n");
    cr_expect_not(sheet_read(&s, arena, diag, arena_print(arena, "%s/x.csv", home), wanted));
    cr_expect_eq(diag_errors(diag), 2);
    write_file("x.csv", "a,b\n1,\"2, and \"\"3\"\"\"\n");
    cr_assert(sheet_read(&s, arena, diag, arena_print(arena, "%s/x.csv", home), wanted));
    cr_expect_str_eq(sheet_text(&s, 0, "b"), "2, and \"3\"");
    cr_expect_eq(sheet_number(&s, 0, "a"), 1.0);
    cr_expect(isnan(sheet_number(&s, 0, "b")));
}

Test(report, values_are_in_words)
{
    char buf[REPORT_VALUE];

    cr_expect_str_eq(report_time(buf, 332500), "332.5 µs");
    cr_expect_str_eq(report_value(buf, QTY_VOLT, 38e-6), "38 µV");
    cr_expect_str_eq(report_value(buf, QTY_VOLT, NAN), "");
    cr_expect_str_eq(report_value(buf, QTY_SECOND, INFINITY), "never");
}

Test(report, text_cannot_become_markup)
{
    char text[200];
    FILE *out = fmemopen(text, sizeof text, "w");

    html_print(out, "<b title=\"%s\">%s %d %.1f %%</b>", "\"'", "<script>&", 7, 2.25);
    fclose(out);
    cr_expect_str_eq(text, "<b title=\"&quot;&#39;\">&lt;script&gt;&amp; 7 2.2 %</b>");
}

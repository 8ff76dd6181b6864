/* A server on its channel: when a report comes, what it says, what a request does. Oracles: period and
 * latency of the network, a throttle that is linear in time, the area under a step of power. */
#include <criterion/criterion.h>
#include <math.h>

#include "models/channel.h"
#include "models/server.h"
#include "tests/stand.h"

#define RACK                                                                                       \
    "n: {is: node, c: 1 uF, v0: 0 V}\nnr: {is: resistor, from: n, r: 1 Ohm}\n"                     \
    "bar: {is: bus, v: 12 V, c: 100 F, bleed: 1e9 Ohm}\n"                                          \
    "lan: {is: channel, latency: 2 ms, period: 1 s}\n"                                             \
    "web1: {is: server, from: bar, off_below: 9 V, on_above: 10 V, p: 400 W, i_max: 1 kA, agent: " \
    "lan, "                                                                                        \
    "cap_least: 0.5, cap_time: 4 ms, off_time: 1 ms, boot: 10 ms, boot_p: 300 W}\n"

static struct channel_report report_of(struct stand *s)
{
    struct channel_report re = {0};

    cr_assert(server_reports(s->world, stand_part(s, "web1"), &re));
    return re;
}

static void ask(struct stand *s, double limit_W)
{
    channel_request(s->world, stand_part(s, "lan"), stand_part(s, "web1"),
                    &(struct channel_request){.number = 7, .limit_W = limit_W});
}

/* 400 W for 0.25 s, then 800 W: a mean of 700 W over the first second. */
Test(channel, a_report_is_the_mean_of_a_period)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(250));
    stand_act_with(s, "web1", "step", (struct act_args){.to = 800.0});
    stand_run(s, SECONDS(1));
    cr_assert_float_eq(report_of(s).power_W, 700.0, 1.0);
    stand_free(s);
}

/* Asked at 10 ms, heard at 12 ms, throttled linearly until 16 ms: half of the way at 14 ms. */
Test(channel, a_cap_takes_its_time)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(10));
    ask(s, 300.0);
    stand_run(s, MS(12) - 1);
    cr_assert_eq(stand_read(s, "web1", "power"), 400.0);
    stand_run(s, MS(14));
    cr_assert_float_eq(stand_read(s, "web1", "power"), 350.0, 1e-6);
    stand_run(s, MS(17));
    cr_assert_float_eq(stand_read(s, "web1", "power"), 300.0, 1e-6);
    cr_assert_eq(report_of(s).number, 7);
    ask(s, 10.0); /* below what it accepts: half of its rated power */
    stand_run(s, MS(30));
    cr_assert_float_eq(stand_read(s, "web1", "power"), 200.0, 1e-6);
    stand_free(s);
}

/* Told to be off it is off without a drop; told to start it boots. One that refuses does neither. */
Test(channel, a_server_is_shed_and_started_again)
{
    struct stand *s = stand_new(RACK);

    ask(s, 0.0);
    stand_run(s, MS(4));
    cr_assert_eq(report_of(s).state, CHANNEL_WAITS);
    cr_assert_eq(stand_read(s, "web1", "drops"), 0.0);
    ask(s, INFINITY);
    stand_run(s, MS(90));
    cr_assert_eq(report_of(s).state, CHANNEL_BOOTS);
    stand_run(s, MS(120));
    cr_assert_eq(report_of(s).state, CHANNEL_ON);
    stand_act(s, "web1", "refuse");
    ask(s, 0.0);
    stand_run(s, MS(200));
    cr_assert_eq(report_of(s).state, CHANNEL_ON);
    stand_free(s);
}

/* Nothing gets through a channel that is cut. */
Test(channel, a_cut_channel_loses_everything)
{
    struct stand *s = stand_new(RACK);

    stand_act(s, "lan", "cut");
    ask(s, 0.0);
    stand_run(s, MS(100));
    cr_assert_eq(report_of(s).state, CHANNEL_ON);
    cr_assert_eq(stand_read(s, "lan", "lost"), stand_read(s, "lan", "messages"));
    stand_free(s);
}

/* The spans of a gap add up to it, and each is called what it was. Oracle: counted by hand. */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/anatomy.h"

enum { PSU, SWITCH, BUS, EXPANDER, LINE };

/* A log of events that are numbered by their place. */
static struct log log_of(struct event *events, uint32_t n)
{
    struct log l;

    log_init(&l);
    for (uint32_t i = 0; i < n; i++) {
        events[i].id = i + 1;
        events[i].from = events[i].from != 0 ? events[i].from : events[i].at;
        log_event(&l, &events[i]);
    }
    return l;
}

static ns_t sum_of(const struct anatomy *a)
{
    ns_t sum = 0;

    for (int c = 0; c < SPAN_CLASSES; c++) {
        sum += a->within[c];
    }
    return sum;
}

/* Spans stand side by side from the gap's start to its end. */
static void expect_partition(const struct anatomy *a, const struct gap *g)
{
    ns_t at = g->start;

    for (int32_t i = 0; i < a->n_spans; i++) {
        cr_expect_eq(a->span[i].from, at);
        cr_expect_gt(a->span[i].to, a->span[i].from);
        at = a->span[i].to;
    }
    cr_expect_eq(at, g->end);
    cr_expect_eq(sum_of(a), g->end - g->start);
}

/* A supply dies, a read shows it, the controller decides, waits its turn on the bus, writes to the
 * expander; the contact closes and bounces once. */
#define STORY                                                                                      \
    {.kind = EV_START, .part = NO_PART}, {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION}, \
        {.cause = 2, .at = 1000, .part = PSU, .kind = EV_DEAD},                                    \
        {.cause = 3, .at = 6000, .from = 5000, .part = BUS, .kind = EV_TRANSFER},                  \
        {.cause = 4, .at = 6100, .part = PSU, .kind = EV_DECIDE},                                  \
        {.cause = 1, .at = 6500, .from = 6300, .part = BUS, .kind = EV_TRANSFER},                  \
        {.cause = 5, .at = 8000, .part = EXPANDER, .kind = EV_PINS},                               \
        {.cause = 7, .at = 8000, .part = SWITCH, .kind = EV_CLOSE_COMMAND},                        \
        {.cause = 5, .at = 8100, .from = 6600, .part = BUS, .kind = EV_TRANSFER},                  \
        {.cause = 8, .at = 12000, .part = SWITCH, .kind = EV_CONDUCTS},                            \
        {.cause = 10, .at = 13000, .part = SWITCH, .kind = EV_BOUNCE_OPEN},                        \
    {                                                                                              \
        .cause = 11, .at = 14000, .part = SWITCH, .kind = EV_BOUNCE_CLOSED                         \
    }

Test(anatomy, every_link_of_the_chain_is_counted_once)
{
    struct event events[] = {STORY};
    struct log l = log_of(events, 12);
    struct gap g = {.start = 2000, .end = 20000, .hurt = 3, .helped = 12};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.fault, 2);
    cr_expect_eq(a.recovery, 12);
    cr_expect(a.same_fault);
    cr_expect_eq(a.hold_up, 0);
    cr_expect_eq(a.ride_through, 1000);
    cr_expect_eq(a.within[SPAN_WAIT_POLL], 3000);
    cr_expect_eq(a.within[SPAN_TRANSFER], 1000);
    cr_expect_eq(a.within[SPAN_DECIDE], 100 + 200 + 100);
    cr_expect_eq(a.within[SPAN_QUEUE], 200);
    cr_expect_eq(a.within[SPAN_WRITE], 1400);
    cr_expect_eq(a.within[SPAN_ACTUATE], 4000);
    cr_expect_eq(a.within[SPAN_BOUNCE], 2000);
    cr_expect_eq(a.within[SPAN_RECHARGE], 6000);
    cr_expect_eq(a.within[SPAN_OTHER], 0);
    expect_partition(&a, &g);
    log_free(&l);
}

Test(anatomy, wherever_the_gap_begins_and_ends_it_is_divided_without_rest)
{
    struct event events[] = {STORY};
    struct log l = log_of(events, 12);
    struct anatomy a;

    for (ns_t start = 500; start < 19000; start += 371) {
        for (ns_t end = start + 1; end < 22000; end += 977) {
            for (uint32_t helped = 0; helped <= 12; helped++) {
                struct gap g = {.start = start, .end = end, .hurt = 3, .helped = helped};
                g.open = helped == 0;
                anatomy_find(&l, &g, &a);
                expect_partition(&a, &g);
            }
        }
    }
    log_free(&l);
}

/* A supply dies and pulls its alert line 1500 ns later, while a transfer is under way; the controller
 * asks who it is, reads its status and decides. */
Test(anatomy, waiting_for_an_alert_and_finding_who_it_is_are_told_apart)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION},
        {.cause = 2, .at = 1000, .part = PSU, .kind = EV_DEAD},
        {.cause = 3, .at = 3500, .part = LINE, .kind = EV_ALERT},
        {.cause = 1, .at = 3700, .from = 3300, .part = BUS, .kind = EV_TRANSFER},
        {.cause = 4, .at = 4000, .from = 3720, .part = BUS, .kind = EV_TRANSFER},
        {.cause = 4, .at = 4500, .from = 4020, .part = BUS, .kind = EV_TRANSFER},
        {.cause = 7, .at = 4510, .part = PSU, .kind = EV_DECIDE},
        {.cause = 8, .at = 5000, .part = SWITCH, .kind = EV_CLOSE_COMMAND},
        {.cause = 9, .at = 6000, .part = SWITCH, .kind = EV_CONDUCTS},
    };
    struct log l = log_of(events, 10);
    struct gap g = {.start = 2000, .end = 6100, .hurt = 3, .helped = 10};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.within[SPAN_WAIT_ALERT], 1500);
    cr_expect_eq(a.within[SPAN_WAIT_POLL], 0);
    cr_expect_eq(a.within[SPAN_QUEUE], 200);
    cr_expect_eq(a.within[SPAN_FIND], 280);
    cr_expect_eq(a.within[SPAN_TRANSFER], 480);
    cr_expect_eq(a.within[SPAN_DECIDE], 20 + 20 + 10);
    expect_partition(&a, &g);
    log_free(&l);

    struct log cut = log_of(events, 4);
    struct gap open = {.start = 2000, .end = 9000, .open = true, .hurt = 3};
    anatomy_find(&cut, &open, &a);
    cr_expect_eq(a.span[a.n_spans - 1].is, SPAN_FIND, "nobody has asked");
    expect_partition(&a, &open);
    log_free(&cut);
}

Test(anatomy, hold_up_is_told_from_ride_through)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION},
        {.cause = 2, .at = 1000, .part = PSU, .kind = EV_INPUT_LOST},
        {.cause = 3, .at = 21000, .part = PSU, .kind = EV_HOLD_UP_SPENT},
        {.cause = 4, .at = 21000, .part = PSU, .kind = EV_OUTPUT_OFF},
    };
    struct log l = log_of(events, 5);
    struct gap g = {.start = 21500, .end = 30000, .open = true, .hurt = 5};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.hold_up, 20000);
    cr_expect_eq(a.ride_through, 500);
    expect_partition(&a, &g);
    log_free(&l);
}

/* The story of above, cut short: what the gap was waiting for is what would have come next. */
Test(anatomy, a_gap_that_stays_open_says_what_it_waited_for)
{
    static const struct {
        uint32_t events;
        enum span_class awaited;
        ns_t since;
    } cuts[] = {
        {4, SPAN_DECIDE, 6000},     {5, SPAN_DECIDE, 6000},     {7, SPAN_ACTUATE, 8000},
        {9, SPAN_ACTUATE, 8000},    {10, SPAN_RECHARGE, 12000}, {11, SPAN_BOUNCE, 12000},
        {12, SPAN_RECHARGE, 14000},
    };
    struct event events[] = {STORY};

    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct log l = log_of(events, cuts[i].events);
        struct gap g = {.start = 2000, .end = 20000, .open = true, .hurt = 3};
        struct anatomy a;
        anatomy_find(&l, &g, &a);
        const struct span *last = &a.span[a.n_spans - 1];
        cr_expect_eq(last->is, cuts[i].awaited, "%d", (int)cuts[i].events);
        cr_expect_eq(last->from, cuts[i].since, "%d: %ld", (int)cuts[i].events, (long)last->from);
        cr_expect_eq(a.recovery, 0);
        expect_partition(&a, &g);
        log_free(&l);
    }
}

/* Somebody polls, but no reading has shown the fault; and nobody polls. */
Test(anatomy, a_gap_that_nobody_has_seen_waits_for_the_poll)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION},
        {.cause = 1, .at = 6000, .from = 5000, .part = BUS, .kind = EV_TRANSFER},
    };
    struct gap g = {.start = 2000, .end = 20000, .open = true, .hurt = 2};
    struct log seen = log_of(events, 3);
    struct log unseen = log_of(events, 2);
    struct anatomy a;

    anatomy_find(&seen, &g, &a);
    cr_expect_eq(a.within[SPAN_WAIT_POLL], 18000);
    anatomy_find(&unseen, &g, &a);
    cr_expect_eq(a.within[SPAN_OTHER], 18000);
    log_free(&seen);
    log_free(&unseen);
}

Test(anatomy, help_from_elsewhere_is_not_credited_to_the_fault)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION},
        {.cause = 0, .at = 5000, .part = SWITCH, .kind = EV_ACTION},
        {.cause = 3, .at = 5000, .part = SWITCH, .kind = EV_CONDUCTS},
    };
    struct log l = log_of(events, 4);
    struct gap g = {.start = 2000, .end = 6000, .hurt = 2, .helped = 4};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.fault, 2);
    cr_expect_not(a.same_fault);
    cr_expect_eq(a.within[SPAN_OTHER], 3000);
    cr_expect_eq(a.within[SPAN_RECHARGE], 1000);
    expect_partition(&a, &g);
    log_free(&l);
}

/* The load's stop helped at the bottom but brought nothing; the switch brought the voltage back; a
 * third event helped when all but 5 % of the way was done. */
Test(anatomy, the_recovery_is_what_brought_the_voltage_back)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_ACTION},
        {.cause = 2, .at = 3000, .part = EXPANDER, .kind = EV_UVLO},
        {.cause = 2, .at = 5000, .part = SWITCH, .kind = EV_CONDUCTS},
        {.cause = 1, .at = 5900, .part = BUS, .kind = EV_ORING_ON},
    };
    struct log l = log_of(events, 5);
    struct gap g = {.start = 2000,
                    .end = 6000,
                    .hurt = 2,
                    .helped = 5,
                    .deepest = -1.0,
                    .n_helps = 3,
                    .help = {{3, -1.0}, {4, -1.0}, {5, -0.05}}};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.recovery, 4);
    cr_expect(a.same_fault);
    cr_expect_eq(a.within[SPAN_ACTUATE], 3000);
    cr_expect_eq(a.within[SPAN_RECHARGE], 1000);
    expect_partition(&a, &g);
    log_free(&l);
}

/* Nobody did anything: the air warms, a supply stops, too hot, its switch blocks. The fault is the
 * supply's stop, neither what followed from it nor the warm air long before. */
Test(anatomy, without_a_deed_the_fault_is_the_first_thing_that_a_part_did)
{
    struct event events[] = {
        {.kind = EV_START, .part = NO_PART},
        {.cause = 0, .at = 1000, .part = PSU, .kind = EV_INLET},
        {.cause = 2, .at = 9000, .part = PSU, .kind = EV_OVER_TEMPERATURE},
        {.cause = 3, .at = 9000, .part = PSU, .kind = EV_OUTPUT_OFF},
        {.cause = 4, .at = 9100, .part = SWITCH, .kind = EV_ORING_OFF},
    };
    struct log l = log_of(events, 5);
    struct gap g = {.start = 9300, .end = 9900, .open = true, .hurt = 5};
    struct anatomy a;

    anatomy_find(&l, &g, &a);
    cr_expect_eq(a.fault, 3);
    cr_expect_eq(a.ride_through, 300);
    expect_partition(&a, &g);
    log_free(&l);
}

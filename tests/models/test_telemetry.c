/* test_telemetry.c - a reading is late, averaged and coarse by exactly as much as it says. */
#include <criterion/criterion.h>
#include <math.h>

#include "models/telemetry.h"

static const struct telemetry_config plain = {.period = MS(10), .phase = MS(3)};

static double ramp_1_per_s(const void *ctx, ns_t t)
{
    int *calls = *(int *const *)ctx;

    (*calls)++;
    return ns_to_s(t);
}

/* Samples of a ramp at 3, 13, 23 ms: the register holds the last one, and each instant is taken
 * once, whoever cuts the time into intervals how. */
Test(telemetry, samples_at_its_own_instants)
{
    struct telemetry m;
    int calls = 0;
    int *ctx = &calls;

    telemetry_start(&m, &plain, 0, 0.0);
    telemetry_advance(&m, &plain, MS(3) - 1, ramp_1_per_s, &ctx);
    cr_assert_eq(calls, 0);
    cr_assert_eq(m.tick, 0);
    telemetry_advance(&m, &plain, MS(3), ramp_1_per_s, &ctx);
    cr_assert_eq(m.tick, 1);
    cr_assert_float_eq(m.y, 3e-3, 1e-15);
    telemetry_advance(&m, &plain, MS(29), ramp_1_per_s, &ctx);
    cr_assert_eq(m.tick, 3);
    cr_assert_float_eq(m.y, 23e-3, 1e-15);
    calls = 0;
    telemetry_advance(&m, &plain, MS(32), ramp_1_per_s, &ctx);
    cr_assert_eq(calls, 0);
}

/* A step seen through the discrete filter with keep = tau / (tau + T) leaves keep^n of itself:
 * tau = 40 ms, T = 10 ms, keep = 0.8, 0.8^5 = 0.32768. */
Test(telemetry, averages_as_a_first_order_filter)
{
    struct telemetry_config c = {.period = MS(10), .tau = MS(40)};
    struct telemetry m;

    telemetry_start(&m, &c, 0, 0.0);
    telemetry_hold(&m, &c, MS(50), 1.0);
    cr_assert_eq(m.tick, 6); /* 0, 10, ... 50 ms */
    cr_assert_float_eq(m.y, 1.0 - 0.32768, 1e-12);
}

static double constant(const void *ctx, ns_t t)
{
    (void)t;
    return *(const double *)ctx;
}

/* The closed form and the loop are the same filter; one tick at a time they are the same bits. */
Test(telemetry, hold_equals_advance)
{
    struct telemetry_config c = {.period = US(730), .phase = US(111), .tau = MS(20)};
    struct telemetry a, b;
    double x = 41.25;

    telemetry_start(&a, &c, 0, 3.0);
    telemetry_start(&b, &c, 0, 3.0);
    telemetry_hold(&a, &c, MS(57), x);
    telemetry_advance(&b, &c, MS(57), constant, &x);
    cr_assert_eq(a.tick, b.tick);
    cr_assert_float_eq(a.y, b.y, 1e-12);
    for (ns_t t = MS(57); t < MS(80); t += US(500)) {
        b = a;
        telemetry_hold(&a, &c, t + US(500), -x);
        x = -x;
        telemetry_advance(&b, &c, t + US(500), constant, &x);
        x = -x;
        cr_assert(a.y == b.y && a.tick == b.tick);
    }
}

/* A billion samples of a constant are a few multiplications, and end at the constant. */
Test(telemetry, a_long_hold_settles)
{
    struct telemetry_config c = {.period = 10, .tau = MS(100)};
    struct telemetry m;

    telemetry_start(&m, &c, 0, 0.0);
    telemetry_hold(&m, &c, SECONDS(10), 5.0);
    cr_assert_eq(m.tick, 1000000001u);
    cr_assert_float_eq(m.y, 5.0, 1e-12);
}

Test(telemetry, a_frozen_one_keeps_its_last_value)
{
    struct telemetry m;

    telemetry_start(&m, &plain, 0, 7.0);
    telemetry_freeze(&m);
    telemetry_hold(&m, &plain, SECONDS(1), 0.0);
    cr_assert_eq(telemetry_read(&m, &plain, 0.0), 7.0);
    cr_assert_eq(m.tick, 0); /* so that its noise draw stays the same */
    telemetry_thaw(&m, &plain, MS(1003));
    telemetry_hold(&m, &plain, MS(1013) - 1, 0.0);
    cr_assert_eq(telemetry_read(&m, &plain, 0.0), 7.0); /* none of those that it has missed */
    telemetry_hold(&m, &plain, MS(1013), 0.0);
    cr_assert_eq(m.tick, 102);
    cr_assert_eq(telemetry_read(&m, &plain, 0.0), 0.0);
}

/* (1 + 2 %) 10 + 0.1 + 0.05 * 2 = 10.4; in steps of 0.25: 10.5. */
Test(telemetry, reports_with_its_errors)
{
    struct telemetry_config c = {.period = MS(1), .gain = 0.02, .offset = 0.1, .noise = 0.05};
    struct telemetry m;

    telemetry_start(&m, &c, 0, 10.0);
    cr_assert_float_eq(telemetry_read(&m, &c, 2.0), 10.4, 1e-12);
    c.lsb = 0.25;
    cr_assert_eq(telemetry_read(&m, &c, 2.0), 10.5);
    cr_assert_eq(telemetry_read(&m, &c, -2.0), 10.25); /* 10.2 */
}

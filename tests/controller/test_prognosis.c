/* Trends. Oracles: Siegmund's approximation of a CUSUM's run length, least squares in doubles, and the
 * normal distribution. Then whole steps against a pretend rack whose fans wear. */
#include "rack.h"

#include "controller/quotient.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double UNIT = TREND_UNIT;

static uint64_t seed = 1;

static double uniform(void)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return ((double)(seed >> 33) + 0.5) / 2147483648.0;
}

static double normal(void)
{
    return sqrt(-2.0 * log(uniform())) * cos(2.0 * PI * uniform());
}

/* A deviation of so many units, as the controller keeps it. */
static int16_t units(double x)
{
    return (int16_t)lround(x * UNIT);
}

static double siegmund(double shift, double k, double h)
{
    double d = shift - k, b = h + 1.166;

    return (exp(-2.0 * d * b) + 2.0 * d * b - 1.0) / (2.0 * d * d);
}

/* Mean samples until the sum reaches h units, at unit noise about `shift`. */
static double run_length(double shift, double h, int runs)
{
    double samples = 0.0;

    for (int i = 0; i < runs; i++) {
        uint16_t sum = 0;
        do {
            sum = trend_cusum(sum, units(shift + normal()));
            samples += 1.0;
        } while (sum < h * UNIT);
    }
    return samples / runs;
}

static void expect_run_length(double shift, double h, int runs)
{
    double k = TREND_K / UNIT;
    double is = run_length(shift, h, runs), should = siegmund(shift, k, h);

    cr_assert(fabs(is / should - 1.0) < 0.1, "shift %g, h %g: %g samples, not %g", shift, h, is,
              should);
}

/* The sum runs as long as the theory of the budget says: with the mean learnt wrong by 1/4, sound; and
 * shifted by one or two units. 2000 runs: the mean is known to 2 %. */
Test(prognosis, the_sum_runs_as_long_as_siegmund_says)
{
    expect_run_length(0.25, 3.0, 2000);
    expect_run_length(0.25, 5.0, 2000); /* 938 [hardware oracle H] */
    expect_run_length(0.25, 8.0, 500);  /* 1.9e4 */
    expect_run_length(1.25, 16.0, 2000);
    expect_run_length(2.75, 16.0, 2000);
}

/* Seven trends, ten years of one sample a minute, one false alarm. */
Test(prognosis, the_budget_of_false_alarms_is_kept)
{
    double years = 10.0, samples = years * 365.25 * 24.0 * 60.0;
    double h = TREND_H / UNIT, k = TREND_K / UNIT;

    cr_assert_gt(siegmund(0.25, k, h) / TRENDS, samples);
    cr_assert_lt(siegmund(0.25, k, h - 1.0) / TRENDS, samples, "h is larger than it has to be");
    /* two standard errors of a mean of so many */
    cr_assert_leq(2.0 / sqrt(PROGNOSIS_LEARN), 0.25);
}

/* Against the processor's own division. */
Test(prognosis, long_division_is_division)
{
    for (int i = 0; i < 100000; i++) {
        uint64_t n = (uint64_t)(uniform() * 18446744073709549568.0) >> (i % 64);
        uint64_t d = 1 + ((uint64_t)(uniform() * 9223372036854774784.0) >> ((i / 64) % 63));
        int64_t m = (int64_t)(n >> 1) * (i % 2 ? -1 : 1), e = (int64_t)(d >> 1) + 1;
        cr_assert_eq(quotient(n, d), n / d);
        cr_assert_eq(quotient_signed(m, e), m / e);
        cr_assert_eq(quotient_signed(m, -e), m / -e);
    }
    cr_assert_eq(quotient(7, 0), UINT64_MAX);
}

struct line {
    double level, slope;
};

static struct line least_squares(const int16_t z[], int n)
{
    double si = 0.0, sz = 0.0, sii = 0.0, siz = 0.0;

    for (int i = 0; i < n; i++) {
        si += i;
        sz += z[i];
        sii += (double)i * i;
        siz += (double)i * z[i];
    }
    double slope = (n * siz - si * sz) / (n * sii - si * si);
    return (struct line){(sz - slope * si) / n + slope * (n - 1), slope};
}

/* Lines of any slope with noise: where the fit is now, and when it meets the limit, agree with least
 * squares in doubles to the rounding of the level, one sixteenth of a unit. */
Test(prognosis, the_fit_is_the_least_squares_line)
{
    static int16_t z[4000];

    for (int trial = 0; trial < 300; trial++) {
        struct trend_fit f = {0};
        int n = 8 + (int)(uniform() * 3900.0);
        double slope = (uniform() - 0.3) * 10.0 * UNIT / n;
        for (int i = 0; i < n; i++) {
            z[i] = (int16_t)lround(slope * i + UNIT * normal());
            trend_add(&f, z[i]);
        }
        struct line is = least_squares(z, n);
        int32_t limit = 20 * TREND_UNIT, level;
        uint32_t left = trend_left(&f, limit, &level);
        cr_assert_leq(fabs(level - is.level), 2.0);
        if (is.slope * n > UNIT) {
            double should = (limit - is.level) / is.slope;
            cr_assert_leq(fabs(left - should), 2.0 / is.slope + 1.0, "%u samples, not %g", left,
                          should);
        } else if (is.slope < -1e-6) {
            cr_assert_eq(left, UINT32_MAX);
        }
    }
}

/* Without any trend it says 97 % or more as often as a normal variable exceeds 2: in 2.3 % of cases. */
Test(prognosis, confidence_is_what_it_says)
{
    int sure = 0, trials = 20000;

    for (int trial = 0; trial < trials; trial++) {
        struct trend_fit f = {0};
        for (int i = 0; i < 64; i++) {
            trend_add(&f, units(normal()));
        }
        sure += trend_confidence(&f) >= 97;
    }
    double part = (double)sure / trials;
    cr_assert(part > 0.018 && part < 0.028, "%g", part);
}

/* The longest fit at the largest deviations stays within its integers. */
Test(prognosis, a_fit_is_bounded)
{
    struct trend_fit f = {0};
    int32_t level;

    for (int i = 0; i < 20000; i++) {
        trend_add(&f, (int16_t)(i % 4096 < 2048 ? -480 : 480));
        cr_assert_leq(f.n, 4096);
        (void)trend_left(&f, 160, &level);
        cr_assert(level >= -1500 && level <= 1500);
        (void)trend_confidence(&f);
    }
}

/* ---- whole steps ------------------------------------------------------------------------------- */

static struct rack r;
static const uint64_t SAMPLE_us = 500000;

static void start(struct ctl_config *cfg)
{
    cfg->trend_us = (uint32_t)SAMPLE_us;
    cfg->horizon_s = 100;
    cfg->preempt_most = 2;
    rack_start(&r, cfg, 0x7);
    rack_run(&r, 70 * SAMPLE_us);
}

/* Speed falls by 20 % in 200 s. Foretold in good time, and the time left is right to a fifth. */
Test(prognosis, a_fan_that_slows_is_foretold)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.sweep_us = 50000;
    cfg.stale_us = 200000;
    start(&cfg);
    cr_assert_eq(controller_supply_health(&r.c, 1), HEALTH_SOUND);
    cr_assert_eq(controller_supply_left_s(&r.c, 1), UINT32_MAX);
    int failing_at_s = 0;
    for (int s = 1; s <= 190; s++) {
        r.psu[1].fan_lost = 0.2 * s / 200.0;
        rack_run(&r, 1000000);
        uint32_t left_s = controller_supply_left_s(&r.c, 1);
        if (failing_at_s == 0 && controller_supply_health(&r.c, 1) == HEALTH_FAILING) {
            failing_at_s = s;
        }
        if (s > 120) {
            cr_assert(fabs((double)left_s - (200 - s)) <= 0.2 * (200 - s) + 3, "%u s at %d s",
                      left_s, s);
        }
    }
    cr_assert(failing_at_s > 0 && failing_at_s <= 120, "at %d s", failing_at_s);
    cr_assert_eq(controller_counts(&r.c)->predictions, 1);
    for (int s = 0; s < 4; s++) {
        cr_assert(s == 1 || controller_supply_health(&r.c, (uint8_t)s) == HEALTH_SOUND);
    }
}

/* All fans of a bar slow down alike: that is the room, or their common command. */
Test(prognosis, what_all_do_is_nobodys_fault)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.sweep_us = 50000;
    cfg.stale_us = 200000;
    start(&cfg);
    for (int s = 1; s <= 100; s++) {
        for (int i = 0; i < 3; i++) {
            r.psu[i].fan_lost = 0.3 * s / 100.0;
        }
        rack_run(&r, 1000000);
    }
    cr_assert_eq(controller_counts(&r.c)->predictions, 0);
}

/* A step that stays well short of the limit is a change, no trend: nobody is replaced for it. */
Test(prognosis, a_small_step_is_no_trend)
{
    struct ctl_config cfg = rack_one_bar(0);

    cfg.sweep_us = 50000;
    cfg.stale_us = 200000;
    start(&cfg);
    r.psu[1].fan_lost = 0.08;
    rack_run(&r, 100000000);
    cr_assert_eq(controller_supply_health(&r.c, 1), HEALTH_DRIFTING);
    cr_assert_eq(controller_counts(&r.c)->predictions, 0);
    r.psu[1].fan_lost = 0.0;
    rack_run(&r, 60000000);
    cr_assert_eq(controller_supply_health(&r.c, 1), HEALTH_SOUND);
    cr_assert_eq(rack_operations(&r), 0);
}

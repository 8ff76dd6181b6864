/* supply_stand.h - what the tests of supplies share: one supply, its server, its closed forms. */
#ifndef TESTS_MODELS_SUPPLY_STAND_H
#define TESTS_MODELS_SUPPLY_STAND_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/psu_state.h"
#include "tests/stand.h"

/* 12 V, 1 kW, no spread: every draw of it is its nominal value. Loads hang on its terminal. */
#define SUPPLY                                                                                     \
    "is: psu, v: 12 V, tolerance: 0, rated: 1 kW, droop: 2 mOhm, loop: 50 us, c_out: 4 mF, "       \
    "hold_up: 12 J, limit_least: 1.2, limit_most: 1.2, ovp_least: 14 V, ovp_most: 14 V, "          \
    "share_error: 0, on_delay_least: 5 ms, on_delay_most: 5 ms, ac_delay: 300 ms, rise: 20 ms, "   \
    "pwok_delay: 100 ms"
#define SERVER                                                                                     \
    "is: server, off_below: 9 V, on_above: 10 V, c: 100 uF, r: 10 uOhm, v_f: 0 V, i_max: 10 kA"

/* Its rating stays, whatever its air: for what heat alone does. */
#define NOT_DERATED ", derate_least: 100 %, derate_still: 100 %"

/* Nothing hangs on it that counts. */
#define IDLE                                                                                       \
    "none: {is: server, from: psu1, p: 0 W, start: off, off_below: 1 V, on_above: 2 V, c: 1 uF, "  \
    "r: 10 Ohm}\n"

static const double V = 12.0;
static const double R = 2e-3;
static const double R_INPUT = 10e-6; /* of a server's input */
static const double RATED_A = 1000.0 / 12.0;

/* What a supply of set-point e behind r delivers at its terminal to a load of p_W behind r_input:
 * the upper root of r i^2 - e i + p = 0, r the whole resistance. */
static inline double current_A(double e_V, double r_Ohm, double p_W)
{
    return (e_V - sqrt(e_V * e_V - 4.0 * r_Ohm * p_W)) / (2.0 * r_Ohm);
}

static inline double terminal_W(double e_V, double p_W)
{
    double i_A = current_A(e_V, R + R_INPUT, p_W);

    return (e_V - R * i_A) * i_A;
}

/* One supply with one server of p_W; `more` are keys of the supply. */
static inline struct stand *one(double p_W, const char *more)
{
    char rack[1024];

    snprintf(rack, sizeof rack,
             "psu1: {" SUPPLY "%s}\nweb1: {" SERVER ", from: psu1, p: %.17g W}\n", more, p_W);
    return stand_new(rack);
}

/* Independent integration: Simpson's rule on the curves of each segment. */
static inline void integrate(struct stand *s, ns_t t0, ns_t t1)
{
    ns_t mid = t0 + (t1 - t0) / 2;
    double p0 = stand_read_at(s, "psu1", "power", t0), i0 = stand_read_at(s, "psu1", "i", t0);
    double pm = stand_read_at(s, "psu1", "power", mid), im = stand_read_at(s, "psu1", "i", mid);
    double p1 = stand_read_at(s, "psu1", "power", t1), i1 = stand_read_at(s, "psu1", "i", t1);
    double dt_s = ns_to_s(t1 - t0);

    s->seen[0] += dt_s * (p0 + 4.0 * pm + p1) / 6.0;
    s->seen[1] += dt_s * (i0 + 4.0 * im + i1) / 6.0;
}

#endif

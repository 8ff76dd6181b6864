/* test_fet.c - FETs: when they conduct, what flows meanwhile, what kills them.
 *
 * Oracles: closed forms of one capacitor, one inductance and one resistor; counts by hand. */
#include "switch_stand.h"

/* ---- FET: gate ----------------------------------------------------------------------------------- */

/* 76 nC at 31 uA are 2.45 ms, 40 % of it until it conducts. */
Test(fet, closes_when_its_gate_is_charged)
{
    struct stand *s = stand_new(STIFF("12 V") NODE(
        "b", "1 mF", "12 V") "q: {is: fet, from: a, to: b, closed: no, gate_charge: 76 nC, "
                             "gate_current: 31 uA, threshold_part: 40 %, logic_delay: 1 us}\n");
    double gate_s = 76e-9 / 31e-6;

    stand_run(s, MS(1));
    stand_act(s, "q", "close");
    ns_t conducts = stand_run_to(s, "q", EV_CONDUCTS, MS(10));
    ns_t closed = stand_run_to(s, "q", EV_CLOSED, MS(10));
    cr_expect_leq(ns_apart(conducts, 1e-3 + 1e-6 + 0.4 * gate_s), 1.0);
    cr_expect_leq(ns_apart(closed, 1e-3 + 1e-6 + gate_s), 1.0);
    stand_free(s);
}

Test(fet, a_weak_gate_drive_takes_longer)
{
    struct stand *s = stand_new(STIFF("12 V") NODE(
        "b", "1 mF", "12 V") "q: {is: fet, from: a, to: b, closed: no, gate_charge: 100 nC, "
                             "gate_current: 20 uA, logic_delay: 0 s}\n");

    stand_act_with(s, "q", "slow", (struct act_args){.by = 4.0});
    stand_act(s, "q", "close");
    cr_expect_leq(ns_apart(stand_run_to(s, "q", EV_CLOSED, MS(100)), 4.0 * 5e-3), 1.0);
    stand_free(s);
}

/* ---- FET: inrush and safe operating area ---------------------------------------------------------- */

#define SOFT_START(soa)                                                                            \
    STIFF("50 V")                                                                                  \
    NODE("b", "20 mF", "0 V")                                                                      \
    "q: {is: fet, from: a, to: b, closed: no, gate_charge: 1 nC, gate_current: 1 mA, i_ramp: 50 "  \
    "A, "                                                                                          \
    "r_on: 1 mOhm, soa_energy: " soa "}\n"

/* Oracle D: 20 mF, 50 V, 50 A: 20.0 ms, 25 J. The limit is left when 50 mV are left: 19.98 ms. */
Test(fet, charges_a_bar_at_its_limit_and_takes_half_c_v_squared)
{
    struct stand *s = stand_new(SOFT_START("30 J"));

    stand_act(s, "q", "close");
    s->look = most_current;
    ns_t on = stand_run_to(s, "q", EV_CONDUCTS, MS(1));
    ns_t closed = stand_run_to(s, "q", EV_CLOSED, MS(100));
    cr_expect_float_eq(ns_to_s(closed - on), 20.0e-3, 0.03e-3);
    stand_run(s, SECONDS(1));
    cr_expect_float_eq(stand_read(s, "q", "loss"), 25.0, 25.0 * 1e-4);
    cr_expect_float_eq(s->seen[0], 50.0, 1e-3);
    cr_expect_float_eq(stand_read(s, "b", "v"), 50.0, 1e-2);
    stand_free(s);
}

Test(fet, survives_the_ramp_that_its_safe_area_allows)
{
    struct stand *s = stand_new(SOFT_START("25.1 J"));

    stand_act(s, "q", "close");
    stand_run(s, MS(100));
    cr_expect_eq(stand_count(s, "q", EV_SOA), 0);
    stand_act(s, "q", "open");
    stand_run(s, MS(200));
    cr_expect_eq(stand_read(s, "q", "state"), 0.0);
    stand_free(s);
}

/* At 50 A the bar rises by i / C, so E(t) = V i t - i^2 t^2 / (2 C): the upper root of that is the
 * instant at which the budget is spent. */
Test(fet, burns_in_the_microsecond_in_which_its_budget_is_spent)
{
    const double soa_J[] = {2.0, 5.0, 12.0, 20.0, 24.9};
    const double V = 50.0, I = 50.0, C = 20e-3;

    for (int i = 0; i < 5; i++) {
        char rack[512];
        snprintf(rack, sizeof rack,
                 STIFF("50 V") NODE("b", "20 mF", "0 V") "q: {is: fet, from: a, to: b, closed: no, "
                                                         "gate_charge: 1 nC, gate_current: 1 mA, "
                                                         "i_ramp: 50 A, soa_energy: %g J}\n",
                 soa_J[i]);
        struct stand *s = stand_new(rack);
        stand_act(s, "q", "close");
        ns_t on = stand_run_to(s, "q", EV_CONDUCTS, MS(1));
        ns_t burnt = stand_run_to(s, "q", EV_SOA, MS(100));
        double wanted_s = C / I * (V - sqrt(V * V - 2.0 * soa_J[i] / C));
        cr_expect_float_eq(ns_to_s(burnt - on), wanted_s, 1e-6, "%g J: %.9f s, not %.9f s",
                           soa_J[i], ns_to_s(burnt - on), wanted_s);
        cr_expect_float_eq(stand_event(s, "q", EV_SOA, 0)->value, soa_J[i], 1e-5 * soa_J[i]);
        stand_free(s);
    }
}

/* A slow gate and a short behind it: the channel's conductance s(t) rises from 0.1 % to all within T,
 * its resistance in series with the short is negligible, so P = s V^2 / R until the limit:
 * E = V^2 / R (s0 t + (1 - s0) t^2 / (2 T)). */
Test(fet, burns_on_time_while_its_channel_still_opens)
{
    struct stand *s = stand_new(STIFF("12 V") NODE(
        "b", "1 uF",
        "0 V") "q: {is: fet, from: a, to: b, closed: no, r_on: 100 mOhm, gate_charge: 100 nC, "
               "gate_current: 10 uA, i_ramp: 1 kA, soa_energy: 0.5 J}\n"
               "short: {is: resistor, from: b, r: 1 uOhm}\n");
    double T = 0.6 * 100e-9 / 10e-6, P = 12.0 * 12.0 / 0.1, slope = (1.0 - 1e-3) / T;

    stand_act(s, "q", "close");
    ns_t on = stand_run_to(s, "q", EV_CONDUCTS, MS(10));
    ns_t burnt = stand_run_to(s, "q", EV_SOA, MS(100));
    double wanted_s = (sqrt(1e-6 + 2.0 * slope * 0.5 / P) - 1e-3) / slope;
    cr_expect_float_eq(ns_to_s(burnt - on), wanted_s, 1e-6, "%.9f s, not %.9f s",
                       ns_to_s(burnt - on), wanted_s);
    cr_expect_lt(wanted_s, T);
    stand_free(s);
}

static void expect_burnt(const char *rack)
{
    struct stand *s = stand_new(rack);

    stand_act(s, "q", "close");
    stand_run(s, MS(100));
    cr_expect_eq(stand_count(s, "q", EV_SOA), 1);
    stand_act(s, "q", "open");
    stand_run(s, MS(200));
    cr_expect_eq(stand_read(s, "q", "fault"), (double)SWITCH_STUCK_CLOSED);
    cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_CLOSED);
    stand_free(s);
}

Test(fet, burns_and_shorts_beyond_it)
{
    expect_burnt(SOFT_START("12 J"));
    expect_burnt(SOFT_START("24.9 J"));
}

/* ---- FET: ORing ----------------------------------------------------------------------------------- */

/* The supply side of a closed FET is shorted. From the threshold on the current grows for t_off:
 * i = (V / R) (1 - exp(-R t / L)); 43, 74 and 116 A are known for 60, 180 and 350 ns. */
static void expect_back_feed(const char *delay, double t_off_s, double about_A)
{
    char rack[1024];
    snprintf(rack, sizeof rack,
             STIFF("50 V") NODE(
                 "p", "10 nF",
                 "50 V") "q: {is: fet, from: p, to: a, r_on: 1 mOhm, l: 200 nH, v_reverse: 28 mV, "
                         "reverse_delay: %s, v_avalanche: 80 V}\n"
                         "short: {is: switch, from: p, r: 10 uOhm}\n",
             delay);
    struct stand *s = stand_new(rack);
    double r = 1.01e-3, rate = r / 200e-9, final_A = 50.0 / r;
    double t_threshold_s = -log(1.0 - 28.0 / final_A) / rate;

    stand_run(s, US(1));
    stand_act(s, "short", "close");
    ns_t off = stand_run_to(s, "q", EV_ORING_OFF, US(10));
    double peak_A = -stand_event(s, "q", EV_ORING_OFF, 0)->value;
    double wanted_A = final_A * (1.0 - exp(-rate * (t_threshold_s + t_off_s)));
    cr_expect_float_eq(peak_A, wanted_A, 0.6, "%s: %g A, not %g A", delay, peak_A, wanted_A);
    cr_expect_float_eq(peak_A, about_A, 1.0);
    cr_expect_leq(ns_apart(off, 1e-6 + t_threshold_s + t_off_s), 2.0);
    ns_t open = stand_run_to(s, "q", EV_OPEN, US(100)); /* against 80 V - 50 V */
    cr_expect_float_eq(ns_to_s(open - off), 200e-9 * peak_A / 30.0, 5e-9);
    stand_run(s, MS(1));
    cr_expect_float_eq(stand_read(s, "a", "v"), 50.0, 1e-3);
    cr_expect_eq(stand_read(s, "q", "i"), 0.0);
    stand_free(s);
}

Test(fet, back_feed_is_the_threshold_and_what_the_turn_off_lets_grow)
{
    expect_back_feed("60 ns", 60e-9, 43.0);
    expect_back_feed("180 ns", 180e-9, 74.0);
    expect_back_feed("350 ns", 350e-9, 116.0);
}

#define CLOSES_ONTO_LIVE_BAR                                                                       \
    STIFF("12 V")                                                                                  \
    NODE("p", "1 mF", "12 V")                                                                      \
    "q: {is: fet, from: p, to: a, closed: no, r_on: 1 mOhm, gate_charge: 100 nC, "                 \
    "gate_current: 20 uA, logic_delay: 0 s, reverse_delay: 180 ns}\n"                              \
    "short: {is: switch, from: p, r: 3 mOhm}\n"

/* Its comparator is awake before its gate: told to close onto a short from behind, it doesn't begin to;
 * shorted half-way through the gate charge, it turns off within its delay after its supply
 * has fallen by the threshold, -R C ln(1 - v / V). */
Test(fet, turns_off_in_its_ramp_too)
{
    for (int late = 0; late < 2; late++) {
        struct stand *s = stand_new(CLOSES_ONTO_LIVE_BAR);

        if (!late) {
            stand_act(s, "short", "close");
        }
        stand_act(s, "q", "close");
        stand_run(s, US(3500)); /* gate: 2 ms to the threshold, 5 ms in all */
        cr_expect_eq(stand_count(s, "q", EV_CONDUCTS), late);
        if (late) {
            stand_act(s, "short", "close");
            ns_t off = stand_run_to(s, "q", EV_ORING_OFF, MS(4));
            double falls_s = -1e-3 * 3e-3 * log(1.0 - 28e-3 / 12.0);
            cr_expect_leq(ns_apart(off, 3.5e-3 + falls_s + 180e-9), 30.0);
        }
        stand_run(s, MS(20));
        cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_BLOCKED);
        cr_expect_eq(stand_read(s, "q", "i"), 0.0);
        cr_expect_eq(stand_count(s, "q", EV_CLOSED), 0);
        stand_free(s);
    }
}

/* A dead comparator changes nothing until current flows back: then it does, V / (R + R_short). */
Test(fet, a_dead_comparator_is_found_only_by_a_short_behind_it)
{
    for (int blind = 0; blind < 2; blind++) {
        struct stand *s = stand_new(
            STIFF("12 V") NODE("p", "1 mF", "12 V") "q: {is: fet, from: p, to: a, r_on: 1 mOhm}\n"
                                                    "psu: {is: source, at: p, e: 12 V, r: 1 mOhm}\n"
                                                    "short: {is: switch, from: p, r: 3 mOhm}\n");
        if (blind) {
            stand_act(s, "q", "blind");
        }
        stand_run(s, MS(10));
        cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_CLOSED);
        stand_act(s, "psu", "off");
        stand_act(s, "short", "close");
        stand_run(s, MS(20));
        cr_expect_eq(stand_count(s, "q", EV_ORING_OFF), !blind);
        cr_expect_float_eq(stand_read(s, "q", "i"), blind ? -12.0 / 4e-3 : 0.0, 2.0);
        if (blind) { /* sound again, it sees what flows */
            stand_act(s, "q", "see");
            stand_run(s, MS(21));
            cr_expect_eq(stand_read(s, "q", "i"), 0.0);
        }
        stand_free(s);
    }
}

#define BLOCKS_THEN_FORWARD                                                                        \
    NODE("a", "100 F", "12 V")                                                                     \
    NODE("b", "10 mF", "12.5 V")                                                                   \
    "q: {is: fet, from: a, to: b, r_on: 1 mOhm, l: 100 nH, v_reverse: 28 mV, v_forward: 30 mV, "   \
    "v_body: 0.7 V, gate_charge: 76 nC, gate_current: 31 uA, logic_delay: 1 us}\n"                 \
    "l: {is: load, at: b, p: 120 W}\n"

/* Blocks at the start, for b is higher; its load takes b down through a - 30 mV. From there on the
 * gate is charged: the body diode carries the load up to the threshold, then the channel takes over
 * without a jump, and nothing flows back. */
Test(fet, conducts_again_by_its_body_diode_and_then_by_its_channel)
{
    struct stand *s = stand_new(BLOCKS_THEN_FORWARD);

    stand_run_to(s, "q", EV_OPEN, US(10));
    cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_BLOCKED);
    double v_V = stand_read(s, "b", "v");
    double forward_s = ns_to_s(stand_now(s)) + 10e-3 * (v_V * v_V - 11.97 * 11.97) / (2.0 * 120.0);
    double on_s = forward_s + 76e-9 / 31e-6;
    s->look = most_current;
    stand_run(s, rounded(forward_s + 0.4 * 76e-9 / 31e-6) - US(10));
    double diode_A = stand_read(s, "q", "i");
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0 - 0.7 - 1e-3 * diode_A, 5e-3);
    cr_expect_float_eq(diode_A, 120.0 / 11.3, 0.05);
    ns_t on = stand_run_to(s, "q", EV_ORING_ON, MS(10));
    cr_expect_leq(ns_apart(on, on_s), 100.0, "%.9f not %.9f", ns_to_s(on), on_s);
    stand_run(s, on + MS(1));
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0 - 1e-3 * 10.0, 2e-3);
    cr_expect_lt(s->seen[0],
                 100.0); /* 10 mF by 0.7 V in the first tenths of 1.5 ms, and the load */
    cr_expect_eq(stand_count(s, "q", EV_ORING_OFF), 1);
    stand_free(s);
}

/* Open and closed again before the open has taken effect: it goes on waiting for forward voltage. */
Test(fet, an_order_taken_back_while_it_blocks_changes_nothing)
{
    struct stand *s = stand_new(BLOCKS_THEN_FORWARD);

    stand_run_to(s, "q", EV_OPEN, US(10));
    stand_act(s, "q", "open");
    stand_run(s, stand_now(s) + US(2));
    stand_act(s, "q", "close");
    stand_run(s, MS(20));
    cr_expect_eq(stand_read(s, "q", "state"), (double)SWITCH_CLOSED);
    cr_expect_float_eq(stand_read(s, "b", "v"), 12.0 - 1e-3 * 10.0, 2e-3);
    stand_free(s);
}

Test(fet, an_order_taken_back_while_it_ramps_lets_the_ramp_go_on)
{
    struct stand *s = stand_new(SOFT_START("30 J"));

    stand_act(s, "q", "close");
    stand_run(s, MS(10));
    stand_act(s, "q", "open");
    stand_run(s, MS(10) + US(2));
    stand_act(s, "q", "close");
    s->look = most_current;
    ns_t closed = stand_run_to(s, "q", EV_CLOSED, MS(100));
    cr_expect_float_eq(ns_to_s(closed), 20.0e-3, 0.03e-3);
    cr_expect_float_eq(s->seen[0], 50.0, 1e-3);
    stand_free(s);
}

/* ---- FET: one or two ------------------------------------------------------------------------------ */

static double v_behind_an_open_fet(const char *topology, const char *a, const char *b)
{
    char rack[512];
    snprintf(rack, sizeof rack,
             NODE("a", "1000 F", "%s") NODE(
                 "b", "10 mF",
                 "%s") "q: {is: fet, from: a, to: b, closed: no, topology: %s, v_body: 0.7 V}\n",
             a, b, topology);
    struct stand *s = stand_new(rack);

    stand_run(s, MS(10));
    double v_V = stand_read(s, "b", "v");
    stand_free(s);
    return v_V;
}

Test(fet, one_alone_conducts_through_its_body_diode_when_it_is_off)
{
    cr_expect_float_eq(v_behind_an_open_fet("single", "12 V", "0 V"), 11.3, 1e-3);
    cr_expect_float_eq(v_behind_an_open_fet("single", "12 V", "12.5 V"), 12.5, 1e-9);
    cr_expect_float_eq(v_behind_an_open_fet("back-to-back", "12 V", "0 V"), 0.0, 1e-9);
    cr_expect_float_eq(v_behind_an_open_fet("back-to-back", "12 V", "12.5 V"), 12.5, 1e-9);
}

/* 100 A through 200 nH against 36 V: L I / V, less what R helps. */
Test(fet, opens_by_avalanche_in_l_i_over_v)
{
    struct stand *s = stand_new(STIFF("12 V") NODE(
        "b", "10 F", "12 V") "q: {is: fet, from: a, to: b, r_on: 1 mOhm, l: 200 nH, oring: no, "
                             "v_avalanche: 36 V, off_delay: 5 us}\n"
                             "load: {is: resistor, from: b, r: 0.119 Ohm}\n");

    stand_run(s, SECONDS(200));
    double i_A = stand_read(s, "q", "i");
    cr_expect_float_eq(i_A, 100.0, 0.5);
    stand_act(s, "q", "open");
    ns_t opens = stand_run_to(s, "q", EV_OPENS, MS(1));
    ns_t open = stand_run_to(s, "q", EV_OPEN, MS(1));
    cr_expect_eq(opens, SECONDS(200) + US(5));
    /* L di/dt = dv - R i - 36 V with dv = R i at the begin */
    cr_expect_float_eq(ns_to_s(open - opens),
                       200e-9 / 1e-3 * log1p(1e-3 * i_A / (36.0 - 1e-3 * i_A)), 3e-9);
    stand_free(s);
}

static int32_t complaints(const char *v_bar, const char *v_avalanche)
{
    char text[512];
    snprintf(text, sizeof text,
             "title: t\nduration: 1 ms\nrack:\n"
             "  psu1: {is: psu, v: 12 V, rated: 1 kW, hold_up: 12 J}\n"
             "  bar: {is: bus, v: %s}\n"
             "  q: {is: fet, from: psu1, to: bar, v_avalanche: %s}\n",
             v_bar, v_avalanche);
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("t.yaml", text, strlen(text), d);
    int32_t errors = diag_errors(d);

    scenario_free(s);
    diag_free(d);
    return errors;
}

/* L di/dt = V_bar - V_avalanche: only a higher avalanche ends a current back into a short. */
Test(fet, must_avalanche_above_its_bar)
{
    cr_expect_eq(complaints("12 V", "36 V"), 0);
    cr_expect_eq(complaints("48 V", "36 V"), 1);
    cr_expect_eq(complaints("48 V", "48 V"), 1);
    cr_expect_eq(complaints("48 V", "120 V"), 0);
    cr_expect_eq(complaints("10 V", "11 V"), 1); /* the supply has 12 V */
}

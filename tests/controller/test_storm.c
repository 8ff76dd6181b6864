/* Random weather on many seeds: NACKs, wrong PECs, time-outs, dead telemetry, supplies that die and
 * come back, controllers that are reset. What must hold is the port's contract (rack.h checks it at
 * every step: one operation at a time, wake time bounded) and that the controller never makes things
 * worse than they are. */
#include "rack.h"

static struct rack r;

static struct ctl_config two_bars(uint8_t expander_bus)
{
    struct ctl_config cfg = rack_config(2);

    rack_add_expander(&cfg, expander_bus);
    for (int s = 0; s < 6; s++) {
        rack_add_supply(&cfg, 1000, (uint8_t)(s % 2));
        rack_add_switch(&cfg, s, 0);
        rack_add_switch(&cfg, s, 1);
    }
    cfg.bars[0].load_mW = 1200000;
    cfg.bars[1].load_mW = 1200000;
    return cfg;
}

/* Supplies 0..2 on bar 0, 3..5 on bar 1. */
#define CLOSED 0xA95u

/* Bus errors alone: whatever they look like, no bar loses its supplies for a microsecond, and once
 * the weather is over everything is as it was meant to be. */
Test(storm, bus_errors_alone_never_darken_a_bar)
{
    for (int seed = 1; seed <= 12; seed++) {
        struct ctl_config cfg = two_bars((uint8_t)(seed % 2));
        cfg.confirm = (uint8_t)(1 + seed % 3);
        rack_start(&r, &cfg, CLOSED);
        r.seed = (uint64_t)seed;
        rack_run(&r, 100000);
        r.nack_ppm = 1000u << (seed % 9);
        r.pec_ppm = 1000u << ((seed / 2) % 9);
        r.timeout_ppm = 100u << ((seed / 3) % 9);
        rack_run(&r, 3000000);
        cr_assert_eq(rack_gap_us(&r, 0) + rack_gap_us(&r, 1), 0, "seed %d", seed);
        r.nack_ppm = r.pec_ppm = r.timeout_ppm = 0;
        rack_run(&r, 15000000);
        cr_assert_eq(rack_gap_us(&r, 0) + rack_gap_us(&r, 1), 0, "seed %d", seed);
        for (int s = 0; s < 6; s++) {
            enum supply_state state = controller_supply_state(&r.c, (uint8_t)s);
            cr_assert(state == SUPPLY_SHARING || state == SUPPLY_STANDBY,
                      "seed %d: supply %d is %s", seed, s, supply_state_name(state));
        }
        cr_assert(controller_bar_served(&r.c, 0) && controller_bar_served(&r.c, 1));
    }
}

/* Supplies die and come back as well. A bar may be dark only while no supply that could feed it was
 * closed when the last one died, never because a plan opened the last good one. */
static bool last_one_stays(struct rack *rack)
{
    static int fed_before[CTL_BARS];
    static int moved[CTL_SWITCHES];

    for (int b = 0; b < rack->cfg.n_bars; b++) {
        int feeders = rack_feeders(rack, b);
        bool opened = false;
        for (int i = 0; i < rack->cfg.n_switches; i++) {
            opened = opened || (rack->cfg.switches[i].bar == b && !rack->pin[i] &&
                                moved[i] != rack->operations[i] &&
                                rack_delivers(rack, rack->cfg.switches[i].supply));
        }
        if (opened && feeders == 0 && fed_before[b] > 0) {
            return false;
        }
        fed_before[b] = feeders;
    }
    for (int i = 0; i < rack->cfg.n_switches; i++) {
        moved[i] = rack->operations[i];
    }
    return true;
}

Test(storm, supplies_die_and_return_and_no_plan_opens_the_last_good_one)
{
    for (int seed = 1; seed <= 16; seed++) {
        struct ctl_config cfg = two_bars((uint8_t)(seed % 2));
        rack_start(&r, &cfg, CLOSED);
        r.seed = (uint64_t)seed * 77;
        r.nack_ppm = seed % 3 == 0 ? 5000 : 0;
        r.pec_ppm = seed % 4 == 0 ? 5000 : 0;
        r.timeout_ppm = seed % 5 == 0 ? 500 : 0;
        rack_run(&r, 100000);
        r.watch = last_one_stays;
        for (int i = 0; i < 40; i++) {
            struct rack_supply *u = &r.psu[rack_random(&r) % 6];
            switch (rack_random(&r) % 7) {
            case 0:
                u->dead = !u->dead;
                break;
            case 1:
                u->mute = !u->mute;
                break;
            case 2:
                u->no_input = !u->no_input;
                u->input_lost_at = r.now;
                u->hold_up_us = 5000 + rack_random(&r) % 20000;
                break;
            case 3:
                u->stands ^= 0x0404;
                break;
            case 4:
                u->wedged = !u->wedged;
                break;
            case 5:
                r.stuck_until[0] = r.now + rack_random(&r) % 200000;
                break;
            default:
                rack_reset_controller(&r);
                break;
            }
            rack_settle(&r);
            rack_run(&r, 10000 + rack_random(&r) % 400000);
        }
        memset(r.psu, 0, sizeof r.psu);
        r.nack_ppm = r.pec_ppm = r.timeout_ppm = 0;
        rack_settle(&r);
        r.watch = NULL;
        rack_run(&r, 40000000);
        cr_assert(r.fed[0] && r.fed[1], "seed %d: a bar stays dark", seed);
        cr_assert(controller_bar_redundant(&r.c, 0) && controller_bar_redundant(&r.c, 1),
                  "seed %d: not redundant", seed);
    }
}

/* Pure noise instead of answers: nothing but the contract is asked for. */
Test(storm, garbage_keeps_the_contract)
{
    static struct controller c;
    static struct ctl_in in;
    static struct ctl_out out;
    struct ctl_config cfg = two_bars(1);

    cfg.n_servers = 5;
    cfg.report_us = 100000;
    cfg.answer_us = 5000;
    for (int i = 0; i < cfg.n_servers; i++) {
        cfg.servers[i] = (struct ctl_server_config){.bars = (uint8_t)(1 + i % 3),
                                                    .priority = (uint8_t)(i % 2),
                                                    .rated_mW = 400000,
                                                    .least_mW = 300000,
                                                    .surge_mW = 500000};
    }
    for (uint64_t seed = 1; seed <= 60; seed++) {
        bool busy[CTL_BUSES] = {false};
        r.seed = seed;
        memset(&in, 0, sizeof in);
        in.now_us = rack_random(&r);
        controller_init(&c, &cfg, in.now_us);
        for (int i = 0; i < 5000; i++) {
            for (int b = 0; b < CTL_BUSES; b++) {
                in.bus[b].status = (enum ctl_bus_status)(rack_random(&r) % CTL_BUS_STATUSES);
                busy[b] = busy[b] && in.bus[b].status == CTL_BUS_NONE;
                for (int k = 0; k < CTL_XFER_BYTES; k++) {
                    in.bus[b].rx[k] = (uint8_t)rack_random(&r);
                }
            }
            in.report.state = (uint8_t)(rack_random(&r) % (CTL_SERVER_STATES + 1));
            in.report.server = (uint8_t)(rack_random(&r) % 6);
            in.report.number = (uint8_t)(rack_random(&r) % 4 ? out.ask.number : rack_random(&r));
            in.report.limit = (uint8_t)(rack_random(&r) % (CTL_ASKS + 1));
            in.report.age_ms = rack_random(&r) % 2000;
            in.report.power_mW = rack_random(&r) % 2 ? rack_random(&r) : rack_random(&r) % 500000;
            in.report.cap_mW = rack_random(&r) % 500000;
            in.report.step_mW = rack_random(&r);
            in.report.step_ms = rack_random(&r) % 10000;
            in.now_us += rack_random(&r) % 3000;
            controller_step(&c, &in, &out);
            uint32_t wait = out.wake_us - in.now_us;
            cr_assert(wait >= 1 && wait <= 1000000);
            cr_assert_lt(out.ask.what, CTL_ASKS);
            cr_assert(out.ask.what == CTL_ASK_NONE || out.ask.server < cfg.n_servers);
            cr_assert(out.ask.what != CTL_ASK_CAP ||
                      out.ask.cap_mW >= cfg.servers[out.ask.server].least_mW);
            for (int b = 0; b < CTL_BUSES; b++) {
                bool asks = out.bus[b].op != CTL_OP_NONE;
                cr_assert(!(asks && busy[b]));
                cr_assert(out.bus[b].n_tx <= CTL_XFER_BYTES && out.bus[b].n_rx <= CTL_XFER_BYTES);
                busy[b] = busy[b] || asks;
            }
        }
        cr_assert_eq(controller_mode(&c), CONTROLLER_RUNNING);
        cr_assert_eq(controller_counts(&c)->broken, 0);
    }
}

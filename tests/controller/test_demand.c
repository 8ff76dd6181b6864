/* Power of servers: who gives way, and what happens with who does not. The controller is fed directly
 * here: its belief of the rack is set, reports are handed in, requests are taken out. */
#include "rack.h"

#include "controller/ask.h"
#include "controller/shed.h"

static struct controller c;
static struct ctl_in in;
static struct ctl_out out;

enum { SERVERS = 7 };

/* One bar, one supply that gives `budget_W` for as long as it takes, servers that are on. */
static void one_bar(uint32_t budget_W, int n)
{
    struct ctl_config cfg = rack_config(1);

    rack_add_expander(&cfg, 1);
    rack_add_supply(&cfg, 4000, 0);
    rack_add_switch(&cfg, 0, 0);
    cfg.n_servers = (uint16_t)n;
    cfg.report_us = 1000000;
    cfg.answer_us = 20000;
    for (int i = 0; i < n; i++) {
        cfg.servers[i] = (struct ctl_server_config){
            .bars = 1, .rated_mW = 400000, .least_mW = 300000, .surge_mW = 500000};
    }
    controller_init(&c, &cfg, 1000000);
    cr_assert_eq(controller_fault(&c), CONFIG_SOUND);
    c.plan.feeds[0] = 1;
    c.problem.supplies[0].serves = true;
    c.problem.supplies[0].capacity_mW = budget_W * 1000;
    c.demand.live = 1;
    memset(&in, 0, sizeof in);
    memset(&out, 0, sizeof out);
}

static void budget(uint32_t budget_W)
{
    c.demand.bars[0].budget_mW = c.demand.bars[0].sure_mW = budget_W * 1000;
    c.demand.look = 1;
}

static void says(int i, enum ctl_server_state state, enum ctl_ask limit, uint32_t power_W)
{
    in.report.server = (uint8_t)i;
    in.report.state = (uint8_t)state;
    in.report.limit = (uint8_t)limit;
    in.report.number = c.demand.servers[i].number;
    in.report.power_mW = power_W * 1000;
    in.report.cap_mW = c.demand.servers[i].cap_mW;
    in.report.step_ms = CTL_NO_STEP;
    demand_heard(&c, &in);
}

/* All requests of now, in order. */
static int requests(uint8_t who[], uint8_t what[])
{
    int n = 0;

    for (bool more = true; more && n < 64;) {
        out.ask.what = CTL_ASK_NONE;
        more = shed_step(&c, &out);
        if (out.ask.what != CTL_ASK_NONE) {
            who[n] = out.ask.server;
            what[n++] = out.ask.what;
        }
    }
    return n;
}

/* The worst that a set of servers off means, as a number: by class, the most important first. */
static uint32_t worth(const struct ctl_config *cfg, uint32_t off, int n)
{
    uint32_t by_class = 0;

    for (int i = 0; i < n; i++) {
        by_class += (off >> i & 1) ? 1u << (8 * (2 - cfg->servers[i].priority)) : 0;
    }
    return by_class;
}

/* Seven servers of three priorities, random powers and caps, random shortage. Oracle: every set of
 * servers that could be off; one will do when the caps of the others make up the rest. What is shed is
 * as good as the best set: no more of the most important ones, of equals no more of the next. And the
 * bar is within its budget. */
Test(demand, sheds_no_more_important_server_than_the_best_set)
{
    struct rack r = {.seed = 7};

    for (int round = 0; round < 3000; round++) {
        uint32_t draw_W = 0;
        one_bar(4000, SERVERS);
        for (int i = 0; i < SERVERS; i++) {
            uint32_t p_W = 100 + rack_random(&r) % 400;
            c.cfg.servers[i].priority = (uint8_t)(rack_random(&r) % 3);
            c.cfg.servers[i].rated_mW = p_W * 1000;
            c.cfg.servers[i].least_mW = p_W * (50 + rack_random(&r) % 50) * 10;
            draw_W += p_W;
        }
        shed_init(&c);
        for (int i = 0; i < SERVERS; i++) {
            says(i, CTL_SERVER_ON, CTL_ASK_FREE, c.cfg.servers[i].rated_mW / 1000);
        }
        c.demand.bars[0].draw_mW = draw_W * 1000;
        uint32_t budget_W = 50 + rack_random(&r) % draw_W;
        budget(budget_W);

        uint32_t best = UINT32_MAX;
        for (uint32_t off = 0; off < 1u << SERVERS; off++) {
            uint32_t least_mW = 0;
            for (int i = 0; i < SERVERS; i++) {
                least_mW += (off >> i & 1) ? 0 : c.cfg.servers[i].least_mW;
            }
            uint32_t w = worth(&c.cfg, off, SERVERS);
            best = least_mW <= budget_W * 1000 && w < best ? w : best;
        }
        uint8_t who[64], what[64];
        int n = requests(who, what);
        uint32_t off = 0, rest_mW = 0;
        for (int k = 0; k < n; k++) {
            off |= what[k] == CTL_ASK_OFF ? 1u << who[k] : 0;
        }
        for (int i = 0; i < SERVERS; i++) {
            rest_mW += demand_now_mW(&c, (uint16_t)i);
        }
        uint32_t w = worth(&c.cfg, off, SERVERS);
        cr_assert_leq(w, best, "round %d: %06X off, %06X would do", round, w, best);
        cr_assert(rest_mW <= budget_W * 1000 + budget_W * 1000 / SHED_LACK,
                  "round %d: %u mW of %u W", round, rest_mW, budget_W);
    }
}

/* A cap that is refused becomes a shed, a shed that is refused the next server's business. */
Test(demand, refusals_are_escalated)
{
    uint8_t who[64], what[64];

    one_bar(1000, 3);
    for (int i = 0; i < 3; i++) {
        says(i, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    }
    c.demand.bars[0].draw_mW = 1200000;
    budget(1150);
    cr_assert_eq(requests(who, what), 1);
    cr_assert_eq(what[0], CTL_ASK_CAP);
    int first = who[0];
    says(first, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    cr_assert_eq(requests(who, what), 1);
    cr_assert_eq(who[0], first);
    cr_assert_eq(what[0], CTL_ASK_OFF);
    says(first, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    cr_assert_eq(requests(who, what), 1);
    cr_assert_neq(who[0], first, "a deaf server is asked again");
    cr_assert_eq(what[0], CTL_ASK_CAP);
}

/* Who has not answered within answer_us is asked once more, and in the same moment another one is asked for
 * what may not come. */
Test(demand, silence_is_not_waited_for_twice)
{
    uint8_t who[64], what[64];

    one_bar(1000, 2);
    says(0, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    says(1, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    c.demand.bars[0].draw_mW = 800000;
    budget(750);
    cr_assert_eq(requests(who, what), 1);
    int silent = who[0];
    c.now_us += 19999;
    ask_tick(&c);
    cr_assert_eq(requests(who, what), 0);
    c.now_us += 1;
    ask_tick(&c);
    cr_assert_eq(requests(who, what), 2);
    cr_assert(who[0] != who[1] && (who[0] == silent || who[1] == silent));
    cr_assert(what[0] == CTL_ASK_CAP && what[1] == CTL_ASK_CAP);
    cr_assert_eq(c.demand.bars[0].draw_mW, 750000, "the silent one is counted on");
    c.now_us += 20000;
    says(1 - silent, CTL_SERVER_ON, CTL_ASK_CAP, 350);
    ask_tick(&c);
    cr_assert_eq(requests(who, what), 0, "a third request");
    cr_assert_eq(controller_counts(&c)->deaf_servers, 1);
    cr_assert_eq(controller_counts(&c)->sheds, 0);
}

/* An important server had to be capped because no other one would hear. Once they do, they give way to it, and
 * then nobody is asked for anything any more. */
Test(demand, no_important_server_stays_capped_beside_a_free_one)
{
    uint8_t who[64], what[64];

    one_bar(2000, 3);
    c.cfg.servers[0].priority = 0;
    c.cfg.servers[1].priority = c.cfg.servers[2].priority = 1;
    shed_init(&c);
    for (int i = 0; i < 3; i++) {
        says(i, CTL_SERVER_ON, CTL_ASK_FREE, 400);
        c.demand.servers[i].deaf = i > 0;
    }
    c.demand.bars[0].draw_mW = 1200000;
    budget(1150);
    cr_assert_eq(requests(who, what), 1);
    cr_assert_eq(who[0], 0);
    says(0, CTL_SERVER_ON, CTL_ASK_CAP, 350);
    c.demand.servers[1].deaf = c.demand.servers[2].deaf = false;
    c.now_us += SHED_HOLD_us;
    budget(1150);
    int n = requests(who, what);
    cr_assert_gt(n, 0, "it stays capped");
    for (int i = 0; i < n; i++) {
        cr_assert(who[i] > 0 && what[i] == CTL_ASK_CAP);
        says(who[i], CTL_SERVER_ON, CTL_ASK_CAP, 320);
    }
    budget(1150);
    cr_assert_eq(requests(who, what), 0, "before it is seen that they have given way");
    c.now_us += SHED_HOLD_us;
    budget(1150);
    cr_assert_eq(requests(who, what), 1);
    cr_assert(who[0] == 0 && what[0] == CTL_ASK_FREE);
    says(0, CTL_SERVER_ON, CTL_ASK_FREE, 400);
    for (int k = 0; k < 100; k++) {
        c.now_us += SHED_HOLD_us;
        budget(1150);
        cr_assert_eq(requests(who, what), 0, "it goes on and on");
    }
}

/* A supply that carries nine tenths of its rating, by its meter, says that it is overloaded. That is latched: it
 * is believed when it has been cleared since anything last stirred, and is there again. */
Test(demand, an_overload_that_no_meter_shows_is_believed_when_it_is_of_now)
{
    one_bar(4000, 0);
    struct supply *u = &c.supplies[0];
    struct demand_bar *d = &c.demand.bars[0];
    const struct {
        uint32_t cleared_ms, read_ms; /* so long ago; it last stirred 50 ms ago */
        bool believed;
    } cases[] = {{60, 1, false}, {5, 6, false}, {5, 1, true}};

    c.contacts[0].told = true;
    u->state = SUPPLY_SHARING;
    u->has_reading = true;
    u->settled = u->closed = 1;
    u->v_mV = 12000;
    u->i_mA = 300000;
    u->status = 0x4000; /* IOUT/POUT */
    u->clears = 1;
    for (unsigned k = 0; k < 3; k++) {
        d->stir_us = c.now_us - 50000;
        d->draw_mW = 3600000;
        u->clear_us = c.now_us - 1000 * cases[k].cleared_ms;
        u->read_us = c.now_us - 1000 * cases[k].read_ms;
        budget(3875);
        demand_tick(&c);
        cr_assert_eq(d->budget_mW < d->draw_mW, cases[k].believed, "case %u: %u mW", k,
                     d->budget_mW);
    }
}

/* Four servers wait to start, each with a surge of 500 W, on 1.6 kW: three of them fit, the most
 * important first, and never two in one instant. */
Test(demand, starts_are_staged_and_fit)
{
    uint8_t who[64], what[64];
    int started = 0;

    one_bar(4000, 4);
    c.cfg.servers[2].priority = 0;
    c.cfg.servers[0].priority = c.cfg.servers[1].priority = c.cfg.servers[3].priority = 1;
    shed_init(&c);
    for (int i = 0; i < 4; i++) {
        says(i, CTL_SERVER_WAITS, CTL_ASK_OFF, 0);
    }
    c.demand.bars[0].draw_mW = 0;
    for (int k = 0; k < 20; k++) {
        c.now_us += DEMAND_CALM_us;
        budget(1600);
        int n = requests(who, what);
        cr_assert_leq(n, 1, "two start at once");
        cr_assert(n == 0 || what[0] == CTL_ASK_FREE);
        cr_assert(n == 0 || started > 0 || who[0] == 2, "server %d is first", who[0]);
        if (n > 0) {
            started++;
            says(who[0], CTL_SERVER_BOOTS, CTL_ASK_FREE, 0);
        }
    }
    cr_assert_eq(started, 3);
}

/* A controller that was reset takes over the caps and the servers that are off, and asks for nothing. */
Test(demand, a_reset_controller_adopts_what_it_finds)
{
    uint8_t who[64], what[64];

    one_bar(4000, 2);
    in.report.cap_mW = 300000;
    c.demand.servers[0].cap_mW = 300000;
    says(0, CTL_SERVER_ON, CTL_ASK_CAP, 300);
    says(1, CTL_SERVER_WAITS, CTL_ASK_OFF, 0);
    c.demand.bars[0].draw_mW = 300000;
    budget(300);
    cr_assert_eq(requests(who, what), 0);
    cr_assert_eq(controller_server_asked(&c, 0), CTL_ASK_CAP);
    cr_assert_eq(controller_server_asked(&c, 1), CTL_ASK_OFF);
}

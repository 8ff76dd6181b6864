/* bench_step.c - what one step of the controller costs, at the limits that it is compiled for.
 *
 *   bench_step FILE         plays storms on the largest racks; prints the dearest step in basic blocks,
 *                           and keeps the states before the dearest ones in FILE. The controller has
 *                           to be compiled to count (make OPT=step).
 *   bench_step FILE N       takes the Nth of those steps once more, in again(): for a tool that counts
 *                           instructions inside it
 *
 * `make step-cost` does both and writes controller/STEPS.md. */
#include "controller/controller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 16, SEEDS = 24, SURPRISES = 60 };

struct taken {
    uint64_t blocks;
    struct controller before;
    struct ctl_in in;
};

static uint64_t blocks;
static uint64_t steps;
static uint64_t blocks_of_all;
static struct taken dearest[KEPT]; /* the dearest first */

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    blocks++;
}

static void keep(const struct controller *before, const struct ctl_in *in)
{
    int at = KEPT;

    while (at > 0 && dearest[at - 1].blocks < blocks) {
        at--;
    }
    if (at == KEPT) {
        return;
    }
    memmove(&dearest[at + 1], &dearest[at], (size_t)(KEPT - 1 - at) * sizeof dearest[0]);
    dearest[at].blocks = blocks;
    dearest[at].before = *before;
    dearest[at].in = *in;
}

static void talk(struct ctl_in *in, const struct ctl_config *cfg);
static void listen(const struct ctl_out *out);

static void counted_step(struct controller *c, const struct ctl_in *in, struct ctl_out *out)
{
    static struct controller before;
    struct ctl_in with = *in;

    talk(&with, &c->cfg);
    before = *c;
    blocks = 0;
    controller_step(c, &with, out);
    steps++;
    blocks_of_all += blocks;
    keep(&before, &with);
    listen(out);
}

#define controller_step counted_step
#include "tests/controller/rack.h"
#undef controller_step

/* ---- servers ----------------------------------------------------------------------------------- */

static struct {
    uint8_t state, limit, number;
    uint32_t cap_mW;
} servers[CTL_SERVERS];
static struct rack dice; /* of its own: whether servers speak changes nothing else */

/* A server reports in one of eight steps; it draws what it likes below its cap, and does what it likes
 * now and then. */
static void talk(struct ctl_in *in, const struct ctl_config *cfg)
{
    unsigned i = cfg->n_servers == 0 ? 0 : rack_random(&dice) % cfg->n_servers;

    if (cfg->n_servers == 0 || rack_random(&dice) % 8 != 0) {
        return;
    }
    if (rack_random(&dice) % 64 == 0) {
        servers[i].state = (uint8_t)(1 + rack_random(&dice) % (CTL_SERVER_STATES - 1));
    } else if (servers[i].limit == CTL_ASK_OFF) {
        servers[i].state = CTL_SERVER_WAITS;
    } else if (servers[i].state == CTL_SERVER_WAITS) {
        servers[i].state = CTL_SERVER_BOOTS;
    } else {
        servers[i].state = CTL_SERVER_ON;
    }
    in->report.server = (uint8_t)i;
    in->report.state = servers[i].state;
    in->report.number = servers[i].number;
    in->report.limit = servers[i].limit;
    in->report.cap_mW = servers[i].cap_mW;
    in->report.power_mW = cfg->servers[i].rated_mW - rack_random(&dice) % 30000u;
    in->report.step_mW = cfg->servers[i].rated_mW + 50000;
    in->report.step_ms = rack_random(&dice) % 16 == 0 ? 1000 : CTL_NO_STEP;
}

/* Most requests are obeyed at once, some never. */
static void listen(const struct ctl_out *out)
{
    if (out->ask.what != CTL_ASK_NONE && rack_random(&dice) % 8 != 0) {
        servers[out->ask.server].limit = out->ask.what;
        servers[out->ask.server].number = out->ask.number;
        servers[out->ask.server].cap_mW = out->ask.cap_mW;
    }
}

static void add_servers(struct ctl_config *cfg, int seed)
{
    cfg->n_servers = CTL_SERVERS;
    cfg->report_us = 100000;
    cfg->answer_us = 20000;
    for (int i = 0; i < CTL_SERVERS; i++) {
        uint32_t rated_mW = 60000u + 5000u * (unsigned)((i * seed) % 7);

        cfg->servers[i] = (struct ctl_server_config){
            .bars = (uint8_t)(1 << i % CTL_BARS | (i % 3 == 0) << (i + seed) % CTL_BARS),
            .priority = (uint8_t)(i * seed % 5),
            .rated_mW = rated_mW,
            .least_mW = rated_mW - 10000u * (unsigned)(i % 4),
            .surge_mW = rated_mW * 3 / 2};
    }
}

/* ---- racks ------------------------------------------------------------------------------------- */

static void add_alerts(struct ctl_config *cfg, int seed)
{
    rack_add_alerts(cfg);
    cfg->alert.n_lines = (uint8_t)(1 + seed % CTL_ALERTS);
    for (uint8_t l = 0; l < cfg->alert.n_lines; l++) {
        cfg->alert.pin[l] = l;
        cfg->alert.mux_tells[l] = (l + seed) % 2 == 0;
    }
    for (int s = 0; s < CTL_SUPPLIES; s++) {
        cfg->alert.line_of[s] = (uint8_t)(s % cfg->alert.n_lines);
    }
}

/* As many supplies, bars, switches and expanders as there may be; every supply reaches two bars, by
 * stages with ORing, by contacts, or by both kinds. Some with as many servers as there may be, some with
 * alert lines; all of them with a prognosis. */
static struct ctl_config largest(int seed)
{
    struct ctl_config cfg = rack_config(CTL_BARS);

    for (int s = 0; s < CTL_SUPPLIES; s++) {
        rack_add_supply(&cfg, 1000u + 250u * (unsigned)((s * seed) % 5),
                        (uint8_t)(s % (1 + seed % 8)));
    }
    for (int i = 0; i < CTL_SWITCHES; i++) {
        if (i % R_PINS == 0) {
            rack_add_expander(&cfg, (uint8_t)(seed % 2));
        }
        int s = i % CTL_SUPPLIES;
        int k = rack_add_switch(
            &cfg, s, (s + i / CTL_SUPPLIES * (1 + s / CTL_BARS % (CTL_BARS - 1))) % CTL_BARS);
        cfg.switches[k].one_way = seed % 3 == 0 || (seed % 3 == 1 && s % 2 == 0);
        cfg.switches[k].dwell_us = seed % 4 == 0 ? 50000 : 0;
    }
    for (int b = 0; b < CTL_BARS; b++) {
        cfg.bars[b].load_mW = 1500000u + 400000u * (unsigned)((seed + b) % 5);
        cfg.bars[b].spare = (uint8_t)(1 + (seed + b) % 2);
        cfg.bars[b].priority = (uint8_t)b;
        cfg.bars[b].two_feeds = (seed + b) % 4 == 0;
    }
    cfg.trend_us = PROGNOSIS_LEAST_us * CTL_SUPPLIES;
    cfg.horizon_s = 3600;
    if (seed % 4 != 0) {
        add_servers(&cfg, seed);
    }
    if (seed % 2 != 0) {
        add_alerts(&cfg, seed);
    }
    return cfg;
}

static void surprise(struct rack *r)
{
    struct rack_supply *u = &r->psu[rack_random(r) % CTL_SUPPLIES];
    unsigned feed = rack_random(r) % 8;

    switch (rack_random(r) % 8) {
    case 0:
        u->dead = !u->dead;
        break;
    case 1:
        u->mute = !u->mute;
        break;
    case 2:
        u->shorted = !u->shorted;
        break;
    case 3:
        u->stands ^= 0x0404;
        break;
    case 4:
        u->overvolt = !u->overvolt;
        break;
    case 5:
        r->tied[0] ^= (uint16_t)(1u << rack_random(r) % R_PINS);
        rack_pins_moved(r);
        break;
    case 6:
        rack_reset_controller(r);
        break;
    default:
        for (int s = 0; s < CTL_SUPPLIES; s++) {
            if (r->cfg.supplies[s].feed == feed) {
                r->psu[s].no_input = !r->psu[s].no_input;
                r->psu[s].input_lost_at = r->now;
                r->psu[s].hold_up_us = 15000;
            }
        }
        break;
    }
    rack_settle(r);
}

static void play(int seed)
{
    static struct rack r;
    struct ctl_config cfg = largest(seed);

    memset(servers, 0, sizeof servers);
    for (int i = 0; i < CTL_SERVERS; i++) {
        servers[i].limit = CTL_ASK_FREE;
    }
    rack_start(&r, &cfg, seed % 2 ? 0x0000FFFFu : 0);
    r.seed = (uint64_t)seed;
    dice.seed = (uint64_t)seed * 1001;
    r.nack_ppm = seed % 5 == 0 ? 5000 : 0;
    rack_run(&r, 300000);
    for (int i = 0; i < SURPRISES; i++) {
        surprise(&r);
        rack_run(&r, 1000 + rack_random(&r) % 100000);
    }
}

__attribute__((noinline, noclone)) static void again(struct taken *t, struct ctl_out *out)
{
    controller_step(&t->before, &t->in, out);
}

int main(int argc, char *argv[])
{
    static struct ctl_out out;
    bool repeats = argc == 3;
    FILE *f = argc == 2 || repeats ? fopen(argv[1], repeats ? "rb" : "wb") : NULL;

    if (f == NULL) {
        fprintf(stderr, "usage: bench_step FILE [N]\n");
        return 2;
    }
    if (repeats) {
        size_t n = strtoul(argv[2], NULL, 10) % KEPT;
        if (fread(dearest, sizeof dearest, 1, f) != 1) {
            return 1;
        }
        again(&dearest[n], &out);
    } else {
        for (int seed = 1; seed <= SEEDS; seed++) {
            play(seed);
        }
        printf("%llu %llu %llu\n", (unsigned long long)steps,
               (unsigned long long)(blocks_of_all / steps), (unsigned long long)dearest[0].blocks);
        if (fwrite(dearest, sizeof dearest, 1, f) != 1) {
            return 1;
        }
    }
    return fclose(f) == 0 ? 0 : 1;
}

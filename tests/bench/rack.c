/* rack.c - the electrical racks of the bench. */
#include "rack.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* A bar of n supplies of 150 A bears the loss of one with modest servers, not with hungry ones. */
static const struct bench_rack racks[] = {
    {"8", 8, 2, 32, 350.0, 300.0, 8},
    {"64", 64, 8, 256, 390.0, 330.0, 64},
    {"512", 512, 64, 2048, 390.0, 330.0, 512},
    {"100-racks", 800, 200, 3200, 350.0, 300.0, 8},
    {.name = NULL},
};

const struct bench_rack *bench_rack_at(int32_t i)
{
    return racks[i].name == NULL ? NULL : &racks[i];
}

const struct bench_rack *bench_rack_named(const char *name)
{
    for (const struct bench_rack *r = racks; r->name != NULL; r++) {
        if (strcmp(r->name, name) == 0) {
            return r;
        }
    }
    return NULL;
}

int32_t bench_bar_of(const struct bench_rack *r, int32_t supply)
{
    return supply / (r->supplies / r->bars);
}

int32_t bench_other_bar(int32_t bar)
{
    return bar ^ 1;
}

double bench_server_W(const struct bench_rack *r, int32_t bar)
{
    return bar % 2 == 0 ? r->hungry_W : r->modest_W;
}

/* The supply in the same place on the other bar. */
static int32_t helper_of(const struct bench_rack *r, int32_t supply)
{
    int32_t bar = bench_bar_of(r, supply);

    return supply + (bench_other_bar(bar) - bar) * (r->supplies / r->bars);
}

/* Failures go round the rack in eight places, so that large racks suffer on several bars. */
void bench_deeds(const struct bench_rack *r, struct bench_deed deed[BENCH_DEEDS])
{
    enum { PLACES = 8 };

    for (int32_t g = 0; g < BENCH_GROUPS; g++) {
        ns_t at = MS(200) + g * MS(390);
        int32_t each = r->faulty / PLACES;
        int32_t failed = g % PLACES * each + g / PLACES % each;
        int32_t helper = helper_of(r, failed);
        deed[4 * g + 0] = (struct bench_deed){at, US(1), BENCH_SUPPLY_OFF, failed};
        deed[4 * g + 1] = (struct bench_deed){at + MS(3), US(20), BENCH_SWITCH_CLOSE, helper};
        deed[4 * g + 2] = (struct bench_deed){at + MS(100), MS(1), BENCH_SUPPLY_ON, failed};
        deed[4 * g + 3] = (struct bench_deed){at + MS(150), US(1), BENCH_SWITCH_OPEN, helper};
    }
}

/* Each server draws i = p / (e - R i), R being what all of them see of the supplies, and their own
 * inlet. */
struct bench_rest bench_at_rest(const struct bench_rack *r, int32_t bar)
{
    double each = (double)r->servers / r->supplies; /* servers a supply */
    double r_Ohm = BENCH_DIODE_OHM + each * (BENCH_SWITCH_OHM + BENCH_SOURCE_OHM);
    double p_W = bench_server_W(r, bar);
    double i_A = (BENCH_E_V - sqrt(BENCH_E_V * BENCH_E_V - 4.0 * r_Ohm * p_W)) / (2.0 * r_Ohm);
    double out_V = BENCH_E_V - BENCH_SOURCE_OHM * each * i_A;
    double bar_V = out_V - BENCH_SWITCH_OHM * each * i_A;

    return (struct bench_rest){
        .bar_V = bar_V, .out_V = out_V, .in_V = bar_V - BENCH_DIODE_OHM * i_A};
}

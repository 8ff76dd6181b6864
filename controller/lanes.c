/* lanes.c - see lanes.h.  Checked by tests/controller/test_lanes.c. */
#include "lanes.h"

#include "controller.h"
#include "lacks.h"
#include "record.h"

/* The readings that take turns with READ_IOUT. */
static const uint8_t others[] = {(uint8_t)LANE_I_IN, (uint8_t)LANE_HOT, (uint8_t)LANE_FAN,
                                 (uint8_t)LANE_INLET, (uint8_t)LANE_V_IN};

enum { OTHERS = sizeof(others) / sizeof(others[0]) };

static uint8_t bit_of(uint8_t reading)
{
    return (uint8_t)(1U << reading);
}

/* The next one in the rotation that it answers. */
static uint8_t next_slow(struct supply *u)
{
    for (uint8_t tries = 0; tries < (uint8_t)OTHERS; tries++) {
        u->lane = (uint8_t)((u->lane + 1U) % (2U * (uint32_t)OTHERS));
        uint8_t reading = ((u->lane & 1U) != 0U) ? (uint8_t)LANE_I : others[u->lane >> 1];

        if ((u->lacks & bit_of(reading)) == 0U) {
            return reading;
        }
    }
    return (uint8_t)LANE_I;
}

void lanes_begin(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->whole = false;
    u->turns = (uint8_t)((u->turns + 1U) % c->cfg.look);
    u->asks = ((u->turns == (s % c->cfg.look)) || u->again) ? bit_of((uint8_t)LANE_V) : 0U;
    lacks_begin(c, s);
    for (uint8_t i = 0; i < c->cfg.slow; i++) {
        u->asks |= bit_of(next_slow(u));
    }
}

static bool is_in_window(const struct controller *c, const struct supply *u)
{
    return (u->bar >= c->cfg.n_bars) || ((u->v_mV >= c->cfg.bars[u->bar].v_low_mV) &&
                                         (u->v_mV <= c->cfg.bars[u->bar].v_high_mV));
}

void lanes_status_came(struct controller *c, uint8_t s, bool news)
{
    struct supply *u = &c->supplies[s];
    bool settled = (u->state == (uint8_t)SUPPLY_STANDBY) || (u->state == (uint8_t)SUPPLY_SHARING);
    /* nobody else reads its current */
    bool only_lane = (c->cfg.slow == 0U) && ((u->asks & bit_of((uint8_t)LANE_V)) != 0U);
    bool warned = (u->state == (uint8_t)SUPPLY_SUSPECT) && !news;

    if (!settled && !warned) {
        u->asks = 0; /* nothing slow: the bus is wanted for what happens */
    }
    u->whole =
        !settled || (u->status != 0U) || u->easing || !is_in_window(c, u) || only_lane || u->again;
    if (u->whole) {
        u->asks = (uint8_t)((news ? 0U : u->asks) | (uint8_t)LANES_WHOLE);
    }
}

bool lanes_is_excess(const struct controller *c, uint8_t s, int32_t i_mA)
{
    const struct supply *u = &c->supplies[s];
    uint64_t p_uW = ((u->bar < c->cfg.n_bars) && (i_mA > 0))
                        ? ((uint64_t)(uint32_t)i_mA * c->cfg.bars[u->bar].v_low_mV)
                        : 0U;

    return p_uW > ((uint64_t)c->cfg.supplies[s].capacity_mW * 1000U);
}

void lanes_voltage_came(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    if (!is_in_window(c, u)) {
        u->whole = true;
        u->asks = (uint8_t)LANES_WHOLE;
    }
}

bool lanes_goes_without(struct controller *c, uint8_t s, uint8_t reading)
{
    struct supply *u = &c->supplies[s];

    if ((reading == (uint8_t)LANE_V) || (reading == (uint8_t)LANE_I)) {
        return false;
    }
    lacks_failed(c, s, bit_of(reading));
    record_ask_why(u);
    return true;
}

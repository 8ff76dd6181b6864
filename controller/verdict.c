/* verdict.c - the rules of verdict.h, in order.  Checked by tests/controller/test_verdict.c. */
#include "verdict.h"

#include "pmbus.h"

enum { SELECTIVE_PART = 10, HEAVY_PART = 2, DEEP_PART = 2 };

/* In mA mV = uW. */
bool verdict_carries(const struct supply *u, uint32_t v_mV, uint32_t capacity_mW, uint32_t part)
{
    uint64_t p_uW = (u->i_mA > 0) ? ((uint64_t)(uint32_t)u->i_mA * v_mV) : 0U;

    return (p_uW * part) >= ((uint64_t)capacity_mW * 1000U);
}

bool verdict_is_heavy(const struct supply *u, const struct verdict_limits *l)
{
    return verdict_carries(u, l->v_high_mV, l->capacity_mW, (uint32_t)HEAVY_PART);
}

static bool status_has(const struct supply *u, uint32_t bits)
{
    return ((uint32_t)u->status & bits) != 0U;
}

/* Its output is down while a neighbour pours its limit into the same bar: the current goes in here.
 * A victim that has switched itself off says so by its over-current bit. */
static bool is_shorted(const struct supply *u, const struct verdict_limits *l)
{
    return l->neighbour_low && (u->closed > 0U) &&
           (u->v_mV < (l->v_low_mV / (uint32_t)DEEP_PART)) &&
           !verdict_carries(u, l->v_high_mV, l->capacity_mW, (uint32_t)SELECTIVE_PART) &&
           !status_has(u, (uint32_t)ST_IOUT_OC);
}

static enum verdict low_voltage(struct supply *u, const struct verdict_limits *l)
{
    if ((u->closed > 0U) && verdict_is_heavy(u, l)) {
        return VERDICT_OVERLOADED;
    }
    if (l->starting) {
        return VERDICT_STARTING;
    }
    u->output_dead = u->v_mV < (l->v_low_mV / (uint32_t)DEEP_PART);
    return VERDICT_BAD;
}

static enum verdict high_voltage(struct supply *u, const struct verdict_limits *l)
{
    if ((u->closed > 0U) &&
        !verdict_carries(u, l->v_high_mV, l->capacity_mW, (uint32_t)SELECTIVE_PART)) {
        return VERDICT_WARNING;
    }
    u->danger = (uint8_t)DANGER_OVERVOLT;
    return VERDICT_BAD;
}

enum verdict verdict_of(struct supply *u, const struct verdict_limits *l)
{
    const uint32_t warnings = (uint32_t)ST_TEMPERATURE | (uint32_t)ST_IOUT_OC |
                              (uint32_t)ST_VOUT_OV | (uint32_t)ST_FANS | (uint32_t)ST_INPUT |
                              (uint32_t)ST_IOUT_POUT | (uint32_t)ST_VOUT;

    u->output_dead = false;
    u->danger = is_shorted(u, l) ? (uint8_t)DANGER_SHORTED : (uint8_t)DANGER_NONE;
    if (status_has(u, (uint32_t)ST_OFF)) {
        u->output_dead = true;
        return VERDICT_BAD;
    }
    if (status_has(u, (uint32_t)ST_VIN_UV) || ((u->input_bits & (uint8_t)ST_INPUT_FAULTS) != 0U)) {
        return VERDICT_BAD;
    }
    if (u->v_mV < l->v_low_mV) {
        return low_voltage(u, l);
    }
    if (u->v_mV > l->v_high_mV) {
        return high_voltage(u, l);
    }
    if (status_has(u, (uint32_t)ST_NO_POWER_GOOD)) {
        return l->starting ? VERDICT_STARTING : VERDICT_BAD;
    }
    return status_has(u, warnings) ? VERDICT_WARNING : VERDICT_GOOD;
}

bool verdict_is_urgent(const struct supply *u)
{
    return status_has(u, (uint32_t)ST_OFF | (uint32_t)ST_VIN_UV);
}

/* verdict.h - what a reading says about a supply, and what only looks as if.
 *
 * A bar that collapses pulls the voltage of every supply on it out of the window, a supply that
 * drives its bar too high does the same upwards; switching the victims off would finish the rack.
 * What tells them apart is current: a victim of a collapse carries its rating and more, a victim of
 * an over-voltage carries nothing.
 *
 *   source    hardware notes: selective over-voltage trip (only above 10 % of rated current [S15])
 *   checked   tests/controller/test_verdict.c */
#ifndef CONTROLLER_VERDICT_H
#define CONTROLLER_VERDICT_H

#include "supply.h"

enum verdict { VERDICT_GOOD, VERDICT_WARNING, VERDICT_OVERLOADED, VERDICT_STARTING, VERDICT_BAD };

struct verdict_limits {
    uint32_t v_low_mV;
    uint32_t v_high_mV;
    uint32_t capacity_mW;
    bool starting;      /* its voltage may be below the window, and power good absent, for now */
    bool neighbour_low; /* another supply of its bar is in current limit with its voltage low */
};

/* Of the full reading in *u. Sets its danger and output_dead. */
enum verdict verdict_of(struct supply *u, const struct verdict_limits *l);

/* Of STATUS_WORD alone, so that nothing waits for the rest of the turn. (That power is not good may be
 * the bar's fault: voltage and current tell.) */
bool verdict_is_urgent(const struct supply *u);

/* Does its current, at that voltage, make at least this part of its rating? */
bool verdict_carries(const struct supply *u, uint32_t v_mV, uint32_t capacity_mW, uint32_t part);

/* Does it deliver more than half of its rating? As it would, current limited, in a collapse. */
bool verdict_is_heavy(const struct supply *u, const struct verdict_limits *l);

#endif

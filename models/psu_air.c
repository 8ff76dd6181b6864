/* psu_air.c - the air that cools a supply, and what it leaves of its rating.
 *
 *   rating  over that on its name plate: warm(T_inlet) * still(flow) [E, each alone S97]
 *   warm    1 up to derate_from, falls linearly to derate_least at derate_to, and stays there
 *   still   derate_still + (1 - derate_still) q^0.8: as the part of its cooling that is blown [E]
 *   limits  rated current, current limit, power limit and overload threshold go with the rating;
 *           what is spent of an overload budget stays spent
 *
 * Its share of a share line and what its bus interface calls its rating are those of the name plate.
 * Source: hardware facts 7.  Checked by tests/models/test_derating.c. */
#include <math.h>

#include "cooling.h"
#include "elementary.h"
#include "psu_state.h"

/* q^0.8, exactly 1 at full flow [hardware facts 7]. */
double psu_blown(double flow)
{
    return flow == 1.0 ? 1.0 : elementary_pow(flow, 0.8);
}

double psu_rating(const struct psu_params *p, double inlet_C, double flow)
{
    double hot = (inlet_C - p->derate_from_C) / (p->derate_to_C - p->derate_from_C);
    double warm = 1.0 - (1.0 - p->derate_least) * fmin(fmax(hot, 0.0), 1.0);
    double still = p->derate_still + (1.0 - p->derate_still) * psu_blown(flow);

    return warm * still;
}

/* The rating follows the air. It is felt only by an output that delivers more than it now may, or
 * that is in its limit. */
static void derate(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    double rating = psu_rating(p, s->inlet_C, s->flow);

    if (rating == s->rating) {
        return;
    }
    world_event(w, part, EV_DERATED, rating);
    psu_spend_overload(w, part);
    double i_A = net_source_i_A(w, s->source, world_now(w));
    double most_A = fmin(s->rating, rating) * s->limit * s->nominal_A;
    enum effect felt = rating < s->rating ? EFFECT_HURTS : EFFECT_HELPS;

    s->rating = rating;
    s->rated_A = rating * s->nominal_A;
    psu_output_limits(w, part, i_A < most_A ? EFFECT_NONE : felt);
    psu_overload_level(w, part);
    psu_report(w, part);
}

/* Its heat up to now is by the old law. */
static void change_air(struct world *w, int32_t part, double inlet_C, double flow)
{
    struct psu_state *s = psu_state(w, part);

    net_change_source(w, s->source, EFFECT_NONE);
    s->inlet_C = inlet_C;
    s->flow = flow;
    psu_set_timer(w, part, TIMER_HEAT, world_now(w));
    psu_report(w, part);
    derate(w, part);
}

bool psu_set_flow(struct world *w, int32_t part, double flow)
{
    const struct psu_state *s = psu_look(w, part);

    if (s->flow == flow) {
        return false;
    }
    change_air(w, part, s->inlet_C, flow);
    return true;
}

bool psu_set_inlet(struct world *w, int32_t part, double inlet_C)
{
    const struct psu_state *s = psu_look(w, part);

    if (s->inlet_C == inlet_C) {
        return false;
    }
    world_event(w, part, EV_INLET, inlet_C);
    change_air(w, part, inlet_C, s->flow);
    return true;
}

void psu_air_changed(struct world *w, int32_t part)
{
    psu_set_flow(w, part, cooling_flow(w, psu_params(w, part)->air));
}

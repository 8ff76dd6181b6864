/* psu_wear.c - what wears out in a supply, each from one value to another over a time.
 *
 *   fan          speed falls linearly; with it the flow of air
 *   capacitors   ESR grows as exp(a t), as electrolyte is lost; bulk capacitance falls linearly
 *   converter    efficiency falls linearly
 *
 * A ramp is taken in a hundred steps, each from the middle of its span: between them the laws of heat
 * and energy have constant coefficients. Over weeks in the field (bearing 1..8, ESR months, with a knee
 * in the last 2..4) [E]; a scenario says how fast.
 * Left out: what the ESR does to the output itself, but for the scatter of readings.
 * Source: hardware facts 6.  Checked by tests/models/test_psu_wear.c. */
#include "elementary.h"
#include "psu_state.h"

enum { STEPS = 100 };

static const struct psu_wear AS_NEW = {
    .value = 1.0, .from = 1.0, .to = 1.0, .since = 0, .until = NS_NEVER};

void psu_wear_init(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);

    for (int i = 0; i < PSU_WEARS; i++) {
        s->wear[i] = AS_NEW;
    }
    s->wear[WEAR_EFFICIENCY].value = psu_params(w, part)->efficiency;
}

/* What has been going on until now goes on under the old law, what comes under the new one. */
static void set(struct world *w, int32_t part, enum psu_wear_of what, double value)
{
    struct psu_state *s = psu_state(w, part);

    if (what == WEAR_FAN) {
        s->wear[what].value = value;
        psu_set_flow(w, part, value);
        return;
    }
    net_change_source(w, s->source, EFFECT_NONE); /* brings heat and meter to now */
    if (what == WEAR_BULK) {
        psu_keep_energy(w, part);
    }
    s->wear[what].value = value;
    if (what == WEAR_EFFICIENCY) {
        psu_set_timer(w, part, TIMER_HEAT, world_now(w));
    }
}

static ns_t step_of(const struct psu_wear *u)
{
    ns_t step = (u->until - u->since) / STEPS;

    return step > 0 ? step : 1;
}

static double value_at(enum psu_wear_of what, const struct psu_wear *u, ns_t now)
{
    if (now >= u->until) {
        return u->to;
    }
    double x = (ns_to_s(now - u->since) + 0.5 * ns_to_s(step_of(u))) / ns_to_s(u->until - u->since);

    return what == WEAR_ESR ? u->from * elementary_pow(u->to / u->from, x)
                            : u->from + (u->to - u->from) * x;
}

void psu_wear_due(struct world *w, int32_t part)
{
    ns_t now = world_now(w), next = NS_NEVER;

    for (int i = 0; i < PSU_WEARS; i++) {
        struct psu_wear *u = &psu_state(w, part)->wear[i];
        if (u->until == NS_NEVER) {
            continue;
        }
        double value = value_at((enum psu_wear_of)i, u, now);
        ns_t then = now + step_of(u);
        then = then < u->until ? then : u->until;
        if (now >= u->until) {
            u->until = NS_NEVER;
            then = NS_NEVER;
        }
        next = then < next ? then : next;
        set(w, part, (enum psu_wear_of)i, value);
    }
    psu_set_timer(w, part, TIMER_WEAR, next);
}

void psu_wear_out(struct world *w, int32_t part, enum psu_wear_of what, double to, ns_t over)
{
    struct psu_wear *u = &psu_state(w, part)->wear[what];
    ns_t now = world_now(w);

    *u = (struct psu_wear){
        .value = u->value, .from = u->value, .to = to, .since = now, .until = ns_after(now, over)};
    psu_set_timer(w, part, TIMER_WEAR, now);
}

void psu_wear_stop(struct world *w, int32_t part, enum psu_wear_of what, double at)
{
    psu_state(w, part)->wear[what].until = NS_NEVER;
    set(w, part, what, at);
}

bool psu_renew(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    bool had = false;

    for (int i = 0; i < PSU_WEARS; i++) {
        const struct psu_wear *u = &psu_look(w, part)->wear[i];
        double as_new = i == WEAR_EFFICIENCY ? p->efficiency : 1.0;
        bool cools_itself = i != WEAR_FAN || p->air == NO_PART;
        if (cools_itself && (u->until != NS_NEVER || u->value != as_new)) {
            psu_wear_stop(w, part, (enum psu_wear_of)i, as_new);
            had = true;
        }
    }
    return had;
}

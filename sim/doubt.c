/* doubt.c - doubts are handed on along causes. Checked by tests/sim/test_accuracy.c. */
#include "doubt.h"

#include <math.h>

void doubts_init(struct doubts *d)
{
    *d = (struct doubts){.of.each = sizeof(struct doubt)};
}

static struct doubt about(const struct doubts *d, uint32_t id)
{
    static const struct doubt none = {0};
    static const struct doubt unknown = {.event_s = INFINITY, .edge_s = INFINITY};
    const struct doubt *of = pages_at(&d->of, id);

    return d->is_short ? unknown : of == NULL ? none : *of;
}

static void set(struct doubts *d, uint32_t id, struct doubt to)
{
    if (to.event_s > 0.0 || to.edge_s > 0.0) {
        struct doubt *of = pages_new(&d->of, id);
        if (of == NULL) {
            d->is_short = true;
            return;
        }
        *of = to;
    }
}

/* Its instant was found on a voltage or a current, by a guard. */
static bool is_located(enum event_kind kind)
{
    switch (kind) {
    case EV_UVLO:
    case EV_INSERTION:
    case EV_OVERLOAD:
    case EV_OVER_VOLTAGE:
    case EV_ORING_OFF:
    case EV_ORING_ON:
    case EV_TRIP:
    case EV_DROP_OUT:
        return true;
    default:
        return false;
    }
}

void doubts_event(struct doubts *d, const struct event *e)
{
    struct doubt cause = about(d, e->cause);
    bool takes_up = is_located(e->kind);

    set(d, e->id,
        (struct doubt){.event_s = takes_up ? fmax(cause.event_s, cause.edge_s) : cause.event_s});
}

double doubts_edge(struct doubts *d, uint32_t cause, double own_s)
{
    struct doubt of = about(d, cause);
    double error_s = own_s + of.event_s;

    of.edge_s = fmax(of.edge_s, error_s);
    set(d, cause, of);
    return error_s;
}

void doubts_free(struct doubts *d)
{
    pages_free(&d->of);
}

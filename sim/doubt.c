/* doubt.c - doubts are handed on along causes. Checked by tests/sim/test_accuracy.c. */
#include "doubt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024 };

/* Without memory nothing is known: an edge may be off by anything. */
static const struct doubt UNKNOWN = {.event_s = INFINITY, .edge_s = INFINITY};

static void make_room(struct doubts *d, uint32_t id)
{
    uint32_t room = d->room == 0 ? FIRST_ROOM : 2 * d->room;

    if (id < d->room) {
        return;
    }
    struct doubt *of = realloc(d->of, room * sizeof *of);
    if (of != NULL) {
        memset(of + d->room, 0, (room - d->room) * sizeof *of);
        d->of = of;
        d->room = room;
    }
}

static struct doubt about(const struct doubts *d, uint32_t id)
{
    return id < d->room ? d->of[id] : UNKNOWN;
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
    make_room(d, e->id);
    struct doubt cause = about(d, e->cause);
    if (e->id < d->room) {
        bool takes_up = is_located(e->kind);
        d->of[e->id].event_s = takes_up ? fmax(cause.event_s, cause.edge_s) : cause.event_s;
    }
}

double doubts_edge(struct doubts *d, uint32_t cause, double own_s)
{
    double error_s = own_s + about(d, cause).event_s;

    if (cause < d->room) {
        d->of[cause].edge_s = fmax(d->of[cause].edge_s, error_s);
    }
    return error_s;
}

void doubts_free(struct doubts *d)
{
    free(d->of);
    *d = (struct doubts){.room = 0};
}

/* pace.c - absolute sleeps, so that being late once does not shift what comes later. */
#include "pace.h"

#include <stdlib.h>
#include <time.h>

#include "transport.h"

struct instant {
    ns_t at, late;
};

struct pacer {
    struct pace face; /* first: the one is the other */
    const volatile sig_atomic_t *stop;
    ns_t begun; /* by the wall's clock */
    struct instant *instants;
    size_t n, room;
};

static struct pacer *pacer_of(struct pace *p)
{
    return (struct pacer *)(void *)p;
}

static void begin(struct pace *p)
{
    pacer_of(p)->begun = transport_now();
    pacer_of(p)->n = 0;
}

static void note(struct pacer *p, ns_t at, ns_t late)
{
    if (p->n == p->room) {
        size_t room = p->room == 0 ? 1024 : 2 * p->room;
        struct instant *more = realloc(p->instants, room * sizeof *more);
        if (more == NULL) {
            p->face.is_short = true;
            return;
        }
        p->instants = more;
        p->room = room;
    }
    p->instants[p->n++] = (struct instant){.at = at, .late = late};
}

static void await(struct pace *face, ns_t at)
{
    struct pacer *p = pacer_of(face);
    ns_t due = p->begun + at;
    struct timespec t = {.tv_sec = (time_t)(due / SECONDS(1)), .tv_nsec = (long)(due % SECONDS(1))};

    while (transport_now() < due && (p->stop == NULL || *p->stop == 0)) {
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
}

static void done(struct pace *face, ns_t at)
{
    struct pacer *p = pacer_of(face);
    ns_t late = transport_now() - p->begun - at;

    if (late >= 0) { /* else the user has stopped it before its time */
        note(p, at, late);
    }
}

static struct lateness between(const struct pace *face, ns_t from, ns_t to)
{
    const struct pacer *p = (const struct pacer *)(const void *)face;
    struct lateness l = {.instants = 0};
    ns_t least = NS_NEVER;
    size_t low = 0;

    for (size_t high = p->n; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (p->instants[middle].at < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low; i < p->n && p->instants[i].at <= to; i++) {
        ns_t late = p->instants[i].late;
        l.instants++;
        l.most = late > l.most ? late : l.most;
        least = late < least ? late : least;
    }
    l.jitter = l.instants > 0 ? l.most - least : 0;
    return l;
}

struct pace *pace_new(ns_t budget, const volatile sig_atomic_t *stop)
{
    struct pacer *p = calloc(1, sizeof *p);

    if (p == NULL) {
        return NULL;
    }
    p->face = (struct pace){
        .budget = budget, .begin = begin, .await = await, .done = done, .between = between};
    p->stop = stop;
    return &p->face;
}

void pace_free(struct pace *p)
{
    if (p != NULL) {
        free(pacer_of(p)->instants);
        free(pacer_of(p));
    }
}

/* switch_stand.h - what the tests of FETs, relays and breakers share: a stiff bar, and an eye on the
 * current of switch `q`. */
#ifndef TESTS_MODELS_SWITCH_STAND_H
#define TESTS_MODELS_SWITCH_STAND_H

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "models/switchgear.h"
#include "tests/stand.h"

/* A stiff bar of V at node a, and node b that a switch from a to b feeds. */
#define STIFF(v)                                                                                   \
    "a: {is: node, c: 100 F, v0: " v "}\n"                                                         \
    "grid: {is: source, at: a, e: " v ", r: 1 uOhm, reverse: yes}\n"
#define NODE(n, c, v) n ": {is: node, c: " c ", v0: " v "}\n"

static inline ns_t rounded(double s)
{
    return (ns_t)llround(s * 1e9);
}

static inline double ns_apart(ns_t a, double s)
{
    return fabs((double)(a - rounded(s)));
}

static inline const struct link *link_of(const struct stand *s, const char *part)
{
    const struct net *n = &s->world->plant->net;
    int32_t id = stand_part(s, part);

    for (int32_t i = 0; i < n->n_links; i++) {
        if (net_link_const(n, i)->part == id) {
            return net_link_const(n, i);
        }
    }
    return NULL;
}

/* For look(): seen[0] is the highest current of q, seen[1] when. */
static inline void most_current(struct stand *s, ns_t t0, ns_t t1)
{
    for (int i = 0; i <= 16; i++) {
        ns_t at = t0 + (t1 - t0) * i / 16;
        double i_A = stand_read_at(s, "q", "i", at);
        s->seen[1] = i_A > s->seen[0] ? (double)at : s->seen[1];
        s->seen[0] = fmax(s->seen[0], i_A);
    }
}

#endif

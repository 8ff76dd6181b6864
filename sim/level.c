/* level.c - bounds, least values and areas of the lowest of some curves.
 *
 * Checked by tests/sim/test_level.c and tests/oracle/. */
#include "level.h"

#include <math.h>

#include "gauss.h"

static const double ROUNDING =
    1e-12; /* of a voltage: far more than its computation can be off by */

double level_mark(const struct expr_level *l, double y)
{
    return l->sign * l->level + y + ROUNDING * (fabs(l->level) + y);
}

void level_cut(const struct expr_level *l, const struct world *w, ns_t t0, ns_t t1,
               struct stretch *s)
{
    struct segments now = segments_of(w);
    struct slice slice = slice_of(plant_island(w, plant_island_of(w)[l->first]), t0, t1);
    bool is_whole = slice.q0 == 0.0 && slice.q1 == 1.0;

    s->level = l;
    s->t0 = t0;
    s->t1 = t1;
    s->n = l->n;
    for (int32_t i = 0; i < l->n; i++) {
        struct curve whole = curve_of(&now, l->first + i);
        struct curve y = curve_beyond(&whole, l->sign, l->level);
        s->y[i] = is_whole ? y : curve_part(&y, slice);
    }
}

static double value_of(const struct expr_level *l, const struct world *w, int32_t i, ns_t at)
{
    return l->sign * (plant_state(w, l->first + i, at) - l->level);
}

/* Of the lowest node. */
static double lowest_value(const struct expr_level *l, const struct world *w, ns_t at)
{
    double lowest_V = plant_state(w, l->first, at);

    for (int32_t i = 1; i < l->n; i++) {
        lowest_V = fmin(lowest_V, plant_state(w, l->first + i, at));
    }
    return l->sign * (lowest_V - l->level);
}

double level_view_value(const struct expr_view *v, const struct world *w, ns_t at)
{
    return v->level != NULL ? lowest_value(v->level, w, at) : expr_view_value(v, w, at);
}

bool level_stays(const struct stretch *s, bool holds)
{
    double rounding = ROUNDING * fabs(s->level->level);
    bool clear = !holds;

    for (int32_t i = 0; i < s->n; i++) {
        if (holds) { /* one that stays beyond is enough */
            clear = clear || curve_ceiling(&s->y[i]) < -rounding;
        } else {
            clear = clear && curve_floor(&s->y[i]) > rounding;
        }
    }
    return clear;
}

/* At one of the two whole nanoseconds beside the place where the curve of the lowest node is
 * least. */
bool level_goes_below(const struct stretch *s, const struct world *w, double *mark, ns_t *at)
{
    double rounding = ROUNDING * fabs(s->level->level);
    bool found = false;

    for (int32_t i = 0; i < s->n; i++) {
        if (curve_floor(&s->y[i]) - rounding >= *mark) {
            continue;
        }
        ns_t place = s->t0 + (ns_t)(curve_least(&s->y[i]) * (double)(s->t1 - s->t0));
        for (ns_t t = place; t <= s->t1 && t <= place + 1; t++) {
            double least = value_of(s->level, w, i, t);
            if (least < *mark) {
                *mark = least;
                *at = t;
                found = true;
            }
        }
    }
    return found;
}

/* The curve that lies below all others by its coefficients, if one does. */
static const struct curve *lowest(const struct stretch *s)
{
    int32_t low = 0;

    for (int32_t i = 1; i < s->n; i++) {
        low = curve_is_below(&s->y[i], &s->y[low]) ? i : low;
    }
    for (int32_t i = 0; i < s->n; i++) {
        if (i != low && !curve_is_below(&s->y[low], &s->y[i])) {
            return NULL;
        }
    }
    return &s->y[low];
}

/* By Gauss's rule, where curves cross. */
static double mean_of_lowest(const struct stretch *s)
{
    double mean = 0.0;

    for (int k = 0; k < GAUSS; k++) {
        double y = INFINITY;
        for (int32_t i = 0; i < s->n; i++) {
            y = fmin(y, curve_at(&s->y[i], gauss_at[k]));
        }
        mean += gauss_weight[k] * y;
    }
    return mean;
}

double level_area(const struct stretch *s)
{
    const struct curve *y = lowest(s);
    double mean = y != NULL ? curve_mean(y) : mean_of_lowest(s);

    return -mean * ns_to_s(s->t1 - s->t0);
}

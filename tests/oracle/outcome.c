/* outcome.c - edges, counted and kept. */
#include "outcome.h"

#include <math.h>

void edges_begin(struct edges *e, double t)
{
    if (e->n_begun < EDGES_MANY) {
        e->begun[e->n_begun] = t;
    }
    e->n_begun++;
}

void edges_end(struct edges *e, double t)
{
    if (e->n_ended < EDGES_MANY) {
        e->ended[e->n_ended] = t;
    }
    e->n_ended++;
}

double edges_last_end(const struct edges *e)
{
    bool over = e->n_ended > 0 && e->n_ended == e->n_begun && e->n_ended <= EDGES_MANY;

    return over ? e->ended[e->n_ended - 1] : NAN;
}

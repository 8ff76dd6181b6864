/* outcome.h - what came of a circuit: the edges of its gaps and of its loads. */
#ifndef TESTS_ORACLE_OUTCOME_H
#define TESTS_ORACLE_OUTCOME_H

#include "ckt.h"

enum { EDGES_MANY = 256 };

/* Times of something that begins and ends, in seconds; counted beyond what is kept. */
struct edges {
    int n_begun, n_ended;
    double begun[EDGES_MANY], ended[EDGES_MANY];
};

struct outcome {
    struct {
        struct edges gap;
        double gap_s; /* a gap at the end counts up to there */
        double v_min, v_end;
    } node[CKT_MANY];
    struct edges off[CKT_MANY]; /* of each load: begun when it drops, ended when it is on again */
};

void edges_begin(struct edges *e, double t);
void edges_end(struct edges *e, double t);
double edges_last_end(const struct edges *e); /* NAN: none, or it has begun again */

#endif

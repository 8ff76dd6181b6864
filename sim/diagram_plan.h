/* diagram_plan.h - what stands where in a diagram: for diagram.c and diagram_plan.c only. */
#ifndef SIM_DIAGRAM_PLAN_H
#define SIM_DIAGRAM_PLAN_H

#include "report.h"

enum shape_role { SHAPE_FEED, SHAPE_SUPPLY, SHAPE_BAR, SHAPE_LOAD };

/* A box or a line; it may stand for several parts that are equal. */
struct symbol {
    enum shape_role role;
    const struct report_part *part;
    const struct report_part *last; /* of the parts that it stands for */
    int32_t count;
    const char *hit; /* what the scenario does to it; NULL: nothing */
    int32_t lane;    /* of feeds and bars, which are lines */
    double x0, x1;   /* its left and right end */
    double y;        /* of its top, or of the line */
};

/* A line down from one shape to another, as a rule with a switch on it. */
struct drop {
    int32_t from, to;               /* shapes */
    const struct report_part *with; /* the switch; NULL: a wire */
    const struct report_part *last; /* of the switches that it stands for */
    const char *hit;
    double x;
};

struct plan {
    struct arena *arena;
    const struct report_run *run;
    int32_t n_shapes, n_drops, n_others;
    struct symbol *shapes;
    struct drop *drops;
    const struct report_part **others; /* what has no place: control, cooling, ... */
    double width, height;
    double switches_y; /* the middle of the row of switches */
    double drop;       /* between two drops of a supply: room for the name of a switch */
};

enum {
    DIAGRAM_LETTER = 8, /* width of one */
    DIAGRAM_BOX = 116,  /* least width of a box */
    DIAGRAM_TALL = 50,  /* height of a box */
    DIAGRAM_GAP = 16,   /* between two boxes */
    DIAGRAM_EDGE = 70   /* left and right of all */
};

/* False: the rack has nothing that a diagram shows. */
bool plan_make(struct plan *p, struct arena *a, const struct report_run *run);

#endif

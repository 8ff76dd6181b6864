/* budget.h - what the supplies of a bar can give, by the present plan, for as long as it takes.
 *
 *   several   each as much as an even share may be when the one that carries most must not trip
 *   one       its rating, less what its meter may be wrong by
 *   joining   a supply on two bars: to each what it lacks of the load that the plan was made for
 *   doubt     `sure` is without those that may have failed with another one (its feed, its bar)
 *   trim      less what one of them was found to carry beyond its rating
 *
 *   source    DESIGN.md, "Shedding"
 *   checked   tests/controller/test_demand.c */
#ifndef CONTROLLER_BUDGET_H
#define CONTROLLER_BUDGET_H

enum { BUDGET_METER = 32 }; /* part of a capacity: READ_IOUT is true within 2 % [S8] */

struct controller;

/* Budgets of all bars. */
void budget(struct controller *c);

#endif

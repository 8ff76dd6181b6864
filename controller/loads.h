/* loads.h - with which loads the planner is asked.
 *
 * The largest of these that the supplies can carry when some of them change bars:
 *
 *   ceiling   the configured load, or what is wanted where that is more
 *   wanted    what would be drawn if no server was held down
 *   shed      what is left when the least important servers have given way, each bar within what its
 *             supplies give; a supply changes bars where it saves more important servers than it costs
 *
 * While servers have to give way no redundancy is wished for: a supply that joins two bars for its sake
 * has two shares to carry, and trips.
 *
 * Only what servers report and obey can be shed: without them a bar's load stays what it is.
 *
 *   source    DESIGN.md, "Shedding"
 *   checked   tests/controller/test_demand.c */
#ifndef CONTROLLER_LOADS_H
#define CONTROLLER_LOADS_H

struct controller;
struct plan_problem;

/* Fill in the loads of a question whose supplies are filled in. */
void loads_ask(const struct controller *c, struct plan_problem *q);

#endif

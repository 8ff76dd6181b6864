/* tell.h - what the controller sees and does, in the log, in the words of its journal. */
#ifndef HIL_LINUX_TELL_H
#define HIL_LINUX_TELL_H

#include "controller/controller.h"
#include "models/ns.h"
#include "sim/rack_table.h"

/* How well the port keeps its promises; the most of each since the start. */
struct tell_figures {
    uint64_t steps;
    ns_t late;  /* a step after the wake time that it was asked for */
    ns_t step;  /* inside controller_step() */
    ns_t alert; /* from an edge of an alert line, by the kernel's clock, to its step */
    ns_t transfer[CTL_BUSES];   /* from request to reply */
    uint32_t errors[CTL_BUSES]; /* of the adapter; a device that does not acknowledge is none */
};

/* The journal's newest entry is the first that is told. */
void tell_begin(const struct controller *c, const struct rack_table *t);

/* What has come into the journal since. Cheap when nothing has. */
void tell_news(const struct controller *c, const struct rack_table *t);

/* All that it believes, and the figures. */
void tell_status(const struct controller *c, const struct rack_table *t,
                 const struct tell_figures *f);

#endif

/* diagram.h - the rack of a run as a single-line diagram in SVG: feeds on top, below them supplies,
 * switches, bus bars as thick lines, and what they feed. Equal servers are one box; equal supplies,
 * too, when there are many. What the scenario strikes is marked. */
#ifndef SIM_DIAGRAM_H
#define SIM_DIAGRAM_H

#include "report.h"

/* Write it; false: there is nothing to draw. */
bool diagram_write(FILE *out, struct arena *a, const struct report_run *run);

#endif

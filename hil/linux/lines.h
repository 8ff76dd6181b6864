/* lines.h - pins of this machine, by libgpiod: the one door to it.
 *
 * A pin is named CHIP:LINE, as in gpiochip0:5 or /dev/gpiochip0:SMBALERT, or by its line's name alone.
 *
 *   checked   tests/linux/test_powergapd.c, with another library in libgpiod's place */
#ifndef HIL_LINUX_LINES_H
#define HIL_LINUX_LINES_H

#include "models/ns.h"

#include <stdbool.h>

enum { LINE_WHY = 512 };

struct line;

/* An input whose edges are told, with the kernel's time of each. NULL: `why` is a sentence. */
struct line *line_open_input(const char *pin, char why[LINE_WHY]);

/* An active-low output, not active from the first instant on. */
struct line *line_open_output(const char *pin, char why[LINE_WHY]);

/* Readable when there is an edge. */
int line_fd(const struct line *l);

/* The next edge: the level after it, and when it was, by CLOCK_MONOTONIC (since Linux 5.7; before, by
 * CLOCK_REALTIME). False: there is none. */
bool line_next_edge(struct line *l, bool *level, ns_t *at);

/* The level now; high when it can't be read. */
bool line_level(struct line *l);

/* Low for at least so long, then high again. False: it can't be driven. */
bool line_pulse(struct line *l, unsigned us);

/* An output stays as the kernel's driver leaves a line that nobody holds. */
void line_close(struct line *l);

#endif

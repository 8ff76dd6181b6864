/* gnuplot.h - the one door to gnuplot: runs a script of plots/ on a trace. */
#ifndef SIM_GNUPLOT_H
#define SIM_GNUPLOT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* Can it be run? */
bool gnuplot_is_there(void);

/* What to say when it can't. */
extern const char gnuplot_missing[];

/* Its exit status when a plot has nothing to say about the runs. */
enum { GNUPLOT_NOTHING = 4 };

/* Start `gnuplot -c SCRIPT FOLDERS OUT`: folders one a line; `out` ends in .svg or .png. Returns the
 * child, -1: none. */
pid_t gnuplot_start(const char *script, const char *folders, const char *out);

/* Does the file end as a picture of this format ends? gnuplot does not say that a disk is full. */
bool gnuplot_is_complete(const char *path, const char *format);

#endif

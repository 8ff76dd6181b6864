/* report_plots.h - the pictures of a report: gnuplot draws them into files, the page takes them in. */
#ifndef SIM_REPORT_PLOTS_H
#define SIM_REPORT_PLOTS_H

#include "report.h"

struct plots;

/* Draw every plot that a report shows of every run, several at a time. NULL: reported, or `stop`. */
struct plots *plots_draw(const struct report *r, const char *scripts, struct arena *a,
                         struct diag *d, const volatile sig_atomic_t *stop);

/* Remove the files. NULL is fine. */
void plots_free(struct plots *p);

/* A path in the folder of the pictures, for a file of the caller's. */
const char *plots_place(struct plots *p, const char *name);

/* Write a plot of run number i as an <svg> that is part of a page: its colours are variables of the
 * page's style, so that they follow dark and light, and it has no ids. False: it can't be read. */
bool plots_embed(FILE *out, const struct plots *p, int32_t i, const char *name);

/* What the plots of a page refer to, once a page. */
void plots_marks(FILE *out);

#endif

/* report_page.h - the parts of the page, each in its file: report_page.c puts them together. */
#ifndef SIM_REPORT_PAGE_H
#define SIM_REPORT_PAGE_H

#include "report.h"
#include "report_plots.h"

struct page {
    FILE *out;
    struct arena *arena;
    const struct report *report;
    struct plots *plots;
    const char *folder; /* of the template, the style and the script */
    bool brief;         /* many runs on paper: of each what matters most */
};

/* The whole page. False: reported. */
bool page_write(struct page *p, struct diag *d);

/* report_suite.c: what all the runs have in common. */
void page_overview(struct page *p);
/* Rows of failure, effect, gap, detection, margin and cover, for these runs. */
void page_failures(struct page *p, const struct report_run *runs, int32_t n);

/* report_cases.c: cases without a trace, or worse than their baseline. */
void page_cases(struct page *p);

/* report_run.c: the sections of run number i. `level` is that of its headings. */
void page_run(struct page *p, int32_t i, int level);
void page_badge(struct page *p, enum verdict v);

/* report_gaps.c: gaps.csv as a table, and where their time went. */
void page_gaps(struct page *p, int32_t i, int level);

/* report_params.c: what a rack has chosen, and what its parts are by themselves. */
void page_given(struct page *p, const struct report_run *run);
void page_params(struct page *p, const struct report_run *runs, int32_t n);

#endif

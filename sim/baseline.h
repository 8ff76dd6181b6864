/* baseline.h - the figures of a suite as they were, to see which are worse now.
 *
 * A file of CSV for version control: scenario,figure,name,value,unit, by scenario. Rows `span` say
 * where the time of the gap or the detection before them went. Scenarios are named as seen from the
 * folder of the file. */
#ifndef SIM_BASELINE_H
#define SIM_BASELINE_H

#include "outcome.h"
#include "suite.h"

struct baseline;

/* What is allowed to be worse: so much of a figure, but this much of a time in any case. What lies
 * within a figure's accuracy is never worse. */
struct baseline_slack {
    double part;
    double floor_s;
};

struct baseline_count {
    int32_t worse, better;
    int32_t unknown; /* scenarios of which the baseline has nothing */
};

/* NULL: reported. A file that is not there is empty when it `may_miss`. */
struct baseline *baseline_load(struct arena *a, const char *path, bool may_miss, struct diag *d);

/* Compare one scenario; lines on what is worse become its `worse`, and PASS becomes CASE_WORSE. */
void baseline_compare(const struct baseline *b, const struct suite_case *c, struct outcome *o,
                      const struct baseline_slack *slack, struct baseline_count *count);

/* Write the file anew: with the figures of those that passed in place of their old ones; scenarios
 * that were not played stay as they are, those whose file is gone go. False: reported. */
bool baseline_update(const struct baseline *b, const struct suite *s,
                     const struct outcome outcomes[], struct diag *d);

#endif

/* report_cases.c - what a suite's own table tells that no trace does: cases that could not be played, or
 * were not, and those that have become worse than their baseline.
 *
 * Checked by tests/sim/test_report.sh. */
#include <string.h>
#include <unistd.h>

#include "html.h"
#include "outcome.h"
#include "report_page.h"
#include "sheet.h"

static const enum case_status telling[] = {CASE_ERROR, CASE_WORSE, CASE_NOT_RUN};

enum { TELLING = sizeof telling / sizeof *telling };

static bool tells_more(const char *verdict)
{
    for (int i = 0; i < TELLING; i++) {
        if (strcmp(verdict, case_word(telling[i])) == 0) {
            return true;
        }
    }
    return false;
}

bool report_cases(struct report *r, struct arena *a, struct diag *d, const char *folder)
{
    static const char *const wanted[] = {"scenario", "verdict", "note", NULL};
    const char *path = arena_print(a, "%s/suite.csv", folder);
    struct sheet s;

    if (access(path, F_OK) != 0) {
        return true;
    }
    if (!sheet_read(&s, a, d, path, wanted)) {
        return false;
    }
    struct report_case *cases = arena_array(a, (size_t)(r->n_cases + s.n) + 1, sizeof *cases);
    if (r->n_cases > 0) {
        memcpy(cases, r->cases, (size_t)r->n_cases * sizeof *cases);
    }
    for (int32_t i = 0; i < s.n; i++) {
        if (tells_more(sheet_text(&s, i, "verdict"))) {
            cases[r->n_cases++] = (struct report_case){.scenario = sheet_text(&s, i, "scenario"),
                                                       .verdict = sheet_text(&s, i, "verdict"),
                                                       .note = sheet_text(&s, i, "note")};
        }
    }
    r->cases = cases;
    return true;
}

void page_cases(struct page *p)
{
    const struct report *r = p->report;

    if (r->n_cases == 0) {
        return;
    }
    fputs("<section id=\"cases\"><h2>Without a trace, or worse than the baseline</h2>\n<div "
          "class=\"wide\"><table><thead><tr><th></th><th>Scenario</th><th></th></tr></"
          "thead><tbody>\n",
          p->out);
    for (int t = 0; t < TELLING; t++) {
        for (int32_t i = 0; i < r->n_cases; i++) {
            const struct report_case *c = &r->cases[i];
            if (strcmp(c->verdict, case_word(telling[t])) == 0) {
                html_print(p->out,
                           "<tr><td><span class=\"badge %s\">%s</span></td><td>%s</td><td>%s</td>"
                           "</tr>\n",
                           telling[t] == CASE_NOT_RUN ? "unresolved" : "fail", c->verdict,
                           c->scenario, c->note);
            }
        }
    }
    fputs("</tbody></table></div></section>\n", p->out);
}

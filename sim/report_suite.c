/* report_suite.c - many runs at a glance: verdicts, the smallest margins, failures and their effects,
 * what is covered by which scenario. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "report_page.h"

static const char *const verdict_classes[VERDICTS] = {"pass", "unresolved", "fail", "fail", "fail"};

static void run_link(struct page *p, int32_t i)
{
    html_print(p->out, "<a href=\"#run%d\">%s</a>", i + 1, p->report->runs[i].label);
}

/* ---- counts ------------------------------------------------------------------------------------------ */

static void counts(struct page *p)
{
    const struct report *r = p->report;
    int32_t n[VERDICTS] = {0};
    int32_t gaps = 0, without = 0;

    for (int32_t i = 0; i < r->n; i++) {
        n[r->runs[i].verdict]++;
        gaps += r->runs[i].n_gaps;
        without += r->runs[i].n_gaps == 0;
    }
    html_print(p->out,
               "<div class=\"tiles\"><div class=\"tile\"><span>runs</span><b>%d</b><small></small>"
               "</div>",
               r->n);
    for (int v = VERDICT_PASS; v < VERDICTS; v++) {
        if (v > VERDICT_FAIL && n[v] == 0) {
            continue; /* of benches that have failed: as a rule there are none */
        }
        html_print(p->out, "<div class=\"tile %s\"><span>%s</span><b>%d</b><small></small></div>",
                   n[v] > 0 ? verdict_classes[v] : "", verdict_word((enum verdict)v), n[v]);
    }
    html_print(p->out,
               "<div class=\"tile\"><span>gaps</span><b>%d</b><small>%d runs without one</small>"
               "</div></div>\n",
               gaps, without);
}

/* ---- margins ------------------------------------------------------------------------------------------ */

struct margin {
    int32_t run;
    const struct report_verdict *verdict;
};

static int smallest_first(const void *a, const void *b)
{
    const struct margin *x = a, *y = b;
    double mx = report_margin(x->verdict), my = report_margin(y->verdict);

    if (x->verdict->verdict != y->verdict->verdict) {
        return x->verdict->verdict > y->verdict->verdict ? -1 : 1;
    }
    return mx != my ? (mx < my ? -1 : 1) : x->run - y->run;
}

/* Of each run the worst. */
static void margins(struct page *p)
{
    enum { SHOWN = 15 };
    const struct report *r = p->report;
    struct margin *all = arena_array(p->arena, (size_t)r->n + 1, sizeof *all);
    char measured[REPORT_VALUE], limit[REPORT_VALUE], margin[REPORT_VALUE];
    int32_t n = 0;

    for (int32_t i = 0; i < r->n; i++) {
        const struct report_run *run = &r->runs[i];
        for (int32_t k = 0; k < run->n_verdicts; k++) {
            if (report_has_margin(&run->verdicts[k])) {
                all[n++] = (struct margin){i, &run->verdicts[k]};
                break;
            }
        }
    }
    qsort(all, (size_t)n, sizeof *all, smallest_first);
    fputs("<h2>Smallest margins</h2>\n<div class=\"wide\"><table><thead><tr><th></th><th>Run</th>"
          "<th>Expectation</th><th>Measured</th><th>Limit</th><th>Margin</th><th>of the limit</th>"
          "</tr></thead><tbody>\n",
          p->out);
    for (int32_t i = 0; i < n && (i < SHOWN || all[i].verdict->verdict != VERDICT_PASS); i++) {
        const struct report_verdict *v = all[i].verdict;
        fputs("<tr><td>", p->out);
        page_badge(p, v->verdict);
        fputs("</td><td>", p->out);
        run_link(p, all[i].run);
        html_print(p->out,
                   "</td><td>%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td "
                   "class=\"n\"><b>%s</b></td><td class=\"meter\"><i class=\"%s\" "
                   "style=\"width:%.1f%%\"></i></td></tr>\n",
                   v->expectation, report_value(measured, v->quantity, v->measured),
                   report_value(limit, v->quantity, v->limit),
                   report_value(margin, v->quantity, v->margin),
                   v->verdict == VERDICT_PASS ? "good" : "bad",
                   isfinite(report_margin(v)) ? 100.0 * fmin(1.0, fabs(report_margin(v))) : 0.0);
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* ---- failures ------------------------------------------------------------------------------------------ */

struct failure {
    const struct report_run *run;
    const struct report_deed *deed;
    const struct report_gap *gap; /* the longest that goes back to it; NULL: none */
    int32_t gaps;
    int32_t times; /* that the run did this: of several the one with the longest gap is shown */
};

static const char *kind_of(const struct report_run *run, const char *part)
{
    for (int32_t i = 0; i < run->n_parts; i++) {
        if (strcmp(run->parts[i].name, part) == 0) {
            return run->parts[i].kind_name;
        }
    }
    return "";
}

static void find_gaps(struct failure *f)
{
    for (int32_t i = 0; i < f->run->n_gaps; i++) {
        const struct report_gap *g = &f->run->gaps[i];
        if (g->fault_at == f->deed->at && strcmp(g->fault, f->deed->name) == 0) {
            f->gaps++;
            if (f->gap == NULL || g->end - g->start > f->gap->end - f->gap->start) {
                f->gap = g;
            }
        }
    }
}

static ns_t length(const struct report_gap *g)
{
    return g != NULL ? g->end - g->start : -1;
}

/* Add a deed to the list, unless it is there: then the worse of the two stays. */
static int32_t add_failure(struct failure *all, int32_t n, const struct report_run *run,
                           const struct report_deed *deed)
{
    struct failure f = {.run = run, .deed = deed, .times = 1};

    find_gaps(&f);
    for (int32_t i = n; i-- > 0 && all[i].run == run;) {
        if (strcmp(all[i].deed->name, deed->name) == 0) {
            f.times = all[i].times + 1;
            if (length(f.gap) > length(all[i].gap)) {
                all[i] = f;
            }
            all[i].times = f.times;
            return n;
        }
    }
    all[n] = f;
    return n + 1;
}

/* By kind of part, then by what is done to it: the same failures stand together. */
static int by_failure(const void *a, const void *b)
{
    const struct failure *x = a, *y = b;
    int kinds = strcmp(kind_of(x->run, x->deed->part), kind_of(y->run, y->deed->part));
    int actions = strcmp(x->deed->action, y->deed->action);
    int labels = strcmp(x->run->label, y->run->label);

    return kinds != 0     ? kinds
           : actions != 0 ? actions
           : labels != 0  ? labels
                          : (x->deed->id > y->deed->id) - (x->deed->id < y->deed->id);
}

static void effect_cell(struct page *p, const struct failure *f)
{
    char below[REPORT_VALUE];

    if (f->gap == NULL) {
        fputs("<td class=\"effect\">no gap</td><td class=\"n\">–</td>", p->out);
    } else {
        char gap[REPORT_VALUE];
        html_print(p->out, "<td class=\"effect\">%s below %s", f->gap->observer,
                   report_value(below, QTY_VOLT, f->gap->threshold_V));
        if (f->gaps > 1) {
            html_print(p->out, ", and %d more", f->gaps - 1);
        }
        if (f->deed->lost > 0) {
            html_print(p->out, "; %d server%s lost", f->deed->lost, f->deed->lost == 1 ? "" : "s");
        }
        html_print(p->out, "</td><td class=\"n\"><b>%s%s</b></td>", f->gap->open ? "> " : "",
                   report_time(gap, f->gap->end - f->gap->start));
    }
}

static void detection_cell(struct page *p, const struct report_deed *d)
{
    char after[REPORT_VALUE];

    if (d->detected == NS_NEVER) {
        fputs("<td class=\"n\">–</td><td></td>", p->out);
    } else {
        html_print(p->out, "<td class=\"n\">%s</td><td>%s is %s</td>",
                   report_time(after, d->detected - d->at), d->whom, d->mind);
    }
}

/* Who carries on: what ended the gap, or the switch that the failure closed. */
static void cover_cell(struct page *p, const struct failure *f)
{
    char after[REPORT_VALUE];

    if (f->gap != NULL) {
        html_print(p->out, "<td>%s</td>",
                   f->gap->open                  ? "nothing: open at the end"
                   : f->gap->recovery[0] != '\0' ? f->gap->recovery
                                                 : "–");
    } else if (f->deed->closed != NS_NEVER) {
        html_print(p->out, "<td>%s, after %s</td>", f->deed->closer,
                   report_time(after, f->deed->closed - f->deed->at));
    } else {
        fputs("<td>the parts that remain</td>", p->out);
    }
}

static const struct report_verdict *worst_of(const struct report_run *run)
{
    for (int32_t i = 0; i < run->n_verdicts; i++) {
        if (report_has_margin(&run->verdicts[i])) {
            return &run->verdicts[i];
        }
    }
    return NULL;
}

static void failure_row(struct page *p, const struct failure *f, bool suite)
{
    const struct report_verdict *v = worst_of(f->run);
    char at[REPORT_VALUE], margin[REPORT_VALUE];

    html_print(p->out, "<tr><td>%s</td><td><b>%s</b></td><td>%s", kind_of(f->run, f->deed->part),
               f->deed->part, f->deed->action);
    if (f->times > 1) {
        html_print(p->out, " <small>(%d times)</small>", f->times);
    }
    fputs("</td>", p->out);
    if (suite) {
        fputs("<td>", p->out);
        run_link(p, (int32_t)(f->run - p->report->runs));
        fputs("</td>", p->out);
    } else {
        html_print(p->out, "<td class=\"n\">%s</td>", report_time(at, f->deed->at));
    }
    effect_cell(p, f);
    detection_cell(p, f->deed);
    cover_cell(p, f);
    if (suite) {
        html_print(p->out, "<td class=\"n\">%s</td><td>",
                   v != NULL ? report_value(margin, v->quantity, v->margin) : "");
        page_badge(p, f->run->verdict);
        fputs("</td>", p->out);
    }
    fputs("</tr>\n", p->out);
}

void page_failures(struct page *p, const struct report_run *runs, int32_t n)
{
    bool suite = n > 1;
    int32_t count = 0;

    for (int32_t i = 0; i < n; i++) {
        count += runs[i].n_deeds;
    }
    struct failure *all = arena_array(p->arena, (size_t)count + 1, sizeof *all);
    count = 0;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < runs[i].n_deeds; k++) {
            if (!suite || !runs[i].deeds[k].is_repair) {
                count = add_failure(all, count, &runs[i], &runs[i].deeds[k]);
            }
        }
    }
    if (suite) {
        qsort(all, (size_t)count, sizeof *all, by_failure);
    }
    html_print(p->out,
               "<div class=\"wide\"><table><thead><tr><th>Kind</th><th>Part</th><th>%s</th><th>%s"
               "</th><th>Effect</th><th>Gap</th><th>Detected after</th><th>as</th>"
               "<th>Covered by</th>",
               suite ? "Failure" : "Action", suite ? "Run" : "At");
    fputs(suite ? "<th>Worst margin</th><th></th>" : "", p->out);
    fputs("</tr></thead><tbody>\n", p->out);
    for (int32_t i = 0; i < count; i++) {
        failure_row(p, &all[i], suite);
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* ---- coverage ------------------------------------------------------------------------------------------ */

/* "psu-failure/fet" is in "psu-failure". */
static size_t hazard(const char *label)
{
    const char *slash = strrchr(label, '/');

    return slash != NULL ? (size_t)(slash - label) : 0;
}

static bool same_hazard(const struct report_run *a, const struct report_run *b)
{
    size_t n = hazard(a->label);

    return n == hazard(b->label) && strncmp(a->label, b->label, n) == 0;
}

static bool covers(const struct report_run *run, const char *word)
{
    for (int32_t i = 0; i < run->n_covers; i++) {
        if (strcmp(run->covers[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static int by_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every word that some run covers, once. */
static int32_t gather_words(struct page *p, const char ***words)
{
    const struct report *r = p->report;
    int32_t all = 0, n = 0;

    for (int32_t i = 0; i < r->n; i++) {
        all += r->runs[i].n_covers;
    }
    const char **found = arena_array(p->arena, (size_t)all + 1, sizeof *found);
    for (int32_t i = 0; i < r->n; i++) {
        for (int32_t k = 0; k < r->runs[i].n_covers; k++) {
            found[n++] = r->runs[i].covers[k];
        }
    }
    qsort(found, (size_t)n, sizeof *found, by_word);
    int32_t kept = 0;
    for (int32_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(found[kept - 1], found[i]) != 0) {
            found[kept++] = found[i];
        }
    }
    *words = found;
    return kept;
}

static void coverage_row(struct page *p, const char *word, const int32_t *first, int32_t columns)
{
    const struct report *r = p->report;

    html_print(p->out, "<tr><th>%s</th>", word);
    for (int32_t c = 0; c < columns; c++) {
        fputs("<td>", p->out);
        for (int32_t i = 0; i < r->n; i++) {
            const struct report_run *run = &r->runs[i];
            if (same_hazard(run, &r->runs[first[c]]) && covers(run, word)) {
                html_print(p->out, "<a class=\"%s\" href=\"#run%d\" title=\"%s: %s\">%s</a>",
                           verdict_classes[run->verdict], i + 1, run->label,
                           verdict_word(run->verdict), run->verdict == VERDICT_PASS ? "●" : "✕");
            }
        }
        fputs("</td>", p->out);
    }
    fputs("</tr>\n", p->out);
}

static void coverage(struct page *p)
{
    const struct report *r = p->report;
    const char **words = NULL;
    int32_t n = gather_words(p, &words);
    int32_t *first = arena_array(p->arena, (size_t)r->n + 1, sizeof *first);
    int32_t columns = 0;

    for (int32_t i = 0; i < r->n; i++) {
        bool is_new = true;
        for (int32_t c = 0; c < columns && is_new; c++) {
            is_new = !same_hazard(&r->runs[i], &r->runs[first[c]]);
        }
        if (is_new) {
            first[columns++] = i;
        }
    }
    fputs("<section id=\"coverage\"><h2>Coverage</h2>\n<p>Each mark is a scenario that covers the "
          "claim on its left: ● passes, ✕ does not. Columns are the folders of scenarios.</p>\n"
          "<div class=\"wide\"><table class=\"coverage\"><thead><tr><th></th>",
          p->out);
    for (int32_t c = 0; c < columns; c++) {
        const char *label = r->runs[first[c]].label;
        size_t length = hazard(label);
        html_print(p->out, "<th><span>%s</span></th>",
                   length > 0 ? arena_text(p->arena, label, length) : "–");
    }
    fputs("</tr></thead><tbody>\n", p->out);
    for (int32_t i = 0; i < n; i++) {
        coverage_row(p, words[i], first, columns);
    }
    fputs("</tbody></table></div></section>\n", p->out);
}

/* ---- the runs ------------------------------------------------------------------------------------------ */

static void run_row(struct page *p, int32_t i)
{
    const struct report_run *run = &p->report->runs[i];
    const struct report_gap *g = report_longest(run);
    char gap[REPORT_VALUE];

    fputs("<tr><td>", p->out);
    page_badge(p, run->verdict);
    fputs("</td><td>", p->out);
    run_link(p, i);
    html_print(p->out, "</td><td>%s</td><td class=\"n\">%s</td></tr>\n", run->title,
               g != NULL ? arena_print(p->arena, "%s%s", g->open ? "> " : "",
                                       report_time(gap, g->end - g->start))
                         : "–");
}

static void runs(struct page *p)
{
    fputs("<section id=\"runs\"><h2>All runs</h2>\n<div class=\"wide\"><table><thead><tr><th></th>"
          "<th>Run</th><th></th><th>Longest gap</th></tr></thead><tbody>\n",
          p->out);
    for (int32_t i = 0; i < p->report->n; i++) {
        run_row(p, i);
    }
    fputs("</tbody></table></div></section>\n", p->out);
}

void page_overview(struct page *p)
{
    fputs("<section id=\"overview\">\n", p->out);
    counts(p);
    page_cases(p);
    margins(p);
    fputs("</section>\n<section id=\"failures\"><h2>Failures and their effects</h2>\n", p->out);
    page_failures(p, p->report->runs, p->report->n);
    fputs("</section>\n", p->out);
    coverage(p);
    runs(p);
}

/* report_gaps.c - every gap with its number, and where the time of those that differ went. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "report_page.h"

enum { SHOWN = 20, ANATOMIES = 6, BRIEF_SHOWN = 5, BRIEF_ANATOMIES = 1 };

static ns_t length(const struct report_gap *g)
{
    return g->end - g->start;
}

static int longest_first(const void *a, const void *b)
{
    const struct report_gap *x = *(const struct report_gap *const *)a;
    const struct report_gap *y = *(const struct report_gap *const *)b;

    if (length(x) != length(y)) {
        return length(x) > length(y) ? -1 : 1;
    }
    return (x->number > y->number) - (x->number < y->number);
}

static const struct report_gap **sorted(struct page *p, const struct report_run *run)
{
    const struct report_gap **order = arena_array(p->arena, (size_t)run->n_gaps + 1, sizeof *order);

    for (int32_t i = 0; i < run->n_gaps; i++) {
        order[i] = &run->gaps[i];
    }
    qsort(order, (size_t)run->n_gaps, sizeof *order, longest_first);
    return order;
}

/* ---- the table ---------------------------------------------------------------------------------------- */

static void gap_row(struct page *p, int32_t run, const struct report_gap *g)
{
    char lasts[REPORT_VALUE], error[REPORT_VALUE], below[REPORT_VALUE], least[REPORT_VALUE];
    char energy[REPORT_VALUE], at[REPORT_VALUE];

    html_print(p->out,
               "<tr id=\"run%d-gap%d\"><td class=\"n\">%d</td><td>%s</td><td class=\"n\">%s</td>"
               "<td class=\"n\">%s</td>",
               run + 1, g->number, g->number, g->observer,
               report_value(below, QTY_VOLT, g->threshold_V), report_time(at, g->start));
    html_print(p->out, "<td class=\"n\"><b>%s%s</b> <small>± %s</small></td>", g->open ? "> " : "",
               report_time(lasts, length(g)), report_value(error, QTY_SECOND, g->error_s));
    html_print(p->out,
               "<td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td><td>%s</td></tr>\n",
               report_value(least, QTY_VOLT, g->v_min_V),
               report_value(energy, QTY_JOULE, g->missing_J), g->fault[0] != '\0' ? g->fault : "–",
               g->open                  ? "open at the end"
               : g->recovery[0] != '\0' ? g->recovery
                                        : "–");
}

static void gap_table(struct page *p, int32_t run, const struct report_gap *const order[],
                      int32_t n)
{
    fputs("<div class=\"wide\"><table><thead><tr><th>No.</th><th>Observed</th><th>Below</th>"
          "<th>From</th><th>Gap</th><th>Lowest</th><th>Missing energy</th><th>Caused by</th>"
          "<th>Ended by</th></tr></thead><tbody>\n",
          p->out);
    for (int32_t i = 0; i < n; i++) {
        gap_row(p, run, order[i]);
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* ---- the anatomy ---------------------------------------------------------------------------------------- */

static const char *kind_of(const struct report_run *run, const char *observer)
{
    size_t n = strcspn(observer, ".");

    for (int32_t i = 0; i < run->n_parts; i++) {
        if (strlen(run->parts[i].name) == n && strncmp(run->parts[i].name, observer, n) == 0) {
            return run->parts[i].kind_name;
        }
    }
    return "";
}

/* Gaps of the same cause, end and kind of observer have one anatomy. */
static bool is_alike(const struct report_run *run, const struct report_gap *a,
                     const struct report_gap *b)
{
    return a->fault_at == b->fault_at && a->open == b->open && strcmp(a->fault, b->fault) == 0 &&
           strcmp(a->recovery, b->recovery) == 0 &&
           strcmp(kind_of(run, a->observer), kind_of(run, b->observer)) == 0;
}

static bool is_first_alike(const struct report_run *run, const struct report_gap *const order[],
                           int32_t i)
{
    for (int32_t k = 0; k < i; k++) {
        if (is_alike(run, order[k], order[i])) {
            return false;
        }
    }
    return true;
}

static ns_t sum_of(const struct report_gap *g, const char *text)
{
    ns_t sum = 0;

    for (int32_t i = 0; i < g->n_spans; i++) {
        const struct report_span *s = &g->spans[i];
        sum += s->number > 0 && strcmp(s->text, text) == 0 ? s->end - s->start : 0;
    }
    return sum;
}

/* A row of its own: each span before the gap; of those within the first of its text. */
static bool is_row(const struct report_gap *g, int32_t i)
{
    for (int32_t k = 0; k < i && g->spans[i].number > 0; k++) {
        if (g->spans[k].number > 0 && strcmp(g->spans[k].text, g->spans[i].text) == 0) {
            return false;
        }
    }
    return true;
}

/* "Of 11.5 ms, 7.9 ms (69 %) were waiting for the poll, 2 ms (17 %) switch actuation, ..." */
static void anatomy_sentence(struct page *p, const struct report_gap *g)
{
    enum { NAMED = 3 };
    char all[REPORT_VALUE], one[REPORT_VALUE];
    ns_t said = NS_NEVER, rest = length(g);

    html_print(p->out, "<p>Of <b>%s</b>", report_time(all, length(g)));
    for (int n = 0; n < NAMED; n++) {
        const struct report_span *most = NULL;
        for (int32_t i = 0; i < g->n_spans; i++) {
            const struct report_span *s = &g->spans[i];
            ns_t sum = s->number > 0 ? sum_of(g, s->text) : 0;
            if (sum > 0 && sum < said && (most == NULL || sum > sum_of(g, most->text))) {
                most = s;
            }
        }
        if (most == NULL) {
            break;
        }
        said = sum_of(g, most->text);
        rest -= said;
        html_print(p->out, ", <b>%s</b> (%.0f %%) %s %s", report_time(one, said),
                   100.0 * (double)said / (double)length(g), n == 0 ? "were" : "", most->text);
    }
    if (rest > 0) {
        html_print(p->out, ", and %s the rest", report_time(one, rest));
    }
    if (g->hold_up > 0 || g->ride_through > 0) {
        html_print(p->out, ". Before it, the rack lived on stored energy for %s",
                   report_time(one, g->hold_up + g->ride_through));
    }
    fputs(".</p>\n", p->out);
}

/* All pieces of this span's text in one row, from the left as time goes. */
static void waterfall_row(struct page *p, const struct report_gap *g, const struct report_span *s,
                          ns_t from, ns_t to)
{
    char lasts[REPORT_VALUE];
    double all = to > from ? (double)(to - from) : 1.0;
    bool before = s->number == 0;
    ns_t sum = before ? s->end - s->start : sum_of(g, s->text);

    html_print(p->out, "<tr><td>%s</td><td class=\"n\">%s</td>", s->text, report_time(lasts, sum));
    if (before) {
        fputs("<td class=\"n\"><small>before</small></td>", p->out);
    } else {
        html_print(p->out, "<td class=\"n\">%.1f %%</td>",
                   100.0 * (double)sum / (double)(length(g) > 0 ? length(g) : 1));
    }
    fputs("<td class=\"falls\"><div>", p->out);
    for (int32_t i = 0; i < g->n_spans; i++) {
        const struct report_span *x = &g->spans[i];
        if (x == s || (!before && x->number > 0 && strcmp(x->text, s->text) == 0)) {
            html_print(p->out, "<i class=\"s-%s\" style=\"left:%.3f%%;width:%.3f%%\"></i>",
                       x->class, 100.0 * (double)(x->start - from) / all,
                       100.0 * (double)(x->end - x->start) / all);
        }
    }
    html_print(p->out, "</div></td><td>%s</td></tr>\n", s->event);
}

static void waterfall(struct page *p, const struct report_gap *g)
{
    ns_t from = g->n_spans > 0 ? g->spans[0].start : g->start;

    fputs("<div class=\"wide\"><table class=\"waterfall\"><thead><tr><th>Span</th><th>Time</th>"
          "<th>Share</th><th>From fault to recovery</th><th>Until</th></tr></thead><tbody>\n",
          p->out);
    for (int32_t i = 0; i < g->n_spans; i++) {
        if (is_row(g, i)) {
            waterfall_row(p, g, &g->spans[i], from, g->end);
        }
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* "Gaps 3, 4 and 5 went the same way" */
static void alike_sentence(struct page *p, const struct report_run *run,
                           const struct report_gap *const order[], int32_t i)
{
    enum { NAMED = 12 };
    int32_t n = 0;
    char shortest[REPORT_VALUE];
    const struct report_gap *last = NULL;

    for (int32_t k = i + 1; k < run->n_gaps; k++) {
        if (is_alike(run, order[i], order[k])) {
            if (n < NAMED) {
                html_print(p->out, n == 0 ? "<p class=\"note\">The same way went gap %d" : ", %d",
                           order[k]->number);
            }
            last = order[k];
            n++;
        }
    }
    if (n > NAMED) {
        html_print(p->out, " and %d more", n - NAMED);
    }
    if (n > 0) {
        html_print(p->out, " (down to %s).</p>\n", report_time(shortest, length(last)));
    }
}

static void anatomies(struct page *p, const struct report_run *run,
                      const struct report_gap *const order[], int level)
{
    int32_t shown = 0, left_out = 0;
    char below[REPORT_VALUE];

    for (int32_t i = 0; i < run->n_gaps; i++) {
        const struct report_gap *g = order[i];
        if (!is_first_alike(run, order, i)) {
            continue;
        }
        if (shown == (p->brief ? BRIEF_ANATOMIES : ANATOMIES)) {
            left_out++;
            continue;
        }
        shown++;
        html_print(p->out, "<section class=\"anatomy\"><h%d>Gap %d: %s &lt; %s</h%d>\n", level,
                   g->number, g->observer, report_value(below, QTY_VOLT, g->threshold_V), level);
        anatomy_sentence(p, g);
        waterfall(p, g);
        alike_sentence(p, run, order, i);
        fputs("</section>\n", p->out);
    }
    if (left_out > 0) {
        html_print(p->out,
                   "<p class=\"note\">%d shorter ones went other ways: spans.csv has all.</p>\n",
                   left_out);
    }
}

void page_gaps(struct page *p, int32_t i, int level)
{
    const struct report_run *run = &p->report->runs[i];
    const struct report_gap **order = sorted(p, run);
    int32_t most = p->brief ? BRIEF_SHOWN : SHOWN;
    int32_t shown = run->n_gaps < most ? run->n_gaps : most;

    html_print(p->out, "<h%d>Gaps</h%d>\n", level, level);
    if (run->n_gaps == 0) {
        fputs("<p>No gap: no observed voltage was ever below its threshold.</p>\n", p->out);
        return;
    }
    gap_table(p, i, order, shown);
    if (shown < run->n_gaps) {
        html_print(p->out, "<details class=\"rest\"><summary>%d shorter gaps</summary>\n",
                   run->n_gaps - shown);
        gap_table(p, i, order + shown, run->n_gaps - shown);
        fputs("</details>\n", p->out);
    }
    html_print(p->out, "<h%d>Where the time of the gaps went</h%d>\n", level, level);
    anatomies(p, run, order, level + 1);
}

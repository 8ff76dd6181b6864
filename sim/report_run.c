/* report_run.c - one run: how it went, what was simulated, its gaps, its pictures, how to repeat it. */
#include <math.h>
#include <string.h>

#include "diagram.h"
#include "html.h"
#include "report_page.h"

void page_badge(struct page *p, enum verdict v)
{
    static const char *const classes[VERDICTS] = {"pass", "unresolved", "fail", "fail", "fail"};

    html_print(p->out, "<span class=\"badge %s\">%s</span>", classes[v], verdict_word(v));
}

/* ---- result --------------------------------------------------------------------------------------- */

static void tile(struct page *p, const char *what, const char *value, const char *more)
{
    html_print(p->out, "<div class=\"tile\"><span>%s</span><b>%s</b><small>%s</small></div>\n",
               what, value, more);
}

static const struct report_deed *first_detected(const struct report_run *run)
{
    for (int32_t i = 0; i < run->n_deeds; i++) {
        if (!run->deeds[i].is_repair && run->deeds[i].detected != NS_NEVER) {
            return &run->deeds[i];
        }
    }
    return NULL;
}

static void tiles(struct page *p, const struct report_run *run)
{
    const struct report_gap *g = report_longest(run);
    const struct report_deed *d = first_detected(run);
    char value[REPORT_VALUE];
    int32_t lost = 0;

    fputs("<div class=\"tiles\">\n", p->out);
    tile(p, "expectations that hold",
         arena_print(p->arena, "%d of %d", run->n_pass, run->n_rulings),
         run->interrupted ? "the run was interrupted" : "");
    tile(p, "longest gap",
         g == NULL ? "none"
                   : arena_print(p->arena, "%s%s", g->open ? "> " : "",
                                 report_time(value, g->end - g->start)),
         g == NULL ? "" : arena_print(p->arena, "%s, by %s", g->observer, g->fault));
    if (d != NULL) {
        tile(p, "first detected after", report_time(value, d->detected - d->at),
             arena_print(p->arena, "%s: %s is %s", d->name, d->whom, d->mind));
    }
    for (int32_t i = 0; i < run->n_deeds; i++) {
        lost += run->deeds[i].lost;
    }
    tile(p, "servers lost", arena_print(p->arena, "%d", lost), lost > 0 ? "by low voltage" : "");
    tile(p, "simulated", report_value(value, QTY_SECOND, run->reached_s),
         arena_print(p->arena, "%.0f events", run->events));
    fputs("</div>\n", p->out);
}

/* The instance, where it is not already what the expectation says. */
static const char *instance_of(const struct report_verdict *v)
{
    return strstr(v->expectation, v->instance) != NULL ? "" : v->instance;
}

static void verdict_row(struct page *p, const struct report_verdict *v)
{
    char measured[REPORT_VALUE], limit[REPORT_VALUE], margin[REPORT_VALUE], at[REPORT_VALUE];
    char error[REPORT_VALUE];
    double part = report_margin(v);

    fputs("<tr><td>", p->out);
    page_badge(p, v->verdict);
    html_print(p->out, "</td><td>%s", v->expectation);
    if (*instance_of(v) != '\0') {
        html_print(p->out, "<br/><small>%s%s", v->count > 1 ? "worst of all: " : "", v->instance);
        if (v->count > 1) {
            html_print(p->out, " (of %d)", v->count);
        }
        fputs("</small>", p->out);
    }
    html_print(
        p->out, "</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\"><b>%s</b>",
        report_value(measured, v->quantity, v->measured),
        report_value(limit, v->quantity, v->limit), report_value(margin, v->quantity, v->margin));
    if (v->error > 0.0) {
        html_print(p->out, " <small>± %s</small>", report_value(error, v->quantity, v->error));
    }
    fputs("</td><td class=\"meter\">", p->out);
    if (report_has_margin(v) && isfinite(part)) {
        html_print(p->out, "<i class=\"%s\" style=\"width:%.1f%%\"></i>",
                   v->verdict == VERDICT_PASS ? "good" : "bad", 100.0 * fmin(1.0, fabs(part)));
    }
    html_print(p->out, "</td><td class=\"n\">%s</td><td>%s</td></tr>\n",
               v->at == NS_NEVER ? "" : report_time(at, v->at), v->note);
}

static void verdict_table(struct page *p, const struct report_run *run)
{
    if (run->n_verdicts == 0) {
        fputs("<p>The scenario expects nothing.</p>\n", p->out);
        return;
    }
    fputs("<div class=\"wide\"><table><thead><tr><th></th><th>Expectation</th><th>Measured</th>"
          "<th>Limit</th><th>Margin</th><th>of the limit</th><th>At</th><th></th></tr></thead>"
          "<tbody>\n",
          p->out);
    for (int32_t i = 0; i < run->n_verdicts; i++) {
        verdict_row(p, &run->verdicts[i]);
    }
    fputs("</tbody></table></div>\n", p->out);
}

/* ---- what was simulated -------------------------------------------------------------------------- */

static void simulated(struct page *p, const struct report_run *run, int level)
{
    html_print(p->out, "<h%d>What was simulated</h%d>\n<figure>", level, level);
    bool drawn = diagram_write(p->out, p->arena, run);
    html_print(p->out, "<figcaption>%s</figcaption></figure>\n",
               drawn ? "The rack as it is at the start; what the scenario strikes is marked ✕."
                     : "The rack has no parts that a diagram shows.");
    if (!p->brief) {
        page_given(p, run);
    }
    if (run->n_deeds > 0) {
        html_print(p->out, "<h%d>What was done to it</h%d>\n", level, level);
        page_failures(p, run, 1);
    }
}

/* ---- pictures -------------------------------------------------------------------------------------- */

static void picture(struct page *p, int32_t i, const char *name, const char *caption, int level,
                    const char *title)
{
    html_print(p->out, "<h%d>%s</h%d>\n<figure class=\"zooms\">", level, title, level);
    plots_embed(p->out, p->plots, i, name);
    html_print(p->out, "<figcaption>%s</figcaption></figure>\n", caption);
}

static void pictures(struct page *p, int32_t i, int level)
{
    picture(p, i, "voltages", "Bus bars and servers, with the thresholds below which a gap counts.",
            level, "Voltages");
    if (!p->brief) {
        picture(p, i, "sharing", "What each supply carries, and all of them together.", level,
                "Currents");
    }
    picture(p, i, "timeline",
            "States of supplies, switches and servers; under each supply what the controller "
            "believes of it; what goes over the serial buses.",
            level, "Timeline");
}

/* ---- how to repeat it -------------------------------------------------------------------------------- */

static void repeat(struct page *p, const struct report_run *run, int level)
{
    if (p->brief) {
        html_print(p->out, "<pre>%s\nevent hash %s</pre>\n", run->command, run->event_hash);
        return;
    }
    html_print(p->out,
               "<h%d>How to repeat it</h%d>\n<pre>%s</pre>\n<dl class=\"facts\">"
               "<dt>powergap</dt><dd>%s</dd><dt>event hash</dt><dd><code>%s</code></dd>"
               "<dt>seed</dt><dd>%s</dd><dt>integrator</dt><dd>%s, tolerance %s</dd>"
               "<dt>scenario</dt><dd>%s</dd><dt>trace</dt><dd>%s</dd></dl>\n<p>Made of these "
               "files, which <code>sha256sum -c</code> checks:</p>\n<pre>",
               level, level, run->command, run->version, run->event_hash, run->seed,
               run->integrator, run->tolerance, run->scenario, run->folder);
    for (int32_t i = 0; i < run->n_inputs; i++) {
        html_print(p->out, "%s  %s\n", run->inputs[i].sha256, run->inputs[i].file);
    }
    fputs("</pre>\n", p->out);
}

static void covers(struct page *p, const struct report_run *run)
{
    fputs("<p class=\"covers\">", p->out);
    for (int32_t i = 0; i < run->n_covers; i++) {
        html_print(p->out, "<span>%s</span> ", run->covers[i]);
    }
    html_print(p->out, "<small>%s</small></p>\n", run->scenario);
}

void page_run(struct page *p, int32_t i, int level)
{
    const struct report_run *run = &p->report->runs[i];

    html_print(p->out, "<section class=\"run\" id=\"run%d\">\n", i + 1);
    if (p->report->n > 1) { /* else the page's own heading says it */
        html_print(p->out, "<h%d>", level);
        page_badge(p, run->verdict);
        html_print(p->out, " %s</h%d>\n", run->title, level);
    }
    covers(p, run);
    tiles(p, run);
    html_print(p->out, "<h%d>Expectations</h%d>\n", level + 1, level + 1);
    verdict_table(p, run);
    simulated(p, run, level + 1);
    page_gaps(p, i, level + 1);
    pictures(p, i, level + 1);
    repeat(p, run, level + 1);
    fputs("</section>\n", p->out);
}

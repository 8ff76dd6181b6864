/* report_page.c - the page as a whole: plots/report/page.html, with {{name}} where a part goes.
 *
 * Checked by tests/sim/test_report.sh. */
#include "report_page.h"

#include <string.h>

#include "html.h"

static const struct place COMMAND_LINE = {.in = NULL};

static const struct text *template_read(struct page *p, struct diag *d, const char *name)
{
    return text_read(p->arena, d, arena_print(p->arena, "%s/%s", p->folder, name),
                     "part of the report's page", COMMAND_LINE);
}

static const char *title_of(struct page *p)
{
    const struct report *r = p->report;

    if (r->n == 1) {
        return r->runs[0].title;
    }
    return arena_print(p->arena, "%s%s%d runs", r->name != NULL ? r->name : "",
                       r->name != NULL ? ": " : "", r->n);
}

static void contents(struct page *p)
{
    if (p->report->n > 1) {
        fputs("<nav><a href=\"#overview\">Overview</a><a href=\"#failures\">Failures</a>"
              "<a href=\"#coverage\">Coverage</a><a href=\"#runs\">Runs</a>"
              "<a href=\"#parameters\">Parameters</a></nav>\n",
              p->out);
    }
}

static void body(struct page *p)
{
    const struct report *r = p->report;

    html_print(p->out, "<header><div><p>powergap %s · design review</p><h1>", r->runs[0].version);
    if (r->n == 1) {
        page_badge(p, r->runs[0].verdict);
        fputc(' ', p->out);
    }
    html_print(p->out, "%s</h1></div></header>\n<main>\n", title_of(p));
    contents(p);
    plots_marks(p->out);
    if (r->n > 1) {
        page_overview(p);
    } else {
        page_cases(p);
    }
    for (int32_t i = 0; i < r->n; i++) {
        page_run(p, i, r->n == 1 ? 1 : 2);
    }
    page_params(p, r->runs, r->n);
    fputs("</main>\n", p->out);
}

/* What stands for {{name}}. */
static bool part(struct page *p, struct diag *d, const char *name, size_t n)
{
    static const char *const files[][2] = {{"style", "report.css"}, {"script", "report.js"}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (strlen(files[i][0]) == n && strncmp(files[i][0], name, n) == 0) {
            const struct text *t = template_read(p, d, files[i][1]);
            if (t != NULL) {
                fputs(t->bytes, p->out);
            }
            return t != NULL;
        }
    }
    if (n == 5 && strncmp(name, "title", n) == 0) {
        html_text(p->out, title_of(p));
        return true;
    }
    if (n == 4 && strncmp(name, "body", n) == 0) {
        body(p);
        return true;
    }
    diag_error(d, COMMAND_LINE, "the page's template has no part '%.*s'", (int)n, name);
    return false;
}

bool page_write(struct page *p, struct diag *d)
{
    const struct text *t = template_read(p, d, "page.html");
    const char *at = t != NULL ? t->bytes : "";
    bool good = t != NULL;

    while (good && *at != '\0') {
        const char *open = strstr(at, "{{");
        const char *close = open != NULL ? strstr(open, "}}") : NULL;
        if (close == NULL) {
            fputs(at, p->out);
            break;
        }
        fwrite(at, 1, (size_t)(open - at), p->out);
        good = part(p, d, open + 2, (size_t)(close - open) - 2);
        at = close + 2;
    }
    return good;
}

/* cli_report.c - `powergap report`: a design-review report of stored traces. */
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "browser.h"
#include "cli.h"
#include "gnuplot.h"
#include "home.h"
#include "output.h"
#include "report_page.h"

static const char more[] =
    "Makes one page of the traces of runs, as they were stored: nothing is run again. A folder is\n"
    "a trace, or holds traces at any depth, as 'powergap test --out DIR' leaves them. Of one run\n"
    "it shows the rack as a diagram, the expectations with their margins, every gap and where its\n"
    "time went, waveforms and timeline, parameters with their sources, and how to repeat it. Of\n"
    "several also the smallest margins, failures with their effects, and what covers what.\n\n"
    "The HTML file needs no network and nothing beside it; the PDF file is for paper and is\n"
    "printed by Chromium. gnuplot draws the waveforms.\n\n"
    "Examples:\n"
    "  powergap report out/fet -o fet.html\n"
    "  powergap report build/suite -o review.pdf\n";

enum { PATH_SIZE = 4096 };

struct report_flags {
    const char *out;
    bool quiet;
};

static bool ends(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && strcmp(text + n - m, end) == 0;
}

/* Read every run; false: reported. All that is wrong with any is said. */
static bool read_all(struct report *r, struct arena *a, struct diag *d, int n, char **folders)
{
    bool good = report_find(r, a, d, n, folders);

    for (int i = 0; good && i < n; i++) {
        good = report_cases(r, a, d, folders[i]);
    }
    for (int32_t i = 0; good && i < r->n; i++) {
        struct report_run *run = &r->runs[i];
        if (report_read(run, a, d)) {
            report_events(run, a, d);
        }
    }
    return diag_errors(d) == 0;
}

static bool write_page(struct page *p, const char *path, struct diag *d)
{
    struct output t;

    if (!output_open(&t, path, d)) {
        return false;
    }
    p->out = t.file;
    bool good = page_write(p, d);
    return output_close(&t, good, d);
}

/* What Chromium has printed elsewhere, in full or not at all. */
static bool copy(const char *from, const char *to, struct diag *d)
{
    struct output t;
    char some[4096];
    size_t n = 0;
    FILE *in = fopen(from, "rb");

    if (in == NULL || !output_open(&t, to, d)) {
        if (in != NULL) {
            fclose(in);
        }
        return false;
    }
    while ((n = fread(some, 1, sizeof some, in)) > 0) {
        fwrite(some, 1, n, t.file);
    }
    bool good = ferror(in) == 0;
    fclose(in);
    return output_close(&t, good, d);
}

/* Chromium writes a file beside the page's; that takes the place of `out` when it is whole. */
static bool print_page(struct page *p, const char *out, struct diag *d,
                       const volatile sig_atomic_t *stop)
{
    const char *html = arena_print(p->arena, "%s.html", plots_place(p->plots, "page"));
    const char *pdf = arena_print(p->arena, "%s.pdf", plots_place(p->plots, "page"));
    bool good = write_page(p, html, d) && browser_print(html, pdf, d, stop) && copy(pdf, out, d);

    unlink(html);
    unlink(pdf);
    return good;
}

static int make(const struct report_flags *f, int n, char **folders, const char *plots_folder)
{
    const volatile sig_atomic_t *stop = cli_interruptible();
    struct arena *a = arena_new();
    struct diag *d = diag_new();
    struct report r = {.n = 0};
    struct page p = {.arena = a, .report = &r};
    bool paper = ends(f->out, ".pdf");
    bool good = read_all(&r, a, d, n, folders);

    if (good) {
        p.plots = plots_draw(&r, plots_folder, a, d, stop);
        p.folder = arena_print(a, "%s/report", plots_folder);
        p.brief = paper && r.n > 1;
        good = p.plots != NULL &&
               (paper ? print_page(&p, f->out, d, stop) : write_page(&p, f->out, d));
        plots_free(p.plots);
    }
    if (good && !f->quiet) {
        printf("%s: %d run%s\n", f->out, r.n, r.n == 1 ? "" : "s");
    }
    cli_report(d, false);
    arena_free(a);
    return *stop != 0 ? EXIT_INTERRUPTED : good ? EXIT_GOOD : EXIT_USE;
}

static int run(const struct command *c, int argc, char **argv)
{
    struct report_flags f = {.out = NULL};
    char plots_folder[PATH_SIZE];
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"o", OPTION_TEXT, &f.out, "FILE", "report.html or report.pdf: the ending says which"},
        {"out", OPTION_TEXT, &f.out, "FILE", "the same"},
        {"quiet", OPTION_FLAG, &f.quiet, NULL, "don't print the name of the file"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n == 0) {
        return cli_wrong(c, "of which runs? powergap report DIR... -o report.html");
    }
    if (f.out == NULL || (!ends(f.out, ".html") && !ends(f.out, ".pdf"))) {
        return cli_wrong(c, "-o wants a file that ends in .html or .pdf");
    }
    if (!gnuplot_is_there()) {
        return cli_wrong(c, "%s", gnuplot_missing);
    }
    if (ends(f.out, ".pdf") && !browser_is_there()) {
        return cli_wrong(c, "%s", browser_missing);
    }
    if (!cli_data("plots", plots_folder, sizeof plots_folder)) {
        return cli_wrong(c,
                         "no plot scripts: neither in $POWERGAP_DATA/plots, %s/plots nor ./plots",
                         home_data());
    }
    return cli_end(make(&f, n, argv, plots_folder));
}

const struct command report_command = {
    .name = "report",
    .about = "make a design-review report of stored traces: HTML or PDF",
    .use = "DIR... -o FILE",
    .more = more,
    .run = run,
};

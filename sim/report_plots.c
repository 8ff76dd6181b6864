/* report_plots.c - gnuplot's SVG, drawn in parallel and made part of a page.
 *
 * Checked by tests/sim/test_report.sh. */
#include "report_plots.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gnuplot.h"

/* What a report shows of a run. */
static const char *const names[] = {"voltages", "sharing", "timeline"};

enum { NAMES = sizeof names / sizeof *names, CHILDREN = 64 };

static const struct place COMMAND_LINE = {.in = NULL};

struct plots {
    struct arena *arena;
    const struct report *report;
    const char *folder; /* of the pictures */
    const char *scripts;
};

/* ---- drawing --------------------------------------------------------------------------------------- */

static const char *picture(const struct plots *p, int32_t run, const char *name)
{
    return arena_print(p->arena, "%s/%d-%s.svg", p->folder, run, name);
}

static pid_t start(const struct plots *p, int32_t job)
{
    const char *name = names[job % NAMES];

    return gnuplot_start(arena_print(p->arena, "%s/%s.gp", p->scripts, name),
                         p->report->runs[job / NAMES].folder, picture(p, job / NAMES, name));
}

struct child {
    pid_t pid;
    int32_t job;
};

/* Wait for one child, which leaves the list; false: it failed, and that is reported. */
static bool end_one(const struct plots *p, struct child child[], int *n, struct diag *d)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, 0);

    for (int i = 0; i < *n; i++) {
        if (child[i].pid != pid) {
            continue;
        }
        int32_t job = child[i].job;
        const char *name = names[job % NAMES];
        child[i] = child[--*n];
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
            gnuplot_is_complete(picture(p, job / NAMES, name), "svg")) {
            return true;
        }
        diag_error(d, COMMAND_LINE, "the plot '%s' of '%s' could not be drawn%s", name,
                   p->report->runs[job / NAMES].folder,
                   WIFEXITED(status) && WEXITSTATUS(status) == 0
                       ? arena_print(p->arena, ": is the disk of '%s' full?", p->folder)
                       : "");
        return false;
    }
    return errno == EINTR;
}

static bool draw_all(const struct plots *p, struct diag *d, const volatile sig_atomic_t *stop)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    int room = cores < 1 ? 1 : cores > CHILDREN ? CHILDREN : (int)cores;
    struct child child[CHILDREN];
    int n = 0;
    int32_t job = 0;
    bool good = true;

    while (n > 0 || (good && job < p->report->n * NAMES)) {
        if (good && n < room && job < p->report->n * NAMES) {
            child[n] = (struct child){start(p, job), job};
            good = child[n].pid > 0;
            n += good;
            job++;
        } else {
            good = end_one(p, child, &n, d) && good;
        }
        good = good && *stop == 0;
    }
    return good;
}

struct plots *plots_draw(const struct report *r, const char *scripts, struct arena *a,
                         struct diag *d, const volatile sig_atomic_t *stop)
{
    const char *where = getenv("TMPDIR");
    char *folder = arena_print(a, "%s/powergap-report-XXXXXX",
                               where != NULL && *where != '\0' ? where : "/tmp");
    struct plots *p = arena_get(a, sizeof *p);

    if (mkdtemp(folder) == NULL) {
        diag_error(d, COMMAND_LINE, "can't make a folder for the plots in '%s': %s",
                   where != NULL ? where : "/tmp", strerror(errno));
        return NULL;
    }
    *p = (struct plots){.arena = a, .report = r, .folder = folder, .scripts = scripts};
    if (!draw_all(p, d, stop)) {
        plots_free(p);
        return NULL;
    }
    return p;
}

void plots_free(struct plots *p)
{
    for (int32_t i = 0; p != NULL && i < p->report->n * NAMES; i++) {
        unlink(picture(p, i / NAMES, names[i % NAMES]));
    }
    if (p != NULL) {
        rmdir(p->folder);
    }
}

const char *plots_place(struct plots *p, const char *name)
{
    return arena_print(p->arena, "%s/%s", p->folder, name);
}

/* ---- into the page --------------------------------------------------------------------------------- */

static char *read_picture(struct arena *a, const char *path)
{
    FILE *in = fopen(path, "r");
    char *text = NULL;

    if (in != NULL && fseek(in, 0, SEEK_END) == 0) {
        long size = ftell(in);
        rewind(in);
        text = arena_get(a, (size_t)size + 1);
        text[fread(text, 1, (size_t)size, in)] = '\0';
    }
    if (in != NULL) {
        fclose(in);
    }
    return text;
}

static bool begins(const char *at, const char *word)
{
    return strncmp(at, word, strlen(word)) == 0;
}

static void variable(FILE *out, unsigned rgb)
{
    fprintf(out, "var(--c-%06x,#%06x)", rgb, rgb);
}

/* A colour, as gnuplot writes it: "rgb( 85,  85,  85)", "#FFFFFF", or a name that it uses. Its length;
 * 0: it is none. */
static size_t colour(FILE *out, const char *at)
{
    if (begins(at, "rgb(")) {
        char *end = NULL;
        unsigned long rgb = strtoul(at + 4, &end, 10) & 255;
        rgb = rgb << 8 | (strtoul(end + (*end == ','), &end, 10) & 255);
        rgb = rgb << 8 | (strtoul(end + (*end == ','), &end, 10) & 255);
        variable(out, (unsigned)rgb);
        return (size_t)(end - at) + (*end == ')');
    }
    if (at[0] == '#' && strspn(at + 1, "0123456789abcdefABCDEF") == 6) {
        variable(out, (unsigned)strtoul(at + 1, NULL, 16));
        return 7;
    }
    if (begins(at, "black")) {
        variable(out, 0);
        return 5;
    }
    return 0;
}

/* What a page has no use for, at `at`: how long it is. */
static size_t needless(const char *at)
{
    const char *end = NULL;

    if (begins(at, " id=\"gnuplot_")) {
        end = strchr(at + 5, '"');
        return end != NULL ? (size_t)(end - at) + 1 : 0;
    }
    if (begins(at, "xlink:href=")) {
        return strlen("xlink:");
    }
    if (begins(at, "<title>")) {
        end = strstr(at, "</title>");
        return end != NULL ? (size_t)(end - at) + 8 : 0;
    }
    if (begins(at, "<defs>")) {
        end = strstr(at, "</defs>");
        return end != NULL ? (size_t)(end - at) + 7 : 0;
    }
    if (begins(at, "<rect x=\"0\" y=\"0\" width=\"1600\"")) { /* the paper */
        end = strstr(at, "/>");
        return end != NULL ? (size_t)(end - at) + 2 : 0;
    }
    if (begins(at, " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"")) { /* as it is anyway */
        return strlen(" stroke-linecap=\"butt\" stroke-linejoin=\"miter\"");
    }
    return 0;
}

/* Tags go through the filter above; text between them stays as it is. */
static void filter(FILE *out, const char *at)
{
    bool in_tag = false;

    while (*at != '\0') {
        size_t skip = *at == '<' || in_tag ? needless(at) : 0;
        if (skip > 0) {
            at += skip;
            continue;
        }
        bool value = in_tag && (at[-1] == '"' || at[-1] == '\'');
        size_t n = value ? colour(out, at) : 0;
        if (n > 0) {
            at += n;
            continue;
        }
        in_tag = *at == '<' || (in_tag && *at != '>');
        fputc(*at++, out);
    }
}

enum { HEADING = 84 }; /* pixels on top with what the page says itself */

bool plots_embed(FILE *out, const struct plots *p, int32_t i, const char *name)
{
    struct arena *a = arena_new();
    char *text = read_picture(a, picture(p, i, name));
    char *body = text != NULL ? strstr(text, "<g id=\"gnuplot_canvas\">") : NULL;

    if (body != NULL) {
        fprintf(out, "<svg class=\"plot\" viewBox=\"0 %d 1600 %d\" role=\"img\" aria-label=\"%s\">",
                HEADING, 900 - HEADING, name);
        filter(out, body);
    }
    arena_free(a);
    return body != NULL;
}

void plots_marks(FILE *out)
{
    fputs("<svg width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
          "<circle id=\"gpPt5\" stroke-width=\"0.148\" stroke=\"currentColor\" r=\"1\"/>"
          "<circle id=\"gpPt6\" fill=\"currentColor\" r=\"1\"/></defs></svg>\n",
          out);
}

/* diagram.c - draws what diagram_plan.c has placed: a single-line diagram with the symbols of IEC 60617,
 * open and closed switches as they are at t = 0.  Checked by tests/sim/test_report.c. */
#include "diagram.h"

#include <math.h>
#include <string.h>

#include "diagram_plan.h"
#include "html.h"

enum { CONTACT = 26 }; /* height of a switch symbol */

static const char *param_text(const struct report_part *p, const char *key)
{
    const struct report_param *q = report_param(p, key);

    return q != NULL ? q->text : "";
}

static void text_at(FILE *out, double x, double y, const char *class, const char *anchor,
                    const char *text)
{
    html_print(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"%s\">%s</text>\n", x, y,
               class, anchor, text);
}

static void line_at(FILE *out, double x0, double y0, double x1, double y1, const char *class)
{
    html_print(out, "<path d=\"M%.1f %.1fL%.1f %.1f\" class=\"%s\"/>\n", x0, y0, x1, y1, class);
}

/* "web1", or "web1 … web16" */
static const char *name_of(struct arena *a, const struct report_part *first,
                           const struct report_part *last)
{
    return last == first ? first->name : arena_print(a, "%s … %s", first->name, last->name);
}

static const char *names_of(struct arena *a, const struct symbol *s)
{
    return s->count == 2 ? arena_print(a, "%s, %s", s->part->name, s->last->name)
                         : name_of(a, s->part, s->last);
}

/* ---- boxes --------------------------------------------------------------------------------------- */

/* The two lines under a name: what part it is, and how strong. */
static const char *kind_line(const struct symbol *s)
{
    return s->part->library[0] != '\0' ? s->part->library : s->part->kind_name;
}

static const char *rating_line(struct arena *a, const struct symbol *s)
{
    const char *rated = param_text(s->part, s->role == SHAPE_SUPPLY ? "rated" : "p");
    const char *v = param_text(s->part, s->part->kind != NULL && s->role == SHAPE_SUPPLY &&
                                                report_param(s->part, "e") != NULL
                                            ? "e"
                                            : "v");

    if (s->role == SHAPE_SUPPLY) {
        return arena_print(a, "%s%s%s", rated, *rated != '\0' && *v != '\0' ? ", " : "", v);
    }
    return s->count > 1 ? arena_print(a, "%d × %s", s->count, rated) : rated;
}

static void box(FILE *out, const struct plan *p, const struct symbol *s)
{
    double middle = (s->x0 + s->x1) / 2.0;
    const char *class = s->role == SHAPE_SUPPLY ? "supply" : "load";
    const char *name = names_of(p->arena, s);

    for (int k = s->count > 1 ? 2 : 0; k >= 0; k--) { /* a pile of cards */
        html_print(
            out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"4\" class=\"%s%s\"/>\n",
            s->x0 + 4.0 * k, s->y + 4.0 * k, s->x1 - s->x0, DIAGRAM_TALL, class,
            s->hit != NULL ? " hit" : "");
    }
    text_at(out, middle, s->y + 17.0, "name", "middle",
            s->count > 1 && s->role == SHAPE_SUPPLY
                ? arena_print(p->arena, "%s (%d)", name, s->count)
                : name);
    text_at(out, middle, s->y + 31.0, "small", "middle", kind_line(s));
    text_at(out, middle, s->y + 44.0, "small", "middle", rating_line(p->arena, s));
    if (s->hit != NULL) {
        double y = s->role == SHAPE_SUPPLY ? s->y - 5.0 : s->y + DIAGRAM_TALL + 15.0;
        text_at(out, s->x0, y, "hit", "start", arena_print(p->arena, "✕ %s", s->hit));
    }
}

/* ---- lines --------------------------------------------------------------------------------------- */

static void bar(FILE *out, const struct plan *p, const struct symbol *s)
{
    bool feed = s->role == SHAPE_FEED;
    const char *v = param_text(s->part, feed ? "v_rms" : "v");

    line_at(out, s->x0, s->y, s->x1, s->y,
            feed ? (s->hit != NULL ? "feed hit" : "feed") : (s->hit != NULL ? "bar hit" : "bar"));
    text_at(out, s->x0, s->y - 7.0, "name", "start",
            arena_print(p->arena, "%s  %s", s->part->name, v));
    if (s->hit != NULL) {
        text_at(out, s->x1, s->y - 7.0, "hit", "end", arena_print(p->arena, "✕ %s", s->hit));
    }
}

/* A contact at (x, y), its blade straight when it is closed; what kind it is: a frame for a FET
 * stage, a coil for a relay, a cross for a breaker. */
static void contact(FILE *out, const struct drop *d, double y)
{
    double top = y - CONTACT / 2.0, end = y + CONTACT / 2.0;
    const char *kind = d->with->kind_name;
    bool closed = strcmp(param_text(d->with, "closed"), "no") != 0;
    const char *class = d->hit != NULL ? "wire hit" : "wire";

    html_print(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"28\" height=\"%d\" class=\"clear\"/>\n",
               d->x - 14.0, top, CONTACT);
    line_at(out, d->x, top, d->x, top + 6.0, class);
    line_at(out, d->x, end - 6.0, d->x, end, class);
    line_at(out, d->x, end - 6.0, d->x - (closed ? 0.0 : 8.0), top + (closed ? 6.0 : 7.0), class);
    html_print(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" class=\"dot\"/>\n", d->x, end - 6.0);
    if (strcmp(kind, "fet") == 0) {
        html_print(out,
                   "<rect x=\"%.1f\" y=\"%.1f\" width=\"28\" height=\"%d\" rx=\"3\" "
                   "class=\"frame\"/>\n",
                   d->x - 14.0, top, CONTACT);
    } else if (strcmp(kind, "relay") == 0) {
        html_print(out,
                   "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"8\" class=\"frame\"/>\n"
                   "<path d=\"M%.1f %.1fH%.1f\" class=\"dash\"/>\n",
                   d->x - 28.0, y - 4.0, d->x - 16.0, y, d->x - 4.0);
    } else if (strcmp(kind, "breaker") == 0) {
        html_print(out, "<path d=\"M%.1f %.1fl8 8m0 -8l-8 8\" class=\"%s\"/>\n", d->x - 4.0,
                   top + 1.0, class);
    }
}

static void switch_words(FILE *out, const struct plan *p, const struct drop *d, double y)
{
    double x = d->x + 17.0;

    text_at(out, x, y + (d->last == d->with ? 4.0 : -3.0), "name", "start", d->with->name);
    if (d->last != d->with) {
        text_at(out, x, y + 10.0, "small", "start", arena_print(p->arena, "… %s", d->last->name));
    }
    if (d->hit != NULL) {
        text_at(out, d->x - 14.0, y + CONTACT / 2.0 + 14.0, "hit", "start",
                arena_print(p->arena, "✕ %s", d->hit));
    }
}

static double lower_end(const struct symbol *s)
{
    return s->y + (s->role == SHAPE_SUPPLY ? DIAGRAM_TALL : 0.0);
}

static void drop(FILE *out, const struct plan *p, const struct drop *d)
{
    const struct symbol *from = &p->shapes[d->from], *to = &p->shapes[d->to];
    double y0 = lower_end(from), y1 = to->y;
    bool from_supply = from->role == SHAPE_SUPPLY;

    line_at(out, d->x, y0, d->x, y1, "wire");
    if (d->with != NULL) {
        double y = from_supply ? p->switches_y : (y0 + y1) / 2.0;
        contact(out, d, y);
        switch_words(out, p, d, y);
    }
}

/* On the lines, over everything: what is joined there. */
static void dots(FILE *out, const struct plan *p, const struct drop *d)
{
    const struct symbol *ends[] = {&p->shapes[d->from], &p->shapes[d->to]};

    for (int i = 0; i < 2; i++) {
        if (ends[i]->role == SHAPE_FEED || ends[i]->role == SHAPE_BAR) {
            html_print(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" class=\"dot\"/>\n", d->x,
                       ends[i]->y);
        }
    }
}

bool diagram_write(FILE *out, struct arena *a, const struct report_run *run)
{
    struct plan p;

    if (!plan_make(&p, a, run)) {
        return false;
    }
    html_print(out,
               "<svg class=\"diagram\" viewBox=\"0 0 %.0f %.0f\" style=\"max-width:%.0fpx\" "
               "role=\"img\" aria-label=\"single-line diagram of the rack\">\n",
               p.width, p.height, p.width);
    for (int32_t i = 0; i < p.n_drops; i++) {
        drop(out, &p, &p.drops[i]);
    }
    for (int32_t i = 0; i < p.n_shapes; i++) {
        const struct symbol *s = &p.shapes[i];
        if (s->count > 0 && (s->role == SHAPE_SUPPLY || s->role == SHAPE_LOAD)) {
            box(out, &p, s);
        } else if (s->count > 0) {
            bar(out, &p, s);
        }
    }
    for (int32_t i = 0; i < p.n_drops; i++) {
        dots(out, &p, &p.drops[i]);
    }
    fputs("</svg>\n", out);
    return true;
}

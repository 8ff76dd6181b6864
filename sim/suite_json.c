/* suite_json.c - JSON Lines: what has come so far can be read even of a suite that was killed.
 *
 * Checked by tests/sim/test_suite.sh. */
#include <inttypes.h>
#include <string.h>

#include "suite_say.h"

static void text(FILE *out, const char *link, const char *name, const char *value)
{
    fprintf(out, "%s\"%s\": ", link, name);
    cli_json_text(out, value);
}

static void number(FILE *out, const char *link, const char *name, double value)
{
    fprintf(out, "%s\"%s\": ", link, name);
    cli_json_number(out, value);
}

/* The lines of a text as an array. */
static void lines(FILE *out, const char *name, const char *value)
{
    struct arena *a = arena_new();

    fprintf(out, ", \"%s\": [", name);
    for (const char *link = ""; *value != '\0'; link = ", ") {
        size_t n = strcspn(value, "\n");
        fputs(link, out);
        cli_json_text(out, arena_text(a, value, n));
        value += n + (value[n] == '\n');
    }
    fputc(']', out);
    arena_free(a);
}

static void rulings(FILE *out, const struct outcome *o)
{
    fputs(", \"rulings\": [", out);
    for (int32_t i = 0; i < o->n_rulings; i++) {
        const struct outcome_ruling *r = &o->rulings[i];
        text(out, i > 0 ? ", {" : "{", "verdict", verdict_word(r->verdict));
        text(out, ", ", "expectation", r->what);
        number(out, ", ", "measured", r->value);
        number(out, ", ", "limit", r->bound);
        number(out, ", ", "margin", r->slack);
        number(out, ", ", "error", r->error);
        text(out, ", ", "unit", r->unit);
        fputc('}', out);
    }
    fputc(']', out);
}

static void figures(FILE *out, const struct outcome *o)
{
    fputs(", \"figures\": [", out);
    for (int32_t i = 0; i < o->n_figures; i++) {
        const struct figure *f = &o->figures[i];
        const char *link = ", \"spans\": {";
        text(out, i > 0 ? ", {" : "{", "figure", figure_word(f->what));
        text(out, ", ", "name", f->name);
        number(out, ", ", "value", f->value);
        text(out, ", ", "unit", f->unit);
        for (int c = 0; c < SPAN_CLASSES; c++) {
            if (f->span[c] > 0.0) {
                number(out, link, span_word((enum span_class)c), f->span[c]);
                link = ", ";
            }
        }
        fputs(link[2] == '"' ? "}" : "}}", out);
    }
    fputc(']', out);
}

void suite_json(FILE *out, const struct suite_case *c, const struct outcome *o)
{
    text(out, "{", "scenario", c->path);
    text(out, ", ", "title", c->title);
    fputs(", \"covers\": [", out);
    for (int32_t i = 0; i < c->n_covers; i++) {
        fputs(i > 0 ? ", " : "", out);
        cli_json_text(out, c->covers[i]);
    }
    text(out, "], ", "verdict", case_word(o->status));
    text(out, ", ", "note", o->why);
    number(out, ", ", "wall_s", o->wall_s);
    if (o->status != CASE_ERROR) {
        fprintf(out, ", \"event_hash\": \"%016" PRIx64 "\"", o->hash);
    }
    lines(out, "worse", o->worse);
    lines(out, "said", o->said);
    rulings(out, o);
    figures(out, o);
    fputs("}\n", out);
}

void suite_json_summary(FILE *out, const struct suite *s, const struct suite_sum *sum,
                        const struct baseline_count *count, const struct coverage *coverage)
{
    fprintf(out, "{\"suite\": {\"scenarios\": %" PRId32, s->n);
    for (int i = 0; i < CASE_STATUSES; i++) {
        fprintf(out, ", \"%s\": %" PRId32, case_word((enum case_status)i), sum->n[i]);
    }
    number(out, ", ", "wall_s", sum->wall_s);
    fputc('}', out);
    if (count != NULL) {
        fprintf(out,
                ", \"baseline\": {\"worse\": %" PRId32 ", \"better\": %" PRId32
                ", \"unknown\": %" PRId32 "}",
                count->worse, count->better, count->unknown);
    }
    if (coverage != NULL) {
        fputs(", \"coverage\": ", out);
        coverage_json(out, coverage);
    }
    fputs("}\n", out);
}

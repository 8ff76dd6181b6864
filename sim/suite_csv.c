/* suite_csv.c - suite.csv: the one file that says what lies in the folder of a suite. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "csv.h"
#include "suite_say.h"

static void put_text(FILE *out, const char *text)
{
    if (text[0] != '\0') {
        csv_write_text(out, text);
    }
    fputc(',', out);
}

static void put_number(FILE *out, double value)
{
    if (!isnan(value)) {
        fprintf(out, "%.9g", value);
    }
    fputc(',', out);
}

static void put_covers(FILE *out, const struct suite_case *c)
{
    struct arena *a = arena_new();
    const char *all = "";

    for (int32_t i = 0; i < c->n_covers; i++) {
        all = arena_print(a, "%s%s%s", all, i > 0 ? "; " : "", c->covers[i]);
    }
    put_text(out, all);
    arena_free(a);
}

/* The expectation with the least margin. */
static void put_worst(FILE *out, const struct outcome *o)
{
    static const struct outcome_ruling none = {
        .what = "", .unit = "", .value = NAN, .bound = NAN, .slack = NAN};
    const struct outcome_ruling *r = o->worst >= 0 ? &o->rulings[o->worst] : &none;

    put_text(out, r->what);
    put_number(out, r->value);
    put_number(out, r->bound);
    put_number(out, r->slack);
    put_text(out, r->unit);
}

static void put_figure(FILE *out, const struct outcome *o, enum figure_what what)
{
    const struct figure *f = outcome_worst_figure(o, what);

    put_text(out, f != NULL ? f->name : "");
    put_number(out, f != NULL ? f->value : NAN);
}

static int32_t gaps_of(const struct outcome *o)
{
    double n = 0.0;

    for (int32_t i = 0; i < o->n_figures; i++) {
        n += o->figures[i].what == FIGURE_GAP    ? 1.0
             : o->figures[i].what == FIGURE_GAPS ? o->figures[i].value - 1.0
                                                 : 0.0;
    }
    return (int32_t)n;
}

static void put_row(FILE *out, const struct suite_case *c, const struct outcome *o)
{
    bool is_played = o->status != CASE_NOT_RUN && o->status != CASE_ERROR;

    put_text(out, c->path);
    put_text(out, c->name);
    put_text(out, c->title);
    put_covers(out, c);
    put_text(out, case_word(o->status));
    put_worst(out, o);
    fprintf(out, "%" PRId32 ",", gaps_of(o));
    put_figure(out, o, FIGURE_GAP);
    put_figure(out, o, FIGURE_DETECTION);
    fprintf(out, "%.3f,", o->wall_s);
    if (is_played) {
        fprintf(out, "%016" PRIx64, o->hash);
    }
    fputc(',', out);
    if (o->why[0] != '\0') {
        csv_write_text(out, o->why);
    }
    fputc('\n', out);
}

void suite_csv(FILE *out, const struct suite *s, const struct outcome outcomes[])
{
    fputs("scenario,folder,title,covers,verdict,expectation,measured,limit,margin,unit,gaps,gap,"
          "gap_s,detection,detection_s,wall_s,event_hash,note\n",
          out);
    for (int32_t i = 0; i < s->n; i++) {
        put_row(out, &s->cases[i], &outcomes[i]);
    }
}

/* outcome.c - reads what a run has written of itself.  Checked by tests/sim/test_suite.sh. */
#include "outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

static const char *const case_words[CASE_STATUSES] = {
    [CASE_NOT_RUN] = "NOT RUN", [CASE_PASS] = "PASS",   [CASE_UNRESOLVED] = "UNRESOLVED",
    [CASE_FAIL] = "FAIL",       [CASE_WORSE] = "WORSE", [CASE_ERROR] = "ERROR",
};

static const char *const figure_words[FIGURES] = {
    [FIGURE_MARGIN] = "margin", [FIGURE_DETECTION] = "detection", [FIGURE_GAP] = "gap",
    [FIGURE_GAPS] = "gaps",     [FIGURE_DARK] = "dark",
};

const char *case_word(enum case_status s)
{
    return case_words[s];
}

const char *figure_word(enum figure_what w)
{
    return figure_words[w];
}

struct outcome outcome_none(void)
{
    return (struct outcome){
        .status = CASE_NOT_RUN, .why = "", .said = "", .worse = "", .worst = -1};
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct reading {
    struct outcome *o;
    struct arena *a;
    int32_t room_rulings, room_figures, room_marks;
    size_t said;
    bool has_verdict;
};

/* The array with room for one more element. */
static void *one_more(struct arena *a, void *from, int32_t n, int32_t *room, size_t bytes)
{
    if (n < *room) {
        return from;
    }
    *room = *room == 0 ? 16 : 2 * *room;
    void *to = arena_array(a, (size_t)*room, bytes);
    if (n > 0) {
        memcpy(to, from, (size_t)n * bytes);
    }
    return to;
}

static const char *text(struct reading *r, const struct csv_row *row, int32_t i)
{
    const char *t = i < row->n ? row->cells[i].text : "";

    return arena_text(r->a, t, strlen(t));
}

static double number(const struct csv_row *row, int32_t i)
{
    return i < row->n && row->cells[i].text[0] != '\0' ? strtod(row->cells[i].text, NULL) : NAN;
}

static int32_t index_of(const char *word, const char *const words[], int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (strcmp(word, words[i]) == 0) {
            return i;
        }
    }
    return 0;
}

static void read_ruling(struct reading *r, const struct csv_row *row)
{
    struct outcome *o = r->o;

    o->rulings = one_more(r->a, o->rulings, o->n_rulings, &r->room_rulings, sizeof *o->rulings);
    struct outcome_ruling *u = &o->rulings[o->n_rulings];
    *u = (struct outcome_ruling){.verdict = (enum verdict)number(row, 1),
                                 .what = text(r, row, 2),
                                 .measured = text(r, row, 3),
                                 .limit = text(r, row, 4),
                                 .margin = text(r, row, 5),
                                 .when = text(r, row, 6),
                                 .value = number(row, 7),
                                 .bound = number(row, 8),
                                 .slack = number(row, 9),
                                 .error = number(row, 10),
                                 .unit = text(r, row, 11),
                                 .order = number(row, 12)};
    if (o->worst < 0 || u->order < o->rulings[o->worst].order) {
        o->worst = o->n_rulings;
    }
    o->n_rulings++;
}

static void read_figure(struct reading *r, const struct csv_row *row)
{
    struct outcome *o = r->o;

    o->figures = one_more(r->a, o->figures, o->n_figures, &r->room_figures, sizeof *o->figures);
    o->figures[o->n_figures++] =
        (struct figure){.what = (enum figure_what)index_of(row->n > 1 ? row->cells[1].text : "",
                                                           figure_words, FIGURES),
                        .name = text(r, row, 2),
                        .unit = text(r, row, 3),
                        .value = number(row, 4),
                        .error = number(row, 5),
                        .scale = number(row, 6)};
}

static void read_span(struct reading *r, const struct csv_row *row)
{
    struct outcome *o = r->o;

    if (o->n_figures > 0 && row->n > 2) {
        struct figure *f = &o->figures[o->n_figures - 1];
        int32_t class = (int32_t)number(row, 1);
        if (class >= 0 && class < SPAN_CLASSES) {
            f->has_spans = true;
            f->span[class] = number(row, 2);
        }
    }
}

static void read_mark(struct reading *r, const struct csv_row *row)
{
    struct outcome *o = r->o;

    o->marks = one_more(r->a, o->marks, o->n_marks, &r->room_marks, sizeof *o->marks);
    o->marks[o->n_marks++] =
        (struct mark){text(r, row, 1), text(r, row, 2), (int64_t)number(row, 3)};
}

static void read_verdict(struct reading *r, const struct csv_row *row)
{
    static const enum case_status as[] = {[VERDICT_PASS] = CASE_PASS,
                                          [VERDICT_UNRESOLVED] = CASE_UNRESOLVED,
                                          [VERDICT_FAIL] = CASE_FAIL,
                                          [VERDICT_INVALID] = CASE_ERROR,
                                          [VERDICT_ERROR] = CASE_ERROR};
    struct outcome *o = r->o;

    o->status = as[(int32_t)number(row, 1)];
    o->hash = strtoull(text(r, row, 2), NULL, 16);
    r->has_verdict = true;
}

static bool read_row(void *ctx, const struct csv_row *row)
{
    static const struct {
        const char *word;
        void (*read)(struct reading *r, const struct csv_row *row);
    } kinds[] = {{"ruling", read_ruling},
                 {"figure", read_figure},
                 {"span", read_span},
                 {"mark", read_mark},
                 {"verdict", read_verdict}};
    struct reading *r = ctx;
    const char *word = row->cells[0].text;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(word, kinds[i].word) == 0) {
            kinds[i].read(r, row);
        }
    }
    if (strcmp(word, "said") == 0) {
        r->o->said = arena_print(r->a, "%s%s\n", r->o->said, row->n > 1 ? row->cells[1].text : "");
    }
    return true;
}

bool outcome_read(struct outcome *o, struct arena *a, const char *bytes, size_t size)
{
    struct reading r = {.o = o, .a = a};
    struct diag *deaf = diag_new();
    const struct text *t = size > 0 ? text_from(a, deaf, "a run", bytes, size) : NULL;

    *o = outcome_none();
    o->status = CASE_ERROR;
    bool good = t != NULL && csv_read(a, deaf, t, read_row, &r);
    diag_free(deaf);
    return good && r.has_verdict;
}

const struct figure *outcome_worst_figure(const struct outcome *o, enum figure_what what)
{
    const struct figure *worst = NULL;

    for (int32_t i = 0; i < o->n_figures; i++) {
        const struct figure *f = &o->figures[i];
        if (f->what == what && (worst == NULL || f->value > worst->value)) {
            worst = f;
        }
    }
    return worst;
}

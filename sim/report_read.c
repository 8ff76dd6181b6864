/* report_read.c - one run's files into memory.  Checked by tests/sim/test_report.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "report.h"
#include "sheet.h"
#include "words.h"
#include "yaml.h"

struct reader {
    struct report_run *run;
    struct arena *arena;
    struct diag *diag;
};

static bool read_sheet(const struct reader *r, struct sheet *s, const char *name,
                       const char *const wanted[])
{
    return sheet_read(s, r->arena, r->diag, arena_print(r->arena, "%s/%s", r->run->folder, name),
                      wanted);
}

static bool flag(const char *text)
{
    return strcmp(text, "yes") == 0 || strcmp(text, "1") == 0;
}

/* ---- run.yaml -------------------------------------------------------------------------------------- */

static const char *fact(const struct yaml *map, const char *key)
{
    const struct yaml *y = yaml_get(map, key);

    return y != NULL && y->is == YAML_SCALAR ? y->text : "";
}

static bool verdict_of(const char *word, enum verdict *v)
{
    for (*v = VERDICT_PASS; *v < VERDICTS; (*v)++) {
        if (strcmp(word, verdict_word(*v)) == 0) {
            return true;
        }
    }
    return false;
}

static const struct yaml *list_of(const struct yaml *map, const char *key, int32_t *n)
{
    const struct yaml *list = yaml_get(map, key);

    *n = list != NULL ? list->n : 0;
    return list != NULL ? list->first : NULL;
}

static void read_lists(const struct reader *r, const struct yaml *map)
{
    struct report_run *run = r->run;
    const struct yaml *y = list_of(map, "covers", &run->n_covers);
    const char **words = arena_array(r->arena, (size_t)run->n_covers + 1, sizeof *words);

    run->covers = words;
    for (; y != NULL; y = y->next) {
        *words++ = y->text;
    }
    y = list_of(map, "inputs", &run->n_inputs);
    struct report_input *inputs = arena_array(r->arena, (size_t)run->n_inputs + 1, sizeof *inputs);
    run->inputs = inputs;
    for (; y != NULL; y = y->next) {
        *inputs++ = (struct report_input){fact(y, "file"), fact(y, "sha256")};
    }
}

static bool read_facts(const struct reader *r)
{
    struct report_run *run = r->run;
    const char *path = arena_print(r->arena, "%s/run.yaml", run->folder);
    const struct text *t =
        text_read(r->arena, r->diag, path, "trace file", (struct place){.in = NULL});
    const struct yaml *map = t != NULL ? yaml_read(r->arena, r->diag, t) : NULL;

    if (map == NULL) {
        return false;
    }
    if (map->is != YAML_MAP || !verdict_of(fact(map, "verdict"), &run->verdict)) {
        diag_error(r->diag, (struct place){.in = t}, "this is no run.yaml: it has no verdict");
        return false;
    }
    run->title = fact(map, "title");
    run->scenario = fact(map, "scenario");
    run->version = fact(map, "version");
    run->command = fact(map, "command");
    run->event_hash = fact(map, "event_hash");
    run->seed = fact(map, "seed");
    run->integrator = fact(map, "integrator");
    run->tolerance = fact(map, "tolerance");
    run->interrupted = flag(fact(map, "interrupted"));
    run->duration_s = strtod(fact(map, "duration_s"), NULL);
    run->reached_s = strtod(fact(map, "reached_s"), NULL);
    const struct yaml *counts = yaml_get(map, "counts");
    run->events = counts != NULL ? strtod(fact(counts, "events"), NULL) : NAN;
    read_lists(r, map);
    return true;
}

/* ---- verdict.csv ------------------------------------------------------------------------------------ */

/* A quantity by the spelling of its SI unit: "" is a plain number. */
static enum quantity quantity_of(const char *unit)
{
    for (int q = 0; q < QTY_KINDS; q++) {
        if (strcmp(quantity_unit((enum quantity)q), unit) == 0) {
            return (enum quantity)q;
        }
    }
    return QTY_RATIO;
}

bool report_has_margin(const struct report_verdict *v)
{
    bool counts = v->quantity == QTY_RATIO || v->quantity == QTY_OPERATIONS;

    return v->verdict != VERDICT_PASS || (!counts && v->limit != 0.0 && isfinite(report_margin(v)));
}

double report_margin(const struct report_verdict *v)
{
    double part = v->margin / (fabs(v->limit) > 0.0 ? fabs(v->limit) : 1.0);

    return isnan(part) ? INFINITY : part;
}

/* What fails, then what is unresolved, then by margin; what has none stands last. */
static int worst_first(const void *a, const void *b)
{
    const struct report_verdict *x = a, *y = b;
    bool no_x = !report_has_margin(x), no_y = !report_has_margin(y);
    double mx = report_margin(x), my = report_margin(y);

    if (x->verdict != y->verdict) {
        return x->verdict > y->verdict ? -1 : 1;
    }
    if (no_x != no_y) {
        return no_x ? 1 : -1;
    }
    return mx != my ? (mx < my ? -1 : 1) : (x->row > y->row) - (x->row < y->row);
}

/* Of the instances of one expectation that hold, only the worst is kept. */
static int32_t join_instances(struct report_verdict *all, int32_t n)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < n; i++) {
        int32_t same = 0;
        while (same < kept &&
               !(all[i].verdict == VERDICT_PASS && all[same].verdict == VERDICT_PASS &&
                 strcmp(all[same].expectation, all[i].expectation) == 0)) {
            same++;
        }
        if (same < kept) {
            all[same].count++;
        } else {
            all[kept++] = all[i];
        }
    }
    return kept;
}

static bool read_verdicts(const struct reader *r)
{
    static const char *const wanted[] = {"expectation", "instance", "verdict", "measured",
                                         "limit",       "margin",   "unit",    "at_ns",
                                         "error",       "note",     NULL};
    struct sheet s;

    if (!read_sheet(r, &s, "verdict.csv", wanted)) {
        return false;
    }
    struct report_verdict *all = arena_array(r->arena, (size_t)s.n + 1, sizeof *all);
    for (int32_t i = 0; i < s.n; i++) {
        struct report_verdict *v = &all[i];
        *v = (struct report_verdict){.row = i,
                                     .count = 1,
                                     .expectation = sheet_text(&s, i, "expectation"),
                                     .instance = sheet_text(&s, i, "instance"),
                                     .note = sheet_text(&s, i, "note"),
                                     .quantity = quantity_of(sheet_text(&s, i, "unit")),
                                     .measured = sheet_number(&s, i, "measured"),
                                     .limit = sheet_number(&s, i, "limit"),
                                     .margin = sheet_number(&s, i, "margin"),
                                     .error = sheet_number(&s, i, "error"),
                                     .at = sheet_ns(&s, i, "at_ns")};
        if (!verdict_of(sheet_text(&s, i, "verdict"), &v->verdict)) {
            diag_error(r->diag, (struct place){.in = NULL},
                       "'%s/verdict.csv': row %d has no verdict", r->run->folder, i + 1);
            return false;
        }
    }
    qsort(all, (size_t)s.n, sizeof *all, worst_first);
    r->run->verdicts = all;
    r->run->n_rulings = s.n;
    r->run->n_verdicts = join_instances(all, s.n);
    for (int32_t i = 0; i < r->run->n_verdicts; i++) {
        r->run->n_pass += all[i].verdict == VERDICT_PASS ? all[i].count : 0;
    }
    return true;
}

/* ---- gaps.csv, spans.csv --------------------------------------------------------------------------- */

/* The spans of a gap stand together. */
static bool read_spans(const struct reader *r, struct report_gap *gaps, int32_t n)
{
    static const char *const wanted[] = {"gap",    "span",  "class", "start_ns",
                                         "end_ns", "event", "text",  NULL};
    struct sheet s;

    if (!read_sheet(r, &s, "spans.csv", wanted)) {
        return false;
    }
    struct report_span *all = arena_array(r->arena, (size_t)s.n + 1, sizeof *all);
    for (int32_t i = 0; i < s.n; i++) {
        int32_t gap = (int32_t)sheet_number(&s, i, "gap");
        all[i] = (struct report_span){.number = (int32_t)sheet_number(&s, i, "span"),
                                      .class = sheet_text(&s, i, "class"),
                                      .event = sheet_text(&s, i, "event"),
                                      .text = sheet_text(&s, i, "text"),
                                      .start = sheet_ns(&s, i, "start_ns"),
                                      .end = sheet_ns(&s, i, "end_ns")};
        if (gap >= 1 && gap <= n) {
            gaps[gap - 1].spans = gaps[gap - 1].spans != NULL ? gaps[gap - 1].spans : &all[i];
            gaps[gap - 1].n_spans++;
        }
    }
    return true;
}

static bool read_gaps(const struct reader *r)
{
    static const char *const wanted[] = {"gap",      "observer",  "threshold_V", "start_ns",
                                         "end_ns",   "error_s",   "v_min_V",     "fault",
                                         "fault_ns", "missing_J", "hold_up_s",   "ride_through_s",
                                         "recovery", "open",      NULL};
    struct sheet s;

    if (!read_sheet(r, &s, "gaps.csv", wanted)) {
        return false;
    }
    struct report_gap *all = arena_array(r->arena, (size_t)s.n + 1, sizeof *all);
    for (int32_t i = 0; i < s.n; i++) {
        all[i] = (struct report_gap){
            .number = (int32_t)sheet_number(&s, i, "gap"),
            .observer = sheet_text(&s, i, "observer"),
            .fault = sheet_text(&s, i, "fault"),
            .recovery = sheet_text(&s, i, "recovery"),
            .threshold_V = sheet_number(&s, i, "threshold_V"),
            .v_min_V = sheet_number(&s, i, "v_min_V"),
            .error_s = sheet_number(&s, i, "error_s"),
            .missing_J = sheet_number(&s, i, "missing_J"),
            .start = sheet_ns(&s, i, "start_ns"),
            .end = sheet_ns(&s, i, "end_ns"),
            .fault_at = sheet_ns(&s, i, "fault_ns"),
            .hold_up = ns_from_s(sheet_number(&s, i, "hold_up_s")),
            .ride_through = ns_from_s(sheet_number(&s, i, "ride_through_s")),
            .open = flag(sheet_text(&s, i, "open")),
        };
    }
    r->run->gaps = all;
    r->run->n_gaps = s.n;
    return read_spans(r, all, s.n);
}

const struct report_gap *report_longest(const struct report_run *run)
{
    const struct report_gap *longest = NULL;

    for (int32_t i = 0; i < run->n_gaps; i++) {
        const struct report_gap *g = &run->gaps[i];
        if (longest == NULL || g->end - g->start > longest->end - longest->start) {
            longest = g;
        }
    }
    return longest;
}

/* ---- rack.csv ---------------------------------------------------------------------------------------- */

/* Was it written in the library part's own file? "models/parts/NAME.yaml:6" */
static bool said_in_library(const char *said_at, const char *library)
{
    const char *base = strrchr(said_at, '/') != NULL ? strrchr(said_at, '/') + 1 : said_at;
    size_t n = strlen(library);

    return n > 0 && strncmp(base, library, n) == 0 && strncmp(base + n, ".yaml:", 6) == 0;
}

static bool read_rack(const struct reader *r)
{
    static const char *const wanted[] = {"part", "kind",   "library",  "key",     "type", "value",
                                         "text", "source", "estimate", "said_at", NULL};
    struct sheet s;

    if (!read_sheet(r, &s, "rack.csv", wanted)) {
        return false;
    }
    struct report_part *parts = arena_array(r->arena, (size_t)s.n + 1, sizeof *parts);
    struct report_param *params = arena_array(r->arena, (size_t)s.n + 1, sizeof *params);
    int32_t n = 0;
    for (int32_t i = 0; i < s.n; i++) {
        const char *name = sheet_text(&s, i, "part");
        if (n == 0 || strcmp(parts[n - 1].name, name) != 0) {
            const char *kind = sheet_text(&s, i, "kind");
            parts[n++] = (struct report_part){.name = name,
                                              .library = sheet_text(&s, i, "library"),
                                              .kind = kind_named(kind),
                                              .kind_name = kind,
                                              .params = &params[i]};
        }
        parts[n - 1].n++;
        const char *said_at = sheet_text(&s, i, "said_at");
        params[i] = (struct report_param){
            .key = sheet_text(&s, i, "key"),
            .type = sheet_text(&s, i, "type"),
            .text = sheet_text(&s, i, "text"),
            .source = sheet_text(&s, i, "source"),
            .said_at = said_at,
            .value = sheet_number(&s, i, "value"),
            .estimate = flag(sheet_text(&s, i, "estimate")),
            .in_library = *said_at == '\0' || said_in_library(said_at, parts[n - 1].library)};
    }
    r->run->parts = parts;
    r->run->n_parts = n;
    return true;
}

const struct report_param *report_param(const struct report_part *p, const char *key)
{
    for (int32_t i = 0; i < p->n; i++) {
        if (strcmp(p->params[i].key, key) == 0) {
            return &p->params[i];
        }
    }
    return NULL;
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

const char *report_value(char buf[REPORT_VALUE], enum quantity q, double value)
{
    char text[WORDS_VALUE];

    if (isnan(value)) {
        buf[0] = '\0';
    } else if (isinf(value)) {
        snprintf(buf, REPORT_VALUE, "%s", value > 0.0 ? "never" : "");
    } else {
        const char *words = q == QTY_SECOND ? words_time(text, value) : words_value(text, q, value);
        const char *micro = strstr(words, " u");
        size_t n = micro != NULL ? (size_t)(micro - words) : strlen(words);
        snprintf(buf, REPORT_VALUE, "%.*s%s%s", (int)n, words, micro != NULL ? " µ" : "",
                 micro != NULL ? micro + 2 : "");
    }
    return buf;
}

const char *report_time(char buf[REPORT_VALUE], ns_t span)
{
    return report_value(buf, QTY_SECOND, ns_to_s(span));
}

bool report_read(struct report_run *run, struct arena *a, struct diag *d)
{
    struct reader r = {.run = run, .arena = a, .diag = d};

    /* Each file's complaint is worth hearing. */
    bool facts = read_facts(&r);
    bool verdicts = read_verdicts(&r);
    bool gaps = read_gaps(&r);
    bool rack = read_rack(&r);
    return facts && verdicts && gaps && rack;
}

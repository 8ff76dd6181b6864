/* trace_tables.c - events.csv, gaps.csv, spans.csv and verdict.csv. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "anatomy.h"
#include "csv.h"
#include "digits.h"
#include "trace.h"
#include "words.h"

static void put_whole(FILE *out, int64_t value)
{
    char text[DIGITS_ROOM];
    const char *end = digits_whole(text, value);

    fwrite(text, 1, (size_t)(end - text), out);
}

static void put_number(FILE *out, double value)
{
    fputc(',', out);
    if (value == nearbyint(value) && fabs(value) < 1e9) {
        put_whole(out, (int64_t)value);
    } else if (!isnan(value)) { /* nothing to say: an empty cell */
        fprintf(out, "%.12g", value);
    }
}

static void put_seconds(FILE *out, ns_t t)
{
    char text[WORDS_TIME];

    fputc(',', out);
    if (t != NS_NEVER) {
        fputs(words_seconds(text, t), out);
    }
}

static void put_ns(FILE *out, ns_t t)
{
    fputc(',', out);
    if (t != NS_NEVER) {
        put_whole(out, t);
    }
}

static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (text[0] != '\0') {
        csv_write_text(out, text);
    }
}

/* ---- events.csv ------------------------------------------------------------------------------------ */

/* The word of a controller's state of mind about a supply: its family's choices. */
static const char *mind_words(const struct scenario *s)
{
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        const struct kind *k = s->rack.parts[i].kind;
        if (k->tie == TIE_CONTROLLER && k->families != NULL && k->families[0].choices != NULL) {
            return k->families[0].choices;
        }
    }
    return "";
}

/* What the event's row says in words. */
static const char *event_text(const struct scenario *s, const struct log *l, const struct event *e,
                              const char *minds, char buf[LOG_NAME])
{
    const char *word = "";
    size_t n = e->kind == EV_DECIDE ? words_choice(minds, (int64_t)e->value, &word) : 0;

    if (n > 0 && n < LOG_NAME) {
        memcpy(buf, word, n);
        buf[n] = '\0';
        return buf;
    }
    return e->kind == EV_ACTION ? log_name(l, s->rack.parts, e->id, buf) : event_doc(e->kind);
}

void trace_events(FILE *out, const struct scenario *s, const struct log *l)
{
    const char *minds = mind_words(s);
    char buf[LOG_NAME];

    fputs("id,cause,t_s,t_ns,from_ns,part,event,value,text\n", out);
    for (uint32_t i = 0; i < l->n; i++) {
        const struct event *e = log_at(l, i + 1);
        put_whole(out, e->id);
        fputc(',', out);
        put_whole(out, e->cause);
        put_seconds(out, e->at);
        put_ns(out, e->at);
        put_ns(out, e->from);
        put_text(out, e->part == NO_PART ? "" : s->rack.parts[e->part].name);
        put_text(out, event_word(e->kind));
        put_number(out, e->value);
        put_text(out, event_text(s, l, e, minds, buf));
        fputc('\n', out);
    }
}

/* ---- gaps.csv -------------------------------------------------------------------------------------- */

static void gaps_header(FILE *out)
{
    fputs("gap,observer,threshold_V,start_ns,end_ns,start_s,end_s,gap_s,error_s,v_min_V,t_min_s,"
          "missing_Vs,missing_J,open,fault,fault_ns,recovery,same_fault,hold_up_s,ride_through_s",
          out);
    for (int c = 0; c < SPAN_CLASSES; c++) {
        fprintf(out, ",%s_s", span_word((enum span_class)c));
    }
    fputc('\n', out);
}

/* A gap as its files know it. */
struct row {
    int32_t number; /* from 1 */
    const struct gap *gap;
    const char *observer;
    struct anatomy anatomy;
};

static struct row row_of(const struct log *l, const struct judge *j, int32_t i)
{
    const struct gap *g = &judge_gaps(j)->gap[i];
    const struct watch *k = judge_watch(j, g->watch);
    struct row r = {.number = i + 1, .gap = g, .observer = expr_left_text(k->expr, k->instance)};

    anatomy_find(l, g, &r.anatomy);
    return r;
}

static void gap_row(FILE *out, const struct scenario *s, const struct log *l, const struct row *r)
{
    const struct anatomy *a = &r->anatomy;
    const struct gap *g = r->gap;
    const struct event *fault = log_at(l, a->fault);
    char name[LOG_NAME];

    fprintf(out, "%" PRId32, r->number);
    put_text(out, r->observer);
    put_number(out, g->threshold);
    put_ns(out, g->start);
    put_ns(out, g->end);
    put_seconds(out, g->start);
    put_seconds(out, g->end);
    put_seconds(out, g->end - g->start);
    put_number(out, g->error_s);
    put_number(out, g->worst);
    put_seconds(out, g->worst_at);
    put_number(out, g->missing_Vs);
    put_number(out, g->missing_J);
    fprintf(out, ",%d", g->open);
    put_text(out, log_name(l, s->rack.parts, a->fault, name));
    put_ns(out, fault == NULL ? NS_NEVER : fault->at);
    put_text(out, log_name(l, s->rack.parts, a->recovery, name));
    fprintf(out, ",%d", a->same_fault);
    put_seconds(out, a->hold_up);
    put_seconds(out, a->ride_through);
    for (int c = 0; c < SPAN_CLASSES; c++) {
        put_seconds(out, a->within[c]);
    }
    fputc('\n', out);
}

void trace_gaps(FILE *out, const struct scenario *s, const struct log *l, const struct judge *j)
{
    gaps_header(out);
    for (int32_t i = 0; i < judge_gaps(j)->n; i++) {
        struct row r = row_of(l, j, i);
        gap_row(out, s, l, &r);
    }
}

/* ---- spans.csv ------------------------------------------------------------------------------------- */

static void span_row(FILE *out, const struct row *r, int32_t number, const char *class, ns_t from,
                     ns_t to)
{
    fprintf(out, "%" PRId32, r->number);
    put_text(out, r->observer);
    fprintf(out, ",%" PRId32, number);
    put_text(out, class);
    put_ns(out, from);
    put_ns(out, to);
    put_seconds(out, from);
    put_seconds(out, to);
    put_seconds(out, to - from);
}

/* What ends a span: id and name of the event, and the span in words. */
static void span_end(FILE *out, const char *event_id, const char *event, const char *text)
{
    fprintf(out, ",%s", event_id);
    put_text(out, event);
    put_text(out, text);
    fputc('\n', out);
}

/* What the gap's parts lived on before it began. */
static void spans_before(FILE *out, const struct row *r)
{
    const struct anatomy *a = &r->anatomy;
    ns_t start = r->gap->start;

    if (a->hold_up > 0) {
        span_row(out, r, 0, "hold_up", start - a->ride_through - a->hold_up,
                 start - a->ride_through);
        span_end(out, "", "", "hold-up");
    }
    if (a->ride_through > 0) {
        span_row(out, r, 0, "ride_through", start - a->ride_through, start);
        span_end(out, "", "", "ride-through");
    }
}

static void spans_within(FILE *out, const struct scenario *s, const struct log *l,
                         const struct row *r)
{
    const struct anatomy *a = &r->anatomy;
    char event[LOG_NAME];
    char id[16];
    char text[SPAN_NAME];

    for (int32_t i = 0; i < a->n_spans; i++) {
        const struct span *x = &a->span[i];
        span_row(out, r, i + 1, span_word(x->is), x->from, x->to);
        id[0] = '\0';
        if (x->event != 0) {
            snprintf(id, sizeof id, "%" PRIu32, x->event);
        }
        span_end(out, id, log_name(l, s->rack.parts, x->event, event),
                 span_name(a, i, r->gap, l, s->rack.parts, text));
    }
}

void trace_spans(FILE *out, const struct scenario *s, const struct log *l, const struct judge *j)
{
    fputs("gap,observer,span,class,start_ns,end_ns,start_s,end_s,span_s,event_id,event,text\n",
          out);
    for (int32_t i = 0; i < judge_gaps(j)->n; i++) {
        struct row r = row_of(l, j, i);
        spans_before(out, &r);
        spans_within(out, s, l, &r);
    }
}

/* ---- verdict.csv ----------------------------------------------------------------------------------- */

void trace_verdict(FILE *out, const struct scenario *s, const struct judge *j)
{
    fputs("expectation,instance,line,verdict,measured,limit,margin,unit,at_s,at_ns,error,note\n",
          out);
    for (int32_t i = 0; i < judge_rulings(j); i++) {
        const struct ruling *r = judge_ruling(j, i);
        bool is_deed = r->expectation < 0;
        const char *what = is_deed ? s->deeds[r->deed].text : s->expectations[r->expectation].text;
        int32_t line =
            is_deed ? s->deeds[r->deed].place.line : s->expectations[r->expectation].place.line;
        csv_write_text(out, what);
        put_text(out, r->text);
        fprintf(out, ",%" PRId32, line);
        put_text(out, verdict_word(r->verdict));
        put_number(out, r->measured);
        put_number(out, r->limit);
        put_number(out, r->margin);
        put_text(out, quantity_unit(r->quantity));
        put_seconds(out, r->at);
        put_ns(out, r->at);
        put_number(out, r->error);
        put_text(out, r->note);
        fputc('\n', out);
    }
}

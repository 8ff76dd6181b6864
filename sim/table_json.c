/* table_json.c - the same for programs. */
#include <inttypes.h>

#include "anatomy.h"
#include "cli.h"
#include "table.h"

static void key(FILE *out, const char *link, const char *name)
{
    fprintf(out, "%s\"%s\": ", link, name);
}

static void text(FILE *out, const char *link, const char *name, const char *value)
{
    key(out, link, name);
    cli_json_text(out, value);
}

static void number(FILE *out, const char *link, const char *name, double value)
{
    key(out, link, name);
    cli_json_number(out, value);
}

static void ruling(FILE *out, const struct run *r, const struct ruling *u)
{
    const struct scenario *s = r->scenario;
    bool is_deed = u->expectation < 0;

    fputs("    {", out);
    text(out, "", "verdict", verdict_word(u->verdict));
    text(out, ", ", is_deed ? "deed" : "expectation",
         is_deed ? s->deeds[u->deed].text : s->expectations[u->expectation].text);
    text(out, ", ", "instance", u->text);
    fprintf(out, ", \"line\": %" PRId32,
            is_deed ? s->deeds[u->deed].place.line : s->expectations[u->expectation].place.line);
    number(out, ", ", "measured", u->measured);
    number(out, ", ", "limit", u->limit);
    number(out, ", ", "margin", u->margin);
    number(out, ", ", "error", u->error);
    text(out, ", ", "unit", quantity_unit(u->quantity));
    if (u->at != NS_NEVER) {
        fprintf(out, ", \"at_ns\": %" PRId64, u->at);
    }
    text(out, ", ", "note", u->note);
    fputc('}', out);
}

static void gap(FILE *out, const struct run *r, const struct gap *g)
{
    const struct watch *k = judge_watch(r->judge, g->watch);
    const struct part *parts = r->scenario->rack.parts;
    struct anatomy a;
    char name[LOG_NAME];

    anatomy_find(&r->log, g, &a);
    fputs("    {", out);
    text(out, "", "observer", expr_left_text(k->expr, k->instance));
    number(out, ", ", "threshold", g->threshold);
    fprintf(out, ", \"start_ns\": %" PRId64 ", \"end_ns\": %" PRId64, g->start, g->end);
    number(out, ", ", "gap_s", ns_to_s(g->end - g->start));
    number(out, ", ", "error_s", g->error_s);
    number(out, ", ", "v_min", g->worst);
    number(out, ", ", "missing_Vs", g->missing_Vs);
    number(out, ", ", "missing_J", g->missing_J);
    fprintf(out, ", \"open\": %s", g->open ? "true" : "false");
    text(out, ", ", "fault", log_name(&r->log, parts, a.fault, name));
    text(out, ", ", "recovery", log_name(&r->log, parts, a.recovery, name));
    fprintf(out, ", \"same_fault\": %s", a.same_fault ? "true" : "false");
    fprintf(out, ", \"hold_up_ns\": %" PRId64 ", \"ride_through_ns\": %" PRId64, a.hold_up,
            a.ride_through);
    for (int c = 0; c < SPAN_CLASSES; c++) {
        fprintf(out, ", \"%s_ns\": %" PRId64, span_word((enum span_class)c), a.within[c]);
    }
    table_gap_late_json(out, r, g);
    fputc('}', out);
}

void table_json(FILE *out, const struct run *r, const char *trace)
{
    const struct gaps *gaps = judge_gaps(r->judge);
    int32_t n = judge_rulings(r->judge);

    fputs("{\n  ", out);
    text(out, "", "scenario", r->scenario->path);
    text(out, ", ", "title", r->scenario->title);
    text(out, ",\n  ", "verdict", verdict_word(judge_verdict(r->judge)));
    fprintf(out, ", \"interrupted\": %s", r->interrupted ? "true" : "false");
    fprintf(out, ", \"seed\": %" PRIu64, r->options.plant.seed);
    fprintf(out, ", \"event_hash\": \"%016" PRIx64 "\"", r->world->plant->hash);
    if (trace != NULL) {
        text(out, ", ", "trace", trace);
    }
    fputs(",\n  \"rulings\": [", out);
    for (int32_t i = 0; i < n; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        ruling(out, r, judge_ruling(r->judge, i));
    }
    fputs("],\n  \"gaps\": [", out);
    for (int32_t i = 0; i < gaps->n; i++) {
        fputs(i == 0 ? "\n" : ",\n", out);
        gap(out, r, &gaps->gap[i]);
    }
    fputs("]", out);
    table_bench_json(out, r);
    if (r->options.plant.meter_all) {
        struct books between = books_between(&r->begin, &r->end);
        fputs(",\n  \"energy\": ", out);
        books_json(out, &between);
    }
    fputs("\n}\n", out);
}

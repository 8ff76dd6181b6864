/* trace_facts.c - run.yaml: what was run, what came of it, and how to do it again. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench.h"
#include "column.h"
#include "digest.h"
#include "trace.h"

/* A text in double quotes, as YAML wants it. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(out, "\\%c", *c);
        } else if ((unsigned char)*c < ' ') {
            fprintf(out, "\\x%02x", (unsigned)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

static void line(FILE *out, const char *key, const char *text)
{
    fprintf(out, "%s: ", key);
    quoted(out, text);
    fputc('\n', out);
}

static const char *integrator_name(const struct plant_options *o)
{
    return o->integrator == INTEGRATOR_GSL_MSBDF ? "gsl-msbdf" : "rosenbrock";
}

static void command(FILE *out, const struct world *w, const struct trace_facts *f)
{
    const struct plant_options *o = f->options;
    bool quote = f->scenario->path[strcspn(f->scenario->path, " '\"\\$&;()<>|*?")] != '\0';

    fprintf(out, "command: \"powergap run --seed %" PRIu64, o->seed);
    if (o->tolerance > 0.0) {
        fprintf(out, " --tolerance %.17g", w->options.tolerance);
    }
    if (o->integrator != INTEGRATOR_ROSENBROCK) {
        fprintf(out, " --integrator %s", integrator_name(o));
    }
    if (o->remote != NULL) {
        fprintf(out, " --controller '%s'%s", o->remote->link,
                o->remote->charged ? " --charge board" : "");
    }
    if (o->shuffle_ties != 0) {
        fprintf(out, " --shuffle-ties %" PRIu64, o->shuffle_ties);
    }
    fputc(' ', out);
    for (const char *c = quote ? "'" : ""; *c != '\0'; c++) {
        fputc(*c, out);
    }
    for (const char *c = f->scenario->path; *c != '\0'; c++) {
        fprintf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    }
    fprintf(out, "%s\"\n", quote ? "'" : "");
}

static void counts(FILE *out, const struct world *w, const struct trace_facts *f)
{
    const struct plant_counts *c = &w->plant->counts;

    fprintf(out,
            "counts:\n  events: %" PRId64 "\n  ties: %" PRId64 "\n  steps: %" PRId64
            "\n  rejected: %" PRId64 "\n  factorisations: %" PRId64 "\n  located: %" PRId64
            "\n  partitions: %" PRId64 "\n  gaps: %" PRId32 "\n",
            c->events, c->ties, c->steps, c->rejected, c->factorisations, c->located, c->partitions,
            judge_gaps(f->judge)->n);
}

/* Lines to draw: each single comparison of a signal with a number, once. */
static void thresholds(FILE *out, const struct world *w, const struct trace_facts *f)
{
    fputs("thresholds:\n", out);
    for (int32_t i = 0; i < judge_watches(f->judge); i++) {
        const struct watch *k = judge_watch(f->judge, i);
        double left = 0.0;
        double right = 0.0;
        enum quantity q = QTY_RATIO;
        if (!judge_sees_gaps(f->judge, i) ||
            !expr_sides(k->expr, k->instance, w, w->plant->now, &left, &right) ||
            !expr_quantity(k->expr, &q)) {
            continue;
        }
        const char *unit = quantity_unit(q);
        fprintf(out, "  - {observer: ");
        quoted(out, expr_left_text(k->expr, k->instance));
        fprintf(out, ", column: \"%s%s%s\", value: %.12g, unit: \"%s\", default: %s}\n",
                expr_left_text(k->expr, k->instance), unit[0] == '\0' ? "" : "_", unit, right, unit,
                k->is_default ? "yes" : "no");
    }
}

static void states(FILE *out, const struct scenario *s)
{
    struct arena *a = arena_new();
    struct columns all = columns_of(a, s->rack.parts, s->rack.n_parts);

    fputs("states:\n", out);
    for (int32_t i = 0; i < all.n; i++) {
        const char *choices = column_choices(&all.column[i]);
        if (choices == NULL) {
            continue;
        }
        fprintf(out, "  \"%s\": [", all.column[i].name);
        for (const char *at = choices; *at != '\0';) {
            size_t n = strcspn(at, "|");
            fprintf(out, "%s\"%.*s\"", at == choices ? "" : ", ", (int)n,
                    at); /* OFF is a flag, too */
            at += n + (at[n] == '|');
        }
        fputs("]\n", out);
    }
    arena_free(a);
}

static void parts(FILE *out, const struct scenario *s)
{
    fputs("parts:\n", out);
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        const struct part *p = &s->rack.parts[i];
        fprintf(out, "  - {name: %s, kind: %s", p->name, p->kind->name);
        if (p->library != NULL) {
            fputs(", part: ", out);
            quoted(out, p->library);
        }
        fputs("}\n", out);
    }
}

static void covers(FILE *out, const struct scenario *s)
{
    fputs("covers: [", out);
    for (int32_t i = 0; i < s->n_covers; i++) {
        fputs(i == 0 ? "" : ", ", out);
        quoted(out, s->covers[i]);
    }
    fputs("]\n", out);
}

/* As `sha256sum` would print them. */
static void inputs(FILE *out, const struct scenario *s)
{
    char digest[DIGEST_SIZE];

    fputs("inputs:\n", out);
    for (const struct input *i = s->inputs; i != NULL; i = i->next) {
        digest_of(i->text->bytes, i->text->size, digest);
        fputs("  - {file: ", out);
        quoted(out, i->text->path);
        fprintf(out, ", sha256: \"%s\"}\n", digest);
    }
}

void trace_run_yaml(FILE *out, const struct world *w, const struct trace_facts *f)
{
    const struct scenario *s = f->scenario;

    line(out, "title", s->title);
    line(out, "scenario", s->path);
    covers(out, s);
    fprintf(out, "verdict: %s\n", verdict_word(judge_verdict(f->judge)));
    if (judge_void_why(f->judge) != NULL) {
        line(out, "why", judge_void_why(f->judge));
    }
    fprintf(out, "interrupted: %s\n", f->interrupted ? "yes" : "no");
    fprintf(out, "version: \"%s\"\n", POWERGAP_VERSION);
    command(out, w, f);
    inputs(out, s);
    if (f->options->remote != NULL) {
        const struct remote *r = f->options->remote;
        fprintf(out, "controller: {link: ");
        quoted(out, r->link);
        fprintf(out, ", board: ");
        quoted(out, r->board);
        fprintf(out, ", firmware: ");
        quoted(out, r->firmware);
        fprintf(out, ", steps: %" PRId64 "}\n", r->steps);
    }
    fprintf(out, "event_hash: \"%016" PRIx64 "\"\n", w->plant->hash);
    fprintf(out, "seed: %" PRIu64 "\n", f->options->seed);
    fprintf(out, "duration_s: %.9f\n", ns_to_s(s->duration));
    fprintf(out, "at_rest: %s\n", w->plant->unrest.restless ? "no" : "yes");
    fprintf(out, "reached_s: %.9f\n", ns_to_s(w->plant->now));
    fprintf(out, "integrator: %s\n", integrator_name(f->options));
    fprintf(out, "tolerance: %.6g\n", w->options.tolerance);
    fprintf(out, "shuffle_ties: %" PRIu64 "\n", f->options->shuffle_ties);
    counts(out, w, f);
    thresholds(out, w, f);
    states(out, s);
    parts(out, s);
}

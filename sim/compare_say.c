/* compare_say.c - text and CSV of a comparison.  Checked by tests/sim/test_compare.sh. */
#include "compare_say.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "csv.h"
#include "words.h"

static const char *const kinds[] = {"event", "gap", "waveform"};

int32_t compare_beyond(const struct comparison *c, enum compared what)
{
    int32_t n = 0;

    for (int32_t i = 0; i < c->n; i++) {
        n += c->differences[i].what == what && c->differences[i].beyond;
    }
    return n;
}

/* In order of time; what is not in A by the time in B. */
static double when(const struct difference *f)
{
    return isnan(f->a) ? f->b : f->a;
}

static int by_time(const void *a, const void *b)
{
    const struct difference *const *x = a, *const *y = b;
    double s = when(*x), t = when(*y);

    return s != t ? (s > t) - (s < t) : (*x > *y) - (*x < *y);
}

static const char *signed_time(char buf[WORDS_TIME + 2], double s)
{
    char text[WORDS_TIME];

    snprintf(buf, WORDS_TIME + 2, "%s%s", s < 0.0 ? "-" : "+", words_time(text, fabs(s)));
    return buf;
}

static const char *mark(const struct difference *f)
{
    return !f->in_b ? "only in A" : !f->in_a ? "only in B" : f->beyond ? "BEYOND" : "";
}

static void say_event(FILE *out, const struct difference *f)
{
    char a[WORDS_TIME] = "-", b[WORDS_TIME] = "-", gap[WORDS_TIME + 2] = "";

    if (f->in_a) {
        words_time(a, f->a);
    }
    if (f->in_b) {
        words_time(b, f->b);
    }
    if (f->in_a && f->in_b) {
        signed_time(gap, f->value);
    }
    fprintf(out, "  %-32s %12s %12s %12s  %s\n", f->name, a, b, gap, mark(f));
}

static void say_events(FILE *out, const struct comparison *c, bool all)
{
    struct arena *arena = arena_new();
    const struct difference **list = arena_array(arena, (size_t)c->n + 1, sizeof(void *));
    int32_t n = 0, pairs = 0, beyond = 0;
    double worst_s = 0.0;

    for (int32_t i = 0; i < c->n; i++) {
        const struct difference *f = &c->differences[i];
        if (f->what == COMPARED_EVENT) {
            list[n++] = f;
            pairs += f->in_a && f->in_b;
            beyond += f->beyond;
            worst_s = f->in_a && f->in_b ? fmax(worst_s, fabs(f->value)) : worst_s;
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_time);
    if (n > 0) {
        char worst[WORDS_TIME], time[WORDS_TIME];
        fprintf(out,
                "\nevents: %" PRId32 " in both, %s apart at most; %" PRId32
                " beyond %s, or on one side only\n",
                pairs, words_time(worst, worst_s), beyond, words_time(time, c->time_s));
        if (beyond > 0 || all) {
            fprintf(out, "  %-32s %12s %12s %12s\n", "", "A", "B", "apart");
        }
    }
    for (int32_t i = 0; i < n; i++) {
        if (all || list[i]->beyond) {
            say_event(out, list[i]);
        }
    }
    arena_free(arena);
}

static void say_gaps(FILE *out, const struct comparison *c)
{
    bool headed = false;

    for (int32_t i = 0; i < c->n; i++) {
        const struct difference *f = &c->differences[i];
        char a[WORDS_TIME] = "-", b[WORDS_TIME] = "-", begin[WORDS_TIME + 2] = "",
             end[WORDS_TIME + 2] = "";
        if (f->what != COMPARED_GAP) {
            continue;
        }
        if (!headed) {
            fprintf(out, "\n%-34s %12s %12s %12s %12s\n", "gaps:", "A", "B", "begin", "end");
            headed = true;
        }
        if (!isnan(f->a)) {
            words_time(a, f->a);
        }
        if (!isnan(f->b)) {
            words_time(b, f->b);
        }
        if (!isnan(f->a) && !isnan(f->b)) {
            signed_time(begin, f->begin);
            signed_time(end, f->end);
        }
        fprintf(out, "  %-32s %12s %12s %12s %12s  %s\n", f->name, a, b, begin, end, mark(f));
    }
}

static void say_waveforms(FILE *out, const struct comparison *c)
{
    bool headed = false;

    for (int32_t i = 0; i < c->n; i++) {
        const struct difference *f = &c->differences[i];
        char rms[WORDS_VALUE], most[WORDS_VALUE], allowed[WORDS_VALUE], at[WORDS_TIME] = "";
        if (f->what != COMPARED_WAVEFORM) {
            continue;
        }
        if (!headed) {
            fprintf(out, "\n%-34s %12s %12s %12s %12s\n", "waveforms:", "rms", "most", "allowed",
                    "at");
            headed = true;
        }
        if (f->value > 0.0) {
            words_time(at, f->at_s);
        }
        fprintf(out, "  %-32s %12s %12s %12s %12s  %s\n", f->name,
                words_value(rms, f->quantity, f->rms), words_value(most, f->quantity, f->value),
                words_value(allowed, f->quantity, f->allowed), at,
                f->in_b ? mark(f) : "no time in common");
    }
}

void compare_say(FILE *out, const struct comparison *c, const struct side *a, const struct side *b,
                 bool all)
{
    char shift[WORDS_TIME + 2];

    fprintf(out, "A: %s\nB: %s", a->path, b->path);
    if (c->shift_s != 0.0) {
        fprintf(out, ", its times less %s", signed_time(shift, c->shift_s));
    }
    fputc('\n', out);
    say_events(out, c, all);
    say_gaps(out, c);
    say_waveforms(out, c);
    int32_t events = compare_beyond(c, COMPARED_EVENT);
    int32_t gaps = compare_beyond(c, COMPARED_GAP);
    int32_t waves = compare_beyond(c, COMPARED_WAVEFORM);
    if (events + gaps + waves == 0) {
        fprintf(out, "\nWITHIN: all of it is within its tolerance\n");
    } else {
        fprintf(out,
                "\nBEYOND: %" PRId32 " event%s, %" PRId32 " gap%s, %" PRId32
                " waveform%s beyond their tolerance\n",
                events, events == 1 ? "" : "s", gaps, gaps == 1 ? "" : "s", waves,
                waves == 1 ? "" : "s");
    }
}

static void put(FILE *out, double x)
{
    if (!isnan(x)) {
        fprintf(out, "%.9g", x);
    }
    fputc(',', out);
}

void compare_csv(FILE *out, const struct comparison *c)
{
    fputs("kind,name,in_a,in_b,a,b,difference,begin,end,rms,at_s,allowed,unit,verdict\n", out);
    for (int32_t i = 0; i < c->n; i++) {
        const struct difference *f = &c->differences[i];
        bool gap = f->what == COMPARED_GAP, wave = f->what == COMPARED_WAVEFORM;
        fprintf(out, "%s,", kinds[f->what]);
        csv_write_text(out, f->name);
        fprintf(out, ",%d,%d,", f->in_a, f->in_b);
        put(out, f->a);
        put(out, f->b);
        put(out, f->value);
        put(out, gap ? f->begin : (double)NAN);
        put(out, gap ? f->end : (double)NAN);
        put(out, wave ? f->rms : (double)NAN);
        put(out, wave ? f->at_s : (double)NAN);
        put(out, f->allowed);
        fprintf(out, "%s,%s\n", quantity_unit(f->quantity), f->beyond ? "BEYOND" : "WITHIN");
    }
}

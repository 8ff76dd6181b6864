/* compare_read.c - the two sides of a comparison, from their files.  Checked by tests/sim/test_compare.sh. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "measure.h"
#include "sheet.h"
#include "spell.h"
#include "yaml.h"

static const struct place COMMAND_LINE = {.in = NULL};

static const char *observer_name(struct arena *a, const char *observer, double threshold_V)
{
    char text[MEASURE_TEXT];

    return arena_print(a, "%s < %s", observer, measure_print(text, QTY_VOLT, threshold_V));
}

static int by_begin(const void *x, const void *y)
{
    const struct side_gap *p = x, *q = y;
    int names = strcmp(p->observer, q->observer);

    return names != 0 ? names : (p->start_s > q->start_s) - (p->start_s < q->start_s);
}

static bool gaps_of_trace(struct side *s, struct arena *a, struct diag *d)
{
    static const char *const wanted[] = {"observer", "threshold_V", "start_s",
                                         "end_s",    "open",        NULL};
    struct sheet t;

    if (!sheet_read(&t, a, d, arena_print(a, "%s/gaps.csv", s->path), wanted)) {
        return false;
    }
    struct side_gap *gaps = arena_array(a, (size_t)t.n + 1, sizeof *gaps);
    for (int32_t i = 0; i < t.n; i++) {
        gaps[i] = (struct side_gap){
            .observer =
                observer_name(a, sheet_text(&t, i, "observer"), sheet_number(&t, i, "threshold_V")),
            .start_s = sheet_number(&t, i, "start_s"),
            .end_s = sheet_number(&t, i, "end_s"),
            .open = strcmp(sheet_text(&t, i, "open"), "1") == 0,
        };
    }
    qsort(gaps, (size_t)t.n, sizeof *gaps, by_begin);
    s->gaps = gaps;
    s->n_gaps = t.n;
    return true;
}

/* ---- gaps of a capture ------------------------------------------------------------------------------ */

static double crossing(const struct waveforms *w, const double *v, int32_t i, double level)
{
    double part = v[i] == v[i - 1] ? 1.0 : (level - v[i - 1]) / (v[i] - v[i - 1]);

    return w->t_s[i - 1] + part * (w->t_s[i] - w->t_s[i - 1]);
}

/* Where one waveform is below a level: at most one gap in two rows. */
static int32_t gaps_of_waveform(struct side_gap *gaps, const struct waveforms *w, const double *v,
                                const char *observer, double level)
{
    bool below = v[0] < level;
    int32_t n = 0;

    if (below) {
        gaps[n] = (struct side_gap){.observer = observer, .start_s = w->t_s[0]};
    }
    for (int32_t i = 1; i < w->n; i++) {
        bool now = v[i] < level;
        if (now && !below) {
            gaps[n] = (struct side_gap){.observer = observer, .start_s = crossing(w, v, i, level)};
        } else if (!now && below) {
            gaps[n++].end_s = crossing(w, v, i, level);
        }
        below = now;
    }
    if (below) {
        gaps[n].open = true;
        gaps[n++].end_s = w->t_s[w->n - 1];
    }
    return n;
}

static bool gaps_of_capture(struct side *s, struct arena *a, struct diag *d, const char *trace)
{
    const struct text *t =
        text_read(a, d, arena_print(a, "%s/run.yaml", trace), "trace", COMMAND_LINE);
    const struct yaml *run = t != NULL ? yaml_read(a, d, t) : NULL;
    const struct yaml *list = run != NULL ? yaml_get(run, "thresholds") : NULL;
    size_t n_lines = list != NULL ? (size_t)list->n : 0;
    struct side_gap *gaps =
        arena_array(a, n_lines * ((size_t)s->waves.n / 2 + 1) + 1, sizeof *gaps);

    for (const struct yaml *y = list != NULL ? list->first : NULL; y != NULL; y = y->next) {
        const struct yaml *observer = yaml_get(y, "observer");
        const struct yaml *value = yaml_get(y, "value");
        const struct waveform *v =
            observer != NULL ? waveform_named(&s->waves, observer->text) : NULL;
        if (v != NULL && value != NULL) {
            double level = strtod(value->text, NULL);
            s->n_gaps += gaps_of_waveform(&gaps[s->n_gaps], &s->waves, v->v,
                                          observer_name(a, observer->text, level), level);
        }
    }
    qsort(gaps, (size_t)s->n_gaps, sizeof *gaps, by_begin);
    s->gaps = gaps;
    return run != NULL;
}

bool compare_read(struct side *s, struct arena *a, struct diag *d, const char *path,
                  const char *map, const struct side *like)
{
    *s = (struct side){.path = path, .is_capture = map != NULL};
    if (map != NULL) {
        return waveforms_of_capture(&s->waves, a, d, path, map) &&
               gaps_of_capture(s, a, d, like->path);
    }
    return stored_read(a, d, path, &s->events) && waveforms_of_trace(&s->waves, a, d, path) &&
           gaps_of_trace(s, a, d);
}

/* ---- what is aligned by ----------------------------------------------------------------------------- */

static bool first_gap(const struct side *s, struct diag *d, double *t_s)
{
    *t_s = INFINITY;
    for (int32_t i = 0; i < s->n_gaps; i++) {
        *t_s = fmin(*t_s, s->gaps[i].start_s);
    }
    if (s->n_gaps == 0) {
        diag_error(d, COMMAND_LINE, "'%s' has no gap to align by", s->path);
    }
    return s->n_gaps > 0;
}

bool compare_find(const struct side *s, struct diag *d, const char *name, double *t_s)
{
    struct spell near = spell_begin(name, strlen(name));
    char event[STORED_NAME];

    if (strcmp(name, "gap1") == 0) {
        return first_gap(s, d, t_s);
    }
    for (uint32_t i = 0; i < s->events.n; i++) {
        stored_name(&s->events.event[i], event);
        if (strcmp(event, name) == 0) {
            *t_s = ns_to_s(s->events.event[i].at);
            return true;
        }
        spell_try(&near, event, strlen(event));
    }
    diag_error(d, COMMAND_LINE, "'%s' has no event '%s' to align by", s->path, name);
    if (s->is_capture) {
        diag_hint(d, "a capture has no events: 'gap1' aligns by the begin of the first gap");
    } else if (spell_best(&near) != NULL) {
        diag_hint(d, "did you mean '%s'?", spell_best(&near));
    }
    return false;
}

/* compare.c - what lies how far apart.  Checked by tests/sim/test_compare.sh. */
#include "compare.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "models/event.h"

static const struct place COMMAND_LINE = {.in = NULL};

struct comparing {
    struct comparison *c;
    struct arena *arena;
    struct diag *diag;
    const struct side *x, *y;
    struct difference *all;
    int32_t n;
};

/* Times are whole nanoseconds, their differences are not quite. */
static const double HALF_ns = 0.5e-9;

static void add(struct comparing *g, struct difference f)
{
    bool both = f.in_a && f.in_b;
    double slack = f.what == COMPARED_WAVEFORM ? 0.0 : HALF_ns;

    f.beyond = !both || !(fabs(f.value) <= f.allowed + slack);
    g->all[g->n++] = f;
}

/* ---- events ----------------------------------------------------------------------------------------- */

struct happening {
    const char *name;
    uint32_t id; /* order within its trace */
    double t_s;
};

/* What goes over the serial buses, which way a diode conducts, the run as a whole: nothing that a real
 * rack tells. */
static bool is_compared(const struct stored_event *e)
{
    static const enum event_kind chatter[] = {
        EV_TRANSFER, EV_NACK, EV_BUS_TIMEOUT, EV_TRANSFER_CUT, EV_TAKES_OVER, EV_LETS_GO, EV_START};

    for (size_t i = 0; i < sizeof chatter / sizeof *chatter; i++) {
        if (strcmp(e->event, event_word(chatter[i])) == 0) {
            return false;
        }
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct happening *x = a, *y = b;
    int names = strcmp(x->name, y->name);

    return names != 0 ? names : (x->id > y->id) - (x->id < y->id);
}

/* "psu1.decide LOST": what the controller came to believe is a part of the name. */
static struct happening *happenings(struct comparing *g, const struct stored *s, double shift_s,
                                    int32_t *n)
{
    struct happening *all = arena_array(g->arena, (size_t)s->n + 1, sizeof *all);
    char name[STORED_NAME];

    *n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const struct stored_event *e = &s->event[i];
        bool decides = strcmp(e->event, event_word(EV_DECIDE)) == 0;
        if (is_compared(e)) {
            all[(*n)++] = (struct happening){
                .name = arena_print(g->arena, "%s%s%s", stored_name(e, name), decides ? " " : "",
                                    decides ? e->text : ""),
                .id = e->id,
                .t_s = ns_to_s(e->at) - shift_s,
            };
        }
    }
    qsort(all, (size_t)*n, sizeof *all, by_name);
    return all;
}

/* NULL: it has not happened on that side. */
static void add_event(struct comparing *g, const char *name, const struct happening *x,
                      const struct happening *y)
{
    struct difference f = {.what = COMPARED_EVENT,
                           .name = name,
                           .in_a = x != NULL,
                           .in_b = y != NULL,
                           .a = x != NULL ? x->t_s : (double)NAN,
                           .b = y != NULL ? y->t_s : (double)NAN,
                           .quantity = QTY_SECOND,
                           .allowed = g->c->time_s};

    f.value = f.b - f.a;
    add(g, f);
}

/* Both lists are sorted: the k-th of a name goes with the k-th. */
static void compare_events(struct comparing *g)
{
    int32_t n = 0, m = 0;
    const struct happening *x = happenings(g, &g->x->events, 0.0, &n);
    const struct happening *y = happenings(g, &g->y->events, g->c->shift_s, &m);

    for (int32_t i = 0, k = 0; i < n || k < m;) {
        int order = i == n ? 1 : k == m ? -1 : strcmp(x[i].name, y[k].name);
        add_event(g, order <= 0 ? x[i].name : y[k].name, order <= 0 ? &x[i] : NULL,
                  order >= 0 ? &y[k] : NULL);
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- gaps ------------------------------------------------------------------------------------------- */

/* NULL: there is none on that side. */
static void add_gap(struct comparing *g, const char *name, const struct side_gap *x,
                    const struct side_gap *y)
{
    struct difference f = {.what = COMPARED_GAP,
                           .name = name,
                           .in_a = x != NULL,
                           .in_b = y != NULL,
                           .a = x != NULL ? x->end_s - x->start_s : (double)NAN,
                           .b = y != NULL ? y->end_s - y->start_s : (double)NAN,
                           .quantity = QTY_SECOND,
                           .allowed = g->c->time_s};

    if (x != NULL && y != NULL) {
        f.begin = y->start_s - g->c->shift_s - x->start_s;
        f.end = y->end_s - g->c->shift_s - x->end_s;
        f.value = fabs(f.begin) > fabs(f.end) ? f.begin : f.end;
        f.in_b = x->open == y->open; /* one that ends and one that doesn't are not the same */
    }
    add(g, f);
}

/* Observers of which a capture knows nothing are not compared. */
static bool is_observed(const struct side *s, const char *observer)
{
    for (int32_t i = 0; i < s->waves.n_waves; i++) {
        size_t n = strlen(s->waves.wave[i].name);
        if (strncmp(observer, s->waves.wave[i].name, n) == 0 && observer[n] == ' ') {
            return true;
        }
    }
    return !s->is_capture;
}

static void compare_gaps(struct comparing *g)
{
    const struct side *x = g->x, *y = g->y;

    for (int32_t i = 0, k = 0; i < x->n_gaps || k < y->n_gaps;) {
        int order = i == x->n_gaps   ? 1
                    : k == y->n_gaps ? -1
                                     : strcmp(x->gaps[i].observer, y->gaps[k].observer);
        const char *name = order <= 0 ? x->gaps[i].observer : y->gaps[k].observer;
        if (order >= 0 || is_observed(y, name)) {
            add_gap(g, name, order <= 0 ? &x->gaps[i] : NULL, order >= 0 ? &y->gaps[k] : NULL);
        }
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- waveforms -------------------------------------------------------------------------------------- */

/* One waveform within its table. */
struct line {
    const struct waveforms *table;
    const struct waveform *wave;
    double shift_s;
};

static double value_at(const struct line *l, double t_s)
{
    return waveform_at(l->table, l->wave, t_s + l->shift_s);
}

/* Least and most of it from t_s - by_s to t_s + by_s. */
static void range(const struct line *l, double t_s, double by_s, double *least, double *most)
{
    double from_s = t_s + l->shift_s - by_s, to_s = t_s + l->shift_s + by_s;
    double ends[2] = {value_at(l, t_s - by_s), value_at(l, t_s + by_s)};

    *least = fmin(ends[0], ends[1]);
    *most = fmax(ends[0], ends[1]);
    for (int32_t i = waveforms_row(l->table, from_s); i < l->table->n && l->table->t_s[i] <= to_s;
         i++) {
        *least = fmin(*least, l->wave->v[i]);
        *most = fmax(*most, l->wave->v[i]);
    }
}

/* How far the rows of `from` lie outside of what `tube` is within `by_s`, and where the most. */
static void stray(const struct line *from, const struct line *tube, double by_s, double from_s,
                  double to_s, struct difference *f)
{
    for (int32_t i = 0; i < from->table->n; i++) {
        double t_s = from->table->t_s[i] - from->shift_s;
        double least = 0.0, most = 0.0;
        if (t_s < from_s || t_s > to_s) {
            continue;
        }
        range(tube, t_s, by_s, &least, &most);
        double outside = fmax(fmax(least - from->wave->v[i], from->wave->v[i] - most), 0.0);
        if (outside > f->value) {
            f->value = outside;
            f->at_s = t_s;
        }
    }
}

/* Of the plain difference, over the rows of both: integral of its square by the trapezoidal rule. */
static double rms(const struct line *x, const struct line *y, double from_s, double to_s)
{
    double sum = 0.0, before_s = from_s, before = value_at(y, from_s) - value_at(x, from_s);

    for (int32_t i = waveforms_row(x->table, from_s); i <= x->table->n; i++) {
        double t_s = i < x->table->n ? fmin(x->table->t_s[i], to_s) : to_s;
        double now = value_at(y, t_s) - value_at(x, t_s);
        sum += 0.5 * (before * before + now * now) * (t_s - before_s);
        before = now;
        before_s = t_s;
        if (t_s >= to_s) {
            break;
        }
    }
    return to_s > from_s ? sqrt(sum / (to_s - from_s)) : 0.0;
}

/* What is allowed: the last pattern that matches, else a part of A's largest magnitude. */
static double allowed(struct comparing *g, const struct waveform *v, int32_t n)
{
    double most = 0.0;

    for (int32_t i = g->c->n_tolerances; i-- > 0;) {
        struct tolerance *t = &g->c->tolerances[i];
        if (fnmatch(t->pattern, v->name, 0) == 0) {
            struct measure m = measure_read(t->text, strlen(t->text), v->quantity);
            if (m.fault != MEASURE_OK) {
                measure_report(g->diag, COMMAND_LINE, v->name, v->quantity, t->text,
                               strlen(t->text), &m);
            }
            t->used = true;
            return m.value;
        }
    }
    for (int32_t i = 0; i < n; i++) {
        most = fmax(most, fabs(v->v[i]));
    }
    return g->c->relative * most;
}

static void compare_waveform(struct comparing *g, const struct waveform *v)
{
    const struct waveform *other = waveform_named(&g->y->waves, v->name);
    struct line x = {&g->x->waves, v, 0.0};
    struct line y = {&g->y->waves, other, g->c->shift_s};
    double from_s = fmax(x.table->t_s[0], y.table->t_s[0] - g->c->shift_s);
    double to_s = fmin(x.table->t_s[x.table->n - 1], y.table->t_s[y.table->n - 1] - g->c->shift_s);
    struct difference f = {.what = COMPARED_WAVEFORM,
                           .name = v->name,
                           .in_a = true,
                           .in_b = other != NULL,
                           .a = (double)NAN,
                           .b = (double)NAN,
                           .quantity = v->quantity};

    if (other == NULL) {
        return;
    }
    f.allowed = allowed(g, v, x.table->n);
    if (from_s <= to_s) {
        stray(&y, &x, g->c->time_s, from_s, to_s, &f);
        stray(&x, &y, g->c->time_s, from_s, to_s, &f);
        f.rms = rms(&x, &y, from_s, to_s);
    } else {
        f.in_b = false;
    }
    add(g, f);
}

bool compare(struct comparison *c, struct arena *a, struct diag *d, const struct side *x,
             const struct side *y)
{
    struct comparing g = {.c = c, .arena = a, .diag = d, .x = x, .y = y};
    size_t room = (size_t)x->events.n + y->events.n + (size_t)x->n_gaps + (size_t)y->n_gaps +
                  (size_t)x->waves.n_waves + 1;

    g.all = arena_array(a, room, sizeof *g.all);
    if (!x->is_capture && !y->is_capture) {
        compare_events(&g);
    }
    compare_gaps(&g);
    for (int32_t i = 0; i < x->waves.n_waves; i++) {
        compare_waveform(&g, &x->waves.wave[i]);
    }
    for (int32_t i = 0; i < c->n_tolerances; i++) {
        if (!c->tolerances[i].used) {
            diag_error(d, COMMAND_LINE, "--tolerance '%s' matches no waveform that both have",
                       c->tolerances[i].pattern);
        }
    }
    c->differences = g.all;
    c->n = g.n;
    return diag_errors(d) == 0;
}

/* waves.c - see waves.h.  Checked by tests/sim/test_waves.sh. */
#include "waves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "waves_inside.h"

/* A look where a voltage has moved by this share of itself plus 1 V ... */
static const double MOVED = 0.001;
/* ... and a point where a value is off the last point by this share of itself plus a tenth of its
 * unit: a little more than the integrator's own error. */
static const double NEWS = 1e-5;

static const struct place COMMAND_LINE = {.in = NULL};

/* ---- what there is ------------------------------------------------------------------------------- */

static struct wave *add(struct waves *x, enum wave_is is, const char *scope, const char *name)
{
    struct wave *v = &x->wave[x->n_waves++];

    *v = (struct wave){
        .is = is, .scope = scope, .name = name, .part = NO_PART, .last = NAN, .last_at = -1};
    return v;
}

/* A name that viewers take as it is: no point, which ends a scope's name, and no "[3]", a bit of a word:
 * "v_3_V" for v[3]_V. */
static char *plain_name(struct arena *a, const char *text)
{
    char *name = arena_text(a, text, strlen(text));
    char *to = name;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c != ']') {
            *to++ = strchr(". ,<>[$", *c) != NULL ? '_' : *c;
        }
    }
    *to = '\0';
    return name;
}

static void add_part(struct waves *x, int32_t part, int32_t *column)
{
    const struct part *p = &x->scenario->rack.parts[part];

    for (; *column < x->columns.n && x->columns.column[*column].part == part; ++*column) {
        const struct column *c = &x->columns.column[*column];
        enum wave_is is = column_choices(c) != NULL ? WAVE_WORD : WAVE_REAL;
        const char *name = c->name + strlen(p->name) + 1;
        const char *dot = strrchr(name, '.');
        const char *scope = p->name;
        if (dot != NULL) { /* "health.psu1" of a controller: a scope within */
            scope = arena_print(x->arena, "%s.%.*s", p->name, (int)(dot - name), name);
        }
        struct wave *v = add(x, is, scope, plain_name(x->arena, dot != NULL ? dot + 1 : name));
        v->column = c;
        v->part = part;
    }
    x->transfer_of[part] = x->n_waves;
    if (p->kind == &i2c_kind) {
        add(x, WAVE_TRANSFER, p->name, "transfer")->part = part;
    }
    x->event_of[part] = x->n_waves;
    add(x, WAVE_EVENT, p->name, "event")->part = part;
}

/* "bus_a_v" for what is seen of bus_a.v, "bus_a_v_2" for its second threshold. */
static const char *gap_name(const struct waves *x, int32_t watch)
{
    const struct watch *k = judge_watch(x->judge, watch);
    const char *observer = expr_left_text(k->expr, k->instance);
    const char *name = plain_name(x->arena, observer);
    int before = 0;

    for (int32_t i = 0; i < watch; i++) {
        const struct watch *other = judge_watch(x->judge, i);
        before += judge_sees_gaps(x->judge, i) &&
                  strcmp(expr_left_text(other->expr, other->instance), observer) == 0;
    }
    return before == 0 ? name : arena_print(x->arena, "%s_%d", name, before + 1);
}

static void add_all(struct waves *x)
{
    const struct rack *rack = &x->scenario->rack;
    int32_t n_watches = judge_watches(x->judge);
    int32_t column = 0;

    x->columns = columns_of(x->arena, rack->parts, rack->n_parts);
    size_t n_waves = (size_t)x->columns.n + 2 * (size_t)rack->n_parts + (size_t)n_watches;
    x->wave = arena_array(x->arena, n_waves + 1, sizeof *x->wave);
    x->event_of = arena_array(x->arena, (size_t)rack->n_parts + 1, sizeof *x->event_of);
    x->transfer_of = arena_array(x->arena, (size_t)rack->n_parts + 1, sizeof *x->transfer_of);
    for (int32_t i = 0; i < rack->n_parts; i++) {
        add_part(x, i, &column);
    }
    for (int32_t i = 0; i < n_watches; i++) {
        if (judge_sees_gaps(x->judge, i)) {
            add(x, WAVE_GAP, "gaps", gap_name(x, i))->watch = i;
        }
    }
}

/* ---- recording ----------------------------------------------------------------------------------- */

/* Room for one more element; NULL: there is none. */
static void *grow(void *array, uint32_t n, uint32_t *room, size_t each)
{
    if (n < *room) {
        return array;
    }
    uint32_t more = *room == 0 ? 1024 : 2 * *room;
    void *larger = more > *room ? realloc(array, more * each) : NULL;
    *room = larger != NULL ? more : *room;
    return larger;
}

/* The window is kept here: what is outside is not recorded. */
static void push(struct waves *x, int32_t wave, ns_t at, double value)
{
    struct wave_change *change = grow(x->change, x->n_changes, &x->room_changes, sizeof *x->change);

    if (change == NULL) {
        x->is_short = true;
        return;
    }
    x->change = change;
    x->change[x->n_changes] =
        (struct wave_change){.at = at, .order = x->n_changes, .wave = wave, .value = value};
    x->n_changes++;
    x->wave[wave].changes++;
}

static bool is_news(const struct wave *v, double value)
{
    bool exact = v->is == WAVE_WORD || value == nearbyint(value);

    if (isnan(v->last) || isnan(value)) {
        return isnan(v->last) != isnan(value);
    }
    return exact ? value != v->last : !(fabs(value - v->last) <= NEWS * (fabs(value) + 0.1));
}

/* Read a wave; `held`: until when it was as it was last. */
static void read_wave(struct waves *x, const struct world *w, int32_t i, ns_t at, ns_t held)
{
    struct wave *v = &x->wave[i];
    double value = column_read(v->column, w, at);

    if (!is_news(v, value)) {
        return;
    }
    if (v->is == WAVE_REAL && v->last_at >= 0 && held > v->last_at) {
        push(x, i, held, v->last);
    }
    push(x, i, at, value);
    v->last = value;
    v->last_at = at;
}

static void look(void *ctx, const struct world *w, ns_t at)
{
    struct waves *x = ctx;

    for (int32_t i = 0; i < x->n_waves; i++) {
        if (x->wave[i].column != NULL) {
            read_wave(x, w, i, at, x->looked);
        }
    }
    x->looked = at;
}

static bool jumps(const struct wave *v)
{
    return v->column != NULL && !(v->column->signal != NULL ? v->column->signal->continuous
                                                            : v->column->family->continuous);
}

void waves_before(struct waves *x, const struct world *w, ns_t next)
{
    if (x->closed || next < x->options.from) {
        return;
    }
    if (next <= x->options.to) {
        rows_before(x->rows, w, next);
    } else {
        rows_before(x->rows, w, x->options.to);
        look(x, w, x->options.to);
        x->closed = true;
    }
}

void waves_after(struct waves *x, const struct world *w)
{
    ns_t now = w->plant->now;

    if (x->closed || now < x->options.from) {
        return;
    }
    rows_after(x->rows, w);
    for (int32_t i = 0; i < x->n_waves; i++) {
        if (jumps(&x->wave[i])) {
            read_wave(x, w, i, now, now - 1);
        }
    }
}

static bool is_of_bus(enum event_kind kind)
{
    return kind == EV_TRANSFER || kind == EV_NACK || kind == EV_BUS_TIMEOUT ||
           kind == EV_TRANSFER_CUT || kind == EV_BUS_CLEAR || kind == EV_MUX_RESET;
}

void waves_event(struct waves *x, const struct world *w, const struct event *e)
{
    if (!is_of_bus(e->kind) || e->part == NO_PART || w->parts[e->part].kind != &i2c_kind ||
        e->at < x->options.from || e->from > x->options.to) {
        return;
    }
    struct wave_transfer *transfer =
        grow(x->transfer, x->n_transfers, &x->room_transfers, sizeof *x->transfer);
    if (transfer == NULL) {
        x->is_short = true;
        return;
    }
    struct i2c_sight sight = i2c_look(w, e->part);
    x->transfer = transfer;
    x->transfer[x->n_transfers++] = (struct wave_transfer){.bus = e->part,
                                                           .device = sight.device,
                                                           .end = e->kind,
                                                           .event = e->id,
                                                           .from = e->from,
                                                           .to = e->at,
                                                           .rq = *sight.rq,
                                                           .re = *sight.re};
}

/* ---- the end ------------------------------------------------------------------------------------- */

/* From `from` to `to` this value, else `idle`, within the window. */
static void push_spell(struct waves *x, int32_t wave, ns_t from, ns_t to, double value, double idle)
{
    if (to < x->options.from || from > x->options.to) {
        return;
    }
    push(x, wave, from > x->options.from ? from : x->options.from, value);
    if (to <= x->options.to) {
        push(x, wave, to, idle);
    }
}

static void push_gaps(struct waves *x)
{
    const struct gaps *gaps = judge_gaps(x->judge);

    for (int32_t i = 0; i < x->n_waves; i++) {
        for (int32_t g = 0; x->wave[i].is == WAVE_GAP && g < gaps->n; g++) {
            if (gaps->gap[g].watch == x->wave[i].watch) {
                ns_t end = gaps->gap[g].open ? NS_NEVER : gaps->gap[g].end;
                push_spell(x, i, gaps->gap[g].start, end, 1.0, 0.0);
            }
        }
    }
}

static void push_events(struct waves *x, const struct log *l)
{
    const struct part *parts = x->scenario->rack.parts;

    for (uint32_t id = 1; id <= l->n; id++) {
        const struct event *e = log_at(l, id);
        bool shown =
            e->part != NO_PART && !(is_of_bus(e->kind) && parts[e->part].kind == &i2c_kind);
        if (shown && e->at >= x->options.from && e->at <= x->options.to) {
            push(x, x->event_of[e->part], e->at, id);
        }
    }
}

/* By time, then wave, then as recorded. */
static int in_order(const void *a, const void *b)
{
    const struct wave_change *p = a;
    const struct wave_change *q = b;

    if (p->at != q->at) {
        return p->at < q->at ? -1 : 1;
    }
    if (p->wave != q->wave) {
        return p->wave < q->wave ? -1 : 1;
    }
    return p->order < q->order ? -1 : 1;
}

static void collect(struct waves *x, const struct log *l)
{
    for (uint32_t i = 0; i < x->n_transfers; i++) {
        const struct wave_transfer *t = &x->transfer[i];
        push_spell(x, x->transfer_of[t->bus], t->from, t->to, i, -1.0);
    }
    push_events(x, l);
    push_gaps(x);
    qsort(x->change, x->n_changes, sizeof *x->change, in_order);
}

/* GTKWave looks for it from where it was started. */
static const char *absolute(struct arena *a, const char *path)
{
    char here[4096];

    return path[0] == '/' || getcwd(here, sizeof here) == NULL
               ? path
               : arena_print(a, "%s/%s", here, path);
}

/* "out/fet.gtkw" for out/fet.vcd. Is a view of the user's there, it stays. */
static void write_view(struct waves *x, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    bool has_ending = dot != NULL && (slash == NULL || dot > slash + 1) && dot != path;
    int length = (int)(has_ending ? (size_t)(dot - path) : strlen(path));
    const char *view = arena_print(x->arena, "%.*s.gtkw", length, path);
    struct stat st;

    if (stat(view, &st) == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        return;
    }
    struct output o;
    if (output_open(&o, view, x->diag)) {
        waves_write_view(o.file, x, absolute(x->arena, path));
        output_close(&o, true, x->diag);
    }
}

static bool write_file(struct waves *x, struct output *o, const struct log *l)
{
    if (o->file == NULL) {
        return true;
    }
    waves_write_vcd(o->file, x, l);
    bool good = output_close(o, true, x->diag);
    if (good) {
        write_view(x, o->path);
    }
    return good;
}

static void discard(struct waves *x)
{
    free(x->change);
    free(x->transfer);
    arena_free(x->arena);
}

bool waves_end(struct waves *x, const struct world *w, const struct log *l)
{
    if (!x->closed && w->plant->now >= x->options.from) {
        look(x, w, w->plant->now);
    }
    if (w->plant->now < x->options.to) {
        x->options.to = w->plant->now;
    }
    collect(x, l);
    if (x->is_short) {
        diag_warning(x->diag, COMMAND_LINE,
                     "not enough memory for all waveforms: some are missing");
    }
    bool good = write_file(x, &x->vcd, l);
    good = write_file(x, &x->fst, l) && good;
    discard(x);
    return good;
}

struct waves *waves_begin(const struct waves_options *options, const struct world *w,
                          const struct scenario *s, const struct judge *judge, ns_t sample,
                          struct diag *d)
{
    static const struct output_filter to_fst = {
        .name = "vcd2fst", .package = "gtkwave", .is_whole = waves_fst_is_whole};
    struct arena *a = arena_new();
    struct waves *x = arena_get(a, sizeof *x);

    *x = (struct waves){
        .options = *options, .arena = a, .diag = d, .scenario = s, .judge = judge, .looked = -1};
    if (options->from >= s->duration) {
        diag_error(d, COMMAND_LINE, "the window begins when the scenario has ended");
    } else if (options->vcd != NULL) {
        output_open(&x->vcd, options->vcd, d);
    }
    if (diag_errors(d) == 0 && options->fst != NULL) {
        output_open_through(&x->fst, options->fst, &to_fst, d);
    }
    if (diag_errors(d) > 0) {
        if (x->vcd.file != NULL) {
            output_close(&x->vcd, false, d);
        }
        discard(x);
        return NULL;
    }
    add_all(x);
    x->rows = rows_new(a, w,
                       &(struct rows_options){.from = options->from,
                                              .sample = sample,
                                              .moved = MOVED,
                                              .before = 1,
                                              .ctx = x,
                                              .look = look});
    return x;
}

/* trace.c - signals.csv while the run goes on, and the other files at its end.
 *
 * Which rows: every `sample`; where a state has moved by more than MOVED of its size since the last
 * row, at four places of a moving segment; and before and after an instant at which a part (not the
 * bus, not the controller) or the script is due, because currents jump there. Such extra rows keep
 * a distance that doubles with every ROWS_A_SPACING of them, so that a trace stays small however
 * long a rack goes on to hiccup.  Checked by tests/sim/test_trace.c. */
#include "trace.h"

#include <math.h>
#include <stdlib.h>

#include "column.h"
#include "digits.h"
#include "folder.h"
#include "words.h"

static const double MOVED = 0.004;     /* of a voltage plus 1 V, of a current plus 10 A */
static const ns_t FIRST_SPACING = 250; /* ns between extra rows */
enum { PLACES = 4, ROWS_A_SPACING = 1000 };

struct trace {
    struct folder *folder;
    struct arena *arena;
    FILE *signals;
    struct columns columns;
    ns_t sample, next_sample;
    ns_t reached;  /* segments before are written */
    ns_t last_row; /* -1: none yet */
    ns_t spacing;
    int32_t extra;
    int64_t rows;
    bool shows_instant; /* the instant to come is worth a row after it, too */
    double *last;       /* states at the last row */
    ns_t *still; /* of each island: t0 of the settled segment that shows no move since then */
    char *line;  /* room for a row */
};

static void header(struct trace *t)
{
    fputs("t_s,t_ns", t->signals);
    for (int32_t i = 0; i < t->columns.n; i++) {
        fprintf(t->signals, ",%s", t->columns.column[i].name);
    }
    fputc('\n', t->signals);
}

struct trace *trace_begin(const char *path, const struct world *w, const struct scenario *s,
                          ns_t sample, struct diag *d)
{
    struct folder *folder = folder_begin(path, "run.yaml", d);
    FILE *signals = folder == NULL ? NULL : folder_open(folder, "signals.csv");

    if (signals == NULL) {
        folder_abandon(folder);
        return NULL;
    }
    struct arena *a = arena_new();
    struct trace *t = arena_get(a, sizeof *t);
    t->arena = a;
    t->folder = folder;
    t->signals = signals;
    t->columns = columns_of(a, s->rack.parts, s->rack.n_parts);
    t->sample = sample;
    t->last_row = -1;
    t->spacing = FIRST_SPACING;
    t->last = arena_array(a, (size_t)w->plant->net.n_states + 1, sizeof *t->last);
    t->still = arena_array(a, (size_t)w->plant->net.n_nodes + 1, sizeof *t->still);
    t->line = arena_array(a, (size_t)t->columns.n + 3, DIGITS_ROOM);
    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        t->still[i] = -1;
    }
    header(t);
    return t;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void row(struct trace *t, const struct world *w, ns_t at)
{
    char *end = digits_seconds(t->line, at);

    *end++ = ',';
    end = digits_whole(end, at);
    for (int32_t i = 0; i < t->columns.n; i++) {
        double value = column_read(&t->columns.column[i], w, at);
        *end++ = ',';
        end = value == nearbyint(value) && fabs(value) < 1e9 ? digits_whole(end, (int64_t)value)
                                                             : digits_real(end, value);
    }
    *end++ = '\n';
    folder_write(t->folder, t->signals, "signals.csv", t->line, (size_t)(end - t->line));
    for (int32_t i = 0; i < w->plant->net.n_states; i++) {
        t->last[i] = plant_state(w, i, at);
    }
    t->last_row = at;
    t->rows++;
}

static void extra_row(struct trace *t, const struct world *w, ns_t at)
{
    row(t, w, at);
    if (++t->extra % ROWS_A_SPACING == 0) {
        t->spacing *= 2;
    }
}

/* Has a state of this island? */
static bool island_has_moved(const struct trace *t, const struct world *w, const struct island *isl,
                             ns_t at)
{
    const int32_t *states = plant_members(w, isl, MEMBER_STATE);
    int32_t n_nodes = w->plant->net.n_nodes;

    for (int32_t k = 0; k < isl->count[MEMBER_STATE]; k++) {
        int32_t i = states[k];
        double x = plant_state(w, i, at);
        if (fabs(x - t->last[i]) > MOVED * (fabs(x) + (i < n_nodes ? 1.0 : 10.0))) {
            return true;
        }
    }
    return false;
}

/* An island that has settled is looked at once. */
static bool has_moved(struct trace *t, const struct world *w, ns_t at)
{
    const int32_t *island_of = plant_island_of(w);

    for (int32_t i = 0; i < w->plant->net.n_nodes; i++) {
        const struct island *isl = plant_island(w, i);
        if (island_of[i] != i || (isl->settled && t->still[i] == isl->t0)) {
            continue;
        }
        if (island_has_moved(t, w, isl, at)) {
            return true;
        }
        t->still[i] = isl->settled ? isl->t0 : -1;
    }
    return false;
}

/* Uniform rows and rows where something moves, from what has been reached up to `to`. A row at `to`
 * itself is written only when it shows a move: it may be written again after the instant. */
static void rows_until(struct trace *t, const struct world *w, ns_t to)
{
    ns_t from = t->reached;

    for (int place = 1; place <= PLACES; place++) {
        ns_t at = from + (to - from) * place / PLACES;
        while (t->next_sample < at) {
            row(t, w, t->next_sample);
            t->next_sample += t->sample;
        }
        if (at - t->last_row >= t->spacing && has_moved(t, w, at)) {
            extra_row(t, w, at);
        }
    }
    t->reached = to;
}

/* Is the first thing due one that makes currents jump? */
static bool is_worth_showing(const struct world *w, ns_t next)
{
    struct plant *p = w->plant;
    const struct heap_entry *e = heap_first(&p->heap);

    if (e->due != next || next == 0) {
        return false;
    }
    if (e->slot < p->n_parts) {
        enum tie_class tie = w->parts[e->slot].kind->tie;
        return tie == TIE_SCRIPT || tie == TIE_PART;
    }
    return e->slot == p->n_parts + p->net.n_nodes; /* the script */
}

void trace_before(struct trace *t, const struct world *w, ns_t next)
{
    if (next > t->reached) {
        rows_until(t, w, next);
    }
    t->shows_instant = is_worth_showing(w, next) && next - t->last_row >= t->spacing;
    if (t->shows_instant) {
        extra_row(t, w, next);
    }
}

void trace_after(struct trace *t, const struct world *w)
{
    ns_t now = w->plant->now;

    if (t->next_sample == now) {
        row(t, w, now);
        t->next_sample += t->sample;
    } else if (t->shows_instant) {
        extra_row(t, w, now);
    }
    t->shows_instant = false;
}

/* ---- the end --------------------------------------------------------------------------------------- */

enum table {
    TABLE_EVENTS,
    TABLE_GAPS,
    TABLE_SPANS,
    TABLE_VERDICT,
    TABLE_JOURNAL,
    TABLE_RACK,
    TABLE_RUN,
    TABLES
};

static void write_table(FILE *out, enum table table, const struct world *w,
                        const struct trace_facts *facts)
{
    switch (table) {
    case TABLE_EVENTS:
        trace_events(out, facts->scenario, facts->log);
        break;
    case TABLE_GAPS:
        trace_gaps(out, facts->scenario, facts->log, facts->judge);
        break;
    case TABLE_SPANS:
        trace_spans(out, facts->scenario, facts->log, facts->judge);
        break;
    case TABLE_VERDICT:
        trace_verdict(out, facts->scenario, facts->judge);
        break;
    case TABLE_JOURNAL:
        trace_journal(out, facts->scenario, w);
        break;
    case TABLE_RACK:
        trace_rack(out, facts->scenario);
        break;
    case TABLE_RUN:
    case TABLES:
    default:
        trace_run_yaml(out, w, facts);
        break;
    }
}

static bool write_tables(struct trace *t, const struct world *w, const struct trace_facts *facts)
{
    static const char *const names[TABLES] = {"events.csv",  "gaps.csv", "spans.csv", "verdict.csv",
                                              "journal.csv", "rack.csv", "run.yaml"};
    bool good = true;

    for (int i = 0; good && i < TABLES; i++) {
        FILE *out = folder_open(t->folder, names[i]);
        if (out == NULL) {
            return false;
        }
        write_table(out, (enum table)i, w, facts);
        good = folder_close(t->folder, out, names[i]);
    }
    return good;
}

bool trace_end(struct trace *t, const struct world *w, const struct trace_facts *facts)
{
    if (t->last_row < w->plant->now) {
        row(t, w, w->plant->now);
    }
    bool good = folder_close(t->folder, t->signals, "signals.csv");
    t->signals = NULL;
    if (!good || !write_tables(t, w, facts)) {
        trace_abandon(t);
        return false;
    }
    good = folder_commit(t->folder);
    arena_free(t->arena);
    return good;
}

void trace_abandon(struct trace *t)
{
    if (t != NULL) {
        if (t->signals != NULL) {
            fclose(t->signals);
        }
        folder_abandon(t->folder);
        arena_free(t->arena);
    }
}

/* trace.c - signals.csv while the run goes on, and the other files at its end.
 *
 * Which rows: rows.h.  Checked by tests/sim/test_trace.c. */
#include "trace.h"

#include <math.h>
#include <stdlib.h>

#include "column.h"
#include "digits.h"
#include "folder.h"
#include "rows.h"
#include "words.h"

static const double MOVED = 0.004;     /* of a voltage plus 1 V, of a current plus 10 A */
static const ns_t FIRST_SPACING = 250; /* ns between extra rows */

struct trace {
    struct folder *folder;
    struct arena *arena;
    FILE *signals;
    struct columns columns;
    struct rows *rows;
    char *line; /* room for a row */
};

static void header(struct trace *t)
{
    fputs("t_s,t_ns", t->signals);
    for (int32_t i = 0; i < t->columns.n; i++) {
        fprintf(t->signals, ",%s", t->columns.column[i].name);
    }
    fputc('\n', t->signals);
}

static void row(void *ctx, const struct world *w, ns_t at)
{
    struct trace *t = ctx;
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
    t->line = arena_array(a, (size_t)t->columns.n + 3, DIGITS_ROOM);
    t->rows = rows_new(
        a, w,
        &(struct rows_options){
            .sample = sample, .moved = MOVED, .spacing = FIRST_SPACING, .ctx = t, .look = row});
    header(t);
    return t;
}

void trace_before(struct trace *t, const struct world *w, ns_t next)
{
    rows_before(t->rows, w, next);
}

void trace_after(struct trace *t, const struct world *w)
{
    rows_after(t->rows, w);
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
    rows_end(t->rows, w);
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

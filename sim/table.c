/* table.c - aligned columns, worst first, little enough to be read at two in the morning. */
#include "table.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anatomy.h"
#include "cells.h"
#include "words.h"

enum { GAPS_SHOWN = 12, WRONG_SHOWN = 12, COLUMNS = 5, WIDEST = 72 };

struct table_row {
    const struct ruling *ruling;
    int32_t passed; /* instances that this row stands for */
    double order;
    char cell[COLUMNS][CELL]; /* what, measured, limit, margin, when */
};

static const char *const RED = "\033[31m", *const GREEN = "\033[32m", *const YELLOW = "\033[33m",
                         *const BOLD = "\033[1m", *const PLAIN = "\033[0m";

static const char *colour_of(enum verdict v)
{
    return v == VERDICT_PASS ? GREEN : v == VERDICT_UNRESOLVED ? YELLOW : RED;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void fill(struct table_row *row, const struct run *r)
{
    const struct ruling *u = row->ruling;

    cell_what(row->cell[0], r, u);
    cell_value(row->cell[1], u, u->measured);
    cell_limit(row->cell[2], r, u);
    cell_margin(row->cell[3], u);
    cell_when(row->cell[4], u, row->passed);
}

static int by_order(const void *a, const void *b)
{
    const struct table_row *x = a;
    const struct table_row *y = b;

    if (x->order != y->order) {
        return x->order < y->order ? -1 : 1;
    }
    return (x->ruling > y->ruling) - (x->ruling < y->ruling);
}

/* All instances that fail, and for those that pass one row with the worst of them. */
static int32_t collect(const struct run *r, struct table_row *rows, bool only_wrong)
{
    int32_t n = 0;
    int32_t passing = -1; /* row of the present expectation's passing instances */

    for (int32_t i = 0; i < judge_rulings(r->judge); i++) {
        const struct ruling *u = judge_ruling(r->judge, i);
        bool is_new = i == 0 || u->expectation < 0 ||
                      u->expectation != judge_ruling(r->judge, i - 1)->expectation;
        passing = is_new ? -1 : passing;
        if (u->verdict == VERDICT_PASS && only_wrong) {
            continue;
        }
        if (u->verdict == VERDICT_PASS && passing >= 0) {
            rows[passing].passed++;
            if (cell_order(u) < rows[passing].order) {
                rows[passing].ruling = u;
                rows[passing].order = cell_order(u);
            }
            continue;
        }
        passing = u->verdict == VERDICT_PASS ? n : passing;
        rows[n++] = (struct table_row){.ruling = u, .passed = 1, .order = cell_order(u)};
    }
    qsort(rows, (size_t)n, sizeof *rows, by_order);
    return n;
}

static void print_row(FILE *out, const struct table_row *row, const int width[COLUMNS], bool colour)
{
    enum verdict v = row->ruling->verdict;

    fprintf(out, "  %s%-10s%s", colour ? colour_of(v) : "", verdict_word(v), colour ? PLAIN : "");
    int blanks = 2; /* kept back until there is something to print behind them */
    for (int c = 0; c < COLUMNS; c++) {
        int length = (int)strlen(row->cell[c]);
        if (length > 0) {
            fprintf(out, "%*s%s", blanks, "", row->cell[c]);
            blanks = 0;
        }
        blanks += 2 + (width[c] > length ? width[c] - length : 0);
    }
    fputc('\n', out);
}

void table_verdicts(FILE *out, const struct run *r, bool colour, bool only_wrong)
{
    size_t room = (size_t)judge_rulings(r->judge) + 1;
    struct table_row *rows = calloc(room, sizeof *rows);
    int width[COLUMNS] = {0};

    if (rows == NULL) {
        return;
    }
    int32_t n = collect(r, rows, only_wrong);
    for (int32_t i = 0; i < n; i++) {
        fill(&rows[i], r);
        for (int c = 0; c < COLUMNS; c++) {
            int length = (int)strlen(rows[i].cell[c]);
            width[c] = length > width[c] ? length < WIDEST ? length : WIDEST : width[c];
        }
    }
    int32_t wrong = 0;
    for (int32_t i = 0; i < n; i++) {
        wrong += rows[i].ruling->verdict != VERDICT_PASS;
        if (rows[i].ruling->verdict == VERDICT_PASS || wrong <= WRONG_SHOWN) {
            print_row(out, &rows[i], width, colour);
        }
        if (wrong > WRONG_SHOWN && (i + 1 == n || rows[i + 1].ruling->verdict == VERDICT_PASS)) {
            fprintf(out, "  ... and %" PRId32 " more of these: verdict.csv has all\n",
                    wrong - WRONG_SHOWN);
            wrong = 0;
        }
    }
    free(rows);
}

/* ---- gaps ---------------------------------------------------------------------------------------- */

static int by_length(const void *a, const void *b)
{
    const struct gap *x = *(const struct gap *const *)a;
    const struct gap *y = *(const struct gap *const *)b;
    ns_t lx = x->end - x->start;
    ns_t ly = y->end - y->start;

    if (lx != ly) {
        return lx > ly ? -1 : 1;
    }
    return (x > y) - (x < y);
}

static void print_gap(FILE *out, const struct run *r, const struct gap *g, bool colour)
{
    const struct watch *k = judge_watch(r->judge, g->watch);
    char time[WORDS_TIME];
    char error[WORDS_TIME];
    char name[LOG_NAME];
    char text[ANATOMY_TEXT];
    struct anatomy a;
    enum quantity q = QTY_RATIO;
    char value[WORDS_VALUE];

    anatomy_find(&r->log, g, &a);
    fprintf(out, "  %s%s +- %s%s%s  %s", colour ? BOLD : "",
            words_time(time, ns_to_s(g->end - g->start)), words_time(error, g->error_s),
            g->open ? " and open" : "", colour ? PLAIN : "", expr_text(k->expr, k->instance));
    fprintf(out, "  from %s s", words_seconds(time, g->start));
    if (!isnan(g->worst) && expr_quantity(k->expr, &q)) {
        fprintf(out, ", down to %s", words_value(value, q, g->worst));
    }
    if (a.fault != 0) {
        fprintf(out, ", by %s", log_name(&r->log, r->scenario->rack.parts, a.fault, name));
    }
    fprintf(out, "\n      %s", anatomy_text(&a, g, &r->log, r->scenario->rack.parts, text));
    if (a.recovery != 0) {
        fprintf(out, "; recovered by %s%s",
                log_name(&r->log, r->scenario->rack.parts, a.recovery, name),
                a.same_fault ? "" : ", not caused by the fault");
    }
    fputc('\n', out);
    table_gap_late(out, r, g);
}

void table_gaps(FILE *out, const struct run *r, bool colour)
{
    const struct gaps *all = judge_gaps(r->judge);
    const struct gap **order = calloc((size_t)all->n + 1, sizeof *order);

    if (order == NULL) {
        return;
    }
    for (int32_t i = 0; i < all->n; i++) {
        order[i] = &all->gap[i];
    }
    qsort(order, (size_t)all->n, sizeof *order, by_length);
    if (all->n == 0) {
        fprintf(out, "No gaps: no bar and no server was ever below its threshold.\n");
    } else {
        fprintf(out, "%" PRId32 " gap%s, longest first:\n", all->n, all->n == 1 ? "" : "s");
    }
    for (int32_t i = 0; i < all->n && i < GAPS_SHOWN; i++) {
        print_gap(out, r, order[i], colour);
    }
    if (all->n > GAPS_SHOWN) {
        fprintf(out, "  ... and %" PRId32 " shorter ones: gaps.csv has all\n", all->n - GAPS_SHOWN);
    }
    free(order);
}

/* ---- servers --------------------------------------------------------------------------------------- */

static double read_signal(const struct run *r, int32_t part, const char *key)
{
    const struct signal *s = kind_signal(r->scenario->rack.parts[part].kind, key, strlen(key));

    return s == NULL ? 0.0 : s->read(r->world, part, r->world->plant->now);
}

void table_servers(FILE *out, const struct run *r)
{
    const struct rack *rack = &r->scenario->rack;
    int32_t lost = 0;
    double lost_s = 0.0;
    char time[WORDS_TIME];

    for (int32_t i = 0; i < rack->n_parts; i++) {
        if (read_signal(r, i, "drops") > 0.0 &&
            kind_signal(rack->parts[i].kind, "lost", 4) != NULL) {
            fprintf(out, "%s%s", lost == 0 ? "Servers lost to low voltage: " : ", ",
                    rack->parts[i].name);
            lost_s += read_signal(r, i, "lost");
            lost++;
        }
    }
    if (lost > 0) {
        fprintf(out, "; %s of service until the end of the run\n", words_time(time, lost_s));
    }
}

void table_balance(FILE *out, const struct run *r)
{
    if (r->options.plant.meter_all) {
        struct books between = books_between(&r->begin, &r->end);
        books_print(out, &between);
        fputc('\n', out);
    }
}

void table_summary(FILE *out, const struct run *r, bool colour)
{
    int32_t n[3] = {0};
    int32_t total = judge_rulings(r->judge);
    enum verdict v = judge_verdict(r->judge);
    char reached[WORDS_TIME];

    for (int32_t i = 0; i < total; i++) {
        n[judge_ruling(r->judge, i)->verdict]++;
    }
    fprintf(out, "%s%s%s: ", colour ? colour_of(v) : "", verdict_word(v), colour ? PLAIN : "");
    if (judge_void_why(r->judge) != NULL) {
        fprintf(out, "%s\n", judge_void_why(r->judge));
        return;
    }
    if (total == 0) {
        fprintf(out, "nothing was expected");
    } else {
        fprintf(out, "%" PRId32 " of %" PRId32 " hold", n[VERDICT_PASS], total);
    }
    if (n[VERDICT_UNRESOLVED] > 0) {
        fprintf(out, ", %" PRId32 " within the accuracy", n[VERDICT_UNRESOLVED]);
    }
    if (r->interrupted) {
        fprintf(out, "; interrupted at %s", words_time(reached, ns_to_s(r->world->plant->now)));
    }
    fputc('\n', out);
}

/* suite_table.c - a suite for people: a line for each scenario, the sum at the end. */
#include <inttypes.h>
#include <string.h>

#include "suite_say.h"
#include "words.h"

enum { WIDEST = 60, WRONG_SHOWN = 12 };

static const char *colour_of(enum case_status s)
{
    return s == CASE_PASS ? "\033[32m" : s == CASE_UNRESOLVED ? "\033[33m" : "\033[31m";
}

struct suite_sum suite_add_up(const struct suite *s, const struct outcome outcomes[])
{
    struct suite_sum sum = {.exit = EXIT_GOOD};

    for (int32_t i = 0; i < s->n; i++) {
        sum.n[outcomes[i].status]++;
        sum.exit = outcomes[i].exit > sum.exit ? outcomes[i].exit : sum.exit;
    }
    return sum;
}

int suite_width(const struct suite *s)
{
    size_t width = 0;

    for (int32_t i = 0; i < s->n; i++) {
        size_t n = strlen(s->cases[i].path);
        width = n > width ? n : width;
    }
    return width < WIDEST ? (int)width : WIDEST;
}

static void indented(FILE *out, const char *lines)
{
    for (bool begins = true; *lines != '\0'; lines++) {
        fputs(begins ? "    " : "", out);
        fputc(*lines, out);
        begins = *lines == '\n';
    }
}

static void print_wrong(FILE *out, const struct outcome *o)
{
    int32_t wrong = 0;

    for (int32_t i = 0; i < o->n_rulings; i++) {
        const struct outcome_ruling *r = &o->rulings[i];
        if (r->verdict != VERDICT_PASS && wrong++ < WRONG_SHOWN) {
            const char *const cells[] = {r->what, r->measured, r->limit, r->margin, r->when};
            fprintf(out, "    %s", verdict_word(r->verdict));
            for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
                fprintf(out, "%s%s", cells[k][0] != '\0' ? "  " : "", cells[k]);
            }
            fputc('\n', out);
        }
    }
    if (wrong > WRONG_SHOWN) {
        fprintf(out, "    ... and %" PRId32 " more of these\n", wrong - WRONG_SHOWN);
    }
}

void suite_line(FILE *out, const struct suite_case *c, const struct outcome *o, int width,
                bool colour)
{
    const struct outcome_ruling *r = o->worst >= 0 ? &o->rulings[o->worst] : NULL;
    char time[WORDS_TIME];

    fprintf(out, "%s%-10s%s %9s  %-*s", colour ? colour_of(o->status) : "", case_word(o->status),
            colour ? "\033[0m" : "", words_time(time, o->wall_s), width, c->path);
    if (o->status == CASE_ERROR) { /* which may be told in full below */
        fprintf(out, "  %s", strstr(o->said, o->why) == NULL ? o->why : "can't be played:");
    } else if (r == NULL) {
        fputs("  nothing was expected", out);
    } else {
        fprintf(out, "  %s%s%s", r->margin, r->margin[0] != '\0' ? ": " : "", r->what);
    }
    fputc('\n', out);
    print_wrong(out, o);
    indented(out, o->worse);
    indented(out, o->said);
}

/* The scenario that came nearest to failing. */
static void print_least(FILE *out, const struct suite *s, const struct outcome outcomes[])
{
    const struct outcome_ruling *least = NULL;
    int32_t of = 0;

    for (int32_t i = 0; i < s->n; i++) {
        const struct outcome_ruling *r =
            outcomes[i].worst >= 0 ? &outcomes[i].rulings[outcomes[i].worst] : NULL;
        if (r != NULL && r->margin[0] != '\0' && (least == NULL || r->order < least->order)) {
            least = r;
            of = i;
        }
    }
    if (least != NULL) {
        fprintf(out, "least margin: %s: %s, %s\n", s->cases[of].path, least->what, least->margin);
    }
}

void suite_summary(FILE *out, const struct suite *s, const struct outcome outcomes[],
                   const struct suite_sum *sum, const struct baseline_count *count)
{
    char time[WORDS_TIME];
    int32_t others = s->n_others;

    fprintf(out, "%" PRId32 " scenario%s in %s", s->n, s->n == 1 ? "" : "s",
            words_time(time, sum->wall_s));
    for (int i = CASE_UNRESOLVED; i < CASE_STATUSES; i++) {
        if (sum->n[i] > 0) {
            fprintf(out, ", %" PRId32 " %s", sum->n[i], case_word((enum case_status)i));
        }
    }
    if (sum->n[CASE_NOT_RUN] > 0) {
        fprintf(out, ", %" PRId32 " not run", sum->n[CASE_NOT_RUN]);
    }
    if (others > 0) {
        fprintf(out, "; %" PRId32 " YAML file%s no scenario%s", others,
                others == 1 ? " is" : "s are", others == 1 ? "" : "s");
    }
    fputc('\n', out);
    print_least(out, s, outcomes);
    if (count != NULL) {
        fprintf(out, "baseline: %" PRId32 " figure%s worse, %" PRId32 " better", count->worse,
                count->worse == 1 ? "" : "s", count->better);
        if (count->unknown > 0) {
            fprintf(out, ", %" PRId32 " scenario%s not in it", count->unknown,
                    count->unknown == 1 ? "" : "s");
        }
        fputs(count->better > 0 || count->unknown > 0 ? "; --update-baseline takes it in\n" : "\n",
              out);
    }
    fprintf(out, "%" PRId32 " passed, %" PRId32 " failed\n", sum->n[CASE_PASS],
            s->n - sum->n[CASE_PASS] - sum->n[CASE_NOT_RUN]);
}

void suite_progress(FILE *out, const struct suite *s, const struct suite_sum *sum,
                    const struct suite_now *now)
{
    int32_t done = s->n - sum->n[CASE_NOT_RUN];
    int32_t bad = done - sum->n[CASE_PASS];

    fprintf(out, "\r\033[K  %" PRId32 " of %" PRId32, done, s->n);
    if (bad > 0) {
        fprintf(out, ", %" PRId32 " failed", bad);
    }
    if (now->oldest >= 0) {
        fprintf(out, "; %s for %.0f s", s->cases[now->oldest].path, now->oldest_s);
    }
    if (now->running > 1) {
        fprintf(out, " and %" PRId32 " more", now->running - 1);
    }
    fflush(out);
}

void suite_progress_end(FILE *out)
{
    fputs("\r\033[K", out);
    fflush(out);
}

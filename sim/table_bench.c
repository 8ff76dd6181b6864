/* table_bench.c - what a bench outside of the process has done: the board, real time. */
#include <inttypes.h>

#include "bench.h"
#include "cli.h"
#include "table.h"
#include "words.h"

static void board(FILE *out, const struct remote *r)
{
    char mean[WORDS_TIME];
    char most[WORDS_TIME];
    double n = r->steps > 0 ? (double)r->steps : 1.0;

    fprintf(out,
            "Controller: on %s, %s, firmware %s; %" PRId64
            " steps of %s in the mean, %s at most%s%s\n",
            r->link, r->board, r->firmware, r->steps, words_time(mean, ns_to_s(r->cost_sum) / n),
            words_time(most, ns_to_s(r->cost_most)),
            r->emulated ? " (instructions, times an estimate of cycles)" : "",
            r->charged ? ", which the run was charged" : "");
}

static const char *late_text(char text[BENCH_TEXT], const struct lateness *l)
{
    char most[WORDS_TIME];
    char jitter[WORDS_TIME];

    snprintf(text, BENCH_TEXT, "%" PRId64 " instants late by at most %s, jitter %s", l->instants,
             words_time(most, ns_to_s(l->most)), words_time(jitter, ns_to_s(l->jitter)));
    return text;
}

void table_bench(FILE *out, const struct run *r)
{
    const struct pace *p = r->options.pace;
    char text[BENCH_TEXT];
    char budget[WORDS_TIME];

    if (r->options.plant.remote != NULL) {
        board(out, r->options.plant.remote);
    }
    if (p != NULL) {
        struct lateness l = p->between(p, 0, NS_NEVER);
        fprintf(out, "Real time: %s; budget %s\n", late_text(text, &l),
                words_time(budget, ns_to_s(p->budget)));
    }
}

void table_gap_late(FILE *out, const struct run *r, const struct gap *g)
{
    const struct pace *p = r->options.pace;
    char text[BENCH_TEXT];

    if (p != NULL) {
        struct lateness l = p->between(p, g->start, g->end);
        fprintf(out, "      real time: %s\n", late_text(text, &l));
    }
}

static void json_lateness(FILE *out, const struct lateness *l)
{
    fprintf(out,
            "{\"instants\": %" PRId64 ", \"late_ns\": %" PRId64 ", \"jitter_ns\": %" PRId64 "}",
            l->instants, l->most, l->jitter);
}

void table_bench_json(FILE *out, const struct run *r)
{
    const struct remote *b = r->options.plant.remote;
    const struct pace *p = r->options.pace;

    if (judge_void_why(r->judge) != NULL) {
        fputs(",\n  \"why\": ", out);
        cli_json_text(out, judge_void_why(r->judge));
    }
    if (b != NULL) {
        fputs(",\n  \"controller\": {\"link\": ", out);
        cli_json_text(out, b->link);
        fputs(", \"board\": ", out);
        cli_json_text(out, b->board);
        fputs(", \"firmware\": ", out);
        cli_json_text(out, b->firmware);
        fprintf(out,
                ", \"steps\": %" PRId64 ", \"cost_sum_ns\": %" PRId64 ", \"cost_most_ns\": %" PRId64
                ", \"estimated\": %s, \"charged\": %s}",
                b->steps, b->cost_sum, b->cost_most, b->emulated ? "true" : "false",
                b->charged ? "true" : "false");
    }
    if (p != NULL) {
        struct lateness l = p->between(p, 0, NS_NEVER);
        fputs(",\n  \"real_time\": ", out);
        json_lateness(out, &l);
    }
}

void table_gap_late_json(FILE *out, const struct run *r, const struct gap *g)
{
    const struct pace *p = r->options.pace;

    if (p != NULL) {
        struct lateness l = p->between(p, g->start, g->end);
        fputs(", \"real_time\": ", out);
        json_lateness(out, &l);
    }
}

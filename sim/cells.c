/* cells.c - one ruling in words. */
#include "cells.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "words.h"

void cell_value(char cell[CELL], const struct ruling *r, double value)
{
    char text[WORDS_VALUE];

    if (isnan(value)) {
        cell[0] = '\0';
    } else if (isinf(value)) {
        snprintf(cell, CELL, "%s", value > 0.0 ? "never" : "");
    } else if (r->quantity == QTY_SECOND) {
        snprintf(cell, CELL, "%s", words_time(text, value));
    } else {
        snprintf(cell, CELL, "%s", words_value(text, r->quantity, value));
    }
}

/* "gap bus_a.v < 11.4 V", "within 40 ms of psu2.die: ctl.psu2 == LOST" */
void cell_what(char cell[CELL], const struct run *r, const struct ruling *u)
{
    char time[WORDS_TIME];

    if (u->expectation < 0) {
        snprintf(cell, CELL, "do: %s", u->text);
        return;
    }
    const struct expectation *e = &r->scenario->expectations[u->expectation];
    switch (e->what) {
    case EXPECT_GAP:
        snprintf(cell, CELL, "gap %s", u->text);
        break;
    case EXPECT_NEVER:
        snprintf(cell, CELL, "never %s%s%s", u->text, e->lasting > 0 ? " for " : "",
                 e->lasting > 0 ? words_time(time, ns_to_s(e->lasting)) : "");
        break;
    case EXPECT_AFTER:
        snprintf(cell, CELL, "after %s%s%s: %s",
                 e->n_after > 0 ? r->scenario->rack.parts[e->after[0].part].name
                                : expr_source(e->after_expr),
                 e->n_after > 0 ? "." : "", e->n_after > 0 ? e->after[0].action->key : "", u->text);
        break;
    case EXPECT_COUNT:
        snprintf(cell, CELL, "count %s", u->text);
        break;
    case EXPECT_HOLDS:
        snprintf(cell, CELL, "at %s %s", words_time(time, ns_to_s(e->at)), u->text);
        break;
    case EXPECT_ENDS:
    default:
        snprintf(cell, CELL, "ends %s", u->text);
        break;
    }
}

void cell_limit(char cell[CELL], const struct run *r, const struct ruling *u)
{
    const struct expectation *e =
        u->expectation < 0 ? NULL : &r->scenario->expectations[u->expectation];
    char value[CELL];

    cell_value(value, u, u->limit);
    bool least = e != NULL && e->what == EXPECT_COUNT && u->limit == e->least;
    bool exactly = e != NULL && e->what == EXPECT_COUNT && e->least == e->most;
    const char *word = exactly ? "exactly " : least ? "at least " : "limit ";
    snprintf(cell, CELL, "%s%.60s", value[0] == '\0' ? "" : word, value);
}

void cell_margin(char cell[CELL], const struct ruling *u)
{
    char margin[CELL];
    char error[CELL];

    cell_value(margin, u, u->margin);
    cell_value(error, u, u->error);
    if (margin[0] == '\0') {
        cell[0] = '\0';
    } else if (u->error > 0.0) {
        snprintf(cell, CELL, "margin %.60s +- %.60s", margin, error);
    } else {
        snprintf(cell, CELL, "margin %.60s", margin);
    }
}

void cell_when(char cell[CELL], const struct ruling *u, int32_t passed)
{
    char time[WORDS_TIME];
    char many[48] = "";

    if (passed > 1) {
        snprintf(many, sizeof many, "  (worst of %" PRId32 ")", passed);
    }
    snprintf(cell, CELL, "%s%s%s%s%s", u->at == NS_NEVER ? "" : "at ",
             u->at == NS_NEVER ? "" : words_time(time, ns_to_s(u->at)),
             u->note[0] == '\0' ? "" : "  ", u->note, many);
}

double cell_order(const struct ruling *u)
{
    double class = u->verdict == VERDICT_FAIL         ? -2e9
                   : u->verdict == VERDICT_UNRESOLVED ? -1e9
                                                      : 0.0;
    double part = u->margin / (fabs(u->limit) > 0.0 ? fabs(u->limit) : 1.0);

    return class + (isnan(part) ? 1e6 : fmax(-1e6, fmin(1e6, part)));
}

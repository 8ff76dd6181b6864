/* Measured profiles, and text written as a cell. Oracles: RFC 4180 for the quotes; the numbers as
 * they stand in the file. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/csv.h"
#include "sim/diag.h"
#include "sim/scenario.h"
#include "toy.h"

TestSuite(csv, .init = toy_kinds);

static bool last_row(void *ctx, const struct csv_row *row)
{
    struct csv_row *last = ctx;

    last->n = row->n;
    for (int32_t i = 0; i < row->n; i++) {
        cr_expect(row->cells[i].at.line > 0);
    }
    return true;
}

static int32_t problems(const char *bytes, int32_t columns)
{
    struct arena *a = arena_new();
    struct diag *d = diag_new();
    struct csv_row last = {0, NULL};
    const struct text *t = text_from(a, d, "x.csv", bytes, strlen(bytes));

    if (t) {
        csv_read(a, d, t, last_row, &last);
    }
    int32_t n = diag_errors(d);
    cr_expect(n > 0 || last.n == columns, "%s: %d columns", bytes, last.n);
    diag_free(d);
    arena_free(a);
    return n;
}

Test(csv, is_read_with_quotes_comments_and_both_line_ends)
{
    cr_expect(problems("a,b\r\n1,2\r\n", 2) == 0);
    cr_expect(problems("# c\n\na,\"b, \"\"c\"\"\",d", 3) == 0);
    cr_expect(problems("a,\"b", 2) == 1);
    cr_expect(problems("a\"b,c", 2) == 1);
}

Test(csv, text_is_quoted_where_it_has_to_be)
{
    static const struct {
        const char *text, *golden;
    } cases[] = {
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"say \"x\"", "\"say \"\"x\"\"\""},
        {"", "\"\""},
        {"two\nlines", "\"two\nlines\""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&got, &size);
        csv_write_text(f, cases[i].text);
        fclose(f);
        cr_expect_str_eq(got, cases[i].golden);
        free(got);
    }
}

/* web1 has a column of its own, the others share p_kW; times are whole nanoseconds. */
Test(csv, a_profile_is_the_column_that_fits_best)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load("tests/bad/good.yaml", d);

    cr_assert(s);
    cr_expect(s->n_profiles == 4 && s->rack.n_series == 2);
    const struct series *own = &s->rack.series[s->profiles[0].series];
    const struct series *shared = &s->rack.series[s->profiles[3].series];
    cr_expect_str_eq(own->column, "web1.p_W");
    cr_expect(own->n == 2 && own->t[1] == MS(1) && own->y[1] == 150.0);
    cr_expect_str_eq(shared->column, "p_kW");
    cr_expect(shared->y[0] == 200.0 && shared->y[1] == 250.0);
    cr_expect(s->profiles[1].series == s->profiles[3].series);
    scenario_free(s);
    diag_free(d);
}

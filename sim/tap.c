/* tap.c - the Test Anything Protocol.  Checked by tests/sim/test_suite.sh. */
#include "suite_say.h"

/* Lines of text as comments. */
static void comment(FILE *out, const char *lines)
{
    for (bool begins = true; *lines != '\0'; lines++) {
        fputs(begins ? "# " : "", out);
        fputc(*lines, out);
        begins = *lines == '\n';
    }
}

void tap_plan(FILE *out, const struct suite *s)
{
    fprintf(out, "TAP version 13\n1..%d\n", (int)s->n);
}

void tap_result(FILE *out, int32_t number, const struct suite_case *c, const struct outcome *o)
{
    fprintf(out, "%s %d - ", o->status == CASE_PASS ? "ok" : "not ok", (int)number);
    for (const char *at = c->path; *at != '\0'; at++) {
        fputs(*at == '#' ? "\\" : "", out); /* else a directive */
        fputc(*at, out);
    }
    fputc('\n', out);
    if (o->status == CASE_PASS) {
        return;
    }
    fprintf(out, "# %s %s\n", case_word(o->status), o->why);
    for (int32_t i = 0; i < o->n_rulings; i++) {
        const struct outcome_ruling *r = &o->rulings[i];
        if (r->verdict != VERDICT_PASS) {
            fprintf(out, "# %s  %s  %s  %s  %s\n", verdict_word(r->verdict), r->what, r->measured,
                    r->limit, r->when);
        }
    }
    comment(out, o->worse);
    comment(out, o->said);
}

void tap_bail_out(FILE *out, const char *why)
{
    fprintf(out, "Bail out! %s\n", why);
}

/* junit.c - one test case a scenario; its class is the folder it lies in.
 *
 * What did not pass is a failure, what could not be played an error, what was not played skipped.
 * Checked by tests/sim/test_suite.sh, against tests/sim/junit.xsd. */
#include <inttypes.h>
#include <string.h>

#include "suite_say.h"

/* XML 1.0 has no control characters, not even escaped; texts that come here are UTF-8. */
static void put(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        switch (text[i]) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc((unsigned char)text[i] < ' ' && text[i] != '\n' ? ' ' : text[i], out);
        }
    }
}

static void put_all(FILE *out, const char *text)
{
    put(out, text, strlen(text));
}

/* classname="scenarios.psu-failure" name="fet" */
static void put_name(FILE *out, const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t n = slash != NULL ? (size_t)(slash - name) : 0;

    fputs(" classname=\"", out);
    for (size_t i = 0; i < n; i++) {
        put(out, name[i] == '/' ? "." : &name[i], 1);
    }
    fputs(n > 0 ? "\" name=\"" : "powergap\" name=\"", out);
    put_all(out, slash != NULL ? slash + 1 : name);
    fputc('"', out);
}

static void put_rulings(FILE *out, const struct outcome *o, bool only_wrong)
{
    for (int32_t i = 0; i < o->n_rulings; i++) {
        const struct outcome_ruling *r = &o->rulings[i];
        if (only_wrong && r->verdict == VERDICT_PASS) {
            continue;
        }
        const char *cells[] = {
            verdict_word(r->verdict), r->what, r->measured, r->limit, r->margin, r->when};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
            fputs(k > 0 && cells[k][0] != '\0' ? "  " : "", out);
            put_all(out, cells[k]);
        }
        fputc('\n', out);
    }
}

static const char *message_of(const struct outcome *o)
{
    return o->why[0] != '\0' ? o->why : o->worst >= 0 ? o->rulings[o->worst].what : "";
}

/* <failure message="..." type="FAIL">details</failure> */
static void put_problem(FILE *out, const struct outcome *o)
{
    const char *tag = o->status == CASE_ERROR ? "error" : "failure";

    fprintf(out, "      <%s message=\"", tag);
    put_all(out, message_of(o));
    fprintf(out, "\" type=\"%s\">", case_word(o->status));
    put_rulings(out, o, true);
    put_all(out, o->worse);
    fprintf(out, "</%s>\n", tag);
}

static void put_case(FILE *out, const struct suite_case *c, const struct outcome *o)
{
    fputs("    <testcase", out);
    put_name(out, c->name);
    fprintf(out, " time=\"%.3f\">\n", o->wall_s);
    if (o->status == CASE_NOT_RUN) {
        fputs("      <skipped message=\"not run\"/>\n", out);
    } else if (o->status != CASE_PASS) {
        put_problem(out, o);
    }
    fputs("      <system-out>", out);
    put_all(out, c->title);
    fputc('\n', out);
    if (o->status != CASE_NOT_RUN && o->status != CASE_ERROR) {
        fprintf(out, "event hash %016" PRIx64 "\n", o->hash);
        put_rulings(out, o, false);
    }
    fputs("</system-out>\n", out);
    if (o->said[0] != '\0') {
        fputs("      <system-err>", out);
        put_all(out, o->said);
        fputs("</system-err>\n", out);
    }
    fputs("    </testcase>\n", out);
}

static void put_counts(FILE *out, const struct suite *s, const struct suite_sum *sum, double wall_s)
{
    int32_t failures = sum->n[CASE_FAIL] + sum->n[CASE_UNRESOLVED] + sum->n[CASE_WORSE];

    fprintf(out,
            " tests=\"%" PRId32 "\" failures=\"%" PRId32 "\" errors=\"%" PRId32
            "\" skipped=\"%" PRId32 "\" time=\"%.3f\">\n",
            s->n, failures, sum->n[CASE_ERROR], sum->n[CASE_NOT_RUN], wall_s);
}

void junit_write(FILE *out, const struct suite *s, const struct outcome outcomes[], double wall_s)
{
    struct suite_sum sum = suite_add_up(s, outcomes);

    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    put_counts(out, s, &sum, wall_s);
    fputs("  <testsuite name=\"powergap\"", out);
    put_counts(out, s, &sum, wall_s);
    for (int32_t i = 0; i < s->n; i++) {
        put_case(out, &s->cases[i], &outcomes[i]);
    }
    fputs("  </testsuite>\n</testsuites>\n", out);
}

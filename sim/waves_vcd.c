/* waves_vcd.c - a value change dump: IEEE 1364, 18.2, with GTKWave's string variables.
 *
 * Short names count 1, 2, ... in base 94 with the least digit first, as vcd2fst likes them best. In a
 * string a blank and what is not ASCII is written as \ooo. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "digits.h"
#include "waves_inside.h"

enum { SHORT_NAME = 8, FIRST = '!', SYMBOLS = 94 };

static const char *short_name(char buf[SHORT_NAME], int32_t number)
{
    char *at = buf;

    for (uint32_t n = (uint32_t)number + 1; n > 0; n = (n - 1) / SYMBOLS) {
        *at++ = (char)(FIRST + (n - 1) % SYMBOLS);
    }
    *at = '\0';
    return buf;
}

/* ---- the head -------------------------------------------------------------------------------------- */

/* `$end` within it would end it. */
static void comment(FILE *out, const char *key, const char *text)
{
    fprintf(out, "$comment %s: ", key);
    for (const char *c = text; *c != '\0'; c++) {
        fputc(*c == '$' ? 'S' : (unsigned char)*c < ' ' ? ' ' : *c, out);
    }
    fputs(" $end\n", out);
}

/* Is it of use? Most parts have no event in a window. */
static bool is_written(const struct wave *v)
{
    return v->is != WAVE_EVENT || v->changes > 0;
}

static void declare(FILE *out, const struct wave *v, int32_t number)
{
    static const char *const types[] = {[WAVE_REAL] = "real 64",
                                        [WAVE_WORD] = "string 1",
                                        [WAVE_EVENT] = "string 1",
                                        [WAVE_TRANSFER] = "string 1",
                                        [WAVE_GAP] = "wire 1"};
    char name[SHORT_NAME];

    fprintf(out, "$var %s %s %s $end\n", types[v->is], short_name(name, number), v->name);
}

/* From one scope to another, both with a point between their levels; NULL: outside of all. */
static void change_scope(FILE *out, const char *from, const char *to)
{
    if (from != NULL) {
        fprintf(out, "%s$upscope $end\n", strchr(from, '.') != NULL ? "$upscope $end\n" : "");
    }
    if (to != NULL) {
        size_t n = strcspn(to, ".");
        fprintf(out, "$scope module %.*s $end\n", (int)n, to);
        if (to[n] == '.') {
            fprintf(out, "$scope module %s $end\n", to + n + 1);
        }
    }
}

static void head(FILE *out, const struct waves *x)
{
    const char *scope = NULL;

    comment(out, "title", x->scenario->title);
    comment(out, "scenario", x->scenario->path);
    for (int32_t i = 0; i < x->n_waves; i++) {
        if (x->wave[i].is == WAVE_GAP) {
            const struct watch *k = judge_watch(x->judge, x->wave[i].watch);
            comment(out, x->wave[i].name, expr_text(k->expr, k->instance));
        }
    }
    fprintf(out, "$version powergap %s $end\n$timescale 1 ns $end\n", POWERGAP_VERSION);
    for (int32_t i = 0; i < x->n_waves; i++) {
        const struct wave *v = &x->wave[i];
        if (!is_written(v)) {
            continue;
        }
        if (scope == NULL || strcmp(scope, v->scope) != 0) {
            change_scope(out, scope, v->scope);
            scope = v->scope;
        }
        declare(out, v, i);
    }
    change_scope(out, scope, NULL);
    fputs("$enddefinitions $end\n", out);
}

/* ---- values ---------------------------------------------------------------------------------------- */

static void put_string(FILE *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c > ' ' && *c <= '~' && *c != '\\') {
            fputc(*c, out);
        } else {
            fprintf(out, "\\%03o", (unsigned char)*c);
        }
    }
}

static void put_real(FILE *out, double value)
{
    char text[DIGITS_ROOM];
    const char *end = value == nearbyint(value) && fabs(value) < 1e9
                          ? digits_whole(text, (int64_t)value)
                          : digits_real(text, value);

    fputc('r', out);
    fwrite(text, 1, (size_t)(end - text), out);
}

/* The word number `value` of "OFF|ON". */
static void put_word(FILE *out, const char *choices, double value)
{
    for (int32_t i = (int32_t)value; i > 0 && *choices != '\0'; i--) {
        choices += strcspn(choices, "|");
        choices += *choices == '|';
    }
    fprintf(out, "s%.*s", (int)strcspn(choices, "|"), choices);
}

/* "#380 decide": the event without its part, which is the scope. */
static void put_event(FILE *out, const struct waves *x, const struct log *l, uint32_t id)
{
    char name[LOG_NAME];
    char text[LOG_NAME + 16];
    const char *whole = log_name(l, x->scenario->rack.parts, id, name);
    const char *dot = strchr(whole, '.');

    snprintf(text, sizeof text, "#%" PRIu32 " %s", id, dot != NULL ? dot + 1 : whole);
    put_string(out, text);
}

/* The n changes of one wave in one instant: the last counts, but of events all do. */
static void put_changes(FILE *out, const struct waves *x, const struct log *l,
                        const struct wave_change change[], uint32_t n)
{
    const struct wave_change *c = &change[n - 1];
    const struct wave *v = &x->wave[c->wave];
    char name[SHORT_NAME];
    char text[TRANSFER_TEXT];

    switch (v->is) {
    case WAVE_WORD:
        put_word(out, column_choices(v->column), c->value);
        break;
    case WAVE_EVENT:
        fputc('s', out);
        for (uint32_t i = 0; i < n; i++) {
            put_string(out, i == 0 ? "" : ", ");
            put_event(out, x, l, (uint32_t)change[i].value);
        }
        break;
    case WAVE_TRANSFER:
        fputc('s', out);
        if (c->value >= 0.0) {
            put_string(out, waves_transfer_text(&x->transfer[(uint32_t)c->value],
                                                x->scenario->rack.parts, text));
        }
        break;
    case WAVE_GAP:
        fprintf(out, "%d%s\n", c->value > 0.0, short_name(name, c->wave));
        return;
    case WAVE_REAL:
    default:
        put_real(out, c->value);
        break;
    }
    fprintf(out, " %s\n", short_name(name, c->wave));
}

/* What has no value before its first change. */
static void put_idle(FILE *out, const struct waves *x)
{
    char name[SHORT_NAME];

    for (int32_t i = 0; i < x->n_waves; i++) {
        const struct wave *v = &x->wave[i];
        if (v->column == NULL && is_written(v)) {
            fprintf(out, "%s%s\n", v->is == WAVE_GAP ? "0" : "s ", short_name(name, i));
        }
    }
}

void waves_write_vcd(FILE *out, const struct waves *x, const struct log *l)
{
    ns_t at = x->options.from;

    head(out, x);
    fprintf(out, "#%" PRId64 "\n$dumpvars\n", at);
    put_idle(out, x);
    for (uint32_t i = 0, n; i < x->n_changes; i += n) {
        const struct wave_change *c = &x->change[i];
        for (n = 1; i + n < x->n_changes && c[n].at == c->at && c[n].wave == c->wave; n++) {
        }
        if (c->at > at) {
            fprintf(out, "%s#%" PRId64 "\n", at == x->options.from ? "$end\n" : "", c->at);
            at = c->at;
        }
        put_changes(out, x, l, c, n);
    }
    fprintf(out, "%s", at == x->options.from ? "$end\n" : "");
    if (x->options.to > at) {
        fprintf(out, "#%" PRId64 "\n", x->options.to);
    }
}

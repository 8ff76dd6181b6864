/* explain.c - kinds, their parameters, signals and actions, and events, as text. */
#include "explain.h"

#include <math.h>
#include <string.h>

#include "kinds.h"
#include "measure.h"
#include "models/event.h"
#include "rack.h"
#include "sources.h"
#include "spell.h"

static enum quantity quantity_of(const struct field *f)
{
    return f->type == FIELD_TIME    ? QTY_SECOND
           : f->type == FIELD_COUNT ? QTY_OPERATIONS
                                    : f->quantity;
}

static bool is_measured(const struct field *f)
{
    return f->type == FIELD_REAL || f->type == FIELD_TIME || f->type == FIELD_COUNT;
}

/* "1 V .. 100 V" */
static void range_text(char *out, size_t room, const struct field *f)
{
    char low[MEASURE_TEXT], high[MEASURE_TEXT];
    enum quantity q = quantity_of(f);

    measure_print(low, q, f->min);
    measure_print(high, q, f->max);
    if (isinf(f->max) && isinf(f->min)) {
        snprintf(out, room, "any");
    } else if (isinf(f->max)) {
        snprintf(out, room, "%s or more", low);
    } else if (isinf(f->min)) {
        snprintf(out, room, "%s or less", high);
    } else {
        snprintf(out, room, "%s .. %s", low, high);
    }
}

/* What may be written: a range, the choices, the shape of a reference. */
static void values_text(char *out, size_t room, const struct field *f)
{
    const char *of = f->choices ? f->choices : "any part";

    switch (f->type) {
    case FIELD_REAL:
    case FIELD_TIME:
    case FIELD_COUNT:
        range_text(out, room, f);
        break;
    case FIELD_CHOICE:
        snprintf(out, room, "%s", of);
        break;
    case FIELD_FLAG:
        snprintf(out, room, "yes|no");
        break;
    case FIELD_TAPS:
        snprintf(out, room, "%s, .tap, list", of);
        break;
    case FIELD_PART:
        snprintf(out, room, "a %s", of);
        break;
    case FIELD_I2C:
        snprintf(out, room, "smbus0/mux0.3/0x58");
        break;
    case FIELD_PIN:
        snprintf(out, room, "expander0.3");
        break;
    case FIELD_FILE:
        snprintf(out, room, "a CSV file");
        break;
    }
}

/* The words of choice number `index`. */
static void choice_text(char *out, size_t room, const char *choices, int32_t index)
{
    while (choices && *choices && index-- > 0) {
        size_t n = strcspn(choices, "|");
        choices += n + (choices[n] == '|');
    }
    snprintf(out, room, "%.*s", choices ? (int)strcspn(choices, "|") : 0, choices ? choices : "");
}

static void default_text(char *out, size_t room, const struct field *f)
{
    char value[MEASURE_TEXT];

    if (isnan(f->def)) {
        snprintf(out, room, "required");
    } else if (is_measured(f)) {
        snprintf(out, room, "%s", measure_print(value, quantity_of(f), f->def));
    } else if (f->type == FIELD_CHOICE) {
        choice_text(out, room, f->choices, (int32_t)f->def);
    } else if (f->type == FIELD_FLAG) {
        snprintf(out, room, "%s", f->def > 0.0 ? "yes" : "no");
    } else {
        snprintf(out, room, "-");
    }
}

enum { CELL = 160 };

static void print_field(FILE *out, const struct field *f, const char *indent)
{
    char values[CELL], def[CELL];

    values_text(values, sizeof values, f);
    default_text(def, sizeof def, f);
    fprintf(out, "%s%-16s %-26s %-12s %-4s %s\n", indent, f->key, values, def,
            f->source && *f->source ? f->source : "", f->doc ? f->doc : "");
}

static const char *signal_unit(enum quantity q, const char *choices)
{
    const char *unit = quantity_unit(q);

    return choices ? choices : *unit ? unit : "number";
}

static void print_signals(FILE *out, const struct kind *k)
{
    for (const struct signal *s = k->signals; s && s->key; s++) {
        fprintf(out, "  %-16s %-26s %s\n", s->key, signal_unit(s->quantity, s->choices),
                s->doc ? s->doc : "");
    }
    for (const struct signal_family *s = k->families; s && s->key; s++) {
        char name[CELL];
        if (s->of_kinds) {
            snprintf(name, sizeof name, "%s%sNAME of a %s", s->key, *s->key ? "." : "",
                     s->of_kinds);
        } else {
            snprintf(name, sizeof name, "%s[n]", s->key);
        }
        fprintf(out, "  %-16s %-26s %s\n", name, signal_unit(s->quantity, s->choices),
                s->doc ? s->doc : "");
    }
}

static void print_actions(FILE *out, const struct kind *k)
{
    for (const struct action *a = k->actions; a && a->key; a++) {
        fprintf(out, "  %-16s %s%s%s%s\n", a->key, a->doc ? a->doc : "",
                a->undo ? " ('for' ends it with " : "", a->undo ? a->undo : "", a->undo ? ")" : "");
        for (const struct field *f = a->args; f && f->key; f++) {
            print_field(out, f, "      ");
        }
    }
}

/* A value that a person might write for a field that has no default. */
static void example_value(FILE *out, const struct field *f)
{
    char text[CELL];
    double middle = isinf(f->max) ? f->min * 2.0 : sqrt(fmax(f->min, f->max * 1e-6) * f->max);

    switch (f->type) {
    case FIELD_REAL:
    case FIELD_TIME:
    case FIELD_COUNT: {
        double digit = middle > 0.0 ? pow(10.0, floor(log10(middle))) : 0.0;
        fputs(measure_print(text, quantity_of(f), fmax(digit, f->min)), out);
        break;
    }
    case FIELD_CHOICE:
        choice_text(text, sizeof text, f->choices, 0);
        fputs(text, out);
        break;
    case FIELD_TAPS:
    case FIELD_PART:
        choice_text(text, sizeof text, f->choices, 0);
        fprintf(out, "%s1", *text ? text : "part");
        break;
    default:
        values_text(text, sizeof text, f);
        fputs(text, out);
        break;
    }
}

static void print_example(FILE *out, const struct kind *k)
{
    fprintf(out, "\n  %s1: {is: %s", k->name, k->name);
    for (const struct field *f = k->fields; f && f->key; f++) {
        if (isnan(f->def)) {
            fprintf(out, ", %s: ", f->key);
            example_value(out, f);
        }
    }
    fputs("}\n", out);
}

static void print_kind(FILE *out, const struct kind *k)
{
    fprintf(out, "%s - %s\n", k->name, k->doc ? k->doc : "");
    print_example(out, k);
    fprintf(out, "\nkeys:\n");
    for (const struct field *f = k->fields; f && f->key; f++) {
        print_field(out, f, "  ");
    }
    if ((k->signals && k->signals->key) || (k->families && k->families->key)) {
        fprintf(out,
                "\nsignals (in expectations and in signals.csv; numbers among the keys too):\n");
        print_signals(out, k);
    }
    if (k->actions && k->actions->key) {
        fprintf(out, "\nactions (act: NAME.action):\n");
        print_actions(out, k);
    }
    fprintf(out, "\nsource: S... a data sheet ('powergap explain sources'), E an estimate, D "
                 "derived\n");
}

static void print_kinds(FILE *out)
{
    fprintf(out, "kinds of part ('powergap explain KIND' says more):\n");
    for (int32_t i = 0; kinds[i]; i++) {
        fprintf(out, "  %-12s %s\n", kinds[i]->name, kinds[i]->doc ? kinds[i]->doc : "");
    }
    fprintf(out, "other topics: scenario, units, events, sources\n");
}

static void print_events(FILE *out)
{
    for (int i = 0; i < EVENT_KINDS; i++) {
        fprintf(out, "  %-18s %s\n", event_word((enum event_kind)i), event_doc((enum event_kind)i));
    }
}

static void print_units(FILE *out)
{
    for (int q = 0; q < QTY_KINDS; q++) {
        fprintf(out, "  %-38s", quantity_name((enum quantity)q));
        for (const struct unit *u = units; u->text; u++) {
            if (u->quantity == (enum quantity)q) {
                fprintf(out, " %s", *u->text ? u->text : "(none)");
            }
        }
        fputc('\n', out);
    }
}

/* One key, signal or action of a kind, in full. */
static bool print_row(FILE *out, const struct kind *k, const char *key)
{
    char values[CELL], def[CELL];
    size_t n = strlen(key);
    const struct field *f = kind_field(k, key, n);
    const struct signal *s = kind_signal(k, key, n);
    const struct action *a = kind_action(k, key, n);

    if (f) {
        values_text(values, sizeof values, f);
        default_text(def, sizeof def, f);
        fprintf(out, "%s.%s - %s\n  values: %s\n  default: %s\n  source: %s\n", k->name, key,
                f->doc ? f->doc : "", values, def, f->source && *f->source ? f->source : "-");
        sources_print_cited(out, f->source != NULL ? f->source : "", "    ");
        if (kind_setter(k, key)) {
            fprintf(out, "  may follow a profile\n");
        }
    }
    if (s) {
        fprintf(out, "%s.%s - signal: %s (%s)\n", k->name, key, s->doc ? s->doc : "",
                signal_unit(s->quantity, s->choices));
    }
    if (a) {
        fprintf(out, "%s.%s - action: %s\n", k->name, key, a->doc ? a->doc : "");
        for (const struct field *arg = a->args; arg && arg->key; arg++) {
            print_field(out, arg, "  ");
        }
    }
    return f || s || a;
}

static void suggest_row(FILE *err, const struct kind *k, const char *key)
{
    struct spell near = spell_begin(key, strlen(key));

    fprintf(err, "powergap: a %s has no '%s'\n", k->name, key);
    for (const struct field *f = k->fields; f && f->key; f++) {
        spell_try(&near, f->key, strlen(f->key));
    }
    for (const struct signal *s = k->signals; s && s->key; s++) {
        spell_try(&near, s->key, strlen(s->key));
    }
    for (const struct action *a = k->actions; a && a->key; a++) {
        spell_try(&near, a->key, strlen(a->key));
    }
    if (spell_best(&near)) {
        fprintf(err, "      = hint: did you mean '%s.%s'?\n", k->name, spell_best(&near));
    }
}

static bool explain_kind(FILE *out, FILE *err, const char *topic)
{
    size_t n = strcspn(topic, ".");
    struct spell near = spell_begin(topic, n);

    for (int32_t i = 0; kinds[i]; i++) {
        const struct kind *k = kinds[i];
        spell_try(&near, k->name, strlen(k->name));
        if (strlen(k->name) != n || memcmp(k->name, topic, n) != 0) {
            continue;
        }
        if (!topic[n]) {
            print_kind(out, k);
            return true;
        }
        if (!print_row(out, k, topic + n + 1)) {
            suggest_row(err, k, topic + n + 1);
            return false;
        }
        return true;
    }
    fprintf(err, "powergap: nothing to explain about '%s'\n", topic);
    if (spell_best(&near)) {
        fprintf(err, "      = hint: did you mean '%s'?\n", spell_best(&near));
    }
    return false;
}

static void print_sources(FILE *out)
{
    for (const struct citation *s = sources; s->id != NULL; s++) {
        fprintf(out, "  %-5s %s\n", s->id, s->title);
    }
    fprintf(out,
            "\nE: an estimate, of an order that is common in the field; D: derived from others\n");
}

bool explain_print(FILE *out, FILE *err, const char *topic)
{
    if (!topic) {
        print_kinds(out);
    } else if (strcmp(topic, "events") == 0) {
        print_events(out);
    } else if (strcmp(topic, "scenario") == 0) {
        explain_scenario(out);
    } else if (strcmp(topic, "units") == 0) {
        print_units(out);
    } else if (strcmp(topic, "sources") == 0) {
        print_sources(out);
    } else if (source_find(topic) != NULL) {
        sources_print_cited(out, topic, "");
    } else {
        return explain_kind(out, err, topic);
    }
    return true;
}

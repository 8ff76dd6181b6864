/* cli_log.c - `powergap log`: the events of a stored trace, and what led to one. */
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "csv.h"
#include "log_find.h"
#include "models/event.h"
#include "spell.h"
#include "stored.h"
#include "words.h"
#include "yaml.h"

static const char more[] =
    "Prints the events of a trace, one a line: number, time, part and event, what it was caused "
    "by\n"
    "and what it means. The options narrow it down; several of them must all hold. A PART or KIND\n"
    "may be a pattern in quotes: 'web*'. An EVENT is its number, '#371', its name, 'psu1.die', "
    "and\n"
    "then the first of that name, or the number of a gap, 'gap2': what its spans ended with.\n\n"
    "Examples:\n"
    "  powergap log --part psu1 out/fet\n"
    "  powergap log --why sw2.conducts out/fet       from there back to the first cause\n"
    "  powergap log --why gap1 out/fet               all that gap 1 was made of\n"
    "  powergap log --effects psu1.die --kind uvlo out/fet\n"
    "  powergap log --kind decide --window 50ms..80ms --journal out/fet\n";

static const struct place COMMAND_LINE = {.in = NULL};

struct log_flags {
    const char *part, *kind, *cause, *why, *effects;
    struct cli_window window;
    bool journal, json;
};

/* ---- which events ---------------------------------------------------------------------------------- */

static bool matches(const char *pattern, const char *text)
{
    return pattern == NULL || fnmatch(pattern, text, 0) == 0;
}

static void mark_causes(const struct stored *s, uint32_t from, bool mark[])
{
    for (uint32_t id = from; id > 0; id = stored_at(s, id)->cause) {
        mark[id] = true;
    }
}

/* What goes back to a marked event is marked, too; `direct`: what it has caused at once, and it is not. */
static void mark_effects(const struct stored *s, uint32_t from, bool direct, bool mark[])
{
    mark[from] = !direct;
    for (uint32_t id = from + 1; id <= s->n; id++) {
        uint32_t cause = stored_at(s, id)->cause;
        mark[id] = mark[id] || (direct ? cause == from : mark[cause]);
    }
}

/* For each event, is it wanted by --cause, --why and --effects? NULL: reported. */
static bool *wanted(struct arena *a, struct diag *d, const struct stored *s, const char *folder,
                    const struct log_flags *f)
{
    bool *is = arena_array(a, s->n + 1, sizeof *is);
    bool *mark = arena_array(a, s->n + 1, sizeof *mark);
    const char *const words[] = {f->cause, f->why, f->effects};

    memset(is, true, s->n + 1);
    for (int k = 0; k < 3; k++) {
        if (words[k] == NULL) {
            continue;
        }
        struct log_found found = log_find(a, d, s, &f->window, folder, words[k]);
        if (found.n == 0) {
            return NULL;
        }
        memset(mark, false, s->n + 1);
        for (int32_t i = 0; i < found.n; i++) {
            if (words[k] == f->why) {
                mark_causes(s, found.id[i], mark);
            } else {
                mark_effects(s, found.id[i], words[k] == f->cause, mark);
            }
        }
        for (uint32_t id = 1; id <= s->n; id++) {
            is[id] = is[id] && mark[id];
        }
    }
    return is;
}

/* ---- names that are not there ---------------------------------------------------------------------- */

struct known {
    const char *word;
    struct spell near;
    bool there;
};

static void know(struct known *k, const char *name)
{
    k->there = k->there || matches(k->word, name);
    spell_try(&k->near, name, strlen(name));
}

static bool is_known(struct diag *d, const struct known *k, const char *what)
{
    if (!k->there) {
        diag_error(d, COMMAND_LINE, "there is no %s '%s'", what, k->word);
        if (spell_best(&k->near) != NULL) {
            diag_hint(d, "did you mean '%s'?", spell_best(&k->near));
        }
    }
    return k->there;
}

static bool knows_kind(struct diag *d, const char *kind)
{
    struct known k = {.word = kind, .near = spell_begin(kind, strlen(kind))};

    for (int i = 0; i < EVENT_KINDS; i++) {
        know(&k, event_word((enum event_kind)i));
    }
    return is_known(d, &k, "kind of event");
}

/* A part that nothing happened to is known, too: from run.yaml. */
static bool knows_part(struct arena *a, struct diag *d, const char *folder, const char *part)
{
    struct known k = {.word = part, .near = spell_begin(part, strlen(part))};
    const struct text *t =
        text_read(a, d, arena_print(a, "%s/run.yaml", folder), "trace", COMMAND_LINE);
    const struct yaml *run = t != NULL ? yaml_read(a, d, t) : NULL;
    const struct yaml *parts = run != NULL ? yaml_get(run, "parts") : NULL;

    for (const struct yaml *p = parts != NULL ? parts->first : NULL; p != NULL; p = p->next) {
        const struct yaml *name = yaml_get(p, "name");
        if (name != NULL) {
            know(&k, name->text);
        }
    }
    return run != NULL && is_known(d, &k, "part");
}

/* ---- events ---------------------------------------------------------------------------------------- */

static void print_json(const struct stored_event *e)
{
    printf("{\"id\": %" PRIu32 ", \"cause\": %" PRIu32 ", \"t_ns\": %" PRId64
           ", \"from_ns\": %" PRId64 ", \"part\": ",
           e->id, e->cause, e->at, e->from);
    cli_json_text(stdout, e->part);
    printf(", \"event\": ");
    cli_json_text(stdout, e->event);
    printf(", \"value\": ");
    cli_json_number(stdout, e->value[0] != '\0' ? strtod(e->value, NULL) : (double)NAN);
    printf(", \"text\": ");
    cli_json_text(stdout, e->text);
    printf("}\n");
}

/* Its value is an address. */
static bool is_of_bus(const char *event)
{
    static const enum event_kind kinds[] = {EV_TRANSFER, EV_NACK, EV_BUS_TIMEOUT, EV_TRANSFER_CUT};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(event, event_word(kinds[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* `before`: the event of the line before, when the time since then is of interest; else NULL. */
static void print_line(const struct stored_event *e, const struct stored_event *before, bool chain)
{
    char name[STORED_NAME];
    char time[WORDS_TIME];
    char since[WORDS_TIME + 2] = "";
    char cause[16] = "";
    char number[16];

    snprintf(number, sizeof number, "#%" PRIu32, e->id);
    if (before != NULL) {
        char span[WORDS_TIME];
        snprintf(since, sizeof since, "+%s", words_time(span, ns_to_s(e->at - before->at)));
    } else if (!chain && e->cause != 0) {
        snprintf(cause, sizeof cause, "by #%" PRIu32, e->cause);
    }
    printf("%-8s %14s s  %-11s %-28s", number, words_seconds(time, e->at), chain ? since : cause,
           stored_name(e, name));
    if (strcmp(e->event, "action") != 0) {
        printf(" %s", e->text);
    }
    if (is_of_bus(e->event)) {
        printf(" [0x%02lX]", strtoul(e->value, NULL, 10));
    } else if (strcmp(e->event, "decide") != 0 && strcmp(e->value, "0") != 0 &&
               e->value[0] != '\0') {
        printf(" [%s]", e->value);
    }
    if (e->from < e->at) {
        char span[WORDS_TIME];
        printf(" (took %s)", words_time(span, ns_to_s(e->at - e->from)));
    }
    printf("\n");
}

static void print_events(const struct stored *s, const struct log_flags *f, const bool is[])
{
    const struct stored_event *before = NULL;
    uint32_t n = 0;

    for (uint32_t i = 0; i < s->n; i++) {
        const struct stored_event *e = &s->event[i];
        if (!is[e->id] || !matches(f->part, e->part) || !matches(f->kind, e->event) ||
            !log_is_in(&f->window, e)) {
            continue;
        }
        if (f->json) {
            print_json(e);
        } else {
            print_line(e, before, f->why != NULL);
        }
        before = f->why != NULL ? e : NULL;
        n++;
    }
    if (n == 0) {
        cli_flush();
        fprintf(stderr, "powergap log: no event of the %" PRIu32 " is like that\n", s->n);
    }
}

/* ---- the journal ----------------------------------------------------------------------------------- */

enum { CONTROLLER, RING, T_S, WHAT, WHO, SAID, TIMES, CELLS };

struct journal {
    const struct log_flags *flags;
    char controller[64], ring[16]; /* of the row before */
    bool headed;
};

/* By what the firmware itself knows: its entries have no event's number, and its clock's seconds begin
 * with each of its starts. */
static bool journal_row(void *ctx, const struct csv_row *row)
{
    struct journal *j = ctx;
    const char *cell[CELLS];

    if (row->n != CELLS || strcmp(row->cells[CONTROLLER].text, "controller") == 0) {
        return true;
    }
    for (int i = 0; i < CELLS; i++) {
        cell[i] = row->cells[i].text;
    }
    if (!matches(j->flags->part, cell[WHO]) && !matches(j->flags->part, cell[CONTROLLER])) {
        return true;
    }
    if (j->flags->json) {
        static const char *const keys[CELLS] = {"controller", "ring", "t_s",  "what",
                                                "who",        "text", "times"};
        for (int i = 0; i < CELLS; i++) {
            printf("%s\"%s\": ", i == 0 ? "{" : ", ", keys[i]);
            if (i == T_S || i == TIMES) {
                fputs(cell[i], stdout);
            } else {
                cli_json_text(stdout, cell[i]);
            }
        }
        printf("}\n");
        return true;
    }
    if (!j->headed || strcmp(j->controller, cell[CONTROLLER]) != 0 ||
        strcmp(j->ring, cell[RING]) != 0) {
        printf("\n%s's own %s, in seconds since its start:\n", cell[CONTROLLER],
               strcmp(cell[RING], "dark") == 0 ? "journal of when a bar went dark" : "journal");
        snprintf(j->controller, sizeof j->controller, "%s", cell[CONTROLLER]);
        snprintf(j->ring, sizeof j->ring, "%s", cell[RING]);
        j->headed = true;
    }
    printf("%14s s  %-10s %-12s %s%s%s%s\n", cell[T_S], cell[WHAT], cell[WHO], cell[SAID],
           strcmp(cell[TIMES], "1") == 0 ? "" : " (",
           strcmp(cell[TIMES], "1") == 0 ? "" : cell[TIMES],
           strcmp(cell[TIMES], "1") == 0 ? "" : " times)");
    return true;
}

static void print_journal(struct arena *a, struct diag *d, const char *folder,
                          const struct log_flags *f)
{
    struct journal j = {.flags = f};
    const struct text *t =
        text_read(a, d, arena_print(a, "%s/journal.csv", folder), "journal", COMMAND_LINE);

    if (t != NULL) {
        csv_read(a, d, t, journal_row, &j);
    }
}

/* ---- the command ----------------------------------------------------------------------------------- */

static int show(const char *folder, const struct log_flags *f)
{
    struct arena *a = arena_new();
    struct diag *d = diag_new();
    struct stored s;

    if (stored_read(a, d, folder, &s) && (f->kind == NULL || knows_kind(d, f->kind)) &&
        (f->part == NULL || knows_part(a, d, folder, f->part))) {
        const bool *is = wanted(a, d, &s, folder, f);
        if (is != NULL) {
            print_events(&s, f, is);
        }
        if (is != NULL && f->journal) {
            print_journal(a, d, folder, f);
        }
    }
    int status = diag_errors(d) == 0 ? EXIT_GOOD : EXIT_USE;
    cli_flush();
    cli_report(d, false);
    arena_free(a);
    return cli_end(status);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct log_flags f = {.window = {.to = NS_NEVER}};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"part", OPTION_TEXT, &f.part, "PART", "only events of this part"},
        {"kind", OPTION_TEXT, &f.kind, "KIND",
         "only events of this kind: 'powergap explain events'"},
        {"window", OPTION_WINDOW, &f.window, "FROM..TO", "only from then to then: '50 ms..80 ms'"},
        {"cause", OPTION_TEXT, &f.cause, "EVENT", "only what this event has caused at once"},
        {"effects", OPTION_TEXT, &f.effects, "EVENT", "only what goes back to it, itself included"},
        {"why", OPTION_TEXT, &f.why, "EVENT", "only what led to it, with the time between"},
        {"journal", OPTION_FLAG, &f.journal, NULL, "also the controller's own journal"},
        {"json", OPTION_FLAG, &f.json, NULL, "one JSON object a line"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 1) {
        return cli_wrong(c, "wants one trace folder, such as out/fet");
    }
    return show(argv[0], &f);
}

const struct command log_command = {
    .name = "log",
    .about = "print the events of a trace, and what led to one",
    .use = "[options] TRACE-FOLDER",
    .more = more,
    .run = run,
};

/* report_events.c - what became of each deed: who was told of it when, and which servers it cost.
 *
 * events.csv may be large: it is read line by line, and of most rows only the two numbers in front, an
 * event's id and that of its cause.  Checked by tests/sim/test_report.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "rack.h"
#include "report.h"

enum { LINE = 4096, DEEDS_MAX = 100000, EVENTS_MAX = 1 << 28 };

struct telling {
    struct report_run *run;
    struct arena *arena;
    struct diag *diag;
    struct report_deed *deeds;
    int32_t n, room;
    uint32_t *deed_of; /* of each event: 1 + the deed it goes back to; 0: none */
    uint32_t n_events;
    bool good;
};

/* The deed that an event goes back to: that of its cause. */
static bool note_cause(struct telling *t, uint32_t id, uint32_t cause)
{
    if (id >= t->n_events) {
        uint32_t n = t->n_events > 0 ? 2 * t->n_events : 4096;
        while (n <= id) {
            n *= 2;
        }
        uint32_t *more = realloc(t->deed_of, n * sizeof *more);
        if (more == NULL) {
            return false;
        }
        memset(more + t->n_events, 0, (n - t->n_events) * sizeof *more);
        t->deed_of = more;
        t->n_events = n;
    }
    t->deed_of[id] = cause < id ? t->deed_of[cause] : 0;
    return true;
}

/* Does `action` end what an earlier deed has begun on the part? */
static bool is_repair(const struct telling *t, const char *part, const char *action)
{
    const struct kind *k = NULL;

    for (int32_t i = 0; i < t->run->n_parts; i++) {
        k = strcmp(t->run->parts[i].name, part) == 0 ? t->run->parts[i].kind : k;
    }
    for (int32_t i = 0; k != NULL && i < t->n; i++) {
        const struct report_deed *d = &t->deeds[i];
        const struct action *begun =
            strcmp(d->part, part) == 0 ? kind_action(k, d->action, strlen(d->action)) : NULL;
        if (begun != NULL && begun->undo != NULL && strcmp(begun->undo, action) == 0) {
            return true;
        }
    }
    return false;
}

static void add_deed(struct telling *t, uint32_t id, ns_t at, const char *part, const char *name)
{
    if (t->n == t->room) {
        t->room = t->room > 0 ? 2 * t->room : 16;
        struct report_deed *more = arena_array(t->arena, (size_t)t->room, sizeof *more);
        if (t->n > 0) {
            memcpy(more, t->deeds, (size_t)t->n * sizeof *more);
        }
        t->deeds = more;
    }
    name = arena_text(t->arena, name, strlen(name));
    const char *dot = strrchr(name, '.');
    struct report_deed *d = &t->deeds[t->n];
    *d = (struct report_deed){.id = id,
                              .name = name,
                              .part = arena_text(t->arena, part, strlen(part)),
                              .action = dot != NULL ? dot + 1 : name,
                              .at = at,
                              .detected = NS_NEVER,
                              .whom = "",
                              .mind = "",
                              .closed = NS_NEVER,
                              .closer = ""};
    d->is_repair = is_repair(t, part, d->action);
    t->n++;
    t->deed_of[id] = (uint32_t)t->n;
}

/* The columns of events.csv. */
enum { ID, CAUSE, T_S, T_NS, FROM_NS, PART, EVENT, VALUE, WORDS, COLUMNS };

/* What the event says about the deed that it goes back to. */
static void tell(struct telling *t, struct report_deed *d, ns_t at, const char *part,
                 const char *event, const char *words)
{
    if (strcmp(event, "decide") == 0 && d->detected == NS_NEVER) {
        d->detected = at;
        d->whom = arena_text(t->arena, part, strlen(part));
        d->mind = arena_text(t->arena, words, strlen(words));
    } else if (strcmp(event, "conducts") == 0 && d->closed == NS_NEVER) {
        d->closed = at;
        d->closer = arena_text(t->arena, part, strlen(part));
    } else if (strcmp(event, "uvlo") == 0) {
        d->lost++;
    }
}

static bool take_row(void *ctx, const struct csv_row *row)
{
    struct telling *t = ctx;

    if (row->n != COLUMNS) {
        t->good = false;
        return false;
    }
    uint32_t id = (uint32_t)strtoul(row->cells[ID].text, NULL, 10);
    ns_t at = (ns_t)strtoll(row->cells[T_NS].text, NULL, 10);
    const char *part = row->cells[PART].text;
    const char *event = row->cells[EVENT].text;
    uint32_t deed = t->deed_of[id];
    if (strcmp(event, "action") == 0 && t->n < DEEDS_MAX) {
        add_deed(t, id, at, part, row->cells[WORDS].text);
    } else if (deed > 0) {
        tell(t, &t->deeds[deed - 1], at, part, event, row->cells[WORDS].text);
    }
    return true;
}

static bool is_worth_reading(const char *line)
{
    static const char *const events[] = {",action,", ",decide,", ",conducts,", ",uvlo,"};

    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (strstr(line, events[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* Has it as many cells as the header, at least? More commas may stand within quotes. */
static bool is_whole(const char *line)
{
    int commas = 0;

    for (const char *c = strchr(line, ','); c != NULL; c = strchr(c + 1, ',')) {
        commas++;
    }
    return commas >= COLUMNS - 1 && line[strlen(line) - 1] == '\n';
}

static bool take_line(struct telling *t, const char *line)
{
    char *end = NULL;
    unsigned long id = strtoul(line, &end, 10);
    unsigned long cause = *end == ',' ? strtoul(end + 1, &end, 10) : id;

    if (id == 0 || id >= EVENTS_MAX || *end != ',' || !is_whole(line) ||
        !note_cause(t, (uint32_t)id, (uint32_t)cause)) {
        return false;
    }
    if (is_worth_reading(line)) {
        struct arena *scratch = arena_new();
        struct text row = {.path = "events.csv", .bytes = line, .size = strlen(line)};
        t->good = csv_read(scratch, t->diag, &row, take_row, t) && t->good;
        arena_free(scratch);
    }
    return t->good;
}

bool report_events(struct report_run *run, struct arena *a, struct diag *d)
{
    static const struct place nowhere = {.in = NULL};
    static const char header[] = "id,cause,t_s,t_ns,from_ns,part,event,value,text\n";
    const char *path = arena_print(a, "%s/events.csv", run->folder);
    struct telling t = {.run = run, .arena = a, .diag = d, .good = true};
    char line[LINE];
    FILE *in = fopen(path, "r");

    if (in == NULL) {
        diag_error(d, nowhere, "can't read the trace file '%s': %s", path, strerror(errno));
        return false;
    }
    bool good = fgets(line, sizeof line, in) != NULL && strcmp(line, header) == 0;
    int32_t number = 1;
    while (good && fgets(line, sizeof line, in) != NULL) {
        number++;
        good = take_line(&t, line);
    }
    good = good && ferror(in) == 0;
    if (!good) {
        diag_error(d, nowhere, "'%s' is broken off, or no table of events: see line %d", path,
                   number);
    }
    fclose(in);
    free(t.deed_of);
    run->deeds = t.deeds;
    run->n_deeds = t.n;
    return good;
}

/* stand.c - load, act, run, read. */
#include "stand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void wrong(const char *what, const char *name)
{
    fprintf(stderr, "stand: %s '%s'\n", what, name);
    abort();
}

static void on_event(void *ctx, const struct event *e)
{
    struct stand *s = ctx;

    if (s->n_events < STAND_EVENTS) {
        s->event[s->n_events++] = *e;
    }
}

/* Several islands may move; look() is told of each. */
static void on_span(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    struct stand *s = ctx;

    (void)w;
    (void)island;
    if (s->look != NULL && s->world != NULL) {
        s->look(s, t0, t1);
    }
}

static void do_it(void *ctx, struct world *w)
{
    struct stand *s = ctx;

    world_event(w, s->part, EV_ACTION, s->args.to);
    s->done = s->action->run(w, s->part, &s->args);
}

/* Where the entry "key: value" ends: at the comma or brace behind it. */
static const char *entry_end(const char *c)
{
    for (int depth = 0; *c != '\0' && (depth > 0 || (*c != ',' && *c != '}')); c++) {
        depth += (*c == '[') - (*c == ']');
    }
    return c;
}

/* Is the key of the entry at c given again in the same map? */
static bool comes_again(const char *c)
{
    size_t n = strcspn(c, ":") + 1;

    for (const char *at = entry_end(c); *at == ','; at = entry_end(at)) {
        at += 1 + strspn(at + 1, " ");
        if (strncmp(at, c, n) == 0) {
            return true;
        }
    }
    return false;
}

/* One part, "name: {key: value, ...}": of a key that is given twice the last one counts. */
static const char *copy_part(char **to, const char *c)
{
    size_t head = strcspn(c, "{") + 1;

    memcpy(*to, c, head);
    *to += head;
    for (c += head; *c != '}' && *c != '\0';) {
        c += strspn(c, " ,");
        const char *end = entry_end(c);
        if (!comes_again(c)) {
            *to += sprintf(*to, "%.*s, ", (int)(end - c), c);
        }
        c = end;
    }
    *to += sprintf(*to, "}\n");
    return c + strspn(c, "} \n");
}

static struct scenario *load(const char *rack)
{
    char *text = calloc(1, 4 * strlen(rack) + 64);
    struct diag *d = diag_new();

    if (text == NULL) {
        wrong("no memory for", rack);
    }
    char *to = text + sprintf(text, "duration: 1 s\nrack:\n");
    for (const char *c = rack; *c != '\0';) {
        to += sprintf(to, "  ");
        c = copy_part(&to, c);
    }
    struct scenario *s = scenario_load_text("tests/stand.yaml", text, strlen(text), d);
    if (s == NULL) {
        diag_print(d, stderr, false);
        wrong("this does not load:", text);
    }
    diag_free(d);
    free(text);
    return s;
}

struct stand *stand_seeded(const char *rack, uint64_t seed)
{
    struct stand *s = calloc(1, sizeof *s);

    if (s == NULL) {
        wrong("no memory for", rack);
    }
    s->scenario = load(rack);
    struct sink sink = {.ctx = s, .event = on_event, .span = on_span};
    s->world = plant_new(s->scenario->rack.parts, s->scenario->rack.n_parts,
                         &(struct plant_options){.seed = seed, .meter_all = true}, &sink);
    if (s->world == NULL) {
        wrong("no memory for", rack);
    }
    s->world->script = (struct script_hook){.ctx = s, .due = do_it};
    return s;
}

struct stand *stand_new(const char *rack)
{
    return stand_seeded(rack, 1);
}

void stand_free(struct stand *s)
{
    plant_free(s->world);
    scenario_free(s->scenario);
    free(s);
}

int32_t stand_part(const struct stand *s, const char *name)
{
    int32_t part = rack_find(&s->scenario->rack, name, strlen(name));

    if (part == NO_PART) {
        wrong("there is no part", name);
    }
    return part;
}

static const struct kind *kind_of(const struct stand *s, const char *part)
{
    return s->scenario->rack.parts[stand_part(s, part)].kind;
}

bool stand_act_with(struct stand *s, const char *part, const char *action, struct act_args args)
{
    s->part = stand_part(s, part);
    s->action = kind_action(kind_of(s, part), action, strlen(action));
    s->args = args;
    if (s->action == NULL) {
        wrong("there is no action", action);
    }
    plant_wake_script(s->world, stand_now(s));
    plant_run(s->world, stand_now(s));
    return s->done;
}

bool stand_act(struct stand *s, const char *part, const char *action)
{
    return stand_act_with(s, part, action, (struct act_args){0});
}

ns_t stand_now(const struct stand *s)
{
    return world_now(s->world);
}

void stand_run(struct stand *s, ns_t until)
{
    plant_run(s->world, until);
    plant_flush(s->world);
}

ns_t stand_run_to(struct stand *s, const char *part, enum event_kind kind, ns_t within)
{
    int32_t before = stand_count(s, part, kind);
    ns_t until = stand_now(s) + within;

    while (stand_count(s, part, kind) == before) {
        if (!plant_next(s->world, until)) {
            wrong("this event does not come:", event_word(kind));
        }
    }
    plant_flush(s->world);
    return stand_when(s, part, kind, before);
}

const struct event *stand_event(const struct stand *s, const char *part, enum event_kind kind,
                                int32_t n)
{
    int32_t id = stand_part(s, part);

    for (int32_t i = 0; i < s->n_events; i++) {
        const struct event *e = &s->event[i];
        if (e->part == id && e->kind == kind && n-- == 0) {
            return e;
        }
    }
    return NULL;
}

ns_t stand_when(const struct stand *s, const char *part, enum event_kind kind, int32_t n)
{
    const struct event *e = stand_event(s, part, kind, n);

    return e == NULL ? NS_NEVER : e->at;
}

int32_t stand_count(const struct stand *s, const char *part, enum event_kind kind)
{
    int32_t id = stand_part(s, part);
    int32_t n = 0;

    for (int32_t i = 0; i < s->n_events; i++) {
        n += s->event[i].part == id && s->event[i].kind == kind;
    }
    return n;
}

double stand_read_at(const struct stand *s, const char *part, const char *signal, ns_t at)
{
    const struct signal *row = kind_signal(kind_of(s, part), signal, strlen(signal));

    if (row == NULL) {
        wrong("there is no signal", signal);
    }
    return row->read(s->world, stand_part(s, part), at);
}

double stand_read(const struct stand *s, const char *part, const char *signal)
{
    return stand_read_at(s, part, signal, stand_now(s));
}

double stand_read_of(const struct stand *s, const char *part, const char *family, int32_t i)
{
    const struct signal_family *row = kind_family(kind_of(s, part), family, strlen(family));

    if (row == NULL) {
        wrong("there is no signal family", family);
    }
    return row->read(s->world, stand_part(s, part), i, stand_now(s));
}

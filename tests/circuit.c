/* circuit.c - racks of ideal parts for tests and benches. */
#include "circuit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/terminal.h"

static _Noreturn __attribute__((format(printf, 1, 2))) void wrong(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

struct circuit *circuit_new(void)
{
    struct circuit *c = calloc(1, sizeof *c);

    if (c == NULL) {
        wrong("no memory");
    }
    c->log.circuit = c;
    return c;
}

void circuit_free(struct circuit *c, struct world *w)
{
    plant_free(w);
    for (int32_t i = 0; i < c->n_parts; i++) {
        free(c->parts[i].params);
    }
    free(c);
}

/* ---- parts ------------------------------------------------------------------------------------- */

static int32_t find(const struct circuit *c, const char *name, size_t length)
{
    for (int32_t i = 0; i < c->n_parts; i++) {
        if (strlen(c->parts[i].name) == length && memcmp(c->parts[i].name, name, length) == 0) {
            return i;
        }
    }
    wrong("the circuit has no part '%.*s'", (int)length, name);
}

int32_t circuit_part(const struct circuit *c, const char *name)
{
    return find(c, name, strlen(name));
}

static void set(const struct circuit *c, const struct field *f, void *params, const char *text)
{
    void *at = (char *)params + f->offset;

    switch (f->type) {
    case FIELD_REAL:
        *(double *)at = strtod(text, NULL);
        break;
    case FIELD_TIME:
        *(ns_t *)at = ns_from_s(strtod(text, NULL));
        break;
    case FIELD_COUNT:
    case FIELD_CHOICE:
    case FIELD_FLAG:
        *(int32_t *)at = (int32_t)strtol(text, NULL, 10);
        break;
    case FIELD_TAPS: {
        struct tap_list *taps = at;
        taps->at[taps->n].part = circuit_part(c, text);
        taps->at[taps->n++].tap = TAP_ANY;
        break;
    }
    case FIELD_PART:
    case FIELD_I2C:
    case FIELD_PIN:
    case FIELD_FILE:
    default:
        wrong("a circuit can't set '%s'", f->key);
    }
}

static void set_defaults(const struct field fields[], void *params)
{
    for (const struct field *f = fields; f->key != NULL; f++) {
        void *at = (char *)params + f->offset;
        if (f->type == FIELD_REAL) {
            *(double *)at = f->def;
        } else if (f->type == FIELD_TIME) {
            *(ns_t *)at = ns_from_s(f->def);
        } else if (f->type == FIELD_COUNT || f->type == FIELD_CHOICE || f->type == FIELD_FLAG) {
            *(int32_t *)at = (int32_t)f->def;
        }
    }
}

/* "key=value key=value" into the struct that the fields describe. */
static void set_all(const struct circuit *c, const struct field fields[], void *params,
                    const char *text)
{
    char copy[512];
    char *save = NULL;

    snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *equals = strchr(word, '=');
        const struct field *f = fields;
        if (equals == NULL) {
            wrong("'%s' is not key=value", word);
        }
        *equals = '\0';
        while (f != NULL && f->key != NULL && strcmp(f->key, word) != 0) {
            f++;
        }
        if (f == NULL || f->key == NULL) {
            wrong("there is no key '%s'", word);
        }
        set(c, f, params, equals + 1);
    }
}

void circuit_add(struct circuit *c, const struct kind *kind, const char *name, const char *params)
{
    if (c->n_parts == CIRCUIT_PARTS) {
        wrong("more than %d parts", CIRCUIT_PARTS);
    }
    struct part *p = &c->parts[c->n_parts];

    p->kind = kind;
    p->params = calloc(1, kind->params_size);
    if (p->params == NULL) {
        wrong("no memory");
    }
    snprintf(p->name, sizeof p->name, "%s", name);
    set_defaults(kind->fields, p->params);
    set_all(c, kind->fields, p->params, params);
    c->n_parts++;
}

void circuit_add_many(struct circuit *c, const struct kind *kind, const char *name, int32_t n,
                      const char *params)
{
    for (int32_t i = 1; i <= n; i++) {
        char full[PART_NAME_SIZE];
        char text[512];
        size_t at = 0;
        snprintf(full, sizeof full, "%s%d", name, i);
        for (const char *p = params; *p != '\0' && at + 12 < sizeof text; p++) {
            at += (size_t)(*p == '#' ? snprintf(&text[at], 12, "%d", i)
                                     : snprintf(&text[at], 2, "%c", *p));
        }
        text[at] = '\0';
        circuit_add(c, kind, full, text);
    }
}

/* ---- deeds ------------------------------------------------------------------------------------- */

void circuit_do(struct circuit *c, ns_t at, const char *part_action, const char *args)
{
    const char *dot = strchr(part_action, '.');

    if (dot == NULL || c->n_deeds == CIRCUIT_DEEDS) {
        wrong("'%s' is not part.action, or one too many", part_action);
    }
    struct circuit_deed *d = &c->deed[c->n_deeds++];
    d->at = at;
    d->part = find(c, part_action, (size_t)(dot - part_action));
    d->action = c->parts[d->part].kind->actions;
    while (d->action != NULL && d->action->key != NULL && strcmp(d->action->key, dot + 1) != 0) {
        d->action++;
    }
    if (d->action == NULL || d->action->key == NULL) {
        wrong("there is no action '%s'", part_action);
    }
    if (d->action->args != NULL) {
        set_defaults(d->action->args, &d->args);
    }
    set_all(c, d->action->args, &d->args, args);
}

/* Without a state of its own, so that a fork may share it. */
static void do_due(void *ctx, struct world *w)
{
    const struct circuit *c = ctx;
    ns_t now = world_now(w);
    ns_t next = NS_NEVER;

    for (int32_t i = 0; i < c->n_deeds; i++) {
        const struct circuit_deed *d = &c->deed[i];
        if (d->at == now) {
            world_event(w, d->part, EV_ACTION, d->args.to);
            d->action->run(w, d->part, &d->args);
        } else if (d->at > now && d->at < next) {
            next = d->at;
        }
    }
    plant_wake_script(w, next);
}

/* ---- watching ---------------------------------------------------------------------------------- */

void circuit_watch(struct circuit *c, const char *node, double below_V)
{
    struct circuit_watch *watch = &c->log.watch[c->log.n_watches++];

    *watch = (struct circuit_watch){.node = circuit_part(c, node),
                                    .below_V = below_V,
                                    .v_min_V = INFINITY,
                                    .first_down = NS_NEVER,
                                    .last_up = NS_NEVER,
                                    .down_since = NS_NEVER};
}

static void note_edge(struct circuit_watch *watch, ns_t at, bool down)
{
    if (down) {
        watch->gaps++;
        watch->first_down = watch->first_down == NS_NEVER ? at : watch->first_down;
        watch->down_since = at;
    } else {
        watch->last_up = at;
        watch->gap += at - watch->down_since;
        watch->down_since = NS_NEVER;
    }
}

/* The first whole nanosecond of (lo, hi] at which the node is on the other side. */
static ns_t bisect(const struct world *w, int32_t node, double level_V, ns_t lo, ns_t hi)
{
    bool was = net_v_V(w, node, lo) < level_V;

    while (hi - lo > 1) {
        ns_t mid = lo + (hi - lo) / 2;
        if ((net_v_V(w, node, mid) < level_V) == was) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    return hi;
}

static void look(struct world *w, struct circuit_watch *watch, int32_t node, ns_t t0, ns_t t1)
{
    enum { PIECES = 64 };
    ns_t from = t0;

    for (int i = 1; i <= PIECES; i++) {
        ns_t to = t0 + (ns_t)((double)(t1 - t0) * i / PIECES);
        double v_V = net_v_V(w, node, to);
        bool down = v_V < watch->below_V;
        watch->v_min_V = fmin(watch->v_min_V, v_V);
        if (down != (watch->down_since != NS_NEVER)) {
            bool down_at_once = net_v_V(w, node, from) < watch->below_V;
            note_edge(watch,
                      down_at_once == down ? from : bisect(w, node, watch->below_V, from, to),
                      down);
        }
        from = to;
    }
}

static void on_span(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    struct circuit_log *log = ctx;

    for (int32_t i = 0; i < log->n_watches; i++) {
        int32_t node = terminal_node(w, log->watch[i].node, 0);
        if (plant_island_of(w)[node] == island) {
            look(w, &log->watch[i], node, t0, t1);
        }
    }
}

static void on_event(void *ctx, const struct event *e)
{
    struct circuit_log *log = ctx;

    if (log->n_events < CIRCUIT_EVENTS) {
        log->event[log->n_events++] = *e;
    }
}

/* ---- running ----------------------------------------------------------------------------------- */

struct world *circuit_start(struct circuit *c, struct plant_options options)
{
    struct sink sink = {.ctx = &c->log, .event = on_event, .span = on_span};
    struct world *w = plant_new(c->parts, c->n_parts, &options, &sink);
    ns_t first = NS_NEVER;

    if (w == NULL) {
        wrong("no memory");
    }
    w->script = (struct script_hook){.ctx = c, .due = do_due};
    for (int32_t i = 0; i < c->n_deeds; i++) {
        first = c->deed[i].at < first ? c->deed[i].at : first;
    }
    plant_wake_script(w, first);
    return w;
}

struct world *circuit_fork(const struct world *w, struct circuit_log *log)
{
    *log = *(const struct circuit_log *)w->sink.ctx;
    struct sink sink = {.ctx = log, .event = on_event, .span = on_span};
    struct world *fork = plant_fork(w, &sink);

    if (fork == NULL) {
        wrong("no memory");
    }
    fork->script = w->script;
    return fork;
}

double circuit_read(const struct circuit *c, const struct world *w, const char *part_signal)
{
    const char *dot = strchr(part_signal, '.');
    int32_t part = dot == NULL ? NO_PART : find(c, part_signal, (size_t)(dot - part_signal));

    for (const struct signal *s = part == NO_PART ? NULL : c->parts[part].kind->signals;
         s != NULL && s->key != NULL; s++) {
        if (strcmp(s->key, dot + 1) == 0) {
            return s->read(w, part, world_now(w));
        }
    }
    wrong("there is no signal '%s'", part_signal);
}

ns_t circuit_when(const struct circuit *c, const char *part, enum event_kind kind, int32_t n)
{
    int32_t id = circuit_part(c, part);

    for (int32_t i = 0; i < c->log.n_events; i++) {
        const struct event *e = &c->log.event[i];
        if (e->part == id && e->kind == kind && n-- == 0) {
            return e->at;
        }
    }
    return NS_NEVER;
}

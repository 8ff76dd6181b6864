/* fake_world.c - see fake_world.h. */
#include "fake_world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_part {
    const struct kind *kind;
    const char *name;
    void *params, *state;
    ns_t due;
    uint32_t due_cause;
    uint64_t draws;
};

struct world {
    ns_t now;
    uint32_t cause;
    int32_t n_parts;
    struct fake_part parts[FAKE_PARTS];
    uint32_t n_events;
    struct fake_event events[FAKE_EVENTS + 1];
};

static _Noreturn void stop(const char *what, const char *name)
{
    fprintf(stderr, "fake_world: %s '%s'\n", what, name);
    abort();
}

/* ---- parts ------------------------------------------------------------------------------------- */

struct world *fake_world(void)
{
    return calloc(1, sizeof(struct world));
}

void fake_world_free(struct world *w)
{
    for (int32_t i = 0; i < w->n_parts; i++) {
        free(w->parts[i].params);
        free(w->parts[i].state);
    }
    free(w);
}

static void set_default(const struct field *f, void *to)
{
    double def = isnan(f->def) ? 0.0 : f->def;

    switch (f->type) {
    case FIELD_REAL:
        *(double *)to = def;
        break;
    case FIELD_TIME:
        *(ns_t *)to = ns_from_s(def);
        break;
    case FIELD_COUNT:
    case FIELD_CHOICE:
    case FIELD_FLAG:
        *(int32_t *)to = (int32_t)def;
        break;
    case FIELD_TAPS:
        *(struct tap_list *)to = (struct tap_list){.n = 0};
        break;
    case FIELD_PART:
    case FIELD_FILE:
        *(int32_t *)to = NO_PART;
        break;
    case FIELD_I2C:
        *(struct i2c_path *)to = (struct i2c_path){.bus = NO_PART, .mux = NO_PART};
        break;
    case FIELD_PIN:
        *(struct pin_path *)to = (struct pin_path){.device = NO_PART};
        break;
    }
}

static void set_defaults(const struct field *fields, void *to)
{
    for (const struct field *f = fields; f && f->key; f++) {
        set_default(f, (char *)to + f->offset);
    }
}

int32_t fake_add(struct world *w, const struct kind *kind, const char *name)
{
    struct fake_part *p = &w->parts[w->n_parts];

    if (w->n_parts == FAKE_PARTS) {
        stop("no room for", name);
    }
    *p = (struct fake_part){.kind = kind, .name = name, .due = NS_NEVER};
    p->params = calloc(1, kind->params_size + 1);
    p->state = calloc(1, kind->state_size + 1);
    set_defaults(kind->fields, p->params);
    return w->n_parts++;
}

static void *param(struct world *w, int32_t part, const char *key)
{
    for (const struct field *f = w->parts[part].kind->fields; f && f->key; f++) {
        if (strcmp(f->key, key) == 0) {
            return (char *)w->parts[part].params + f->offset;
        }
    }
    stop("no such parameter", key);
}

void fake_set_real(struct world *w, int32_t part, const char *key, double value)
{
    *(double *)param(w, part, key) = value;
}

void fake_set_time(struct world *w, int32_t part, const char *key, ns_t value)
{
    *(ns_t *)param(w, part, key) = value;
}

void fake_set_int(struct world *w, int32_t part, const char *key, int32_t value)
{
    *(int32_t *)param(w, part, key) = value;
}

void fake_set_i2c(struct world *w, int32_t part, const char *key, struct i2c_path path)
{
    *(struct i2c_path *)param(w, part, key) = path;
}

/* ---- the run ----------------------------------------------------------------------------------- */

static void for_all(struct world *w, void (*step)(struct world *w, int32_t part))
{
    for (int32_t i = 0; i < w->n_parts; i++) {
        step(w, i);
    }
}

static void wire(struct world *w, int32_t part)
{
    if (w->parts[part].kind->wire) {
        w->parts[part].kind->wire(w, part);
    }
}

static void join(struct world *w, int32_t part)
{
    if (w->parts[part].kind->join) {
        w->parts[part].kind->join(w, part);
    }
}

static void start(struct world *w, int32_t part)
{
    if (w->parts[part].kind->start) {
        w->parts[part].kind->start(w, part);
    }
}

void fake_start(struct world *w)
{
    for_all(w, wire);
    for_all(w, join);
    for_all(w, start);
}

/* Parts, then buses, then controllers; file order within. */
static bool is_before(const struct fake_part *a, const struct fake_part *b)
{
    enum tie_class ta = a->kind->tie ? a->kind->tie : TIE_PART;
    enum tie_class tb = b->kind->tie ? b->kind->tie : TIE_PART;

    return a->due != b->due ? a->due < b->due : ta < tb;
}

static bool next_until(struct world *w, ns_t until)
{
    int32_t best = 0;

    for (int32_t i = 1; i < w->n_parts; i++) {
        best = is_before(&w->parts[i], &w->parts[best]) ? i : best;
    }
    struct fake_part *p = &w->parts[best];
    if (p->due == NS_NEVER || p->due > until) {
        return false;
    }
    w->now = p->due;
    w->cause = p->due_cause;
    p->due = NS_NEVER;
    p->kind->due(w, best);
    return true;
}

bool fake_next(struct world *w)
{
    return next_until(w, NS_NEVER - 1);
}

void fake_run(struct world *w, ns_t until)
{
    while (next_until(w, until)) {
    }
    w->now = until;
    w->cause = 0;
}

static const struct action *action_of(const struct world *w, int32_t part, const char *key)
{
    for (const struct action *a = w->parts[part].kind->actions; a && a->key; a++) {
        if (strcmp(a->key, key) == 0) {
            return a;
        }
    }
    stop("no such action", key);
}

bool fake_act_with(struct world *w, int32_t part, const char *key, struct act_args args)
{
    w->cause = 0;
    world_event(w, part, EV_ACTION, 0.0);
    return action_of(w, part, key)->run(w, part, &args);
}

bool fake_act(struct world *w, int32_t part, const char *key)
{
    struct act_args args = {.to = 0.0};

    set_defaults(action_of(w, part, key)->args, &args);
    return fake_act_with(w, part, key, args);
}

double fake_signal(const struct world *w, int32_t part, const char *key)
{
    for (const struct signal *s = w->parts[part].kind->signals; s && s->key; s++) {
        if (strcmp(s->key, key) == 0) {
            return s->read(w, part, w->now);
        }
    }
    stop("no such signal", key);
}

double fake_member(const struct world *w, int32_t part, const char *key, int32_t member)
{
    for (const struct signal_family *f = w->parts[part].kind->families; f && f->key; f++) {
        if (strcmp(f->key, key) == 0) {
            return f->read(w, part, member, w->now);
        }
    }
    stop("no such signal family", key);
}

uint32_t fake_events(const struct world *w)
{
    return w->n_events;
}

const struct fake_event *fake_event(const struct world *w, uint32_t id)
{
    if (id == 0 || id > w->n_events) {
        stop("no such event", "");
    }
    return &w->events[id];
}

uint32_t fake_last(const struct world *w, enum event_kind kind)
{
    uint32_t id = w->n_events;

    while (id > 0 && w->events[id].kind != kind) {
        id--;
    }
    return id;
}

uint32_t fake_count(const struct world *w, enum event_kind kind)
{
    uint32_t n = 0;

    for (uint32_t id = 1; id <= w->n_events; id++) {
        n += w->events[id].kind == kind;
    }
    return n;
}

/* ---- models/world.h ---------------------------------------------------------------------------- */

ns_t world_now(const struct world *w)
{
    return w->now;
}

const void *world_params(const struct world *w, int32_t part)
{
    return w->parts[part].params;
}

void *world_state(struct world *w, int32_t part)
{
    return w->parts[part].state;
}

const void *world_state_const(const struct world *w, int32_t part)
{
    return w->parts[part].state;
}

void world_wake(struct world *w, int32_t part, ns_t due)
{
    if (due < w->now) {
        stop("woken in the past:", w->parts[part].name);
    }
    w->parts[part].due = due;
    w->parts[part].due_cause = w->cause;
}

uint32_t world_event_from(struct world *w, int32_t part, enum event_kind kind, double value,
                          ns_t from_ns)
{
    if (w->n_events == FAKE_EVENTS) {
        stop("too many events:", w->parts[part].name);
    }
    w->events[++w->n_events] = (struct fake_event){.part = part,
                                                   .kind = kind,
                                                   .value = value,
                                                   .at = w->now,
                                                   .from = from_ns,
                                                   .cause = w->cause};
    w->cause = w->n_events;
    return w->cause;
}

uint32_t world_event(struct world *w, int32_t part, enum event_kind kind, double value)
{
    return world_event_from(w, part, kind, value, w->now);
}

uint32_t world_cause(const struct world *w)
{
    return w->cause;
}

void world_blame(struct world *w, uint32_t event)
{
    w->cause = event;
}

/* SplitMix64's finaliser over (part, purpose, index): no more than tests need. */
double world_uniform_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index)
{
    uint64_t z = (uint64_t)part << 48 ^ (uint64_t)purpose << 32 ^ (index + 1) * 0x9E3779B97F4A7C15u;

    (void)w;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

double world_uniform(struct world *w, int32_t part)
{
    return world_uniform_at(w, part, 0, w->parts[part].draws++);
}

double world_normal_at(const struct world *w, int32_t part, uint32_t purpose, uint64_t index)
{
    double radius = world_uniform_at(w, part, purpose, 2 * index);
    double angle = world_uniform_at(w, part, purpose, 2 * index + 1);

    return sqrt(-2.0 * log(1.0 - radius)) * cos(6.283185307179586 * angle);
}

const char *world_part_name(const struct world *w, int32_t part)
{
    return w->parts[part].name;
}

int32_t world_parts(const struct world *w)
{
    return w->n_parts;
}

const struct kind *world_kind(const struct world *w, int32_t part)
{
    return w->parts[part].kind;
}

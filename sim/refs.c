/* refs.c - what can only be seen when all parts of a rack are known. */
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "loader.h"
#include "models/expander.h"
#include "models/i2c.h"

static const void *value_of(const struct part *p, const struct field *f)
{
    return (const char *)p->params + f->offset;
}

/* The parts that a field refers to, at most TAPS_MAX of them. */
static int32_t referred(const struct part *p, const struct field *f, int32_t out[TAPS_MAX])
{
    const void *v = value_of(p, f);
    int32_t n = 0;

    if (f->type == FIELD_TAPS) {
        const struct tap_list *list = v;
        for (; n < list->n; n++) {
            out[n] = list->at[n].part;
        }
    } else if (f->type == FIELD_PART) {
        out[n++] = *(const int32_t *)v;
    } else if (f->type == FIELD_I2C) {
        const struct i2c_path *path = v;
        out[n++] = path->mux;
    } else if (f->type == FIELD_PIN) {
        const struct pin_path *path = v;
        out[n++] = path->device;
    }
    return n > 0 && out[0] == NO_PART ? 0 : n;
}

/* ---- cycles: following one key ("from") from part to part must come to an end ------------------- */

enum colour { UNSEEN, OPEN, DONE };

struct walk {
    struct loader *l;
    const char *key;
    unsigned char *colour;
    int32_t *path, n_path; /* explicit stack: the parts that are OPEN */
    int32_t *next;         /* which reference of each is to be followed next */
};

static const struct field *walked(const struct walk *k, int32_t part)
{
    const struct part *p = &k->l->rack.parts[part];

    return p->kind ? kind_field(p->kind, k->key, strlen(k->key)) : NULL;
}

static void report_cycle(struct walk *k, int32_t back_to)
{
    const struct part *parts = k->l->rack.parts;
    const char *text = parts[back_to].name;
    int32_t from = k->n_path - 1;

    while (from > 0 && k->path[from] != back_to) {
        from--;
    }
    for (int32_t i = from + 1; i < k->n_path && i < from + 8; i++) {
        text = arena_print(k->l->arena, "%s -> %s", text, parts[k->path[i]].name);
    }
    diag_error(k->l->diag, parts[back_to].at, "'%s' goes in a circle: %s -> %s", k->key, text,
               parts[back_to].name);
}

static void push(struct walk *k, int32_t part)
{
    k->colour[part] = OPEN;
    k->next[part] = 0;
    k->path[k->n_path++] = part;
}

static void walk_from(struct walk *k, int32_t start)
{
    push(k, start);
    while (k->n_path > 0) {
        int32_t part = k->path[k->n_path - 1];
        const struct field *f = walked(k, part);
        int32_t to[TAPS_MAX];
        int32_t n = f ? referred(&k->l->rack.parts[part], f, to) : 0;
        if (k->next[part] >= n) {
            k->colour[part] = DONE;
            k->n_path--;
            continue;
        }
        int32_t other = to[k->next[part]++];
        if (k->colour[other] == OPEN) {
            report_cycle(k, other);
        } else if (k->colour[other] == UNSEEN) {
            push(k, other);
        }
    }
}

static void check_cycles_of(struct loader *l, const char *key)
{
    int32_t n = l->rack.n_parts;
    struct walk k = {.l = l, .key = key};

    k.colour = arena_array(l->arena, (size_t)n, sizeof *k.colour);
    k.path = arena_array(l->arena, (size_t)n, sizeof *k.path);
    k.next = arena_array(l->arena, (size_t)n, sizeof *k.next);
    for (int32_t i = 0; i < n; i++) {
        if (k.colour[i] == UNSEEN) {
            walk_from(&k, i);
        }
    }
}

/* Every reference key of the kinds in this rack, once. */
static void check_cycles(struct loader *l)
{
    enum { KEYS = 64 };
    const char *keys[KEYS];
    int32_t n = 0;

    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        const struct kind *kind = l->rack.parts[i].kind;
        for (const struct field *f = kind->fields; f && f->key; f++) {
            bool reference = f->type == FIELD_TAPS || f->type == FIELD_PART ||
                             f->type == FIELD_I2C || f->type == FIELD_PIN;
            int32_t known = 0;
            while (known < n && strcmp(keys[known], f->key) != 0) {
                known++;
            }
            if (reference && known == n && n < KEYS) {
                keys[n++] = f->key;
            }
        }
    }
    for (int32_t i = 0; i < n; i++) {
        check_cycles_of(l, keys[i]);
    }
}

/* ---- addresses ------------------------------------------------------------------------------------------ */

struct seat {
    struct i2c_path path;
    int32_t part;
};

static int by_path(const void *left, const void *right)
{
    const struct seat *a = left, *b = right;
    const int32_t of_a[] = {a->path.bus, a->path.mux, a->path.channel, a->path.address, a->part};
    const int32_t of_b[] = {b->path.bus, b->path.mux, b->path.channel, b->path.address, b->part};

    for (size_t i = 0; i < sizeof of_a / sizeof *of_a; i++) {
        if (of_a[i] != of_b[i]) {
            return of_a[i] < of_b[i] ? -1 : 1;
        }
    }
    return 0;
}

/* The value of the part's first field of this type; NULL: it has none. */
static const void *value_of_type(const struct part *p, enum field_type type)
{
    const struct field *f = p->kind->fields;

    while (f && f->key && f->type != type) {
        f++;
    }
    return f && f->key ? value_of(p, f) : NULL;
}

/* Where the part sits on a serial bus; NULL: nowhere. */
static const struct i2c_path *path_of(const struct part *p)
{
    const struct i2c_path *path = value_of_type(p, FIELD_I2C);

    return path && path->bus != NO_PART ? path : NULL;
}

static void check_addresses(struct loader *l)
{
    struct seat *seats = arena_array(l->arena, (size_t)l->rack.n_parts, sizeof *seats);
    size_t n = 0;

    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        const struct i2c_path *path = path_of(&l->rack.parts[i]);
        if (path) {
            seats[n++] = (struct seat){*path, i};
        }
    }
    qsort(seats, n, sizeof *seats, by_path);
    for (size_t i = 1; i < n; i++) {
        const struct i2c_path *a = &seats[i - 1].path, *b = &seats[i].path;
        if (a->bus == b->bus && a->mux == b->mux && a->channel == b->channel &&
            a->address == b->address) {
            diag_error(l->diag, l->rack.parts[seats[i].part].at,
                       "'%s' has the same address as '%s': 0x%02x on the same segment",
                       l->rack.parts[seats[i].part].name, l->rack.parts[seats[i - 1].part].name,
                       (unsigned)b->address);
        }
    }
}

/* What sits behind a mux is reached through it only when both are on one bus. */
static void check_mux(struct loader *l, const struct part *p, const struct i2c_path *path)
{
    const struct part *mux = &l->rack.parts[path->mux];
    const struct i2c_path *of_mux = path_of(mux);

    if (of_mux && of_mux->bus != path->bus) {
        diag_error(l->diag, p->at, "'%s' is on '%s' behind '%s', but '%s' sits on '%s'", p->name,
                   l->rack.parts[path->bus].name, mux->name, mux->name,
                   l->rack.parts[of_mux->bus].name);
    }
}

/* One more part of `of`, which takes no more than `most`; the first too many is reported. */
static void count(struct loader *l, int32_t counts[], const struct part *p, int32_t of,
                  int32_t most, const char *what)
{
    if (++counts[of] == most + 1) {
        diag_error(l->diag, p->at, "'%s' is one too many: '%s' takes no more than %d %s", p->name,
                   l->rack.parts[of].name, most, what);
    }
}

static void check_room(struct loader *l)
{
    int32_t *counts = arena_array(l->arena, (size_t)l->rack.n_parts, sizeof *counts);

    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        const struct part *p = &l->rack.parts[i];
        const struct i2c_path *path = path_of(p);
        const struct pin_path *pin = value_of_type(p, FIELD_PIN);
        if (path) {
            count(l, counts, p, path->bus, I2C_DEVICES, "devices, muxes and what is behind them");
        }
        if (path && path->mux != NO_PART) {
            check_mux(l, p, path);
        }
        if (pin && pin->device != NO_PART) {
            count(l, counts, p, pin->device, EXPANDER_CLAIMS, "switches on its pins");
        }
    }
}

/* Two switches on one pin move together: as a rule a line was copied. Once for each pin. */
static void check_pins(struct loader *l)
{
    enum { TOLD = -1 };
    int32_t n = l->rack.n_parts;
    int32_t *first = arena_array(l->arena, (size_t)n * EXPANDER_PINS, sizeof *first);

    for (int32_t i = 0; i < n; i++) {
        const struct part *p = &l->rack.parts[i];
        const struct pin_path *pin = value_of_type(p, FIELD_PIN);
        if (!pin || pin->device == NO_PART) {
            continue;
        }
        int32_t *seen = &first[pin->device * EXPANDER_PINS + pin->bit]; /* a part + 1 */
        if (*seen > 0) {
            diag_warning(l->diag, p->at, "'%s' is on the same pin as '%s': %s.%d moves both",
                         p->name, l->rack.parts[*seen - 1].name, l->rack.parts[pin->device].name,
                         pin->bit);
        }
        *seen = *seen == 0 ? i + 1 : TOLD;
    }
}

/* ---- alert lines ---------------------------------------------------------------------------------------- */

/* The whole number, flag or part under this key; NULL: its kind has none. */
static const int32_t *whole_of(const struct part *p, const char *key)
{
    const struct field *f = kind_field(p->kind, key, strlen(key));

    return f ? value_of(p, f) : NULL;
}

/* An alert that goes to a mux goes to the interrupt input of the channel that the part sits on. */
static void check_alert(struct loader *l, const struct part *p)
{
    const int32_t *to = whole_of(p, "alert");
    const struct part *mux = to && *to != NO_PART ? &l->rack.parts[*to] : NULL;
    const int32_t *int_inputs = mux ? whole_of(mux, "int_inputs") : NULL;
    const struct i2c_path *path = path_of(p);

    if (int_inputs && !*int_inputs) {
        diag_error(l->diag, p->at, "the alert of '%s' goes to '%s', which has no INT# inputs",
                   p->name, mux->name);
        diag_hint(l->diag, "give '%s' an alert line of its own, or '%s' `int_inputs: yes`", p->name,
                  mux->name);
    } else if (int_inputs && path && path->mux != *to) {
        diag_error(l->diag, p->at, "the alert of '%s' goes to '%s', but it does not sit behind it",
                   p->name, mux->name);
    }
}

/* A mux with interrupt inputs has four channels. */
static void check_channel(struct loader *l, const struct part *p)
{
    enum { INT_CHANNELS = 4 };
    const struct i2c_path *path = path_of(p);
    const struct part *mux = path && path->mux != NO_PART ? &l->rack.parts[path->mux] : NULL;
    const int32_t *int_inputs = mux ? whole_of(mux, "int_inputs") : NULL;

    if (int_inputs && *int_inputs && path->channel >= INT_CHANNELS) {
        diag_error(l->diag, p->at, "'%s' is on channel %d of '%s', which has the channels 0 to %d",
                   p->name, path->channel, mux->name, INT_CHANNELS - 1);
    }
}

static void check_alerts(struct loader *l)
{
    for (int32_t i = 0; i < l->rack.n_parts; i++) {
        check_alert(l, &l->rack.parts[i]);
        check_channel(l, &l->rack.parts[i]);
    }
}

/* ---- taps, and parts that nothing is connected to ---------------------------------------------------- */

/* True when some kind may name a part of this kind as an electrical connection. */
static bool is_terminal(const struct kind *kind)
{
    size_t n = strlen(kind->name);

    for (int32_t i = 0; kinds[i]; i++) {
        for (const struct field *f = kinds[i]->fields; f && f->key; f++) {
            for (const char *c = f->type == FIELD_TAPS ? f->choices : NULL; c && *c;) {
                size_t length = strcspn(c, "|");
                if (length == n && memcmp(c, kind->name, n) == 0) {
                    return true;
                }
                c += length + (c[length] == '|');
            }
        }
    }
    return false;
}

/* How many taps a part has; -1: its kind doesn't say. */
static int32_t taps_of(const struct part *p)
{
    for (const struct signal_family *s = p->kind->families; s && s->key; s++) {
        if (!s->of_kinds && s->members) {
            return s->members(p->params);
        }
    }
    return -1;
}

static void check_tap(struct loader *l, const struct part *p, const struct field *f,
                      const struct tap_list *list, int32_t i)
{
    const struct part *other = &l->rack.parts[list->at[i].part];
    int32_t taps = taps_of(other);

    if (taps >= 0 && list->at[i].tap >= taps) {
        diag_error(l->diag, p->at, "'%s' of '%s' is '%s.%d', but '%s' has the taps 0 to %d", f->key,
                   p->name, other->name, list->at[i].tap, other->name, taps - 1);
    }
}

static void check_connections(struct loader *l)
{
    int32_t n = l->rack.n_parts;
    bool *connected = arena_array(l->arena, (size_t)n, sizeof *connected);

    for (int32_t i = 0; i < n; i++) {
        const struct part *p = &l->rack.parts[i];
        for (const struct field *f = p->kind->fields; f && f->key; f++) {
            const struct tap_list *list = f->type == FIELD_TAPS ? value_of(p, f) : NULL;
            for (int32_t k = 0; list && k < list->n; k++) {
                connected[i] = connected[list->at[k].part] = true;
                check_tap(l, p, f, list, k);
            }
        }
    }
    for (int32_t i = 0; i < n; i++) {
        const struct part *p = &l->rack.parts[i];
        if (!connected[i] && is_terminal(p->kind)) {
            diag_error(l->diag, p->at, "nothing is connected to %s '%s'", p->kind->name, p->name);
            diag_hint(l->diag, "name it in another part, as in '{..., from: %s}', or leave it out",
                      p->name);
        }
    }
}

void refs_check(struct loader *l)
{
    if (diag_errors(l->diag) > 0) {
        return; /* some references are missing: what follows from that was not meant */
    }
    check_cycles(l);
    check_addresses(l);
    check_room(l);
    check_pins(l);
    check_alerts(l);
    check_connections(l);
}

/* implied.c - serial buses, muxes and expanders that a rack names only in paths.
 *
 * `i2c: smbus0/mux0.1/0x58` and `on: expander0.3` say all there is to say about smbus0, mux0 and
 * expander0 when these are of the usual type: a mux N is then at 0x70 + N on its bus, an expander N
 * at 0x20 + N on the first bus. A rack that describes one part of such a kind describes them all: then
 * any other name is a mistake and is reported as one. */
#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "rack_draft.h"

enum role { ROLE_BUS, ROLE_MUX, ROLE_EXPANDER, ROLES };

static const struct {
    const char *stem;
    const char *kind; /* the first of these that there is */
    int32_t address;  /* of number 0 */
} roles[ROLES] = {
    [ROLE_BUS] = {"smbus", "i2c|smbus", 0},
    [ROLE_MUX] = {"mux", "mux", 0x70},
    [ROLE_EXPANDER] = {"expander", "expander", 0x20},
};

enum { NUMBER_MAX = 7 }; /* three address pins */

static const struct kind *role_kind(enum role role)
{
    char name[16];

    for (const char *s = roles[role].kind; *s;) {
        size_t n = strcspn(s, "|");
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        if (kind_named(name)) {
            return kind_named(name);
        }
        s += n + (s[n] == '|');
    }
    return NULL;
}

struct implying {
    struct drawing *g;
    const struct kind *kind[ROLES];
    bool described[ROLES]; /* the rack has a part of that kind itself */
};

/* Index of the part with the name at s[0..n), which is added when it may be implied; NO_PART. */
static int32_t part_of(struct implying *m, enum role role, const char *s, size_t n, struct place at)
{
    struct loader *l = m->g->l;
    const struct kind *kind = m->kind[role];
    size_t stem = strlen(roles[role].stem);
    int32_t known = rack_find(&l->rack, s, n);
    char name[PART_NAME_SIZE];

    if (known != NO_PART || m->described[role] || !kind || n != stem + 1 ||
        memcmp(s, roles[role].stem, stem) != 0 || s[stem] < '0' || s[stem] > '0' + NUMBER_MAX) {
        return known;
    }
    memcpy(name, s, n);
    name[n] = 0;
    struct part *p = draft_add(m->g, name, arena_text(l->arena, s, n), at);
    if (!p) {
        return NO_PART;
    }
    p->kind = kind;
    return l->rack.n_parts - 1;
}

/* The part sits on that bus, at the address that goes with its number. */
static void seat(struct implying *m, enum role role, int32_t part, int32_t bus)
{
    struct i2c_path *path = &m->g->drafts[part].implied;

    if (!m->described[role] && path->bus == NO_PART) {
        *path = (struct i2c_path){bus, NO_PART, 0, roles[role].address + m->g->parts[part].number};
    }
}

static void imply_path(struct implying *m, const char *path, struct place at)
{
    size_t bus_length = strcspn(path, "/");
    const char *mux = path[bus_length] ? path + bus_length + 1 : "";
    size_t mux_length = strcspn(mux, "./");

    if (!*mux) {
        return;
    }
    int32_t bus = part_of(m, ROLE_BUS, path, bus_length, at);
    if (bus != NO_PART && mux[mux_length] == '.') {
        int32_t part = part_of(m, ROLE_MUX, mux, mux_length, at);
        if (part != NO_PART) {
            seat(m, ROLE_MUX, part, bus);
        }
    }
}

/* The first serial bus of the rack; smbus0, when there is none. */
static int32_t first_bus(struct implying *m, struct place at)
{
    const struct rack *r = &m->g->l->rack;

    for (int32_t i = 0; i < r->n_parts; i++) {
        if (r->parts[i].kind && r->parts[i].kind == m->kind[ROLE_BUS]) {
            return i;
        }
    }
    return part_of(m, ROLE_BUS, "smbus0", 6, at);
}

static void imply_pin(struct implying *m, const char *pin, struct place at)
{
    int32_t part = part_of(m, ROLE_EXPANDER, pin, strcspn(pin, "."), at);

    if (part != NO_PART && !m->described[ROLE_EXPANDER]) {
        int32_t bus = first_bus(m, at);
        if (bus != NO_PART) {
            seat(m, ROLE_EXPANDER, part, bus);
        }
    }
}

/* All paths of one part; or all its pins: pins come later, so that they find the buses. */
static void imply_fields(struct implying *m, int32_t part, enum field_type type)
{
    const struct part *p = &m->g->parts[part];

    for (const struct field *f = p->kind ? p->kind->fields : NULL; f && f->key; f++) {
        const struct yaml *y = f->type == type ? draft_value(m->g, part, f->key) : NULL;
        if (!y || y->is != YAML_SCALAR) {
            continue;
        }
        const char *text = convert_numbered(m->g->l->arena, y->text, p->number);
        if (type == FIELD_I2C) {
            imply_path(m, text, y->at);
        } else {
            imply_pin(m, text, y->at);
        }
    }
}

void implied_add(struct drawing *g)
{
    struct implying m = {.g = g};
    int32_t n = g->l->rack.n_parts;

    for (int role = 0; role < ROLES; role++) {
        m.kind[role] = role_kind((enum role)role);
        for (int32_t i = 0; i < n; i++) {
            const struct kind *k = g->parts[i].kind;
            m.described[role] = m.described[role] || (k && k == m.kind[role]);
        }
    }
    for (int32_t i = 0; i < n; i++) {
        imply_fields(&m, i, FIELD_I2C);
    }
    for (int32_t i = 0; i < n; i++) {
        imply_fields(&m, i, FIELD_PIN);
    }
}

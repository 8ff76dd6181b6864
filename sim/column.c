/* column.c - names and reads the columns of signals.csv. */
#include "column.h"

#include <string.h>

static const char *name_of(struct arena *a, const char *stem, enum quantity q, const char *choices)
{
    const char *unit = choices != NULL ? "" : quantity_unit(q);

    return arena_print(a, "%s%s%s", stem, unit[0] == '\0' ? "" : "_", unit);
}

/* Is the kind one of "psu|relay"? */
static bool is_among(const char *kinds, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = kinds; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, "|");
        if (length == n && memcmp(at, name, n) == 0) {
            return true;
        }
        at += length + (at[length] == '|');
    }
    return false;
}

/* How many members the family has; of other parts: all parts are tried. */
static int32_t members_of(const struct signal_family *f, const struct part *p, int32_t n_parts)
{
    return f->of_kinds != NULL ? n_parts : f->members(p->params);
}

static void add_family(struct arena *a, const struct part parts[], int32_t n_parts, int32_t part,
                       const struct signal_family *f, struct column *out, int32_t *n)
{
    int32_t members = members_of(f, &parts[part], n_parts);

    for (int32_t m = 0; m < members; m++) {
        const char *stem;
        if (f->of_kinds != NULL) {
            if (m == part || !is_among(f->of_kinds, parts[m].kind->name)) {
                continue;
            }
            stem = arena_print(a, "%s.%s%s%s", parts[part].name, f->key,
                               f->key[0] == '\0' ? "" : ".", parts[m].name);
        } else if (members == 1 && kind_signal(parts[part].kind, f->key, strlen(f->key)) != NULL) {
            continue; /* the only tap is the bar itself */
        } else {
            stem = arena_print(a, "%s.%s[%d]", parts[part].name, f->key, (int)m);
        }
        if (out != NULL) {
            out[*n] = (struct column){.name = name_of(a, stem, f->quantity, f->choices),
                                      .part = part,
                                      .member = m,
                                      .family = f};
        }
        (*n)++;
    }
}

static int32_t collect(struct arena *a, const struct part parts[], int32_t n_parts,
                       struct column *out)
{
    int32_t n = 0;

    for (int32_t i = 0; i < n_parts; i++) {
        const struct kind *k = parts[i].kind;
        for (const struct signal *s = k->signals; s != NULL && s->key != NULL; s++) {
            if (out != NULL) {
                const char *stem = arena_print(a, "%s.%s", parts[i].name, s->key);
                out[n] = (struct column){
                    .name = name_of(a, stem, s->quantity, s->choices), .part = i, .signal = s};
            }
            n++;
        }
        for (const struct signal_family *f = k->families; f != NULL && f->key != NULL; f++) {
            add_family(a, parts, n_parts, i, f, out, &n);
        }
    }
    return n;
}

struct columns columns_of(struct arena *a, const struct part parts[], int32_t n_parts)
{
    int32_t n = collect(a, parts, n_parts, NULL);
    struct column *column = arena_array(a, (size_t)n + 1, sizeof *column);

    collect(a, parts, n_parts, column);
    return (struct columns){.n = n, .column = column};
}

double column_read(const struct column *c, const struct world *w, ns_t at)
{
    return c->signal != NULL ? c->signal->read(w, c->part, at)
                             : c->family->read(w, c->part, c->member, at);
}

const char *column_choices(const struct column *c)
{
    return c->signal != NULL ? c->signal->choices : c->family->choices;
}

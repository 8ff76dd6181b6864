/* inputs.c - the files that a scenario is made of: it, its racks, parts and profiles.
 *
 * Checked by tests/sim/test_report.sh. */
#include <string.h>

#include "loader.h"

void inputs_keep(struct loader *l, const struct text *t)
{
    struct input **end = &l->inputs;

    while (*end != NULL) {
        if (strcmp((*end)->text->path, t->path) == 0) {
            return;
        }
        end = &(*end)->next;
    }
    struct input *last = arena_get(l->arena, sizeof *last);
    last->next = NULL;
    last->text = t;
    *end = last;
}

const struct text *inputs_read(struct loader *l, const char *path, const char *what,
                               struct place asked)
{
    const struct text *t = text_read(l->arena, l->diag, path, what, asked);

    if (t != NULL) {
        inputs_keep(l, t);
    }
    return t;
}

/* log.c - the growing list of events. */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>

void log_init(struct log *l)
{
    *l = (struct log){.events = {.each = sizeof(struct event), .written = true}};
}

void log_event(struct log *l, const struct event *e)
{
    struct event *to = pages_new(&l->events, l->n);

    if (to == NULL) {
        l->is_short = true;
        return;
    }
    *to = *e;
    l->n++;
}

void log_action(struct log *l, uint32_t event, const struct action *action)
{
    if (l->n_actions == l->room_actions) {
        int32_t room = l->room_actions == 0 ? 16 : 2 * l->room_actions;
        struct log_action *actions = realloc(l->actions, (size_t)room * sizeof *actions);
        if (actions == NULL) {
            l->is_short = true;
            return;
        }
        l->actions = actions;
        l->room_actions = room;
    }
    l->actions[l->n_actions++] = (struct log_action){event, action};
}

void log_free(struct log *l)
{
    pages_free(&l->events);
    free(l->actions);
    log_init(l);
}

const struct event *log_at(const struct log *l, uint32_t id)
{
    return id == 0 || id > l->n ? NULL : pages_at(&l->events, id - 1);
}

static const struct action *action_of(const struct log *l, uint32_t id)
{
    int32_t lo = 0;
    int32_t hi = l->n_actions;

    while (lo < hi) {
        int32_t middle = lo + (hi - lo) / 2;
        if (l->actions[middle].event < id) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo < l->n_actions && l->actions[lo].event == id ? l->actions[lo].action : NULL;
}

const char *log_name(const struct log *l, const struct part parts[], uint32_t id,
                     char buf[LOG_NAME])
{
    const struct event *e = log_at(l, id);
    const struct action *a = e == NULL ? NULL : action_of(l, id);

    buf[0] = '\0';
    if (e != NULL) {
        snprintf(buf, LOG_NAME, "%s%s%s", e->part == NO_PART ? "" : parts[e->part].name,
                 e->part == NO_PART ? "" : ".", a != NULL ? a->key : event_word(e->kind));
    }
    return buf;
}

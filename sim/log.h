/* log.h - everything that has happened in a run, in memory: what explanations are made from. */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include "pages.h"
#include "plant.h"

/* The action behind an EV_ACTION. */
struct log_action {
    uint32_t event;
    const struct action *action;
};

struct log {
    uint32_t n;
    struct pages events; /* event i has id i + 1 */
    int32_t n_actions, room_actions;
    struct log_action *actions; /* by rising event */
    bool is_short;              /* no memory: the run can't be explained */
};

void log_init(struct log *l);
void log_event(struct log *l, const struct event *e);
void log_action(struct log *l, uint32_t event, const struct action *action);
void log_free(struct log *l);

/* NULL: there is none of that id (0 is none). */
const struct event *log_at(const struct log *l, uint32_t id);

/* "psu2.die", "sw2.conducts": part and action, or part and the event's word. Returns buf. */
enum { LOG_NAME = 96 };
const char *log_name(const struct log *l, const struct part parts[], uint32_t id,
                     char buf[LOG_NAME]);

#endif

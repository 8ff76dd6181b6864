/* rig.c - load, play, ask. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void wrong(const char *what, const char *name)
{
    fprintf(stderr, "rig: %s '%s'\n", what, name);
    abort();
}

static struct rig *play(struct scenario *s, const struct run_options *options, struct diag *d,
                        const char *name)
{
    struct rig *r = calloc(1, sizeof *r);

    if (s != NULL && r != NULL) {
        struct run_options o = *options;
        o.plant.seed = o.plant.seed != 0 ? o.plant.seed : s->seed;
        r->scenario = s;
        r->run = run_play(s, &o, d);
    }
    if (r == NULL || r->run == NULL) {
        diag_print(d, stderr, false);
        wrong("this does not run:", name);
    }
    diag_free(d);
    return r;
}

struct rig *rig_with(const char *text, const struct run_options *options)
{
    struct diag *d = diag_new();

    return play(scenario_load_text("tests/rig.yaml", text, strlen(text), d), options, d, text);
}

struct rig *rig_from_text(const char *text)
{
    return rig_with(text, &(struct run_options){.out = NULL});
}

struct rig *rig_from_file(const char *path)
{
    struct diag *d = diag_new();

    return play(scenario_load(path, d), &(struct run_options){.out = NULL}, d, path);
}

void rig_free(struct rig *r)
{
    run_free(r->run);
    scenario_free(r->scenario);
    free(r);
}

const struct ruling *rig_ruling(const struct rig *r, int32_t i)
{
    if (i >= judge_rulings(r->run->judge)) {
        wrong("there are not so many rulings in", r->scenario->title);
    }
    return judge_ruling(r->run->judge, i);
}

int32_t rig_gaps(const struct rig *r)
{
    return judge_gaps(r->run->judge)->n;
}

const struct gap *rig_gap(const struct rig *r, int32_t i)
{
    if (i >= rig_gaps(r)) {
        wrong("there are not so many gaps in", r->scenario->title);
    }
    return &judge_gaps(r->run->judge)->gap[i];
}

const struct watch *rig_observer(const struct rig *r, const char *left_side)
{
    for (int32_t i = 0; i < judge_watches(r->run->judge); i++) {
        const struct watch *k = judge_watch(r->run->judge, i);
        if (judge_sees_gaps(r->run->judge, i) &&
            strcmp(expr_left_text(k->expr, k->instance), left_side) == 0) {
            return k;
        }
    }
    wrong("nobody watches", left_side);
}

static int32_t part_of(const struct rig *r, const char *name)
{
    int32_t part = rack_find(&r->scenario->rack, name, strlen(name));

    if (part == NO_PART) {
        wrong("there is no part", name);
    }
    return part;
}

const struct event *rig_event(const struct rig *r, const char *part, enum event_kind kind,
                              int32_t n)
{
    int32_t id = part_of(r, part);

    for (uint32_t i = 0; i < r->run->log.n; i++) {
        const struct event *e = log_at(&r->run->log, i + 1);
        if (e->part == id && e->kind == kind && n-- == 0) {
            return e;
        }
    }
    return NULL;
}

int32_t rig_events(const struct rig *r, const char *part, enum event_kind kind)
{
    int32_t n = 0;

    while (rig_event(r, part, kind, n) != NULL) {
        n++;
    }
    return n;
}

double rig_read(const struct rig *r, const char *part, const char *signal)
{
    int32_t id = part_of(r, part);
    const struct signal *s = kind_signal(r->scenario->rack.parts[id].kind, signal, strlen(signal));

    if (s == NULL) {
        wrong("there is no signal", signal);
    }
    return s->read(r->run->world, id, r->run->world->plant->now);
}

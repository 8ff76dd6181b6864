/* run.c - goes from instant to instant; before each, observers read what led there, and after each
 * what it has changed. */
#include "run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bench.h"
#include "column.h"
#include "host.h"
#include "host_config.h"
#include "model_error.h"
#include "rest.h"
#include "trace.h"
#include "words.h"

enum { INSTANTS_A_LOOK = 1024, ROWS = 1000, COLUMN_B = 5 }; /* most columns of a rack are short */

static void on_event(void *ctx, const struct event *e)
{
    struct run *r = ctx;

    log_event(&r->log, e);
    judge_event(r->judge, e);
    if (r->waves != NULL) {
        waves_event(r->waves, r->world, e);
    }
}

static void on_span(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    struct run *r = ctx;

    (void)t0;
    judge_span(r->judge, w, island, t1);
}

static void on_action(void *ctx, int32_t part, const struct action *action, ns_t at, uint32_t event)
{
    struct run *r = ctx;

    log_action(&r->log, event, action);
    judge_action(r->judge, part, action, at);
}

/* A controller takes no more than it is compiled for. */
static bool check_controller(const struct scenario *s, struct diag *d)
{
    const char *problem = host_problem(s->rack.parts, s->rack.n_parts);
    bool good = true;

    for (int32_t i = 0; problem != NULL && i < s->rack.n_parts; i++) {
        if (s->rack.parts[i].kind == &controller_kind) {
            diag_error(d, s->rack.parts[i].at, "the rack has %s", problem);
            good = false;
        }
    }
    return good;
}

/* The argument of an action that says where it moves its parameter. */
static const struct field *target_of(const struct action *a)
{
    const struct field *f = a->args;

    while (strcmp(f->key, "to") != 0) {
        f++;
    }
    return f;
}

/* Parameters that an action moves can follow a profile, within the range of that action. */
static bool check_profile(const struct scenario *s, const struct profile *p, struct diag *d)
{
    const struct part *part = &s->rack.parts[p->part];
    const struct action *set = kind_setter(part->kind, p->field->key);
    const struct series *series = &s->rack.series[p->series];

    if (set == NULL) {
        diag_error(d, p->place, "'%s.%s' can't follow a profile: nothing moves it during a run",
                   part->name, p->field->key);
        return false;
    }
    const struct field *to = target_of(set);
    for (int32_t i = 0; i < series->n; i++) {
        if (!(series->y[i] >= to->min && series->y[i] <= to->max)) {
            const char *unit = quantity_unit(to->quantity);
            diag_error(d, p->place, "'%s.%s' lies between %g %s and %g %s; '%s' has %g %s at %g s",
                       part->name, p->field->key, to->min, unit, to->max, unit, series->path,
                       series->y[i], unit, ns_to_s(series->t[i]));
            return false;
        }
    }
    return true;
}

static bool check_profiles(const struct scenario *s, struct diag *d)
{
    bool good = true;

    for (int32_t i = 0; i < s->n_profiles; i++) {
        good = check_profile(s, &s->profiles[i], d) && good;
    }
    return good;
}

/* A board is one controller, no more and no less. */
static bool check_remote(const struct scenario *s, const struct run_options *options,
                         struct diag *d)
{
    static const struct place nowhere = {.in = NULL};
    int32_t n = 0;

    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        n += s->rack.parts[i].kind == &controller_kind;
    }
    if (options->plant.remote == NULL || n == 1) {
        return true;
    }
    diag_error(d, nowhere,
               n == 0 ? "%s: the rack has no controller that could run on a board"
                      : "%s: the rack has several controllers, a board is one",
               s->path);
    return false;
}

bool run_check(const struct scenario *s, struct diag *d)
{
    bool controller = check_controller(s, d);

    return check_profiles(s, d) && controller;
}

void run_check_rest(const struct scenario *s, struct diag *d)
{
    struct plant_options options = {.seed = s->seed};
    struct world *w =
        plant_new(s->rack.parts, s->rack.n_parts, &options, &(struct sink){.ctx = NULL});

    if (w != NULL) {
        rest_warn(w, d);
    }
    plant_free(w);
}

/* Of the rows of signals.csv. */
static ns_t period_of(const struct scenario *s, const struct run_options *options)
{
    ns_t period = options->sample > 0 ? options->sample
                  : s->sample > 0     ? s->sample
                                      : s->duration / ROWS;

    return period > 0 ? period : 1;
}

bool run_check_size(const struct scenario *s, const struct run_options *options, struct diag *d)
{
    static const struct place option = {.in = NULL};
    ns_t period = period_of(s, options);
    int64_t rows = s->duration / period + 1;
    struct arena *a = arena_new();
    double size_B = (double)rows * COLUMN_B * columns_of(a, s->rack.parts, s->rack.n_parts).n;
    bool refused = size_B > RUN_REFUSED_B && !options->large;
    char every[WORDS_TIME];
    char lasts[WORDS_TIME];

    arena_free(a);
    if (options->out == NULL || size_B < RUN_WARNED_B) {
        return true;
    }
    (refused ? diag_error : diag_warning)(
        d, options->sample > 0 ? option : s->sample_at,
        "a row every %s for %s: signals.csv will have %" PRId64 " rows and about %.3g GB",
        words_time(every, ns_to_s(period)), words_time(lasts, ns_to_s(s->duration)), rows,
        1e-9 * size_B);
    diag_hint(d, refused ? "ask for fewer with --sample, or insist with --large"
                         : "--sample asks for fewer, --no-trace for none");
    return !refused;
}

void run_free(struct run *r)
{
    if (r != NULL) {
        script_free(r->script);
        plant_free(r->world);
        judge_free(r->judge);
        log_free(&r->log);
        free(r);
    }
}

static bool set_up(struct run *r)
{
    struct sink sink = {.ctx = r, .event = on_event, .span = on_span};
    const struct rack *rack = &r->scenario->rack;

    r->judge = judge_new(r->scenario);
    r->world = plant_new(rack->parts, rack->n_parts, &r->options.plant, &sink);
    if (r->world == NULL) {
        return false;
    }
    r->script = script_new(r->scenario, r->world, (struct script_ear){.ctx = r, .done = on_action});
    judge_begin(r->judge, r->world);
    r->begin = books_of(r->world);
    return r->script != NULL;
}

static ns_t earlier(ns_t a, ns_t b)
{
    return a < b ? a : b;
}

/* A run on a bench proves nothing when the bench has failed it. */
static void look_at_bench(struct run *r, bool journal)
{
    struct remote *remote = r->options.plant.remote;
    const struct pace *pace = r->options.pace;
    char late[WORDS_TIME];
    char budget[WORDS_TIME];

    if (pace != NULL) {
        struct lateness l = pace->between(pace, 0, NS_NEVER);
        snprintf(r->late, sizeof r->late, "the bench was late by %s, its budget is %s",
                 words_time(late, ns_to_s(l.most)), words_time(budget, ns_to_s(pace->budget)));
        if (l.most > pace->budget || pace->is_short) {
            judge_void(r->judge, VERDICT_INVALID, r->late);
        }
    }
    if (remote != NULL && journal && !remote->failed) {
        (void)remote->read_journal(remote);
    }
    if (remote != NULL && remote->failed && !remote->interrupted) {
        judge_void(r->judge, VERDICT_ERROR, remote->why);
    }
}

/* The link to the board has failed, or the user did not want to wait for it any longer. */
static bool is_cut_off(struct run *r)
{
    const struct remote *remote = r->options.plant.remote;
    bool cut = remote != NULL && remote->failed;

    r->interrupted = r->interrupted || (cut && remote->interrupted);
    return cut;
}

/* Show how far the run is, and ask whether it is to stop here: now and then, for instants are short. */
static bool goes_on(struct run *r)
{
    ns_t now = r->world->plant->now;
    ns_t end = r->scenario->duration;

    if (r->options.progress != NULL) {
        r->options.progress(r->options.progress_ctx, now, end);
    }
    bool stop = r->options.stop != NULL && *r->options.stop != 0;
    r->interrupted = stop && now < end;
    return !stop;
}

static void play(struct run *r, struct trace *trace)
{
    struct world *w = r->world;
    struct pace *pace = r->options.pace;
    ns_t end = r->scenario->duration;
    bool more = true;

    if (pace != NULL) {
        pace->begin(pace);
    }
    for (uint32_t i = 0; more || w->plant->now < end; i++) {
        ns_t until = earlier(end, judge_stop(r->judge));
        ns_t next = earlier(heap_first(&w->plant->heap)->due, until);
        if (pace != NULL) {
            pace->await(pace, next);
        }
        if (trace != NULL) {
            trace_before(trace, w, next);
        }
        if (r->waves != NULL) {
            waves_before(r->waves, w, next);
        }
        more = plant_next(w, until);
        judge_after(r->judge, w);
        if (trace != NULL) {
            trace_after(trace, w);
        }
        if (r->waves != NULL) {
            waves_after(r->waves, w);
        }
        if (pace != NULL) {
            pace->done(pace, next);
        }
        if (is_cut_off(r) || ((i % INSTANTS_A_LOOK == 0 || pace != NULL) && !goes_on(r))) {
            break;
        }
    }
    plant_flush(w);
    r->end = books_of(w);
    judge_end(r->judge, w, r->script);
    look_at_bench(r, trace != NULL);
}

struct run *run_play(const struct scenario *s, const struct run_options *options, struct diag *d)
{
    static const struct place nowhere = {.in = NULL};
    bool sound = run_check(s, d) && check_remote(s, options, d);
    struct run *r = sound ? calloc(1, sizeof *r) : NULL;
    struct trace *trace = NULL;

    if (r == NULL) {
        return NULL;
    }
    r->scenario = s;
    r->options = *options;
    log_init(&r->log);
    if (!set_up(r)) {
        diag_error(d, nowhere, "not enough memory for this rack");
        run_free(r);
        return NULL;
    }
    if (is_cut_off(r)) {
        diag_error(d, nowhere, "%s", options->plant.remote->why);
        run_free(r);
        return NULL;
    }
    rest_warn(r->world, d);
    if (s->n_vary > 0) {
        diag_warning(d, s->vary[0].place, "'vary' is for campaigns: this is one run, as written");
    }
    if (options->out != NULL) {
        trace = trace_begin(options->out, r->world, s, period_of(s, options), d);
        if (trace == NULL) {
            run_free(r);
            return NULL;
        }
    }
    if (options->waves.vcd != NULL || options->waves.fst != NULL) {
        r->waves = waves_begin(&options->waves, r->world, s, r->judge, period_of(s, options), d);
        if (r->waves == NULL) {
            trace_abandon(trace);
            run_free(r);
            return NULL;
        }
    }
    play(r, trace);
    if (s->fitted != NULL && !r->interrupted && options->model_error) {
        model_error_add(r);
    }
    struct trace_facts facts = {.scenario = s,
                                .options = &r->options.plant,
                                .log = &r->log,
                                .judge = r->judge,
                                .interrupted = r->interrupted};
    if (r->log.is_short || judge_gaps(r->judge)->is_short) {
        diag_warning(d, nowhere, "not enough memory to keep every event and every gap of this run");
    }
    bool waved = r->waves == NULL || waves_end(r->waves, r->world, &r->log);
    if ((trace != NULL && !trace_end(trace, r->world, &facts)) || !waved) {
        run_free(r);
        return NULL;
    }
    return r;
}

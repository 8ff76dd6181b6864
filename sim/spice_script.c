/* spice_script.c - what changes while the netlist runs: timed deeds as piecewise linear sources, and
 * what ideal parts do by themselves (models/ideal.c) as small subcircuits that ngspice times.
 *
 * It is told from the scenario alone, not from a run of ours: two programs then have to come to the
 * same end by themselves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "models/ideal.h"
#include "models/terminal.h"
#include "spice.h"
#include "words.h"

/* A jump takes this long, in ns. */
static const ns_t JUMP = 1;

enum { FIRINGS_MAX = 100000 };

/* Comparators are 1 uV, 1 uA, 1 ns wide; latches settle in 1 ns; clocks count 1 V a millisecond and
 * are reset in 100 ns. With less ngspice doesn't find a step small enough. */
static const char library[] =
    "\n* above(x): 0 to 1 as x rises from 0 to 1e-6. Clocks: 1 V is 1 ms.\n"
    ".func above(x) {min(1, max(0, 1e6*(x)))}\n"
    ".func half(x) {min(1, max(0, 0.5 + 100*((x) - 0.5)))}\n"
    "\n* A load stops when v falls below off; back above on it starts after wait.\n"
    ".subckt lockout v run off=0 on=0 wait=0\n"
    "Cup up 0 1p IC=1\n"
    "Bup 0 up I = 1m*(above(V(v) - ({on}))*(1 - V(up)) - above(({off}) - V(v))*V(up))\n"
    "Cclock clock 0 1u IC={1000*wait + 1}\n"
    "Bis is 0 V = half(V(up))\n"
    "Bclock 0 clock I = 1m*V(is) - 10*(1 - V(is))*V(clock)\n"
    "Brun run 0 V = V(is)*above(V(clock) - 1000*({wait}))\n"
    ".ends\n"
    "\n* A source that is `over` its limit for `after` stops for `off`, then e rises in `rise`.\n"
    ".subckt hiccup over run soft after=1 off=1 rise=1\n"
    "Cclock clock 0 1u IC=1u\n"
    "Bphase phase 0 V = V(clock) - 1000*({after + off})*floor(V(clock)/(1000*({after + off})))\n"
    "Bspent spent 0 V = above(V(phase) - 1u - 1000*({after}))\n"
    "Bcounts counts 0 V = max(V(spent), above(V(over)))\n"
    "Bclock 0 clock I = 1m*V(counts) + 10*(1 - V(counts))*(1u - V(phase))\n"
    "Brun run 0 V = 1 - V(spent)*above(1000*({after + off}) - V(phase))\n"
    "Crise rise 0 1u IC={1000*rise + 1}\n"
    "Brise 0 rise I = 1m*V(run) - 10*(1 - V(run))*V(rise)\n"
    "Bsoft soft 0 V = min(1, max(0, V(rise)/(1000*({rise}))))\n"
    ".ends\n"
    "\n* A switch opens within `over`, `delay` after v first fell below `below`.\n"
    ".subckt trip v s below=0 delay=0 over=1n\n"
    "Cfell fell 0 1p IC=0\n"
    "Bfell 0 fell I = 1m*above(({below}) - V(v))*(1 - V(fell))\n"
    "Cclock clock 0 1u IC=0\n"
    "Bclock 0 clock I = 1m*half(V(fell))\n"
    "Bs s 0 V = 1 - min(1, max(0, (V(clock)/1000 - ({delay}))/({over})))\n"
    ".ends\n\n";

/* ---- parameters of ideal parts ------------------------------------------------------------------- */

static double number(const struct part *p, const char *key)
{
    return field_value(kind_field(p->kind, key, strlen(key)), p->params);
}

static const struct tap_list *taps(const struct part *p, const char *key)
{
    const struct field *f = kind_field(p->kind, key, strlen(key));

    return (const struct tap_list *)(const void *)((const char *)p->params + f->offset);
}

static bool hiccups(const struct part *p)
{
    return p->kind == &source_kind && number(p, "trip_after") > 0.0;
}

static bool trips(const struct part *p)
{
    return p->kind == &switch_kind && taps(p, "trip_node")->n > 0;
}

static bool locks_out(const struct part *p)
{
    return p->kind == &load_kind && number(p, "off_below") > 0.0;
}

/* ---- what can be written ------------------------------------------------------------------------- */

static bool is_ideal(const struct kind *k)
{
    static const struct kind *const ideal[] = {&node_kind,     &source_kind, &resistor_kind,
                                               &inductor_kind, &switch_kind, &diode_kind,
                                               &load_kind};

    for (size_t i = 0; i < sizeof ideal / sizeof *ideal; i++) {
        if (k == ideal[i]) {
            return true;
        }
    }
    return false;
}

static void check_part(const struct part *p, struct diag *d)
{
    if (!is_ideal(p->kind)) {
        diag_error(d, p->at, "'%s' is a %s: only what ideal parts do can be written as a script",
                   p->name, p->kind->name);
        diag_hint(d, "without --script its circuit at one instant can be written");
    }
}

static void check_deed(const struct scenario *s, const struct deed *e, struct diag *d)
{
    if (e->when != NULL) {
        diag_error(d, e->place, "only deeds at a time ('at:') can be written as a script");
    }
    for (int32_t i = 0; i < e->n_targets; i++) {
        const struct part *p = &s->rack.parts[e->targets[i].part];
        if (trips(p)) {
            diag_error(d, e->place, "'%s' trips by itself: it can't be switched by a deed as well",
                       p->name);
        }
    }
}

static int64_t count_firings(const struct scenario *s)
{
    int64_t n = 0;

    for (int32_t i = 0; i < s->n_deeds; i++) {
        n += 2 * (int64_t)s->deeds[i].times * s->deeds[i].n_targets;
    }
    return n;
}

bool spice_script_check(const struct scenario *s, struct diag *d)
{
    static const struct place nowhere = {.in = NULL};
    int32_t before = diag_errors(d);

    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        check_part(&s->rack.parts[i], d);
    }
    for (int32_t i = 0; i < s->n_deeds; i++) {
        check_deed(s, &s->deeds[i], d);
    }
    for (int32_t i = 0; i < s->n_profiles; i++) {
        diag_error(d, s->profiles[i].place, "a profile can't be written as a script");
    }
    if (count_firings(s) > FIRINGS_MAX) {
        diag_error(d, nowhere, "the scenario does more than %d things", FIRINGS_MAX);
    }
    return diag_errors(d) == before;
}

/* ---- deeds in order of time ---------------------------------------------------------------------- */

struct firing {
    ns_t at;
    int32_t order; /* in the file, at the same time */
    int32_t part;
    const struct action *action;
    struct act_args args;
};

static int by_time(const void *a, const void *b)
{
    const struct firing *x = a;
    const struct firing *y = b;

    return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->order - y->order;
}

static int32_t fire_all(const struct scenario *s, struct firing firing[])
{
    int32_t n = 0;

    for (int32_t i = 0; i < s->n_deeds; i++) {
        const struct deed *e = &s->deeds[i];
        ns_t at = e->at;
        for (int32_t j = 0; j < e->times * e->n_targets; j++) {
            const struct target *t = &e->targets[j % e->n_targets];
            at = j > 0 && j % e->n_targets == 0 ? ns_after(at, e->every) : at;
            firing[n] = (struct firing){at, n, t->part, t->action, t->args};
            n++;
            if (e->lasts != NS_NEVER && t->undo != NULL) {
                firing[n] = (struct firing){
                    .at = ns_after(at, e->lasts), .order = n, .part = t->part, .action = t->undo};
                n++;
            }
        }
    }
    qsort(firing, (size_t)n, sizeof *firing, by_time);
    return n;
}

/* ---- tracks: piecewise linear ----------------------------------------------------------------------- */

struct corner {
    ns_t t;
    double y;
};

struct track {
    int32_t n;
    struct corner *corner;
    double start; /* while n is 0 */
};

static double track_at(const struct track *k, ns_t t)
{
    const struct corner *c = k->corner;

    if (k->n == 0) {
        return k->start;
    }
    if (t >= c[k->n - 1].t) {
        return c[k->n - 1].y;
    }
    int32_t i = k->n - 1;
    while (i > 0 && c[i - 1].t > t) {
        i--;
    }
    if (i == 0) {
        return c[0].y;
    }
    return c[i - 1].y +
           (c[i].y - c[i - 1].y) * (double)(t - c[i - 1].t) / (double)(c[i].t - c[i - 1].t);
}

/* From its value at t to y within `over`; what was to come after t does not. */
static void track_ramp(struct track *k, ns_t t, double y, ns_t over)
{
    double from = track_at(k, t);

    while (k->n > 0 && k->corner[k->n - 1].t >= t) {
        k->n--;
    }
    k->corner[k->n++] = (struct corner){t, from};
    k->corner[k->n++] = (struct corner){ns_after(t, over > JUMP ? over : JUMP), y};
}

static void track_write(const struct spice *k, const struct track *t, const char *name)
{
    char time[WORDS_TIME];

    fprintf(k->out, "V%s %s 0 PWL(", name, name);
    if (t->corner[0].t > 0) {
        fprintf(k->out, "0 %.12g ", t->corner[0].y);
    }
    for (int32_t i = 0; i < t->n; i++) {
        fprintf(k->out, "%s%s %.12g", i == 0 ? "" : "\n+ ", words_seconds(time, t->corner[i].t),
                t->corner[i].y);
    }
    fputs(")\n", k->out);
}

/* ---- deeds --------------------------------------------------------------------------------------- */

/* What is done to one part. */
struct played {
    struct track scale; /* of the current of a source, of the conductance of a switch */
    struct track level; /* e of a source, p of a load */
};

static void play_source(struct played *p, const struct firing *f)
{
    if (strcmp(f->action->key, "ramp") == 0) {
        track_ramp(&p->level, f->at, f->args.to, f->args.over);
    } else {
        track_ramp(&p->scale, f->at, strcmp(f->action->key, "on") == 0, f->args.over);
    }
}

static void play_firing(struct played *p, const struct part *part, const struct firing *f)
{
    if (part->kind == &source_kind) {
        play_source(p, f);
    } else if (part->kind == &switch_kind) {
        double to = strcmp(f->action->key, "close") == 0 ? 1.0 : 0.0;
        track_ramp(&p->scale, f->at, to, f->args.over);
    } else {
        track_ramp(&p->level, f->at, f->args.to, f->args.over);
    }
}

/* Where each track begins: the fields say, and the world stands at its start. */
static void begin(struct played *p, const struct part *part)
{
    if (part->kind == &source_kind) {
        p->scale.start = number(part, "on");
        p->level.start = number(part, "e");
    } else if (part->kind == &switch_kind) {
        p->scale.start = number(part, "closed");
    } else if (part->kind == &load_kind) {
        p->level.start = number(part, "p");
    }
}

static struct played *play(const struct spice *k)
{
    const struct rack *r = &k->scenario->rack;
    size_t room = (size_t)count_firings(k->scenario) + 1;
    struct firing *firing = arena_array(k->arena, room, sizeof *firing);
    struct played *played = arena_array(k->arena, (size_t)r->n_parts + 1, sizeof *played);
    int32_t n = fire_all(k->scenario, firing);
    int32_t *done = arena_array(k->arena, (size_t)r->n_parts + 1, sizeof *done);

    for (int32_t i = 0; i < n; i++) {
        done[firing[i].part]++;
    }
    for (int32_t i = 0; i < r->n_parts; i++) {
        size_t corners = 2 * (size_t)done[i] + 2;
        begin(&played[i], &r->parts[i]);
        played[i].scale.corner = arena_array(k->arena, corners, sizeof(struct corner));
        played[i].level.corner = arena_array(k->arena, corners, sizeof(struct corner));
    }
    for (int32_t i = 0; i < n; i++) {
        play_firing(&played[firing[i].part], &r->parts[firing[i].part], &firing[i]);
    }
    return played;
}

/* ---- controls ------------------------------------------------------------------------------------ */

/* "a*b", or the one that is there. */
static const char *times(const struct spice *k, const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a != NULL ? a : b;
    }
    return arena_print(k->arena, "%s*%s", a, b);
}

static const char *voltage(const struct spice *k, const char *node)
{
    return arena_print(k->arena, "V(%s)", node);
}

static const char *track_control(const struct spice *k, const struct track *t, const char *name,
                                 const char *what)
{
    const char *node = arena_print(k->arena, "%s.%s", name, what);

    if (t->n == 0) {
        return NULL;
    }
    track_write(k, t, node);
    return voltage(k, node);
}

static void write_hiccup(struct spice *k, const struct part *p, int32_t part)
{
    struct spice_control *c = &k->control[part];
    const char *name = k->name[part];
    const char *at = spice_node(k, terminal_node(k->world, taps(p, "at")->at[0].part, 0));
    const char *run = arena_print(k->arena, "V(%s.run)", name);

    c->level =
        times(k, c->level != NULL ? c->level : arena_print(k->arena, "%.12g", number(p, "e")),
              arena_print(k->arena, "V(%s.soft)", name));
    fprintf(k->out, "B%s.over %s.over 0 V = %s%s((%s - V(%s))/%.12g - %.12g)\n", name, name,
            c->scale != NULL ? c->scale : "", c->scale != NULL ? "*" : "", c->level, at,
            number(p, "r"), number(p, "i_max"));
    fprintf(k->out, "X%s.hiccup %s.over %s.run %s.soft hiccup after=%.12g off=%.12g rise=%.12g\n",
            name, name, name, name, number(p, "trip_after"), number(p, "off_for"),
            fmax(number(p, "ramp_in"), ns_to_s(JUMP)));
    c->scale = times(k, c->scale, run);
}

static void write_lockout(struct spice *k, const struct part *p, int32_t part)
{
    const char *name = k->name[part];
    double on_V = number(p, "on_above");

    fprintf(k->out, "X%s.lockout %s %s.run lockout off=%.12g on=%.12g wait=%.12g\n", name,
            spice_node(k, terminal_node(k->world, taps(p, "at")->at[0].part, 0)), name,
            number(p, "off_below"), on_V > 0.0 ? on_V : 1e9, number(p, "restart"));
    k->control[part].scale = arena_print(k->arena, "V(%s.run)", name);
}

static void write_trip(struct spice *k, const struct part *p, int32_t part)
{
    const char *name = k->name[part];
    const struct tap_list *at = taps(p, "trip_node");

    fprintf(k->out, "X%s.trip %s %s.s trip below=%.12g delay=%.12g over=%.12g\n", name,
            spice_node(k, terminal_node(k->world, at->at[0].part, at->at[0].tap)), name,
            number(p, "trip_below"), number(p, "trip_delay"),
            fmax(number(p, "trip_over"), ns_to_s(JUMP)));
    k->control[part].scale = arena_print(k->arena, "V(%s.s)", name);
}

void spice_script_write(struct spice *k)
{
    const struct rack *r = &k->scenario->rack;
    struct played *played = play(k);

    fputs(library, k->out);
    fputs("* What is done, and what the parts do: NAME.s scales a current, NAME.e is in V,\n"
          "* NAME.p in W; NAME.run is 1 while the part runs by its own judgement\n",
          k->out);
    for (int32_t i = 0; i < r->n_parts; i++) {
        const struct part *p = &r->parts[i];
        const char *level = p->kind == &source_kind ? "e" : "p";
        k->control[i].scale = track_control(k, &played[i].scale, k->name[i], "s");
        k->control[i].level = track_control(k, &played[i].level, k->name[i], level);
        bool idle = played[i].scale.n == 0 && played[i].scale.start == 0.0;
        if (hiccups(p) && !idle) {
            write_hiccup(k, p, i);
        } else if (trips(p) && !idle) {
            write_trip(k, p, i);
        } else if (locks_out(p)) {
            write_lockout(k, p, i);
        }
    }
}

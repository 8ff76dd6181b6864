/* diagram_plan.c - which parts a diagram shows, how they hang together, and where they stand. */
#include "diagram_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DROPS_SHOWN = 24, NO_SHAPE = -1, NAME = 64 };

/* ---- what a part is ----------------------------------------------------------------------------- */

static bool is_one_of(const char *word, const char *words)
{
    size_t n = strlen(word);

    for (const char *at = words; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == n && strncmp(at, word, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_link(const struct report_part *p)
{
    return is_one_of(p->kind_name, "fet relay breaker switch resistor inductor diode");
}

static bool role_of(const struct report_part *p, enum shape_role *role)
{
    static const char *const kinds[] = {[SHAPE_FEED] = "feed",
                                        [SHAPE_SUPPLY] = "psu source",
                                        [SHAPE_BAR] = "bus node",
                                        [SHAPE_LOAD] = "server load"};

    for (*role = SHAPE_FEED; *role <= SHAPE_LOAD; (*role)++) {
        if (is_one_of(p->kind_name, kinds[*role])) {
            return true;
        }
    }
    return false;
}

/* Name number i of "bus_a.3 bus_b", without its tap. False: there are not so many. */
static bool name_in(const struct report_part *p, const char *key, int32_t i, char name[NAME])
{
    const struct report_param *q = report_param(p, key);
    const char *at = q != NULL ? q->text : "";

    while (i > 0 && *at != '\0') {
        at += strcspn(at, " ");
        at += *at == ' ';
        i--;
    }
    snprintf(name, NAME, "%.*s", (int)strcspn(at, ". "), at);
    return name[0] != '\0';
}

static const char *text_of(const struct report_part *p, const char *key)
{
    const struct report_param *q = report_param(p, key);

    return q != NULL ? q->text : "";
}

/* ---- shapes ------------------------------------------------------------------------------------- */

static int32_t shape_named(const struct plan *p, const char *name)
{
    for (int32_t i = 0; i < p->n_shapes; i++) {
        if (strcmp(p->shapes[i].part->name, name) == 0) {
            return i;
        }
    }
    return NO_SHAPE;
}

/* What the scenario does to a part: of several deeds the first that is no repair. */
static const char *hit_on(const struct report_run *run, const struct report_part *p)
{
    for (int32_t i = 0; i < run->n_deeds; i++) {
        if (!run->deeds[i].is_repair && strcmp(run->deeds[i].part, p->name) == 0) {
            return run->deeds[i].name;
        }
    }
    return NULL;
}

static bool same_params(const struct report_part *a, const struct report_part *b)
{
    bool same = strcmp(a->kind_name, b->kind_name) == 0 && strcmp(a->library, b->library) == 0 &&
                a->n == b->n;

    for (int32_t i = 0; same && i < a->n; i++) {
        const struct report_param *x = &a->params[i], *y = &b->params[i];
        bool address = strcmp(x->type, "i2c") == 0 || strcmp(x->type, "pin") == 0;
        same = strcmp(x->key, y->key) == 0 && (address || strcmp(x->text, y->text) == 0);
    }
    return same;
}

static void add_shape(struct plan *p, enum shape_role role, const struct report_part *part)
{
    p->shapes[p->n_shapes] = (struct symbol){
        .role = role, .part = part, .last = part, .count = 1, .hit = hit_on(p->run, part)};
    p->n_shapes++;
}

/* Equal loads, one after the other, that nothing strikes, are one box. */
static void add_part(struct plan *p, enum shape_role role, const struct report_part *part)
{
    int32_t last = p->n_shapes - 1;

    if (role == SHAPE_LOAD && last >= 0 && p->shapes[last].role == SHAPE_LOAD &&
        p->shapes[last].hit == NULL && hit_on(p->run, part) == NULL &&
        same_params(p->shapes[last].part, part)) {
        p->shapes[last].last = part;
        p->shapes[last].count++;
    } else {
        add_shape(p, role, part);
    }
}

static void add_shapes(struct plan *p)
{
    enum shape_role role;

    for (int32_t i = 0; i < p->run->n_parts; i++) {
        const struct report_part *part = &p->run->parts[i];
        if (role_of(part, &role)) {
            add_part(p, role, part);
        } else if (!is_link(part)) {
            p->others[p->n_others++] = part;
        }
    }
}

/* ---- drops -------------------------------------------------------------------------------------- */

static void add_drop(struct plan *p, int32_t from, int32_t to, const struct report_part *with)
{
    if (from == NO_SHAPE || to == NO_SHAPE) {
        return;
    }
    if (p->shapes[from].role > p->shapes[to].role) { /* what feeds stands above */
        int32_t other = from;
        from = to;
        to = other;
    }
    p->drops[p->n_drops++] = (struct drop){.from = from,
                                           .to = to,
                                           .with = with,
                                           .last = with,
                                           .hit = with != NULL ? hit_on(p->run, with) : NULL};
}

static void add_drops(struct plan *p)
{
    char from[NAME], to[NAME];

    for (int32_t i = 0; i < p->run->n_parts; i++) {
        const struct report_part *part = &p->run->parts[i];
        if (is_link(part) && name_in(part, "from", 0, from) && name_in(part, "to", 0, to)) {
            add_drop(p, shape_named(p, from), shape_named(p, to), part);
        } else if (is_link(part)) { /* to ground */
            p->others[p->n_others++] = part;
        }
    }
    for (int32_t i = 0; i < p->n_shapes; i++) {
        const struct symbol *s = &p->shapes[i];
        const char *key = report_param(s->part, "at") != NULL ? "at" : "from";
        for (int32_t k = 0; s->role != SHAPE_BAR && name_in(s->part, key, k, from); k++) {
            add_drop(p, shape_named(p, from), i, NULL);
        }
    }
}

/* ---- equal supplies ------------------------------------------------------------------------------ */

static bool same_drop(const struct drop *a, const struct drop *b)
{
    return a->hit == NULL && b->hit == NULL && a->to == b->to &&
           (a->with == NULL) == (b->with == NULL) &&
           (a->with == NULL ||
            (strcmp(a->with->library, b->with->library) == 0 &&
             strcmp(a->with->kind_name, b->with->kind_name) == 0 &&
             strcmp(text_of(a->with, "closed"), text_of(b->with, "closed")) == 0));
}

/* Drop number n that leaves this shape downwards; NULL: there are not so many. */
static struct drop *drop_of(const struct plan *p, int32_t shape, int32_t n)
{
    for (int32_t i = 0; i < p->n_drops; i++) {
        if (p->drops[i].from == shape && n-- == 0) {
            return &p->drops[i];
        }
    }
    return NULL;
}

static bool equal_supplies(const struct plan *p, int32_t a, int32_t b)
{
    const struct symbol *x = &p->shapes[a], *y = &p->shapes[b];
    int32_t n = 0;

    if (x->hit != NULL || y->hit != NULL || !same_params(x->part, y->part)) {
        return false;
    }
    for (; drop_of(p, a, n) != NULL && drop_of(p, b, n) != NULL; n++) {
        if (!same_drop(drop_of(p, a, n), drop_of(p, b, n))) {
            return false;
        }
    }
    return drop_of(p, a, n) == NULL && drop_of(p, b, n) == NULL;
}

/* Take a shape's drops out; the shape stays, with a count of 0. */
static void remove_shape(struct plan *p, int32_t shape)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < p->n_drops; i++) {
        if (p->drops[i].from != shape && p->drops[i].to != shape) {
            p->drops[kept++] = p->drops[i];
        }
    }
    p->n_drops = kept;
    p->shapes[shape].count = 0;
}

static int32_t drops_with_switches(const struct plan *p)
{
    int32_t n = 0;

    for (int32_t i = 0; i < p->n_drops; i++) {
        n += p->drops[i].with != NULL;
    }
    return n;
}

/* When there are many, equal supplies are one box, and so are their switches. */
static void join_supplies(struct plan *p)
{
    if (drops_with_switches(p) <= DROPS_SHOWN) {
        return;
    }
    for (int32_t i = 0; i < p->n_shapes; i++) {
        struct symbol *s = &p->shapes[i];
        for (int32_t k = i + 1; s->role == SHAPE_SUPPLY && s->count > 0 && k < p->n_shapes; k++) {
            if (p->shapes[k].role != SHAPE_SUPPLY || p->shapes[k].count == 0 ||
                !equal_supplies(p, i, k)) {
                continue;
            }
            s->last = p->shapes[k].part;
            s->count++;
            for (int32_t n = 0; drop_of(p, i, n) != NULL; n++) {
                drop_of(p, i, n)->last = drop_of(p, k, n)->with;
            }
            remove_shape(p, k);
        }
    }
}

/* ---- places ------------------------------------------------------------------------------------- */

static bool is_tie(const struct plan *p, const struct drop *d)
{
    return p->shapes[d->from].role == SHAPE_BAR && p->shapes[d->to].role == SHAPE_BAR;
}

/* A contact and the longest name of a switch beside it. */
static double drop_width(const struct plan *p)
{
    size_t longest = 0;

    for (int32_t i = 0; i < p->n_drops; i++) {
        const struct drop *d = &p->drops[i];
        size_t name = d->with != NULL ? strlen(d->with->name) : 0;
        size_t last = d->last != d->with ? strlen(d->last->name) + 2 : 0;
        longest = name > longest ? name : longest;
        longest = last > longest ? last : longest;
    }
    return 38.0 + DIAGRAM_LETTER * (double)longest;
}

/* Left to right: supplies with their drops, then ties of bars. Returns the right end. */
static double place_supplies(struct plan *p)
{
    double x = DIAGRAM_EDGE;

    p->drop = drop_width(p);
    for (int32_t i = 0; i < p->n_shapes; i++) {
        struct symbol *s = &p->shapes[i];
        if (s->role != SHAPE_SUPPLY || s->count == 0) {
            continue;
        }
        int32_t n = 0;
        while (drop_of(p, i, n) != NULL) {
            n++;
        }
        s->x0 = x;
        s->x1 = x + fmax(DIAGRAM_BOX, n * p->drop);
        for (int32_t k = 0; k < n; k++) {
            drop_of(p, i, k)->x = (s->x0 + s->x1) / 2.0 + (k - (n - 1) / 2.0) * p->drop - 12.0;
        }
        x = s->x1 + DIAGRAM_GAP;
    }
    for (int32_t i = 0; i < p->n_drops; i++) {
        if (is_tie(p, &p->drops[i])) {
            p->drops[i].x = x + p->drop / 2.0;
            x += p->drop;
        }
    }
    return x - DIAGRAM_GAP;
}

/* A load from x on, its drops evenly over it. */
static void place_load(struct plan *p, int32_t load, double x)
{
    struct symbol *s = &p->shapes[load];
    int32_t n = 0, at = 0;

    s->x0 = x;
    s->x1 = x + DIAGRAM_BOX;
    for (int32_t k = 0; k < p->n_drops; k++) {
        n += p->drops[k].to == load;
    }
    for (int32_t k = 0; k < p->n_drops; k++) {
        if (p->drops[k].to == load) {
            p->drops[k].x = x + DIAGRAM_BOX * ++at / (n + 1.0);
        }
    }
}

/* Does a drop of this load all but coincide with another on its bar? */
static bool touches(const struct plan *p, int32_t load)
{
    for (int32_t i = 0; i < p->n_drops; i++) {
        for (int32_t k = 0; p->drops[i].to == load && k < p->n_drops; k++) {
            const struct drop *d = &p->drops[k];
            if (d->to != load && (d->from == p->drops[i].from || d->to == p->drops[i].from) &&
                fabs(d->x - p->drops[i].x) < 18.0) {
                return true;
            }
        }
    }
    return false;
}

/* Loads below, in the middle of what stands above. Returns the right end. */
static double place_loads(struct plan *p, double right)
{
    int32_t n = 0;

    for (int32_t i = 0; i < p->n_shapes; i++) {
        n += p->shapes[i].role == SHAPE_LOAD;
    }
    double width = n * (DIAGRAM_BOX + DIAGRAM_GAP) - DIAGRAM_GAP;
    double span = right - DIAGRAM_EDGE;
    double step = n > 0 && width < span ? span / n : DIAGRAM_BOX + DIAGRAM_GAP;
    double x = DIAGRAM_EDGE + (width < span ? (step - DIAGRAM_BOX) / 2.0 : 0.0);
    for (int32_t i = 0; i < p->n_shapes; i++) {
        struct symbol *s = &p->shapes[i];
        if (s->role != SHAPE_LOAD) {
            continue;
        }
        place_load(p, i, x);
        for (int tries = 0; tries < 6 && touches(p, i); tries++) {
            place_load(p, i, s->x0 + 12.0);
        }
        x = fmax(x + step, s->x1 + DIAGRAM_GAP);
        right = fmax(right, s->x1);
    }
    return right;
}

/* Feeds have their drops in the middle of each supply. */
static void place_feeds(struct plan *p)
{
    for (int32_t i = 0; i < p->n_drops; i++) {
        struct drop *d = &p->drops[i];
        if (p->shapes[d->from].role == SHAPE_FEED) {
            d->x = (p->shapes[d->to].x0 + p->shapes[d->to].x1) / 2.0;
        }
    }
}

/* A line reaches as far as its drops; lines that don't overlap share a lane. Returns the lanes. */
static int32_t place_lines(struct plan *p, enum shape_role role, double right)
{
    int32_t lanes = 0;

    for (int32_t i = 0; i < p->n_shapes; i++) {
        struct symbol *s = &p->shapes[i];
        if (s->role != role) {
            continue;
        }
        s->x0 = INFINITY;
        s->x1 = -INFINITY;
        for (int32_t k = 0; k < p->n_drops; k++) {
            if (p->drops[k].from == i || p->drops[k].to == i) {
                s->x0 = fmin(s->x0, p->drops[k].x);
                s->x1 = fmax(s->x1, p->drops[k].x);
            }
        }
        if (s->x0 > s->x1) {
            s->x0 = DIAGRAM_EDGE;
            s->x1 = right;
        }
        s->x0 -=
            role == SHAPE_FEED ? 30.0 : 20.0 + DIAGRAM_LETTER * (double)(strlen(s->part->name) + 6);
        s->x1 += 30.0;
        for (s->lane = 0;; s->lane++) {
            bool free = true;
            for (int32_t k = 0; k < i; k++) {
                const struct symbol *o = &p->shapes[k];
                free = free && (o->role != role || o->lane != s->lane ||
                                o->x1 + DIAGRAM_GAP < s->x0 || s->x1 + DIAGRAM_GAP < o->x0);
            }
            if (free) {
                break;
            }
        }
        lanes = s->lane + 1 > lanes ? s->lane + 1 : lanes;
    }
    return lanes;
}

enum { FEED_LANE = 30, BAR_LANE = 46, SWITCHES = 104 };

static void place_rows(struct plan *p, int32_t feed_lanes, int32_t bar_lanes)
{
    double supplies_y = 34.0 + feed_lanes * FEED_LANE + (feed_lanes > 0 ? 16.0 : 0.0);
    double bars_y = supplies_y + DIAGRAM_TALL + SWITCHES + 24.0;
    double loads_y = bars_y + bar_lanes * BAR_LANE + 16.0;

    p->switches_y = supplies_y + DIAGRAM_TALL + SWITCHES / 2.0;
    for (int32_t i = 0; i < p->n_shapes; i++) {
        struct symbol *s = &p->shapes[i];
        s->y = s->role == SHAPE_FEED     ? 26.0 + s->lane * FEED_LANE
               : s->role == SHAPE_SUPPLY ? supplies_y
               : s->role == SHAPE_BAR    ? bars_y + s->lane * BAR_LANE
                                         : loads_y;
    }
    p->height = loads_y + DIAGRAM_TALL + 34.0;
}

/* Everything to the right until nothing stands left of the edge. */
static void shift(struct plan *p, double right)
{
    double left = INFINITY;

    for (int32_t i = 0; i < p->n_shapes; i++) {
        if (p->shapes[i].count > 0) {
            left = fmin(left, p->shapes[i].x0);
            right = fmax(right, p->shapes[i].x1);
        }
    }
    double by = 12.0 - left;
    for (int32_t i = 0; i < p->n_shapes; i++) {
        p->shapes[i].x0 += by;
        p->shapes[i].x1 += by;
    }
    for (int32_t i = 0; i < p->n_drops; i++) {
        p->drops[i].x += by;
    }
    p->width = right + by + 24.0;
}

bool plan_make(struct plan *p, struct arena *a, const struct report_run *run)
{
    size_t n = (size_t)run->n_parts + 1;

    *p = (struct plan){.arena = a, .run = run};
    p->shapes = arena_array(a, n, sizeof *p->shapes);
    p->drops = arena_array(a, n * (TAPS_MAX + 1), sizeof *p->drops);
    p->others = arena_array(a, 2 * n, sizeof *p->others);
    add_shapes(p);
    add_drops(p);
    join_supplies(p);
    double right = place_supplies(p);
    right = place_loads(p, fmax(right, DIAGRAM_EDGE + 3.0 * DIAGRAM_BOX));
    place_feeds(p);
    int32_t feed_lanes = place_lines(p, SHAPE_FEED, right);
    int32_t bar_lanes = place_lines(p, SHAPE_BAR, right);
    place_rows(p, feed_lanes, bar_lanes);
    shift(p, right);
    return p->n_shapes > 0;
}

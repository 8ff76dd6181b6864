/* referee.c - the laws, the guards, the step, the changes, in that order. */
#include "referee.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <string.h>

enum { STATES = 2 * CKT_MANY, GUARDS = 6 * CKT_MANY, STEPS = 20000000, BISECTIONS = 80 };

static const double TOLERANCE = 1e-13; /* of a step, of 10 V or 10 A */
static const double H_FIRST = 1e-8, H_LEAST = 1e-13;
static const double BEND_V = 1e-12; /* nearer to a bend is at it */

/* Linear between t0 and t1, constant before and after. */
struct ramp {
    double t0, t1, y0, y1;
};

enum phase { RUNS, OFF, WAITS };

struct player {
    const struct ckt *c;
    struct outcome *o;
    double clock; /* what is told is done on its next tick; 0: at once */
    int n;        /* states: voltages of the nodes, then currents of the inductors */
    double t, h, y[STATES], f[STATES];
    gsl_odeiv2_step *stepper;
    struct {
        struct ramp s, e;
        bool on, out, limited; /* out: in its hiccup */
        double due;
    } psu[CKT_MANY];
    struct {
        struct ramp s;
        int state; /* of an inductor */
    } link[CKT_MANY];
    struct {
        enum phase phase;
        double due;
    } cpl[CKT_MANY];
    struct {
        bool fired;
        double due;
    } trip[CKT_MANY];
    int next_at;
    int n_guards;
    struct guard {
        enum { BEND, GAP, LIMIT, LOAD_OFF, LOAD_ON, TRIP } what;
        int of, a, b; /* of which element; v(a) - v(b) - e(psu) - level */
        int psu;
        double level;
        bool below;
    } guard[GUARDS];
};

static double at(const struct ramp *r, double t)
{
    if (t >= r->t1) {
        return r->y1;
    }
    return t <= r->t0 ? r->y0 : r->y0 + (r->y1 - r->y0) * (t - r->t0) / (r->t1 - r->t0);
}

static void move(struct ramp *r, double t, double to, double within)
{
    *r = (struct ramp){.t0 = t, .t1 = t + within, .y0 = within > 0.0 ? at(r, t) : to, .y1 = to};
}

static double volt(const double y[], int node)
{
    return node == CKT_GROUND ? 0.0 : y[node];
}

/* ---- the laws ---------------------------------------------------------------------------------- */

static double psu_A(const struct player *p, int i, double t, const double y[])
{
    const struct ckt_psu *u = &p->c->psu[i];
    double amps = fmin((at(&p->psu[i].e, t) - volt(y, u->node)) / u->R, u->Ilim);

    if (p->psu[i].out || (amps < 0.0 && !u->rev)) {
        return 0.0;
    }
    return at(&p->psu[i].s, t) * amps;
}

static double link_A(const struct player *p, int i, double t, const double y[])
{
    const struct ckt_link *k = &p->c->link[i];
    double across = volt(y, k->a) - volt(y, k->b);

    switch (k->kind) {
    case CKT_IND:
        return y[p->link[i].state];
    case CKT_SW:
        return at(&p->link[i].s, t) * across / k->R;
    case CKT_DIO:
        return fmax(0.0, (across - k->Vf) / k->R);
    case CKT_RES:
    default:
        return across / k->R;
    }
}

static double cpl_A(const struct player *p, int i, const double y[])
{
    const struct ckt_cpl *l = &p->c->cpl[i];
    double v = volt(y, l->node);

    if (p->cpl[i].phase != RUNS) {
        return 0.0;
    }
    return v < l->vfl ? l->P * v / (l->vfl * l->vfl) : l->P / v;
}

/* Into a node; ground takes what it gets. */
static void push(double f[], int node, double amps)
{
    if (node != CKT_GROUND) {
        f[node] += amps;
    }
}

static int slopes(double t, const double y[], double f[], void *self)
{
    const struct player *p = self;
    const struct ckt *c = p->c;

    memset(f, 0, (size_t)p->n * sizeof *f);
    for (int i = 0; i < c->n_psus; i++) {
        push(f, c->psu[i].node, psu_A(p, i, t, y));
    }
    for (int i = 0; i < c->n_links; i++) {
        const struct ckt_link *k = &c->link[i];
        double amps = link_A(p, i, t, y);
        push(f, k->a, -amps);
        push(f, k->b, amps);
    }
    for (int i = 0; i < c->n_cpls; i++) {
        push(f, c->cpl[i].node, -cpl_A(p, i, y));
    }
    for (int i = 0; i < c->n_nodes; i++) {
        f[i] /= c->node[i].C;
    }
    for (int i = 0; i < c->n_links; i++) {
        const struct ckt_link *k = &c->link[i];
        if (k->kind == CKT_IND) {
            double amps = y[p->link[i].state];
            f[p->link[i].state] = (volt(y, k->a) - volt(y, k->b) - k->R * amps) / k->L;
        }
    }
    return GSL_SUCCESS;
}

/* ---- the guards -------------------------------------------------------------------------------- */

static double guard_V(const struct player *p, const struct guard *g, double t, const double y[])
{
    double e = g->psu == CKT_NONE ? 0.0 : at(&p->psu[g->psu].e, t);

    return volt(y, g->a) - volt(y, g->b) - e - g->level;
}

/* Its slope inside the step from t to t + h, where the slopes of the states are f. */
static double guard_slope(const struct player *p, const struct guard *g, double h, const double f[])
{
    double e = 0.0;

    if (g->psu != CKT_NONE) {
        const struct ramp *r = &p->psu[g->psu].e;
        e = (at(r, p->t + h) - at(r, p->t)) / h;
    }
    return volt(f, g->a) - volt(f, g->b) - e;
}

static bool is_live(const struct player *p, const struct guard *g)
{
    switch (g->what) {
    case LIMIT:
        return p->psu[g->of].on && !p->psu[g->of].out;
    case LOAD_OFF:
        return p->cpl[g->of].phase != OFF;
    case LOAD_ON:
        return p->cpl[g->of].phase == OFF && p->c->cpl[g->of].Von > 0.0;
    case TRIP:
        return !p->trip[g->of].fired;
    case BEND:
    case GAP:
    default:
        return true;
    }
}

/* Does it say otherwise at (t, y) than it did at the beginning of the step? */
static bool has_changed(const struct player *p, const struct guard *g, double t, const double y[])
{
    double before = guard_V(p, g, p->t, p->y);
    double now = guard_V(p, g, t, y);

    if (g->what == BEND) {
        return fabs(before) > BEND_V && (before < 0.0) != (now < 0.0);
    }
    return (now < 0.0) != g->below;
}

static bool any_changed(const struct player *p, double t, const double y[])
{
    for (int i = 0; i < p->n_guards; i++) {
        if (is_live(p, &p->guard[i]) && has_changed(p, &p->guard[i], t, y)) {
            return true;
        }
    }
    return false;
}

/* A bend is no event, and a gap is only looked at: neither waits for a tick of the clock. */
static bool any_waits(const struct player *p, double t, const double y[])
{
    for (int i = 0; i < p->n_guards && p->clock > 0.0; i++) {
        const struct guard *g = &p->guard[i];
        if (g->what != BEND && g->what != GAP && is_live(p, g) && has_changed(p, g, t, y)) {
            return true;
        }
    }
    return false;
}

/* The extreme of the cubic through both ends of the step; NAN: none inside. */
static double extreme(double h, double y0, double f0, double y1, double f1)
{
    double a = 3.0 * (f0 + f1) * h - 6.0 * (y1 - y0);
    double b = 6.0 * (y1 - y0) - (4.0 * f0 + 2.0 * f1) * h;
    double c = f0 * h;

    if (f0 * f1 >= 0.0) {
        return NAN;
    }
    double root = sqrt(b * b - 4.0 * a * c);
    double q = -0.5 * (b + (b < 0.0 ? -root : root));
    double u = q != 0.0 && c / q >= 0.0 && c / q <= 1.0 ? c / q : q / a;

    return y0 + u * (c + u * (0.5 * b + u * a / 3.0));
}

/* May it have gone there and back inside the step? Then the step is too long to tell. */
static bool may_have_touched(const struct player *p, const struct guard *g, double h,
                             const double y[], const double f[])
{
    double before = guard_V(p, g, p->t, p->y);
    double after = guard_V(p, g, p->t + h, y);
    double most = extreme(h, before, guard_slope(p, g, h, p->f), after, guard_slope(p, g, h, f));

    if (isnan(most) || (before < 0.0) != (after < 0.0) || (most < before) != (before > 0.0)) {
        return false;
    }
    return most * before < 0.0 || fabs(most) < 0.2 * fmin(fabs(before), fabs(after));
}

/* ---- the step ---------------------------------------------------------------------------------- */

/* From the present by h; the error in parts of what is allowed. */
static double try_step(struct player *p, double h, double y[], double f[])
{
    gsl_odeiv2_system system = {slopes, NULL, (size_t)p->n, p};
    double error[STATES], worst = 0.0;

    memcpy(y, p->y, sizeof p->y);
    gsl_odeiv2_step_apply(p->stepper, p->t, h, y, error, p->f, NULL, &system);
    slopes(p->t + h, y, f, p);
    for (int i = 0; i < p->n; i++) {
        worst = fmax(worst, fabs(error[i]) / (TOLERANCE * (10.0 + fabs(y[i]))));
        worst = isfinite(y[i]) ? worst : INFINITY;
    }
    return worst;
}

/* The longest step not beyond h that errs by less than is allowed and hides nothing. */
static double good_step(struct player *p, double h, double y[], double f[])
{
    for (;;) {
        double error = try_step(p, h, y, f);
        bool hides = false;
        for (int i = 0; i < p->n_guards && error <= 1.0; i++) {
            hides =
                hides || (is_live(p, &p->guard[i]) && may_have_touched(p, &p->guard[i], h, y, f));
        }
        if (h < H_LEAST || (error <= 1.0 && !hides)) {
            p->h = h * fmin(4.0, 0.9 * pow(fmax(error, 1e-6), -1.0 / 8.0));
            return h;
        }
        h *= error > 1.0 ? fmax(0.1, 0.9 * pow(error, -1.0 / 8.0)) : 0.5;
    }
}

/* The least v between the present and h later, when it lies between. */
static void note_lowest(struct player *p, int node, double h, const double y[], const double f[])
{
    double lo = 0.0, hi = h, yi[STATES], fi[STATES];
    double *v_min = &p->o->node[node].v_min;

    if (y[node] < *v_min) {
        *v_min = y[node];
    }
    double guess = extreme(h, p->y[node], p->f[node], y[node], f[node]);
    if (p->f[node] >= 0.0 || f[node] <= 0.0 || guess > *v_min + 1e-3) {
        return;
    }
    for (int i = 0; i < 40; i++) {
        double mid = 0.5 * (lo + hi);
        try_step(p, mid, yi, fi);
        *(fi[node] < 0.0 ? &lo : &hi) = mid;
    }
    if (yi[node] < *v_min) {
        *v_min = yi[node];
    }
}

static void accept(struct player *p, double h, double t, const double y[], const double f[])
{
    for (int i = 0; i < p->c->n_nodes; i++) {
        note_lowest(p, i, h, y, f);
    }
    p->t = t;
    memcpy(p->y, y, sizeof p->y);
    memcpy(p->f, f, sizeof p->f);
}

/* To `end`, or to the first change before. */
static void advance(struct player *p, double end)
{
    double y[STATES], f[STATES];
    double h = good_step(p, fmin(p->h, end - p->t), y, f);

    if (any_changed(p, p->t + h, y)) {
        double lo = 0.0, keep = p->h;
        for (int i = 0; i < BISECTIONS && p->t + lo < p->t + h; i++) {
            double mid = 0.5 * (lo + h);
            if (mid <= lo || mid >= h) {
                break;
            }
            try_step(p, mid, y, f);
            *(any_changed(p, p->t + mid, y) ? &h : &lo) = mid;
        }
        try_step(p, h, y, f);
        if (any_waits(p, p->t + h, y)) {
            h = fmin(ceil((p->t + h) / p->clock) * p->clock, end) - p->t;
            try_step(p, h, y, f);
        }
        p->h = keep;
        accept(p, h, p->t + h, y, f);
    } else {
        accept(p, h, h >= end - p->t ? end : p->t + h, y, f);
    }
}

/* ---- the changes ------------------------------------------------------------------------------- */

static void load_changes(struct player *p, int i, bool falls)
{
    if (!falls) {
        p->cpl[i].phase = WAITS;
        p->cpl[i].due = p->t + p->c->cpl[i].trst;
        return;
    }
    if (p->cpl[i].phase == RUNS) {
        edges_begin(&p->o->off[i], p->t);
    }
    p->cpl[i].phase = OFF;
    p->cpl[i].due = INFINITY;
}

static void guard_changes(struct player *p, const struct guard *g, bool below)
{
    const struct ckt *c = p->c;

    switch (g->what) {
    case GAP:
        (below ? edges_begin : edges_end)(&p->o->node[g->of].gap, p->t);
        p->o->node[g->of].gap_s += below ? -p->t : p->t;
        break;
    case LOAD_OFF:
    case LOAD_ON:
        if (below == (g->what == LOAD_OFF)) {
            load_changes(p, g->of, below);
        }
        break;
    case TRIP:
        if (below) {
            p->trip[g->of].fired = true;
            p->trip[g->of].due = p->t + c->trip[g->of].delay;
        }
        break;
    case BEND:
    case LIMIT:
    default:
        break;
    }
}

/* Every guard that says something new; again while one's change lets another speak. */
static void look_around(struct player *p)
{
    for (int i = 0; i < p->n_guards; i++) {
        struct guard *g = &p->guard[i];
        bool below = guard_V(p, g, p->t, p->y) < 0.0;
        bool live = is_live(p, g);
        if (live && g->what != LIMIT && below != g->below) {
            guard_changes(p, g, below);
        }
        g->below = below;
        if (g->what == LIMIT && (live && below) != p->psu[g->of].limited) {
            p->psu[g->of].limited = live && below;
            if (!p->psu[g->of].out) {
                p->psu[g->of].due = live && below ? p->t + p->c->psu[g->of].toc : INFINITY;
            }
        }
    }
}

static void do_at(struct player *p, const struct ckt_at *a)
{
    if (a->act == CKT_ERAMP) {
        move(&p->psu[a->psu].e, p->t, a->to, a->tr);
    } else if (a->psu != CKT_NONE) {
        move(&p->psu[a->psu].s, p->t, a->act == CKT_ON, a->tr);
        p->psu[a->psu].on = a->act == CKT_ON;
    } else {
        move(&p->link[a->link].s, p->t, a->act == CKT_ON, a->tr);
    }
}

static void psu_due(struct player *p, int i)
{
    const struct ckt_psu *u = &p->c->psu[i];

    p->psu[i].out = !p->psu[i].out;
    p->psu[i].due = p->psu[i].out ? p->t + u->thic : INFINITY;
    if (!p->psu[i].out) {
        double target = p->psu[i].e.y1;
        p->psu[i].e = (struct ramp){0};
        move(&p->psu[i].e, p->t, target, u->tss);
    }
}

/* All that is due now. */
static void do_due(struct player *p)
{
    const struct ckt *c = p->c;

    for (; p->next_at < c->n_ats && c->at[p->next_at].T <= p->t; p->next_at++) {
        do_at(p, &c->at[p->next_at]);
    }
    for (int i = 0; i < c->n_psus; i++) {
        if (p->psu[i].due <= p->t) {
            psu_due(p, i);
        }
    }
    for (int i = 0; i < c->n_cpls; i++) {
        if (p->cpl[i].due <= p->t) {
            p->cpl[i].due = INFINITY;
            p->cpl[i].phase = RUNS;
            edges_end(&p->o->off[i], p->t);
        }
    }
    for (int i = 0; i < c->n_trips; i++) {
        if (p->trip[i].due <= p->t) {
            p->trip[i].due = INFINITY;
            move(&p->link[c->trip[i].link].s, p->t, 0.0, c->trip[i].tr);
        }
    }
}

static double sooner(double next, double t, double now)
{
    return t > now ? fmin(next, t) : next;
}

/* When something is due or a ramp ends. */
static double next_due(const struct player *p)
{
    const struct ckt *c = p->c;
    double next = p->next_at < c->n_ats ? fmin(c->tstop, c->at[p->next_at].T) : c->tstop;

    for (int i = 0; i < c->n_psus; i++) {
        next = fmin(next, p->psu[i].due);
        next = sooner(sooner(next, p->psu[i].s.t1, p->t), p->psu[i].e.t1, p->t);
    }
    for (int i = 0; i < c->n_links; i++) {
        next = sooner(next, p->link[i].s.t1, p->t);
    }
    for (int i = 0; i < c->n_cpls; i++) {
        next = fmin(next, p->cpl[i].due);
    }
    for (int i = 0; i < c->n_trips; i++) {
        next = fmin(next, p->trip[i].due);
    }
    return next;
}

/* ---- from start to end ------------------------------------------------------------------------- */

static void watch(struct player *p, struct guard g)
{
    p->guard[p->n_guards++] = g;
}

static void watch_psu(struct player *p, int i)
{
    const struct ckt_psu *u = &p->c->psu[i];
    struct guard g = {.what = BEND, .of = i, .a = u->node, .b = CKT_GROUND, .psu = i};

    if (!u->rev) {
        watch(p, g);
    }
    g.what = u->toc > 0.0 ? LIMIT : BEND;
    g.level = -u->R * u->Ilim;
    watch(p, g);
}

static void watch_cpl(struct player *p, int i)
{
    const struct ckt_cpl *l = &p->c->cpl[i];
    struct guard g = {.of = i, .a = l->node, .b = CKT_GROUND, .psu = CKT_NONE};

    g.what = LOAD_OFF;
    g.level = l->Voff;
    watch(p, g);
    g.what = LOAD_ON;
    g.level = l->Von;
    watch(p, g);
    g.what = BEND;
    g.level = l->vfl;
    watch(p, g);
}

static void watch_rest(struct player *p)
{
    const struct ckt *c = p->c;
    struct guard g = {.b = CKT_GROUND, .psu = CKT_NONE};

    for (g.of = 0; g.of < c->n_nodes; g.of++) {
        g.what = GAP;
        g.a = g.of;
        g.level = c->node[g.of].uv;
        if (g.level > 0.0) {
            watch(p, g);
        }
    }
    for (g.of = 0; g.of < c->n_trips; g.of++) {
        g.what = TRIP;
        g.a = c->trip[g.of].node;
        g.level = c->trip[g.of].Vth;
        watch(p, g);
    }
    for (g.of = 0; g.of < c->n_links; g.of++) {
        const struct ckt_link *k = &c->link[g.of];
        if (k->kind == CKT_DIO) {
            watch(p, (struct guard){.what = BEND,
                                    .of = g.of,
                                    .a = k->a,
                                    .b = k->b,
                                    .psu = CKT_NONE,
                                    .level = k->Vf});
        }
    }
}

static void begin(struct player *p)
{
    const struct ckt *c = p->c;

    for (int i = 0; i < c->n_nodes; i++) {
        p->y[p->n++] = c->node[i].V0;
        p->o->node[i].v_min = c->node[i].V0;
    }
    for (int i = 0; i < c->n_links; i++) {
        p->link[i].s = (struct ramp){.y0 = c->link[i].on, .y1 = c->link[i].on};
        if (c->link[i].kind == CKT_IND) {
            p->link[i].state = p->n;
            p->y[p->n++] = c->link[i].I0;
        }
    }
    for (int i = 0; i < c->n_psus; i++) {
        p->psu[i].on = c->psu[i].on;
        p->psu[i].s = (struct ramp){.y0 = p->psu[i].on, .y1 = p->psu[i].on};
        p->psu[i].e = (struct ramp){.y0 = c->psu[i].E, .y1 = c->psu[i].E};
        p->psu[i].due = INFINITY;
        watch_psu(p, i);
    }
    for (int i = 0; i < c->n_cpls; i++) {
        p->cpl[i].due = INFINITY;
        watch_cpl(p, i);
    }
    for (int i = 0; i < c->n_trips; i++) {
        p->trip[i].due = INFINITY;
    }
    watch_rest(p);
}

static void end(struct player *p)
{
    for (int i = 0; i < p->c->n_nodes; i++) {
        const struct edges *e = &p->o->node[i].gap;
        p->o->node[i].gap_s += e->n_begun > e->n_ended ? p->t : 0.0;
        p->o->node[i].v_end = p->y[i];
    }
}

bool referee_play(const struct ckt *c, double clock_s, struct outcome *o)
{
    static struct player p;
    int steps = 0;

    memset(o, 0, sizeof *o);
    p = (struct player){.c = c, .o = o, .h = H_FIRST, .clock = clock_s};
    begin(&p);
    p.stepper = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rk8pd, (size_t)p.n);
    while (p.t < c->tstop && steps++ < STEPS) {
        do_due(&p);
        look_around(&p);
        slopes(p.t, p.y, p.f, &p);
        double next = next_due(&p);
        if (next > p.t) {
            advance(&p, next);
        }
    }
    look_around(&p);
    end(&p);
    gsl_odeiv2_step_free(p.stepper);
    return steps < STEPS && isfinite(p.y[0]);
}

/* spice.c - the laws of models/net.h in the words of ngspice.
 *
 *   node     C to ground, with its voltage as initial condition
 *   source   B: s clamp((e - v) / r, 0 or -inf, min(i_max, p_max / v)); with L the current is the
 *            voltage of a capacitor of L farads, kept in its limits by a stiff pull
 *   link     R, or L and R in series, where that is all; else G: s (va - vb - v_f) / r in its limits
 *   load     B: p v / max(v, v_floor)^2
 *
 * Each law is continuous, so that ngspice converges.  Checked by tests/sim/test_spice.c and by
 * `make crosscheck`. */
#include "spice.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "arena.h"
#include "words.h"

/* How much stiffer than its resistance a source with L is kept in its limits. */
static const double STIFF = 1000.0;
/* The same for a trim in its range, as in net.c. */
static const double TRIM_PULL = 100.0;
/* The netlist's longest step is this part of its duration. */
static const double STEPS = 50000.0;

/* ---- names --------------------------------------------------------------------------------------- */

static const char *lower(struct arena *a, const char *name)
{
    char *text = arena_text(a, name, strlen(name));

    for (char *c = text; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return text;
}

/* A dot is in no part's name, so what has one clashes with none. */
static const char *unique(struct arena *a, const char *const earlier[], int32_t n, const char *name)
{
    const char *text = lower(a, name);
    bool taken = strcmp(text, "gnd") == 0 || strcmp(text, "0") == 0;

    for (int32_t i = 0; i < n && !taken; i++) {
        taken = strcmp(text, earlier[i]) == 0;
    }
    return taken ? arena_print(a, "%s.p%d", text, (int)n) : text;
}

static const char *const *name_parts(struct arena *a, const struct world *w)
{
    const char **name = arena_array(a, (size_t)world_parts(w) + 1, sizeof *name);

    for (int32_t i = 0; i < world_parts(w); i++) {
        name[i] = unique(a, name, i, world_part_name(w, i));
    }
    return name;
}

/* "bus_a", "bus_a.1", ...: the nodes of one part follow each other. */
static const char *const *name_nodes(struct arena *a, const struct world *w,
                                     const char *const part[])
{
    const struct net *n = world_net_const(w);
    const char **name = arena_array(a, (size_t)n->n_nodes + 1, sizeof *name);
    int32_t nth = 0;

    for (int32_t i = 0; i < n->n_nodes; i++) {
        int32_t of = net_node_const(n, i)->part;
        nth = i > 0 && net_node_const(n, i - 1)->part == of ? nth + 1 : 0;
        name[i] = nth == 0 ? part[of] : arena_print(a, "%s.%d", part[of], (int)nth);
    }
    return name;
}

const char *spice_node(const struct spice *k, int32_t node)
{
    return node == GROUND ? "0" : k->node[node];
}

/* ---- nodes and loads ----------------------------------------------------------------------------- */

static void write_nodes(const struct spice *k)
{
    const struct net *n = world_net_const(k->world);

    fputs("\n* Nodes: F, V\n", k->out);
    for (int32_t i = 0; i < n->n_nodes; i++) {
        fprintf(k->out, "C%s %s 0 %.12g IC=%.12g\n", k->node[i], k->node[i],
                net_node_const(n, i)->c_F, k->x[i]);
    }
}

/* "2*" before a current; nothing when the factor is 1. */
static const char *factor(const struct spice *k, const char *control, double value)
{
    if (control != NULL) {
        return arena_print(k->arena, "%s*", control);
    }
    return value == 1.0 ? "" : arena_print(k->arena, "%.12g*", value);
}

static const char *level(const struct spice *k, const char *control, const struct ramp *r)
{
    return control != NULL ? control : arena_print(k->arena, "%.12g", ramp_at(r, when_ns(k->at)));
}

static void write_load(const struct spice *k, const struct load *l)
{
    const struct spice_control *c = &k->control[l->part];
    const char *name = k->name[l->part];
    const char *node = spice_node(k, l->node);

    if (l->mode == LOAD_OFF) {
        fprintf(k->out, "* %s: off\n", name);
        return;
    }
    fprintf(k->out, "* %s: constant power in W, below %.12g V a resistor\n", name, l->v_floor_V);
    fprintf(k->out, "B%s %s 0 I = %s%s*V(%s)/max(V(%s), %.12g)**2\n", name, node,
            factor(k, c->scale, 1.0), level(k, c->level, &l->p), node, node, l->v_floor_V);
}

/* ---- sources ------------------------------------------------------------------------------------- */

/* Its current limit in words: "min(200, 2400/max(V(bus), 0.001))"; NULL: none. */
static const char *limit(const struct spice *k, const struct source *u)
{
    const char *power = u->p_max_W < INFINITY ? arena_print(k->arena, "%.12g/max(V(%s), 0.001)",
                                                            u->p_max_W, spice_node(k, u->node))
                                              : NULL;

    if (power != NULL) {
        return u->i_max_A < INFINITY ? arena_print(k->arena, "min(%.12g, %s)", u->i_max_A, power)
                                     : power;
    }
    return u->i_max_A < INFINITY ? arena_print(k->arena, "%.12g", u->i_max_A) : NULL;
}

static const char *clamp(const struct spice *k, const char *i, const char *most, bool one_way)
{
    const char *text = most != NULL ? arena_print(k->arena, "min(%s, %s)", i, most) : i;

    return one_way ? arena_print(k->arena, "max(0, %s)", text) : text;
}

/* L di/dt = e - v - r i, with i as the voltage of a capacitor of L farads. */
static const char *lagging(const struct spice *k, const struct source *u, const char *e,
                           const char *most)
{
    const char *name = k->name[u->part];
    const char *i = arena_print(k->arena, "V(%s.i)", name);
    const char *drive =
        arena_print(k->arena, "%s - V(%s) - %.12g*%s", e, spice_node(k, u->node), u->r_Ohm, i);

    if (most != NULL) {
        drive = arena_print(k->arena, "min(%s, %.12g*(%s - %s))", drive, STIFF * u->r_Ohm, most, i);
    }
    if (!u->reversible) {
        drive = arena_print(k->arena, "max(%s, -%.12g*%s)", drive, STIFF * u->r_Ohm, i);
    }
    fprintf(k->out, "C%s.i %s.i 0 %.12g IC=%.12g\n", name, name, u->l_H, k->x[u->state_i]);
    fprintf(k->out, "G%s.i 0 %s.i cur='%s'\n", name, name, drive);
    return i;
}

/* The share line is driven with the per-unit current; its voltage moves the trim. */
static void write_sharing(const struct spice *k, const struct source *u, const char *i)
{
    const char *name = k->name[u->part];
    const char *share = spice_node(k, u->share_node);
    const char *pu = arena_print(k->arena, "%.12g*%s", u->share_gain / u->i_rated_A, i);

    fprintf(k->out, "G%s.share 0 %s cur='%.12g*(%s - V(%s))'\n", name, share, u->share_g_S, pu,
            share);
    fprintf(k->out, "C%s.trim %s.trim 0 %.12g IC=%.12g\n", name, name, u->trim_tau_s,
            k->x[u->state_trim]);
    fprintf(k->out,
            "G%s.trim 0 %s.trim cur='%.12g*(V(%s) - %s) - %.12g*(V(%s.trim) - "
            "max(-%.12g, min(%.12g, V(%s.trim))))'\n",
            name, name, u->trim_V_per_pu, share, pu, TRIM_PULL, name, u->trim_max_V, u->trim_max_V,
            name);
}

static void write_source(const struct spice *k, const struct source *u)
{
    const struct spice_control *c = &k->control[u->part];
    const char *name = k->name[u->part];
    const char *node = spice_node(k, u->node);
    const char *e = level(k, c->level, &u->e);
    const char *most = limit(k, u);

    if (u->mode == SOURCE_OFF && c->scale == NULL) {
        fprintf(k->out, "* %s: off\n", name);
        return;
    }
    if (u->share_node != NO_STATE) {
        e = arena_print(k->arena, "%s + V(%s.trim)", e, name);
    }
    fprintf(k->out, "* %s: V behind %.12g Ohm, at most %s A%s\n", name, u->r_Ohm,
            most != NULL ? most : "any number of", u->reversible ? ", takes current back" : "");
    const char *i = u->state_i == NO_STATE
                        ? arena_print(k->arena, "(%s - V(%s))/%.12g", e, node, u->r_Ohm)
                        : lagging(k, u, e, most);
    i = clamp(k, i, most, !u->reversible);
    if (u->share_node != NO_STATE) {
        write_sharing(k, u, i);
    }
    fprintf(k->out, "B%s 0 %s I = %s%s\n", name, node,
            factor(k, c->scale, ramp_at(&u->s, when_ns(k->at))), i);
}

/* ---- links --------------------------------------------------------------------------------------- */

/* "f2", or "bus_a.1" for the second link of a part. */
static const char *link_name(const struct spice *k, int32_t i)
{
    const struct net *n = world_net_const(k->world);
    int32_t part = net_link_const(n, i)->part;
    int32_t nth = 0;

    while (i > 0 && net_link_const(n, i - 1)->part == part) {
        i--;
        nth++;
    }
    return nth == 0 ? k->name[part] : arena_print(k->arena, "%s.%d", k->name[part], (int)nth);
}

static void write_inductive(const struct spice *k, const struct link *l, const char *name)
{
    const char *a = spice_node(k, l->a);
    const char *b = spice_node(k, l->b);
    const char *middle = l->r_Ohm > 0.0 ? arena_print(k->arena, "%s.x", name) : b;

    fprintf(k->out, "L%s %s %s %.12g IC=%.12g\n", name, a, middle, l->l_H, k->x[l->state_i]);
    if (l->r_Ohm > 0.0) {
        fprintf(k->out, "R%s %s %s %.12g\n", name, middle, b, l->r_Ohm);
    }
}

/* Opening: the current, again the voltage of a capacitor, dies against the arc or the avalanche. */
static void write_opening(const struct spice *k, const struct link *l, const char *name)
{
    double against_V = ramp_at(&l->clamp, when_ns(k->at));
    const char *a = spice_node(k, l->a);
    const char *b = spice_node(k, l->b);

    fprintf(k->out, "* %s: opening, against %.12g V\n", name, against_V);
    fprintf(k->out, "C%s.i %s.i 0 %.12g IC=%.12g\n", name, name, l->l_H, k->x[l->state_i]);
    fprintf(k->out,
            "G%s.i 0 %s.i cur='min(1, max(0, 1000*%sV(%s.i)))*(V(%s) - V(%s) - %.12g - "
            "%.12g*V(%s.i))'\n",
            name, name, against_V > 0.0 ? "" : "-", name, a, b, against_V, l->r_Ohm, name);
    fprintf(k->out, "G%s %s %s cur='V(%s.i)'\n", name, a, b, name);
}

/* s (va - vb - v_f) / r, one way only or in its limits. */
static void write_law(const struct spice *k, const struct link *l, const char *name)
{
    const char *scale = k->control[l->part].scale;
    const char *drop = l->v_f_V > 0.0 ? arena_print(k->arena, " - %.12g", l->v_f_V) : "";
    const char *a = spice_node(k, l->a);
    const char *b = spice_node(k, l->b);
    const char *i =
        arena_print(k->arena, "%s(V(%s) - V(%s)%s)/%.12g",
                    factor(k, scale, ramp_at(&l->s, when_ns(k->at))), a, b, drop, l->r_Ohm);

    if (l->i_max_A < INFINITY) {
        i = arena_print(k->arena, "min(%.12g, max(-%.12g, %s))", l->i_max_A, l->i_max_A, i);
    }
    fprintf(k->out, "G%s %s %s cur='%s'\n", name, a, b,
            l->one_way ? arena_print(k->arena, "max(0, %s)", i) : i);
}

static bool is_resistor(const struct link *l)
{
    return !l->one_way && l->v_f_V == 0.0 && l->i_max_A == INFINITY;
}

static void write_link(const struct spice *k, const struct link *l, const char *name)
{
    double s = ramp_at(&l->s, when_ns(k->at));
    bool controlled = k->control[l->part].scale != NULL;

    if (!controlled && (l->mode == LINK_OPEN || (l->mode == LINK_CONDUCTS && s == 0.0))) {
        fprintf(k->out, "* %s: open\n", name);
    } else if (l->mode == LINK_INDUCTIVE) {
        write_inductive(k, l, name);
    } else if (l->mode == LINK_CLAMPED) {
        write_opening(k, l, name);
    } else if (!controlled && is_resistor(l)) {
        fprintf(k->out, "R%s %s %s %.12g\n", name, spice_node(k, l->a), spice_node(k, l->b),
                l->r_Ohm / s);
    } else {
        write_law(k, l, name);
    }
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void write_elements(const struct spice *k)
{
    const struct net *n = world_net_const(k->world);

    fputs(n->n_sources > 0 ? "\n* Sources\n" : "", k->out);
    for (int32_t i = 0; i < n->n_sources; i++) {
        write_source(k, net_source_const(n, i));
    }
    fputs(n->n_links > 0 ? "\n* Links: Ohm, H, A; a second link of a part is NAME.1\n" : "",
          k->out);
    for (int32_t i = 0; i < n->n_links; i++) {
        write_link(k, net_link_const(n, i), link_name(k, i));
    }
    fputs(n->n_loads > 0 ? "\n* Loads\n" : "", k->out);
    for (int32_t i = 0; i < n->n_loads; i++) {
        write_load(k, net_load_const(n, i));
    }
}

/* The first line is the title, whatever it says; it must be one line. */
static void write_head(const struct spice *k, bool script)
{
    char time[WORDS_TIME];

    for (const char *c = k->scenario->title; *c != '\0'; c++) {
        fputc(iscntrl((unsigned char)*c) ? ' ' : *c, k->out);
    }
    fprintf(k->out, "\n* %s at %s, by powergap %s. SI units. ", k->scenario->path,
            words_time(time, ns_to_s(k->at)), POWERGAP_VERSION);
    fputs("Run it: ngspice FILE, then: run, plot v(NODE)\n", k->out);
    fputs(script ? "* With the timed deeds of the scenario; a jump takes 1 ns.\n"
                 : "* As it stands: what changes after that time is not in here.\n",
          k->out);
    fputs("* Nodes have the names of their parts; the second node of a part is NAME.1\n", k->out);
    if (k->at > 0) {
        fputs("* Time 0 in here is that time.\n", k->out);
    }
}

/* Gear, for the laws are stiff; tolerances at which ngspice is within a microsecond of us
 * on all circuits of tests/oracle/ (`make crosscheck`). */
static void write_analysis(const struct spice *k)
{
    double left_s = ns_to_s(k->scenario->duration - k->at);
    double stop_s = left_s > 0.0 ? left_s : 1e-3;

    fputs("\n.options method=gear reltol=3e-7 abstol=1e-8 vntol=1e-9 trtol=1\n", k->out);
    fprintf(k->out, ".tran %.12g %.12g 0 %.12g uic\n.end\n", stop_s / STEPS, stop_s,
            stop_s / STEPS);
}

bool spice_write(FILE *out, const struct world *w, const struct scenario *s, bool script,
                 struct diag *d)
{
    if (script && !spice_script_check(s, d)) {
        return false;
    }
    struct arena *a = arena_new();
    const struct net *n = world_net_const(w);
    double *x = arena_array(a, (size_t)n->n_states + 1, sizeof *x);
    struct spice k = {.out = out, .world = w, .scenario = s, .arena = a, .at = world_now(w)};

    for (int32_t i = 0; i < n->n_states; i++) {
        x[i] = plant_state(w, i, k.at);
    }
    k.x = x;
    k.name = name_parts(a, w);
    k.node = name_nodes(a, w, k.name);
    k.control = arena_array(a, (size_t)world_parts(w) + 1, sizeof *k.control);
    write_head(&k, script);
    if (script) {
        spice_script_write(&k);
    }
    write_nodes(&k);
    write_elements(&k);
    write_analysis(&k);
    arena_free(a);
    return true;
}

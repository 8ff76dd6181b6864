/* ckt.c - read a circuit, write it as a scenario. */
#include "ckt.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 16, LINE = 256 };

/* A line in words; a value is the word behind "key=". */
struct line {
    char text[LINE];
    char *word[WORDS];
    int n;
    bool good; /* until a word is missing or unknown */
};

static void cut(struct line *l, const char *text, size_t length)
{
    *l = (struct line){.good = length < LINE};
    memcpy(l->text, text, l->good ? length : 0);
    for (char *w = strtok(l->text, " \t\r"); w != NULL && l->n < WORDS; w = strtok(NULL, " \t\r")) {
        l->word[l->n++] = w;
    }
}

static const char *word(struct line *l, int i)
{
    l->good = l->good && i < l->n;
    return l->good ? l->word[i] : "";
}

static void name(struct line *l, char to[CKT_NAME])
{
    snprintf(to, CKT_NAME, "%s", word(l, 1));
}

static const char *text_of(const struct line *l, const char *key)
{
    size_t n = strlen(key);

    for (int i = 1; i < l->n; i++) {
        if (strncmp(l->word[i], key, n) == 0 && l->word[i][n] == '=') {
            return l->word[i] + n + 1;
        }
    }
    return NULL;
}

static double optional(const struct line *l, const char *key, double otherwise)
{
    const char *text = text_of(l, key);

    return text == NULL ? otherwise : strtod(text, NULL);
}

static double value(struct line *l, const char *key)
{
    l->good = l->good && text_of(l, key) != NULL;
    return optional(l, key, 0.0);
}

static int node_named(struct line *l, const struct ckt *c, int i)
{
    const char *name = word(l, i);

    for (int k = 0; k < c->n_nodes; k++) {
        if (strcmp(c->node[k].name, name) == 0) {
            return k;
        }
    }
    l->good = l->good && strcmp(name, "0") == 0;
    return CKT_GROUND;
}

static int psu_named(const struct ckt *c, const char *name)
{
    for (int k = 0; k < c->n_psus; k++) {
        if (strcmp(c->psu[k].name, name) == 0) {
            return k;
        }
    }
    return CKT_NONE;
}

static int switch_named(const struct ckt *c, const char *name)
{
    for (int k = 0; k < c->n_links; k++) {
        if (c->link[k].kind == CKT_SW && strcmp(c->link[k].name, name) == 0) {
            return k;
        }
    }
    return CKT_NONE;
}

/* ---- one line ---------------------------------------------------------------------------------- */

static void read_node(struct ckt *c, struct line *l)
{
    struct ckt_node *n = &c->node[c->n_nodes];

    *n = (struct ckt_node){.C = value(l, "C"), .V0 = value(l, "V0"), .uv = optional(l, "uv", 0.0)};
    name(l, n->name);
    c->n_nodes++;
}

static void read_psu(struct ckt *c, struct line *l)
{
    struct ckt_psu *p = &c->psu[c->n_psus++];

    *p = (struct ckt_psu){.node = node_named(l, c, 2),
                          .E = value(l, "E"),
                          .R = value(l, "R"),
                          .Ilim = value(l, "Ilim"),
                          .rev = value(l, "rev") != 0.0,
                          .on = optional(l, "on", 1.0) != 0.0,
                          .toc = optional(l, "toc", 0.0),
                          .thic = optional(l, "thic", 0.0),
                          .tss = optional(l, "tss", 0.0)};
    name(l, p->name);
}

static void read_link(struct ckt *c, struct line *l, enum ckt_kind kind)
{
    struct ckt_link *k = &c->link[c->n_links++];

    *k = (struct ckt_link){
        .kind = kind, .a = node_named(l, c, 2), .b = node_named(l, c, 3), .on = true};
    name(l, k->name);
    k->R = value(l, kind == CKT_SW || kind == CKT_DIO ? "Ron" : "R");
    if (kind == CKT_IND) {
        k->L = value(l, "L");
        k->I0 = value(l, "I0");
    } else if (kind == CKT_SW) {
        k->on = value(l, "on") != 0.0;
    } else if (kind == CKT_DIO) {
        k->Vf = value(l, "Vf");
    }
}

static void read_cpl(struct ckt *c, struct line *l)
{
    struct ckt_cpl *k = &c->cpl[c->n_cpls++];

    *k = (struct ckt_cpl){.node = node_named(l, c, 2),
                          .P = value(l, "P"),
                          .Voff = value(l, "Voff"),
                          .Von = optional(l, "Von", 0.0),
                          .trst = optional(l, "trst", 0.0),
                          .vfl = value(l, "vfl")};
    name(l, k->name);
}

static void read_at(struct ckt *c, struct line *l)
{
    struct ckt_at a = {.T = strtod(word(l, 1), NULL),
                       .psu = psu_named(c, word(l, 3)),
                       .link = switch_named(c, word(l, 3))};
    int k = c->n_ats++;

    if (strcmp(word(l, 2), "eramp") == 0) {
        a.act = CKT_ERAMP;
        a.to = value(l, "to");
        a.tr = value(l, "dur");
        l->good = l->good && a.psu != CKT_NONE;
    } else {
        a.act = strcmp(word(l, 2), "on") == 0 ? CKT_ON : CKT_OFF;
        a.tr = value(l, "tr");
        l->good = l->good && (a.psu != CKT_NONE) != (a.link != CKT_NONE);
    }
    for (; k > 0 && c->at[k - 1].T > a.T; k--) {
        c->at[k] = c->at[k - 1];
    }
    c->at[k] = a;
}

static void read_trip(struct ckt *c, struct line *l)
{
    c->trip[c->n_trips++] = (struct ckt_trip){.link = switch_named(c, word(l, 1)),
                                              .node = node_named(l, c, 2),
                                              .Vth = value(l, "Vth"),
                                              .delay = value(l, "delay"),
                                              .tr = value(l, "tr")};
    l->good = l->good && c->trip[c->n_trips - 1].link != CKT_NONE;
}

static bool read_line(struct ckt *c, struct line *l)
{
    static const char *const links[] = {"res", "ind", "sw", "dio"};
    const char *what = word(l, 0);

    if (strcmp(what, "tstop") == 0) {
        c->tstop = strtod(word(l, 1), NULL);
    } else if (strcmp(what, "node") == 0) {
        read_node(c, l);
    } else if (strcmp(what, "psu") == 0) {
        read_psu(c, l);
    } else if (strcmp(what, "cpl") == 0) {
        read_cpl(c, l);
    } else if (strcmp(what, "at") == 0) {
        read_at(c, l);
    } else if (strcmp(what, "trip") == 0) {
        read_trip(c, l);
    } else {
        enum ckt_kind kind = CKT_RES;
        for (; kind <= CKT_DIO && strcmp(what, links[kind]) != 0; kind++) {
        }
        l->good = kind <= CKT_DIO;
        if (l->good) {
            read_link(c, l, kind);
        }
    }
    return l->good && c->n_nodes < CKT_MANY && c->n_psus < CKT_MANY && c->n_links < CKT_MANY &&
           c->n_cpls < CKT_MANY && c->n_ats < CKT_MANY && c->n_trips < CKT_MANY;
}

bool ckt_read(struct ckt *c, const char *text, int *wrong)
{
    struct line l;

    memset(c, 0, sizeof *c);
    *wrong = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        (*wrong)++;
        if (strncmp(text, "title ", 6) == 0) {
            snprintf(c->title, sizeof c->title, "%.*s", (int)n - 6, text + 6);
        } else if (n > 0) {
            cut(&l, text, n);
            if (!read_line(c, &l)) {
                return false;
            }
        }
        text += n + (text[n] == '\n');
    }
    return c->tstop > 0.0;
}

/* ---- as a scenario ----------------------------------------------------------------------------- */

struct page {
    char *text;
    size_t room, n;
};

static __attribute__((format(printf, 2, 3))) void put(struct page *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(p->text + p->n, p->room - p->n, format, args);
    va_end(args);
    p->n = n < 0 || p->n + (size_t)n >= p->room ? p->room - 1 : p->n + (size_t)n;
}

/* Powergap counts in whole nanoseconds. */
static void put_time(struct page *p, const char *key, double s)
{
    put(p, ", %s: %.0f ns", key, s * 1e9);
}

static void put_node(struct page *p, const struct ckt_node *n)
{
    put(p, "  %s: {is: node, c: %.17g F, v0: %.17g V}\n", n->name, n->C, n->V0);
}

static void put_psu(struct page *p, const struct ckt *c, const struct ckt_psu *u)
{
    put(p, "  %s: {is: source, at: %s, e: %.17g V, r: %.17g Ohm, i_max: %.17g A", u->name,
        c->node[u->node].name, u->E, u->R, u->Ilim);
    put(p, ", reverse: %s, on: %s", u->rev ? "yes" : "no", u->on ? "yes" : "no");
    if (u->toc > 0.0) {
        put_time(p, "trip_after", u->toc);
        put_time(p, "off_for", u->thic);
        put_time(p, "ramp_in", u->tss);
    }
    put(p, "}\n");
}

static const struct ckt_trip *trip_of(const struct ckt *c, int link)
{
    for (int i = 0; i < c->n_trips; i++) {
        if (c->trip[i].link == link) {
            return &c->trip[i];
        }
    }
    return NULL;
}

static void put_end(struct page *p, const struct ckt *c, const char *key, int node)
{
    if (node != CKT_GROUND) {
        put(p, ", %s: %s", key, c->node[node].name);
    }
}

static void put_link(struct page *p, const struct ckt *c, int link)
{
    static const char *const kinds[] = {"resistor", "inductor", "switch", "diode"};
    const struct ckt_link *k = &c->link[link];
    const struct ckt_trip *t = trip_of(c, link);

    put(p, "  %s: {is: %s, r: %.17g Ohm", k->name, kinds[k->kind], k->R);
    put_end(p, c, "from", k->a);
    put_end(p, c, "to", k->b);
    if (k->kind == CKT_IND) {
        put(p, ", l: %.17g H, i0: %.17g A", k->L, k->I0);
    } else if (k->kind == CKT_DIO) {
        put(p, ", v_f: %.17g V", k->Vf);
    } else if (k->kind == CKT_SW) {
        put(p, ", closed: %s", k->on ? "yes" : "no");
    }
    if (t != NULL) {
        put(p, ", trip_node: %s, trip_below: %.17g V", c->node[t->node].name, t->Vth);
        put_time(p, "trip_delay", t->delay);
        put_time(p, "trip_over", t->tr);
    }
    put(p, "}\n");
}

static void put_cpl(struct page *p, const struct ckt *c, const struct ckt_cpl *l)
{
    put(p, "  %s: {is: load, at: %s, p: %.17g W, off_below: %.17g V, v_floor: %.17g V", l->name,
        c->node[l->node].name, l->P, l->Voff, l->vfl);
    if (l->Von > 0.0) {
        put(p, ", on_above: %.17g V", l->Von);
        put_time(p, "restart", l->trst);
    }
    put(p, "}\n");
}

static void put_at(struct page *p, const struct ckt *c, const struct ckt_at *a)
{
    const char *name = a->psu != CKT_NONE ? c->psu[a->psu].name : c->link[a->link].name;
    const char *act = a->act == CKT_ERAMP  ? "ramp"
                      : a->psu != CKT_NONE ? (a->act == CKT_ON ? "on" : "off")
                      : a->act == CKT_ON   ? "close"
                                           : "open";

    put(p, "  - {at: %.0f ns, act: %s.%s, optional: yes", a->T * 1e9, name, act);
    if (a->act == CKT_ERAMP) {
        put(p, ", to: %.17g V", a->to);
    }
    put_time(p, "over", a->tr);
    put(p, "}\n");
}

bool ckt_scenario(const struct ckt *c, char *text, size_t room)
{
    struct page p = {.text = text, .room = room};

    put(&p, "title: \"%s\"\nduration: %.0f ns\nrack:\n", c->title, c->tstop * 1e9);
    for (int i = 0; i < c->n_nodes; i++) {
        put_node(&p, &c->node[i]);
    }
    for (int i = 0; i < c->n_psus; i++) {
        put_psu(&p, c, &c->psu[i]);
    }
    for (int i = 0; i < c->n_links; i++) {
        put_link(&p, c, i);
    }
    for (int i = 0; i < c->n_cpls; i++) {
        put_cpl(&p, c, &c->cpl[i]);
    }
    put(&p, c->n_ats > 0 ? "do:\n" : "");
    for (int i = 0; i < c->n_ats; i++) {
        put_at(&p, c, &c->at[i]);
    }
    put(&p, "expect:\n");
    for (int i = 0; i < c->n_nodes; i++) {
        double uv = c->node[i].uv;
        if (uv > 0.0) {
            put(&p, "  - {gap: %s.v < %.17g V, at_most: 1000 s}\n", c->node[i].name, uv);
        }
    }
    return p.n + 1 < p.room;
}

/* ckt.h - a circuit in the neutral notation of the reference circuits (*.ckt), read into tables.
 *
 *   node N C V0 [uv]                          sw S A B Ron on
 *   psu P N E R Ilim rev [on] [toc thic tss]  dio D A K Vf Ron
 *   res R A B R                               cpl L N P Voff [Von trst] vfl
 *   ind I A B L R I0                          trip S N Vth delay tr
 *   at T off|on P|S tr                        at T eramp P to dur
 *
 * SI units; node 0 is ground. A line may use what earlier lines have named. */
#ifndef TESTS_ORACLE_CKT_H
#define TESTS_ORACLE_CKT_H

#include <stdbool.h>
#include <stddef.h>

enum { CKT_MANY = 48, CKT_NAME = 16, CKT_TEXT = 16384, CKT_GROUND = -1, CKT_NONE = -2 };

struct ckt_node {
    char name[CKT_NAME];
    double C, V0, uv; /* uv 0: not observed */
};

struct ckt_psu {
    char name[CKT_NAME];
    int node;
    bool rev, on;
    double E, R, Ilim, toc, thic, tss; /* toc 0: never */
};

enum ckt_kind { CKT_RES, CKT_IND, CKT_SW, CKT_DIO };

struct ckt_link {
    char name[CKT_NAME];
    enum ckt_kind kind;
    int a, b;
    bool on;
    double R, L, I0, Vf;
};

struct ckt_cpl {
    char name[CKT_NAME];
    int node;
    double P, Voff, Von, trst, vfl; /* Von 0: stays off */
};

enum ckt_act { CKT_OFF, CKT_ON, CKT_ERAMP };

/* Of a psu or of a switch; the other index is CKT_NONE. */
struct ckt_at {
    double T, tr, to;
    enum ckt_act act;
    int psu, link;
};

struct ckt_trip {
    int link, node;
    double Vth, delay, tr;
};

struct ckt {
    char title[128];
    double tstop;
    int n_nodes, n_psus, n_links, n_cpls, n_ats, n_trips;
    struct ckt_node node[CKT_MANY];
    struct ckt_psu psu[CKT_MANY];
    struct ckt_link link[CKT_MANY];
    struct ckt_cpl cpl[CKT_MANY];
    struct ckt_at at[CKT_MANY]; /* by time, then by line */
    struct ckt_trip trip[CKT_MANY];
};

/* False: a line is not understood (*wrong: which, from 1), or there are too many. */
bool ckt_read(struct ckt *c, const char *text, int *wrong);

/* The same circuit as a scenario of ideal parts that only observes. False: it does not fit. */
bool ckt_scenario(const struct ckt *c, char *text, size_t room);

#endif

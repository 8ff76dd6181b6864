/* cases.c - see cases.h. */
#include "cases.h"

#define NODE(name, params)   circuit_add(c, &node_kind, name, params)
#define PSU(name, params)    circuit_add(c, &source_kind, name, params)
#define LOAD(name, params)   circuit_add(c, &load_kind, name, params)
#define SWITCH(name, params) circuit_add(c, &switch_kind, name, params)
#define DIODE(name, params)  circuit_add(c, &diode_kind, name, params)
#define AT(t, what, args)    circuit_do(c, ns_from_s(t), what, args)

static void dead_supply(struct circuit *c)
{
    NODE("bus", "c=10e-3 v0=12.067411");
    PSU("p1", "at=bus e=12.2 r=2e-3 i_max=200");
    LOAD("l1", "at=bus p=800 off_below=9 v_floor=0.5");
    AT(1e-3, "p1.off", "");
    circuit_watch(c, "bus", 10.8);
}

static void hold_up_tail(struct circuit *c)
{
    NODE("bus", "c=10e-3 v0=12.067411");
    PSU("p1", "at=bus e=12.2 r=2e-3 i_max=200");
    LOAD("l1", "at=bus p=800 off_below=9 v_floor=0.5");
    AT(11e-3, "p1.ramp", "to=0 over=5e-3");
    circuit_watch(c, "bus", 10.8);
}

static void survivor_in_its_limit(struct circuit *c)
{
    NODE("bus", "c=5e-3 v0=12.025423");
    PSU("p1", "at=bus e=12.25 r=4e-3 i_max=150");
    PSU("p2", "at=bus e=12.20 r=4e-3 i_max=80");
    LOAD("l1", "at=bus p=1200 off_below=9.5 v_floor=0.5");
    AT(1e-3, "p1.off", "");
    circuit_watch(c, "bus", 10.8);
}

static void spare_switched_in(struct circuit *c)
{
    NODE("bus", "c=10e-3 v0=12.084146");
    PSU("p1", "at=bus e=12.2 r=2e-3 i_max=200");
    PSU("p2", "at=bus e=12.2 r=9e-3 i_max=120 on=0");
    LOAD("l1", "at=bus p=700 off_below=8 v_floor=0.5");
    AT(1e-3, "p1.off", "");
    AT(1.25e-3, "p2.on", "");
    circuit_watch(c, "bus", 11.0);
}

static void spare_behind_a_switch(struct circuit *c, const char *load)
{
    NODE("bus", "c=10e-3 v0=12.084146");
    NODE("n2", "c=4e-3 v0=12.2");
    PSU("p1", "at=bus e=12.2 r=2e-3 i_max=200");
    PSU("p2", "at=n2 e=12.2 r=4e-3 i_max=120");
    SWITCH("f2", "from=n2 to=bus r=1e-3");
    LOAD("l1", load);
    AT(1e-3, "p1.off", "over=1e-6");
    circuit_watch(c, "bus", 11.0);
}

static void spare_behind_a_fet(struct circuit *c)
{
    spare_behind_a_switch(c, "at=bus p=700 off_below=8 v_floor=0.5");
    AT(1.25e-3, "f2.close", "over=20e-6");
}

static void spare_behind_a_relay(struct circuit *c)
{
    spare_behind_a_switch(c, "at=bus p=700 off_below=9.5 on_above=11.5 restart=2e-3 v_floor=0.5");
    AT(9.200e-3, "f2.close", "");
    AT(9.350e-3, "f2.open", "");
    AT(9.600e-3, "f2.close", "");
    AT(9.670e-3, "f2.open", "");
    AT(9.920e-3, "f2.close", "");
    AT(9.960e-3, "f2.open", "");
    AT(10.10e-3, "f2.close", "");
}

static void bounce_while_recharging(struct circuit *c)
{
    NODE("bus", "c=140e-3 v0=12.084146");
    PSU("p1", "at=bus e=12.2 r=2e-3 i_max=200");
    PSU("p2", "at=bus e=12.2 r=9e-3 i_max=120 on=0");
    LOAD("l1", "at=bus p=700 off_below=8 v_floor=0.5");
    AT(1e-3, "p1.off", "");
    AT(6.2e-3, "p2.on", "");
    AT(6.5e-3, "p2.off", "");
    AT(7.0e-3, "p2.on", "");
    AT(7.2e-3, "p2.off", "");
    AT(7.7e-3, "p2.on", "");
    AT(7.9e-3, "p2.off", "");
    AT(8.1e-3, "p2.on", "");
    circuit_watch(c, "bus", 11.0);
}

static void two_cords(struct circuit *c)
{
    NODE("a", "c=5e-3 v0=12.067560");
    NODE("b", "c=5e-3 v0=11.966291");
    NODE("s", "c=1e-3 v0=12.017633");
    PSU("pa", "at=a e=12.30 r=4e-3 i_max=150");
    PSU("pb", "at=b e=12.10 r=4e-3 i_max=150");
    LOAD("la", "at=a p=400 off_below=9 v_floor=0.5");
    LOAD("lb", "at=b p=400 off_below=9 v_floor=0.5");
    LOAD("ls", "at=s p=300 off_below=9 v_floor=0.5");
    DIODE("da", "from=a to=s r=2e-3");
    DIODE("db", "from=b to=s r=2e-3");
    AT(1e-3, "pa.off", "over=1e-6");
    circuit_watch(c, "a", 10.8);
    circuit_watch(c, "s", 11.9);
}

static void shorted_supply(struct circuit *c, const char *switch_1)
{
    NODE("n1", "c=2e-3 v0=12.100731");
    NODE("n2", "c=2e-3 v0=12.100731");
    NODE("bus", "c=5e-3 v0=12.088322");
    PSU("p1", "at=n1 e=12.2 r=4e-3 i_max=120 reverse=1");
    PSU("p2", "at=n2 e=12.2 r=4e-3 i_max=120 reverse=1");
    SWITCH("f1", switch_1);
    SWITCH("f2", "from=n2 to=bus r=0.5e-3 closed=1");
    LOAD("l1", "at=bus p=600 off_below=9 on_above=11.2 restart=1e-3 v_floor=0.5");
    SWITCH("sc", "from=n1 r=3e-3");
    AT(1e-3, "sc.close", "");
    circuit_watch(c, "bus", 10.8);
}

static void short_cleared_by_command(struct circuit *c)
{
    shorted_supply(c, "from=n1 to=bus r=0.5e-3 closed=1");
    AT(1.03e-3, "f1.open", "over=0.2e-6");
}

static void short_cleared_by_itself(struct circuit *c)
{
    shorted_supply(c, "from=n1 to=bus r=0.5e-3 closed=1 trip_node=bus trip_below=10.5 "
                      "trip_delay=5e-6 trip_over=0.5e-6");
}

static void hiccup(struct circuit *c)
{
    NODE("bus", "c=20e-3 v0=12.050630");
    PSU("p1", "at=bus e=12.2 r=4e-3 i_max=90 trip_after=2e-3 off_for=5e-3 ramp_in=1e-3");
    PSU("p2", "at=bus e=12.2 r=4e-3 i_max=60 trip_after=2e-3 off_for=5e-3 ramp_in=1e-3");
    LOAD("l1", "at=bus p=900 off_below=9 on_above=11.2 restart=0.5e-3 v_floor=0.5");
    AT(1e-3, "p1.off", "over=1e-6");
    AT(30e-3, "p1.on", "over=1e-6");
    circuit_watch(c, "bus", 10.8);
}

/* An inductive ladder, a diode that lets go, and a load step: what the others lack. */
static void ringing_ladder(struct circuit *c)
{
    NODE("in", "c=5e-3 v0=50");
    NODE("mid", "c=100e-6 v0=50");
    NODE("end", "c=500e-6 v0=50");
    PSU("p1", "at=in e=50 r=8e-3 i_max=300");
    circuit_add(c, &inductor_kind, "bar", "from=in to=mid l=1e-6 r=1e-3");
    DIODE("oring", "from=mid to=end r=2e-3 v_f=0.1");
    LOAD("l1", "at=end p=2000 off_below=32 v_floor=5");
    AT(1e-3, "l1.step", "to=9000 over=10e-6");
    AT(2e-3, "l1.step", "to=100");
    circuit_watch(c, "end", 48.0);
}

const struct circuit_case cases[CASES] = {
    {"a dead supply", dead_supply, 3e-3},
    {"a hold-up tail", hold_up_tail, 20e-3},
    {"a survivor in its limit", survivor_in_its_limit, 3e-3},
    {"a spare switched in", spare_switched_in, 2.5e-3},
    {"a spare behind a FET", spare_behind_a_fet, 2.5e-3},
    {"a spare behind a relay", spare_behind_a_relay, 20e-3},
    {"a relay that bounces while recharging", bounce_while_recharging, 20e-3},
    {"two cords", two_cords, 4e-3},
    {"a short cleared by command", short_cleared_by_command, 5e-3},
    {"a short cleared by itself", short_cleared_by_itself, 5e-3},
    {"a hiccup", hiccup, 40e-3},
    {"a ringing ladder", ringing_ladder, 2.1e-3},
};

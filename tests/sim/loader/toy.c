/* toy.c - feed, psu, bus, fet, server, controller, smbus, mux, expander: tables and nothing else. */
#include "toy.h"

#include <math.h>
#include <string.h>

#include "models/world.h"
#include "sim/kinds.h"
#include "sim/rack.h"

#define END                                                                                        \
    {                                                                                              \
        .key = NULL                                                                                \
    }

const void *world_params(const struct world *w, int32_t part)
{
    return w->parts[part].params;
}

static double read_value(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return w->value[part];
}

static double read_member(const struct world *w, int32_t part, int32_t member, ns_t at)
{
    (void)at;
    return w->member[part][member];
}

static bool act(struct world *w, int32_t part, const struct act_args *args)
{
    (void)w;
    (void)part;
    (void)args;
    return true;
}

/* ---- feed ---- */

struct toy_feed {
    double v_rms_V;
};

static const struct field feed_fields[] = {
    {.key = "v_rms",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 85,
     .max = 305,
     .def = 230,
     .offset = offsetof(struct toy_feed, v_rms_V),
     .doc = "voltage",
     .source = "D"},
    END,
};

static const struct action feed_actions[] = {
    {.key = "open", .undo = "close", .doc = "the feed is lost", .run = act},
    {.key = "close", .undo = "open", .doc = "the feed returns", .run = act},
    END,
};

static const struct kind feed = {
    .name = "feed",
    .doc = "an AC feed",
    .fields = feed_fields,
    .actions = feed_actions,
    .params_size = sizeof(struct toy_feed),
};

/* ---- psu ---- */

#define PSU(k, member) .key = k, .offset = offsetof(struct toy_psu, member)
static const struct field psu_fields[] = {
    {PSU("from", from), .type = FIELD_PART, .choices = "feed|psu", .def = REQUIRED,
     .doc = "what it is fed from"},
    {PSU("v", v_V), .type = FIELD_REAL, .quantity = QTY_VOLT, .min = 1, .max = 100, .def = 12,
     .doc = "set-point", .source = "S1"},
    {PSU("rated", rated_A), .type = FIELD_REAL, .quantity = QTY_AMPERE, .min = 1, .max = 1000,
     .def = 100, .doc = "rated current", .source = "S1"},
    {PSU("droop", droop_Ohm), .type = FIELD_REAL, .quantity = QTY_OHM, .min = 0, .max = 0.1,
     .def = 1.2e-3, .doc = "droop", .source = "E"},
    {PSU("hold_up", hold_up), .type = FIELD_TIME, .min = 0, .max = 1, .def = 20e-3,
     .doc = "how long it lives without input", .source = "S1"},
    {PSU("i2c", i2c), .type = FIELD_I2C, .choices = "smbus|mux", .def = 0,
     .doc = "where it answers"},
    {PSU("start", start), .type = FIELD_CHOICE, .choices = "off|on", .def = 1,
     .doc = "how it starts"},
    {PSU("latching", latching), .type = FIELD_FLAG, .def = 0, .doc = "stays off after a fault"},
    {PSU("capacity", capacity), .type = FIELD_COUNT, .min = 0, .max = 16, .def = 1,
     .doc = "units of capacity"},
    END,
};

static const struct signal psu_signals[] = {
    {.key = "i", .quantity = QTY_AMPERE, .continuous = true, .doc = "current", .read = read_value},
    {.key = "state", .choices = "OFF|RAMP|ON", .doc = "what it does", .read = read_value},
    END,
};

static const struct field set_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 0,
     .max = 100,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "the new set-point"},
    {.key = "over",
     .type = FIELD_TIME,
     .min = 0,
     .max = 100,
     .def = 0,
     .offset = offsetof(struct act_args, over),
     .doc = "how slowly"},
    END,
};

static const struct action psu_actions[] = {
    {.key = "lose_input", .undo = "restore_input", .doc = "its input is gone", .run = act},
    {.key = "restore_input", .undo = "lose_input", .doc = "its input is back", .run = act},
    {.key = "die", .doc = "its converter fails", .run = act},
    {.key = "set_v", .args = set_args, .doc = "moves its set-point", .run = act},
    END,
};

static const char *psu_check(const void *params, const char **key)
{
    const struct toy_psu *p = params;

    *key = "droop";
    return p->droop_Ohm * p->rated_A > p->v_V ? "the droop is larger than the voltage" : NULL;
}

static const struct kind psu = {
    .name = "psu",
    .doc = "a supply",
    .fields = psu_fields,
    .signals = psu_signals,
    .actions = psu_actions,
    .params_size = sizeof(struct toy_psu),
    .check = psu_check,
};

/* ---- bus ---- */

static const struct field bus_fields[] = {
    {.key = "v",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 1,
     .max = 100,
     .def = REQUIRED,
     .offset = offsetof(struct toy_bus, v_V),
     .doc = "nominal voltage"},
    {.key = "c",
     .type = FIELD_REAL,
     .quantity = QTY_FARAD,
     .min = 1e-6,
     .max = 10,
     .def = REQUIRED,
     .offset = offsetof(struct toy_bus, c_F),
     .doc = "capacitance"},
    {.key = "taps",
     .type = FIELD_COUNT,
     .min = 1,
     .max = 64,
     .def = 4,
     .offset = offsetof(struct toy_bus, taps),
     .doc = "taps"},
    END,
};

static int32_t bus_taps(const void *params)
{
    const struct toy_bus *b = params;

    return b->taps;
}

static const struct signal bus_signals[] = {
    {.key = "v", .quantity = QTY_VOLT, .continuous = true, .doc = "lowest tap", .read = read_value},
    END,
};

static double bus_nominal_V(const void *params)
{
    const struct toy_bus *b = params;

    return b->v_V;
}

static const struct signal_family bus_families[] = {
    {.key = "v",
     .quantity = QTY_VOLT,
     .continuous = true,
     .doc = "voltage of a tap",
     .members = bus_taps,
     .read = read_member},
    END,
};

static const struct kind bus = {
    .name = "bus",
    .doc = "a bus bar",
    .fields = bus_fields,
    .signals = bus_signals,
    .families = bus_families,
    .params_size = sizeof(struct toy_bus),
    .nominal_V = bus_nominal_V,
};

/* ---- fet ---- */

struct toy_fet {
    struct tap_list from, to;
    struct pin_path on;
    double r_on_Ohm, v_most_V;
};

static const struct field fet_fields[] = {
    {.key = "from",
     .type = FIELD_TAPS,
     .choices = "psu|bus",
     .max = 1,
     .def = REQUIRED,
     .offset = offsetof(struct toy_fet, from),
     .doc = "one side"},
    {.key = "to",
     .type = FIELD_TAPS,
     .choices = "bus|psu",
     .max = 1,
     .def = REQUIRED,
     .offset = offsetof(struct toy_fet, to),
     .doc = "the other side"},
    {.key = "on",
     .type = FIELD_PIN,
     .choices = "expander",
     .def = 0,
     .offset = offsetof(struct toy_fet, on),
     .doc = "the pin that switches it"},
    {.key = "r_on",
     .type = FIELD_REAL,
     .quantity = QTY_OHM,
     .min = 1e-6,
     .max = 1,
     .def = 1e-3,
     .offset = offsetof(struct toy_fet, r_on_Ohm),
     .doc = "resistance"},
    {.key = "v_most",
     .type = FIELD_REAL,
     .quantity = QTY_VOLT,
     .min = 1,
     .max = 1000,
     .def = 30,
     .offset = offsetof(struct toy_fet, v_most_V),
     .doc = "what it blocks"},
    END,
};

static const char *fet_check_at(const void *params, double v_V, const char **key)
{
    const struct toy_fet *f = params;

    *key = "v_most";
    return f->v_most_V <= v_V ? "v_most must be above the voltage that it switches" : NULL;
}

static const struct signal fet_signals[] = {
    {.key = "state", .choices = "OPEN|CLOSED", .doc = "contact", .read = read_value},
    {.key = "operations", .quantity = QTY_OPERATIONS, .doc = "how often", .read = read_value},
    {.key = "i", .quantity = QTY_AMPERE, .continuous = true, .doc = "current", .read = read_value},
    END,
};

static const struct kind fet = {
    .name = "fet",
    .doc = "a FET stage",
    .fields = fet_fields,
    .signals = fet_signals,
    .params_size = sizeof(struct toy_fet),
    .check_at = fet_check_at,
};

/* ---- server ---- */

static const struct field server_fields[] = {
    {.key = "from",
     .type = FIELD_TAPS,
     .choices = "bus",
     .def = REQUIRED,
     .offset = offsetof(struct toy_server, from),
     .doc = "its bars"},
    {.key = "p",
     .type = FIELD_REAL,
     .quantity = QTY_WATT,
     .min = 0,
     .max = 1e4,
     .def = REQUIRED,
     .offset = offsetof(struct toy_server, p_W),
     .doc = "power"},
    {.key = "profile",
     .type = FIELD_FILE,
     .quantity = QTY_WATT,
     .def = 0,
     .offset = offsetof(struct toy_server, profile),
     .doc = "measured power"},
    END,
};

static const struct signal server_signals[] = {
    {.key = "v", .quantity = QTY_VOLT, .continuous = true, .doc = "input", .read = read_value},
    {.key = "p", .quantity = QTY_WATT, .continuous = true, .doc = "power", .read = read_value},
    END,
};

static const struct field step_args[] = {
    {.key = "to",
     .type = FIELD_REAL,
     .quantity = QTY_WATT,
     .min = 0,
     .max = 1e4,
     .def = REQUIRED,
     .offset = offsetof(struct act_args, to),
     .doc = "the new power"},
    END,
};

static const struct action server_actions[] = {
    {.key = "step", .args = step_args, .doc = "its power changes", .run = act},
    END,
};

static const struct kind server = {
    .name = "server",
    .doc = "a server",
    .fields = server_fields,
    .signals = server_signals,
    .actions = server_actions,
    .params_size = sizeof(struct toy_server),
};

/* ---- controller ---- */

struct toy_controller {
    ns_t poll;
    int32_t redundancy;
};

static const struct field controller_fields[] = {
    {.key = "poll",
     .type = FIELD_TIME,
     .min = 100e-6,
     .max = 10,
     .def = 5e-3,
     .offset = offsetof(struct toy_controller, poll),
     .doc = "time between polls"},
    {.key = "redundancy",
     .type = FIELD_CHOICE,
     .choices = "N|N+1|2N",
     .def = 1,
     .offset = offsetof(struct toy_controller, redundancy),
     .doc = "what it aims at"},
    END,
};

static const struct signal_family controller_families[] = {
    {.key = "",
     .choices = "UNKNOWN|SHARING|SUSPECT|LOST",
     .doc = "what it thinks of a supply",
     .of_kinds = "psu",
     .read = read_member},
    END,
};

static const struct kind controller = {
    .name = "controller",
    .doc = "the controller",
    .fields = controller_fields,
    .families = controller_families,
    .params_size = sizeof(struct toy_controller),
};

/* ---- serial bus ---- */

struct toy_smbus {
    double rate_Hz;
};

static const struct field smbus_fields[] = {
    {.key = "rate",
     .type = FIELD_REAL,
     .quantity = QTY_HERTZ,
     .min = 1e3,
     .max = 1e6,
     .def = 400e3,
     .offset = offsetof(struct toy_smbus, rate_Hz),
     .doc = "clock"},
    END,
};

static const struct action smbus_actions[] = {
    {.key = "hold_sda", .undo = "release", .doc = "a device holds the data line", .run = act},
    {.key = "release", .doc = "lets go", .run = act},
    END,
};

static const struct kind smbus = {
    .name = "smbus",
    .doc = "a serial bus",
    .fields = smbus_fields,
    .actions = smbus_actions,
    .params_size = sizeof(struct toy_smbus),
};

struct toy_device {
    struct i2c_path i2c;
};

static const struct field device_fields[] = {
    {.key = "i2c",
     .type = FIELD_I2C,
     .choices = "smbus|mux",
     .def = REQUIRED,
     .offset = offsetof(struct toy_device, i2c),
     .doc = "where it answers"},
    END,
};

static const struct kind mux = {
    .name = "mux",
    .doc = "a multiplexer",
    .fields = device_fields,
    .params_size = sizeof(struct toy_device),
};

static const struct kind expander = {
    .name = "expander",
    .doc = "an expander",
    .fields = device_fields,
    .params_size = sizeof(struct toy_device),
};

void toy_kinds(void)
{
}

const struct kind *const kinds[] = {&feed,       &psu,   &bus, &fet,      &server,
                                    &controller, &smbus, &mux, &expander, NULL};

const struct kind *kind_named(const char *name)
{
    for (int i = 0; kinds[i]; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

/* field.h - one row per parameter: scenario key, unit, range, default, words and source.
 *
 * A kind's field table is the only place where a parameter is described. The loader, its checks,
 * the defaults, `powergap explain`, the JSON Schema and the part library all read these rows. */
#ifndef MODELS_FIELD_H
#define MODELS_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "ns.h"

/* What a number measures. The unit table in field.c gives each its spellings; values are kept in
 * the SI base unit of the first spelling. */
enum quantity {
    QTY_RATIO, /* plain number, or '%' */
    QTY_VOLT,
    QTY_AMPERE,
    QTY_WATT,
    QTY_OHM,
    QTY_FARAD,
    QTY_HENRY,
    QTY_SECOND,
    QTY_HERTZ,
    QTY_JOULE,
    QTY_CELSIUS,
    QTY_COULOMB,
    QTY_AMPERE_SECOND_SQUARED, /* A2s: the heat in a contact or a fuse */
    QTY_VOLT_PER_SECOND,
    QTY_AMPERE_PER_SECOND,
    QTY_KELVIN, /* a difference of temperatures */
    QTY_JOULE_PER_KELVIN,
    QTY_WATT_PER_KELVIN,
    QTY_PER_KELVIN,
    QTY_OPERATIONS, /* a count of events: plain number */
    QTY_KINDS
};

/* One spelling of one quantity: value_SI = value * scale. */
struct unit {
    enum quantity quantity;
    const char *text;
    double scale;
};

/* Ends with text == NULL; a quantity's first row is its SI unit. */
extern const struct unit units[];

/* The SI unit's spelling ("V", "Ohm", ""), as CSV columns and explanations print it. */
const char *quantity_unit(enum quantity q);

/* What a quantity is called in a sentence ("a voltage"). */
const char *quantity_name(enum quantity q);

enum field_type {
    FIELD_REAL,   /* double, SI */
    FIELD_TIME,   /* ns_t; written as a time with unit */
    FIELD_COUNT,  /* int32_t */
    FIELD_CHOICE, /* int32_t: index into `choices` */
    FIELD_FLAG,   /* int32_t: yes 1, no 0 */
    FIELD_TAPS,   /* struct tap_list: "bus_a", "bus_a.3" or a list of them */
    FIELD_PART,   /* int32_t: index of another part, NO_PART when left out */
    FIELD_I2C,    /* struct i2c_path: "smbus0/0x20" or "smbus0/mux0.3/0x58" */
    FIELD_PIN,    /* struct pin_path: "expander0.12" */
    FIELD_FILE    /* int32_t: index of a file in the scenario's file list (profiles), NO_PART */
};

enum { NO_PART = -1, TAPS_MAX = 4, TAP_ANY = -1 };

struct tap_list {
    int32_t n;
    struct {
        int32_t part; /* index of the part referred to */
        int32_t tap;  /* its tap, 0..; TAP_ANY when none was written */
    } at[TAPS_MAX];
};

struct i2c_path {
    int32_t bus;     /* part index of the i2c bus, NO_PART when left out */
    int32_t mux;     /* part index of the mux, NO_PART: directly on the bus */
    int32_t channel; /* of that mux */
    int32_t address; /* 7 bits */
};

struct pin_path {
    int32_t device; /* part index of the expander, NO_PART when left out */
    int32_t bit;
};

/* `def` for a field that the user must give. */
#define REQUIRED __builtin_nan("")

struct field {
    const char *key; /* NULL ends a table */
    enum field_type type;
    enum quantity quantity; /* FIELD_REAL only */
    double min, max;        /* SI, both allowed; FIELD_TIME: seconds */
    double def;             /* SI; FIELD_TIME: seconds; REQUIRED; references: anything but REQUIRED
                               means that they may be left out */
    size_t offset;          /* in the kind's parameter struct */
    const char *choices;    /* FIELD_CHOICE: "open|closed"; references: kinds allowed, "bus|node" */
    const char *doc;        /* one sentence */
    const char *source;     /* "S5", "E" for an estimate, "D" for derived; "" for a free choice */
};

#endif

/* pmbus_face.h - the PMBus register face of a supply: what a master can read and write.
 *
 * A plain struct without pointers, embedded by value in a model's state. The model keeps value[] and
 * the conditions up to date; a value is encoded only when it is read.
 *
 *   status     a condition that is present sets its bit; the bit stays until CLEAR_FAULTS, a 1
 *              written to it, or the output being commanded on again, and is back at once while
 *              the condition persists. OFF and POWER_GOOD# are live. STATUS_WORD is derived
 *   PEC        a write may carry one byte more than its data: then it must be the right PEC, or the
 *              write is refused. A read may ask for one byte more: that is the PEC
 *   refused    an unknown command is not acknowledged, or answered with ones, and remembered in STATUS_CML
 *   busy       it doesn't acknowledge its address; or answers ones, their PEC too; or nothing but STATUS_,
 *              with BUSY set, which stays until it is cleared: by CLEAR_FAULTS, or a 1 written to it
 *   alert      a status bit that is set, and was not, asks for SMBALERT#, unless SMBALERT_MASK has it.
 *              Ends when the alert response was won, on CLEAR_FAULTS, or when no such bit is left;
 *              a condition that persists over CLEAR_FAULTS asks again. OFF and POWER_GOOD# never ask
 *
 * Left out: pages beyond 0, group commands, process calls but SMBALERT_MASK.
 * Source: PMBus part II rev 1.2, sections 10.2 (clearing), 10.8 and 10.9 (bad transfers), 15.38
 * (SMBALERT_MASK), 17 (status);
 * hardware facts 5.2.  Checked by tests/models/test_pmbus_face.c. */
#ifndef MODELS_PMBUS_FACE_H
#define MODELS_PMBUS_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "i2c.h"
#include "ns.h"
#include "pmbus.h"

enum { PMBUS_TEXT = 20 }; /* with the final 0 */

/* The registers behind STATUS_WORD. */
enum pmbus_register {
    PMBUS_VOUT,
    PMBUS_IOUT,
    PMBUS_INPUT,
    PMBUS_TEMPERATURE,
    PMBUS_CML,
    PMBUS_OTHER,
    PMBUS_MFR,
    PMBUS_FANS,
    PMBUS_REGISTERS
};

/* What can be read as a number, SI. */
enum pmbus_value {
    PMBUS_READ_VIN,
    PMBUS_READ_IIN,
    PMBUS_READ_VOUT,
    PMBUS_READ_IOUT,
    PMBUS_READ_TEMPERATURE_1, /* hot spot */
    PMBUS_READ_TEMPERATURE_2, /* air at the inlet */
    PMBUS_READ_FAN_SPEED_1,   /* revolutions per minute */
    PMBUS_READ_POUT,
    PMBUS_READ_PIN,
    PMBUS_POUT_MAX,
    PMBUS_VALUES
};

/* How a unit departs from the standard, seen in the field. */
enum pmbus_quirk {
    PMBUS_WRONG_PEC = 1,     /* appends a PEC that is wrong [S90] */
    PMBUS_NO_PEC = 2,        /* knows no PEC: a byte more reads FF */
    PMBUS_ANY_PAGE = 4,      /* accepts every PAGE, reads it back, and ignores it */
    PMBUS_NO_VOUT_MODE = 16, /* doesn't know VOUT_MODE: its data sheet says */
    PMBUS_NO_ERASE = 32,     /* PMBus 1.1: its status registers can't be written */
    PMBUS_UNKNOWN_ONES =
        64, /* answers a command that it doesn't know, with ones and their PEC [E] */
    PMBUS_HOLDS_ALERT =
        8 /* asks for SMBALERT# as long as an unmasked bit is set, heard or not [E] */
};

struct pmbus_face_config {
    int8_t vout_exponent;          /* LINEAR16 */
    int8_t exponent[PMBUS_VALUES]; /* LINEAR11, finest; that of VOUT is not used */
    uint8_t quirks;                /* enum pmbus_quirk, ORed */
    uint8_t unknown;               /* a command that it doesn't know; 0: the table's only */
    ns_t stretch;                  /* holds the clock this long in each transfer */
    char id[PMBUS_TEXT], model[PMBUS_TEXT], serial[PMBUS_TEXT];
};

/* Exponents that real supplies use: VOUT -9 (1.95 mV), IOUT -3, PIN and POUT 0 ... [S8, E]. */
struct pmbus_face_config pmbus_face_usual(void);

/* What it does when it can't be bothered (PMBus 1.2 part II, 10.8.7). */
enum pmbus_busy { PMBUS_READY, PMBUS_BUSY_NACK, PMBUS_BUSY_ONES, PMBUS_BUSY_SAYS };

struct pmbus_face {
    struct pmbus_face_config config;
    double value[PMBUS_VALUES];       /* the model's to set */
    bool off, power_good;             /* live, the model's to set */
    uint8_t present[PMBUS_REGISTERS]; /* conditions now */
    uint8_t latched[PMBUS_REGISTERS]; /* present since the last clear */
    uint8_t alert_mask[PMBUS_REGISTERS];
    bool asks;       /* a bit that asks for SMBALERT# was set, and was not heard yet */
    bool busy;       /* latched: a command came when it could not be bothered */
    uint8_t unready; /* enum pmbus_busy, the model's to set */
    uint8_t page, operation, on_off_config;
};

/* What the master has just asked of the supply. */
struct pmbus_face_wish {
    bool on, off;      /* OPERATION: output on; output off. Told at every write */
    bool soft;         /* off along the programmed ramp, not at once */
    bool clear_faults; /* CLEAR_FAULTS, or what clears like it */
};

/* Output on, no conditions, all values 0. */
void pmbus_face_init(struct pmbus_face *f, const struct pmbus_face_config *config);

/* These bits' conditions are present or gone. True when a latched bit changed by it. */
bool pmbus_face_condition(struct pmbus_face *f, enum pmbus_register reg, uint8_t bits,
                          bool present);

/* Does it ask for SMBALERT#? And: it was heard at the alert response address. */
bool pmbus_face_alerts(const struct pmbus_face *f);
void pmbus_face_heard(struct pmbus_face *f);

/* STATUS_WORD now. */
uint16_t pmbus_face_status_word(const struct pmbus_face *f);

/* kind->i2c of the supply: false for a NACK. `wish` is overwritten. */
bool pmbus_face_i2c(struct pmbus_face *f, const struct i2c_request *rq, struct i2c_reply *re,
                    struct pmbus_face_wish *wish);

/* kind->stretch of the supply: its stretch, or I2C_REFUSES() for a command it doesn't know. */
ns_t pmbus_face_stretch(const struct pmbus_face *f, const struct i2c_request *rq);

#endif

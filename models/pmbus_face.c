/* pmbus_face.c - see pmbus_face.h. One row a command; numbers are encoded when they are read. */
#include "pmbus_face.h"

#include <string.h>

#include "pec.h"
#include "pmbus_number.h"

/* What follows the command byte. */
enum shape {
    SHAPE_UNKNOWN, /* the command is not there */
    SHAPE_SEND,    /* nothing */
    SHAPE_BYTE,
    SHAPE_WORD,  /* low byte first */
    SHAPE_BLOCK, /* count and bytes */
    SHAPE_MASK   /* SMBALERT_MASK: writes a status command and a mask, reads by process call */
};

enum { R = 1, W = 2 };

static const struct row {
    uint8_t shape, access;
} rows[256] = {
    [CMD_PAGE] = {SHAPE_BYTE, R | W},
    [CMD_OPERATION] = {SHAPE_BYTE, R | W},
    [CMD_ON_OFF_CONFIG] = {SHAPE_BYTE, R | W},
    [CMD_CLEAR_FAULTS] = {SHAPE_SEND, W},
    [CMD_CAPABILITY] = {SHAPE_BYTE, R},
    [CMD_SMBALERT_MASK] = {SHAPE_MASK, R | W},
    [CMD_VOUT_MODE] = {SHAPE_BYTE, R},
    [CMD_STATUS_BYTE] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_WORD] = {SHAPE_WORD, R | W},
    [CMD_STATUS_VOUT] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_IOUT] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_INPUT] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_TEMPERATURE] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_CML] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_OTHER] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_MFR_SPECIFIC] = {SHAPE_BYTE, R | W},
    [CMD_STATUS_FANS_1_2] = {SHAPE_BYTE, R | W},
    [CMD_READ_VIN] = {SHAPE_WORD, R},
    [CMD_READ_IIN] = {SHAPE_WORD, R},
    [CMD_READ_VOUT] = {SHAPE_WORD, R},
    [CMD_READ_IOUT] = {SHAPE_WORD, R},
    [CMD_READ_TEMPERATURE_1] = {SHAPE_WORD, R},
    [CMD_READ_TEMPERATURE_2] = {SHAPE_WORD, R},
    [CMD_READ_FAN_SPEED_1] = {SHAPE_WORD, R},
    [CMD_READ_POUT] = {SHAPE_WORD, R},
    [CMD_READ_PIN] = {SHAPE_WORD, R},
    [CMD_PMBUS_REVISION] = {SHAPE_BYTE, R},
    [CMD_MFR_ID] = {SHAPE_BLOCK, R},
    [CMD_MFR_MODEL] = {SHAPE_BLOCK, R},
    [CMD_MFR_SERIAL] = {SHAPE_BLOCK, R},
    [CMD_MFR_POUT_MAX] = {SHAPE_WORD, R},
};

enum {
    OPERATION_ON = 0x80,
    OPERATION_SOFT_OFF = 0x40,
    LISTENS_TO_OPERATION = 0x08, /* ON_OFF_CONFIG bit 3 */
    USUAL_ON_OFF_CONFIG = 0x1A,  /* on and off by OPERATION alone, its pin not used */
    ALL_PAGES = 0xFF,
    CAPABILITY_PEC = 0x80,
    CAPABILITY_400_KHZ_ALERT = 0x30,
    REVISION_1_1 = 0x11,
    REVISION_1_2 = 0x22,
    LINEAR_EXPONENT = 0x1F
};

struct pmbus_face_config pmbus_face_usual(void)
{
    return (struct pmbus_face_config){
        .vout_exponent = -9,
        .exponent = {[PMBUS_READ_VIN] = -2,
                     [PMBUS_READ_IIN] = -6,
                     [PMBUS_READ_IOUT] = -3,
                     [PMBUS_READ_TEMPERATURE_1] = -2,
                     [PMBUS_READ_TEMPERATURE_2] = -2},
        .id = "POWERGAP",
        .model = "SUPPLY",
        .serial = "0001",
    };
}

void pmbus_face_init(struct pmbus_face *f, const struct pmbus_face_config *config)
{
    *f = (struct pmbus_face){.config = *config,
                             .power_good = true,
                             .operation = OPERATION_ON,
                             .on_off_config = USUAL_ON_OFF_CONFIG};
}

/* ---- status ------------------------------------------------------------------------------------ */

/* Bits of a register are set: those that were not ask for SMBALERT#, unless they are masked. */
static void latch(struct pmbus_face *f, enum pmbus_register reg, uint8_t bits)
{
    f->asks = f->asks || (bits & ~f->latched[reg] & ~f->alert_mask[reg]) != 0;
    f->latched[reg] |= bits;
}

/* An unmasked bit is set. */
static bool has_reason(const struct pmbus_face *f)
{
    bool reason = f->busy;

    for (int reg = 0; reg < PMBUS_REGISTERS; reg++) {
        reason = reason || (f->latched[reg] & ~f->alert_mask[reg]) != 0;
    }
    return reason;
}

bool pmbus_face_alerts(const struct pmbus_face *f)
{
    return has_reason(f) && (f->asks || (f->config.quirks & PMBUS_HOLDS_ALERT) != 0);
}

void pmbus_face_heard(struct pmbus_face *f)
{
    f->asks = false;
}

bool pmbus_face_condition(struct pmbus_face *f, enum pmbus_register reg, uint8_t bits, bool present)
{
    uint8_t before = f->latched[reg];

    if (present) {
        f->present[reg] |= bits;
        latch(f, reg, bits);
    } else {
        f->present[reg] &= (uint8_t)~bits;
    }
    return f->latched[reg] != before;
}

/* A command came while it could not be bothered. */
static void set_busy(struct pmbus_face *f)
{
    f->asks = f->asks || !f->busy;
    f->busy = true;
}

static uint16_t when(bool condition, enum status_word_bit bit)
{
    return condition ? (uint16_t)bit : 0;
}

/* BUSY, OFF and POWER_GOOD#: bits of no register's. */
static uint16_t own_bits(const struct pmbus_face *f)
{
    return when(f->busy, ST_BUSY) | when(f->off, ST_OFF) | when(!f->power_good, ST_POWER_GOOD_N);
}

/* NONE_OF_ABOVE: something that no other bit of the low byte tells. */
uint16_t pmbus_face_status_word(const struct pmbus_face *f)
{
    static const uint8_t nothing[PMBUS_REGISTERS];
    const uint8_t *l = f->latched;

    if (memcmp(l, nothing, sizeof nothing) == 0) {
        return own_bits(f);
    }
    uint32_t high = when(l[PMBUS_VOUT] != 0, ST_VOUT) | when(l[PMBUS_IOUT] != 0, ST_IOUT_POUT) |
                    when(l[PMBUS_INPUT] != 0, ST_INPUT) | when(l[PMBUS_MFR] != 0, ST_MFR) |
                    when(l[PMBUS_FANS] != 0, ST_FANS) | when(l[PMBUS_OTHER] != 0, ST_OTHER);
    uint32_t low = when(l[PMBUS_VOUT] & ST_VOUT_OV_FAULT, ST_VOUT_OV) |
                   when(l[PMBUS_IOUT] & ST_IOUT_OC_FAULT, ST_IOUT_OC) |
                   when(l[PMBUS_INPUT] & ST_VIN_UV_FAULT, ST_VIN_UV) |
                   when(l[PMBUS_TEMPERATURE] != 0, ST_TEMPERATURE) |
                   when(l[PMBUS_CML] != 0, ST_CML);
    bool other = l[PMBUS_MFR] || l[PMBUS_FANS] || l[PMBUS_OTHER] ||
                 (l[PMBUS_VOUT] & ~ST_VOUT_OV_FAULT) || (l[PMBUS_IOUT] & ~ST_IOUT_OC_FAULT) ||
                 (l[PMBUS_INPUT] & ~ST_VIN_UV_FAULT);

    return (uint16_t)(own_bits(f) | high | low | when(other, ST_NONE_OF_ABOVE));
}

/* What persists is back at once, and told anew (10.2.6). */
static void clear_all(struct pmbus_face *f)
{
    memset(f->latched, 0, sizeof f->latched);
    f->busy = false;
    f->asks = false;
    for (int reg = 0; reg < PMBUS_REGISTERS; reg++) {
        latch(f, (enum pmbus_register)reg, f->present[reg]);
    }
}

/* A bad transfer of the master's: remembered, and not acknowledged. */
static bool refuse(struct pmbus_face *f, enum status_cml_bit why)
{
    latch(f, PMBUS_CML, (uint8_t)why);
    return false;
}

/* The register of a STATUS_ command; PMBUS_REGISTERS: of none. */
static enum pmbus_register register_of(uint8_t command)
{
    if (command < CMD_STATUS_VOUT || command > CMD_STATUS_FANS_1_2) {
        return PMBUS_REGISTERS;
    }
    return (enum pmbus_register)(command - CMD_STATUS_VOUT);
}

static bool is_status(uint8_t command)
{
    return command >= CMD_STATUS_BYTE && command <= CMD_STATUS_FANS_1_2;
}

/* ---- reads ------------------------------------------------------------------------------------- */

static uint8_t byte_of(const struct pmbus_face *f, uint8_t command)
{
    switch (command) {
    case CMD_PAGE:
        return f->page;
    case CMD_OPERATION:
        return f->operation;
    case CMD_ON_OFF_CONFIG:
        return f->on_off_config;
    case CMD_CAPABILITY:
        return (f->config.quirks & PMBUS_NO_PEC ? 0 : CAPABILITY_PEC) | CAPABILITY_400_KHZ_ALERT;
    case CMD_VOUT_MODE:
        return (uint8_t)f->config.vout_exponent & LINEAR_EXPONENT;
    case CMD_STATUS_BYTE:
        return (uint8_t)pmbus_face_status_word(f);
    case CMD_PMBUS_REVISION:
        return f->config.quirks & PMBUS_NO_ERASE ? REVISION_1_1 : REVISION_1_2;
    default:
        return f->latched[register_of(command)];
    }
}

static enum pmbus_value value_of(uint8_t command)
{
    switch (command) {
    case CMD_READ_VIN:
        return PMBUS_READ_VIN;
    case CMD_READ_IIN:
        return PMBUS_READ_IIN;
    case CMD_READ_VOUT:
        return PMBUS_READ_VOUT;
    case CMD_READ_IOUT:
        return PMBUS_READ_IOUT;
    case CMD_READ_TEMPERATURE_1:
        return PMBUS_READ_TEMPERATURE_1;
    case CMD_READ_TEMPERATURE_2:
        return PMBUS_READ_TEMPERATURE_2;
    case CMD_READ_FAN_SPEED_1:
        return PMBUS_READ_FAN_SPEED_1;
    case CMD_READ_POUT:
        return PMBUS_READ_POUT;
    case CMD_READ_PIN:
        return PMBUS_READ_PIN;
    default:
        return PMBUS_POUT_MAX;
    }
}

static uint16_t word_of(const struct pmbus_face *f, uint8_t command)
{
    if (command == CMD_STATUS_WORD) {
        return pmbus_face_status_word(f);
    }
    enum pmbus_value v = value_of(command);
    if (v == PMBUS_READ_VOUT) {
        return pmbus_number_to_linear16(f->value[v], f->config.vout_exponent);
    }
    return pmbus_number_to_linear11(f->value[v], f->config.exponent[v]);
}

static const char *text_of(const struct pmbus_face *f, uint8_t command)
{
    switch (command) {
    case CMD_MFR_ID:
        return f->config.id;
    case CMD_MFR_MODEL:
        return f->config.model;
    default:
        return f->config.serial;
    }
}

static int32_t put_block(uint8_t to[], const char *text)
{
    const char *end = memchr(text, 0, PMBUS_TEXT);
    size_t n = end ? (size_t)(end - text) : PMBUS_TEXT;

    to[0] = (uint8_t)n;
    memcpy(to + 1, text, n);
    return 1 + (int32_t)n;
}

/* What the command answers with, and how many bytes; 0: the request makes no sense. */
static int32_t answer(const struct pmbus_face *f, const struct i2c_request *rq, uint8_t to[])
{
    uint8_t command = rq->tx[0];
    enum shape shape = (enum shape)rows[command].shape;
    uint16_t word;

    if (shape == SHAPE_MASK) {
        bool good = rq->n_tx == 3 && rq->tx[1] == 1 && register_of(rq->tx[2]) != PMBUS_REGISTERS;
        to[0] = 1;
        to[1] = good ? f->alert_mask[register_of(rq->tx[2])] : 0;
        return good ? 2 : 0;
    }
    if (rq->n_tx != 1) {
        return 0;
    }
    switch (shape) {
    case SHAPE_BYTE:
        to[0] = byte_of(f, command);
        return 1;
    case SHAPE_WORD:
        word = word_of(f, command);
        to[0] = (uint8_t)word;
        to[1] = (uint8_t)(word >> 8);
        return 2;
    case SHAPE_BLOCK:
        return put_block(to, text_of(f, command));
    case SHAPE_UNKNOWN:
    case SHAPE_SEND:
    case SHAPE_MASK:
    default:
        return 0;
    }
}

/* Over everything on the wire: address and written bytes, address and bytes read. */
static uint8_t read_pec(const struct pmbus_face *f, const struct i2c_request *rq,
                        const uint8_t data[], int32_t n)
{
    uint8_t address[2] = {(uint8_t)(rq->address << 1), (uint8_t)(rq->address << 1 | 1)};
    uint8_t crc = pec_over(0, &address[0], 1);

    crc = pec_over(crc, rq->tx, rq->n_tx);
    crc = pec_over(crc, &address[1], 1);
    crc = pec_over(crc, data, (size_t)n);
    return f->config.quirks & PMBUS_WRONG_PEC ? (uint8_t)~crc : crc;
}

/* Bytes beyond data and PEC read FF, and count as a bad transfer (10.8.6). */
static bool read_command(struct pmbus_face *f, const struct i2c_request *rq, struct i2c_reply *re)
{
    uint8_t data[I2C_BYTES];
    int32_t n = 0;

    if (!(rows[rq->tx[0]].access & R)) {
        return refuse(f, ST_CML_OTHER); /* read bit set where there is nothing to read (10.9.1) */
    }
    n = answer(f, rq, data);
    if (n == 0) {
        return refuse(f, ST_CML_DATA);
    }
    if (rq->n_rx > n && !(f->config.quirks & PMBUS_NO_PEC)) {
        data[n] = read_pec(f, rq, data, n);
        n++;
    }
    if (rq->n_rx > n) {
        latch(f, PMBUS_CML, ST_CML_OTHER);
    }
    for (int32_t i = rq->n_rx < n ? rq->n_rx : n; i-- > 0;) {
        re->rx[i] &= data[i];
    }
    return true;
}

/* ---- writes ------------------------------------------------------------------------------------ */

static void operate(struct pmbus_face *f, uint8_t data, struct pmbus_face_wish *wish)
{
    bool on = data & OPERATION_ON, was_on = f->operation & OPERATION_ON;

    f->operation = data;
    if (!(f->on_off_config & LISTENS_TO_OPERATION)) {
        return;
    }
    if (on && !was_on) {
        clear_all(f); /* off and on again clears like CLEAR_FAULTS (10.2.3) */
        wish->clear_faults = true;
    }
    wish->on = on;
    wish->off = !on;
    wish->soft = !on && (data & OPERATION_SOFT_OFF);
}

static bool write_page(struct pmbus_face *f, uint8_t page)
{
    if (page != 0 && page != ALL_PAGES && !(f->config.quirks & PMBUS_ANY_PAGE)) {
        return refuse(f, ST_CML_DATA);
    }
    f->page = page;
    return true;
}

/* A 1 clears its bit; what persists is back at once, and told anew (10.2.6). Bits that tell of other
 * registers are cleared there (10.2.5); BUSY is the summary's own. */
static void write_status(struct pmbus_face *f, uint8_t command, uint8_t data)
{
    enum pmbus_register reg = register_of(command);

    if (reg == PMBUS_REGISTERS) {
        f->busy = f->busy && !(data & ST_BUSY);
        return;
    }
    f->latched[reg] &= (uint8_t)~data;
    f->asks = f->asks && has_reason(f);
    latch(f, reg, f->present[reg]);
}

static bool write_mask(struct pmbus_face *f, uint8_t command, uint8_t mask)
{
    enum pmbus_register reg = register_of(command);

    if (reg == PMBUS_REGISTERS) {
        return refuse(f, ST_CML_DATA);
    }
    f->alert_mask[reg] = mask;
    return true;
}

static bool carry_out(struct pmbus_face *f, const uint8_t tx[], struct pmbus_face_wish *wish)
{
    switch (tx[0]) {
    case CMD_PAGE:
        return write_page(f, tx[1]);
    case CMD_OPERATION:
        operate(f, tx[1], wish);
        return true;
    case CMD_ON_OFF_CONFIG:
        f->on_off_config = tx[1];
        return true;
    case CMD_CLEAR_FAULTS:
        clear_all(f);
        wish->clear_faults = true;
        return true;
    case CMD_SMBALERT_MASK:
        return write_mask(f, tx[1], tx[2]);
    default:
        write_status(f, tx[0], tx[1]);
        return true;
    }
}

static bool write_command(struct pmbus_face *f, const struct i2c_request *rq,
                          struct pmbus_face_wish *wish)
{
    static const uint8_t size[] = {
        [SHAPE_SEND] = 1, [SHAPE_BYTE] = 2, [SHAPE_WORD] = 3, [SHAPE_BLOCK] = 2, [SHAPE_MASK] = 3};
    struct row row = rows[rq->tx[0]];
    bool fixed = is_status(rq->tx[0]) && (f->config.quirks & PMBUS_NO_ERASE);
    uint8_t n = size[row.shape];
    bool has_pec = rq->n_tx == n + 1 && !(f->config.quirks & PMBUS_NO_PEC);

    if (!(row.access & W) || fixed || rq->n_tx < n) {
        return refuse(f, row.access & W && !fixed ? ST_CML_OTHER : ST_CML_DATA);
    }
    if (rq->n_tx > n && !has_pec) {
        return refuse(f, ST_CML_DATA);
    }
    if (has_pec) {
        uint8_t address = (uint8_t)(rq->address << 1);
        uint8_t crc = pec_over(pec_over(0, &address, 1), rq->tx, n);
        if (crc != rq->tx[n]) {
            return refuse(f, ST_CML_PEC);
        }
    }
    return carry_out(f, rq->tx, wish);
}

/* Does it know the command? */
static bool knows(const struct pmbus_face *f, uint8_t command)
{
    return rows[command].shape != SHAPE_UNKNOWN &&
           !(f->config.unknown != 0 && command == f->config.unknown) &&
           !(command == CMD_VOUT_MODE && f->config.quirks & PMBUS_NO_VOUT_MODE);
}

/* Does it answer ones to this read of a command that it doesn't know? */
static bool pretends(const struct pmbus_face *f, const struct i2c_request *rq)
{
    return rq->n_rx > 0 && f->config.quirks & PMBUS_UNKNOWN_ONES;
}

/* ---- the face ---------------------------------------------------------------------------------- */

/* As many ones as are asked for, but for the last byte: their PEC. */
static bool answer_ones(const struct pmbus_face *f, const struct i2c_request *rq,
                        struct i2c_reply *re)
{
    uint8_t ones[I2C_BYTES];
    int32_t n = rq->n_rx - 1;

    memset(ones, 0xFF, sizeof ones);
    re->rx[n] &= read_pec(f, rq, ones, n);
    return true;
}

bool pmbus_face_i2c(struct pmbus_face *f, const struct i2c_request *rq, struct i2c_reply *re,
                    struct pmbus_face_wish *wish)
{
    *wish = (struct pmbus_face_wish){.on = false};
    if (rq->n_tx == 0) {
        return true; /* it answers its address, and has nothing to say */
    }
    if (f->unready == PMBUS_BUSY_NACK) {
        return false;
    }
    if (f->unready != PMBUS_READY) {
        set_busy(f);
        if (f->unready == PMBUS_BUSY_ONES) {
            return true; /* what nobody drives reads FF */
        }
        if (!is_status(rq->tx[0])) {
            return false;
        }
    }
    if (!knows(f, rq->tx[0])) {
        refuse(f, ST_CML_COMMAND);
        return pretends(f, rq) && answer_ones(f, rq, re);
    }
    return rq->n_rx > 0 ? read_command(f, rq, re) : write_command(f, rq, wish);
}

ns_t pmbus_face_stretch(const struct pmbus_face *f, const struct i2c_request *rq)
{
    if (f->unready == PMBUS_BUSY_NACK) {
        return I2C_REFUSES(1);
    }
    if (rq->n_tx > 0 && f->unready != PMBUS_BUSY_ONES) {
        bool declines = f->unready == PMBUS_BUSY_SAYS && !is_status(rq->tx[0]);
        bool refuses = !knows(f, rq->tx[0]) && !pretends(f, rq);
        return declines || refuses ? I2C_REFUSES(2) : f->config.stretch;
    }
    return f->config.stretch;
}

/* waves_bus.c - a transfer in words, as a protocol analyser shows it:
 *
 *   R 58 psu1 STATUS_WORD 0x0840 PEC ok #380
 *   R 58 psu1 READ_VOUT 12.03 V PEC error #412
 *   W 70 mux0 channels 0x01 #379
 *   R 59 STATUS_WORD NACK #391
 *
 * Direction, address, who hears it, command, data, how it ended, and the event's number. A transfer
 * that fits none of the rows below is shown as bytes.
 *
 * Source: models/pmbus.h; PCA9555, PCA9545 and PCA9548 data sheets for the registers [S81, S83]. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "models/expander.h"
#include "models/mux.h"
#include "models/pec.h"
#include "models/pmbus.h"
#include "models/pmbus_number.h"
#include "models/psu.h"
#include "waves_inside.h"
#include "words.h"

enum format { FORMAT_BITS, FORMAT_LINEAR11, FORMAT_LINEAR16, FORMAT_TEXT };

enum { ALERT_RESPONSE = 0x0C };

static const struct row {
    uint8_t command, bytes; /* of data, PEC and count left out; of a text: any number */
    enum format format;
    const char *name, *unit;
} rows[] = {
    {CMD_PAGE, 1, FORMAT_BITS, "PAGE", ""},
    {CMD_OPERATION, 1, FORMAT_BITS, "OPERATION", ""},
    {CMD_ON_OFF_CONFIG, 1, FORMAT_BITS, "ON_OFF_CONFIG", ""},
    {CMD_CLEAR_FAULTS, 0, FORMAT_BITS, "CLEAR_FAULTS", ""},
    {CMD_CAPABILITY, 1, FORMAT_BITS, "CAPABILITY", ""},
    {CMD_SMBALERT_MASK, 2, FORMAT_BITS, "SMBALERT_MASK", ""},
    {CMD_VOUT_MODE, 1, FORMAT_BITS, "VOUT_MODE", ""},
    {CMD_STATUS_BYTE, 1, FORMAT_BITS, "STATUS_BYTE", ""},
    {CMD_STATUS_WORD, 2, FORMAT_BITS, "STATUS_WORD", ""},
    {CMD_STATUS_VOUT, 1, FORMAT_BITS, "STATUS_VOUT", ""},
    {CMD_STATUS_IOUT, 1, FORMAT_BITS, "STATUS_IOUT", ""},
    {CMD_STATUS_INPUT, 1, FORMAT_BITS, "STATUS_INPUT", ""},
    {CMD_STATUS_TEMPERATURE, 1, FORMAT_BITS, "STATUS_TEMPERATURE", ""},
    {CMD_STATUS_CML, 1, FORMAT_BITS, "STATUS_CML", ""},
    {CMD_STATUS_OTHER, 1, FORMAT_BITS, "STATUS_OTHER", ""},
    {CMD_STATUS_MFR_SPECIFIC, 1, FORMAT_BITS, "STATUS_MFR_SPECIFIC", ""},
    {CMD_STATUS_FANS_1_2, 1, FORMAT_BITS, "STATUS_FANS_1_2", ""},
    {CMD_READ_VIN, 2, FORMAT_LINEAR11, "READ_VIN", " V"},
    {CMD_READ_IIN, 2, FORMAT_LINEAR11, "READ_IIN", " A"},
    {CMD_READ_VOUT, 2, FORMAT_LINEAR16, "READ_VOUT", " V"},
    {CMD_READ_IOUT, 2, FORMAT_LINEAR11, "READ_IOUT", " A"},
    {CMD_READ_TEMPERATURE_1, 2, FORMAT_LINEAR11, "READ_TEMPERATURE_1", " C"},
    {CMD_READ_TEMPERATURE_2, 2, FORMAT_LINEAR11, "READ_TEMPERATURE_2", " C"},
    {CMD_READ_FAN_SPEED_1, 2, FORMAT_LINEAR11, "READ_FAN_SPEED_1", " rpm"},
    {CMD_READ_POUT, 2, FORMAT_LINEAR11, "READ_POUT", " W"},
    {CMD_READ_PIN, 2, FORMAT_LINEAR11, "READ_PIN", " W"},
    {CMD_PMBUS_REVISION, 1, FORMAT_BITS, "PMBUS_REVISION", ""},
    {CMD_MFR_ID, 0, FORMAT_TEXT, "MFR_ID", ""},
    {CMD_MFR_MODEL, 0, FORMAT_TEXT, "MFR_MODEL", ""},
    {CMD_MFR_SERIAL, 0, FORMAT_TEXT, "MFR_SERIAL", ""},
    {CMD_MFR_POUT_MAX, 2, FORMAT_LINEAR11, "MFR_POUT_MAX", " W"},
};

static const struct row *row_of(uint8_t command)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].command == command) {
            return &rows[i];
        }
    }
    return NULL;
}

/* A text that grows; what has no room is left out. */
struct said {
    char *text;
    size_t n;
};

static void say(struct said *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct said *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(s->text + s->n, TRANSFER_TEXT - s->n, format, args);
    va_end(args);
    s->n += n > 0 ? (size_t)n : 0;
    s->n = s->n < TRANSFER_TEXT ? s->n : TRANSFER_TEXT - 1;
}

static void say_bytes(struct said *s, const uint8_t bytes[], int n)
{
    for (int i = 0; i < n; i++) {
        say(s, " %02X", bytes[i]);
    }
}

static bool is_read(const struct wave_transfer *t)
{
    return t->rq.n_rx > 0;
}

static bool has_answer(const struct wave_transfer *t)
{
    return t->end == EV_TRANSFER && is_read(t);
}

/* ---- PMBus ----------------------------------------------------------------------------------------- */

/* VOUT_MODE's exponent, from the supply that answers. */
static int32_t vout_exponent(const struct wave_transfer *t, const struct part parts[])
{
    const struct part *p = &parts[t->device];
    const struct field *f = kind_field(p->kind, "vout_exponent", strlen("vout_exponent"));

    return f != NULL ? (int32_t)field_value(f, p->params) : 0;
}

/* Is the last byte written the PEC of those before? */
static bool written_pec_is_right(const struct wave_transfer *t)
{
    uint8_t address = (uint8_t)(t->rq.address << 1);
    uint8_t pec = pec_over(pec_over(0, &address, 1), t->rq.tx, (size_t)t->rq.n_tx - 1);

    return pec == t->rq.tx[t->rq.n_tx - 1];
}

/* Is the byte after `n` others of the reply their PEC? */
static bool pec_is_right(const struct wave_transfer *t, int n)
{
    uint8_t head[3] = {(uint8_t)(t->rq.address << 1), t->rq.tx[0],
                       (uint8_t)(t->rq.address << 1 | 1)};

    return pec_over(pec_over(0, head, sizeof head), t->re.rx, (size_t)n) == t->re.rx[n];
}

static void say_value(struct said *s, const struct wave_transfer *t, const struct row *r,
                      const struct part parts[])
{
    uint16_t word = (uint16_t)(t->re.rx[0] | t->re.rx[1] << 8);

    if (r->format == FORMAT_LINEAR11) {
        say(s, " %.6g%s", pmbus_number_from_linear11(word), r->unit);
    } else if (r->format == FORMAT_LINEAR16) {
        say(s, " %.6g%s", pmbus_number_from_linear16(word, vout_exponent(t, parts)), r->unit);
    } else if (r->bytes == 1) {
        say(s, " 0x%02X", t->re.rx[0]);
    } else {
        say(s, " 0x%04X", word);
    }
}

static void say_read(struct said *s, const struct wave_transfer *t, const struct row *r,
                     const struct part parts[])
{
    int bytes = r->format == FORMAT_TEXT ? 1 + t->re.rx[0] : r->bytes;

    if (bytes > t->rq.n_rx) { /* a count that is not one, or a read that is cut short */
        say_bytes(s, t->re.rx, t->rq.n_rx);
        return;
    }
    if (r->format == FORMAT_TEXT) {
        say(s, " %.*s", bytes - 1, (const char *)&t->re.rx[1]);
    } else {
        say_value(s, t, r, parts);
    }
    if (t->rq.n_rx > bytes) {
        say(s, pec_is_right(t, bytes) ? " PEC ok" : " PEC error");
    }
}

static void say_pmbus(struct said *s, const struct wave_transfer *t, const struct part parts[])
{
    const struct row *r = row_of(t->rq.tx[0]);
    bool with_pec =
        r != NULL && r->format == FORMAT_BITS && !is_read(t) && t->rq.n_tx == r->bytes + 2;

    if (r == NULL) {
        say(s, " command");
        say_bytes(s, t->rq.tx, 1);
    } else {
        say(s, " %s", r->name);
    }
    say_bytes(s, t->rq.tx + 1, t->rq.n_tx - 1 - with_pec);
    if (with_pec) {
        say(s, written_pec_is_right(t) ? " PEC ok" : " PEC error");
    } else if (has_answer(t) && r != NULL) {
        say_read(s, t, r, parts);
    } else if (has_answer(t)) {
        say(s, " ->");
        say_bytes(s, t->re.rx, t->rq.n_rx);
    }
}

/* ---- the others ------------------------------------------------------------------------------------ */

static void say_expander(struct said *s, const struct wave_transfer *t)
{
    static const char *const pairs[] = {"INPUT", "OUTPUT", "POLARITY", "CONFIGURATION"};
    uint8_t reg = t->rq.tx[0];

    say(s, " %s%s", reg < 8 ? pairs[reg / 2] : "register", reg < 8 && reg % 2 == 1 ? "_1" : "");
    say_bytes(s, t->rq.tx + 1, t->rq.n_tx - 1);
    if (has_answer(t)) {
        say(s, " ->");
        say_bytes(s, t->re.rx, t->rq.n_rx);
    }
}

static void say_bare(struct said *s, const struct wave_transfer *t)
{
    say_bytes(s, t->rq.tx, t->rq.n_tx);
    if (has_answer(t)) {
        say(s, " ->");
        say_bytes(s, t->re.rx, t->rq.n_rx);
    }
}

static void say_what(struct said *s, const struct wave_transfer *t, const struct part parts[])
{
    const struct kind *kind = t->device == NO_PART ? NULL : parts[t->device].kind;

    if (t->rq.address == ALERT_RESPONSE && has_answer(t)) {
        say(s, " alert response %02X", t->re.rx[0] >> 1);
    } else if (kind == &mux_kind) {
        say(s, " channels 0x%02X", has_answer(t) ? t->re.rx[0] : t->rq.tx[0]);
    } else if (kind == &expander_kind && t->rq.n_tx > 0) {
        say_expander(s, t);
    } else if (kind == &psu_kind && t->rq.n_tx > 0) {
        say_pmbus(s, t, parts);
    } else {
        say_bare(s, t);
    }
}

const char *waves_transfer_text(const struct wave_transfer *t, const struct part parts[],
                                char buf[TRANSFER_TEXT])
{
    struct said s = {.text = buf};

    buf[0] = '\0';
    if (t->end == EV_BUS_CLEAR) {
        say(&s, "nine clocks");
    } else if (t->end == EV_MUX_RESET) {
        say(&s, "mux reset");
    } else {
        say(&s, "%c %02X", is_read(t) ? 'R' : 'W', t->rq.address);
        if (t->device != NO_PART) {
            say(&s, " %s", parts[t->device].name);
        }
        say_what(&s, t, parts);
        say(&s, "%s",
            t->end == EV_NACK           ? " NACK"
            : t->end == EV_BUS_TIMEOUT  ? " time-out"
            : t->end == EV_TRANSFER_CUT ? " cut"
                                        : "");
    }
    say(&s, " #%" PRIu32, t->event);
    return buf;
}

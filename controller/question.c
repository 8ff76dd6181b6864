/* question.c - see question.h.  Checked by tests/controller/test_step.c, test_lanes.c, test_record.c. */
#include "question.h"

#include "chips.h"
#include "controller.h"
#include "identity.h"
#include "lanes.h"
#include "pmbus.h"
#include "poll.h"
#include "record.h"

struct question {
    uint8_t cmd;
    uint8_t n_write; /* data bytes written; 0 with n_read 0: a send byte */
    uint8_t n_read;  /* data bytes read, without PEC */
    uint8_t value;   /* written */
};

static const struct question questions[POLL_STEPS] = {
    [POLL_MODE] = {.cmd = (uint8_t)CMD_VOUT_MODE, .n_read = 1},
    [POLL_COUNT] = {.cmd = (uint8_t)CMD_MFR_SERIAL, .n_read = 1},
    [POLL_SERIAL] = {.cmd = (uint8_t)CMD_MFR_SERIAL, .n_read = (uint8_t)IDENTITY_BYTES + 1U},
    [POLL_STATUS] = {.cmd = (uint8_t)CMD_STATUS_WORD, .n_read = 2},
    [POLL_BUSY] = {.cmd = (uint8_t)CMD_STATUS_BYTE, .n_write = 1, .value = (uint8_t)ST_BUSY},
    [POLL_INPUT] = {.cmd = (uint8_t)CMD_STATUS_INPUT, .n_read = 1},
    [POLL_VOUT] = {.cmd = (uint8_t)CMD_READ_VOUT, .n_read = 2},
    [POLL_IOUT] = {.cmd = (uint8_t)CMD_READ_IOUT, .n_read = 2},
    [POLL_VIN] = {.cmd = (uint8_t)CMD_READ_VIN, .n_read = 2},
    [POLL_IIN] = {.cmd = (uint8_t)CMD_READ_IIN, .n_read = 2},
    [POLL_HOT] = {.cmd = (uint8_t)CMD_READ_TEMPERATURE_1, .n_read = 2},
    [POLL_INLET] = {.cmd = (uint8_t)CMD_READ_TEMPERATURE_2, .n_read = 2},
    [POLL_FAN] = {.cmd = (uint8_t)CMD_READ_FAN_SPEED_1, .n_read = 2},
    [POLL_WHO] = {.cmd = (uint8_t)CMD_MFR_SERIAL, .n_read = (uint8_t)IDENTITY_BYTES + 1U},
    [POLL_RECORD] = {.n_read = 1}, /* the register in hand, record.h */
    [POLL_ERASE] = {.n_write = 1},
    [POLL_OFF] = {.cmd = (uint8_t)CMD_OPERATION, .n_write = 1, .value = (uint8_t)OPERATION_OFF},
    [POLL_CLEAR] = {.cmd = (uint8_t)CMD_CLEAR_FAULTS},
    [POLL_ON] = {.cmd = (uint8_t)CMD_OPERATION, .n_write = 1, .value = (uint8_t)OPERATION_ON},
};

bool question_is_reading(uint8_t step)
{
    return (step >= (uint8_t)POLL_VOUT) && (step <= (uint8_t)POLL_FAN);
}

uint8_t question_reading(uint8_t step)
{
    return (uint8_t)(step - (uint8_t)POLL_VOUT);
}

static uint32_t only(uint8_t step)
{
    return (uint32_t)1 << step;
}

/* Steps that are due in the turn under way, a bit each. Those before STATUS_WORD, and it, belong to every
 * turn that gets to them; the erasing of what was recorded follows from that (record.h). */
static uint32_t due_steps(const struct controller *c, uint8_t s)
{
    const struct supply *u = &c->supplies[s];
    uint32_t due = ((uint32_t)u->asks << (uint8_t)POLL_VOUT) | only((uint8_t)POLL_MODE) |
                   only((uint8_t)POLL_COUNT) | only((uint8_t)POLL_SERIAL) |
                   only((uint8_t)POLL_STATUS);

    if (u->busy) {
        due |= record_erases(c, s) ? only((uint8_t)POLL_BUSY) : 0U;
    } else {
        bool input = ((u->status & (uint16_t)ST_INPUT) != 0U) &&
                     ((u->status & ((uint16_t)ST_OFF | (uint16_t)ST_VIN_UV)) == 0U);
        due |= input ? only((uint8_t)POLL_INPUT) : 0U;
        due |= identity_is_due(c, s) ? only((uint8_t)POLL_WHO) : 0U;
    }
    due |= (u->details != 0U) ? only((uint8_t)POLL_RECORD) : 0U;
    due |= (u->want_clear || u->want_restart) ? only((uint8_t)POLL_CLEAR) : 0U;
    due |= u->want_restart ? (only((uint8_t)POLL_OFF) | only((uint8_t)POLL_ON)) : 0U;
    return due;
}

uint8_t question_next(const struct controller *c, uint8_t s, uint8_t from)
{
    uint32_t left = due_steps(c, s) >> from;
    uint8_t step = (left == 0U) ? (uint8_t)POLL_STEPS : from;

    while ((left != 0U) && ((left & 1U) == 0U)) {
        left >>= 1;
        step++;
    }
    return step;
}

uint8_t question_command(const struct controller *c, uint8_t s, uint8_t step)
{
    bool recording = (step == (uint8_t)POLL_RECORD) || (step == (uint8_t)POLL_ERASE);

    return recording ? record_command(&c->supplies[s]) : questions[step].cmd;
}

static bool is_serial(uint8_t step)
{
    return (step == (uint8_t)POLL_SERIAL) || (step == (uint8_t)POLL_WHO);
}

void question_begin(const struct controller *c, uint8_t s, uint8_t bus, struct ctl_out *out)
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    const struct chip *chip = chip_row(cfg->chip);
    const struct supply *u = &c->supplies[s];
    const uint8_t step = u->step;
    const struct question *q = &questions[step];
    uint8_t n_read = is_serial(step) ? identity_bytes(c, s) : q->n_read;
    bool has_pec =
        chip->has_pec && (step != (uint8_t)POLL_COUNT); /* that comes behind the letters */
    uint8_t n = 1;

    out->bus[bus].op = CTL_OP_TRANSFER;
    out->bus[bus].address = cfg->address;
    out->bus[bus].tx[0] = question_command(c, s, step);
    if (n_read > 0U) {
        out->bus[bus].n_rx = (uint8_t)(n_read + (has_pec ? 1U : 0U));
    } else {
        if (q->n_write > 0U) {
            out->bus[bus].tx[n++] = (step == (uint8_t)POLL_ERASE) ? u->bits : q->value;
        }
        if (chip->takes_pec) {
            out->bus[bus].tx[n] = pec_of_write(cfg->address, out->bus[bus].tx, n);
            n++;
        }
    }
    out->bus[bus].n_tx = n;
}

/* ---- answers ----------------------------------------------------------------------------------- */

/* How many bytes the answer has, PEC not counted; 0: not one that could be checked. */
static uint8_t answer_length(uint8_t step, const uint8_t rx[])
{
    uint8_t n = questions[step].n_read;

    if (is_serial(step)) {
        n = (rx[0] > (uint8_t)IDENTITY_BYTES) ? 0U : (uint8_t)(rx[0] + 1U);
    }
    return n;
}

static bool is_all_ones(const uint8_t rx[], uint8_t n)
{
    uint8_t all = UINT8_MAX;

    for (uint8_t i = 0; i < n; i++) {
        all &= rx[i];
    }
    return all == UINT8_MAX;
}

bool question_is_answered(struct controller *c, uint8_t s, const uint8_t rx[])
{
    const struct ctl_supply_config *cfg = &c->cfg.supplies[s];
    const struct chip *chip = chip_row(cfg->chip);
    uint8_t step = c->supplies[s].step;
    uint8_t n = answer_length(step, rx);

    if (questions[step].n_read == 0U) {
        return true; /* a write */
    }
    /* A word of ones is 128 V, or -0.5 A; a count of ones no number of letters. */
    if (is_all_ones(rx, is_serial(step) ? 1U : n)) {
        return false;
    }
    if (is_serial(step) && ((n == 0U) || (n > identity_bytes(c, s)))) {
        c->identities[s].whole = true; /* it has more letters than were asked for */
        return false;
    }
    if (chip->has_pec && (step != (uint8_t)POLL_COUNT) &&
        !pec_of_read_is_right(cfg->address, question_command(c, s, step), rx, (uint8_t)(n + 1U))) {
        c->count.pec_errors++;
        return false;
    }
    return (step != (uint8_t)POLL_MODE) || vout_mode_is_linear(rx[0]);
}

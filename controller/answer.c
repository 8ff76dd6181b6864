/* answer.c - see answer.h.  Checked by tests/controller/test_step.c, test_lanes.c, test_identity.c. */
#include "answer.h"

#include "assess.h"
#include "controller.h"
#include "identity.h"
#include "lacks.h"
#include "lanes.h"
#include "pmbus.h"
#include "poll.h"
#include "prognosis.h"
#include "question.h"
#include "record.h"
#include "verdict.h"

/* What was read of it in this turn, and since the last look, may be another device's. */
static void who_came(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct supply *u = &c->supplies[s];

    bool is_new = false;

    if (identity_check(c, s, rx)) {
        c->replan = c->replan || supply_is_lost(u);
        return;
    }
    u->has_reading = false;
    u->bad = 0;
    record_forget(u);
    u->want_restart = false;
    is_new = identity_is_new(c, s);
    journal_note(c, JOURNAL_DOUBT, s, is_new ? (uint16_t)DOUBT_NEW_UNIT : (uint16_t)DOUBT_STRANGER);
    u->losses = is_new ? 0U : u->losses; /* those of the one before */
    assess_event(c, s, is_new ? ON_GONE : ON_STRANGE);
}

/* BUSY: it could not be bothered, now or some time ago. What else the word says is believed where that
 * can't wait; nothing more is asked of it in this turn. */
static void status_came(struct controller *c, uint8_t s, uint16_t status)
{
    struct supply *u = &c->supplies[s];
    bool urgent = (status & ((uint16_t)ST_OFF | (uint16_t)ST_VIN_UV)) != 0U;

    u->busy = ((status & (uint16_t)ST_BUSY) != 0U) && !urgent;
    if (u->busy) {
        u->asks = 0;
        record_busy(c, s, status);
    } else {
        assess_status(c, s, status & (uint16_t) ~(uint32_t)ST_BUSY);
    }
}

/* More than its rating, beside a voltage that may be of before: both are read once more, at once. */
static void current_came(struct controller *c, uint8_t s, int32_t i_mA)
{
    struct supply *u = &c->supplies[s];

    if (!u->whole && lanes_is_excess(c, s, i_mA)) {
        u->whole = true;
        u->asks = (uint8_t)LANES_WHOLE;
        u->step = (uint8_t)POLL_INPUT; /* the voltage comes next */
        return;
    }
    u->i_mA = i_mA;
    prognosis_read(c, s, (uint8_t)LANE_I, i_mA);
    if (u->whole) {
        assess_reading(c, s);
    }
}

static void number_came(struct controller *c, uint8_t s, uint16_t word)
{
    struct supply *u = &c->supplies[s];
    uint8_t reading = question_reading(u->step);

    lacks_answered(u, (uint16_t)((uint32_t)1 << reading));
    if (reading == (uint8_t)LANE_V) {
        u->v_mV = milli_from_linear16(word, u->mode & 0x1FU);
        prognosis_read(c, s, reading, (int32_t)u->v_mV);
        lanes_voltage_came(c, s);
        if (!u->whole) {
            assess_reading(c, s);
        }
    } else if (reading == (uint8_t)LANE_I) {
        current_came(c, s, milli_from_linear11(word));
    } else {
        prognosis_read(c, s, reading, milli_from_linear11(word));
    }
}

void answer_take(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct supply *u = &c->supplies[s];
    uint16_t word = (uint16_t)((uint32_t)rx[0] | ((uint32_t)rx[1] << 8));

    if (question_is_reading(u->step)) {
        number_came(c, s, word);
        return;
    }
    switch (u->step) {
    case POLL_MODE:
        u->mode = rx[0];
        break;
    case POLL_COUNT:
        identity_count(c, s, rx[0]);
        break;
    case POLL_WHO:
        who_came(c, s, rx);
        break;
    case POLL_STATUS:
        status_came(c, s, word);
        break;
    case POLL_INPUT:
        record_input(c, s, rx[0]);
        break;
    case POLL_RECORD:
        record_came(c, s, rx[0]);
        break;
    case POLL_ERASE:
        record_erased(c, s);
        break;
    case POLL_CLEAR:
        record_cleared(c, s);
        break;
    default: /* the other writes answer nothing */
        break;
    }
}

/* supply.c - the states of a supply as a table.  Checked by tests/controller/test_supply.c. */
#include "supply.h"

#include "clock.h"

#include <string.h>

/* Short names, so that a row fits a line. */
enum {
    ABS = SUPPLY_ABSENT,
    IDE = SUPPLY_IDENTIFIED,
    STB = SUPPLY_STANDBY,
    STA = SUPPLY_STARTING,
    SHA = SUPPLY_SHARING,
    SUS = SUPPLY_SUSPECT,
    LOS = SUPPLY_LOST,
    ISO = SUPPLY_ISOLATED,
    PRO = SUPPLY_PROBATION,
    RET = SUPPLY_RETIRED
};

/* LOST and ISOLATED are left for PROBATION on any reading that delivers; a warning alone must not
 * hold a supply back. A supply that was merely overloaded by a failing neighbour is none the worse:
 * as long as its switch is closed it goes back to work at once. Silence moves nothing that is lost:
 * a dead supply may well be a silent one. A state that a switch position contradicts (STANDBY with a
 * closed switch) is corrected by the next ON_CLOSING, ON_CLOSED or ON_OPENED. */
/* clang-format off */
static const uint8_t table[SUPPLY_STATES][SUPPLY_EVENTS] = {
/*               IDENT GOOD RETUR WARN OVERL  BAD SILEN STRAN GONE CLOSG CLOSD OPEND PROVN EXHAU RESTD */
    [ABS]     = { IDE, ABS,  ABS, ABS,  ABS, ABS,  ABS,   ABS, ABS,  ABS,  ABS,  ABS,  ABS,  ABS,  ABS },
    [IDE]     = { IDE, STB,  PRO, SUS,  SUS, LOS,  ABS,   ABS, ABS,  IDE,  IDE,  IDE,  IDE,  IDE,  IDE },
    [STB]     = { STB, STB,  STB, SUS,  SUS, LOS,  SUS,   SUS, ABS,  STA,  SHA,  STB,  STB,  STB,  STB },
    [STA]     = { STA, STA,  STA, SUS,  STA, LOS,  SUS,   SUS, ABS,  STA,  SHA,  STB,  STA,  STA,  STA },
    [SHA]     = { SHA, SHA,  SHA, SUS,  SUS, LOS,  SUS,   SUS, ABS,  SHA,  SHA,  STB,  SHA,  SHA,  SHA },
    [SUS]     = { SUS, STB,  STB, SUS,  SUS, LOS,  SUS,   SUS, ABS,  SUS,  SUS,  SUS,  SUS,  SUS,  SUS },
    [LOS]     = { LOS, PRO,  PRO, PRO,  SUS, LOS,  LOS,   SUS, ABS,  LOS,  LOS,  ISO,  LOS,  RET,  LOS },
    [ISO]     = { ISO, PRO,  PRO, PRO,  PRO, ISO,  ISO,   ISO, ABS,  LOS,  LOS,  ISO,  ISO,  RET,  ISO },
    [PRO]     = { PRO, PRO,  PRO, PRO,  PRO, LOS,  LOS,   SUS, ABS,  PRO,  PRO,  PRO,  STB,  RET,  PRO },
    [RET]     = { RET, RET,  RET, RET,  RET, RET,  RET,   RET, ABS,  RET,  RET,  RET,  RET,  RET,  LOS },
};
/* clang-format on */

void supply_init(struct supply *u, uint32_t now_us)
{
    (void)memset(u, 0, sizeof(*u));
    u->since_us = now_us;
    u->read_us = now_us;
    u->heard_us = now_us;
    u->clear_us = now_us;
    u->restart_us = now_us;
    u->skip_from_us = now_us;
}

enum supply_state supply_next(enum supply_state state, enum supply_event event)
{
    return (enum supply_state)table[state][event];
}

static void enter(struct supply *u, uint8_t state, uint32_t now_us)
{
    uint8_t from = u->state;

    u->state = state;
    u->since_us = now_us;
    u->good = 0;
    switch (state) {
    case SUPPLY_ABSENT:
        u->has_reading = false;
        u->danger = (uint8_t)DANGER_NONE;
        u->standing = 0;
        u->restarts = 0;
        u->bad = 0;
        u->lacks = 0;
        u->denied = 0;
        u->vain = 0;
        (void)memset(u->recorded, 0, sizeof(u->recorded));
        break;
    case SUPPLY_LOST:
        if (from != (uint8_t)SUPPLY_ISOLATED) {
            u->judged = 0;
            u->restart_us = now_us;
            u->losses = (u->losses < UINT8_MAX) ? (uint8_t)(u->losses + 1U) : u->losses;
        }
        if (from == (uint8_t)SUPPLY_RETIRED) { /* another series of attempts */
            u->losses = (uint8_t)((uint32_t)SUPPLY_LOSSES / 2U);
            u->restarts = 0;
        }
        break;
    case SUPPLY_PROBATION:
    case SUPPLY_SUSPECT:
        u->danger = (uint8_t)DANGER_NONE;
        break;
    case SUPPLY_STANDBY:
        u->restarts = 0;
        u->danger = (uint8_t)DANGER_NONE;
        break;
    default: /* nothing to set up */
        break;
    }
}

bool supply_happens(struct supply *u, enum supply_event event, uint32_t now_us)
{
    uint8_t next = table[u->state][event];

    if (next == u->state) {
        return false;
    }
    enter(u, next, now_us);
    return true;
}

bool supply_takes(struct supply *u, enum supply_event event, uint32_t now_us)
{
    if ((event == ON_WARNING) || (event == ON_OVERLOADED)) {
        u->warned = true;
        u->warned_us = now_us;
    } else if (passed(now_us, u->warned_us, (uint32_t)SUPPLY_WARNED_us)) {
        u->warned = false;
    } else {
        /* it goes on */
    }
    return (u->state != (uint8_t)SUPPLY_SUSPECT) || !u->warned || (event == ON_WARNING) ||
           (event == ON_OVERLOADED);
}

bool supply_is_proven(const struct supply *u, uint32_t now_us)
{
    const uint32_t wait_us =
        grown_us((uint32_t)SUPPLY_PROBATION_us, u->losses, (uint32_t)SUPPLY_PROBATION_MAX_us);

    return (u->state == (uint8_t)SUPPLY_PROBATION) &&
           (u->good >= (uint8_t)SUPPLY_PROBATION_READINGS) && passed(now_us, u->since_us, wait_us);
}

bool supply_is_good(const struct supply *u)
{
    return (u->state == (uint8_t)SUPPLY_STANDBY) || (u->state == (uint8_t)SUPPLY_STARTING) ||
           (u->state == (uint8_t)SUPPLY_SHARING);
}

bool supply_is_lost(const struct supply *u)
{
    return (u->state == (uint8_t)SUPPLY_LOST) || (u->state == (uint8_t)SUPPLY_ISOLATED) ||
           (u->state == (uint8_t)SUPPLY_RETIRED);
}

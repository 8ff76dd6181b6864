/* lacks.c - see lacks.h.  Checked by tests/controller/test_lanes.c, test_record.c. */
#include "lacks.h"

#include "clock.h"
#include "controller.h"

static void leave_out(struct controller *c, uint8_t s, uint16_t what)
{
    struct supply *u = &c->supplies[s];

    if ((what & (uint16_t)~u->lacks) != 0U) {
        journal_note(c, JOURNAL_LACKS, s, what);
    }
    u->lacks |= what;
    u->lacks_us = c->now_us;
    u->denied &= (uint16_t)~what;
}

void lacks_begin(struct controller *c, uint8_t s)
{
    struct supply *u = &c->supplies[s];

    u->failed = 0;
    if ((u->lacks != 0U) && passed(c->now_us, u->lacks_us, (uint32_t)LACKS_AGAIN_us)) {
        u->lacks = 0;
    }
}

void lacks_failed(struct controller *c, uint8_t s, uint16_t what)
{
    struct supply *u = &c->supplies[s];

    u->failed |= what;
    if ((u->denied & what) != 0U) {
        leave_out(c, s, what);
    } else {
        u->denied |= what;
    }
}

void lacks_answered(struct supply *u, uint16_t what)
{
    u->denied &= (uint16_t)~what;
}

void lacks_confirmed(struct controller *c, uint8_t s)
{
    if (c->supplies[s].failed != 0U) {
        leave_out(c, s, c->supplies[s].failed);
    }
}

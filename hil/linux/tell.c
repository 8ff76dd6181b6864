/* tell.c - see tell.h.  Checked by tests/linux/test_powergapd.c. */
#include "tell.h"

#include <inttypes.h>
#include <stdio.h>

#include "log.h"
#include "sim/journal_text.h"

static struct journal_entry last; /* told */

/* How often something happened in a row grows in place: that is no news. */
static bool is_same(const struct journal_entry *a, const struct journal_entry *b)
{
    return a->at_us == b->at_us && a->wraps == b->wraps && a->what == b->what && a->who == b->who &&
           a->detail == b->detail;
}

static enum log_level level_of(const struct journal_entry *e)
{
    switch (e->what) {
    case JOURNAL_DARK:
    case JOURNAL_BROKEN:
    case JOURNAL_GIVEN_UP:
        return LOG_LEVEL_ERROR;
    case JOURNAL_STUCK:
    case JOURNAL_RECOVERY:
    case JOURNAL_DEAF:
    case JOURNAL_FORETOLD:
    case JOURNAL_DOUBT:
    case JOURNAL_FAULT:
    case JOURNAL_SHORT:
        return LOG_LEVEL_WARNING;
    case JOURNAL_SWITCH:
    case JOURNAL_PREEMPT:
        return LOG_LEVEL_NOTE;
    default:
        return LOG_LEVEL_INFO;
    }
}

static void tell(const struct rack_table *t, const struct journal_entry *e)
{
    char text[JOURNAL_TEXT];
    const char *who = journal_who(t, e);
    const char *said = journal_said(text, t, e);

    log_line(level_of(e), "%s%s%s%s%s", journal_word((enum journal_what)e->what),
             who[0] != '\0' ? " " : "", who, said[0] != '\0' ? ": " : "", said);
    last = *e;
}

void tell_begin(const struct controller *c, const struct rack_table *t)
{
    struct journal_entry e;

    if (controller_journal(c, 0, &e)) {
        tell(t, &e);
    }
}

void tell_news(const struct controller *c, const struct rack_table *t)
{
    struct journal_entry e;
    uint8_t n = 0;

    while (controller_journal(c, n, &e) && !is_same(&e, &last)) {
        n++;
    }
    while (n-- > 0 && controller_journal(c, n, &e)) {
        tell(t, &e);
    }
}

/* ---- all of it --------------------------------------------------------------------------------- */

static const char *closed(bool is)
{
    return is ? "closed" : "open";
}

static void tell_supplies(const struct controller *c, const struct rack_table *t)
{
    for (uint8_t i = 0; i < t->config.n_supplies; i++) {
        uint32_t age_us = controller_supply_age_us(c, i);
        const char *state = supply_state_name(controller_supply_state(c, i));
        if (age_us == CONTROLLER_AGE_NONE) {
            log_line(LOG_LEVEL_INFO, "%s: %s, no reading", t->supply[i], state);
        } else {
            int32_t i_mA = controller_supply_i_mA(c, i);
            log_line(LOG_LEVEL_INFO,
                     "%s: %s, %" PRIu32 ".%03" PRIu32 " V, %" PRId32 " mA, STATUS_WORD 0x%04X, "
                     "read %" PRIu32 " us ago, %s",
                     t->supply[i], state, controller_supply_v_mV(c, i) / 1000,
                     controller_supply_v_mV(c, i) % 1000, i_mA, controller_supply_status(c, i),
                     age_us, prognosis_health_name(controller_supply_health(c, i)));
        }
    }
}

static void tell_power(const struct controller *c, const struct rack_table *t)
{
    for (uint8_t i = 0; i < t->config.n_switches; i++) {
        log_line(LOG_LEVEL_INFO, "%s: wanted %s, told %s, its pin says %s%s", t->power_switch[i],
                 closed(controller_switch_wanted(c, i)), closed(controller_switch_told(c, i)),
                 closed(controller_switch_read(c, i)),
                 controller_switch_stuck(c, i) ? ", STUCK" : "");
    }
    for (uint8_t i = 0; i < t->config.n_bars; i++) {
        log_line(LOG_LEVEL_INFO,
                 "%s: %s, %s, draws %" PRIu32 " mW of %" PRIu32 " mW, wants %" PRIu32 " mW",
                 t->bar[i], controller_bar_served(c, i) ? "served" : "NOT served",
                 controller_bar_redundant(c, i) ? "redundant" : "not redundant",
                 controller_bar_draw_mW(c, i), controller_bar_budget_mW(c, i),
                 controller_bar_wanted_mW(c, i));
    }
}

void tell_status(const struct controller *c, const struct rack_table *t,
                 const struct tell_figures *f)
{
    const struct controller_counts *n = controller_counts(c);

    log_line(LOG_LEVEL_INFO, "%s", controller_mode_name(controller_mode(c)));
    tell_supplies(c, t);
    tell_power(c, t);
    for (int b = 0; b < CTL_BUSES; b++) {
        if (t->bus[b][0] != '\0') {
            log_line(LOG_LEVEL_INFO,
                     "%s: longest transfer %" PRId64 " us, %" PRIu32 " errors of the adapter",
                     t->bus[b], f->transfer[b] / US(1), f->errors[b]);
        }
    }
    log_line(LOG_LEVEL_INFO,
             "%" PRIu32 " transfers, %" PRIu32 " not acknowledged, %" PRIu32 " timed out, %" PRIu32
             " with a wrong PEC, %" PRIu32 " recoveries",
             n->transfers, n->nacks, n->timeouts, n->pec_errors, n->recoveries);
    log_line(LOG_LEVEL_INFO,
             "%" PRIu32 " sweeps, %" PRIu32 " of them late; %" PRIu32 " switch commands, %" PRIu32
             " writes to expanders",
             n->sweeps, n->late_sweeps, n->switch_commands, n->pin_writes);
    log_line(LOG_LEVEL_INFO,
             "%" PRIu64 " steps; at most %" PRId64 " us late, %" PRId64 " us long, %" PRId64
             " us after an alert",
             f->steps, f->late / US(1), f->step / US(1), f->alert / US(1));
}

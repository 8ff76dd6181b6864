/* journal_text.c - an entry of the controller's journal in words.  Checked by tests/sim/test_journal.c. */
#include "journal_text.h"

#include <stdio.h>

static const char *nth(const part_name names[], unsigned n, uint8_t i)
{
    return i < n ? names[i] : "?";
}

const char *journal_who(const struct rack_table *t, const struct journal_entry *e)
{
    switch (e->what) {
    case JOURNAL_SUPPLY:
    case JOURNAL_DOUBT:
    case JOURNAL_FORETOLD:
    case JOURNAL_PREEMPT:
    case JOURNAL_FAULT:
    case JOURNAL_LACKS:
        return nth(t->supply, t->config.n_supplies, e->who);
    case JOURNAL_SWITCH:
    case JOURNAL_STUCK:
        return nth(t->power_switch, t->config.n_switches, e->who);
    case JOURNAL_RECOVERY:
    case JOURNAL_GIVEN_UP:
    case JOURNAL_BROKEN:
        return nth(t->bus, CTL_BUSES, e->who);
    case JOURNAL_DARK:
    case JOURNAL_LIT:
    case JOURNAL_SHORT:
        return nth(t->bar, t->config.n_bars, e->who);
    case JOURNAL_DEAF:
        return nth(t->alert, t->config.alert.n_lines, e->who);
    default:
        return "";
    }
}

/* The names of the bars in a set, after `word`; nothing when it is empty. */
static size_t bars(char text[JOURNAL_TEXT], size_t at, const char *word, const struct rack_table *t,
                   uint32_t set)
{
    for (uint8_t b = 0; b < t->config.n_bars; b++) {
        if ((set >> b & 1) != 0 && at < JOURNAL_TEXT) {
            at += (size_t)snprintf(text + at, JOURNAL_TEXT - at, "%s%s", word, t->bar[b]);
            word = " ";
        }
    }
    return at;
}

/* By bits of lacks.h; from LACKS_REGISTERS on they are the status registers. */
static const char *const commands[] = {
    "READ_VOUT",        "READ_IOUT",          "READ_VIN",
    "READ_IIN",         "READ_TEMPERATURE_1", "READ_TEMPERATURE_2",
    "READ_FAN_SPEED_1", "clearing by bits",   "STATUS_VOUT",
    "STATUS_IOUT",      "STATUS_INPUT",       "STATUS_TEMPERATURE",
    "STATUS_CML",       "STATUS_OTHER",       "STATUS_MFR_SPECIFIC",
    "STATUS_FANS_1_2"};

static void say_lacks(char text[JOURNAL_TEXT], uint32_t set)
{
    size_t at = 0;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if ((set >> i & 1) != 0 && at < JOURNAL_TEXT) {
            at += (size_t)snprintf(text + at, JOURNAL_TEXT - at, "%s%s", at > 0 ? " " : "",
                                   commands[i]);
        }
    }
}

const char *journal_said(char text[JOURNAL_TEXT], const struct rack_table *t,
                         const struct journal_entry *e)
{
    size_t at = 0;

    text[0] = '\0';
    switch (e->what) {
    case JOURNAL_START:
        at = (size_t)snprintf(text, JOURNAL_TEXT, "%s",
                              e->who != 0 ? "after a reset" : "after a power-on");
        if (e->detail != CONFIG_SOUND) {
            snprintf(text + at, JOURNAL_TEXT - at, ": %s",
                     config_fault_name((enum config_fault)e->detail));
        }
        break;
    case JOURNAL_SUPPLY:
        snprintf(text, JOURNAL_TEXT, "%s -> %s",
                 supply_state_name((enum supply_state)(e->detail >> 8)),
                 supply_state_name((enum supply_state)(e->detail & 0xFF)));
        break;
    case JOURNAL_PLAN:
        at = bars(text, at, "served: ", t, e->who);
        bars(text, at, at > 0 ? "; redundant: " : "redundant: ", t, e->detail);
        break;
    case JOURNAL_SWITCH:
        snprintf(text, JOURNAL_TEXT, "%s", e->detail != 0 ? "close" : "open");
        break;
    case JOURNAL_STUCK:
        snprintf(text, JOURNAL_TEXT, "%s", e->detail != 0 ? "stays closed" : "stays open");
        break;
    case JOURNAL_DOUBT:
        snprintf(text, JOURNAL_TEXT, "%s",
                 e->detail == DOUBT_STRANGER   ? "another supply answers in its place"
                 : e->detail == DOUBT_NEW_UNIT ? "another unit is in its slot"
                 : e->detail == DOUBT_FROZEN   ? "its readings are frozen"
                                               : "its readings are absurd");
        break;
    case JOURNAL_FAULT:
        snprintf(text, JOURNAL_TEXT, "%s 0x%02X", commands[LACKS_REGISTERS + (e->detail >> 8) % 8],
                 e->detail & 0xFF);
        break;
    case JOURNAL_LACKS:
        say_lacks(text, e->detail);
        break;
    case JOURNAL_FORETOLD:
        if (e->detail != UINT16_MAX) {
            snprintf(text, JOURNAL_TEXT, "in %d min", e->detail);
        }
        break;
    case JOURNAL_PREEMPT:
        snprintf(text, JOURNAL_TEXT, "%s", e->detail != 0 ? "replaced" : "taken back");
        break;
    case JOURNAL_SHORT:
        snprintf(text, JOURNAL_TEXT, "%s", e->detail != 0 ? "no supply is closed onto it" : "over");
        break;
    case JOURNAL_DEAF:
        snprintf(text, JOURNAL_TEXT, "%s", e->detail != 0 ? "stays low" : "storm");
        break;
    default: /* the word says it all */
        break;
    }
    return text;
}

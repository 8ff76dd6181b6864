/* names.c - words for states, faults and entries of the journal: for whoever logs or shows them. The
 * controller itself needs none, and an image that prints nothing has none of them. */
#include "config.h"
#include "controller.h"
#include "journal.h"
#include "prognosis.h"
#include "supply.h"

const char *controller_mode_name(enum controller_mode mode)
{
    static const char *const names[CONTROLLER_MODES] = {"RUNNING", "SAFE"};

    return ((unsigned)mode < (unsigned)CONTROLLER_MODES) ? names[mode] : "?";
}

const char *config_fault_name(enum config_fault fault)
{
    static const char *const names[CONFIG_FAULTS] = {
        "SOUND",         "TOO_MANY", "NOTHING", "NO_SUCH",      "ADDRESS",
        "ADDRESS_TWICE", "CHANNEL",  "BIT",     "SWITCH_TWICE", "WINDOW",
        "POWER",         "TIME",     "LANES",   "TREND",        "ALERT"};

    return ((unsigned)fault < (unsigned)CONFIG_FAULTS) ? names[fault] : "?";
}

const char *supply_state_name(enum supply_state state)
{
    static const char *const names[SUPPLY_STATES] = {
        "ABSENT",  "IDENTIFIED", "STANDBY",  "STARTING",  "SHARING",
        "SUSPECT", "LOST",       "ISOLATED", "PROBATION", "RETIRED"};

    return ((unsigned)state < (unsigned)SUPPLY_STATES) ? names[state] : "?";
}

const char *prognosis_health_name(enum prognosis_health health)
{
    static const char *const names[HEALTHS] = {"LEARNING", "SOUND", "DRIFTING", "FAILING"};

    return ((unsigned)health < (unsigned)HEALTHS) ? names[health] : "?";
}

const char *journal_word(enum journal_what what)
{
    static const char *const words[JOURNAL_WHATS] = {
        "nothing",  "start",    "supply", "plan",  "switch", "stuck",
        "recovery", "given-up", "dark",   "lit",   "deaf",   "broken",
        "foretold", "preempt",  "doubt",  "fault", "lacks",  "short"};

    return ((unsigned)what < (unsigned)JOURNAL_WHATS) ? words[what] : "?";
}

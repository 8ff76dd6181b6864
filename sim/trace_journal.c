/* trace_journal.c - journal.csv: what each controller's own journal says at the end of the run.
 *
 * It is the firmware's account, by its own clock, not the simulator's: what an engineer can read out
 * of a real board. Checked by tests/sim/test_journal.c. */
#include <inttypes.h>

#include "bench.h"
#include "csv.h"
#include "host.h"
#include "host_config.h"
#include "trace.h"

enum { TEXT = 256 };

static const char *name_of(const struct scenario *s, int32_t part)
{
    return part == NO_PART ? "" : s->rack.parts[part].name;
}

/* Of the parts that the controller knows by number. */
static const char *nth(const struct scenario *s, const int32_t parts[], int32_t n, uint8_t i)
{
    return i < n ? name_of(s, parts[i]) : "?";
}

/* Whom the entry is about. */
static const char *who(const struct scenario *s, const struct host_state *h,
                       const struct journal_entry *e)
{
    switch (e->what) {
    case JOURNAL_SUPPLY:
    case JOURNAL_DOUBT:
    case JOURNAL_FORETOLD:
    case JOURNAL_PREEMPT:
    case JOURNAL_FAULT:
    case JOURNAL_LACKS:
        return nth(s, h->supply_part, h->config.n_supplies, e->who);
    case JOURNAL_SWITCH:
    case JOURNAL_STUCK:
        return nth(s, h->switch_part, h->config.n_switches, e->who);
    case JOURNAL_RECOVERY:
    case JOURNAL_GIVEN_UP:
    case JOURNAL_BROKEN:
        return nth(s, h->bus_part, CTL_BUSES, e->who);
    case JOURNAL_DARK:
    case JOURNAL_LIT:
    case JOURNAL_SHORT:
        return nth(s, h->bar_part, h->config.n_bars, e->who);
    case JOURNAL_DEAF:
        return nth(s, h->alert_part, h->config.alert.n_lines, e->who);
    default:
        return "";
    }
}

/* The names of the bars in a set, after `word`; nothing when it is empty. */
static size_t bars(char text[TEXT], size_t at, const char *word, const struct scenario *s,
                   const struct host_state *h, uint32_t set)
{
    for (uint8_t b = 0; b < h->config.n_bars; b++) {
        if ((set >> b & 1) != 0 && at < TEXT) {
            at += (size_t)snprintf(text + at, TEXT - at, "%s%s", word, name_of(s, h->bar_part[b]));
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

static void say_lacks(char text[TEXT], uint32_t set)
{
    size_t at = 0;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if ((set >> i & 1) != 0 && at < TEXT) {
            at += (size_t)snprintf(text + at, TEXT - at, "%s%s", at > 0 ? " " : "", commands[i]);
        }
    }
}

static const char *said(char text[TEXT], const struct scenario *s, const struct host_state *h,
                        const struct journal_entry *e)
{
    size_t at = 0;

    text[0] = '\0';
    switch (e->what) {
    case JOURNAL_START:
        at = (size_t)snprintf(text, TEXT, "%s", e->who != 0 ? "after a reset" : "after a power-on");
        if (e->detail != CONFIG_SOUND) {
            snprintf(text + at, TEXT - at, ": %s", config_fault_name((enum config_fault)e->detail));
        }
        break;
    case JOURNAL_SUPPLY:
        snprintf(text, TEXT, "%s -> %s", supply_state_name((enum supply_state)(e->detail >> 8)),
                 supply_state_name((enum supply_state)(e->detail & 0xFF)));
        break;
    case JOURNAL_PLAN:
        at = bars(text, at, "served: ", s, h, e->who);
        bars(text, at, at > 0 ? "; redundant: " : "redundant: ", s, h, e->detail);
        break;
    case JOURNAL_SWITCH:
        snprintf(text, TEXT, "%s", e->detail != 0 ? "close" : "open");
        break;
    case JOURNAL_STUCK:
        snprintf(text, TEXT, "%s", e->detail != 0 ? "stays closed" : "stays open");
        break;
    case JOURNAL_DOUBT:
        snprintf(text, TEXT, "%s",
                 e->detail == DOUBT_STRANGER   ? "another supply answers in its place"
                 : e->detail == DOUBT_NEW_UNIT ? "another unit is in its slot"
                 : e->detail == DOUBT_FROZEN   ? "its readings are frozen"
                                               : "its readings are absurd");
        break;
    case JOURNAL_FAULT:
        snprintf(text, TEXT, "%s 0x%02X", commands[LACKS_REGISTERS + (e->detail >> 8) % 8],
                 e->detail & 0xFF);
        break;
    case JOURNAL_LACKS:
        say_lacks(text, e->detail);
        break;
    case JOURNAL_FORETOLD:
        if (e->detail != UINT16_MAX) {
            snprintf(text, TEXT, "in %d min", e->detail);
        }
        break;
    case JOURNAL_PREEMPT:
        snprintf(text, TEXT, "%s", e->detail != 0 ? "replaced" : "taken back");
        break;
    case JOURNAL_SHORT:
        snprintf(text, TEXT, "%s", e->detail != 0 ? "no supply is closed onto it" : "over");
        break;
    case JOURNAL_DEAF:
        snprintf(text, TEXT, "%s", e->detail != 0 ? "stays low" : "storm");
        break;
    default: /* the word says it all */
        break;
    }
    return text;
}

/* Entry n, 0 the newest, of the journal, or of the story set aside. */
static bool read(const struct world *w, const struct host_state *h, bool story, uint8_t n,
                 struct journal_entry *e)
{
    const struct remote *r = w->options.remote;

    if (r == NULL) {
        return (story ? controller_dark_story : controller_journal)(&h->controller, n, e);
    }
    *e = r->journal[story][n % JOURNAL_ENTRIES];
    return n < r->n_journal[story];
}

/* Oldest first. */
static void ring(FILE *out, const struct world *w, const struct scenario *s, int32_t part,
                 bool story)
{
    const struct host_state *h = world_state_const(w, part);
    const char *name = story ? "dark" : "journal";
    struct journal_entry e;
    char text[TEXT];
    uint8_t n = 0;

    while (read(w, h, story, n, &e)) {
        n++;
    }
    while (n-- > 0 && read(w, h, story, n, &e)) {
        uint64_t us = (uint64_t)e.wraps << 32 | e.at_us;
        csv_write_text(out, name_of(s, part));
        fprintf(out, ",%s,%" PRIu64 ".%06" PRIu64 ",%s,", name, us / 1000000, us % 1000000,
                journal_word((enum journal_what)e.what));
        csv_write_text(out, who(s, h, &e));
        fputc(',', out);
        csv_write_text(out, said(text, s, h, &e));
        fprintf(out, ",%d\n", e.times);
    }
}

void trace_journal(FILE *out, const struct scenario *s, const struct world *w)
{
    fputs("controller,ring,t_s,what,who,text,times\n", out);
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        if (s->rack.parts[i].kind == &controller_kind) {
            ring(out, w, s, i, false);
            ring(out, w, s, i, true);
        }
    }
}

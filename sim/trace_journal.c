/* trace_journal.c - journal.csv: what each controller's own journal says at the end of the run.
 *
 * It is the firmware's account, by its own clock, not the simulator's: what an engineer can read out
 * of a real board. Checked by tests/sim/test_journal.c. */
#include <inttypes.h>

#include "bench.h"
#include "csv.h"
#include "host.h"
#include "host_config.h"
#include "journal_text.h"
#include "trace.h"

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
static void ring(FILE *out, const struct world *w, const char *controller,
                 const struct host_state *h, const struct rack_table *t, bool story)
{
    const char *name = story ? "dark" : "journal";
    struct journal_entry e;
    char text[JOURNAL_TEXT];
    uint8_t n = 0;

    while (read(w, h, story, n, &e)) {
        n++;
    }
    while (n-- > 0 && read(w, h, story, n, &e)) {
        uint64_t us = (uint64_t)e.wraps << 32 | e.at_us;
        csv_write_text(out, controller);
        fprintf(out, ",%s,%" PRIu64 ".%06" PRIu64 ",%s,", name, us / 1000000, us % 1000000,
                journal_word((enum journal_what)e.what));
        csv_write_text(out, journal_who(t, &e));
        fputc(',', out);
        csv_write_text(out, journal_said(text, t, &e));
        fprintf(out, ",%d\n", e.times);
    }
}

void trace_journal(FILE *out, const struct scenario *s, const struct world *w)
{
    struct rack_table t;

    fputs("controller,ring,t_s,what,who,text,times\n", out);
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        if (s->rack.parts[i].kind == &controller_kind) {
            const struct host_state *h = world_state_const(w, i);
            rack_table_of(&t, h, &s->rack);
            ring(out, w, s->rack.parts[i].name, h, &t, false);
            ring(out, w, s->rack.parts[i].name, h, &t, true);
        }
    }
}

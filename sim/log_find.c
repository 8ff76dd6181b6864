/* log_find.c - by number, by name, by gap.  Checked by tests/sim/test_log.sh. */
#include "log_find.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sheet.h"
#include "spell.h"

static const struct place COMMAND_LINE = {.in = NULL};
static const struct log_found NOTHING = {.n = 0};

static bool is_number(const char *text)
{
    return text[0] != '\0' && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text);
}

bool log_is_in(const struct cli_window *w, const struct stored_event *e)
{
    return e->at >= w->from && e->at <= w->to;
}

static struct log_found one(struct arena *a, uint32_t id)
{
    uint32_t *ids = arena_array(a, 1, sizeof *ids);

    ids[0] = id;
    return (struct log_found){.n = 1, .id = ids};
}

static struct log_found by_number(struct arena *a, struct diag *d, const struct stored *s,
                                  const char *number, const char *word)
{
    uint32_t id = (uint32_t)strtoul(number, NULL, 10);

    if (stored_at(s, id) == NULL) {
        diag_error(d, COMMAND_LINE, "there is no event %s: the trace has #1 .. #%" PRIu32, word,
                   s->n);
        return NOTHING;
    }
    return one(a, id);
}

static struct log_found by_name(struct arena *a, struct diag *d, const struct stored *s,
                                const struct cli_window *w, const char *word)
{
    struct spell near = spell_begin(word, strlen(word));
    char name[STORED_NAME];

    for (uint32_t i = 0; i < s->n; i++) {
        stored_name(&s->event[i], name);
        if (log_is_in(w, &s->event[i]) && strcmp(name, word) == 0) {
            return one(a, s->event[i].id);
        }
        spell_try(&near, name, strlen(name));
    }
    diag_error(d, COMMAND_LINE, "there is no event '%s'%s", word,
               w->to != NS_NEVER || w->from > 0 ? " in this window" : "");
    if (spell_best(&near) != NULL) {
        diag_hint(d, "did you mean '%s'?", spell_best(&near));
    }
    return NOTHING;
}

static struct log_found by_gap(struct arena *a, struct diag *d, const struct stored *s,
                               const char *folder, const char *number)
{
    static const char *const wanted[] = {"gap", "event_id", NULL};
    struct sheet spans;
    struct log_found found = NOTHING;
    int32_t gaps = 0;

    if (!sheet_read(&spans, a, d, arena_print(a, "%s/spans.csv", folder), wanted)) {
        return NOTHING;
    }
    uint32_t *ids = arena_array(a, (size_t)spans.n + 1, sizeof *ids);
    for (int32_t i = 0; i < spans.n; i++) {
        int32_t gap = (int32_t)strtol(sheet_text(&spans, i, "gap"), NULL, 10);
        uint32_t id = (uint32_t)strtoul(sheet_text(&spans, i, "event_id"), NULL, 10);
        gaps = gap > gaps ? gap : gaps;
        if (gap == (int32_t)strtol(number, NULL, 10) && stored_at(s, id) != NULL) {
            ids[found.n++] = id;
        }
    }
    found.id = ids;
    if (found.n == 0) {
        diag_error(d, COMMAND_LINE,
                   gaps == 0 ? "the trace has no gap" : "there is no gap %s: gaps.csv has 1 .. %d",
                   number, gaps);
    }
    return found;
}

struct log_found log_find(struct arena *a, struct diag *d, const struct stored *s,
                          const struct cli_window *w, const char *folder, const char *word)
{
    const char *number = word[0] == '#' ? word + 1 : word;

    if (is_number(number)) {
        return by_number(a, d, s, number, word);
    }
    if (strncmp(word, "gap", 3) == 0 && is_number(word + 3)) {
        return by_gap(a, d, s, folder, word + 3);
    }
    return by_name(a, d, s, w, word);
}

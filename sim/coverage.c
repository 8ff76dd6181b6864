/* coverage.c - everything there is from the tables of models and controller, then counted.
 *
 * Checked by tests/sim/test_suite_coverage.sh. */
#include "coverage.h"

#include <inttypes.h>
#include <string.h>

#include "explain.h"
#include "host.h"
#include "host_config.h"
#include "kinds.h"
#include "text.h"

enum group { CLAIMS, PARTS, ACTIONS, STATES, TRANSITIONS, COUNTERS, HAPPENINGS };

static const struct {
    const char *what, *plural;
} groups[COVER_GROUPS] = {
    [CLAIMS] = {"claim", "claims"},
    [PARTS] = {"part", "parts of the library"},
    [ACTIONS] = {"action", "actions of the models"},
    [STATES] = {"state", "states of a supply, as the controller sees it"},
    [TRANSITIONS] = {"transition", "ways between these states"},
    [COUNTERS] = {"counter", "things the controller counts"},
    [HAPPENINGS] = {"event", "events"},
};

struct finding {
    struct arena *arena;
    struct coverage *c;
    int32_t room[COVER_GROUPS];
};

/* The entry of that name; a new one when there is none. */
static struct cover *entry(struct finding *f, enum group g, const char *name)
{
    struct cover_group *group = &f->c->group[g];

    for (int32_t i = 0; i < group->n; i++) {
        if (strcmp(group->covers[i].name, name) == 0) {
            return &group->covers[i];
        }
    }
    if (group->n == f->room[g]) {
        f->room[g] = f->room[g] == 0 ? 64 : 2 * f->room[g];
        struct cover *covers = arena_array(f->arena, (size_t)f->room[g], sizeof *covers);
        if (group->n > 0) {
            memcpy(covers, group->covers, (size_t)group->n * sizeof *covers);
        }
        group->covers = covers;
    }
    struct cover *new = &group->covers[group->n++];
    *new = (struct cover){.name = arena_text(f->arena, name, strlen(name))};
    return new;
}

/* ---- what there is ------------------------------------------------------------------------------- */

static void find_part(void *finding, const char *name)
{
    entry(finding, PARTS, name);
}

static void find_models(struct finding *f)
{
    for (int i = 0; kinds[i] != NULL; i++) {
        const struct kind *k = kinds[i];
        for (const struct action *a = k->actions; a != NULL && a->key != NULL; a++) {
            entry(f, ACTIONS, arena_print(f->arena, "%s.%s", k->name, a->key));
        }
    }
    for (int i = 0; i < EVENT_KINDS; i++) {
        entry(f, HAPPENINGS, event_word((enum event_kind)i));
    }
}

/* Every cell of the controller's table of transitions that leads elsewhere. */
static void find_controller(struct finding *f)
{
    for (int s = 0; s < SUPPLY_STATES; s++) {
        const char *from = supply_state_name((enum supply_state)s);
        entry(f, STATES, from);
        for (int e = 0; e < SUPPLY_EVENTS; e++) {
            enum supply_state to = supply_next((enum supply_state)s, (enum supply_event)e);
            if ((int)to != s) {
                entry(f, TRANSITIONS,
                      arena_print(f->arena, "%s -> %s", from, supply_state_name(to)));
            }
        }
    }
    for (const struct signal *s = controller_kind.signals; s->key != NULL; s++) {
        if (s->quantity == QTY_OPERATIONS && s->choices == NULL) {
            entry(f, COUNTERS, s->key);
        }
    }
}

static void find_claims(struct finding *f, const struct suite *all)
{
    for (int32_t i = 0; i < all->n; i++) {
        for (int32_t k = 0; k < all->cases[i].n_covers; k++) {
            entry(f, CLAIMS, all->cases[i].covers[k]);
        }
    }
}

/* ---- what was exercised -------------------------------------------------------------------------- */

static bool has_passed(const struct outcome *o)
{
    return o->status == CASE_PASS || o->status == CASE_WORSE;
}

static void count_claims(struct finding *f, const struct suite_case *c)
{
    for (int32_t k = 0; k < c->n_covers; k++) {
        struct cover *claim = entry(f, CLAIMS, c->covers[k]);
        claim->scenarios++;
        claim->times++;
    }
}

static void count_marks(struct finding *f, const struct outcome *o)
{
    for (int32_t i = 0; i < o->n_marks; i++) {
        for (int g = PARTS; g < COVER_GROUPS; g++) {
            if (strcmp(o->marks[i].what, groups[g].what) == 0) {
                int32_t known = f->c->group[g].n;
                struct cover *c = entry(f, (enum group)g, o->marks[i].name);
                c->beyond = c->beyond || (g == TRANSITIONS && f->c->group[g].n > known);
                c->scenarios++;
                c->times += o->marks[i].times;
            }
        }
    }
}

/* Is `path` the scenario that a line of claims means by "polling/phase-1"? */
static bool is_meant(const char *path, const char *scenario, size_t n)
{
    size_t length = strlen(path);
    const char *dot = strrchr(path, '.');
    size_t stem = dot != NULL ? (size_t)(dot - path) : length;

    return n > 0 && n <= stem && strncmp(path + stem - n, scenario, n) == 0 &&
           (n == stem || path[stem - n - 1] == '/');
}

/* Cell `i` of a line "claim | scenario | ...", without the spaces around. */
static const char *cell_of(const char *line, size_t length, int i, size_t *n)
{
    const char *end = line + length;

    for (; i > 0 && line < end; i--) {
        const char *bar = memchr(line, '|', (size_t)(end - line));
        line = bar != NULL ? bar + 1 : end;
    }
    const char *bar = memchr(line, '|', (size_t)(end - line));
    end = bar != NULL ? bar : end;
    while (line < end && strchr(" \t\r", *line) != NULL) {
        line++;
    }
    while (end > line && strchr(" \t\r", end[-1]) != NULL) {
        end--;
    }
    *n = (size_t)(end - line);
    return line;
}

/* One line of the file of claims: it may name a scenario that shows it without saying so. */
static void count_line(struct finding *f, const struct suite *s, const struct outcome outcomes[],
                       const char *line, size_t length)
{
    size_t n;
    size_t n_scenario;
    const char *claim = cell_of(line, length, 0, &n);
    const char *scenario = cell_of(line, length, 1, &n_scenario);

    if (n == 0 || claim[0] == '#') {
        return;
    }
    struct cover *c = entry(f, CLAIMS, arena_text(f->arena, claim, n));
    for (int32_t i = 0; i < s->n; i++) {
        if (is_meant(s->cases[i].path, scenario, n_scenario) && has_passed(&outcomes[i])) {
            c->scenarios++;
            c->times++;
        }
    }
}

static bool count_file(struct finding *f, const struct suite *s, const struct outcome outcomes[],
                       const char *path, struct diag *d)
{
    static const struct place command_line = {.in = NULL};
    const struct text *t = text_read(f->arena, d, path, "file of claims", command_line);

    for (const char *line = t != NULL ? t->bytes : ""; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        count_line(f, s, outcomes, line, n);
        line += n + (line[n] == '\n');
    }
    return t != NULL;
}

bool coverage_find(struct coverage *c, struct arena *a, const struct suite *all,
                   const struct suite *s, const struct outcome outcomes[], const char *claims,
                   struct diag *d)
{
    struct finding f = {.arena = a, .c = c};

    *c = (struct coverage){0};
    for (int g = 0; g < COVER_GROUPS; g++) {
        c->group[g].what = groups[g].what;
        c->group[g].plural = groups[g].plural;
    }
    parts_names(&f, find_part);
    find_models(&f);
    find_controller(&f);
    find_claims(&f, all);
    for (int32_t i = 0; i < s->n; i++) {
        if (has_passed(&outcomes[i])) {
            count_claims(&f, &s->cases[i]);
        }
        count_marks(&f, &outcomes[i]);
    }
    return claims == NULL || count_file(&f, s, outcomes, claims, d);
}

/* ---- in words ------------------------------------------------------------------------------------ */

enum { WIDTH = 98 };

/* The names of those that were exercised, or not, in lines; of those beyond the table, or in it. */
static void print_names(FILE *out, const struct cover_group *g, bool exercised, bool beyond)
{
    const char *link = "";
    int column = WIDTH;

    for (int32_t i = 0; i < g->n; i++) {
        const struct cover *c = &g->covers[i];
        int length = (int)strlen(c->name) + 2;
        if ((c->scenarios > 0) != exercised || c->beyond != beyond) {
            continue;
        }
        fputs(link, out);
        if (column + length > WIDTH) {
            fputs("\n      ", out);
            column = 6;
        }
        fprintf(out, " %s", c->name);
        column += length;
        link = ",";
    }
    fputc('\n', out);
}

static void print_group(FILE *out, const struct cover_group *g)
{
    int32_t seen = 0;
    int32_t beyond = 0;

    for (int32_t i = 0; i < g->n; i++) {
        seen += g->covers[i].scenarios > 0 && !g->covers[i].beyond;
        beyond += g->covers[i].beyond;
    }
    int32_t known = g->n - beyond;
    fprintf(out, "  %4" PRId32 " of %-4" PRId32 " %s%s", seen, known, g->plural,
            seen < known ? "; not:" : "");
    print_names(out, g, false, false);
    if (beyond > 0) {
        fprintf(out, "       and %" PRId32 " by a reset, or through one between in the same turn:",
                beyond);
        print_names(out, g, true, true);
    }
}

void coverage_print(FILE *out, const struct coverage *c)
{
    fputs("Coverage:\n", out);
    for (int g = 0; g < COVER_GROUPS; g++) {
        print_group(out, &c->group[g]);
    }
}

void coverage_json(FILE *out, const struct coverage *c)
{
    fputc('{', out);
    for (int g = 0; g < COVER_GROUPS; g++) {
        const struct cover_group *group = &c->group[g];
        fprintf(out, "%s\"%s\": [", g > 0 ? ", " : "", group->what);
        for (int32_t i = 0; i < group->n; i++) {
            fprintf(out, "%s{\"name\": ", i > 0 ? ", " : "");
            cli_json_text(out, group->covers[i].name);
            fprintf(out, ", \"scenarios\": %" PRId32 ", \"times\": %" PRId64 "%s}",
                    group->covers[i].scenarios, group->covers[i].times,
                    group->covers[i].beyond ? ", \"beyond\": true" : "");
        }
        fputc(']', out);
    }
    fputc('}', out);
}

/* suite.c - finds the files, plays them. */
#include "suite.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>

static void each(const char *pattern, int least, void (*visit)(const char *path))
{
    glob_t found;
    int visited = 0;

    cr_assert_eq(glob(pattern, 0, NULL, &found), 0, "there is no %s here", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (strstr(found.gl_pathv[i], "/racks/") == NULL) {
            visit(found.gl_pathv[i]);
            visited++;
        }
    }
    globfree(&found);
    cr_assert_geq(visited, least, "only %d of %s", visited, pattern);
}

void suite_scenarios(void (*visit)(const char *path))
{
    each("scenarios/*/*.yaml", 30, visit);
}

void suite_circuits(void (*visit)(const char *path))
{
    each("tests/oracle/*.yaml", 11, visit);
}

struct scenario *suite_load(const char *path)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load(path, d);

    diag_free(d);
    cr_assert(s != NULL, "%s", path);
    return s;
}

struct run *suite_play(const struct scenario *s, const struct plant_options *options)
{
    struct diag *d = diag_new();
    struct run_options o = {.plant = *options};

    o.plant.seed = s->seed;
    struct run *r = run_play(s, &o, d);
    diag_free(d);
    cr_assert(r != NULL, "%s", s->path);
    return r;
}

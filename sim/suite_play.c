/* suite_play.c - one scenario of a suite, in the process that was made for it. */
#include <stdlib.h>

#include "suite_run.h"

/* What was reported, as lines. */
static void write_said(FILE *out, struct diag *d)
{
    char *text = NULL;
    size_t size = 0;
    FILE *lines = open_memstream(&text, &size);

    if (lines != NULL) {
        diag_print(d, lines, false);
        fclose(lines);
        outcome_write_said(out, text);
    }
    free(text);
}

static enum suite_exit play(const struct scenario *s, const char *folder, FILE *out, struct diag *d)
{
    struct run_options o = {.plant = {.seed = s->seed}, .out = folder};

    if (!run_check_size(s, &o, d) || !run_check(s, d)) {
        return SUITE_REFUSED;
    }
    struct run *r = run_play(s, &o, d);
    if (r == NULL) {
        return SUITE_UNKEPT;
    }
    outcome_write(out, r);
    run_free(r);
    return SUITE_PLAYED;
}

enum suite_exit suite_play(const char *path, const char *folder, FILE *out)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load(path, d);
    enum suite_exit exit = s != NULL ? play(s, folder, out, d) : SUITE_REFUSED;

    write_said(out, d);
    scenario_free(s);
    diag_free(d);
    return exit;
}

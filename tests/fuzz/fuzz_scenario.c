/* Any bytes at all: the loader either refuses them with at least one diagnostic or gives a scenario
 * that can be looked at from end to end. */
#include "must.h"

#include "sim/scenario.h"

const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a buffer when a quoted key breaks off; that is its own. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static void look_at(const struct expr *e)
{
    for (int32_t i = 0; e && i < expr_instances(e); i++) {
        must(expr_text(e, i)[0] != 0);
        must(expr_refs(e) > 0 && expr_ref(e, i, 0)->part >= 0);
    }
}

static void look_through(const struct scenario *s)
{
    must(s->rack.n_parts > 0 && s->duration > 0);
    for (int32_t i = 0; i < s->n_deeds; i++) {
        must(s->deeds[i].n_targets > 0 && (s->deeds[i].when || s->deeds[i].at != NS_NEVER));
        look_at(s->deeds[i].when);
    }
    for (int32_t i = 0; i < s->n_expectations; i++) {
        must(s->expectations[i].expr != NULL);
        look_at(s->expectations[i].expr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere;
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("fuzz.yaml", (const char *)bytes, size, d);

    if (!nowhere) {
        nowhere = fopen("/dev/null", "w");
    }
    must((s == NULL) == (diag_errors(d) > 0));
    if (s) {
        look_through(s);
    }
    diag_print(d, nowhere, true);
    diag_print_json(d, nowhere);
    scenario_free(s);
    diag_free(d);
    return 0;
}

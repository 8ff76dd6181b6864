/* waves_view.c - a save file of GTKWave: gaps, voltages and currents as curves, states as words. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "models/bus.h"
#include "models/ideal.h"
#include "models/psu.h"
#include "models/server.h"
#include "waves_inside.h"

/* GTKWave's flags of a trace. */
enum {
    SHOW_TEXT = 0x28,     /* right-justified */
    SHOW_CURVE = 0x90420, /* a signed number as an interpolated curve over the full scale */
    SHOW_TALL = 0x20000,  /* a blank line into which the curve above it extends */
    SHOW_HEADING = 0x200
};

/* A frame of its time scale, of whose length its zoom is the logarithm, has 200 pixels. */
enum { TALL = 3, WIDTH_FRAMES = 5, ROWS_MAX = 60, MARKERS = 28 };

enum group {
    GROUP_GAPS,
    GROUP_VOLTAGES,
    GROUP_SUPPLIES,
    GROUP_STATES,
    GROUP_BUS,
    GROUP_EVENTS,
    GROUPS
};

static const char *const headings[GROUPS] = {
    [GROUP_GAPS] = "gaps",     [GROUP_VOLTAGES] = "voltages", [GROUP_SUPPLIES] = "currents",
    [GROUP_STATES] = "states", [GROUP_BUS] = "serial bus",    [GROUP_EVENTS] = "events"};

/* Where a wave is shown; GROUPS: it is not. What does not change in the window is left out, but for
 * voltages. */
static enum group group_of(const struct waves *x, const struct wave *v)
{
    const struct kind *kind = v->part == NO_PART ? NULL : x->scenario->rack.parts[v->part].kind;
    bool lives = v->changes > 1;

    switch (v->is) {
    case WAVE_GAP:
        return v->changes > 0 ? GROUP_GAPS : GROUPS;
    case WAVE_TRANSFER:
        return GROUP_BUS;
    case WAVE_EVENT:
        return v->changes > 0 && kind->tie != TIE_CONTROLLER ? GROUP_EVENTS : GROUPS;
    case WAVE_WORD:
        return lives && (strcmp(v->name, "state") == 0 || kind->tie == TIE_CONTROLLER)
                   ? GROUP_STATES
                   : GROUPS;
    case WAVE_REAL:
    default:
        if (strcmp(v->name, "v_V") == 0 &&
            (kind == &bus_kind || kind == &node_kind || (kind == &server_kind && lives))) {
            return GROUP_VOLTAGES;
        }
        return strcmp(v->name, "i_A") == 0 && lives && (kind == &psu_kind || kind == &source_kind)
                   ? GROUP_SUPPLIES
                   : GROUPS;
    }
}

/* "bus_a v_V": GTKWave would show only what follows the last point of a name. */
enum { LABEL = 128 };
static const char *label(char buf[LABEL], const struct wave *v)
{
    snprintf(buf, LABEL, "%s%s%s", v->is == WAVE_GAP ? "" : v->scope, v->is == WAVE_GAP ? "" : " ",
             v->name);
    for (char *c = buf; *c != '\0'; c++) {
        *c = *c == '.' ? ' ' : *c;
    }
    return buf;
}

static void show_group(FILE *out, const struct waves *x, enum group group)
{
    bool curve = group == GROUP_VOLTAGES || group == GROUP_SUPPLIES;
    char text[LABEL];
    int rows = 0;

    for (int32_t i = 0; i < x->n_waves && rows < ROWS_MAX; i++) {
        const struct wave *v = &x->wave[i];
        if (group_of(x, v) != group) {
            continue;
        }
        if (rows++ == 0) {
            fprintf(out, "@%x\n-%s\n", SHOW_HEADING, headings[group]);
        }
        fprintf(out, "@%x\n+{%s} %s.%s\n", curve ? SHOW_CURVE : SHOW_TEXT, label(text, v), v->scope,
                v->name);
        for (int k = 0; curve && k < TALL; k++) {
            fprintf(out, "@%x\n-\n", SHOW_TALL);
        }
    }
}

void waves_write_view(FILE *out, const struct waves *x, const char *dump)
{
    double span_ns = (double)(x->options.to - x->options.from);

    fprintf(out, "[*] powergap\n[dumpfile] \"%s\"\n[timestart] %" PRId64 "\n[size] 1600 1000\n",
            dump, x->options.from);
    fprintf(out, "*%.6f", -log2(fmax(span_ns, 1.0) / WIDTH_FRAMES));
    for (int marker = 0; marker < MARKERS; marker++) {
        fputs(" -1", out);
    }
    fputs("\n[sst_width] 120\n[signals_width] 200\n", out);
    for (int g = 0; g < GROUPS; g++) {
        show_group(out, x, (enum group)g);
    }
}

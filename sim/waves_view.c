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
    GROUP_CURRENTS,
    GROUP_STATES,
    GROUP_BUS,
    GROUP_EVENTS,
    GROUP_NONE
};

/* In this order. */
static const struct shown {
    enum group group;
    const char *heading;
    bool curve;
} groups[] = {
    {GROUP_GAPS, "gaps", false},        {GROUP_VOLTAGES, "voltages", true},
    {GROUP_CURRENTS, "currents", true}, {GROUP_STATES, "states", false},
    {GROUP_BUS, "serial bus", false},   {GROUP_EVENTS, "events", false},
};

/* Where a wave is shown. What does not change in the window is left out, but for voltages of bars. */
static enum group group_of(const struct waves *x, const struct wave *v)
{
    bool lives = v->changes > 1;

    if (v->is == WAVE_GAP) {
        return v->changes > 0 ? GROUP_GAPS : GROUP_NONE;
    }
    const struct kind *kind = x->scenario->rack.parts[v->part].kind;
    bool is_mind = kind->tie == TIE_CONTROLLER;
    if (v->is == WAVE_TRANSFER) {
        return GROUP_BUS;
    }
    if (v->is == WAVE_EVENT) {
        return v->changes > 0 && !is_mind ? GROUP_EVENTS : GROUP_NONE;
    }
    if (v->is == WAVE_WORD) {
        return lives && (is_mind || strcmp(v->name, "state") == 0) ? GROUP_STATES : GROUP_NONE;
    }
    if (strcmp(v->name, "v_V") == 0) {
        bool is_bar = kind == &bus_kind || kind == &node_kind;
        return is_bar || (kind == &server_kind && lives) ? GROUP_VOLTAGES : GROUP_NONE;
    }
    bool gives = kind == &psu_kind || kind == &source_kind;
    return gives && lives && strcmp(v->name, "i_A") == 0 ? GROUP_CURRENTS : GROUP_NONE;
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

static void show_group(FILE *out, const struct waves *x, const struct shown *g)
{
    char text[LABEL];
    int rows = 0;

    for (int32_t i = 0; i < x->n_waves && rows < ROWS_MAX; i++) {
        const struct wave *v = &x->wave[i];
        if (group_of(x, v) != g->group) {
            continue;
        }
        if (rows++ == 0) {
            fprintf(out, "@%x\n-%s\n", SHOW_HEADING, g->heading);
        }
        fprintf(out, "@%x\n+{%s} %s.%s\n", g->curve ? SHOW_CURVE : SHOW_TEXT, label(text, v),
                v->scope, v->name);
        for (int k = 0; g->curve && k < TALL; k++) {
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
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        show_group(out, x, &groups[g]);
    }
}

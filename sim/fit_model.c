/* fit_model.c - set parameters, play, read off.  Checked by tests/sim/test_fit.sh. */
#include "fit_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plant.h"
#include "script.h"
#include "spell.h"

static const struct place COMMAND_LINE = {.in = NULL};

static double clip(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

double fit_model_set(const struct scenario *s, const struct fit_param *p, double value)
{
    if (p->field == NULL) {
        return value;
    }
    value = clip(value, p->field->min, p->field->max);
    char *at = (char *)s->rack.parts[p->part].params + p->field->offset;
    if (p->field->type == FIELD_TIME) {
        ns_t ns = ns_from_s(value);
        memcpy(at, &ns, sizeof ns);
    } else {
        memcpy(at, &value, sizeof value);
    }
    return value;
}

/* ---- the signals ------------------------------------------------------------------------------------ */

/* "bus_a.v" is the column "bus_a.v_V". */
static const struct column *column_of(const struct columns *all, const char *signal,
                                      struct spell *near)
{
    size_t n = strlen(signal);

    for (int32_t i = 0; i < all->n; i++) {
        const char *name = all->column[i].name;
        const char *bar = strrchr(name, '_');
        if (strncmp(name, signal, n) == 0 && (bar == name + n || name[n] == '\0')) {
            return &all->column[i];
        }
        spell_try(near, name, bar != NULL ? (size_t)(bar - name) : strlen(name));
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The noise of a curve that is smooth but for it: of x[i-1] - 2 x[i] + x[i+1] it is sqrt(1 + 4 + 1) times
 * as much. Not less than a hundred-thousandth of the largest value: nobody's converter is better. */
static double noise(struct arena *a, const double *v, int32_t from, int32_t to)
{
    int32_t n = to - from - 2;
    double most = 0.0;
    double *second = arena_array(a, (size_t)(n > 0 ? n : 0) + 1, sizeof *second);

    for (int32_t i = from; i < to; i++) {
        most = fmax(most, fabs(v[i]));
    }
    for (int32_t i = 0; i < n; i++) {
        second[i] = fabs(v[from + i] - 2.0 * v[from + i + 1] + v[from + i + 2]);
    }
    qsort(second, (size_t)(n > 0 ? n : 0), sizeof *second, by_size);
    double median = n > 0 ? second[n / 2] : 0.0;
    return fmax(median / (0.6745 * sqrt(6.0)), 1e-5 * most);
}

bool fit_model_init(struct fit_model *m, struct arena *a, struct diag *d, const struct scenario *s,
                    const struct waveforms *capture, double shift_s)
{
    struct columns all = columns_of(a, s->rack.parts, s->rack.n_parts);
    const struct column **column = arena_array(a, (size_t)capture->n_waves + 1, sizeof(void *));
    double *sigma = arena_array(a, (size_t)capture->n_waves + 1, sizeof *sigma);
    bool good = true;

    *m = (struct fit_model){.scenario = s,
                            .capture = capture,
                            .n_signals = capture->n_waves,
                            .column = column,
                            .sigma = sigma,
                            .from = waveforms_row(capture, shift_s),
                            .to = waveforms_row(capture, shift_s + ns_to_s(s->duration))};
    for (int32_t k = 0; k < capture->n_waves; k++) {
        const char *signal = capture->wave[k].name;
        struct spell near = spell_begin(signal, strlen(signal));
        column[k] = column_of(&all, signal, &near);
        sigma[k] = noise(a, capture->wave[k].v, m->from, m->to);
        if (column[k] == NULL) {
            diag_error(d, COMMAND_LINE, "the scenario has no signal '%s'", signal);
            if (spell_best(&near) != NULL) {
                diag_hint(d, "did you mean '%s'?", spell_best(&near));
            }
            good = false;
        } else if (sigma[k] == 0.0 && m->to > m->from) {
            diag_error(d, COMMAND_LINE, "the capture of '%s' is 0 throughout", signal);
            good = false;
        }
    }
    return good;
}

/* ---- playing ---------------------------------------------------------------------------------------- */

static void read_off(const struct fit_model *m, const struct world *w, int32_t i, double residual[])
{
    double *row = &residual[(size_t)(i - m->from) * (size_t)m->n_signals];

    for (int32_t k = 0; k < m->n_signals; k++) {
        row[k] =
            (column_read(m->column[k], w, w->plant->now) - m->capture->wave[k].v[i]) / m->sigma[k];
    }
}

bool fit_model_play(const struct fit_model *m, double shift_s, double residual[])
{
    const struct scenario *s = m->scenario;
    struct sink deaf = {.ctx = NULL};
    struct plant_options options = {.seed = s->seed};
    struct world *w = plant_new(s->rack.parts, s->rack.n_parts, &options, &deaf);
    struct script *script = w != NULL ? script_new(s, w, (struct script_ear){.ctx = NULL}) : NULL;

    for (int32_t i = m->from; script != NULL && i < m->to; i++) {
        double t_s = clip(m->capture->t_s[i] - shift_s, 0.0, ns_to_s(s->duration));
        plant_run(w, ns_from_s(t_s));
        read_off(m, w, i, residual);
    }
    bool good = script != NULL;
    script_free(script);
    plant_free(w);
    return good;
}

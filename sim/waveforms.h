/* waveforms.h - quantities over time from a CSV file: a trace's signals.csv, or what an oscilloscope or
 * logger has captured.
 *
 * A capture is told by a map, a YAML file:
 *
 *     header: 2                    # lines before the first row of numbers; the last one has the names
 *     time: {column: Time, unit: ms}
 *     signals:
 *       bus_a.v: {column: CH1, unit: mV, scale: 10, offset: 0}     # unit * (scale * cell + offset)
 *
 * A column is a name, or its number from 1. Time may not run backwards.
 *
 * Checked by tests/sim/test_compare.sh. */
#ifndef SIM_WAVEFORMS_H
#define SIM_WAVEFORMS_H

#include "arena.h"
#include "diag.h"
#include "models/field.h"

struct waveform {
    const char *name; /* "bus_a.v" */
    enum quantity quantity;
    const double *v; /* [n] of struct waveforms, SI */
};

struct waveforms {
    int32_t n;
    const double *t_s; /* [n]; two rows of one instant are a jump */
    int32_t n_waves;
    const struct waveform *wave;
};

/* Volts, amperes, watts, joules and degrees of DIR/signals.csv. False: reported. */
bool waveforms_of_trace(struct waveforms *w, struct arena *a, struct diag *d, const char *folder);

/* False: reported. */
bool waveforms_of_capture(struct waveforms *w, struct arena *a, struct diag *d, const char *csv,
                          const char *map);

/* NULL: there is none of that name. */
const struct waveform *waveform_named(const struct waveforms *w, const char *name);

/* Its value at t_s, linear between rows, held beyond them. n > 0. */
double waveform_at(const struct waveforms *w, const struct waveform *v, double t_s);

/* The first row at or after t_s; n: there is none. */
int32_t waveforms_row(const struct waveforms *w, double t_s);

#endif

/* fit_model.h - a scenario as a function of some of its parameters.  fit_model.c */
#ifndef SIM_FIT_MODEL_H
#define SIM_FIT_MODEL_H

#include "column.h"
#include "fit.h"

/* What is compared: cell i * n_signals + k is signal k in row i of the capture. */
struct fit_model {
    const struct scenario *scenario;
    const struct waveforms *capture;
    int32_t n_signals;
    const struct column **column; /* [n_signals] */
    const double *sigma;          /* [n_signals], SI */
    int32_t from, to;             /* rows of the capture that lie within the scenario */
};

/* False: reported. */
bool fit_model_init(struct fit_model *m, struct arena *a, struct diag *d, const struct scenario *s,
                    const struct waveforms *capture, double shift_s);

/* Takes a parameter over; within its limits. Returns what it became. */
double fit_model_set(const struct scenario *s, const struct fit_param *p, double value);

/* Plays the scenario: residual[] (simulated - captured) / sigma. False: no memory. */
bool fit_model_play(const struct fit_model *m, double shift_s, double residual[]);

#endif

/* compare.h - two traces, or a trace and a capture, beside each other.
 *
 *   events      the k-th "sw2.conducts" of A and the k-th of B are one event; what goes over the serial bus
 *               is not looked at. They differ by the time between them
 *   gaps        the k-th gap of an observer of A and of B are one; its begin, its end and its length. Of a
 *               capture, where its waveforms cross the thresholds of A
 *   waveforms   B within a tube around A that is as wide as the time tolerance allows and the signal's own
 *               tolerance is high, and the other way round
 *
 * B's times count less its shift. */
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

#include "arena.h"
#include "diag.h"
#include "stored.h"
#include "waveforms.h"

enum compared { COMPARED_EVENT, COMPARED_GAP, COMPARED_WAVEFORM };

struct difference {
    enum compared what;
    const char *name;
    bool in_a, in_b;
    double a, b; /* seconds: when, how long a gap; NAN: there is none */
    double
        value; /* how far apart: seconds; of a waveform the most, SI, beyond the time tolerance */
    double begin, end; /* of a gap: seconds from A's to B's */
    double rms, at_s;  /* of a waveform: of the plain difference; where it is largest */
    double allowed;
    enum quantity quantity;
    bool beyond;
};

/* One side. */
struct side {
    const char *path;
    bool is_capture; /* has waveforms only */
    struct stored events;
    struct waveforms waves;
    int32_t n_gaps;
    const struct side_gap *gaps; /* by time of begin */
};

struct side_gap {
    const char *observer;  /* "bus_a.v < 11.4 V" */
    double start_s, end_s; /* end: of the run, where it is open */
    bool open;
};

/* The allowed difference of the waveforms that a pattern ("*.v") matches. */
struct tolerance {
    const char *pattern;
    const char *text; /* "50 mV" */
    bool used;
};

struct comparison {
    double time_s;  /* tolerance of times */
    double shift_s; /* B's times are so much later */
    int32_t n_tolerances;
    struct tolerance *tolerances;
    double relative; /* of a signal's largest magnitude in A, where no pattern matches */
    int32_t n;
    const struct difference *differences; /* by kind, then in order of A */
};

/* compare_read.c: a trace folder, or a capture with its map. Thresholds of `like` make the gaps of a
 * capture. False: reported. */
bool compare_read(struct side *s, struct arena *a, struct diag *d, const char *path,
                  const char *map, const struct side *like);

/* When the event of that name first happens, or gap1 begins. False: reported. */
bool compare_find(const struct side *s, struct diag *d, const char *name, double *t_s);

/* compare.c: fills c->differences. False: reported. */
bool compare(struct comparison *c, struct arena *a, struct diag *d, const struct side *x,
             const struct side *y);

#endif

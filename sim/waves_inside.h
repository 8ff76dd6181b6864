/* waves_inside.h - the inside of waves, shared by the files that make it up:
 *
 *   waves.c        records what changes while the run goes on
 *   waves_vcd.c    writes it
 *   waves_bus.c    what a transfer says
 *   waves_fst.c    is its FST file whole?
 *   waves_view.c   which waves GTKWave shows at first, and how */
#ifndef SIM_WAVES_INSIDE_H
#define SIM_WAVES_INSIDE_H

#include "arena.h"
#include "column.h"
#include "models/i2c.h"
#include "output.h"
#include "rows.h"
#include "waves.h"

enum wave_is { WAVE_REAL, WAVE_WORD, WAVE_EVENT, WAVE_TRANSFER, WAVE_GAP };

struct wave {
    enum wave_is is;
    const char *scope, *name;    /* "bus_a", "v_V"; "ctl.health", "psu1" */
    const struct column *column; /* of _REAL and _WORD */
    int32_t part;                /* of all but _GAP */
    int32_t watch;               /* of _GAP */
    double last;                 /* recorded value; NAN: none */
    ns_t last_at;
    int32_t changes;
};

/* `value`: of a _REAL itself, of a _WORD the index of its word, of an _EVENT its id, of a _TRANSFER its
 * index or -1, of a _GAP 0 or 1. */
struct wave_change {
    ns_t at;
    uint32_t order;
    int32_t wave;
    double value;
};

struct wave_transfer {
    int32_t bus, device; /* NO_PART: nobody hears the address */
    enum event_kind end;
    uint32_t event;
    ns_t from, to;
    struct i2c_request rq;
    struct i2c_reply re;
};

struct waves {
    struct waves_options options;
    struct arena *arena;
    struct diag *diag;
    const struct scenario *scenario;
    const struct judge *judge;
    struct output vcd, fst; /* `file` NULL: not that one */
    struct columns columns;
    struct rows *rows;
    ns_t looked;         /* when everything was read last */
    bool opened, closed; /* the window */
    int32_t n_waves;
    struct wave *wave;
    int32_t *event_of, *transfer_of; /* of each part: its wave */
    uint32_t n_changes, room_changes;
    struct wave_change *change;
    uint32_t n_transfers, room_transfers;
    struct wave_transfer *transfer;
    bool is_short; /* no memory: some changes are missing */
};

/* All changes are there, in order. */
void waves_write_vcd(FILE *out, const struct waves *x, const struct log *l);
bool waves_fst_is_whole(FILE *in);
void waves_write_view(FILE *out, const struct waves *x, const char *dump);

/* "R 58 psu1 READ_VOUT 12.03 V PEC ok #380". Returns buf. */
enum { TRANSFER_TEXT = 256 };
const char *waves_transfer_text(const struct wave_transfer *t, const struct part parts[],
                                char buf[TRANSFER_TEXT]);

#endif

/* mux.c - a PCA9548-type multiplexer, or one of the PCA9545 type, with interrupt inputs.
 *
 *   write    the last byte of a transfer wins and takes effect at its STOP, so never for the
 *            transfer that carries it; several channels may be on at once
 *   read     the control byte, as often as it is clocked out
 *   reset    power-on, brown-out and RESET# leave all channels off
 *   INT#     `int_inputs`: four channels, each with an interrupt input; the output is low while any
 *            input is, whichever channels are on; bits 4..7 read back say which
 *
 * What sits behind which channel is the bus's to know (i2c.c). Left out: the on-resistance and
 * capacitance of a channel; the voltage translation between its sides; its microsecond to INT#.
 * Source: hardware facts 5.3 [S83, S84]; PCA9545A data sheet, control register and interrupts.  Checked by tests/models/test_mux.c. */
#include "mux.h"

#include "alert.h"
#include "i2c.h"
#include "world.h"

enum { MUX_CHANNELS = 8, INT_CHANNELS = 4 };

struct mux_params {
    struct i2c_path i2c;
    int32_t int_inputs, alert;
};

struct mux_state {
    uint8_t channels;
    bool wedged, hard;  /* hard: RESET# doesn't help either */
    uint8_t astray, to; /* whoever asks for one of these channels gets those; 0: nobody */
    uint32_t news;      /* event after which it reads back something unexpected, until it is read */
    int32_t pulls[MUX_CHANNELS]; /* how many pull the INT# input of a channel */
};

/* clang-format off */
static const struct field mux_fields[] = {
    {.key = "i2c", .type = FIELD_I2C, .choices = "i2c", .def = REQUIRED,
     .offset = offsetof(struct mux_params, i2c),
     .doc = "where it sits on the serial bus, as smbus0/0x70", .source = ""},
    {.key = "int_inputs", .type = FIELD_FLAG, .def = 0.0,
     .offset = offsetof(struct mux_params, int_inputs),
     .doc = "PCA9545 type: four channels, each with an INT# input", .source = ""},
    {.key = "alert", .type = FIELD_PART, .choices = "alert", .def = 0.0,
     .offset = offsetof(struct mux_params, alert),
     .doc = "the alert line that its INT# output pulls", .source = ""},
    {.key = NULL},
};
/* clang-format on */

static void mux_wire(struct world *w, int32_t part)
{
    const struct mux_params *p = world_params(w, part);

    i2c_attach(w, part, &p->i2c);
}

/* What its pass gates connect when its register says `channels`. */
static uint8_t connected(const struct mux_state *s, uint8_t channels)
{
    return channels & s->astray ? (uint8_t)((channels & ~s->astray) | s->to) : channels;
}

static void connect(struct world *w, int32_t part)
{
    const struct mux_params *p = world_params(w, part);
    const struct mux_state *s = world_state(w, part);

    if (p->i2c.bus != NO_PART) {
        i2c_channels_changed(w, p->i2c.bus, part, connected(s, s->channels));
    }
}

static void set_channels(struct world *w, int32_t part, uint8_t channels)
{
    struct mux_state *s = world_state(w, part);

    if (s->channels != channels) {
        s->channels = channels;
        connect(w, part);
    }
}

void mux_reset(struct world *w, int32_t mux)
{
    struct mux_state *s = world_state(w, mux);

    if (s->wedged && s->hard) {
        return;
    }
    s->wedged = false;
    set_channels(w, mux, 0);
}

/* ---- interrupts -------------------------------------------------------------------------------- */

static uint8_t interrupting(const struct mux_state *s)
{
    uint8_t set = 0;

    for (int i = 0; i < INT_CHANNELS; i++) {
        set = (uint8_t)(set | (s->pulls[i] > 0) << i);
    }
    return set;
}

int32_t mux_alert_line(const struct world *w, int32_t mux)
{
    return ((const struct mux_params *)world_params(w, mux))->alert;
}

void mux_interrupt(struct world *w, int32_t mux, int32_t channel, int32_t by, bool low)
{
    struct mux_state *s = world_state(w, mux);
    int32_t line = mux_alert_line(w, mux);
    bool was = interrupting(s) != 0;

    s->pulls[channel] += low ? 1 : -1;
    if (line != NO_PART && (interrupting(s) != 0) != was) {
        alert_pull(w, line, by, low);
    }
}

static const char *mux_check(const void *params, const char **key)
{
    const struct mux_params *p = params;

    *key = "alert";
    return p->alert != NO_PART && !p->int_inputs
               ? "needs int_inputs: this mux has no INT# pins; give each supply its alert line"
               : NULL;
}

/* ---- transfers --------------------------------------------------------------------------------- */

static bool mux_i2c(struct world *w, int32_t part, const struct i2c_request *rq,
                    struct i2c_reply *re)
{
    const struct mux_params *p = world_params(w, part);
    struct mux_state *s = world_state(w, part);
    bool takes = rq->n_tx > 0 && !s->wedged;
    uint8_t there = (uint8_t)(p->int_inputs ? (1 << INT_CHANNELS) - 1 : UINT8_MAX);
    uint8_t wanted = (uint8_t)(takes ? rq->tx[rq->n_tx - 1] & there : s->channels);
    uint8_t told = (uint8_t)(p->int_inputs ? wanted | interrupting(s) << INT_CHANNELS : wanted);

    for (int i = 0; i < rq->n_rx; i++) {
        re->rx[i] &= told;
    }
    if (rq->n_rx > 0) {
        re->cause = s->news;
        s->news = 0;
    }
    set_channels(w, part, wanted);
    return true;
}

/* ---- actions and signals ----------------------------------------------------------------------- */

static bool act_reset(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);
    bool changes = s->channels != 0 || (s->wedged && !s->hard);

    (void)a;
    s->news = world_event(w, part, EV_RESET, s->channels);
    mux_reset(w, part);
    return changes;
}

static bool act_brown_out(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);
    bool changes = s->channels != 0 || s->wedged;

    (void)a;
    s->news = world_event(w, part, EV_POWER_ON_RESET, s->channels);
    s->wedged = false;
    set_channels(w, part, 0);
    return changes;
}

static bool act_wedge(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);

    if (s->wedged) {
        return false;
    }
    s->wedged = true;
    s->hard = a->from != 0;
    s->news = world_event(w, part, EV_FAULT_ON, s->channels);
    return true;
}

static bool act_unwedge(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);

    (void)a;
    if (!s->wedged) {
        return false;
    }
    s->wedged = false;
    s->news = world_event(w, part, EV_FAULT_OFF, s->channels);
    return true;
}

static bool act_misroute(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);

    s->astray = (uint8_t)(1u << (int)a->from);
    s->to = (uint8_t)(1u << (int)a->to);
    world_event(w, part, EV_FAULT_ON, a->from);
    connect(w, part);
    return a->from != a->to;
}

static bool act_route(struct world *w, int32_t part, const struct act_args *a)
{
    struct mux_state *s = world_state(w, part);
    bool had = s->astray != 0;

    (void)a;
    s->astray = 0;
    world_event(w, part, EV_FAULT_OFF, s->channels);
    connect(w, part);
    return had;
}

/* clang-format off */
static const struct field misroute_args[] = {
    {.key = "channel", .type = FIELD_COUNT, .min = 0, .max = 7, .def = REQUIRED,
     .offset = offsetof(struct act_args, from), .doc = "what is asked for"},
    {.key = "to", .type = FIELD_REAL, .quantity = QTY_RATIO, .min = 0.0, .max = 7.0, .def = REQUIRED,
     .offset = offsetof(struct act_args, to), .doc = "what is switched on instead"},
    {.key = NULL},
};
static const struct field wedge_args[] = {
    {.key = "hard", .type = FIELD_FLAG, .def = 0.0, .offset = offsetof(struct act_args, from),
     .doc = "its reset line doesn't help either, only a power cycle"},
    {.key = NULL},
};

static const struct action mux_actions[] = {
    {.key = "reset", .run = act_reset, .doc = "a pulse on its reset line: all channels off"},
    {.key = "wedge", .args = wedge_args, .undo = "unwedge", .run = act_wedge,
     .doc = "acknowledges, but keeps its channels whatever is written, until it is reset"},
    {.key = "misroute", .args = misroute_args, .undo = "route", .run = act_misroute,
     .doc = "one of its channels leads to another one; its register reads back as written"},
    {.key = "route", .run = act_route, .doc = "every channel leads where it should"},
    {.key = "unwedge", .run = act_unwedge, .doc = "takes what is written again"},
    {.key = "brown_out", .run = act_brown_out,
     .doc = "its supply dips: power-on reset, all channels off"},
    {.key = NULL},
};
/* clang-format on */

static double read_channels(const struct world *w, int32_t part, ns_t at)
{
    const struct mux_state *s = world_state_const(w, part);

    (void)at;
    return s->channels;
}

static double read_fault(const struct world *w, int32_t part, ns_t at)
{
    const struct mux_state *s = world_state_const(w, part);

    (void)at;
    return s->wedged ? 1.0 : s->astray != 0 ? 2.0 : 0.0;
}

/* clang-format off */
static const struct signal mux_signals[] = {
    {.key = "channels", .quantity = QTY_RATIO, .doc = "its control byte, bit n for channel n",
     .read = read_channels},
    {.key = "fault", .choices = "SOUND|WEDGED|ASTRAY", .doc = "how it has failed", .read = read_fault},
    {.key = NULL},
};
/* clang-format on */

const struct kind mux_kind = {
    .name = "mux",
    .doc = "a serial bus multiplexer: eight channels (PCA9548 type), or four with interrupt inputs",
    .fields = mux_fields,
    .signals = mux_signals,
    .actions = mux_actions,
    .params_size = sizeof(struct mux_params),
    .state_size = sizeof(struct mux_state),
    .check = mux_check,
    .wire = mux_wire,
    .i2c = mux_i2c,
};

/* i2c_faults.c - what a scenario does to a serial bus, and what it sees of it: see i2c.c.
 *
 * Checked by tests/models/test_i2c.c. */
#include "i2c_state.h"
#include "world.h"

/* ---- actions ----------------------------------------------------------------------------------- */

static bool hold(struct world *w, int32_t bus, enum i2c_line line, const struct act_args *a)
{
    const struct i2c_state *s = world_state(w, bus);

    if (s->hold[line].on && s->hold[line].holder == a->from) {
        return false;
    }
    i2c_hold(w, bus, line, a->from, (int32_t)a->to);
    return true;
}

static bool release(struct world *w, int32_t bus, enum i2c_line line)
{
    const struct i2c_state *s = world_state(w, bus);

    if (!s->hold[line].on) {
        return false;
    }
    i2c_let_go(w, bus, line);
    return true;
}

static bool act_hold_sda(struct world *w, int32_t part, const struct act_args *a)
{
    return hold(w, part, I2C_SDA, a);
}

static bool act_release_sda(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return release(w, part, I2C_SDA);
}

static bool act_hold_scl(struct world *w, int32_t part, const struct act_args *a)
{
    return hold(w, part, I2C_SCL, a);
}

static bool act_release_scl(struct world *w, int32_t part, const struct act_args *a)
{
    (void)a;
    return release(w, part, I2C_SCL);
}

static bool act_garble(struct world *w, int32_t part, const struct act_args *a)
{
    struct i2c_state *s = world_state(w, part);

    s->garble = (int64_t)a->to;
    s->news = world_event(w, part, EV_FAULT_ON, a->to);
    return s->garble > 0;
}

static bool act_nack(struct world *w, int32_t part, const struct act_args *a)
{
    struct i2c_state *s = world_state(w, part);

    s->nack = (int64_t)a->to;
    s->news = world_event(w, part, EV_FAULT_ON, a->to);
    return s->nack > 0;
}

static bool act_heal(struct world *w, int32_t part, const struct act_args *a)
{
    struct i2c_state *s = world_state(w, part);
    bool ill = s->garble > 0 || s->nack > 0;

    (void)a;
    s->garble = s->nack = 0;
    world_event(w, part, EV_FAULT_OFF, 0.0);
    return ill;
}

/* clang-format off */
#define HOLDER                                                                                     \
    {.key = "by", .type = FIELD_PART, .choices = "psu|expander|mux", .def = 0.0,                   \
     .offset = offsetof(struct act_args, from),                                                    \
     .doc = "the device that holds it; left out: the wires of the bus themselves"}

static const struct field sda_args[] = {
    HOLDER,
    {.key = "pulses", .type = FIELD_REAL, .quantity = QTY_OPERATIONS, .min = 0.0, .max = 1e6,
     .def = 9.0, .offset = offsetof(struct act_args, to),
     .doc = "clocks after which the device lets go; 0: clocks don't help", .source = "S81"},
    {.key = NULL},
};

static const struct field scl_args[] = {HOLDER, {.key = NULL}};

static const struct field transfers_args[] = {
    {.key = "transfers", .type = FIELD_REAL, .quantity = QTY_OPERATIONS, .min = 1.0, .max = 1e9,
     .def = 1.0, .offset = offsetof(struct act_args, to), .doc = "how many transfers are hit"},
    {.key = NULL},
};

const struct action i2c_actions[] = {
    {.key = "hold_sda", .args = sda_args, .undo = "release_sda", .run = act_hold_sda,
     .doc = "the data line is held low"},
    {.key = "release_sda", .run = act_release_sda, .doc = "the data line is free"},
    {.key = "hold_scl", .args = scl_args, .undo = "release_scl", .run = act_hold_scl,
     .doc = "the clock line is held low"},
    {.key = "release_scl", .run = act_release_scl, .doc = "the clock line is free"},
    {.key = "garble", .args = transfers_args, .undo = "heal", .run = act_garble,
     .doc = "one bit of each of the next replies is flipped"},
    {.key = "nack", .args = transfers_args, .undo = "heal", .run = act_nack,
     .doc = "nobody acknowledges the next transfers"},
    {.key = "heal", .run = act_heal, .doc = "no more garbled or refused transfers"},
    {.key = NULL},
};
/* clang-format on */

/* ---- signals ----------------------------------------------------------------------------------- */

static const struct i2c_state *look(const struct world *w, int32_t part)
{
    return world_state_const(w, part);
}

static double read_transfers(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return (double)look(w, part)->ended[I2C_OK];
}

static double read_nacks(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return (double)look(w, part)->ended[I2C_NACK];
}

static double read_timeouts(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return (double)look(w, part)->ended[I2C_TIMEOUT];
}

static double read_cuts(const struct world *w, int32_t part, ns_t at)
{
    (void)at;
    return (double)look(w, part)->cuts;
}

static double read_busy(const struct world *w, int32_t part, ns_t at)
{
    const struct i2c_state *s = look(w, part);

    return s->phase != PHASE_IDLE && at >= s->from;
}

static double read_used(const struct world *w, int32_t part, ns_t at)
{
    const struct i2c_state *s = look(w, part);
    ns_t under_way = s->phase != PHASE_IDLE && at > s->from ? at - s->from : 0;

    return at > 0 ? (double)(s->busy + under_way) / (double)at : 0.0;
}

static double read_stuck(const struct world *w, int32_t part, ns_t at)
{
    const struct i2c_state *s = look(w, part);
    bool scl = i2c_is_low(s, I2C_SCL) || s->scl_until > at;

    return i2c_is_low(s, I2C_SDA) + 2 * scl;
}

/* clang-format off */
const struct signal i2c_signals[] = {
    {.key = "transfers", .quantity = QTY_OPERATIONS, .doc = "transfers that ended well",
     .read = read_transfers},
    {.key = "nacks", .quantity = QTY_OPERATIONS, .doc = "transfers that were not acknowledged",
     .read = read_nacks},
    {.key = "timeouts", .quantity = QTY_OPERATIONS, .doc = "transfers that timed out",
     .read = read_timeouts},
    {.key = "cuts", .quantity = QTY_OPERATIONS,
     .doc = "transfers in the middle of which the master was reset", .read = read_cuts},
    {.key = "busy", .choices = "NO|YES", .continuous = true, .doc = "a transfer is under way",
     .read = read_busy},
    {.key = "used", .quantity = QTY_RATIO, .continuous = true,
     .doc = "part of the time up to now in which a transfer was under way", .read = read_used},
    {.key = "stuck", .choices = "FREE|SDA|SCL|BOTH", .doc = "lines that are held low",
     .read = read_stuck},
    {.key = NULL},
};
/* clang-format on */

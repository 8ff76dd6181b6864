/* expander.c - a PCA9555-type port expander: 16 pins, two ports of eight.
 *
 *   registers   0/1 input (the pins), 2/3 output (flip-flops), 4/5 polarity of the inputs,
 *               6/7 configuration (1 = input); power-on: FF FF, FF FF, 00 00, FF FF
 *   transfer    the first byte is the register; the next ones go to it and its twin in turn, and a
 *               read goes on where the last transfer stopped
 *   pin         output: its flip-flop; input: high impedance, the pull resistor decides; a short
 *               beats both
 *
 * An output changes at the acknowledge of its data byte, so that a write of both ports moves port 1
 * nine clocks after port 0. After a brown-out every pin is an input, and every switch does what its
 * pull resistor says, until somebody writes the registers again.
 *
 * The pull resistors of the board are meant to be strong against the chip's own 100 kOhm.
 * Left out: the 0.35 us from the acknowledge to the pin. INT# is not connected to anything yet; its
 * place is level_changed(), which sees every edge.
 * Source: hardware facts 5.3 [S85].  Checked by tests/models/test_expander.c. */
#include "expander.h"

#include <stdlib.h>

#include "i2c.h"
#include "world.h"

enum { PORTS = 2 };

/* Register pairs, by the register's number / 2. */
enum pair { INPUT, OUTPUT, POLARITY, CONFIGURATION, PAIRS };

struct expander_params {
    struct i2c_path i2c;
    int32_t pull; /* enum pull */
};

enum pull { PULL_DOWN, PULL_UP };

struct expander_state {
    uint8_t reg[PAIRS][PORTS]; /* INPUT is not kept here: it is the pins */
    uint8_t last;              /* register of the last byte transferred */
    uint16_t pins;             /* levels now */
    uint16_t short_high, short_low;
    uint16_t claimed, start_high;
    uint32_t news; /* event that changed the pins behind the master's back, until they are read */
    int32_t n_claims;
    struct {
        int32_t bit, part;
    } claim[EXPANDER_CLAIMS];
};

/* clang-format off */
static const struct field expander_fields[] = {
    {.key = "i2c", .type = FIELD_I2C, .choices = "i2c|mux", .def = 0.0,
     .offset = offsetof(struct expander_params, i2c),
     .doc = "where it sits on the serial bus, as smbus0/0x20", .source = ""},
    {.key = "pull", .type = FIELD_CHOICE, .choices = "down|up", .def = PULL_DOWN,
     .offset = offsetof(struct expander_params, pull),
     .doc = "resistors at its pins: they decide while a pin is an input", .source = "S85"},
    {.key = NULL},
};
/* clang-format on */

static void expander_wire(struct world *w, int32_t part)
{
    const struct expander_params *p = world_params(w, part);

    i2c_attach_by_byte(w, part, &p->i2c);
}

void expander_claim(struct world *w, int32_t expander, int32_t bit, int32_t switch_part,
                    bool initially_high)
{
    struct expander_state *s = world_state(w, expander);

    if (bit < 0 || bit >= EXPANDER_PINS || s->n_claims == EXPANDER_CLAIMS) {
        abort(); /* the loader lets no such rack through */
    }
    uint16_t mask = (uint16_t)(1u << bit);
    s->claim[s->n_claims].bit = bit;
    s->claim[s->n_claims].part = switch_part;
    s->n_claims++;
    s->claimed |= mask;
    s->start_high = (uint16_t)(initially_high ? s->start_high | mask : s->start_high & ~mask);
}

/* ---- pins -------------------------------------------------------------------------------------- */

static uint16_t pair_of(const struct expander_state *s, enum pair pair)
{
    return (uint16_t)(s->reg[pair][0] | s->reg[pair][1] << 8);
}

static void set_pair(struct expander_state *s, enum pair pair, uint16_t value)
{
    s->reg[pair][0] = (uint8_t)value;
    s->reg[pair][1] = (uint8_t)(value >> 8);
}

static uint16_t levels(const struct expander_params *p, const struct expander_state *s)
{
    uint32_t inputs = pair_of(s, CONFIGURATION);
    uint32_t pulled = p->pull == PULL_UP ? 0xFFFF : 0;
    uint32_t driven = (inputs & pulled) | (~inputs & pair_of(s, OUTPUT));

    return (uint16_t)((driven | s->short_high) & ~(uint32_t)s->short_low);
}

/* Tell whoever hangs on the pins that have changed. */
static void level_changed(struct world *w, int32_t part, uint16_t before)
{
    struct expander_state *s = world_state(w, part);
    uint16_t changed = before ^ s->pins;
    uint32_t event = world_event(w, part, EV_PINS, s->pins);

    for (int32_t i = 0; i < s->n_claims; i++) {
        int32_t owner = s->claim[i].part, bit = s->claim[i].bit;
        if (changed >> bit & 1) {
            world_blame(w, event);
            world_kind(w, owner)->pin(w, owner, s->pins >> bit & 1);
        }
    }
    world_blame(w, event);
}

/* False: no pin has moved. */
static bool settle(struct world *w, int32_t part)
{
    struct expander_state *s = world_state(w, part);
    uint16_t before = s->pins;

    s->pins = levels(world_params(w, part), s);
    if (s->pins == before) {
        return false;
    }
    level_changed(w, part, before);
    return true;
}

static void power_on(struct expander_state *s)
{
    set_pair(s, OUTPUT, 0xFFFF);
    set_pair(s, POLARITY, 0);
    set_pair(s, CONFIGURATION, 0xFFFF);
    s->last = 0;
}

/* The rack is live: somebody has configured the claimed pins before the run begins. */
static void expander_start(struct world *w, int32_t part)
{
    struct expander_state *s = world_state(w, part);

    power_on(s);
    set_pair(s, OUTPUT, (uint16_t)(s->start_high | ~(uint32_t)s->claimed));
    set_pair(s, CONFIGURATION, (uint16_t) ~(uint32_t)s->claimed);
    s->pins = levels(world_params(w, part), s);
}

bool expander_pin(const struct world *w, int32_t expander, int32_t bit)
{
    const struct expander_state *s = world_state_const(w, expander);

    return s->pins >> bit & 1;
}

/* ---- registers --------------------------------------------------------------------------------- */

/* The register `steps` bytes after `first`: the two of a pair take turns. */
static uint8_t twin(uint8_t first, int steps)
{
    return (uint8_t)(first ^ (steps & 1));
}

static uint8_t read_register(const struct expander_state *s, uint8_t reg)
{
    int port = reg & 1;

    if (reg >> 1 == INPUT) {
        return (uint8_t)(s->pins >> (8 * port)) ^ s->reg[POLARITY][port];
    }
    return s->reg[reg >> 1][port];
}

static void write_register(struct world *w, int32_t part, uint8_t reg, uint8_t value)
{
    struct expander_state *s = world_state(w, part);

    if (reg >> 1 != INPUT) { /* an input port takes a write and forgets it */
        s->reg[reg >> 1][reg & 1] = value;
        settle(w, part);
    }
}

static void read_out(struct expander_state *s, uint8_t first, const struct i2c_request *rq,
                     struct i2c_reply *re)
{
    for (int i = 0; i < rq->n_rx; i++) {
        s->last = twin(first, i);
        re->rx[i] &= read_register(s, s->last);
    }
    re->cause = s->news;
    s->news = 0;
}

/* Called byte by byte (i2c_attach_by_byte): a write carries one new byte, the last. */
static bool expander_i2c(struct world *w, int32_t part, const struct i2c_request *rq,
                         struct i2c_reply *re)
{
    struct expander_state *s = world_state(w, part);

    if (rq->n_tx == 1) {
        s->last = rq->tx[0] & 7;
    }
    if (rq->n_rx > 0) {
        read_out(s, s->last, rq, re);
    } else if (rq->n_tx > 1) {
        s->last = twin(rq->tx[0] & 7, rq->n_tx);
        write_register(w, part, s->last, rq->tx[rq->n_tx - 1]);
    }
    return true;
}

/* ---- actions and signals ----------------------------------------------------------------------- */

static bool act_brown_out(struct world *w, int32_t part, const struct act_args *a)
{
    struct expander_state *s = world_state(w, part);
    bool changes = pair_of(s, CONFIGURATION) != 0xFFFF;

    (void)a;
    s->news = world_event(w, part, EV_POWER_ON_RESET, s->pins);
    power_on(s);
    settle(w, part);
    return changes;
}

/* Which shorts stand at the pins; false: these stood there already. */
static bool set_shorts(struct world *w, int32_t part, uint16_t high, uint16_t low)
{
    struct expander_state *s = world_state(w, part);

    if (s->short_high == high && s->short_low == low) {
        return false;
    }
    enum event_kind kind = (high | low) != 0 ? EV_FAULT_ON : EV_FAULT_OFF;
    s->short_high = high;
    s->short_low = low;
    s->news = world_event(w, part, kind, high | low);
    settle(w, part);
    return true;
}

static bool act_short_high(struct world *w, int32_t part, const struct act_args *a)
{
    const struct expander_state *s = world_state_const(w, part);
    uint16_t pin = (uint16_t)(1u << a->from);

    return set_shorts(w, part, s->short_high | pin, (uint16_t)(s->short_low & ~pin));
}

static bool act_short_low(struct world *w, int32_t part, const struct act_args *a)
{
    const struct expander_state *s = world_state_const(w, part);
    uint16_t pin = (uint16_t)(1u << a->from);

    return set_shorts(w, part, (uint16_t)(s->short_high & ~pin), s->short_low | pin);
}

static bool act_free_pin(struct world *w, int32_t part, const struct act_args *a)
{
    const struct expander_state *s = world_state_const(w, part);
    uint16_t others = (uint16_t) ~(1u << a->from);

    return set_shorts(w, part, s->short_high & others, s->short_low & others);
}

/* clang-format off */
static const struct field pin_args[] = {
    {.key = "pin", .type = FIELD_COUNT, .min = 0, .max = EXPANDER_PINS - 1, .def = REQUIRED,
     .offset = offsetof(struct act_args, from), .doc = "which pin"},
    {.key = NULL},
};

static const struct action expander_actions[] = {
    {.key = "brown_out", .run = act_brown_out,
     .doc = "its supply dips: power-on reset, every pin an input, the pull resistors decide"},
    {.key = "short_high", .args = pin_args, .undo = "free_pin", .run = act_short_high,
     .doc = "a short holds the pin high, whatever its flip-flop says"},
    {.key = "short_low", .args = pin_args, .undo = "free_pin", .run = act_short_low,
     .doc = "a short holds the pin low, whatever its flip-flop says"},
    {.key = "free_pin", .args = pin_args, .run = act_free_pin, .doc = "the short is gone"},
    {.key = NULL},
};
/* clang-format on */

static double read_pins(const struct world *w, int32_t part, ns_t at)
{
    const struct expander_state *s = world_state_const(w, part);

    (void)at;
    return s->pins;
}

static double read_outputs(const struct world *w, int32_t part, ns_t at)
{
    const struct expander_state *s = world_state_const(w, part);

    (void)at;
    return (uint16_t) ~(uint32_t)pair_of(s, CONFIGURATION);
}

static double read_pin(const struct world *w, int32_t part, int32_t member, ns_t at)
{
    (void)at;
    return expander_pin(w, part, member);
}

static int32_t pin_members(const void *params)
{
    (void)params;
    return EXPANDER_PINS;
}

/* clang-format off */
static const struct signal expander_signals[] = {
    {.key = "pins", .quantity = QTY_RATIO, .doc = "all pins as a number, bit n for pin n",
     .read = read_pins},
    {.key = "outputs", .quantity = QTY_RATIO,
     .doc = "which pins it drives, bit n for pin n; 0 after a power-on reset",
     .read = read_outputs},
    {.key = NULL},
};

static const struct signal_family expander_families[] = {
    {.key = "pin", .choices = "LOW|HIGH", .doc = "level of a pin", .members = pin_members,
     .read = read_pin},
    {.key = NULL},
};
/* clang-format on */

const struct kind expander_kind = {
    .name = "expander",
    .doc = "a 16-pin port expander on the serial bus (PCA9555 type)",
    .fields = expander_fields,
    .signals = expander_signals,
    .families = expander_families,
    .actions = expander_actions,
    .params_size = sizeof(struct expander_params),
    .state_size = sizeof(struct expander_state),
    .wire = expander_wire,
    .start = expander_start,
    .i2c = expander_i2c,
};

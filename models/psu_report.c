/* psu_report.c - what a supply tells over its serial bus.
 *
 * Telemetry is refreshed now and then, averaged, noisy and quantised; status bits are fast and
 * latched. The ripple of the output, which grows with load and ESR, is seen as scatter of the voltage
 * readings; a worn bearing makes the fan's readings scatter. Its microcontroller lives on a standby
 * rail that outlives the main output and dies with the input: what has no power does not answer. */
#include <math.h>

#include "feed.h"
#include "pmbus.h"
#include "psu_state.h"

/* Purposes of the indexed random streams. */
enum {
    NOISE_V,
    NOISE_I,
    DRAW_I_ERROR,
    DRAW_PHASE,
    NOISE_V_IN,
    NOISE_I_IN,
    NOISE_HOT,
    NOISE_INLET,
    NOISE_FAN,
    DRAW_V_IN_ERROR,
    DRAW_I_IN_ERROR,
    DRAW_HOT_ERROR,
    DRAW_INLET_ERROR
};

static const double FAN_RPM = 8000.0;    /* of a sound fan [E] */
static const double FAN_WARNING = 0.8;   /* of that: vendors' failure criterion [S26] */
static const double FAN_UNSTEADY = 10.0; /* times the slowness, added to its scatter [E] */

/* When its power went or goes without the input, came or comes with it. */
static ns_t power_turns(const struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    ns_t boot = s->input_since > 0 ? p->mcu_boot : 0;

    return s->input_since + (s->input ? boot : p->standby);
}

bool psu_has_power(const struct world *w, int32_t part)
{
    return (world_now(w) >= power_turns(w, part)) == psu_look(w, part)->input;
}

ns_t psu_power_changes(const struct world *w, int32_t part)
{
    ns_t turns = power_turns(w, part);

    return turns > world_now(w) ? turns : NS_NEVER;
}

/* ---- telemetry --------------------------------------------------------------------------------- */

/* What a reading is taken of, and of whom. */
struct measured {
    const struct world *w;
    int32_t part;
};

static double true_v(const void *ctx, ns_t at)
{
    const struct measured *m = ctx;

    return net_v_V(m->w, psu_look(m->w, m->part)->inside, at);
}

static double true_i(const void *ctx, ns_t at)
{
    const struct measured *m = ctx;

    return net_source_i_A(m->w, psu_look(m->w, m->part)->source, at);
}

/* A single sample, and all of a span that rests, are taken at once; others one by one. */
static void follow(struct telemetry *m, const struct telemetry_config *c, ns_t t1,
                   double (*value)(const void *, ns_t), const struct measured *of)
{
    if (!telemetry_is_due(m, t1)) {
        return;
    }
    double x = value(of, m->next);

    if (t1 - m->next < c->period || x == value(of, t1)) {
        telemetry_hold(m, c, t1, x);
    } else {
        telemetry_advance(m, c, t1, value, of);
    }
}

static void follow_v(struct world *w, int32_t part, struct psu_state *s, ns_t t1)
{
    follow(&s->seen_v, &s->seen_v_as, t1, true_v, &(struct measured){w, part});
}

static void follow_i(struct world *w, int32_t part, struct psu_state *s, ns_t t1)
{
    follow(&s->seen_i, &s->seen_i_as, t1, true_i, &(struct measured){w, part});
}

void psu_report_moved(struct world *w, int32_t part, ns_t t1)
{
    struct psu_state *s = psu_state(w, part);

    follow_v(w, part, s, t1);
    follow_i(w, part, s, t1);
    telemetry_hold(&s->seen_t, &s->seen_t_as, t1, s->heat_C);
}

void psu_report_freeze(struct world *w, int32_t part, bool on)
{
    struct psu_state *s = psu_state(w, part);
    ns_t now = world_now(w);

    psu_report_moved(w, part, now); /* what was due until now has been sampled */
    if (on) {
        telemetry_freeze(&s->seen_v);
        telemetry_freeze(&s->seen_i);
        telemetry_freeze(&s->seen_t);
    } else {
        telemetry_thaw(&s->seen_v, &s->seen_v_as, now);
        telemetry_thaw(&s->seen_i, &s->seen_i_as, now);
        telemetry_thaw(&s->seen_t, &s->seen_t_as, now);
    }
}

/* Evenly between -most and most. */
static double draw_error(const struct world *w, int32_t part, uint32_t draw, double most)
{
    return most * (2.0 * world_uniform_at(w, part, draw, 0) - 1.0);
}

static void start_telemetry(struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    const struct measured of = {w, part};
    ns_t now = world_now(w);
    double phase = world_uniform_at(w, part, DRAW_PHASE, 0);
    struct telemetry_config c = {
        .period = p->refresh,
        .phase = (ns_t)(phase * (double)p->refresh),
    };

    s->seen_t_as = c;
    c.noise = p->v_noise_V;
    s->seen_v_as = c;
    c.noise = p->i_noise_A;
    c.tau = p->average;
    c.gain = draw_error(w, part, DRAW_I_ERROR, p->i_error);
    s->seen_i_as = c;
    s->error = (struct psu_errors){
        .v_in = draw_error(w, part, DRAW_V_IN_ERROR, p->in_error),
        .i_in = draw_error(w, part, DRAW_I_IN_ERROR, p->in_error),
        .hot_K = draw_error(w, part, DRAW_HOT_ERROR, p->t_error_K),
        .inlet_K = draw_error(w, part, DRAW_INLET_ERROR, p->t_error_K),
    };
    telemetry_start(&s->seen_v, &s->seen_v_as, now, true_v(&of, now));
    telemetry_start(&s->seen_i, &s->seen_i_as, now, true_i(&of, now));
    telemetry_start(&s->seen_t, &s->seen_t_as, now, s->heat_C);
}

/* One unit's number is another than the next one's, as on real labels. */
static void number(char serial[PMBUS_TEXT], uint32_t n)
{
    for (int i = 3; i >= 0; i--) {
        serial[i] = (char)('0' + n % 10);
        n /= 10;
    }
    serial[4] = '\0';
}

void psu_report_unit(struct world *w, int32_t part, uint32_t unit)
{
    static const uint8_t quirks[] = {[QUIRK_NONE] = 0,
                                     [QUIRK_WRONG_PEC] = PMBUS_WRONG_PEC,
                                     [QUIRK_NO_PEC] = PMBUS_NO_PEC,
                                     [QUIRK_ANY_PAGE] = PMBUS_ANY_PAGE,
                                     [QUIRK_NO_VOUT_MODE] = PMBUS_NO_VOUT_MODE,
                                     [QUIRK_NEEDS_GAP] = 0,
                                     [QUIRK_NEEDS_TOGGLE] = 0,
                                     [QUIRK_PMBUS_1_1] = PMBUS_NO_ERASE};
    static const uint8_t unknown[] = {0,
                                      CMD_READ_VIN,
                                      CMD_READ_IIN,
                                      CMD_READ_TEMPERATURE_1,
                                      CMD_READ_TEMPERATURE_2,
                                      CMD_READ_FAN_SPEED_1,
                                      CMD_STATUS_FANS_1_2,
                                      CMD_STATUS_MFR_SPECIFIC};
    const struct psu_params *p = psu_params(w, part);
    struct psu_state *s = psu_state(w, part);
    struct pmbus_face_config c = pmbus_face_usual();

    number(c.serial, 1000 * unit + (uint32_t)part + 1);
    c.vout_exponent = (int8_t)p->vout_exponent;
    c.exponent[PMBUS_READ_IOUT] = (int8_t)p->iout_exponent;
    c.quirks = (uint8_t)(quirks[p->quirk] | (p->alert_holds ? PMBUS_HOLDS_ALERT : 0) |
                         (p->unknown_ones ? PMBUS_UNKNOWN_ONES : 0));
    c.unknown = unknown[p->unknown];
    c.stretch = p->stretch;
    pmbus_face_init(&s->face, &c);
    s->face.value[PMBUS_POUT_MAX] = p->rated_W;
    psu_report(w, part);
}

void psu_report_init(struct world *w, int32_t part)
{
    start_telemetry(w, part);
    psu_report_unit(w, part, 0);
}

/* One draw a sample, however often it is read. */
static double reported(const struct world *w, int32_t part, uint32_t noise, struct telemetry *m,
                       const struct telemetry_config *c)
{
    if (m->drawn != m->tick) {
        m->drawn = m->tick;
        m->normal = world_normal_at(w, part, noise, m->tick);
    }
    return telemetry_read(m, c, m->normal);
}

static double reported_V(struct world *w, int32_t part, struct psu_state *s)
{
    const struct psu_params *p = psu_params(w, part);

    follow_v(w, part, s, world_now(w));
    double ripple_V = p->ripple_V * s->wear[WEAR_ESR].value * s->seen_i.y / s->rated_A;
    s->seen_v_as.noise = sqrt(p->v_noise_V * p->v_noise_V + ripple_V * ripple_V);
    return reported(w, part, NOISE_V, &s->seen_v, &s->seen_v_as);
}

static double reported_A(struct world *w, int32_t part, struct psu_state *s)
{
    follow_i(w, part, s, world_now(w));
    return reported(w, part, NOISE_I, &s->seen_i, &s->seen_i_as);
}

static double input_V(const struct world *w, int32_t part)
{
    const struct psu_params *p = psu_params(w, part);

    if (!psu_look(w, part)->input) {
        return 0.0;
    }
    return p->feed == NO_PART ? 230.0 : feed_v_V(w, p->feed);
}

/* The error of this sample: the unit's own and one that is drawn anew for each. */
static double off_by(const struct world *w, int32_t part, double own, uint32_t purpose,
                     double noise)
{
    return own + noise * world_normal_at(w, part, purpose, psu_look(w, part)->seen_t.tick);
}

/* READ_VIN over the truth, and READ_IIN. */
static double v_in_gain(const struct world *w, int32_t part)
{
    return 1.0 + off_by(w, part, psu_look(w, part)->error.v_in, NOISE_V_IN,
                        psu_params(w, part)->in_noise);
}

static double i_in_gain(const struct world *w, int32_t part)
{
    return 1.0 + off_by(w, part, psu_look(w, part)->error.i_in, NOISE_I_IN,
                        psu_params(w, part)->in_noise);
}

static double input_W(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    double out_W = s->seen_v.y * s->seen_i.y;

    return s->input ? out_W / s->wear[WEAR_EFFICIENCY].value + psu_params(w, part)->idle_W : 0.0;
}

static double reported_hot_C(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    return telemetry_read(&s->seen_t, &s->seen_t_as, 0.0) +
           off_by(w, part, s->error.hot_K, NOISE_HOT, psu_params(w, part)->t_noise_K);
}

static double reported_inlet_C(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);

    return s->inlet_C +
           off_by(w, part, s->error.inlet_K, NOISE_INLET, psu_params(w, part)->t_noise_K);
}

static double reported_rpm(const struct world *w, int32_t part)
{
    const struct psu_state *s = psu_look(w, part);
    double unsteady = psu_params(w, part)->fan_noise * (1.0 + FAN_UNSTEADY * (1.0 - s->flow));

    return FAN_RPM * s->flow *
           (1.0 + unsteady * world_normal_at(w, part, NOISE_FAN, s->seen_t.tick));
}

/* The reading that this command asks for, as it stands in its register now. */
static void fill_reading(struct world *w, int32_t part, uint8_t cmd)
{
    struct psu_state *s = psu_state(w, part);
    double *value = s->face.value;

    if (cmd != CMD_READ_VOUT && cmd != CMD_READ_IOUT) {
        psu_report_moved(w, part, world_now(w));
    }
    switch (cmd) {
    case CMD_READ_VOUT:
        value[PMBUS_READ_VOUT] = reported_V(w, part, s);
        break;
    case CMD_READ_IOUT:
        value[PMBUS_READ_IOUT] = reported_A(w, part, s);
        break;
    case CMD_READ_POUT:
        value[PMBUS_READ_POUT] = reported_V(w, part, s) * reported_A(w, part, s);
        break;
    case CMD_READ_VIN:
        value[PMBUS_READ_VIN] = input_V(w, part) * v_in_gain(w, part);
        break;
    case CMD_READ_IIN:
        value[PMBUS_READ_IIN] =
            s->input ? input_W(w, part) / input_V(w, part) * i_in_gain(w, part) : 0.0;
        break;
    case CMD_READ_PIN:
        value[PMBUS_READ_PIN] = input_W(w, part) * v_in_gain(w, part) * i_in_gain(w, part);
        break;
    case CMD_READ_TEMPERATURE_1:
        value[PMBUS_READ_TEMPERATURE_1] = reported_hot_C(w, part);
        break;
    case CMD_READ_TEMPERATURE_2:
        value[PMBUS_READ_TEMPERATURE_2] = reported_inlet_C(w, part);
        break;
    case CMD_READ_FAN_SPEED_1:
        value[PMBUS_READ_FAN_SPEED_1] = reported_rpm(w, part);
        break;
    default: /* no reading of ours */
        break;
    }
}

/* ---- status ------------------------------------------------------------------------------------ */

/* Every condition as it is now. True when the master could see a difference. */
static bool set_conditions(struct psu_state *s, bool on, bool uv, bool warm)
{
    const struct {
        enum pmbus_register reg;
        uint8_t bit;
        bool present;
    } all[] = {
        {PMBUS_INPUT, ST_VIN_UV_FAULT, !s->input},
        {PMBUS_INPUT, ST_VIN_OFF, !s->input && !on},
        {PMBUS_VOUT, ST_VOUT_UV_FAULT, uv},
        {PMBUS_VOUT, ST_VOUT_OV_FAULT, s->over_voltage},
        {PMBUS_IOUT, ST_IOUT_OC_WARNING, s->overloads},
        {PMBUS_IOUT, ST_IOUT_OC_FAULT, s->overloaded},
        {PMBUS_TEMPERATURE, ST_OT_WARNING, warm},
        {PMBUS_TEMPERATURE, ST_OT_FAULT, s->phase == PSU_HOT},
        {PMBUS_FANS, ST_FAN_1_FAULT, s->flow == 0.0},
        {PMBUS_FANS, ST_FAN_1_WARNING, s->flow > 0.0 && s->flow < FAN_WARNING},
        {PMBUS_MFR, ST_MFR_FLICKER, s->flickers},
    };
    struct pmbus_face *f = &s->face;
    bool news = f->off == on || f->power_good != s->pwok;

    f->off = !on;
    f->power_good = s->pwok;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        bool was = (f->present[all[i].reg] & all[i].bit) != 0;
        news = pmbus_face_condition(f, all[i].reg, all[i].bit, all[i].present) || news ||
               was != all[i].present;
    }
    return news;
}

void psu_report(struct world *w, int32_t part)
{
    struct psu_state *s = psu_state(w, part);
    bool on = psu_output_is_on(s->phase);
    double v_V = net_v_V(w, s->inside, world_now(w));
    bool uv = s->phase == PSU_DEAD || (on && s->regulated && v_V < 0.92 * psu_params(w, part)->v_V);
    bool warm = s->inlet_C > psu_params(w, part)->derate_from_C; /* its warning limit [E] */

    if (!s->frozen && set_conditions(s, on, uv, warm)) {
        s->changed = world_cause(w);
    }
    psu_alert_update(w, part);
}

/* ---- transfers --------------------------------------------------------------------------------- */

bool psu_report_i2c(struct world *w, int32_t part, const struct i2c_request *rq,
                    struct i2c_reply *re)
{
    struct psu_state *s = psu_state(w, part);
    struct pmbus_face_wish wish;

    if (rq->n_rx > 0 && rq->n_tx > 0 && rq->tx[0] >= CMD_READ_VIN) {
        fill_reading(w, part, rq->tx[0]);
    }
    bool answers = pmbus_face_i2c(&s->face, rq, re, &wish);
    s->asked_at = world_now(w);
    psu_alert_tells(w, part);
    re->cause = s->changed != s->told ? s->changed : 0;
    if (rq->n_rx > 0 && rq->tx[0] == CMD_STATUS_WORD) {
        s->told = s->changed;
    }
    if (wish.on || wish.off) {
        psu_enable(w, part, wish.on);
    }
    (wish.clear_faults ? psu_alert_let_go : psu_alert_update)(w, part);
    return answers;
}

ns_t psu_report_stretch(const struct world *w, int32_t part, const struct i2c_request *rq)
{
    const struct psu_params *p = psu_params(w, part);
    const struct psu_state *s = psu_look(w, part);
    bool early =
        p->quirk == QUIRK_NEEDS_GAP && s->asked_at > 0 && world_now(w) < s->asked_at + p->gap;

    return s->mute || s->away || early || !psu_has_power(w, part)
               ? I2C_REFUSES(1)
               : pmbus_face_stretch(&s->face, rq);
}

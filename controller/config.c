/* config.c - the checks of a configuration table.  Checked by tests/controller/test_config.c. */
#include "config.h"

#include "chips.h"
#include "ctl_io.h"
#include "lanes.h"
#include "prognosis.h"

#include <stddef.h>

enum {
    ADDRESS_FIRST = 0x08,
    ADDRESS_LAST = 0x77,
    ADDRESS_ALERT = 0x0C,
    MUX_CHANNELS = 8,
    PINS = 16,
    INPUT_PINS = 32
};

/* Where a device sits: all that decides whether it answers together with another. */
struct seat {
    uint8_t bus;
    uint8_t mux;
    uint8_t channel;
    uint8_t address;
};

static struct seat seat_at(const struct ctl_config *cfg, uint8_t i)
{
    struct seat s;

    if (i < cfg->n_supplies) {
        const struct ctl_supply_config *u = &cfg->supplies[i];
        s = (struct seat){u->bus, u->mux_address, u->channel, u->address};
    } else {
        const struct ctl_expander_config *e = &cfg->expanders[i - cfg->n_supplies];
        s = (struct seat){e->bus, e->mux_address, e->channel, e->address};
    }
    return s;
}

static bool is_address(uint8_t address)
{
    return (address >= (uint8_t)ADDRESS_FIRST) && (address <= (uint8_t)ADDRESS_LAST) &&
           (address != (uint8_t)ADDRESS_ALERT); /* every alerting device answers there */
}

static enum config_fault check_seat(const struct seat *s)
{
    if (s->bus >= (uint8_t)CTL_BUSES) {
        return CONFIG_NO_SUCH;
    }
    if (!is_address(s->address)) {
        return CONFIG_ADDRESS;
    }
    if (s->mux != (uint8_t)CTL_NO_MUX) {
        if (!is_address(s->mux)) {
            return CONFIG_ADDRESS;
        }
        if (s->channel >= (uint8_t)MUX_CHANNELS) {
            return CONFIG_CHANNEL;
        }
    }
    return CONFIG_SOUND;
}

/* One channel of one mux is on at a time, so devices behind different ones may share an address. A
 * device directly on the bus, and a mux, answer beside whatever channel is on. */
static bool seats_clash(const struct seat *a, const struct seat *b)
{
    if (a->bus != b->bus) {
        return false;
    }
    bool apart = (a->mux != (uint8_t)CTL_NO_MUX) && (b->mux != (uint8_t)CTL_NO_MUX) &&
                 ((a->mux != b->mux) || (a->channel != b->channel));

    return ((a->address == b->address) && !apart) || (a->address == b->mux) ||
           (a->mux == b->address);
}

static enum config_fault check_seats(const struct ctl_config *cfg)
{
    uint8_t n = (uint8_t)(cfg->n_supplies + cfg->n_expanders);

    for (uint8_t i = 0; i < n; i++) {
        struct seat a = seat_at(cfg, i);
        enum config_fault fault = check_seat(&a);

        if (fault != CONFIG_SOUND) {
            return fault;
        }
        for (uint8_t j = 0; j < i; j++) {
            struct seat b = seat_at(cfg, j);
            if (seats_clash(&a, &b)) {
                return CONFIG_ADDRESS_TWICE;
            }
        }
    }
    return CONFIG_SOUND;
}

static bool switches_clash(const struct ctl_switch_config *a, const struct ctl_switch_config *b)
{
    return (a->expander == b->expander) && (a->bit == b->bit);
}

static enum config_fault check_switches(const struct ctl_config *cfg)
{
    for (uint8_t i = 0; i < cfg->n_switches; i++) {
        const struct ctl_switch_config *sw = &cfg->switches[i];

        if ((sw->supply >= cfg->n_supplies) || (sw->bar >= cfg->n_bars) ||
            (sw->expander >= cfg->n_expanders)) {
            return CONFIG_NO_SUCH;
        }
        if (sw->bit >= (uint8_t)PINS) {
            return CONFIG_BIT;
        }
        if ((sw->close_us > (uint32_t)CONFIG_TIME_MAX_us) ||
            (sw->open_us > (uint32_t)CONFIG_TIME_MAX_us)) {
            return CONFIG_TIME;
        }
        for (uint8_t j = 0; j < i; j++) {
            if (switches_clash(sw, &cfg->switches[j])) {
                return CONFIG_BIT;
            }
            if ((sw->supply == cfg->switches[j].supply) && (sw->bar == cfg->switches[j].bar)) {
                return CONFIG_SWITCH_TWICE;
            }
        }
    }
    return CONFIG_SOUND;
}

static enum config_fault check_power(const struct ctl_config *cfg)
{
    for (uint8_t i = 0; i < cfg->n_supplies; i++) {
        const struct ctl_supply_config *u = &cfg->supplies[i];

        if ((u->capacity_mW == 0U) || (u->capacity_mW > (uint32_t)CONFIG_CAPACITY_MAX_mW)) {
            return CONFIG_POWER;
        }
        if (u->chip >= chips_count()) {
            return CONFIG_NO_SUCH;
        }
    }
    for (uint8_t i = 0; i < cfg->n_bars; i++) {
        const struct ctl_bar_config *bar = &cfg->bars[i];

        if (bar->load_mW > (uint32_t)CONFIG_LOAD_MAX_mW) {
            return CONFIG_POWER;
        }
        if ((bar->v_low_mV >= bar->v_high_mV) ||
            (bar->v_high_mV > (uint32_t)CONFIG_VOLTAGE_MAX_mV)) {
            return CONFIG_WINDOW;
        }
    }
    return CONFIG_SOUND;
}

/* Looks at a voltage are no further apart than any other time may be. */
static enum config_fault check_lanes(const struct ctl_config *cfg)
{
    uint32_t look = (cfg->look == 0U) ? 1U : cfg->look;
    bool sound = (look <= (uint32_t)LANES_LOOK_MAX) && (cfg->slow <= (uint8_t)LANES_SLOW_MAX) &&
                 (cfg->sweep_us <= ((uint32_t)CONFIG_TIME_MAX_us / look)) &&
                 (cfg->alert.idle_us <= ((uint32_t)CONFIG_TIME_MAX_us / look));

    return sound ? CONFIG_SOUND : CONFIG_LANES;
}

static enum config_fault check_servers(const struct ctl_config *cfg)
{
    for (uint16_t i = 0; i < cfg->n_servers; i++) {
        const struct ctl_server_config *v = &cfg->servers[i];

        if ((v->bars == 0U) || (((uint32_t)v->bars >> cfg->n_bars) != 0U)) {
            return CONFIG_NO_SUCH;
        }
        if ((v->rated_mW > (uint32_t)CONFIG_SERVER_MAX_mW) ||
            (v->surge_mW > (uint32_t)CONFIG_SERVER_MAX_mW) || (v->least_mW > v->rated_mW)) {
            return CONFIG_POWER;
        }
    }
    return CONFIG_SOUND;
}

static enum config_fault check_alerts(const struct ctl_config *cfg)
{
    const struct ctl_alert_config *a = &cfg->alert;

    for (uint8_t l = 0; l < a->n_lines; l++) {
        if ((a->pin[l] >= (uint8_t)INPUT_PINS) || (a->storm_falls == 0U) ||
            (a->storm_falls > (uint8_t)CONFIG_FALLS_MAX) || (a->storm_us == 0U)) {
            return CONFIG_ALERT;
        }
        for (uint8_t k = 0; k < l; k++) {
            if (a->pin[k] == a->pin[l]) {
                return CONFIG_ALERT;
            }
        }
    }
    for (uint8_t s = 0; (s < cfg->n_supplies) && (a->n_lines > 0U); s++) {
        uint8_t line = a->line_of[s];

        if ((line >= a->n_lines) && (line != (uint8_t)CTL_NO_ALERT)) {
            return CONFIG_ALERT;
        }
        if ((line < a->n_lines) && a->mux_tells[line] &&
            (cfg->supplies[s].mux_address == (uint8_t)CTL_NO_MUX)) {
            return CONFIG_ALERT;
        }
    }
    return CONFIG_SOUND;
}

enum config_fault config_check(const struct ctl_config *cfg)
{
    enum config_fault fault;

    if ((cfg->n_supplies > (uint8_t)CTL_SUPPLIES) || (cfg->n_bars > (uint8_t)CTL_BARS) ||
        (cfg->n_switches > (uint8_t)CTL_SWITCHES) || (cfg->n_expanders > (uint8_t)CTL_EXPANDERS) ||
        (cfg->n_servers > (uint16_t)CTL_SERVERS) || (cfg->alert.n_lines > (uint8_t)CTL_ALERTS)) {
        return CONFIG_TOO_MANY;
    }
    if ((cfg->n_supplies == 0U) || (cfg->n_bars == 0U)) {
        return CONFIG_NOTHING;
    }
    if ((cfg->sweep_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->stale_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->trend_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->identify_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->report_us > (uint32_t)CONFIG_REPORT_MAX_us) ||
        (cfg->answer_us > (uint32_t)CONFIG_REPORT_MAX_us) ||
        (cfg->alert.idle_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->alert.storm_us > (uint32_t)CONFIG_TIME_MAX_us) ||
        (cfg->alert.storm_most_us > (uint32_t)CONFIG_TIME_MAX_us)) {
        return CONFIG_TIME;
    }
    if ((cfg->trend_us != 0U) &&
        (cfg->trend_us < ((uint32_t)PROGNOSIS_LEAST_us * cfg->n_supplies))) {
        return CONFIG_TREND;
    }
    fault = check_lanes(cfg);
    if (fault == CONFIG_SOUND) {
        fault = check_seats(cfg);
    }
    if (fault == CONFIG_SOUND) {
        fault = check_power(cfg);
    }
    if (fault == CONFIG_SOUND) {
        fault = check_switches(cfg);
    }
    if (fault == CONFIG_SOUND) {
        fault = check_servers(cfg);
    }
    if (fault == CONFIG_SOUND) {
        fault = check_alerts(cfg);
    }
    return fault;
}
